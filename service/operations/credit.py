"""Hidden contributions: credit that flows back from adopted knowledge, beside what people's names are on."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.measures.credit import resampled
from service.model.answers import ItemReference
from service.model.asking import GroupBy
from service.model.credit import (
    CreditBasis,
    CreditItem,
    HiddenContribution,
    HiddenContributions,
    HiddenContributionsQuestion,
    LayerCredit,
    PyramidLayer,
)
from service.model.errors import Invalid
from service.model.viewer import Viewer
from service.operations.conventions import settled
from service.operations.crediting import A_TICK, PARTS, Credited, CreditRules, credit_rules, credited, layer_of
from service.operations.groupings import grouping
from service.operations.network import Network
from service.operations.present import present
from service.operations.projection import Standing, scope_of, standing
from service.operations.references import person_of, references
from service.operations.scopes import ScopePeople, people_in

DRAWS: Final = 400
INTERVAL: Final = 0.9
LEAST: Final = 1e-9
"""A smaller difference is none: what is left of sums that ought to be equal."""

RULE: Final = (
    "Knowledge is worth its independent adopters: people who adopted or adapted it and had no part in it. Whoever "
    "adopts several pieces that the same people made about the same topics counts once, shared among them; where two "
    "adopt each other's work it is netted. The worth is shared among those who made it, told, noticed, tried out or "
    "corrected what it came out of, by the shares; within a part by the damping for each time that the work changed "
    "hands. Everybody has one part in a piece, of several the one that weighs most. Visible is what would be theirs, "
    "were it all shared among those whose name is on it. Shares, damping and layers are assumptions."
)

_READ: Final = ("surfacings", "experiments", "knowledge", "insights")


async def hidden_contributions(
    network: Network, viewer: Viewer, asked: HiddenContributionsQuestion
) -> HiddenContributions:
    """Who has most credit from adopted knowledge beyond what their name is on, as one audience may know.

    `Invalid` for a window that ends before it starts or begins after the moment, and for a moment before there was any
    evidence; `NotFound` for an unknown scope. Where nothing was adopted in the window, `reason` says so.
    """
    scope, rules = scope_of(viewer, asked.audience), credit_rules()
    tied = await standing(network, scope, asked.as_of)
    _check(asked, tied)
    people = await people_in(network, scope, asked.scope, tied.as_of)
    pyramid = (await settled(network.ask)).pyramid
    read = await _read(network, tied, rules)
    window = (_milliseconds(asked.since, -inf), _milliseconds(asked.until, inf))
    found = await asyncio.to_thread(credited, read, tied.projection.numbers, window, rules)
    known = np.array([one in people.people for one in tied.projection.people], dtype=np.bool_)
    inside = known & await present(network, tied, asked.as_of)
    ranked = await asyncio.to_thread(_ranked, found, inside, asked)
    return HiddenContributions(
        scope=people.name,
        scope_item=people.item,
        people=await _named(network, tied, found, ranked, asked, pyramid=pyramid),
        pyramid=pyramid,
        reason=None if len(ranked.people) else _reason(found, people),
        basis=_basis(tied, found, int(inside.sum()), asked, rules),
    )


def _check(asked: HiddenContributionsQuestion, tied: Standing) -> None:
    if asked.since is not None and asked.until is not None and asked.since >= asked.until:
        raise Invalid(
            f"The window ends at {asked.until.isoformat()}, before it starts",
            right=f"Give an end after {asked.since.isoformat()}.",
            field="until",
        )
    if asked.since is not None and asked.since > tied.as_of:
        raise Invalid(
            f"The window starts after {tied.as_of.isoformat()}, up to when is looked",
            right="Give an earlier start, or a later asOf.",
            field="since",
        )


def _milliseconds(moment: Any, otherwise: float) -> float:
    return otherwise if moment is None else float(moment.timestamp() * 1000)


async def _read(network: Network, tied: Standing, rules: CreditRules) -> dict[str, Mapping[str, Sequence[Any]]]:
    given = {"until": tied.as_of + A_TICK, "audiences": list(tied.scope.audiences)}
    asked = {name: network.ask(f"credit/{name}", given) for name in _READ}
    asked["adoptions"] = network.ask("credit/adoptions", given | {"kinds": rules.adopting})
    asked["feedback"] = network.ask("credit/feedback", given | {"kinds": rules.correcting})
    asked["derivations"] = network.ask("conversion/derivations", given)
    rows = await asyncio.gather(*asked.values())
    return {name: row[0] for name, row in zip(asked, rows, strict=True)}


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Ranked:
    """The people with the largest differences, by number, and what they have."""

    people: NDArray[np.int64]
    credit: NDArray[np.float64]
    visible: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def _ranked(found: Credited, inside: NDArray[np.bool_], asked: HiddenContributionsQuestion) -> _Ranked:
    count = len(inside)
    amounts = found.parts.amounts * found.worth[found.parts.knowledge]
    credit = np.bincount(found.parts.people, amounts, minlength=count)
    visible = np.asarray(found.shown(count) @ found.worth)
    hidden = credit - visible
    order = np.argsort(-hidden, kind="stable")
    chosen = order[(inside & (hidden > LEAST))[order]][: asked.first]
    differences = found.differences(count)
    # Drawn are those who adopted, in the order of their ids: who comes later changes no draw.
    adopters = np.unique(differences.indices)
    low, high = resampled(differences[chosen][:, adopters], draws=DRAWS, share=INTERVAL, seed=asked.seed)
    return _Ranked(people=chosen, credit=credit[chosen], visible=visible[chosen], low=low, high=high)


async def _named(
    network: Network,
    tied: Standing,
    found: Credited,
    ranked: _Ranked,
    asked: HiddenContributionsQuestion,
    *,
    pyramid: Sequence[PyramidLayer],
) -> list[HiddenContribution]:
    teams = await _teams(network, tied)
    rows = {int(person): np.flatnonzero(found.parts.people == person) for person in ranked.people}
    ids = {tied.projection.people[person] for person in rows}
    if asked.explain:
        every = np.concatenate(list(rows.values()) or [np.empty(0, np.int64)])
        things = {*found.knowledge[found.parts.knowledge[every]].tolist(), *found.parts.things[every].tolist()}
        ids |= {found.things[thing] for thing in things}
    named = await references(network, tied.scope.audiences, ids)
    answers = []
    for place, person in enumerate(rows):
        items = [_item(found, int(row), pyramid, teams, named) for row in rows[person]]
        items = [item for item in items if item.credit > 0]
        items.sort(key=lambda item: (-item.credit, item.knowledge.id))
        total = sum(item.credit for item in items)
        for item in items:
            item.share = item.credit / total
        answers.append(
            HiddenContribution(
                rank=place + 1,
                person=person_of(named[tied.projection.people[person]]),
                credit=float(ranked.credit[place]),
                visible=float(ranked.visible[place]),
                hidden=float(ranked.credit[place] - ranked.visible[place]),
                hidden_low=float(ranked.low[place]),
                hidden_high=float(ranked.high[place]),
                knowledge=len(items),
                layers=_layers(items, pyramid),
                items=items if asked.explain else [],
            )
        )
    return answers


def _item(
    found: Credited,
    row: int,
    pyramid: Sequence[PyramidLayer],
    teams: list[frozenset[str]],
    named: Mapping[str, ItemReference],
) -> CreditItem:
    """One row of the parts as an item; its share is known when all of the person's are."""
    parts = found.parts
    place, person = int(parts.knowledge[row]), int(parts.people[row])
    part, distance = PARTS[parts.parts[row]], int(parts.distances[row])
    makers = [int(one) for one in found.makers.of(int(found.knowledge[place]))]
    apart = person not in makers and bool(teams[person]) and all(teams[one].isdisjoint(teams[person]) for one in makers)
    knowledge, through = found.things[found.knowledge[place]], found.things[parts.things[row]]
    return CreditItem(
        knowledge=named.get(knowledge, ItemReference(id=knowledge, kind="ExplicitKnowledge")),
        part=part,
        layer=layer_of(pyramid, part, distance, alone=len(makers) == 1, outside=apart).name,
        through=named.get(through, ItemReference(id=through, kind="TacitInsight")),
        distance=distance,
        worth=float(found.worth[place]),
        credit=float(parts.amounts[row] * found.worth[place]),
        share=0.0,
    )


async def _teams(network: Network, tied: Standing) -> list[frozenset[str]]:
    """Each person's community and organisation, by number."""
    teams: list[set[str]] = [set() for _ in tied.projection.people]
    for by in (GroupBy.community, GroupBy.organisation):
        grouped = await grouping(network, tied, by, tied.as_of)
        for person in np.flatnonzero(grouped.labels >= 0):
            teams[person].add(str(grouped.ids[grouped.labels[person]]))
    return [frozenset(team) for team in teams]


def _layers(items: Sequence[CreditItem], pyramid: Sequence[PyramidLayer]) -> list[LayerCredit]:
    sums: dict[str, float] = defaultdict(float)
    for item in items:
        sums[item.layer] += item.credit
    total = sum(sums.values())
    surfaces = {layer.name: layer.surface for layer in pyramid}
    return [
        LayerCredit(layer=name, surface=surfaces[name], credit=credit, share=credit / total)
        for name, credit in sorted(sums.items(), key=lambda one: (-one[1], one[0]))
    ]


def _reason(found: Credited, people: ScopePeople) -> str:
    if not len(found.knowledge):
        return "No knowledge whose maker is known was adopted in this window, as far as this audience may see."
    return (
        f"Nobody of {people.name} has more credit than is visible: as far as is recorded, nobody but those whose name "
        "is on what was adopted told, noticed, tried out or corrected anything in it."
    )


def _basis(
    tied: Standing, found: Credited, people: int, asked: HiddenContributionsQuestion, rules: CreditRules
) -> CreditBasis:
    return CreditBasis(
        as_of=tied.as_of,
        audience=tied.scope.name,
        since=asked.since,
        until=asked.until,
        people=people,
        knowledge=len(found.knowledge),
        unattributed=found.unattributed,
        adoptions=len(found.adoptions.adopters),
        own=found.own,
        exchanged=found.exchanged,
        worth=float(found.worth.sum()),
        shares=rules.shares,
        damping=rules.damping,
        draws=DRAWS,
        interval=INTERVAL,
        seed=asked.seed,
        rule=RULE,
    )
