"""Who, told first, would carry something to the most people: influence maximisation.

IMM: Tang, Shi and Xiao (2015), "Influence maximization in near-linear time: a martingale approach". Reverse reachable
sets are drawn until their number suffices for the greedy choice on them to be within a factor of 1 - 1/e - epsilon of
the best choice there is. The final choice is made on sets that had no part in finding that number, without which the
proof has a gap (Chen, 2018, "An issue in the martingale analysis of the influence maximization algorithm IMM").

What the chosen reach is read off further sets that did not choose them: on those that did, it would come out too high.
Both collections together bound how close to the best this choice is, mostly far closer than the factor (Tang, Tang,
Xiao and Yuan, 2018, "Online processing algorithms for influence maximization").
"""

from collections.abc import Collection
from dataclasses import dataclass
from math import ceil, e, lgamma, log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.completion import TieNetwork
from service.measures.draws import in_threads, usable_threads
from service.measures.kernel import kernel
from service.measures.progress import report
from service.measures.reach import Estimate
from service.measures.reverse import Groups, Sets, Sources, draw, joined, scratch, share_estimate, sources_of, walk
from service.model.errors import Invalid

EPSILON: Final = 0.2
"""How much worse than 1 - 1/e of the best a choice may be, unless the caller says otherwise."""

MOST_SETS: Final = 4_000_000
MOST_MEMBERS: Final = 8_000_000
"""People in all sets at which a collection is large enough, whatever the theory would like: 32 MB."""

_GREEDY: Final = 1 - 1 / e
_CHUNK_MEMBERS: Final = 200_000
"""People in the sets that a thread draws at a time, about."""
_CHUNKS: Final = 16
"""Chunks drawn before their size is chosen anew."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Among:
    """Between whom is chosen, and for whom: everybody, where nothing is said.

    `targets` are the people who count as reached, `candidates` those who may be chosen. The `given` tell anyway, cannot
    be chosen, and only who is not reached from them counts. `groups` tell apart who is reached.
    """

    targets: NDArray[np.int32] | None = None
    candidates: NDArray[np.int32] | None = None
    given: Collection[int] = ()
    groups: Groups | None = None


_EVERYBODY: Final = Among()


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick:
    """One person chosen, and how many people they add to those whom the ones before reach, by group as well.

    `groups` has the expected number for each label from 0; people of no group are left out.
    """

    person: int
    gain: Estimate
    groups: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Influence:
    """Who was chosen, in the order of choice, and how many of those who count they reach together.

    `reached` leaves out whom the given reach without them. With a chance of at most 1 in the number of people
    that the bound fails, the choice reaches at least the share `at_least` of what the best choice would. `complete` is
    false where fewer sets were drawn than `epsilon` asks for: then only `at_least` holds. `sets` chose,
    and as many others estimated.
    """

    picks: tuple[Pick, ...]
    reached: Estimate
    at_least: float
    complete: bool
    epsilon: float
    sets: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Chosen:
    """A greedy choice on so many sets, how many it covers, and at most how many any choice covers."""

    people: NDArray[np.int32]
    covered: int
    most: int
    sets: int


def most_influential(
    network: TieNetwork,
    budget: int,
    among: Among = _EVERYBODY,
    *,
    seed: int = 0,
    epsilon: float = EPSILON,
    threads: int | None = None,
) -> Influence:
    """The `budget` of people who, all told today, would together reach the most of those who count.

    The same seed gives the same answer, whatever the threads. Invalid for a budget beyond the candidates, nobody who
    counts, or an epsilon out of range; ValueError for people out of range.
    """
    people = len(network.forward.offsets) - 1
    may = np.arange(people, dtype=np.int32) if among.candidates is None else among.candidates
    eligible = np.zeros(people, dtype=np.bool_)
    eligible[may] = True
    eligible[list(among.given)] = False
    count = int(eligible.sum())
    if not 1 <= budget <= count:
        right = f"Give 1 to {count}." if count else "Exclude fewer people."
        raise Invalid(f"a budget of {budget}, where {count} people can be chosen", right=right, field="budget")
    if not 0 < epsilon < _GREEDY:
        raise Invalid(f"epsilon is {epsilon}", right="Give more than 0 and less than 0.63.", field="epsilon")
    sources = sources_of(network, among.targets, among.given, seed=seed)
    if not len(sources.targets):
        raise Invalid("Nobody would count as reached", right="Name people who are there.", field="targets")
    sampling = _Sampling(sources, eligible, budget, epsilon, threads or usable_threads())
    wanted, certain = sampling.enough()
    groups = among.groups or Groups(np.full(people, -1, dtype=np.int32), 0)
    chosen, by_group = sampling.choose(wanted, groups)
    covered, drawn_sets = by_group.sum(axis=1), chosen.sets
    counting = len(sources.targets)
    return Influence(
        picks=tuple(
            Pick(
                person=int(person),
                gain=share_estimate(int(covered[rank]), drawn_sets, counting),
                groups=np.multiply(by_group[rank, : groups.size], counting / drawn_sets),
            )
            for rank, person in enumerate(chosen.people)
        ),
        reached=share_estimate(int(covered.sum()), drawn_sets, counting),
        at_least=_share_of_best(int(covered.sum()), chosen.most, 1 / max(counting, 2)),
        complete=certain and drawn_sets >= wanted,
        epsilon=epsilon,
        sets=drawn_sets,
    )


class _Sampling:
    """Collections of sets, each of numbers that no other has used."""

    def __init__(
        self, sources: Sources, eligible: NDArray[np.bool_], budget: int, epsilon: float, threads: int
    ) -> None:
        self._sources = sources
        self._eligible = eligible
        self._budget = budget
        self._epsilon = epsilon
        self._threads = threads
        self._next = 0

    def enough(self) -> tuple[int, bool]:
        """How many sets the choice needs, and whether that is certain: IMM's first phase.

        Its chance to fail is below 1 in the number who count.
        """
        targets, eligible = len(self._sources.targets), int(self._eligible.sum())
        logarithm = log(max(targets, 2))
        certainty = logarithm + log(2)
        choices = lgamma(eligible + 1) - lgamma(self._budget + 1) - lgamma(eligible - self._budget + 1)
        alpha = sqrt(certainty + log(2))
        beta = sqrt(_GREEDY * (choices + certainty + log(2)))
        wanted = 2 * targets * (_GREEDY * alpha + beta) ** 2 / self._epsilon**2
        wider = sqrt(2) * self._epsilon
        halvings = max(1.0, logarithm / log(2))
        factor = (2 + 2 * wider / 3) * (choices + certainty + log(halvings)) * targets / wider**2
        kept = Sets(np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int32))
        guess = targets / 2
        while True:
            kept, full = self._more(kept, ceil(factor / guess), MOST_SETS // 2)
            drawn = len(kept.offsets) - 1
            covered = _greedy(kept, self._eligible, self._budget).covered
            found = covered * targets / drawn
            if found >= (1 + wider) * guess:
                return ceil(wanted * (1 + wider) / found), True
            if full:
                return max(drawn, ceil(wanted / found)) if covered else drawn, False
            guess /= 2

    def choose(self, wanted: int, groups: Groups) -> tuple[_Chosen, NDArray[np.int64]]:
        """The choice on fresh sets; and of as many more, by group, those that each of it is the first to be in."""
        nothing = Sets(np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int32))
        fresh, _ = self._more(nothing, wanted, MOST_SETS)
        chosen = _greedy(fresh, self._eligible, self._budget)
        return chosen, self._judged(chosen, groups, self._chunk(chosen.sets, len(fresh.members)))

    def _judged(self, chosen: _Chosen, groups: Groups, chunk: int) -> NDArray[np.int64]:
        ranks = np.full(len(self._eligible), len(chosen.people), dtype=np.int32)
        ranks[chosen.people] = np.arange(len(chosen.people), dtype=np.int32)
        covered = np.zeros((len(chosen.people), groups.size + 1), dtype=np.int64)
        for found in in_threads(
            lambda first, last: _first_ranks(self._sources, ranks, len(chosen.people), groups, (first, last)),
            self._next + chosen.sets,
            chunk,
            self._threads,
            self._next,
        ):
            covered += found
        self._next += chosen.sets
        report(1.0)
        return covered

    def _more(self, kept: Sets, wanted: int, most: int) -> tuple[Sets, bool]:
        """A collection with sets added until there are as many as wanted; whether it is too large for more."""
        parts, drawn, members = [kept], len(kept.offsets) - 1, len(kept.members)
        while drawn < min(wanted, most) and members < MOST_MEMBERS:
            chunk = self._chunk(drawn, members)
            end = min(wanted, most, drawn + chunk * _CHUNKS)
            for part in in_threads(
                lambda first, last: draw(self._sources, first, last),
                self._next + end - drawn,
                chunk,
                self._threads,
                self._next,
            ):
                parts.append(part)
                members += len(part.members)
                drawn += len(part.offsets) - 1
                self._next += len(part.offsets) - 1
                if members >= MOST_MEMBERS:
                    break
            report(min(0.9, drawn / wanted))
        return joined(parts), drawn >= most or members >= MOST_MEMBERS

    def _chunk(self, drawn: int, members: int) -> int:
        """How many sets a thread draws at a time: fewer, where sets are large."""
        return int(min(max(_CHUNK_MEMBERS // (1 + members // drawn), 16), 16_384)) if drawn else 64


def _greedy(sets: Sets, eligible: NDArray[np.bool_], budget: int) -> _Chosen:
    """The choice that covers the most sets, person by person; of equals, whoever has the lowest number."""
    people, covered, most = _cover(sets, eligible, budget)
    return _Chosen(people=people, covered=covered, most=most, sets=len(sets.offsets) - 1)


def _share_of_best(covered: int, most: int, failure: float) -> float:
    """At least which share of the best choice's reach a choice has (Tang et al., 2018, lemmas 4.2 and 4.3).

    `covered` is counted on sets that did not choose, `most` the upper bound of what any choice covers on as many that
    did.
    """
    a = log(2 / failure)
    low = (sqrt(covered + 2 * a / 9) - sqrt(a / 2)) ** 2 - a / 18
    high = (sqrt(most + a / 2) + sqrt(a / 2)) ** 2
    return max(0.0, min(1.0, low / high))


@kernel
def _first_ranks(
    sources: Sources, ranks: NDArray[np.int32], chosen: int, groups: Groups, numbers: tuple[int, int]
) -> NDArray[np.int64]:
    """In how many of some sets each rank is the lowest, by the group of who was drawn (the last for none)."""
    room = scratch(len(ranks))
    counts = np.zeros((chosen + 1, groups.size + 1), dtype=np.int64)
    for number in range(numbers[0], numbers[1]):
        root, size, _ = walk(sources, number, room)
        lowest = chosen
        for place in range(size):
            lowest = min(lowest, ranks[room.found[place]])
        counts[lowest, groups.labels[root]] += 1
    return counts[:chosen]


@kernel
def _holding(sets: Sets, people: int) -> Sets:
    """The other way round: for each person, the numbers of the sets that hold them."""
    places = np.zeros(people + 1, dtype=np.int64)
    for member in sets.members:
        places[member + 1] += 1
    for person in range(people):
        places[person + 1] += places[person]
    numbers = np.empty(len(sets.members), dtype=np.int32)
    filled = places.copy()
    for number in range(len(sets.offsets) - 1):
        for place in range(sets.offsets[number], sets.offsets[number + 1]):
            member = sets.members[place]
            numbers[filled[member]] = number
            filled[member] += 1
    return Sets(places, numbers)


@kernel
def _cover(sets: Sets, eligible: NDArray[np.bool_], budget: int) -> tuple[NDArray[np.int32], int, int]:
    """The greedy choice, the sets that it covers, and an upper bound of what any choice of as many covers."""
    holding = _holding(sets, len(eligible))
    uncovered = np.where(eligible, np.diff(holding.offsets), -1)
    done = np.zeros(len(sets.offsets) - 1, dtype=np.bool_)
    chosen = np.empty(budget, dtype=np.int32)
    covered = 0
    most = len(done)
    for rank in range(budget):
        most = min(most, covered + _largest(uncovered, budget))
        best = int(np.argmax(uncovered))
        chosen[rank] = best
        covered += int(uncovered[best])
        for place in range(holding.offsets[best], holding.offsets[best + 1]):
            number = holding.members[place]
            if done[number]:
                continue
            done[number] = True
            for inside in range(sets.offsets[number], sets.offsets[number + 1]):
                if eligible[sets.members[inside]]:
                    uncovered[sets.members[inside]] -= 1
        uncovered[best] = -1
    return chosen, covered, min(most, covered + _largest(uncovered, budget))


@kernel
def _largest(values: NDArray[np.int64], count: int) -> int:
    """The sum of the largest values, negative ones left out."""
    total = 0
    for value in np.partition(values, len(values) - count)[len(values) - count :]:
        total += max(int(value), 0)
    return total
