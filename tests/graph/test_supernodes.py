"""A popular story and a large community: their newest twenty touch a few rows, however many there are (no clock)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from neo4j import AsyncDriver

from service.graph.catalogue import catalogue
from service.graph.compiler import compile_selection
from service.graph.engine_directory import Connection
from service.graph.session import Graph
from service.model.selection import Edge, Field, Node, Order, Page, Part, Root, Selection, Shape
from service.model.viewer import EVERYONE
from tests.emptying import emptied
from tests.graph.crowd import id_of, plant_crowd
from tests.graph.plans import driver_of, profiled, rows, touched

CROWD = 50_000
COUNTS = {"Person": 100, "Community": 1, "Story": 1, "Membership": CROWD, "Amplification": CROWD}
PAGE = 20
MOST_TOUCHED = 1_000
"""Twenty items, each looked at a few times, and the two thirds of them that are for everyone."""
HALFWAY = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=CROWD // 2)


@pytest_asyncio.fixture(scope="module")
async def crowded(graph: Graph, engine: Connection) -> AsyncIterator[AsyncDriver]:
    await emptied(graph)
    await plant_crowd(graph, COUNTS)
    async with driver_of(engine) as driver:
        yield driver


def paged(source: str, name: str, of: str, page: Page) -> Selection:
    """The page of an edge of one item."""
    target = Node(((of, Shape((Field("id", "id"), Field("at", "at")))),))
    edge = Edge(name, name, page=page, parts=(Part("nodes", "nodes", node=target),))
    return Selection((Root("item", node=Node(((source, Shape((), (edge,))),)), id="id"),))


@pytest.mark.parametrize(
    "page",
    [Page("first", after, order) for order in (Order.newest, Order.oldest) for after in (None, "after")],
    ids=lambda page: f"{page.order}-{page.after or 'first'}",
)
@pytest.mark.parametrize(
    ("source", "name", "of"),
    [("Story", "amplifications", "Amplification"), ("Community", "memberships", "Membership")],
)
async def test_a_page_of_a_crowd_touches_a_few_rows(
    crowded: AsyncDriver, source: str, name: str, of: str, page: Page
) -> None:
    plan = compile_selection(paged(source, name, of, page), catalogue())
    values: dict[str, Any] = {
        "first": PAGE,
        "id": id_of(source, 0),
        "after.at": HALFWAY,
        "after.id": id_of(of, CROWD // 2),
    }
    parameters = {binding.parameter: values[binding.form] for binding in plan.bindings}

    profile = await profiled(crowded, plan.text, {**parameters, "audiences": [EVERYONE]})

    assert rows(profile) >= PAGE, "the page is full"
    assert rows(profile) <= 3 * PAGE
    assert touched(profile) <= MOST_TOUCHED


async def test_the_measure_knows_a_crowd_that_is_walked(crowded: AsyncDriver) -> None:
    text = "MATCH (:Item {id: $id})<-[:OF]-(act:Amplification) RETURN act.id ORDER BY act.at DESC LIMIT 20"
    assert touched(await profiled(crowded, text, {"id": id_of("Story", 0)})) > CROWD
