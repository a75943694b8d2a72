"""Amplification paths: the ways along which something told is likely to travel."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.answers import (
    EvidenceKind,
    ItemReference,
    OneIn,
    PersonReference,
    Probability,
    TieBasis,
    answer,
)
from service.model.asking import TieQuestion, asked
from service.model.ids import Id
from service.model.vocabulary import Vocabulary

MOST_PATHS = 50
MOST_HOPS = 10


@asked
class AmplificationPathsQuestion(TieQuestion):
    """From whom to whom, and how many paths of which length."""

    from_: Annotated[Id, Field(alias="from", description="Who tells: a person's id.")]
    to: Annotated[Id, Field(description="Whom to reach: a person's or a community's id.")]
    k: Annotated[int, Field(ge=1, le=MOST_PATHS, description="How many paths.")] = 5
    max_hops: Annotated[int, Field(ge=1, le=MOST_HOPS, description="The most steps of a path.")] = 6


class PathOutcome(Vocabulary):
    """Whether there are paths, and if not, why not."""

    found = "found", "There are paths."
    no_listeners = "no_listeners", "Nobody listens to the person it starts from."
    no_tellers = "no_tellers", "Whoever it is to reach listens to nobody."
    no_members = (
        "no_members",
        "Beside the person it starts from, the community has no member whom the audience may know of.",
    )
    out_of_reach = "out_of_reach", "There are ties at both ends, and no path of so few hops between them."


@answer
class EvidenceCount:
    """How much evidence of one kind there is."""

    kind: Annotated[EvidenceKind, Field(description="The kind of evidence.")]
    count: Annotated[int, Field(description="How many acts of that kind.")]


@answer
class TieEvidence:
    """What shows that one person listens to another."""

    count: Annotated[int, Field(description="How many acts show it.")]
    kinds: Annotated[list[EvidenceCount], Field(description="How many of each kind, the most frequent first.")]
    latest_at: Annotated[datetime | None, Field(description="When the newest took place; null if none has a time.")]
    items: Annotated[list[ItemReference], Field(description="The newest of these acts, at most five.")]


@answer
class PathStep:
    """One step of a path: what the teller tells, the listener takes up."""

    teller: Annotated[PersonReference, Field(description="Who tells.")]
    listener: Annotated[PersonReference, Field(description="Who takes it up.")]
    probability: Probability
    one_in: OneIn
    evidence: Annotated[TieEvidence, Field(description="What shows that the listener listens to the teller.")]


@answer
class AmplificationPath:
    """One path, from the first teller to whom it reaches."""

    rank: Annotated[int, Field(description="1 for the most probable path.")]
    probability: Probability
    one_in: OneIn
    hops: Annotated[int, Field(description="How many steps it has.")]
    reaches: Annotated[PersonReference, Field(description="Who is reached: the person, or a member of the community.")]
    steps: Annotated[list[PathStep], Field(description="The steps, in the order in which it would travel.")]


@answer
class PathsBasis(TieBasis):
    """What the paths were computed from."""

    question: Annotated[str, Field(description="What the probabilities are the chance of, in words.")]
    base_rate: Annotated[
        float, Field(description="The assumed chance that one fresh act of weight 1 stands for: a prior.")
    ]
    learnt: Annotated[
        bool,
        Field(description="Whether the probabilities were learnt from this network's own past; else a stated prior."),
    ]
    prior: Annotated[str, Field(description="How the probability of a tie follows from its evidence.")]
    k: Annotated[int, Field(description="How many paths were asked for.")]
    max_hops: Annotated[int, Field(description="The most steps that a path could have.")]
    targets: Annotated[int, Field(description="How many people would count as reached.")]


@answer
class AmplificationPaths:
    """The most probable paths from one person to another, or to any member of a community."""

    from_: Annotated[PersonReference, Field(alias="from", description="Who tells.")]
    to: Annotated[ItemReference, Field(description="Whom it is to reach: a person or a community.")]
    paths: Annotated[
        list[AmplificationPath], Field(description="The paths, the most probable first; none where `reason` says why.")
    ]
    outcome: Annotated[PathOutcome, Field(description="Whether there are paths; if not, why not.")]
    reason: Annotated[str | None, Field(description="Why there is no path, in words; null where there is one.")]
    complete: Annotated[
        bool, Field(description="False where the search gave up: then paths may be missing after the last one shown.")
    ]
    basis: Annotated[PathsBasis, Field(description="What this was computed from.")]
