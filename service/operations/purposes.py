"""Common purpose: the people who share one, how far they are apart, and who could bring them together."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from service.measures.communities import UndirectedTies, undirected
from service.measures.progress import report
from service.model.answers import Basis, ItemReference
from service.model.ids import as_id
from service.model.purposes import (
    BindingTopic,
    Introduction,
    OnPurpose,
    OnPurposeQuestion,
    PurposeBasis,
    PurposeGroup,
    PurposesWithoutCommunity,
    PurposesWithoutCommunityQuestion,
    UnpursuedPurpose,
)
from service.model.viewer import Viewer
from service.operations.naming import Spoken, topics_spoken_of
from service.operations.network import Network
from service.operations.projection import Standing, moment_of, scope_of, standing
from service.operations.references import person_of, references
from service.operations.scopes import item_named

RULE: Final = (
    "Who holds the purpose, or belongs to a community that pursues it, shares it. Two are connected where one listens "
    "to the other, or a way of such ties over others who share the purpose leads from one to the other."
)
_SHOWN: Final = 5
_GROUPS_COMPARED: Final = 8
_COMPARED: Final = 200
"""People of a group who are looked at for introductions."""


@dataclass(frozen=True, slots=True)
class _Sharing:
    """Who shares the purpose: people by number, in order, and the group of each (of `sizes`, the largest first)."""

    people: NDArray[np.int64]
    group: NDArray[np.int64]
    sizes: NDArray[np.int64]
    ties: UndirectedTies

    def members(self, group: int) -> NDArray[np.int64]:
        """The people of a group, by number."""
        found: NDArray[np.int64] = self.people[self.group == group]
        return found

    def neighbours(self, person: int) -> NDArray[np.int32]:
        """Whom somebody is tied to, whether they share the purpose or not."""
        return self.ties.neighbours[self.ties.offsets[person] : self.ties.offsets[person + 1]]


async def on_purpose(network: Network, viewer: Viewer, asked: OnPurposeQuestion) -> OnPurpose:
    """Who shares a purpose, in which unconnected groups, and who of them could meet.

    An unknown purpose is `NotFound`; where nobody shares it, `reason` says so.
    """
    tied = await standing(network, scope_of(viewer, asked.audience), asked.as_of)
    purpose = await _purpose(network, tied, as_id(asked.purpose, "purpose"))
    parameters = {"purposes": [purpose.id], "at": tied.as_of, "audiences": list(tied.scope.audiences)}
    (row,) = await network.ask("purposes/people", parameters)
    numbers = tied.projection.numbers
    belonging = [
        (numbers[person], place)
        for person, place in zip(row["people"], row["communities"], strict=True)
        if person in numbers
    ]
    people = np.array(sorted({person for person, _ in belonging}), dtype=np.int64)
    sharing = await asyncio.to_thread(_grouped, tied, people)
    spoken = await topics_spoken_of(network, tied)
    groups = await _groups(network, tied, sharing, belonging, asked)
    communities = await references(network, tied.scope.audiences, {place for _, place in belonging if place})
    pairs = len(people) * (len(people) - 1) / 2
    connected = float((sharing.sizes * (sharing.sizes - 1) / 2).sum())
    return OnPurpose(
        purpose=purpose,
        people=len(people),
        holders=len({person for person, place in belonging if not place}),
        communities=sorted(communities.values(), key=lambda one: (one.title or "", one.id)),
        groups=groups,
        group_count=int((sharing.sizes > 1).sum()),
        alone=int((sharing.sizes == 1).sum()),
        unconnected_share=1 - connected / pairs if pairs else None,
        introductions=await _introductions(network, tied, sharing, spoken, asked.first),
        brought_together_by=_binding(spoken, people, len(tied.projection.people)),
        reason=None if len(people) else "Nobody is known to this audience who shares it.",
        basis=PurposeBasis(**tied.basis, sharing=len(people), rule=RULE),
    )


async def purposes_without_community(
    network: Network, viewer: Viewer, asked: PurposesWithoutCommunityQuestion
) -> PurposesWithoutCommunity:
    """The purposes that people hold at a moment and no community pursues, those held by most first.

    Without a moment it is that of the newest evidence, of which `onPurpose` tells.
    """
    scope = scope_of(viewer, asked.audience)
    at = await moment_of(network, scope, asked.as_of)
    audiences = list(scope.audiences)
    rows = await network.ask("purposes/held", {"at": at, "audiences": audiences})
    unpursued = {row["id"]: row["holders"] for row in rows if row["holders"] and not row["communities"]}
    named = await references(network, audiences, unpursued)
    order = sorted(named.values(), key=lambda one: (-unpursued[one.id], one.title or "", one.id))
    found = [UnpursuedPurpose(purpose=one, holders=unpursued[one.id]) for one in order[: asked.first]]
    return PurposesWithoutCommunity(
        purposes=found,
        reason=None if found else "There is no purpose that somebody holds and no community pursues.",
        basis=Basis(as_of=min(at, datetime.now(UTC)), audience=scope.name),
    )


async def _purpose(network: Network, tied: Standing, id: str) -> ItemReference:
    found = (await references(network, tied.scope.audiences, [id])).get(id)
    return item_named(found, id, "purpose", ("Purpose",), tied.scope)


def _grouped(tied: Standing, people: NDArray[np.int64]) -> _Sharing:
    ties = undirected(tied.ties)
    whole = csr_array((np.ones(len(ties.neighbours)), ties.neighbours, ties.offsets), shape=(ties.people, ties.people))
    count, labels = connected_components(whole[people][:, people], directed=False) if len(people) else (0, people)
    sizes = np.bincount(labels, minlength=count)
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    return _Sharing(people, rank[labels] if count else labels, sizes[order], ties)


async def _groups(
    network: Network, tied: Standing, sharing: _Sharing, belonging: list[tuple[int, str]], asked: OnPurposeQuestion
) -> list[PurposeGroup]:
    places: dict[int, set[str]] = {}
    for person, place in belonging:
        places.setdefault(person, set()).update({place} if place else ())
    shown = [group for group in range(min(asked.first, len(sharing.sizes))) if sharing.sizes[group] > 1]
    inside = set(sharing.people.tolist())
    found = []
    for group in shown:
        ties = {
            person: len(inside.intersection(sharing.neighbours(person).tolist()))
            for person in sharing.members(group).tolist()
        }
        first = sorted(ties, key=lambda person: (-ties[person], person))[: asked.first_members]
        joined = Counter(place for person in ties for place in places.get(person, ()))
        ids = [tied.projection.people[person] for person in first]
        named = await references(network, tied.scope.audiences, [*ids, *joined])
        found.append(
            PurposeGroup(
                size=int(sharing.sizes[group]),
                members=[person_of(named[id]) for id in ids if id in named],
                communities=[named[place] for place, _ in joined.most_common() if place in named],
            )
        )
    return found


async def _introductions(
    network: Network, tied: Standing, sharing: _Sharing, spoken: Spoken, first: int
) -> list[Introduction]:
    """For each two of the largest groups, the two people who share most: topics, and people between them."""
    shown = (await asyncio.to_thread(_pairs, sharing, spoken))[:first]
    met = {person for pair in shown for person in (pair.one, pair.other, *pair.between)}
    people = await references(network, tied.scope.audiences, [tied.projection.people[person] for person in met])
    return [
        _introduction(tied, pair, spoken, people)
        for pair in shown
        if {tied.projection.people[pair.one], tied.projection.people[pair.other]} <= people.keys()
    ]


def _pairs(sharing: _Sharing, spoken: Spoken) -> "list[_Pair]":
    """The best pair of each two of the largest groups, those who share most first."""
    topics = _topics_by_person(spoken)
    groups = list(combinations(range(min(_GROUPS_COMPARED, len(sharing.sizes))), 2))
    found = []
    for done, (one, other) in enumerate(groups):
        report(done / len(groups))
        found.append(_best_pair(sharing, topics, one, other))
    pairs = [pair for pair in found if pair is not None]
    return sorted(pairs, key=lambda pair: (-len(pair.between) - len(pair.topics), pair.one, pair.other))


@dataclass(frozen=True, slots=True)
class _Pair:
    one: int
    other: int
    topics: tuple[int, ...]
    between: tuple[int, ...]


def _topics_by_person(spoken: Spoken) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for person, place in zip(spoken.people.tolist(), spoken.places.tolist(), strict=True):
        found.setdefault(person, set()).add(place)
    return found


def _best_pair(sharing: _Sharing, topics: dict[int, set[int]], one: int, other: int) -> _Pair | None:
    """The two people, one of each group, who are tied to most of the same others and speak of most of the same."""
    near = {person: set(sharing.neighbours(person).tolist()) for person in _central(sharing, other)}
    best, found = (-1, -1), None
    for person in _central(sharing, one):
        own, around = topics.get(person, set()), set(sharing.neighbours(person).tolist())
        for another, others in near.items():
            between, shared = around & others, own & topics.get(another, set())
            if (len(between), len(shared)) > best:
                best = (len(between), len(shared))
                found = _Pair(person, another, tuple(sorted(shared)[:_SHOWN]), tuple(sorted(between)[:_SHOWN]))
    return found if best > (0, 0) else None


def _central(sharing: _Sharing, group: int) -> list[int]:
    """The people of a group who are tied to most others; of a large group not all."""
    members = sharing.members(group)
    degrees = np.diff(sharing.ties.offsets)[members]
    central: list[int] = members[np.argsort(-degrees, kind="stable")[:_COMPARED]].tolist()
    return central


def _introduction(tied: Standing, pair: _Pair, spoken: Spoken, named: Mapping[str, ItemReference]) -> Introduction:
    ids = tied.projection.people
    topics = [spoken.topics[place] for place in pair.topics]
    between = [person_of(named[ids[person]]) for person in pair.between if ids[person] in named]
    one, other = person_of(named[ids[pair.one]]), person_of(named[ids[pair.other]])
    words = []
    if between:
        words.append(f"both are tied to {_listed([person.name for person in between])}")
    if topics:
        words.append(f"both speak of {_listed([topic.title or topic.id for topic in topics])}")
    apart = f"{one.name} and {other.name} share the purpose, and no way over others who do leads between them"
    reason = f"{apart}; {' and '.join(words)}."
    return Introduction(one=one, other=other, topics=topics, between=between, reason=reason)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _binding(spoken: Spoken, people: NDArray[np.int64], everybody: int) -> list[BindingTopic]:
    """The topics of which most of the purpose's people speak beyond the share of others who do."""
    pairs = np.unique(np.stack([spoken.people, spoken.places]), axis=1) if len(spoken.people) else np.zeros((2, 0), int)
    inside = np.isin(pairs[0], people)
    here = np.bincount(pairs[1][inside], minlength=len(spoken.topics))
    there = np.bincount(pairs[1][~inside], minlength=len(spoken.topics))
    if not len(people) or not len(spoken.topics):
        return []
    shares, others = here / len(people), there / max(1, everybody - len(people))
    order = np.argsort(others - shares, kind="stable")[:_SHOWN]
    return [
        BindingTopic(
            topic=spoken.topics[place],
            people=int(here[place]),
            share=float(shares[place]),
            share_of_others=float(others[place]),
        )
        for place in order.tolist()
        if shares[place] > others[place]
    ]
