"""Who stands between whom: the gaps that people's ties span, and for which groups they pass things on.

Constraint: Burt (1992), "Structural holes". Brokerage roles: Gould and Fernandez (1989), "Structures of mediation: a
formal approach to brokerage in transaction networks".
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from service.measures.communities import UndirectedTies
from service.measures.kernel import kernel
from service.measures.ties import Ties


class BrokerageRole(IntEnum):
    """The five ways of standing between a teller and a listener who are not tied, by the groups of the three.

    The numbers are the columns of `brokerage`.
    """

    coordinator = 0
    """All three are of one group."""
    itinerant = 1
    """The two are of one group, and the broker is of another."""
    gatekeeper = 2
    """Lets into their own group what an outsider tells."""
    representative = 3
    """Carries out of their own group what an insider tells."""
    liaison = 4
    """All three are of different groups."""


def constraint(ties: UndirectedTies) -> NDArray[np.float64]:
    """How far each person's ties lead to people who are tied to each other (Burt, 1992); NaN for who has none.

    The sum, over the people that somebody is tied to, of (the share of their own ties that goes to that person, plus
    what goes there by way of others)²: shares of weight. Low is open, 1 for a single tie; it may exceed 1.
    """
    return _constraint(ties.offsets, ties.neighbours, ties.weights)


def brokerage(ties: Ties, labels: NDArray[np.int32]) -> NDArray[np.int64]:
    """How often each person stands in each of the five ways between two others: people by `BrokerageRole`.

    Counted for each a → v → b in which a tells v and v tells b, unless a tells b as well. Whoever has the label -1 is
    in no group, and what they are part of is not counted. ValueError where there is not one label a person.
    """
    if len(labels) != ties.people:
        message = f"{len(labels)} labels for {ties.people} people"
        raise ValueError(message)
    return _brokerage(ties.offsets, ties.listeners, labels)


@kernel
def _constraint(
    offsets: NDArray[np.int64], neighbours: NDArray[np.int32], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    people = len(offsets) - 1
    total = np.zeros(people, dtype=np.float64)
    for person in range(people):
        for tie in range(offsets[person], offsets[person + 1]):
            total[person] += weights[tie]
    found = np.full(people, np.nan)
    share = np.zeros(people, dtype=np.float64)
    tied_to = np.full(people, -1, dtype=np.int64)
    for person in range(people):
        first, end = offsets[person], offsets[person + 1]
        if first == end:
            continue
        for tie in range(first, end):
            tied_to[neighbours[tie]] = person
            share[neighbours[tie]] = weights[tie] / total[person]
        for tie in range(first, end):
            other = neighbours[tie]
            through = weights[tie] / total[person] / total[other]
            for step in range(offsets[other], offsets[other + 1]):
                if tied_to[neighbours[step]] == person:
                    share[neighbours[step]] += through * weights[step]
        found[person] = 0.0
        for tie in range(first, end):
            found[person] += share[neighbours[tie]] ** 2
    return found


@kernel
def _brokerage(
    offsets: NDArray[np.int64], listeners: NDArray[np.int32], labels: NDArray[np.int32]
) -> NDArray[np.int64]:
    people = len(offsets) - 1
    found = np.zeros((people, 5), dtype=np.int64)
    heard_from = np.full(people, -1, dtype=np.int64)
    for teller in range(people):
        if labels[teller] < 0:
            continue
        for tie in range(offsets[teller], offsets[teller + 1]):
            heard_from[listeners[tie]] = teller
        for tie in range(offsets[teller], offsets[teller + 1]):
            broker = listeners[tie]
            if labels[broker] < 0:
                continue
            for step in range(offsets[broker], offsets[broker + 1]):
                listener = listeners[step]
                if listener != teller and labels[listener] >= 0 and heard_from[listener] != teller:
                    found[broker, _way(labels[teller], labels[broker], labels[listener])] += 1
    return found


@kernel
def _way(teller: int, broker: int, listener: int) -> int:
    """The column for the groups of the three."""
    if teller == listener:
        return 0 if broker == teller else 1
    if broker == listener:
        return 2
    return 3 if broker == teller else 4
