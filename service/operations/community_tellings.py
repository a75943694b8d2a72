"""What the people of communities told, as far as an audience may know: read once for all communities."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.operations.network import Network
from service.operations.projection import Standing

Spans = list[tuple[float, float]]
"""From when until when somebody belonged, each time."""


@dataclass(frozen=True, slots=True)
class Tellings:
    """What everybody told who ever belonged to a community: theirs one after another, in the order of time.

    Times are seconds since the epoch.
    """

    tellers: NDArray[np.int64]
    times: NDArray[np.float64]
    replies: NDArray[np.float64]
    """When a telling was first replied to: NaN where it never was."""
    stories: NDArray[np.bool_]
    opening: NDArray[np.bool_]
    """Which tellings reply to nothing, and await a reply."""

    def while_belonging(self, spans: Mapping[int, Spans]) -> NDArray[np.int64]:
        """Which of them people told while they belonged to a community, in order."""
        told = np.zeros(len(self.times), dtype=np.bool_)
        for person, times in spans.items():
            first, last = np.searchsorted(self.tellers, (person, person + 1))
            begun = first + np.searchsorted(self.times[first:last], times)
            for begin, end in begun.tolist():
                told[begin:end] = True
        return np.flatnonzero(told)


@dataclass(frozen=True)
class Past:
    """What was told, and who listened to whom before a moment."""

    until: datetime
    tellings: Tellings
    tellers: NDArray[np.int32]
    listeners: NDArray[np.int32]
    times: NDArray[np.float64]
    """When they listened, in seconds since the epoch."""

    @cached_property
    def name(self) -> str:
        """A name for all that happened before the moment: who told what when, and what came of it by then."""
        end, told = self.until.timestamp(), self.tellings
        then = told.times < end
        replies = np.where(told.replies < end, told.replies, np.nan)
        columns = [column[then] for column in (told.tellers, told.times, replies, told.stories, told.opening)]
        digest = blake2b(self.until.isoformat().encode(), digest_size=16)
        for column in (*columns, self.tellers, self.listeners, self.times):
            digest.update(column.tobytes())
        return digest.hexdigest()


async def past_of(network: Network, tied: Standing, until: datetime) -> Past:
    """All of it that the audience may know of."""
    seen = tied.projection
    over = seen.times < until.timestamp()
    tellings = await tellings_of(network, tied)
    return Past(until, tellings, seen.tellers[over], seen.listeners[over], seen.times[over])


async def tellings_of(network: Network, tied: Standing) -> Tellings:
    """All of them that the audience may know of."""
    key = ("tellings", network.projections.reached)
    kept: Tellings | None = tied.projection.kept.get(key)
    if kept is None:
        (read,) = await network.ask("health/tellings", {"audiences": list(tied.scope.audiences)})
        kept = _tellings(tied.projection.numbers, read)
        tied.projection.keep(key, kept)
    return kept


def _tellings(numbers: Mapping[str, int], read: dict[str, Any]) -> Tellings:
    tellers = np.array([numbers.get(person, -1) for person in read["people"]], dtype=np.int64)
    times = np.array(read["times"], dtype=np.float64) / 1000
    order = np.lexsort((times, tellers))
    order = order[tellers[order] >= 0]
    replies = np.array([np.nan if one == "" else one for one in read["replies"]], dtype=np.float64) / 1000
    return Tellings(
        tellers=tellers[order],
        times=times[order],
        replies=replies[order],
        stories=np.array([kind == "Story" for kind in read["kinds"]], dtype=np.bool_)[order],
        opening=np.array([not one for one in read["answers"]], dtype=np.bool_)[order],
    )
