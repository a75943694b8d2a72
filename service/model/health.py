"""A community's health at a glance: new voices, newcomers, replies, who speaks and whether it comes back."""

from typing import Annotated

from pydantic import Field

from service.model.answers import ItemReference, TieBasis, answer
from service.model.asking import Seed, TieQuestion, WindowMonths, asked
from service.model.crossing import STANDS_STILL, EstimatedFigure, WindowFrom, WindowUntil
from service.model.ids import CommunityId


@asked
class CommunityHealthQuestion(TieQuestion):
    """Of which community, over which window."""

    community: Annotated[CommunityId, Field(description="The community.")]
    window_months: WindowMonths = 3
    seed: Seed = 0


@answer
class HealthShare:
    """A share with its interval: so many of so many."""

    count: Annotated[int | None, Field(description="How many; null where that would tell of a few.")]
    of: Annotated[int | None, Field(description="Of how many; null of a few, or of all members but a few.")]
    share: Annotated[float | None, Field(description="The share; null of none.")]
    low: Annotated[float | None, Field(description="The lower end of its 95 % interval (Wilson, 1927).")]
    high: Annotated[float | None, Field(description="The upper end.")]


@answer
class StagePlace:
    """How far the community is on one dimension."""

    dimension: Annotated[str, Field(description="The dimension, as `conventions` has it.")]
    reached: Annotated[
        str | None, Field(description="The furthest stage of it that was reached, whenever; null where none is.")
    ]
    step: Annotated[int, Field(description="Its place on the dimension, from 1; 0 where none was reached.")]
    steps: Annotated[int, Field(description="How many stages the dimension has.")]


@answer
class HealthBasis(TieBasis):
    """What a community's health was computed from."""

    window_months: Annotated[
        int, Field(description="Over how many whole months, up to the end of the last calendar quarter.")
    ]
    window_from: WindowFrom
    window_until: WindowUntil
    members: Annotated[
        int | None, Field(description=f"How many members there were at the window's end. {STANDS_STILL}")
    ]
    tellings: Annotated[
        int | None,
        Field(
            description=(
                "How many tellings of theirs in the window; null where one to four told them, or those of a quarter "
                "of it."
            )
        ),
    ]
    seed: Annotated[int, Field(description="The seed of the bootstrap.")]
    bootstraps: Annotated[int, Field(description="How many times people were drawn anew for the errors.")]
    rule: Annotated[str, Field(description="What counts, and what is told of groups.")]


@answer
class CommunityHealth:
    """How a community is doing."""

    community: Annotated[ItemReference, Field(description="The community.")]
    stages: Annotated[list[StagePlace], Field(description="How far it is on each dimension.")]
    stages_elsewhere: Annotated[
        list[str],
        Field(description="Stages that it reached and that lie on no dimension, as `conventions` has them now."),
    ]
    new_voices: Annotated[
        HealthShare, Field(description="Of the members who told something in the window, who had never before.")
    ]
    newcomers_answered: Annotated[
        HealthShare,
        Field(
            description=(
                "Of newcomers who in the year up to the window's end told their first that replies to nothing, within "
                "a year of joining, who got a reply by then. They are taken in when there are five more."
            )
        ),
    ]
    days_to_first_answer: Annotated[
        int | None,
        Field(
            description=(
                "Within how many whole days half of those newcomers had it (Kaplan and Meier, 1958); null where it has "
                "not come to half yet, or the share is not told."
            )
        ),
    ]
    newcomers_staying: Annotated[
        HealthShare,
        Field(
            description=(
                "Of those who joined six to eighteen months before the window's end, who told something or attended to "
                "anybody in it, while they belonged. They are taken in when there are five more; who left counts as "
                "gone."
            )
        ),
    ]
    replied: Annotated[
        HealthShare,
        Field(
            description=(
                "Of the members' tellings that reply to nothing themselves (stories, and contributions to no earlier "
                "one), those that had a reply within two weeks: of the quarters that are one before those of the "
                "window, for all have had their two weeks then. So few as would tell of one to four people wait, and "
                "are told of with those of a later quarter."
            )
        ),
    ]
    voice_gini: Annotated[
        EstimatedFigure,
        Field(
            description=(
                "How unequally all members at the window's end speak in it, the silent included (Gini, 1912): 0 all "
                "alike, 1 one alone; in hundredths. Null under 20 members, or where 1 to 4 spoke or did not, in it or "
                "in a part of it. Where most are silent it is near 1 whoever speaks."
            )
        ),
    ]
    voice_gini_of_speakers: Annotated[
        EstimatedFigure,
        Field(
            description=(
                "The same among the members who spoke in the window; null under 20, or where 1 to 4 did not, in it or "
                "in a part of it."
            )
        ),
    ]
    voice_of_top_tenth: Annotated[
        EstimatedFigure,
        Field(
            description=(
                "Which share of tellings the most talkative tenth of all members has, the silent included, in "
                "hundredths; null under 50 members, or where 1 to 4 spoke or did not, in it or in a part of it."
            )
        ),
    ]
    reciprocity: Annotated[
        EstimatedFigure,
        Field(
            description=(
                "The share of ties among members that are returned; null where one to four have those, or the others."
            )
        ),
    ]
    days_since_last_story: Annotated[
        int | None,
        Field(description="Whole days, up to the month's end; null where fewer than five members ever told one."),
    ]
    reason: Annotated[
        str | None, Field(description="Why nothing is told, or some of it not, in words; null where all is.")
    ]
    basis: Annotated[HealthBasis, Field(description="What this was computed from.")]
