"""What is wrong with a value in an address is said as the other doors say it, what would be right named in full."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from service.graph.session import Graph
from service.model.asking import WINDOWS, GroupBy
from service.model.crossing import CrossingGroupBy, DiversityGroupBy
from service.model.errors import Invalid
from service.model.ids import derived_id
from service.model.questions import QUESTIONS
from service.model.search import SearchedKind
from service.model.selection import Order
from service.model.stories import StoryKind
from service.model.viewer import Scope
from service.operations.answering import parameters_of
from tests.doors.in_process import asking

SOMEBODY = derived_id("wrong", "values")


@pytest_asyncio.fixture(scope="module")
async def client(graph: Graph) -> AsyncIterator[httpx.AsyncClient]:
    async with asking(graph, Scope.administer) as client:
        yield client


def problem_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    return dict(problem)


@pytest.mark.parametrize(
    ("address", "field", "permitted"),
    [
        ("/v1/reach?people=x&groupBy=colour", "groupBy", list(GroupBy)),
        ("/v1/crossing?groupBy=detected", "groupBy", list(CrossingGroupBy)),
        (f"/v1/diversity?community={SOMEBODY}&groupBy=community", "groupBy", list(DiversityGroupBy)),
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
    given = address.rpartition("=")[2]
    assert (problem["field"], problem["wrong"]) == (field, f"`{given}` is none of the permitted values of `{field}`")
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
    assert (problem["field"], problem["wrong"]) == ("depth", "There is no `depth` here")
    assert "audience" in problem["right"]
    assert "item" not in problem["right"]  # it stands in the address


@pytest.mark.parametrize(
    ("address", "field"),
    [
        (f"/v1/amplification-paths?from={SOMEBODY}&to={SOMEBODY}&k=3&k=5", "k"),
        (f"/v1/cascades/{SOMEBODY}?audience=everyone&audience=everyone", "audience"),
        ("/v1/stories?first=1&first=2", "first"),
        ("/v1/search?query=lift&query=stairs", "query"),
        ("/v1/bulk?dryRun=true&dryRun=false", "dryRun"),
    ],
)
async def test_what_is_no_list_is_refused_by_name_where_it_comes_twice(
    client: httpx.AsyncClient, address: str, field: str
) -> None:
    problem = problem_of(await client.request("POST" if "bulk" in address else "GET", address))
    assert problem == {"kind": "invalid", "field": field, "wrong": f"`{field}` comes 2 times", "right": "Give it once."}


async def test_a_list_may_come_several_times(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/search?query=lift&kinds=Story&kinds=Person")).status_code == 200
    twice = await client.get(f"/v1/reach?people={SOMEBODY}&people={SOMEBODY}")
    assert twice.json()["problems"][0]["kind"] == "not_found"


async def test_a_number_that_is_none_is_told_what_it_has_to_be(client: httpx.AsyncClient) -> None:
    problem = problem_of(await client.get("/v1/stories", params={"first": "many"}))
    assert (problem["wrong"], problem["right"]) == ("`first` is not a whole number", "Give a whole number.")


async def test_a_filter_that_a_list_has_not_is_told_those_that_it_has(client: httpx.AsyncClient) -> None:
    problem = problem_of(await client.get("/v1/stories", params={"colour": "red", "first": "2"}))
    assert (problem["field"], problem["wrong"]) == ("colour", "There is no `colour` here")
    assert problem["right"].startswith("The parameters of this address are first, after, order, since, before, ")


async def test_a_number_at_the_edge_of_its_range_is_told_the_range(client: httpx.AsyncClient) -> None:
    problem = problem_of(await client.get(f"/v1/what-if?leaves={SOMEBODY}&probability=0"))
    assert (problem["field"], problem["right"]) == ("probability", "Give a number that is more than 0.")


async def test_an_id_of_a_wrong_form_is_told_what_one_looks_like_however_short_it_is(client: httpx.AsyncClient) -> None:
    for word in ("", "ab", "anna.k"):
        asked = await client.get("/v1/reach", params={"people": word})
        written = await client.post("/v1/stories", json={"title": "T", "content": "C", "tellerId": word})
        kept = await client.post("/v1/jobs", json={"question": "reach", "parameters": {"people": [word]}})
        for answer, field in ((asked, "people"), (written, "tellerId"), (kept, "people")):
            problem = problem_of(answer)
            assert (problem["field"], problem["wrong"]) == (field, f"{word!r} is not an id")
            assert problem["right"] == "Give a UUID, or a reference: source/externalId."


@pytest.mark.parametrize(
    ("method", "address", "permitted"),
    [
        ("POST", "/v1/stories", "takes no parameters"),
        ("PATCH", f"/v1/stories/{SOMEBODY}", "takes no parameters"),
        ("DELETE", f"/v1/stories/{SOMEBODY}", "takes no parameters"),
        ("PUT", "/v1/topics/by-reference/intranet/lifts", "takes no parameters"),
        ("PUT", "/v1/people/by-account/intranet/anna.k", "takes no parameters"),
        ("PATCH", "/v1/conventions", "takes no parameters"),
        ("POST", "/v1/keys", "takes no parameters"),
        ("POST", "/v1/jobs", "takes no parameters"),
        ("POST", "/v1/bulk", "parameters of this address are atomic, dryRun."),
    ],
)
async def test_a_write_with_a_parameter_that_it_does_not_know_is_refused_and_nothing_written(
    client: httpx.AsyncClient, graph: Graph, method: str, address: str, permitted: str
) -> None:
    count = "MATCH (n) RETURN count(n) AS n"
    before = await graph.read_one(count)
    body = {"title": "The lift", "content": "It stopped.", "name": "Lifts"}
    problem = problem_of(await client.request(method, f"{address}?dryrun=true", json=body))
    assert (problem["field"], problem["wrong"]) == ("dryrun", "There is no `dryrun` here")
    assert permitted in problem["right"]
    assert await graph.read_one(count) == before


async def test_a_body_is_told_its_fields_and_who_may_not_ask_that_alone(client: httpx.AsyncClient) -> None:
    body = {"question": "reach", "parameter": {}}
    problem = problem_of(await client.post("/v1/jobs", json=body))
    assert (problem["wrong"], problem["right"]) == (
        "The body has no field of this name",
        "Its fields are question, parameters.",
    )
    stranger = await client.post("/v1/stories?dryRun=true", headers={"Authorization": "Bearer nobody"}, json={})
    assert stranger.status_code == 401


@pytest.mark.parametrize(
    ("label", "body", "wrong", "right"),
    [
        ("stories", {"kind": "Event"}, "`Event` is none of the permitted values of `kind`", "Give one of "),
        ("stories", {"kind": "It stopped"}, "What was given is none of the permitted values of `kind`", "Give one of "),
        ("stories", {"kind": "k" * 31}, "What was given is none of the permitted values of `kind`", "Give one of "),
        ("derivations", {"usedIds": [], "byIds": [SOMEBODY]}, "`usedIds` is too short", "Give at least 1 entry."),
        ("stories", {"title": ""}, "`title` is too short", "Give at least 1 character."),
        ("stories", {"title": "t" * 301}, "`title` is too long", "Give at most 300 characters."),
    ],
)
async def test_a_body_is_told_what_came_where_it_is_one_word_and_how_many_in_good_english(
    client: httpx.AsyncClient, label: str, body: dict[str, Any], wrong: str, right: str
) -> None:
    whole = {"title": "The lift", "content": "It stopped."} if label == "stories" else {"madeId": SOMEBODY}
    problem = problem_of(await client.post(f"/v1/{label}", json={**whole, **body}))
    assert problem["wrong"] == wrong
    assert problem["right"].startswith(right)
