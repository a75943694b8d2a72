"""What is left of the way: the least cost from people to a target within each number of hops.

Costs are whole numbers, so that sums are exact whichever end they start from: -log2 of a probability in units of
2^-40 bit, and in the six lowest binary places the number of ties. The least cost is thus the highest probability and,
among ways of equal probability, the one with the fewest ties.

The table is filled by dynamic programming over hops (Bellman, 1957), from the targets backwards, and only for those
pairs of person and hops that a way from the source can use: half of the hops by walking back from the targets, the
other half on the people near the source, split where it costs the least.

Where a way has to meet certain people, the table has a further side: which of them were met already (as Held and Karp,
1962, keep which cities were visited). A few people make few such sets: two for one person, eight for three.
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
"""Nothing leads on from the last two."""

_UNITS_A_BIT: Final = 2.0**40
_PLACES_FOR_HOPS: Final = 6


class Direction(NamedTuple):
    """Ties in compressed sparse rows, seen from one end: whom they lead to and what they cost."""

    offsets: NDArray[np.int64]
    ends: NDArray[np.int32]
    costs: NDArray[np.int64]


class TieNetwork(NamedTuple):
    """Ties made ready for searches: from tellers to listeners, and back from listeners to tellers.

    `probabilities` are of what is told first-hand. What somebody has taken up and passes on is taken up `onward` times
    as likely. Costs are those of passing on: a way has one first step, which makes the same difference to all of them.
    """

    forward: Direction
    backward: Direction
    probabilities: NDArray[np.float64]
    onward: float


class Parts(NamedTuple):
    """Who plays what part in a search: a role for each person, and a mark for each who has to be met.

    A mark is a power of two, 0 for those who may be left out. A set of people who were met is the sum of their marks,
    and `all_met` that of all marks.
    """

    roles: NDArray[np.uint8]
    marks: NDArray[np.uint8]
    all_met: int


class Completion(NamedTuple):
    """`table[slots[person], hops, met]` is the least cost from a person to a target in at most so many hops.

    `met` are the marks of those who were met up to that person, who is among them. People who can't be on the way have
    slot -1. `steps` is the number of ties that were looked at.
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
    offsets: NDArray[np.int64],
    listeners: NDArray[np.int32],
    probabilities: NDArray[np.float64],
    onward: float = 1.0,
) -> TieNetwork:
    """Make ties in compressed sparse rows (by teller, listeners in order, one tie a pair) ready for searches.

    A tie of probability 0 carries nothing. ValueError for a probability outside 0 to 1, or an `onward` that is not
    above 0 and at most 1.
    """
    if not ((probabilities >= 0) & (probabilities <= 1)).all() or not 0 < onward <= 1:
        message = "a probability has to be from 0 to 1, and that of passing on above 0 to 1 times as much"
        raise ValueError(message)
    costs = np.full(len(probabilities), UNREACHABLE, dtype=np.int64)
    possible = probabilities > 0
    bits = np.rint(-np.log2(probabilities[possible] * onward) * _UNITS_A_BIT).astype(np.int64)
    costs[possible] = (bits << _PLACES_FOR_HOPS) + 1
    forward = Direction(offsets=offsets, ends=listeners, costs=costs)
    return TieNetwork(forward=forward, backward=_reversed(forward), probabilities=probabilities, onward=onward)


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
    network: TieNetwork, parts: Parts, source: int, targets: NDArray[np.int32], hops: int
) -> Completion:
    """The least costs from people to a target for whoever is on a way of at most `hops` ties from the source.

    Ways end at the first target, having met all who are marked, do not come back to the source and do not touch the
    blocked; the roles are TARGET exactly for `targets`.
    """
    centre = np.empty(1, dtype=np.int32)
    centre[0] = source
    roles = parts.roles
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
    table = np.full((count, hops + 1, parts.all_met + 1), UNREACHABLE, dtype=np.int64)
    for target in targets:
        for layer in range(hops + 1):
            table[slots[target], layer, parts.all_met] = 0
    for layer in range(1, far_depth + 1):
        steps += _push(network.backward, parts, far, _Filling(slots, table, layer))
    for layer in range(far_depth + 1, hops + 1):
        steps += _pull(network.forward, parts, near, near.layer_ends[hops - layer], _Filling(slots, table, layer))
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
def _push(direction: Direction, parts: Parts, ball: _Ball, filling: _Filling) -> int:
    """Fill a column by walking back from all whose cost the column before has changed; counts the ties looked at."""
    slots, table, layer = filling
    steps = 0
    for position in range(ball.layer_ends[layer]):
        slot = slots[ball.people[position]]
        for met in range(parts.all_met + 1):
            table[slot, layer, met] = min(table[slot, layer, met], table[slot, layer - 1, met])
    for position in range(ball.layer_ends[layer - 1]):
        person = ball.people[position]
        if parts.roles[person] == SOURCE:
            continue
        slot, mark = slots[person], parts.marks[person]
        for met in range(parts.all_met + 1):
            rest = table[slot, layer - 1, met]
            settled = layer > 1 and rest == table[slot, layer - 2, met]
            if not settled and rest < UNREACHABLE and met & mark == mark:
                _push_from(direction, parts, person, _Filling(slots, table, layer), met)
                steps += direction.offsets[person + 1] - direction.offsets[person]
    return steps


@kernel
def _push_from(direction: Direction, parts: Parts, person: int, filling: _Filling, met: int) -> None:
    """Offer a person's cost to all who tell them something, before whom they had not been met."""
    slots, table, layer = filling
    rest = table[slots[person], layer - 1, met]
    before = met - parts.marks[person]
    for tie in range(direction.offsets[person], direction.offsets[person + 1]):
        other = direction.ends[tie]
        if parts.roles[other] < TARGET and direction.costs[tie] != UNREACHABLE:
            slot = slots[other]
            table[slot, layer, before] = min(table[slot, layer, before], direction.costs[tie] + rest)


@kernel
def _pull(direction: Direction, parts: Parts, ball: _Ball, size: int, filling: _Filling) -> int:
    """Fill a column for the first people of a ball by looking at all whom they tell; counts the ties looked at."""
    table = filling.table
    steps = 0
    for position in range(size):
        person = ball.people[position]
        if parts.roles[person] == TARGET:
            continue
        slot, mark = filling.slots[person], parts.marks[person]
        for met in range(parts.all_met + 1):
            if met & mark == mark:
                best = _least_onward(direction, parts, person, filling, met)
                table[slot, filling.layer, met] = min(best, table[slot, filling.layer - 1, met])
                steps += direction.offsets[person + 1] - direction.offsets[person]
    return steps


@kernel
def _least_onward(direction: Direction, parts: Parts, person: int, filling: _Filling, met: int) -> int:
    """The least cost by way of any of those whom a person tells and who have not been met yet."""
    slots, table, layer = filling
    best = UNREACHABLE
    for tie in range(direction.offsets[person], direction.offsets[person + 1]):
        other = direction.ends[tie]
        if slots[other] < 0 or parts.roles[other] == SOURCE or direction.costs[tie] == UNREACHABLE:
            continue
        mark = parts.marks[other]
        if met & mark == 0:
            best = min(best, direction.costs[tie] + table[slots[other], layer - 1, met | mark])
    return best
