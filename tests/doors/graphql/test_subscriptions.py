"""Watching over a real socket: a cascade as it grows, a job until it ends, and nothing for who may not see."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from service.app import create_app
from service.graph.session import Graph
from service.model.viewer import Scope
from service.operations.changes import sequencer
from service.operations.keys import OPERATOR, create_key, revoke_key
from service.operations.network import Network
from service.operations.working import worker
from service.operations.writing import update
from tests.doors.http.serving import serving
from tests.operations.writers import made, member, person

CASCADE = "subscription ($id: ID!) { cascade(item: $id) { size acts { person { name } } } }"
JOB = "subscription ($id: ID!) { job(id: $id) { status progress answer } }"


@pytest_asyncio.fixture
async def network(empty_graph: Graph) -> AsyncIterator[Network]:
    network = Network(empty_graph)
    async with sequencer(network), worker(network):
        yield network


@pytest_asyncio.fixture
async def client(network: Network) -> AsyncIterator[httpx.AsyncClient]:
    key = await create_key(network, OPERATOR, name="watcher", scopes=[Scope.read])
    headers = {"Authorization": f"Bearer {key.token}", "Key-Id": key.id}
    async with (
        serving(create_app(network)) as address,
        httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as client,
    ):
        yield client


async def watched(client: httpx.AsyncClient, document: str, **variables: Any) -> AsyncIterator[dict[str, Any]]:
    """The answers as they come, until the service says that there are no more."""
    body = {"query": document, "variables": variables}
    async with client.stream("POST", "/graphql", json=body, headers={"Accept": "text/event-stream"}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        event = ""
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: ") and event == "next":
                yield json.loads(line.removeprefix("data: "))
            if event == "complete":
                return


async def test_a_cascade_is_seen_growing(network: Network, client: httpx.AsyncClient) -> None:
    mary, tom = await person(network, "Mary"), await person(network, "Tom")
    story = await made(network, "Story", title="T", content="C", tellerId=mary)
    answers = watched(client, CASCADE, id=story)
    assert (await anext(answers))["data"]["cascade"]["size"] == 1
    await made(network, "Topic", name="Something else")
    await made(network, "Amplification", kind="retell", byId=tom, ofId=story)
    grown = (await asyncio.wait_for(anext(answers), 30))["data"]["cascade"]
    assert grown == {"size": 2, "acts": [{"person": {"name": "Tom"}}]}
    await answers.aclose()  # type: ignore[attr-defined]


async def test_what_becomes_hidden_goes_out_of_sight_and_a_revoked_key_sees_no_more(
    network: Network, client: httpx.AsyncClient
) -> None:
    mary, tom = await person(network, "Mary"), await person(network, "Tom")
    story = await made(network, "Story", title="T", content="C", tellerId=mary)
    shown = await made(network, "Amplification", kind="retell", byId=mary, ofId=story)
    hidden = await made(network, "Amplification", kind="retell", byId=tom, ofId=story)
    answers = watched(client, CASCADE, id=story)
    assert (await anext(answers))["data"]["cascade"]["size"] == 3
    await update(network, OPERATOR, "Amplification", hidden, {"audience": f"person:{tom}"})
    lessened = (await asyncio.wait_for(anext(answers), 30))["data"]["cascade"]
    assert lessened == {"size": 2, "acts": [{"person": {"name": "Mary"}}]}
    await update(network, OPERATOR, "Story", story, {"audience": f"person:{mary}"})
    gone = await asyncio.wait_for(anext(answers), 30)
    assert gone["errors"][0]["extensions"]["problems"][0]["kind"] == "not_found"
    with pytest.raises(StopAsyncIteration):
        await anext(answers)
    await update(network, member(mary), "Story", story, {"audience": "everyone"})
    answers = watched(client, CASCADE, id=story)
    await anext(answers)
    await revoke_key(network, OPERATOR, client.headers["Key-Id"])
    await update(network, OPERATOR, "Amplification", shown, {"kind": "share"})
    ended = await asyncio.wait_for(anext(answers), 30)
    assert ended["errors"][0]["extensions"]["problems"][0]["kind"] == "unauthenticated"
    with pytest.raises(StopAsyncIteration):
        await anext(answers)


async def test_a_job_is_watched_until_it_ends(client: httpx.AsyncClient) -> None:
    start = """mutation {
      startJob(question: "detectedCommunities", parameters: {seed: 3}) { job { id } problems { wrong } }
    }"""
    started = (await client.post("/graphql", json={"query": start})).json()["data"]["startJob"]
    assert started["problems"] == []
    seen = [answer["data"]["job"] async for answer in watched(client, JOB, id=started["job"]["id"])]
    assert seen[-1]["status"] == "done"
    assert seen[-1]["answer"]["basis"]["seed"] == 3
    assert [one["progress"] for one in seen] == sorted(one["progress"] for one in seen)
    rest = (await client.get(f"/v1/jobs/{started['job']['id']}/answer")).json()
    assert rest == seen[-1]["answer"]


async def test_who_watches_is_told_that_no_more_will_come_when_the_service_ends(
    network: Network, client: httpx.AsyncClient
) -> None:
    story = await made(network, "Story", title="T", content="C", tellerId=await person(network, "Mary"))
    app = create_app(network)
    async with serving(app) as address:
        client.base_url = address
        answers = watched(client, CASCADE, id=story)
        await anext(answers)
        app.state.ending.set()
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(answers), 5)
        # What has one answer still gets it.
        read = [answer async for answer in watched(client, "{ viewer { scopes } }")]
        assert [one["data"] for one in read] == [{"viewer": {"scopes": ["read"]}}]


async def test_what_cannot_be_watched_is_one_answer_that_says_why(client: httpx.AsyncClient) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    found = [answer async for answer in watched(client, CASCADE, id=unknown)]
    assert [one["errors"][0]["extensions"]["problems"][0]["kind"] for one in found] == ["not_found"]
    wrong = [answer async for answer in watched(client, "subscription { nothing }")]
    assert [one["errors"][0]["extensions"]["problems"][0]["kind"] for one in wrong] == ["invalid"]
    read = [answer async for answer in watched(client, "{ viewer { scopes } }")]
    assert [one["data"] for one in read] == [{"viewer": {"scopes": ["read"]}}]
    plain = (await client.post("/graphql", json={"query": CASCADE, "variables": {"id": unknown}})).json()
    assert plain["errors"][0]["extensions"]["problems"][0]["field"] == "Accept"
