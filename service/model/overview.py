"""The declared communities at a glance."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.answers import Basis, PersonReference, answer


@answer
class DeclaredCommunity:
    """A community that its people declared."""

    id: Annotated[str, Field(description="The community's id.")]
    name: Annotated[str, Field(description="What it is called.")]
    purposes: Annotated[list[str], Field(description="What it pursues.")]
    stage: Annotated[
        str | None,
        Field(
            description="The stage that it reached last, of two at one time the one recorded last; null without any."
        ),
    ]
    stage_at: Annotated[datetime | None, Field(description="When it reached that stage.")]
    size: Annotated[int, Field(description="How many members it has at that moment, tied to others or not.")]
    members: Annotated[list[PersonReference], Field(description="Its members by name, as many as asked for.")]


@answer
class DeclaredCommunities:
    """The declared communities, the largest first."""

    communities: Annotated[list[DeclaredCommunity], Field(description="The communities, the largest first.")]
    basis: Annotated[Basis, Field(description="What this was read from.")]
