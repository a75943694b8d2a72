"""Certainty: how sure it is who belongs to which detected community, had a little else been seen of the ties."""

from typing import Annotated

from pydantic import Field

from service.model.answers import PersonReference, answer
from service.model.asking import Seed, TieQuestion, asked
from service.model.detection import OF_WHO_IS_TIED, DetectionBasis, FirstCommunities, FirstMembers, Resolution


@asked
class MembershipCertaintyQuestion(TieQuestion):
    """Of which communities, and how often the ties are drawn anew."""

    resolution: Resolution = None
    seed: Seed = 0
    replicates: Annotated[
        int, Field(ge=2, le=1_000, description="How often the ties are drawn anew and communities found in them.")
    ] = 100
    first: FirstCommunities = 100
    first_members: FirstMembers = 20


@answer
class CertainMember:
    """How sure it is that a person belongs to those with whom they are grouped."""

    person: Annotated[PersonReference, Field(description="The person.")]
    certainty: Annotated[
        float | None,
        Field(
            description=(
                "With which share of the others of their community they are found again, on average over the "
                "replicates in which anything ties them; null where nobody else is in it."
            )
        ),
    ]


@answer
class CertainCommunity:
    """How sure a detected community is."""

    number: Annotated[int, Field(description="Its number in `detectedCommunities`: 1 for the largest.")]
    name: Annotated[str, Field(description="Its name there.")]
    size: Annotated[int, Field(description=f"How many people are in it. {OF_WHO_IS_TIED}")]
    certainty: Annotated[float | None, Field(description="The mean over its people; null where it has but one.")]
    members: Annotated[
        list[CertainMember], Field(description="Its people, the least sure first, as many as asked for.")
    ]


@answer
class CertaintyBasis(DetectionBasis):
    """What the certainty was computed from."""

    replicates: Annotated[int, Field(description="How often the ties were drawn anew.")]


@answer
class MembershipCertainty:
    """How certain each membership of a detected community is."""

    communities: Annotated[list[CertainCommunity], Field(description="The largest first, as many as asked for.")]
    count: Annotated[int, Field(description="How many communities the ties themselves show.")]
    count_low: Annotated[int | None, Field(description="Nine tenths of the replicates have this many or more ...")]
    count_high: Annotated[int | None, Field(description="... and this many or fewer.")]
    certainty: Annotated[float | None, Field(description="The mean over everybody.")]
    unsure: Annotated[int, Field(description="How many people are found with less than half of their community.")]
    rule: Annotated[str, Field(description="How certainty was measured.")]
    reason: Annotated[str | None, Field(description="Why there is none, in words; null where there is some.")]
    basis: Annotated[CertaintyBasis, Field(description="What this was computed from.")]
