"""How likely what somebody tells is taken up: learnt from the network's own past, where that holds, else a prior.

Learnt at the start of each quarter, from what was known by then, and kept; so a question does not wait for it. A fit is
used where, quarter by quarter, it foretold better than every simpler way; otherwise the answers say why not.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.graph.projection import Projection
from service.measures.ties import BASE_PROBABILITY, HIGHEST_PROBABILITY, Evidence, Ties, prior_probabilities
from service.measures.uptake import CONTRIBUTION, STORY, History, Opportunities, Tellings, one_story_each, opportunities
from service.measures.uptake_fit import Fit, fitted
from service.measures.uptake_rolling import FEWEST_ROWS, FEWEST_TAKEN, Period, enough, known_by, rolling
from service.measures.uptake_scores import gain, scores
from service.model.answers import CalibrationSummary, SimplerWay
from service.operations.network import Network

HORIZON_DAYS: Final = 90
HALF_LIVES: Final = (7.0, 14.0, 30.0, 60.0, 90.0, 180.0, 365.0)
"""The half-lives in days among which one is learnt."""
MOST_FITS: Final = 24
LONG_AGO: Final = datetime(1900, 1, 1, tzinfo=UTC)

PRIOR: Final = (
    "A stated prior, not learnt from this network's history: each unit of evidence is an independent chance of "
    f"{BASE_PROBABILITY} that one story told today is taken up within {HORIZON_DAYS} days, {HIGHEST_PROBABILITY} at "
    "most."
)
LEARNT: Final = (
    "Learnt from this network's own past: a logistic regression on how much and how lately the listener listened to "
    "the teller and did anything at all, what both tell, and whether it goes both ways; evidence never lowers it. Ties "
    "whose evidence has no time keep a stated prior."
)


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


_TOLD: Final = ["Story", "Contribution", "Surfacing"]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Chances:
    """What was learnt by the start of a quarter: a fit where it is to be used, and how it fared."""

    fit: Fit | None
    summary: CalibrationSummary
    told: Told
    mark: tuple[int, int, int]
    """What the evidence up to then was, and how often what was told had been altered: while it stays the same, so does
    what was learnt from it."""

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


async def rewritten(network: Network) -> int:
    """How often something told or noticed has been altered or taken away, as far as this process has seen."""
    (row,) = await network.ask("uptake/rewritten", {"after": network.rewritten[0], "labels": _TOLD})
    if row["sequence"] is not None and row["sequence"] > network.rewritten[0]:
        network.rewritten = (row["sequence"], network.rewritten[1] + row["count"])
    return network.rewritten[1]


async def chances_by(
    network: Network, audiences: tuple[str, ...], projection: Projection, as_of: datetime, *, told_anew: int
) -> tuple[Chances, Told]:
    """What was learnt by the last start of a quarter before a moment, and all that had been told by the moment.

    `told_anew` is what `rewritten` says: what nobody reacted to leaves no evidence that would change with it.
    """
    boundary = quarter_of(as_of)
    mark = (*_mark(projection, boundary.timestamp()), told_anew)
    async with network.fitting:
        known: Chances | None = network.fits.get((audiences, boundary))
        if known is None or known.mark != mark:
            known = await _learn(network, audiences, projection, boundary, mark)
            network.fits[audiences, boundary] = known
            if len(network.fits) > MOST_FITS:
                network.fits.popitem(last=False)
    if known.fit is None:
        return known, known.told
    return known, known.told.then(await told_between(network, audiences, boundary, as_of))


async def _learn(
    network: Network, audiences: tuple[str, ...], projection: Projection, boundary: datetime, mark: tuple[int, int, int]
) -> Chances:
    if not (projection.times <= boundary.timestamp()).any():
        return Chances(fit=None, summary=_unlearnt(0), told=Told([], [], [], [], []), mark=mark)
    told, about = await past(network, audiences, boundary)
    fit, summary = await asyncio.to_thread(_learnt, projection, told, about, boundary)
    return Chances(fit=fit, summary=summary, told=told, mark=mark)


def _learnt(
    projection: Projection, told: Told, about: Mapping[str, str], boundary: datetime
) -> tuple[Fit | None, CalibrationSummary]:
    history = history_of(projection, told, about)
    rows = opportunities(history, horizon_days=HORIZON_DAYS, half_lives=HALF_LIVES)
    until = boundary.timestamp()
    before = known_by(rows, until)
    if not enough(rows, before):
        return None, _unlearnt(len(before))
    periods = rolling(rows, quarters(rows, until), until)
    fit = fitted(rows, before)
    summary = summary_of(rows, periods, fit, HORIZON_DAYS, boundary)
    return (fit if summary.learnt else None), summary


async def past(network: Network, audiences: tuple[str, ...], until: datetime) -> tuple[Told, Mapping[str, str]]:
    """All that was told up to a moment, and for each act up to it the told item that it reacts to."""
    parameters = {"audiences": list(audiences), "until": until}
    told, reactions, surfacings = await asyncio.gather(
        told_between(network, audiences, LONG_AGO, until),
        network.ask("uptake/reactions", parameters),
        network.ask("uptake/surfacings", parameters),
    )
    sources = dict(zip(surfacings[0]["insights"], surfacings[0]["sources"], strict=True))  # the first of each
    acts = zip(reactions[0]["acts"], reactions[0]["items"], strict=True)
    return told, {act: sources.get(item, item) for act, item in acts}


async def told_between(network: Network, audiences: tuple[str, ...], after: datetime, until: datetime) -> Told:
    """What was told after one moment and up to another, in the order of time."""
    parameters: dict[str, Any] = {"audiences": list(audiences), "after": after, "until": until}
    (row,) = await network.ask("uptake/tellings", parameters)
    order = sorted(range(len(row["items"])), key=lambda place: (row["times"][place], row["items"][place]))
    names = ("items", "tellers", "times", "stories", "answered")
    columns = {name: [row[name][place] for place in order] for name in names}
    return Told(**{**columns, "times": [time / 1000 for time in columns["times"]]})


def history_of(projection: Projection, told: Told, about: Mapping[str, str]) -> History:
    """The same by the numbers of people: what somebody told whom the audience may know of, and who reacted to what."""
    people = projection.numbers
    places = [place for place, teller in enumerate(told.tellers) if teller in people]
    number_of = {told.items[place]: number for number, place in enumerate(places)}
    author_of = {told.items[place]: people[told.tellers[place]] for place in places}
    reacted = [number_of.get(about.get(act, ""), -1) for act in projection.act_ids] if about else []
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
            answered=np.array([author_of.get(told.answered[place], -1) for place in places], dtype=np.int32),
        ),
    )


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


def quarter_of(moment: datetime) -> datetime:
    """The start of the calendar quarter that a moment is in, in UTC."""
    utc = moment.astimezone(UTC)
    return datetime(utc.year, utc.month - (utc.month - 1) % 3, 1, tzinfo=UTC)


def quarters(rows: Opportunities, until: float) -> list[float]:
    """The starts of the calendar quarters between the first opportunity and a moment."""
    if not len(rows) or rows.times[0] >= until:
        return []
    first, last = (datetime.fromtimestamp(float(one), UTC) for one in (rows.times[0], until))
    months = chain.from_iterable(
        ((year, month) for month in (1, 4, 7, 10)) for year in range(first.year, last.year + 1)
    )
    starts = (datetime(year, month, 1, tzinfo=UTC).timestamp() for year, month in months)
    return [start for start in starts if rows.times[0] <= start < until]


def pooled(periods: Sequence[Period], name: str) -> NDArray[np.float64]:
    """The chances of one way, or the rows, of all periods one after another."""
    return np.concatenate([getattr(period, name) for period in periods])


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
    best = min(simpler, key=lambda way: scores(simpler[way], taken).log_loss)
    better, error = gain(whole, simpler[best], taken, groups)
    return _summary(
        **learnt,
        learnt=better > 0,
        scored=judged.rows,
        log_loss=judged.log_loss,
        best_simpler=best,
        best_simpler_log_loss=judged.log_loss + better,
        auc=None if np.isnan(judged.auc) else judged.auc,
        calibration_error=judged.calibration_error,
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
    nothing: dict[str, Any] = dict.fromkeys(
        ("trained_until", "base_rate", "half_life_days", "log_loss", "best_simpler", "best_simpler_log_loss", "auc")
    )
    return CalibrationSummary(**{**nothing, "calibration_error": None, "scored": 0, **fields})


def _mark(projection: Projection, until: float) -> tuple[int, int]:
    """What tells one past from another, whatever the order of its rows: how many there are, and their times summed."""
    times = projection.times[projection.times <= until]
    return len(times), int((times * 1000).astype(np.int64).sum())


def _columns(told: Told) -> tuple[Sequence[Any], ...]:
    return told.items, told.tellers, told.times, told.stories, told.answered
