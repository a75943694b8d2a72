"""Who one is here: `GET /v1/viewer`."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from service.doors.http.authentication import BEARER, viewer_of_request
from service.doors.http.contract import problem_responses
from service.model.viewer import Viewer

router = APIRouter(prefix="/v1", tags=["Viewer"], dependencies=[Depends(BEARER)])


class ViewerShown(BaseModel):
    """The principal behind the key."""

    principal: Annotated[str, Field(description="The id of the key.")]
    personId: Annotated[str | None, Field(description="Whose key it is; null where it is nobody's.")]  # noqa: N815
    audiences: Annotated[list[str], Field(description="What is for one of these, it may see.")]
    communityIds: Annotated[list[str], Field(description="The communities that one is a member of now.")]  # noqa: N815
    scopes: Annotated[list[str], Field(description="What the key may do.")]


@router.get(
    "/viewer",
    operation_id="getViewer",
    summary="Who one is here",
    responses={200: {"model": ViewerShown, "description": "The viewer."}, **problem_responses(401, 422, 500, 503)},
)
async def viewer(asking: Annotated[Viewer, Depends(viewer_of_request)]) -> Response:
    """Says whose key it is, what it may do, and which audiences and communities that opens."""
    shown = {
        "principal": asking.principal,
        "personId": asking.person_id,
        "audiences": list(asking.audiences),
        "communityIds": sorted(one.partition(":")[2] for one in asking.audiences if one.startswith("community:")),
        "scopes": sorted(scope.value for scope in asking.scopes),
    }
    return Response(orjson.dumps(shown), media_type="application/json")
