"""What the tests of the operations start from, and what every one of them has to leave behind: a sound graph."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from service.graph.session import Graph
from service.operations.invariants import violations
from service.operations.network import Network


@pytest_asyncio.fixture
async def network(empty_graph: Graph) -> AsyncIterator[Network]:
    """An empty network, which is sound again at the end."""
    network = Network(empty_graph)
    yield network
    await asyncio.gather(*network.background)  # what is written later would be written into the next test's graph
    assert await violations(network) == []
