"""`amplificationPaths` over HTTP at 20,000 people and 100,000 ties: `python -m benchmarks routes`.

The kernel alone, beside scipy's and igraph's, is in benchmarks/paths.py.
"""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import numpy as np

from benchmarks.reporting import Table
from service.model.ids import derived_id
from service.operations.bulk import Line, write_rows
from service.operations.keys import OPERATOR
from service.operations.network import Network

PEOPLE = 20_000
TIES = 100_000
ASKED = 300
START = datetime(2026, 1, 1, tzinfo=UTC)


async def plant(network: Network) -> None:
    """People in circles of about a hundred who mostly attend to each other, some to anybody."""
    random = np.random.default_rng(1)
    tellers = random.integers(0, PEOPLE, TIES)
    near = random.random(TIES) < 0.8
    listeners = np.where(near, (tellers + random.integers(1, 100, TIES)) % PEOPLE, random.integers(0, PEOPLE, TIES))
    days = random.integers(0, 180, TIES)

    async def lines() -> AsyncIterator[Line]:
        for number in range(PEOPLE):
            yield Line(number + 1, {"type": "Person", "id": f"routes/person-{number}", "name": f"Person {number}"})
        for number in range(TIES):
            row = {
                "type": "Observation",
                "id": f"routes/tie-{number}",
                "byId": f"routes/person-{listeners[number]}",
                "toId": f"routes/person-{tellers[number]}",
                "at": (START + timedelta(days=int(days[number]))).isoformat(),
            }
            yield Line(PEOPLE + number + 1, row)

    async for outcome in write_rows(network, OPERATOR, lines()):
        if outcome.problems:
            raise SystemExit(outcome)


async def run(client: httpx.AsyncClient, table: Table) -> None:
    """Pairs near and far, one after another, once the evidence has been read."""
    random = np.random.default_rng(2)
    starts = random.integers(0, PEOPLE, ASKED)
    ends = np.where(
        random.random(ASKED) < 0.5,
        (starts + random.integers(50, 400, ASKED)) % PEOPLE,
        random.integers(0, PEOPLE, ASKED),
    )
    pairs = [(int(one), int(other)) for one, other in zip(starts, ends, strict=True) if one != other]
    times, found = [], 0
    for position, (one, other) in enumerate([pairs[0], *pairs]):
        asked: dict[str, str | int] = {
            "from": derived_id("routes", f"person-{one}"),
            "to": derived_id("routes", f"person-{other}"),
            "k": 5,
        }
        started = time.perf_counter()
        response = await client.get("/v1/amplification-paths", params=asked)
        if response.is_error:
            raise SystemExit(response.text)
        if position == 0:
            table.row("first question, which reads the evidence", f"{time.perf_counter() - started:.1f} s", "")
            continue
        times.append((time.perf_counter() - started) * 1000)
        found += len(response.json()["paths"])
    p50, p99 = np.percentile(times, [50, 99])
    table.row(
        f"amplificationPaths over HTTP, {PEOPLE:,} people, {TIES:,} ties ({found} paths)",
        f"median {p50:.1f} ms, p99 {p99:.1f} ms",
        "p99 under 100 ms",
    )
