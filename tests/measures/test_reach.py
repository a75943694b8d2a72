"""Expected reach: against every throw of the coins, a simulation in plain Python, and networkx."""

import random
import statistics

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.measures.draws import stream
from service.measures.progress import Cancelled, watched
from service.measures.reach import MOST_RUNS, Reach, coins, reach
from service.model.errors import Invalid
from tests.measures.live_edges import PUBLISHED, drawn_ties, exact, network_of, simulated

ALL = np.uint64(2**64 - 1)
PAIRS = st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] != pair[1])


def within(found: Reach, expected: float) -> bool:
    """Two in a hundred and two standard errors, as far as simulations may be off."""
    reached = found.everybody.reached
    return abs(reached.mean - expected) <= 0.02 * expected + 2 * reached.standard_error


@pytest.mark.parametrize(("tellers", "expected"), [([0], 2.177), ([0, 3], 3.11)])
def test_the_published_case(tellers: list[int], expected: float) -> None:
    assert exact(4, PUBLISHED, tellers) == pytest.approx(expected, abs=1e-12)
    reached = reach(network_of(4, PUBLISHED), tellers, runs=100_000, seed=1).everybody.reached
    assert reached.mean == pytest.approx(expected, abs=4 * reached.standard_error)
    assert reached.standard_error < 0.004
    assert reached.low < expected < reached.high


@pytest.mark.parametrize(
    ("seed", "onward"), [*((seed, 1.0) for seed in range(30)), *((seed, 0.4) for seed in range(20))]
)
def test_equals_every_throw_of_the_coins(seed: int, onward: float) -> None:
    dice = random.Random(seed)
    people = dice.randint(1, 8)
    ties = drawn_ties(dice, people, most=10 if onward == 1 else 7)
    tellers = dice.sample(range(people), dice.randint(1, min(3, people)))
    labels = np.array([dice.randint(-1, 2) for _ in range(people)], dtype=np.int32)

    found = reach(network_of(people, ties, onward), tellers, runs=50_000, seed=seed, labels=labels, groups=3)

    error, whole = found.everybody.reached.standard_error, exact(people, ties, tellers, onward=onward)
    assert found.everybody.reached.mean == pytest.approx(whole, abs=4.5 * error + 1e-9)
    for label, group in enumerate(found.groups):
        members = [person for person in range(people) if labels[person] == label]
        expected = exact(people, ties, tellers, members, onward=onward)
        assert group.reached.mean == pytest.approx(expected, abs=4.5 * group.reached.standard_error + 1e-9)
        assert 0 <= group.reached.low <= group.reached.mean <= group.reached.high <= group.reachable <= len(members)


@pytest.mark.parametrize("onward", [1.0, 0.6])
def test_agrees_with_a_simulation_in_plain_python(onward: float) -> None:
    dice = random.Random(4)
    ties = {
        (one, other): dice.choice([0.02, 0.1, 0.3])
        for one in range(200)
        for other in dice.sample(range(200), 6)
        if one != other
    }
    theirs = [len(simulated(dice, ties, [0, 1], onward)) for _ in range(3_000)]
    found = reach(network_of(200, ties, onward), [0, 1], runs=20_000)
    error = statistics.stdev(theirs) / len(theirs) ** 0.5 + found.everybody.reached.standard_error
    assert found.everybody.reached.mean == pytest.approx(statistics.mean(theirs), abs=3.5 * error)
    assert statistics.stdev(found.totals.tolist()) == pytest.approx(statistics.stdev(theirs), rel=0.1)


def test_nineteen_intervals_of_twenty_hold_what_is_true() -> None:
    network = network_of(4, PUBLISHED)
    estimates = [reach(network, [0], runs=200, seed=seed).everybody.reached for seed in range(400)]
    held = sum(one.low <= 2.177 <= one.high for one in estimates)
    assert 0.92 <= held / len(estimates) <= 0.98


@settings(max_examples=100, deadline=None)
@given(pairs=st.sets(PAIRS, max_size=20), tellers=st.sets(st.integers(0, 6), min_size=1, max_size=3))
def test_certain_ties_reach_all_who_can_be_reached_and_impossible_ones_nobody(
    pairs: set[tuple[int, int]], tellers: set[int]
) -> None:
    graph = nx.DiGraph(pairs)
    graph.add_nodes_from(range(7))
    there = set(tellers).union(*(nx.descendants(graph, teller) for teller in tellers))
    certain = reach(network_of(7, dict.fromkeys(pairs, 1.0)), tellers, runs=65).everybody
    assert (certain.reached.mean, certain.reached.low, certain.reached.high) == (len(there),) * 3
    assert certain.reachable == len(there)
    impossible = reach(network_of(7, dict.fromkeys(pairs, 0.0)), tellers, runs=65).everybody
    assert (impossible.reached.mean, impossible.reached.high) == (len(tellers), len(tellers))


@settings(max_examples=50, deadline=None)
@given(ties=st.dictionaries(PAIRS, st.floats(0, 1), max_size=20), tellers=st.sets(st.integers(0, 6), min_size=1))
def test_reaches_at_least_who_tells_and_at_most_who_can_be_reached(
    ties: dict[tuple[int, int], float], tellers: set[int]
) -> None:
    found = reach(network_of(7, ties), tellers, runs=100)
    assert found.totals.min() >= len(tellers)
    assert found.totals.max() <= found.everybody.reachable


@pytest.mark.parametrize("runs", [2, 63, 64, 65, 1_000])
def test_the_same_seed_gives_the_same_answer_whatever_the_threads(runs: int) -> None:
    dice = random.Random(2)
    network = network_of(60, drawn_ties(dice, 60, most=400))
    one = reach(network, [1, 2], runs=runs, seed=5, threads=1)
    for threads in (1, 2, 7):
        again = reach(network, [2, 1], runs=runs, seed=5, threads=threads)
        assert again.totals.tolist() == one.totals.tolist()
        assert again.everybody == one.everybody
    assert len(one.totals) == runs


def test_another_seed_gives_other_runs() -> None:
    network = network_of(4, PUBLISHED)
    totals = {tuple(reach(network, [0], runs=64, seed=seed).totals.tolist()) for seed in range(20)}
    assert len(totals) == 20


def test_more_runs_begin_with_the_same_ones() -> None:
    network = network_of(4, PUBLISHED)
    few, many = reach(network, [0], runs=100, seed=3), reach(network, [0], runs=300, seed=3)
    assert many.totals[:100].tolist() == few.totals.tolist()


@pytest.mark.parametrize("seed", range(20))
def test_a_tie_that_comes_in_leaves_the_coins_of_the_others_as_they_were(seed: int) -> None:
    dice = random.Random(seed)
    ties = drawn_ties(dice, 30, most=80)
    more = {pair: chance for pair, chance in drawn_ties(dice, 30, most=3).items() if pair not in ties}
    before = reach(network_of(30, ties), [0], runs=200, seed=seed).totals
    after = reach(network_of(30, ties | more), [0], runs=200, seed=seed).totals
    assert (after >= before).all()


def test_what_never_happened_in_the_runs_is_not_said_to_be_impossible() -> None:
    ties = {(0, 1): 1e-9, (2, 3): 0.5}
    labels = np.array([-1, 0, 1, 1], dtype=np.int32)
    found = reach(network_of(4, ties), [0], runs=1_000, labels=labels, groups=2)
    assert found.groups[0].reached.mean == 0
    assert found.groups[0].reached.high == pytest.approx(0.003)
    assert found.groups[1].reached.high == 0  # no way leads there
    assert found.everybody.reached.low == 1


@pytest.mark.parametrize("chance", [0.0, 1e-12, 0.001, 0.25, 0.3, 0.5, 0.999, 1.0])
def test_coins_fall_as_often_as_they_should(chance: float) -> None:
    fallen = sum(int(coins(np.uint64(stream(17, place)), chance, ALL)).bit_count() for place in range(2_000))
    error = (chance * (1 - chance) / 128_000) ** 0.5
    assert fallen / 128_000 == pytest.approx(chance, abs=4 * error + 1e-9)


def test_a_coin_is_the_same_thrown_alone_or_with_all() -> None:
    for place in range(200):
        state = np.uint64(stream(5, place))
        word = int(coins(state, 0.2, ALL))
        for lane in range(64):
            assert int(coins(state, 0.2, np.uint64(1 << lane))) == word & (1 << lane)


def test_each_coin_of_a_word_falls_for_itself() -> None:
    words = [int(coins(np.uint64(stream(3, place)), 0.3, ALL)) for place in range(4_000)]
    thrown = np.array([[word >> lane & 1 for lane in range(64)] for word in words])
    correlations = np.corrcoef(thrown.T)[np.triu_indices(64, k=1)]
    assert abs(correlations).max() < 5 / 4_000**0.5


@pytest.mark.parametrize("runs", [-1, 0, 1, MOST_RUNS + 1])
def test_refuses_runs_out_of_range(runs: int) -> None:
    with pytest.raises(Invalid) as caught:
        reach(network_of(4, PUBLISHED), [0], runs=runs)
    assert caught.value.problems[0].field == "runs"


def test_refuses_nobody() -> None:
    with pytest.raises(Invalid) as caught:
        reach(network_of(4, PUBLISHED), [])
    assert caught.value.problems[0].field == "people"


@pytest.mark.parametrize("person", [-1, 4])
def test_refuses_people_who_are_not_there(person: int) -> None:
    with pytest.raises(ValueError, match="exist"):
        reach(network_of(4, PUBLISHED), [person])


def test_refuses_labels_of_no_group() -> None:
    with pytest.raises(ValueError, match="label"):
        reach(network_of(4, PUBLISHED), [0], labels=np.array([0, 1, 2, 3], dtype=np.int32), groups=3)


def test_ends_when_nobody_wants_it_any_more() -> None:
    with watched() as progress:
        progress.cancelled = True
        with pytest.raises(Cancelled):
            reach(network_of(4, PUBLISHED), [0], runs=10_000)
