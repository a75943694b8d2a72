"""Which cells of a mixing matrix may be told, and which totals, so that none tells of a few, nor two together.

After the small-cell rules of official statistics (Hundepool et al., 2012, "Statistical Disclosure Control").
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.measures.crossing import returned_among
from service.measures.disclosure import LEAST
from service.measures.linked_tables import LinkedTables, Table

Ends = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, slots=True)
class MixingTold:
    """What is told of the ties between groups."""

    hidden: NDArray[np.bool_]
    """Which cells are not told."""
    totals: bool
    """Whether it is told how many there are inside, across and altogether, and what follows from that."""
    returns: bool
    """Whether it is told how many are returned."""


def mixing_told(
    tellers: Ends, listeners: Ends, labels: NDArray[np.int32], *, groups: int, linked: LinkedTables
) -> MixingTold:
    """What may be told of the ties between groups beside all that is told of the same ties; it is told from now on.

    A cell that is in the way of something is not told, and where totals are, none is.
    """
    mixing = _mixing(tellers, listeners, labels, groups)
    barred, totals = np.zeros((groups, groups), dtype=np.bool_), True
    while True:
        hidden, totals = mixing.withheld(barred, totals=totals)
        table = mixing.table(hidden, totals=totals)
        cells, sums = linked.in_the_way(table)
        if not (cells.any() or sums.any()):
            break
        in_the_way = np.unique(mixing.cells[np.isin(table.cells, np.flatnonzero(cells))])
        told = in_the_way[~hidden.ravel()[in_the_way]]
        barred.ravel()[told] = True
        totals = totals and not sums.any() and len(told) == len(in_the_way)
    linked.tell(table)
    returns = totals and returns_told(tellers, listeners, labels >= 0, linked=linked)
    return MixingTold(hidden=hidden, totals=totals, returns=returns)


def returns_told(tellers: Ends, listeners: Ends, among: NDArray[np.bool_], *, linked: LinkedTables) -> bool:
    """Whether the share of ties that are returned may be told of some people, beside all that is; it is from now on."""
    inside = np.flatnonzero(among[tellers] & among[listeners] & (tellers != listeners))
    one, other = tellers[inside].astype(np.int64), listeners[inside].astype(np.int64)
    returned = returned_among(one, other, len(among))
    if any(linked.few(inside[some]) for some in (returned, ~returned)):
        return False
    table = Table(things=inside, cells=returned.astype(np.int64), count=2, sums=[np.ones(2, dtype=np.bool_)])
    return linked.tell_if_it_may_be(table)


@dataclass(frozen=True, slots=True)
class _Mixing:
    """Ties by the pair of groups between which they run, whichever way; a pair of a group with itself is inside."""

    things: NDArray[np.int64]
    """The numbers of the ties, in order."""
    cells: NDArray[np.int64]
    """For each tie its cell."""
    tellers: NDArray[np.int32]
    listeners: NDArray[np.int32]
    pair_of_cell: NDArray[np.int64]
    few: NDArray[np.bool_]
    """For each cell whether a few stand behind it."""
    inside: NDArray[np.bool_]
    ties: NDArray[np.int64]
    room: NDArray[np.int64]
    """How many more ties there could be."""

    def withheld(self, barred: NDArray[np.bool_], *, totals: bool) -> tuple[NDArray[np.bool_], bool]:
        """Which cells are not told, and whether totals are, if they may be; what is `barred` is not.

        Not told is a cell of a few, on the end that has fewer, and with it the one the other way, as how many ties are
        returned may join the two. Inside and across have a total each, so such pairs (inside: cells) are not told on a
        side alone: the next smallest go with them until they are two, of LEAST people, with ties and room for ties
        beyond two a pair. Then a tie, with the one that returns it, could as well be in another of them, whatever the
        totals and how many are returned: no cell is determined. Where a side has not enough, totals are not told, and
        what is not told of both sides together is made enough: another grouping of the same people may tell how many
        ties there are.
        """
        few = set(np.unique(self.pair_of_cell[self.few | barred]).tolist())
        sides = [[pair for pair in self.by_size if self.inside[pair] == inside] for inside in (True, False)]
        found = [self.enough_of([pair for pair in side if pair in few], side) for side in sides]
        hidden = [pair for pairs, _ in found for pair in pairs]
        totals = totals and all(enough for _, enough in found)
        if not totals:
            hidden, _ = self.enough_of(hidden, self.by_size)
        return np.isin(self.pair_of_cell, hidden), totals

    def table(self, hidden: NDArray[np.bool_], *, totals: bool) -> Table:
        """What is told then: the cells that are not hidden, and with totals what is hidden inside and across."""
        told = np.unique(self.cells[~hidden.ravel()[self.cells]])
        numbers = np.full(hidden.size, -1, dtype=np.int64)
        numbers[told] = np.arange(len(told))
        if not totals:
            return Table(things=self.things, cells=numbers[self.cells], count=len(told))
        within = np.eye(len(hidden), dtype=np.bool_).ravel()
        numbers[hidden.ravel()] = len(told) + within[hidden.ravel()]
        inside = np.append(within[told], [False, True])
        return Table(
            things=self.things,
            cells=numbers[self.cells],
            count=len(inside),
            sums=[inside, ~inside, np.ones(len(inside), dtype=np.bool_)],
        )

    @property
    def by_size(self) -> list[int]:
        """The pairs that have ties, the fewest first."""
        order: list[int] = np.argsort(self.ties, kind="stable").tolist()
        return [pair for pair in order if self.ties[pair]]

    def enough_of(self, hidden: list[int], among: list[int]) -> tuple[list[int], bool]:
        """These pairs and as many of others as make them enough, and whether they are; nothing is made of nothing."""
        pairs, chosen = list(hidden), set(hidden)
        rest = [pair for pair in reversed(among) if pair not in chosen]
        ties, room = int(self.ties[pairs].sum()), int(self.room[pairs].sum())
        # Who stands behind them is looked at last: it takes all ties.
        while pairs and not (len(pairs) > 1 and min(ties, room) > 2 * len(pairs) and self._behind(pairs) >= LEAST):
            if not rest:
                return pairs, False
            pairs.append(rest.pop())
            ties, room = ties + int(self.ties[pairs[-1]]), room + int(self.room[pairs[-1]])
        return pairs, True

    def _behind(self, pairs: list[int]) -> int:
        within = np.isin(self.pair_of_cell.ravel()[self.cells], pairs)
        return min(len(np.unique(end[within])) for end in (self.tellers, self.listeners))


def _mixing(
    tellers: NDArray[np.int32], listeners: NDArray[np.int32], labels: NDArray[np.int32], groups: int
) -> _Mixing:
    things = np.flatnonzero((labels[tellers] >= 0) & (labels[listeners] >= 0) & (tellers != listeners))
    tellers, listeners = tellers[things], listeners[things]
    one, other = np.divmod(np.arange(groups**2), max(groups, 1))
    pair_of_cell = np.minimum(one, other) * groups + np.maximum(one, other)
    cells = labels[tellers].astype(np.int64) * groups + labels[listeners]
    ends = [np.unique(np.stack([cells, end.astype(np.int64)]), axis=1)[0] for end in (tellers, listeners)]
    behind = np.minimum(*(np.bincount(end, minlength=groups**2) for end in ends))
    sizes = np.bincount(labels[labels >= 0], minlength=groups)
    could_be = np.bincount(pair_of_cell, weights=sizes[one] * (sizes[other] - (one == other)), minlength=groups**2)
    ties = np.bincount(pair_of_cell[cells], minlength=groups**2)
    return _Mixing(
        things=things,
        cells=cells,
        tellers=tellers,
        listeners=listeners,
        pair_of_cell=pair_of_cell.reshape(groups, groups),
        few=((behind > 0) & (behind < LEAST)).reshape(groups, groups),
        inside=one == other,
        ties=ties,
        room=could_be.astype(np.int64) - ties,
    )
