"""Group commit: new items that are written singly at the same time are one transaction, each with its own outcome."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any, Final

from service.graph.refusals import is_taken_back

MOST_TOGETHER: Final = 64
"""The writes of one transaction: enough that it costs each of them little, few enough that none waits for long."""
LONG_SECONDS: Final = 0.05
"""How long those who come meanwhile wait for the transaction under way, before they have one of their own."""

Sent = Mapping[str, list[Any]]
"""The lists of a batch that `writing/save` takes."""


@dataclass(slots=True)
class _Pending:
    sent: Sent
    committed: asyncio.Future[None]


@dataclass(eq=False)
class GroupCommit:
    """What the new items of a process go through. `write` keeps all that it is given, or raises.

    A transaction costs the database more than what a single write does in it. So a write begins one where none is under
    way, and those that come meanwhile share the next. Where one of them can't be kept, the others are sent again
    without it, and it fails alone.
    """

    write: Callable[[Sent], Awaitable[object]]
    pending: list[_Pending] = field(default_factory=list)
    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    flushing: bool = False

    async def commit(self, sent: Sent) -> None:
        """Return once what is sent is committed; raises what `write` raises of it alone."""
        committed = asyncio.get_running_loop().create_future()
        self.pending.append(_Pending(sent, committed))
        if not self.flushing:
            self.flushing = True
            self._begin(self._flush())
        await committed

    async def finish(self) -> None:
        """Return once nothing is under way any more."""
        while self.under_way:
            await asyncio.wait(self.under_way)

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        # In a context of its own: what it logs belongs to no single request.
        task = asyncio.get_running_loop().create_task(work, context=Context())
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)
        return task

    async def _flush(self) -> None:
        while self.pending:
            group, self.pending = self.pending[:MOST_TOGETHER], self.pending[MOST_TOGETHER:]
            await asyncio.wait({self._begin(self._send(group))}, timeout=LONG_SECONDS)
        self.flushing = False

    async def _send(self, group: Sequence[_Pending]) -> None:
        group = [one for one in group if not one.committed.done()]
        if not group:
            return
        wrong: Exception | None = None
        try:
            await self.write({name: [row for one in group for row in one.sent[name]] for name in group[0].sent})
        except Exception as error:  # noqa: BLE001 - every one of those who wait is told
            wrong = error
        if wrong and len(group) > 1 and is_taken_back(wrong):
            half = len(group) // 2
            await asyncio.gather(self._send(group[:half]), self._send(group[half:]))
            return
        for one in group:
            if one.committed.done():
                continue
            if wrong:
                one.committed.set_exception(wrong)
            else:
                one.committed.set_result(None)
