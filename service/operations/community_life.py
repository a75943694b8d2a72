"""What is known of a community's people and what they told, from which its health is counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.model.asking import WINDOWS
from service.operations.disclosure import QUARTER, months_before, quarter_of
from service.operations.projection import Standing


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of a community's people, in seconds since the epoch; tellings in the order of time.

    The tellings are those of everybody who ever belonged to it, while they did: `own` are those of its members.
    """

    month: datetime
    until: float
    """The end of the last calendar quarter, and of all windows."""
    windows: tuple[float, ...]
    """Since when each shorter window runs, and last the one that was asked for."""
    quarters: tuple[float, ...]
    """Since when each quarter of that one runs, the last first."""
    people: int
    """How many people the audience knows of: below that they are numbered."""
    members: NDArray[np.int64]
    spans: Mapping[int, list[tuple[float, float]]]
    """When everybody who ever belonged to it did, who has left since among them."""
    tellers: NDArray[np.int64]
    times: NDArray[np.float64]
    replies: NDArray[np.float64]
    """When a telling was first replied to: NaN where it never was."""
    stories: NDArray[np.bool_]
    opening: NDArray[np.bool_]
    """Which tellings reply to nothing, and await a reply."""
    own: NDArray[np.bool_]

    @property
    def end(self) -> float:
        """The month's end."""
        return self.month.timestamp()

    def within(self, start: float) -> NDArray[np.bool_]:
        """Which tellings of members are in the window from one moment on."""
        return self.own & (self.times >= start) & (self.times < self.until)

    @property
    def cells(self) -> list[NDArray[np.bool_]]:
        """Which tellings are in each quarter of the window that was asked for."""
        ends = (self.until, *self.quarters)
        return [(self.times >= start) & (self.times < end) for end, start in pairwise(ends)]

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


def life_of(
    tied: Standing,
    community: str,
    *,
    members: NDArray[np.int64],
    memberships: dict[str, Any],
    tellings: dict[str, Any],
    window_months: int,
    month: datetime,
) -> Life:
    """The life of a community up to a month's end, from what `disclosure/memberships` and `health/tellings` tell."""
    numbers, until = tied.projection.numbers, quarter_of(month)
    spans: dict[int, list[tuple[float, float]]] = {}
    columns = zip(*(memberships[name] for name in ("people", "communities", "since", "until")), strict=True)
    for person, place, start, end in columns:
        number = numbers.get(person)
        if place == community and number is not None:
            spans.setdefault(number, []).append((start / 1000, np.inf if end == "" else end / 1000))
    known = [
        (numbers[person], at / 1000, np.nan if replied == "" else replied / 1000, kind == "Story", not answers)
        for person, kind, at, replied, answers in zip(
            *(tellings[name] for name in ("people", "kinds", "times", "replies", "answers")), strict=True
        )
        if person in numbers and any(start <= at / 1000 < end for start, end in spans.get(numbers[person], ()))
    ]
    tellers = np.array([one[0] for one in known], dtype=np.int64)
    return Life(
        month=month,
        until=until.timestamp(),
        windows=tuple(months_before(until, one).timestamp() for one in WINDOWS if one <= window_months),
        quarters=tuple(months_before(until, ago).timestamp() for ago in range(QUARTER, window_months + 1, QUARTER)),
        people=tied.ties.people,
        members=members,
        spans=spans,
        tellers=tellers,
        times=np.array([one[1] for one in known], dtype=np.float64),
        replies=np.array([one[2] for one in known], dtype=np.float64),
        stories=np.array([one[3] for one in known], dtype=np.bool_),
        opening=np.array([one[4] for one in known], dtype=np.bool_),
        own=np.isin(tellers, members),
    )
