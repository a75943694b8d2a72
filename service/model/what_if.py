"""What if: somebody leaves, people meet, communities join; the same questions before and after, side by side."""

from typing import Annotated

from pydantic import Field

from service.model.amplifiers import Amplifier, AmplifiersFor
from service.model.answers import ItemReference, OneIn, PersonReference, Probability, TieBasis, answer
from service.model.asking import GroupBy, Seed, TieQuestion, asked
from service.model.boundaries import GroupReference
from service.model.connections import NextConnection
from service.model.ids import CommunityId, GroupId, Id, NamesItem, PersonId
from service.model.paths import MOST_HOPS, ActShare, RestShare
from service.model.reach import FEWEST_RUNS, MOST_GROUPS, PeopleEstimate

MOST_LEAVING = 100
MOST_MEETING = 20
MOST_TELLING = 100
MOST_RUNS = 100_000
MOST_COMPARED = 20
"""Paths, people to tell or new ties that are set side by side."""


@asked
class WhatIfQuestion(TieQuestion):
    """What would change, and what is to be asked before and after."""

    leaves: Annotated[
        list[PersonId], Field(default_factory=list, max_length=MOST_LEAVING, description="People who leave: their ids.")
    ]
    meet: Annotated[
        list[PersonId],
        Field(
            default_factory=list,
            max_length=MOST_MEETING,
            description="People who meet, two or more: each of them listens to each other from then on.",
        ),
    ]
    merge: Annotated[
        list[CommunityId],
        Field(
            default_factory=list,
            max_length=2,
            description="Two communities that join: each member listens to each member of the other from then on.",
        ),
    ]
    probability: Annotated[
        float | None,
        Field(
            gt=0,
            le=0.99,
            description=(
                "The chance that who meets or joins takes up one story of the other's. Where none is given: for who "
                "meets, the mean of all ties; for who joins, the mean over all pairs inside the two communities."
            ),
        ),
    ] = None
    reach_of: Annotated[
        list[PersonId],
        Field(default_factory=list, max_length=MOST_TELLING, description="Whose reach is compared: people's ids."),
    ]
    from_: Annotated[
        Annotated[Id, NamesItem(("Person", "Community"))] | None,
        Field(alias="from", description="Where the path starts that is compared: a person or a community."),
    ] = None
    to: Annotated[
        GroupId | None,
        Field(description="Where that path leads: the id of a person, community, organisation or topic."),
    ] = None
    k: Annotated[
        int, Field(ge=1, le=MOST_COMPARED, description="How many of the most probable paths are compared.")
    ] = 1
    max_hops: Annotated[int, Field(ge=1, le=MOST_HOPS, description="The most steps of a path.")] = 6
    amplifiers_for: Annotated[
        AmplifiersFor | None,
        Field(description="For whom is asked before and after whom to tell; as `for` of `amplifiers`."),
    ] = None
    budget: Annotated[int, Field(ge=1, le=MOST_COMPARED, description="How many people are to be named for that.")] = 5
    connections_of: Annotated[
        PersonId | None,
        Field(description="Whose next connections are asked for before and after: a person's id."),
    ] = None
    first_connections: Annotated[int, Field(ge=1, le=MOST_COMPARED, description="How many of these are shown.")] = 5
    runs: Annotated[
        int, Field(ge=FEWEST_RUNS, le=MOST_RUNS, description="How many runs the reach is simulated in.")
    ] = 1_000
    seed: Seed = 0
    group_by: Annotated[GroupBy, Field(description="By what those who are reached are told apart.")] = GroupBy.community
    first_groups: Annotated[int, Field(ge=0, le=MOST_GROUPS, description="How many groups are shown.")] = 20
    explain: Annotated[
        bool,
        Field(
            description=(
                "Whether to show over which changed ties more or fewer people are reached, and on which acts the ties "
                "and the steps of the paths rest."
            )
        ),
    ] = False


@answer
class WhatIfEstimate:
    """A figure, and between what it lies with 95 %."""

    mean: Annotated[float, Field(description="The estimate.")]
    low: Annotated[float, Field(description="The lower end of its interval.")]
    high: Annotated[float, Field(description="The upper end; equal to the lower where it is no estimate.")]


@answer
class WhatIfFigures:
    """One figure before and after."""

    before: Annotated[WhatIfEstimate, Field(description="As it is.")]
    after: Annotated[WhatIfEstimate, Field(description="As it would be.")]
    difference: Annotated[WhatIfEstimate, Field(description="After less before, run by run or person by person.")]


@answer
class WhatIfChange:
    """What was changed, with how much comes and goes by it."""

    leaving: Annotated[list[PersonReference], Field(description="Who leaves.")]
    meeting: Annotated[list[PersonReference], Field(description="Who meets.")]
    merging: Annotated[list[ItemReference], Field(description="The communities that join.")]
    meeting_probability: Annotated[
        float | None, Field(description="The chance of each tie between those who meet; null where nobody does.")
    ]
    merging_probability: Annotated[
        float | None, Field(description="The chance of each tie between those who join; null where nobody does.")
    ]
    assumption: Annotated[str, Field(description="Where those chances come from, and what they mean, in words.")]


@answer
class WhatIfNetwork:
    """What the change does to the network as a whole."""

    people_before: Annotated[int, Field(description="How many people there are.")]
    people_after: Annotated[int, Field(description="How many stay.")]
    ties_before: Annotated[int, Field(description="How many ties carry something.")]
    ties_after: Annotated[int, Field(description="How many would.")]
    ties_lost: Annotated[int, Field(description="How many go with those who leave.")]
    ties_gained: Annotated[int, Field(description="How many come in between people who had none.")]
    ties_strengthened: Annotated[int, Field(description="How many become more probable than they were.")]
    cut_off: Annotated[
        int,
        Field(
            description=(
                "How many of those who stay would no longer be in the largest group of people whom ties connect, "
                "whichever way they lead, and are now."
            )
        ),
    ]
    disconnected: Annotated[
        WhatIfFigures | None,
        Field(
            description=(
                "The share of ordered pairs of those who stay between whom no way leads, however long; "
                "null where fewer than two stay."
            )
        ),
    ]
    sampled_people: Annotated[
        int, Field(description="From how many people the pairs were counted: exact where that is all who stay.")
    ]


@answer
class WhatIfStep:
    """One step of a path."""

    teller: Annotated[PersonReference, Field(description="Who tells.")]
    listener: Annotated[PersonReference, Field(description="Who takes it up.")]
    probability: Probability
    one_in: OneIn
    assumed: Annotated[bool, Field(description="Whether the tie comes in by the change: nothing shows it yet.")]
    acts: Annotated[
        list[ActShare],
        Field(description="Every act that the tie rests on, the largest share first; empty unless `explain`."),
    ]


@answer
class WhatIfPath:
    """One of the most probable paths."""

    probability: Probability
    one_in: OneIn
    hops: Annotated[int, Field(description="How many steps it has.")]
    steps: Annotated[list[WhatIfStep], Field(description="The steps, in the order in which it would travel.")]


@answer
class WhatIfPaths:
    """The most probable paths before and after."""

    from_: Annotated[ItemReference, Field(alias="from", description="Where it starts: a person or a community.")]
    to: Annotated[ItemReference, Field(description="Where it leads.")]
    before: Annotated[list[WhatIfPath], Field(description="As it is, the most probable first.")]
    after: Annotated[list[WhatIfPath], Field(description="As it would be, the most probable first.")]
    reason: Annotated[
        str | None, Field(description="Why there is none on one side or both, in words; null where there are.")
    ]


@answer
class WhatIfAmplifiersSide:
    """Whom to tell, on one side of a change."""

    amplifiers: Annotated[list[Amplifier], Field(description="Whom to tell, the first first.")]
    people: Annotated[PeopleEstimate, Field(description="How many of those who count they reach together.")]
    without: Annotated[
        PeopleEstimate | None, Field(description="How many others the person reaches alone; null where for a group.")
    ]
    reason: Annotated[str | None, Field(description="Why there are fewer than asked for; null where there are not.")]


@answer
class WhatIfAmplifiers:
    """Whom to tell, before and after; each side is chosen for itself, as `amplifiers` would."""

    for_: Annotated[ItemReference | None, Field(alias="for", description="Whom it is for; null for the whole network.")]
    before: Annotated[WhatIfAmplifiersSide, Field(description="As it is.")]
    after: Annotated[WhatIfAmplifiersSide, Field(description="As it would be.")]


@answer
class WhatIfConnectionsSide:
    """Which new ties to make, on one side of a change."""

    connections: Annotated[list[NextConnection], Field(description="The suggestions, the best first.")]
    people: Annotated[PeopleEstimate, Field(description="How many others take up what the person tells.")]
    together: Annotated[PeopleEstimate, Field(description="How many more, if all of these came to listen.")]
    reason: Annotated[str | None, Field(description="Why there are fewer than asked for; null where there are not.")]


@answer
class WhatIfConnections:
    """Which new ties to make for somebody, before and after, as `nextConnections` would."""

    person: Annotated[PersonReference, Field(description="Who is to be heard further.")]
    probability: Annotated[
        float, Field(description="The chance that a new tie was taken to carry one story, on both sides alike.")
    ]
    before: Annotated[WhatIfConnectionsSide, Field(description="As it is.")]
    after: Annotated[WhatIfConnectionsSide, Field(description="As it would be.")]


@answer
class WhatIfGroup:
    """How many of one group would be reached, before and after."""

    group: Annotated[GroupReference, Field(description="The group, as it is.")]
    people: Annotated[WhatIfFigures, Field(description="The expected number of its people who are reached.")]


@answer
class WhatIfTie:
    """A tie that changes, and how many people are reached more or fewer by way of it."""

    teller: Annotated[PersonReference, Field(description="Who tells.")]
    listener: Annotated[PersonReference, Field(description="Who takes it up from them.")]
    before: Annotated[
        float,
        Field(ge=0, le=1, description="The chance of that step as it is, told first-hand; 0 where there is no tie."),
    ]
    after: Annotated[float, Field(ge=0, le=1, description="The same as it would be; 0 where the tie goes.")]
    people: Annotated[
        float,
        Field(
            description=(
                "How many people more, or with a minus fewer, are reached by way of it, the listener among them: "
                "those who are reached on one side only, in the same throws of the coins."
            )
        ),
    ]
    share: Annotated[
        float, Field(ge=0, le=1, description="Its share of all that is gained and lost; all and the rest add up to 1.")
    ]
    acts: Annotated[
        list[ActShare], Field(description="Every act that the tie rests on as it is; none for one that comes in.")
    ]


@answer
class WhatIfReach:
    """How many people would be reached if all who are named told it today; those who tell do not count."""

    tellers: Annotated[list[PersonReference], Field(description="Who tells; who leaves tells only before.")]
    people: Annotated[WhatIfFigures, Field(description="The expected number of others who are reached.")]
    groups: Annotated[
        list[WhatIfGroup], Field(description="By group, before and after, where the difference is the largest first.")
    ]
    group_count: Annotated[int, Field(description="How many groups there are, shown or not.")]
    ungrouped: Annotated[WhatIfFigures, Field(description="How many of those reached are in no group.")]
    contributions: Annotated[
        list[WhatIfTie],
        Field(
            description=(
                "Over which changed ties more or fewer are reached, those who tell left out, the most first; unless "
                "`explain`, none. In throws of their own: together they are the difference but for the error of both."
            )
        ),
    ]
    rest_share: RestShare


@answer
class WhatIfBasis(TieBasis):
    """What the comparison was computed from."""

    question: Annotated[str, Field(description="What is asked before and after, in words.")]
    prior: Annotated[str, Field(description="How the probability of a tie follows from its evidence.")]
    runs: Annotated[int, Field(description="In how many runs each reach was simulated.")]
    seed: Annotated[int, Field(description="The seed: the same gives the same answer.")]
    max_hops: Annotated[int, Field(description="The most steps that a path could have.")]
    method: Annotated[str, Field(description="How before and after were compared.")]
    shares: Annotated[str, Field(description="What the shares of acts are shares of, in words.")]


@answer
class WhatIf:
    """The network as it is and as it would be, side by side."""

    change: Annotated[WhatIfChange, Field(description="What was changed.")]
    network: Annotated[WhatIfNetwork, Field(description="What that does to the network as a whole.")]
    reach: Annotated[WhatIfReach | None, Field(description="Null where nobody's reach was asked for.")]
    path: Annotated[WhatIfPaths | None, Field(description="Null where no path was asked for.")]
    amplifiers: Annotated[WhatIfAmplifiers | None, Field(description="Null where `amplifiersFor` says nobody.")]
    connections: Annotated[WhatIfConnections | None, Field(description="Null where `connectionsOf` says nobody.")]
    caution: Annotated[str, Field(description="What this cannot say.")]
    basis: Annotated[WhatIfBasis, Field(description="What this was computed from.")]
