"""The demonstration in the run's Neo4j, served at a socket, for all journeys of this folder."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from service.app import create_app
from service.exchange.demo import demo
from service.graph.session import Graph
from service.model.viewer import Scope
from service.operations.bulk import Line, write_rows
from service.operations.changes import sequencer
from service.operations.keys import OPERATOR, create_key
from service.operations.network import Network
from service.settings import Settings
from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, Doors
from tests.concepts.truth import Truth
from tests.doors.http.serving import serving
from tests.emptying import emptied


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def doors(graph: Graph, settings: Settings) -> AsyncIterator[Doors]:
    """The three doors onto the demonstration; what a journey takes out stays out, so each takes out only its own."""
    await emptied(graph)
    network, made = Network(graph), demo()

    async def lines() -> AsyncIterator[Line]:
        for number, row in enumerate(made.rows, 1):
            yield Line(number, row)

    async with sequencer(network):
        async for outcome in write_rows(network, OPERATOR, lines()):
            assert not outcome.problems, outcome
        await graph.write("CALL db.prepareForReplanning(60)")
        viewers = made.planted.viewers
        persons = {ADMINISTRATOR: None, INSIDE: viewers.inside, OUTSIDE: viewers.outside}
        keys = {}
        for viewer, person in persons.items():
            scopes = [Scope.read] if person else [Scope.administer]
            keys[viewer] = (await create_key(network, OPERATOR, name=viewer, scopes=scopes, person_id=person)).token
        async with (
            serving(create_app(network)) as address,
            httpx.AsyncClient(base_url=address, timeout=120) as client,
        ):
            yield Doors(client, settings, keys, made.planted, Truth(made.rows), graph)


@pytest_asyncio.fixture(autouse=True)
async def truth_as_it_stands(request: pytest.FixtureRequest) -> None:
    """Each journey is held against what the journeys before it have left."""
    if "doors" in request.fixturenames:
        await request.getfixturevalue("doors").look_again()
