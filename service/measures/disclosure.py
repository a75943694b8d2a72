"""Which numbers about people may be told, so that none tells of a few, nor the difference of two.

After the small-cell rules of official statistics (Hundepool et al., 2012, "Statistical Disclosure Control"). Which
groups of people may be shown at all, `groups_shown` says.
"""

from collections.abc import Sequence
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
