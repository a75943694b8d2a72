"""Watching: an answer given anew each time that what it rests on has changed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Final

from service.graph.projection_reading import LABELS
from service.model.cascades import Cascade, CascadeQuestion
from service.model.jobs import Job, JobStatus
from service.model.viewer import Viewer
from service.operations.cascades import cascade
from service.operations.changes import changes_since, latest_change
from service.operations.jobs import job_of
from service.operations.network import Network

POLL_SECONDS: Final = 0.5
"""How soon what another process wrote is seen."""
_MOVING: Final = frozenset({*LABELS, "Membership", "Position"})
"""What may move a cascade: what is carried and by whom, who listened to whom, and where who asks belongs."""

WhoAsks = Callable[[], Awaitable[Viewer]]
"""Who is asking at this moment: keys are revoked and memberships end while somebody watches."""


async def cascade_growth(network: Network, who: WhoAsks, asked: CascadeQuestion) -> AsyncIterator[Cascade]:
    """The cascade of an item now, and again whenever it has changed for who asks, for as long as somebody listens."""
    sequence = await latest_change(network)
    known = await cascade(network, await who(), asked)
    yield known
    while True:
        async with network.numbered:
            with suppress(TimeoutError):
                await asyncio.wait_for(network.numbered.wait(), POLL_SECONDS)
        changes = await changes_since(network, sequence)
        if not changes:
            continue
        sequence = changes[-1].sequence
        network.projections.count_in(sequence)
        if all(_MOVING.isdisjoint(change.types) for change in changes):
            continue
        found = await cascade(network, await who(), asked)
        if found.acts != known.acts:
            yield found
        known = found


async def job_progress(network: Network, who: WhoAsks, id: str) -> AsyncIterator[Job]:
    """A job now, and again whenever its status or progress has changed, until it ends."""
    known: Job | None = None
    while known is None or known.status in {JobStatus.waiting, JobStatus.running}:
        found = await job_of(network, await who(), id)
        if found != known:
            yield found
            known = found
        else:
            await asyncio.sleep(POLL_SECONDS)
