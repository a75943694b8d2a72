"""A community's feed: what is told and made in it, for its members."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.answers import Basis, ItemReference, answer
from service.model.asking import asked
from service.model.ids import CommunityId


@asked
class CommunityFeedQuestion:
    """Whose feed, and which page of it."""

    community: Annotated[CommunityId, Field(description="A community that you belong to.")]
    first: Annotated[int, Field(ge=1, le=100, description="How many at most.")] = 20
    after_item: Annotated[
        str | None, Field(max_length=500, description="The `endCursor` of the page before; the newest, else.")
    ] = None


@answer
class FeedItem:
    """Something told or made in the community."""

    item: Annotated[ItemReference, Field(description="What it is.")]
    at: Annotated[datetime, Field(description="When.")]


@answer
class CommunityFeed:
    """What is for the community alone, the newest first."""

    community: Annotated[ItemReference, Field(description="The community.")]
    items: Annotated[list[FeedItem], Field(description="Stories, conversations, contributions, insights, knowledge.")]
    has_next_page: Annotated[bool, Field(description="Whether more follow.")]
    end_cursor: Annotated[
        str | None, Field(description="Give it as `afterItem` for the next page; null on an empty page.")
    ]
    reason: Annotated[str | None, Field(description="Why there is nothing, in words; null where there is something.")]
    basis: Annotated[Basis, Field(description="What this was read from.")]
