"""The five most probable paths of at most six hops, beside scipy's and igraph's Yen: `python benchmarks/paths.py`.

Neither peer knows a limit of hops, so each is asked for more and more shortest paths until five of them have at most
six ties, or FEW_PATHS were not enough. Then what it found has to be the beginning of our answer, and its time is less
than it would have needed. Yen's with a limit of hops, in plain Python, has to answer the same. With `--neo4j` the
ties are written into a database as relationships, and its own statement for shortest paths stands in the table too: it
counts hops and knows no probabilities, so only the least number of hops is compared. `--people 100000 --acts 730000`
asks the same of a million ties.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import igraph
import numpy as np
from numpy.typing import NDArray
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
PEER_PAIRS = 2
PLAIN_PAIRS = 10

Pair = tuple[int, int]
Shortest = Callable[[int, int, int], Iterator[tuple[float, int]]]
"""Source, target and how many: the cost in bits and the number of ties of each shortest path."""


def network(people: int, acts: int, seed: int) -> Ties:
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
    evidence = Evidence(
        tellers=ends[0],
        listeners=ends[1],
        kinds=generator.integers(0, 3, size=count, dtype=np.int8),
        times=generator.uniform(0, 2 * 365 * 86_400, size=count),
    )
    kind_weights = np.array([1.0, 0.5, 0.25])
    return ties_at(evidence, people=people, as_of=2 * 365 * 86_400, kind_weights=kind_weights)


def stratified(ties: Ties, pairs: int, seed: int) -> dict[int, list[Pair]]:
    """Pairs of people by the number of hops between them: as many of each distance from one to six."""
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
    graph = csr_matrix((bits, ties.listeners, ties.offsets.astype(np.int32)), shape=(ties.people, ties.people))

    def shortest(source: int, target: int, count: int) -> Iterator[tuple[float, int]]:
        costs, predecessors = yen(graph, source, target, count, return_predecessors=True)
        for cost, before in zip(costs, predecessors, strict=True):
            yield float(cost), int(np.count_nonzero(before >= 0))

    return shortest


def igraphs(ties: Ties, bits: NDArray[np.float64]) -> Shortest:
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
        ours = most_probable_paths(graph, source, {target}, k=PATHS, max_hops=HOPS).paths
        assert np.allclose([-np.log2(path.probability) for path in ours], [cost for cost, _ in theirs], atol=1e-9)
    return np.array(taken)


def timed(graph: TieNetwork, pairs: list[Pair]) -> NDArray[np.float64]:
    """Milliseconds for each pair."""
    taken = []
    for source, target in pairs:
        start = time.perf_counter()
        search = most_probable_paths(graph, source, {target}, k=PATHS, max_hops=HOPS)
        taken.append(1_000 * (time.perf_counter() - start))
        assert search.complete
        assert search.paths
    return np.array(taken)


def compared(graph: TieNetwork, peer: Shortest, pairs: list[Pair]) -> NDArray[np.float64]:
    """Milliseconds that a peer takes for each pair; its answers have to be the beginning of ours."""
    taken = []
    for source, target in pairs:
        theirs, seconds = filtered(peer, source, target)
        ours = most_probable_paths(graph, source, {target}, k=PATHS, max_hops=HOPS).paths
        costs = [-np.log2(path.probability) for path in ours]
        assert np.allclose(costs[: len(theirs)], theirs, rtol=0, atol=1e-9), (source, target, costs, theirs)
        taken.append(1_000 * seconds)
    return np.array(taken)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=20_000)
    arguments.add_argument("--acts", type=int, default=75_000)
    arguments.add_argument("--pairs", type=int, default=1_000)
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

    neo4j = asyncio.run(neo4j_milliseconds(ties, strata, PEER_PAIRS, HOPS)) if given.neo4j else {}
    names = ["scipy", "igraph", "plain Yen", *(["Neo4j"] if neo4j else [])]
    print(f"{ties.people:,} people, {len(ties.listeners):,} ties; k={PATHS}, at most {HOPS} hops; milliseconds")
    print("distance  pairs   median      p99      max" + "".join(f" {name:>9}  ratio" for name in names))
    everything = []
    for distance, pairs in strata.items():
        own = timed(graph, pairs)
        everything.append(own)
        line = f"{distance:8} {len(own):6} {np.median(own):8.3f} {np.quantile(own, 0.99):8.3f} {own.max():8.3f}"
        few = pairs[:PEER_PAIRS]
        others = [compared(graph, peer, few) for peer in peers.values()] + [
            plainly(ties, graph, bits, pairs[:PLAIN_PAIRS])
        ]
        for taken in map(np.median, [*others, *([neo4j[distance]] if neo4j else [])]):
            line += f" {taken:9.1f} {taken / np.median(own):6.0f}"
        print(line, flush=True)
    own = np.concatenate(everything)
    print(f"     all {len(own):6} {np.median(own):8.3f} {np.quantile(own, 0.99):8.3f} {own.max():8.3f}")


if __name__ == "__main__":
    main()
