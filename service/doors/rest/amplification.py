"""How what is told travels: `/v1/amplification-paths` and `/v1/cascades`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from service.doors.http.authentication import BEARER
from service.doors.rest.answers import Asking, AsOf, Audience, SeenAudience, responses, shown
from service.doors.rest.schemas import HAS_AN_ID, NAMES_AN_ITEM
from service.model.cascades import Cascade
from service.model.paths import AmplificationPaths
from service.model.viewer import EVERYONE
from service.operations import amplification, cascades

router = APIRouter(prefix="/v1", tags=["Amplification"], dependencies=[Depends(BEARER)])


@router.get(
    "/amplification-paths",
    operation_id="amplificationPaths",
    summary="The most probable paths from a person to another, or to a community",
    responses=responses(AmplificationPaths, "The paths, the most probable first; without one, `reason` says why."),
)
async def amplification_paths(
    request: Request,
    viewer: Asking,
    *,
    from_id: Annotated[str, Query(alias="from", description="Who tells: a person's id.", **NAMES_AN_ITEM)],
    to_id: Annotated[
        str, Query(alias="to", description="Whom to reach: a person's or a community's id.", **NAMES_AN_ITEM)
    ],
    k: Annotated[int, Query(ge=1, le=amplification.MOST_PATHS, description="How many paths.")] = 5,
    max_hops: Annotated[
        int, Query(alias="maxHops", ge=1, le=amplification.MOST_HOPS, description="The most steps of a path.")
    ] = 6,
    as_of: AsOf = None,
    audience: Audience = EVERYONE,
) -> Response:
    """Each step has its probability and the evidence behind it; the basis says what it was computed from."""
    answer = await amplification.amplification_paths(
        request.app.state.network,
        viewer,
        from_id=from_id,
        to_id=to_id,
        k=k,
        max_hops=max_hops,
        as_of=as_of,
        audience=audience,
    )
    return shown(answer)


@router.get(
    "/cascades/{itemId}",
    operation_id="cascade",
    summary="What became of something that was told",
    responses=responses(Cascade, "Who carried it further, after whom, how far and how wide."),
)
async def cascade(
    request: Request,
    viewer: Asking,
    item_id: Annotated[str, Path(alias="itemId", description="What was told: its id.", **HAS_AN_ID)],
    as_of: AsOf = None,
    audience: SeenAudience = None,
) -> Response:
    """A story, contribution, insight or piece of knowledge; an act's parent is worked out where none is reported."""
    answer = await cascades.cascade(request.app.state.network, viewer, item_id, as_of=as_of, audience=audience)
    return shown(answer)
