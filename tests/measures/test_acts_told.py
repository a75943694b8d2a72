"""What is told of a quarter's acts tells of nobody in company of fewer than five, however numbers are combined."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.measures.acts_told import Division, doers_told, groups_told, windows_may_be_told
from service.measures.disclosure import LEAST
from service.measures.linked_tables import LinkedTables, Table

PEOPLE, GROUPS, SEVERAL = 24, 4, 20
Ends = list[tuple[int, int]]
Which = NDArray[np.bool_]
Acts = tuple[NDArray[np.int64], ...]
"""Who is at each end of each act."""
ACTS = st.lists(st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)), max_size=60)
"""Who told something to whom."""
WAYS = st.tuples(*[st.lists(st.integers(-1, GROUPS - 1), min_size=PEOPLE, max_size=PEOPLE)] * 2)
"""In which group everybody is, in two ways."""


def quarter(acts: Ends, ends: int) -> Acts:
    columns = np.array(acts, dtype=np.int64).reshape(-1, 2).T
    return tuple(columns[:ends])


def divided(acts: Acts, ways: tuple[list[int], ...]) -> list[Division]:
    return [(np.array(way, dtype=np.int32)[acts[0]], GROUPS) for way in ways]


def told(acts: Acts, divisions: list[Division]) -> tuple[bool, list[Which]]:
    return groups_told(LinkedTables(*acts), np.arange(len(acts[0])), divisions)


def told_of(acts: Acts, divisions: list[Division]) -> list[Which]:
    """Everything that can be added up from the numbers of all, and of one way or the other, of each answer.

    Of groups that are not many each sum of some of them is among it.
    """
    everything = np.ones(len(acts[0]), dtype=np.bool_)
    whole, groups = told(acts, divisions)
    found = [everything] if whole else []
    for (labels, _), shown in zip(divisions, groups, strict=True):
        cells = [labels == label for label in np.flatnonzero(shown) if (labels == label).any()]
        for sums in range(len(cells) + 1):
            for some in combinations(cells, sums):
                together = np.logical_or.reduce(some, axis=0) if some else ~everything
                found += [together, *([~together] if whole else [])]
    return found


def few(acts: Acts, which: Which) -> bool:
    return any(len(set(end[which].tolist())) in range(1, LEAST) for end in acts)


def isolates(acts: Acts, one: Which, other: Which) -> bool:
    """Whether the difference of two numbers is what a few did, or what was done to a few."""
    nested = not ((one & ~other).any() and (other & ~one).any())
    return nested and few(acts, one ^ other)


@pytest.mark.parametrize("ends", [1, 2])
@settings(max_examples=150, deadline=None)
@given(ACTS, WAYS)
def test_no_number_and_no_difference_of_two_tells_of_a_few(ends: int, acts: Ends, ways: tuple[list[int], ...]) -> None:
    seen = quarter(acts, ends)
    known = told_of(seen, divided(seen, ways))
    assert not any(few(seen, one) for one in known)
    assert not any(isolates(seen, one, other) for one, other in combinations(known, 2))


@pytest.mark.parametrize("ends", [1, 2])
@settings(max_examples=150, deadline=None)
@given(ACTS, WAYS)
def test_what_is_not_told_could_be_shared_out_otherwise(ends: int, acts: Ends, ways: tuple[list[int], ...]) -> None:
    seen = quarter(acts, ends)
    divisions = divided(seen, ways)
    whole, found = told(seen, divisions)
    for (labels, groups), shown in zip(divisions, found, strict=True):
        counts = np.bincount(labels + 1, minlength=groups + 1)
        hidden = np.flatnonzero(~shown & (counts[1:] > 0))
        if whole and len(hidden) and shown.any():
            assert shown[counts[1:] == 0].all(), "where nobody did anything nothing is told of anybody"
            left = counts[1 + hidden].sum() + counts[0]
            assert left > len(hidden) + (counts[0] > 0)


def test_the_attacker_would_succeed_if_each_number_were_judged_by_itself() -> None:
    found = 0
    for seed in range(50):
        random = np.random.default_rng(seed)
        seen = (random.integers(PEOPLE, size=40),)
        way = random.choice([-1, *range(GROUPS)], size=PEOPLE, p=[0.02, 0.4, 0.4, 0.1, 0.08])
        cells = [way[seen[0]] == label for label in range(GROUPS)]
        alone = [cell for cell in cells if not few(seen, cell)]
        together = np.logical_or.reduce(alone, axis=0)
        found += isolates(seen, np.ones(40, dtype=np.bool_), together)
    assert found > 10


def test_what_is_told_is_not_nothing() -> None:
    numbers = 0
    for seed in range(50):
        random = np.random.default_rng(seed)
        seen = (random.integers(PEOPLE, size=60),)
        ways = random.choice(3, size=(2, PEOPLE), p=[0.5, 0.4, 0.1])
        numbers += sum(int(one.sum()) for one in told(seen, [(way[seen[0]], 3) for way in ways])[1])
    assert numbers > 100


def test_a_few_stand_behind_a_number_at_either_end() -> None:
    """Twelve tell, all to one listener; of another twelve each tells to another."""
    tellers = np.arange(24)
    listeners = np.where(tellers < 12, 0, tellers)
    labels = (tellers >= 12).astype(np.int32)
    assert told((tellers,), [(labels, 2)])[1][0].tolist() == [True, True]
    assert told((tellers, listeners), [(labels, 2)])[1][0].tolist() == [False, False]


def near(seed: int, ends: int) -> tuple[Acts, list[Division]]:
    """A quarter's acts of forty people, divided in a way and another that is nearly the same, or finer."""
    random = np.random.default_rng(seed)
    seen = tuple(random.integers(40, size=(ends, int(random.integers(20, 150)))))
    first = random.choice(4, size=40, p=[0.5, 0.3, 0.12, 0.08]) - (random.random(40) < 0.05)
    second = np.where(random.random(40) < 0.9, first, random.integers(-1, 5, size=40))
    return seen, [(way[seen[0]].astype(np.int32), 5) for way in (first, second)]


@pytest.mark.parametrize("ends", [1, 2])
def test_no_difference_tells_of_a_few_where_ways_are_nearly_the_same(ends: int) -> None:
    found = 0
    for seed in range(150):
        seen, divisions = near(seed, ends)
        known = told_of(seen, divisions)
        assert not any(few(seen, one) or isolates(seen, one, other) for one, other in combinations(known, 2)), seed
        apart = [one for division in divisions for one in told_of(seen, [division])]
        found += any(isolates(seen, one, other) for one, other in combinations(apart, 2))
    assert found > SEVERAL, "where each way is judged by itself, an attacker succeeds"


def test_one_act_each_is_not_told_though_five_did_them() -> None:
    """Five groups with an act each beside a large one: that the five are of five people tells that each is one."""
    tellers = np.arange(35)
    labels = np.where(tellers < 5, tellers, 5).astype(np.int32)
    assert told((tellers,), [(labels, 6)])[1][0].tolist() == [False] * 6
    alone = told((np.arange(5),), [(np.arange(5, dtype=np.int32), 6)])
    assert (alone[0], alone[1][0].tolist()) == (True, [False] * 6), "nor that nobody of a sixth did anything"


PARTS = st.lists(st.tuples(ACTS, st.integers(0, 2**60 - 1)), min_size=1, max_size=4)


@given(PARTS, st.integers(0, 2**60 - 1))
def test_windows_are_told_where_no_sum_of_theirs_lies_near_what_is_told(
    quarters: list[tuple[Ends, int]], other: int
) -> None:
    """The acts of some quarters, a part of them, and how many of another part of all of them is told already."""
    acts = [act for some, _ in quarters for act in some]
    seen, every = quarter(acts, 1), np.arange(len(acts))
    linked, of = LinkedTables(*seen), np.repeat(np.arange(len(quarters)), [len(some) for some, _ in quarters])
    told_already = np.array([other >> at & 1 == 1 for at in every], dtype=np.bool_)
    linked.tell(Table(things=every[told_already], cells=np.zeros(told_already.sum(), dtype=np.int64), count=1))
    marked = np.array([bits >> at & 1 == 1 for some, bits in quarters for at in range(len(some))], dtype=np.bool_)
    given_ = [(every[(of == at) & marked], every[(of == at) & ~marked]) for at in range(len(quarters))]
    may = windows_may_be_told(linked, given_, [1, 2, 4])
    cells = [(of == at) & (marked == part) for at in range(len(quarters)) for part in (True, False)]
    last, sums = cells[-2:], [np.zeros_like(marked)]
    for length in (1, 2, 4):
        within = of >= len(quarters) - length
        sums += [within, within & marked]
    if any(few(seen, one) for one in (*last, last[0] | last[1])):
        assert not may
    elif may:
        assert not any(isolates(seen, one, told_already) for one in (*cells, *sums) if one.any() and told_already.any())


QUARTERS, LENGTHS = 7, (1, 2, 4)
SPOKEN = st.lists(st.tuples(st.integers(0, 23), st.integers(0, QUARTERS - 1)), max_size=80)
"""Who did something, of four groups of six, and how many quarters ago."""


def voices(people: NDArray[np.int64], ago: NDArray[np.int64]) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Of 24 members, who spoke in each window up to the last quarter's end, and who of them had never before."""
    spoke = [np.isin(np.arange(24), people[ago < length]) for length in LENGTHS]
    never = [~np.isin(np.arange(24), people[ago >= length]) for length in LENGTHS]
    return [(one, one & new) for one, new in zip(spoke, never, strict=True)]


@given(SPOKEN)
def test_no_two_windows_tell_of_a_few_who_spoke(acts: Ends) -> None:
    """An attacker takes from each other all that is told of who spoke, and of who newly did."""
    people, ago = np.array(acts, dtype=np.int64).reshape(-1, 2).T
    windows, members = voices(people, ago), np.ones(24, dtype=np.bool_)
    linked, known = LinkedTables(np.arange(24)), [np.zeros(24, dtype=np.bool_), members]
    for whole, part in windows:
        may, parts = doers_told(linked, members, whole, part)
        known += ([whole] if may else []) + ([part, whole & ~part] if parts else [])
    assert not any(isolates((np.arange(24),), one, other) for one, other in combinations(known, 2))


def test_windows_would_isolate_if_each_were_judged_by_itself() -> None:
    """Ten spoke in the last quarter, and two others in the one before; twelve in the longer window."""
    people, ago, members = np.arange(12), np.array([0] * 10 + [1, 1]), np.ones(24, dtype=np.bool_)
    windows = voices(people, ago)
    alone = [doers_told(LinkedTables(np.arange(24)), members, *one)[0] for one in windows]
    assert alone == [True, True, True]
    assert isolates((np.arange(24),), windows[0][0], windows[1][0])
    linked = LinkedTables(np.arange(24))
    assert [doers_told(linked, members, *one)[0] for one in windows] == [True, False, False]
