"""How the people of scopes come, go and change their part: in batches in which nobody does it in company of too few.

A scope (a network, an organisation, a community) is a whole that is divided, in one way or several, into parts and
those beside them, who are in no part that is shown. Told are the whole, each part, the parts together and those beside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.measures.disclosure import LEAST
from service.measures.groups_told import Groups, groups_of

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

Division = tuple[int, Sequence[int]]
"""The row of a whole, and those of its parts: inside it, and nobody in two."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Who is where in which division."""

    keys: Numbers
    """The number of a division times that of all people, and the person's, in order."""
    places: Numbers
    """The set that each is in: a part, or those beside the parts."""


class Layout:
    """The numbers of the sets that are told: of parts their rows, then for each division those beside the parts.

    Then there is one that is no set, for who is nowhere, and for each division the parts together, and the whole.
    """

    def __init__(self, rows: int, people: int, divisions: Sequence[Division]) -> None:
        inside = {row for _, parts in divisions for row in parts}
        alone = set(range(rows)) - inside - {whole for whole, _ in divisions}
        divided = sorted([*divisions, *((row, ()) for row in alone)], key=lambda division: division[0])
        self.rows, self.people, self.divisions = rows, max(people, 1), len(divided)
        self.wholes = np.array([whole for whole, _ in divided], dtype=np.int64)
        of_part = np.full(rows, -1, dtype=np.int64)
        for number, (_, parts) in enumerate(divided):
            of_part[list(parts)] = number
        self.nowhere = rows + self.divisions
        numbers = np.arange(self.divisions)
        self.beside, self.whole = rows + numbers, self.nowhere + 1 + self.divisions + numbers
        self.division = np.concatenate([of_part, numbers, [-1], numbers, numbers])
        """That of each set."""

    def scope(self, sets: Numbers) -> Numbers:
        """The row of the whole that each of these sets is told of."""
        rows: Numbers = self.wholes[self.division[sets]]
        return rows

    def seen(self, month: Groups) -> Shown:
        """Who is where in a month."""
        members = np.concatenate([np.zeros(0, dtype=np.int64), *(month[whole] for whole in self.wholes)])
        sizes = month.sizes[self.wholes]
        keys = np.repeat(np.arange(self.divisions), sizes) * self.people + members
        places = np.repeat(self.beside, sizes)
        row, member = np.divmod(month.keys, self.people)
        part = self.division[row] >= 0
        places[np.searchsorted(keys, self.division[row[part]] * self.people + member[part])] = row[part]
        return Shown(keys, places)

    def groups(self, shown: Shown) -> Groups:
        """The same in rows."""
        division, person = np.divmod(shown.keys, self.people)
        first, part = np.diff(self.wholes, prepend=-1)[division] > 0, shown.places < self.rows
        rows = np.concatenate([self.wholes[division[first]], shown.places[part]])
        keys = rows * self.people + np.concatenate([person[first], person[part]])
        return groups_of(keys, self.rows, self.people)

    def rows_of(self, sets: Numbers) -> Numbers:
        """The rows of those that are parts or wholes, in order."""
        return np.union1d(sets[sets < self.rows], self.scope(sets[sets > self.nowhere + self.divisions]))

    def entered(self, division: Numbers, before: Numbers, after: Numbers) -> Numbers:
        """The sets that each comes into by being in one place before and in another after: three rows of numbers."""
        together, whole = self.nowhere + 1 + division, self.whole[division]
        return np.stack(
            [
                np.where(after != before, after, self.nowhere),
                np.where((after < self.rows) & (before >= self.rows), together, self.nowhere),
                np.where((after != before) & (before == self.nowhere), whole, self.nowhere),
            ]
        )


class Steps:
    """People whose place in a division may change: where they are, and where they are to be."""

    def __init__(self, layout: Layout, keys: Numbers, before: Numbers, after: Numbers) -> None:
        self.layout, self.before, self.after = layout, before, after.copy()
        self.division, person = np.divmod(keys, layout.people)
        scopes = layout.wholes[self.division]
        self._who = np.unique(scopes * layout.people + person, return_inverse=True)[1]
        """The same number wherever it is the same person in a division of the same scope."""

    @property
    def moving(self) -> Flags:
        """Who changes place."""
        moving: Flags = self.before != self.after
        return moving

    @property
    def entered(self) -> Numbers:
        """The sets that each comes into."""
        return self.layout.entered(self.division, self.before, self.after)

    @property
    def left(self) -> Numbers:
        """The sets that each goes out of."""
        return self.layout.entered(self.division, self.after, self.before)

    @property
    def sets(self) -> Numbers:
        """Those that anybody comes into or goes out of, in order."""
        found = np.zeros(len(self.layout.division), dtype=np.bool_)
        found[self.entered] = found[self.left] = True
        found[self.layout.nowhere] = False
        return np.flatnonzero(found)

    def hold(self, some: Flags) -> None:
        """Leave these where they are; who does not come into a whole, or go out of it, does so in no division of it."""
        nowhere = self.layout.nowhere
        ends = np.zeros(len(self._who), dtype=np.bool_)
        ends[self._who[some & ((self.before == nowhere) | (self.after == nowhere))]] = True
        some = some | (ends[self._who] & ((self.before == nowhere) | (self.after == nowhere)))
        self.after[some] = self.before[some]

    def in_company(self, sizes: Numbers, barred: Flags) -> None:
        """Hold whoever would move in company of fewer than LEAST, or into or out of a set that is barred.

        Who comes into a scope, but cannot into the part, is counted beside the parts. Where those beside, or who is
        left of a set, would be few, just enough others are with them. `sizes` are of each set before.
        """
        layout, barred = self.layout, barred.copy()
        while True:
            entered, left = self.entered, self.left
            came, went = (np.bincount(sets.ravel(), minlength=len(barred)) for sets in (entered, left))
            came[layout.nowhere] = went[layout.nowhere] = 0
            no_entry, no_exit = ((count > 0) & (barred | (count < LEAST)) for count in (came, went))
            few = no_entry[layout.beside] & ~barred[layout.beside]
            no_entry[layout.beside[few]] = False
            new = (self.before == layout.nowhere) & (self.after < layout.rows)
            diverted = new & no_entry[entered[0]]
            held = np.logical_or.reduce(no_entry[entered] | no_exit[left], axis=0)
            after = (sizes + came - went)[: layout.nowhere]
            short = np.flatnonzero((after > 0) & (after < LEAST))
            if diverted.any():
                self.after[diverted] = layout.beside[self.division[diverted]]
            elif held.any():
                self.hold(held)
            elif few.any():
                for one in layout.beside[few].tolist():
                    some = np.flatnonzero(new & (self.division == layout.division[one]))
                    if len(some):
                        self.after[self._last(some, LEAST - came[one])] = one
                    else:
                        held |= entered[0] == one
                self.hold(held)
            elif len(short):
                for one in short.tolist():
                    held[self._last(np.flatnonzero(left[0] == one), LEAST - after[one])] = True
                self.hold(held)
            else:
                return

    def _last(self, some: Numbers, count: int) -> Numbers:
        """Of these steps the last of those that lead to where most lead."""
        places = self.after[some]
        last: Numbers = some[places == np.bincount(places).argmax()][-count:]
        return last


def smallest(parts: Numbers, sizes: Numbers) -> int:
    """Of these the part with fewest people; the first of several."""
    each = np.unique(parts)
    return int(each[np.argmin(sizes[each])])
