"""Tending: what the service does by itself while it runs, so that no question waits for it.

What was learnt is learnt anew when a quarter begins or the past was altered; what was learnt from a past that is
another by now is forgotten; and what has been erased leaves the evidence in memory and file, whether or not anybody
asks.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Final

from service.graph.projection import Projection
from service.measures.progress import Cancelled, watched
from service.model.ids import new_id
from service.operations.background import in_background
from service.operations.fits import SHARED, Kept, Known, kept_fits, learn, mark_of, present_term, rewritten
from service.operations.network import Network

TEND_SECONDS: Final = 10.0
BEAT_SECONDS: Final = 1.0
SILENT_SECONDS: Final = 10
"""After how long without a sign of life it is another process' turn to learn."""
REST: Final = 10
"""How many times as long as learning took nothing is learnt anew, so that a past which is altered all the time leaves
nine tenths of a processor to the questions."""
MOST_FITS: Final = 24
"""Quarters of which what was learnt is kept."""


@asynccontextmanager
async def tender(network: Network) -> AsyncIterator[None]:
    """Tend to the network while the block runs. Every process may; one at a time learns."""
    holder = new_id()

    async def turn(stop: asyncio.Event) -> bool:
        await network.projections.tidied()
        return await learn_anew(network, holder, stop)

    network.tended = True
    try:
        async with in_background("tender", turn, asyncio.Event(), every=TEND_SECONDS):
            yield
    finally:
        network.tended = False
        await network.write("uptake/release_lease", {"holder": holder})


async def learn_anew(network: Network, holder: str, stop: asyncio.Event | None = None) -> bool:
    """Learn for the quarter that is going on, where that is due and no other process is at it; whether it was.

    Nothing is learnt of a network whose evidence nobody has asked for in this process, nor while a question learns.
    """
    if network.projections.store is None or network.fitting.locked():
        return False
    projection = await network.projections.current(SHARED)
    told_anew = await rewritten(network, SHARED)
    present = present_term(projection)
    kept = await kept_fits(network)
    await _forget(network, kept, projection, told_anew, present)
    mark = await asyncio.to_thread(mark_of, projection, present, told_anew)
    if not _due(kept, present, mark) or not await _held(network, holder):
        return False
    known = await _watched(network, learn(network, SHARED, projection, present, mark), holder, stop)
    await network.write("uptake/release_lease", {"holder": holder})
    if known is not None:
        network.fits.keep((SHARED, present), known)
    return known is not None


def _due(kept: Sequence[Kept], present: datetime, mark: str) -> bool:
    of_it = next((one for one in kept if one.quarter == present), None)
    if of_it is None:
        return bool(kept)
    rested = (datetime.now(UTC) - of_it.at).total_seconds() > REST * of_it.chances.seconds
    return of_it.chances.mark != mark and rested


async def _forget(
    network: Network, kept: Sequence[Kept], projection: Projection, told_anew: int, present: datetime
) -> None:
    """Forget what was learnt from another past, but for the newest fit: it stands in until it is learnt anew."""

    def gone() -> list[str]:
        earlier = [one for one in kept if one.quarter != present]
        stands_in = len(earlier) == len(kept)
        others = earlier[1:] if stands_in else earlier
        wrong = [one for one in others if one.chances.mark != mark_of(projection, one.quarter, told_anew)]
        return [one.id for one in [*wrong, *kept[MOST_FITS:]]]

    ids = await asyncio.to_thread(gone)
    if ids:
        await network.write("uptake/forget_fits", {"ids": ids})


async def _watched(
    network: Network, work: Coroutine[Any, Any, Known], holder: str, stop: asyncio.Event | None
) -> Known | None:
    """What is learnt, said to be at work meanwhile; None where it was to stop, or another process has taken over."""
    with watched() as progress:
        learning = asyncio.create_task(work)
        while not (await asyncio.wait({learning}, timeout=BEAT_SECONDS))[0]:
            if (stop is not None and stop.is_set()) or not await _held(network, holder):
                progress.cancelled = True
                learning.cancel()
                with suppress(asyncio.CancelledError, Cancelled):
                    await learning
                return None
    return learning.result()


async def _held(network: Network, holder: str) -> bool:
    return bool(await network.write("uptake/hold_lease", {"holder": holder, "seconds": SILENT_SECONDS}))
