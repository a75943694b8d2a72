"""Diffusion: how explicit knowledge spread, who was early and who late, and how it may go on."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.measures.diffusion import (
    DRAWS,
    LEAST_ADOPTERS,
    LEAST_BUSY,
    LEAST_PERIODS,
    BassFit,
    Categories,
    NoFit,
    adopter_categories,
    adoption_curve,
    fit_bass,
    forecast,
    whole_periods,
)
from service.model.amplification import AmplificationKind
from service.model.answers import ItemReference, PersonReference
from service.model.diffusion import (
    Adopter,
    AdopterCategory,
    AdopterCategoryShare,
    AdoptionPeriod,
    BassModel,
    Diffusion,
    DiffusionBasis,
    DiffusionPeriod,
    DiffusionQuestion,
    ForecastPeriod,
)
from service.model.ids import as_id
from service.model.paths import rest_of
from service.model.viewer import EVERYONE, Viewer
from service.operations.network import Network
from service.operations.projection import Scope, evidence_of, scope_of, seen_by, up_to
from service.operations.scopes import item_named

MOST_ACTS: Final = 200_000
MOST_NAMED: Final = 1_000
MOST_PERIODS: Final = 60
LEAST_FOR_CATEGORIES: Final = 5
FEW: Final = 40
"""Of fewer even one innovator is more than the 2.5 % that there should be."""

LENGTHS: Final = {DiffusionPeriod.day: 1.0, DiffusionPeriod.week: 7.0, DiffusionPeriod.month: 30.0}
EXPECTED: Final = dict(zip(AdopterCategory, (0.025, 0.135, 0.34, 0.34, 0.16), strict=True))

RULE: Final = (
    "A person counts from their first act that counts as taking it up; who made it does not. Periods are counted from "
    "the first adoption on, up to asOf, or until as long again has gone by after the last adoption as lay between the "
    "first and the last: then adoption counts as over, and until then the categories are provisional (the rule is "
    "ours). The period is the shortest of day, week and month (30 days) of which sixty at most lie between the first "
    "and the last. Bass's model is fitted by nonlinear least squares on what each period added (Srinivasan and Mason, "
    "1986; not Bass's own way), the band drawn from the joint normal of its parameters and from what it misses."
)
_REFUSALS: Final = {
    NoFit.few_adopters: f"Bass's model is not fitted to fewer than {LEAST_ADOPTERS} adopters.",
    NoFit.few_periods: f"Bass's model is not fitted to fewer than {LEAST_PERIODS} whole periods: ask for a shorter "
    "period, or later.",
    NoFit.few_busy_periods: f"Somebody adopted it in fewer than {LEAST_BUSY} of the periods: ask for a shorter one.",
    NoFit.before_the_peak: "The peak has not been passed, or not for long enough: many ends begin like this, and how "
    "many will adopt it can't be known yet.",
    NoFit.unidentified: "No curve of Bass's fits what was seen well enough to say how many will adopt it.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Uptake:
    """Who took it up and when, the earliest first; `days` are counted from the first."""

    people: list[PersonReference]
    kinds: list[AmplificationKind]
    times: list[datetime]
    days: NDArray[np.float64]
    acts: int
    others: int
    """How many people carried it further without an act that counts."""


async def diffusion(network: Network, viewer: Viewer, asked: DiffusionQuestion) -> Diffusion:
    """How explicit knowledge spread up to a moment: that of the newest evidence there is, where none is given.

    It holds what the viewer may see, or what the named audience may; who is hidden is not counted. An unknown or
    hidden item is `NotFound`; one of another kind, and a moment before it came to be, `Invalid`. Where nobody took it
    up, `reason` says so; where no model can be fitted, `bassReason` does.
    """
    seen = seen_by(viewer, asked.audience)
    item = as_id(asked.knowledge, "knowledge")
    root = await _root(network, seen, item)
    known_at = _instant(root["time"])
    until = up_to(asked.as_of, since=known_at)
    parameters = {"item": item, "until": until, "most": MOST_ACTS, "audiences": list(seen.audiences)}
    (acts,) = await network.ask("cascades/acts", parameters)
    makers = {id for id, _ in root["authors"]}
    uptake = _uptake(acts, set(asked.counting), makers)
    last = max(acts["times"], default=root["time"])
    as_of = until if asked.as_of else await _newest(network, viewer, asked, max(known_at, _instant(last)))
    return await asyncio.to_thread(_answer, asked, seen, root, uptake, as_of)


async def _root(network: Network, scope: Scope, item: str) -> dict[str, Any]:
    rows = await network.ask("cascades/root", {"item": item, "audiences": list(scope.audiences)})
    found = ItemReference(id=item, kind=rows[0]["kind"]) if rows else None
    item_named(found, item, "knowledge", ("ExplicitKnowledge",), scope)
    return rows[0]


async def _newest(network: Network, viewer: Viewer, asked: DiffusionQuestion, known: datetime) -> datetime:
    """Up to when the network has been told anything: what is silent after that was not recorded, not over."""
    evidence, _ = await evidence_of(network, scope_of(viewer, asked.audience or EVERYONE))
    dated = evidence.times[~np.isnan(evidence.times)]
    return max(known, datetime.fromtimestamp(float(dated.max()), UTC)) if len(dated) else known


def _uptake(acts: dict[str, list[Any]], counting: set[AmplificationKind], makers: set[str]) -> _Uptake:
    first: dict[str, tuple[PersonReference, AmplificationKind, datetime]] = {}
    everybody: set[str] = set()
    counted = 0
    for person, name, word, time in zip(acts["people"], acts["names"], acts["kinds"], acts["times"], strict=True):
        kind = AmplificationKind[word]
        if person in makers:
            continue
        everybody.add(person)
        if kind in counting:
            counted += 1
            first.setdefault(person, (PersonReference(id=person, name=name or ""), kind, _instant(time)))
    rows = list(first.values())
    times = [at for _, _, at in rows]
    return _Uptake(
        people=[person for person, _, _ in rows],
        kinds=[kind for _, kind, _ in rows],
        times=times,
        days=np.array([(at - times[0]) / timedelta(days=1) for at in times]),
        acts=counted,
        others=len(everybody) - len(first),
    )


def _answer(asked: DiffusionQuestion, seen: Scope, root: dict[str, Any], uptake: _Uptake, as_of: datetime) -> Diffusion:
    period = asked.period or _period(uptake.days)
    curve = _curve(uptake, as_of, LENGTHS[period])
    categories = adopter_categories(uptake.days) if len(uptake.days) >= LEAST_FOR_CATEGORIES else None
    provisional = len(uptake.times) < 2 or as_of - uptake.times[-1] < uptake.times[-1] - uptake.times[0]  # noqa: PLR2004 - one alone is no stretch of time
    adopters = _adopters(uptake, categories)
    fit = fit_bass(np.array([one.new for one in curve], dtype=np.float64))
    return Diffusion(
        knowledge=ItemReference(id=root["id"], kind=root["kind"], title=root["title"]),
        known_at=_instant(root["time"]),
        count=len(uptake.people),
        adopters=adopters,
        rest_share=rest_of(one.share for one in adopters),
        period=period,
        curve=curve,
        categories=_categories(uptake, categories),
        provisional=provisional,
        caution=_caution(uptake, categories, provisional=provisional),
        bass=_bass(fit, asked, curve, LENGTHS[period]) if isinstance(fit, BassFit) else None,
        bass_reason=None if isinstance(fit, BassFit) else _REFUSALS[fit],
        reason=_reason(uptake, asked.counting),
        basis=DiffusionBasis(
            as_of=as_of,
            audience=seen.name,
            counting=asked.counting,
            acts=uptake.acts,
            people=len(uptake.people),
            seed=asked.seed,
            draws=DRAWS,
            most_acts=MOST_ACTS,
            rule=RULE,
        ),
    )


def _period(days: NDArray[np.float64]) -> DiffusionPeriod:
    span = float(days[-1]) if len(days) else 0.0
    return next((one for one, length in LENGTHS.items() if span <= MOST_PERIODS * length), DiffusionPeriod.month)


def _curve(uptake: _Uptake, as_of: datetime, length: float) -> list[AdoptionPeriod]:
    if not uptake.times:
        return []
    start = uptake.times[0]
    last = float(uptake.days[-1])
    over = max(2 * last, last + length)
    periods = whole_periods(min((as_of - start) / timedelta(days=1), over), length)
    counted = adoption_curve(uptake.days, period_days=length, periods=periods)
    return [
        AdoptionPeriod(
            from_at=start + timedelta(days=place * length),
            until_at=start + timedelta(days=(place + 1) * length),
            new=int(counted.new[place]),
            total=int(counted.total[place]),
        )
        for place in range(periods)
    ]


def _adopters(uptake: _Uptake, found: Categories | None) -> list[Adopter]:
    names = list(AdopterCategory)
    places = [None] * len(uptake.people) if found is None else [names[place] for place in found.of.tolist()]
    rows = zip(uptake.people, uptake.times, uptake.kinds, places, strict=True)
    share = 1 / max(len(uptake.people), 1)
    shown = [Adopter(person=who, at=at, kind=kind, category=place, share=share) for who, at, kind, place in rows]
    return shown[:MOST_NAMED]


def _categories(uptake: _Uptake, found: Categories | None) -> list[AdopterCategoryShare]:
    if found is None:
        return []
    start = uptake.times[0]
    cuts: list[datetime | None] = [None, *(start + timedelta(days=cut) for cut in found.cuts.tolist()), None]
    return [
        AdopterCategoryShare(
            category=category,
            from_at=cuts[place],
            until_at=cuts[place + 1],
            count=int(found.counts[place]),
            share=int(found.counts[place]) / len(uptake.people),
            expected_share=EXPECTED[category],
        )
        for place, category in enumerate(AdopterCategory)
    ]


def _caution(uptake: _Uptake, found: Categories | None, *, provisional: bool) -> str | None:
    count = len(uptake.people)
    if not count:
        return None
    if found is None:
        few = count < LEAST_FOR_CATEGORIES
        why = f"fewer than {LEAST_FOR_CATEGORIES} took it up" if few else "all took it up at the same moment"
        return f"There are no categories, because {why}."
    said = []
    if provisional:
        said.append("Adoption may still be going on: with each adopter to come the categories move.")
    if count < FEW:
        said.append(f"Of {count} people one alone is {1 / count:.1%}: the outer categories say little.")
    if not found.counts[0]:
        said.append("It began too steeply for anybody to be an innovator by this rule.")
    return " ".join(said) or None


def _bass(fit: BassFit, asked: DiffusionQuestion, curve: Sequence[AdoptionPeriod], length: float) -> BassModel:
    coming = forecast(fit, periods=len(curve), adopted=curve[-1].total, ahead=asked.ahead, seed=asked.seed)
    columns = zip(coming.expected.tolist(), coming.lower.tolist(), coming.upper.tolist(), strict=True)
    p_error, q_error, m_error = fit.errors.tolist()
    return BassModel(
        p=fit.p,
        p_error=p_error,
        q=fit.q,
        q_error=q_error,
        m=fit.m,
        m_error=m_error,
        residual=fit.residual,
        periods=len(curve),
        peak_at=curve[0].from_at + timedelta(days=fit.peak * length),
        forecast=[
            ForecastPeriod(
                until_at=curve[-1].until_at + timedelta(days=(place + 1) * length),
                expected=expected,
                lower=lower,
                upper=upper,
            )
            for place, (expected, lower, upper) in enumerate(columns)
        ],
    )


def _reason(uptake: _Uptake, counting: list[AmplificationKind]) -> str | None:
    if uptake.people:
        return None
    words = " or ".join(Counter(kind.value for kind in counting))
    said = f"Nobody has taken it up by an act of the kind {words}, as far as this audience may see."
    if not uptake.others:
        return said
    return f"{said} {uptake.others} carried it further in other ways: name these in `counting` to count them."


def _instant(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
