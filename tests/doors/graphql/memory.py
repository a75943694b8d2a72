"""The model of the network in plain Python: what each edge means, said a second time and without a line of Cypher.

GraphQL's own executor walks a document over it, on a schema that was parsed from its text and has no resolver of ours.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphql import GraphQLResolveInfo, GraphQLSchema, get_named_type, graphql_sync

from service.model.texts import as_html, as_text

Record = dict[str, Any]
"""An item: its type under `type`, its fields by their outer names, its links as ids."""


def by_link(link: str, *types: str) -> Callable[["Memory", Record], list[Record]]:
    """Items of these types that point at the item with this link."""

    def found(memory: "Memory", item: Record) -> list[Record]:
        return [one for one in memory.records if one["type"] in types and item["id"] in _ids(one.get(link))]

    return found


def _ids(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def told_insights(memory: "Memory", item: Record) -> list[Record]:
    """The insights that a visible surfacing revealed in what was told."""
    surfacings = [one for one in memory.seen("Surfacing") if one["fromId"] == item["id"]]
    wanted = {one["revealedId"] for one in surfacings}
    return [one for one in memory.records if one["id"] in wanted]


def forward(link: str) -> Callable[["Memory", Record], list[Record]]:
    """The items that the item itself points at."""

    def found(memory: "Memory", item: Record) -> list[Record]:
        return [memory.by_id[one] for one in _ids(item.get(link)) if one in memory.by_id]

    return found


EVIDENCE = {"observations": "Observation", "feedback": "Feedback", "support": "Support"}
BACKWARD: dict[tuple[str, str], Callable[["Memory", Record], list[Record]]] = {
    ("Topic", "broaderThan"): by_link("narrowerThanIds", "Topic"),
    ("Topic", "stories"): by_link("aboutIds", "Story"),
    ("Topic", "conversations"): by_link("aboutIds", "Conversation"),
    ("Topic", "insights"): by_link("aboutIds", "TacitInsight"),
    ("Topic", "knowledge"): by_link("aboutIds", "ExplicitKnowledge"),
    ("ExplicitKnowledge", "supersededBy"): by_link("supersedesIds", "ExplicitKnowledge"),
    ("Amplification", "followedBy"): by_link("afterId", "Amplification"),
    ("Person", "accounts"): by_link("personId", "Account"),
    ("Person", "positions"): by_link("personId", "Position"),
    ("Person", "memberships"): by_link("personId", "Membership"),
    ("Person", "stories"): by_link("tellerId", "Story"),
    ("Person", "contributions"): by_link("personId", "Contribution"),
    ("Person", "insights"): by_link("heldById", "TacitInsight"),
    ("Person", "surfacings"): by_link("byId", "Surfacing"),
    ("Person", "derivations"): by_link("byIds", "Derivation"),
    ("Person", "amplifications"): by_link("byId", "Amplification"),
    ("Person", "holdings"): by_link("byId", "Holding"),
    ("Person", "experiments"): by_link("byIds", "Experiment"),
    ("Person", "invitations"): by_link("personId", "Invitation"),
    ("Person", "invitationsMade"): by_link("byId", "Invitation"),
    ("Person", "grants"): by_link("byId", "Grant"),
    ("Person", "observations"): by_link("byId", "Observation"),
    ("Person", "observedBy"): by_link("toId", "Observation"),
    ("Person", "feedbackGiven"): by_link("byId", "Feedback"),
    ("Person", "feedbackReceived"): by_link("toId", "Feedback"),
    ("Person", "supportGiven"): by_link("byId", "Support"),
    ("Person", "supportReceived"): by_link("toId", "Support"),
    ("Organisation", "positions"): by_link("organisationId", "Position"),
    ("Community", "memberships"): by_link("communityId", "Membership"),
    ("Community", "stages"): by_link("communityId", "StageChange"),
    ("Community", "invitations"): by_link("communityId", "Invitation"),
    ("Community", "derivations"): by_link("withinId", "Derivation"),
    ("Purpose", "communities"): by_link("purposeIds", "Community"),
    ("Value", "communities"): by_link("standsForIds", "Community"),
    **{(kind, "holdings"): by_link("ofId", "Holding") for kind in ("TacitInsight", "Value", "Purpose")},
    ("ExplicitKnowledge", "experiments"): by_link("testedId", "Experiment"),
    ("Experiment", "followedBy"): by_link("followsOnId", "Experiment"),
    ("Conversation", "contributions"): by_link("conversationId", "Contribution"),
    ("Story", "conversations"): by_link("startedById", "Conversation"),
    ("Story", "replies"): by_link("repliesToId", "Contribution"),
    ("Contribution", "replies"): by_link("repliesToId", "Contribution"),
    ("Story", "surfacings"): by_link("fromId", "Surfacing"),
    ("Contribution", "surfacings"): by_link("fromId", "Surfacing"),
    ("Story", "insights"): told_insights,
    ("Contribution", "insights"): told_insights,
    ("TacitInsight", "surfacings"): by_link("revealedId", "Surfacing"),
    ("TacitInsight", "usedIn"): by_link("usedIds", "Derivation"),
    ("ExplicitKnowledge", "usedIn"): by_link("usedIds", "Derivation"),
    ("TacitInsight", "madeBy"): by_link("madeId", "Derivation"),
    ("ExplicitKnowledge", "madeBy"): by_link("madeId", "Derivation"),
    **{
        (kind, name): by_link("ofId", label)
        for kind in ("Story", "Contribution", "Conversation", "TacitInsight", "ExplicitKnowledge")
        for name, label in EVIDENCE.items()
    },
    **{
        (kind, "amplifications"): by_link("ofId", "Amplification")
        for kind in ("Story", "Contribution", "TacitInsight", "ExplicitKnowledge")
    },
}
PLURAL = {
    "purposes": "purposeIds",
    "about": "aboutIds",
    "narrowerThan": "narrowerThanIds",
    "supersedes": "supersedesIds",
    "used": "usedIds",
}


@dataclass
class Memory:
    """All records, and the audiences of who is asking."""

    records: list[Record]
    audiences: frozenset[str]
    lists: dict[str, str]
    """The name of each list at the root, with the type that it lists."""
    by_id: dict[str, Record] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = {one["id"]: one for one in self.records}

    def sees(self, item: Record) -> bool:
        """Whether the item is for one of the viewer's audiences."""
        return item["audience"] in self.audiences

    def seen(self, kind: str) -> list[Record]:
        """The visible items of a kind."""
        return [one for one in self.records if one["type"] == kind and self.sees(one)]

    def answer(self, schema: GraphQLSchema, document: str, variables: dict[str, Any]) -> dict[str, Any] | None:
        """The `data` of a document."""
        result = graphql_sync(
            schema,
            document,
            variable_values=variables,
            field_resolver=self.resolve,
            type_resolver=lambda value, *_: value["type"],
        )
        assert not result.errors, result.errors
        return result.data

    def resolve(self, source: Any, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        """The value of one field."""
        name = info.field_name
        if source is None:
            if name == "nodes":
                return [self._one(one) for one in given["ids"]]
            if name in self.lists:
                return self._page(self.seen(self.lists[name]), given)
            found = self._one(given["id"])
            wanted = get_named_type(info.return_type).name
            return found if found and wanted in {"Node", found["type"]} else None
        if "type" not in source:
            return source[name]
        return self._field(source, name, given)

    def _one(self, item_id: str) -> Record | None:
        found = self.by_id.get(item_id)
        return found if found and self.sees(found) else None

    def _field(self, item: Record, name: str, given: dict[str, Any]) -> Any:
        if (item["type"], name) in BACKWARD:
            return self._page([one for one in BACKWARD[item["type"], name](self, item) if self.sees(one)], given)
        if "first" in given:
            link = PLURAL.get(name) or f"{name}Ids"
            return self._page([one for one in forward(link)(self, item) if self.sees(one)], given)
        if name.endswith("Ids"):
            return sorted(one["id"] for one in forward(name)(self, item) if self.sees(one))
        if name.endswith("Id") and name != "externalId":
            return next((one["id"] for one in forward(name)(self, item) if self.sees(one)), None)
        if name in item or f"{name}Id" not in item:
            return self._scalar(item, name)
        return next((one for one in forward(f"{name}Id")(self, item) if self.sees(one)), None)

    def _scalar(self, item: Record, name: str) -> Any:
        if name == "text":
            return as_text(item["content"], item["format"])
        if name == "html":
            return as_html(item["content"], item["format"])
        return item.get(name)

    def _page(self, items: Iterable[Record], given: dict[str, Any]) -> dict[str, Any]:
        order = given.get("order") or "newest"
        where = given.get("where") or {}
        kept = [one for one in {one["id"]: one for one in items}.values() if _passes(one, where)]
        key: Callable[[Record], Any] = (lambda one: (one["name"], one["id"])) if order == "name" else _when
        ordered = sorted(kept, key=key, reverse=order == "newest")
        after, first = given.get("after"), given.get("first") or 20
        rest = ordered if after is None else ordered[1 + [_cursor(one, order) for one in ordered].index(after) :]
        page = rest[:first]
        cursors = [_cursor(one, order) for one in page]
        return {
            "nodes": page,
            "edges": [{"cursor": cursor, "node": one} for cursor, one in zip(cursors, page, strict=True)],
            "totalCount": len(kept),
            "pageInfo": {
                "hasNextPage": len(rest) > first,
                "hasPreviousPage": after is not None,
                "startCursor": cursors[0] if cursors else None,
                "endCursor": cursors[-1] if cursors else None,
            },
        }


def _when(item: Record) -> Any:
    return datetime.fromisoformat(item["at"]), item["id"]


def _cursor(item: Record, order: str) -> str:
    return f"{item['name'] if order == 'name' else item['at']}~{item['id']}"


def _passes(item: Record, where: dict[str, Any]) -> bool:
    at = datetime.fromisoformat(item["at"])
    return all(
        at >= datetime.fromisoformat(value)
        if name == "since"
        else at < datetime.fromisoformat(value)
        if name == "before"
        else item.get(name) == value
        for name, value in where.items()
        if value is not None
    )
