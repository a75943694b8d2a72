"""How certain it is who belongs to which detected community, by a bootstrap over ties."""

import asyncio
from typing import Final

import numpy as np

from service.measures.detection_certainty import Certainty, certainty
from service.measures.progress import part
from service.model.certainty import (
    CertainCommunity,
    CertainMember,
    CertaintyBasis,
    MembershipCertainty,
    MembershipCertaintyQuestion,
)
from service.model.viewer import Viewer
from service.operations.detection import NO_EVIDENCE
from service.operations.finding import found_in
from service.operations.naming import community_names, topics_spoken_of
from service.operations.network import Network
from service.operations.projection import scope_of, standing
from service.operations.references import person_of, references

HALF: Final = 0.5
RULE: Final = (
    "A bootstrap over ties, never over seeds: in each replicate every tie counts a Poisson number of times (mean 1), "
    "and communities are found anew at the same resolution. A person's certainty is the share of the others of their "
    "community with whom they are found again, a community's the mean over its people. A replicate misses about "
    "a third of the ties, so in a sparse network certainty errs on the low side."
)


async def membership_certainty(
    network: Network, viewer: Viewer, asked: MembershipCertaintyQuestion
) -> MembershipCertainty:
    """How certain each membership of the communities of `detectedCommunities` is, the least sure people first.

    The same ties, resolution, seed and number of replicates give the same answer. `Invalid` for a moment without
    evidence.
    """
    tied = await standing(network, scope_of(viewer, asked.audience), asked.as_of)
    with part(0.0, HALF):
        found = await found_in(tied, asked.resolution, asked.seed)
    with part(HALF, 1.0):
        sure = await asyncio.to_thread(certainty, found.ties, found.detection, count=asked.replicates)
    groups = await asyncio.to_thread(found.groups, asked.first)
    called = await community_names(
        network, tied, found.detection.labels, dict(enumerate(groups)), await topics_spoken_of(network, tied)
    )
    doubtful = [_least_sure(group, sure, asked.first_members) for group in groups]
    people = tied.projection.people
    names = await references(network, tied.scope.audiences, {people[one] for group in doubtful for one in group})
    known = sure.people[~np.isnan(sure.people)]
    low, high = sure.count_interval if found.detection.sizes else (None, None)
    return MembershipCertainty(
        communities=[
            CertainCommunity(
                number=number,
                name=name.words,
                size=found.detection.sizes[number - 1],
                certainty=_known(sure.communities[number - 1]),
                members=[
                    CertainMember(person=person_of(names[people[one]]), certainty=_known(sure.people[one]))
                    for one in group
                    if people[one] in names
                ],
            )
            for number, (group, name) in enumerate(zip(doubtful, called.values(), strict=True), start=1)
        ],
        count=len(found.detection.sizes),
        count_low=low,
        count_high=high,
        certainty=float(known.mean()) if len(known) else None,
        unsure=int((known < HALF).sum()),
        rule=RULE,
        reason=None if found.detection.sizes else NO_EVIDENCE,
        basis=CertaintyBasis(**tied.basis, **found.basis, replicates=asked.replicates),
    )


def _least_sure(group: list[int], sure: Certainty, first: int) -> list[int]:
    """The least sure members; of equals the more tied, and last who cannot be told."""
    shares = sure.people[group]
    return [group[place] for place in np.argsort(shares, kind="stable")[:first]]


def _known(share: float) -> float | None:
    return None if np.isnan(share) else float(share)
