"""How likely what somebody tells is taken up: learnt from the network's own past, where that holds, else a prior.

Learnt at the start of each quarter, or month in the first year, from what was known by then. A fit is used where, one
after another, it foretold better than every simpler way; otherwise the answers say why not. Where the history is too
short for what is taken up within ninety days, a shorter time is learnt, and every answer names it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import thread_time
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.graph.projection import Projection
from service.measures.ties import BASE_PROBABILITY, HIGHEST_PROBABILITY, Ties, prior_probabilities
from service.measures.uptake import Opportunities, one_story_each, opportunities
from service.measures.uptake_fit import Fit, fitted
from service.measures.uptake_onward import onward, passed_on, unseen_share
from service.measures.uptake_parts import shown_bins
from service.measures.uptake_rolling import FEWEST_ROWS, FEWEST_TAKEN, Period, enough, known_by, rolling
from service.measures.uptake_scores import Scores, gain, scores
from service.measures.uptake_signals import History
from service.model.answers import CalibrationBin, CalibrationSummary, PassedOn, SimplerLoss, SimplerWay
from service.model.wording import counted
from service.operations.told import YOUNG_SECONDS, Told, history_of, months, quarters

HORIZON_DAYS: Final = 90
SHORTER_DAYS: Final = (60, 30)
"""What is learnt instead where the history is too short to say anything about ninety days."""
HALF_LIVES: Final = (7.0, 14.0, 30.0, 60.0, 90.0, 180.0, 365.0)
"""The half-lives in days among which one is learnt."""

PRIOR: Final = (
    "A stated prior, not learnt from this network's history: each unit of evidence is an independent chance of "
    f"{BASE_PROBABILITY} that one story told today is taken up within {HORIZON_DAYS} days, {HIGHEST_PROBABILITY} at "
    "most."
)
LEARNT: Final = (
    "Learnt from this network's own past: a logistic regression on how much and how lately the listener listened to "
    "the teller and did anything at all, what both tell, and whether it goes both ways. Only acts with a time count; "
    "another act of listening never lowers a chance that is learnt. A tie none of whose acts has a time keeps a stated "
    "prior. Where some have one and some have none, the chance is learnt from the former alone: the latter add nothing "
    "to it, and it may be lower than the prior that they would give by themselves."
)

ONWARD_AS_TOLD: Final = "What is passed on is taken to be heard as if it were told first-hand."


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Chances:
    """What was learnt by the start of a quarter: a fit where it is to be used, and how it fared."""

    fit: Fit | None
    summary: CalibrationSummary
    mark: str
    """What the past was that it was learnt from."""
    seconds: float
    """How long a processor took to learn it."""

    @property
    def learnt(self) -> bool:
        """Whether the chances are learnt rather than a prior."""
        return self.fit is not None

    @property
    def base_rate(self) -> float:
        """The share that was taken up of what was learnt from, or what the prior takes one fresh act for."""
        return self.fit.base_rate if self.fit else BASE_PROBABILITY

    @property
    def words(self) -> str:
        """How the chances follow from the evidence, in a sentence or two."""
        return LEARNT if self.fit else PRIOR

    @property
    def onward(self) -> float:
        """How often what is passed on is taken up, against what is told first-hand."""
        return self.summary.passed_on.factor if self.summary.passed_on else 1.0

    @property
    def onward_words(self) -> str:
        """What is taken for what is passed on, and why, in a sentence."""
        found = self.summary.passed_on
        if found is None or found.factor == 1:
            return ONWARD_AS_TOLD
        could, did = (counted(count, "time") for count in (found.opportunities, found.taken_up))
        return (
            f"What is passed on counts {found.factor:.2g} times what is told first-hand, as it was seen before: "
            f"{could} somebody who had listened to a person could have had something from them "
            f"that they had taken up, and {did} did, where {found.expected:,.0f} would have had it "
            "first-hand."
        )

    @property
    def unseen_words(self) -> str | None:
        """How many come whom no tie foretells, in a sentence."""
        found = self.summary.passed_on
        if found is None or not found.unseen:
            return None
        return (
            f"To {found.unseen:.0%} of those who took something up in the year before no ties led when it was told: "
            "nobody like them is counted here."
        )

    def careful(self, caution: str) -> str:
        """What to be careful about, the chances themselves first where they could not be learnt, or hardly."""
        return " ".join(filter(None, [self.summary.warning, self.onward_words, self.unseen_words, caution]))

    def within(self, question: str) -> str:
        """The question in words, with the days within which something is taken up."""
        return question.format(days=self.summary.horizon_days)


def learnt(projection: Projection, told: Told, about: Mapping[str, str], boundary: datetime, *, mark: str) -> Chances:
    """What can be learnt by the start of a quarter from what was told and who reacted to it."""
    started = thread_time()
    fit, summary = _learnt(history_of(projection, told, about), boundary)
    return Chances(fit=fit, summary=summary, mark=mark, seconds=thread_time() - started)


def nothing_learnt(mark: str) -> Chances:
    """The prior, where there is no past at all."""
    return Chances(fit=None, summary=_unlearnt(0), mark=mark, seconds=0.0)


def _learnt(history: History, boundary: datetime) -> tuple[Fit | None, CalibrationSummary]:
    found = _learnt_within(history, boundary, HORIZON_DAYS)
    if found[0] is None and found[1].scored < FEWEST_ROWS:
        shorter = (_learnt_within(history, boundary, days) for days in SHORTER_DAYS)
        return next((one for one in shorter if one[0] is not None and one[1].scored >= FEWEST_ROWS), found)
    return found


def _learnt_within(history: History, boundary: datetime, days: int) -> tuple[Fit | None, CalibrationSummary]:
    rows = opportunities(history, horizon_days=days, half_lives=HALF_LIVES)
    until = boundary.timestamp()
    before = known_by(rows, until)
    if not enough(rows, before):
        return None, _unlearnt(len(before))
    periods = rolling(rows, quarters(rows, until), until) or rolling(rows, months(rows, until), until)
    fit = fitted(rows, before)
    summary = summary_of(rows, periods, fit, days, boundary)
    if not summary.learnt:
        return None, summary
    return fit, replace(summary, passed_on=passed_on_summary(history, periods, fit, days, until))


def passed_on_summary(
    history: History, periods: Sequence[Period], fit: Fit, horizon_days: int, until: float
) -> PassedOn:
    """How often what is passed on is taken up, by what is known at a moment, against what a fit says of first-hand."""
    half_lives = {fit.half_life_days, *(period.fit.half_life_days for period in periods)}
    passed = passed_on(history, horizon_days=horizon_days, half_lives=tuple(sorted(half_lives)))
    found = onward(passed, periods, fit, until)
    return PassedOn(
        factor=found.factor,
        opportunities=found.rows,
        share=found.share,
        taken_up=found.taken,
        expected=found.expected,
        scored=found.scored,
        log_loss=_known(found.log_loss),
        first_hand_log_loss=_known(found.first_hand_log_loss),
        predicted=_known(found.predicted),
        observed=_known(found.observed),
        unseen=_known(unseen_share(history, until - YOUNG_SECONDS, until, found.kinds)),
    )


def _known(figure: float) -> float | None:
    return None if np.isnan(figure) else figure


def tie_chances(chances: Chances, history: History | None, ties: Ties, as_of: datetime) -> NDArray[np.float64]:
    """The chance of each tie that one story told at that moment is taken up within the horizon."""
    found = prior_probabilities(ties.weights, BASE_PROBABILITY)
    if chances.fit is None or history is None:
        return found
    tellers, listeners, signals = one_story_each(
        history, as_of=as_of.timestamp(), half_life_days=chances.fit.half_life_days
    )
    dated = tellers.astype(np.int64) * ties.people + listeners
    places = np.searchsorted(ties.tellers.astype(np.int64) * ties.people + ties.listeners, dated)
    found[places] = chances.fit.chances(signals)
    return found


def pooled(periods: Sequence[Period], name: str) -> NDArray[np.float64]:
    """The chances of one way, or the rows, of all periods one after another."""
    return np.concatenate([getattr(period, name) for period in periods])


def told_bins(
    found: Scores, chances: NDArray[np.float64], listeners: NDArray[np.int32], inside: NDArray[np.bool_]
) -> list[CalibrationBin]:
    """The bins of the curve of the people inside, as answers show them: none that would tell of a few."""
    shown = shown_bins(found, chances, listeners, inside)
    return [
        CalibrationBin(
            opportunities=one.rows,
            lowest=one.lowest,
            highest=one.highest,
            predicted=one.predicted,
            observed=one.observed,
        )
        for one, told in zip(found.curve, shown, strict=True)
        if told
    ]


def summary_of(
    rows: Opportunities, periods: Sequence[Period], fit: Fit, horizon_days: int, trained_until: datetime
) -> CalibrationSummary:
    """How a fit fared, quarter by quarter; it counts as learnt where it was better than every simpler way."""
    learnt: dict[str, Any] = {
        "horizon_days": horizon_days,
        "trained_until": trained_until,
        "opportunities": fit.rows,
        "base_rate": fit.base_rate,
        "half_life_days": fit.half_life_days,
    }
    if not periods:
        unscored = (
            "It is not known yet of any later quarter what happened, so nothing says how far a fit could be trusted"
        )
        return _summary(**learnt, learnt=False, warning=f"{unscored}: a stated prior is used.")
    chosen = pooled(periods, "rows")
    taken, groups = rows.taken[chosen], rows.tellings[chosen]
    whole = pooled(periods, "fitted")
    judged = scores(whole, taken)
    simpler = {way: pooled(periods, way.value) for way in SimplerWay}
    losses = {way: scores(chances, taken).log_loss for way, chances in simpler.items()}
    best = min(losses, key=lambda way: losses[way])
    better, error = gain(whole, simpler[best], taken, groups)
    return _summary(
        **learnt,
        learnt=better > 0,
        scored=judged.rows,
        log_loss=judged.log_loss,
        brier=judged.brier,
        best_simpler=best,
        best_simpler_log_loss=judged.log_loss + better,
        auc=None if np.isnan(judged.auc) else judged.auc,
        simpler=[SimplerLoss(way=way, log_loss=loss) for way, loss in losses.items()],
        calibration_error=judged.calibration_error,
        curve=told_bins(judged, whole, rows.listeners[chosen], np.ones(rows.listeners.max() + 1, dtype=np.bool_)),
        warning=_warning(best, better, error),
    )


def _warning(best: SimplerWay, better: float, error: float) -> str | None:
    way = best.value.replace("_", " ")
    if not better > 0:
        return f"What was learnt foretold no better than the {way} alone: a stated prior is used."
    if not better > 2 * error:
        return f"What was learnt foretold hardly better than the {way} alone: it may be chance."
    return None


def _unlearnt(known: int) -> CalibrationSummary:
    needed = f"{FEWEST_ROWS} tellings to somebody who had listened before, {FEWEST_TAKEN} of them taken up"
    return _summary(
        learnt=False,
        horizon_days=HORIZON_DAYS,
        opportunities=known,
        warning=f"Too little history to learn from ({known} such; it takes {needed}): a stated prior is used.",
    )


def _summary(**fields: Any) -> CalibrationSummary:
    unknown = ("trained_until", "base_rate", "half_life_days", "log_loss", "brier", "best_simpler", "passed_on")
    nothing: dict[str, Any] = dict.fromkeys((*unknown, "best_simpler_log_loss", "auc", "calibration_error"))
    return CalibrationSummary(**{**nothing, "scored": 0, "simpler": [], "curve": [], **fields})
