"""One way for every write: judge the rows, write them, look at the rules, record the change; all in one transaction.

A row that may not be written fails alone: what it had written is taken back inside the transaction, so the others stay.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from service.graph.refusals import worth_another_try
from service.graph.session import Transaction
from service.model.errors import Conflict, RetellError
from service.model.viewer import Viewer
from service.operations.composing import Judged, Status
from service.operations.facts import INSTANTS, Ask, gather, recalled, remember
from service.operations.judging import judge
from service.operations.network import Network
from service.operations.recording import Changes, Key, last_change, record_of, remembered
from service.operations.rows import Row
from service.operations.rules import bound, broken

_ATTEMPTS = 8
_SOURCES = frozenset({"Story", "Contribution", "TacitInsight", "ExplicitKnowledge"})
"""What insights and knowledge are drawn from."""
_BELONGING = frozenset({"Person", "Position", "Membership"})
"""What decides which audiences a viewer belongs to."""

Failure = tuple[Row, RetellError]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOutcome:
    """What became of one row."""

    line: int
    status: Status | Literal["failed", "deleted"]
    id: str | None = None
    version: int | None = None
    problems: list[dict[str, str | None]] = field(default_factory=list)
    """Kind, field, wrong and right of each, as every door shows them."""


@dataclass(slots=True)
class Batch:
    """What became of a batch, the last change that it made, and by line why a row failed."""

    outcomes: list[RowOutcome]
    change_id: str | None = None
    errors: dict[int, RetellError] = field(default_factory=dict)
    judged: Judged | None = None
    """The row, where it was a single one: so that what was written need not be read to be shown."""


class _NotKept(Exception):
    """Ends a transaction without keeping it, where only its outcome was wanted."""


async def write_batch(
    network: Network,
    viewer: Viewer,
    rows: Sequence[Row],
    *,
    key: Key | None = None,
    dry_run: bool = False,
    whole: bool = False,
) -> Batch:
    """Write rows in a transaction of their own; the same key and body are answered from the first time.

    With `whole`, a row that fails takes the others with it.
    """

    async def together(*, first: bool) -> Batch:  # noqa: ARG001 -- a transaction looks at everything anew each time
        async def work(transaction: Transaction) -> Batch:
            ask = asker(network, transaction)
            return await remembered_batch(ask, key) or await write_in(ask, viewer, rows, key=key)

        return await _in_transaction(network, work, keep=lambda batch: not dry_run and not (whole and batch.errors))

    async def alone(*, first: bool) -> Batch:
        return await _at_once(network, viewer, rows[0], key, hasty=first) or await together(first=first)

    batch = await tried(together if dry_run or len(rows) != 1 else alone)
    network.changed.set()
    if any(row.kind.label in _BELONGING for row in rows):
        network.forget_viewers()
    return batch


async def remembered_batch(ask: Ask, key: Key | None) -> Batch | None:
    """What became of the same rows when they first came with this key."""
    earlier = await remembered(ask, key)
    if earlier is None:
        return None
    return Batch([RowOutcome(**outcome) for outcome in earlier["outcomes"]], earlier["changeId"])


async def _at_once(network: Network, viewer: Viewer, row: Row, key: Key | None, *, hasty: bool) -> Batch | None:
    """Write one row in one statement; nothing where it takes a transaction, to look at the rules afterwards.

    In haste it asks nothing beforehand: that the key is new and what the row names is as it was, the statement finds
    out. Where it is not so, and before anything is refused, everything is looked at.
    """
    changes = Changes(datetime.now(UTC), viewer.principal)
    recalled_facts = recalled(network.items, viewer, row, changes.at) if hasty else None
    earlier = None if recalled_facts else await remembered_batch(network.ask, key)
    if earlier is not None:
        return earlier
    facts = recalled_facts or await gather(network.ask, viewer, [row], changes.at)
    guards = [[id, known.audience] for id, known in recalled_facts.known.items()] if recalled_facts else []
    try:
        judged = judge(row, viewer, facts)
    except RetellError as error:
        if recalled_facts:
            return await _at_once(network, viewer, row, key, hasty=False)
        return Batch([_refusal(row, error)], errors={row.line: error})
    if bound(judged) or _narrowing([judged]):
        return None
    _count([judged], changes)
    batch = Batch([_outcome(judged)], judged=judged)
    sent = _saved([judged]) | _recorded(batch, changes, key)
    if any(sent.values()):
        # What changes an item goes alone: a second change of it, judged before the first, could only fail.
        save = network.saves.write if sent["updated"] else network.saves.commit
        await save(sent | {"guards": guards})
    remember(network.items, facts)
    return batch


async def write_in(ask: Ask, viewer: Viewer, rows: Sequence[Row], *, key: Key | None = None) -> Batch:
    """Write rows in a transaction that somebody else commits."""
    now = datetime.now(UTC)
    changes = Changes(now, viewer.principal)
    batch = Batch([])
    remaining = list(rows)
    while remaining:
        part, failed, remaining = await _judged_part(ask, viewer, remaining, now)
        written, fallen = await _written(ask, viewer, part, changes)
        batch.outcomes += [_outcome(judged) for judged in written]
        for row, error in (*failed, *fallen):
            batch.errors[row.line] = error
            batch.outcomes.append(_refusal(row, error))
    batch.outcomes.sort(key=lambda outcome: outcome.line)
    sent = _recorded(batch, changes, key)
    if any(sent.values()):
        await ask("writing/record", sent)
    return batch


class Attempt(Protocol):
    """Something that is tried again."""

    async def __call__(self, *, first: bool) -> Batch:
        """What came of it; `first` says that nobody has been in the way yet."""
        ...


async def tried(work: Attempt) -> Batch:
    """What `work` answers, done anew where somebody else was in the way."""
    for attempt in range(_ATTEMPTS):
        try:
            return await work(first=attempt == 0)
        except RetellError as error:
            if not worth_another_try(error):
                raise
        await asyncio.sleep(random.uniform(0, 0.01) * 2**attempt)  # noqa: S311 -- spreads those who collided
    raise Conflict("Others keep changing the same items", right="Send the request again.")


async def kept(network: Network, work: Callable[[Transaction], Awaitable[Batch]], *, keep: bool = True) -> Batch:
    """What `work` answers in a transaction, done anew where somebody else was in the way; not kept where not wanted."""

    async def attempt(*, first: bool) -> Batch:  # noqa: ARG001 -- a transaction looks at everything anew each time
        return await _in_transaction(network, work, keep=lambda _: keep)

    batch = await tried(attempt)
    network.changed.set()
    return batch


async def _in_transaction(
    network: Network, work: Callable[[Transaction], Awaitable[Batch]], *, keep: Callable[[Batch], bool]
) -> Batch:
    batch: Batch | None = None
    try:
        async with network.graph.transaction() as transaction:
            batch = await work(transaction)
            if not keep(batch):
                raise _NotKept
    except _NotKept:
        if batch is None:
            raise
    return batch


def asker(network: Network, transaction: Transaction) -> Ask:
    """Runs statements of the catalogue in a transaction."""

    async def ask(name: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        return await transaction.run(network.graph.catalogue.statement(name).text, parameters)

    return ask


async def _judged_part(
    ask: Ask, viewer: Viewer, rows: list[Row], now: datetime
) -> tuple[list[Judged], list[Failure], list[Row]]:
    """The first rows that may be written together, those among them that may not be written, and the rows left over.

    A part ends where an item comes a second time: its row has to be judged by what the first one left.
    """
    facts = await gather(ask, viewer, rows, now)
    part: list[Judged] = []
    failed: list[Failure] = []
    named: set[str] = set()
    for position, row in enumerate(rows):
        try:
            id = row.id(facts.accounts)
            if id in named:
                return part, failed, rows[position:]
            part.append(judge(row, viewer, facts))
            named.add(id)
        except RetellError as error:
            failed.append((row, error))
    return part, failed, []


async def _written(
    ask: Ask, viewer: Viewer, part: list[Judged], changes: Changes
) -> tuple[list[Judged], list[Failure]]:
    """Write what was judged, and take it back where a rule is broken: then the rows are written one by one."""
    await _send(ask, _saved(part))
    wrong = await broken(ask, part)
    if wrong:
        await _take_back(ask, part)
        if len(part) == 1:
            return [], [(judged.row, error) for judged, error in wrong]
        return await _one_by_one(ask, viewer, [judged.row for judged in part], changes)
    _count(part, changes)
    await _narrow(ask, part, changes)
    return part, []


def _count(part: Sequence[Judged], changes: Changes) -> None:
    for judged in part:
        if judged.status != "unchanged":
            states = [known for known in (judged.before, judged.properties) if "audience" in known]
            signed = all("author" in known for known in states)
            audiences = {known["audience"] for known in states}
            changes.add(judged.status, judged.id, judged.row.kind.label, *audiences, signed=signed)
        changes.anonymous = changes.anonymous or judged.anonymous


async def _one_by_one(
    ask: Ask, viewer: Viewer, rows: Sequence[Row], changes: Changes
) -> tuple[list[Judged], list[Failure]]:
    written: list[Judged] = []
    failed: list[Failure] = []
    for row in rows:
        part, refused, _ = await _judged_part(ask, viewer, [row], changes.at)
        done, fallen = await _written(ask, viewer, part, changes) if part else ([], [])
        written += done
        failed += [*refused, *fallen]
    return written, failed


def _saved(part: Sequence[Judged]) -> dict[str, list[Any]]:
    """What writing the rows takes, as the statement has it."""
    made = [judged for judged in part if judged.status == "created"]
    changed = [judged for judged in part if judged.status == "updated"]
    return {
        "created": [_sent(judged.properties, label=judged.row.kind.label) for judged in made],
        "updated": [_sent(judged.properties, version=judged.before["version"]) for judged in changed],
        "dropped": [list(relation) for judged in changed for relation in judged.dropped],
        "added": [list(relation) for judged in (*made, *changed) for relation in judged.added],
    }


async def _take_back(ask: Ask, part: Sequence[Judged]) -> None:
    """Undo what was saved in the same transaction, where nobody else has seen it."""
    changed = [judged for judged in part if judged.status == "updated"]
    gone = {judged.id for judged in part if judged.status == "created"}
    if gone:
        await ask("writing/unmake", {"ids": sorted(gone)})
    left = [one for judged in changed for one in judged.added if one[0] not in gone and one[2] not in gone]
    before: dict[str, list[Any]] = {
        "created": [],
        "updated": [_sent(judged.before, version=judged.version) for judged in changed],
        "dropped": [list(relation) for relation in left],
        "added": [list(relation) for judged in changed for relation in judged.dropped],
    }
    await _send(ask, before)


async def _send(ask: Ask, lists: dict[str, list[Any]]) -> None:
    if any(lists.values()):
        await ask("writing/save", {"batch": {**lists, "guards": [], "changes": [], "records": []}})


def _recorded(batch: Batch, changes: Changes, key: Key | None) -> dict[str, list[Any]]:
    """The changes and the record that go with a batch, as parameters; the batch learns its last change."""
    recorded = changes.rows()
    batch.change_id = last_change(recorded)
    outcome = {"outcomes": [asdict(one) for one in batch.outcomes], "changeId": batch.change_id} if key else None
    return {"changes": recorded, "records": record_of(key, outcome, changes.moment)}


def _sent(properties: dict[str, Any], **row: Any) -> dict[str, Any]:
    """An item as the statement takes it: instants as text beside the properties."""
    others = dict(properties)
    for name in INSTANTS:
        instant = others.pop(name, None)
        if instant is not None:
            row[name] = instant.isoformat()
    row["properties"] = others
    return row


async def _narrow(ask: Ask, part: Sequence[Judged], changes: Changes) -> None:
    """Keep what was drawn from a source within its audience: step by step, for it may be a source itself."""
    ids = _narrowing(part)
    while ids:
        narrowed = await ask("writing/narrow", {"ids": ids, "now": changes.at})
        for drawn in narrowed:
            changes.add("updated", drawn["id"], drawn["label"])
        ids = [drawn["id"] for drawn in narrowed]


def _narrowing(part: Sequence[Judged]) -> list[str]:
    """The sources whose audience was changed."""
    return [
        judged.id
        for judged in part
        if judged.status == "updated" and "audience" in judged.fields and judged.row.kind.label in _SOURCES
    ]


def _refusal(row: Row, error: RetellError) -> RowOutcome:
    return RowOutcome(line=row.line, status="failed", problems=error.shown())


def _outcome(judged: Judged) -> RowOutcome:
    return RowOutcome(line=judged.row.line, status=judged.status, id=judged.id, version=judged.version)
