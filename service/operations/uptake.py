"""How far the chances held that something told is taken up; and what answers foretold, kept to be compared."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import numpy as np
import structlog
from numpy.typing import NDArray

from service.measures.ties import SECONDS_A_DAY
from service.measures.uptake import SIGNALS, History, Opportunities, opportunities
from service.measures.uptake_fit import Fit, fitted
from service.measures.uptake_rolling import FEWEST_ROWS, FEWEST_TAKEN, Period, enough, known_by, rolling
from service.measures.uptake_scores import Scores, gain, scores
from service.model.answers import CalibrationSummary, SimplerWay
from service.model.asking import NETWORK
from service.model.errors import RetellError
from service.model.ids import derived_id
from service.model.uptake import (
    Calibration,
    CalibrationBasis,
    CalibrationBin,
    CalibrationQuarter,
    CalibrationQuestion,
    KeptPredictions,
    SimplerScores,
    UptakeFit,
    UptakeScores,
    UptakeSignal,
)
from service.model.viewer import Viewer
from service.operations.chances import (
    HALF_LIVES,
    HORIZON_DAYS,
    history_of,
    past,
    pooled,
    quarters,
    summary_of,
)
from service.operations.network import Network
from service.operations.projection import VIEWER, Standing, scope_of, standing
from service.operations.scopes import ScopePeople, people_in

FEWEST_PEOPLE: Final = 5
"""Scores of fewer people, or of all but fewer, would be about them."""
MOST_PAIRS: Final = 50
"""Chances that are kept of one answer."""
MOST_WRITING: Final = 100
"""Answers whose predictions wait to be written; beyond these none is kept, rather than everybody kept waiting."""
MOST_COMPARED: Final = 2_000
"""Predictions that are compared, the newest ones."""

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
_log = structlog.get_logger(__name__)


async def calibration(network: Network, viewer: Viewer, asked: CalibrationQuestion) -> Calibration:
    """The scores of learnt chances quarter by quarter up to a moment, beside simpler ways, and of what was foretold.

    In a scope, the uptakes of its people are scored; what is learnt is learnt from everybody. Where there is nothing to
    score, or the scope has too few people, `reason` says so.
    """
    scope = scope_of(viewer, asked.audience)
    tied = await standing(network, scope, asked.as_of, after=asked.after)
    whom = await people_in(network, scope, asked.scope, tied.as_of)
    told, about = await past(network, scope.audiences, tied.as_of)
    history = history_of(tied.projection, told, about)
    until = tied.as_of.timestamp()
    rows, periods, fit = await asyncio.to_thread(_rolled, history, asked.horizon_days, until)
    kept = await _kept(network, tied, rows, asked.horizon_days)
    summary = None if fit is None else summary_of(rows, periods, fit, asked.horizon_days, tied.as_of)
    few = asked.scope != NETWORK and _few(tied, whom)
    scored = [] if few else _within(rows, periods, tied, whom)
    return Calibration(
        learnt=summary is not None and summary.learnt,
        verdict=_verdict(summary),
        warning=None if summary is None else summary.warning,
        reason=_reason(rows, scored, until, few=few),
        scores=_scores(_judged(rows, scored, "fitted")) if scored else None,
        simpler=[_simpler(rows, scored, way) for way in SimplerWay] if scored else [],
        curve=_curve(_judged(rows, scored, "fitted")) if scored else [],
        quarters=[_quarter(rows, period) for period in scored],
        fit=None if fit is None else _fit(fit, rows, tied.as_of),
        kept=kept,
        basis=CalibrationBasis(
            **tied.basis,
            question=f"Something told: is it taken up within {asked.horizon_days} days?",
            scope=asked.scope,
            horizon_days=asked.horizon_days,
            half_lives_tried=list(HALF_LIVES),
            fewest_opportunities=FEWEST_ROWS,
            fewest_uptakes=FEWEST_TAKEN,
            rule=RULE,
        ),
    )


async def keep_predictions(
    network: Network, question: str, tied: Standing, foretold: Iterable[tuple[str, str, float]]
) -> None:
    """Keep the chances that an answer rests on: teller, listener and the chance of each, the first fifty.

    Written off the path of the request; where that fails or too much waits, it is not kept, and the answer none the
    worse. What is foretold on all that one viewer may see is kept by nobody.
    """
    pairs = list(dict.fromkeys(foretold))[:MOST_PAIRS]
    if not pairs or tied.scope.name == VIEWER or len(network.background) >= MOST_WRITING:
        return
    said = [f"{teller} {listener} {chance:.9f}" for teller, listener, chance in sorted(pairs)]
    given: dict[str, object] = {
        "id": derived_id("prediction", "\n".join([question, tied.scope.name, tied.as_of.isoformat(), *said])),
        "pairs": [{"teller": one, "listener": other, "probability": chance} for one, other, chance in pairs],
        "properties": {
            "question": question,
            "audience": tied.scope.name,
            "asOf": tied.as_of,
            "horizonDays": HORIZON_DAYS,
            "learnt": tied.chances.learnt,
            "at": datetime.now(UTC),
        },
    }
    task = asyncio.create_task(_written(network, given), name="prediction")
    network.background.add(task)
    task.add_done_callback(network.background.discard)


async def _written(network: Network, given: dict[str, object]) -> None:
    try:
        await network.write("uptake/keep", given)
    except RetellError as error:
        _log.warning("prediction_not_kept", why=str(error))


def _rolled(history: History, horizon_days: int, until: float) -> tuple[Opportunities, tuple[Period, ...], Fit | None]:
    rows = opportunities(history, horizon_days=horizon_days, half_lives=HALF_LIVES)
    known = known_by(rows, until)
    periods = rolling(rows, quarters(rows, until), until)
    return rows, periods, fitted(rows, known) if enough(rows, known) else None


def _few(tied: Standing, whom: ScopePeople) -> bool:
    """Whether the scope, or what is left outside it, is so few people that scores would be about them."""
    inside = len(whom.people & tied.projection.numbers.keys())
    outside = len(tied.projection.people) - inside
    return inside < FEWEST_PEOPLE or 0 < outside < FEWEST_PEOPLE


def _within(rows: Opportunities, periods: Iterable[Period], tied: Standing, whom: ScopePeople) -> list[Period]:
    """The periods with the uptakes of the scope's people alone."""
    numbers = tied.projection.numbers
    inside = np.zeros(len(tied.projection.people), dtype=np.bool_)
    inside[[numbers[person] for person in whom.people if person in numbers]] = True
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
        return f"The scope, or what is left outside it, is fewer than {FEWEST_PEOPLE} people: it would be about them."
    known = known_by(rows, until)
    return (
        f"Nothing was scored. It is known of {len(known)} opportunities what happened, and "
        f"{int(rows.taken[known].sum())} were taken up; a quarter is scored where at least {FEWEST_ROWS} were known at "
        f"its start, {FEWEST_TAKEN} of them taken up, and where the horizon of something told in it has ended."
    )


def _verdict(summary: CalibrationSummary | None) -> str:
    if summary is None:
        return "There is too little history to learn from: answers use a stated prior, and say so."
    if not summary.scored or summary.log_loss is None or summary.best_simpler_log_loss is None:
        return "Something could be learnt, and nothing was known yet to score it on: answers use a stated prior."
    way = (summary.best_simpler or SimplerWay.base_rate).value.replace("_", " ")
    better = 1 - summary.log_loss / summary.best_simpler_log_loss
    if not summary.learnt:
        return f"What was learnt foretold no better than the {way} alone: answers use a stated prior."
    error = summary.calibration_error or 0.0
    return (
        f"What was learnt foretold better than every simpler way: a log loss of {summary.log_loss:.4f}, "
        f"{better:.0%} less than the {way} alone; chances and what happened differ by {error:.3f} in the mean."
    )


def _judged(rows: Opportunities, scored: list[Period], way: str) -> Scores:
    return scores(pooled(scored, way), rows.taken[pooled(scored, "rows")])


def _scores(found: Scores) -> UptakeScores:
    return UptakeScores(
        opportunities=found.rows,
        uptakes=found.taken,
        log_loss=found.log_loss,
        brier=found.brier,
        auc=None if np.isnan(found.auc) else found.auc,
        calibration_error=found.calibration_error,
    )


def _simpler(rows: Opportunities, scored: list[Period], way: SimplerWay) -> SimplerScores:
    chosen = pooled(scored, "rows")
    better, error = gain(pooled(scored, "fitted"), pooled(scored, way.value), rows.taken[chosen], rows.tellings[chosen])
    return SimplerScores(
        way=way,
        scores=_scores(_judged(rows, scored, way.value)),
        gain=better,
        gain_error=None if np.isnan(error) else error,
    )


def _curve(found: Scores) -> list[CalibrationBin]:
    return [
        CalibrationBin(
            opportunities=one.rows,
            lowest=one.lowest,
            highest=one.highest,
            predicted=one.predicted,
            observed=one.observed,
        )
        for one in found.curve
    ]


def _quarter(rows: Opportunities, period: Period) -> CalibrationQuarter:
    simpler = {way: _judged(rows, [period], way.value).log_loss for way in SimplerWay}
    best = min(simpler, key=lambda way: simpler[way])
    return CalibrationQuarter(
        start=datetime.fromtimestamp(period.start, UTC),
        end=datetime.fromtimestamp(period.end, UTC),
        learnt_from=period.fit.rows,
        base_rate=period.fit.base_rate,
        half_life_days=period.fit.half_life_days,
        scores=_scores(_judged(rows, [period], "fitted")),
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


async def _kept(network: Network, tied: Standing, rows: Opportunities, horizon_days: int) -> KeptPredictions:
    given = {
        "audience": tied.scope.name,
        "audiences": list(tied.scope.audiences),
        "horizon": horizon_days,
        "most": MOST_COMPARED,
        "until": tied.as_of,
    }
    found = await network.ask("uptake/kept", given)
    made = {row["id"]: row["time"] / 1000 for row in found}
    waiting = sum(at + 2 * horizon_days * SECONDS_A_DAY > tied.as_of.timestamp() for at in made.values())
    numbers = tied.projection.numbers
    foretold = [
        (numbers[row["teller"]], numbers[row["listener"]], row["time"] / 1000, row["probability"])
        for row in found
        if row["teller"] in numbers and row["listener"] in numbers
    ]
    chances, taken = await asyncio.to_thread(_happened, foretold, rows, horizon_days, tied.as_of.timestamp())
    judged = scores(chances, taken) if len(chances) else None
    return KeptPredictions(
        predictions=len(made),
        waiting=waiting,
        scores=None if judged is None else _scores(judged),
        predicted=None if judged is None else float(chances.mean()),
        observed=None if judged is None else float(taken.mean()),
        reason=None if judged is not None else _nothing_kept(len(made), waiting, horizon_days),
    )


def _nothing_kept(made: int, waiting: int, horizon_days: int) -> str:
    if not made:
        return f"Nothing that was foretold within {horizon_days} days has been kept up to then."
    if waiting == made:
        return "It is not known yet: a story may follow within the horizon, and has as long again to be taken up."
    return "None of those of whom something was foretold told a story within the horizon after."


def _happened(
    foretold: list[tuple[int, int, float, float]], rows: Opportunities, horizon_days: int, until: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The chance that was foretold, and whether it was taken up, of each story told within the horizon after."""
    pairs = {(teller, listener) for teller, listener, _, _ in foretold}
    story = (rows.signals[0][:, SIGNALS.index("contribution")] == 0) & (rows.known <= until)
    told: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row in np.flatnonzero(story & np.isin(rows.tellers, [teller for teller, _ in pairs])).tolist():
        pair = int(rows.tellers[row]), int(rows.listeners[row])
        if pair in pairs:
            told[pair].append(row)
    chances, taken = [], []
    for teller, listener, at, chance in foretold:
        for row in told[teller, listener]:
            if at < rows.times[row] <= at + horizon_days * SECONDS_A_DAY:
                chances.append(chance)
                taken.append(bool(rows.taken[row]))
    return np.array(chances, dtype=np.float64), np.array(taken, dtype=np.bool_)
