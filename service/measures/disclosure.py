"""Which numbers about people may be told, so that none tells of a few, nor the difference of two.

After the small-cell rules of official statistics (Hundepool et al., 2012, "Statistical Disclosure Control"). Which
groups of people may be shown at all, `groups_shown` says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from service.measures.crossing import returned_among

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


def returns_told(tellers: NDArray[np.int32], listeners: NDArray[np.int32], among: NDArray[np.bool_]) -> bool:
    """Whether the share of ties that are returned may be told of some people: none or LEAST have such, and others."""
    inside = among[tellers] & among[listeners] & (tellers != listeners)
    one, other = tellers[inside].astype(np.int64), listeners[inside].astype(np.int64)
    returned = returned_among(one, other, len(among))
    return not any(0 < len(np.unique((one[some], other[some]))) < LEAST for some in (returned, ~returned))


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


def withheld_cells(
    tellers: NDArray[np.int32], listeners: NDArray[np.int32], labels: NDArray[np.int32], *, groups: int
) -> tuple[NDArray[np.bool_], bool]:
    """Which cells of a mixing matrix are not told, and whether what follows from its totals is.

    Not told is a cell of a few, on the end that has fewer, and with it the one the other way, as how many ties are
    returned may join the two. Inside and across have a total each, so such pairs (inside: cells) are not told on a side
    alone: the next smallest go with them until they are two, of LEAST people, with ties and room for ties beyond two a
    pair. Then a tie, with the one that returns it, could as well be in another of them, whatever the totals and how
    many are returned: no cell is determined. Where a side has not enough, totals are not told, and what is not told of
    both sides together is made enough: another grouping of the same people may tell how many ties there are.
    """
    mixing = _mixing(tellers, listeners, labels, groups)
    few = set(np.unique(mixing.pair_of_cell[mixing.few]).tolist())
    sides = [[pair for pair in mixing.by_size if mixing.inside[pair] == inside] for inside in (True, False)]
    found = [mixing.enough_of([pair for pair in side if pair in few], side) for side in sides]
    hidden = [pair for pairs, _ in found for pair in pairs]
    totals = all(enough for _, enough in found)
    if not totals:
        hidden, _ = mixing.enough_of(hidden, mixing.by_size)
    return np.isin(mixing.pair_of_cell, hidden), totals


@dataclass(frozen=True, slots=True)
class _Mixing:
    """Ties by the pair of groups between which they run, whichever way; a pair of a group with itself is inside."""

    pairs: NDArray[np.int64]
    """For each tie its pair."""
    tellers: NDArray[np.int32]
    listeners: NDArray[np.int32]
    pair_of_cell: NDArray[np.int64]
    few: NDArray[np.bool_]
    """For each cell whether a few stand behind it."""
    inside: NDArray[np.bool_]
    ties: NDArray[np.int64]
    room: NDArray[np.int64]
    """How many more ties there could be."""

    @property
    def by_size(self) -> list[int]:
        """The pairs that have ties, the fewest first."""
        order: list[int] = np.argsort(self.ties, kind="stable").tolist()
        return [pair for pair in order if self.ties[pair]]

    def enough_of(self, hidden: list[int], among: list[int]) -> tuple[list[int], bool]:
        """These pairs and as many of others as make them enough, and whether they are; nothing is made of nothing."""
        rest = [pair for pair in among if pair not in hidden]
        pairs = list(hidden)
        while pairs and not self._enough(pairs):
            if not rest:
                return pairs, False
            pairs.append(rest.pop(0))
        return pairs, True

    def _enough(self, pairs: list[int]) -> bool:
        within = np.isin(self.pairs, pairs)
        behind = min(len(np.unique(end[within])) for end in (self.tellers, self.listeners))
        loose = min(int(self.ties[pairs].sum()), int(self.room[pairs].sum()))
        return len(pairs) > 1 and behind >= LEAST and loose > 2 * len(pairs)


def _mixing(
    tellers: NDArray[np.int32], listeners: NDArray[np.int32], labels: NDArray[np.int32], groups: int
) -> _Mixing:
    placed = (labels[tellers] >= 0) & (labels[listeners] >= 0) & (tellers != listeners)
    tellers, listeners = tellers[placed], listeners[placed]
    one, other = np.divmod(np.arange(groups**2), max(groups, 1))
    pair_of_cell = np.minimum(one, other) * groups + np.maximum(one, other)
    cells = labels[tellers].astype(np.int64) * groups + labels[listeners]
    ends = [np.unique(np.stack([cells, end.astype(np.int64)]), axis=1)[0] for end in (tellers, listeners)]
    behind = np.minimum(*(np.bincount(end, minlength=groups**2) for end in ends))
    sizes = np.bincount(labels[labels >= 0], minlength=groups)
    could_be = np.bincount(pair_of_cell, weights=sizes[one] * (sizes[other] - (one == other)), minlength=groups**2)
    ties = np.bincount(pair_of_cell[cells], minlength=groups**2)
    return _Mixing(
        pairs=pair_of_cell[cells],
        tellers=tellers,
        listeners=listeners,
        pair_of_cell=pair_of_cell.reshape(groups, groups),
        few=((behind > 0) & (behind < LEAST)).reshape(groups, groups),
        inside=one == other,
        ties=ties,
        room=could_be.astype(np.int64) - ties,
    )


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
