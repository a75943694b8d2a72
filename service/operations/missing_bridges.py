"""Pairs of groups that nobody connects, and who could."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, combinations, islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.bridges import SMALLEST_GROUP, Bridges, Candidate, apart, candidates
from service.measures.communities import UndirectedTies
from service.model.answers import ItemReference, PersonReference
from service.model.asking import GroupBy
from service.model.boundaries import BridgeCandidate, GroupReference, MissingBridge
from service.operations.groupings import Grouping
from service.operations.network import Network
from service.operations.projection import Standing
from service.operations.references import person_of, references

MOST_CANDIDATES: Final = 3
NOBODY: Final = -1


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Contact:
    """The contact between the groups of a grouping, and how evenly each person's ties are spread over these."""

    ties: UndirectedTies
    groups: Grouping
    bridges: Bridges
    participation: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Gap:
    """Two groups apart, who could bridge them, and the purposes that both pursue, by id."""

    one: int
    other: int
    purposes: tuple[str, ...]
    candidates: list[Candidate]


async def missing_bridges(network: Network, tied: Standing, contact: Contact, first: int) -> list[MissingBridge]:
    """The first pairs of groups without a tie: those with a purpose in common, then the largest; with who could help.

    Who could is two steps from somebody of the other group, those near most people of it first; where nobody is, the
    one of each group whose ties are spread the most evenly over other groups.
    """
    if first == 0:
        return []
    purposes = await _purposes(network, tied, contact.groups)
    gaps = await asyncio.to_thread(_gaps, contact, purposes, first)
    people = {
        tied.projection.people[number]
        for gap in gaps
        for each in gap.candidates
        for number in (each.person, each.through, each.meets)
        if number != NOBODY
    }
    named = await references(network, tied.scope.audiences, {*people, *(one for gap in gaps for one in gap.purposes)})
    return [_shown(tied, contact, gap, named) for gap in gaps]


def group_reference(groups: Grouping, group: int) -> GroupReference:
    """A group, named."""
    return GroupReference(
        name=groups.names[group],
        item=groups.reference(group),
        detected_id=groups.detected(group),
        size=int(groups.sizes[group]),
    )


async def _purposes(network: Network, tied: Standing, groups: Grouping) -> dict[int, frozenset[str]]:
    """The purposes of each group that is a community."""
    if groups.by is not GroupBy.community:
        return {}
    places = {id: group for group, id in enumerate(groups.ids) if id is not None}
    (row,) = await network.ask(
        "boundaries/purposes", {"communities": list(places), "audiences": list(tied.scope.audiences)}
    )
    made: dict[int, set[str]] = {}
    for community, purpose in zip(row["communities"], row["purposes"], strict=True):
        made.setdefault(places[community], set()).add(purpose)
    return {group: frozenset(those) for group, those in made.items()}


def _gaps(contact: Contact, purposes: Mapping[int, frozenset[str]], first: int) -> list[_Gap]:
    sizes, found = contact.groups.sizes, contact.bridges
    tied = set(zip(found.one.tolist(), found.other.tolist(), strict=True))
    large = [group for group in sorted(purposes) if sizes[group] >= SMALLEST_GROUP]
    shared = [pair for pair in combinations(large, 2) if purposes[pair[0]] & purposes[pair[1]] and pair not in tied]
    shared.sort(key=lambda pair: (-int(sizes[pair[0]] + sizes[pair[1]]), pair))
    rest = (pair for pair in apart(found, sizes) if pair not in shared)
    return [
        _Gap(
            one=one,
            other=other,
            purposes=tuple(sorted(purposes.get(one, frozenset()) & purposes.get(other, frozenset()))),
            candidates=_placed(contact, one, other),
        )
        for one, other in islice(chain(shared, rest), first)
    ]


def _placed(contact: Contact, one: int, other: int) -> list[Candidate]:
    """Who is two steps from the other group; else who in each has the widest ties."""
    near = candidates(contact.ties, contact.groups.labels, one, other)[:MOST_CANDIDATES]
    if near:
        return near
    widest = []
    for group in (one, other):
        members = np.flatnonzero(contact.groups.labels == group)
        spread = np.nan_to_num(contact.participation[members])
        if len(members) and spread.max() > 0:
            person = int(members[spread.argmax()])
            widest.append(Candidate(person=person, through=NOBODY, meets=NOBODY, within_reach=0))
    return widest


def _shown(tied: Standing, contact: Contact, gap: _Gap, named: Mapping[str, ItemReference]) -> MissingBridge:
    groups = contact.groups
    one, other = group_reference(groups, gap.one), group_reference(groups, gap.other)
    purposes = [named[id] for id in gap.purposes if id in named]
    both = f" Both groups pursue {purposes[0].title or purposes[0].id!r}." if purposes else ""
    shown = []
    for each in gap.candidates:
        own, beyond = (one, other) if groups.labels[each.person] == gap.one else (other, one)
        person, through, meets = (_person(tied, named, number) for number in (each.person, each.through, each.meets))
        if (
            person is not None
            and (each.through == NOBODY) == (through is None)
            and (each.meets == NOBODY) == (meets is None)
        ):
            why = _why(person, through, meets, beyond, each.within_reach) + both
            shown.append(
                BridgeCandidate(
                    person=person, group=own, through=through, meets=meets, within_reach=each.within_reach, reason=why
                )
            )
    reason = None if shown else f"Nobody of {one.name} or {other.name} has a tie to any other group."
    return MissingBridge(one=one, other=other, shared_purposes=purposes, candidates=shown, reason=reason)


def _why(
    person: PersonReference,
    through: PersonReference | None,
    meets: PersonReference | None,
    beyond: GroupReference,
    near: int,
) -> str:
    if through is None or meets is None:
        return (
            f"Nobody of the two groups is within two steps of the other; in their own group the ties of {person.name} "
            "are spread the most evenly over others."
        )
    many = "1 person" if near == 1 else f"{near} people"
    return (
        f"{many} of {beyond.name} can be reached from {person.name} in two steps; {through.name} knows both them and "
        f"{meets.name} and could introduce them."
    )


def _person(tied: Standing, named: Mapping[str, ItemReference], number: int) -> PersonReference | None:
    found = None if number == NOBODY else named.get(tied.projection.people[number])
    return None if found is None else person_of(found)
