"""The demonstration in the run's Neo4j, served at a socket, for all journeys of this folder."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import httpx
import pytest
import pytest_asyncio

from service.app import create_app
from service.cli import opening
from service.exchange.demo import demo
from service.graph.projection_keeping import Kept
from service.graph.session import Graph
from service.model.viewer import Scope
from service.operations.bulk import Line, write_rows
from service.operations.changes import sequencer
from service.operations.keys import OPERATOR, create_key
from service.operations.network import Network, open_network
from service.settings import Settings
from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, Doors
from tests.concepts.truth import Truth
from tests.doors.http.serving import serving
from tests.emptying import emptied


@pytest.fixture(scope="package")
def commands_remember() -> Iterator[None]:
    """A command begins with what the one before it worked out of what may be told, as a served question does.

    That is found by what it was made of alone, and to make it takes longer than all else that is asked here. The
    evidence is read, and what it tells is measured, anew by each command.
    """
    disclosed = Kept()

    @asynccontextmanager
    async def remembering(settings: Settings) -> AsyncIterator[Network]:
        async with open_network(settings) as network:
            network.disclosed = disclosed
            yield network

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "open_network", remembering)
        yield


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def doors(graph: Graph, settings: Settings, commands_remember: None) -> AsyncIterator[Doors]:  # noqa: ARG001
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
