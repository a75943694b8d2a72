"""Conventions, changed by who administers; what they are is a question, with a route like every other."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from service.doors.http.authentication import BEARER
from service.doors.http.bodies import json_object
from service.doors.http.contract import problem_responses
from service.doors.rest.answers import Asking, shown
from service.doors.rest.items import IfMatch, version_of
from service.doors.rest.schemas import REFERENCE
from service.model.conventions import Conventions
from service.operations import conventions

router = APIRouter(prefix="/v1/conventions", tags=["Communities"], dependencies=[Depends(BEARER)])
PROBLEMS = problem_responses(401, 403, 409, 412, 413, 422, 500, 503)
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": REFERENCE.format(model="ConventionsDraft")}}},
    }
}


@router.patch(
    "",
    operation_id="changeConventions",
    summary="Change what the network calls its stages and layers",
    responses={200: {"model": Conventions, "description": "The conventions as they stand now."}, **PROBLEMS},
    openapi_extra=BODY,
)
async def change_conventions(request: Request, viewer: Asking, if_match: IfMatch = None) -> Response:
    """What is left out stays, null brings back what was shipped; `If-Match` takes a `version`. Administrators only."""
    changes = await json_object(request)
    return shown(
        await conventions.change_conventions(
            request.app.state.network, viewer, changes, if_version=version_of(if_match)
        )
    )
