"""Diffusion: how knowledge spread among those who took it up, and how it may go on."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.amplification import AmplificationKind
from service.model.answers import Basis, ItemReference, PersonReference, answer
from service.model.asking import AsOf, Seed, SeenBy, asked
from service.model.ids import Id, NamesItem
from service.model.paths import RestShare
from service.model.vocabulary import Vocabulary


class DiffusionPeriod(Vocabulary):
    """How long the periods are that a curve is counted in, every one as long as the next."""

    day = "day", "24 hours."
    week = "week", "Seven days."
    month = "month", "30 days."


class AdopterCategory(Vocabulary):
    """Rogers's five categories (2003), by how early one adopted against the mean and the standard deviation (sd)."""

    innovator = "innovator", "Earlier than the mean by more than two sd: 2.5 % of a normal curve."
    early_adopter = "early_adopter", "Earlier by one to two sd: 13.5 %."
    early_majority = "early_majority", "Earlier by less than one sd: 34 %."
    late_majority = "late_majority", "Later by less than one sd: 34 %."
    laggard = "laggard", "Later by one sd or more: 16 %."


@asked
class DiffusionQuestion:
    """Which knowledge, and what counts as taking it up."""

    knowledge: Annotated[Id, NamesItem(("ExplicitKnowledge",)), Field(description="The id of explicit knowledge.")]
    counting: Annotated[
        list[AmplificationKind],
        Field(
            min_length=1,
            max_length=6,
            description="What counts as taking it up: `adopt`, where nothing is said; a person counts once.",
        ),
    ] = Field(default_factory=lambda: [AmplificationKind.adopt])
    period: Annotated[
        DiffusionPeriod | None,
        Field(description="The period to count in; where none is given, the shortest that needs sixty at most."),
    ] = None
    ahead: Annotated[int, Field(ge=1, le=120, description="How many periods to forecast.")] = 12
    seed: Seed = 1
    as_of: AsOf = None
    audience: SeenBy = None


@answer
class AdoptionPeriod:
    """One period of the curve."""

    from_at: Annotated[datetime, Field(description="When it begins.")]
    until_at: Annotated[datetime, Field(description="When it is over.")]
    new: Annotated[int, Field(description="How many took it up in this period.")]
    total: Annotated[int, Field(description="How many had taken it up by its end.")]


@answer
class Adopter:
    """Somebody who took it up."""

    person: Annotated[PersonReference, Field(description="Who.")]
    at: Annotated[datetime, Field(description="When they first did.")]
    kind: Annotated[AmplificationKind, Field(description="How they first did.")]
    category: Annotated[
        AdopterCategory | None, Field(description="How early that was; null where there are no categories.")
    ]
    share: Annotated[
        float, Field(description="Their share of all who took it up; all shares and the rest add up to 1.")
    ]


@answer
class AdopterCategoryShare:
    """How many are in one of the five categories."""

    category: Annotated[AdopterCategory, Field(description="The category.")]
    from_at: Annotated[datetime | None, Field(description="From when one falls into it; null for the first.")]
    until_at: Annotated[datetime | None, Field(description="Before when one falls into it; null for the last.")]
    count: Annotated[int, Field(description="How many are in it.")]
    share: Annotated[float, Field(description="Their share of all who took it up.")]
    expected_share: Annotated[float, Field(description="The share that it has of a normal curve, after Rogers.")]


@answer
class ForecastPeriod:
    """One coming period."""

    until_at: Annotated[datetime, Field(description="When it is over.")]
    expected: Annotated[float, Field(description="How many will have taken it up by then, if the model holds.")]
    lower: Annotated[float, Field(description="The lower end of the 95 % band.")]
    upper: Annotated[float, Field(description="The upper end of the 95 % band.")]


@answer
class BassModel:
    """Bass's model (1969), fitted to the periods so far by nonlinear least squares."""

    p: Annotated[float, Field(description="Innovation: the chance, a period, to adopt without anybody before one.")]
    p_error: Annotated[float, Field(description="Its standard error.")]
    q: Annotated[float, Field(description="Imitation: what is added to that chance when all others have adopted.")]
    q_error: Annotated[float, Field(description="Its standard error.")]
    m: Annotated[float, Field(description="How many will take it up in the end.")]
    m_error: Annotated[float, Field(description="Its standard error.")]
    residual: Annotated[float, Field(description="By how many adopters a period the model misses, typically.")]
    periods: Annotated[int, Field(description="How many periods it was fitted to.")]
    peak_at: Annotated[datetime, Field(description="When most took it up at once, after the model.")]
    forecast: Annotated[list[ForecastPeriod], Field(description="How it would go on.")]


@answer
class DiffusionBasis(Basis):
    """What the curve was computed from."""

    counting: Annotated[list[AmplificationKind], Field(description="What counted as taking it up.")]
    acts: Annotated[int, Field(description="How many such acts were looked at.")]
    people: Annotated[int, Field(description="By how many people, those who made it left aside.")]
    seed: Annotated[int, Field(description="The seed of the forecast's band.")]
    draws: Annotated[int, Field(description="How many courses were drawn for the band.")]
    most_acts: Annotated[int, Field(description="How many acts are looked at, at most; the oldest are.")]
    rule: Annotated[str, Field(description="How the curve, the categories and the model are made, in words.")]


@answer
class Diffusion:
    """How knowledge spread."""

    knowledge: Annotated[ItemReference, Field(description="The knowledge.")]
    known_at: Annotated[datetime, Field(description="When it came to be.")]
    count: Annotated[int, Field(description="How many people took it up.")]
    adopters: Annotated[list[Adopter], Field(description="Who, the earliest first; a thousand at most.")]
    rest_share: RestShare
    period: Annotated[DiffusionPeriod, Field(description="The period of the curve.")]
    curve: Annotated[
        list[AdoptionPeriod],
        Field(description="The curve, from the first adoption on; a period that is not over yet is not in it."),
    ]
    categories: Annotated[
        list[AdopterCategoryShare], Field(description="The five categories; none, where there are too few to say.")
    ]
    provisional: Annotated[
        bool, Field(description="Whether adoption may still go on, so that who is late now may be early in the end.")
    ]
    caution: Annotated[str | None, Field(description="What to be careful about in the categories; null for nothing.")]
    bass: Annotated[BassModel | None, Field(description="The model and its forecast; null where it was refused.")]
    bass_reason: Annotated[str | None, Field(description="Why there is no model, in words; null where there is one.")]
    reason: Annotated[str | None, Field(description="Why nobody is in the curve, in words; null where somebody is.")]
    basis: Annotated[DiffusionBasis, Field(description="What this was computed from.")]
