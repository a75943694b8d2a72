"""Communities beside igraph, leidenalg and networkit: `python benchmarks/communities.py`.

All find communities at resolution 1 in the same network of planted groups, which each has in its own form already.
networkit is not among Retell's dependencies: `--networkit PYTHON` names an interpreter that has it (a virtual
environment of its own); without one its row says so. Then how long a bootstrap over ties takes, and how long others
wait while communities are found.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import igraph
import leidenalg
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from service.measures.communities import UndirectedTies, agreement, detect, modularity, undirected
from service.measures.detection_certainty import certainty
from service.measures.ties import Evidence, ties_at

GROUP: Final = 100
INSIDE: Final = 0.6
"""Which share of ties stays in its planted group."""
ROUNDS: Final = 2
SEED: Final = 1
REPLICATES: Final = 100
BEAT_SECONDS: Final = 0.005

NETWORKIT = """
import sys, time
import numpy as np, networkit as nk
ends = np.load(sys.argv[1])
nk.setNumberOfThreads(1)
graph = nk.Graph(int(ends["people"]), weighted=True)
for one, other, weight in zip(ends["ones"].tolist(), ends["others"].tolist(), ends["weights"].tolist()):
    graph.addEdge(one, other, weight)
def found():
    nk.setSeed(1, True)
    began = time.process_time()
    method = nk.community.ParallelLeiden(graph, randomize=True, iterations=3, gamma=1)
    method.run()
    return time.process_time() - began, np.array(method.getPartition().getVector(), dtype=np.int32)
(first, labels), (second, again) = found(), found()
np.savez(sys.argv[2], labels=labels, seconds=min(first, second), same=np.array_equal(labels, again))
"""

Timed = tuple[float, NDArray[np.int32], bool]
"""Seconds of the processor (all run on one thread), each person's group, and whether a second run gave the same."""


def planted(people: int, ties: int) -> tuple[UndirectedTies, NDArray[np.int32]]:
    """Groups of a hundred with so many ties between people, most of them inside."""
    generator = np.random.default_rng(SEED)
    ones = generator.integers(people, size=ties, dtype=np.int32)
    near = ones // GROUP * GROUP + generator.integers(GROUP, size=ties, dtype=np.int32)
    far = generator.integers(people, size=ties, dtype=np.int32)
    others = np.where(generator.random(ties) < INSIDE, np.minimum(near, people - 1), far).astype(np.int32)
    undated = np.full(ties, np.nan)
    evidence = Evidence(listeners=ones, tellers=others, kinds=np.zeros(ties, dtype=np.int8), times=undated)
    tied = undirected(ties_at(evidence, people=people, as_of=0.0, kind_weights=np.ones(1)))
    return tied, np.arange(people, dtype=np.int32) // GROUP


def edges(ties: UndirectedTies) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Each tie once, with its ends and weight."""
    ends = np.repeat(np.arange(ties.people, dtype=np.int32), np.diff(ties.offsets))
    once = ends < ties.neighbours
    return ends[once], ties.neighbours[once], ties.weights[once]


def twice(method: Callable[[], NDArray[np.int32]]) -> Timed:
    """The faster of two runs, the groups, and whether both were the same."""
    seconds, labels = [], []
    for _ in range(2):
        began = time.process_time()
        labels.append(method())
        seconds.append(time.process_time() - began)
    return min(seconds), labels[0], np.array_equal(labels[0], labels[1])


def by_igraph(graph: igraph.Graph) -> NDArray[np.int32]:
    """As igraph does it."""
    random.seed(SEED)  # igraph draws from it
    found = graph.community_leiden("modularity", weights="weight", resolution=1.0, n_iterations=ROUNDS)
    return np.array(found.membership, dtype=np.int32)


def by_leidenalg(graph: igraph.Graph) -> NDArray[np.int32]:
    """As leidenalg does it, the authors' own."""
    kind = leidenalg.RBConfigurationVertexPartition
    found = leidenalg.find_partition(graph, kind, weights="weight", n_iterations=ROUNDS, seed=SEED)
    return np.array(found.membership, dtype=np.int32)


def by_networkit(ties: UndirectedTies, python: Path) -> Timed:
    """As networkit does it on one thread, where it repeats; in an interpreter that has it."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder) / "given.npz", Path(folder) / "made.npz"
        ones, others, weights = edges(ties)
        np.savez(given, ones=ones, others=others, weights=weights, people=ties.people)
        subprocess.run([python, "-c", NETWORKIT, given, made], check=True)
        found = np.load(made)
        return float(found["seconds"]), found["labels"], bool(found["same"])


def compare(people: int, acts: int, networkit: Path | None) -> Table:
    """All four on the same network."""
    ties, groups = planted(people, acts)
    ones, others, weights = edges(ties)
    graph = igraph.Graph(n=people, edges=np.stack([ones, others], axis=1))
    graph.es["weight"] = weights
    print(f"{people:,} people, {len(ones):,} ties", flush=True)
    found = {
        "Retell": twice(lambda: detect(ties, seed=SEED).labels),
        "igraph": twice(lambda: by_igraph(graph)),
        "leidenalg": twice(lambda: by_leidenalg(graph)),
    }
    if networkit:
        found["networkit (1 thread)"] = by_networkit(ties, networkit)
    table = Table("", "modularity", "Q to igraph", "NMI to planted", "CPU seconds", "times igraph's", "twice the same")
    quality = {name: modularity(ties, labels) or 0.0 for name, (_, labels, _) in found.items()}
    for name, (seconds, labels, same) in found.items():
        information = agreement(labels, groups).normalised_mutual_information or 0.0
        table.add_row(
            name,
            f"{quality[name]:.4f}",
            f"{quality[name] - quality['igraph']:+.4f}",
            f"{information:.3f}",
            f"{seconds:.1f}",
            f"{seconds / found['igraph'][0]:.2f}",
            "yes" if same else "no",
        )
    if not networkit:
        table.add_row("networkit", "not asked: see --networkit")
    return table


def bootstrap(people: int, acts: int) -> str:
    """How long a hundred replicates take."""
    ties, _ = planted(people, acts)
    found = detect(ties, seed=SEED)
    began, worked = time.perf_counter(), time.process_time()
    sure = certainty(ties, found, count=REPLICATES)
    seconds, work = time.perf_counter() - began, time.process_time() - worked
    return (
        f"a bootstrap of {REPLICATES} at {people:,} people and {len(ties.weights) // 2:,} ties: {seconds:.1f} s "
        f"(aim: 60; {work:.1f} s of processors), mean certainty {np.nanmean(sure.people):.2f}"
    )


async def waiting(people: int, acts: int) -> str:
    """How late an event loop beats while communities are found in a thread beside it."""
    ties, _ = planted(people, acts)
    late: list[float] = []
    finding = asyncio.create_task(asyncio.to_thread(detect, ties, seed=SEED))
    while not finding.done():
        began = time.perf_counter()
        await asyncio.sleep(BEAT_SECONDS)
        late.append(time.perf_counter() - began - BEAT_SECONDS)
    worst, usual = max(late), float(np.median(late))
    return f"others in the same process wait {usual * 1000:.1f} ms at the median, {worst * 1000:.0f} ms at the longest"


def main() -> None:
    """Print the table, the bootstrap and the waiting."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--ties", type=int, default=1_000_000)
    parser.add_argument("--networkit", type=Path, default=None)
    given = parser.parse_args()
    table = compare(given.people, given.ties, given.networkit)
    Console().print(table)
    print(bootstrap(given.people // 5, given.ties // 10))
    print(asyncio.run(waiting(given.people, given.ties)))


if __name__ == "__main__":
    main()
