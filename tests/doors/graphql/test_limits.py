"""A document that asks for too much at once is refused before anything is read: too deep, or under too many names."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from service.doors.graphql.documents import DEEPEST, MOST_ALIASES
from service.graph.session import Graph
from service.model.viewer import Scope
from tests.doors.in_process import asking


def nested(levels: int) -> str:
    """People, and round and round between them and their stories."""
    steps = ["people(first: 1)", "nodes"] + ["stories(first: 1)", "nodes", "teller"] * levels
    steps = steps[: levels - 1]
    return "{" + "{".join(steps) + "{__typename" + "}" * levels


def in_fragments(levels: int) -> str:
    """As deep, but no fragment of it is."""
    parts = [
        f"fragment F{n} on Person {{ stories(first: 1) {{ nodes {{ teller {{ ...F{n + 1} }} }} }} }}"
        for n in range(levels)
    ]
    last = f"fragment F{levels} on Person {{ name }}"
    return "\n".join(["{ people(first: 1) { nodes { ...F0 } } }", *parts, last])


def aliased(count: int) -> str:
    """One small thing under many names."""
    return "{" + " ".join(f"a{number}: __typename" for number in range(count)) + "}"


@pytest_asyncio.fixture(scope="module")
async def client(graph: Graph) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(graph, Scope.read) as client:
        yield client


@pytest.mark.parametrize(
    ("document", "wrong", "right"),
    [
        pytest.param(nested(100), f"more than {DEEPEST} levels deep", "fewer levels", id="nested 100 deep"),
        pytest.param(nested(200), f"more than {DEEPEST} levels deep", "fewer levels", id="nested 200 deep"),
        pytest.param(nested(600), f"more than {DEEPEST} levels deep", "fewer levels", id="nested 600 deep"),
        pytest.param(
            "{" + " ".join(f"a{n}: people(first: 1) {{ nodes {{ id }} }}" for n in range(1_000)) + "}",
            "more than 5000 words and signs",
            "Ask for less",
            id="1,000 aliases of a page",
        ),
        pytest.param(in_fragments(33), f"more than {DEEPEST} levels deep", "fewer levels", id="100 deep in fragments"),
        pytest.param(aliased(1_000), "uses 1000 aliases", f"at most {MOST_ALIASES}", id="1,000 aliases"),
        pytest.param(
            "{ ...A ...A } fragment A on Query " + aliased(60),
            "uses 120 aliases",
            f"at most {MOST_ALIASES}",
            id="60 aliases, twice",
        ),
    ],
)
async def test_too_much_is_refused_by_name(client: httpx.AsyncClient, document: str, wrong: str, right: str) -> None:
    response = await client.post("/graphql", json={"query": document})
    answer = response.json()
    assert answer.get("data") is None
    (error,) = answer["errors"]
    problem = error["extensions"]["problems"][0]
    assert problem["kind"] == "too_large"
    assert problem["field"] == "query"
    assert wrong in problem["wrong"]
    assert right in problem["right"]


async def test_what_is_within_the_limits_is_answered(client: httpx.AsyncClient) -> None:
    for document in (nested(DEEPEST), aliased(MOST_ALIASES)):
        answer = (await client.post("/graphql", json={"query": document})).json()
        assert "errors" not in answer, answer
