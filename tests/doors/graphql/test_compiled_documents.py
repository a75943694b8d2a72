"""A thousand documents drawn at random: the compiled answer equals a model's that shares no query text with it."""

import json
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest
from graphql import build_schema

from service.doors.graphql.endpoint import GraphQLDoor
from service.doors.graphql.schema import schema
from service.doors.graphql.selection import COMPILED_ROOTS, MANY
from service.graph.session import Graph
from service.model.viewer import Scope, Viewer
from service.operations.bulk import Line, write_rows
from service.operations.network import Network
from tests.doors.graphql import random_network
from tests.doors.graphql.memory import Memory
from tests.doors.graphql.random_documents import Drawing

DOCUMENTS = 1_000
TEXT = schema().as_str()


async def written(network: Network, records: list[dict[str, Any]]) -> None:
    async def lines(numbered: list[tuple[int, dict[str, Any]]]) -> AsyncIterator[Line]:
        for number, record in numbered:
            yield Line(number, {name: value for name, value in record.items() if value is not None})

    for writer, numbered in random_network.by_writer(records):
        async for outcome in write_rows(network, writer, lines(numbered)):
            assert outcome.status == "created", (outcome, records[outcome.line - 1])


@pytest.fixture
async def planted(empty_graph: Graph) -> tuple[Network, list[dict[str, Any]]]:
    network = Network(empty_graph)
    records = random_network.Network(seed=7).records
    await written(network, records)
    return network, records


def viewer(records: list[dict[str, Any]]) -> Viewer:
    community = next(one["id"] for one in records if one["type"] == "Community")
    return Viewer(
        principal="test",
        person_id=None,
        audiences=("everyone", f"community:{community}"),
        scopes=frozenset({Scope.read}),
    )


def canonical(data: Any) -> str:
    return json.dumps(data, sort_keys=True)


def values(records: list[dict[str, Any]]) -> dict[str, Any]:
    words = ("profession", "standing", "language", "channel", "source", "externalId", "stage")
    found = {name: sorted({one[name] for one in records if one.get(name)}) for name in words}
    return {
        **found,
        "id": [one["id"] for one in records],
        "instant": sorted({one["at"] for one in records}),
        "audience": sorted({one["audience"] for one in records}),
    }


@pytest.mark.parametrize("documents", [50, pytest.param(DOCUMENTS, marks=pytest.mark.slow)])
async def test_generated_documents_answer_as_the_model_in_plain_python(
    planted: tuple[Network, list[dict[str, Any]]], documents: int
) -> None:
    network, records = planted
    asking = viewer(records)
    door = GraphQLDoor(network)
    memory = Memory(records, frozenset(asking.audiences), MANY)
    parsed = build_schema(TEXT)
    given = values(records)
    empty = 0
    for seed in range(documents):
        document, variables = Drawing(parsed, Random(seed), given, sorted(COMPILED_ROOTS)).document()
        expected = memory.answer(parsed, document, variables)
        found = await door.answer(asking, {"query": document, "variables": variables})
        assert "errors" not in found, (seed, document, variables, found)
        assert canonical(found["data"]) == canonical(expected), (seed, document, variables)
        empty += not any(expected.values()) if expected else 1
    assert empty < documents / 2, "documents that find nothing prove nothing"


async def test_pages_joined_by_their_cursors_are_the_whole_list_once(
    planted: tuple[Network, list[dict[str, Any]]],
) -> None:
    network, records = planted
    asking = viewer(records)
    door = GraphQLDoor(network)
    seen = sorted(
        one["id"] for one in records if one["type"] == "Amplification" and one["audience"] in asking.audiences
    )
    for order in ("newest", "oldest"):
        found: list[str] = []
        after = None
        for _ in range(100):
            answer = await door.answer(
                asking,
                {
                    "query": "query ($after: String, $order: Order) {"
                    " amplifications(first: 2, after: $after, order: $order) {"
                    " nodes { id } pageInfo { hasNextPage endCursor } } }",
                    "variables": {"after": after, "order": order},
                },
            )
            page = answer["data"]["amplifications"]
            found += [one["id"] for one in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert len(found) == len(set(found))
        assert sorted(found) == seen
