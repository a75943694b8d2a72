"""What is known of a community's people and what they told, from which its health and diversity are counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from service.model.asking import WINDOWS
from service.operations.community_tellings import Spans, Tellings
from service.operations.disclosure import Registered, months_before


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of a community's people, in seconds since the epoch; tellings in the order of time.

    The tellings are those of everybody who ever belonged to it, while they did: `own` are those of its members.
    """

    scope: str
    """`community:ID`."""
    until: datetime
    """The end of a calendar quarter, and of all windows."""
    windows: tuple[float, ...]
    """Since when each shorter window runs, and last the one that was asked for."""
    people: int
    """How many people the audience knows of: below that they are numbered."""
    members: NDArray[np.int32]
    spans: Mapping[int, Spans]
    """When everybody who ever belonged to it did, who has left since among them."""
    tellers: NDArray[np.int64]
    times: NDArray[np.float64]
    replies: NDArray[np.float64]
    """When a telling was first replied to: NaN where it never was."""
    opening: NDArray[np.bool_]
    """Which tellings reply to nothing, and await a reply."""
    own: NDArray[np.bool_]

    def within(self, start: float) -> NDArray[np.bool_]:
        """Which tellings of members are in the window from one moment on."""
        return self.own & (self.times >= start)

    def whoever(self, people: NDArray[np.int64] | NDArray[np.int32]) -> NDArray[np.bool_]:
        """These people among all."""
        among = np.zeros(self.people, dtype=np.bool_)
        among[people] = True
        return among

    def spoken(self) -> list[NDArray[np.bool_]]:
        """Which members told something, in each window."""
        return [self.whoever(self.tellers[self.within(start)]) for start in self.windows]

    def first_told(self) -> NDArray[np.float64]:
        """When each member told something for the first time; infinite for who never has."""
        first = np.full(self.people, np.inf)
        np.minimum.at(first, self.tellers[self.own], self.times[self.own])
        return first

    def joined(self) -> dict[int, float]:
        """When each of them first belonged."""
        return {person: min(start for start, _ in spans) for person, spans in self.spans.items()}

    def belonged(self, person: int, moment: float) -> bool:
        """Whether somebody was a member at a moment."""
        return any(start <= moment < end for start, end in self.spans.get(person, ()))


def life_of(tellings: Tellings, groups: Registered, until: datetime, community: str, window_months: int) -> Life:
    """The life of a community up to a quarter's end, of who is shown as a member then; of windows up to one so long."""
    scope, end = f"community:{community}", until.timestamp()
    spans = groups.communities.spans(community)
    told = tellings.while_belonging(spans)
    told = told[np.argsort(tellings.times[told], kind="stable")]
    told = told[tellings.times[told] < end]
    members = groups.members(until, scope)
    replies = tellings.replies[told]
    return Life(
        scope=scope,
        until=until,
        windows=tuple(months_before(until, one).timestamp() for one in WINDOWS if one <= window_months),
        people=groups.people,
        members=members,
        spans={person: times for person, times in spans.items() if min(since for since, _ in times) < end},
        tellers=tellings.tellers[told],
        times=tellings.times[told],
        replies=np.where(replies < end, replies, np.nan),
        opening=tellings.opening[told],
        own=np.isin(tellings.tellers[told], members),
    )
