"""What the OpenAPI contract says of errors."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import BaseModel, Field

from service.doors.http.problems import MEDIA_TYPE

_MEANINGS = {
    HTTPStatus.UNAUTHORIZED: "No key, or one that is unknown or revoked.",
    HTTPStatus.FORBIDDEN: "The key may not do this, whatever it names.",
    HTTPStatus.NOT_FOUND: "No such thing for this viewer: absent and hidden look alike.",
    HTTPStatus.CONFLICT: (
        "In conflict with what there is: a version, an id, an idempotency key of another request, a job not done."
    ),
    HTTPStatus.PRECONDITION_FAILED: "The item no longer has the ETag in `If-Match`.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Over a stated limit.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The request is wrong; each problem names its field and what would be right.",
    HTTPStatus.TOO_MANY_REQUESTS: "More of yours is under way than you may have at once; try again later.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong here; the answer holds the request's id.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The database can't be used now, or the door is full; try again later.",
}


class ProblemItem(BaseModel):
    """One thing that is wrong, in the same form at every door."""

    kind: Annotated[str, Field(description="The branch of the family of errors: `invalid`, `not_found`, `conflict`, …")]
    field: Annotated[str | None, Field(description="A path in the caller's own words, like `tellerId` or `rows.3.at`.")]
    wrong: Annotated[str, Field(description="What is wrong.")]
    right: Annotated[str, Field(description="What would be right.")]


class ProblemAnswer(BaseModel):
    """An error (RFC 9457)."""

    type: Annotated[str, Field(description="`urn:retell:problem:` and the kind.")]
    title: Annotated[str, Field(description="The kind in words.")]
    status: Annotated[int, Field(description="The HTTP status.")]
    detail: Annotated[str, Field(description="The first problem in words.")]
    problems: Annotated[list[ProblemItem], Field(description="Each thing that is wrong.")]
    requestId: Annotated[str, Field(description="The request's id, as in `X-Request-Id`.")]  # noqa: N815 - as JSON writes it


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer these statuses with a problem."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemAnswer"}}}
    return {status: {"description": _MEANINGS[HTTPStatus(status)], "content": content} for status in statuses}


def problem_schemas() -> Mapping[str, Any]:
    """The schemas that `problem_responses` refers to, for the contract's components."""
    schema = ProblemAnswer.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "ProblemAnswer": schema}
