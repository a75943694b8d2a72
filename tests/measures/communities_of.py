"""Ties for the tests of communities: of graphs, and of the e-mail network with its departments."""

import os
from pathlib import Path

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from service.measures.communities import UndirectedTies, undirected
from service.measures.ties import Evidence, ties_at

SHARED_DATA = Path(os.environ.get("RETELL_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
EMAIL = SHARED_DATA / "email-eu-core"


def tied(people: int, listeners: NDArray[np.int32], tellers: NDArray[np.int32]) -> UndirectedTies:
    evidence = Evidence(
        listeners=listeners,
        tellers=tellers,
        kinds=np.zeros(len(listeners), dtype=np.int8),
        times=np.full(len(listeners), np.nan),
    )
    return undirected(ties_at(evidence, people=people, as_of=0.0, kind_weights=np.ones(1)))


def tied_as(graph: nx.Graph) -> UndirectedTies:
    pairs = np.array(list(graph.edges), dtype=np.int32).reshape(-1, 2)
    return tied(len(graph), pairs[:, 0].copy(), pairs[:, 1].copy())


def graph_of(ties: UndirectedTies) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(ties.people))
    for person in range(ties.people):
        for place in range(ties.offsets[person], ties.offsets[person + 1]):
            graph.add_edge(person, int(ties.neighbours[place]), weight=float(ties.weights[place]))
    return graph


def random_ties(generator: np.random.Generator, people: int, density: float) -> UndirectedTies:
    count = generator.binomial(people * people, density)
    return tied(people, *generator.integers(people, size=(2, count), dtype=np.int32))


def email() -> tuple[UndirectedTies, NDArray[np.int32]]:
    """Who wrote to whom, and the department of each."""
    mails = np.loadtxt(EMAIL / "email-Eu-core.txt", dtype=np.int32)
    placed = np.loadtxt(EMAIL / "email-Eu-core-department-labels.txt", dtype=np.int32)
    departments = placed[np.argsort(placed[:, 0]), 1]
    return tied(len(departments), mails[:, 1].copy(), mails[:, 0].copy()), departments
