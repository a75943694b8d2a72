"""Communities that are there without anybody having declared them, beside those that were declared."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.measures.communities import Detection, UndirectedTies, agreement, detect, omega_index, undirected
from service.measures.detection_sweep import pick
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
from service.operations.naming import community_names, topics_spoken_of
from service.operations.network import Network
from service.operations.projection import Standing, scope_of, standing
from service.operations.references import person_of, references

RESEMBLANCES: Final = 3
UNPICKED: Final = 1.0
"""The resolution where nobody is tied, and none speaks for itself."""

METHOD: Final = (
    "Leiden (Traag, Waltman and van Eck, 2019) on modularity; "
    "which end of a tie listens is left aside, both ways added."
)
RULE: Final = (
    "Of the resolutions from 1/4 to 16, four in each doubling, those two between which what is found would be most "
    "likely at that same resolution (Newman, 2016); of the two, the one whose communities ten replicates of a "
    "bootstrap over ties agree on more (adjusted mutual information). The rule is ours."
)
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


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Found:
    """A detection on the ties of a standing; `picked` where its resolution was not asked for."""

    ties: UndirectedTies
    detection: Detection
    picked: bool
    stability: float | None
    """How far replicates of the ties agree at the picked resolution."""

    @property
    def basis(self) -> dict[str, Any]:
        """What every answer that rests on it says of itself, beside its ties: the fields of `DetectionBasis`."""
        return {
            "method": METHOD,
            "resolution": self.detection.resolution,
            "resolution_rule": RULE if self.picked else None,
            "seed": self.detection.seed,
            "iterations": self.detection.iterations,
            "trials": self.detection.trials,
        }

    def groups(self, first: int) -> list[list[int]]:
        """The members of the largest groups, those most tied to others of their group first."""
        labels, people = self.detection.labels, self.ties.people
        ends = np.repeat(np.arange(people), np.diff(self.ties.offsets))
        inside = labels[ends] == labels[self.ties.neighbours]
        strength = np.bincount(ends[inside], weights=self.ties.weights[inside], minlength=people)
        placed = np.lexsort((np.arange(people), -strength, labels))[(labels < 0).sum() :]
        starts = np.cumsum([0, *self.detection.sizes])
        shown = range(min(first, len(self.detection.sizes)))
        return [placed[starts[group] : starts[group + 1]].tolist() for group in shown]


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
    labels = found.detection.labels
    declared = await _declared(network, tied, asked.as_of or datetime.now(UTC))
    groups = await asyncio.to_thread(found.groups, asked.first)
    shown = [tied.projection.people[person] for group in groups for person in group[: asked.first_members]]
    names = await references(network, tied.scope.audiences, [*shown, *declared.members])
    called = await community_names(
        network, tied, labels, dict(enumerate(groups)), await topics_spoken_of(network, tied)
    )
    return DetectedCommunities(
        communities=[
            DetectedCommunity(
                number=number,
                name=name.words,
                topics=list(name.topics),
                size=len(group),
                members=_members(tied, group[: asked.first_members], names),
                resembles=_resembling(frozenset(group), names, declared),
            )
            for number, (group, name) in enumerate(zip(groups, called.values(), strict=True), start=1)
        ],
        count=len(found.detection.sizes),
        untied=int((labels < 0).sum()),
        modularity=found.detection.modularity,
        quality=found.detection.quality,
        agreement=await asyncio.to_thread(_agreement, labels, declared),
        reason=None if found.detection.sizes else NO_EVIDENCE,
        stability=found.stability,
        caution=(WEAK if found.stability is not None and found.stability < UNSTABLE else "") + CAUTION,
        basis=DetectionBasis(**tied.basis, **found.basis),
    )


async def found_in(tied: Standing, resolution: float | None, seed: int) -> Found:
    """The communities in the ties, kept for the next who asks the same; at the picked resolution, where none is."""
    key = ("detection", tied.as_of, resolution, seed)
    kept: Found | None = tied.projection.kept.get(key)
    if kept is None:
        kept = await asyncio.to_thread(_found, tied, resolution, seed)
        tied.projection.keep(key, kept)
    return kept


def _found(tied: Standing, resolution: float | None, seed: int) -> Found:
    ties = undirected(tied.ties)
    picked = pick(ties, seed=seed) if resolution is None else None
    wanted = resolution or (picked.resolution if picked else UNPICKED)
    return Found(
        ties=ties,
        detection=detect(ties, resolution=wanted, seed=seed),
        picked=resolution is None,
        stability=picked.stability if picked else None,
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
        flattening=FLATTENING,
    )


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
