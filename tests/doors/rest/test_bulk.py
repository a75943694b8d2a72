"""A stream of rows over a real socket: its answer has an end that says so, however it ends."""

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
