"""Parts of a calibration: what is shown, and what can be worked out from it, is of nobody or of enough people."""

from collections.abc import Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from service.measures.disclosure import LEAST
from service.measures.uptake_parts import People, shown_bins, shown_parts
from service.measures.uptake_scores import scores

PEOPLE = 16
EVERYBODY = np.ones(PEOPLE, dtype=np.bool_)


def parts_of(*people: Iterable[int]) -> list[NDArray[np.int32]]:
    return [np.array(list(part), dtype=np.int32) for part in people]


def among(*people: int) -> People:
    return np.isin(np.arange(PEOPLE), people)


def enough(people: set[int]) -> bool:
    return not 0 < len(people) < LEAST


@pytest.mark.parametrize("seed", range(300))
def test_whoever_takes_the_shown_parts_from_the_whole_learns_nothing_of_a_few(seed: int) -> None:
    random = np.random.default_rng(seed)
    inside = random.random(PEOPLE) < random.uniform(0.3, 1)
    parts = parts_of(*(np.flatnonzero(random.random(PEOPLE) < random.uniform(0.1, 1)) for _ in range(6)))
    members, others = set(np.flatnonzero(inside).tolist()), set(np.flatnonzero(~inside).tolist())
    listeners = [set(part.tolist()) for part in parts]
    within = shown_parts(parts, inside)
    whole = shown_parts(parts, EVERYBODY)
    for shown, part in zip(within, listeners, strict=True):
        assert not shown or (part & members and enough(part & members))
    for shown, both, part in zip(whole, within, listeners, strict=True):
        assert not shown or enough(part)
        assert not (shown and both) or enough(part & others)
    for mask, of in ((whole, members | others), (within, members)):
        left_out = set[int]().union(*(part & of for shown, part in zip(mask, listeners, strict=True) if not shown))
        assert enough(left_out) or not any(mask)


def test_nothing_is_left_out_where_everything_is_of_enough_people() -> None:
    parts = parts_of(range(16), range(5), range(3, 13))
    assert shown_parts(parts, EVERYBODY) == [True, True, True]
    assert shown_parts([], EVERYBODY) == []


def test_with_a_part_of_one_the_smallest_that_hides_it_is_left_out_as_well() -> None:
    parts = parts_of([3], range(12), range(6), range(9))
    assert shown_parts(parts, EVERYBODY) == [False, True, False, True]


def test_a_part_in_which_nobody_of_the_scope_is_hides_nothing() -> None:
    inside = among(*range(6))
    assert shown_parts(parts_of(range(6, 16), range(16), range(16)), inside) == [False, True, True]
    assert shown_parts(parts_of(range(6, 16), [*range(4), *range(6, 16)], range(16)), inside) == [False, False, False]


def test_what_is_left_of_everybody_beside_a_scope_is_not_of_a_few_either() -> None:
    inside = among(*range(8))
    assert shown_parts(parts_of(range(10), range(16), range(16)), inside) == [False, False, True]


def test_a_bin_is_shown_where_enough_people_are_in_it_and_of_the_others_beside_it() -> None:
    listeners = np.tile(np.arange(PEOPLE, dtype=np.int32), 10)
    chances = np.where(listeners == 3, 0.9, np.where(listeners < 10, 0.5, 0.1)) + np.arange(160) / 10_000
    found = scores(chances, np.arange(160) % 3 == 0, bins=3)
    below, middle, above = (listeners[(one.lowest <= chances) & (chances <= one.highest)] for one in found.curve)
    assert [len(set(part.tolist())) >= LEAST for part in (below, middle, above)] == [True, True, True]
    assert shown_bins(found, chances, listeners, EVERYBODY) == [True, True, True]
    finer = scores(chances, np.arange(160) % 3 == 0, bins=16)
    shown = shown_bins(finer, chances, listeners, EVERYBODY)
    assert not shown[-1], "it is of one alone"
    assert any(shown)


@pytest.mark.parametrize("few", [[0], [0, 1, 2, 3]])
@pytest.mark.parametrize("inside", [EVERYBODY, among(*range(8))])
def test_a_whole_that_is_of_a_few_has_no_part_that_is_shown(few: list[int], inside: People) -> None:
    assert shown_parts(parts_of(few, few, few), inside) == [False, False, False]
