"""A stream of rows over a real socket: its answer has an end that says so, however it ends."""

import asyncio
import re

import httpx
import orjson
import pytest

from service.app import create_app
from service.graph.session import Graph
from service.model.viewer import Scope
from service.operations.bulk import MOST_TOGETHER
from service.operations.keys import OPERATOR, create_key
from service.operations.network import Network
from tests.doors.http.serving import serving


@pytest.mark.slow
async def test_what_ends_a_dry_run_half_way_is_its_last_line(empty_graph: Graph) -> None:
    network = Network(empty_graph)
    key = await create_key(network, OPERATOR, name="integrator", scopes=[Scope.integrate, Scope.contribute])
    rows = b'{"type": "Topic", "name": "T"}\n' * (MOST_TOGETHER + 1)
    headers = {"Authorization": f"Bearer {key.token}", "Content-Type": "application/x-ndjson"}
    async with (
        serving(create_app(network)) as address,
        httpx.AsyncClient(base_url=address, headers=headers, timeout=120) as client,
    ):
        dry = await client.post("/v1/bulk?dryRun=true", content=rows)
        together = await client.post("/v1/bulk?atomic=true", content=rows)
    answered = [orjson.loads(line) for line in dry.content.splitlines()]
    assert {one["status"] for one in answered[:-1]} == {"created"}
    assert (answered[-1]["line"], answered[-1]["status"]) == (None, "stopped")
    assert (together.status_code, together.json()["problems"]) == (413, answered[-1]["problems"])
    assert await empty_graph.read_one("MATCH (n:Item) RETURN count(n) AS n") == {"n": 0}


@pytest.mark.parametrize("reads_meanwhile", [True, False], ids=["reads meanwhile", "sends all first"])
async def test_no_row_of_a_long_stream_is_lost(empty_graph: Graph, *, reads_meanwhile: bool) -> None:
    """More rows than are written at once, and more outcomes than a connection holds, to clients of either sort."""
    network = Network(empty_graph)
    key = await create_key(network, OPERATOR, name="integrator", scopes=[Scope.integrate, Scope.contribute])
    rows = [b'{"type": "Topic", "name": "' + str(number).encode() + b'"}\n' for number in range(20_000)]
    request = (
        f"POST /v1/bulk HTTP/1.1\r\nHost: retell\r\nConnection: close\r\nAuthorization: Bearer {key.token}\r\n"
        f"Content-Length: {sum(map(len, rows))}\r\n\r\n"
    )
    async with serving(create_app(network)) as address:
        reader, writer = await asyncio.open_connection(
            address.split("/")[2].split(":")[0], int(address.rsplit(":")[-1])
        )
        reading = asyncio.create_task(reader.read()) if reads_meanwhile else None
        writer.write(request.encode())
        for start in range(0, len(rows), 100):
            writer.write(b"".join(rows[start : start + 100]))
            await asyncio.wait_for(writer.drain(), 60)
            await asyncio.sleep(0)
        answered = await asyncio.wait_for(reading or reader.read(), 120)
        writer.close()
    assert answered.startswith(b"HTTP/1.1 200")
    whole = re.sub(rb"\r\n[0-9a-f]+\r\n", b"", answered)  # out of its chunks
    assert whole.count(b'"created"') == len(rows)
    assert await empty_graph.read_one("MATCH (n:Topic) RETURN count(n) AS n") == {"n": len(rows)}


async def test_a_dry_run_that_is_spelt_otherwise_is_refused_and_nothing_written(empty_graph: Graph) -> None:
    network = Network(empty_graph)
    key = await create_key(network, OPERATOR, name="integrator", scopes=[Scope.integrate, Scope.contribute])
    headers = {"Authorization": f"Bearer {key.token}", "Content-Type": "application/x-ndjson"}
    async with (
        serving(create_app(network)) as address,
        httpx.AsyncClient(base_url=address, headers=headers) as client,
    ):
        for name in ("dryrun", "dryRn", "atomics"):
            refused = await client.post(f"/v1/bulk?{name}=true", content=b'{"type": "Topic", "name": "T"}\n')
            assert refused.status_code == 422
            (problem,) = refused.json()["problems"]
            assert problem["field"] == name
            assert "dryRun" in problem["right"]
    assert await empty_graph.read_one("MATCH (n:Item) RETURN count(n) AS n") == {"n": 0}
