"""Reading, writing and failing: what a caller of the graph can rely on."""

import asyncio
from dataclasses import replace

import pytest
from neo4j.exceptions import ClientError

from service.graph.opening import open_graph, refuse_old
from service.graph.session import Graph, Transaction
from service.model.errors import Conflict, Invalid, TooLarge, Unavailable
from service.settings import Settings
from tests.graph.forwarding import forwarding, free_port

ENDLESS = "UNWIND range(1, 1000000000) AS number WITH number WHERE number % 7 = 8 RETURN number"


async def test_rows_are_plain_dictionaries(graph: Graph) -> None:
    rows = await graph.read("UNWIND [1, 2] AS number RETURN number, {a: number} AS map", {})
    assert rows == [{"number": 1, "map": {"a": 1}}, {"number": 2, "map": {"a": 2}}]
    assert await graph.read_one("UNWIND [] AS number RETURN number") is None


async def test_a_read_cannot_write(empty_graph: Graph) -> None:
    with pytest.raises(ClientError, match="read access mode"):
        await empty_graph.read("CREATE (:Written)")
    assert await empty_graph.read("MATCH (written:Written) RETURN written") == []


async def test_a_transaction_is_all_or_nothing(empty_graph: Graph) -> None:
    async def write_half() -> None:
        async with empty_graph.transaction() as transaction:
            await transaction.run("CREATE (:Written)")
            raise Invalid("half-way")

    with pytest.raises(Invalid):
        await write_half()
    assert await empty_graph.read("MATCH (written:Written) RETURN written") == []
    async with empty_graph.transaction() as transaction:
        await transaction.run("CREATE (:Written)")
        await transaction.run("CREATE (:Written)")
    assert await empty_graph.read("MATCH (written:Written) RETURN count(*) AS count") == [{"count": 2}]


async def test_a_second_thing_of_one_identity_is_a_conflict(empty_graph: Graph) -> None:
    await empty_graph.write("CREATE (:Item {id: $id})", {"id": "one"})
    with pytest.raises(Conflict):
        await empty_graph.write("CREATE (:Item {id: $id})", {"id": "one"})


async def test_work_that_met_a_deadlock_is_done_anew(empty_graph: Graph) -> None:
    await empty_graph.write("UNWIND [1, 2] AS number CREATE (:Locked {number: number, count: 0})")
    both_hold_one = asyncio.Barrier(2)
    attempts = 0

    async def count(order: tuple[int, int]) -> None:
        first = True

        async def work(transaction: Transaction) -> None:
            nonlocal attempts, first
            attempts += 1
            for number in order:
                await transaction.run(
                    "MATCH (locked:Locked {number: $number}) SET locked.count = locked.count + 1", {"number": number}
                )
                if first:
                    first = False
                    await both_hold_one.wait()

        await empty_graph.transact(work)

    await asyncio.gather(count((1, 2)), count((2, 1)))
    assert attempts > 2
    assert await empty_graph.read("MATCH (locked:Locked) RETURN locked.count AS count") == [{"count": 2}, {"count": 2}]


async def test_reading_streams_and_explains(graph: Graph) -> None:
    async with graph.reading(seconds=30) as transaction:
        numbers = [row["number"] async for row in transaction.stream("UNWIND range(1, 2500) AS number RETURN number")]
    assert numbers == list(range(1, 2501))
    async with graph.reading(seconds=30) as transaction:
        assert await transaction.query_type("MATCH (item) RETURN item") == "r"


async def test_reading_too_long_is_ended_by_the_server(graph: Graph) -> None:
    with pytest.raises(TooLarge):
        async with graph.reading(seconds=1) as transaction:
            await transaction.run(ENDLESS)


@pytest.mark.parametrize("statement", ["RETRUN 1", "CREATE (:Written)", "MATCH (item) RETURN unknown", "RETURN 1/0"])
async def test_a_fault_in_somebodys_statement_names_the_statement(graph: Graph, statement: str) -> None:
    with pytest.raises(Invalid) as refused:
        async with graph.reading(seconds=30) as transaction:
            await transaction.run(statement)
    assert refused.value.problems[0].field == "statement"


async def test_a_wrong_password_is_one_clear_sentence(settings: Settings) -> None:
    with pytest.raises(Unavailable, match="refuses the user or the password") as refused:
        await open_graph(replace(settings, neo4j_password="wrong"))
    assert "RETELL_NEO4J_PASSWORD" in refused.value.problems[0].right


async def test_a_server_that_is_down_is_one_clear_sentence(settings: Settings) -> None:
    with pytest.raises(Unavailable, match=r"^The database does not answer$"):
        await open_graph(replace(settings, neo4j_uri="bolt://127.0.0.1:1"), wait_seconds=0)


@pytest.mark.parametrize("uri", ["nonsense", "http://127.0.0.1:7474"])
async def test_an_address_of_the_wrong_kind_is_one_clear_sentence(settings: Settings, uri: str) -> None:
    with pytest.raises(Unavailable, match="RETELL_NEO4J_URI"):
        await open_graph(replace(settings, neo4j_uri=uri))


async def test_an_unknown_database_is_one_clear_sentence(settings: Settings) -> None:
    with pytest.raises(Unavailable, match="no database of that name"):
        await open_graph(replace(settings, neo4j_database="elsewhere"))


async def test_a_server_that_is_still_starting_is_waited_for(settings: Settings) -> None:
    port = await free_port()
    opening = asyncio.create_task(open_graph(replace(settings, neo4j_uri=f"bolt://127.0.0.1:{port}")))
    await asyncio.sleep(1)
    assert not opening.done()
    async with forwarding(settings.neo4j_uri or "", port), await opening as graph:
        assert await graph.read("RETURN 1 AS one") == [{"one": 1}]


async def test_a_server_that_stops_answering_is_one_clear_sentence(settings: Settings) -> None:
    port = await free_port()
    async with forwarding(settings.neo4j_uri or "", port):
        graph = await open_graph(replace(settings, neo4j_uri=f"bolt://127.0.0.1:{port}"))
    async with graph:
        with pytest.raises(Unavailable, match=r"^The database does not answer$"):
            await graph.read("RETURN 1 AS one")
        with pytest.raises(Unavailable):
            await graph.write("RETURN 1 AS one")


@pytest.mark.parametrize("agent", ["Neo4j/5.25.1", "Neo4j/4.4.40", "Neo4j/5.9.0", "Memgraph/2.0"])
def test_an_old_or_foreign_server_is_refused(agent: str) -> None:
    with pytest.raises(Unavailable, match=r"needs Neo4j 5\.26 or newer"):
        refuse_old(agent, "bolt://somewhere")


@pytest.mark.parametrize("agent", ["Neo4j/5.26.0", "Neo4j/5.27-aura", "Neo4j/2025.10.1"])
def test_a_newer_server_is_welcome(agent: str) -> None:
    refuse_old(agent, "bolt://somewhere")
