"""Which numbers about people may be told, so that none tells of a few, nor the difference of two.

After the small-cell rules of official statistics (Hundepool et al., 2012, "Statistical Disclosure Control"). Which
groups of people may be shown at all, `groups_shown` says.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

LEAST: Final = 5
"""The fewest people of whom a number may tell."""


def arrived(times: NDArray[np.float64], months: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Who is told of, at the last of these months' ends, among people who come and are never taken away again.

    A month's newcomers are taken in when they, and those who have waited, are at least LEAST.
    """
    counts = np.searchsorted(np.sort(times), months, side="right")
    told, until = 0, -np.inf
    for month, count in zip(months, counts, strict=True):
        if count - told >= LEAST:
            told, until = count, month
    among: NDArray[np.bool_] = times <= until
    return among


def withheld(counts: NDArray[np.int64], behind: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of these counts are not told, given how many people stand behind each: those of a few, and some more.

    The next smallest go with them until there are LEAST people behind all that are not told, and more than one thing
    counted for each: the total may be told elsewhere.
    """
    few: NDArray[np.bool_] = (counts > 0) & (behind < LEAST)
    hidden = few.copy()
    for place in np.argsort(counts, kind="stable"):
        some = hidden & (counts > 0)
        loose = counts[some].sum() > some.sum() or not few.any()
        if not 0 < behind[some].sum() < LEAST and loose:
            break
        hidden[place] |= counts[place] > 0
    return hidden


def told_of_windows(
    windows: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]],
    everybody: NDArray[np.bool_],
    divisions: Sequence[NDArray[np.int32]] = (),
) -> tuple[bool, bool]:
    """Whether of the last of some windows who did something may be told, and a part of them; the shortest window first.

    Each window has its people and a part of them. What is told is of nobody or at least LEAST people, and so is, where
    one holds the other, who lies between it and all that is told of shorter windows, or `everybody`; and between it and
    the groups of each division (everybody's group, by number) that it touches, and those that it holds: of a group it
    may be told elsewhere that nobody of it did anything. With a part its rest follows. What a window does not tell
    stands in no longer one's way.
    """
    told = [everybody]
    may = parts = False
    for whole, part in windows:
        may = _may_join(whole, [*told, *_groups_around(whole, everybody, divisions)])
        of_it = (part, whole & ~part)
        parts = may and all(_may_join(one, [*told, whole, *_groups_around(one, everybody, divisions)]) for one in of_it)
        told += [whole, *of_it] if parts else [whole] if may else []
    return may, parts


def _groups_around(
    people: NDArray[np.bool_], everybody: NDArray[np.bool_], divisions: Sequence[NDArray[np.int32]]
) -> Iterator[NDArray[np.bool_]]:
    """Of each division everybody in the groups that some people touch, and in those that they hold."""
    for labels in divisions:
        yield everybody & np.isin(labels, labels[people])
        yield everybody & ~np.isin(labels, labels[everybody & ~people])


def _may_join(people: NDArray[np.bool_], told: Sequence[NDArray[np.bool_]]) -> bool:
    """Whether people may be told of beside others: neither they nor who is between nested sets are a few."""
    apart = [people, *(people ^ one for one in told if not ((people & ~one).any() and (one & ~people).any()))]
    return not any(0 < int(one.sum()) < LEAST for one in apart)


def told_of_chain(cells: Sequence[NDArray[np.bool_]], behind: csr_array) -> list[bool]:
    """Which cells of a chain, each a part of the one before, may be told, given the people (columns) behind each thing.

    Those behind which nobody or at least LEAST people stand, and between which and the last one that is told nobody or
    at least LEAST do: so the difference of any two that are told is of nobody or enough as well. Of a few who all did
    not get somewhere nothing is told either.
    """
    told, last = list[bool](), None
    for cell in cells:
        parts = [cell, (cells[0] if last is None else last) & ~cell]
        enough = all(count == 0 or count >= LEAST for count in (people_behind(behind, part) for part in parts))
        told.append(enough)
        last = cell if enough else last
    return told


def people_behind(behind: csr_array, things: NDArray[np.bool_] | NDArray[np.int64]) -> int:
    """How many different people stand behind some things."""
    return len(np.unique(behind[things].indices))
