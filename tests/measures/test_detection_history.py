"""Communities matched over time, against the rule applied to sets, and a story with every turn that there is."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.measures.detection_history import ALIKE, MOST, NONE, match


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


def _fullest(homes: list[int], groups: list[set[int]], of: set[int]) -> int:
    return min(homes, key=lambda one: (-len(groups[one] & of), one))


def _numbered(drawn: NDArray[np.int64]) -> NDArray[np.int32]:
    """The same groups without a gap in their numbers."""
    _, inverse = np.unique(np.append(drawn, -1), return_inverse=True)
    return (inverse[:-1] - 1).astype(np.int32)


def _sets(found: NDArray[np.int32]) -> list[set[int]]:
    return [set(np.flatnonzero(found == group).tolist()) for group in range(found.max(initial=-1) + 1)]
