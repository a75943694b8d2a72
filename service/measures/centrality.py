"""Who is on the way between others: betweenness, exact or sampled with a stated error.

Freeman (1977), "A set of measures of centrality based on betweenness"; exact by Brandes (2001), "A faster algorithm
for betweenness centrality". Sampled by random shortest paths between random pairs, as many as Riondato and
Kornaropoulos (2016), "Fast approximation of betweenness centrality through sampling", prove to be enough; each path is
found from both its ends at once (Borassi and Natale, 2016, KADABRA). Ties have no direction here, and no weight.
"""

from dataclasses import dataclass
from math import ceil, floor, log, log2
from typing import Final, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from service.measures.communities import UndirectedTies
from service.measures.kernel import kernel
from service.measures.progress import report
from service.model.errors import Invalid

ERROR: Final = 0.005
"""How far a sampled betweenness may be off, unless the caller says otherwise."""

FAILURE: Final = 0.1
"""The chance that anybody's is off by more."""

EXACT_UP_TO: Final = 60_000_000
"""People times ties (both ways) and people, up to which the exact values are worked out: half a second."""

_VAPNIK: Final = 0.5
"""The constant of the bound (Löffler and Phillips, 2009)."""

_BATCHES: Final = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Betweenness:
    """For each person the share of the shortest ways between two others that leads through them, from 0 to 1.

    Exact: `samples` is None and `error` 0. Sampled: with a chance of 1 - `failure` no value is off by more than
    `error`, and each has the `deviation` of its own estimate (a standard error).
    """

    values: NDArray[np.float64]
    deviation: NDArray[np.float64]
    error: float
    failure: float
    samples: int | None
    seed: int | None


class _Graph(NamedTuple):
    offsets: NDArray[np.int64]
    neighbours: NDArray[np.int32]


class _Search(NamedTuple):
    """From one end or from two, a row for each: steps to everybody (-1: not reached), and shortest ways there.

    `queue` holds who was reached, in order; those of the last step are from `head` to `tail`.
    """

    distance: NDArray[np.int32]
    ways: NDArray[np.float64]
    queue: NDArray[np.int32]
    head: NDArray[np.int64]
    tail: NDArray[np.int64]


def betweenness(
    ties: UndirectedTies,
    *,
    error: float = ERROR,
    failure: float = FAILURE,
    seed: int = 0,
    samples: int | None = None,
    exact_up_to: int = EXACT_UP_TO,
) -> Betweenness:
    """Exact betweenness where people times ties are no more than `exact_up_to`, sampled where they are."""
    if ties.people * (ties.people + len(ties.neighbours)) <= exact_up_to:
        return exact_betweenness(ties)
    return sampled_betweenness(ties, error=error, failure=failure, seed=seed, samples=samples)


def exact_betweenness(ties: UndirectedTies) -> Betweenness:
    """Betweenness along all shortest ways, each pair of others counted once; 0 for all where there are under three."""
    values = np.zeros(ties.people)
    graph, step = _Graph(ties.offsets, ties.neighbours), max(1, ceil(ties.people / _BATCHES))
    for start in range(0, ties.people, step):
        _accumulate(graph, start, min(start + step, ties.people), values)
        report(min(start + step, ties.people) / ties.people)
    pairs = max((ties.people - 1) * (ties.people - 2), 1)
    return Betweenness(
        values=values / pairs, deviation=np.zeros(ties.people), error=0.0, failure=0.0, samples=None, seed=None
    )


def sampled_betweenness(
    ties: UndirectedTies, *, error: float = ERROR, failure: float = FAILURE, seed: int = 0, samples: int | None = None
) -> Betweenness:
    """Betweenness from random shortest ways: as many as make all values right to within `error`, or `samples`.

    The same seed gives the same values. Where `samples` are given, `error` is what they make of it. Invalid for an
    error or failure not between 0 and 1, or less than one sample.
    """
    _check("error", error)
    _check("failure", failure)
    scale = max(ties.people, 1) / max(ties.people - 2, 1)  # of pairs of others, where the ways are of all pairs
    bound = _bound(ties, failure) * scale**2
    wanted = ceil(bound / error**2) if samples is None else samples
    if wanted < 1:
        raise Invalid(f"{wanted} samples", right="1 or more", field="samples")
    met = np.zeros(ties.people, dtype=np.int64)
    if ties.people > 2:  # noqa: PLR2004 - between two people there is nobody
        graph, generator = _Graph(ties.offsets, ties.neighbours), np.random.default_rng(seed)
        step = ceil(wanted / _BATCHES)
        for start in range(0, wanted, step):
            _sample(graph, generator, min(step, wanted - start), met)
            report(min(start + step, wanted) / wanted)
    share = met / wanted
    return Betweenness(
        values=share * scale,
        deviation=np.sqrt(share * (1 - share) / wanted) * scale,
        error=(bound / wanted) ** 0.5,
        failure=failure,
        samples=wanted,
        seed=seed,
    )


def ranks(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Each person's place, 1 for the highest value; equals share the better place, and who has no value the last."""
    known = np.nan_to_num(values, nan=-np.inf)
    return len(known) - np.searchsorted(np.sort(known), known, side="right") + 1


def without_some(ties: UndirectedTies, share: float, generator: Generator) -> UndirectedTies:
    """The ties without a random share of them, each with both its directions. Invalid unless 0 <= share < 1."""
    if not 0 <= share < 1:
        raise Invalid(f"a share of {share}", right="from 0 to less than 1", field="share")
    ends = np.repeat(np.arange(ties.people, dtype=np.int64), np.diff(ties.offsets))
    forward = np.flatnonzero(ends < ties.neighbours)
    dropped = generator.permutation(len(forward))[: round(share * len(forward))]
    low, high = ends[forward[dropped]], ties.neighbours[forward[dropped]].astype(np.int64)
    names = ends * ties.people + ties.neighbours
    kept = np.ones(len(names), dtype=np.bool_)
    kept[forward[dropped]] = False
    kept[np.searchsorted(names, high * ties.people + low)] = False
    return UndirectedTies(
        offsets=np.concatenate(([0], np.cumsum(np.bincount(ends[kept], minlength=ties.people)))).astype(np.int64),
        neighbours=ties.neighbours[kept],
        weights=ties.weights[kept],
    )


def _check(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise Invalid(f"{name} is {value}", right="more than 0 and less than 1", field=name)


def _bound(ties: UndirectedTies, failure: float) -> float:
    """What the number of samples is, times error²; the longest shortest way has at most `people` people on it."""
    people = 2 * _reach(_Graph(ties.offsets, ties.neighbours)) + 1
    dimension = floor(log2(people - 2)) + 1 if people > 3 else 1  # noqa: PLR2004 - fewer than two inside
    return _VAPNIK * (dimension + log(1 / failure))


@kernel
def _reach(graph: _Graph) -> int:
    """The most steps from the first person of any connected part: at least half of the longest shortest way."""
    people = len(graph.offsets) - 1
    search, seen = _searches(people, 1), np.zeros(people, dtype=np.bool_)
    furthest = 0
    for start in range(people):
        if seen[start]:
            continue
        _begin(search, 0, start)
        while search.head[0] < search.tail[0]:
            _widen(graph, search, 0)
        for position in range(search.tail[0]):
            seen[search.queue[0, position]] = True
        furthest = max(furthest, search.distance[0, search.queue[0, search.tail[0] - 1]])
        _forget(search, 0)
    return furthest


@kernel
def _accumulate(graph: _Graph, first: int, end: int, values: NDArray[np.float64]) -> None:
    """Add what the sources from `first` up to `end` depend on each person (Brandes, 2001)."""
    people = len(graph.offsets) - 1
    search = _searches(people, 1)
    distance, ways, queue = search.distance[0], search.ways[0], search.queue[0]
    needed = np.zeros(people, dtype=np.float64)
    for source in range(first, end):
        _begin(search, 0, source)
        while search.head[0] < search.tail[0]:
            _widen(graph, search, 0)
        for position in range(search.tail[0] - 1, 0, -1):
            person = queue[position]
            for tie in range(graph.offsets[person], graph.offsets[person + 1]):
                other = graph.neighbours[tie]
                if distance[other] == distance[person] + 1:
                    needed[person] += ways[person] / ways[other] * (1 + needed[other])
            values[person] += needed[person]
        for position in range(search.tail[0]):
            needed[queue[position]] = 0.0
        _forget(search, 0)


@kernel
def _sample(graph: _Graph, generator: Generator, count: int, met: NDArray[np.int64]) -> None:
    """Follow `count` random shortest ways, each between a random pair, and count whom they lead through."""
    people = len(graph.offsets) - 1
    search = _searches(people, 2)
    for _ in range(count):
        source = int(generator.random() * people)
        target = int(generator.random() * (people - 1))
        target += target >= source
        _begin(search, 0, source)
        _begin(search, 1, target)
        total, side = _meet(graph, search)
        if total > 0:
            middle = _chosen_middle(search, side, total * generator.random())
            _walk_back(graph, search, 0, middle, generator, met)
            _walk_back(graph, search, 1, middle, generator, met)
            if middle not in (source, target):
                met[middle] += 1
        _forget(search, 0)
        _forget(search, 1)


@kernel
def _searches(people: int, sides: int) -> _Search:
    return _Search(
        np.full((sides, people), -1, dtype=np.int32),
        np.zeros((sides, people), dtype=np.float64),
        np.empty((sides, people), dtype=np.int32),
        np.zeros(sides, dtype=np.int64),
        np.zeros(sides, dtype=np.int64),
    )


@kernel
def _begin(search: _Search, side: int, person: int) -> None:
    search.distance[side, person], search.ways[side, person] = 0, 1.0
    search.queue[side, 0] = person
    search.head[side], search.tail[side] = 0, 1


@kernel
def _forget(search: _Search, side: int) -> None:
    for position in range(search.tail[side]):
        person = search.queue[side, position]
        search.distance[side, person], search.ways[side, person] = -1, 0.0


@kernel
def _widen(graph: _Graph, search: _Search, side: int) -> None:
    """Go a whole step further from one end: `head` to `tail` of its queue are then those of that step."""
    distance, ways, queue = search.distance[side], search.ways[side], search.queue[side]
    head, tail = search.head[side], search.tail[side]
    reached = tail
    for position in range(head, tail):
        person = queue[position]
        for tie in range(graph.offsets[person], graph.offsets[person + 1]):
            other = graph.neighbours[tie]
            if distance[other] < 0:
                distance[other] = distance[person] + 1
                queue[reached] = other
                reached += 1
            if distance[other] == distance[person] + 1:
                ways[other] += ways[person]
    search.head[side], search.tail[side] = tail, reached


@kernel
def _meet(graph: _Graph, search: _Search) -> tuple[float, int]:
    """Widen the cheaper side until the two meet: how many shortest ways there are, and the side of the last step.

    Those in whom they meet are in the last step of both sides. No way: 0.
    """
    while True:
        side = 0 if _cost(graph, search, 0) <= _cost(graph, search, 1) else 1
        if _cost(graph, search, side) == 0:
            return 0.0, side
        _widen(graph, search, side)
        total = 0.0
        for position in range(search.head[side], search.tail[side]):
            other = search.queue[side, position]
            total += search.ways[0, other] * search.ways[1, other]
        if total > 0:
            return total, side


@kernel
def _cost(graph: _Graph, search: _Search, side: int) -> int:
    """How many ties one more step of a side would look at; 0 where it has come to its end."""
    cost = 0
    for position in range(search.head[side], search.tail[side]):
        person = search.queue[side, position]
        cost += graph.offsets[person + 1] - graph.offsets[person]
    return cost


@kernel
def _chosen_middle(search: _Search, side: int, drawn: float) -> int:
    """One of those met, each with the chance of the ways through them; `drawn` is below the sum of these."""
    chosen = -1
    for position in range(search.head[side], search.tail[side]):
        other = search.queue[side, position]
        through = search.ways[0, other] * search.ways[1, other]
        if through > 0:
            chosen = other
            drawn -= through
            if drawn < 0:
                break
    return chosen


@kernel
def _walk_back(  # noqa: PLR0917 - machine code takes no keywords
    graph: _Graph, search: _Search, side: int, middle: int, generator: Generator, met: NDArray[np.int64]
) -> None:
    """Go from the middle to one end along a random shortest way, counting whom it leads through."""
    distance, ways = search.distance[side], search.ways[side]
    person = middle
    while distance[person] > 1:
        drawn = ways[person] * generator.random()
        before = -1
        for tie in range(graph.offsets[person], graph.offsets[person + 1]):
            other = graph.neighbours[tie]
            if distance[other] == distance[person] - 1:
                before = other
                drawn -= ways[other]
                if drawn < 0:
                    break
        person = before
        met[person] += 1
