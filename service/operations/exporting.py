"""Everything that a viewer may see, as rows that can be imported again: each row names only rows before it.

A link to what is hidden is left out, and so is an item that would stand without what it needs: a contribution to a
hidden conversation, an item for a community that is hidden itself.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from service.access.audiences import named_by
from service.graph.compiler import for_kind
from service.model.kinds import KINDS, Kind
from service.model.viewer import Scope, Viewer
from service.operations.facts import names_of_links
from service.operations.network import Network

LONGEST_SECONDS = 6 * 3600.0


@dataclass(slots=True)
class _Item:
    """An item on its way out."""

    body: dict[str, Any]
    needs: list[str]
    """The ids of what its row names: they have to be in the file before it."""


@dataclass(slots=True)
class _Order:
    """Puts items behind what they name; what waits for nothing that comes is never let out."""

    written: set[str] = field(default_factory=set)
    waiting: dict[str, list[_Item]] = field(default_factory=dict)
    """By the id that they wait for first."""

    def let_out(self, item: _Item) -> Iterator[dict[str, Any]]:
        """The rows that may be written now that this item has come: it, and those that waited for it, or none."""
        ready = [item]
        while ready:
            one = ready.pop()
            missing = next((id for id in one.needs if id not in self.written), None)
            if missing is not None:
                self.waiting.setdefault(missing, []).append(one)
                continue
            yield one.body
            self.written.add(one.body["id"])
            ready += self.waiting.pop(one.body["id"], ())

    def half_ready(self) -> _Item | None:
        """A community that waits for nothing but purposes, which may wait for it."""
        for items in self.waiting.values():
            for item in items:
                purposes = item.body.get("purposeIds", ())
                others = (id for id in item.needs if id not in purposes)
                begun = item.body["id"] in self.written
                if item.body["type"] == "Community" and not begun and all(id in self.written for id in others):
                    return item
        return None


async def export_rows(network: Network, viewer: Viewer) -> AsyncIterator[bytes]:
    """Lines of NDJSON, one for every item that the viewer may see and that stands without what they may not.

    Every row has `type`, `id`, its fields, and what was recorded: createdAt, updatedAt, version, and for who
    administers the `author` where no field says whose it is.
    """
    order = _Order()
    statement = network.graph.catalogue.statement("exporting/items")
    async with network.graph.reading(seconds=LONGEST_SECONDS) as reading:
        for kind in KINDS.values():
            rows = reading.stream(for_kind(statement, kind.label), {"audiences": list(viewer.audiences)})
            async for found in rows:
                item = _item(kind, found["properties"], found["links"], authors=viewer.may(Scope.administer))
                if item is not None:
                    for body in order.let_out(item):
                        yield _line(body)
    for body in _rings(order):
        yield _line(body)


def _item(kind: Kind, properties: dict[str, Any], relations: list[list[str]], *, authors: bool) -> _Item | None:
    """The row of an item, or nothing where something that it needs is hidden."""
    names = names_of_links(kind.label)
    links: dict[str, list[str]] = {}
    for relationship, id in sorted(relations):
        links.setdefault(names[relationship], []).append(id)
    body: dict[str, Any] = {"type": kind.label, "id": properties["id"]}
    for name, given in kind.given.items():
        if given.link is None:
            value = properties.get(name)
        else:
            value = links.get(name)
            if not value and given.required:
                return None
            value = value[0] if value and not given.many else value
        if value is not None:
            body[name] = value
    for name in ("createdAt", "updatedAt", "version"):
        body[name] = properties[name]
    owners = links.get(kind.owner or "", [properties["id"]] if kind.label == "Person" else [])
    if authors and properties.get("author") not in {None, *owners[:1]}:
        body["author"] = properties["author"]
    return _Item(body, [id for ids in links.values() for id in ids] + _named(body))


def _named(body: dict[str, Any]) -> list[str]:
    named = named_by(body["audience"])
    return [named[1]] if named and named[1] != body["id"] else []


def _rings(order: _Order) -> Iterator[dict[str, Any]]:
    """Communities that pursue what only they may see: first without it, then once more as they are.

    Anything else that still waits, waits for something that was not exported, and is left out.
    """
    while (community := order.half_ready()) is not None:
        known = [purpose for purpose in community.body["purposeIds"] if purpose in order.written]
        yield {**community.body, "purposeIds": known, "onlyIfNew": True}
        order.written.add(community.body["id"])
        for item in order.waiting.pop(community.body["id"], ()):
            yield from order.let_out(item)


def _line(body: dict[str, Any]) -> bytes:
    return orjson.dumps(body, option=orjson.OPT_APPEND_NEWLINE)
