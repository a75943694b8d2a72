"""`GET /v1/export`: everything that the viewer may see, as NDJSON."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from service.doors.http.authentication import BEARER, viewer_of_request
from service.doors.http.contract import problem_responses
from service.doors.rest.bulk import NDJSON
from service.model.kinds import KINDS
from service.model.viewer import Viewer
from service.operations.exporting import export_rows

router = APIRouter(prefix="/v1", tags=["Bulk"], dependencies=[Depends(BEARER)])

_ROW = {
    "description": "An item: its kind, its id, the fields of its draft, and what was recorded.",
    "type": "object",
    "required": ["type", "id", "audience", "at", "createdAt", "updatedAt", "version"],
    "properties": {
        "type": {"type": "string", "enum": list(KINDS), "description": "Its kind."},
        "id": {"type": "string", "description": "Its id."},
    },
}


@router.get(
    "/export",
    operation_id="export",
    summary="Take out everything that you may see",
    responses={
        200: {"description": "A row a line.", "content": {NDJSON: {"schema": _ROW}}},
        **problem_responses(401, 422, 500, 503),
    },
)
async def export(request: Request, viewer: Annotated[Viewer, Depends(viewer_of_request)]) -> StreamingResponse:
    """The rows that `POST /v1/bulk` takes: written into an empty network they give an equal one."""
    return StreamingResponse(export_rows(request.app.state.network, viewer), media_type=NDJSON)
