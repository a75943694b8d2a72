"""What a supervisor reads: whether the service can answer now."""

from dataclasses import replace

import httpx

from service.app import create_app
from service.graph.opening import open_graph
from service.operations.network import Network
from service.settings import Settings
from tests.doors.http.serving import serving
from tests.graph.forwarding import forwarding, free_port


async def test_it_is_ready_while_the_database_answers_and_not_afterwards(settings: Settings) -> None:
    port = await free_port()
    behind = forwarding(settings.neo4j_uri or "", port)
    async with behind:
        graph = await open_graph(replace(settings, neo4j_uri=f"bolt://127.0.0.1:{port}"))
        app = create_app(Network(graph))
        async with serving(app) as address, httpx.AsyncClient(base_url=address) as client:
            answer = await client.get("/health")
            assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
    async with graph, serving(app) as address, httpx.AsyncClient(base_url=address) as client:
        answer = await client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["problems"][0]["kind"] == "unavailable"
