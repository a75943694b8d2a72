"""What was foretold and what happened: chances beside uptakes, expected takers beside takers, suggestions beside ties.

Everything is compared on the stories that were told within a horizon after it was foretold, once theirs has ended.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.measures.kernel import kernel
from service.measures.ties import SECONDS_A_DAY
from service.measures.uptake import Opportunities
from service.measures.uptake_reactions import Reactions, reactions_of, takers_of
from service.measures.uptake_signals import SIGNALS, STORY, History


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Foretold:
    """Of whom something was foretold, in columns: teller, listener (-1 where it is of all), when, and what.

    What is a chance, or a number of people; times are seconds since the epoch.
    """

    tellers: NDArray[np.int32]
    listeners: NDArray[np.int32]
    times: NDArray[np.float64]
    values: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Compared:
    """What was foretold of each story that was told since, what happened, and whose row of the foretold it is."""

    values: NDArray[np.float64]
    happened: NDArray[np.float64]
    foretold: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Came:
    """The same of numbers of people, and how many of those who came could be foretold, who are how many different ones.

    They could where ties led to them when it was foretold, all along the way by which it came.
    """

    values: NDArray[np.float64]
    happened: NDArray[np.float64]
    seen: NDArray[np.float64]
    foretold: NDArray[np.int64]
    seen_people: int
    unseen_people: int


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Suggested:
    """What became of each suggested tie of which it is known: its row of the foretold, and whether it was made.

    And how many took up a story of the teller in the mean, of those told within the horizon before and after; NaN for
    no story.
    """

    foretold: NDArray[np.int64]
    made: NDArray[np.bool_]
    before: NDArray[np.float64]
    after: NDArray[np.float64]


def uptakes_since(foretold: Foretold, rows: Opportunities, *, horizon_days: float, until: float) -> Compared:
    """The chance that was foretold of each later story and listener beside whether it was taken up (0 or 1)."""
    stories = np.flatnonzero(_of_stories(rows) & (rows.known <= until))
    people = 1 + max(int(rows.listeners.max(initial=0)), int(foretold.listeners.max(initial=0)))
    keys = rows.tellers[stories].astype(np.int64) * people + rows.listeners[stories]
    wanted = foretold.tellers.astype(np.int64) * people + foretold.listeners
    number, place = _within(keys, rows.times[stories], wanted, foretold.times, horizon_days * SECONDS_A_DAY)
    happened = rows.taken[stories[place]].astype(np.float64)
    return Compared(values=foretold.values[number], happened=happened, foretold=number)


def takers_since(
    foretold: Foretold, history: History, *, horizon_days: float, until: float, ever: bool = False
) -> Came:
    """The number of takers that was foretold of each later story beside how many people reacted to it.

    Counted are people whose reaction shows that they listened to the teller, within the horizon; with `ever` all who
    reacted to it or to what answers it, to whomever that shows them to listen, up to the moment.
    """
    horizon = horizon_days * SECONDS_A_DAY
    told = history.tellings
    stories = np.flatnonzero((told.kinds == STORY) & (told.times + horizon <= until))
    number, place = _within(
        told.tellers[stories].astype(np.int64),
        told.times[stories],
        foretold.tellers.astype(np.int64),
        foretold.times,
        horizon,
    )
    takers = takers_of(history, reactions_of(history) if ever else _direct(history, horizon))
    order = np.argsort(takers.of, kind="stable")
    ends = np.searchsorted(takers.of[order], stories[place], side="right")
    starts = np.searchsorted(takers.of[order], stories[place])
    which = np.repeat(np.arange(len(place)), ends - starts)
    came = order[np.arange(len(which)) - np.repeat(np.cumsum(ends - starts) - ends, ends - starts)]
    which, came = which[takers.times[came] <= until], came[takers.times[came] <= until]
    seen: NDArray[np.bool_] = takers.since[came] <= foretold.times[number][which]
    return Came(
        values=foretold.values[number],
        happened=np.bincount(which, minlength=len(place)).astype(np.float64),
        seen=np.bincount(which[seen], minlength=len(place)).astype(np.float64),
        foretold=number,
        seen_people=len(np.unique(takers.people[came[seen]])),
        unseen_people=len(np.unique(takers.people[came[~seen]])),
    )


def ties_since(foretold: Foretold, history: History, *, horizon_days: float, until: float) -> Suggested:
    """What became of suggested ties: whether the listener came to listen to the teller, and how the teller's fared."""
    horizon = horizon_days * SECONDS_A_DAY
    ended = np.flatnonzero(foretold.times + 2 * horizon <= until)
    evidence = history.evidence
    dated = np.flatnonzero(~np.isnan(evidence.times))
    keys = evidence.tellers[dated].astype(np.int64) * history.people + evidence.listeners[dated]
    wanted = foretold.tellers[ended].astype(np.int64) * history.people + foretold.listeners[ended]
    number, _ = _within(keys, evidence.times[dated], wanted, foretold.times[ended], horizon)
    made = np.zeros(len(ended), dtype=np.bool_)
    made[number] = True
    told, takers = history.tellings, takers_of(history, reactions_of(history))
    counts = np.bincount(takers.of[takers.times <= until], minlength=len(told.times))
    stories = np.flatnonzero(told.kinds == STORY)
    means = []
    for since in (foretold.times[ended] - horizon, foretold.times[ended]):
        tellers = foretold.tellers[ended].astype(np.int64)
        number, place = _within(told.tellers[stories].astype(np.int64), told.times[stories], tellers, since, horizon)
        came = np.bincount(number, weights=counts[stories[place]], minlength=len(ended))
        many = np.bincount(number, minlength=len(ended))
        means.append(np.divide(came, many, out=np.full(len(ended), np.nan), where=many > 0))
    return Suggested(foretold=ended, made=made, before=means[0], after=means[1])


def _of_stories(rows: Opportunities) -> NDArray[np.bool_]:
    stories: NDArray[np.bool_] = rows.signals[0][:, SIGNALS.index("contribution")] == 0
    return stories


def _direct(history: History, horizon: float) -> Reactions:
    """The reactions to what was told itself that show that somebody listened to who told it, within the horizon."""
    evidence, told = history.evidence, history.tellings
    rows, about = reactions_of(history, deepest=0)
    direct = evidence.tellers[rows] == told.tellers[about]
    direct &= evidence.times[rows] - told.times[about] <= horizon
    return Reactions(rows[direct], about[direct])


def _within(
    keys: NDArray[np.int64],
    times: NDArray[np.float64],
    wanted: NDArray[np.int64],
    since: NDArray[np.float64],
    span: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each that is wanted with each row of the same key after its time and within a span of it: columns of places."""
    order = np.lexsort((times, keys))
    first, last = _stretches(keys[order], times[order], wanted, since, since + span)
    counts = last - first
    number = np.repeat(np.arange(len(wanted)), counts)
    starts = np.cumsum(counts) - counts
    return number, order[np.arange(int(counts.sum())) - np.repeat(starts - first, counts)]


@kernel
def _stretches(
    keys: NDArray[np.int64],
    times: NDArray[np.float64],
    wanted: NDArray[np.int64],
    since: NDArray[np.float64],
    until: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the rows of each wanted key begin that are after one time, and where those end that are up to another."""
    first, last = np.empty(len(wanted), dtype=np.int64), np.empty(len(wanted), dtype=np.int64)
    for row in range(len(wanted)):
        start = np.searchsorted(keys, wanted[row])
        end = np.searchsorted(keys, wanted[row], side="right")
        first[row] = start + np.searchsorted(times[start:end], since[row], side="right")
        last[row] = start + np.searchsorted(times[start:end], until[row], side="right")
    return first, last
