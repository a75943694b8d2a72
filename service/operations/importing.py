"""Importing: the rows of a reader of others' files, written in their order, taken up where a kill cut them short."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from service.exchange.rows import Row, Unread
from service.model.errors import Invalid
from service.model.ids import derived_id
from service.model.viewer import Viewer
from service.operations.batches import RowOutcome
from service.operations.bulk import Line, write_rows
from service.operations.changes import sequencer
from service.operations.network import Network

_KEEP_EVERY: Final = 1_000
"""Rows after which the place is kept: what a kill may cost is looked at again, and found unchanged."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that the network did not take, and why."""

    row: Row
    problems: list[dict[str, str | None]]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row that is in the network now."""

    row: Row
    status: str
    """`created`, `updated`, or `unchanged` where it was there already; `before` where an import cut short put it in."""


async def import_rows(
    network: Network, viewer: Viewer, entries: Iterable[Row | Unread], *, source: str, dry_run: bool = False
) -> AsyncGenerator[Accepted | Refused | Unread, None]:
    """Write what a reader hands on; what became of each entry, in their order.

    `source` stands for the files and how they are read, in words that change when these do: if an earlier import of
    the same was cut short, what it had behind it is passed over. A dry run writes nothing, answers the same, and
    takes as many rows as one transaction does.

    Raises:
        Forbidden: the viewer may not write for others.
        Invalid: a file is broken further on; what stood before that is written.
        Unavailable: the database went away; what was answered before is written.
    """
    place = derived_id("import", f"{viewer.principal} {source}")
    kept = 0 if dry_run else await _place(network, place)
    numbered = enumerate(entries, 1)
    for _number, entry in islice(numbered, kept):
        yield entry if isinstance(entry, Unread) else Accepted(entry, "before")
    waiting: dict[int, Row | Unread] = {}

    async def lines() -> AsyncIterator[Line]:
        for number, entry in numbered:
            waiting[number] = entry
            if isinstance(entry, Unread):
                yield Line(number, Invalid(entry.why))
            else:
                yield Line(number, entry.body, entry.only_if_new)

    async with sequencer(network), aclosing(write_rows(network, viewer, lines(), dry_run=dry_run)) as outcomes:
        async for outcome in outcomes:
            yield _answer(waiting.pop(outcome.line), outcome)
            if not dry_run and outcome.line - kept >= _KEEP_EVERY:
                kept = outcome.line
                await network.write("importing/keep_place", {"id": place, "done": kept, "now": datetime.now(UTC)})
    if not dry_run:
        await network.write("importing/end", {"id": place})


def _answer(entry: Row | Unread, outcome: RowOutcome) -> Accepted | Refused | Unread:
    if isinstance(entry, Unread):
        return entry
    if outcome.status == "failed":
        return Refused(entry, outcome.problems)
    return Accepted(entry, outcome.status)


async def _place(network: Network, place: str) -> int:
    found = await network.ask("importing/place", {"id": place})
    return int(found[0]["done"]) if found else 0
