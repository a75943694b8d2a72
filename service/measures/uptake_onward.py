"""How much less is seen to be taken up what is only passed on, held against the chances of what is told first-hand.

Whoever takes something up may pass it on, or keep it; and what is passed on may be recorded as had from who told it.
How often those who had listened to a taker before are seen to take it up from them, beside how often they would have,
had it been told to them first-hand, is one number: by so much every chance is multiplied from the second step on. Who
reacts to what answers something has taken that up as well, from whoever answered.

Who takes it up from somebody else first was not free any more to take it up from this one. Until then they had been:
of what they would have taken up in the end, as much as is usually taken up so soon.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from service.measures.disclosure import LEAST
from service.measures.ties import SECONDS_A_DAY
from service.measures.uptake import MOST_ROWS, Opportunities, check, sampled
from service.measures.uptake_fit import HIGHEST, LOWEST, Fit, surprise
from service.measures.uptake_reactions import reactions_of, takers_of
from service.measures.uptake_rolling import FEWEST_TAKEN, Period, known_by
from service.measures.uptake_signals import CONTRIBUTION, SIGNALS, STORY, History, Pairs, Tellings

PRIOR_UPTAKES: Final = 1.0
"""One uptake that was expected and came: what little is known says little."""

_LEAST: Final = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Passed:
    """What was passed on to whom: an opportunity for each, and for how long it was open to them.

    `waited` is how many seconds until they took it up, from whoever that was, or the horizon. The rows'
    `tellings` number who passed what on.
    """

    rows: Opportunities
    waited: NDArray[np.float64]
    horizon: float

    def some(self, chosen: NDArray[np.bool_]) -> "Passed":
        """Some of it."""
        rows = self.rows
        kept = Opportunities(
            tellings=rows.tellings[chosen],
            tellers=rows.tellers[chosen],
            listeners=rows.listeners[chosen],
            times=rows.times[chosen],
            taken=rows.taken[chosen],
            known=rows.known[chosen],
            half_lives=rows.half_lives,
            signals=rows.signals[:, chosen],
            share=rows.share,
        )
        return Passed(rows=kept, waited=self.waited[chosen], horizon=self.horizon)


@dataclass(frozen=True, kw_only=True, slots=True)
class Onward:
    """How often what is passed on is taken up, against what is told first-hand, what of, and how that held.

    `factor` is at most 1, `expected` how many of the `rows` of these `kinds` would have been taken up first-hand while
    they were open, where `taken` were; looked at was a `share` of all. On `scored` later ones, in quarters, stand the
    log loss with the factor of each quarter's start beside that of first-hand chances, and the chance foretold in the
    mean beside the share that was taken; NaN where there are none.
    """

    factor: float
    kinds: tuple[int, ...]
    rows: int
    share: float
    taken: int
    expected: float
    scored: int
    log_loss: float
    first_hand_log_loss: float
    predicted: float
    observed: float


def passed_on(history: History, *, horizon_days: float, half_lives: tuple[float, ...], most: int = MOST_ROWS) -> Passed:
    """Every opportunity to take something up from somebody who had taken it up, whatever became of it.

    One for each person who had listened to that one before, did not tell it and had not reacted to it yet; taken where
    their first reaction comes within the horizon and shows that they have it from that one. Invalid for a horizon or
    half-lives that are not above 0.
    """
    check(horizon_days, half_lives)
    takers, told, pairs = takers_of(history, reactions_of(history)), history.tellings, Pairs(history)
    retold = Tellings(
        tellers=takers.people,
        times=takers.times,
        kinds=told.kinds[takers.of],
        answering=np.full(len(takers.of), -1, dtype=np.int64),
    )
    chosen, share = sampled(pairs, retold, most)
    heard = retold.some(chosen)
    rows = pairs.known_before(heard.tellers, heard.times)
    numbers, listeners = np.repeat(chosen, np.diff(rows.offsets)), pairs.listeners[rows.pairs]
    horizon, times = horizon_days * SECONDS_A_DAY, takers.times[numbers]
    own = takers.number(takers.of[numbers] * history.people + listeners)
    reacted = np.append(takers.times, np.inf)[own]
    had_from = np.append(history.evidence.tellers[takers.rows], np.int32(-1))[own]
    signals = np.stack([pairs.signals(history, heard, rows, half_life) for half_life in half_lives])
    every = Opportunities(
        tellings=numbers,
        tellers=takers.people[numbers],
        listeners=listeners,
        times=times,
        taken=(had_from == takers.people[numbers]) & (reacted > times) & (reacted <= times + horizon),
        known=times + horizon,
        half_lives=half_lives,
        signals=signals,
        share=share,
    )
    passed = Passed(rows=every, waited=np.minimum(reacted - times, horizon), horizon=horizon)
    return passed.some((reacted > times) & (listeners != told.tellers[takers.of[numbers]]))


def unseen_share(history: History, since: float, until: float, kinds: Sequence[int]) -> float:
    """Of all who took up something of these kinds told in a time, the share to whom no ties led when it was told.

    Ways of ties from who told it, that is: nobody can foretell them. NaN where it would tell of fewer than LEAST.
    """
    takers, told = takers_of(history, reactions_of(history)), history.tellings
    times = told.times[takers.of]
    counted = (times >= since) & (takers.times <= until) & np.isin(told.kinds[takers.of], kinds)
    people, unseen = takers.people[counted], takers.since[counted] >= times[counted]
    if not counted.any() or any(0 < len(np.unique(people[side])) < LEAST for side in (unseen, ~unseen)):
        return float("nan")
    return float(unseen.mean())


def onward(passed: Passed, periods: Sequence[Period], fit: Fit, until: float) -> Onward:
    """How often what is passed on is taken up, by what is known at a moment, and how that held in the periods before.

    Of stories, if at least FEWEST_TAKEN would have been taken up first-hand, else of all that is told. Only where as
    many were expected, and later periods were foretold better by it, is it less than what is told first-hand. Fewer
    than LEAST people who took anything up count for nobody. The rows need the half-lives of the fit and of the
    periods' fits.
    """
    stories = passed.some(passed.rows.signals[0][:, SIGNALS.index("contribution")] == 0)
    alone = bool(_first_hand(fit, stories, known_by(stories.rows, until)).sum() >= FEWEST_TAKEN)
    passed = _of_enough(stories if alone else passed, until)
    known = known_by(passed.rows, until)
    first_hand, taken = _first_hand(fit, passed, known), passed.rows.taken[known]
    chances, otherwise, happened = _foretold(passed, periods, until)
    loss, other = (_log_loss(each, happened) for each in (chances, otherwise))
    learnt = first_hand.sum() >= FEWEST_TAKEN and loss < other
    return Onward(
        factor=_factor(first_hand, taken) if learnt else 1.0,
        kinds=(STORY,) if alone else (STORY, CONTRIBUTION),
        rows=len(known),
        share=passed.rows.share,
        taken=int(taken.sum()),
        expected=float(first_hand.sum()),
        scored=len(happened),
        log_loss=loss,
        first_hand_log_loss=other,
        predicted=float(chances.mean()) if len(happened) else float("nan"),
        observed=float(happened.mean()) if len(happened) else float("nan"),
    )


def _of_enough(passed: Passed, until: float) -> Passed:
    """The same, as if nobody had taken anything up where those who did are so few that it would be about them."""
    known = known_by(passed.rows, until)
    people = len(np.unique(passed.rows.listeners[known][passed.rows.taken[known]]))
    if people >= LEAST:
        return passed
    return replace(passed, rows=replace(passed.rows, taken=np.zeros(len(passed.rows), dtype=np.bool_)))


def _factor(first_hand: NDArray[np.float64], taken: NDArray[np.bool_]) -> float:
    """The most likely factor, 1 at most, when each is taken with its own chance times it."""
    took, missed = int(taken.sum()) + PRIOR_UPTAKES, first_hand[~taken]

    def slope(factor: float) -> float:
        return float(took / factor - (missed / (1 - factor * missed)).sum() - PRIOR_UPTAKES)

    return 1.0 if slope(1.0) >= 0 else float(brentq(slope, _LEAST, 1.0))


def _foretold(
    passed: Passed, periods: Sequence[Period], until: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Of all that came in each period: the chance by what was known at its start, as if first-hand, what happened."""
    chances, otherwise, happened = [np.empty(0)], [np.empty(0)], [np.empty(0, dtype=np.bool_)]
    rows = passed.rows
    for period in periods:
        past = known_by(rows, period.start)
        later = np.flatnonzero((rows.times >= period.start) & (rows.times < period.end) & (rows.known <= until))
        factor = _factor(_first_hand(period.fit, passed, past), rows.taken[past])
        first_hand = _first_hand(period.fit, passed, later, usual=past)
        otherwise.append(np.clip(first_hand, LOWEST, HIGHEST))
        chances.append(np.clip(first_hand * factor, LOWEST, HIGHEST))
        happened.append(rows.taken[later])
    return np.concatenate(chances), np.concatenate(otherwise), np.concatenate(happened)


def _first_hand(
    fit: Fit, passed: Passed, chosen: NDArray[np.int64], *, usual: NDArray[np.int64] | None = None
) -> NDArray[np.float64]:
    """The chances of some rows while it was open to them, had it been told to them first-hand.

    How soon things are usually taken up is read from the rows themselves, or from the `usual` ones.
    """
    rows = passed.rows
    chances = fit.chances(rows.signals[rows.half_lives.index(fit.half_life_days)][chosen])
    among = chosen if usual is None else usual
    usually = np.sort(passed.waited[among[rows.taken[among]]])
    if not len(usually):
        return chances
    soon = np.searchsorted(usually, passed.waited[chosen], side="right") / len(usually)
    soon[rows.taken[chosen] | (passed.waited[chosen] >= passed.horizon)] = 1.0
    return np.multiply(chances, soon)


def _log_loss(chances: NDArray[np.float64], happened: NDArray[np.bool_]) -> float:
    return float(surprise(chances, happened).mean()) if len(happened) else float("nan")
