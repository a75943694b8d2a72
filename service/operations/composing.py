"""What writing a row that may be written means: the properties of the item, links to add and links to drop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Literal

from service.model.items import Draft
from service.model.kinds import KINDS, Kind
from service.model.texts import as_text
from service.model.viewer import Viewer
from service.operations.anonymity import timeless_id, week_of
from service.operations.facts import Facts, Known, Stored
from service.operations.rows import Row
from service.operations.validation import in_utc

Status = Literal["created", "updated", "unchanged"]
Relation = tuple[str, str, str]
"""From which id, by which type of relationship, to which id."""
Links = Mapping[str, list[str]]
"""The ids of every link's targets, by field, as they will be."""

_KEPT = frozenset({"id", "author", "createdAt", "updatedAt", "version"})
"""What is no part of the item's content."""


@dataclass(frozen=True, slots=True)
class Case:
    """A row before the graph as it is."""

    row: Row
    id: str
    viewer: Viewer
    facts: Facts
    existing: Known | None
    stored: Stored | None


@dataclass(slots=True)
class Judged:
    """A row that may be written, and what writing it does."""

    row: Row
    id: str
    status: Status
    version: int
    properties: dict[str, Any]
    links: Links
    added: list[Relation] = field(default_factory=list)
    dropped: list[Relation] = field(default_factory=list)
    fields: frozenset[str] = frozenset()
    """The fields that are new or changed."""
    before: dict[str, Any] = field(default_factory=dict)
    """What was recorded of an item that is changed."""
    anonymous: bool = False


def unchanged(case: Case, stored: Stored) -> Judged:
    """The item stays as it is."""
    return Judged(case.row, case.id, "unchanged", stored.properties["version"], stored.properties, {})


def made(case: Case, draft: Draft, links: Links) -> Judged:
    """A new item."""
    row, id, now = case.row, case.id, case.facts.now
    owners = _owners(row.kind, links)
    anonymous = row.kind.label == "Story" and not owners and not case.viewer.may_write_for_others
    properties = _properties(row.kind, draft, links)
    properties.setdefault("at", properties.get("since") or properties.get("from") or now)
    if anonymous:
        # Nothing may tell when, and so who: no time in the id, and the week for the instant.
        id, now = (timeless_id() if row.word is None else id), week_of(now)
        properties["at"] = week_of(properties["at"])
    version, created_at, updated_at = 1, now, now
    if row.recorded:
        version = row.recorded.version or version
        created_at, updated_at = row.recorded.created_at or now, row.recorded.updated_at or now
    properties.update(id=id, createdAt=created_at, updatedAt=updated_at, version=version)
    author = _author(case, owners)
    if author:
        properties["author"] = author
    added = [_relation(row.kind, name, id, target) for name, targets in links.items() for target in targets]
    fields = _fields(row.kind.label)
    return Judged(row, id, "created", version, properties, links, added, fields=fields, anonymous=anonymous)


def changed(case: Case, draft: Draft, links: Links, stored: Stored) -> Judged:
    """An item that is there, as it will be; `unchanged` where that is as it was."""
    row, before = case.row, stored.properties
    properties = _properties(row.kind, draft, links)
    properties.setdefault("at", before["at"])
    names = {name for name in properties.keys() | before.keys() if properties.get(name) != before.get(name)} - _KEPT
    added, dropped = [], []
    for name, targets in links.items():
        recorded = stored.links.get(name, {})
        if recorded.keys() != set(targets):
            names.add(name)
            added += [_relation(row.kind, name, case.id, target) for target in targets if target not in recorded]
            dropped += [_relation(row.kind, name, case.id, target) for target in recorded if target not in targets]
    author = _author(case, _owners(row.kind, links))
    if not names and author == before.get("author"):
        return Judged(row, case.id, "unchanged", before["version"], before, links)
    version, updated_at = before["version"] + 1, case.facts.now
    if row.recorded and row.recorded.version and row.recorded.version >= before["version"]:
        version, updated_at = row.recorded.version, row.recorded.updated_at or updated_at
    properties.update(id=case.id, createdAt=before["createdAt"], updatedAt=updated_at, version=version)
    if author:
        properties["author"] = author
    fields = frozenset(names)
    return Judged(row, case.id, "updated", version, properties, links, added, dropped, fields, before)


def _author(case: Case, owners: list[str]) -> str | None:
    """Whose item it is. A person's own record is that person's; a story without a teller is nobody's."""
    row, viewer = case.row, case.viewer
    if row.kind.label == "Person":
        return case.id
    if row.kind.label == "Story" and not owners:
        return None
    if row.recorded and row.recorded.author:
        return row.recorded.author
    if owners:
        return viewer.person_id if viewer.person_id in owners else owners[0]
    if case.stored:
        return case.stored.properties.get("author")
    return None if row.recorded else viewer.person_id


def _owners(kind: Kind, links: Links) -> list[str]:
    return links.get(kind.owner, []) if kind.owner else []


@cache
def _fields(label: str) -> frozenset[str]:
    return frozenset(KINDS[label].given)


@cache
def _scalars(label: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, given.attribute) for name, given in KINDS[label].given.items() if given.link is None)


@cache
def _repeated(label: str) -> tuple[tuple[str, str], ...]:
    """The link fields whose target's id the node repeats, with the property that does."""
    links = KINDS[label].links.items()
    return tuple((name, given.link.stored) for name, given in links if given.link and given.link.stored)


def _properties(kind: Kind, draft: Draft, links: Links) -> dict[str, Any]:
    """What the node itself keeps: the scalar fields, the plain text, and the ids that pages of a neighbour walk."""
    properties: dict[str, Any] = {}
    for name, attribute in _scalars(kind.label):
        value = getattr(draft, attribute)
        if value is not None:
            properties[name] = _plain(value)
    for name, stored in _repeated(kind.label):
        if links[name]:
            properties[stored] = links[name][0]
    if kind.has_text:
        properties["text"] = as_text(properties["content"], properties["format"])
    return properties


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return in_utc(value) if isinstance(value, datetime) else value


def _relation(kind: Kind, field_name: str, id: str, target: str) -> Relation:
    link = kind.links[field_name].link
    if link is None:
        raise TypeError(field_name)
    return (target, link.relationship, id) if link.incoming else (id, link.relationship, target)
