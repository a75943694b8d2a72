"""Influence maximisation: against the best of all choices, with exact reach, and against degree."""

import math
import random
from collections.abc import Collection
from itertools import combinations

import numpy as np
import pytest

from service.measures.influence import Among, Influence, most_influential
from service.measures.reach import reach
from service.measures.reverse import Groups, share_estimate
from service.model.errors import Invalid
from tests.measures.live_edges import PUBLISHED, Ties, drawn_ties, network_of, reached_in, worlds

EPSILON = 0.1

Throws = list[tuple[float, list[set[int]]]]


def best_choice(
    throws: Throws, budget: int, *, given: Collection[int] = (), counted: Collection[int], may: Collection[int]
) -> dict[tuple[int, ...], float]:
    """What every choice adds to the expected reach of those who tell anyway."""
    without = sum(chance * len(reached_in(world, given) & set(counted)) for chance, world in throws)
    return {
        choice: sum(chance * len(reached_in(world, [*choice, *given]) & set(counted)) for chance, world in throws)
        - without
        for choice in combinations(sorted(may), budget)
    }


@pytest.mark.parametrize(
    ("seed", "onward"), [*((seed, 1.0) for seed in range(40)), *((seed, 0.4) for seed in range(20))]
)
def test_is_nearly_as_good_as_the_best_of_all_choices(seed: int, onward: float) -> None:
    dice = random.Random(seed)
    people = dice.randint(2, 12)
    ties = drawn_ties(dice, people, most=9 if onward == 1 else 6)
    given = dice.sample(range(people), dice.choice([0, 0, 1]))
    may = set(dice.sample(range(people), dice.randint(2, people))) - set(given)
    counted = dice.sample(range(people), dice.randint(1, people))
    budget = dice.randint(1, len(may))
    every = best_choice(list(worlds(people, ties, onward)), budget, given=given, counted=counted, may=may)
    most = max(every.values())

    found = most_influential(
        network_of(people, ties, onward),
        budget,
        Among(
            targets=np.array(counted, dtype=np.int32),
            candidates=np.array(sorted(may), dtype=np.int32),
            given=given,
        ),
        seed=seed,
        epsilon=EPSILON,
    )

    chosen = every[tuple(sorted(pick.person for pick in found.picks))]
    assert chosen >= (1 - 1 / math.e - EPSILON) * most
    assert chosen >= found.at_least * most - 1e-9
    assert found.reached.mean == pytest.approx(chosen, abs=4.5 * found.reached.standard_error + 0.01)
    assert sum(pick.gain.mean for pick in found.picks) == pytest.approx(found.reached.mean)
    if found.complete and most > 0:
        assert found.at_least > 0.5


def test_the_published_case() -> None:
    found = most_influential(network_of(4, PUBLISHED), 2, epsilon=0.05, seed=3)
    assert [pick.person for pick in found.picks] == [0, 3]
    assert found.picks[0].gain.mean == pytest.approx(2.177, abs=4 * found.picks[0].gain.standard_error)
    assert found.reached.mean == pytest.approx(3.11, abs=4 * found.reached.standard_error)
    assert found.at_least > 0.7


def apart(crowd: int) -> Ties:
    """Two who tell the same crowd, and one who alone tells a smaller one."""
    small = range(3 + crowd, 3 + crowd + crowd // 2)
    ties = {(teller, member): 0.9 for teller in (0, 1) for member in range(3, 3 + crowd)}
    return ties | {(2, member): 0.9 for member in small}


def test_does_not_tell_the_same_crowd_twice_as_ranking_by_ties_would() -> None:
    ties = apart(20)
    found = most_influential(network_of(33, ties), 2, seed=1)
    assert {pick.person for pick in found.picks} in ({0, 2}, {1, 2})
    most_ties = sorted(range(33), key=lambda person: -sum(teller == person for teller, _ in ties))[:2]
    assert set(most_ties) == {0, 1}
    assert found.picks[1].gain.mean == pytest.approx(10, abs=1)


def test_adds_to_what_the_given_reach_anyway() -> None:
    found = most_influential(network_of(33, apart(20)), 1, Among(given=[0]), seed=1)
    assert [pick.person for pick in found.picks] == [2]


def test_reach_is_not_read_off_the_sets_that_chose() -> None:
    """On noise, where every choice is as good as another, the chosen look better than they are to who chose them."""
    ties = {(person, 200 + person): 0.05 for person in range(200)}
    network = network_of(400, ties)
    for seed in range(10):
        found = most_influential(
            network,
            20,
            Among(candidates=np.arange(200, dtype=np.int32), targets=np.arange(200, 400, dtype=np.int32)),
            seed=seed,
            epsilon=0.6,
        )
        assert found.reached.mean == pytest.approx(1.0, abs=4 * found.reached.standard_error)


@pytest.mark.parametrize("onward", [1.0, 0.5])
def test_agrees_with_forward_simulation(onward: float) -> None:
    dice = random.Random(8)
    ties = {
        (one, other): dice.choice([0.02, 0.1, 0.3])
        for one in range(400)
        for other in dice.sample(range(400), 6)
        if one != other
    }
    network = network_of(400, ties, onward)
    found = most_influential(network, 5, seed=2)
    again = reach(network, [pick.person for pick in found.picks], runs=20_000).everybody.reached
    assert found.reached.mean == pytest.approx(again.mean, rel=0.02, abs=3 * found.reached.standard_error)
    assert found.at_least > 1 - 1 / math.e - found.epsilon


def told(found: Influence) -> tuple[object, ...]:
    """All of an answer but its arrays."""
    return [(pick.person, pick.gain) for pick in found.picks], found.reached, found.at_least, found.sets


def test_says_whom_each_pick_adds() -> None:
    labels = np.array([-1] * 3 + [0] * 20 + [1] * 10, dtype=np.int32)
    found = most_influential(network_of(33, apart(20)), 2, Among(groups=Groups(labels, 2)), seed=1)
    assert found.picks[0].groups == pytest.approx([18, 0], abs=0.5)
    assert found.picks[1].groups == pytest.approx([0, 9], abs=0.5)


def test_the_same_seed_gives_the_same_answer_whatever_the_threads() -> None:
    network = network_of(300, drawn_ties(random.Random(1), 300, most=1_500))
    answers = [told(most_influential(network, 5, seed=4, threads=threads)) for threads in (1, 1, 2, 5)]
    assert all(answer == answers[0] for answer in answers)
    assert told(most_influential(network, 5, seed=5)) != answers[0]


def test_says_so_where_it_drew_fewer_sets_than_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.measures.influence.MOST_MEMBERS", 2_000)
    network = network_of(300, drawn_ties(random.Random(1), 300, most=1_500))
    found = most_influential(network, 3, seed=1)
    assert not found.complete
    assert 0 <= found.at_least < 1
    again = [told(most_influential(network, 3, seed=1, threads=threads)) for threads in (1, 3)]
    assert again == [told(found)] * 2


def test_where_nothing_reaches_whom_it_should_the_gain_is_nothing() -> None:
    found = most_influential(
        network_of(4, {(0, 1): 0.5}),
        1,
        Among(targets=np.array([3], dtype=np.int32), candidates=np.array([0, 1], dtype=np.int32)),
    )
    assert found.reached.mean == 0
    assert found.reached.high < 1e-3


@pytest.mark.parametrize(("budget", "candidates"), [(0, None), (-1, None), (5, None), (2, [3]), (1, [])])
def test_refuses_a_budget_beyond_the_network(budget: int, candidates: list[int] | None) -> None:
    may = None if candidates is None else np.array(candidates, dtype=np.int32)
    with pytest.raises(Invalid) as caught:
        most_influential(network_of(4, PUBLISHED), budget, Among(candidates=may))
    assert caught.value.problems[0].field == "budget"


@pytest.mark.parametrize("epsilon", [0.0, -0.1, 0.7, math.nan])
def test_refuses_an_epsilon_that_promises_nothing(epsilon: float) -> None:
    with pytest.raises(Invalid) as caught:
        most_influential(network_of(4, PUBLISHED), 1, epsilon=epsilon)
    assert caught.value.problems[0].field == "epsilon"


def test_refuses_nobody_who_would_count() -> None:
    with pytest.raises(Invalid):
        most_influential(network_of(4, PUBLISHED), 1, Among(targets=np.array([], dtype=np.int32)))


def test_refuses_people_who_are_not_there() -> None:
    with pytest.raises(ValueError, match="exist"):
        most_influential(network_of(4, PUBLISHED), 1, Among(targets=np.array([4], dtype=np.int32)))


def test_wilsons_published_interval() -> None:
    found = share_estimate(81, 263, 1)
    assert (found.low, found.high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
