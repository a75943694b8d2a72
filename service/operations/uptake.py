"""How far the chances held that something told is taken up; and what answers foretold, kept to be compared."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.disclosure import LEAST
from service.measures.uptake import Opportunities, opportunities
from service.measures.uptake_fit import Fit, fitted
from service.measures.uptake_parts import shown_parts
from service.measures.uptake_rolling import FEWEST_ROWS, FEWEST_TAKEN, Period, enough, known_by, rolling
from service.measures.uptake_scores import Scores, gain, scores
from service.measures.uptake_signals import SIGNALS, History
from service.model.answers import CalibrationBin, CalibrationSummary, SimplerWay
from service.model.asking import NETWORK
from service.model.uptake import (
    Calibration,
    CalibrationBasis,
    CalibrationQuarter,
    CalibrationQuestion,
    KeptPredictions,
    SimplerScores,
    UptakeFit,
    UptakeSignal,
)
from service.model.viewer import Viewer
from service.model.wording import counted
from service.operations.chances import HALF_LIVES, nothing_learnt, passed_on_summary, pooled, summary_of, told_bins
from service.operations.disclosure import at_month_end, people_shown
from service.operations.network import Network
from service.operations.predictions_compared import compared, shown_scores
from service.operations.projection import Standing, scope_of, standing, up_to
from service.operations.scopes import ScopePeople, people_in
from service.operations.told import Told, history_of, past, quarters

NOTICED: Final = 1.01
"""Odds that change by less than this factor are not worth a word."""

RULE: Final = (
    "An opportunity is a story told, or something said in a conversation, and a person who had listened to its teller "
    "before. It is taken up where that person reacts to it, or to an insight surfaced from it, within the horizon; it "
    "is looked at only once its horizon has ended. Each quarter is scored by a fit to what was known at its start."
)

_MEANINGS: Final = {
    "tie": "How much the listener has listened to the teller, older acts counting less.",
    "tie_recency": "How lately the listener has listened to the teller.",
    "activity": "How much the listener has reacted to anybody, older acts counting less.",
    "activity_recency": "How lately the listener has reacted to anybody.",
    "own_telling": "How much the listener tells.",
    "own_telling_recency": "How lately the listener told something.",
    "reciprocity": "How much the teller has listened to the listener.",
    "teller_output": "How much the teller tells.",
    "contribution": "Whether it is said in a conversation rather than told as a story.",
    "answer": "Whether it answers the listener.",
}


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Rolled:
    """What was learnt quarter by quarter, what of, and what is learnt from all that is known."""

    history: History
    rows: Opportunities
    periods: tuple[Period, ...]
    fit: Fit | None


async def calibration(network: Network, viewer: Viewer, asked: CalibrationQuestion) -> Calibration:
    """The scores of learnt chances quarter by quarter up to a moment, beside simpler ways, and of what was foretold.

    In a scope, the uptakes of its people are scored, as they are told of at the end of the last month; what is learnt
    is learnt from everybody. Where there is nothing to score, or the scope has too few people, `reason` says so.
    """
    scope = scope_of(viewer, asked.audience)
    tied = await standing(network, scope, asked.as_of, after=asked.after)
    if asked.scope != NETWORK:
        tied = await at_month_end(network, scope, tied.as_of)
    whom = await people_in(network, scope, asked.scope, tied.as_of)
    if whom.item is not None:
        shown = await people_shown(network, tied, f"{asked.scope.partition(':')[0]}:{whom.item.id}")
        whom = ScopePeople(whom.item, shown or frozenset())
    told, about = await past(network, scope.audiences, tied.as_of)
    rolled = await asyncio.to_thread(_rolled, tied, told, about, asked.horizon_days)
    kept = await compared(network, tied, rolled.history, rolled.rows, asked.horizon_days, up_to(asked.as_of))
    return await asyncio.to_thread(_told, tied, whom, asked, rolled, kept)


def _told(
    tied: Standing,
    whom: ScopePeople,
    asked: CalibrationQuestion,
    rolled: _Rolled,
    kept: tuple[KeptPredictions, KeptPredictions],
) -> Calibration:
    rows, periods, fit = rolled.rows, rolled.periods, rolled.fit
    until = tied.as_of.timestamp()
    summary = None if fit is None else _summary(rolled, fit, asked.horizon_days, tied.as_of)
    inside = _inside(tied, whom)
    within = _within(rows, periods, inside)
    few = asked.scope != NETWORK and (not whom.people or _few(rows, periods, within))
    scored = [] if few else within
    return Calibration(
        learnt=summary is not None and summary.learnt,
        verdict=_verdict(rows, scored, summary, tied, whom),
        warning=None if summary is None else summary.warning,
        reason=_reason(rows, scored, until, few=few),
        scores=shown_scores(_judged(rows, scored, "fitted")) if scored else None,
        simpler=[_simpler(rows, scored, way) for way in SimplerWay] if scored else [],
        curve=_curve(rows, periods, scored, inside) if scored else [],
        quarters=_quarters(rows, periods, scored, inside),
        fit=None if fit is None else _fit(fit, rows, tied.as_of),
        passed_on=None if summary is None else summary.passed_on,
        kept=kept[0],
        hindsight=kept[1],
        basis=CalibrationBasis(
            **{**tied.basis, "calibration": summary or _too_little(rows, until, asked.horizon_days)},
            question=f"Something told: is it taken up within {counted(asked.horizon_days, 'day')}?",
            scope=asked.scope,
            horizon_days=asked.horizon_days,
            half_lives_tried=list(HALF_LIVES),
            fewest_opportunities=FEWEST_ROWS,
            fewest_uptakes=FEWEST_TAKEN,
            rule=RULE,
        ),
    )


def _summary(rolled: _Rolled, fit: Fit, horizon_days: int, as_of: datetime) -> CalibrationSummary:
    """How what is learnt from all that is known fared, and what is passed on beside it."""
    summary = summary_of(rolled.rows, rolled.periods, fit, horizon_days, as_of)
    if not summary.learnt:
        return summary
    onward = passed_on_summary(rolled.history, rolled.periods, fit, horizon_days, as_of.timestamp())
    return replace(summary, passed_on=onward)


def _too_little(rows: Opportunities, until: float, horizon_days: int) -> CalibrationSummary:
    """Nothing learnt, said of the horizon that was asked for."""
    known = len(known_by(rows, until))
    tellings = counted(known, "telling")
    words = f"Too little history to learn from ({tellings} to somebody who had listened before)"
    return replace(
        nothing_learnt("").summary,
        horizon_days=horizon_days,
        opportunities=known,
        warning=f"{words}: a stated prior is used.",
    )


def _rolled(tied: Standing, told: Told, about: Mapping[str, str], horizon_days: int) -> _Rolled:
    history, until = history_of(tied.projection, told, about), tied.as_of.timestamp()
    rows = opportunities(history, horizon_days=horizon_days, half_lives=HALF_LIVES)
    known = known_by(rows, until)
    periods = rolling(rows, quarters(rows, until), until)
    fit = fitted(rows, known) if enough(rows, known) else None
    return _Rolled(history=history, rows=rows, periods=periods, fit=fit)


def _few(rows: Opportunities, periods: Sequence[Period], within: Sequence[Period]) -> bool:
    """Whether those whose uptakes were scored, or those scored outside the scope, are so few that it is about them."""
    everybody, inside = (
        {listener for period in some for listener in rows.listeners[period.rows].tolist()} for some in (periods, within)
    )
    return 0 < len(inside) < LEAST or 0 < len(everybody - inside) < LEAST


def _inside(tied: Standing, whom: ScopePeople) -> NDArray[np.bool_]:
    """Whether each person is one of the scope's."""
    numbers = tied.projection.numbers
    inside = np.zeros(len(tied.projection.people), dtype=np.bool_)
    inside[[numbers[person] for person in whom.people if person in numbers]] = True
    return inside


def _within(rows: Opportunities, periods: Iterable[Period], inside: NDArray[np.bool_]) -> list[Period]:
    """The periods with the uptakes of the scope's people alone."""
    kept = ((period, inside[rows.listeners[period.rows]]) for period in periods)
    return [
        replace(
            period,
            rows=period.rows[mask],
            fitted=period.fitted[mask],
            base_rate=period.base_rate[mask],
            recency=period.recency[mask],
            activity=period.activity[mask],
        )
        for period, mask in kept
        if mask.any()
    ]


def _reason(rows: Opportunities, scored: list[Period], until: float, *, few: bool) -> str | None:
    if scored:
        return None
    if few:
        return (
            f"Of the scope, or of all others, fewer than {LEAST} people were scored, or may be told of: it would be "
            "about them."
        )
    known = known_by(rows, until)
    return (
        f"Nothing was scored. What happened is known of {counted(len(known), 'opportunity', 'opportunities')}, "
        f"{int(rows.taken[known].sum())} of them taken up; a quarter is scored where at least {FEWEST_ROWS} were known "
        f"at its start, {FEWEST_TAKEN} of them taken up, and where the horizon of something told in it has ended."
    )


def _verdict(
    rows: Opportunities,
    scored: list[Period],
    summary: CalibrationSummary | None,
    tied: Standing,
    whom: ScopePeople,
) -> str:
    """What the scores say: of a scope by its own, and only then, in a sentence by itself, what the network's do."""
    used = f"answers use {_used(tied)}."
    if summary is None:
        return f"There is too little history to learn from: {used}"
    if not summary.scored:
        return f"Something could be learnt, and nothing was known yet to score it on: {used}"
    if not scored:
        return f"Of {whom.name} alone nothing was scored, so that nothing says how far to trust its chances: {used}"
    judged = _judged(rows, scored, "fitted")
    simpler = {way: _judged(rows, scored, way.value).log_loss for way in SimplerWay}
    best = min(simpler, key=lambda way: simpler[way])
    own = _fared(judged.log_loss, best, simpler[best], judged.calibration_error)
    if whom.item is not None:
        general = _fared(
            summary.log_loss, summary.best_simpler, summary.best_simpler_log_loss, summary.calibration_error
        )
        own = f"Of {whom.name} alone: {_lower(own)} Of the network as a whole: {_lower(general)}"
    return own if summary.learnt else f"{own} So {used}"


def _used(tied: Standing) -> str:
    if tied.chances.learnt:
        return f"what was learnt of uptakes within {tied.chances.summary.horizon_days} days"
    return "a stated prior, and say so"


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _fared(log_loss: float | None, best: SimplerWay | None, simpler: float | None, error: float | None) -> str:
    """How what was learnt fared beside the best of the simpler ways."""
    way = (best or SimplerWay.base_rate).value.replace("_", " ")
    loss, other = log_loss or 0.0, simpler or 0.0
    if not loss < other:
        return f"What was learnt foretold no better than the {way} alone: log losses of {loss:.4f} and {other:.4f}."
    return (
        f"What was learnt foretold better than every simpler way: a log loss of {loss:.4f}, "
        f"{1 - loss / other:.0%} less than the {way} alone; chances and what happened differ by {error or 0.0:.3f} in "
        "the mean."
    )


def _judged(rows: Opportunities, scored: list[Period], way: str) -> Scores:
    return scores(pooled(scored, way), rows.taken[pooled(scored, "rows")])


def _simpler(rows: Opportunities, scored: list[Period], way: SimplerWay) -> SimplerScores:
    chosen = pooled(scored, "rows")
    better, error = gain(pooled(scored, "fitted"), pooled(scored, way.value), rows.taken[chosen], rows.tellings[chosen])
    return SimplerScores(
        way=way,
        scores=shown_scores(_judged(rows, scored, way.value)),
        gain=better,
        gain_error=None if np.isnan(error) else error,
    )


def _curve(
    rows: Opportunities, periods: Sequence[Period], scored: list[Period], inside: NDArray[np.bool_]
) -> list[CalibrationBin]:
    listeners = rows.listeners[pooled(periods, "rows")]
    return told_bins(_judged(rows, scored, "fitted"), pooled(periods, "fitted"), listeners, inside)


def _quarters(
    rows: Opportunities, periods: Sequence[Period], scored: list[Period], inside: NDArray[np.bool_]
) -> list[CalibrationQuarter]:
    """Each quarter by itself, but for those that would tell of a few.

    Of the whole network as well: its people may all be those of a scope, whose quarters it would give away. Its whole
    is told, however few it is of, since it decides whether chances are learnt and is why to trust them.
    """
    parts = shown_parts([rows.listeners[period.rows] for period in periods], inside)
    told = {period.start for period, shown in zip(periods, parts, strict=True) if shown}
    return [_quarter(rows, period) for period in scored if period.start in told]


def _quarter(rows: Opportunities, period: Period) -> CalibrationQuarter:
    simpler = {way: _judged(rows, [period], way.value).log_loss for way in SimplerWay}
    best = min(simpler, key=lambda way: simpler[way])
    return CalibrationQuarter(
        start=datetime.fromtimestamp(period.start, UTC),
        end=datetime.fromtimestamp(period.end, UTC),
        learnt_from=period.fit.rows,
        base_rate=period.fit.base_rate,
        half_life_days=period.fit.half_life_days,
        scores=shown_scores(_judged(rows, [period], "fitted")),
        best_simpler=best,
        best_simpler_log_loss=simpler[best],
    )


def _fit(fit: Fit, rows: Opportunities, trained_until: datetime) -> UptakeFit:
    strongest = np.argsort(-np.abs(fit.coefficients), kind="stable")
    return UptakeFit(
        trained_until=trained_until,
        opportunities=fit.rows,
        uptakes=fit.taken,
        base_rate=fit.base_rate,
        half_life_days=fit.half_life_days,
        share=rows.share,
        signals=[_signal(SIGNALS[fit.columns[place]], float(fit.coefficients[place])) for place in strongest],
    )


def _signal(name: str, coefficient: float) -> UptakeSignal:
    odds = float(np.exp(abs(coefficient)))
    direction = "raises" if coefficient > 0 else "lowers"
    words = f"A standard deviation more {direction} the odds to {odds if coefficient > 0 else 1 / odds:.2f} times."
    return UptakeSignal(
        name=name.replace("_", " "),
        meaning=_MEANINGS[name],
        coefficient=coefficient,
        words=words if odds >= NOTICED else "It makes no difference that would be noticed.",
    )
