"""100,000 interactions in bulk, and single writes beside the bare driver: `python -m benchmarks interactions`."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import orjson
import psutil
from neo4j import AsyncGraphDatabase

from benchmarks.by_hand import exchange
from benchmarks.reporting import Table
from service.settings import Settings

INTERACTIONS = 100_000
PEOPLE = 2_000
CLIENTS = 16
SECONDS = 8.0
ROUNDS = 3
"""The best counts: a server that has just been started is still learning which of its code is hot."""
BARE = (
    "MATCH (person:Item {id: $person}) "
    "CREATE (story:Item:Story {id: randomUUID(), audience: 'everyone', at: datetime(), title: $title, text: $title}) "
    "CREATE (person)-[:TOLD]->(story)"
)
STORY = (
    "POST /v1/stories HTTP/1.1\r\nHost: localhost\r\nAuthorization: {key}\r\nIdempotency-Key: {once}\r\n"
    "Content-Type: application/json\r\nContent-Length: {size}\r\n\r\n"
)
Write = Callable[[int], Awaitable[None]]


def people() -> Iterator[bytes]:
    """The people, and one story of each, that the interactions are about."""
    for number in range(PEOPLE):
        yield orjson.dumps({"type": "Person", "id": f"bulk/person-{number}", "name": f"Person {number}"}) + b"\n"
    for number in range(PEOPLE):
        story = {"title": "A story", "content": "What happened.", "tellerId": f"bulk/person-{number}"}
        yield orjson.dumps({"type": "Story", "id": f"bulk/story-{number}", **story}) + b"\n"


def interactions() -> Iterator[bytes]:
    """A hundred thousand amplifications and observations."""
    for number in range(INTERACTIONS):
        row = {
            "type": "Amplification" if number % 2 else "Observation",
            "id": f"bulk/interaction-{number}",
            "kind": "share" if number % 2 else "read",
            "byId": f"bulk/person-{number * 7 % PEOPLE}",
            "ofId": f"bulk/story-{number * 13 % PEOPLE}",
        }
        yield orjson.dumps(row) + b"\n"


async def sent(client: httpx.AsyncClient, lines: Iterator[bytes]) -> int:
    """Send lines to the bulk door; how many of them failed."""

    async def body() -> AsyncIterator[bytes]:
        block = []
        for line in lines:
            block.append(line)
            if len(block) == 500:
                yield b"".join(block)
                block.clear()
        yield b"".join(block)

    failed = 0
    headers = {"Content-Type": "application/x-ndjson"}
    async with client.stream("POST", "/v1/bulk", content=body(), headers=headers, timeout=600) as response:
        response.raise_for_status()
        async for line in response.aiter_lines():
            failed += '"failed"' in line
    return failed


async def run(client: httpx.AsyncClient, settings: Settings, worker: psutil.Process, table: Table) -> None:
    """The bulk import with the worker's memory, then single writes beside the driver's."""
    if await sent(client, people()):
        raise SystemExit("the people were not written")
    before, most = worker.memory_info().rss, 0
    done = asyncio.Event()

    async def watch() -> None:
        nonlocal most
        while not done.is_set():
            most = max(most, worker.memory_info().rss)
            await asyncio.sleep(0.2)

    watching = asyncio.create_task(watch())
    started = time.perf_counter()
    failed = await sent(client, interactions())
    took = time.perf_counter() - started
    done.set()
    await watching
    table.row(f"bulk import of {INTERACTIONS:,} interactions", f"{took:.1f} s, {failed} failed", "under 30 s")
    table.row("memory that the worker grew by meanwhile", f"{(most - before) / 2**20:.0f} MiB", "flat")
    await _single_writes(client, settings, table)


async def _single_writes(client: httpx.AsyncClient, settings: Settings, table: Table) -> None:
    people_ids = [one["id"] for one in (await client.get("/v1/people?first=100")).json()["items"]]
    driver = AsyncGraphDatabase.driver(
        settings.neo4j_uri or "", auth=(settings.neo4j_user, settings.neo4j_password), max_connection_pool_size=64
    )

    async def by_the_driver(number: int) -> None:
        async with driver.session() as session:
            await (await session.run(BARE, person=people_ids[number % 100], title="A story")).consume()

    @asynccontextmanager
    async def through_the_driver() -> AsyncIterator[Write]:
        yield by_the_driver

    @asynccontextmanager
    async def through_rest() -> AsyncIterator[Write]:
        reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)

        async def write(number: int) -> None:
            body = orjson.dumps({"title": "A story", "content": "A story", "tellerId": people_ids[number % 100]})
            head = STORY.format(key=client.headers["Authorization"], once=f"{time.time_ns()}-{number}", size=len(body))
            await exchange(reader, writer, head.encode() + body, 201)

        yield write
        writer.close()
        await writer.wait_closed()

    rates = {"bare driver": 0.0, "REST": 0.0}
    for _ in range(ROUNDS):
        for name, way in (("bare driver", through_the_driver), ("REST", through_rest)):
            rates[name] = max(rates[name], await _rate(way))
    await driver.close()
    table.row("single writes by the bare driver, 16 clients", f"{rates['bare driver']:.0f} a second", "")
    table.row("single writes through REST, 16 clients", f"{rates['REST']:.0f} a second", "")
    table.row("REST against the bare driver", f"{rates['REST'] / rates['bare driver']:.2f}", "at least 0.4")


async def _rate(way: Callable[[], AbstractAsyncContextManager[Write]]) -> float:
    number, until = 0, time.perf_counter() + SECONDS

    async def one_client() -> None:
        nonlocal number
        async with way() as write:
            while time.perf_counter() < until:
                number += 1
                await write(number)

    started = time.perf_counter()
    await asyncio.gather(*(one_client() for _ in range(CLIENTS)))
    return number / (time.perf_counter() - started)
