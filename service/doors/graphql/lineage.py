"""The question of `lineage`: out of what a piece of knowledge came."""

from typing import Annotated, Any

import strawberry

from service.doors.graphql.amplification import SEEN_AUDIENCE
from service.doors.graphql.answers import Info, answer_type
from service.model.lineage import Lineage
from service.operations import lineage


async def _lineage(
    info: Info,
    knowledge: Annotated[strawberry.ID, strawberry.argument(description="Explicit knowledge, or an insight: its id.")],
    audience: Annotated[str | None, strawberry.argument(description=SEEN_AUDIENCE)] = None,
) -> Any:
    return await lineage.lineage(info.context.network, info.context.viewer, knowledge, audience=audience)


@strawberry.type
class LineageQuestions:
    """Where knowledge comes from."""

    lineage: Any = strawberry.field(
        resolver=_lineage,
        graphql_type=answer_type(Lineage) | None,
        description="The derivations, insights, surfacings, stories and people that a piece of knowledge came out of.",
    )
