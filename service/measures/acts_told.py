"""Which numbers of a quarter are told, so that no two of them tell of a few people's acts.

What is told of a quarter is told once, of the groups as they are shown at its end, and a window is the sum of its
quarters: so however windows are added and taken away, nothing but what is told of quarters is left. After the
small-cell rules of official statistics (Hundepool et al., 2012, "Statistical Disclosure Control").
"""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from service.measures.linked_tables import LinkedTables, Table, Things

Labels = NDArray[np.int32]
Flags = NDArray[np.bool_]

Division = tuple[Labels, int]
"""For each act its group, -1 for none that is shown, and how many groups there are."""


def groups_told(
    linked: LinkedTables, acts: Things, divisions: Sequence[Division], source: Hashable = None
) -> tuple[bool, list[NDArray[np.bool_]]]:
    """Whether it may be told how many acts there are, and for each division of which groups; beside all that is told.

    Of a division those groups stay that are not of a few and in the way of nothing told before; what is not told, acts
    of people of no group among it, is either nothing or at least two groups' of at least LEAST people, and could be
    shared out otherwise. Until then, and until what is told together is in nothing's way, the smallest are given up.
    All of it is told from now on, by what has the quarters before as well, if there is such a `source`.
    """
    everything = Table(things=acts, cells=np.zeros(len(acts), dtype=np.int64), count=1)
    whole = not linked.few(acts) and linked.tell_if_it_may_be(everything, _part(source, "all"))
    found = []
    for way, (labels, groups) in enumerate(divisions):
        cells = np.where(labels < 0, groups, labels).astype(np.int64)
        shown = np.array([not linked.few(acts[cells == cell]) for cell in range(groups + 1)], dtype=np.bool_)
        shown, table = _told(linked, acts, cells, shown, whole=whole)
        linked.tell(table, _part(source, way))
        found.append(shown[:groups])
    return whole, found


def _part(source: Hashable, of_it: Hashable) -> Hashable:
    return None if source is None else (source, of_it)


def windows_may_be_told(
    linked: LinkedTables, quarters: Sequence[tuple[Things, Things]], lengths: Sequence[int]
) -> bool:
    """Whether it may be told of acts and of a part of them, beside all that is told, in windows up to the last quarter.

    Given are those of each quarter, that part of them and its rest, and how many quarters windows have.
    """
    part, rest = quarters[-1]
    if any(linked.few(some) for some in (part, rest, np.union1d(part, rest))):
        return False
    return not any(flags.any() for flags in linked.in_the_way(_of_windows(quarters, lengths)))


def tell_of_quarter(linked: LinkedTables, part: Things, rest: Things, source: Hashable) -> None:
    """Have it told of a quarter's acts, and of a part of them, from now on."""
    linked.tell(_of_windows([(part, rest)], [1]), source)


def _of_windows(quarters: Sequence[tuple[Things, Things]], lengths: Sequence[int]) -> Table:
    cells = [some for quarter in quarters[-max(lengths) :] for some in quarter]
    things, numbers = np.concatenate(cells), np.repeat(np.arange(len(cells)), [len(some) for some in cells])
    order, places = np.argsort(things), np.arange(len(cells))
    within = [places >= len(cells) - 2 * length for length in lengths]
    sums = [*within, *(some & (places % 2 == 0) for some in within)]
    return Table(things=things[order], cells=numbers[order], count=len(cells), sums=sums)


def doers_told(linked: LinkedTables, among: Flags, whole: Flags, part: Flags) -> tuple[bool, bool]:
    """Whether it may be told how many of some people did something, and of these how many are of a part.

    Each that is told, with what it leaves, is of nobody or at least LEAST people, and in the way of nothing that is
    told: it is from now on.
    """
    people = np.flatnonzero(among)
    doing = whole[people].astype(np.int64)
    may = _divided(linked, people, doing)
    return may, may and _divided(linked, people, doing + (whole & part)[people])


def _divided(linked: LinkedTables, people: Things, cells: NDArray[np.int64]) -> bool:
    if any(linked.few(people[cells == cell]) for cell in range(3)):
        return False
    return linked.tell_if_it_may_be(Table(things=people, cells=cells, count=3, sums=[np.ones(3, dtype=np.bool_)]))


def _told(
    linked: LinkedTables, acts: Things, cells: NDArray[np.int64], shown: NDArray[np.bool_], *, whole: bool
) -> tuple[NDArray[np.bool_], Table]:
    sizes = np.bincount(cells, minlength=len(shown))
    while True:
        table = _table(acts, cells, shown, whole=whole)
        in_the_way, sums = linked.in_the_way(table)
        if _could_be_otherwise(linked, acts, shown[cells], int((~shown).sum())) and not sums.any():
            if not in_the_way.any():
                break
            conflicting = np.append(in_the_way, False)[: len(shown)] & shown
        else:
            conflicting = np.zeros_like(shown)
        left = np.flatnonzero(shown & (sizes > 0))
        if not len(left):
            # Beside how many there are, that nobody of the others did any would tell that each of these did.
            shown &= not whole
            table = _table(acts, cells, shown, whole=whole)
            break
        shown[conflicting if conflicting.any() else left[np.argmin(sizes[left])]] = False
    return shown, table


def _could_be_otherwise(linked: LinkedTables, acts: Things, told: NDArray[np.bool_], hidden: int) -> bool:
    """Whether what is not told, of so many groups, cannot be worked out from what is."""
    rest = int((~told).sum())
    # As many acts as groups would be one each.
    loose = not hidden or rest > hidden
    return loose and not linked.few(acts[told]) and not linked.few(acts[~told])


def _table(acts: Things, cells: NDArray[np.int64], shown: NDArray[np.bool_], *, whole: bool) -> Table:
    """The groups that are shown, and together; where it is told how many there are altogether, what they leave as well.

    What they leave are acts of people of no group, who are the last cell, and those of groups that are not shown.
    """
    groups = len(shown) - 1
    if not whole:
        told = np.where(shown[cells] & (cells < groups), cells, -1)
        return Table(things=acts, cells=told, count=groups, sums=[np.ones(groups, dtype=np.bool_)])
    of_groups = np.arange(groups + 2) < groups
    told = np.where(shown[cells], cells, groups + 1)
    return Table(
        things=acts, cells=told, count=groups + 2, sums=[of_groups, ~of_groups, np.ones(groups + 2, dtype=np.bool_)]
    )
