"""Which groups of people are shown as numbers, so that no subtraction of two answers tells of a few.

Nothing is shown of fewer than five people, nor is a set that another shown set contains, or is contained in, but for
fewer than five: the difference of the two would tell of those few, whichever months the two answers are of. So a scope
stands still, whole and divided, until it can move without that: people come in, go out and change their part in batches
of five and more. After the small-cell rules of official statistics (Hundepool et al., 2012, "Statistical Disclosure
Control"); the rule of standing still is ours.

Twelve thousand groups of twenty thousand people would be a table of a quarter of a gigabyte, a month: here a group is
the numbers of its people, and only what has moved in a month is told of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.measures.disclosure import LEAST
from service.measures.groups_moving import Division, Flags, Layout, Numbers, Shown, Steps, smallest
from service.measures.groups_told import BySize, Groups, People, Told, groups_of
from service.measures.linked_tables import LinkedTables, Table


@dataclass(frozen=True, slots=True)
class Month:
    """What is shown from one month's end on."""

    moved: NDArray[np.int64]
    """The rows of the groups that took over a change; all others are as they were, and nobody in the beginning."""
    groups: Groups
    """These, in the same order."""
    may: Flags
    """For each row whether it may be shown at all."""
    small: Flags
    """For each division whether every part was smaller than LEAST when something of it moved the last time."""


def published(months: Iterable[Groups], divisions: Sequence[Division] = ()) -> Iterator[Month]:
    """For each month: the groups that move in it, and which may be shown at all.

    Each month has the same groups and people, in the same order. A scope, whole and divided, takes over as many
    changes as it can in which nobody or at least LEAST come into, and go out of, whatever is told of it
    (`groups_moving`). Where what is then told holds a set that was ever told, or some parts of a scope that were told
    together, or is held by such, with fewer than LEAST between them, the part that does, or else the smallest of the
    division, stays behind, until nothing does. Of new
    sets of one month that stand in each other's way those of scopes that are new go first, then of later ones; within
    a scope, of earlier divisions. What was yielded before is not changed by later months.
    """
    layout, told, linked = Layout(0, 0, ()), Told(0), LinkedTables(np.zeros(0, dtype=np.int64))
    shown = Shown(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    small = np.ones(len(divisions), dtype=np.bool_)
    for place, month in enumerate(months):
        if not place:
            layout, told = Layout(len(month), month.people, divisions), Told(month.people)
            linked = LinkedTables(np.arange(month.people))
        now = layout.seen(month)
        shown, moved = _taken_over(layout, shown, now, told, linked)
        groups = layout.groups(shown)
        counted = now.places[np.isin(now.keys, shown.keys, assume_unique=True)]
        small = _small(small, divisions, moved, np.bincount(counted, minlength=len(month)))
        yield Month(moved, groups.only(moved), groups.sizes >= LEAST, small)


def _taken_over(layout: Layout, shown: Shown, month: Shown, told: Told, linked: LinkedTables) -> tuple[Shown, Numbers]:
    """Who is where after as much as possible of a month was taken over, and the rows that are other people then."""
    keys = np.sort(np.concatenate([shown.keys, month.keys]))
    keys = keys[np.diff(keys, prepend=-1) > 0]
    before, then = (_places(layout, one, keys) for one in (shown, month))
    scopes, now = layout.wholes[keys // layout.people], before.copy()
    # Who was never told of goes first, a network before what it is made of; then it gives way to that, for it has most.
    order = np.arange(layout.rows)
    told_before = layout.wholes[shown.keys // layout.people]
    order[told_before] = 2 * layout.rows - told_before
    waiting = layout.wholes
    barred = np.zeros(len(layout.division), dtype=np.bool_)
    while True:
        open_ = np.flatnonzero((now != then) & np.isin(scopes, waiting))
        steps = Steps(layout, keys[open_], now[open_], then[open_])
        steps.in_company(np.bincount(now, minlength=len(barred)), barred)
        if not steps.moving.any():
            break
        after = now.copy()
        after[open_] = steps.after
        moved = steps.sets
        waiting = np.unique(layout.scope(moved))
        here = np.isin(scopes, waiting)
        sets = _sets(layout, keys[here], after[here], moved)
        new = moved[sets.sizes[moved] > 0]
        held, later = _in_the_way(layout, new, [sets[one] for one in new], told, order)
        waiting = np.union1d(layout.scope(held), later)
        for scope in sorted(set(layout.scope(moved).tolist()) - set(waiting.tolist()), key=order.__getitem__):
            tables = [*_tables(layout, keys, after, moved, scope)]
            held = np.union1d(held, _in_the_way_of_sums(layout, tables, moved, linked))
        waiting = np.union1d(waiting, layout.scope(held))
        free = ~np.isin(scopes, waiting)
        now[free] = after[free]
        told.add(sets[one] for one in new[~np.isin(layout.scope(new), waiting)])
        barred[[*_giving_way(layout, held, moved, np.bincount(after, minlength=len(barred)))]] = True
    on = now != layout.nowhere
    return Shown(keys[on], now[on]), layout.rows_of(Steps(layout, keys, before, now).sets)


def _small(was: Flags, divisions: Sequence[Division], moved: Numbers, sizes: Numbers) -> Flags:
    """Which divisions have no part of LEAST, by these sizes; those of which nothing has moved are as they were.

    Whoever only waits is not in the sizes: an answer that changed when one came would tell of that one.
    """
    now, fresh = was.copy(), np.zeros(len(sizes), dtype=np.bool_)
    fresh[moved] = True
    for place, (whole, parts) in enumerate(divisions):
        if fresh[[whole, *parts]].any():
            now[place] = all(sizes[row] < LEAST for row in parts)
    return now


def _places(layout: Layout, shown: Shown, keys: Numbers) -> Numbers:
    """Where each is of more people than are shown."""
    places = np.full(len(keys), layout.nowhere)
    places[np.searchsorted(keys, shown.keys)] = shown.places
    return places


def _sets(layout: Layout, keys: Numbers, places: Numbers, which: Numbers) -> Groups:
    """The people of these sets, in the rows of their numbers; of all others nobody."""
    division, person = np.divmod(keys, layout.people)
    found = layout.entered(division, np.full(len(places), layout.nowhere), places)
    wanted = np.isin(found, which) & (found != layout.nowhere)
    return groups_of((found * layout.people + person)[wanted], len(layout.division), layout.people)


def _in_the_way(
    layout: Layout, numbers: Numbers, sets: Sequence[People], told: Told, order: Numbers
) -> tuple[Numbers, Numbers]:
    """Which of these sets have to be other ones, and which scopes have to wait for what becomes of another.

    Of two in each other's way that of the later division has to, or the scope that is later in order.
    """
    held, later = told.in_the_way(sets), set[int]()
    scopes = layout.scope(numbers)
    for one, other in BySize(layout.people, sets).few_apart(sets):
        if order[scopes[one]] > order[scopes[other]]:
            later.add(int(scopes[one]))
        elif scopes[one] == scopes[other] and layout.division[numbers[one]] > layout.division[numbers[other]]:
            held[one] = True
    return numbers[held], np.array(sorted(later), dtype=np.int64)


def _tables(
    layout: Layout, keys: Numbers, places: Numbers, moved: Numbers, scope: int
) -> Iterator[tuple[Numbers, Table]]:
    """What is told of a scope by each division in which somebody moves, and the numbers of the sets that it tells of.

    Those are of its parts and those beside them, then of the parts together and of the whole.
    """
    for division in np.unique(layout.division[moved[layout.scope(moved) == scope]]).tolist():
        yield _table(layout, keys, places, division)


def _table(layout: Layout, keys: Numbers, places: Numbers, division: int) -> tuple[Numbers, Table]:
    first, last = np.searchsorted(keys, (division * layout.people, (division + 1) * layout.people))
    there = places[first:last] != layout.nowhere
    cells = np.append(np.flatnonzero(layout.division[: layout.rows] == division), layout.beside[division])
    table = Table(
        things=keys[first:last][there] - division * layout.people,
        cells=np.searchsorted(cells, places[first:last][there]),
        count=len(cells),
        sums=[cells < layout.rows, np.ones(len(cells), dtype=np.bool_)],
    )
    return np.append(cells, [layout.nowhere + 1 + division, layout.whole[division]]), table


def _in_the_way_of_sums(
    layout: Layout, told: Sequence[tuple[Numbers, Table]], moved: Numbers, linked: LinkedTables
) -> Numbers:
    """Which sets of a scope's tables have to be other ones, as sums of parts lie near; where none has, they are told.

    Where those that are in the way don't move, who is beside the parts stands for them.
    """
    held, own = list[int](), LinkedTables(np.arange(layout.people))
    for sets, table in told:
        found = sets[np.concatenate(linked.in_the_way(table)) | np.concatenate(own.in_the_way(table))]
        moving = np.intersect1d(found, moved)
        if len(found):
            held += moving.tolist() if len(moving) else [int(layout.beside[layout.division[found[0]]])]
        own.tell(table)
    if not held:
        for _, table in told:
            linked.tell(table)
    return np.array(held, dtype=np.int64)


def _giving_way(layout: Layout, held: Numbers, moved: Numbers, sizes: Numbers) -> Iterator[int]:
    """Which sets stay behind where some may not be told: the whole, or the parts, or else the smallest that moves."""
    for division in np.unique(layout.division[held]).tolist():
        here = held[layout.division[held] == division]
        moving = moved[(moved < layout.rows) & (layout.division[moved] == division)]
        if (here > layout.nowhere + layout.divisions).any():
            yield int(layout.whole[division])
        elif (here < layout.rows).any():
            yield from here[here < layout.rows].tolist()
        else:
            yield smallest(moving, sizes) if len(moving) else int(layout.beside[division])
