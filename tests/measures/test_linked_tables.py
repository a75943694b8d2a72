"""Of tables that count some of the same things no number of one, and no cells of another, differ by what a few did."""

from itertools import chain, combinations

import numpy as np
import pytest

from service.measures.disclosure import LEAST
from service.measures.linked_tables import LinkedTables, Table

Numbers = frozenset[int]
"""The things behind a number."""


def drawn(seed: int, ends: int) -> tuple[list[list[int]], list[Table]]:
    """Who is behind each of some things at each end, and tables of some of them, one much like the one before."""
    random = np.random.default_rng(seed)
    size, people = int(random.integers(40, 120)), int(random.integers(20, 40))
    behind = random.integers(people, size=(ends, size))
    labels = random.integers(4, size=people)
    tables = []
    for _ in range(8):
        labels = np.where(random.random(people) < 0.9, labels, random.integers(-1, 4, size=people))
        things = np.flatnonzero((random.random(people) < 0.9)[behind[0]])
        cells = labels[behind[0][things]].astype(np.int64)
        enough = [cell for cell in range(4) if not few(behind.tolist(), frozenset(things[cells == cell].tolist()))]
        cells = np.where(np.isin(cells, enough), cells, -1)
        sums = [np.arange(4) < 2, np.ones(4, dtype=np.bool_)] if seed % 2 else []
        tables.append(Table(things=things, cells=cells, count=4, sums=sums))
    return behind.tolist(), tables


def few(behind: list[list[int]], things: Numbers) -> bool:
    return any(len({end[thing] for thing in things}) in range(1, LEAST) for end in behind)


def cells_of(table: Table) -> list[Numbers]:
    found = [frozenset(table.things[table.cells == cell].tolist()) for cell in range(table.count)]
    return [one for one in found if one]


def sums_of(table: Table) -> list[Numbers]:
    every = [frozenset(table.things[table.cells == cell].tolist()) for cell in range(table.count)]
    return [frozenset(chain(*(every[cell] for cell in np.flatnonzero(one)))) for one in table.sums]


def tells_of_few(behind: list[list[int]], one: Table, other: Table) -> bool:
    """Whether a number of one table, with any cells of the other, of which one holds the other, does."""
    cells = cells_of(other)
    together = [frozenset(chain(*some)) for count in range(1, 5) for some in combinations(cells, count)]
    return any(
        (number <= some or some <= number) and few(behind, number ^ some)
        for number in (*cells_of(one), *sums_of(one))
        for some in together
    )


@pytest.mark.parametrize("ends", [1, 2])
def test_what_is_told_with_what_was_told_before_is_of_enough(ends: int) -> None:
    told = refused = 0
    for seed in range(100):
        behind, tables = drawn(seed, ends)
        linked = LinkedTables(*(np.array(end) for end in behind))
        before = list[Table]()
        for table in tables:
            if any(few(behind, one) for one in (*cells_of(table), *sums_of(table))):
                continue
            apart = [tells_of_few(behind, *pair) for other in before for pair in ((table, other), (other, table))]
            may = linked.tell_if_it_may_be(table)
            assert may == (not any(apart)), seed
            before += [table] if may else []
            told, refused = told + may, refused + (not may)
    assert min(told, refused) > 20


def test_what_is_in_the_way_is_the_cell_or_the_sum_that_is() -> None:
    """Twelve and ten are told of; of twelve but two, of ten others, and of both together."""
    linked = LinkedTables(np.arange(30))
    linked.tell(Table(things=np.arange(22), cells=np.repeat([0, 1], [12, 10]), count=2))
    table = Table(
        things=np.arange(2, 30), cells=np.repeat([0, 1], [10, 18]), count=2, sums=[np.ones(2, dtype=np.bool_)]
    )
    cells, sums = linked.in_the_way(table)
    assert (cells.tolist(), sums.tolist()) == ([True, False], [False])
    table = Table(things=np.arange(24), cells=np.repeat([0, 1], [6, 18]), count=2, sums=[np.ones(2, dtype=np.bool_)])
    cells, sums = linked.in_the_way(table)
    assert (cells.tolist(), sums.tolist()) == ([False, False], [True])


def test_several_cells_together_stand_for_the_smallest_of_them() -> None:
    linked = LinkedTables(np.arange(30))
    linked.tell(Table(things=np.arange(14), cells=np.zeros(14, dtype=np.int64), count=1))
    table = Table(things=np.arange(13), cells=np.repeat([0, 1], [8, 5]), count=2)
    assert linked.in_the_way(table)[0].tolist() == [False, True]
