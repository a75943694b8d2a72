"""The question of `detectedCommunities`: which communities there are without anybody having declared them."""

from typing import Annotated, Any

import strawberry

from service.doors.graphql.amplification import AS_OF, AUDIENCE
from service.doors.graphql.answers import Info, answer_type
from service.doors.graphql.scalars import DateTime
from service.model.detection import DetectedCommunities
from service.model.viewer import EVERYONE
from service.operations import detection


async def _detected_communities(
    info: Info,
    *,
    resolution: Annotated[
        float, strawberry.argument(description="Above 1 finds more and smaller communities: 0.001 to 1000.")
    ] = 1.0,
    seed: Annotated[int, strawberry.argument(description="The same seed gives the same communities.")] = 0,
    as_of: Annotated[DateTime | None, strawberry.argument(description=f"{AS_OF} The newest evidence, else.")] = None,
    audience: Annotated[str, strawberry.argument(description=AUDIENCE)] = EVERYONE,
    first: Annotated[int, strawberry.argument(description="How many, from the largest on: 1 to 1000.")] = 100,
    first_members: Annotated[int, strawberry.argument(description="How many members of each: 1 to 1000.")] = 20,
) -> Any:
    return await detection.detected_communities(
        info.context.network,
        info.context.viewer,
        resolution=resolution,
        seed=seed,
        as_of=as_of,
        audience=audience,
        first=first,
        first_members=first_members,
    )


@strawberry.type
class CommunityQuestions:
    """Which communities there are."""

    detected_communities: Any = strawberry.field(
        resolver=_detected_communities,
        graphql_type=answer_type(DetectedCommunities) | None,
        description="The communities that who listens to whom shows, and how far they agree with the declared ones.",
    )
