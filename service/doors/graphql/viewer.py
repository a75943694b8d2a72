"""Who one is here: `viewer`."""

from typing import Any

import strawberry

from service.doors.graphql.context import Context
from service.doors.graphql.items import item_types
from service.doors.graphql.loaders import load_item

Info = strawberry.Info[Context, None]


async def _person(info: Info) -> Any:
    return await load_item(info, info.context.viewer.person_id)


async def _communities(info: Info) -> Any:
    ids = [
        audience.partition(":")[2] for audience in info.context.viewer.audiences if audience.startswith("community:")
    ]
    return [found for one in sorted(ids) if (found := await load_item(info, one)) is not None]


_PERSON: Any = item_types()["Person"]
_COMMUNITY: Any = item_types()["Community"]


@strawberry.type(name="Viewer", description="Who is asking, and what that opens.")
class ViewerShown:
    """The principal behind the key."""

    principal: strawberry.ID = strawberry.field(description="The id of the key.")
    audiences: list[str] = strawberry.field(
        description="The audiences it belongs to: what is for one of them, it may see."
    )
    scopes: list[str] = strawberry.field(description="What the key may do.")
    person: Any = strawberry.field(
        graphql_type=_PERSON | None,
        resolver=_person,
        description="The person whose key it is; none for an integrator's or an administrator's.",
    )
    communities: Any = strawberry.field(
        graphql_type=list[_COMMUNITY], resolver=_communities, description="The communities that one is a member of now."
    )


def _viewer(info: Info) -> ViewerShown:
    viewer = info.context.viewer
    return ViewerShown(
        principal=strawberry.ID(viewer.principal),
        audiences=list(viewer.audiences),
        scopes=sorted(scope.value for scope in viewer.scopes),
    )


@strawberry.type
class ViewerQuestions:
    """Questions about oneself."""

    viewer: ViewerShown = strawberry.field(
        resolver=_viewer, description="Who one is here, and which communities one is in."
    )
