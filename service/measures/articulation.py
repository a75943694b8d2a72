"""Who holds a network together: how many people hang on each one alone.

Somebody whose leaving breaks a group of connected people apart is an articulation point of it (Hopcroft and Tarjan,
1973, "Algorithm 447: efficient algorithms for graph manipulation"). Which end of a tie listens is left aside.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.measures.communities import UndirectedTies
from service.measures.kernel import kernel


class _Search(NamedTuple):
    """A search in depth: who was found from whom, when, how early its descendants lead back, and how many these are."""

    parents: NDArray[np.int64]
    found: NDArray[np.int64]
    earliest: NDArray[np.int64]
    sizes: NDArray[np.int64]
    order: NDArray[np.int64]
    place: NDArray[np.int64]
    """Which tie of each person is to be followed next."""


def hanging_on(ties: UndirectedTies) -> NDArray[np.int64]:
    """How many people hang on each one: all whom their leaving would part from the largest rest of their group.

    A group is all whom ties connect. 0 for whoever may leave without parting anybody; linear in the ties.
    """
    return _hanging(ties.offsets, ties.neighbours)


@kernel
def _hanging(offsets: NDArray[np.int64], neighbours: NDArray[np.int32]) -> NDArray[np.int64]:
    people = len(offsets) - 1
    search = _Search(
        np.full(people, -1, dtype=np.int64),
        np.full(people, -1, dtype=np.int64),
        np.zeros(people, dtype=np.int64),
        np.ones(people, dtype=np.int64),
        np.empty(people, dtype=np.int64),
        offsets[:-1].copy(),
    )
    hanging = np.zeros(people, dtype=np.int64)
    count = 0
    for root in range(people):
        if search.found[root] < 0:
            end = _searched(offsets, neighbours, search, root, count)
            _count_parts(search, count, end, hanging)
            count = end
    return hanging


@kernel
def _searched(offsets: NDArray[np.int64], neighbours: NDArray[np.int32], search: _Search, root: int, count: int) -> int:
    """Search all whom ties connect with the root; the number of those found up to now."""
    parents, found, earliest, sizes, order, place = search
    found[root] = earliest[root] = count
    order[count] = root
    count += 1
    person = root
    while person >= 0:
        if place[person] < offsets[person + 1]:
            other = neighbours[place[person]]
            place[person] += 1
            if found[other] < 0:
                parents[other] = person
                found[other] = earliest[other] = count
                order[count] = other
                count += 1
                person = other
            elif other != parents[person]:
                earliest[person] = min(earliest[person], found[other])
            continue
        above = parents[person]
        if above >= 0:
            earliest[above] = min(earliest[above], earliest[person])
            sizes[above] += sizes[person]
        person = above
    return count


@kernel
def _count_parts(search: _Search, start: int, end: int, hanging: NDArray[np.int64]) -> None:
    """Sum for each of a group the parts that it would fall into without them, and keep all but the largest."""
    parents, found, earliest, sizes, order, _ = search
    parted = np.zeros(end - start, dtype=np.int64)
    largest = np.zeros(end - start, dtype=np.int64)
    for position in range(start, end):
        child = order[position]
        above = parents[child]
        if above >= 0 and earliest[child] >= found[above]:
            parted[found[above] - start] += sizes[child]
            largest[found[above] - start] = max(largest[found[above] - start], sizes[child])
    for position in range(start, end):
        others = end - start - 1
        rest = others - parted[position - start]
        hanging[order[position]] = others - max(rest, largest[position - start])
