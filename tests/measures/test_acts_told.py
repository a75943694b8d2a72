"""What is told of a quarter's acts tells of nobody in company of fewer than five, however numbers are combined."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.measures.acts_told import Acts, Division, Which, groups_told, shares_taken_in
from service.measures.disclosure import LEAST

PEOPLE, GROUPS, SEVERAL = 24, 4, 20
Ends = list[tuple[int, int]]
ACTS = st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)), max_size=60)
"""Who told something to whom."""
WAYS = st.tuples(*[st.lists(st.integers(-1, GROUPS - 1), min_size=PEOPLE, max_size=PEOPLE)] * 2)
"""In which group everybody is, in two ways."""


def quarter(acts: Ends, ends: int) -> Acts:
    columns = np.array(acts, dtype=np.int64).reshape(-1, 2).T
    return Acts(tuple(columns[:ends]))


def divided(acts: Acts, ways: tuple[list[int], ...]) -> list[Division]:
    return [(np.array(way, dtype=np.int32)[acts.ends[0]], GROUPS) for way in ways]


def told_of(acts: Acts, divisions: list[Division]) -> list[Which]:
    """Everything that can be added up from the numbers of all, and of one way or the other, of each answer."""
    whole = [] if few(acts, acts.everything) else [acts.everything]
    found = list(whole)
    for (labels, _), shown in zip(divisions, groups_told(acts, divisions), strict=True):
        cells = [labels == label for label in np.flatnonzero(shown)]
        together = np.logical_or.reduce(cells, axis=0) if cells else ~acts.everything
        found += [*cells, together, *([~together] if whole else [])]
    return found


def few(acts: Acts, which: Which) -> bool:
    return any(len(set(end[which].tolist())) in range(1, LEAST) for end in acts.ends)


def isolates(acts: Acts, one: Which, other: Which) -> bool:
    """Whether the difference of two numbers is what a few did, or what was done to a few."""
    nested = not ((one & ~other).any() and (other & ~one).any())
    return nested and few(acts, one ^ other)


@pytest.mark.parametrize("ends", [1, 2])
@settings(max_examples=150, deadline=None)
@given(ACTS, WAYS)
def test_no_number_and_no_difference_of_two_tells_of_a_few(ends: int, acts: Ends, ways: tuple[list[int], ...]) -> None:
    seen = quarter(acts, ends)
    told = told_of(seen, divided(seen, ways))
    assert not any(few(seen, one) for one in told)
    assert not any(isolates(seen, one, other) for one, other in combinations(told, 2))


@pytest.mark.parametrize("ends", [1, 2])
@settings(max_examples=150, deadline=None)
@given(ACTS, WAYS)
def test_what_is_not_told_could_be_shared_out_otherwise(ends: int, acts: Ends, ways: tuple[list[int], ...]) -> None:
    seen = quarter(acts, ends)
    divisions = divided(seen, ways)
    for (labels, groups), shown in zip(divisions, groups_told(seen, divisions), strict=True):
        counts = np.bincount(labels + 1, minlength=groups + 1)
        assert shown[counts[1:] == 0].all(), "where nobody did anything nothing is told of anybody"
        hidden = np.flatnonzero(~shown & (counts[1:] > 0))
        if len(hidden):
            left = counts[1 + hidden].sum() + counts[0]
            assert left > len(hidden) + (counts[0] > 0) or shown[counts[1:] > 0].sum() == 0


def test_the_attacker_would_succeed_if_each_number_were_judged_by_itself() -> None:
    found = 0
    for seed in range(50):
        random = np.random.default_rng(seed)
        seen = Acts((random.integers(PEOPLE, size=40),))
        way = random.choice([-1, *range(GROUPS)], size=PEOPLE, p=[0.02, 0.4, 0.4, 0.1, 0.08])
        cells = [way[seen.ends[0]] == label for label in range(GROUPS)]
        alone = [cell for cell in cells if not few(seen, cell)]
        together = np.logical_or.reduce(alone, axis=0)
        found += isolates(seen, seen.everything, together)
    assert found > 10


def test_what_is_told_is_not_nothing() -> None:
    told = 0
    for seed in range(50):
        random = np.random.default_rng(seed)
        seen = Acts((random.integers(PEOPLE, size=60),))
        ways = random.choice(3, size=(2, PEOPLE), p=[0.5, 0.4, 0.1])
        told += sum(int(one.sum()) for one in groups_told(seen, [(way[seen.ends[0]], 3) for way in ways]))
    assert told > 100


def test_a_few_stand_behind_a_number_at_either_end() -> None:
    """Twelve tell, all to one listener; of another twelve each tells to another."""
    tellers = np.arange(24)
    listeners = np.where(tellers < 12, 0, tellers)
    labels = (tellers >= 12).astype(np.int32)
    assert groups_told(Acts((tellers,)), [(labels, 2)])[0].tolist() == [True, True]
    assert groups_told(Acts((tellers, listeners)), [(labels, 2)])[0].tolist() == [False, False]


def near(seed: int, ends: int) -> tuple[Acts, list[Division]]:
    """A quarter's acts of forty people, divided in a way and another that is nearly the same, or finer."""
    random = np.random.default_rng(seed)
    seen = Acts(tuple(random.integers(40, size=(ends, int(random.integers(20, 150))))))
    first = random.choice(4, size=40, p=[0.5, 0.3, 0.12, 0.08]) - (random.random(40) < 0.05)
    second = np.where(random.random(40) < 0.9, first, random.integers(-1, 5, size=40))
    return seen, [(way[seen.ends[0]].astype(np.int32), 5) for way in (first, second)]


@pytest.mark.parametrize("ends", [1, 2])
def test_no_difference_tells_of_a_few_where_ways_are_nearly_the_same(ends: int) -> None:
    found = 0
    for seed in range(150):
        seen, divisions = near(seed, ends)
        told = told_of(seen, divisions)
        assert not any(few(seen, one) or isolates(seen, one, other) for one, other in combinations(told, 2)), seed
        apart = [one for division in divisions for one in told_of(seen, [division])]
        found += any(isolates(seen, one, other) for one, other in combinations(apart, 2))
    assert found > SEVERAL, "where each way is judged by itself, an attacker succeeds"


def test_one_act_each_is_not_told_though_five_did_them() -> None:
    """Five groups with an act each beside a large one: that the five are of five people tells that each is one."""
    tellers = np.arange(35)
    labels = np.where(tellers < 5, tellers, 5).astype(np.int32)
    assert groups_told(Acts((tellers,)), [(labels, 6)])[0].tolist() == [False] * 6


SHARES = st.lists(st.tuples(ACTS, st.integers(0, 2**60 - 1), st.integers(0, 2**60 - 1)), max_size=8)


@given(SHARES)
def test_whatever_is_taken_in_is_of_enough_and_nothing_is_lost(quarters: list[tuple[Ends, int, int]]) -> None:
    """Each quarter's numbers, and so those of all windows, are of nobody or enough; what waits is of a few alone."""
    everything = [act for acts, _, _ in quarters for act in acts]
    seen = quarter(everything, 1)
    of = np.repeat(np.arange(len(quarters)), [len(acts) for acts, _, _ in quarters])
    part = np.array([bits >> at & 1 == 1 for acts, bits, _ in quarters for at in range(len(acts))], dtype=np.bool_)
    due = np.array([bits >> at & 1 == 1 for acts, _, bits in quarters for at in range(len(acts))], dtype=np.bool_)
    given = [(due & (of == at), due & part & (of == at), of == at) for at in range(len(quarters))]
    told = shares_taken_in(seen, given)
    waiting = beside = np.zeros(len(everything), dtype=np.bool_)
    for (mine, _, all_told), numbers in zip(given, told, strict=True):
        waiting, beside = waiting | mine, beside | all_told
        sides = [waiting, waiting & part, waiting & ~part]
        known = [*sides, beside]
        if any(few(seen, one) for one in sides) or any(
            isolates(seen, one, other) for one, other in combinations(known, 2)
        ):
            assert numbers == (0, 0)
        else:
            assert numbers == (int(waiting.sum()), int((waiting & part).sum()))
            waiting = beside = np.zeros(len(everything), dtype=np.bool_)
