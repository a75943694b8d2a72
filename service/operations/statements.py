"""Cypher for who administers: read-only, bounded in time, rows, bytes and number at once, and in the audit log.

A statement sees the whole graph, confidences included (docs/decisions says why, and until when). The log keeps who
asked, the statement without its literals, and the names of the parameters without their values.
"""

import asyncio
import math
import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from weakref import WeakKeyDictionary

import orjson
import structlog

from service.access.permissions import require
from service.access.statements import admitted
from service.graph.session import Transaction
from service.model.errors import Invalid, RetellError, TooLarge, Unavailable
from service.model.viewer import Scope, Viewer
from service.operations.network import Network

MEBIBYTE = 1024 * 1024
_ROWS_AT_ONCE = 64
_GRACE_SECONDS = 2.0
"""How long after its time the server may take to end a statement, before the connection is given up."""
_CLOCKS_SECONDS = 0.1
"""How much earlier than ours the server's clock may have begun: what it ended so shortly before its time is late."""
_PLACE = re.compile(r" \(line (\d+), column (\d+) \(offset: \d+\)\).*", re.DOTALL)
_EXPLAIN = "EXPLAIN "
_INT64 = range(-(2**63), 2**63)

audit = structlog.get_logger("retell.audit")
_running: WeakKeyDictionary[Network, int] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one statement may take, and how many may run at a time in this process."""

    seconds: float = 30.0
    rows: int = 100_000
    bytes: int = 64 * MEBIBYTE
    at_once: int = 4


LIMITS = Limits()


class Cut(StrEnum):
    """By which limit an answer was cut short."""

    rows = "rows"
    bytes = "bytes"
    time = "time"
    memory = "memory"


@dataclass(slots=True)
class Answer:
    """The answer to a statement while it is being read: its columns, and its rows one after another."""

    columns: list[str]
    _source: AsyncIterator[list[Any]]
    _limits: Limits
    _started: float = field(default_factory=time.monotonic)
    _first: bytes | None = None
    count: int = 0
    """How many rows have been given."""
    size: int = 0
    """How many bytes of JSON they were."""
    truncated: Cut | None = None
    """Which limit cut the answer short; to be read after the rows."""
    problems: list[dict[str, str | None]] = field(default_factory=list)
    """What broke the answer off after its first rows; to be read after the rows."""

    @property
    def milliseconds(self) -> int:
        """How long it has taken so far."""
        return round((time.monotonic() - self._started) * 1000)

    async def begin(self) -> None:
        """Read the first row, so that what is wrong with most statements is raised before anything is shown."""
        self._first = await self._next()

    async def rows(self) -> AsyncIterator[bytes]:
        """Each row as the JSON array of its values."""
        row = self._first
        while row is not None:
            if self.count == self._limits.rows:
                self.truncated = Cut.rows
                return
            if self.size + len(row) > self._limits.bytes:
                self.truncated = Cut.bytes
                return
            self.count += 1
            self.size += len(row)
            yield row
            try:
                row = await self._next()
            except TooLarge:
                self.truncated = Cut.time if self._is_late() else Cut.memory
                return
            except RetellError as error:
                self.problems = error.shown()
                return

    async def _next(self) -> bytes | None:
        left = self._started + self._limits.seconds + _GRACE_SECONDS - time.monotonic()
        try:
            async with asyncio.timeout(left):
                row = await anext(self._source, None)
        except TimeoutError:
            raise _too_long(self._limits) from None
        except TooLarge:
            if self._is_late():
                raise _too_long(self._limits) from None
            raise
        return None if row is None else _rendered(row)

    def _is_late(self) -> bool:
        return time.monotonic() - self._started >= self._limits.seconds - _CLOCKS_SECONDS


@asynccontextmanager
async def ask(
    network: Network, viewer: Viewer, statement: str, parameters: Mapping[str, Any], limits: Limits = LIMITS
) -> AsyncIterator[Answer]:
    """Run a statement that only reads; the answer is read while the context is open.

    Raises:
        Forbidden: the key does not administer.
        Invalid: the statement is not surely a read, or wrong (field `statement`, with line and column), or a parameter
            is beyond what the graph holds.
        TooLarge: it gave no row within its time or memory.
        Unavailable: as many statements as may run at once are running.
    """
    with _audited(viewer, parameters) as entry:
        require(viewer, Scope.administer)
        read = admitted(statement)
        entry["shape"] = read.shape
        audit.info("statement.asked", principal=viewer.principal, shape=read.shape, parameters=sorted(parameters))
        for name, value in parameters.items():
            _check_parameter(value, f"parameters.{name}")
        with _a_place(network, limits):
            async with network.graph.reading(seconds=limits.seconds, rows_at_once=_ROWS_AT_ONCE) as transaction:
                answer = await _begun(transaction, read.text, parameters, limits)
                try:
                    yield answer
                    entry["outcome"] = "broken_off" if answer.problems else "answered"
                finally:
                    entry.update(rows=answer.count, bytes=answer.size, truncated=answer.truncated)


async def _begun(transaction: Transaction, text: str, parameters: Mapping[str, Any], limits: Limits) -> Answer:
    try:
        async with asyncio.timeout(limits.seconds + _GRACE_SECONDS):
            try:
                kind = await transaction.query_type(text, parameters)
            except Invalid as error:
                raise _placed(error, explained=True) from None
            if kind != "r":
                raise Invalid(
                    f"The server says that the statement is of the kind `{kind}`",
                    right="Send a statement that only reads.",
                    field="statement",
                )
            columns, rows = await transaction.table(text, parameters)
            answer = Answer(columns, rows, limits)
            await answer.begin()
    except TimeoutError:
        raise _too_long(limits) from None
    except Invalid as error:
        raise _placed(error, explained=False) from None
    return answer


def _placed(error: Invalid, *, explained: bool) -> Invalid:
    """The server's complaint with its place first, counted in the statement as it was sent to us."""
    problem = error.problems[0]
    found = _PLACE.search(problem.wrong)
    if found is None:
        return error
    line, column = int(found[1]), int(found[2])
    if explained and line == 1:
        column -= len(_EXPLAIN)
    wrong = _PLACE.sub("", problem.wrong)
    return Invalid(f"Line {line}, column {column}: {wrong}", right=problem.right, field=problem.field)


def _rendered(row: list[Any]) -> bytes:
    try:
        return orjson.dumps(row)
    except orjson.JSONEncodeError:
        raise Invalid(
            "The answer is nested too deep to be shown", right="Ask for flatter values.", field="statement"
        ) from None


def _too_long(limits: Limits) -> TooLarge:
    wrong = f"The statement ran longer than {limits.seconds:g} seconds"
    return TooLarge(wrong, right="Ask for less: narrow it, or use an index.", field="statement")


def _check_parameter(value: Any, path: str) -> None:
    if isinstance(value, dict):
        for name, one in value.items():
            _check_parameter(one, f"{path}.{name}")
    elif isinstance(value, list):
        for index, one in enumerate(value):
            _check_parameter(one, f"{path}.{index}")
    elif isinstance(value, float) and not math.isfinite(value):
        raise Invalid("The number is too large for the graph", right="Give a number below 1.8e308.", field=path)
    elif isinstance(value, int) and value not in _INT64:
        raise Invalid("The whole number is too large for the graph", right="Give one of at most 64 bits.", field=path)


@contextmanager
def _a_place(network: Network, limits: Limits) -> Iterator[None]:
    if _running.get(network, 0) >= limits.at_once:
        raise Unavailable(f"{limits.at_once} statements are running already", right="Wait until one of them has ended.")
    _running[network] = _running.get(network, 0) + 1
    try:
        yield
    finally:
        _running[network] -= 1


@contextmanager
def _audited(viewer: Viewer, parameters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every statement leaves a line, refused and failed ones too; what an error says may quote data and is left out."""
    started = time.monotonic()
    entry: dict[str, Any] = {"shape": None, "outcome": "given_up", "rows": 0, "bytes": 0, "truncated": None}
    try:
        yield entry
    except RetellError as error:
        entry["outcome"] = error.kind
        raise
    finally:
        milliseconds = round((time.monotonic() - started) * 1000)
        named = {"principal": viewer.principal, "parameters": sorted(parameters), "milliseconds": milliseconds}
        audit.info("statement.ended", **named, **entry)
