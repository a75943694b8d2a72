"""What would be lost: knowledge that only one person holds or carries, and people who hang on one alone.

What is named here anybody of the audience can look up: whose an insight is, who made or carried a piece of knowledge.
Who is cut off by somebody's leaving is told of no one: that would be a measure of them.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from service.measures.articulation import hanging_on
from service.measures.communities import undirected
from service.model.answers import ItemReference, PersonReference
from service.model.ids import ANYBODY, as_id
from service.model.losses import (
    HangingPeople,
    InsightAtRisk,
    KnowledgeAtRisk,
    KnowledgeAtRiskQuestion,
    KnowledgeCarriedByOne,
    LossContribution,
    LossesBasis,
)
from service.model.viewer import Viewer
from service.operations.amplification import people_reached
from service.operations.network import Network
from service.operations.present import present
from service.operations.projection import Scope, Standing, scope_of, standing
from service.operations.references import person_of, references
from service.operations.scopes import item_named

METHOD: Final = (
    "An insight is held by whose memory it is and by all who hold it as their own. Explicit knowledge, unless newer "
    "knowledge has taken its place, is carried by all who made it, carried it further or tried it out. People hang on "
    "somebody if no other tie, of whatever age and whichever way it leads, connects them with the largest rest."
)
CAUTION: Final = (
    "Only what was recorded is counted: others may know it too and nobody has said so. The surest way to lose less is "
    "to ask who else knows, and to let it be told."
)


@dataclass(frozen=True, slots=True)
class _Held:
    """One thing, when it came, who has it, and whether it was derived from."""

    id: str
    at: datetime
    people: tuple[str, ...]
    derived: bool = False


async def knowledge_at_risk(network: Network, viewer: Viewer, asked: KnowledgeAtRiskQuestion) -> KnowledgeAtRisk:
    """What only one of the people holds or carries, and how many others only one of them connects.

    `NotFound` for somebody or a group that the audience knows nothing of, `Invalid` for a moment without evidence.
    """
    scope = scope_of(viewer, asked.audience)
    of = await _of(network, scope, asked.of)
    tied = await standing(network, scope, asked.as_of)
    # What is held is asked of today, where no moment is given, however old the newest evidence is.
    at = asked.as_of or datetime.now(UTC)
    if of is None:
        numbers: list[int] = np.flatnonzero(await present(network, tied, asked.as_of)).tolist()
    else:
        numbers = await people_reached(network, tied, of, at=at)
    people = {tied.projection.people[number] for number in numbers}
    insights, knowledge = await _insights(network, scope, at), await _knowledge(network, scope, at)
    if of is None:
        people.update(person for one in (*insights, *knowledge) for person in one.people)
    insights = [one for one in insights if people & set(one.people)]
    knowledge = [one for one in knowledge if people & set(one.people)]
    alone = sorted(_by_one(insights), key=lambda one: (one.derived, -one.at.timestamp(), one.id))
    carried = sorted(_by_one(knowledge), key=lambda one: (-one.at.timestamp(), one.id))
    hanging = await asyncio.to_thread(_hanging, tied, numbers)
    shown, bearing, bridging = alone[: asked.first], carried[: asked.first], hanging[: asked.first]
    named = await references(
        network,
        scope.audiences,
        [*(id for one in (*shown, *bearing) for id in (one.id, *one.people)), *(person for person, _ in bridging)],
    )
    return KnowledgeAtRisk(
        of=of,
        insights=[
            InsightAtRisk(insight=named[one.id], holder=holder, at=one.at, derived=one.derived)
            for one in shown
            if one.id in named and (holder := _person(named, one))
        ],
        insights_held_by_one=len(alone),
        insights_held=len(insights),
        knowledge=[
            KnowledgeCarriedByOne(knowledge=named[one.id], carrier=carrier, at=one.at)
            for one in bearing
            if one.id in named and (carrier := _person(named, one))
        ],
        knowledge_carried_by_one=len(carried),
        knowledge_carried=len(knowledge),
        bridges=[
            HangingPeople(person=person_of(named[person]), people=count)
            for person, count in bridging
            if person in named
        ],
        contributions=await _contributions(network, scope, [*alone, *carried]) if asked.explain else [],
        reason=None if alone or carried or hanging else _nothing(of, people=len(people)),
        caution=CAUTION,
        basis=LossesBasis(
            **{**tied.basis, "as_of": asked.as_of or max(tied.as_of, *(one.at for one in (*insights, *knowledge)))},
            looked_at=len(people),
            first=asked.first,
            method=METHOD,
        ),
    )


async def _of(network: Network, scope: Scope, named: str | None) -> ItemReference | None:
    if named is None:
        return None
    id = as_id(named, "of")
    return item_named((await references(network, scope.audiences, [id])).get(id), id, "of", ANYBODY, scope)


async def _insights(network: Network, scope: Scope, at: datetime) -> list[_Held]:
    (row,) = await network.ask("losses/insights", {"at": at, "audiences": list(scope.audiences)})
    columns = zip(row["ids"], row["times"], row["people"], row["derived"], strict=True)
    return [_Held(id, _moment(time), tuple(people), derived) for id, time, people, derived in columns]


async def _knowledge(network: Network, scope: Scope, at: datetime) -> list[_Held]:
    (row,) = await network.ask("losses/knowledge", {"at": at, "audiences": list(scope.audiences)})
    columns = zip(row["ids"], row["times"], row["people"], strict=True)
    return [_Held(id, _moment(time), tuple(people)) for id, time, people in columns]


async def _contributions(network: Network, scope: Scope, lost: list[_Held]) -> list[LossContribution]:
    """What one alone has, by whom: each item counts the same."""
    by_person = defaultdict[str, list[str]](list)
    for one in lost:
        by_person[one.people[0]].append(one.id)
    named = await references(network, scope.audiences, {*by_person, *(one.id for one in lost)})
    seen = {
        person: [named[item] for item in items if item in named]
        for person, items in by_person.items()
        if person in named
    }
    total = sum(len(items) for items in seen.values())
    return [
        LossContribution(person=person_of(named[person]), items=items, share=len(items) / total)
        for person, items in sorted(seen.items(), key=lambda one: (-len(one[1]), one[0]))
        if items
    ]


def _by_one(things: list[_Held]) -> list[_Held]:
    return [one for one in things if len(one.people) == 1]


def _hanging(tied: Standing, numbers: list[int]) -> list[tuple[str, int]]:
    """Those of the people on whom others hang, with how many, the most first."""
    counts = hanging_on(undirected(tied.ties))
    ids = tied.projection.people
    found = [(ids[number], int(counts[number])) for number in numbers if counts[number]]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def _person(named: Mapping[str, ItemReference], one: _Held) -> PersonReference | None:
    return person_of(named[one.people[0]]) if one.people[0] in named else None


def _nothing(of: ItemReference | None, *, people: int) -> str:
    if of is None:
        return "Nothing is held or carried by one person alone, and nobody hangs on one alone."
    name = of.title or of.id
    if of.kind == "Person":
        return f"There is nothing recorded that {name} alone holds or carries, and nobody hangs on {name} alone."
    if not people:
        return f"{name} has nobody whom this audience may know of."
    return f"There is nothing recorded that anybody of {name} alone holds or carries, and nobody hangs on one of them."


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
