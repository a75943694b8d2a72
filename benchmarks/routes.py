"""`amplificationPaths` over HTTP beside its kernel alone, in one graph: `python -m benchmarks routes`.

A thousand pairs among 20,000 people and 100,000 ties, as many of each distance from one to six hops, are asked thrice,
one after another: of the kernel, of the operation in one process with it, and through the REST door of `retell serve`.
Beside that stands what a route takes that computes nothing: FastAPI by itself, in a process like a worker, with an
answer of the same size that was made before. The kernel beside scipy's and igraph's is in benchmarks/paths.py.
"""

import asyncio
import gc
import multiprocessing
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import numpy as np
import uvicorn
from fastapi import FastAPI, Response
from numpy.typing import NDArray

from benchmarks.by_hand import exchange
from benchmarks.paths import HOPS, PATHS, Pair, evidence_of, stratified, timed
from benchmarks.reporting import Table
from service.model.paths import AmplificationPathsQuestion
from service.model.viewer import EVERYONE, Viewer
from service.operations.amplification import amplification_paths
from service.operations.bulk import Line, write_rows
from service.operations.changes import sequencer
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.projection import scope_of, standing

PEOPLE = 20_000
ACTS = 75_000
PAIRS = 1_000
WARM = 200
"""Questions asked before those that count."""
ROUNDS = 3
"""How often all pairs are asked: of a thousand answers, ten make the last percent, and those differ from run to run."""
START = datetime(2024, 1, 1, tzinfo=UTC)


async def plant(network: Network, people: int = PEOPLE, acts: int = ACTS, seed: int = 1) -> None:
    """The people and evidence of benchmarks/paths.py, each act an observation, which leads to about 100,000 ties."""
    evidence = evidence_of(people, acts, seed)
    columns = zip(evidence.listeners.tolist(), evidence.tellers.tolist(), evidence.times.tolist(), strict=True)

    async def lines() -> AsyncIterator[Line]:
        for number in range(people):
            yield Line(number + 1, {"type": "Person", "id": f"routes/person-{number}", "name": f"Person {number}"})
        for number, (listener, teller, seconds) in enumerate(columns):
            if listener != teller:
                row = {
                    "type": "Observation",
                    "id": f"routes/act-{number}",
                    "byId": f"routes/person-{listener}",
                    "toId": f"routes/person-{teller}",
                    "at": (START + timedelta(seconds=seconds)).isoformat(),
                }
                yield Line(people + number + 1, row)

    async for outcome in write_rows(network, OPERATOR, lines()):
        if outcome.problems:
            raise SystemExit(outcome)


async def run(network: Network, viewer: Viewer, client: httpx.AsyncClient, table: Table) -> None:
    """The same pairs thrice, once the evidence has been read."""
    tied = await standing(network, scope_of(viewer, EVERYONE), None)
    strata = stratified(tied.ties, PAIRS, 2)
    pairs = [pair for found in strata.values() for pair in found]
    pairs = [pairs[place] for place in np.random.default_rng(3).permutation(len(pairs))]
    # What planting left behind in this process would be walked through in the middle of what is timed.
    gc.collect()
    gc.freeze()
    timed(tied.network, pairs[:WARM])
    kernel = np.concatenate([timed(tied.network, pairs) for _ in range(ROUNDS)])
    people = tied.projection.people
    requests = [request(client, people, pair) for pair in pairs]
    started = time.perf_counter()
    await through_http(client.base_url, requests[:1])
    table.row("first question of a worker, which maps the evidence", f"{time.perf_counter() - started:.1f} s", "")
    async with sequencer(network):  # nobody tells this process how far the feed goes
        await in_process(network, viewer, people, pairs[:WARM])
        operation = await in_process(network, viewer, people, ROUNDS * pairs)
    # What this process keeps of that is not to be written while the worker is timed.
    await asyncio.gather(*network.background)
    await through_http(client.base_url, requests[:WARM])
    http, answers = await through_http(client.base_url, ROUNDS * requests)
    with route_alone(answers[0]) as address:
        await through_http(address, requests[:WARM])
        alone, _ = await through_http(address, ROUNDS * requests)
    asked = f"{PEOPLE:,} people, {len(tied.ties.listeners):,} ties, {len(pairs):,} pairs"
    for words, taken, aim in (
        (f"paths by the kernel alone: {asked}", kernel, ""),
        ("the same by the operation", operation, ""),
        ("the same through HTTP", http, "p99 at most 4 times the kernel's"),
        (f"a constant of {len(answers[0]):,} bytes through HTTP, by FastAPI alone", alone, ""),
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


def request(client: httpx.AsyncClient, people: tuple[str, ...], pair: Pair) -> bytes:
    """The question about a pair, as it is sent."""
    source, target = (people[one] for one in pair)
    address = f"/v1/amplification-paths?from={source}&to={target}&k={PATHS}&maxHops={HOPS}"
    key = client.headers["Authorization"]
    return f"GET {address} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {key}\r\n\r\n".encode()


async def through_http(address: httpx.URL, requests: list[bytes]) -> tuple[NDArray[np.float64], list[bytes]]:
    """Milliseconds from asking to the whole answer for each, and the answers."""
    reader, writer = await asyncio.open_connection(address.host, address.port)
    taken, answers = [], []
    for one in requests:
        started = time.perf_counter()
        answers.append(await exchange(reader, writer, one, 200))
        taken.append(1_000 * (time.perf_counter() - started))
    writer.close()
    await writer.wait_closed()
    return np.array(taken), answers


@contextmanager
def route_alone(answer: bytes) -> Iterator[httpx.URL]:
    """A process whose one route gives a constant: its address, while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = multiprocessing.get_context("spawn").Process(target=_answer_always, args=(listening, answer))
        process.start()
        try:
            yield httpx.URL("http://{}:{}".format(*listening.getsockname()))
        finally:
            process.terminate()
            process.join()


def _answer_always(listening: socket.socket, answer: bytes) -> None:
    app = FastAPI()

    @app.get("/v1/amplification-paths")
    async def always() -> Response:
        return Response(answer, media_type="application/json")

    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")).run(sockets=[listening])


def _shown(taken: NDArray[np.float64], kernel: NDArray[np.float64]) -> str:
    p50, p99 = np.percentile(taken, [50, 99])
    ratio = "" if taken is kernel else f" ({p99 / np.percentile(kernel, 99):.1f} times the kernel's)"
    return f"median {p50:.2f} ms, p99 {p99:.2f} ms{ratio}"
