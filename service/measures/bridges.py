"""What holds groups together: how much of the contact between two of them hangs on one person, and where there is none.

A pair of groups is in contact by the ties from one to the other. What somebody's bridging is the sum of, over all
pairs of groups, is ours: the part of the pair's contact that would go without them, counted the less the thinner that
contact is, so that a tie by chance between two groups makes nobody a bridge.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.communities import UndirectedTies
from service.measures.kernel import kernel

HALF_CONTACT: Final = 3.0
"""The weight at which a contact between two groups counts half: three fresh amplifications. An assumption."""

SMALLEST_GROUP: Final = 5
"""Groups of fewer are not missed a bridge to: what would be said of them would be said of persons."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bridges:
    """The contact between groups, a row for each pair that has any, and how much of all of it hangs on each person.

    `one` is below `other`, and the rows are in their order; `weights` of all ties between the two.
    """

    one: NDArray[np.int32]
    other: NDArray[np.int32]
    ties: NDArray[np.int64]
    weights: NDArray[np.float64]
    bridging: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What one person holds of the contact between their group and another."""

    group: int
    ties: int
    share: float
    """Of the contact's weight."""
    counted: float
    """The share times what such a contact counts: these add up to the person's bridging."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """Somebody of one group who is two steps from people of another: by way of `through` they could meet `meets`."""

    person: int
    through: int
    meets: int
    within_reach: int
    """How many people of the other group are two steps away."""


def bridges(ties: UndirectedTies, labels: NDArray[np.int32]) -> Bridges:
    """The contact between each two groups, and the part of it that hangs on each person; label -1 is in no group."""
    ends, crossing = _crossing(ties, labels)
    groups = int(labels.max(initial=-1)) + 1
    mine, theirs = labels[ends[crossing]].astype(np.int64), labels[ties.neighbours[crossing]].astype(np.int64)
    names, place = np.unique(np.minimum(mine, theirs) * groups + np.maximum(mine, theirs), return_inverse=True)
    weights = np.bincount(place, weights=ties.weights[crossing], minlength=len(names)) / 2  # from both ends
    part = ties.weights[crossing] / (weights + HALF_CONTACT)[place]
    return Bridges(
        one=(names // max(groups, 1)).astype(np.int32),
        other=(names % max(groups, 1)).astype(np.int32),
        ties=np.bincount(place, minlength=len(names)) // 2,
        weights=weights,
        bridging=np.bincount(ends[crossing], weights=part, minlength=ties.people).astype(np.float64),
    )


def parts(ties: UndirectedTies, labels: NDArray[np.int32], found: Bridges, person: int) -> list[Part]:
    """What somebody's bridging is made of, the largest part first: nothing for who is in no group."""
    own = int(labels[person])
    if own < 0:
        return []
    mine = slice(int(ties.offsets[person]), int(ties.offsets[person + 1]))
    to, weights = labels[ties.neighbours[mine]], ties.weights[mine]
    total = {
        (int(one), int(other)): float(weight)
        for one, other, weight in zip(found.one, found.other, found.weights, strict=True)
        if own in {one, other}
    }
    made = []
    for group in np.unique(to[(to >= 0) & (to != own)]).tolist():
        contact = total[min(own, group), max(own, group)]
        held = float(weights[to == group].sum())
        counted = held / (contact + HALF_CONTACT)
        made.append(Part(group=group, ties=int((to == group).sum()), share=held / contact, counted=counted))
    return sorted(made, key=lambda part: (-part.counted, part.group))


def apart(found: Bridges, sizes: NDArray[np.int64], smallest: int = SMALLEST_GROUP) -> Iterator[tuple[int, int]]:
    """The pairs of groups with no tie between them, the largest groups first; groups under `smallest` are left out."""
    order = [group for group in np.argsort(-sizes, kind="stable").tolist() if sizes[group] >= smallest]
    tied = set(zip(found.one.tolist(), found.other.tolist(), strict=True))
    for total in range(1, 2 * len(order) - 2):
        for place in range(max(0, total - len(order) + 1), (total + 1) // 2):
            one, other = sorted((order[place], order[total - place]))
            if (one, other) not in tied:
                yield one, other


def pairs_apart(found: Bridges, sizes: NDArray[np.int64], smallest: int = SMALLEST_GROUP) -> int:
    """How many pairs of groups have no tie between them; groups under `smallest` are left out."""
    large = sizes >= smallest
    count = int(large.sum())
    return count * (count - 1) // 2 - int((large[found.one] & large[found.other]).sum())


def candidates(ties: UndirectedTies, labels: NDArray[np.int32], one: int, other: int) -> list[Candidate]:
    """Who of two groups is two steps from somebody of the other: those near most of them first, the lowest of equals.

    The way shown is that of the most weight, its two ties multiplied.
    """
    found = []
    for group, beyond in ((one, other), (other, one)):
        members = np.flatnonzero(labels == group)
        near, through, meets = _two_steps(ties.offsets, ties.neighbours, ties.weights, labels, members, beyond)
        found += [
            Candidate(person=int(person), through=int(through[row]), meets=int(meets[row]), within_reach=int(near[row]))
            for row, person in enumerate(members)
            if near[row]
        ]
    return sorted(found, key=lambda each: (-each.within_reach, each.person))


def _crossing(ties: UndirectedTies, labels: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    if len(labels) != ties.people:
        message = f"{len(labels)} labels for {ties.people} people"
        raise ValueError(message)
    ends = np.repeat(np.arange(ties.people, dtype=np.int64), np.diff(ties.offsets))
    mine, theirs = labels[ends], labels[ties.neighbours]
    return ends, (mine >= 0) & (theirs >= 0) & (mine != theirs)


@kernel
def _two_steps(  # noqa: PLR0917 - machine code takes no keywords
    offsets: NDArray[np.int64],
    neighbours: NDArray[np.int32],
    weights: NDArray[np.float64],
    labels: NDArray[np.int32],
    members: NDArray[np.int64],
    beyond: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """For each member how many people of a group are two steps away, and the strongest way: through whom, to whom."""
    near = np.zeros(len(members), dtype=np.int64)
    through, meets = np.full(len(members), -1, dtype=np.int64), np.full(len(members), -1, dtype=np.int64)
    seen = np.full(len(offsets) - 1, -1, dtype=np.int64)
    for row in range(len(members)):
        person, strongest = members[row], 0.0
        for tie in range(offsets[person], offsets[person + 1]):
            middle = neighbours[tie]
            for step in range(offsets[middle], offsets[middle + 1]):
                end = neighbours[step]
                if labels[end] != beyond:
                    continue
                near[row] += seen[end] != row
                seen[end] = row
                if weights[tie] * weights[step] > strongest:
                    strongest = weights[tie] * weights[step]
                    through[row], meets[row] = middle, end
    return near, through, meets
