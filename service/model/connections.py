"""Next connections: who should come to listen to somebody, that what they tell may travel further."""

from typing import Annotated

from pydantic import Field

from service.model.amplifiers import GroupGain
from service.model.answers import ItemReference, PersonReference, answer
from service.model.asking import GroupBy, Seed, TieQuestion, asked
from service.model.ids import PersonId
from service.model.paths import ActShare, RestShare, TieContribution
from service.model.reach import PeopleEstimate, ReachBasis

MOST_CONNECTIONS = 50


@asked
class NextConnectionsQuestion(TieQuestion):
    """For whom, how many, and who is to go first."""

    person: Annotated[PersonId, Field(description="Who is to be heard further: a person's id.")]
    first: Annotated[int, Field(ge=1, le=MOST_CONNECTIONS, description="How many are shown.")] = 5
    prefer_shared_purpose: Annotated[
        bool,
        Field(
            description=(
                "Whether those go first who share a purpose with the person: they hold it, or belong to a community "
                "that pursues it."
            )
        ),
    ] = False
    prefer_other_organisations: Annotated[
        bool, Field(description="Whether those go first who are in another organisation.")
    ] = False
    probability: Annotated[
        float | None,
        Field(
            gt=0,
            le=0.99,
            description="The chance that a new tie carries one story; the mean of the network's ties, where none.",
        ),
    ] = None
    seed: Seed = 0
    group_by: Annotated[GroupBy, Field(description="By what those who are reached are told apart.")] = GroupBy.community
    explain: Annotated[
        bool,
        Field(description="Whether to show over which ties each would bring what they bring, with the acts behind."),
    ] = False


@answer
class OpenedGroup(GroupGain):
    """How many people of one group are added to those whom the person reaches."""

    reached: Annotated[float, Field(description="How many of it the person reaches now, in the mean.")]


@answer
class NextConnection:
    """Somebody who does not listen to the person yet, and what it would bring if they did."""

    rank: Annotated[int, Field(description="1 for whom to meet first.")]
    person: Annotated[PersonReference, Field(description="Who would come to listen.")]
    gain: Annotated[
        PeopleEstimate,
        Field(description="How many people more would be reached, by other sets than those that ranked them."),
    ]
    shared_purposes: Annotated[
        list[ItemReference],
        Field(
            description=(
                "The purposes that both hold or that a community of theirs pursues, as far as the audience knows."
            )
        ),
    ]
    organisation: Annotated[
        ItemReference | None, Field(description="Where they work; null where the audience does not know.")
    ]
    other_organisation: Annotated[
        bool | None, Field(description="Whether that is another one than the person's; null where one is not known.")
    ]
    heard: Annotated[bool, Field(description="Whether the person listens to them, so that it would go both ways.")]
    groups: Annotated[list[OpenedGroup], Field(description="Where it adds the most: three groups at most.")]
    contributions: Annotated[
        list[TieContribution],
        Field(
            description=(
                "Over which ties of theirs it would come to others whom the person does not reach, the most first; "
                "unless `explain`, none."
            )
        ),
    ]
    rest_share: RestShare
    heard_acts: Annotated[
        list[ActShare],
        Field(description="Where the person listens to them: the acts that show it. Unless `explain`, none."),
    ]
    reason: Annotated[str, Field(description="Why they are suggested, in words.")]


@answer
class ConnectionsBasis(ReachBasis):
    """What the suggestions were computed from."""

    probability: Annotated[float, Field(description="The chance that a new tie was taken to carry one story.")]
    assumption: Annotated[str, Field(description="Where that chance comes from, in words.")]
    shares: Annotated[str, Field(description="What the shares of acts are shares of, in words.")]
    sets: Annotated[
        int, Field(description="How many reverse reachable sets chose; as many others estimated what they bring.")
    ]


@answer
class NextConnections:
    """Who should come to listen to somebody."""

    person: Annotated[PersonReference, Field(description="Who is to be heard further.")]
    people: Annotated[PeopleEstimate, Field(description="How many others take up what they tell now.")]
    connections: Annotated[
        list[NextConnection], Field(description="The suggestions, the best first; none where `reason` says why.")
    ]
    together: Annotated[PeopleEstimate, Field(description="How many more, if all of these came to listen.")]
    reason: Annotated[str | None, Field(description="Why there are fewer than asked for; null where there are not.")]
    caution: Annotated[str, Field(description="What the figures do not say.")]
    basis: Annotated[ConnectionsBasis, Field(description="What this was computed from.")]
