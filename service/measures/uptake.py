"""Who took up what was told: every telling to somebody who had listened before, and what was known at that moment.

An opportunity is one telling of u and one person v who had listened to u before it; it was taken if v reacted to that
very telling within the horizon. What is known of it looks only backwards: strictly before the telling.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.ties import SECONDS_A_DAY
from service.measures.uptake_signals import STORY, History, Pairs, Tellings
from service.model.errors import Invalid

MOST_ROWS: Final = 60_000
"""Opportunities that are looked at; where there are more, every so many-th telling is, whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opportunities:
    """One row for each telling and person who had listened to its teller before, in the order of the tellings.

    `signals[h]` holds what was known, a column for each of SIGNALS, with counts decayed by `half_lives[h]` (days).
    `counted` of all opportunities are listed: `share` of the tellings.
    """

    tellings: NDArray[np.int64]
    tellers: NDArray[np.int32]
    listeners: NDArray[np.int32]
    times: NDArray[np.float64]
    taken: NDArray[np.bool_]
    known: NDArray[np.float64]
    """When it was known whether it was taken: at the end of its horizon (seconds since the epoch)."""
    half_lives: tuple[float, ...]
    signals: NDArray[np.float32]
    share: float

    def __len__(self) -> int:
        """How many there are."""
        return len(self.times)


def opportunities(
    history: History, *, horizon_days: float, half_lives: tuple[float, ...], most: int = MOST_ROWS
) -> Opportunities:
    """Every opportunity in the history, whatever became of it; evidence without a time is not looked at.

    Invalid for a horizon or half-lives that are not above 0.
    """
    check(horizon_days, half_lives)
    pairs = Pairs(history)
    told = history.tellings
    chosen, share = sampled(pairs, told, most)
    heard = told.some(chosen)
    rows = pairs.known_before(heard.tellers, heard.times)
    tellings = np.repeat(chosen, np.diff(rows.offsets))
    listeners = pairs.listeners[rows.pairs]
    times = told.times[tellings]
    return Opportunities(
        tellings=tellings,
        tellers=told.tellers[tellings],
        listeners=listeners,
        times=times,
        taken=_taken(history, tellings, listeners, horizon_days * SECONDS_A_DAY),
        known=times + horizon_days * SECONDS_A_DAY,
        half_lives=half_lives,
        signals=np.stack([pairs.signals(history, heard, rows, half_life) for half_life in half_lives]),
        share=share,
    )


def one_story_each(
    history: History, *, as_of: float, half_life_days: float
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """If everybody told one story at `as_of`: teller, listener and signals of each opportunity, by (teller, listener).

    Evidence of the moment itself counts, as it does for ties.
    """
    check(1.0, (half_life_days,))
    moment = float(np.nextafter(as_of, np.inf))
    each = np.arange(history.people, dtype=np.int32)
    stories = Tellings(
        tellers=each,
        times=np.full(len(each), moment),
        kinds=np.full(len(each), STORY, dtype=np.int8),
        answering=np.full(len(each), -1, dtype=np.int64),
    )
    pairs = Pairs(history)
    rows = pairs.known_before(each, stories.times)
    by_listener = np.lexsort((pairs.listeners[rows.pairs], pairs.tellers[rows.pairs]))
    signals = pairs.signals(history, stories, rows, half_life_days)
    return pairs.tellers[rows.pairs][by_listener], pairs.listeners[rows.pairs][by_listener], signals[by_listener]


def check(horizon_days: float, half_lives: tuple[float, ...]) -> None:
    """Invalid for a horizon or half-lives that are not above 0."""
    if not (horizon_days > 0 and np.isfinite(horizon_days)):
        raise Invalid(f"a horizon of {horizon_days} days", right="more than 0 days", field="horizonDays")
    if not half_lives or not all(half_life > 0 for half_life in half_lives):
        raise Invalid(f"half-lives of {half_lives} days", right="one or more, each above 0 days", field="halfLifeDays")


def sampled(pairs: Pairs, told: Tellings, most: int) -> tuple[NDArray[np.int64], float]:
    """The tellings that are looked at: all, or as many as give `most` opportunities, spread by their number."""
    counts = pairs.begun(told.tellers, told.times)
    share = min(1.0, most / max(int(counts.sum()), 1))
    scattered = (np.arange(len(counts), dtype=np.uint64) * np.uint64(2_654_435_761)) % np.uint64(2**32)
    return np.flatnonzero((scattered < share * 2**32) & (counts > 0)), share


def _taken(
    history: History, tellings: NDArray[np.int64], listeners: NDArray[np.int32], horizon: float
) -> NDArray[np.bool_]:
    """Whether each person reacted to each telling, after it and within the horizon."""
    evidence, told = history.evidence, history.tellings
    rows = np.flatnonzero((history.about >= 0) & ~np.isnan(evidence.times))
    about = history.about[rows]
    waited = evidence.times[rows] - told.times[about]
    counts = (waited > 0) & (waited <= horizon) & (evidence.tellers[rows] == told.tellers[about])
    reactions = about[counts] * history.people + evidence.listeners[rows][counts]
    return np.isin(tellings * history.people + listeners, reactions)
