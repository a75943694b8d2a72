"""The independent cascade in plain Python: exactly, by going through every throw of all the coins, or simulated.

Who tells is heard first-hand; whoever has taken it up passes it on, and is heard `onward` times as often.
"""

import random
from collections.abc import Collection, Iterator, Mapping
from itertools import product

import networkx as nx
import numpy as np

from service.measures.completion import TieNetwork, tie_network

Ties = Mapping[tuple[int, int], float]

PUBLISHED: Ties = {(0, 1): 0.5, (1, 2): 0.5, (0, 2): 0.3, (2, 3): 0.4, (3, 1): 0.2}
"""From 0 it reaches 2.177 people, from 0 and 3 together 3.11, those who tell among them."""


def network_of(people: int, ties: Ties, onward: float = 1.0) -> TieNetwork:
    """The same ties as arrays."""
    pairs = sorted(ties)
    offsets = np.searchsorted([teller for teller, _ in pairs], np.arange(people + 1))
    return tie_network(
        offsets.astype(np.int64),
        np.array([listener for _, listener in pairs], dtype=np.int32),
        np.array([ties[pair] for pair in pairs], dtype=np.float64),
        onward,
    )


def drawn_ties(dice: random.Random, people: int, most: int) -> dict[tuple[int, int], float]:
    """Some ties with chances, among them certain ones and ones that carry nothing."""
    pairs = [(one, other) for one in range(people) for other in range(people) if one != other]
    return {
        pair: dice.choice([0.0, 1.0, dice.random(), dice.random(), dice.random()])
        for pair in dice.sample(pairs, dice.randint(0, min(most, len(pairs))))
    }


def worlds(people: int, ties: Ties, onward: float = 1.0) -> Iterator[tuple[float, list[set[int]]]]:
    """Every throw of the coins: its chance, and whom each person reaches in it, themselves among them.

    A tie carries whatever comes along, or only what is told first-hand, or nothing.
    """
    kinds = ("anything", "first-hand", "nothing") if onward < 1 else ("anything", "nothing")
    for thrown in product(kinds, repeat=len(ties)):
        chance = 1.0
        told, passed = nx.DiGraph(), nx.DiGraph()
        told.add_nodes_from(range(people))
        passed.add_nodes_from(range(people))
        for (pair, likely), falls in zip(ties.items(), thrown, strict=True):
            chance *= {"anything": likely * onward, "first-hand": likely * (1 - onward), "nothing": 1 - likely}[falls]
            if falls != "nothing":
                told.add_edge(*pair)
            if falls == "anything":
                passed.add_edge(*pair)
        if chance:
            yield (
                chance,
                [
                    {person}.union(*({heard, *nx.descendants(passed, heard)} for heard in told[person]))
                    for person in range(people)
                ],
            )


def reached_in(world: list[set[int]], tellers: Collection[int]) -> set[int]:
    """Whom the tellers reach together in one throw of the coins."""
    return set().union(*(world[teller] for teller in tellers))


def exact(
    people: int, ties: Ties, tellers: Collection[int], counted: Collection[int] | None = None, *, onward: float = 1.0
) -> float:
    """The expected number of people reached, of those who count."""
    who = set(range(people)) if counted is None else set(counted)
    return sum(chance * len(reached_in(world, tellers) & who) for chance, world in worlds(people, ties, onward))


def simulated(dice: random.Random, ties: Ties, tellers: Collection[int], onward: float = 1.0) -> set[int]:
    """Whom one run reaches: everybody passes it on once they have taken it up, as Kempe and others describe it."""
    following: dict[int, list[int]] = {}
    for teller, listener in ties:
        following.setdefault(teller, []).append(listener)
    reached, telling = set(tellers), list(tellers)
    while telling:
        taken_up = list[int]()
        for teller in telling:
            for listener in following.get(teller, []):
                often = 1.0 if teller in tellers else onward
                if listener not in reached and dice.random() < ties[teller, listener] * often:
                    reached.add(listener)
                    taken_up.append(listener)
        telling = taken_up
    return reached
