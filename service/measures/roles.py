"""What part people play among those they are tied to: how near the core, at home in one group or between several.

Ties are without direction here, and each counts once, however much it rests on. Coreness: Seidman (1983), "Network
structure and minimum degree"; worked out by Batagelj and Zaveršnik (2003). Participation coefficient, within-module
degree and the seven roles: Guimerà and Amaral (2005), "Cartography of complex networks: modules and universal roles".
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.communities import UndirectedTies
from service.measures.kernel import kernel

UNGROUPED: Final = -1
"""The label of people who are in no group."""

HUB_Z: Final = 2.5
"""From this within-module degree on, somebody is a hub of their group."""

SMALLEST_GROUP_WITH_A_HUB: Final = 8
"""No z is above the square root of the group's size less one, and so none reaches 2.5 in a smaller group."""

FEWEST_GROUPS_FOR_KINLESS: Final = 6
"""No participation coefficient is above 1 - 1/groups, and so none exceeds 0.8 with fewer groups."""

_NOBODY_ELSE: Final = 1e-9
"""What z may differ by from rounding alone."""


class Cartography(IntEnum):
    """The seven roles; a group's hubs are the last three."""

    ultra_peripheral = 1
    peripheral = 2
    connector = 3
    kinless = 4
    provincial_hub = 5
    connector_hub = 6
    kinless_hub = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Roles:
    """Each person's part among groups; a person in no group has none of it.

    `participation` is 1 - Σ (share of their ties that go to a group)², NaN for people without a tie to anybody in a
    group; `within` is how many standard deviations (of the population) the number of ties inside their group is above
    the group's mean, 0 where all have as many; `roles` are numbers of `Cartography`, 0 where there is none;
    `reachable` are the groups that a person is tied to.
    """

    participation: NDArray[np.float64]
    within: NDArray[np.float64]
    roles: NDArray[np.int8]
    reachable: NDArray[np.int64]
    groups: int
    hubs_possible: NDArray[np.bool_]
    """Whether the person's group is large enough to have a hub."""
    kinless_possible: bool
    """Whether there are groups enough for ties to be spread over them evenly."""


def coreness(ties: UndirectedTies) -> NDArray[np.int32]:
    """The largest k for which each person is in a k-core: people of whom each has k ties to others among them.

    0 without ties. It ignores weights, and grows with activity: compare it with the largest of its time.
    """
    return _coreness(ties.offsets, ties.neighbours)


def roles(ties: UndirectedTies, labels: NDArray[np.int32]) -> Roles:
    """The part that each person plays among the groups that `labels` number from 0; UNGROUPED is in none.

    Ties to people in no group count for nothing. ValueError where there is not one label a person.
    """
    if len(labels) != ties.people:
        message = f"{len(labels)} labels for {ties.people} people"
        raise ValueError(message)
    groups = int(labels.max(initial=UNGROUPED)) + 1
    sizes = np.bincount(labels[labels >= 0], minlength=groups)
    present = int((sizes > 0).sum())
    squares, inside, counted, reachable = _spread(ties.offsets, ties.neighbours, labels, groups)
    grouped = labels >= 0
    with np.errstate(divide="ignore", invalid="ignore"):
        participation = np.where(grouped & (counted > 0), 1 - squares / counted.astype(np.float64) ** 2, np.nan)
    within = _standardised(inside, labels, groups)
    hubs_possible = np.where(grouped, sizes[labels] if groups else 0, 0) >= SMALLEST_GROUP_WITH_A_HUB
    return Roles(
        participation=participation,
        within=within,
        roles=_cartography(participation, within),
        reachable=reachable,
        groups=present,
        hubs_possible=hubs_possible,
        kinless_possible=present >= FEWEST_GROUPS_FOR_KINLESS,
    )


def _standardised(inside: NDArray[np.int64], labels: NDArray[np.int32], groups: int) -> NDArray[np.float64]:
    """How far each number is above its group's mean, in the group's standard deviations; NaN for the ungrouped."""
    found = np.full(len(labels), np.nan)
    grouped = labels >= 0
    if not grouped.any():
        return found
    own, numbers = labels[grouped], inside[grouped].astype(np.float64)
    sizes = np.maximum(np.bincount(own, minlength=groups), 1)
    mean = np.bincount(own, weights=numbers, minlength=groups) / sizes
    away = numbers - mean[own]
    deviation = np.sqrt(np.bincount(own, weights=away**2, minlength=groups) / sizes)
    found[grouped] = np.where(deviation[own] > _NOBODY_ELSE, away / np.maximum(deviation[own], _NOBODY_ELSE), 0.0)
    return found


def _cartography(participation: NDArray[np.float64], within: NDArray[np.float64]) -> NDArray[np.int8]:
    """The role of each pair of P and z; a P on a boundary belongs to the role below it."""
    placed = ~np.isnan(participation)
    hub = within >= HUB_Z
    ordinary = np.searchsorted([0.05, 0.62, 0.80], np.nan_to_num(participation), side="left") + 1
    central = np.searchsorted([0.30, 0.75], np.nan_to_num(participation), side="left") + Cartography.provincial_hub
    return np.where(placed, np.where(hub, central, ordinary), 0).astype(np.int8)


@kernel
def _coreness(offsets: NDArray[np.int64], neighbours: NDArray[np.int32]) -> NDArray[np.int32]:
    """Take away whoever has fewest ties left, again and again (bucket by bucket); what they had left is their core."""
    people = len(offsets) - 1
    left = np.zeros(people, dtype=np.int32)
    most = 0
    for person in range(people):
        left[person] = offsets[person + 1] - offsets[person]
        most = max(most, left[person])
    starts = np.zeros(most + 2, dtype=np.int64)
    for person in range(people):
        starts[left[person] + 1] += 1
    for count in range(most + 1):
        starts[count + 1] += starts[count]
    order, place = np.empty(people, dtype=np.int64), np.empty(people, dtype=np.int64)
    following = starts.copy()
    for person in range(people):
        place[person] = following[left[person]]
        order[place[person]] = person
        following[left[person]] += 1
    for position in range(people):
        person = order[position]
        for tie in range(offsets[person], offsets[person + 1]):
            other = neighbours[tie]
            if left[other] > left[person]:
                first = starts[left[other]]
                displaced = order[first]
                order[first], order[place[other]] = other, displaced
                place[displaced], place[other] = place[other], first
                starts[left[other]] += 1
                left[other] -= 1
    return left


@kernel
def _spread(
    offsets: NDArray[np.int64], neighbours: NDArray[np.int32], labels: NDArray[np.int32], groups: int
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """For each person: Σ (ties to a group)², ties inside their own, ties to any, and how many groups those are."""
    people = len(offsets) - 1
    squares = np.zeros(people, dtype=np.float64)
    inside = np.zeros(people, dtype=np.int64)
    counted = np.zeros(people, dtype=np.int64)
    reached = np.zeros(people, dtype=np.int64)
    to = np.zeros(groups, dtype=np.int64)
    for person in range(people):
        for tie in range(offsets[person], offsets[person + 1]):
            group = labels[neighbours[tie]]
            if group >= 0:
                squares[person] += 2 * to[group] + 1
                reached[person] += to[group] == 0
                to[group] += 1
                counted[person] += 1
        if labels[person] >= 0:
            inside[person] = to[labels[person]]
        for tie in range(offsets[person], offsets[person + 1]):
            if labels[neighbours[tie]] >= 0:
                to[labels[neighbours[tie]]] = 0
    return squares, inside, counted, reached
