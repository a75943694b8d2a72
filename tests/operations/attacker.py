"""Somebody who takes from each other what different answers tell of the same things, knowing who belongs where."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations

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
        found = [
            f"{answer.name} tells of {len(number)} of a few"
            for answer in answers
            for number in chain(answer.numbers, answer.sums)
            if self._few(number)
        ]
        for one in answers:
            for other in answers:
                for number in chain(one.numbers, one.sums):
                    found += [
                        f"{one.name} and {other.name}: {len(number)} and {len(some)}"
                        for some in _together(number, other)
                        if (number <= some or some <= number) and self._few(number ^ some)
                    ]
        return found

    def _few(self, things: Things) -> bool:
        if not things:
            return False
        # More than the most that a few could have done is of more than a few.
        return any(
            len(things) < LEAST * most and len({end[thing] for thing in things}) < LEAST
            for end, most in zip(self.ends, self._most, strict=True)
        )

    @cached_property
    def _most(self) -> list[int]:
        return [max(Counter(end).values(), default=0) for end in self.ends]


def _together(number: Things, other: Answer) -> Iterator[Things]:
    """Sums of the numbers of another answer that may lie near: any of those inside, and all that touch."""
    inside = [one for one in other.numbers if one and one <= number]
    for count in range(1, min(len(inside), 6) + 1):
        yield from map(_union, combinations(inside, count))
    yield _union(inside)
    yield _union(one for one in other.numbers if one & number)
    yield from other.sums


def _union(some: Iterable[Things]) -> Things:
    return frozenset(chain.from_iterable(some))
