"""Reach: how far something would travel, told today by these people."""

from typing import Annotated

from pydantic import Field

from service.model.answers import ChanceBasis, OneIn, PersonReference, Probability, answer
from service.model.asking import GroupBy, Seed, TieQuestion, asked
from service.model.boundaries import GroupReference
from service.model.ids import PersonId
from service.model.paths import RestShare, TieContribution

MOST_TELLERS = 100
FEWEST_RUNS = 100
MOST_RUNS = 10_000
MOST_GROUPS = 200


@asked
class ReachQuestion(TieQuestion):
    """Who tells, and how the answer is worked out."""

    people: Annotated[
        list[PersonId], Field(min_length=1, max_length=MOST_TELLERS, description="Who tells it today: people's ids.")
    ]
    runs: Annotated[
        int, Field(ge=FEWEST_RUNS, le=MOST_RUNS, description="In how many runs it is simulated; more, more exactly.")
    ] = 1_000
    seed: Seed = 0
    group_by: Annotated[GroupBy, Field(description="By what those who are reached are told apart.")] = GroupBy.community
    first_groups: Annotated[int, Field(ge=0, le=MOST_GROUPS, description="How many groups are shown.")] = 20
    explain: Annotated[
        bool,
        Field(description="Whether to show by whose taking it up how many would be reached, with the acts behind."),
    ] = False


@answer
class PeopleEstimate:
    """An expected number of people, with the error of its estimate."""

    mean: Annotated[float, Field(description="How many are to be expected, in the mean.")]
    standard_error: Annotated[float, Field(description="The standard error of that mean.")]
    low: Annotated[float, Field(description="The lower end of its interval of 95 %.")]
    high: Annotated[float, Field(description="The upper end of that interval.")]


@answer
class ReachedGroup:
    """What would reach one group."""

    group: Annotated[GroupReference, Field(description="The group.")]
    people: Annotated[PeopleEstimate, Field(description="How many of it would take it up, those who tell left out.")]
    chance: Annotated[Probability, Field(description="The chance that anybody of it does.")]
    one_in: Annotated[OneIn | None, Field(description="That chance as 1 in N; null where it never happened.")]
    reachable: Annotated[int, Field(description="To how many of it any way leads, however improbable.")]


@answer
class ReachBasis(ChanceBasis):
    """What the reach was computed from."""

    question: Annotated[str, Field(description="What is counted, in words.")]
    method: Annotated[str, Field(description="How it was worked out, and after whom.")]
    seed: Annotated[int, Field(description="The seed: the same gives the same answer.")]


@answer
class SimulatedBasis(ReachBasis):
    """What a simulated reach was computed from."""

    runs: Annotated[int, Field(description="In how many runs it was simulated.")]
    shares: Annotated[str, Field(description="What the shares of acts are shares of, in words.")]


@answer
class Reach:
    """How far something would travel."""

    tellers: Annotated[list[PersonReference], Field(description="Who tells it.")]
    people: Annotated[
        PeopleEstimate, Field(description="How many others would take it up, directly or through others.")
    ]
    usual_low: Annotated[int, Field(description="In 19 of 20 runs it was at least so many,")]
    usual_high: Annotated[
        int,
        Field(
            description=(
                "and at most so many: how much chance alone makes of it. Stories vary more: whoever passes one on may "
                "be heard by all who listen to them, and whoever keeps it by none."
            )
        ),
    ]
    chance: Annotated[Probability, Field(description="The chance that anybody takes it up at all.")]
    one_in: Annotated[OneIn | None, Field(description="That chance as 1 in N; null where it never happened.")]
    reachable: Annotated[int, Field(description="To how many others any way leads, however improbable.")]
    groups: Annotated[list[ReachedGroup], Field(description="By group, where the most would be reached first.")]
    group_count: Annotated[int, Field(description="How many groups there are, shown or not.")]
    groups_out_of_reach: Annotated[int, Field(description="To how many of them no way leads at all.")]
    ungrouped: Annotated[PeopleEstimate, Field(description="How many of those reached are in no group.")]
    contributions: Annotated[
        list[TieContribution],
        Field(
            description=(
                "By which first steps it would come about, the largest first, with the acts behind each; unless "
                "`explain`, none."
            )
        ),
    ]
    rest_share: RestShare
    reason: Annotated[str | None, Field(description="Why nobody would be reached; null where anybody is.")]
    caution: Annotated[str, Field(description="What the figures do not say.")]
    basis: Annotated[SimulatedBasis, Field(description="What this was computed from.")]
