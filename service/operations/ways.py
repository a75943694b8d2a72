"""The ways of a community's people, window after window, before anybody is told of them."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.measures.participation import Position, Spans, Told, Windows, positions, windows
from service.measures.ties import Evidence
from service.model.participation import ParticipationWindow
from service.operations.network import Network
from service.operations.projection import Standing

MOST_WINDOWS: Final = 60
"""The last windows that are looked at: fifteen years of quarters, five of months."""

SLACK_SECONDS: Final = 7 * 86_400.0
"""How long before its end a window may have had its last act and still be over, where no moment was asked for: what
stops in the middle of a window, as an import does, is not taken for people who have gone quiet."""

MONTHS: Final = {ParticipationWindow.month: 1, ParticipationWindow.quarter: 3, ParticipationWindow.half_year: 6}


@dataclass(frozen=True, kw_only=True, eq=False)
class Way:
    """What the people of one community did in windows of the calendar; `complete` of these windows are over."""

    length: ParticipationWindow
    edges: NDArray[np.float64]
    windows: Windows
    complete: int
    spans: Spans
    declared: tuple[tuple[str, str], ...]
    """Participation and role of each of the spans."""
    told: Told
    evidence: Evidence

    @cached_property
    def judged(self) -> Windows:
        """The windows that are over, or all where none is."""
        if self.complete == len(self.edges) - 1:
            return self.windows
        kept = slice(0, self.complete)
        seen = self.windows
        return Windows(
            people=seen.people,
            member=seen.member[kept],
            coreness=seen.coreness[kept],
            heard=seen.heard[kept],
            attended=seen.attended[kept],
            told=seen.told[kept],
            inside=seen.inside[kept],
            outside=seen.outside[kept],
            deepest=seen.deepest[kept],
            acts=seen.acts[kept],
        )

    @cached_property
    def positions(self) -> NDArray[np.int8]:
        """Where each member was in each window that is over."""
        return positions(self.judged)

    @cached_property
    def all_positions(self) -> list[list[Position]]:
        """Where each member was in each window, the running one too."""
        return [[Position(place) for place in row] for row in positions(self.windows).tolist()]

    @property
    def complete_until(self) -> datetime | None:
        """The end of the last window that is over."""
        return self.end_of(self.complete - 1) if self.complete else None

    def start_of(self, window: int) -> datetime:
        """When a window begins."""
        return datetime.fromtimestamp(float(self.edges[window]), UTC)

    def end_of(self, window: int) -> datetime:
        """When a window ends."""
        return datetime.fromtimestamp(float(self.edges[window + 1]), UTC)

    def column(self, number: int) -> int | None:
        """Where in the windows a person is; None for who never belonged."""
        place = int(np.searchsorted(self.windows.people, number))
        there = place < len(self.windows.people) and self.windows.people[place] == number
        return place if there else None

    def joined(self, number: int) -> datetime | None:
        """When a person first belonged."""
        column = self.column(number)
        return None if column is None else datetime.fromtimestamp(float(self.joinings[column]), UTC)

    def left(self, number: int) -> bool:
        """Whether a person belongs no more at the end of the last window that is over."""
        column = self.column(number)
        return column is None or bool(self.departed[column])

    @cached_property
    def departed(self) -> NDArray[np.bool_]:
        """The same of each of the people of the windows."""
        end = self.edges[self.complete]
        still = (self.spans.since < end) & (self.spans.until >= end)
        return ~np.isin(self.windows.people, self.spans.people[still])

    @cached_property
    def joinings(self) -> NDArray[np.float64]:
        """When each of the people of the windows first belonged, in seconds since the epoch."""
        return self._least(self.spans.people, self.spans.since)

    @cached_property
    def endings(self) -> NDArray[np.float64]:
        """Until when each of them belonged, infinite where they still do."""
        return -self._least(self.spans.people, -self.spans.until)

    @cached_property
    def beginnings(self) -> NDArray[np.float64]:
        """When each of them first told something, or attended to another member, as a member; infinite: not yet."""
        seen = self.evidence
        inside = self.belonging(seen.listeners, seen.times) & self.belonging(seen.tellers, seen.times)
        inside &= seen.listeners != seen.tellers
        spoke = self.belonging(self.told.people, self.told.times)
        who = np.concatenate((self.told.people[spoke], seen.listeners[inside]))
        return self._least(who, np.concatenate((self.told.times[spoke], seen.times[inside])))

    def belonging(self, people: NDArray[np.int32], times: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which of these people were members at these times, one for each."""
        some = np.flatnonzero(np.isin(people, self.windows.people))
        order = some[np.lexsort((times[some], people[some]))]
        who, moments = people[order], times[order]
        found = np.zeros(len(people), dtype=np.bool_)
        for person, since, until in zip(self.spans.people, self.spans.since, self.spans.until, strict=True):
            first, last = np.searchsorted(who, (person, person + 1))
            start, end = first + np.searchsorted(moments[first:last], (since, until))
            found[order[start:end]] = True
        return found

    def _least(self, who: NDArray[np.int32], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """For each of the people of the windows, of whom `who` are some, the least of their values; infinite: none."""
        least = np.full(len(self.windows.people), np.inf)
        np.minimum.at(least, np.searchsorted(self.windows.people, who), values)
        return least

    def declared_at(self, number: int, window: int) -> tuple[str, str] | None:
        """What a person's belonging said at the end of a window, or at their last day in it."""
        own = (self.spans.people == number) & (self.spans.since < self.edges[window + 1])
        rows = np.flatnonzero(own & (self.spans.until > self.edges[window]))
        return self.declared[rows[np.argmax(self.spans.since[rows])]] if len(rows) else None

    def first_contribution(self, number: int) -> datetime | None:
        """When a person first told something, or attended to another member, as a member."""
        column = self.column(number)
        if column is None or np.isinf(self.beginnings[column]):
            return None
        return datetime.fromtimestamp(float(self.beginnings[column]), UTC)

    def helped_until(self, number: int, full: int | None, at_most: int) -> float:
        """Until when a newcomer was on the way in: to the end of that window, or `at_most` windows from joining on."""
        joined = self.joined(number)
        if joined is None:
            return -np.inf
        first = max(int(np.searchsorted(self.edges, joined.timestamp(), side="right")) - 1, 0)
        last = first + at_most - 1 if full is None else full
        return float(self.edges[min(last, len(self.edges) - 2) + 1])


async def ways_into(
    network: Network, tied: Standing, community: str, length: ParticipationWindow, as_of: datetime | None
) -> Way:
    """The windows of a community from its first membership on, up to the moment of the standing."""
    audiences = list(tied.scope.audiences)
    (row,) = await network.ask("participation/memberships", {"community": community, "audiences": audiences})
    (told,) = await network.ask("participation/told", {"people": sorted(set(row["people"])), "audiences": audiences})
    return await asyncio.to_thread(_way, tied, row, told, length, as_of)


def window_edges(first: datetime, last: datetime, length: ParticipationWindow) -> list[datetime]:
    """The edges of the calendar's windows that hold two moments and what is between, the last MOST_WINDOWS of them."""
    months = MONTHS[length]
    start = _months(first) // months * months
    end = _months(last) // months * months + months
    start = max(start, end - MOST_WINDOWS * months)
    return [datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in range(start, end + 1, months)]


def _months(moment: datetime) -> int:
    return moment.astimezone(UTC).year * 12 + moment.astimezone(UTC).month - 1


def _way(
    tied: Standing,
    row: dict[str, list[Any]],
    told: dict[str, list[Any]],
    length: ParticipationWindow,
    as_of: datetime | None,
) -> Way:
    numbers, moment = tied.projection.numbers, tied.as_of.timestamp()
    kept = [
        place
        for place, (person, since) in enumerate(zip(row["people"], row["since"], strict=True))
        if person in numbers and since / 1000 <= moment
    ]
    spans = Spans(
        people=np.array([numbers[row["people"][place]] for place in kept], dtype=np.int32),
        since=np.array([row["since"][place] / 1000 for place in kept], dtype=np.float64),
        until=np.array([_until(row["until"][place], moment) for place in kept], dtype=np.float64),
    )
    spoken = [
        (numbers[person], time / 1000)
        for person, time in zip(told["people"], told["times"], strict=True)
        if person in numbers and time / 1000 <= moment
    ]
    voices = Told(
        people=np.array([person for person, _ in spoken], dtype=np.int32),
        times=np.array([time for _, time in spoken], dtype=np.float64),
    )
    seen = tied.evidence.times <= moment
    evidence = Evidence(
        listeners=tied.evidence.listeners[seen],
        tellers=tied.evidence.tellers[seen],
        kinds=tied.evidence.kinds[seen],
        times=tied.evidence.times[seen],
    )
    first = datetime.fromtimestamp(float(spans.since.min(initial=moment)), UTC)
    edges = np.array([edge.timestamp() for edge in window_edges(first, tied.as_of, length)])
    over = moment if as_of is not None else min(datetime.now(UTC).timestamp(), moment + SLACK_SECONDS)
    return Way(
        length=length,
        edges=edges,
        windows=windows(evidence, len(numbers), spans, voices, edges),
        complete=int((edges[1:] <= over).sum()),
        spans=spans,
        declared=tuple((row["participations"][place], row["roles"][place]) for place in kept),
        told=voices,
        evidence=evidence,
    )


def _until(told: float | str, moment: float) -> float:
    """The end of a belonging in seconds; one that ends later than the moment goes on, as far as is known then."""
    return np.inf if told == "" or float(told) / 1000 > moment else float(told) / 1000
