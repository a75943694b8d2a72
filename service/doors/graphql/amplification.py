"""Questions about amplification: `amplificationPaths` and `cascade`."""

from typing import Annotated, Any

import strawberry

from service.doors.graphql.answers import Info, answer_type
from service.doors.graphql.scalars import DateTime
from service.model.cascades import Cascade
from service.model.paths import AmplificationPaths
from service.model.viewer import EVERYONE
from service.operations import amplification, cascades

AS_OF = "For which moment: nothing later is looked at."
AUDIENCE = "`everyone`, or `community:ID` for that and one community that you belong to."
SEEN_AUDIENCE = f"{AUDIENCE} All that you may see, where nothing is said."


async def _amplification_paths(
    info: Info,
    *,
    from_: Annotated[strawberry.ID, strawberry.argument(name="from", description="Who tells: a person's id.")],
    to: Annotated[strawberry.ID, strawberry.argument(description="Whom to reach: a person's or a community's id.")],
    k: Annotated[int, strawberry.argument(description="How many paths: 1 to 50.")] = 5,
    max_hops: Annotated[int, strawberry.argument(description="The most steps of a path: 1 to 10.")] = 6,
    as_of: Annotated[DateTime | None, strawberry.argument(description=f"{AS_OF} The newest evidence, else.")] = None,
    audience: Annotated[str, strawberry.argument(description=AUDIENCE)] = EVERYONE,
) -> Any:
    return await amplification.amplification_paths(
        info.context.network,
        info.context.viewer,
        from_id=from_,
        to_id=to,
        k=k,
        max_hops=max_hops,
        as_of=as_of,
        audience=audience,
    )


async def _cascade(
    info: Info,
    item: Annotated[strawberry.ID, strawberry.argument(description="What was told: its id.")],
    as_of: Annotated[DateTime | None, strawberry.argument(description=f"{AS_OF} Now, else.")] = None,
    audience: Annotated[str | None, strawberry.argument(description=SEEN_AUDIENCE)] = None,
) -> Any:
    return await cascades.cascade(info.context.network, info.context.viewer, item, as_of=as_of, audience=audience)


@strawberry.type
class AmplificationQuestions:
    """How what is told travels, and how it did."""

    amplification_paths: Any = strawberry.field(
        resolver=_amplification_paths,
        graphql_type=answer_type(AmplificationPaths) | None,
        description="The most probable paths along which something told would travel from a person to another, or to "
        "any member of a community, each step with the evidence behind it.",
    )
    cascade: Any = strawberry.field(
        resolver=_cascade,
        graphql_type=answer_type(Cascade) | None,
        description="What became of a story, contribution, insight or piece of knowledge: who carried it further, "
        "after whom, how far and how wide.",
    )
