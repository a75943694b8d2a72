"""The way to the graph: reads, writes and transactions, with every failure in the service's own words."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    AsyncDriver,
    AsyncManagedTransaction,
    AsyncResult,
    AsyncSession,
    AsyncTransaction,
)
from neo4j.api import AsyncBookmarkManager

from service.graph import embedded, refusals
from service.graph.catalogue import Catalogue
from service.graph.values import plain_row

ALL_AT_ONCE = -1  # the driver's word for "every row in one answer"

Row = dict[str, Any]
Parameters = Mapping[str, object]
Result = TypeVar("Result")


class Transaction:
    """An open transaction of the graph."""

    def __init__(self, transaction: AsyncTransaction | AsyncManagedTransaction) -> None:
        self._transaction = transaction

    async def run(self, text: str, parameters: Parameters | None = None) -> list[Row]:
        """Every row that the statement gives."""
        return [row async for row in self.stream(text, parameters)]

    async def stream(self, text: str, parameters: Parameters | None = None) -> AsyncIterator[Row]:
        """The rows one after another, as they come; memory holds a thousand of them."""
        result = await self._transaction.run(text, dict(parameters or {}))
        keys = result.keys()
        async for record in result:
            yield dict(zip(keys, record, strict=True))

    async def table(self, text: str, parameters: Parameters) -> tuple[list[str], AsyncIterator[list[Any]]]:
        """For a person's own statement: its columns, known before the first row, and its rows in JSON's values."""
        with refusals.in_our_words(statement_is_theirs=True):
            result = await self._transaction.run(text, dict(parameters))
        return list(result.keys()), _plain_rows(result)

    async def query_type(self, text: str, parameters: Parameters | None = None) -> str | None:
        """What EXPLAIN says the statement would do: `r` read, `w` write, `rw` both, `s` schema or administration."""
        with refusals.in_our_words(statement_is_theirs=True):
            result = await self._transaction.run(f"EXPLAIN {text}", dict(parameters or {}))
            return (await result.consume()).query_type


async def _plain_rows(result: AsyncResult) -> AsyncIterator[list[Any]]:
    with refusals.in_our_words(statement_is_theirs=True):
        async for record in result:
            yield plain_row(record)


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """An open graph, its schema up to date; `catalogue` holds the statements that go with it."""

    catalogue: Catalogue
    _driver: AsyncDriver
    _database: str | None
    _bookmarks: AsyncBookmarkManager | None
    _engine: embedded.Engine | None

    async def read(self, text: str, parameters: Parameters | None = None) -> list[Row]:
        """The rows of a statement that only reads; the server refuses it if it writes."""
        return await self._auto_commit(READ_ACCESS, text, parameters)

    async def read_one(self, text: str, parameters: Parameters | None = None) -> Row | None:
        """The first row of a reading statement, or None."""
        return next(iter(await self.read(text, parameters)), None)

    async def write(self, text: str, parameters: Parameters | None = None) -> list[Row]:
        """One statement in a transaction of its own, committed when this returns and not tried again by us."""
        return await self._auto_commit(WRITE_ACCESS, text, parameters)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Several statements, committed together at the end, rolled back if the block raises; not tried again."""
        with refusals.in_our_words():
            async with self._session(WRITE_ACCESS) as session, await session.begin_transaction() as transaction:
                yield Transaction(transaction)
                await transaction.commit()

    async def transact(self, work: Callable[[Transaction], Awaitable[Result]]) -> Result:
        """`work` in one transaction, done anew after a deadlock, a lost leader or a broken connection.

        A commit whose answer was lost is not tried again: that raises `Unavailable`, which says so.
        """

        async def attempt(transaction: AsyncManagedTransaction) -> Result:
            return await work(Transaction(transaction))

        with refusals.in_our_words():
            async with self._session(WRITE_ACCESS) as session:
                return await session.execute_write(attempt)

    @asynccontextmanager
    async def reading(self, *, seconds: float, rows_at_once: int = 1000) -> AsyncIterator[Transaction]:
        """A transaction that may only read and is ended by the server after `seconds`; never tried again.

        Memory holds `rows_at_once`. What is left of an answer that was not read to its end is not asked for.

        For streams and for statements that a person wrote: what is wrong in one is raised as `Invalid`, field
        `statement`, and what exceeds the time or the memory as `TooLarge`.
        """
        with refusals.in_our_words(statement_is_theirs=True):
            async with (
                self._session(READ_ACCESS, fetch_size=rows_at_once) as session,
                await session.begin_transaction(timeout=seconds) as transaction,
            ):
                yield Transaction(transaction)
                await transaction.close()

    async def close(self) -> None:
        """Close the connections, and end the engine if this process started it."""
        await self._driver.close()
        if self._engine is not None:
            await asyncio.to_thread(self._engine.stop)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _auto_commit(self, access: str, text: str, parameters: Parameters | None) -> list[Row]:
        with refusals.in_our_words():
            async with self._session(access) as session:
                result = await session.run(text, dict(parameters or {}))
                keys = result.keys()
                return [dict(zip(keys, values, strict=True)) for values in await result.values()]

    def _session(self, access: str, fetch_size: int = ALL_AT_ONCE) -> AsyncSession:
        return self._driver.session(
            database=self._database,
            default_access_mode=access,
            fetch_size=fetch_size,
            bookmark_manager=self._bookmarks,
        )
