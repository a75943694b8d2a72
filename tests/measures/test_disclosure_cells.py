"""What is not told of a mixing matrix stays so: an attacker solves for the cells from all that one answer tells."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, milp

from service.measures.crossing import crossing
from service.measures.disclosure import LEAST
from service.measures.linked_tables import LinkedTables
from service.measures.mixing_told import mixing_told

Ends = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]
"""Tellers, listeners, and each person's group."""
Cells = dict[tuple[int, int], list[tuple[int, int]]]
"""By the groups of teller and listener: the places that those have in them."""


def withheld_cells(
    tellers: NDArray[np.int32], listeners: NDArray[np.int32], labels: NDArray[np.int32], *, groups: int
) -> tuple[NDArray[np.bool_], bool]:
    """Which cells are not told of one matrix alone, and whether totals are."""
    told = mixing_told(tellers, listeners, labels, groups=groups, linked=LinkedTables(tellers, listeners))
    return told.hidden, told.totals


def of_cells(cells: Cells, sizes: list[int]) -> Ends:
    """Ties given by the groups and the places in them of their ends."""
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    ends = [(starts[a] + one, starts[b] + other) for (a, b), ties in cells.items() for one, other in ties]
    tellers, listeners = np.array(ends, dtype=np.int32).T
    return tellers, listeners, np.repeat(np.arange(len(sizes)), sizes).astype(np.int32)


def drawn(seed: int) -> Ends:
    """Two to four groups of five to eight people, with cells from all but empty to all but full, and ties returned."""
    random = np.random.default_rng(seed)
    groups = int(random.integers(2, 5))
    labels = np.repeat(np.arange(groups), random.integers(LEAST, 9, size=groups)).astype(np.int32)
    chances = random.choice([0.0, 0.01, 0.03, 0.1, 0.5, 0.97], size=(groups, groups))
    tied = random.random((len(labels), len(labels))) < chances[labels[:, None], labels[None, :]]
    if seed % 3 == 0:
        tied |= tied.T
    np.fill_diagonal(tied, val=False)
    tellers, listeners = (end.astype(np.int32) for end in np.nonzero(tied))
    return tellers, listeners, labels


def determined(ends: Ends, hidden: NDArray[np.bool_], *, totals: bool) -> list[tuple[int, int]]:
    """Which withheld cells can have but one value, given cells, totals, returned ties, sizes and the rule.

    For each two groups: pairs of people tied both ways, and those tied one way or the other.
    """
    tellers, listeners, labels = ends
    groups = len(hidden)
    sizes = np.bincount(labels, minlength=groups)
    found = crossing(tellers, listeners, labels, groups=groups)
    returned = len({*zip(tellers, listeners, strict=True)} & {*zip(listeners, tellers, strict=True)})
    units = [(a, b) for a, b in product(range(groups), repeat=2) if a <= b]
    cells = np.zeros((groups, groups, 3 * len(units)))
    room, most = np.zeros((len(units), 3 * len(units))), np.zeros(len(units))
    for at, (a, b) in enumerate(units):
        room[at, 3 * at : 3 * at + 3] = 1
        most[at] = sizes[a] * sizes[b] if a != b else sizes[a] * (sizes[a] - 1) / 2
        if a == b:
            cells[a, a, 3 * at : 3 * at + 3] = 2, 1, 1
        else:
            cells[a, b, 3 * at : 3 * at + 2] = 1, 1
            cells[b, a, [3 * at, 3 * at + 2]] = 1, 1
    rules = [LinearConstraint(room, 0, most)]
    if not hidden.all():
        rules.append(LinearConstraint(cells[~hidden], found.matrix[~hidden], found.matrix[~hidden]))
    rules += [LinearConstraint(cells[a, b] + cells[b, a], 1, np.inf) for a, b in units if hidden[a, b]]
    if totals:
        inside = cells[np.arange(groups), np.arange(groups)].sum(axis=0)
        both = np.zeros(3 * len(units))
        both[::3] = 2
        rules += [
            LinearConstraint(inside, found.internal, found.internal),
            LinearConstraint(cells.sum(axis=(0, 1)) - inside, found.external, found.external),
            LinearConstraint(both, returned, returned),
        ]
    known = []
    for cell in zip(*np.nonzero(hidden), strict=True):
        ends_of = [milp(sign * cells[cell], constraints=rules, integrality=np.ones(3 * len(units))) for sign in (1, -1)]
        assert all(one.success for one in ends_of), "the truth itself fits"
        if round(ends_of[0].fun) == -round(ends_of[1].fun):
            known.append(cell)
    return known


def people_of(ends: Ends, which: NDArray[np.bool_]) -> int:
    """How many stand behind these cells, on the end that has fewer."""
    tellers, listeners, labels = ends
    within = which[labels[tellers], labels[listeners]]
    return min(len(set(end[within].tolist())) for end in (tellers, listeners))


@pytest.mark.parametrize("seed", range(100))
def test_no_withheld_cell_is_determined_by_its_answer(seed: int) -> None:
    ends = drawn(seed)
    groups = int(ends[2].max()) + 1
    hidden, totals = withheld_cells(*ends, groups=groups)
    matrix = crossing(*ends, groups=groups).matrix
    for cell in product(range(groups), repeat=2):
        only = np.zeros_like(hidden)
        only[cell] = True
        assert hidden[cell] or matrix[cell] == 0 or people_of(ends, only) >= LEAST
    inside = np.eye(groups, dtype=bool)
    if totals:
        assert all(not (hidden & side).any() or people_of(ends, hidden & side) >= LEAST for side in (inside, ~inside))
    else:
        assert people_of(ends, hidden) >= LEAST or not matrix[~hidden].any()
    assert not determined(ends, hidden, totals=totals)


def test_what_is_told_is_not_nothing() -> None:
    told = [withheld_cells(*ends, groups=int(ends[2].max()) + 1) for ends in map(drawn, range(150))]
    assert np.mean([totals for _, totals in told]) > 0.4
    assert np.mean([(~hidden).mean() for hidden, _ in told]) > 0.4


def two_groups() -> Ends:
    """Twelve and twelve: AA six of a few, AB two of one person, BA fifty, BB forty."""
    full = [(one, other) for one, other in product(range(12), repeat=2) if one != other]
    few = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (1, 0)]
    return of_cells({(0, 0): few, (0, 1): [(0, 0), (0, 1)], (1, 0): full[:50], (1, 1): full[50:90]}, [12, 12])


def test_the_attacker_succeeds_where_totals_are_told_beside_a_lone_withheld_cell() -> None:
    ends = two_groups()
    tellers, listeners, labels = ends
    cells = labels[tellers] * 2 + labels[listeners]
    behind = np.array([people_of(ends, np.arange(4).reshape(2, 2) == cell) for cell in range(4)])
    before = ((np.bincount(cells, minlength=4) > 0) & (behind < LEAST)).reshape(2, 2)
    assert before.tolist() == [[True, True], [False, False]]
    assert determined(ends, before, totals=True) == [(0, 0), (0, 1)]
    hidden, totals = withheld_cells(*ends, groups=2)
    assert not totals
    assert hidden[0].all()
    assert determined(ends, hidden, totals=totals) == []


def test_where_all_ties_are_returned_the_way_back_is_withheld_too() -> None:
    full = [(one, other) for one, other in product(range(6), repeat=2)]
    few = [(0, 0), (0, 1), (1, 1)]
    cells: Cells = {
        (0, 1): few,
        (1, 0): [(b, a) for a, b in few],
        (0, 2): full,
        (2, 0): full,
        (1, 2): full[:20],
        (2, 1): full,
    }
    hidden, totals = withheld_cells(*of_cells(cells, [6, 6, 6]), groups=3)
    assert totals
    assert hidden.tolist() == [[False, True, False], [True, False, True], [False, True, False]]


def test_ties_of_one_teller_are_not_told_though_all_listen() -> None:
    hidden, totals = withheld_cells(*of_cells({(0, 1): [(0, other) for other in range(8)]}, [8, 8]), groups=2)
    assert (hidden.tolist(), totals) == ([[False, True], [True, False]], False)
