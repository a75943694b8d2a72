"""Which new ties would make what somebody tells travel the furthest.

If v came to listen to u with a chance p, then u would reach, beside all whom u reaches now, those to whom v passes it
on and whom u does not reach: p times their expected number. In reverse reachable sets (Borgs et al., 2014) of whoever
passes it on, that is the share of the sets that hold v and that u, who tells first-hand, does not come to, so that one
collection of sets compares everybody by the same draws. Who is shown is chosen on one collection, and what they would
add is read off another: on the first, the best look better than they are.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from service.measures.completion import TieNetwork
from service.measures.draws import STEP, drawn, in_threads, stream, usable_threads
from service.measures.kernel import kernel
from service.measures.progress import report
from service.measures.reach import Estimate
from service.measures.reverse import Groups, Sources, scratch, share_estimate, sources_of, walk
from service.model.errors import Invalid

T = TypeVar("T")

MOST_FIRST: Final = 100
MOST_SETS: Final = 1_000_000
MOST_STEPS: Final = 30_000_000
"""Ties looked at before a collection is large enough: some tenths of a second."""
ENOUGH_HITS: Final = 1_000
"""Sets that hold the last of those to be shown at which a collection is large enough: an error of about 3 %."""

_FIRST_ROUND: Final = 1_024
_CHUNK_STEPS: Final = 1_000_000
"""Ties that a thread looks at, about, before it hands over what it has counted."""
_LONGEST_CHUNK: Final = 8_192
_OTHER_COINS: Final = 2**40
"""What the numbers of sets are moved by for the coins of the new ties."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """Somebody who does not listen yet, and how many people more would be reached if they did.

    `groups` has the expected number for each label from 0; people of no group are left out.
    """

    person: int
    gain: Estimate
    groups: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Connections:
    """The best new ties, what all of them would add together, and how many are reached without, by group as well.

    `reached` and `groups` leave out the person who tells; `sets` chose, and as many others estimated.
    """

    best: tuple[Connection, ...]
    together: Estimate
    reached: Estimate
    groups: NDArray[np.float64]
    sets: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """Who may be suggested, who goes before whom, and how many are to be shown."""

    open_to: NDArray[np.bool_]
    ranks: NDArray[np.int32]
    first: int

    def best(self, counts: NDArray[np.int64], most: int) -> NDArray[np.int64]:
        """The people who are in any sets, the more preferred first, then who is in more, then the lower number."""
        there = np.flatnonzero(self.open_to & (counts > 0))
        return there[np.lexsort((there, -counts[there], -self.ranks[there]))][:most]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Collection:
    """Sets that are drawn by several threads; those that meet the person who tells hold nobody else."""

    sources: Sources
    person: int
    threads: int

    def counted(self, count: Callable[[int, int], T], start: int, end: int, chunk: int) -> Iterator[T]:
        """What was counted in each chunk of the sets from one number to another, in order."""
        return in_threads(count, end, chunk, self.threads, start)


class _Watched(NamedTuple):
    """Whom to count in the sets: the person who tells, those chosen (each by their rank), everybody's group.

    The new ties carry with `probability`, each for itself.
    """

    person: int
    slots: NDArray[np.int32]
    chosen: int
    labels: NDArray[np.int32]
    groups: int
    probability: float


class _Tally(NamedTuple):
    """Of some sets: how many hold each person and not the one who tells; and the ties looked at."""

    without: NDArray[np.int64]
    steps: int


class _Judged(NamedTuple):
    """By the group of who was drawn (the last: none): sets that hold the person, and those with one chosen only.

    `together` counts the sets of any chosen to whom the new tie carries.
    """

    held: NDArray[np.int64]
    without: NDArray[np.int64]
    together: int


def best_connections(
    network: TieNetwork,
    person: int,
    *,
    probability: float,
    first: int = 10,
    seed: int = 0,
    preferred: NDArray[np.int32] | None = None,
    groups: Groups | None = None,
    threads: int | None = None,
) -> Connections:
    """The `first` people who, if they came to listen to `person`, would add the most to whom that person reaches.

    A new tie carries with `probability`. Who is `preferred` more (a whole number for each person) goes first, whatever
    they add; the person, whoever listens already and who would add nothing are left out, and so are those of a negative
    one, who are not counted as reached either.
    The same seed gives the same answer, whatever the threads. Invalid for numbers out of range, ValueError for a person
    out of range.
    """
    people = len(network.forward.offsets) - 1
    if not 0 <= person < people:
        message = f"person {person}, where 0 to {people - 1} exist"
        raise ValueError(message)
    if not 1 <= first <= MOST_FIRST:
        raise Invalid(f"first is {first}", right=f"Give 1 to {MOST_FIRST}.", field="first")
    if not 0 < probability <= 1:
        raise Invalid(f"a probability of {probability}", right="Give more than 0, and 1 at most.", field="probability")
    ranks = np.zeros(people, dtype=np.int32) if preferred is None else preferred
    grouped = groups or Groups(np.full(people, -1, dtype=np.int32), 0)
    wanted = _Wanted(open_to=_deaf_to(network, person) & (ranks >= 0), ranks=ranks, first=first)
    collection = _Collection(
        sources=sources_of(network, np.flatnonzero(ranks >= 0).astype(np.int32), [person], seed=seed, telling=False),
        person=person,
        threads=threads or usable_threads(),
    )
    counts, sets, chunk = _screened(collection, wanted)
    best = wanted.best(counts, first)
    slots = np.full(people, -1, dtype=np.int32)
    slots[best] = np.arange(len(best), dtype=np.int32)
    watched = _Watched(person, slots, len(best), grouped.labels, grouped.size, probability)
    judged = _judged(collection, watched, sets, chunk)
    whole = len(collection.sources.targets)
    scale = whole / sets
    return Connections(
        best=tuple(
            Connection(
                person=one,
                gain=_times(share_estimate(int(hits.sum()), sets, whole), probability),
                groups=np.multiply(hits[: grouped.size], scale * probability),
            )
            for one, hits in zip(best.tolist(), judged.without, strict=True)
        ),
        together=share_estimate(judged.together, sets, whole),
        reached=share_estimate(int(judged.held.sum()), sets, whole),
        groups=np.multiply(judged.held[: grouped.size], scale),
        sets=sets,
    )


def _deaf_to(network: TieNetwork, person: int) -> NDArray[np.bool_]:
    """Who does not listen to somebody, themselves left out."""
    forward = network.forward
    own = slice(forward.offsets[person], forward.offsets[person + 1])
    deaf = np.ones(len(forward.offsets) - 1, dtype=np.bool_)
    deaf[forward.ends[own][network.probabilities[own] > 0]] = False
    deaf[person] = False
    return deaf


def _screened(collection: _Collection, wanted: _Wanted) -> tuple[NDArray[np.int64], int, int]:
    """How many sets hold each one and not the person; of how many; and how many a thread draws best at a time."""
    counts = np.zeros(len(wanted.ranks), dtype=np.int64)
    drawn_sets = steps = 0
    size, chunk = _FIRST_ROUND, 64
    while size > 0:
        for tally in collection.counted(
            lambda start, end: _tally(collection.sources, start, end), drawn_sets, drawn_sets + size, chunk
        ):
            counts += tally.without
            steps += tally.steps
        drawn_sets += size
        report(0.5 * max(drawn_sets / MOST_SETS, min(1.0, steps / MOST_STEPS)))
        shown = wanted.best(counts, wanted.first)
        if len(shown) == wanted.first and counts[shown].min() >= ENOUGH_HITS:
            break
        chunk = min(max(_CHUNK_STEPS * drawn_sets // (1 + steps), 16), _LONGEST_CHUNK)
        affordable = (MOST_STEPS - steps) * drawn_sets // (1 + steps)
        size = min(2 * drawn_sets, MOST_SETS - drawn_sets, affordable)
    return counts, drawn_sets, chunk


def _judged(collection: _Collection, watched: _Watched, sets: int, chunk: int) -> _Judged:
    """The chosen, and the person who tells, on the sets that come after those that chose them."""
    held = np.zeros(watched.groups + 1, dtype=np.int64)
    without = np.zeros((watched.chosen, watched.groups + 1), dtype=np.int64)
    together = 0
    for judged in collection.counted(
        lambda start, end: _judge(collection.sources, watched, start, end), sets, 2 * sets, chunk
    ):
        held += judged.held
        without += judged.without
        together += judged.together
    report(1.0)
    return _Judged(held, without, together)


def _times(estimate: Estimate, factor: float) -> Estimate:
    return Estimate(
        mean=estimate.mean * factor,
        standard_error=estimate.standard_error * factor,
        low=estimate.low * factor,
        high=estimate.high * factor,
    )


@kernel
def _tally(sources: Sources, first: int, last: int) -> _Tally:
    people = len(sources.closed)
    room = scratch(people)
    without = np.zeros(people, dtype=np.int64)
    looked_at = 0
    for number in range(first, last):
        _, size, steps = walk(sources, number, room)
        looked_at += steps
        for place in range(size):
            without[room.found[place]] += 1
    return _Tally(without, looked_at)


@kernel
def _judge(sources: Sources, watched: _Watched, first: int, last: int) -> _Judged:
    room = scratch(len(sources.closed))
    held = np.zeros(watched.groups + 1, dtype=np.int64)
    without = np.zeros((watched.chosen, watched.groups + 1), dtype=np.int64)
    together = 0
    for number in range(first, last):
        root, size, _ = walk(sources, number, room)
        label = watched.labels[root]
        if size == 0 and root != watched.person:
            held[label] += 1
        state = stream(sources.seed, number + _OTHER_COINS)
        carried = False
        for place in range(size):
            slot = watched.slots[room.found[place]]
            if slot >= 0:
                without[slot, label] += 1
                state += STEP
                carried = carried or drawn(state) < watched.probability
        together += carried
    return _Judged(held, without, together)
