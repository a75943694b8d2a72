"""The Cypher door over the run's graph, with a few items in it and keys of two sorts."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio
from fastapi import FastAPI

from service.doors.cypher.endpoint import cypher_router
from service.doors.http.problems import install_problems
from service.doors.http.requests import RequestMiddleware
from service.graph.session import Graph
from service.model.viewer import Scope
from service.operations.keys import OPERATOR, create_key
from service.operations.network import Network
from service.operations.statements import LIMITS, Limits
from service.operations.writing import Request, create
from tests.doors.http.serving import serving


def application(network: Network, limits: Limits = LIMITS) -> FastAPI:
    app = FastAPI()
    app.state.network = network
    install_problems(app)
    app.add_middleware(RequestMiddleware)
    app.include_router(cypher_router(limits))
    return app


@pytest_asyncio.fixture(scope="module")
async def network(graph: Graph) -> Network:
    network = Network(graph)
    person = await create(network, OPERATOR, "Person", {"name": "Ada"}, request=Request())
    story = {"title": "What the night shift saw", "content": "It was late.", "tellerId": person.id}
    await create(network, OPERATOR, "Story", {**story, "audience": f"person:{person.id}"}, request=Request())
    return network


@pytest_asyncio.fixture(scope="module")
async def token(network: Network) -> str:
    made = await create_key(network, OPERATOR, name="analyst", scopes={Scope.administer}, person_id=None)
    return made.token


@pytest_asyncio.fixture(scope="module")
async def client(network: Network, token: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {token}"}
    async with serving(application(network)) as address, httpx.AsyncClient(base_url=address, headers=headers) as client:
        yield client
