"""Tables of numbers that count some of the same things, so that no two, taken from each other, tell of a few people.

After the treatment of linked tables in official statistics (de Wolf and Giessing, 2009, "Adjusting the τ-ARGUS modular
approach to deal with linked tables"): what one table withholds must not follow from another that shares cells with it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from service.measures.disclosure import LEAST

Things = NDArray[np.int64]
"""The numbers of some things, in order."""
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Table:
    """What is told of some things: how many are in each cell, and in some cells together."""

    things: Things
    cells: NDArray[np.int64]
    """The cell of each: -1 for one of which nothing is told but in a sum."""
    count: int
    """How many cells there are."""
    sums: Sequence[Flags] = ()
    """The cells of each sum that is told: whole ones alone."""

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """How many things each cell has."""
        sizes: NDArray[np.int64] = np.bincount(self.cells[self.cells >= 0], minlength=self.count)
        return sizes

    def numbers(self, of_cells: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each number that is told what it adds up to, by what each cell does: of each cell, then of each sum."""
        numbers: NDArray[np.int64] = np.concatenate(
            [of_cells, *(of_cells[cells].sum(axis=0)[None] for cells in self.sums)]
        )
        return numbers

    def cells_of(self, number: int) -> Flags:
        """The cells that a number is the sum of."""
        return np.arange(self.count) == number if number < self.count else self.sums[number - self.count]

    def within(self, cells: Flags) -> Things:
        """The things in some cells."""
        inside: Flags = np.append(cells, False)[self.cells]
        things: Things = self.things[inside]
        return things


class LinkedTables:
    """All tables that are told of the same things."""

    def __init__(self, *ends: NDArray[np.int64] | NDArray[np.int32]) -> None:
        """Of things that are numbered: who stands behind each at each end (who told, say, and who listened)."""
        self._ends = ends
        most = max((int(np.bincount(end).max(initial=0)) for end in ends if len(end)), default=0)
        self._most_of_few = (LEAST - 1) * most
        self._tables: list[Table] = []
        self._holding: dict[int, list[int]] = {}
        """By the number of a thing the places of the tables that it is in."""

    def few(self, things: Things) -> bool:
        """Whether some things are of fewer than LEAST people, at either end, and not of nobody."""
        if not 0 < len(things) <= self._most_of_few:
            return False
        return any(len(np.unique(end[things])) < LEAST for end in self._ends)

    def few_between(self, one: Things, other: Things) -> bool:
        """Whether one holds the other but for things of a few."""
        more, less = (one, other) if len(one) > len(other) else (other, one)
        left = _without(more, less)
        return len(left) == len(more) - len(less) and self.few(left)

    def tell(self, table: Table) -> None:
        """Have a table told from now on."""
        for thing in table.things.tolist():
            self._holding.setdefault(thing, []).append(len(self._tables))
        self._tables.append(table)

    def tell_if_it_may_be(self, table: Table) -> bool:
        """Tell a table whose cells are all told, if nothing of it is in the way; whether it is told."""
        if any(flags.any() for flags in self.in_the_way(table)):
            return False
        self.tell(table)
        return True

    def in_the_way(self, table: Table) -> tuple[Flags, Flags]:
        """Which cells of a table, and which of its sums, may not be told beside what is.

        With one number of one table and some cells of another, of which one holds the other, a few would be told of: of
        a cell, of a sum, or of cells together, for which the smallest of them stands.
        """
        cells, sums = np.zeros(table.count, dtype=np.bool_), np.zeros(len(table.sums), dtype=np.bool_)
        linked = Counter(place for thing in table.things.tolist() for place in self._holding.get(thing, ()))
        # A number that is told has LEAST people, and so things: fewer in common make none hold another.
        for other in (self._tables[place] for place, things in sorted(linked.items()) if things >= LEAST):
            shared = _shared(table, other)
            for number, _ in self._few_apart(table, other, shared):
                if number < table.count:
                    cells[number] = True
                else:
                    sums[number - table.count] = True
            for _, together in self._few_apart(other, table, shared.T):
                some = np.flatnonzero(together)
                cells[some[np.argmin(table.sizes[some])]] = True
        return cells, sums

    def _few_apart(self, one: Table, other: Table, shared: NDArray[np.int64]) -> Iterator[tuple[int, Flags]]:
        """Each number of one table, with cells of another, of which one holds the other but for a few people's things.

        Of the cells that a number holds all are taken, and of those that hold it no more than it needs: whatever else
        lies between has more people, or is a cell.
        """
        common = one.numbers(shared)
        size = one.numbers(one.sizes)
        held, touched = (common == other.sizes) & (other.sizes > 0), common > 0
        left = np.where(held.any(axis=1), size - held @ other.sizes, 0)
        more = np.where(common.sum(axis=1) == size, touched @ other.sizes - size, 0)
        for number in np.flatnonzero((left > 0) & (left <= self._most_of_few)).tolist():
            if self.few(_without(one.within(one.cells_of(number)), other.within(held[number]))):
                yield number, held[number]
        for number in np.flatnonzero((more > 0) & (more <= self._most_of_few)).tolist():
            if self.few(_without(other.within(touched[number]), one.within(one.cells_of(number)))):
                yield number, touched[number]


def _without(some: Things, others: Things) -> Things:
    return np.setdiff1d(some, others, assume_unique=True)


def _shared(one: Table, other: Table) -> NDArray[np.int64]:
    """How many things each cell of one table has in common with each of another."""
    if len(one.things) > len(other.things):
        return _shared(other, one).T
    places = np.minimum(np.searchsorted(other.things, one.things), max(len(other.things) - 1, 0))
    both = np.flatnonzero(other.things[places] == one.things) if len(other.things) else places[:0]
    mine, others = one.cells[both], other.cells[places[both]]
    told = (mine >= 0) & (others >= 0)
    counts = np.bincount(mine[told] * other.count + others[told], minlength=one.count * other.count)
    return counts.reshape(one.count, other.count)
