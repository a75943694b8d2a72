"""Communities that nobody declared: `/v1/detected-communities`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from service.doors.http.authentication import BEARER
from service.doors.rest.answers import Asking, AsOf, Audience, responses, shown
from service.model.detection import DetectedCommunities
from service.model.viewer import EVERYONE
from service.operations import communities, detection

router = APIRouter(prefix="/v1", tags=["Communities"], dependencies=[Depends(BEARER)])


@router.get(
    "/detected-communities",
    operation_id="detectedCommunities",
    summary="The communities that are there without anybody having declared them",
    responses=responses(DetectedCommunities, "The communities, the largest first."),
)
async def detected_communities(
    request: Request,
    viewer: Asking,
    *,
    resolution: Annotated[
        float,
        Query(
            ge=communities.LOWEST_RESOLUTION,
            le=communities.HIGHEST_RESOLUTION,
            description="Above 1 finds more and smaller communities, below 1 fewer.",
        ),
    ] = 1.0,
    seed: Annotated[
        int, Query(ge=0, le=communities.HIGHEST_SEED, description="The same seed gives the same communities.")
    ] = 0,
    as_of: AsOf = None,
    audience: Audience = EVERYONE,
    first: Annotated[
        int, Query(ge=1, le=communities.MOST_SHOWN, description="How many communities, from the largest on.")
    ] = 100,
    first_members: Annotated[
        int, Query(alias="firstMembers", ge=1, le=communities.MOST_SHOWN, description="How many members of each.")
    ] = 20,
) -> Response:
    """Found by Leiden in who listens to whom, with a seed, and compared with the declared communities."""
    answer = await detection.detected_communities(
        request.app.state.network,
        viewer,
        resolution=resolution,
        seed=seed,
        as_of=as_of,
        audience=audience,
        first=first,
        first_members=first_members,
    )
    return shown(answer)
