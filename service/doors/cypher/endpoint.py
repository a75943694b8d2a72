"""`POST /v1/cypher`: a statement in, its rows out as they come, as one JSON object or as NDJSON.

Open to loopback only: it sees the whole graph (docs/decisions says why, and until when).
"""

from ipaddress import ip_address
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from service.doors.cypher.streaming import JSON, NDJSON, Streamed
from service.doors.http.authentication import BEARER, viewer_of_request
from service.doors.http.bodies import json_object
from service.doors.http.contract import problem_responses
from service.model.errors import Forbidden, Invalid
from service.operations.statements import LIMITS, Limits

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_TYPED = (
    "What JSON has is shown as it is: null, booleans, text, lists, maps, integers up to 2^53 - 1 either way, finite "
    "floats (always with a point or an exponent). All else is an object with a `$type`: `Integer`, `Float` (NaN, "
    "Infinity, -Infinity), `Bytes` (base64), `Date`, `LocalTime`, `ZonedTime`, `LocalDateTime`, `ZonedDateTime` "
    "(offset and zone, RFC 9557), `Duration` (ISO 8601: months, days, seconds) with a text `value`; `Point` with "
    "`srid` and `coordinates`; `Node` with `elementId`, `labels`, `properties`; `Relationship` with `elementId`, "
    "`type`, `startElementId`, `endElementId`, `properties`; `Path` with `nodes`, `relationships`; `Map` with, in "
    "`value`, a map that has a key `$type`."
)
_ROWS = (
    "The rows; by `Accept`, one object or NDJSON: a line with `columns`, a line with `row` for each row, and a last "
    "line with what else the object has."
)


class StatementBody(BaseModel):
    """A statement and its parameters."""

    model_config = ConfigDict(extra="forbid")
    statement: Annotated[
        str, Field(description="One Cypher statement that only reads.", examples=["WITH datetime() AS now RETURN now"])
    ]
    parameters: Annotated[
        dict[str, Any] | None,
        Field(default_factory=dict, description="Its parameters by name; times go in as text: `datetime($from)`."),
    ]


class StatementAnswer(BaseModel):
    """What a statement answered."""

    columns: Annotated[list[str], Field(description="The columns.")]
    rows: Annotated[list[list[Any]], Field(description=f"The rows, each a list of values. {_TYPED}")]
    rowCount: Annotated[int, Field(description="How many rows there are here.")]  # noqa: N815 - as JSON writes it
    truncated: Annotated[
        str | None, Field(description="`rows`, `bytes`, `time` or `memory` if a limit cut the answer short.")
    ]
    milliseconds: Annotated[int, Field(description="How long it took.")]
    problems: Annotated[
        list[dict[str, Any]], Field(description="What broke the answer off after its first rows, if anything.")
    ]


def cypher_router(limits: Limits = LIMITS) -> APIRouter:
    """The door's one route; the network is `app.state.network`."""
    router = APIRouter(tags=["Cypher"], dependencies=[Depends(BEARER)])

    @router.post(
        "/v1/cypher",
        operation_id="runStatement",
        summary="Run a Cypher statement that only reads",
        response_class=Response,
        responses={
            200: {
                "description": _ROWS,
                "content": {
                    JSON: {"schema": StatementAnswer.model_json_schema()},
                    NDJSON: {"schema": {"type": "string"}},
                },
            },
            **problem_responses(401, 403, 413, 422, 500, 503),
        },
        openapi_extra={
            "requestBody": {"required": True, "content": {JSON: {"schema": StatementBody.model_json_schema()}}}
        },
    )
    async def run(request: Request) -> Response:
        """For keys that administer, from this machine only. The whole graph is read, and each statement is logged."""
        _require_loopback(request)
        viewer = await viewer_of_request(request)
        statement, parameters = _asked(await json_object(request))
        as_lines = _prefers_lines(request.headers.get("accept", ""))
        return Streamed(request.app.state.network, viewer, statement, parameters, limits, as_lines=as_lines)

    return router


router = cypher_router()


def _require_loopback(request: Request) -> None:
    """Refuse other machines, and proxies on this one, behind which anybody may stand."""
    host = request.client.host if request.client else ""
    if not _is_loopback(host) or any(name in request.headers for name in _FORWARDED):
        raise Forbidden(
            "Cypher is answered only on the machine that the service runs on",
            right="Ask at 127.0.0.1 without a proxy, or use `retell cypher` there; GraphQL and REST answer others.",
        )


def _is_loopback(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _asked(body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    unknown = sorted(body.keys() - {"statement", "parameters"})
    if unknown:
        raise Invalid(f"`{unknown[0]}` is not taken here", right="Send `statement` and `parameters`.", field=unknown[0])
    statement, parameters = body.get("statement"), body.get("parameters")
    if not isinstance(statement, str):
        raise Invalid("There is no statement", right="Give a Cypher statement as text.", field="statement")
    if parameters is not None and not isinstance(parameters, dict):
        raise Invalid("`parameters` is not an object", right="Give the parameters by name.", field="parameters")
    return statement, parameters or {}


def _prefers_lines(accept: str) -> bool:
    """Whether NDJSON stands before JSON in what the caller takes."""
    kinds = [kind.partition(";")[0].strip().lower() for kind in accept.split(",")]
    known = [kind for kind in kinds if kind in {JSON, NDJSON, "*/*", "application/*"}]
    return bool(known) and known[0] == NDJSON
