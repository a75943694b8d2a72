"""Tending: what the service does by itself while it runs, so that no question waits for it.

What was learnt is learnt anew when a quarter begins or the past was altered; what was learnt from a past that is
another by now is forgotten; and what has been erased leaves the evidence in memory and file, whether or not anybody
asks.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from service.graph.projection import Projection
from service.model.answers import CalibrationSummary
from service.operations.background import in_background
from service.operations.fits import SHARED, Kept, kept_fits, learn, mark_of, present_term, rewritten
from service.operations.jobs import start_own_job
from service.operations.network import Network

LEARNING: Final = "learning"
"""What the job is called in which it is learnt anew."""
TEND_SECONDS: Final = 10.0
REST: Final = 10
"""How many times as long as learning took nothing is learnt anew, so that a past which is altered all the time leaves
nine tenths of a processor to the questions."""
MOST_FITS: Final = 24
"""Quarters of which what was learnt is kept."""


@asynccontextmanager
async def tender(network: Network) -> AsyncIterator[None]:
    """Tend to the network while the block runs. Every process may; what is to be learnt is one job."""

    async def turn(_: asyncio.Event) -> bool:
        await network.projections.tidied()
        await have_it_learnt_anew(network)
        return False

    network.tended = True
    try:
        async with in_background("tender", turn, asyncio.Event(), every=TEND_SECONDS):
            yield
    finally:
        network.tended = False


async def have_it_learnt_anew(network: Network) -> bool:
    """Start a job that learns for the quarter that is going on, where that is due; whether one waits.

    Nothing is learnt of a network whose evidence nobody has asked for in this process, nor while a question learns; and
    not again from the same past in place of the same fit, as long as a job that did, failed or was ended is kept.
    """
    if network.projections.store is None or network.fitting.locked():
        return False
    projection = await network.projections.current(SHARED)
    told_anew = await rewritten(network, SHARED)
    present = present_term(projection)
    kept = await kept_fits(network)
    await _forget(network, kept, projection, told_anew, present)
    mark = await asyncio.to_thread(mark_of, projection, present, told_anew)
    old = _outdated(kept, present, mark)
    # A past can come back, as where something is written, erased and written again: then another fit is outdated.
    return old is not None and await start_own_job(network, LEARNING, f"{mark} {old.at.isoformat()}")


async def learn_anew(network: Network) -> CalibrationSummary:
    """Learn for the quarter that is going on from the past as it is: how the chances came about, and how they fared.

    What a question has learnt meanwhile is not learnt again.
    """
    async with network.fitting:
        projection = await network.projections.current(SHARED)
        told_anew = await rewritten(network, SHARED)
        present = present_term(projection)
        mark = await asyncio.to_thread(mark_of, projection, present, told_anew)
        there = next((one.chances for one in await kept_fits(network) if one.chances.mark == mark), None)
        if there is not None:
            return there.summary
        known = await learn(network, SHARED, projection, present, mark)
        network.fits.keep((SHARED, present), known)
        return known.chances.summary


def _outdated(kept: Sequence[Kept], present: datetime, mark: str) -> Kept | None:
    """The fit in whose place another is due; None where none is, or it was learnt too short a time ago."""
    of_it = next((one for one in kept if one.quarter == present), None)
    if of_it is None:
        return kept[0] if kept else None
    rested = (datetime.now(UTC) - of_it.at).total_seconds() > REST * of_it.chances.seconds
    return of_it if of_it.chances.mark != mark and rested else None


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
