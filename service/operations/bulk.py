"""Many rows at once: a stream of lines, each row answered for itself, all or none, or only tried out."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile

import orjson

from service.access.permissions import require, require_writer
from service.model.errors import Conflict, Invalid, RetellError, TooLarge
from service.model.viewer import Scope, Viewer
from service.operations.batches import RowOutcome, asker, remembered_batch, write_batch, write_in
from service.operations.network import Network
from service.operations.recording import Key, key_of
from service.operations.rows import Row, typed_row
from service.operations.writing import Request

LARGEST_STREAM = 256 * 1024 * 1024
LONGEST_LINE = 1024 * 1024
MOST_TOGETHER = 25_000
"""Rows that one transaction takes, where all or none are wanted, or a dry run: the database holds them in memory, and
ours, with 384 MB for each transaction, had room for 53,000 with short texts."""
_BATCH_ROWS = 1_000
_BATCH_BYTES = 4 * 1024 * 1024
_SPOOLED_BYTES = 256 * 1024
_ROWS_AT_ONCE = 25
"""Rows that are read before whatever else waits has its turn, such as the block before with its answer."""
_PLAIN = Request()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a stream, or one row of a file: its number from 1, and what it holds."""

    number: int
    content: bytes | Mapping[str, object] | RetellError
    """JSON as it came, or read already; or why it could not be read."""
    only_if_new: bool = False
    """Whether an item that is there already stays as it is."""


@dataclass(slots=True)
class _Block:
    """Lines that are written together, and which block of the stream they are, from 1."""

    position: int
    rows: list[Row]
    failed: list[RowOutcome]
    asked: bytes


async def lines_of(chunks: AsyncIterable[bytes]) -> AsyncIterator[Line]:
    """The lines of a byte stream that are not blank; memory holds one of them.

    Raises:
        TooLarge: the stream is longer than 256 MiB; the lines before that have been handed on.
    """
    rest, number, size, skipping = b"", 0, 0, False
    async for chunk in chunks:
        size += len(chunk)
        if size > LARGEST_STREAM:
            raise TooLarge(
                f"The stream is over {LARGEST_STREAM} bytes; the lines before were written", right="Send it in parts."
            )
        *ended, rest = (rest + chunk).split(b"\n")
        for content in ended:
            number += 1
            if skipping or content.strip():
                yield _too_long(number) if skipping or len(content) > LONGEST_LINE else Line(number, content)
            skipping = False
        if len(rest) > LONGEST_LINE:
            rest, skipping = b"", True
    if skipping or rest.strip():
        yield _too_long(number + 1) if skipping else Line(number + 1, rest)


async def all_come(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The same stream, once all of it is here: no transaction stays open for a slow sender.

    Raises:
        TooLarge: the stream is longer than 256 MiB.
    """
    size = 0
    with SpooledTemporaryFile(max_size=_BATCH_BYTES) as spool:
        async for chunk in chunks:
            size += len(chunk)
            if size > LARGEST_STREAM:
                raise TooLarge(f"The stream is over {LARGEST_STREAM} bytes", right="Send it in parts.")
            spool.write(chunk)
        spool.seek(0)
        while chunk := spool.read(_SPOOLED_BYTES):
            yield chunk


def _too_long(number: int) -> Line:
    return Line(number, TooLarge(f"The line is over {LONGEST_LINE} bytes", right="Send shorter lines."))


async def write_rows(
    network: Network,
    viewer: Viewer,
    lines: AsyncIterable[Line],
    *,
    atomic: bool = False,
    dry_run: bool = False,
    request: Request = _PLAIN,
    most_together: int = MOST_TOGETHER,
) -> AsyncGenerator[RowOutcome, None]:
    """Write a stream of rows; each may name items that are there and rows before it. Outcomes come in the lines' order.

    A row with an `id` is put: made, replaced, or unchanged; one without is made. `atomic` writes all or none and
    answers at the end; `dry_run` writes nothing and answers the same. Both take at most `most_together` rows. An
    idempotency key makes every block of lines happen once, so that a stream that broke off is simply sent again.

    Raises:
        Forbidden: the key may not write for others.
        Conflict: the idempotency key was used with other lines.
        TooLarge: too many rows for one transaction; nothing was written.
        Unavailable: the database went away; the rows answered before were written.
    """
    require_writer(viewer)
    require(viewer, Scope.integrate)
    blocks = _blocks(lines)
    word = None if dry_run else request.idempotency_key
    if atomic or dry_run:
        keep = atomic and not dry_run
        written = _together(network, viewer, blocks, word, keep=keep, hold=atomic, most=most_together)
    else:
        written = _block_by_block(network, viewer, blocks, word)
    async with aclosing(written):
        async for outcome in written:
            yield outcome


async def _block_by_block(
    network: Network, viewer: Viewer, blocks: AsyncIterator[_Block], word: str | None
) -> AsyncGenerator[RowOutcome, None]:
    async for block in _ahead(blocks):
        batch = await write_batch(network, viewer, block.rows, key=_key(viewer, word, block))
        for outcome in _in_order(block.failed, batch.outcomes):
            yield outcome


def _key(viewer: Viewer, word: str | None, block: _Block) -> Key | None:
    """The key of one block of a stream that came with an idempotency key."""
    return key_of(viewer, f"{word}#{block.position}" if word else None, block.asked)


async def _ahead(blocks: AsyncIterator[_Block]) -> AsyncGenerator[_Block, None]:
    """The same blocks, each read while the database is busy with the one before."""
    reading = asyncio.ensure_future(anext(blocks, None))
    try:
        while (block := await reading) is not None:
            reading = asyncio.ensure_future(anext(blocks, None))
            yield block
    finally:
        reading.cancel()


async def _together(
    network: Network,
    viewer: Viewer,
    blocks: AsyncIterator[_Block],
    word: str | None,
    *,
    keep: bool,
    hold: bool,
    most: int,
) -> AsyncGenerator[RowOutcome, None]:
    """Everything in one transaction, which is kept only if every row is good; `hold` answers when that is known."""
    held: list[RowOutcome] = []
    wrong: int | None = None
    count = 0
    try:
        async with network.graph.transaction() as transaction:
            ask = asker(network, transaction)
            async for block in blocks:
                count += len(block.rows)
                if count > most:
                    raise TooLarge(
                        f"These are more than {most} rows for one transaction; nothing was written",
                        right="Send fewer, or without atomic and dryRun.",
                    )
                key = _key(viewer, word, block)
                batch = await remembered_batch(ask, key) or await write_in(ask, viewer, block.rows, key=key)
                outcomes = _in_order(block.failed, batch.outcomes)
                wrong = wrong or next((one.line for one in outcomes if one.status == "failed"), None)
                if hold:
                    held += outcomes
                else:
                    for outcome in outcomes:
                        yield outcome
            if not keep or wrong is not None:
                raise _NotWanted
    except _NotWanted:
        pass
    else:
        network.changed.set()
        network.forget_viewers()
    for outcome in held:
        yield outcome if wrong is None else _undone(outcome, wrong)


class _NotWanted(Exception):
    """Ends the transaction of a dry run, or of all or none where one row was wrong."""


def _undone(outcome: RowOutcome, wrong: int) -> RowOutcome:
    if outcome.status == "failed":
        return outcome
    refusal = Conflict(f"Not written, because line {wrong} is wrong", right="Correct that line and send all again.")
    return replace(outcome, status="failed", id=None, version=None, problems=refusal.shown())


def _in_order(failed: list[RowOutcome], written: list[RowOutcome]) -> list[RowOutcome]:
    return sorted([*failed, *written], key=lambda outcome: outcome.line) if failed else written


async def _blocks(lines: AsyncIterable[Line]) -> AsyncIterator[_Block]:
    """Lines in blocks whose bounds depend on nothing but the lines, so that a stream sent again has the same ones."""
    block, size, asked = _Block(1, [], [], b""), 0, []
    async for line in lines:
        now = datetime.now(UTC)
        try:
            row = _row(line, now)
            block.rows.append(row)
        except RetellError as error:
            block.failed.append(RowOutcome(line=line.number, status="failed", problems=error.shown()))
        if line.number % _ROWS_AT_ONCE == 0:
            await asyncio.sleep(0)
        raw = line.content if isinstance(line.content, bytes) else repr(line.content).encode()
        asked.append(raw)
        size += len(raw)
        if len(block.rows) + len(block.failed) >= _BATCH_ROWS or size >= _BATCH_BYTES:
            block.asked = b"\n".join(asked)
            yield block
            block, size, asked = _Block(block.position + 1, [], [], b""), 0, []
    if block.rows or block.failed:
        block.asked = b"\n".join(asked)
        yield block


def _row(line: Line, now: datetime) -> Row:
    content = line.content
    if isinstance(content, RetellError):
        raise content
    body = _parsed(content) if isinstance(content, bytes) else content
    return typed_row(body, now=now, line=line.number, only_if_new=line.only_if_new)


def _parsed(content: bytes) -> dict[str, object]:
    try:
        body = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise Invalid(f"The line is not JSON: {error.msg}", right="Give one JSON object a line, in UTF-8.") from None
    if not isinstance(body, dict):
        raise Invalid("The line is not an object", right='Give {"type": …, "id": …, fields}.')
    return body
