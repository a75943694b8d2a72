"""What a process does again and again beside its requests, while it serves: one loop for all of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog

from service.model.errors import Unavailable
from service.operations.failures import log_failure

PAUSE_SECONDS: Final = 1.0
"""How long nothing is tried after a failure."""
PATIENCE_SECONDS: Final = 5.0
"""How long the turn that is being taken at the end may last."""

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def in_background(
    name: str,
    turn: Callable[[asyncio.Event], Awaitable[bool]],
    woken: asyncio.Event,
    *,
    every: float | None,
    gather: float = 0.0,
) -> AsyncIterator[None]:
    """Take one turn after another while the block runs.

    A turn says whether there may be more to do; where not, the next one follows when it is `woken` (and then
    `gather` seconds later, so that one turn does for many), or after `every` seconds. It is given what tells it to
    stop, where it takes long. One that fails is logged, and taken once more.
    """
    stop = asyncio.Event()

    async def wait() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), every)
            await asyncio.sleep(gather)
        woken.clear()

    task = asyncio.create_task(_turns(name, turn, stop, wait), name=name)
    try:
        yield
    finally:
        # Asked to stop, not cancelled: before Python 3.12 `wait_for` loses a cancellation that meets its own end.
        stop.set()
        woken.set()
        await _ended(task, name)


async def _ended(task: "asyncio.Task[None]", name: str) -> None:
    """Wait for the turn that is being taken; one that hangs, as on a database that does not answer, is broken off."""
    _, hangs = await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
    if hangs:
        _log.warning("turn_broken_off", of=name)
    while hangs:
        task.cancel()
        _, hangs = await asyncio.wait({task}, timeout=PAUSE_SECONDS)


async def _turns(
    name: str,
    turn: Callable[[asyncio.Event], Awaitable[bool]],
    stop: asyncio.Event,
    wait: Callable[[], Awaitable[None]],
) -> None:
    while not stop.is_set():
        try:
            more = await turn(stop)
        except Unavailable as error:
            _log.warning("turn_not_taken", of=name, why=str(error))
            await _paused(stop)
        except Exception as error:  # noqa: BLE001 - one turn that fails must not be the last
            log_failure(error, of=name)
            await _paused(stop)
        else:
            if not more:
                await wait()


async def _paused(stop: asyncio.Event) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), PAUSE_SECONDS)
