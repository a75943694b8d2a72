"""Out of what knowledge came: `/v1/lineages`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from service.doors.http.authentication import BEARER
from service.doors.rest.answers import Asking, SeenAudience, responses, shown
from service.doors.rest.schemas import HAS_AN_ID
from service.model.lineage import Lineage
from service.operations import lineage

router = APIRouter(prefix="/v1", tags=["Lineage"], dependencies=[Depends(BEARER)])


@router.get(
    "/lineages/{knowledgeId}",
    operation_id="lineage",
    summary="Out of what a piece of knowledge came",
    responses=responses(Lineage, "The knowledge and all that it came out of."),
)
async def knowledge_lineage(
    request: Request,
    viewer: Asking,
    knowledge_id: Annotated[
        str, Path(alias="knowledgeId", description="Explicit knowledge, or an insight: its id.", **HAS_AN_ID)
    ],
    audience: SeenAudience = None,
) -> Response:
    """Followed back over derivations, insights and surfacings to stories, contributions and people."""
    return shown(await lineage.lineage(request.app.state.network, viewer, knowledge_id, audience=audience))
