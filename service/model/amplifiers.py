"""Amplifiers: who, told first, would carry something further than anybody else."""

from typing import Annotated

from pydantic import Field, StringConstraints

from service.model.answers import ItemReference, PersonReference, answer
from service.model.asking import NETWORK, GroupBy, Seed, TieQuestion, asked
from service.model.boundaries import GroupReference
from service.model.ids import ID_FORM, PersonId
from service.model.paths import RestShare, TieContribution
from service.model.reach import PeopleEstimate, ReachBasis

MOST_PICKS = 100
MOST_EXCLUDED = 1_000

AmplifiersFor = Annotated[
    str, StringConstraints(max_length=300, pattern=rf"^({NETWORK}|(person|organisation|community|topic):{ID_FORM})$")
]
"""For whom somebody is told: the network, a person, or a group."""


@asked
class AmplifiersQuestion(TieQuestion):
    """Whose impact is to grow, or whom it is to reach, and how many people may be asked to help."""

    for_: Annotated[
        AmplifiersFor,
        Field(
            alias="for",
            description=(
                "`person:ID`: who adds the most to what that person reaches alone. `community:ID`, `organisation:ID` "
                "or `topic:ID`: who reaches the most people of it. `network`: who reaches the most of all."
            ),
        ),
    ] = NETWORK
    budget: Annotated[int, Field(ge=1, le=MOST_PICKS, description="How many people are to be named.")] = 5
    exclude: Annotated[
        list[PersonId],
        Field(default_factory=list, max_length=MOST_EXCLUDED, description="People who are not to be named: their ids."),
    ]
    outside_only: Annotated[
        bool, Field(description="Whether only people outside of the community, organisation or topic may be named.")
    ] = False
    epsilon: Annotated[
        float,
        Field(
            ge=0.05,
            le=0.5,
            description="By how much less than 1 - 1/e of the best a choice may reach; the less, the longer it takes.",
        ),
    ] = 0.2
    seed: Seed = 0
    group_by: Annotated[GroupBy, Field(description="By what those who are reached are told apart.")] = GroupBy.community
    explain: Annotated[
        bool, Field(description="Whether to show by which ties of theirs it comes about, with the acts behind each.")
    ] = False


@answer
class GroupGain:
    """How many people of one group are added."""

    group: Annotated[GroupReference, Field(description="The group.")]
    people: Annotated[float, Field(description="How many of it are to be expected, in the mean.")]


@answer
class Amplifier:
    """Somebody to tell, and what comes of it beside what comes of telling those before."""

    rank: Annotated[int, Field(description="1 for whom to tell if only one.")]
    person: Annotated[PersonReference, Field(description="Whom to tell.")]
    gain: Annotated[
        PeopleEstimate,
        Field(description="How many people more take it up than by those before; themselves too, where they count."),
    ]
    share: Annotated[float, Field(ge=0, le=1, description="Their share of all that is gained; shares add up to 1.")]
    listeners: Annotated[int, Field(description="How many people listen to them.")]
    inside: Annotated[bool | None, Field(description="Whether they are of the group; null where it is not for one.")]
    listens: Annotated[
        bool | None, Field(description="Whether they listen to the person it is for already; null where for a group.")
    ]
    groups: Annotated[list[GroupGain], Field(description="Where they add the most: three groups at most.")]
    reason: Annotated[str, Field(description="Why they are named, in words.")]


@answer
class AmplifiersBasis(ReachBasis):
    """What the choice was computed from."""

    budget: Annotated[int, Field(description="How many people were to be named.")]
    epsilon: Annotated[float, Field(description="By how much less than 1 - 1/e of the best it may reach.")]
    targets: Annotated[int, Field(description="How many people count as reached.")]
    candidates: Annotated[int, Field(description="How many people could be named.")]
    sets: Annotated[
        int, Field(description="How many reverse reachable sets chose; as many others estimated what they reach.")
    ]
    shares: Annotated[str, Field(description="What the shares of acts are shares of, in words.")]


@answer
class Amplifiers:
    """Whom to tell, the first first."""

    for_: Annotated[ItemReference | None, Field(alias="for", description="Whom it is for; null for the whole network.")]
    amplifiers: Annotated[list[Amplifier], Field(description="Whom to tell; nobody where `reason` says why.")]
    people: Annotated[
        PeopleEstimate, Field(description="How many of those who count they reach together, themselves where they do.")
    ]
    without: Annotated[
        PeopleEstimate | None, Field(description="How many others the person reaches alone; null where for a group.")
    ]
    groups: Annotated[list[GroupGain], Field(description="Where those reached are: the ten groups with the most.")]
    contributions: Annotated[
        list[TieContribution],
        Field(
            description=(
                "By which ties of those named the others who count are reached, each told in turn, the most first; "
                "unless `explain`, none."
            )
        ),
    ]
    rest_share: RestShare
    at_least_of_best: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            description="No other choice of as many reaches so much that this is less than such a share of it.",
        ),
    ]
    complete: Annotated[
        bool, Field(description="False where fewer sets were drawn than `epsilon` asks for, as they grew too large.")
    ]
    reason: Annotated[str | None, Field(description="Why there are fewer than asked for; null where there are not.")]
    caution: Annotated[str, Field(description="What the figures do not say.")]
    basis: Annotated[AmplifiersBasis, Field(description="What this was computed from.")]
