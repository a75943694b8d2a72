"""What can be watched: a cascade as it grows, a job as it goes on. Sent as server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import strawberry

from service.doors.graphql.answers import Info, answer_type
from service.doors.graphql.jobs import JobShown, job_changes
from service.model.cascades import Cascade, CascadeQuestion
from service.operations.watching import cascade_growth

_CASCADE: Any = answer_type(Cascade)


async def _cascade(
    info: Info,
    item: Annotated[strawberry.ID, strawberry.argument(description="What was told: its id.")],
    audience: Annotated[
        str | None,
        strawberry.argument(
            description="`everyone`, or `community:ID` of your own. All that you may see, where nothing is said."
        ),
    ] = None,
) -> AsyncIterator[Any]:
    asked = CascadeQuestion(item=str(item), audience=audience)
    async for found in cascade_growth(info.context.network, info.context.who, asked):
        yield found


@strawberry.type(description="What can be watched.")
class Subscription:
    """Answers given anew each time that they have changed."""

    cascade: Any = strawberry.subscription(
        resolver=_cascade,
        graphql_type=_CASCADE,
        description="The cascade of an item now, and again whenever somebody has carried it further.",
    )
    job: Any = strawberry.subscription(
        resolver=job_changes,
        graphql_type=JobShown,
        description="A job now, and again whenever it has come further, until it ends.",
    )
