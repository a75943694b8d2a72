"""Communities found in who listens to whom, and how far they agree with the declared ones."""

from typing import Annotated

from pydantic import Field

from service.model.answers import ItemReference, PersonReference, TieBasis, answer
from service.model.asking import Seed, TieQuestion, asked

Resolution = Annotated[
    float | None,
    Field(
        ge=0.001,
        le=1_000,
        description=(
            "Above 1 finds more and smaller communities, below 1 fewer. Where none is given, the one that "
            "`communityResolutions` picks."
        ),
    ),
]
FirstCommunities = Annotated[int, Field(ge=1, le=1_000, description="How many communities, from the largest on.")]
FirstMembers = Annotated[int, Field(ge=1, le=1_000, description="How many members of each.")]


@asked
class DetectedCommunitiesQuestion(TieQuestion):
    """At which resolution communities are looked for, and how many are shown."""

    resolution: Resolution = None
    seed: Seed = 0
    first: FirstCommunities = 100
    first_members: FirstMembers = 20


OF_WHO_IS_TIED = (
    "Only people with evidence are counted, who are tied to others by the moment of the answer; how many members a "
    "declared community has is another number."
)
"""Of the people of a detected community."""


@answer
class Resemblance:
    """A declared community that a detected one shares members with."""

    community: Annotated[ItemReference, Field(description="The declared community.")]
    shared: Annotated[int, Field(description="How many people belong to both.")]
    overlap: Annotated[
        float,
        Field(description="Those in both as a share of those in either (Jaccard, 1901): 1 where they are the same."),
    ]


@answer
class DistinctiveTopic:
    """A topic that a community's people speak of more than others do."""

    topic: Annotated[ItemReference, Field(description="The topic.")]
    people: Annotated[int, Field(description="How many of them told, remember or said something about it.")]
    score: Annotated[
        float,
        Field(
            description=(
                "How far it sets them apart: log-odds against all others over their standard error (Monroe, Colaresi "
                "and Quinn, 2008); about what a standard normal is where they are like the rest."
            )
        ),
    ]


@answer
class DetectedCommunity:
    """A group of people who listen more to each other than their activity alone would make them."""

    number: Annotated[int, Field(description="1 for the largest.")]
    id: Annotated[
        str | None,
        Field(
            description=(
                "The lasting id of the community that it continues, of those at the end of the last whole quarter: as "
                "in `communityHistory` by quarters, on the same audience, resolution and seed. Null where it is new."
            )
        ),
    ]
    id_reason: Annotated[str | None, Field(description="Why it has no id, in words; null where it has one.")]
    name: Annotated[
        str,
        Field(
            description=(
                "The topics that set its people apart the most, at most two; where none does, whom it is around: the "
                "member most tied to the others."
            )
        ),
    ]
    topics: Annotated[list[DistinctiveTopic], Field(description="The topics that set it apart, the most so first.")]
    size: Annotated[int, Field(description=f"How many people are in it. {OF_WHO_IS_TIED}")]
    members: Annotated[
        list[PersonReference], Field(description="Who is in it, those most tied to the others first; cut where asked.")
    ]
    resembles: Annotated[
        list[Resemblance], Field(description="The declared communities it shares most with, at most three.")
    ]


@answer
class DeclaredAgreement:
    """How far the detected communities agree with the declared ones; 1 is the same, about 0 unrelated."""

    people: Annotated[int, Field(description="How many people both place, and are compared.")]
    communities: Annotated[int, Field(description="How many declared communities those people belong to.")]
    normalised_mutual_information: Annotated[
        float | None,
        Field(description="With the arithmetic mean; grows with the number of groups. Null where nobody is compared."),
    ]
    adjusted_mutual_information: Annotated[
        float | None, Field(description="Adjusted for chance (Vinh, Epps and Bailey, 2010). Null where nobody is.")
    ]
    adjusted_rand_index: Annotated[
        float | None,
        Field(description="Of pairs, adjusted for chance (Hubert and Arabie, 1985). Null where nobody is."),
    ]
    overlapping: Annotated[int, Field(description="How many of those people are in several declared communities.")]
    omega_index: Annotated[
        float | None,
        Field(
            description=(
                "The agreement over pairs of people with every membership counted, adjusted for chance (Collins and "
                "Dent, 1988); without overlap the adjusted Rand index. Null where nobody is."
            )
        ),
    ]
    reason: Annotated[
        str | None,
        Field(description="Why there is no figure, or none that says anything, in words; null where one does."),
    ]
    flattening: Annotated[str, Field(description="How a person in several declared communities was counted.")]


@answer
class DetectionBasis(TieBasis):
    """What the communities were detected from."""

    method: Annotated[str, Field(description="How they were found.")]
    resolution: Annotated[float, Field(description="Above 1 finds more and smaller communities, below 1 fewer.")]
    resolution_rule: Annotated[str | None, Field(description="How it was picked; null where it was asked for.")]
    seed: Annotated[int, Field(description="The same seed on the same ties gives the same communities.")]
    iterations: Annotated[int, Field(description="Rounds of each run.")]
    trials: Annotated[int, Field(description="Runs, of which the best was kept.")]


@answer
class DetectedCommunities:
    """The communities that are there without anybody having declared them."""

    communities: Annotated[list[DetectedCommunity], Field(description="The largest first, as many as asked for.")]
    count: Annotated[int, Field(description="How many were found in all.")]
    untied: Annotated[int, Field(description="How many people are in none, because nothing ties them to anybody.")]
    modularity: Annotated[
        float | None,
        Field(description="The share of ties inside beyond chance (Newman and Girvan, 2004); null without ties."),
    ]
    quality: Annotated[
        float | None, Field(description="The modularity at the resolution asked for, which was maximised.")
    ]
    stability: Annotated[
        float | None,
        Field(
            description=(
                "How far ten replicates of a bootstrap over ties agree on them (adjusted mutual information, 1 where "
                "all are the same), where the resolution was picked; null where it was asked for."
            )
        ),
    ]
    agreement: Annotated[DeclaredAgreement, Field(description="How far they agree with the declared communities.")]
    reason: Annotated[str | None, Field(description="Why there is none, in words; null where there are some.")]
    caution: Annotated[str, Field(description="How to read them.")]
    basis: Annotated[DetectionBasis, Field(description="What this was computed from.")]
