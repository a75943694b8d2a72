"""A community's feed: what is for its members alone, of every kind, in one order."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from service.model.answers import Basis, ItemReference
from service.model.feed import CommunityFeed, CommunityFeedQuestion, FeedItem
from service.model.selection import Condition, Field, Node, Page, Part, Root, Selection, Shape
from service.model.viewer import Viewer
from service.operations.network import Network
from service.operations.reading import prepare, read
from service.operations.references import references
from service.operations.scopes import own_community

KINDS: Final = ("Story", "Conversation", "Contribution", "TacitInsight", "ExplicitKnowledge")


async def community_feed(network: Network, viewer: Viewer, asked: CommunityFeedQuestion) -> CommunityFeed:
    """A page of what is for a community alone, the newest first; the same page for every member.

    A community that the viewer is not in is `NotFound`, like one that is not there.
    """
    audience = f"community:{own_community(viewer, asked.community)}"
    values = {"first": asked.first, "afterItem": asked.after_item, "audience": audience}
    answer = await read(network, viewer, prepare(network, _selection(asked.after_item is not None)), values)
    found = [(edge["cursor"], kind, edge["node"]) for kind in KINDS for edge in answer[kind]["edges"]]
    found.sort(key=lambda one: (datetime.fromisoformat(one[2]["at"]), one[2]["id"]), reverse=True)
    shown = found[: asked.first]
    named = await references(network, viewer.audiences, [audience.partition(":")[2], *(one["id"] for *_, one in shown)])
    return CommunityFeed(
        community=named[audience.partition(":")[2]],
        items=[_item(kind, one, named) for _, kind, one in shown],
        has_next_page=len(found) > len(shown) or any(answer[kind]["pageInfo"]["hasNextPage"] for kind in KINDS),
        end_cursor=shown[-1][0] if shown else None,
        reason=None if shown else _nothing(asked),
        basis=Basis(as_of=datetime.now(UTC), audience=audience),
    )


def _nothing(asked: CommunityFeedQuestion) -> str:
    more = "Nothing has been told or made" if asked.after_item is None else "Nothing more has been told or made"
    return f"{more} for this community alone{' yet' if asked.after_item is None else ''}."


def _item(kind: str, found: dict[str, Any], named: Any) -> FeedItem:
    item = named.get(found["id"]) or ItemReference(id=found["id"], kind=kind)
    return FeedItem(item=item, at=datetime.fromisoformat(found["at"]))


@lru_cache(maxsize=2)
def _selection(continued: bool) -> Selection:  # noqa: FBT001 - the one thing that decides the statement's shape
    inside = (Part("hasNextPage", "hasNextPage"),)
    page = Page(first="first", after="afterItem" if continued else None, where=(Condition("audience", "audience"),))
    return Selection(
        tuple(
            Root(
                kind,
                kind=kind,
                page=page,
                parts=(
                    Part(
                        "edges",
                        "edges",
                        inside=(
                            Part("cursor", "cursor"),
                            Part("node", "node", node=Node(((kind, Shape((Field("id", "id"), Field("at", "at")))),))),
                        ),
                    ),
                    Part("pageInfo", "pageInfo", inside=inside),
                ),
            )
            for kind in KINDS
        )
    )
