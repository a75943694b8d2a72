"""Over a real socket: ids in and out, one form of error, limits on bodies, a log that quotes nobody."""

import asyncio
import io
import json
import re
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from service.doors.http.bodies import json_object
from service.doors.http.logs import configure_logs
from service.doors.http.problems import install_problems
from service.doors.http.requests import RequestMiddleware, request_id
from service.model.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Problem,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from tests.doors.http.serving import serving

SECRET = "Ada told this in confidence to ada@example.org"
LIMIT = 10_000


def application() -> FastAPI:
    app = FastAPI()
    install_problems(app)
    app.add_middleware(RequestMiddleware, limits={"/large": 200_000}, most_bytes=LIMIT)

    @app.post("/echo")
    @app.post("/large")
    async def echo(request: Request) -> dict[str, Any]:
        return await json_object(request)

    @app.post("/typed/{number}")
    async def typed(number: int, body: dict[str, int], many: int = 1) -> int:
        return number + many + len(body)

    @app.get("/errors/{kind}")
    async def errors(kind: str) -> None:
        if kind == "several":
            raise Invalid.of([Problem(field=field, wrong=f"{field} is wrong", right="Right it.") for field in "ab"])
        if kind == "stale":
            raise Conflict("It has changed", right="Read again.", field="ifVersion")
        if kind == "unforeseen":
            raise RuntimeError(SECRET)
        family = {
            error.kind: error
            for error in (Invalid, NotFound, Conflict, Forbidden, Unauthenticated, TooLarge, TooMany, Unavailable)
        }
        raise family[kind]("Wrong", right="Right.", field="field")

    @app.get("/id")
    async def own_id() -> str:
        return request_id()

    return app


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with serving(application()) as address, httpx.AsyncClient(base_url=address) as client:
        yield client


@pytest.fixture
def logged() -> Any:
    stream = io.StringIO()
    before = structlog.get_config()
    configure_logs(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.configure(**before)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("invalid", 422),
        ("not_found", 404),
        ("conflict", 409),
        ("forbidden", 403),
        ("unauthenticated", 401),
        ("too_large", 413),
        ("too_many", 429),
        ("unavailable", 503),
    ],
)
async def test_each_kind_of_error_has_its_status_and_one_form(
    client: httpx.AsyncClient, kind: str, status: int
) -> None:
    answer = await client.get(f"/errors/{kind}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    shown = answer.json()
    assert set(shown) == {"type", "title", "status", "detail", "problems", "requestId"}
    assert shown["type"] == f"urn:retell:problem:{kind}"
    assert shown["problems"] == [{"kind": kind, "field": "field", "wrong": "Wrong", "right": "Right."}]
    assert shown["requestId"] == answer.headers["x-request-id"]
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert ("retry-after" in answer.headers) == (status in {429, 503})


async def test_several_problems_come_together(client: httpx.AsyncClient) -> None:
    shown = (await client.get("/errors/several")).json()
    assert [problem["field"] for problem in shown["problems"]] == ["a", "b"]


async def test_a_title_is_true_of_whatever_its_kind_is_about(client: httpx.AsyncClient) -> None:
    titles = {(await client.get(f"/errors/{about}")).json()["title"] for about in ("conflict", "stale")}
    assert titles == {"The request conflicts with what there is"}  # an id, a key, a job as well as a version
    unavailable = (await client.get("/errors/unavailable")).json()
    assert unavailable["title"] == "This can't be answered now"  # a service that ends as well as a database


async def test_a_stale_version_is_412_where_if_match_asked(client: httpx.AsyncClient) -> None:
    stale = await client.get("/errors/stale", headers={"If-Match": '"3"'})
    assert (stale.status_code, stale.json()["problems"][0]["field"]) == (412, "If-Match")
    assert (await client.get("/errors/stale")).status_code == 409


async def test_the_unforeseen_shows_an_id_and_nothing_else(client: httpx.AsyncClient, logged: Any) -> None:
    answer = await client.get("/errors/unforeseen")
    assert answer.status_code == 500
    assert answer.json()["requestId"] == answer.headers["x-request-id"]
    assert "Ada" not in answer.text
    assert "Traceback" not in answer.text
    lines = logged()
    assert "Ada" not in json.dumps(lines)
    assert {line["request_id"] for line in lines} == {answer.headers["x-request-id"]}
    assert any(line["event"] == "failed" and line["error"] == "RuntimeError" and line["frames"] for line in lines)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abc-123", True), ("a" * 100, True), ("a" * 101, False), ("a b", False), ("a\tb", False), ("<x>", False)],
)
async def test_a_request_keeps_the_id_it_came_with_if_it_is_a_plain_word(
    client: httpx.AsyncClient, given: str, *, kept: bool
) -> None:
    answer = await client.get("/id", headers={"X-Request-Id": given})
    assert (answer.headers["x-request-id"] == given) is kept
    assert answer.json() == answer.headers["x-request-id"]


async def test_each_request_has_an_id_of_its_own(client: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(client.get("/id") for _ in range(20)))
    assert len({answer.json() for answer in answers}) == 20


async def test_the_log_names_the_route_and_never_what_was_sent(client: httpx.AsyncClient, logged: Any) -> None:
    await client.post("/typed/4?many=3", json={"ada@example.org": 1}, headers={"Authorization": "Bearer retell_secret"})
    await client.get("/nowhere/ada@example.org")
    first, second = logged()
    assert first["event"] == "request"
    assert (first["method"], first["route"], first["status"]) == ("POST", "/typed/{number}", 200)
    assert first["milliseconds"] >= 0
    assert (second["route"], second["status"]) == ("unmatched", 404)
    assert not re.search("ada@|retell_secret", json.dumps([first, second]))


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (b"", "empty"),
        (b"{", "not JSON: EOF while parsing an object at line 1, column 1"),
        (b'{"a": 1,}', "trailing comma at line 1, column 9"),
        (b'{"a": \xff}', "not UTF-8 at byte 6"),
        (b'{"a": NaN}', "not JSON"),
        (b'{"a": "\\ud800"}', "not JSON"),
        (b"[" * 10_001, "larger than"),
        (b"[" * 9_999, "nested too deep at line 1, column 202"),
        (b'{"a":' * 1_500 + b"1" + b"}" * 1_500, "nested too deep"),
        (b"[1]", "not a JSON object"),
        (b"1" * 5_000, "not JSON"),
    ],
)
async def test_a_body_that_is_not_a_json_object_says_why(client: httpx.AsyncClient, body: bytes, wrong: str) -> None:
    answer = await client.post("/echo", content=body)
    assert answer.status_code == (413 if wrong == "larger than" else 422)
    (problem,) = answer.json()["problems"]
    assert problem["field"] == "body"
    assert wrong in problem["wrong"]
    assert problem["right"]


@pytest.mark.parametrize("body", [b"{", b"[" * 9_999, b'{"a": "\xff"}', b'{"a": "x"}', b"[1]", b"9" * 5_000])
async def test_bodies_that_the_framework_reads_are_refused_in_the_same_form(
    client: httpx.AsyncClient, body: bytes
) -> None:
    answer = await client.post("/typed/1", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"
    assert all(problem["wrong"] and problem["right"] for problem in answer.json()["problems"])


async def test_the_frameworks_validation_names_the_field(client: httpx.AsyncClient) -> None:
    answer = await client.post("/typed/x?many=y", json={"a": "z"})
    assert answer.status_code == 422
    assert {problem["field"] for problem in answer.json()["problems"]} == {"number", "many", "a"}


async def test_an_unknown_address_or_method_is_a_problem_too(client: httpx.AsyncClient) -> None:
    missing = await client.get("/nowhere")
    assert missing.status_code == 404
    assert missing.json()["problems"][0]["kind"] == "not_found"
    refused = await client.delete("/echo")
    assert refused.status_code == 405
    assert "POST" in refused.headers["allow"]
    assert refused.json()["problems"][0]["right"] == "Use POST."


async def chunks(count: int, size: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * size


@pytest.mark.parametrize("address", ["/echo", "/typed/1"])
@pytest.mark.parametrize("streamed", [True, False])
async def test_a_body_over_the_limit_is_answered_and_not_cut_off(
    client: httpx.AsyncClient, address: str, *, streamed: bool
) -> None:
    content: Any = chunks(100, 100_000) if streamed else b" " * 10_000_000
    answer = await client.post(address, content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 413
    (problem,) = answer.json()["problems"]
    assert (problem["kind"], problem["field"]) == ("too_large", "body")
    assert "10,000 bytes" in problem["wrong"]


async def test_a_route_may_take_more(client: httpx.AsyncClient) -> None:
    body = {"a": "x" * 100_000}
    assert (await client.post("/large", json=body)).json() == body
    assert (await client.post("/large", json={"a": "x" * 300_000})).status_code == 413


async def test_at_the_limit_and_one_byte_over(client: httpx.AsyncClient) -> None:
    body = b'{"a": 1}'.ljust(LIMIT)
    assert (await client.post("/echo", content=body)).status_code == 200
    assert (await client.post("/echo", content=body + b" ")).status_code == 413


async def test_a_client_that_waits_for_consent_is_refused_before_it_sends(client: httpx.AsyncClient) -> None:
    reader, writer = await asyncio.open_connection(client.base_url.host, client.base_url.port)
    writer.write(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\nExpect: 100-continue\r\n\r\n")
    first = await asyncio.wait_for(reader.readline(), 3)
    assert b"413" in first
    writer.close()


async def test_a_client_that_leaves_half_way_is_no_error(client: httpx.AsyncClient, logged: Any) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as connection:
        connection.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{")
        await asyncio.sleep(0.1)
    for _ in range(50):
        await asyncio.sleep(0.02)
        if logged():
            break
    (line,) = logged()
    assert (line["event"], line["status"]) == ("request", 499)


def endless_application() -> FastAPI:
    app = FastAPI()
    app.add_middleware(RequestMiddleware)

    @app.get("/endless/{begun}")
    async def endless(begun: str) -> Response:
        async def stream() -> AsyncIterator[bytes]:
            yield b"begun"
            await asyncio.Event().wait()

        if begun == "begun":
            return StreamingResponse(stream())
        return await asyncio.Event().wait()  # type: ignore[return-value]  # it never is

    return app


async def cancelled(app: FastAPI, begun: str) -> list[Any]:
    """What was sent of an answer that would never end, and was cut off."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": f"/endless/{begun}", "headers": [], "query_string": b""}
    answering = asyncio.ensure_future(app(scope, asyncio.Event().wait, send))  # type: ignore[arg-type]
    await asyncio.sleep(0.05)
    answering.cancel()
    await answering
    return sent


@pytest.mark.parametrize(("begun", "statuses"), [("begun", [200]), ("waiting", [503])])
async def test_what_the_end_of_the_service_cuts_off_leaves_no_trace(begun: str, statuses: list[int]) -> None:
    app = endless_application()
    with pytest.raises(asyncio.CancelledError):  # whoever else gives up on an answer is not told that it came
        await cancelled(app, begun)
    app.state.ending = asyncio.Event()
    app.state.ending.set()
    sent = await cancelled(app, begun)
    assert [int(one["status"]) for one in sent if one["type"] == "http.response.start"] == statuses
    whole = [one for one in sent if one["type"] == "http.response.body" and not one.get("more_body")]
    assert len(whole) == (begun == "waiting")  # what has begun must not look whole
