"""The five most probable paths of at most six hops, beside scipy's and igraph's Yen: `python -m benchmarks paths`.

A thousand pairs of people, as many of each distance from one to six hops, are asked of our kernel, and of Yen's with a
limit of hops in plain Python, which has to answer the same. Neither scipy nor igraph knows a limit of hops, so each is
asked for more and more shortest paths until five of them have at most six ties, or FEW_PATHS were not enough: what it
found has to be the beginning of our answer, and its time is less than it would have needed. That takes them seconds a
pair, so they are asked a random sample of each distance. Ratios are of the medians on the same pairs. With `--neo4j`
the ties are written into a database as relationships, and its own statement for shortest paths stands in the table
too: it counts hops and knows no probabilities, so only the least number of hops is compared.

`python -m benchmarks paths_of_a_million` asks the same of 100,000 people and a million ties.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import igraph
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table
from scipy.sparse import csr_array, csr_matrix
from scipy.sparse.csgraph import dijkstra, yen

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.plain_yen import plain_yen
from benchmarks.shortest import neo4j_milliseconds
from service.measures.completion import TieNetwork, tie_network
from service.measures.paths import most_probable_paths
from service.measures.ties import Evidence, Ties, prior_probabilities, ties_at

PATHS = 5
HOPS = 6
FEW_PATHS = 40
PAIRS = 1_000
PEER_PAIRS = 10
"""Of each distance."""
SECONDS = 2 * 365 * 86_400
WIDTH = 120
COLUMNS = ("distance", "pairs", "median", "p99", "longest")

Pair = tuple[int, int]
Shortest = Callable[[int, int, int], Iterator[tuple[float, int]]]
"""Source, target and how many: the cost in bits and the number of ties of each shortest path."""


@dataclass(frozen=True)
class Asked:
    """Milliseconds that a peer took for pairs of which we know our own, and for how many of them."""

    theirs: NDArray[np.float64]
    ours: NDArray[np.float64]

    def __str__(self) -> str:
        """Its median, how many times ours that is, and for how many pairs."""
        ratio = np.median(self.theirs) / np.median(self.ours)
        return f"{np.median(self.theirs):,.1f} ({ratio:,.0f}, {len(self.theirs)})"


def evidence_of(people: int, acts: int, seed: int) -> Evidence:
    """Communities of about a hundred, some people heard by many, attention often returned, two years of acts."""
    generator = np.random.default_rng(seed)
    fame = generator.lognormal(sigma=1.2, size=people)
    fame /= fame.sum()
    tellers = generator.choice(people, acts, p=fame)
    at_home = generator.random(acts) < 0.7
    neighbours = (tellers + generator.integers(-50, 51, acts)) % people
    listeners = np.where(at_home, neighbours, generator.choice(people, acts, p=fame))
    returned = generator.random(acts) < 0.4
    ends = np.stack([np.r_[tellers, listeners[returned]], np.r_[listeners, tellers[returned]]]).astype(np.int32)
    count = len(ends[0])
    return Evidence(
        tellers=ends[0],
        listeners=ends[1],
        kinds=generator.integers(0, 3, size=count, dtype=np.int8),
        times=generator.uniform(0, SECONDS, size=count),
    )


def network(people: int, acts: int, seed: int) -> Ties:
    """The ties of that evidence at its end."""
    evidence = evidence_of(people, acts, seed)
    return ties_at(evidence, people=people, as_of=SECONDS, kind_weights=np.array([1.0, 0.5, 0.25]))


def stratified(ties: Ties, pairs: int, seed: int) -> dict[int, list[Pair]]:
    """Pairs of people by the number of hops between them, in random order: as many of each distance from one to six."""
    generator = np.random.default_rng(seed)
    graph = csr_array((np.ones(len(ties.listeners)), ties.listeners, ties.offsets))
    wanted = -(-pairs // HOPS)
    strata: dict[int, list[Pair]] = {distance: [] for distance in range(1, HOPS + 1)}
    for source in generator.permutation(ties.people):
        distances = dijkstra(graph, indices=source, unweighted=True, limit=HOPS)
        for distance, found in strata.items():
            there = np.flatnonzero(distances == distance)
            if len(there) and len(found) < wanted:
                found.append((int(source), int(generator.choice(there))))
        if all(len(found) == wanted for found in strata.values()):
            break
    return strata


def scipys(ties: Ties, bits: NDArray[np.float64]) -> Shortest:
    """As scipy finds them."""
    graph = csr_matrix((bits, ties.listeners, ties.offsets.astype(np.int32)), shape=(ties.people, ties.people))

    def shortest(source: int, target: int, count: int) -> Iterator[tuple[float, int]]:
        costs, predecessors = yen(graph, source, target, count, return_predecessors=True)
        for cost, before in zip(costs, predecessors, strict=True):
            yield float(cost), int(np.count_nonzero(before >= 0))

    return shortest


def igraphs(ties: Ties, bits: NDArray[np.float64]) -> Shortest:
    """As igraph finds them."""
    graph = igraph.Graph(n=ties.people, edges=np.c_[ties.tellers, ties.listeners], directed=True)

    def shortest(source: int, target: int, count: int) -> Iterator[tuple[float, int]]:
        for edges in graph.get_k_shortest_paths(source, target, k=count, weights=bits, output="epath"):
            yield float(bits[edges].sum()), len(edges)

    return shortest


def filtered(shortest: Shortest, source: int, target: int) -> tuple[list[float], float]:
    """The costs of the best paths within six hops that a peer finds, and the seconds that it took in the last try."""
    count = PATHS
    while True:
        start = time.perf_counter()
        found = list(shortest(source, target, count))
        seconds = time.perf_counter() - start
        within = [cost for cost, ties in found if ties <= HOPS][:PATHS]
        if len(within) == PATHS or len(found) < count or count >= FEW_PATHS:
            return within, seconds
        count *= 2


def by_peer(graph: TieNetwork, peer: Shortest, pairs: list[Pair]) -> NDArray[np.float64]:
    """Milliseconds that a peer takes for each pair; its answers have to be the beginning of ours."""
    taken = []
    for source, target in pairs:
        theirs, seconds = filtered(peer, source, target)
        ours = costs_of(graph, source, target)
        assert np.allclose(ours[: len(theirs)], theirs, rtol=0, atol=1e-9), (source, target, ours, theirs)
        taken.append(1_000 * seconds)
    return np.array(taken)


def plainly(ties: Ties, graph: TieNetwork, bits: NDArray[np.float64], pairs: list[Pair]) -> NDArray[np.float64]:
    """Milliseconds that Yen's with a limit of hops takes for each pair; its answers have to be ours."""
    rows = zip(ties.offsets[:-1].tolist(), ties.offsets[1:].tolist(), strict=True)
    listeners, costs = ties.listeners.tolist(), bits.tolist()
    told = [list(zip(listeners[start:end], costs[start:end], strict=True)) for start, end in rows]
    taken = []
    for source, target in pairs:
        start = time.perf_counter()
        theirs = plain_yen(told, source, target, k=PATHS, max_hops=HOPS)
        taken.append(1_000 * (time.perf_counter() - start))
        assert np.allclose(costs_of(graph, source, target), [cost for cost, _ in theirs], rtol=0, atol=1e-9)
    return np.array(taken)


def costs_of(graph: TieNetwork, source: int, target: int) -> list[float]:
    """What our paths cost in bits."""
    found = most_probable_paths(graph, source, {target}, k=PATHS, max_hops=HOPS).paths
    return [-float(np.log2(path.probability)) for path in found]


def timed(graph: TieNetwork, pairs: list[Pair]) -> NDArray[np.float64]:
    """Milliseconds that we take for each pair."""
    taken = []
    for source, target in pairs:
        start = time.perf_counter()
        search = most_probable_paths(graph, source, {target}, k=PATHS, max_hops=HOPS)
        taken.append(1_000 * (time.perf_counter() - start))
        assert search.complete
        assert search.paths
    return np.array(taken)


def row(table: Table, name: str, own: NDArray[np.float64], asked: dict[str, Asked]) -> None:
    """Add a row, and say it at once for whoever waits."""
    cells = [name, f"{len(own):,}", *(f"{one:.3f}" for one in (np.median(own), np.quantile(own, 0.99), own.max()))]
    cells += [str(one) for one in asked.values()]
    print("  ".join(cells), flush=True)
    table.add_row(*cells)


def main() -> None:
    """Measure and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--people", type=int, default=20_000)
    arguments.add_argument("--acts", type=int, default=75_000)
    arguments.add_argument("--pairs", type=int, default=PAIRS)
    arguments.add_argument("--peer-pairs", type=int, default=PEER_PAIRS, help="of each distance, for scipy and igraph")
    arguments.add_argument("--plain-pairs", type=int, help="of each distance, for Yen's in Python: all unless given")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--neo4j", action="store_true", help="ask Neo4j's own shortest paths as well")
    given = arguments.parse_args()
    ties = network(given.people, given.acts, given.seed)
    probabilities = prior_probabilities(ties.weights)
    graph = tie_network(ties.offsets, ties.listeners, probabilities)
    bits = -np.log2(probabilities)
    peers = {"scipy": scipys(ties, bits), "igraph": igraphs(ties, bits)}
    strata = stratified(ties, given.pairs, given.seed)
    timed(graph, strata[1][:1])  # loads the machine code
    neo4j = asyncio.run(neo4j_milliseconds(ties, strata, given.peer_pairs, HOPS)) if given.neo4j else {}
    names = [*peers, "plain Yen", *(["Neo4j"] if neo4j else [])]
    title = f"{ties.people:,} people, {len(ties.listeners):,} ties; k={PATHS}, at most {HOPS} hops; milliseconds"
    print(title, *COLUMNS, *names, sep="  ")
    table = Table(*COLUMNS, *names, title=title)
    everything: list[tuple[NDArray[np.float64], dict[str, Asked]]] = []
    for distance, pairs in strata.items():
        own, few, more = timed(graph, pairs), slice(given.peer_pairs), slice(given.plain_pairs)
        asked = {name: Asked(by_peer(graph, peer, pairs[few]), own[few]) for name, peer in peers.items()}
        asked["plain Yen"] = Asked(plainly(ties, graph, bits, pairs[more]), own[more])
        if neo4j:
            asked["Neo4j"] = Asked(neo4j[distance], own[1 : len(neo4j[distance]) + 1])
        everything.append((own, asked))
        row(table, str(distance), own, asked)
    whole = {
        name: Asked(
            *(np.concatenate([getattr(asked[name], of) for _, asked in everything]) for of in ("theirs", "ours"))
        )
        for name in names
    }
    row(table, "all", np.concatenate([own for own, _ in everything]), whole)
    Console(width=WIDTH).print(table)
    print("A peer's column: its median, how many times ours on the same pairs, and how many pairs those are.")


if __name__ == "__main__":
    main()
