"""Resolutions: how coarse or fine the communities are that are looked for, and which of them the ties speak for."""

from typing import Annotated

from pydantic import Field

from service.model.answers import TieBasis, answer
from service.model.asking import Seed, TieQuestion, asked


@asked
class CommunityResolutionsQuestion(TieQuestion):
    """How often each resolution is tried."""

    seed: Seed = 0
    runs: Annotated[
        int, Field(ge=2, le=30, description="How many other seeds, and how many replicates of the ties, are tried.")
    ] = 10


@answer
class RunAgreement:
    """How far runs agree with each other, the mean over each run and the next; 1 where all are the same."""

    adjusted_mutual_information: Annotated[
        float | None, Field(description="Adjusted for chance (Vinh, Epps and Bailey, 2010); null where nobody is tied.")
    ]
    normalised_mutual_information: Annotated[
        float | None, Field(description="With the arithmetic mean; grows with the number of groups.")
    ]


@answer
class ResolutionFound:
    """What one resolution finds."""

    resolution: Annotated[float, Field(description="Above 1 finds more and smaller communities, below 1 fewer.")]
    picked: Annotated[bool, Field(description="Whether this is the one that the ties speak for.")]
    communities: Annotated[int, Field(description="How many communities it finds.")]
    sizes: Annotated[list[int], Field(description="How many people the largest ten have.")]
    median_size: Annotated[float | None, Field(description="Half of the communities are no larger; null without any.")]
    modularity: Annotated[
        float | None,
        Field(description="The share of ties inside beyond chance (Newman and Girvan, 2004), at resolution 1."),
    ]
    estimate: Annotated[
        float | None,
        Field(
            description=(
                "The resolution at which what was found would be most likely (Newman, 2016): where it is the one asked "
                "for, the ties speak for it. Null for one community."
            )
        ),
    ]
    across_seeds: Annotated[RunAgreement, Field(description="How far runs from other seeds agree.")]
    across_ties: Annotated[
        RunAgreement, Field(description="How far runs on replicates of a bootstrap over ties agree: the stability.")
    ]


@answer
class SweepBasis(TieBasis):
    """What the resolutions were tried on."""

    method: Annotated[str, Field(description="How communities were found.")]
    seed: Annotated[int, Field(description="The same seed on the same ties gives the same answer.")]
    runs: Annotated[int, Field(description="How many seeds, and replicates of the ties, were tried at each.")]


@answer
class CommunityResolutions:
    """What each resolution finds in who listens to whom, and which one is picked."""

    resolutions: Annotated[list[ResolutionFound], Field(description="The resolutions, from the lowest.")]
    picked: Annotated[float | None, Field(description="The resolution picked; null where nobody is tied.")]
    rule: Annotated[str, Field(description="How it was picked.")]
    reason: Annotated[str | None, Field(description="Why there is none, in words; null where there is one.")]
    caution: Annotated[str, Field(description="How to read them.")]
    basis: Annotated[SweepBasis, Field(description="What this was computed from.")]
