"""Small groups stay safe: a brute-force attacker over all pairs of answers isolates nobody."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from service.measures.disclosure import (
    LEAST,
    arrived,
    people_behind,
    told_of_chain,
    withheld,
)
from service.measures.groups_moving import Division
from service.measures.groups_shown import published as service_published
from tests.measures.groups_in_tables import Sets, in_rows, plainly_published, published

PEOPLE, SCOPES, GROUPS, MONTHS = 24, 5, 4, 5
MANY, KINDS = 60, 5


def history(seed: int) -> list[Sets]:
    """Every scope, and each group inside each scope, in month after month in which a few come and go."""
    random = np.random.default_rng(seed)
    scopes = random.random((SCOPES, PEOPLE)) < random.uniform(0.2, 0.95, size=(SCOPES, 1))
    scopes[0] = True
    groups = random.integers(GROUPS, size=PEOPLE)
    months = []
    for _ in range(MONTHS):
        scopes[1:] ^= random.random((SCOPES - 1, PEOPLE)) < 0.08
        groups = np.where(random.random(PEOPLE) < 0.05, random.integers(GROUPS, size=PEOPLE), groups)
        inside = [scopes[scope] & (groups == group) for scope, group in product(range(SCOPES), range(GROUPS))]
        months.append(np.array([*scopes.copy(), *inside]))
    return months


def divided(seed: int) -> tuple[list[Sets], list[Division]]:
    """Two scopes, each divided in two ways, as unevenly as standings and professions, over months."""
    random = np.random.default_rng(seed)
    scopes = np.array([np.ones(MANY, dtype=np.bool_), random.random(MANY) < 0.7])
    odds = random.dirichlet(np.full(KINDS, 0.5), size=2)
    ways = np.array([random.choice(KINDS, size=MANY, p=each) for each in odds])
    months = []
    for _ in range(MONTHS):
        moved = random.random(ways.shape) < 0.1
        ways = np.where(moved, np.array([random.choice(KINDS, size=MANY, p=each) for each in odds]), ways)
        scopes[1] ^= random.random(MANY) < 0.05
        inside = [scope & (way == kind) for scope, way, kind in product(scopes, ways, range(KINDS))]
        months.append(np.array([*scopes.copy(), *inside]))
    starts = range(2, 2 + 4 * KINDS, KINDS)
    return months, [(at // 2, range(start, start + KINDS)) for at, start in enumerate(starts)]


def answered(groups: Sets, parts: list[int], whole: int) -> list[Sets]:
    """What one answer about a scope by a grouping tells of: its parts, all of them together, and whom it leaves out."""
    together = groups[parts].any(axis=0)
    return [*groups[parts], together, groups[whole] & ~together]


def isolates(one: Sets, other: Sets) -> bool:
    """Whether the difference of two sums over people tells of a few."""
    if (one & ~other).any() and (other & ~one).any():
        return False
    return 0 < int((one ^ other).sum()) < LEAST


@pytest.mark.parametrize("seed", range(200))
def test_no_pair_of_answers_tells_of_a_few(seed: int) -> None:
    months = history(seed)
    told = []
    for groups, may in published(months):
        told += [groups[row] for row in np.flatnonzero(may)]
    assert all(row.sum() >= LEAST for row in told)
    assert not any(isolates(one, other) for one, other in combinations(told, 2))


@pytest.mark.parametrize("seed", range(200))
def test_no_pair_of_answers_tells_of_a_few_by_what_their_groups_are_together(seed: int) -> None:
    """All pairs of scope, grouping and month: groups, their unions, and what is left beside them."""
    months, divisions = divided(seed)
    told = []
    for groups, may in published(months, divisions):
        told += [groups[whole] for whole, _ in divisions if may[whole]]
        for whole, rows in divisions:
            parts = [row for row in rows if may[row]]
            assert may[whole] or not parts
            told += [one for one in answered(groups, parts, whole) if parts and one.any()]
    assert all(one.sum() >= LEAST for one in told)
    assert not any(isolates(one, other) for one, other in combinations(np.unique(told, axis=0), 2))


@pytest.mark.parametrize("seed", range(60))
def test_what_is_shown_is_what_whole_tables_show(seed: int) -> None:
    for months, divisions in ((history(seed), []), divided(seed)):
        pairs = zip(published(months, divisions), plainly_published(months, divisions), strict=True)
        for (groups, may), (expected, allowed) in pairs:
            assert np.array_equal(groups, expected)
            assert np.array_equal(may, allowed)


def test_unions_would_isolate_if_groups_alone_were_compared() -> None:
    """Forty people: standings 17, 17, 2, 2, 2 and professions 18, 17, 3, 2 are 34 and 35 together."""
    standings = np.repeat(range(5), [17, 17, 2, 2, 2])
    professions = np.concatenate([np.tile([0, 1], 17), [0, 2, 2, 2, 3, 3]])
    groups = np.array([standings == one for one in range(5)] + [professions == one for one in range(4)])
    assert [int(one.sum()) for one in groups] == [17, 17, 2, 2, 2, 18, 17, 3, 2]
    large = groups.sum(axis=1) >= LEAST
    assert isolates(groups[:5][large[:5]].any(axis=0), groups[5:][large[5:]].any(axis=0))
    months, divisions = [np.array([np.ones(40, dtype=bool), *groups])], [(0, range(1, 6)), (0, range(6, 10))]
    ((shown, may),) = published(months, divisions)
    unions = [shown[[row for row in rows if may[row]]].any(axis=0) for _, rows in divisions]
    assert [int(union.sum()) for union in unions] == [34, 18], "the later division gives way"


def test_what_is_shown_of_divisions_is_not_nothing() -> None:
    shares = []
    for months, divisions in map(divided, range(20)):
        groups, may = [*published(months, divisions)][-1]
        shares += [
            groups[[row for row in rows if may[row]]].any(axis=0).sum() / groups[whole].sum()
            for whole, rows in divisions
        ]
    assert np.mean(shares) > 0.4


def test_the_attacker_would_succeed_without_the_rules() -> None:
    found = 0
    for seed in range(20):
        groups = history(seed)[-1]
        found += any(isolates(one, other) for one, other in combinations(groups[groups.sum(axis=1) >= LEAST], 2))
    assert found > 10


def test_what_is_shown_is_not_nothing() -> None:
    shares = [[*published(history(seed))][-1][1].mean() for seed in range(20)]
    assert np.mean(shares) > 0.2


def test_a_group_and_all_but_a_few_of_it_are_not_both_shown() -> None:
    all_of_them = np.ones(12, dtype=bool)
    all_but_two = all_of_them.copy()
    all_but_two[:2] = False
    half = np.arange(12) < 6
    assert [may.tolist() for _, may in published([np.array([all_of_them, all_but_two, half])])] == [[True, False, True]]


def test_a_group_stands_still_until_enough_have_come() -> None:
    def first(count: int) -> Sets:
        return (np.arange(20) < count)[None, :]

    def shown(*counts: int) -> int:
        return int([*published([first(count) for count in counts])][-1][0].sum())

    assert shown(8, 9) == 8
    assert shown(8, 9, 13) == 13
    assert shown(3, 4, 6) == 6
    assert shown(3, 4) == 0
    assert shown(8, 14, 9) == 14, "nine is one more than the eight of whom was told"


TWO_PARTS: list[Division] = [(0, (1, 2))]


def ward(*parts: set[int]) -> Sets:
    """Whoever is in one of these parts, and the parts."""
    return np.array([[person in part for person in range(90)] for part in (set[int]().union(*parts), *parts)])


def sizes(*months: Sets) -> list[list[int]]:
    """How many people the whole and the parts are shown with, month after month."""
    return [[int(size) for size in shown.sum(axis=1)] for shown, _ in published(months, TWO_PARTS)]


def test_who_goes_alone_keeps_nobody_else_from_coming() -> None:
    nurses, others = {*range(12)}, {*range(12, 20)}
    gone = ward(nurses, others - {19}), ward(nurses | {*range(20, 26)}, others - {19})
    assert sizes(ward(nurses, others), *gone) == [[20, 12, 8], [20, 12, 8], [26, 18, 8]]
    assert sizes(ward(nurses, others), ward({*range(3)}, others)) == [[20, 12, 8], [13, 5, 8]], "three would be left"
    assert sizes(ward(nurses, others), ward(nurses, {12, 13, 14})) == [[20, 12, 8]] * 2, "so would here"


def test_who_comes_alone_is_taken_in_with_those_who_come_later() -> None:
    """One a month, to the first part and the second in turn: the whole takes in five, each part when it has five."""

    def grown(months: int) -> Sets:
        return ward({*range(10), *range(20, 20 + months, 2)}, {*range(10, 20), *range(21, 20 + months, 2)})

    shown = np.array(sizes(*(grown(months) for months in range(60))))
    waiting = np.array([grown(months).sum(axis=1) for months in range(60)]) - shown
    assert waiting.min() >= 0
    assert waiting[:, 0].max() < LEAST
    assert waiting[:, 1:].max() < 2 * LEAST, "those beside the parts are five, too, or nobody"


def test_where_few_are_beside_the_parts_some_of_the_largest_are_with_them() -> None:
    """Of forty, seventeen and three those three can't be told of; nor can they when two more are of the second."""
    large, middle, few = {*range(40)}, {*range(40, 57)}, {57, 58, 59}
    begin, more = ward(large, middle, few)[:3], ward(large, middle, few | {*range(60, 65)})[:3]
    assert sizes(begin, begin) == [[60, 38, 17]] * 2
    assert sizes(begin, more) == [[60, 38, 17], [65, 38, 17]]
    assert sizes(begin, ward({*range(2, 40), 70, 71, 72}, middle, few)[:3]) == [[60, 38, 17]] * 2


def test_why_no_part_is_shown_is_said_anew_when_something_moves() -> None:
    """That one came, who makes a group of five, is not told by the reason for its not being shown either."""
    begin = [{*range(4)}, {*range(4, 8)}]
    months = ward(*begin), ward(begin[0] | {8}, begin[1]), ward(begin[0] | {*range(8, 13)}, begin[1])
    found = [*service_published((in_rows(month) for month in months), TWO_PARTS)]
    assert [(month.small.tolist(), month.may.tolist()) for month in found] == [
        ([True], [True, False, False]),
        ([True], [True, False, False]),
        ([False], [True, True, False]),
    ]


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4)), min_size=1, max_size=60))
def test_of_a_chain_no_number_and_no_difference_of_two_tells_of_a_few(things: list[tuple[int, int]]) -> None:
    """Things by who is behind each and how far it got: an attacker takes each told number from each other."""
    people, far = (np.array(column) for column in zip(*things, strict=True))
    behind = csr_array((np.ones(len(people)), (np.arange(len(people)), people)), shape=(len(people), 13))
    cells = [far >= stage for stage in range(5)]
    told = told_of_chain(cells, behind)
    shown = [cell for cell, may in zip(cells, told, strict=True) if may]
    for one, other in combinations([np.zeros(len(people), dtype=np.bool_), *shown], 2):
        assert len(set(people[one ^ other].tolist())) not in range(1, LEAST)
    assert told[0] == (len(set(people.tolist())) >= LEAST)
    assert told[0] or not shown


def test_people_are_counted_once_however_many_things_they_stand_behind() -> None:
    behind = csr_array(np.array([[1, 1, 0], [1, 0, 0], [0, 0, 0]]))
    assert people_behind(behind, np.array([True, True, True])) == 2
    assert people_behind(behind, np.array([1, 2])) == 1
    assert people_behind(behind, np.array([2])) == 0


@given(st.lists(st.integers(0, 30), max_size=40), st.integers(1, 31))
def test_who_comes_is_told_of_when_they_are_enough(days: list[int], months: int) -> None:
    times = np.array(days, dtype=np.float64)
    told = [int(arrived(times, np.arange(1.0, until + 1)).sum()) for until in range(1, months + 1)]
    steps = np.diff([0, *told])
    assert all(step == 0 or step >= LEAST for step in steps)
    waiting = [int((times <= until).sum()) - count for until, count in zip(range(1, months + 1), told, strict=True)]
    assert max(waiting) < LEAST, "nobody waits longer than needed"


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=6))
def test_what_is_withheld_is_of_enough_and_could_be_otherwise(cells: list[tuple[int, int]]) -> None:
    behind = np.array([people for people, _ in cells])
    counts = np.array([people * (1 + more) for people, more in cells])
    hidden = withheld(counts, behind)
    assert not ((behind > 0) & (behind < LEAST) & ~hidden).any()
    if hidden.any() and (counts > 0)[~hidden].any():
        assert behind[hidden].sum() >= LEAST
        assert counts[hidden].sum() > hidden.sum() > 1
