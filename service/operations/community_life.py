"""What is known of a community's people and what they told, from which its health and diversity are counted."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.model.asking import WINDOWS, GroupBy
from service.operations.disclosure import QUARTER, Registered, month_of, months_before, quarter_of
from service.operations.network import Network
from service.operations.projection import Standing

_Spans = list[tuple[float, float]]
"""From when until when somebody belonged, each time."""


DIVIDED = (GroupBy.standing, GroupBy.profession)
"""In which ways a community is divided: what is told of one way is held against what is told of the one before."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """A calendar quarter of a community, and who is told of in it."""

    since: datetime
    until: datetime
    members: NDArray[np.bool_]
    """Its members as they are shown at the quarter's end, among all people: nobody where they were not."""

    def holds(self, times: NDArray[np.float64], *, later: float = 0.0) -> NDArray[np.bool_]:
        """Which of these times, or so many seconds later, are in it."""
        return (times + later >= self.since.timestamp()) & (times + later < self.until.timestamp())


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of a community's people, in seconds since the epoch; tellings in the order of time.

    The tellings are those of everybody who ever belonged to it, while they did: `own` are those of its members.
    """

    scope: str
    """`community:ID`."""
    month: datetime
    until: float
    """The end of the last calendar quarter, and of all windows."""
    windows: tuple[float, ...]
    """Since when each shorter window runs, and last the one that was asked for."""
    quarters: tuple[Quarter, ...]
    """Those of the window that was asked for, the last first."""
    earlier: tuple[Quarter, ...]
    """Those before it, back to the first of a telling, the last first."""
    people: int
    """How many people the audience knows of: below that they are numbered."""
    members: NDArray[np.int64]
    spans: Mapping[int, _Spans]
    """When everybody who ever belonged to it did, who has left since among them."""
    tellers: NDArray[np.int64]
    times: NDArray[np.float64]
    replies: NDArray[np.float64]
    """When a telling was first replied to: NaN where it never was."""
    stories: NDArray[np.bool_]
    opening: NDArray[np.bool_]
    """Which tellings reply to nothing, and await a reply."""
    own: NDArray[np.bool_]
    divisions: tuple[NDArray[np.int32], ...]
    """The group of each member in each way in which the community is divided."""

    @property
    def end(self) -> float:
        """The month's end."""
        return self.month.timestamp()

    def within(self, start: float) -> NDArray[np.bool_]:
        """Which tellings of members are in the window from one moment on."""
        return self.own & (self.times >= start) & (self.times < self.until)

    def told_in(self, quarter: Quarter) -> NDArray[np.bool_]:
        """Which tellings are of a quarter, and of who is told of as a member in it."""
        return quarter.holds(self.times) & quarter.members[self.tellers]

    def whoever(self, people: NDArray[np.int64]) -> NDArray[np.bool_]:
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


async def life_of(network: Network, tied: Standing, groups: Registered, community: str, window_months: int) -> Life:
    """The life of a community up to the month's end at which it is looked at, where it may be shown then."""
    month, scope, audiences = month_of(tied.as_of), f"community:{community}", list(tied.scope.audiences)
    (tellings,) = await network.ask("health/tellings", {"community": community, "audiences": audiences, "until": month})
    until = quarter_of(month)
    spans = groups.communities.spans(community)
    known = _known(tied.projection.numbers, spans, tellings)
    tellers = np.array([one[0] for one in known], dtype=np.int64)
    members = np.flatnonzero(_shown(groups, month, scope))
    times = np.array([one[1] for one in known], dtype=np.float64)
    quarters = tuple(_quarters(groups, scope, until, window_months, times.min(initial=np.inf)))
    return Life(
        scope=scope,
        month=month,
        until=until.timestamp(),
        windows=tuple(months_before(until, one).timestamp() for one in WINDOWS if one <= window_months),
        quarters=quarters[: window_months // QUARTER],
        earlier=quarters[window_months // QUARTER :],
        people=tied.ties.people,
        members=members,
        spans=spans,
        tellers=tellers,
        times=times,
        replies=np.array([one[2] for one in known], dtype=np.float64),
        stories=np.array([one[3] for one in known], dtype=np.bool_),
        opening=np.array([one[4] for one in known], dtype=np.bool_),
        own=np.isin(tellers, members),
        divisions=tuple(groups.parts(month, scope, by)[1] for by in DIVIDED),
    )


def sum_of(numbers: Iterable[int | None]) -> int | None:
    """The sum of what is told of quarters; nothing where it is not told of one."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def _quarters(groups: Registered, scope: str, until: datetime, months: int, first: float) -> Iterator[Quarter]:
    """The quarters up to a moment, the last first: as many as the window has, and back to a first telling."""
    ago = 0
    while ago < months or until.timestamp() > first:
        since = months_before(until, QUARTER)
        yield Quarter(since, until, _shown(groups, until, scope))
        until, ago = since, ago + QUARTER


def _shown(groups: Registered, month: datetime, scope: str) -> NDArray[np.bool_]:
    whole = groups.whole(month, scope)
    return np.zeros(groups.people, dtype=np.bool_) if whole is None else whole


def _known(
    numbers: Mapping[str, int], spans: Mapping[int, _Spans], tellings: dict[str, Any]
) -> list[tuple[int, float, float, bool, bool]]:
    """Of each telling of somebody who then belonged: who, when, its first reply, if a story, and if it opens."""
    return [
        (numbers[person], at / 1000, np.nan if replied == "" else replied / 1000, kind == "Story", not answers)
        for person, kind, at, replied, answers in zip(
            *(tellings[name] for name in ("people", "kinds", "times", "replies", "answers")), strict=True
        )
        if person in numbers and any(start <= at / 1000 < end for start, end in spans.get(numbers[person], ()))
    ]
