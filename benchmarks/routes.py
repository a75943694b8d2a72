"""`amplificationPaths` over HTTP beside its kernel alone, in one graph: `python -m benchmarks routes`.

A thousand pairs among 20,000 people and 100,000 ties, as many of each distance from one to six hops, are asked of the
kernel, of the operation in one process with it, and through the REST door of a worker, one after another. The kernel
beside scipy's and igraph's is in benchmarks/paths.py.
"""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import numpy as np
from numpy.typing import NDArray

from benchmarks.paths import HOPS, PATHS, Pair, evidence_of, stratified, timed
from benchmarks.reporting import Table
from service.model.paths import AmplificationPathsQuestion
from service.model.viewer import EVERYONE, Viewer
from service.operations.amplification import amplification_paths
from service.operations.bulk import Line, write_rows
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.projection import scope_of, standing

PEOPLE = 20_000
ACTS = 75_000
PAIRS = 1_000
WARM = 50
"""Questions asked before those that count."""
START = datetime(2024, 1, 1, tzinfo=UTC)


async def plant(network: Network) -> None:
    """The people and evidence of benchmarks/paths.py, each act an observation, which leads to about 100,000 ties."""
    evidence = evidence_of(PEOPLE, ACTS, 1)
    acts = zip(evidence.listeners.tolist(), evidence.tellers.tolist(), evidence.times.tolist(), strict=True)

    async def lines() -> AsyncIterator[Line]:
        for number in range(PEOPLE):
            yield Line(number + 1, {"type": "Person", "id": f"routes/person-{number}", "name": f"Person {number}"})
        for number, (listener, teller, seconds) in enumerate(acts):
            if listener != teller:
                row = {
                    "type": "Observation",
                    "id": f"routes/act-{number}",
                    "byId": f"routes/person-{listener}",
                    "toId": f"routes/person-{teller}",
                    "at": (START + timedelta(seconds=seconds)).isoformat(),
                }
                yield Line(PEOPLE + number + 1, row)

    async for outcome in write_rows(network, OPERATOR, lines()):
        if outcome.problems:
            raise SystemExit(outcome)


async def run(network: Network, viewer: Viewer, client: httpx.AsyncClient, table: Table) -> None:
    """The same pairs thrice, once the evidence has been read."""
    tied = await standing(network, scope_of(viewer, EVERYONE), None)
    strata = stratified(tied.ties, PAIRS, 2)
    pairs = [pair for found in strata.values() for pair in found]
    pairs = [pairs[place] for place in np.random.default_rng(3).permutation(len(pairs))]
    timed(tied.network, pairs[:WARM])
    kernel = timed(tied.network, pairs)
    started = time.perf_counter()
    await through_http(client, tied.projection.people, pairs[:1])
    table.row("first question of a worker, which maps the evidence", f"{time.perf_counter() - started:.1f} s", "")
    await in_process(network, viewer, tied.projection.people, pairs[:WARM])
    await through_http(client, tied.projection.people, pairs[:WARM])
    operation = await in_process(network, viewer, tied.projection.people, pairs)
    http = await through_http(client, tied.projection.people, pairs)
    asked = f"{PEOPLE:,} people, {len(tied.ties.listeners):,} ties, {len(pairs):,} pairs"
    for words, taken, aim in (
        (f"paths by the kernel alone: {asked}", kernel, ""),
        ("the same by the operation, with the names from the database", operation, ""),
        ("the same through HTTP", http, "p99 at most 4 times the kernel's"),
    ):
        table.row(words, _shown(taken, kernel), aim)


async def in_process(
    network: Network, viewer: Viewer, people: tuple[str, ...], pairs: list[Pair]
) -> NDArray[np.float64]:
    """Milliseconds that the operation takes for each pair."""
    taken = []
    for source, target in pairs:
        asked = AmplificationPathsQuestion(
            from_=people[source], to=people[target], k=PATHS, max_hops=HOPS, avoid=[], through=[]
        )
        started = time.perf_counter()
        answer = await amplification_paths(network, viewer, asked)
        taken.append(1_000 * (time.perf_counter() - started))
        assert answer.paths
    return np.array(taken)


async def through_http(client: httpx.AsyncClient, people: tuple[str, ...], pairs: list[Pair]) -> NDArray[np.float64]:
    """Milliseconds from asking to the whole answer for each pair."""
    taken = []
    for source, target in pairs:
        asked: dict[str, str | int] = {"from": people[source], "to": people[target], "k": PATHS, "maxHops": HOPS}
        started = time.perf_counter()
        response = await client.get("/v1/amplification-paths", params=asked)
        taken.append(1_000 * (time.perf_counter() - started))
        if response.is_error:
            raise SystemExit(response.text)
        assert response.json()["paths"]
    return np.array(taken)


def _shown(taken: NDArray[np.float64], kernel: NDArray[np.float64]) -> str:
    p50, p99 = np.percentile(taken, [50, 99])
    ratio = "" if taken is kernel else f" ({p99 / np.percentile(kernel, 99):.1f} times the kernel's)"
    return f"median {p50:.2f} ms, p99 {p99:.2f} ms{ratio}"
