"""A large network without sense, written at once: so much of everything that the planner chooses as in earnest."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from service.graph.session import Graph
from service.model.kinds import KINDS, Kind
from service.model.viewer import EVERYONE

START = "2026-01-01T00:00:00Z"
BATCH = 5_000

CREATE = """
UNWIND $rows AS row
CREATE (item:Item:$(row.label))
SET item = row.properties, item.at = datetime($start) + duration({minutes: row.number})
SET item.createdAt = item.at, item.updatedAt = item.at, item.since = item.at, item.from = item.at
"""
LINK = """
UNWIND $rows AS row
MATCH (start:Item {id: row[0]})
MATCH (end:Item {id: row[2]})
CREATE (start)-[relation:$(row[1])]->(end)
"""


def id_of(label: str, number: int) -> str:
    """The id of one of the crowd."""
    return str(UUID(int=(list(KINDS).index(label) << 64) + number))


async def plant_crowd(graph: Graph, counts: dict[str, int]) -> None:
    """Put so many items of each kind into the graph, each linked to one item of every kind that it may link to."""
    await _in_batches(graph, CREATE, _items(counts))
    await _in_batches(graph, LINK, _links(counts))
    await graph.write("CALL db.awaitIndexes(600)")
    await graph.write("CALL db.prepareForReplanning(60)")


def _items(counts: dict[str, int]) -> Iterator[Any]:
    for label, count in counts.items():
        for number in range(count):
            targets = _targets(KINDS[label], number, counts)
            stored = {by: target for _, by, target in targets if by}
            own = {"id": id_of(label, number), "version": 1, "audience": _audience(number)}
            properties = {**own, **_words(label), **stored}
            yield {"label": label, "properties": properties, "number": number}


def _links(counts: dict[str, int]) -> Iterator[Any]:
    for label, count in counts.items():
        for number in range(count):
            for (relationship, incoming), _, target in _targets(KINDS[label], number, counts):
                ends = (target, id_of(label, number)) if incoming else (id_of(label, number), target)
                yield [ends[0], relationship, ends[1]]


def _targets(kind: Kind, number: int, counts: dict[str, int]) -> Iterator[tuple[tuple[str, bool], str | None, str]]:
    for declared in kind.links.values():
        if declared.link is None:
            raise TypeError(declared.name)
        possible = [label for label in declared.link.to if counts.get(label)]
        if possible:
            of = possible[number % len(possible)]
            # Links within one kind lead to the item before, so that nothing leads to itself.
            target = max(number - 1, 0) if of == kind.label else number % counts[of]
            if of != kind.label or number:
                yield (
                    (declared.link.relationship, declared.link.incoming),
                    declared.link.stored,
                    id_of(of, target),
                )


def _audience(number: int) -> str:
    return EVERYONE if number % 3 != 2 else f"community:{id_of('Community', 0)}"


def _words(label: str) -> dict[str, str]:
    kind = KINDS[label]
    return (
        {"name": label}
        if kind.named
        else {"text": label, "content": label, "format": "markdown"}
        if kind.has_text
        else {}
    )


async def _in_batches(graph: Graph, statement: str, rows: Iterator[Any]) -> None:
    waiting: list[Any] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == BATCH:
            await graph.write(statement, {"rows": waiting, "start": START})
            waiting = []
    await graph.write(statement, {"rows": waiting, "start": START})
