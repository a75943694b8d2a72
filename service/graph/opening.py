"""Opening the graph: reach the server or start one, refuse an old one, bring its schema up to date, warm it up."""

import asyncio
import re
import time

from neo4j import AsyncDriver, AsyncGraphDatabase
from neo4j.exceptions import ServiceUnavailable

from service.graph import embedded, migrations, refusals
from service.graph.catalogue import catalogue
from service.graph.engine_directory import Connection
from service.graph.session import Graph
from service.model.errors import Unavailable
from service.settings import Settings

CONNECTIONS = 128  # a pool smaller than the concurrency makes requests queue for a connection
RETRY_SECONDS = 15.0
OLDEST = (5, 26)
_ADDRESS = re.compile(r"(bolt|neo4j)(\+s|\+ssc)?://(\[[0-9a-fA-F:]+\]|[^/?#:]+)(:\d{1,5})?/?(\?.*)?")


async def open_graph(settings: Settings, *, wait_seconds: float = 20.0) -> Graph:
    """Connect to the Neo4j that the settings name, or start or attach to our own; migrate it and warm it up.

    A server that is still starting is waited for, at most `wait_seconds`.

    Raises:
        Unavailable: it is down, older than 5.26, refuses the password, or its migrations are not ours; one sentence.
    """
    engine = None if settings.neo4j_uri else await asyncio.to_thread(embedded.start, settings.data, settings.cache)
    connection = engine.connection if engine else _configured(settings)
    try:
        driver = await _connected(connection, wait_seconds)
    except BaseException:
        await _end(engine)
        raise
    # One server reads its own writes; across a cluster what was written is waited for before it is read.
    bookmarks = AsyncGraphDatabase.bookmark_manager() if connection.uri.startswith("neo4j") else None
    graph = Graph(catalogue(), driver, settings.neo4j_database, bookmarks, engine)
    try:
        await migrations.apply(graph)
        await graph.read(graph.catalogue.statement("server/warm_up").text, {"id": ""})
    except BaseException:
        await graph.close()
        raise
    return graph


def _configured(settings: Settings) -> Connection:
    if not _ADDRESS.fullmatch(settings.neo4j_uri or ""):
        raise Unavailable(
            f"RETELL_NEO4J_URI is {settings.neo4j_uri}, which is not the address of a Neo4j",
            right="Give one such as bolt://host:7687, neo4j://host or neo4j+s://host.",
        )
    return Connection(settings.neo4j_uri or "", settings.neo4j_user, settings.neo4j_password)


async def _end(engine: embedded.Engine | None) -> None:
    if engine is not None:
        await asyncio.to_thread(engine.stop)


async def _connected(connection: Connection, wait_seconds: float) -> AsyncDriver:
    """A driver whose server has answered and is new enough."""
    with refusals.in_our_words():
        driver = AsyncGraphDatabase.driver(
            connection.uri,
            auth=(connection.user, connection.password),
            max_connection_pool_size=CONNECTIONS,
            max_transaction_retry_time=RETRY_SECONDS,
            connection_timeout=10.0,
            notifications_min_severity="OFF",
            telemetry_disabled=True,
            user_agent="retell",
        )
        try:
            agent = await _agent(driver, time.monotonic() + wait_seconds)
            refuse_old(agent, connection.uri)
        except BaseException:
            await driver.close()
            raise
    return driver


async def _agent(driver: AsyncDriver, deadline: float) -> str:
    """The server's name and version; one that is still starting is asked until the deadline."""
    while True:
        try:
            return str((await driver.get_server_info()).agent)
        except ServiceUnavailable:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.5)


def refuse_old(agent: str, uri: str) -> None:
    """Raise `Unavailable` unless the server's name, such as `Neo4j/5.26.30`, says at least 5.26."""
    found = re.match(r"Neo4j/(\d+)\.(\d+)", agent)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        raise Unavailable(
            f"The server at {uri} is {agent}, and Retell needs Neo4j 5.26 or newer",
            right="Upgrade that server, or unset RETELL_NEO4J_URI to use the one that Retell starts itself.",
        )
