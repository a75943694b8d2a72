"""What the lexer lets through, run on the real server, leaves everything as it was."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.access.statements import admitted
from service.graph.session import Graph
from service.model.errors import Invalid, RetellError
from tests.access.statement_table import ADMINISTRATION, ALLOWED, CALLS, OUTSIDE, WRITES

PARAMETERS = {"list": [1], "other name": 2, "id": "x", "title": "t", "url": "http://127.0.0.1:1/", "x": 1}
PLAIN = WRITES + OUTSIDE + ADMINISTRATION + CALLS
PIECE = re.compile(r"'[^']*'|`[^`]*`|[A-Za-z_][A-Za-z0-9_]*|[0-9]+|\s+|.", re.DOTALL)


async def everything(graph: Graph) -> list[Any]:
    """What a statement could have changed: items, ties, names, the schema, users, and the server's settings."""
    return [
        await graph.read("MATCH (n) RETURN elementId(n) AS id, labels(n) AS labels, properties(n) AS all ORDER BY id"),
        await graph.read("MATCH ()-[r]->() RETURN elementId(r) AS id, type(r) AS type ORDER BY id"),
        await graph.read("SHOW INDEXES YIELD name RETURN name ORDER BY name"),
        await graph.read("SHOW CONSTRAINTS YIELD name RETURN name ORDER BY name"),
        await graph.read("SHOW USERS YIELD user, passwordChangeRequired, suspended RETURN * ORDER BY user"),
        await graph.read("SHOW SETTINGS YIELD name, value RETURN name, value ORDER BY name"),
    ]


@pytest.fixture
async def some_items(empty_graph: Graph) -> Graph:
    await empty_graph.write("UNWIND range(1, 5) AS i CREATE (:TestNode {i: i})-[:NEXT]->(:TestNode {i: -i})")
    return empty_graph


async def test_every_statement_that_is_let_through_reads_and_changes_nothing(some_items: Graph) -> None:
    before = await everything(some_items)
    for statement in ALLOWED:
        text = admitted(statement).text
        async with some_items.reading(seconds=30) as transaction:
            assert await transaction.query_type(text, PARAMETERS) == "r", statement
            await transaction.run(text, PARAMETERS)
    assert await everything(some_items) == before


@pytest.mark.parametrize("statement", [one for one in WRITES if "TRANSACTIONS" not in one])
async def test_the_server_is_a_second_wall_against_writes(some_items: Graph, statement: str) -> None:
    before = await everything(some_items)
    with pytest.raises(RetellError):  # noqa: PT012 - the transaction's end may be what refuses
        async with some_items.reading(seconds=5) as transaction:
            await transaction.run(statement, PARAMETERS)
            pytest.skip("it does nothing where there is nothing to do: the first wall is what holds")
    assert await everything(some_items) == before


async def test_read_mode_alone_would_not_do(some_items: Graph) -> None:
    """Why there is a lexer: the server runs these in READ mode. Should this fail, the list can be shorter."""
    async with some_items.reading(seconds=5) as transaction:
        assert await transaction.run("SHOW SETTINGS YIELD name RETURN name LIMIT 1")
    async with some_items.reading(seconds=5) as transaction:
        await transaction.run("CALL db.clearQueryCaches()")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PLAIN), st.data())
async def test_a_dressed_up_statement_that_is_let_through_does_no_harm(graph: Graph, statement: str, data: Any) -> None:
    """Words put in quotes, quotes and comments put anywhere: what still passes is a read to the server as well."""
    pieces = PIECE.findall(statement)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(pieces)))
        dress = data.draw(
            st.sampled_from(["`{}`", "'{}'", '"{}"', "/*{}*/", "//{}\n", "{}\r", "{}.", "{}(", "{})", "$`{}`", "{}"])
        )
        pieces[place : place + 1] = [dress.format("".join(pieces[place : place + 1]))]
    dressed = data.draw(
        st.sampled_from(["{}", "RETURN 1 AS x UNION {}", "MATCH (n) {}", "WITH 1 AS x {}", "RETURN {}"])
    )
    try:
        text = admitted(dressed.format("".join(pieces))).text
    except Invalid:
        return
    try:
        async with graph.reading(seconds=2) as transaction:
            assert await transaction.query_type(text, PARAMETERS) == "r", text
    except Invalid:
        return
