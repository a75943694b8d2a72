"""Tables of numbers that count some of the same things, so that no two, taken from each other, tell of a few people.

After the treatment of linked tables in official statistics (de Wolf and Giessing, 2009, "Adjusting the τ-ARGUS modular
approach to deal with linked tables"): what one table withholds must not follow from another that shares cells with it.
"""

from array import array
from collections.abc import Hashable, Iterator, Sequence
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

    def of(self, number: int) -> Things:
        """The things of a number."""
        return self.within(np.arange(self.count) == number if number < self.count else self.sums[number - self.count])

    def within(self, cells: Flags) -> Things:
        """The things in some cells."""
        inside: Flags = np.append(cells, False)[self.cells]
        things: Things = self.things[inside]
        return things


class LinkedTables:
    """All tables that are told of the same things."""

    def __init__(self, *ends: NDArray[np.int64] | NDArray[np.int32]) -> None:
        """Of things that are numbered: who stands behind each at each end (who told, say, and who listened).

        Where several do at one end, that has a row for each of them.
        """
        self._ends = ends
        most = max((int(np.bincount(end.ravel()).max(initial=0)) for end in ends if end.size), default=0)
        self._most_of_few = (LEAST - 1) * most
        self._tables: list[Table] = []
        self._sources: dict[Hashable, int] = {}
        self._numbers = _Numbers(ends[0].shape[-1])

    def few(self, things: Things) -> bool:
        """Whether some things are of fewer than LEAST people, at either end, and not of nobody."""
        if not 0 < len(things) <= self._most_of_few:
            return False
        return any(len(np.unique(end[..., things])) < LEAST for end in self._ends)

    def few_between(self, one: Things, other: Things) -> bool:
        """Whether one holds the other but for things of a few."""
        more, less = (one, other) if len(one) > len(other) else (other, one)
        left = np.setdiff1d(more, less, assume_unique=True)
        return len(left) == len(more) - len(less) and self.few(left)

    def tell(self, table: Table, source: Hashable = None) -> None:
        """Have a table told from now on.

        Tables of one source (a community's, of several quarters) count none of the same things; whoever adds up has
        the cells of all of them.
        """
        number = self._sources.setdefault(len(self._tables) if source is None else source, len(self._sources))
        self._numbers.add(table, len(self._tables), number)
        self._tables.append(table)

    def tell_if_it_may_be(self, table: Table, source: Hashable = None) -> bool:
        """Tell a table whose cells are all told, if nothing of it is in the way; whether it is told."""
        if any(flags.any() for flags in self.in_the_way(table)):
            return False
        self.tell(table, source)
        return True

    def in_the_way(self, table: Table) -> tuple[Flags, Flags]:
        """Which cells of a table, and which of its sums, may not be told beside what is.

        With one number of one table and some cells of another, of which one holds the other, a few would be told of: of
        a cell, of a sum, or of cells together, for which the smallest of them stands. Of the cells that a number holds
        all are taken, and of those that hold it no more than it needs: whatever else lies between has more people, or
        is a cell.
        """
        found = np.zeros(table.count + len(table.sums), dtype=np.bool_)
        if not self._tables:
            return found[: table.count], found[table.count :]
        linked = self._numbers.beside(table)
        if not linked.are_cells.any():
            return found[: table.count], found[table.count :]
        for number, cells in linked.numbers_beside_cells(self._most_of_few):
            if self.few_between(table.of(number), self._things_of(linked, cells)):
                found[number] = True
        for column, together in linked.cells_beside_numbers(self._most_of_few):
            if self.few_between(self._things_of(linked, [column]), table.within(together)):
                some = np.flatnonzero(together)
                found[some[np.argmin(table.sizes[some])]] = True
        return found[: table.count], found[table.count :]

    def _things_of(self, linked: "_Linked", columns: Sequence[int]) -> Things:
        """The things of some numbers, no two of which count the same."""
        parts = (self._tables[linked.tables[one]].of(int(linked.places[one])) for one in columns)
        return np.sort(np.concatenate([*parts]))


class _Numbers:
    """All numbers that are told: of how many things, which table at which place, which source, and if it is a cell."""

    def __init__(self, things: int) -> None:
        self._columns = tuple(array("q") for _ in range(5))
        self._offsets = np.zeros(things + 1, dtype=np.int64)
        self._counting = np.zeros(0, dtype=np.int64)
        """The numbers that count a thing, from its offset on."""
        self._recent: list[NDArray[np.int64]] = []
        """Things, and a number that counts each, which are not among those yet."""
        self._cells = np.full(things, -1, dtype=np.int64)
        """Of who asks, while they do, the cell of each thing: made once, for there are many things."""

    def add(self, table: Table, at: int, source: int) -> None:
        """Those of a table."""
        first, sizes = len(self._columns[0]), table.numbers(table.sizes).tolist()
        count = len(sizes)
        are_cells = [1] * table.count + [0] * len(table.sums)
        for column, values in zip(
            self._columns, (sizes, [at] * count, range(count), [source] * count, are_cells), strict=True
        ):
            column.extend(values)
        told = table.cells >= 0
        things, cells = table.things[told], table.cells[told]
        self._recent.append(np.stack([things, first + cells]))
        for place, of_sum in enumerate(table.sums, start=first + table.count):
            counted = things[of_sum[cells]]
            self._recent.append(np.stack([counted, np.full(len(counted), place)]))

    def beside(self, table: Table) -> "_Linked":
        """Those that count any of the same things as a table."""
        cells, numbers = self._shared(table)
        seen = np.zeros(len(self._columns[0]), dtype=np.bool_)
        seen[numbers] = True
        columns, width = np.cumsum(seen) - 1, int(seen.sum())
        shared = np.bincount(cells * width + columns[numbers], minlength=table.count * width)
        sizes, tables, places, sources, are_cells = (np.frombuffer(one, np.int64)[seen] for one in self._columns)
        return _Linked(
            table=table,
            shared=shared.reshape(table.count, width),
            sizes=sizes,
            tables=tables,
            places=places,
            sources=sources,
            are_cells=are_cells > 0,
        )

    def _shared(self, table: Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For each thing of a cell of a table, and each number that counts it, that cell and that number."""
        told = table.cells >= 0
        things, cells = table.things[told], table.cells[told]
        recent = np.concatenate([np.zeros((2, 0), dtype=np.int64), *self._recent], axis=1)
        if 8 * recent.shape[1] > len(self._counting):
            self._settle(recent)
            recent = recent[:, :0]
        self._recent = [recent]
        counts = self._offsets[things + 1] - self._offsets[things]
        rows = np.arange(counts.sum()) + np.repeat(self._offsets[things] - np.cumsum(counts) + counts, counts)
        self._cells[things] = cells
        lately = self._cells[recent[0]]
        self._cells[things] = -1
        return (
            np.concatenate([np.repeat(cells, counts), lately[lately >= 0]]),
            np.concatenate([self._counting[rows], recent[1, lately >= 0]]),
        )

    def _settle(self, recent: NDArray[np.int64]) -> None:
        things = np.repeat(np.arange(len(self._offsets) - 1), np.diff(self._offsets))
        things, numbers = np.append(things, recent[0]), np.append(self._counting, recent[1])
        self._counting = numbers[np.argsort(things, kind="stable")]
        self._offsets = np.append(0, np.cumsum(np.bincount(things, minlength=len(self._offsets) - 1)))


@dataclass(frozen=True, kw_only=True)
class _Linked:
    """A table beside the numbers of others that count some of the same things, one in each column."""

    table: Table
    shared: NDArray[np.int64]
    """How many things each of its cells has in common with each number."""
    sizes: NDArray[np.int64]
    tables: NDArray[np.int64]
    places: NDArray[np.int64]
    sources: NDArray[np.int64]
    are_cells: Flags

    def numbers_beside_cells(self, most: int) -> Iterator[tuple[int, list[int]]]:
        """Each number of the table, with cells of another source, that may lie apart by so many things.

        The number, and the columns of the cells.
        """
        columns = np.flatnonzero(self.are_cells)
        columns = columns[np.argsort(self.sources[columns], kind="stable")]
        common, theirs = self.table.numbers(self.shared[:, columns]), self.sizes[columns]
        begins = np.diff(self.sources[columns], prepend=-1) > 0
        first, of_source = np.flatnonzero(begins), np.cumsum(begins) - 1
        sizes = self.table.numbers(self.table.sizes)[:, None]
        held, touched = common == theirs, common > 0
        # Those of a source stand side by side.
        inside, covered, around = (
            np.add.reduceat(some, first, axis=1) for some in (held * theirs, common, touched * theirs)
        )
        left = np.where(inside > 0, sizes - inside, 0)
        more = np.where(covered == sizes, around - sizes, 0)
        for near, which in ((left, held), (more, touched)):
            for number, source in zip(*np.nonzero((near > 0) & (near <= most)), strict=True):
                yield int(number), columns[(of_source == source) & which[number]].tolist()

    def cells_beside_numbers(self, most: int) -> Iterator[tuple[int, Flags]]:
        """The column of each number of others, with cells of this table, that may lie apart by so many things."""
        sizes = self.table.sizes
        held, touched = (self.shared == sizes[:, None]) & (sizes > 0)[:, None], self.shared > 0
        left = np.where(held.any(axis=0), self.sizes - sizes @ held, 0)
        more = np.where(self.shared.sum(axis=0) == self.sizes, sizes @ touched - self.sizes, 0)
        for near, which in ((left, held), (more, touched)):
            for column in np.flatnonzero((near > 0) & (near <= most)).tolist():
                yield column, which[:, column]
