"""Which groups of people may be shown as numbers, so that no subtraction of two answers tells of a few.

Groups under five people are not shown, nor is one that another shown group contains, or is contained in, but for fewer
than five: the difference of the two would tell of those few, whichever months the two answers are of. So a group stands
still until it can move without that. What groups of one kind are together is told as well, by adding them up, and so is
who is in none of them: both are held against all others as a group is. After the small-cell rules of official
statistics (Hundepool et al., 2012, "Statistical Disclosure Control"); the rule of standing still is ours.

Twelve thousand groups of twenty thousand people would be a table of a quarter of a gigabyte, a month: here a group is
the numbers of its people, and only what has moved in a month is told of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from service.measures.disclosure import LEAST

People = NDArray[np.int32]
"""A group: the numbers of its people, in order."""

Division = tuple[int, Sequence[int]]
"""The row of a group, and those of the parts that it is shown in."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups in rows: the people of one follow those of the one before."""

    offsets: NDArray[np.int64]
    members: People
    people: int
    """Below which number all are."""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> People:
        return self.members[self.offsets[row] : self.offsets[row + 1]]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many people each has."""
        return np.diff(self.offsets)

    @property
    def keys(self) -> NDArray[np.int64]:
        """A number for each row and person, in order."""
        return np.repeat(np.arange(len(self)), self.sizes) * self.people + self.members


@dataclass(frozen=True, slots=True)
class Month:
    """What is shown from one month's end on."""

    moved: NDArray[np.int64]
    """The rows of the groups that took over a change; all others are as they were, and nobody in the beginning."""
    groups: Groups
    """These, in the same order."""
    may: NDArray[np.bool_]
    """For each row whether it may be shown at all."""


def groups_of(keys: NDArray[np.int64], rows: int, people: int) -> Groups:
    """The groups of a number (row times `people`, and person) for each row and person, in any order."""
    row, member = np.divmod(np.sort(keys), max(people, 1))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))])
    return Groups(offsets.astype(np.int64), member.astype(np.int32), people)


def one_after_another(parts: Sequence[Groups], people: int) -> Groups:
    """The rows of all of these, in their order."""
    sizes = np.concatenate([np.zeros(0, dtype=np.int64), *(part.sizes for part in parts)])
    members = np.concatenate([np.zeros(0, dtype=np.int32), *(part.members for part in parts)])
    return Groups(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), members, people)


def published(months: Iterable[Groups], divisions: Sequence[Division] = ()) -> Iterator[Month]:
    """For each month: the groups that move in it, and which may be shown at all.

    Each month has the same groups and people, in the same order. A group takes over a change when nobody or at least
    LEAST came, nobody or at least LEAST went, and no set that was ever told holds it, or is held by it, with fewer than
    LEAST between them. Of two new sets of one month that stand in each other's way, the larger is told. What was
    yielded before is not changed by later months. Of the parts of a division those are shown that `apart_in` keeps, but
    for the smallest until all of them together, and whom they leave of the whole, stand in nobody's way either.
    """
    shown: Groups | None = None
    told = _Told(0)
    for month in months:
        if shown is None:
            shown = Groups(np.zeros(len(month) + 1, dtype=np.int64), np.zeros(0, dtype=np.int32), month.people)
            told = _Told(month.people)
        moved = _free_to_move(shown, month)
        moved = moved[~told.in_the_way([month[row] for row in moved])]
        moved = moved[~_smaller_of_a_pair([month[row] for row in moved], month.people)]
        told.add(month[row] for row in moved)
        shown = _taken_over(shown, month, moved)
        may = _parted(shown, divisions, told)
        yield Month(moved, _rows(month, moved), may)


def apart_in(groups: Groups, whole: int, rows: Sequence[int]) -> list[int]:
    """Of these groups, those that can be shown as parts of a whole, the largest first: inside it, and nobody in two.

    Where groups overlap the larger is kept: they stand still at different times, and who moved would be in both. The
    smallest are given up until those in no group are nobody or at least LEAST.
    """
    free = np.zeros(groups.people, dtype=np.bool_)
    free[groups[whole]] = True
    left, kept = len(groups[whole]), list[int]()
    for row in sorted(rows, key=lambda row: (-len(groups[row]), row)):
        if free[groups[row]].all():
            kept.append(row)
            free[groups[row]] = False
            left -= len(groups[row])
    while kept and 0 < left < LEAST:
        left += len(groups[kept.pop()])
    return kept


class _BySize:
    """Sets of nobody or at least LEAST people, found by how many these are."""

    def __init__(self, people: int, sets: Iterable[People] = ()) -> None:
        self.people = people
        self.sets: list[People] = []
        self._places: dict[int, list[int]] = {}
        for one in sets:
            self.append(one)

    def append(self, one: People) -> None:
        """Take in one more."""
        self._places.setdefault(len(one), []).append(len(self.sets))
        self.sets.append(one)

    def few_apart(self, others: Sequence[People]) -> Iterator[tuple[int, int]]:
        """Each other set and each of these of which one holds the other and one to LEAST - 1 people more: their places.

        Only sets of nearly the same size are laid beside each other: those of all sizes would be a table too large.
        """
        for size in sorted({len(one) for one in others}):
            nearly = (near for near in range(size - LEAST + 1, size + LEAST) if near != size)
            near = list(chain.from_iterable(self._places.get(one, ()) for one in nearly))
            if near:
                places = [place for place, one in enumerate(others) if len(one) == size]
                these = [self.sets[place] for place in near]
                shared = (self._table([others[place] for place in places]) @ self._table(these).T).tocoo()
                one, other = shared.coords
                held = shared.data == np.minimum(size, [len(each) for each in these])[other]
                yield from zip(np.array(places)[one[held]].tolist(), np.array(near)[other[held]].tolist(), strict=True)

    def _table(self, sets: Sequence[People]) -> csr_array:
        ends = np.cumsum([0, *(len(one) for one in sets)])
        members = np.concatenate([np.zeros(0, dtype=np.int32), *sets])
        return csr_array((np.ones(len(members), dtype=np.int32), members, ends), shape=(len(sets), self.people))


class _Told:
    """All sets that were ever told, each once."""

    def __init__(self, people: int) -> None:
        self._sets = _BySize(people)
        self._known: set[bytes] = set()

    def __contains__(self, one: People) -> bool:
        return _name(one) in self._known

    def add(self, sets: Iterable[People]) -> None:
        """Tell these too."""
        for one in sets:
            if one not in self:
                self._known.add(_name(one))
                self._sets.append(one.copy())

    def in_the_way(self, sets: Sequence[People]) -> NDArray[np.bool_]:
        """For each of these whether something told holds it, or is held by it, but for a few."""
        found = np.zeros(len(sets), dtype=np.bool_)
        found[[one for one, _ in self._sets.few_apart(sets)]] = True
        return found


def _name(one: People) -> bytes:
    return blake2b(one.tobytes(), digest_size=16).digest()


def _free_to_move(shown: Groups, month: Groups) -> NDArray[np.int64]:
    """Which groups are large enough to be told, and have changed by nobody or enough people each way."""
    stayed = np.intersect1d(shown.keys, month.keys, assume_unique=True) // max(month.people, 1)
    both = np.bincount(stayed, minlength=len(month))
    came, went = month.sizes - both, shown.sizes - both
    steps = ((came == 0) | (came >= LEAST)) & ((went == 0) | (went >= LEAST))
    return np.flatnonzero(steps & (came + went > 0) & (month.sizes >= LEAST))


def _smaller_of_a_pair(sets: Sequence[People], people: int) -> NDArray[np.bool_]:
    """Which sets stand in the way of a larger one."""
    smaller = np.zeros(len(sets), dtype=np.bool_)
    smaller[[one for one, other in _BySize(people, sets).few_apart(sets) if len(sets[one]) < len(sets[other])]] = True
    return smaller


def _rows(groups: Groups, rows: NDArray[np.int64]) -> Groups:
    """These groups alone, in this order."""
    members = np.concatenate([np.zeros(0, dtype=np.int32), *(groups[row] for row in rows)])
    return Groups(np.concatenate([[0], np.cumsum(groups.sizes[rows])]).astype(np.int64), members, groups.people)


def _taken_over(shown: Groups, month: Groups, moved: NDArray[np.int64]) -> Groups:
    """The groups as they were shown, but for those that have moved."""
    fresh = np.zeros(len(shown), dtype=np.bool_)
    fresh[moved] = True
    kept = [one.keys[which[one.keys // max(one.people, 1)]] for one, which in ((shown, ~fresh), (month, fresh))]
    return groups_of(np.concatenate(kept), len(shown), shown.people)


def _parted(shown: Groups, divisions: Sequence[Division], told: _Told) -> NDArray[np.bool_]:
    """Which groups may be shown where divisions are shown too; what these are together, and leave, is told then."""
    may = shown.sizes >= LEAST
    kept = {
        at: apart_in(shown, whole, [row for row in rows if may[row]]) if may[whole] else []
        for at, (whole, rows) in enumerate(divisions)
    }
    waiting = [at for at, rows in kept.items() if rows]
    while waiting:
        waiting.sort(key=lambda at: -int(shown.sizes[kept[at]].sum()))
        both = [_together_and_left(shown, divisions[at][0], kept[at]) for at in waiting]
        # What was told before stands in nobody's way: whatever was told since gave way to it.
        known = np.array([all(one in told for one in pair) for pair in both])
        unknown = np.flatnonzero(~known)
        chosen = known.copy()
        chosen[unknown] = _in_nobodys_way([both[at] for at in unknown], told, shown.people)
        told.add(one for pair, stays in zip(both, chosen, strict=True) if stays for one in pair)
        waiting = [at for at, stays in zip(waiting, chosen, strict=True) if not stays]
        for at in waiting:
            kept[at] = apart_in(shown, divisions[at][0], kept[at][:-1])
        waiting = [at for at in waiting if kept[at]]
    for at, (_, rows) in enumerate(divisions):
        may[list(rows)] = False
        may[kept[at]] = True
    return may


def _together_and_left(groups: Groups, whole: int, parts: Sequence[int]) -> tuple[People, People]:
    together = np.sort(np.concatenate([groups[row] for row in parts]))
    return together, np.setdiff1d(groups[whole], together, assume_unique=True)


def _in_nobodys_way(pairs: Sequence[tuple[People, People]], told: _Told, people: int) -> NDArray[np.bool_]:
    """Which divisions may be told, given of each what its parts are together and whom these leave.

    Each holds its ground against what was told and against those before it.
    """
    sets, chosen = list(chain.from_iterable(pairs)), np.zeros(len(pairs), dtype=np.bool_)
    apart: dict[int, set[int]] = {}
    for one, other in _BySize(people, sets).few_apart(sets):
        apart.setdefault(one // 2, set()).add(other // 2)
    free = ~told.in_the_way(sets).reshape(-1, 2).any(axis=1)
    for at in np.flatnonzero(free).tolist():
        chosen[at] = not any(chosen[other] for other in apart.get(at, ()))
    return chosen
