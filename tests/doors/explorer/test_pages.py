"""What a browser gets at /graphql and /docs, and that others at the same address get the GraphQL door."""

import re
from collections.abc import AsyncIterator

import graphql
import httpx
import pytest
import pytest_asyncio

from service.app import create_app
from service.doors.explorer.pages import STATIC
from service.doors.graphql.schema import schema
from service.graph.session import Graph
from service.operations.network import Network
from tests.doors.http.serving import serving

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest_asyncio.fixture(scope="module")
async def client(graph: Graph) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(Network(graph))) as address, httpx.AsyncClient(base_url=address) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/graphql", "/docs"])
async def test_a_browser_gets_a_page_that_may_load_nothing_from_elsewhere(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers=BROWSER)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert not re.search(r"https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline", policy)


@pytest.mark.parametrize("path", ["/graphql", "/docs"])
async def test_every_file_that_a_page_names_is_served(client: httpx.AsyncClient, path: str) -> None:
    page = (await client.get(path, headers=BROWSER)).text
    named = re.findall(r'(?:src|href)="([^"]+)"', page)

    assert len(named) >= 4
    for file in named:
        answer = await client.get(file)
        assert answer.status_code == 200, file
        assert answer.content


async def test_the_contracts_page_is_there_for_whoever_asks(client: httpx.AsyncClient) -> None:
    assert "html" in (await client.get("/docs")).headers["content-type"]


async def test_who_asks_for_json_gets_the_graphql_door(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphql", headers={"Accept": "application/json"})
    assert "html" not in answer.headers["content-type"]


async def test_a_file_outside_the_pages_is_not_served(client: httpx.AsyncClient) -> None:
    answer = await client.get("/pages/..%2fpages.py")
    assert answer.status_code == 404


def test_the_question_that_graphiql_opens_with_fits_the_schema() -> None:
    page = (STATIC / "graphiql.html").read_text(encoding="utf-8")
    question = re.findall(r'<template id="question">(.*?)</template>', page, re.DOTALL)
    assert len(question) == 1
    assert graphql.validate(graphql.build_schema(schema().as_str()), graphql.parse(question[0])) == []
