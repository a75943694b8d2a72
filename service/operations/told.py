"""What was told, and who reacted to it, as far as an audience may know: by ids, and by the numbers of people.

What is done with as many things as were ever told is done in a thread: requests that come meanwhile are not held up.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final

import numpy as np

from service.graph.projection import Projection
from service.measures.ties import Evidence
from service.measures.uptake import Opportunities
from service.measures.uptake_signals import CONTRIBUTION, STORY, History, Tellings
from service.operations.network import Network

LONG_AGO: Final = datetime(1900, 1, 1, tzinfo=UTC)
YOUNG_SECONDS: Final = 365 * 86_400.0
"""How long a history is young."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What was told, in columns: the item, its teller, when (seconds), whether it is a story, the item it answers."""

    items: Sequence[str]
    tellers: Sequence[str]
    times: Sequence[float]
    stories: Sequence[bool]
    answered: Sequence[str]

    def then(self, later: "Told") -> "Told":
        """Both, one after the other."""
        pairs = zip(_columns(self), _columns(later), strict=True)
        return Told(*([*one, *other] for one, other in pairs))


NOTHING: Final = Told([], [], [], [], [])


async def past(network: Network, audiences: tuple[str, ...], until: datetime) -> tuple[Told, Mapping[str, str]]:
    """All that was told up to a moment, and for each act up to it the told item that it reacts to."""
    parameters = {"audiences": list(audiences), "until": until}
    told, reactions, surfacings = await asyncio.gather(
        told_between(network, audiences, LONG_AGO, until),
        network.ask("uptake/reactions", parameters),
        network.ask("uptake/surfacings", parameters),
    )
    return told, await asyncio.to_thread(_about, reactions[0], surfacings[0])


def _about(reactions: Mapping[str, Sequence[str]], surfacings: Mapping[str, Sequence[str]]) -> dict[str, str]:
    sources = dict(zip(surfacings["insights"], surfacings["sources"], strict=True))  # the first of each
    return {act: sources.get(item, item) for act, item in zip(reactions["acts"], reactions["items"], strict=True)}


async def told_between(network: Network, audiences: tuple[str, ...], after: datetime, until: datetime) -> Told:
    """What was told after one moment and up to another, in the order of time."""
    parameters: dict[str, Any] = {"audiences": list(audiences), "after": after, "until": until}
    (row,) = await network.ask("uptake/tellings", parameters)
    return await asyncio.to_thread(_in_order, row)


def _in_order(row: Mapping[str, Sequence[Any]]) -> Told:
    order = sorted(range(len(row["items"])), key=lambda place: (row["times"][place], row["items"][place]))
    names = ("items", "tellers", "times", "stories", "answered")
    columns = {name: [row[name][place] for place in order] for name in names}
    return Told(**{**columns, "times": [time / 1000 for time in columns["times"]]})


def history_of(projection: Projection, told: Told, about: Mapping[str, str]) -> History:
    """The same by the numbers of people: what somebody told whom the audience may know of, and who reacted to what."""
    people = projection.numbers
    places = [place for place, teller in enumerate(told.tellers) if teller in people]
    number_of = {told.items[place]: number for number, place in enumerate(places)}
    reacted = [number_of.get(about.get(act, ""), -1) for act in projection.act_ids[:]] if about else []
    return History(
        people=len(projection.people),
        evidence=Evidence(
            listeners=projection.listeners, tellers=projection.tellers, kinds=projection.kinds, times=projection.times
        ),
        about=np.array(reacted, dtype=np.int64)[projection.acts] if about else np.full(len(projection.times), -1),
        tellings=Tellings(
            tellers=np.array([people[told.tellers[place]] for place in places], dtype=np.int32),
            times=np.array([told.times[place] for place in places], dtype=np.float64),
            kinds=np.array([STORY if told.stories[place] else CONTRIBUTION for place in places], dtype=np.int8),
            answering=np.array([number_of.get(told.answered[place], -1) for place in places], dtype=np.int64),
        ),
    )


def quarter_of(moment: datetime) -> datetime:
    """The start of the calendar quarter that a moment is in, in UTC."""
    utc = moment.astimezone(UTC)
    return datetime(utc.year, utc.month - (utc.month - 1) % 3, 1, tzinfo=UTC)


def term_of(moment: datetime, first: float) -> datetime:
    """The start of the time for which is learnt once: of the quarter, or of the month in the first year of evidence.

    In a history of months a quarter is long: what is known by its start would say nothing about any other quarter.
    """
    if moment.timestamp() - first >= YOUNG_SECONDS:
        return quarter_of(moment)
    utc = moment.astimezone(UTC)
    return datetime(utc.year, utc.month, 1, tzinfo=UTC)


def quarters(rows: Opportunities, until: float) -> list[float]:
    """The starts of the calendar quarters between the first opportunity and a moment."""
    return _starts(rows, until, (1, 4, 7, 10))


def months(rows: Opportunities, until: float) -> list[float]:
    """The starts of the calendar months between the first opportunity and a moment."""
    return _starts(rows, until, tuple(range(1, 13)))


def _starts(rows: Opportunities, until: float, of_year: tuple[int, ...]) -> list[float]:
    if not len(rows) or rows.times[0] >= until:
        return []
    first, last = (datetime.fromtimestamp(float(one), UTC) for one in (rows.times[0], until))
    all_of_them = chain.from_iterable(((year, month) for month in of_year) for year in range(first.year, last.year + 1))
    starts = (datetime(year, month, 1, tzinfo=UTC).timestamp() for year, month in all_of_them)
    return [start for start in starts if rows.times[0] <= start < until]


def _columns(told: Told) -> tuple[Sequence[Any], ...]:
    return told.items, told.tellers, told.times, told.stories, told.answered
