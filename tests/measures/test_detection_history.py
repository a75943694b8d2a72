"""Communities matched over time, against the rule applied to sets, and a story with every turn that there is."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.measures.detection_history import ALIKE, MOST, NONE, founders, handed_on, match


def labels(people: int, *groups: str) -> NDArray[np.int32]:
    """Each person's group, where groups are words and people letters."""
    found = np.full(people, -1, dtype=np.int32)
    for number, group in enumerate(groups):
        found[[ord(letter) - ord("a") for letter in group]] = number
    return found


def test_every_turn_that_a_community_can_take() -> None:
    before = labels(20, "abcdef", "ghij", "kl", "mn", "op")
    after = labels(20, "abc", "def", "ghijkl", "st")
    found = match(before, after)
    assert found.continues.tolist() == [0, NONE, 1, NONE]
    assert found.alike.tolist() == [0.5, 0.0, 4 / 6, 0.0]
    assert found.split_from.tolist() == [NONE, 0, NONE, NONE]
    assert found.merged_into.tolist() == [NONE, NONE, 2, NONE, NONE]
    assert found.died.tolist() == [3, 4]


def test_nothing_before_nothing_after_and_nothing_at_all() -> None:
    nobody, somebody = labels(4), labels(4, "ab", "cd")
    assert match(nobody, somebody).continues.tolist() == [NONE, NONE]
    assert match(somebody, nobody).died.tolist() == [0, 1]
    assert len(match(nobody, nobody).continues) == 0


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 15), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_the_rule_applied_to_sets(people: int, groups: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    before, after = (_numbered(generator.integers(-1, groups, people)) for _ in range(2))
    found = match(before, after)
    earlier, later = _sets(before), _sets(after)
    pairs = sorted(
        (-len(one & other) / len(one | other), place, spot)
        for place, one in enumerate(earlier)
        for spot, other in enumerate(later)
        if one & other
    )
    continues: dict[int, int] = {}
    for unlike, place, spot in pairs:
        if -unlike >= ALIKE and spot not in continues and place not in continues.values():
            continues[spot] = place
    assert found.continues.tolist() == [continues.get(spot, NONE) for spot in range(len(later))]
    for spot, place in enumerate(found.split_from):
        homes = [one for one, group in enumerate(earlier) if len(group & later[spot]) >= MOST * len(later[spot])]
        assert place == (NONE if spot in continues or not homes else _fullest(homes, earlier, later[spot]))
    for place, spot in enumerate(found.merged_into):
        homes = [one for one, group in enumerate(later) if len(group & earlier[place]) >= MOST * len(earlier[place])]
        ended = place not in continues.values()
        assert spot == (_fullest(homes, later, earlier[place]) if ended and homes else NONE)
        assert (place in found.died) == (ended and not homes)


Identity = tuple[int, int]
"""When a community was born, and the mark of who founded it."""


def _walked(
    partitions: list[NDArray[np.int32]], marks: NDArray[np.uint64], known: dict[int, tuple[Identity, ...]], until: int
) -> tuple[Identity, ...]:
    """The identities at one moment, handed on from the last moment before at which they are known, else the first."""
    begin = max((moment for moment in known if moment <= until), default=-1)
    for moment in range(begin + 1, until + 1):
        labels = partitions[moment]
        before = partitions[moment - 1] if moment else np.full_like(labels, -1)
        born = [(moment, int(marks[founder])) for founder in founders(labels, marks)]
        known[moment] = handed_on(known.get(moment - 1, ()), match(before, labels).continues, born)
    return known[until]


def _history(seed: int, *, people: int = 120, groups: int = 6, moments: int = 8) -> list[NDArray[np.int32]]:
    """Groups that lose and win people at every moment, one that merges into another and one that begins late."""
    random = np.random.default_rng(seed)
    planted = random.integers(groups, size=people)
    found = []
    for moment in range(moments):
        moved = random.random(people) < 0.08
        planted = np.where(moved, random.integers(groups, size=people), planted)
        seen = np.where(planted == groups - 1, -1, planted) if moment < moments // 2 else planted.copy()
        if moment >= moments // 2:
            seen[seen == 0] = 1
        renamed = np.append(random.permutation(groups), -1)
        found.append(_numbered(renamed[seen]))
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.permutations(range(8)))
def test_an_identity_is_the_same_whichever_stretch_is_asked_for_in_whichever_order(seed: int, order: list[int]) -> None:
    partitions = _history(seed)
    marks = np.random.default_rng(seed).permutation(2**20)[:120].astype(np.uint64)
    whole: dict[int, tuple[Identity, ...]] = {}
    _walked(partitions, marks, whole, 7)
    kept: dict[int, tuple[Identity, ...]] = {}
    for moment in order:
        assert _walked(partitions, marks, kept, moment) == whole[moment]
        assert _walked(partitions[: moment + 1], marks, {}, moment) == whole[moment], "what comes later changes nothing"
    for identities in whole.values():
        assert len(set(identities)) == len(identities)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_planted_groups_keep_their_identity_and_a_renumbering_of_people_changes_none(seed: int) -> None:
    partitions = _history(seed)
    marks = np.random.default_rng(seed).permutation(2**20)[:120].astype(np.uint64)
    whole: dict[int, tuple[Identity, ...]] = {}
    _walked(partitions, marks, whole, 7)
    first, last = whole[0], whole[7]
    assert len(set(first) & set(last)) == 4, "five there were, of which one merged into another"
    assert [born for born, _ in last if (born, _) not in first] == [4], "one began at the fifth moment"
    renumbered = np.random.default_rng(seed + 1).permutation(120)
    again: dict[int, tuple[Identity, ...]] = {}
    _walked([labels[renumbered] for labels in partitions], marks[renumbered], again, 7)
    assert again == whole


@given(st.lists(st.integers(-1, 4), min_size=1, max_size=30), st.integers(0, 2**32 - 1))
def test_a_founder_is_who_has_the_least_mark_of_all_in_a_community(drawn: list[int], seed: int) -> None:
    labels = _numbered(np.array(drawn))
    marks = np.random.default_rng(seed).permutation(len(drawn)).astype(np.uint64)
    expected = [min(group, key=lambda one: int(marks[one])) for group in _sets(labels)]
    assert founders(labels, marks).tolist() == expected


def _fullest(homes: list[int], groups: list[set[int]], of: set[int]) -> int:
    return min(homes, key=lambda one: (-len(groups[one] & of), one))


def _numbered(drawn: NDArray[np.int64]) -> NDArray[np.int32]:
    """The same groups without a gap in their numbers."""
    _, inverse = np.unique(np.append(drawn, -1), return_inverse=True)
    return (inverse[:-1] - 1).astype(np.int32)


def _sets(found: NDArray[np.int32]) -> list[set[int]]:
    return [set(np.flatnonzero(found == group).tolist()) for group in range(found.max(initial=-1) + 1)]
