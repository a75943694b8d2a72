"""Roles and measures of people among groups, beside networkx, igraph and networkit: `python benchmarks/roles.py`.

What a peer does not have stands as a dash; so does what would take it minutes (betweenness at 20,000: networkit's exact
one 293 s where igraph took 60, its sampled one 12 s at 2,000). networkit is not among the tested packages: install it
to see its column.
"""

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.paths import network
from service.measures.bridges import bridges
from service.measures.brokerage import brokerage, constraint
from service.measures.centrality import betweenness, exact_betweenness, sampled_betweenness
from service.measures.communities import UndirectedTies, undirected
from service.measures.participation import Spans, Told, outcome, positions, windows
from service.measures.rank_ranges import rank_ranges
from service.measures.roles import coreness, roles
from service.measures.ties import Evidence, Ties

networkit: Any = import_module("networkit") if find_spec("networkit") else None

SIZES = ((2_000, 7_500), (20_000, 75_000))
SLOW = 5_000
"""Beyond so many people networkx and networkit are not asked for what they take minutes for."""
GROUP = 100
PEER_ERROR = 0.01
"""The error at which networkit's sampled betweenness is asked; at half of it it takes four to eight times as long."""


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds and result."""
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, made


def as_igraph(ties: UndirectedTies) -> igraph.Graph:
    ends = np.repeat(np.arange(ties.people), np.diff(ties.offsets))
    once = ends < ties.neighbours
    graph = igraph.Graph(n=ties.people, edges=np.c_[ends[once], ties.neighbours[once]])
    graph.es["weight"] = ties.weights[once]
    return graph


def as_networkx(ties: UndirectedTies) -> nx.Graph:
    graph = nx.empty_graph(ties.people)
    ends = np.repeat(np.arange(ties.people), np.diff(ties.offsets))
    graph.add_weighted_edges_from(zip(ends.tolist(), ties.neighbours.tolist(), ties.weights.tolist(), strict=True))
    return graph


def as_networkit(ties: UndirectedTies) -> Any:
    graph = networkit.Graph(ties.people)
    ends = np.repeat(np.arange(ties.people), np.diff(ties.offsets))
    for one, other in zip(ends.tolist(), ties.neighbours.tolist(), strict=True):
        if one < other:
            graph.addEdge(one, other)
    networkit.setNumberOfThreads(1)
    return graph


def compared(
    name: str, own: Callable[[], NDArray[Any]], peers: dict[str, Callable[[], Any]], *, equal: float
) -> tuple[float, NDArray[Any]]:
    """Print a row: our seconds, and each peer's with its ratio; whoever answers has to agree to within `equal`."""
    seconds, found = timed(own)
    line = f"{name:34} {seconds:9.4f}"
    for peer in ("networkx", "igraph", "networkit"):
        if peer not in peers:
            line += f"{'-':>20}"
            continue
        taken, theirs = timed(peers[peer])
        assert np.allclose(found, np.asarray(theirs, dtype=float), atol=equal, rtol=0, equal_nan=True), (name, peer)
        line += f"{taken:11.3f} ({taken / seconds:5.0f}x)"
    print(line, flush=True)
    return seconds, found


def in_order(values: dict[int, float]) -> list[float]:
    return [values[person] for person in range(len(values))]


def measured(ties: Ties, labels: NDArray[np.int32]) -> None:
    """Each measure beside those who have it."""
    both = undirected(ties)
    people = both.people
    few = people <= SLOW
    theirs, graph = as_igraph(both), as_networkx(both)
    kit = None if networkit is None else as_networkit(both)
    scale = max((people - 1) * (people - 2) / 2, 1)
    print(f"\n{people:,} people, {len(ties.listeners):,} ties; seconds (how many times as long as Retell)")
    print(f"{'':34} {'Retell':>9}{'networkx':>20}{'igraph':>20}{'networkit':>20}")
    cores = {"networkx": lambda: in_order(nx.core_number(graph)), "igraph": theirs.coreness}
    if kit is not None:
        cores["networkit"] = lambda: networkit.centrality.CoreDecomposition(kit).run().scores()
    compared("coreness", lambda: coreness(both), cores, equal=0)
    holes: dict[str, Callable[[], Any]] = {"igraph": lambda: theirs.constraint(weights="weight")}
    if few:
        holes["networkx"] = lambda: in_order(nx.constraint(graph, weight="weight"))
    compared("constraint", lambda: constraint(both), holes, equal=1e-9)
    compared("participation and z", lambda: roles(both, labels).participation, {}, equal=0)
    compared("Gould-Fernandez, all five", lambda: brokerage(ties, labels), {}, equal=0)
    compared("bridging", lambda: bridges(both, labels).bridging, {}, equal=0)
    exact: dict[str, Callable[[], Any]] = {"igraph": lambda: np.array(theirs.betweenness()) / scale}
    if few:
        exact["networkx"] = lambda: in_order(nx.betweenness_centrality(graph))
    if kit is not None and few:
        exact["networkit"] = lambda: networkit.centrality.Betweenness(kit, normalized=True).run().scores()
    seconds, values = compared("betweenness, exact", lambda: exact_betweenness(both).values, exact, equal=1e-9)
    sampled(both, kit if few else None, seconds, values)
    whole(ties, labels)


def sampled(both: UndirectedTies, kit: Any, seconds: float, exact: NDArray[np.float64]) -> None:
    """Sampled betweenness against our exact one, with what it promised and what it kept."""
    for error in (0.01, 0.005):
        taken, found = timed(partial(sampled_betweenness, both, error=error))
        off = float(np.abs(found.values - exact).max())
        print(
            f"betweenness, sampled to {error:<9} {taken:9.4f}   {seconds / taken:.0f} times as fast as exact; "
            f"{found.samples:,} ways; promised {found.error:.4f}, off by {off:.4f} at most",
            flush=True,
        )
        if kit is not None and error == PEER_ERROR:
            bound = networkit.centrality.ApproxBetweenness(kit, epsilon=error, delta=0.1)
            taken_by_peer, _ = timed(bound.run)
            print(
                f"{'  networkit ApproxBetweenness':34} {taken_by_peer:9.4f}   {taken_by_peer / taken:.0f}x", flush=True
            )


def whole(ties: Ties, labels: NDArray[np.int32]) -> None:
    """Everything that an answer about boundary spanners needs, ranges over 20 draws included."""

    def all_of_it() -> None:
        both = undirected(ties)
        part, open_ = roles(both, labels), constraint(both)
        between = betweenness(both).values
        brokerage(ties, labels)
        cores = coreness(both).astype(np.float64)
        values = np.stack((bridges(both, labels).bridging, between, part.participation, open_, cores))
        rank_ranges(both, labels, values)

    seconds, _ = timed(all_of_it)
    print(f"{'all of it, with rank ranges':34} {seconds:9.4f}", flush=True)


def taking_part(members: int, acts: int, windows_count: int, seed: int) -> None:
    """The trajectories of a whole community's members, half of whose network's acts are among them."""
    random = np.random.default_rng(seed)
    among, everybody = random.integers(members, size=(2, acts // 2)), random.integers(10 * members, size=(2, acts // 2))
    listeners, tellers = np.concatenate((among, everybody), axis=1).astype(np.int32)
    edges = np.arange(windows_count + 1, dtype=np.float64)
    evidence = Evidence(
        listeners=listeners,
        tellers=tellers,
        kinds=np.zeros(len(listeners), dtype=np.int8),
        times=random.uniform(0, windows_count, len(listeners)),
    )
    spans = Spans(
        people=np.arange(members, dtype=np.int32),
        since=random.uniform(0, windows_count / 2, members),
        until=np.full(members, np.inf),
    )
    told = Told(people=np.zeros(0, dtype=np.int32), times=np.zeros(0))

    def all_of_them() -> None:
        seen = windows(evidence, 10 * members, spans, told, edges)
        placed = positions(seen)
        for member in range(members):
            outcome(seen, placed, member)

    seconds, _ = timed(all_of_them)
    print(f"{f'trajectories of {members:,}, {windows_count} windows':34} {seconds:9.4f}", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--small", action="store_true", help="only the smaller network")
    given = arguments.parse_args()
    warm = network(200, 800, given.seed)
    whole(warm, (np.arange(warm.people) // GROUP).astype(np.int32))  # loads the machine code
    sampled_betweenness(undirected(warm), samples=10)
    for people, acts in SIZES[: 1 if given.small else None]:
        ties = network(people, acts, given.seed)
        measured(ties, (np.arange(ties.people) // GROUP).astype(np.int32))
    for count in (20, 60):
        taking_part(SIZES[0][0], 100_000, count, given.seed)


if __name__ == "__main__":
    main()
