"""The independent cascade in plain Python: exactly, by going through every throw of all the coins, or simulated."""

import random
from collections.abc import Collection, Iterator, Mapping
from itertools import product

import networkx as nx
import numpy as np

from service.measures.completion import TieNetwork, tie_network

Ties = Mapping[tuple[int, int], float]

PUBLISHED: Ties = {(0, 1): 0.5, (1, 2): 0.5, (0, 2): 0.3, (2, 3): 0.4, (3, 1): 0.2}
"""From 0 it reaches 2.177 people, from 0 and 3 together 3.11, those who tell among them."""


def network_of(people: int, ties: Ties) -> TieNetwork:
    """The same ties as arrays."""
    pairs = sorted(ties)
    offsets = np.searchsorted([teller for teller, _ in pairs], np.arange(people + 1))
    return tie_network(
        offsets.astype(np.int64),
        np.array([listener for _, listener in pairs], dtype=np.int32),
        np.array([ties[pair] for pair in pairs], dtype=np.float64),
    )


def drawn_ties(dice: random.Random, people: int, most: int) -> dict[tuple[int, int], float]:
    """Some ties with chances, among them certain ones and ones that carry nothing."""
    pairs = [(one, other) for one in range(people) for other in range(people) if one != other]
    return {
        pair: dice.choice([0.0, 1.0, dice.random(), dice.random(), dice.random()])
        for pair in dice.sample(pairs, dice.randint(0, min(most, len(pairs))))
    }


def worlds(people: int, ties: Ties) -> Iterator[tuple[float, list[set[int]]]]:
    """Every throw of the coins: its chance, and whom each person reaches in it, themselves among them."""
    for thrown in product((False, True), repeat=len(ties)):
        chance = 1.0
        graph = nx.DiGraph()
        graph.add_nodes_from(range(people))
        for (pair, likely), falls in zip(ties.items(), thrown, strict=True):
            chance *= likely if falls else 1 - likely
            if falls:
                graph.add_edge(*pair)
        if chance:
            yield chance, [{person, *nx.descendants(graph, person)} for person in range(people)]


def reached_in(world: list[set[int]], tellers: Collection[int]) -> set[int]:
    """Whom the tellers reach together in one throw of the coins."""
    return set().union(*(world[teller] for teller in tellers))


def exact(people: int, ties: Ties, tellers: Collection[int], counted: Collection[int] | None = None) -> float:
    """The expected number of people reached, of those who count."""
    who = set(range(people)) if counted is None else set(counted)
    return sum(chance * len(reached_in(world, tellers) & who) for chance, world in worlds(people, ties))


def simulated(dice: random.Random, ties: Ties, tellers: Collection[int]) -> set[int]:
    """Whom one run reaches: everybody tells once when they have taken it up, as Kempe and others describe it."""
    following: dict[int, list[int]] = {}
    for teller, listener in ties:
        following.setdefault(teller, []).append(listener)
    reached, telling = set(tellers), list(tellers)
    while telling:
        taken_up = list[int]()
        for teller in telling:
            for listener in following.get(teller, []):
                if listener not in reached and dice.random() < ties[teller, listener]:
                    reached.add(listener)
                    taken_up.append(listener)
        telling = taken_up
    return reached
