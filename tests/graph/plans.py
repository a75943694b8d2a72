"""What the database says of a statement: how it would run it, and how much it touched when it did."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from neo4j import AsyncDriver, AsyncGraphDatabase, NotificationMinimumSeverity

from service.graph.engine_directory import Connection

Plan = Mapping[str, Any]


@asynccontextmanager
async def driver_of(engine: Connection) -> AsyncIterator[AsyncDriver]:
    """A driver of our own: the service's own session keeps no plans."""
    async with AsyncGraphDatabase.driver(
        engine.uri,
        auth=(engine.user, engine.password),
        notifications_min_severity=NotificationMinimumSeverity.OFF,
    ) as driver:
        yield driver


async def planned(driver: AsyncDriver, text: str) -> Plan:
    """The plan that the statement would be run by."""
    return await _plan(driver, f"EXPLAIN {text}", {})


async def profiled(driver: AsyncDriver, text: str, parameters: Mapping[str, Any]) -> Plan:
    """The plan that the statement was run by, with what each of its steps touched."""
    return await _plan(driver, f"PROFILE {text}", parameters)


async def _plan(driver: AsyncDriver, text: str, parameters: Mapping[str, Any]) -> Plan:
    async with driver.session() as session:
        result = await session.run(text, dict(parameters))
        summary = await result.consume()
    plan = summary.profile or summary.plan
    assert plan is not None
    return plan


def steps(plan: Plan) -> Iterator[Plan]:
    """Every step of a plan."""
    yield plan
    for child in plan.get("children", ()):
        yield from steps(child)


def operators(plan: Plan) -> list[str]:
    """What each step is, without the name of the database."""
    return [step["operatorType"].partition("@")[0] for step in steps(plan)]


def touched(plan: Plan) -> int:
    """How many times the store was asked for something."""
    return sum(int(step["dbHits"]) for step in steps(plan))


def rows(plan: Plan) -> int:
    """The most rows that any step passed on."""
    return max(int(step["rows"]) for step in steps(plan))
