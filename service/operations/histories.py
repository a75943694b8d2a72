"""How detected communities came, grew, merged, split and went: snapshots at the ends of calendar periods, matched."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from service.measures.detection_history import ALIKE, NONE, match
from service.model.answers import ItemReference, PersonReference
from service.model.histories import (
    CommunityHistory,
    CommunityHistoryQuestion,
    CommunityLife,
    CommunityMoment,
    HistoryBasis,
    HistoryMoment,
    Period,
    Turn,
)
from service.model.viewer import Viewer
from service.operations.finding import METHOD, found_in
from service.operations.finding import RULE as PICKED
from service.operations.naming import CommunityName, community_names, topics_spoken_of
from service.operations.network import Network
from service.operations.projection import Standing, scope_of, standing
from service.operations.references import person_of, references
from service.operations.snapshots import Identity, Series, Snapshot, snapshots, walk

CHANGED: Final = 0.1
"""By which share of its people a community has grown or shrunk: an assumption."""
RULE: Final = (
    f"A community continues the one before that it is most like, from a Jaccard index of {ALIKE:g} on, the pairs most "
    "alike first and each in one pair at most (after Greene, Doyle and Cunningham, 2010). A new one that at least half "
    "of its people bring from one before has split off from that one, otherwise it is born; one that is not continued "
    "has merged into the one that at least half of its people are in, otherwise it has died. The thresholds are ours. "
    "Each moment is looked at with the resolution that its own ties speak for, unless one is asked for. Ids are handed "
    "on from the end of the first period in which anything was seen, so they are the same for whatever stretch is "
    "asked for; each kind of period, audience, resolution and seed has its own. Evidence that comes in late or is "
    "erased can change what was found, and ids with it."
)


@dataclass(slots=True)
class _Life:
    """A community in the making: what became of it, and its number at its last moment."""

    identity: Identity
    moments: list[CommunityMoment] = field(default_factory=list)
    last: int = 0
    """Which snapshot it was last in."""
    number: int = 0
    """Its number there."""
    size: int = 0

    @property
    def id(self) -> str:
        """Its lasting id."""
        return self.identity.id


async def community_history(network: Network, viewer: Viewer, asked: CommunityHistoryQuestion) -> CommunityHistory:
    """The communities at the end of each of the last whole periods before `asOf`, matched from one to the next.

    Who is in them is told of those whom the audience may know now. `Invalid` for a moment without evidence.
    """
    scope = scope_of(viewer, asked.audience)
    tied = await standing(network, scope, asked.as_of)
    way = await walk(tied, Series(scope, asked.every, asked.resolution, asked.seed))
    begin = max(len(way.ends) - asked.periods, 0)
    # The one before the first that is shown says what has become of it since.
    looked_at = await snapshots(network, tied, way, max(begin - 1, 0))
    found = looked_at[min(begin, 1) :]
    lives = await asyncio.to_thread(_lives, looked_at, shown=min(begin, 1))
    lives.sort(key=lambda life: (-life.last, -life.size, life.id))
    shown = await _shown(network, tied, looked_at, lives[: asked.first], asked.first_members)
    return CommunityHistory(
        moments=[
            HistoryMoment(
                at=one.as_of,
                communities=len(one.identities),
                people=int((one.labels >= 0).sum()),
                resolution=one.resolution,
                modularity=one.modularity,
            )
            for one in found
        ],
        communities=shown,
        count=len(lives),
        rule=RULE,
        reason=_reason(found, lives, asked.every),
        basis=await _basis(tied, found, asked),
    )


async def _basis(tied: Standing, found: Sequence[Snapshot], asked: CommunityHistoryQuestion) -> HistoryBasis:
    """What it was computed from, at the last moment; without any, at the moment that was asked for."""
    shared = {**tied.basis, "every": asked.every, "alike": ALIKE}
    if not found:
        return HistoryBasis(**shared, **(await found_in(tied, asked.resolution, asked.seed)).basis)
    return HistoryBasis(
        **shared,
        method=METHOD,
        resolution=found[-1].resolution,
        resolution_rule=PICKED if asked.resolution is None else None,
        seed=asked.seed,
        iterations=found[-1].iterations,
        trials=found[-1].trials,
    )


def _reason(found: list[Snapshot], lives: list[_Life], every: Period) -> str | None:
    if not found:
        return f"There is no whole {every.value} with evidence before that moment."
    return None if lives else "There is no evidence that anybody listens to anybody at these moments."


def _lives(found: Sequence[Snapshot], *, shown: int) -> list[_Life]:
    """Each community that is there at any of the moments from the number `shown` on, or has ended at the first."""
    if not found:
        return []
    sizes = [_sizes(one) for one in found]
    current = [_born(found[0], number, size, place=0) for number, size in enumerate(sizes[0])]
    if shown:
        for life in current:
            life.moments.clear()
    lives = list(current)
    for place, (before, after) in enumerate(pairwise(found), start=1):
        matched = match(before.labels, after.labels)
        following: list[_Life] = []
        for number, size in enumerate(sizes[place]):
            one = int(matched.continues[number])
            if one == NONE:
                origin = int(matched.split_from[number])
                following.append(
                    _born(after, number, size, place=place, origin=None if origin == NONE else current[origin])
                )
                lives.append(following[-1])
                continue
            life = current[one]
            turn = _turn(life.size, size)
            overlap = float(matched.alike[number])
            life.moments.append(CommunityMoment(at=after.as_of, turn=turn, size=size, overlap=overlap, other=None))
            life.last, life.number, life.size = place, number, size
            following.append(life)
        for number, life in enumerate(current):
            if life.last < place:
                into = int(matched.merged_into[number])
                life.moments.append(_ended(after, None if into == NONE else following[into]))
        current = following
    return lives


def _sizes(one: Snapshot) -> list[int]:
    sizes: list[int] = np.bincount(one.labels[one.labels >= 0], minlength=len(one.identities)).tolist()
    return sizes


def _born(one: Snapshot, number: int, size: int, *, place: int, origin: _Life | None = None) -> _Life:
    turn, other = (Turn.born, None) if origin is None else (Turn.split_off, origin.id)
    moment = CommunityMoment(at=one.as_of, turn=turn, size=size, overlap=None, other=other)
    return _Life(one.identities[number], [moment], place, number, size)


def _ended(one: Snapshot, into: _Life | None) -> CommunityMoment:
    turn, other = (Turn.died, None) if into is None else (Turn.merged, into.id)
    return CommunityMoment(at=one.as_of, turn=turn, size=0, overlap=None, other=other)


def _turn(before: int, after: int) -> Turn:
    if after >= before * (1 + CHANGED):
        return Turn.grew
    return Turn.shrank if after <= before * (1 - CHANGED) else Turn.stayed


async def _shown(
    network: Network, tied: Standing, found: list[Snapshot], lives: list[_Life], first_members: int
) -> list[CommunityLife]:
    spoken = await topics_spoken_of(network, tied)
    people = tied.projection.people
    groups = {life.id: np.flatnonzero(found[life.last].labels == life.number).tolist() for life in lives}
    called: dict[str, CommunityName] = {}
    for place in {life.last for life in lives}:
        there = {life.number: life for life in lives if life.last == place}
        members = {number: groups[life.id] for number, life in there.items()}
        names = await community_names(network, tied, found[place].labels, members, spoken)
        called |= {life.id: names[number] for number, life in there.items()}
    named = await references(network, tied.scope.audiences, {people[one] for group in groups.values() for one in group})
    return [
        CommunityLife(
            id=life.id,
            born_at=life.identity.born,
            name=called[life.id].words,
            size=life.size,
            lasting=life.last == len(found) - 1,
            moments=life.moments,
            members=_members([named[people[one]] for one in groups[life.id] if people[one] in named], first_members),
        )
        for life in lives
    ]


def _members(named: list[ItemReference], first: int) -> list[PersonReference]:
    return [person_of(one) for one in sorted(named, key=lambda one: (one.title or "", one.id))[:first]]
