"""The graph's schema: the numbered files of `schema/graph/`, each applied once, under a lock, and written down.

A file `NNN_name.cypher` holds statements that end in `;` at the end of a line. Each runs in a transaction of its own
(Neo4j takes no schema change together with data), so each has to be harmless when a start that was cut off runs it
again: `IF NOT EXISTS`, `MERGE`.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from service.data import data_path
from service.graph.session import Graph
from service.model.errors import Unavailable

_FILE = re.compile(r"(\d{3})_(\w+)\.cypher")
_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
_END = re.compile(r";\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Migration:
    """A file of the schema: its number and name, the sha256 of its text, and its statements in order."""

    number: int
    name: str
    checksum: str
    statements: tuple[str, ...]


def migrations(folder: Path) -> list[Migration]:
    """Every migration of `folder` by number; a ValueError names a file that is not numbered, or numbered twice."""
    found: dict[int, Migration] = {}
    for path in sorted(folder.glob("*.cypher")):
        named = _FILE.fullmatch(path.name)
        if named is None or int(named[1]) in found:
            raise ValueError(f"{path} needs a number of its own in front: 007_what_it_does.cypher")
        content = path.read_text(encoding="utf-8")
        statements = tuple(each.strip() for each in _END.split(_COMMENT.sub("", content)) if each.strip())
        checksum = hashlib.sha256(content.encode()).hexdigest()
        found[int(named[1])] = Migration(int(named[1]), path.stem, checksum, statements)
    return list(found.values())


async def apply(graph: Graph, folder: Path | None = None) -> list[str]:
    """Bring the graph's schema up to date; the names of the migrations that this call applied.

    Several services may start at once: one applies, the others wait for it and find nothing left to do.

    Raises:
        Unavailable: a migration that was applied has been changed since, or is missing here; it is named.
    """
    known = migrations(folder or data_path("schema") / "graph")
    if not await _pending(graph, known):
        return []
    text = graph.catalogue.statement
    await graph.write(text("migrations/one_lock").text)
    async with graph.transaction() as held:
        await held.run(text("migrations/take_lock").text)
        pending = await _pending(graph, known)
        for migration in pending:
            for statement in migration.statements:
                await graph.write(statement)
            await graph.write(text("migrations/record").text, _recorded(migration))
        if pending:
            await graph.write(text("migrations/await_indexes").text)
    return [migration.name for migration in pending]


def _recorded(migration: Migration) -> dict[str, object]:
    return {
        "number": migration.number,
        "name": migration.name,
        "checksum": migration.checksum,
        "at": datetime.now(UTC),
    }


async def _pending(graph: Graph, known: Sequence[Migration]) -> list[Migration]:
    rows = await graph.read(graph.catalogue.statement("migrations/applied").text)
    applied = {row["number"]: row for row in rows}
    here = {migration.number: migration for migration in known}
    for number, row in sorted(applied.items()):
        if number not in here:
            raise Unavailable(
                f"The graph was built with the migration {row['name']}, which this Retell does not have",
                right="Start a Retell at least as new as the one that wrote this graph.",
            )
        if here[number].checksum != row["checksum"]:
            raise Unavailable(
                f"The migration {row['name']} has been changed since it was applied to this graph",
                right="Restore that file and put the change into a migration of its own.",
            )
    return [migration for migration in known if migration.number not in applied]
