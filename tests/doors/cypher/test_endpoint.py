"""The door itself: who may, from where, how much, and what stays behind in the log."""

import asyncio
import json
import time
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from service.model.viewer import Scope
from service.operations.keys import OPERATOR, create_key
from service.operations.network import Network
from service.operations.statements import Limits
from tests.access.statement_table import DENIED, WRITES
from tests.doors.cypher.conftest import application
from tests.doors.http.serving import serving

ENDLESS = "UNWIND range(1, 100000000000) AS x WITH x WHERE x % 100000000000 = 0 RETURN x"
SLOW_AFTER_999 = "UNWIND range(1, 100000000000) AS x WITH x WHERE x < 1000 OR x % 100000000000 = 0 RETURN x"


def asking(statement: Any, **parameters: Any) -> dict[str, Any]:
    return {"statement": statement, "parameters": parameters}


async def limited(network: Network, token: str, limits: Limits, *statements: str) -> list[httpx.Response]:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        serving(application(network, limits)) as address,
        httpx.AsyncClient(base_url=address, headers=headers, timeout=30) as client,
    ):
        return list(await asyncio.gather(*(client.post("/v1/cypher", json=asking(one)) for one in statements)))


async def test_an_answer_has_columns_rows_and_says_that_it_is_whole(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/cypher", json=asking("UNWIND $list AS x RETURN x, -x AS y", list=[1, 2]))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    shown = answer.json()
    assert shown.pop("milliseconds") >= 0
    assert shown == {
        "columns": ["x", "y"],
        "rows": [[1, -1], [2, -2]],
        "rowCount": 2,
        "truncated": None,
        "problems": [],
    }


async def test_no_rows_is_an_answer_too(client: httpx.AsyncClient) -> None:
    shown = (await client.post("/v1/cypher", json=asking("UNWIND [] AS x RETURN x"))).json()
    assert (shown["columns"], shown["rows"], shown["rowCount"]) == (["x"], [], 0)


@pytest.mark.parametrize(
    ("accept", "lines"),
    [
        ("application/x-ndjson", True),
        ("application/x-ndjson, application/json;q=0.5", True),
        ("application/json, application/x-ndjson", False),
        ("*/*", False),
        ("text/html", False),
    ],
)
async def test_accept_chooses_between_one_object_and_lines(
    client: httpx.AsyncClient, accept: str, *, lines: bool
) -> None:
    answer = await client.post("/v1/cypher", json=asking("UNWIND [1, 2] AS x RETURN x"), headers={"Accept": accept})
    if not lines:
        assert answer.json()["rows"] == [[1], [2]]
        return
    assert answer.headers["content-type"] == "application/x-ndjson"
    first, *rows, last = [json.loads(line) for line in answer.text.splitlines()]
    assert first == {"columns": ["x"]}
    assert rows == [{"row": [1]}, {"row": [2]}]
    assert (last["rowCount"], last["truncated"], last["problems"]) == (2, None, [])


async def test_rows_are_sent_while_they_are_read(network: Network, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/x-ndjson"}
    wide = SLOW_AFTER_999.replace("RETURN x", "RETURN x, $wide AS wide")
    async with (
        serving(application(network, Limits(seconds=3))) as address,
        httpx.AsyncClient(base_url=address, headers=headers) as client,
    ):
        started = time.monotonic()
        async with client.stream("POST", "/v1/cypher", json=asking(wide, wide="x" * 1000)) as answer:
            pieces = [time.monotonic() - started async for _ in answer.aiter_bytes()]
    assert pieces[0] < pieces[-1] - 1


@pytest.mark.parametrize("statement", [one for one in DENIED if "\ud800" not in one])
async def test_what_is_not_surely_a_read_is_refused_by_name_and_place(
    client: httpx.AsyncClient, statement: str
) -> None:
    answer = await client.post("/v1/cypher", json=asking(statement))
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["field"] == "statement"
    assert problem["wrong"].startswith("Line ")


async def test_a_write_names_its_place(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/cypher", json=asking("MATCH (n)\n  DETACH DELETE n"))
    (problem,) = answer.json()["problems"]
    assert problem["wrong"] == "Line 2, column 3: DETACH writes."
    assert "only reads" in problem["right"]


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("RETURN x", "Line 1, column 8: "),
        ("RETURN 1,\n  y", "Line 2, column 3: "),
        ("/* a\n comment */ RETURN z", "Line 2, column 20: "),
        ("MATCH (n RETURN n", "Line 1, column 10: "),
    ],
)
async def test_a_mistake_has_the_place_in_the_statement_as_sent(
    client: httpx.AsyncClient, statement: str, place: str
) -> None:
    answer = await client.post("/v1/cypher", json=asking(statement))
    assert answer.status_code == 422
    (problem,) = answer.json()["problems"]
    assert problem["wrong"].startswith(place)
    assert "EXPLAIN" not in problem["wrong"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "statement"),
        ({"statement": 5}, "statement"),
        ({"statement": "RETURN 1", "parameters": [1]}, "parameters"),
        ({"statement": "RETURN 1", "params": {}}, "params"),
        (asking("RETURN $x", x=[1, 2**63]), "parameters.x.1"),
        (asking("RETURN $x", x={"deep": [-(2**63) - 1]}), "parameters.x.deep.0"),
        (asking("RETURN $missing"), "statement"),
    ],
)
async def test_a_wrong_body_names_the_field(client: httpx.AsyncClient, body: Any, field: str) -> None:
    answer = await client.post("/v1/cypher", json=body)
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["problems"]] == [field]


async def test_what_goes_wrong_after_the_first_rows_is_said_at_the_end(client: httpx.AsyncClient) -> None:
    shown = (await client.post("/v1/cypher", json=asking("UNWIND [1, 1, 0, 1] AS x RETURN 1 / x AS y"))).json()
    assert shown["rows"][0] == [1]
    assert shown["rowCount"] < 4
    (problem,) = shown["problems"]
    assert (problem["kind"], problem["field"]) == ("invalid", "statement")


@pytest.mark.parametrize(
    ("limits", "statement", "truncated", "rows"),
    [
        (Limits(rows=3), "UNWIND range(1, 4) AS x RETURN x", "rows", 3),
        (Limits(rows=3), "UNWIND range(1, 3) AS x RETURN x", None, 3),
        (Limits(bytes=100), "UNWIND range(1, 1000) AS x RETURN 'abcdef' AS x", "bytes", 10),
        (Limits(bytes=100), "RETURN range(1, 1000) AS x", "bytes", 0),
        (Limits(seconds=1), SLOW_AFTER_999, "time", 999),
    ],
)
async def test_a_cut_answer_says_so(
    network: Network, token: str, limits: Limits, statement: str, *, truncated: str | None, rows: int
) -> None:
    (answer,) = await limited(network, token, limits, statement)
    shown = answer.json()
    assert (shown["truncated"], shown["rowCount"], len(shown["rows"])) == (truncated, rows, rows)


async def test_no_row_within_the_time_is_an_error(network: Network, token: str) -> None:
    (answer,) = await limited(network, token, Limits(seconds=1), ENDLESS)
    assert answer.status_code == 413
    (problem,) = answer.json()["problems"]
    assert problem["field"] == "statement"
    assert "longer than 1 second" in problem["wrong"]


async def test_more_than_so_many_at_once_are_refused_and_the_place_is_given_back(network: Network, token: str) -> None:
    limits = Limits(seconds=2, at_once=2)
    answers = await limited(network, token, limits, ENDLESS, ENDLESS, ENDLESS)
    assert sorted(answer.status_code for answer in answers) == [413, 413, 503]
    (refused,) = [answer for answer in answers if answer.status_code == 503]
    assert "retry-after" in refused.headers
    assert [one.status_code for one in await limited(network, token, limits, "RETURN 1", "RETURN 2")] == [200, 200]


async def test_a_reader_who_leaves_ends_the_statement(network: Network, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    limits = Limits(seconds=60, at_once=1)
    async with serving(application(network, limits)) as address:
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=0.7) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.post("/v1/cypher", json=asking(ENDLESS))
        async with httpx.AsyncClient(base_url=address, headers=headers, timeout=30) as client:
            deadline = time.monotonic() + 10
            while (again := await client.post("/v1/cypher", json=asking("RETURN 1"))).status_code == 503:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.1)
    assert again.status_code == 200


@pytest.mark.parametrize("scope", [Scope.read, Scope.contribute, Scope.integrate])
async def test_other_keys_are_refused(network: Network, client: httpx.AsyncClient, scope: Scope) -> None:
    made = await create_key(network, OPERATOR, name="another", scopes={Scope.read, scope}, person_id=None)
    answer = await client.post("/v1/cypher", json=asking("RETURN 1"), headers={"Authorization": f"Bearer {made.token}"})
    assert answer.status_code == 403


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer retell_nobody", "Basic YTpi"])
async def test_nobody_is_refused(client: httpx.AsyncClient, header: str | None) -> None:
    async with httpx.AsyncClient(base_url=client.base_url) as stranger:
        headers = {} if header is None else {"Authorization": header}
        answer = await stranger.post("/v1/cypher", json=asking("RETURN 1"), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("address", "answered"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("203.0.113.7", False),
        ("::ffff:203.0.113.7", False),
        ("172.17.0.1", False),
        ("2001:db8::1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address that is asked from, not bound to
        ("testclient", False),
    ],
)
async def test_only_this_machine_is_answered(network: Network, token: str, address: str, *, answered: bool) -> None:
    transport = httpx.ASGITransport(application(network), client=(address, 50_000))
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://retell", headers=headers) as client:
        answer = await client.post("/v1/cypher", json=asking("RETURN 1"))
    assert answer.status_code == (200 if answered else 403)
    if not answered:
        assert "127.0.0.1" in answer.json()["problems"][0]["right"]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_a_proxy_on_this_machine_is_not_answered(client: httpx.AsyncClient, header: str) -> None:
    answer = await client.post("/v1/cypher", json=asking("RETURN 1"), headers={header: "127.0.0.1"})
    assert answer.status_code == 403


async def test_each_statement_is_in_the_log_without_its_literals_and_values(client: httpx.AsyncClient) -> None:
    with capture_logs() as logged:
        await client.post("/v1/cypher", json=asking("RETURN 'Ada' AS x, $who AS y // Ada", who="Ada"))
        await client.post("/v1/cypher", json=asking("RETURN date('Ada') AS x"))
        await client.post("/v1/cypher", json=asking("'Ada'"))
        await client.post("/v1/cypher", json=asking(WRITES[0]))
    audit = [line for line in logged if line["event"].startswith("statement.")]
    assert [line["event"] for line in audit] == ["statement.asked", "statement.ended"] * 2 + ["statement.ended"] * 2
    asked, ended = audit[:2]
    assert asked["shape"] == "RETURN … AS x , $ who AS y"
    assert asked["parameters"] == ["who"]
    assert asked["principal"] == ended["principal"] != ""
    assert (ended["outcome"], ended["rows"], ended["truncated"]) == ("answered", 1, None)
    assert [line["outcome"] for line in audit[3:]] == ["invalid", "invalid", "invalid"]
    assert "Ada" not in json.dumps(logged)


async def test_this_door_sees_what_was_told_in_confidence_and_the_log_knows_who_looked(
    client: httpx.AsyncClient,
) -> None:
    """The decision in docs/decisions/: until the analysts' copy exists, this door is the exception, and says so."""
    statement = "MATCH (s:Story) WHERE s.audience STARTS WITH 'person:' RETURN count(s) > 0 AS seen"
    with capture_logs() as logged:
        answer = await client.post("/v1/cypher", json=asking(statement))
    assert answer.json()["rows"] == [[True]]
    assert sum(line["event"] == "statement.ended" for line in logged) == 1
