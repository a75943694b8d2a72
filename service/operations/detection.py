"""Communities that are there without anybody having declared them, beside those that were declared."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.communities import Detection, UndirectedTies, agreement, detect, undirected
from service.model.answers import ItemReference, PersonReference
from service.model.detection import (
    DeclaredAgreement,
    DetectedCommunities,
    DetectedCommunity,
    DetectionBasis,
    Resemblance,
)
from service.model.errors import Invalid
from service.model.viewer import EVERYONE, Viewer
from service.operations.network import Network
from service.operations.projection import Standing, scope_of, standing
from service.operations.references import person_of, references

LOWEST_RESOLUTION: Final = 0.001
HIGHEST_RESOLUTION: Final = 1_000.0
HIGHEST_SEED: Final = 2**31 - 1
MOST_SHOWN: Final = 1_000
RESEMBLANCES: Final = 3

METHOD: Final = (
    "Leiden (Traag, Waltman and van Eck, 2019) on modularity; "
    "which end of a tie listens is left aside, both ways added."
)
FLATTENING: Final = "A person in several declared communities counts for the one they have belonged to the longest."
CAUTION: Final = (
    "Other partitions may be nearly as good (Good, de Montjoye and Clauset, 2010), and at a low resolution small "
    "communities are merged (Fortunato and Barthélemy, 2007): try other resolutions and seeds before relying on one."
)


@dataclass(frozen=True, slots=True)
class _Declared:
    """Declared communities: the members of each, and each person's one community as a label (-1 for none)."""

    members: Mapping[str, frozenset[int]]
    labels: NDArray[np.int32]


async def detected_communities(
    network: Network,
    viewer: Viewer,
    *,
    resolution: float = 1.0,
    seed: int = 0,
    as_of: datetime | None = None,
    audience: str = EVERYONE,
    first: int = 100,
    first_members: int = 20,
) -> DetectedCommunities:
    """The communities that the audience's ties show, the largest `first` of them with `first_members` members each.

    The same resolution and seed on the same ties give the same answer. They are compared with the communities
    declared at that moment, or now. `Invalid` for a number out of range or a moment without evidence.
    """
    _check("resolution", resolution, LOWEST_RESOLUTION, HIGHEST_RESOLUTION)
    _check("seed", seed, 0, HIGHEST_SEED)
    _check("first", first, 1, MOST_SHOWN)
    _check("firstMembers", first_members, 1, MOST_SHOWN)
    tied = await standing(network, scope_of(viewer, audience), as_of)
    ties, found = await asyncio.to_thread(_detected, tied, resolution, seed)
    declared = await _declared(network, tied, as_of or datetime.now(UTC))
    agreed = await asyncio.to_thread(agreement, found.labels, declared.labels)
    groups = await asyncio.to_thread(_groups, ties, found, first)
    shown = [tied.projection.people[person] for group in groups for person in group[:first_members]]
    names = await references(network, tied.scope.audiences, [*shown, *declared.members])
    return DetectedCommunities(
        communities=[
            DetectedCommunity(
                number=number,
                size=len(group),
                members=_members(tied, group[:first_members], names),
                resembles=_resembling(frozenset(group), names, declared),
            )
            for number, group in enumerate(groups, start=1)
        ],
        count=len(found.sizes),
        untied=int((found.labels < 0).sum()),
        modularity=found.modularity,
        quality=found.quality,
        agreement=DeclaredAgreement(
            people=agreed.people,
            communities=len(np.unique(declared.labels[(declared.labels >= 0) & (found.labels >= 0)])),
            normalised_mutual_information=agreed.normalised_mutual_information,
            adjusted_mutual_information=agreed.adjusted_mutual_information,
            adjusted_rand_index=agreed.adjusted_rand_index,
            flattening=FLATTENING,
        ),
        reason=None if found.sizes else "There is no evidence that anybody listens to anybody.",
        caution=CAUTION,
        basis=_basis(tied, found),
    )


def _check(field: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise Invalid(f"{field} is {value}", right=f"Give {least:g} to {most:g}.", field=field)


def _detected(tied: Standing, resolution: float, seed: int) -> tuple[UndirectedTies, Detection]:
    """The partition, kept for the next who asks the same."""
    key = (tied.as_of, resolution, seed)
    kept: tuple[UndirectedTies, Detection] | None = tied.projection.kept.get(key)
    if kept is None:
        ties = undirected(tied.ties)
        kept = ties, detect(ties, resolution=resolution, seed=seed)
        tied.projection.keep(key, kept)
    return kept


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


def _groups(ties: UndirectedTies, found: Detection, first: int) -> list[list[int]]:
    """The members of the largest groups, those most tied to others of their group first."""
    ends = np.repeat(np.arange(ties.people), np.diff(ties.offsets))
    inside = found.labels[ends] == found.labels[ties.neighbours]
    strength = np.bincount(ends[inside], weights=ties.weights[inside], minlength=ties.people)
    placed = np.lexsort((np.arange(ties.people), -strength, found.labels))[(found.labels < 0).sum() :]
    starts = np.cumsum([0, *found.sizes])
    return [placed[starts[group] : starts[group + 1]].tolist() for group in range(min(first, len(found.sizes)))]


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


def _basis(tied: Standing, found: Detection) -> DetectionBasis:
    return DetectionBasis(
        **tied.basis,
        method=METHOD,
        resolution=found.resolution,
        seed=found.seed,
        iterations=found.iterations,
        trials=found.trials,
    )
