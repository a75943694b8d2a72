"""What GraphQL itself refuses is named by its place; each door has its own word for a version."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from service.graph.session import Graph
from service.model.viewer import Scope
from tests.doors.in_process import asking

ASKED = "query($first: Int, $where: StoryFilter) { stories(first: $first, where: $where) { nodes { id } } }"
WRITTEN = "mutation($story: StoryInput!) { createStory(input: $story) { changeId } }"


@pytest_asyncio.fixture(scope="module")
async def client(graph: Graph) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(graph, Scope.administer) as client:
        yield client


@pytest.mark.parametrize(
    ("document", "variables", "place"),
    [
        (ASKED, {"first": "x"}, "stories.first"),
        (ASKED, {"where": {"kind": "Event"}}, "stories.where.kind"),
        (ASKED, {"where": {"kin": "event"}}, "stories.where.kin"),
        (WRITTEN, {}, "createStory.input"),
        (WRITTEN, {"story": {"title": "T", "content": "C", "aboutIds": ["x", {}]}}, "createStory.input.aboutIds.1"),
        ("query($first: String) { stories(first: $first) { nodes { id } } }", {}, "stories.first"),
        ('query($first: Int = "x") { stories(first: $first) { nodes { id } } }', {}, "stories.first"),
        ("query($n: Int) { __typename }", {}, "variables.n"),
        (
            "query($n: Int) { ...Q } fragment Q on Query { told: stories(first: $n) { totalCount } }",
            {"n": "x"},
            "Q.told.first",
        ),
        ('{ stories(first: "x") { nodes { id } } }', {}, "stories.first"),
        ("{ told: stories(where: {kind: Event}) { nodes { id } } }", {}, "told.where.kind"),
        ('{ stories(where: {since: "2026-07-01"}) { nodes { id } } }', {}, "stories.where.since"),
        ('{ stories(where: {since: "yesterday"}) { nodes { id } } }', {}, "stories.where.since"),
        ("{ stories(where: {since: 2026}) { nodes { id } } }", {}, "stories.where.since"),
        ("{ stories(frst: 1) { nodes { id } } }", {}, "stories.frst"),
        ("{ stories { nodes { titl } } }", {}, "stories.nodes.titl"),
        ("{ stories { nodes { ...S } } } fragment S on Story { titl }", {}, "S.titl"),
        ("{ stories { nodes { id } }", {}, "query"),
    ],
)
async def test_what_is_refused_is_named_by_its_place(
    client: httpx.AsyncClient, document: str, variables: dict[str, Any], place: str
) -> None:
    for _ in range(2):  # the second time from what was kept of the document
        answer = (await client.post("/graphql", json={"query": document, "variables": variables})).json()
        problems = [problem for error in answer["errors"] for problem in error["extensions"]["problems"]]
        assert [(problem["kind"], problem["field"]) for problem in problems] == [("invalid", place)]


LITERAL = 'mutation { createStory(input: {title: "T", %s}) { changeId } }'


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ('content: "C", aboutIds: ["x", true]', {"content": "C", "aboutIds": ["x", True]}),
        ('content: "C", kind: Event', {"content": "C", "kind": "Event"}),
        ('content: "C", at: "x"', {"content": "C", "at": "x"}),
        ('content: "C", colour: "red"', {"content": "C", "colour": "red"}),
        ("aboutIds: []", {"aboutIds": []}),
    ],
)
async def test_a_value_has_one_place_whether_it_is_written_in_the_document_or_comes_in_a_variable(
    client: httpx.AsyncClient, literal: str, value: dict[str, Any]
) -> None:
    asked = [{"query": LITERAL % literal}, {"query": WRITTEN, "variables": {"story": {"title": "T", **value}}}]
    answers = [(await client.post("/graphql", json=body)).json()["errors"] for body in asked]
    fields = [errors[0]["extensions"]["problems"][0]["field"] for errors in answers]
    assert fields[0] == fields[1]
    assert answers[1][0]["message"].startswith("Variable '$story' has invalid value"), "which one is still said"


@pytest.mark.parametrize(
    ("document", "variables", "right"),
    [
        ("{ stories { nodes { titl } } }", {}, "The fields of `Story` are about, aboutIds, "),
        ("{ items: node(id: 1) { nam } }", {}, "; what only some kinds have is asked in `... on Kind { }`."),
        ("{ stories }", {}, "Say in braces what of it you want. The fields of `StoryConnection` are edges, nodes, "),
        ("{ stories { totalCount { n } } }", {}, "Ask for `totalCount` alone, without braces after it."),
        ("{ stories(frst: 1) { totalCount } }", {}, "Its arguments are after, first, order, where."),
        ("{ viewer(x: 1) { scopes } }", {}, "It takes no arguments."),
        ("{ reach { reason } }", {}, "Give `people`: Who tells it today: people's ids."),
        ("{ stories(where: {kind: Event}) { totalCount } }", {}, "Give one of event, problem, working_out_loud "),
        (ASKED, {"first": "x"}, "Give a whole number of at most 32 bits."),
        ('{ stories(first: "x") { totalCount } }', {}, "Give a whole number of at most 32 bits."),
        (ASKED, {"where": {"kind": "Event"}}, "Give one of event, problem, working_out_loud "),
        (ASKED, {"where": {"kind": "Enum 'Nothing'\n: Int cannot"}}, "Give one of event, problem, working_out_loud "),
        (ASKED, {"where": {"kind": "x' does not exist in 'Y' enum"}}, "Give one of event, problem, working_out_loud "),
        (ASKED, {"where": {"since": "Value 'a' does not exist in 'B' enum"}}, "Give a DateTime: An instant in UTC, "),
        ("{ stories(first: \"Expected value of type 'Y'\") { totalCount } }", {}, "Give a whole number of at most "),
        (ASKED, {"where": {"kin": "event"}}, "Give an object with fields of audience, before, format, kind, "),
        (ASKED, {"where": {"since": "yesterday"}}, "Give a DateTime: An instant in UTC, ISO 8601: `2026-03-01T"),
        (WRITTEN, {}, "; content, title must be there."),
        (WRITTEN, {"story": {"title": "T"}}, "Give `content`: The words, "),
        ("query($p: ID) { reach(people: $p) { reason } }", {}, "Declare it as `$p: [ID!]!`."),
        ("{ stories(first: $n) { totalCount } }", {}, "Declare it with its type behind the operation's name: "),
        ("query($n: Int) { __typename }", {}, "Use `$n`, or leave it out."),
        ("{ stories { nodes { ... on Person { id } } } }", {}, "Whatever is here is a `Story`: ask for its fields "),
        ("{ node(id: 1) { ... on Reach { reason } } }", {}, "What is here is one of Account, Amplification, "),
        ("{ ...F }", {}, "Define it beside the operation: `fragment F on Type { }`."),
        ("{ a: people { totalCount } a: stories { totalCount } }", {}, "Put another name and a colon before one "),
        ("{ stories {\n nodes { id } }", {}, "The document ends at line 2, column 16, before it is whole: "),
        ("{ stories {\n 1 } }", {}, "Correct what stands at line 2, column 2."),
    ],
)
async def test_what_is_refused_is_told_what_would_be_right_there(
    client: httpx.AsyncClient, document: str, variables: dict[str, Any], right: str
) -> None:
    answer = (await client.post("/graphql", json={"query": document, "variables": variables})).json()
    (error,) = answer["errors"]
    (problem,) = error["extensions"]["problems"]
    assert right in problem["right"]


async def test_a_version_that_has_moved_on_is_called_what_its_door_calls_it(client: httpx.AsyncClient) -> None:
    made = (await client.post("/v1/topics", json={"name": "Lifts"})).json()["id"]
    document = 'mutation($id: ID!) { updateTopic(id: $id, changes: {name: "L"}, ifVersion: 7) { problems { field } } }'
    asked = await client.post("/graphql", json={"query": document, "variables": {"id": made}})
    assert asked.json()["data"]["updateTopic"]["problems"] == [{"field": "ifVersion"}]
    for method in ("PATCH", "DELETE"):
        stale = await client.request(method, f"/v1/topics/{made}", headers={"If-Match": '"7"'}, json={"name": "L"})
        assert (stale.status_code, stale.json()["problems"][0]["field"]) == (412, "If-Match")
    await client.post("/v1/topics", headers={"Idempotency-Key": "once"}, json={"name": "Lifts"})
    again = await client.post("/v1/topics", headers={"Idempotency-Key": "once"}, json={"name": "Stairs"})
    assert (again.status_code, again.json()["problems"][0]["field"]) == (409, "Idempotency-Key")


@pytest.mark.parametrize(
    "document",
    [
        'mutation { createStory(input: {title: "T", content: "What must not leak", kind: None}) { changeId } }',
        'query { amplificationPaths(from: "What/must", to: "not/leak", maxHops: 99) { outcome } }',
        "{ stories { nodes { title }",
    ],
)
async def test_no_refusal_writes_a_document_to_the_log(
    client: httpx.AsyncClient, document: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = (await client.post("/graphql", json={"query": document})).json()
    assert answer["errors"]
    assert caplog.records == []
    assert "leak" not in "".join(capsys.readouterr())
