"""A client that asks the service inside this process, without a socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from service.app import create_app
from service.graph.session import Graph
from service.model.viewer import Scope
from service.operations.keys import OPERATOR, create_key
from service.operations.network import Network


@asynccontextmanager
async def asking(graph: Graph, scope: Scope) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose key may do so much."""
    network = Network(graph)
    key = await create_key(network, OPERATOR, name="asker", scopes=[scope])
    transport = httpx.ASGITransport(create_app(network))
    headers = {"Authorization": f"Bearer {key.token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://retell", headers=headers) as client:
        yield client
