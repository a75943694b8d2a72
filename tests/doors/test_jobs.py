"""Jobs at the doors: where one is, and their list in pages like every other."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from service.graph.session import Graph
from service.model.viewer import Scope
from tests.doors.in_process import asking

NO_OBJECT = ("The body is not a JSON object", "Send one object: {…}; its fields are question, parameters.")
PAGE = """query($first: Int!, $after: String) {
  jobs(first: $first, after: $after) {
    many: totalCount nodes { id } edges { cursor node { name: id status } }
    info: pageInfo { more: hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


@pytest_asyncio.fixture
async def client(empty_graph: Graph) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(empty_graph, Scope.read) as client:
        yield client


async def started(client: httpx.AsyncClient, count: int) -> list[str]:
    """So many jobs, the newest first."""
    answers = [await client.post("/v1/jobs", json={"question": "conventions"}) for _ in range(count)]
    assert {answer.status_code for answer in answers} == {202}
    return [answer.json()["id"] for answer in reversed(answers)]


async def test_who_starts_a_job_is_told_where_it_is(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/jobs", json={"question": "conventions"})
    assert answer.headers["Location"] == f"/v1/jobs/{answer.json()['id']}"
    assert (await client.get(answer.headers["Location"])).json() == answer.json()
    contract = (await client.get("/openapi.json")).json()
    assert "Location" in contract["paths"]["/v1/jobs"]["post"]["responses"]["202"]["headers"]


async def test_rest_lists_jobs_in_pages(client: httpx.AsyncClient) -> None:
    ids = await started(client, 5)
    address, read = "/v1/jobs?first=2", []
    while address:
        answer = await client.get(address)
        read.append([one["id"] for one in answer.json()["items"]])
        address = answer.links.get("next", {}).get("url", "")
        assert bool(address) == answer.json()["page"]["hasNextPage"]
    assert read == [ids[:2], ids[2:4], ids[4:]]
    wrong = await client.get("/v1/jobs?after=yesterday")
    assert (wrong.status_code, wrong.json()["problems"][0]["field"]) == (422, "after")


async def test_graphql_lists_jobs_as_a_connection(client: httpx.AsyncClient) -> None:
    ids = await started(client, 3)
    pages, after = [], None
    for _ in range(2):
        asked = {"query": PAGE, "variables": {"first": 2, "after": after}}
        page = (await client.post("/graphql", json=asked)).json()["data"]["jobs"]
        assert [one["id"] for one in page["nodes"]] == [one["node"]["name"] for one in page["edges"]]
        assert page["many"] == 3
        pages.append(page)
        after = page["info"]["endCursor"]
    assert [one["id"] for page in pages for one in page["nodes"]] == ids
    assert [(page["info"]["more"], page["info"]["hasPreviousPage"]) for page in pages] == [(True, False), (False, True)]
    assert pages[1]["info"]["startCursor"] == pages[1]["edges"][0]["cursor"] == after


@pytest.mark.parametrize(
    ("body", "field", "wrong", "right"),
    [
        ([], "body", *NO_OBJECT),
        ("reach", "body", *NO_OBJECT),
        (
            {"question": "reach", "parameters": []},
            "parameters",
            "`parameters` is not an object",
            "Give an object: Its parameters by name, as GraphQL takes them.",
        ),
    ],
)
async def test_a_body_that_is_no_object_is_told_what_would_be_right(
    client: httpx.AsyncClient, body: object, field: str, wrong: str, right: str
) -> None:
    answer = await client.post("/v1/jobs", json=body)
    assert answer.status_code == 422
    assert answer.json()["problems"] == [{"kind": "invalid", "field": field, "wrong": wrong, "right": right}]
