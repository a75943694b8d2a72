"""What is wrong with a value in an address is said as the other doors say it, what would be right named in full."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from service.app import create_app
from service.graph.session import Graph
from service.model.asking import WINDOWS, GroupBy
from service.model.errors import Invalid
from service.model.ids import derived_id
from service.model.questions import QUESTIONS
from service.model.search import SearchedKind
from service.model.selection import Order
from service.model.stories import StoryKind
from service.model.viewer import Scope
from service.operations.answering import parameters_of
from service.operations.keys import OPERATOR, create_key
from service.operations.network import Network

SOMEBODY = derived_id("wrong", "values")


@pytest_asyncio.fixture(scope="module")
async def client(graph: Graph) -> AsyncIterator[httpx.AsyncClient]:
    network = Network(graph)
    key = await create_key(network, OPERATOR, name="wrong values", scopes=[Scope.administer])
    asking = httpx.ASGITransport(create_app(network))
    headers = {"Authorization": f"Bearer {key.token}"}
    async with httpx.AsyncClient(transport=asking, base_url="http://retell", headers=headers) as client:
        yield client


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    return dict(problem)


@pytest.mark.parametrize(
    ("address", "field", "permitted"),
    [
        ("/v1/crossing?groupBy=colour", "groupBy", list(GroupBy)),
        (f"/v1/community-health?community={SOMEBODY}&windowMonths=4", "windowMonths", WINDOWS),
        ("/v1/search?query=lift&kinds=Nothing", "kinds.0", list(SearchedKind)),
        ("/v1/stories?kind=Event", "kind", list(StoryKind)),
        ("/v1/stories?order=sideways", "order", [Order.newest, Order.oldest]),
    ],
)
async def test_what_is_none_of_the_permitted_values_is_told_all_of_them(
    client: httpx.AsyncClient, address: str, field: str, permitted: list[object]
) -> None:
    problem = problem_of(await client.get(address))
    assert (problem["field"], problem["wrong"]) == (field, f"`{field}` is none of the permitted values")
    listed = problem["right"].removeprefix("Give one of ").removesuffix(".").split(", ")
    assert [str(one) for one in permitted] == [one for one in listed if one in set(map(str, permitted))]
    assert not set("'\"") & set(problem["right"])


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("crossing", {"groupBy": "colour"}),
        ("crossing", {"audience": "nobody"}),
        ("crossing", {"asOf": "5"}),
        ("crossing", {"asOf": "2026-02-30T00:00:00Z"}),
        ("calibration", {"horizonDays": "0"}),
        ("communityHealth", {"windowMonths": "4", "community": SOMEBODY}),
    ],
)
async def test_a_question_says_what_is_wrong_as_every_door_does(
    client: httpx.AsyncClient, question: str, given: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        parameters_of(QUESTIONS[question], given)
    assert problem_of(await client.get(f"/v1/{QUESTIONS[question].address}", params=given)) == refused.value.shown()[0]


async def test_a_parameter_that_a_question_has_not_is_told_those_that_it_has(client: httpx.AsyncClient) -> None:
    problem = problem_of(await client.get(f"/v1/cascades/{SOMEBODY}", params={"depth": "3"}))
    assert (problem["field"], problem["wrong"]) == ("depth", "cascade has no field of this name")
    assert "audience" in problem["right"]
    assert "item" not in problem["right"]  # it stands in the address


async def test_a_number_that_is_none_is_told_what_it_has_to_be(client: httpx.AsyncClient) -> None:
    problem = problem_of(await client.get("/v1/stories", params={"first": "many"}))
    assert (problem["wrong"], problem["right"]) == ("`first` is not a whole number", "Give a whole number.")
