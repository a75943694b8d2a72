"""How much less is taken up what is only passed on: the chances of what is told first-hand, held against the past.

Whoever takes something up may pass it on, or not: what is carried further is heard by others, what is only thought
about is not. Who reacts to what answers something has taken that up as well, from whoever answered. How often those who
had listened to them before take it up from them, beside how often they would have, had it been told to them first-hand,
is one number: by so much every chance is multiplied from the second step on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.ties import SECONDS_A_DAY
from service.measures.uptake import MOST_ROWS, Opportunities, check, sampled
from service.measures.uptake_fit import HIGHEST, LOWEST, Fit, surprise
from service.measures.uptake_reactions import Reactions, reactions_of
from service.measures.uptake_rolling import FEWEST_TAKEN, Period, known_by
from service.measures.uptake_signals import SIGNALS, History, Pairs, Tellings

PRIOR_UPTAKES: Final = 1.0
"""One uptake that was expected and came: with nothing to learn from, what is passed on counts as told first-hand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Onward:
    """How often what is passed on is taken up, against what is told first-hand, what of, and how that held.

    `factor` is at most 1, and `expected` how many of the `rows` would have taken it up first-hand, where `taken` did.
    On `scored` later ones, in quarters, stand the log loss with the factor of each quarter's start beside that of
    first-hand chances, and the chance foretold in the mean beside the share that took it up; NaN where there are none.
    """

    factor: float
    rows: int
    taken: int
    expected: float
    scored: int
    log_loss: float
    first_hand_log_loss: float
    predicted: float
    observed: float


@dataclass(frozen=True, slots=True)
class _Passings:
    """Everybody's first reaction to something told by somebody else, in the order of time: of which telling, who, when.

    `rows` are theirs in the evidence, and `order` sorts them by telling and person.
    """

    rows: NDArray[np.int64]
    of: NDArray[np.int64]
    people: NDArray[np.int32]
    times: NDArray[np.float64]
    keys: NDArray[np.int64]
    order: NDArray[np.int64]

    def number(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """The passing of each telling and person, -1 where that person has not reacted to it."""
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, self.order[places], -1)


def passed_on(
    history: History, *, horizon_days: float, half_lives: tuple[float, ...], most: int = MOST_ROWS
) -> Opportunities:
    """Every opportunity to take something up from somebody who had taken it up, whatever became of it.

    One for each person who had listened to that one before, did not tell it and had not reacted to it yet; taken where
    they react to it within the horizon and are seen to have it from that one. `tellings` numbers who passed what on.
    Invalid for a horizon or half-lives that are not above 0.
    """
    check(horizon_days, half_lives)
    reactions = reactions_of(history)
    passings, told, pairs = _passings(reactions, history), history.tellings, Pairs(history)
    retold = Tellings(
        tellers=passings.people,
        times=passings.times,
        kinds=told.kinds[passings.of],
        answering=np.full(len(passings.of), -1, dtype=np.int64),
    )
    chosen, share = sampled(pairs, retold, most)
    heard = retold.some(chosen)
    rows = pairs.known_before(heard.tellers, heard.times)
    numbers, listeners = np.repeat(chosen, np.diff(rows.offsets)), pairs.listeners[rows.pairs]
    times = passings.times[numbers]
    own = passings.number(passings.of[numbers] * history.people + listeners)
    earlier = (own >= 0) & (passings.times[own] <= times)
    open_to = ~earlier & (listeners != told.tellers[passings.of[numbers]])
    signals = np.stack([pairs.signals(history, heard, rows, half_life)[open_to] for half_life in half_lives])
    horizon = horizon_days * SECONDS_A_DAY
    return Opportunities(
        tellings=numbers[open_to],
        tellers=passings.people[numbers[open_to]],
        listeners=listeners[open_to],
        times=times[open_to],
        taken=_taken(reactions, history, passings, (numbers[open_to], listeners[open_to]), horizon),
        known=times[open_to] + horizon,
        half_lives=half_lives,
        signals=signals,
        share=share,
    )


def unseen_share(history: History, until: float) -> float:
    """Of all who took something up by a moment, the share whose first reaction was the first sign that they listen.

    To whom they had it from, that is; nobody can foretell them by their ties. NaN where nobody took anything up.
    """
    firsts = _passings(reactions_of(history), history).rows
    firsts = firsts[history.evidence.times[firsts] <= until]
    return float(1 - Pairs(history).seen_before(len(history.about))[firsts].mean()) if len(firsts) else float("nan")


def onward(rows: Opportunities, periods: Sequence[Period], fit: Fit, until: float) -> Onward:
    """How often what is passed on is taken up, by what is known at a moment, and how that held in the periods before.

    Of stories, if at least FEWEST_TAKEN would have been taken up at first hand, else of all that is told. Where later
    quarters were foretold better as if it were told first-hand, it counts as that. The rows need the half-lives of the
    fit and of the periods' fits.
    """
    known = known_by(rows, until)
    stories = rows.signals[0][:, SIGNALS.index("contribution")] == 0
    counted = stories if _first_hand(fit, rows, known[stories[known]]).sum() >= FEWEST_TAKEN else np.ones_like(stories)
    known = known[counted[known]]
    expected, taken = float(_first_hand(fit, rows, known).sum()), int(rows.taken[known].sum())
    chances, first_hand, happened = _foretold(rows, counted, periods, until)
    loss, other = (_log_loss(each, happened) for each in (chances, first_hand))
    return Onward(
        factor=1.0 if loss > other else _factor(taken, expected),
        rows=len(known),
        taken=taken,
        expected=expected,
        scored=len(happened),
        log_loss=loss,
        first_hand_log_loss=other,
        predicted=float(chances.mean()) if len(happened) else float("nan"),
        observed=float(happened.mean()) if len(happened) else float("nan"),
    )


def _factor(taken: int, expected: float) -> float:
    return min(1.0, (taken + PRIOR_UPTAKES) / (expected + PRIOR_UPTAKES))


def _foretold(
    rows: Opportunities, counted: NDArray[np.bool_], periods: Sequence[Period], until: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Of all that came in each period: the chance by what was known at its start, as if first-hand, what happened."""
    chances, first_hand, happened = [np.empty(0)], [np.empty(0)], [np.empty(0, dtype=np.bool_)]
    for period in periods:
        past = known_by(rows, period.start)
        past = past[counted[past]]
        after = (rows.times >= period.start) & (rows.times < period.end) & (rows.known <= until)
        later = np.flatnonzero(counted & after)
        factor = _factor(int(rows.taken[past].sum()), float(_first_hand(period.fit, rows, past).sum()))
        first_hand.append(_first_hand(period.fit, rows, later))
        chances.append(np.clip(first_hand[-1] * factor, LOWEST, HIGHEST))
        happened.append(rows.taken[later])
    return np.concatenate(chances), np.concatenate(first_hand), np.concatenate(happened)


def _first_hand(fit: Fit, rows: Opportunities, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """The chances of some rows, had it been told to them first-hand."""
    return fit.chances(rows.signals[rows.half_lives.index(fit.half_life_days)][chosen])


def _log_loss(chances: NDArray[np.float64], happened: NDArray[np.bool_]) -> float:
    return float(surprise(chances, happened).mean()) if len(happened) else float("nan")


def _passings(reactions: Reactions, history: History) -> _Passings:
    evidence, told = history.evidence, history.tellings
    rows, about = reactions
    after = (evidence.times[rows] > told.times[about]) & (evidence.listeners[rows] != told.tellers[about])
    rows, about = rows[after], about[after]
    unique, first = np.unique(about * history.people + evidence.listeners[rows], return_index=True)
    order = np.empty(len(first), dtype=np.int64)
    order[np.argsort(first)] = np.arange(len(first))
    first = np.sort(first)
    rows, about = rows[first], about[first]
    return _Passings(rows, about, evidence.listeners[rows], evidence.times[rows], unique, order)


def _taken(
    reactions: Reactions,
    history: History,
    passings: _Passings,
    heard: tuple[NDArray[np.int64], NDArray[np.int32]],
    horizon: float,
) -> NDArray[np.bool_]:
    """Whether each person reacted to each that was passed on to them, as from who did, after it, within the horizon."""
    evidence = history.evidence
    rows, about = reactions
    number = passings.number(about * history.people + evidence.tellers[rows])
    rows, number = rows[number >= 0], number[number >= 0]
    waited = evidence.times[rows] - passings.times[number]
    counts = (waited > 0) & (waited <= horizon)
    taken = number[counts] * history.people + evidence.listeners[rows][counts]
    return np.isin(heard[0] * history.people + heard[1], taken)
