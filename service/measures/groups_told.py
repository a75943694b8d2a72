"""Groups of people in rows, and which of them tell of a few beside others: one holds the other but for a few."""

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

    def only(self, rows: NDArray[np.int64]) -> "Groups":
        """These rows alone, in this order."""
        members = np.concatenate([np.zeros(0, dtype=np.int32), *(self[row] for row in rows)])
        return Groups(np.concatenate([[0], np.cumsum(self.sizes[rows])]).astype(np.int64), members, self.people)


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


class BySize:
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
        of_size: dict[int, list[int]] = {}
        for place, one in enumerate(others):
            of_size.setdefault(len(one), []).append(place)
        for size, places in sorted(of_size.items()):
            nearly = (near for near in range(size - LEAST + 1, size + LEAST) if near != size)
            near = list(chain.from_iterable(self._places.get(one, ()) for one in nearly))
            if near:
                these = [self.sets[place] for place in near]
                shared = (self._table([others[place] for place in places]) @ self._table(these).T).tocoo()
                one, other = shared.coords
                held = shared.data == np.minimum(size, [len(each) for each in these])[other]
                yield from zip(np.array(places)[one[held]].tolist(), np.array(near)[other[held]].tolist(), strict=True)

    def _table(self, sets: Sequence[People]) -> csr_array:
        ends = np.cumsum([0, *(len(one) for one in sets)])
        members = np.concatenate([np.zeros(0, dtype=np.int32), *sets])
        return csr_array((np.ones(len(members), dtype=np.int32), members, ends), shape=(len(sets), self.people))


class Told:
    """All sets that were ever told, each once."""

    def __init__(self, people: int) -> None:
        self._sets = BySize(people)
        self._known: set[bytes] = set()

    def add(self, sets: Iterable[People]) -> None:
        """Tell these too."""
        for one in sets:
            name = blake2b(one.tobytes(), digest_size=16).digest()
            if name not in self._known:
                self._known.add(name)
                self._sets.append(one.copy())

    def in_the_way(self, sets: Sequence[People]) -> NDArray[np.bool_]:
        """For each of these whether something told holds it, or is held by it, but for a few."""
        found = np.zeros(len(sets), dtype=np.bool_)
        found[[one for one, _ in self._sets.few_apart(sets)]] = True
        return found
