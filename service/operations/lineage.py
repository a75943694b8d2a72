"""Lineages: knowledge followed back to the insights, stories and people that it came from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from service.model.answers import ItemReference, PersonReference
from service.model.ids import as_id
from service.model.knowledge import DerivationMode
from service.model.lineage import (
    KINDS_WITH_LINEAGE,
    Lineage,
    LineageBasis,
    LineageLink,
    LineagePart,
    LineagePerson,
    LineageQuestion,
    LineageRelation,
    LineageStep,
)
from service.model.viewer import Viewer
from service.operations.network import Network
from service.operations.projection import Scope, seen_by
from service.operations.scopes import item_named

MOST_STEPS: Final = 1_000
INDENT: Final = "    "

_BACK: Final = (
    ("derivations", "Derivation", LineageRelation.made_by, LineageRelation.used, LineagePart.derived),
    ("surfacings", "Surfacing", LineageRelation.revealed_by, LineageRelation.surfaced_from, LineagePart.surfaced),
)
"""The two kinds of act that lead back: the statement, the kind, the links on both its sides, the part of who did it."""


@dataclass(slots=True)
class _Found:
    """A lineage on its way: what was met, in the order of distance, and who did what."""

    steps: dict[str, LineageStep] = field(default_factory=dict)
    links: list[LineageLink] = field(default_factory=list)
    people: dict[str, PersonReference] = field(default_factory=dict)
    parts: dict[str, set[LineagePart]] = field(default_factory=dict)
    most_steps: int = MOST_STEPS
    truncated: bool = False

    def take_part(self, pairs: Iterable[Sequence[str | None]], part: LineagePart) -> list[PersonReference]:
        """Note that these people (id and name) had a part, and name them."""
        named = [PersonReference(id=id, name=name or "") for id, name in pairs if id is not None]
        for person in named:
            self.people[person.id] = person
            self.parts.setdefault(person.id, set()).add(part)
        return sorted(named, key=lambda person: (person.name, person.id))


async def lineage(network: Network, viewer: Viewer, asked: LineageQuestion, *, most_steps: int = MOST_STEPS) -> Lineage:
    """Follow explicit knowledge, or an insight, back to what it came out of and who had a part in it.

    It holds what the viewer may see, or what the named audience may: a hidden thing and what lies beyond it only are
    not there. Followed breadth first, each thing once, until `most_steps` are found. An unknown or hidden start is
    `NotFound`, one of another kind `Invalid`.
    """
    scope = seen_by(viewer, asked.audience)
    start = as_id(asked.knowledge, "knowledge")
    found = _Found(most_steps=most_steps)
    await _enter(network, scope, found, [start], distance=0)
    step = found.steps.get(start)
    item_named(step.item if step else None, start, "knowledge", KINDS_WITH_LINEAGE, scope)
    frontier, distance = [start], 0
    while frontier and not found.truncated:
        sources = await _step_back(network, scope, found, frontier, distance)
        distance += 2
        frontier = await _enter(network, scope, found, sources, distance=distance)
    return _answer(scope, start, found)


async def _enter(network: Network, scope: Scope, found: _Found, ids: list[str], *, distance: int) -> list[str]:
    """Add the things of these ids that were not met before; answers those that something may lie behind."""
    rows = await network.ask("lineage/items", {"ids": ids, "audiences": list(scope.audiences)}) if ids else []
    for row in rows:
        people = found.take_part(row["tellers"], LineagePart.told) + found.take_part(row["holders"], LineagePart.held)
        found.steps[row["id"]] = _step(row, row["kind"], people, distance)
    return [row["id"] for row in rows if row["kind"] in KINDS_WITH_LINEAGE]


async def _step_back(network: Network, scope: Scope, found: _Found, frontier: list[str], distance: int) -> list[str]:
    """Add the acts that made or revealed the things of the frontier; answers the ids behind them, each once."""
    behind: dict[str, None] = {}
    for name, kind, made, drawn, part in _BACK:
        rows = await network.ask(f"lineage/{name}", {"ids": frontier, "audiences": list(scope.audiences)})
        for row in rows:
            new = [id for id in row["sources"] if id not in found.steps and id not in behind]
            if len(found.steps) + len(behind) + len(new) + 1 > found.most_steps:
                found.truncated = True
                break
            found.steps[row["id"]] = _step(row, kind, found.take_part(row["people"], part), distance + 1)
            found.links.append(LineageLink(from_id=row["result"], to_id=row["id"], relation=made))
            found.links.extend(
                LineageLink(from_id=row["id"], to_id=id, relation=drawn) for id in sorted(row["sources"])
            )
            behind.update(dict.fromkeys(new))
    return list(behind)


def _step(row: Mapping[str, Any], kind: str, people: list[PersonReference], distance: int) -> LineageStep:
    return LineageStep(
        item=ItemReference(id=row["id"], kind=kind, title=row.get("title")),
        at=datetime.fromtimestamp(row["time"] / 1000, UTC),
        mode=DerivationMode[row["mode"]] if "mode" in row else None,
        people=people,
        distance=distance,
    )


def _answer(scope: Scope, start: str, found: _Found) -> Lineage:
    people = sorted(found.people.values(), key=lambda one: (-len(found.parts[one.id]), one.name, one.id))
    return Lineage(
        knowledge=found.steps[start].item,
        steps=list(found.steps.values()),
        links=found.links,
        people=[LineagePerson(person=person, parts=sorted(found.parts[person.id])) for person in people],
        tree=_tree(found, start),
        truncated=found.truncated,
        reason=None if found.links else "Nothing that this audience may see says what it came out of.",
        basis=LineageBasis(
            as_of=max(step.at for step in found.steps.values()),
            audience=scope.name,
            steps=len(found.steps),
            links=len(found.links),
            people=len(people),
            most_steps=found.most_steps,
        ),
    )


def _tree(found: _Found, start: str) -> list[str]:
    behind: dict[str, list[str]] = {}
    for link in found.links:
        behind.setdefault(link.from_id, []).append(link.to_id)
    lines: list[str] = []
    shown: set[str] = set()
    waiting = [(start, 0)]
    while waiting:
        id, depth = waiting.pop()
        again = id in shown
        shown.add(id)
        lines.append(INDENT * depth + _line(found.steps[id]) + (" (see above)" if again and id in behind else ""))
        if not again:
            waiting.extend((source, depth + 1) for source in reversed(behind.get(id, ())) if source in found.steps)
    return lines


def _line(step: LineageStep) -> str:
    what = f"{step.mode.value} ({step.item.kind})" if step.mode else step.item.kind
    title = f" “{step.item.title}”" if step.item.title else ""
    people = f", {', '.join(person.name for person in step.people)}" if step.people else ""
    return f"{what}{title}, {step.at:%Y-%m-%d}{people}"
