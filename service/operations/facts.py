"""What the graph says of the items that a batch of rows names, read before any row is judged."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from service.access.audiences import named_by
from service.model.ids import is_reference, split_reference
from service.model.kinds import KINDS, Kind
from service.model.viewer import Viewer
from service.operations.rows import Accounts, Row, account_of, named_id

INSTANTS = ("at", "createdAt", "updatedAt", "happenedAt", "eventAt", "since", "until", "from")
"""The properties that are instants; they go to the database and come from it as text."""

_LOOKED_AT = frozenset({"Account", "Invitation", "Membership", "Position", "StageChange"})
"""Kinds of which more has to be known than what they name: who has the account, founded the place, was invited,
and which stages there are."""
_STEADY = frozenset(
    {"Person", "Organisation", "Community", "Purpose", "Value", "Topic", "Story", "TacitInsight", "ExplicitKnowledge"}
)
_MOST_ITEMS = 20_000

Ask = Callable[[str, dict[str, Any]], Awaitable[list[dict[str, Any]]]]
"""Runs a statement of the catalogue by its name, inside a transaction or on its own."""


@dataclass(slots=True)
class Known:
    """What a write has to know of an item that it names."""

    label: str
    version: int
    author: str | None
    audience: str
    seen: bool
    """Whether the viewer may see it, or has just written it."""
    place: str | None = None
    """What it belongs to, where that binds others: a contribution's conversation, a conversation's story, and what an
    amplification is of."""


@dataclass(slots=True)
class Stored:
    """An item as it is recorded."""

    properties: dict[str, Any]
    links: dict[str, dict[str, bool]]
    """By link field: the ids of its targets, each with whether the viewer sees it."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """What the viewer may do in a community that others let them into."""

    founded: bool
    """Whether the viewer founded it."""
    tends: bool
    """Whether the viewer facilitates it or looks after it now."""
    invited: bool
    """Whether an invitation that the viewer accepted lets them in."""


@dataclass(slots=True)
class Facts:
    """What is known before a batch is judged, and with every row that is accepted: later rows may name it."""

    now: datetime
    known: dict[str, Known] = field(default_factory=dict)
    stored: dict[str, Stored] = field(default_factory=dict)
    accounts: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    welcomes: dict[str, Welcome] = field(default_factory=dict)
    conventions: list[dict[str, Any]] = field(default_factory=list)
    """What the network has settled on, as it is kept, where a row says that a stage was reached."""


def recalled(items: Mapping[str, Known], viewer: Viewer, row: Row, now: datetime) -> Facts | None:
    """The facts for a new item where every item that it names was looked at lately; None where one has to look."""
    if row.word is not None or row.draft is None or row.kind.label in _LOOKED_AT or row.recorded:
        return None
    if row.draft.audience not in viewer.audiences:
        return None
    facts = Facts(now=now)
    for words in row.words.values():
        for word in words:
            known = items.get(word)
            if known is None or known.audience not in viewer.audiences:
                return None
            facts.known[word] = replace(known, seen=True)
    return facts


def remember(items: dict[str, Known], facts: Facts) -> None:
    """Keep what was looked at for the next rows, of the kinds of which nothing else can change that matters to them."""
    if len(items) > _MOST_ITEMS:
        items.clear()
    items.update({id: known for id, known in facts.known.items() if known.label in _STEADY})


async def gather(ask: Ask, viewer: Viewer, rows: Sequence[Row], now: datetime) -> Facts:
    """Everything that judging the rows needs, in three statements at most; more for belongings and for stages."""
    facts = Facts(now=now)
    audiences = list(viewer.audiences)
    references = _references(rows)
    if references:
        for found in await ask("writing/accounts", {"accounts": references}):
            facts.accounts[found["source"], found["externalId"]] = (found["id"], found["person"])
    ids = _ids(rows, facts.accounts)
    if ids:
        for id, *found in (await ask("writing/known", {"ids": ids, "audiences": audiences}))[0]["items"]:
            facts.known[id] = Known(*found)
    own = (row.id(facts.accounts) for row in rows if row.word is not None or row.kind.label == "Account")
    recorded = [id for id in own if id in facts.known]
    if recorded:
        items = (await ask("writing/stored", {"ids": recorded, "audiences": audiences}))[0]["items"]
        for properties, links in items:
            id = properties["id"]
            known = facts.known[id]
            facts.stored[id] = _stored(properties, links, KINDS[known.label])
            # Somebody may have written between the two readings: the later one counts.
            known.version, known.audience, known.author = (
                properties["version"],
                properties["audience"],
                properties.get("author"),
            )
    places = _places(rows, facts) if viewer.person_id and not viewer.may_write_for_others else []
    if places:
        for found in await ask("writing/welcomes", {"person": viewer.person_id, "communities": places}):
            facts.welcomes[found["community"]] = Welcome(found["founded"], found["tends"], found["invited"])
    if any(row.kind.label == "StageChange" for row in rows):
        facts.conventions = await ask("conventions/kept", {})
    return facts


async def known_item(ask: Ask, viewer: Viewer, id: str) -> Known | None:
    """What has to be known of one item."""
    items = (await ask("writing/known", {"ids": [id], "audiences": list(viewer.audiences)}))[0]["items"]
    return Known(*items[0][1:]) if items else None


def _stored(properties: dict[str, Any], relations: list[list[Any]], kind: Kind) -> Stored:
    for name in INSTANTS:
        text = properties.pop(name)
        if text is not None:
            properties[name] = datetime.fromisoformat(text)
    names = names_of_links(kind.label)
    links: dict[str, dict[str, bool]] = {}
    for relationship, id, seen in relations:
        links.setdefault(names[relationship], {})[id] = seen
    return Stored(properties, links)


@cache
def names_of_links(label: str) -> dict[str, str]:
    """The link fields of a kind by the relationships that stand for them."""
    return {given.link.relationship: name for name, given in KINDS[label].links.items() if given.link}


def _references(rows: Iterable[Row]) -> list[list[str]]:
    """The references that may be accounts of people, and the accounts that are to be written."""
    found: set[tuple[str, str]] = set()
    for row in rows:
        if row.kind.label == "Account" and row.draft is not None:
            found.add(account_of(row))
        for words in (*row.words.values(), [row.word or ""]):
            found.update(split_reference(word, "id") for word in words if is_reference(word))
    return [list(reference) for reference in sorted(found)]


def _places(rows: Iterable[Row], facts: Facts) -> list[str]:
    """The communities that somebody is let or invited into."""
    found: set[str] = set()
    for row in rows:
        if row.kind.label in {"Invitation", "Membership"}:
            found.update(named_id(word, facts.accounts) for word in row.words.get("communityId", ()))
            stored = facts.stored.get(row.id(facts.accounts)) if row.word is not None else None
            found.update(stored.links.get("communityId", ()) if stored else ())
    return sorted(found)


def _ids(rows: Iterable[Row], accounts: Accounts) -> list[str]:
    found: dict[str, None] = {}
    for row in rows:
        if row.word is not None or row.kind.label == "Account":
            found[row.id(accounts)] = None
        for words in row.words.values():
            for word in words:
                found[named_id(word, accounts)] = None
        audience = row.draft.audience if row.draft is not None else row.changes.get("audience")
        named = named_by(audience) if isinstance(audience, str) else None
        if named:
            found[named[1]] = None
    return list(found)
