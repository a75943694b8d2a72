"""Tables of numbers that count some of the same things, so that no two, taken from each other, tell of a few people.

After the treatment of linked tables in official statistics (de Wolf and Giessing, 2009, "Adjusting the τ-ARGUS modular
approach to deal with linked tables"): what one table withholds must not follow from another that shares cells with it.
"""

from array import array
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from service.measures.disclosure import LEAST

Things = NDArray[np.int64]
"""The numbers of some things, in order."""
Flags = NDArray[np.bool_]
_Counts = NDArray[np.int64] | NDArray[np.int32]
_Beside = tuple[int, NDArray[np.int64]]
"""A number, and cells."""


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
        self._numbers.add(table, number)
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
        cells_beside, numbers_beside = self._numbers.beside(table, self._most_of_few)
        for number, cells in cells_beside:
            if self.few_between(table.of(number), self._things_of(cells)):
                found[number] = True
        for number, cells in numbers_beside:
            together = np.isin(np.arange(table.count), cells)
            if self.few_between(self._things_of([number]), table.within(together)):
                found[cells[np.argmin(table.sizes[cells])]] = True
        return found[: table.count], found[table.count :]

    def _things_of(self, numbers: Iterable[int]) -> Things:
        """The things of some numbers that are told, no two of which count the same."""
        places = (self._numbers.place(number) for number in numbers)
        return np.sort(np.concatenate([self._tables[table].of(place) for table, place in places]))


class _Numbers:
    """All numbers that are told: of each table those of its cells, then its sums."""

    def __init__(self, things: int) -> None:
        self._sizes, self._tables, self._sources = array("i"), array("i"), array("i")
        self._firsts = array("i")
        """The first number of each table."""
        self._sums, self._sums_from = array("i"), array("i", [0])
        """The sums that each number is part of, from its place on."""
        self._cells = np.zeros((things, 1), dtype=np.int32)
        """The cells that count each thing, one after another."""
        self._filled = np.zeros(things, dtype=np.int64)
        """How many these are."""

    def place(self, number: int) -> tuple[int, int]:
        """The table that a number is of, and its place there."""
        table = self._tables[number]
        return table, number - self._firsts[table]

    def add(self, table: Table, source: int) -> None:
        """Those of a table."""
        first, sizes = len(self._sizes), table.numbers(table.sizes).tolist()
        self._tables.extend([len(self._firsts)] * len(sizes))
        self._sources.extend([source] * len(sizes))
        self._sizes.extend(sizes)
        self._firsts.append(first)
        cells, sums = np.nonzero(_flags(table).T)
        self._sums.extend((first + table.count + sums).tolist())
        self._sums_from.extend((self._sums_from[-1] + np.cumsum(np.bincount(cells, minlength=len(sizes)))).tolist())
        told = table.cells >= 0
        things = table.things[told]
        if self._filled[things].max(initial=0) == self._cells.shape[1]:
            self._cells = np.concatenate([self._cells, np.zeros_like(self._cells)], axis=1)
        self._cells[things, self._filled[things]] = first + table.cells[told]
        self._filled[things] += 1

    def beside(self, table: Table, most: int) -> tuple[Iterator[_Beside], Iterator[_Beside]]:
        """Which numbers of a table may lie so near to cells that are told, and which that are told to its cells.

        With those cells: of one source, or of the table.
        """
        shared = self._shared(table)
        sizes, sources, sums, sums_from = (
            np.frombuffer(column, np.int32) for column in (self._sizes, self._sources, self._sums, self._sums_from)
        )
        parts = csr_array((np.ones(len(sums), dtype=np.int32), sums, sums_from), shape=(len(sizes), len(sizes)))
        cells, numbers, things = _entries(shared)
        of_cells, of_numbers, common = _entries(csr_array(_flags(table).astype(np.int32)) @ shared)
        own = _Common(
            np.append(cells, of_cells + table.count), np.append(numbers, of_numbers), np.append(things, common)
        )
        of_cells, of_numbers, common = _entries(shared @ parts)
        told = _Common(np.append(numbers, of_numbers), np.append(cells, of_cells), np.append(things, common))
        of_table = np.zeros(table.count, dtype=np.int32)
        return (
            own.near(table.numbers(table.sizes), sizes, sources, most),
            told.near(sizes, table.sizes, of_table, most),
        )

    def _shared(self, table: Table) -> csr_array:
        """How many things each cell of a table has in common with each number that is a cell."""
        told = np.flatnonzero(table.cells >= 0)
        told = told[np.argsort(table.cells[told], kind="stable")]
        things = table.things[told]
        counts = self._filled[things]
        cells = self._cells[things, : counts.max(initial=0)]
        cells = cells[np.arange(cells.shape[1]) < counts[:, None]]
        theirs = csr_array(
            (np.ones(len(cells), dtype=np.int32), cells, np.append(0, np.cumsum(counts))),
            shape=(len(things), len(self._sizes)),
        )
        mine = csr_array(
            (np.ones(len(things), dtype=np.int32), np.arange(len(things)), np.append(0, np.cumsum(table.sizes))),
            shape=(table.count, len(things)),
        )
        return mine @ theirs


def _flags(table: Table) -> Flags:
    """The cells of each sum, in rows."""
    return np.array(table.sums, dtype=np.bool_).reshape(len(table.sums), table.count)


def _entries(shared: csr_array) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The rows, the columns and the values that are not nothing."""
    rows = np.repeat(np.arange(shared.shape[0]), np.diff(shared.indptr))
    return rows, shared.indices.astype(np.int64), shared.data.astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Common:
    """How many things numbers have in common with cells, where they have any."""

    numbers: NDArray[np.int64]
    cells: NDArray[np.int64]
    things: NDArray[np.int64]

    def near(self, of_numbers: _Counts, of_cells: _Counts, sources: _Counts, most: int) -> Iterator[_Beside]:
        """The numbers that may lie so many things apart from cells of a source that they hold, or that hold them.

        Given are how many things each number and each cell has, and the source of each cell.
        """
        # A cell that has so many more than a number is neither held by it nor, with others, near to it.
        some = self._only(of_cells[self.cells] <= of_numbers[self.numbers] + most)
        # Nor is a number near to cells that have so much less of it.
        covered = np.bincount(some.numbers, weights=some.things, minlength=len(of_numbers))
        some = some._only((covered >= of_numbers - most)[some.numbers])  # noqa: SLF001 - of the same kind
        sizes, width = of_cells[some.cells], int(sources.max(initial=0)) + 1
        pairs, of_pair = np.unique(some.numbers * width + sources[some.cells], return_inverse=True)
        held, whole = some.things == sizes, of_numbers[pairs // width]
        inside, covered, around = (
            np.bincount(of_pair, weights=each, minlength=len(pairs)) for each in (held * sizes, some.things, sizes)
        )
        left = np.where(inside > 0, whole - inside, 0)
        more = np.where(covered == whole, around - whole, 0)
        for near, which in ((left, held), (more, np.ones_like(held))):
            for pair in np.flatnonzero((near > 0) & (near <= most)).tolist():
                yield int(pairs[pair] // width), some.cells[(of_pair == pair) & which]

    def _only(self, some: Flags) -> "_Common":
        return _Common(self.numbers[some], self.cells[some], self.things[some])
