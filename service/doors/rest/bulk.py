"""`POST /v1/bulk`: rows in, line by line, and for each of them what became of it."""

from collections.abc import AsyncIterator
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel, Field

from service.doors.http.authentication import BEARER, viewer_of_request
from service.doors.http.contract import ProblemItem, problem_responses
from service.doors.http.duplex import DuplexResponse
from service.doors.rest.schemas import REFERENCE
from service.model.errors import RetellError
from service.model.viewer import Viewer
from service.operations import bulk, writing
from service.operations.batches import RowOutcome

NDJSON = "application/x-ndjson"

router = APIRouter(prefix="/v1", tags=["Bulk"], dependencies=[Depends(BEARER)])


class OutcomeShown(BaseModel):
    """What became of one line."""

    line: Annotated[int | None, Field(description="The line's number, from 1; blank lines count. Null at `stopped`.")]
    status: Annotated[
        str,
        Field(
            description=(
                "`created`, `updated`, `unchanged` or `failed`; or, last of all, `stopped`: no line after the ones "
                "answered was looked at, and `problems` says why."
            )
        ),
    ]
    id: Annotated[str | None, Field(description="The item's id.")]
    version: Annotated[int | None, Field(description="Its version.")]
    problems: Annotated[list[ProblemItem], Field(description="What was wrong with the line; empty where nothing was.")]


# ProblemItem is among the contract's schemas already.
_OUTCOME = {
    name: one for name, one in OutcomeShown.model_json_schema(ref_template=REFERENCE).items() if name != "$defs"
}

_NOTHING = {"type": "null", "description": "No line at all, where no row was sent."}


@router.post(
    "/bulk",
    operation_id="writeBulk",
    summary="Write rows in bulk",
    responses={
        200: {
            "description": "An object a line, for each line that was sent, in their order.",
            "content": {NDJSON: {"schema": {"anyOf": [_OUTCOME, _NOTHING]}}},
        },
        **problem_responses(401, 403, 409, 413, 422, 500, 503),
    },
    openapi_extra={
        "requestBody": {
            "required": False,
            "description": "NDJSON: on each line `{type, id?, …}` with the fields of that kind's draft. Up to 256 MiB.",
            "content": {NDJSON: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def write_bulk(
    request: Request,
    viewer: Annotated[Viewer, Depends(viewer_of_request)],
    *,
    atomic: Annotated[bool, Query(description="Write all of the rows or none of them; at most 25,000.")] = False,
    dryRun: Annotated[bool, Query(description="Write nothing, and say what would become of each row.")] = False,  # noqa: N803
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            description="Sent again with it, the stream is written once.",
        ),
    ] = None,
) -> DuplexResponse:
    """Each row stands alone: a wrong one fails with its line's number and what would be right, the others are written.

    A row with an `id` (a UUID or `source/externalId`) is created or replaced, so that a stream may be sent again. Rows
    may point at rows before them. A line has at most 1 MiB.
    """
    asked = writing.Request(idempotency_key=idempotency_key)
    chunks = bulk.all_come(request.stream()) if atomic or dryRun else request.stream()
    lines = bulk.lines_of(chunks)
    outcomes = bulk.write_rows(request.app.state.network, viewer, lines, atomic=atomic, dry_run=dryRun, request=asked)
    # The first outcome is waited for, so that what is wrong with the whole stream still has a status of its own.
    first = await anext(outcomes, None)
    return DuplexResponse(_shown(first, outcomes), media_type=NDJSON)


async def _shown(first: RowOutcome | None, outcomes: AsyncIterator[RowOutcome]) -> AsyncIterator[bytes]:
    if first is None:
        return
    yield orjson.dumps(first, option=orjson.OPT_APPEND_NEWLINE)
    try:
        async for outcome in outcomes:
            yield orjson.dumps(outcome, option=orjson.OPT_APPEND_NEWLINE)
    except RetellError as error:
        # The status has gone out: what ends the stream is its last line, so that nobody takes it for the whole.
        stopped = {"line": None, "status": "stopped", "id": None, "version": None, "problems": error.shown()}
        yield orjson.dumps(stopped, option=orjson.OPT_APPEND_NEWLINE)
