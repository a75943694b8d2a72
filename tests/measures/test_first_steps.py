"""First steps: against every throw of the coins."""

import random

import numpy as np
import pytest

from service.measures.first_steps import ENOUGH_PEOPLE, first_steps, first_steps_in_turn, ties_of_tellers
from service.measures.reach import cascades_of, reach
from tests.measures.live_edges import drawn_ties, exact, network_of

TREE = {(0, 1): 0.5, (0, 2): 0.25, (1, 3): 1.0, (3, 4): 0.5, (2, 5): 0.5}
"""By way of 1 it comes to .5 * (1 + 1 + .5) people, by way of 2 to .25 * 1.5."""


def test_counts_each_for_the_first_step_of_their_way() -> None:
    counts, runs = first_steps(cascades_of(network_of(6, TREE), [0], seed=1), runs=50_000)
    assert runs == 50_000
    assert counts / runs == pytest.approx([1.25, 0.375], abs=0.02)


@pytest.mark.parametrize("onward", [1.0, 0.4])
@pytest.mark.parametrize("seed", range(10))
def test_adds_up_to_all_who_are_reached(seed: int, onward: float) -> None:
    dice = random.Random(seed)
    ties = drawn_ties(dice, 8, most=10 if onward == 1 else 7)
    tellers = dice.sample(range(8), dice.randint(1, 3))
    cascades = cascades_of(network_of(8, ties, onward), tellers, seed=seed)
    counts, runs = first_steps(cascades, runs=20_000)
    others = exact(8, ties, tellers, onward=onward) - len(tellers)
    assert len(counts) == len(ties_of_tellers(cascades))
    assert counts.sum() / runs == pytest.approx(others, abs=0.1)


def test_two_who_tell_the_same_have_the_first_word_equally_often() -> None:
    counts, _ = first_steps(cascades_of(network_of(3, {(0, 2): 1.0, (1, 2): 1.0}), [0, 1]), runs=1_000)
    assert counts.tolist() == [500, 500]


def test_ends_when_enough_people_were_shared_out_whatever_the_threads() -> None:
    certain = {(0, person): 1.0 for person in range(1, 2_001)}
    network = network_of(2_001, certain)
    found = [first_steps(cascades_of(network, [0]), runs=5_000, threads=threads) for threads in (1, 3)]
    assert found[0][1] == found[1][1] < 5_000
    assert np.array_equal(found[0][0], found[1][0])
    assert ENOUGH_PEOPLE <= found[0][0].sum() < ENOUGH_PEOPLE + 2_000 * 16
    assert reach(network, [0], runs=64).everybody.reached.mean == 2_001


# --- in turn


@pytest.mark.parametrize("onward", [1.0, 0.4])
@pytest.mark.parametrize("seed", range(12))
def test_in_turn_each_is_counted_for_what_comes_of_them_beside_those_before(seed: int, onward: float) -> None:
    """Against every throw of the coins: what one's ties bring is the gain, less oneself where one is not there yet."""
    dice = random.Random(seed)
    ties = drawn_ties(dice, 8, most=9 if onward == 1 else 7)
    people = dice.sample(range(8), 4)
    given, turns = people[: seed % 3], people[seed % 3 :]
    counted = set(dice.sample(range(8), dice.randint(2, 8)))
    mask = np.isin(np.arange(8), list(counted))
    network = network_of(8, ties, onward)
    numbers, brought = first_steps_in_turn(network, turns, given=given, counted=mask, runs=40_000, seed=seed)
    tellers = np.repeat(np.arange(8), np.diff(network.forward.offsets))[numbers]
    before = list(given)
    for one in turns:
        already = exact(8, ties, before, counted, onward=onward) if before else 0
        gain = exact(8, ties, [*before, one], counted, onward=onward) - already
        oneself = 0.0
        if one in counted:
            reached = exact(8, ties, before, [one], onward=onward) if before else 0.0
            oneself = 1 - reached
        assert brought[tellers == one].sum() == pytest.approx(gain - oneself, abs=0.05)
        before.append(one)


def test_in_turn_who_passes_on_is_heard_as_often_as_passing_on_is() -> None:
    network = network_of(6, TREE, 0.5)
    _, told = first_steps_in_turn(network, [1], given=[0], runs=40_000)
    _, passed = first_steps_in_turn(network, [1], given=[0], passing_on=True, runs=40_000)
    # 3 hears for certain what 1 tells and else in .5 of the runs; 0 brings it to 1, who passes it on, in .5 of them.
    assert told.sum() == pytest.approx((1 - 0.25) * 1.25, abs=0.02)
    assert passed.sum() == pytest.approx((0.5 - 0.25) * 1.25, abs=0.02)


def test_in_turn_the_same_seed_gives_the_same_whatever_the_threads() -> None:
    network = network_of(6, TREE)
    found = [first_steps_in_turn(network, [1, 0], runs=5_000, seed=3, threads=threads) for threads in (1, 3)]
    assert np.array_equal(found[0][0], found[1][0])
    assert np.array_equal(found[0][1], found[1][1])
    assert first_steps_in_turn(network, [5], runs=100)[1].tolist() == []
