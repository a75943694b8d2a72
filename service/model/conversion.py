"""Conversion: how far what is told gets on its way to knowledge that is used, and how long each step takes."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.answers import Basis, ItemReference, answer
from service.model.asking import NETWORK, AsOf, ComputedOn, PeopleScope, asked
from service.model.items import Instant
from service.model.knowledge import DerivationMode
from service.model.paths import RestShare
from service.model.viewer import EVERYONE
from service.model.vocabulary import Vocabulary


class ConversionStage(Vocabulary):
    """How far something told has got."""

    told = "told", "A story was told, or something was said in a conversation."
    surfaced = "surfaced", "Somebody noticed a tacit insight in it."
    derived = "derived", "Explicit knowledge was made of that insight, directly or by way of other insights."
    tested = (
        "tested",
        "That knowledge, or knowledge made of it, was tried out: in an experiment, or by who adapted or adopted it.",
    )
    adopted = "adopted", "Somebody took that knowledge, or knowledge made of it, up in their own work."


@asked
class ConversionQuestion:
    """Whose tellings are followed, and from when."""

    scope: PeopleScope = NETWORK
    since: Annotated[
        Instant | None,
        Field(
            description=(
                "What was told from then on is followed; from the beginning, else. Of a scope that is not the whole "
                "network: the first moment of a calendar month (UTC)."
            )
        ),
    ] = None
    until: Annotated[
        Instant | None,
        Field(
            description=(
                "What was told before then is followed; all that there is, else. Of a scope that is not the whole "
                "network: the first moment of a calendar month (UTC)."
            )
        ),
    ] = None
    as_of: AsOf = None
    audience: ComputedOn = EVERYONE
    explain: Annotated[
        bool, Field(description="Whether to name the tellings that got furthest, each with its share.")
    ] = False


@answer
class StageReached:
    """How many of the tellings got as far as one stage."""

    stage: Annotated[ConversionStage, Field(description="The stage.")]
    count: Annotated[
        int | None,
        Field(description="How many tellings reached it, or a later one; null where too few people stand behind it."),
    ]
    stories: Annotated[int | None, Field(description="How many of these are stories; null likewise.")]
    contributions: Annotated[
        int | None, Field(description="How many of these were said in conversations; null likewise.")
    ]
    things: Annotated[
        int | None,
        Field(
            description=(
                "How many different things stand there: tellings, insights, knowledge made, tested, adopted. Several "
                "may come of one telling, and several tellings may go into one. Null where the count is."
            )
        ),
    ]
    share_of_told: Annotated[
        float | None, Field(description="The count as a share of all that was told; null where nothing was, or one is.")
    ]
    share_of_previous: Annotated[
        float | None,
        Field(
            description=(
                "As a share of those that reached the stage before; null for the first, where none did, or one is."
            )
        ),
    ]
    reason: Annotated[
        str | None,
        Field(description="Why a figure is null, in words; null where none is but the first one's second share."),
    ]


@answer
class ConversionPoint:
    """One moment of a curve, counted in days since the waiting began."""

    day: Annotated[float, Field(description="Days since the waiting began.")]
    at_risk: Annotated[int, Field(description="How many were still waiting just before, and under observation.")]
    waiting: Annotated[
        float, Field(description="Kaplan and Meier's share that has not converted; what was abandoned is censored.")
    ]
    standard_error: Annotated[float, Field(description="Greenwood's standard error of that share.")]
    lower: Annotated[float, Field(description="The lower end of its 95 % interval.")]
    upper: Annotated[float, Field(description="The upper end of its 95 % interval.")]
    converted: Annotated[
        float,
        Field(description="Aalen and Johansen's share that has converted, abandonment being a risk of its own."),
    ]
    converted_lower: Annotated[float, Field(description="The lower end of that share's 95 % interval.")]
    converted_upper: Annotated[float, Field(description="The upper end of that share's 95 % interval.")]
    abandoned: Annotated[float, Field(description="The share that was abandoned by then, in the same sense.")]


@answer
class ConversionStep:
    """How long it takes from one stage to another."""

    from_stage: Annotated[ConversionStage, Field(description="Where the waiting begins.")]
    to_stage: Annotated[ConversionStage, Field(description="Where it ends.")]
    of: Annotated[str, Field(description="What is waiting: tellings, insights or knowledge, and of it what, in words.")]
    count: Annotated[
        int | None,
        Field(
            description=(
                "How many began to wait: not what was adopted by the act that tested it, which never waited between; "
                "null where too few people stand behind them."
            )
        ),
    ]
    converted: Annotated[int | None, Field(description="How many got there before they were abandoned; null likewise.")]
    abandoned: Annotated[
        int | None, Field(description="How many were abandoned before: superseded, or given up; null likewise.")
    ]
    waiting: Annotated[
        int | None, Field(description="How many were still waiting at the end: censored, not dropped; null likewise.")
    ]
    half_days: Annotated[
        float | None,
        Field(
            description=(
                "By how many days a half of all has converted, by the curve that counts abandonment as a risk of its "
                "own; null where it never comes to that."
            )
        ),
    ]
    half_lower: Annotated[float | None, Field(description="The lower end of its 95 % interval.")]
    half_upper: Annotated[
        float | None, Field(description="Its upper end; null where the curve does not say how long it may be.")
    ]
    median_days: Annotated[
        float | None,
        Field(
            description=(
                "Kaplan and Meier's median: after how many days a half would have, if nothing were ever abandoned; "
                "null where it never comes to that."
            )
        ),
    ]
    median_lower: Annotated[float | None, Field(description="The lower end of the median's 95 % interval.")]
    median_upper: Annotated[
        float | None, Field(description="Its upper end; null where the curve does not say how long it may be.")
    ]
    curve: Annotated[
        list[ConversionPoint],
        Field(description="The curve, a point for each day on which something ended; of many, evenly chosen ones."),
    ]
    reason: Annotated[str | None, Field(description="Why there is no curve or no median, in words; null else.")]


@answer
class ModeCount:
    """How often one of the four conversions took place in the scope and window."""

    mode: Annotated[DerivationMode, Field(description="Which conversion.")]
    count: Annotated[int | None, Field(description="How many derivations; null where too few people made them.")]
    share: Annotated[float | None, Field(description="Its share of all of them; null where there are none, or one is.")]
    reason: Annotated[str | None, Field(description="Why a figure is null, in words; null where none is.")]


@answer
class FurthestTelling:
    """One of the tellings that got furthest."""

    item: Annotated[ItemReference, Field(description="What was told.")]
    told_at: Annotated[datetime, Field(description="When.")]
    days: Annotated[float, Field(description="How many days it took to get there.")]
    share: Annotated[
        float, Field(description="Its share of the count of that stage; all of them and the rest add up to 1.")
    ]


@answer
class ConversionBasis(Basis):
    """What the funnel was read from."""

    since: Annotated[datetime | None, Field(description="From when tellings were followed; null for the beginning.")]
    until: Annotated[datetime | None, Field(description="Before when they were told; null for no end.")]
    people: Annotated[int | None, Field(description="Of how many people; null where the scope is not of people.")]
    withheld: Annotated[int, Field(description="How many figures are not told as too few people stand behind them.")]
    tellings: Annotated[
        int | None, Field(description="How many tellings were followed; null where too few people told them.")
    ]
    surfacings: Annotated[int, Field(description="How many surfacings were looked at.")]
    derivations: Annotated[int, Field(description="How many derivations.")]
    experiments: Annotated[int, Field(description="How many experiments.")]
    uptakes: Annotated[int, Field(description="How many adoptions and adaptations.")]
    rule: Annotated[str, Field(description="What counts as what, in words.")]


@answer
class Conversion:
    """What became of what was told: how much, and how soon."""

    scope: Annotated[str, Field(description="Whose tellings: `the network`, or the name of the scope.")]
    scope_item: Annotated[
        ItemReference | None, Field(description="The organisation, community or topic; null for the network.")
    ]
    stages: Annotated[list[StageReached], Field(description="The funnel, from told to adopted.")]
    steps: Annotated[list[ConversionStep], Field(description="How long each step takes.")]
    modes: Annotated[
        list[ModeCount], Field(description="The four conversions of knowledge in the scope and window (SECI).")
    ]
    furthest: Annotated[
        ConversionStage | None,
        Field(description="The last stage that is told to have been reached; one that is withheld may have been."),
    ]
    contributions: Annotated[
        list[FurthestTelling],
        Field(description="With `explain`: the tellings that reached it, the soonest first, a thousand at most."),
    ]
    rest_share: RestShare
    reason: Annotated[str | None, Field(description="Why there is nothing to follow, in words; null where there is.")]
    basis: Annotated[ConversionBasis, Field(description="What this was read from.")]
