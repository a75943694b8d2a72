"""Errors as problem+json (RFC 9457): one mapping of the family of errors to HTTP, for every door."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from service.doors.http.methods import documented_methods
from service.model.errors import (
    Conflict,
    Invalid,
    NotFound,
    Problem,
    RetellError,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from service.model.fields import DeclaredField, declared_fields
from service.operations.validation import problem_of

MEDIA_TYPE = "application/problem+json"
REQUEST_ID = "retell.request_id"
"""Where a request's scope holds its id."""

STATUSES: Mapping[str, HTTPStatus] = {
    "invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "not_found": HTTPStatus.NOT_FOUND,
    "conflict": HTTPStatus.CONFLICT,
    "forbidden": HTTPStatus.FORBIDDEN,
    "unauthenticated": HTTPStatus.UNAUTHORIZED,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The status of each kind of error."""

TITLES: Mapping[str, str] = {
    "invalid": "The request is wrong",
    "not_found": "There is no such thing",
    "conflict": "The request conflicts with what there is",
    "forbidden": "The key may not do this",
    "unauthenticated": "Nobody is signed in",
    "too_large": "Over a limit",
    "too_many": "Too much at once",
    "unavailable": "This can't be answered now",
    "internal": "Something went wrong here",
}
"""What each kind is called: the same whatever it is about, as RFC 9457 has it (3.1.4); `detail` says the rest."""

STALE_FIELD = "ifVersion"
"""A conflict about this field is a version that has moved on: 412 where HTTP's own condition asked for it."""
HEADERS: Mapping[str | None, str] = {STALE_FIELD: "If-Match", "idempotencyKey": "Idempotency-Key"}
"""What HTTP has a header for, by the name that every other door has for it."""
_RETRY_SECONDS = "5"


def problem_response(error: RetellError, *, request: Request, status: HTTPStatus | None = None) -> Response:
    """An error as an answer; `status` where HTTP has a better one than the kind's."""
    headers = {}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="retell"'
    if isinstance(error, TooMany | Unavailable):
        headers["Retry-After"] = _RETRY_SECONDS
    if isinstance(error, Conflict) and error.problems[0].field == STALE_FIELD and "if-match" in request.headers:
        status = HTTPStatus.PRECONDITION_FAILED
    id = request.scope.get(REQUEST_ID, "")
    problems = [{**problem, "field": HEADERS.get(problem["field"], problem["field"])} for problem in error.shown()]
    return _response(error.kind, status or STATUSES[error.kind], problems, headers, id)


def internal_problem(id: str) -> Response:
    """The answer to what nobody foresaw: an id to ask about, and nothing of what happened."""
    wrong = f"Something went wrong here; the request was {id}."
    shown = [{"kind": "internal", "field": None, "wrong": wrong, "right": "Try again, or report the request's id."}]
    return _response("internal", STATUSES["internal"], shown, {}, id)


def install_problems(app: FastAPI) -> None:
    """Answer every error of the application in one form."""
    app.add_exception_handler(RetellError, _retell_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_exception)


async def _retell_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, RetellError):
        raise error
    return problem_response(error, request=request)


async def _validation_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    bodies = [body.field_info.annotation for body in request.scope["route"].dependant.body_params]
    fields = next((declared_fields(body) for body in bodies if hasattr(body, "__pydantic_fields__")), {})
    return problem_response(Invalid.of([_problem(detail, fields) for detail in error.errors()]), request=request)


async def _http_exception(request: Request, error: Exception) -> Response:
    """What the framework raises: an unknown address or method, a body that it could not read."""
    if not isinstance(error, HTTPException):
        raise error
    if isinstance(error.__cause__, RetellError):
        return problem_response(error.__cause__, request=request)
    status = HTTPStatus(error.status_code)
    if status == HTTPStatus.BAD_REQUEST:  # a body that the framework could not read: wrong like any other
        status = STATUSES["invalid"]
    if status == HTTPStatus.METHOD_NOT_ALLOWED and (methods := documented_methods(request.app, request.url.path)):
        error.headers = {**(error.headers or {}), "Allow": ", ".join(methods)}
    response = problem_response(_framework_error(status, request, error), request=request, status=status)
    response.headers.update(error.headers or {})
    return response


def _framework_error(status: HTTPStatus, request: Request, error: HTTPException) -> RetellError:
    if status == HTTPStatus.NOT_FOUND:
        return NotFound(
            "There is nothing at this address", right="See /openapi.json for the addresses of this service."
        )
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = (error.headers or {}).get("Allow", "")
        return Invalid(f"{request.method} is not answered at this address", right=f"Use {allowed}." if allowed else "")
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return TooLarge("The body is too large", right="Send less at a time.", field="body")
    if isinstance(error.__cause__, RecursionError):
        return Invalid("The body is nested too deep", right="Send JSON that is nested less deep.", field="body")
    if isinstance(error.__cause__, UnicodeDecodeError):
        return Invalid("The body is not UTF-8", right="Send JSON in UTF-8.", field="body")
    return Invalid(str(error.detail), right="See /openapi.json for what is taken here.", field="body")


def _problem(detail: Mapping[str, Any], fields: Mapping[str, DeclaredField]) -> Problem:
    """What the framework's validation says of one value: its place without the part of the request it stands in.

    `fields` are those of the route's body.
    """
    place = [str(step) for step in detail["loc"]]
    field = ".".join(place[1:]) or (place[0] if place else "body")
    if detail["type"] == "json_invalid":
        wrong = (
            f"The body is not JSON: {detail.get('ctx', {}).get('error', 'it cannot be read')} at character {place[-1]}"
        )
        return Problem(field="body", wrong=wrong, right="Send one JSON value.")
    if detail["type"] == "model_attributes_type" and place == ["body"]:
        right = f"Send one object: {{…}}; its fields are {', '.join(fields)}."
        return Problem(field="body", wrong="The body is not a JSON object", right=right)
    if detail["type"] == "missing":
        return Problem(field=field, wrong=f"`{field}` is missing", right=f"Give `{field}`.")
    return problem_of(detail, place[1:] or [field], label="The body", fields=fields if place[:1] == ["body"] else {})


def _response(
    kind: str,
    status: HTTPStatus,
    problems: Sequence[Mapping[str, str | None]],
    headers: Mapping[str, str],
    id: str,
) -> Response:
    content = {
        "type": f"urn:retell:problem:{kind}",
        "title": TITLES[kind],
        "status": int(status),
        "detail": problems[0]["wrong"],
        "problems": problems,
        "requestId": id,
    }
    return Response(orjson.dumps(content), status_code=status, headers=dict(headers), media_type=MEDIA_TYPE)
