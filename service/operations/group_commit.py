"""Group commit: single writes that wait at the same time are one transaction, and each has its own outcome."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from service.graph.refusals import worth_another_try
from service.model.errors import Unavailable

MOST_TOGETHER: Final = 64
"""The writes of one transaction: enough that it costs each of them little, few enough that none waits for long."""

Sent = Mapping[str, list[Any]]
"""The lists that are the parameters of `writing/save`."""


@dataclass(slots=True)
class _Waiting:
    sent: Sent
    kept: asyncio.Future[None]


@dataclass(eq=False)
class GroupCommit:
    """What the single writes of a process go through. `write` keeps all that it is given, or raises and keeps nothing.

    A transaction costs the database more than what a single write does in it. So a write begins one where none is under
    way, and those that come meanwhile share the next. Where one of them can't be kept, its company falls with it: each
    is then sent alone, and fails alone.
    """

    write: Callable[[Sent], Awaitable[object]]
    waiting: list[_Waiting] = field(default_factory=list)
    sender: asyncio.Task[None] | None = None

    async def keep(self, sent: Sent) -> None:
        """Return once what is sent is committed; raises what `write` raises of it alone."""
        kept = asyncio.get_running_loop().create_future()
        self.waiting.append(_Waiting(sent, kept))
        if self.sender is None:
            self.sender = asyncio.create_task(self._send_all())
        await kept

    async def _send_all(self) -> None:
        try:
            while self.waiting:
                together, self.waiting = _next(self.waiting)
                await self._send(together)
        finally:
            self.sender = None

    async def _send(self, together: Sequence[_Waiting]) -> None:
        try:
            await self.write(_merged(together))
        except Exception as error:  # noqa: BLE001 - every one of those who wait is told
            if len(together) > 1 and _nothing_kept(error):
                for one in together:
                    await self._send([one])
                return
            for one in together:
                if not one.kept.done():
                    one.kept.set_exception(error)
            return
        for one in together:
            if not one.kept.done():
                one.kept.set_result(None)


def _next(waiting: Sequence[_Waiting]) -> tuple[list[_Waiting], list[_Waiting]]:
    """Those who go together, in the order in which they came, and those who wait for the transaction after it.

    No two that change one item go together: a statement compares all versions before it sets the first.
    """
    together: list[_Waiting] = []
    left: list[_Waiting] = []
    changed: set[str] = set()
    for one in waiting:
        ids = {row["properties"]["id"] for row in one.sent["updated"]}
        if len(together) < MOST_TOGETHER and changed.isdisjoint(ids):
            together.append(one)
            changed |= ids
        else:
            left.append(one)
    return together, left


def _merged(together: Sequence[_Waiting]) -> Sent:
    return {name: [row for one in together for row in one.sent[name]] for name in together[0].sent}


def _nothing_kept(error: Exception) -> bool:
    """Whether the transaction is known to have been taken back, so that its writes may be sent once more."""
    return not isinstance(error, Unavailable) or worth_another_try(error)
