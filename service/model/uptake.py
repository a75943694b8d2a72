"""Uptakes: how likely it is that something told is taken up, and how far such chances held."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.answers import LEFT_OUT, CalibrationBin, PassedOn, SimplerWay, TieBasis, answer
from service.model.asking import NETWORK, RegisteredScope, TieQuestion, asked


@asked
class CalibrationQuestion(TieQuestion):
    """How far the chances that something told is taken up held, quarter by quarter, when it was known what happened.

    Of less than the whole network up to the end of the last calendar month, and of the scope's people as they are told
    of there: those of an earlier month until at least five have come or gone.
    """

    scope: RegisteredScope = NETWORK
    horizon_days: Annotated[
        int, Field(ge=1, le=365, description="Within how many days something told has to be taken up.")
    ] = 90


@answer
class UptakeScores:
    """How good chances were: the less the better, but for the area under the curve."""

    opportunities: Annotated[int, Field(description="How many tellings to somebody who had listened before.")]
    uptakes: Annotated[int, Field(description="How many of those were taken up in time.")]
    log_loss: Annotated[float, Field(description="The mean of -log of the chance given to what happened, in nats.")]
    brier: Annotated[float, Field(description="The mean squared difference between chance and what happened.")]
    auc: Annotated[
        float | None,
        Field(description="How often what was taken up had the higher chance of two; null where all was, or nothing."),
    ]
    calibration_error: Annotated[
        float, Field(description="By how much chances and shares differ, in the mean of ten bins of equal size.")
    ]


@answer
class SimplerScores:
    """How a simpler way fared on the same opportunities."""

    way: Annotated[SimplerWay, Field(description="Which way.")]
    scores: Annotated[UptakeScores, Field(description="How good its chances were.")]
    gain: Annotated[float, Field(description="By how much the log loss of what was learnt is lower.")]
    gain_error: Annotated[
        float | None, Field(description="The standard error of that, what was told to several counted once.")
    ]


@answer
class CalibrationQuarter:
    """A fit to all that was known at the start of a quarter, scored on what was told in it."""

    start: Annotated[datetime, Field(description="What was known by then was learnt from.")]
    end: Annotated[datetime, Field(description="What was told up to then was scored.")]
    learnt_from: Annotated[int, Field(description="How many opportunities were learnt from.")]
    base_rate: Annotated[float, Field(description="The share of those that was taken up.")]
    half_life_days: Annotated[float, Field(description="The half-life that was learnt.")]
    scores: Annotated[UptakeScores, Field(description="How good its chances were.")]
    best_simpler: Annotated[SimplerWay, Field(description="The simpler way that came closest, or did better.")]
    best_simpler_log_loss: Annotated[float, Field(description="The log loss of that one.")]


@answer
class UptakeSignal:
    """Something that was known when it was told, and how it counts."""

    name: Annotated[str, Field(description="What it is, in a word or two.")]
    meaning: Annotated[str, Field(description="What it is, in a sentence.")]
    coefficient: Annotated[
        float, Field(description="By how much a standard deviation more of it raises the log odds of an uptake.")
    ]
    words: Annotated[str, Field(description="The same in words.")]


@answer
class UptakeFit:
    """What was learnt."""

    trained_until: Annotated[datetime, Field(description="What was known by then was learnt from.")]
    opportunities: Annotated[int, Field(description="How many tellings to somebody who had listened before.")]
    uptakes: Annotated[int, Field(description="How many of those were taken up in time.")]
    base_rate: Annotated[float, Field(description="The share of them.")]
    half_life_days: Annotated[float, Field(description="After how many days an act counts half.")]
    share: Annotated[
        float, Field(description="The share of all tellings that was looked at; below 1 in a large network.")
    ]
    signals: Annotated[list[UptakeSignal], Field(description="What counts, the strongest first.")]


@answer
class KeptTakers:
    """Numbers of people that were foretold of stories, beside those who came."""

    stories: Annotated[
        int, Field(description="On how many stories, told since; one counts once for each answer that foretold it.")
    ]
    expected: Annotated[float, Field(description="How many people were expected, in the mean of a story.")]
    happened: Annotated[float, Field(description="How many there were.")]
    seen: Annotated[
        float | None,
        Field(
            description=(
                "To how many of them ties led when it was foretold, all along the way by which it came to them: the "
                "others nobody could foretell. Null where that would tell of fewer than five people."
            )
        ),
    ]
    difference: Annotated[
        float | None, Field(description="How many more of those there were than expected, in the mean; null with them.")
    ]
    difference_error: Annotated[
        float | None, Field(description="The standard error of that, what one person told counted as one observation.")
    ]


@answer
class KeptSuggestions:
    """What became of new ties since they were suggested, as far as it is known.

    What was suggested in hindsight, of a moment long past, does not count: nobody could have followed it.
    """

    suggestions: Annotated[int, Field(description="How many ties were suggested that have had their time.")]
    made: Annotated[int, Field(description="How many of them were made: the one came to listen to the other in time.")]
    share: Annotated[float, Field(description="The share of them.")]
    share_low: Annotated[float, Field(description="Where the 95 % interval of the share begins.")]
    share_high: Annotated[float, Field(description="Where it ends.")]
    rise_where_made: Annotated[
        float | None,
        Field(
            description=(
                "How many more people reacted to a story, in the mean, after it was suggested to its teller than "
                "before, where the tie was made; null for fewer than five such tellers."
            )
        ),
    ]
    rise_where_not: Annotated[
        float | None, Field(description="The same where it was not made: what would have come about anyway.")
    ]


@answer
class KeptPredictions:
    """How what answers to everyone foretold, from what was known at their `asOf`, compares with what happened since.

    Said ahead is what was asked within a week of that moment: it is compared with what came after it was asked. What
    was asked later is said in hindsight, and compared with what came after its `asOf`: it rests on nothing that became
    known later, but of whom it was asked may have been chosen by what did. On a community's audience nothing that is
    foretold is kept.
    """

    predictions: Annotated[
        int,
        Field(description="How many answers foretold something, within this horizon; of the newest 20,000, if more."),
    ]
    waiting: Annotated[int, Field(description="Of how many it is not known yet what happened.")]
    scores: Annotated[
        UptakeScores | None,
        Field(description="How good their chances were, on each story that was told since; null without one."),
    ]
    predicted: Annotated[float | None, Field(description="The mean chance that was foretold.")]
    observed: Annotated[float | None, Field(description="The share that was taken up.")]
    takers: Annotated[
        KeptTakers | None,
        Field(description="How many listeners were expected to take up what somebody tells; null for too few people."),
    ]
    people: Annotated[
        KeptTakers | None,
        Field(
            description=(
                "How many people one teller was expected to reach, directly and through others, beside all who reacted "
                "up to asOf; null for too few people."
            )
        ),
    ]
    suggestions: Annotated[
        KeptSuggestions | None,
        Field(
            description=(
                "What became of the next connections that were suggested; null for too few people, and in hindsight."
            )
        ),
    ]
    reason: Annotated[str | None, Field(description="Why there are no scores; null where there are.")]


@answer
class CalibrationBasis(TieBasis):
    """What a calibration was computed from."""

    question: Annotated[str, Field(description="What the chances are the chance of, in words.")]
    scope: Annotated[str, Field(description="Whose uptakes were scored.")]
    horizon_days: Annotated[int, Field(description="Within how many days.")]
    half_lives_tried: Annotated[list[float], Field(description="The half-lives among which one was learnt.")]
    fewest_opportunities: Annotated[int, Field(description="With fewer behind it nothing is learnt.")]
    fewest_uptakes: Annotated[int, Field(description="With fewer of them taken up nothing is learnt.")]
    rule: Annotated[str, Field(description="What counts as an opportunity and as an uptake.")]


@answer
class Calibration:
    """How far the chances held that something told is taken up."""

    learnt: Annotated[
        bool, Field(description="Whether what was learnt foretold better than every simpler way, and so is to be used.")
    ]
    verdict: Annotated[str, Field(description="How far to trust the chances, in words.")]
    warning: Annotated[str | None, Field(description="Why they deserve less trust; null where nothing speaks for it.")]
    reason: Annotated[str | None, Field(description="Why nothing was scored; null where something was.")]
    scores: Annotated[
        UptakeScores | None,
        Field(
            description=(
                "Over all quarters, each by the fit to what was known at its start; of a scope null where its people, "
                "or all others, are fewer than five."
            )
        ),
    ]
    simpler: Annotated[list[SimplerScores], Field(description="How the simpler ways fared on the same.")]
    curve: Annotated[
        list[CalibrationBin], Field(description=f"What was foretold beside what happened, by chance; {LEFT_OUT}.")
    ]
    quarters: Annotated[list[CalibrationQuarter], Field(description=f"Each quarter by itself; {LEFT_OUT}.")]
    fit: Annotated[UptakeFit | None, Field(description="What is learnt from all that is known by now.")]
    passed_on: Annotated[
        PassedOn | None,
        Field(
            description=(
                "How much less is heard what is passed on than what is told first-hand, from everybody's uptakes; null "
                "where the chances are not learnt: it counts alike then."
            )
        ),
    ]
    kept: Annotated[
        KeptPredictions,
        Field(description="How what answers to everyone had foretold ahead by `asOf` compares with what happened."),
    ]
    hindsight: Annotated[
        KeptPredictions,
        Field(
            description=(
                "The same of what was asked in hindsight: by anybody, and at any time up to now whatever `asOf`, so "
                "that asking more alters it."
            )
        ),
    ]
    basis: Annotated[CalibrationBasis, Field(description="What this was computed from.")]
