"""The groups that may be shown, worked out in whole tables of people: slow and large, and the second opinion."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from service.measures.disclosure import LEAST
from service.measures.groups_shown import Division, Groups, groups_of
from service.measures.groups_shown import published as moves

Sets = NDArray[np.bool_]
"""Groups in rows, people in columns."""


def in_rows(table: Sets) -> Groups:
    """The same as numbers of people."""
    row, person = np.nonzero(table)
    return groups_of(row * table.shape[1] + person, *table.shape)


def published(months: Iterable[Sets], divisions: Sequence[Division] = ()) -> Iterator[tuple[Sets, NDArray[np.bool_]]]:
    """What the service shows from month to month, as a table for each."""
    shown: Sets | None = None
    tables = list(months)
    for month in moves((in_rows(table) for table in tables), divisions):
        shown = np.zeros_like(tables[0]) if shown is None else shown.copy()
        for place, row in enumerate(month.moved):
            shown[row] = np.isin(np.arange(month.groups.people), month.groups[place])
        yield shown, month.may


def plainly_published(
    months: Iterable[Sets], divisions: Sequence[Division] = ()
) -> Iterator[tuple[Sets, NDArray[np.bool_]]]:
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
