"""Amplification paths: the ways along which something told is likely to travel."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.answers import (
    ChanceBasis,
    EvidenceKind,
    ItemReference,
    OneIn,
    PersonReference,
    Probability,
    answer,
    answer_by_the_dozen,
)
from service.model.asking import TieQuestion, asked
from service.model.ids import GroupId, PersonId
from service.model.vocabulary import Vocabulary

MOST_PATHS = 50
MOST_HOPS = 10
MOST_AVOIDED = 100
MOST_THROUGH = 3
ROUNDING = 1e-9


@asked
class AmplificationPathsQuestion(TieQuestion):
    """From whom to whom, and how many paths of which length."""

    from_: Annotated[PersonId, Field(alias="from", description="Who tells: a person's id.")]
    to: Annotated[
        GroupId,
        Field(
            description="Whom to reach: the id of a person, community, organisation or topic; of a group, its people."
        ),
    ]
    k: Annotated[int, Field(ge=1, le=MOST_PATHS, description="How many paths.")] = 5
    max_hops: Annotated[int, Field(ge=1, le=MOST_HOPS, description="The most steps of a path.")] = 6
    avoid: Annotated[
        list[PersonId],
        Field(default_factory=list, max_length=MOST_AVOIDED, description="People whom no path may pass: their ids."),
    ]
    through: Annotated[
        list[PersonId],
        Field(
            default_factory=list,
            max_length=MOST_THROUGH,
            description="People whom every path has to pass, in any order: their ids.",
        ),
    ]
    explain: Annotated[
        bool, Field(description="Whether each step lists every act that it rests on, with its share.")
    ] = False


class PathOutcome(Vocabulary):
    """Whether there are paths, and if not, why not."""

    found = "found", "There are paths."
    no_listeners = "no_listeners", "Nobody listens to the person it starts from."
    no_tellers = "no_tellers", "Whoever it is to reach listens to nobody."
    no_members = (
        "no_members",
        "Beside the person it starts from and those to avoid, it has nobody whom the audience may know of.",
    )
    barred = (
        "barred",
        "There are paths of so few hops, but each passes somebody to avoid, or not all who are to be passed.",
    )
    out_of_reach = "out_of_reach", "There are ties at both ends, and no path of so few hops between them."
    gave_up = (
        "gave_up",
        "There are ties at both ends, and the search gave up before it was known whether there is so short a path.",
    )


@answer
class EvidenceCount:
    """How much evidence of one kind there is."""

    kind: Annotated[EvidenceKind, Field(description="The kind of evidence.")]
    count: Annotated[int, Field(description="How many acts of that kind.")]


@answer_by_the_dozen
class TieEvidence:
    """What shows that one person listens to another."""

    count: Annotated[int, Field(description="How many acts show it.")]
    kinds: Annotated[list[EvidenceCount], Field(description="How many of each kind, the most frequent first.")]
    latest_at: Annotated[datetime | None, Field(description="When the newest took place; null if none has a time.")]
    items: Annotated[list[ItemReference], Field(description="The newest of these acts, at most five.")]


@answer
class ActShare:
    """What one act adds to the tie between two people."""

    item: Annotated[ItemReference, Field(description="The act.")]
    kind: Annotated[EvidenceKind, Field(description="Which kind of evidence it is.")]
    at: Annotated[datetime | None, Field(description="When it took place; null if nobody knows.")]
    share: Annotated[
        float,
        Field(ge=0, le=1, description="Its share, of what `basis.shares` says; all shares of a tie add up to 1."),
    ]


RestShare = Annotated[
    float,
    Field(
        ge=0,
        le=1,
        description="The share of what is not shown, beyond the first thousand; with it all shares add up to 1.",
    ),
]


def rest_of(shares: Iterable[float]) -> float:
    """The share that is left beside those shown; nothing, where nothing is shown or only a rounding is left."""
    shown = list(shares)
    left = 1 - sum(shown) if shown else 0.0
    return left if left > ROUNDING else 0.0


@answer
class TieContribution:
    """What comes about by way of one tie, and the acts that the tie rests on."""

    teller: Annotated[PersonReference, Field(description="Who tells.")]
    listener: Annotated[PersonReference, Field(description="Who takes it up from them.")]
    probability: Annotated[Probability, Field(description="The chance of that step.")]
    one_in: OneIn
    people: Annotated[
        float, Field(description="How many people it comes to by way of that step first, the listener among them.")
    ]
    share: Annotated[float, Field(ge=0, le=1, description="Their share; all contributions and the rest add up to 1.")]
    acts: Annotated[list[ActShare], Field(description="Every act that the tie rests on, the largest share first.")]


@answer_by_the_dozen
class PathStep:
    """One step of a path: what the teller tells, the listener takes up."""

    teller: Annotated[PersonReference, Field(description="Who tells, or from the second step on passes it on.")]
    listener: Annotated[PersonReference, Field(description="Who takes it up.")]
    probability: Probability
    one_in: OneIn
    evidence: Annotated[TieEvidence, Field(description="What shows that the listener listens to the teller.")]
    contributions: Annotated[
        list[ActShare],
        Field(description="Every act that it rests on, the largest share first; empty unless `explain` is asked."),
    ]


@answer
class AmplificationPath:
    """One path, from the first teller to whom it reaches."""

    rank: Annotated[int, Field(description="1 for the most probable path.")]
    probability: Probability
    one_in: OneIn
    hops: Annotated[int, Field(description="How many steps it has.")]
    reaches: Annotated[PersonReference, Field(description="Who is reached: the person, or one of the group.")]
    steps: Annotated[list[PathStep], Field(description="The steps, in the order in which it would travel.")]


@answer
class PathsBasis(ChanceBasis):
    """What the paths were computed from."""

    question: Annotated[str, Field(description="What the probabilities are the chance of, in words.")]
    k: Annotated[int, Field(description="How many paths were asked for.")]
    max_hops: Annotated[int, Field(description="The most steps that a path could have.")]
    targets: Annotated[int, Field(description="How many people would count as reached.")]
    shares: Annotated[str, Field(description="What the shares of acts are shares of, in words.")]


@answer
class AmplificationPaths:
    """The most probable paths from one person to another, or to anybody of a community, organisation or topic."""

    from_: Annotated[PersonReference, Field(alias="from", description="Who tells.")]
    to: Annotated[ItemReference, Field(description="Whom it is to reach: a person, community, organisation or topic.")]
    avoided: Annotated[list[PersonReference], Field(description="Whom no path may pass.")]
    through: Annotated[list[PersonReference], Field(description="Whom every path has to pass.")]
    paths: Annotated[
        list[AmplificationPath], Field(description="The paths, the most probable first; none where `reason` says why.")
    ]
    outcome: Annotated[PathOutcome, Field(description="Whether there are paths; if not, why not.")]
    reason: Annotated[str | None, Field(description="Why there is no path, in words; null where there is one.")]
    complete: Annotated[
        bool, Field(description="False where the search gave up: then paths may be missing after the last one shown.")
    ]
    basis: Annotated[PathsBasis, Field(description="What this was computed from.")]
