"""Somebody who takes from each other what different answers tell of the same things, knowing who belongs where."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import chain, combinations
from operator import or_
from typing import NamedTuple

from service.measures.disclosure import LEAST

Things = frozenset[int]
"""The numbers of some people, acts or ties."""


@dataclass(frozen=True)
class Answer:
    """What is told of some things: the things of each number, no two of which share any; and of sums of such."""

    name: str
    numbers: tuple[Things, ...]
    sums: tuple[Things, ...] = ()


@dataclass(frozen=True)
class Attacker:
    """Who tries it on things of which is known who stands behind each, at each end."""

    ends: Sequence[Sequence[int]]

    def isolated(self, answers: Sequence[Answer]) -> list[str]:
        """What would tell of a few: a number, or what lies between one and some of the same or another answer."""
        told = [_Told(one.name, [*map(_bits, one.numbers)], [*map(_bits, one.sums)]) for one in answers]
        found = [
            f"{answer.name} tells of {number.bit_count()} of a few"
            for answer in told
            for number in chain(answer.numbers, answer.sums)
            if self._few(number)
        ]
        for one in told:
            for other in told:
                for number in chain(one.numbers, one.sums):
                    found += [
                        f"{one.name} and {other.name}: {number.bit_count()} and {some.bit_count()}"
                        for some in _together(number, other)
                        if number & some in {number, some} and self._few(number ^ some)
                    ]
        return found

    def _few(self, things: int) -> bool:
        known = self._known.get(things)
        if known is None:
            known = self._known[things] = self._of_few(things)
        return known

    def _of_few(self, things: int) -> bool:
        if not things:
            return False
        # More than the most that a few could have done is of more than a few.
        return any(
            things.bit_count() < LEAST * most and len({end[thing] for thing in _things(things)}) < LEAST
            for end, most in zip(self.ends, self._most, strict=True)
        )

    @cached_property
    def _known(self) -> dict[int, bool]:
        return {}

    @cached_property
    def _most(self) -> list[int]:
        return [max(Counter(end).values(), default=0) for end in self.ends]


class _Told(NamedTuple):
    """An answer, the things of each number as the bits of a whole number: they are compared a million times."""

    name: str
    numbers: list[int]
    sums: list[int]


def _bits(things: Things) -> int:
    return sum(1 << thing for thing in things)


def _things(bits: int) -> Iterator[int]:
    while bits:
        yield bits.bit_length() - 1
        bits ^= 1 << bits.bit_length() - 1


def _together(number: int, other: _Told) -> Iterator[int]:
    """Sums of the numbers of another answer that may lie near: any of those inside, and all that touch."""
    inside = [one for one in other.numbers if one and one & number == one]
    for count in range(1, min(len(inside), 6) + 1):
        yield from map(_union, combinations(inside, count))
    yield _union(inside)
    yield _union(one for one in other.numbers if one & number)
    yield from other.sums


def _union(some: Iterable[int]) -> int:
    return reduce(or_, some, 0)
