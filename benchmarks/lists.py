"""A page of 20 among 200,000 stories: `python -m benchmarks lists`. The first page and the hundredth, over HTTP."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import numpy as np

from benchmarks.reporting import Table
from service.operations.bulk import Line, write_rows
from service.operations.keys import OPERATOR
from service.operations.network import Network

STORIES = 200_000
PAGES = 100
ROUNDS = 300
START = datetime(2024, 1, 1, tzinfo=UTC)


async def plant(network: Network) -> None:
    """Two hundred thousand short stories, a minute apart, three in ten of them for one person only."""

    async def lines() -> AsyncIterator[Line]:
        people = 200
        for number in range(people):
            yield Line(number + 1, {"type": "Person", "id": f"lists/person-{number}", "name": f"Person {number}"})
        for number in range(STORIES):
            row = {
                "type": "Story",
                "id": f"lists/story-{number}",
                "title": f"Story {number}",
                "content": f"What happened on day {number}.",
                "tellerId": f"lists/person-{number % people}",
                "at": (START + timedelta(minutes=number)).isoformat(),
            }
            yield Line(people + number + 1, row)

    async for outcome in write_rows(network, OPERATOR, lines()):
        if outcome.problems:
            raise SystemExit(outcome)


async def run(client: httpx.AsyncClient, table: Table) -> None:
    """Ask for the first page and the hundredth, in turns."""
    first = "/v1/stories?first=20"
    hundredth = first
    for _ in range(PAGES - 1):
        hundredth = (await client.get(hundredth)).links["next"]["url"]
    times: dict[str, list[float]] = {"first": [], "hundredth": []}
    for _ in range(ROUNDS):
        for name, address in (("first", first), ("hundredth", hundredth)):
            started = time.perf_counter()
            response = await client.get(address)
            times[name].append((time.perf_counter() - started) * 1000)
            if len(response.json()["items"]) != 20:
                raise SystemExit(response.text)
    for name, found in times.items():
        p50, p99 = np.percentile(found, [50, 99])
        table.row(
            f"{name} page of 20 among {STORIES:,} stories", f"median {p50:.1f} ms, p99 {p99:.1f} ms", "p99 under 25 ms"
        )
