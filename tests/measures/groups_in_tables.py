"""The groups that may be shown, worked out by sets of people, one scope after another: slow, and the second opinion."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.measures.disclosure import LEAST
from service.measures.groups_moving import Division
from service.measures.groups_shown import published as moves
from service.measures.groups_told import Groups, groups_of

Sets = NDArray[np.bool_]
"""Groups in rows, people in columns."""
People = frozenset[int]
Name = tuple[str, int]
"""What a set is, and the number of the division that it is of; of a part its row."""
NOWHERE: Name = ("nowhere", 0)
SUMS = ("beside", "together", "whole")
Places = list[dict[int, Name]]
"""Of each division in which part each person is, or beside them."""


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


@dataclass(eq=False)
class Scope:
    """A whole with its divisions, and who is shown where in each."""

    whole: int
    divisions: list[tuple[int, Sequence[int]]]
    """The number of each, and the rows of its parts."""
    now: Places

    def seen(self, month: Sets) -> Places:
        """Who is where in a month."""
        found: Places = []
        for number, parts in self.divisions:
            found.append(dict.fromkeys(np.flatnonzero(month[self.whole]).tolist(), ("beside", number)))
            found[-1] |= {person: ("part", row) for row in parts for person in np.flatnonzero(month[row]).tolist()}
        return found

    def sets(self, places: Places) -> dict[Name, People]:
        """All that is told."""
        found: dict[Name, People] = {}
        for (number, parts), of in zip(self.divisions, places, strict=True):
            for name in (*_parts(parts), ("beside", number)):
                found[name] = frozenset(one for one in of if of[one] == name)
            found["together", number] = frozenset(of) - found["beside", number]
            found["whole", number] = frozenset(of)
        return found

    def changes(self, places: Places) -> tuple[dict[Name, People], dict[Name, People]]:
        """Who comes into each set, and who goes out of it."""
        old, new = self.sets(self.now), self.sets(places)
        return {name: new[name] - old[name] for name in new}, {name: old[name] - new[name] for name in new}

    def division(self, name: Name) -> int:
        """The number of the division that a set is told of."""
        return next(number for number, parts in self.divisions if name in (*_parts(parts), (name[0], number)))

    def in_company(self, month: Sets, barred: set[Name]) -> Places:
        """As many as can be of a month's changes in which nobody is in company of too few."""
        after, barred = self.seen(month), set(barred)
        while self._held_back(after, barred):
            pass
        return after

    def _held_back(self, after: Places, barred: set[Name]) -> bool:
        """Whether somebody or something had to be held back, which may leave others in company of too few."""
        came, went = self.changes(after)
        no_entry, no_exit = (
            {name for name, people in changed.items() if people and (name in barred or len(people) < LEAST)}
            for changed in (came, went)
        )
        few = {name for name in no_entry - barred if name[0] == "beside"}
        diverted = {name: came[name] - self._inside for name in no_entry if name[0] == "part"}
        held = [(name, came[name]) for name in no_entry - few] + [(name, went[name]) for name in no_exit]
        sizes = {name: len(people) for name, people in self.sets(after).items()}
        short = {name for name in sizes if name[0] in ("part", "beside") and 0 < sizes[name] < LEAST}
        if any(diverted.values()):
            for name, people in diverted.items():
                number = self.division(name)
                after[number - self.divisions[0][0]] |= dict.fromkeys(people, ("beside", number))
        elif held:
            self._hold(after, held)
        elif few:
            for name in few:
                number, parts = next(one for one in self.divisions if one[0] == name[1])
                new = {person for part in _parts(parts) for person in came[part] - self._inside}
                for person in self._last(after, name, new, LEAST - len(came[name])):
                    after[number - self.divisions[0][0]][person] = name
                held += [] if new else [(name, came[name])]
            self._hold(after, held)
        elif short:
            self._hold(
                after, [(name, self._last(after, name, went[name], LEAST - sizes[name])) for name in sorted(short)]
            )
        return bool(any(diverted.values()) or held or few or short)

    def _last(self, after: Places, name: Name, some: Iterable[int], count: int) -> People:
        """Of these people the last of those who are to be where most of them are to be, of a set's division."""
        places = after[self.division(name) - self.divisions[0][0]]
        by_place: dict[Name, list[int]] = {}
        for person in sorted(some):
            by_place.setdefault(places.get(person, NOWHERE), []).append(person)
        order = ("part", "beside", NOWHERE[0])
        most = max(by_place, key=lambda place: (len(by_place[place]), -order.index(place[0]), -place[1]), default=None)
        return frozenset(by_place[most][-count:]) if most else frozenset()

    @property
    def _inside(self) -> People:
        return frozenset(self.now[0])

    def _hold(self, after: Places, held: list[tuple[Name, People]]) -> None:
        """Leave some where they are: in all divisions, where they would come into the whole or go out of it."""
        first = self.divisions[0][0]
        for at, person in [(self.division(name) - first, person) for name, people in held for person in people]:
            ends = (person in self.now[at]) != (person in after[at])
            for one in range(len(self.divisions)) if ends else [at]:
                after[one].pop(person, None)
                if person in self.now[one]:
                    after[one][person] = self.now[one][person]


def plainly_published(
    months: Iterable[Sets], divisions: Sequence[Division] = ()
) -> Iterator[tuple[Sets, NDArray[np.bool_]]]:
    """For each month: the groups as they are shown in it, and which of them may be shown at all."""
    scopes: list[Scope] = []
    told: set[People] = set()
    tables: list[dict[Name, People]] = []
    for month in months:
        scopes = scopes or _scopes(len(month), divisions)
        _take_over(scopes, month, told, tables)
        shown = np.zeros_like(month)
        for scope in scopes:
            for (kind, number), people in scope.sets(scope.now).items():
                if kind in ("part", "whole"):
                    shown[number if kind == "part" else scope.whole, sorted(people)] = True
        yield shown, np.logical_or.reduce(shown, axis=1)


def _scopes(rows: int, divisions: Sequence[Division]) -> list[Scope]:
    divided = sorted(set(range(rows)) - {row for _, parts in divisions for row in parts})
    scopes, number = [], 0
    for whole in divided:
        parts = [rows for of, rows in divisions if of == whole] or [()]
        scopes.append(Scope(whole, list(enumerate(parts, number)), [{} for _ in parts]))
        number += len(parts)
    return scopes


def _take_over(scopes: list[Scope], month: Sets, told: set[People], tables: list[dict[Name, People]]) -> None:
    """As much as possible of a month; a scope with a set that may not be told comes again with other ones."""
    barred: set[Name] = set()
    scopes = [*(one for one in scopes if not one.now[0]), *(one for one in reversed(scopes) if one.now[0])]
    while scopes:
        found = [(scope, after) for scope in scopes if (after := scope.in_company(month, barred)) != scope.now]
        new = [_new(scope, after) for scope, after in found]
        first = [frozenset[People]().union(*(sets.values() for sets in new[:place])) for place in range(len(new))]
        scopes = []
        for (scope, after), sets, others in zip(found, new, first, strict=True):
            held = {
                name
                for name, some in sets.items()
                if _near(some, told)
                or _near(some, {sets[one] for one in sets if scope.division(one) < scope.division(name)})
            }
            if not held and not any(_near(some, others) for some in sets.values()):
                held = _sums_in_the_way(scope, after, sets, tables)
                if not held:
                    scope.now = after
                    continue
            barred |= _giving_way(scope, after, held)
            scopes.append(scope)
        told |= {
            some for (scope, _), sets in zip(found, new, strict=True) if scope not in scopes for some in sets.values()
        }


def _new(scope: Scope, after: Places) -> dict[Name, People]:
    """The sets that would be other ones."""
    came, went = scope.changes(after)
    return {name: some for name, some in scope.sets(after).items() if some and (came[name] or went[name])}


def _tables(scope: Scope, places: Places) -> dict[int, dict[Name, People]]:
    """What is told of a scope by each of its divisions: of the parts and those beside, of the parts and the whole."""
    sets = scope.sets(places)
    return {
        number: {name: sets[name] for name in (*_parts(parts), *((kind, number) for kind in SUMS))}
        for number, parts in scope.divisions
        if sets["whole", number]
    }


def _sums_in_the_way(
    scope: Scope, after: Places, moved: dict[Name, People], told: list[dict[Name, People]]
) -> set[Name]:
    """Which sets would tell of a few beside sums of others; where none would, they are told from now on."""
    held, before = set[Name](), list(told)
    for number, table in _tables(scope, after).items():
        if not any(scope.division(name) == number for name in moved):
            continue
        found = {name for other in before for name in _apart(table, other)}
        held |= (found & set(moved)) or ({("beside", number)} if found else set())
        before.append(table)
    if not held:
        told[:] = before
    return held


def _apart(one: dict[Name, People], other: dict[Name, People]) -> set[Name]:
    """Which sets of one table tell of a few beside parts of another; for parts together the smallest of them stands."""
    found = {name for name, people in one.items() if any(_near(people, [some]) for some in _sums(people, other))}
    for people in other.values():
        for some in _sums(people, one):
            if _near(people, [some]):
                parts = [name for name in one if name[0] in ("part", "beside") and one[name] and one[name] <= some]
                found.add(min(parts, key=lambda name: len(one[name])))
    return found


def _sums(people: People, table: dict[Name, People]) -> list[People]:
    """The parts of a table that some people hold, together, and those that hold any of them, if that is all."""
    parts = [part for name, part in table.items() if name[0] in ("part", "beside") and part]
    inside = frozenset[int]().union(*(part for part in parts if part <= people))
    around = frozenset[int]().union(*(part for part in parts if part & people))
    return [inside] * bool(inside) + [around] * (people <= around)


def _giving_way(scope: Scope, after: Places, held: set[Name]) -> set[Name]:
    """Of each division with sets that may not be told the whole, or those parts, or else the smallest that moves."""
    came, went = scope.changes(after)
    sizes = {name: len(people) for name, people in scope.sets(after).items()}
    barred: set[Name] = set()
    for number, parts in scope.divisions:
        here = {name for name in held if scope.division(name) == number}
        moving = [name for name in _parts(parts) if came[name] or went[name]]
        if ("whole", number) in here:
            barred.add(("whole", number))
        elif here & set(_parts(parts)):
            barred |= here & set(_parts(parts))
        elif here:
            barred.add(_smallest(moving, sizes) if moving else ("beside", number))
    return barred


def _parts(rows: Sequence[int]) -> list[Name]:
    return [("part", row) for row in rows]


def _smallest(names: list[Name], sizes: dict[Name, int]) -> Name:
    return min(names, key=lambda name: (sizes[name], name))


def _near(some: People, others: Iterable[People]) -> bool:
    """Whether one of the others holds this, or is held by it, but for a few."""
    return any(0 < len(some ^ one) < LEAST and (some < one or one < some) for one in others)
