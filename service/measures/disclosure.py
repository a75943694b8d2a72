"""Which groups of people may be shown as numbers, so that no subtraction of two answers tells of a few.

Groups under five people are not shown, nor is one that another shown group contains, or is contained in, but for fewer
than five: the difference of the two would tell of those few, whichever months the two answers are of. So a group stands
still until it can move without that. What groups of one kind are together is told as well, by adding them up, and so is
who is in none of them: both are held against all others as a group is. After the small-cell rules of official
statistics (Hundepool et al., 2012, "Statistical Disclosure Control"); the rule of standing still is ours.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

LEAST: Final = 5
"""The fewest people of whom a number may tell."""

Sets = NDArray[np.bool_]
"""Groups in rows, people in columns."""

Division = tuple[int, Sequence[int]]
"""The row of a group, and those of the parts that it is shown in."""


def published(months: Iterable[Sets], divisions: Sequence[Division] = ()) -> Iterator[tuple[Sets, NDArray[np.bool_]]]:
    """For each month: the groups as they are shown in it, and which of them may be shown at all.

    Each month has the same groups and people, in the same order. A group takes over a change when nobody or at least
    LEAST came, nobody or at least LEAST went, and no set that was ever told holds it, or is held by it, with fewer than
    LEAST between them. Of two new sets of one month that stand in each other's way, the larger is told. What was
    yielded before is not changed by later months. Of the parts of a division those are shown that `apart_in` keeps, but
    for the smallest until all of them together, and whom they leave of the whole, stand in nobody's way either.
    """
    shown: Sets | None = None
    told = np.zeros((0, 0), dtype=np.bool_)
    for month in months:
        if shown is None:
            shown, told = np.zeros_like(month), np.zeros((0, month.shape[1]), dtype=np.bool_)
        moving = _free_to_move(shown, month)
        moving[moving] = ~_tells_of_a_few(month[moving], told).any(axis=1)
        moving[moving] = ~_smaller_of_a_pair(month[moving])
        shown[moving] = month[moving]
        told = np.concatenate([told, month[moving]])
        may = shown.sum(axis=1) >= LEAST
        may, told = _parted(shown, may, divisions, told)
        yield shown.copy(), may


def _parted(
    shown: Sets, may: NDArray[np.bool_], divisions: Sequence[Division], told: Sets
) -> tuple[NDArray[np.bool_], Sets]:
    """Which groups may be shown where divisions are shown too, and all that was told with what these are together."""
    kept = {
        at: apart_in(shown, shown[whole], [row for row in rows if may[row]]) if may[whole] else []
        for at, (whole, rows) in enumerate(divisions)
    }
    waiting = [at for at, rows in kept.items() if rows]
    known = {packed.tobytes() for packed in np.packbits(told, axis=1)}
    while waiting:
        waiting.sort(key=lambda at: -int(shown[kept[at]].sum()))
        unions = np.array([_together(shown[kept[at]]) for at in waiting])
        both = np.concatenate([unions, np.array([shown[divisions[at][0]] for at in waiting]) & ~unions])
        # What was told before stands in nobody's way: whatever was told since gave way to it.
        new = np.array([packed.tobytes() not in known for packed in np.packbits(both, axis=1)])
        chosen = ~np.logical_or.reduce(new.reshape(2, -1), axis=0)
        chosen[~chosen] = _in_nobodys_way(both[np.tile(~chosen, 2)], told)
        told = np.concatenate([told, both[new & np.tile(chosen, 2)]])
        waiting = [at for at, stays in zip(waiting, chosen, strict=True) if not stays]
        for at in waiting:
            kept[at] = apart_in(shown, shown[divisions[at][0]], kept[at][:-1])
        waiting = [at for at in waiting if kept[at]]
    parts = may.copy()
    for at, (_, rows) in enumerate(divisions):
        parts[list(rows)] = False
        parts[kept[at]] = True
    return parts, told


def _together(groups: Sets) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.logical_or.reduce(groups, axis=0)
    return found


def _in_nobodys_way(both: Sets, told: Sets) -> NDArray[np.bool_]:
    """Which divisions may be told, given first what the parts of each are together, then whom these leave of each.

    Each holds its ground against what was told and against those before it.
    """
    count = len(both) // 2
    apart = np.logical_or.reduce(_tells_of_a_few(both, both).reshape(2, count, 2, count), axis=(0, 2))
    free = ~np.logical_or.reduce(_tells_of_a_few(both, told).any(axis=1).reshape(2, -1), axis=0)
    chosen = np.zeros(count, dtype=np.bool_)
    for at in np.flatnonzero(free):
        chosen[at] = not (apart[at] & chosen).any()
    return chosen


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


def _free_to_move(shown: Sets, month: Sets) -> NDArray[np.bool_]:
    """Which groups are large enough to be told, and have changed by nobody or enough people each way."""
    came, went = (month & ~shown).sum(axis=1), (shown & ~month).sum(axis=1)
    steps = ((came == 0) | (came >= LEAST)) & ((went == 0) | (went >= LEAST))
    free: NDArray[np.bool_] = steps & (came + went > 0) & (month.sum(axis=1) >= LEAST)
    return free


def _tells_of_a_few(groups: Sets, others: Sets) -> NDArray[np.bool_]:
    """For each group and each other: whether one holds the other and fewer than LEAST people more."""
    if not len(groups) or not len(others):
        return np.zeros((len(groups), len(others)), dtype=np.bool_)
    shared = (csr_array(groups.astype(np.int32)) @ csr_array(others.astype(np.int32)).T).toarray()
    sizes, other_sizes = groups.sum(axis=1)[:, None], others.sum(axis=1)[None, :]
    nested: NDArray[np.bool_] = shared == np.minimum(sizes, other_sizes)
    apart = np.abs(sizes - other_sizes)
    found: NDArray[np.bool_] = nested & (apart > 0) & (apart < LEAST)
    return found


def _smaller_of_a_pair(groups: Sets) -> NDArray[np.bool_]:
    """Which groups stand in the way of a larger one."""
    sizes = groups.sum(axis=1)
    larger = sizes[None, :] > sizes[:, None]
    smaller: NDArray[np.bool_] = (_tells_of_a_few(groups, groups) & larger).any(axis=1)
    return smaller


def apart_in(sets: Sets, whole: NDArray[np.bool_], rows: Sequence[int]) -> list[int]:
    """Of these groups, those that can be shown as parts of a whole, the largest first: inside it, and nobody in two.

    Where groups overlap the larger is kept: they stand still at different times, and who moved would be in both. The
    smallest are given up until those in no group are nobody or at least LEAST.
    """
    kept: list[int] = []
    taken = np.zeros_like(whole)
    for row in sorted(rows, key=lambda row: (-int(sets[row].sum()), row)):
        if not (sets[row] & (taken | ~whole)).any():
            kept.append(row)
            taken |= sets[row]
    while kept and 0 < (whole & ~sets[kept].any(axis=0)).sum() < LEAST:
        kept.pop()
    return kept


def withheld(
    counts: NDArray[np.int64], behind: NDArray[np.int64], also: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Which of these counts are not told, given how many people stand behind each: those of a few, and some more.

    The next smallest go with them until there are LEAST people behind all that are not told, and more than one thing
    counted for each: the total may be told elsewhere. `also` says which are not told for another reason.
    """
    few: NDArray[np.bool_] = (counts > 0) & (behind < LEAST)
    hidden = few if also is None else few | also
    for place in np.argsort(counts, kind="stable"):
        some = hidden & (counts > 0)
        loose = counts[some].sum() > some.sum() or not few.any()
        if not 0 < behind[some].sum() < LEAST and loose:
            break
        hidden[place] |= counts[place] > 0
    return hidden


def withheld_in_windows(counts: NDArray[np.int64], behind: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which counts of a window are not told: those of a few in it, or in what it has beyond any shorter window.

    A row of `counts` and `behind` for the window, and for each such difference.
    """
    hidden = np.zeros(counts.shape[1], dtype=np.bool_)
    for count, people in zip(counts, behind, strict=True):
        hidden = withheld(count, people, hidden)
    return hidden


def told_of_windows(
    windows: Sequence[tuple[NDArray[np.bool_], NDArray[np.bool_]]],
    behind: NDArray[np.int64],
    known: Sequence[NDArray[np.bool_]] = (),
) -> tuple[bool, bool]:
    """Whether of the last of some windows a set of things may be told, and a part of it; the shortest window first.

    Each window has a set and a part of it; behind each thing stands a person. What is told is of nobody or at least
    LEAST people, and so is, where one holds the other, what lies between it and all that is told of shorter windows,
    or `known` anyway. With a part its rest follows. What a window does not tell stands in no longer one's way.
    """
    told = list(known)
    may = parts = False
    for whole, part in windows:
        may = _may_join(whole, told, behind)
        of_it = (part, whole & ~part)
        parts = may and all(_may_join(one, [*told, whole], behind) for one in of_it)
        told += [whole, *of_it] if parts else [whole] if may else []
    return may, parts


def _may_join(things: NDArray[np.bool_], told: Sequence[NDArray[np.bool_]], behind: NDArray[np.int64]) -> bool:
    """Whether things may be told beside others: neither they nor what is between nested sets is of a few."""
    apart = [things, *(things ^ one for one in told if not ((things & ~one).any() and (one & ~things).any()))]
    return not any(0 < len(np.unique(behind[one])) < LEAST for one in apart)


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
