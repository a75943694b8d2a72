"""Communities that are there without anybody having declared them, beside those that were declared."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.communities import agreement, omega_index
from service.model.answers import ItemReference, PersonReference
from service.model.detection import (
    DeclaredAgreement,
    DetectedCommunities,
    DetectedCommunitiesQuestion,
    DetectedCommunity,
    DetectionBasis,
    Resemblance,
)
from service.model.viewer import Viewer
from service.operations.finding import found_in
from service.operations.naming import community_names, topics_spoken_of
from service.operations.network import Network
from service.operations.present import present
from service.operations.projection import Standing, scope_of, standing
from service.operations.references import person_of, references
from service.operations.snapshots import lasting

RESEMBLANCES: Final = 3

FLATTENING: Final = (
    "A person in several declared communities counts for the one they have belonged to the longest; "
    "the omega index counts every membership."
)
CAUTION: Final = (
    "Other partitions may be nearly as good (Good, de Montjoye and Clauset, 2010), and at a low resolution small "
    "communities are merged (Fortunato and Barthélemy, 2007): see `communityResolutions` for what others find, and "
    "`membershipCertainty` for who is surely with whom."
)
UNSTABLE: Final = 0.5
"""Below which agreement between replicates of the ties even the picked resolution finds little: an assumption."""
WEAK: Final = (
    "Replicates of the ties agree on less than half of what is found at the resolution picked: there may be no "
    "communities here, or too little was seen of them. "
)
NO_EVIDENCE: Final = "There is no evidence that anybody listens to anybody."


@dataclass(frozen=True, slots=True)
class _Declared:
    """Declared communities: the members of each, and each person's one community as a label (-1 for none)."""

    members: Mapping[str, frozenset[int]]
    labels: NDArray[np.int32]


async def detected_communities(
    network: Network, viewer: Viewer, asked: DetectedCommunitiesQuestion
) -> DetectedCommunities:
    """The communities that the audience's ties show, the largest `first` of them with `first_members` members each.

    The same resolution and seed on the same ties give the same answer. They are compared with the communities
    declared at that moment, or now. `Invalid` for a moment without evidence.
    """
    tied = await standing(network, scope_of(viewer, asked.audience), asked.as_of)
    found = await found_in(tied, asked.resolution, asked.seed)
    labels, there = found.detection.labels, await present(network, tied, asked.as_of)
    declared = await _declared(network, tied, asked.as_of or datetime.now(UTC))
    groups = await asyncio.to_thread(found.groups, asked.first)
    shown = [tied.projection.people[person] for group in groups for person in group[: asked.first_members]]
    names = await references(network, tied.scope.audiences, [*shown, *declared.members])
    called = await community_names(
        network, tied, labels, dict(enumerate(groups)), await topics_spoken_of(network, tied)
    )
    lasts = await lasting(network, tied, labels, asked.resolution, asked.seed)
    return DetectedCommunities(
        communities=[
            DetectedCommunity(
                number=number,
                id=lasts.ids[number - 1],
                id_reason=None if lasts.ids[number - 1] else lasts.reason,
                name=name.words,
                topics=list(name.topics),
                size=len(group),
                members=_members(tied, group[: asked.first_members], names),
                resembles=_resembling(frozenset(group), names, declared),
            )
            for number, (group, name) in enumerate(zip(groups, called.values(), strict=True), start=1)
        ],
        count=len(found.detection.sizes),
        untied=int((there & (labels < 0)).sum()),
        modularity=found.detection.modularity,
        quality=found.detection.quality,
        agreement=await asyncio.to_thread(_agreement, labels, declared),
        reason=None if found.detection.sizes else NO_EVIDENCE,
        stability=found.stability,
        caution=(WEAK if found.stability is not None and found.stability < UNSTABLE else "") + CAUTION,
        basis=DetectionBasis(**tied.basis, **found.basis),
    )


async def _declared(network: Network, tied: Standing, at: datetime) -> _Declared:
    (row,) = await network.ask("communities/declared", {"at": at, "audiences": list(tied.scope.audiences)})
    numbers = tied.projection.numbers
    members: dict[str, set[int]] = defaultdict(set)
    labels = np.full(len(tied.projection.people), -1, dtype=np.int32)
    order = {community: label for label, community in enumerate(dict.fromkeys(row["communities"]))}
    for person, community in zip(row["people"], row["communities"], strict=True):
        number = numbers.get(person)
        if number is None:
            continue
        members[community].add(number)
        if labels[number] < 0:
            labels[number] = order[community]
    return _Declared({community: frozenset(people) for community, people in members.items()}, labels)


def _agreement(labels: NDArray[np.int32], declared: _Declared) -> DeclaredAgreement:
    both = (labels >= 0) & (declared.labels >= 0)
    agreed = agreement(labels, declared.labels)
    rows = [(person, number) for number, members in enumerate(declared.members.values()) for person in sorted(members)]
    people, communities = np.array(rows, dtype=np.int32).reshape(-1, 2).T
    return DeclaredAgreement(
        people=agreed.people,
        communities=len(np.unique(declared.labels[both])),
        normalised_mutual_information=agreed.normalised_mutual_information,
        adjusted_mutual_information=agreed.adjusted_mutual_information,
        adjusted_rand_index=agreed.adjusted_rand_index,
        overlapping=int((np.bincount(people, minlength=len(labels))[both] > 1).sum()),
        omega_index=omega_index(labels, people, communities),
        reason=_no_agreement(labels[both], declared.labels[both]),
        flattening=FLATTENING,
    )


def _no_agreement(found: NDArray[np.int32], declared: NDArray[np.int32]) -> str | None:
    if not len(found):
        return "Nobody is both in a detected community and in a declared one: there is nothing to compare."
    for labels, one in ((declared, "belong to one declared community"), (found, "were found in one community")):
        if len(np.unique(labels)) == 1:
            return f"All who are compared {one}: there is nothing to tell apart, and the figures could be only 0 or 1."
    return None


def _members(tied: Standing, group: list[int], names: Mapping[str, ItemReference]) -> list[PersonReference]:
    ids = (tied.projection.people[person] for person in group)
    return [person_of(names[id]) for id in ids if id in names]


def _resembling(group: frozenset[int], names: Mapping[str, ItemReference], declared: _Declared) -> list[Resemblance]:
    shared = Counter({community: len(group & members) for community, members in declared.members.items()})
    overlaps = {
        community: count / len(group | declared.members[community]) for community, count in shared.items() if count
    }
    nearest = sorted(overlaps, key=lambda community: (-overlaps[community], community))[:RESEMBLANCES]
    return [
        Resemblance(community=names[community], shared=shared[community], overlap=overlaps[community])
        for community in nearest
        if community in names
    ]
