"""The industrial age against the social era, in an organisation: four derived indicators, each with its error."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.answers import ItemReference, TieBasis, answer
from service.model.asking import Seed, TieQuestion, asked
from service.model.crossing import STANDS_STILL, EstimatedFigure
from service.model.ids import Id, NamesItem
from service.model.vocabulary import Vocabulary


class EraIndicator(Vocabulary):
    """What the two eras differ in (Aceto, in Coine and Babbitt, 2014), and how it is seen here; the reading is ours."""

    power = (
        "power",
        (
            "How unequally people are listened to: the Gini coefficient of how many people each would reach directly "
            "with a story. High in the boardroom, low in the living room."
        ),
    )
    leadership = (
        "leadership",
        (
            "Whether dialogue goes both ways: of the pairs in which one replied to the other within the quarter, the "
            "share in which the other replied too. Low where people campaign, high where they engage."
        ),
    )
    offer = (
        "offer",
        (
            "Who defines what is offered: of the explicit knowledge made within the quarter, the share that a "
            "community derived. Low where the organisation does, high where communities do."
        ),
    )
    trust = (
        "trust",
        (
            "Whether help comes back: of the pairs in which one supported the other within the quarter, the share in "
            "which support went both ways."
        ),
    )


@asked
class EraProfileQuestion(TieQuestion):
    """Of which organisation, over how many calendar quarters, up to the last that is over."""

    organisation: Annotated[Id, NamesItem(("Organisation",)), Field(description="The organisation.")]
    quarters: Annotated[int, Field(ge=1, le=40, description="How many quarters back.")] = 8
    seed: Seed = 0


@answer
class EraQuarter:
    """One indicator at the end of a quarter."""

    until: Annotated[datetime, Field(description="The quarter's end.")]
    people: Annotated[int, Field(description=f"How many people were counted. {STANDS_STILL}")]
    counted: Annotated[
        int | None,
        Field(description="How many people, pairs or pieces of knowledge it rests on; null where they are of a few."),
    ]
    figure: Annotated[
        EstimatedFigure,
        Field(
            description=(
                "The indicator; null where fewer than five people are behind it, or one to four behind what is in the "
                "share, or what is not. A share of all or of none has no standard error, and Wilson's interval (1927), "
                "as of no more pairs than half the people, and no more pieces than people: pairs share people."
            )
        ),
    ]
    reason: Annotated[str | None, Field(description="Why there is no figure, in words; null where there is one.")]


@answer
class EraTrend:
    """One indicator over time."""

    indicator: Annotated[EraIndicator, Field(description="Which.")]
    meaning: Annotated[str, Field(description="What it is, and which end is which era's.")]
    quarters: Annotated[list[EraQuarter], Field(description="Its figures, the oldest first.")]
    change_a_year: Annotated[
        float | None,
        Field(description="How much it changes in a year, by a line through the quarters; null under four."),
    ]
    change_standard_error: Annotated[
        float | None,
        Field(
            description=(
                "The error of that change by ordinary least squares; null under four, or where the figures are all the "
                "same. A lower bound: it takes the quarters for independent, and they share people and older evidence."
            )
        ),
    ]
    reason: Annotated[
        str | None,
        Field(description="Why its change, or the error of that, is not told, in words; null where both are."),
    ]
    caution: Annotated[
        str | None,
        Field(
            description=(
                "That its change may be of the record of what it rests on, which was only filling up, in words; null "
                "where it was not, where nothing is told, or of one quarter alone."
            )
        ),
    ]


@answer
class EraBasis(TieBasis):
    """What the profile was computed from."""

    quarters: Annotated[int, Field(description="How many quarters were looked at.")]
    seed: Annotated[int, Field(description="The seed of the bootstrap over people.")]
    bootstraps: Annotated[int, Field(description="How many times people were drawn anew for the errors.")]
    rule: Annotated[
        str, Field(description="What is told of groups, and what is not; and when a record was only filling up.")
    ]


@answer
class EraProfile:
    """How an organisation works, beside how it worked before."""

    organisation: Annotated[ItemReference, Field(description="The organisation.")]
    indicators: Annotated[list[EraTrend], Field(description="The four indicators.")]
    reason: Annotated[str | None, Field(description="Why nothing is told, in words; null where something is.")]
    basis: Annotated[EraBasis, Field(description="What this was computed from.")]
