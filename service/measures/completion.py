"""What is left of the way: the least cost from people to a target within each number of hops.

Costs are whole numbers, so that sums are exact whichever end they start from: -log2 of a probability in units of
2^-40 bit, and in the six lowest binary places the number of ties. The least cost is thus the highest probability and,
among ways of equal probability, the one with the fewest ties.

The table is filled by dynamic programming over hops (Bellman, 1957), from the targets backwards, and only for those
pairs of person and hops that a way from the source can use: half of the hops by walking back from the targets, the
other half on the people near the source, split where it costs the least.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.measures.kernel import kernel

UNREACHABLE: Final = 2**62
"""More than any way can cost, and small enough to add to."""

PLAIN: Final = 0
SOURCE: Final = 1
TARGET: Final = 2
BLOCKED: Final = 3

_UNITS_A_BIT: Final = 2.0**40
_PLACES_FOR_HOPS: Final = 6


class Direction(NamedTuple):
    """Ties in compressed sparse rows, seen from one end: whom they lead to and what they cost."""

    offsets: NDArray[np.int64]
    ends: NDArray[np.int32]
    costs: NDArray[np.int64]


class TieNetwork(NamedTuple):
    """Ties made ready for searches: from tellers to listeners, and back from listeners to tellers."""

    forward: Direction
    backward: Direction
    probabilities: NDArray[np.float64]


class Completion(NamedTuple):
    """`table[slots[person], hops]` is the least cost from a person to a target in at most so many hops.

    People who can't be on the way have slot -1. `steps` is the number of ties that were looked at.
    """

    slots: NDArray[np.int32]
    table: NDArray[np.int64]
    steps: int


class _Ball(NamedTuple):
    """People around a centre, the nearest first; `layer_ends[d]` of them are at most d hops away."""

    people: NDArray[np.int32]
    layer_ends: NDArray[np.int64]
    inside: NDArray[np.bool_]


class _Filling(NamedTuple):
    """A table of completion costs and the number of hops whose column is to be filled next."""

    slots: NDArray[np.int32]
    table: NDArray[np.int64]
    layer: int


def tie_network(
    offsets: NDArray[np.int64], listeners: NDArray[np.int32], probabilities: NDArray[np.float64]
) -> TieNetwork:
    """Make ties in compressed sparse rows (by teller, listeners in order, one tie a pair) ready for searches.

    A tie of probability 0 carries nothing. ValueError for a probability outside 0 to 1.
    """
    if not ((probabilities >= 0) & (probabilities <= 1)).all():
        message = "a probability has to be from 0 to 1"
        raise ValueError(message)
    costs = np.full(len(probabilities), UNREACHABLE, dtype=np.int64)
    possible = probabilities > 0
    bits = np.rint(-np.log2(probabilities[possible]) * _UNITS_A_BIT).astype(np.int64)
    costs[possible] = (bits << _PLACES_FOR_HOPS) + 1
    forward = Direction(offsets=offsets, ends=listeners, costs=costs)
    return TieNetwork(forward=forward, backward=_reversed(forward), probabilities=probabilities)


@kernel
def _reversed(direction: Direction) -> Direction:
    """The same ties seen from their other end."""
    people = len(direction.offsets) - 1
    offsets = np.zeros(people + 1, dtype=np.int64)
    for tie in range(len(direction.ends)):
        offsets[direction.ends[tie] + 1] += 1
    for person in range(people):
        offsets[person + 1] += offsets[person]
    place = offsets.copy()
    ends = np.empty_like(direction.ends)
    costs = np.empty_like(direction.costs)
    for person in range(people):
        for tie in range(direction.offsets[person], direction.offsets[person + 1]):
            other = direction.ends[tie]
            ends[place[other]] = person
            costs[place[other]] = direction.costs[tie]
            place[other] += 1
    return Direction(offsets, ends, costs)


@kernel
def completion_costs(
    network: TieNetwork, roles: NDArray[np.uint8], source: int, targets: NDArray[np.int32], hops: int
) -> Completion:
    """The least costs from people to a target for whoever is on a way of at most `hops` ties from the source.

    Ways end at the first target, do not come back to the source and do not touch the blocked; `roles` says who is
    what, and is of role TARGET exactly for `targets`.
    """
    centre = np.empty(1, dtype=np.int32)
    centre[0] = source
    near = _ball(len(roles), centre, hops)
    far = _ball(len(roles), targets, hops)
    near_depth = far_depth = 0
    steps = 0
    while near_depth + far_depth < hops - 1:
        near_work = _work(network.forward, near, near_depth)
        far_work = _work(network.backward, far, far_depth)
        if far_work <= near_work:
            _widen(network.backward, roles, SOURCE, far, far_depth)
            far_depth += 1
        else:
            _widen(network.forward, roles, TARGET, near, near_depth)
            near_depth += 1
        steps += min(near_work, far_work)
    slots, count = _slots(near, near_depth, far, far_depth)
    table = np.full((count, hops + 1), UNREACHABLE, dtype=np.int64)
    for target in targets:
        for layer in range(hops + 1):
            table[slots[target], layer] = 0
    for layer in range(1, far_depth + 1):
        steps += _push(network.backward, roles, far, _Filling(slots, table, layer))
    for layer in range(far_depth + 1, hops + 1):
        steps += _pull(network.forward, roles, near, near.layer_ends[hops - layer], _Filling(slots, table, layer))
    return Completion(slots, table, steps)


@kernel
def _ball(people: int, centre: NDArray[np.int32], hops: int) -> _Ball:
    """Only the centre."""
    ball = _Ball(np.empty(people, dtype=np.int32), np.zeros(hops + 1, dtype=np.int64), np.zeros(people, dtype=np.bool_))
    for position in range(len(centre)):
        ball.people[position] = centre[position]
        ball.inside[centre[position]] = True
    ball.layer_ends[0] = len(centre)
    return ball


@kernel
def _work(direction: Direction, ball: _Ball, depth: int) -> int:
    """How many ties leave the ball's outermost layer."""
    start = ball.layer_ends[depth - 1] if depth > 0 else 0
    ties = 0
    for position in range(start, ball.layer_ends[depth]):
        person = ball.people[position]
        ties += direction.offsets[person + 1] - direction.offsets[person]
    return ties


@kernel
def _widen(direction: Direction, roles: NDArray[np.uint8], closed: int, ball: _Ball, depth: int) -> None:
    """Add the people one hop beyond the outermost layer; nothing passes through those of the role `closed`."""
    start = ball.layer_ends[depth - 1] if depth > 0 else 0
    size = ball.layer_ends[depth]
    for position in range(start, ball.layer_ends[depth]):
        person = ball.people[position]
        if roles[person] == closed:
            continue
        for tie in range(direction.offsets[person], direction.offsets[person + 1]):
            other = direction.ends[tie]
            if ball.inside[other] or roles[other] == BLOCKED or direction.costs[tie] == UNREACHABLE:
                continue
            ball.inside[other] = True
            ball.people[size] = other
            size += 1
    ball.layer_ends[depth + 1] = size


@kernel
def _slots(near: _Ball, near_depth: int, far: _Ball, far_depth: int) -> tuple[NDArray[np.int32], int]:
    """A row of the table for each person in either ball, and how many rows that makes."""
    slots = np.full(len(near.inside), -1, dtype=np.int32)
    count = 0
    for position in range(far.layer_ends[far_depth]):
        person = far.people[position]
        slots[person] = count
        count += 1
    for position in range(near.layer_ends[near_depth]):
        person = near.people[position]
        if slots[person] < 0:
            slots[person] = count
            count += 1
    return slots, count


@kernel
def _push(direction: Direction, roles: NDArray[np.uint8], ball: _Ball, filling: _Filling) -> int:
    """Fill a column by walking back from all whose cost the column before has changed; counts the ties looked at."""
    slots, table, layer = filling
    steps = 0
    for position in range(ball.layer_ends[layer]):
        slot = slots[ball.people[position]]
        table[slot, layer] = min(table[slot, layer], table[slot, layer - 1])
    for position in range(ball.layer_ends[layer - 1]):
        person = ball.people[position]
        rest = table[slots[person], layer - 1]
        settled = layer > 1 and rest == table[slots[person], layer - 2]
        if settled or roles[person] == SOURCE:
            continue
        for tie in range(direction.offsets[person], direction.offsets[person + 1]):
            other = direction.ends[tie]
            steps += 1
            if roles[other] != BLOCKED and direction.costs[tie] != UNREACHABLE:
                slot = slots[other]
                table[slot, layer] = min(table[slot, layer], direction.costs[tie] + rest)
    return steps


@kernel
def _pull(direction: Direction, roles: NDArray[np.uint8], ball: _Ball, size: int, filling: _Filling) -> int:
    """Fill a column for the first people of a ball by looking at all whom they tell; counts the ties looked at."""
    slots, table, layer = filling
    steps = 0
    for position in range(size):
        person = ball.people[position]
        if roles[person] == TARGET:
            continue
        best = table[slots[person], layer - 1]
        for tie in range(direction.offsets[person], direction.offsets[person + 1]):
            other = direction.ends[tie]
            steps += 1
            if slots[other] < 0 or roles[other] == SOURCE or direction.costs[tie] == UNREACHABLE:
                continue
            best = min(best, direction.costs[tie] + table[slots[other], layer - 1])
        table[slots[person], layer] = best
    return steps
