"""Comparing: how many would be reached before and after a change, by group and by the ties that make the difference."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.measures.completion import TieNetwork
from service.measures.reach import Estimate, Reach, reach
from service.measures.what_if import ASSUMED, Changed, Interval, paired_difference
from service.measures.what_if_ties import carried_by
from service.model.answers import ItemReference
from service.model.paths import rest_of
from service.model.what_if import (
    WhatIfEstimate,
    WhatIfFigures,
    WhatIfGroup,
    WhatIfQuestion,
    WhatIfReach,
    WhatIfTie,
)
from service.operations.evidence import SHOWN_TIES, act_ids, acts_of
from service.operations.groupings import Grouping, grouping
from service.operations.network import Network
from service.operations.projection import Standing
from service.operations.reach import group_reference, labels_of_others
from service.operations.references import person_of, references


@dataclass(frozen=True, kw_only=True, slots=True)
class _Tie:
    """A tie that changes: who, the chances, what it adds or takes, and its number before (ASSUMED for none)."""

    teller: int
    listener: int
    before: float
    after: float
    people: float
    number: int


async def compared_reach(
    network: Network, tied: Standing, after: Changed, telling: Sequence[ItemReference], asked: WhatIfQuestion
) -> WhatIfReach:
    """How many are reached before and after, altogether and by group; with `explain`, by the ties that change."""
    groups = await grouping(network, tied, asked.group_by, tied.as_of)
    numbers = [tied.projection.numbers[one.id] for one in telling if one.id in tied.projection.numbers]
    staying = sum(not after.leaving[number] for number in numbers)
    was, now = await asyncio.to_thread(_both, tied, after, numbers, groups, asked)
    inside = [
        WhatIfGroup(group=group_reference(groups, number), people=_figures(was, now, number))
        for number in range(len(groups.names))
    ]
    inside.sort(key=lambda one: (-abs(one.people.difference.mean), -one.people.before.mean, one.group.name))
    contributions = await _contributions(network, tied, after, numbers, asked) if asked.explain else []
    return WhatIfReach(
        tellers=[person_of(one) for one in telling],
        people=WhatIfFigures(
            before=_others(was, len(numbers)),
            after=_others(now, staying),
            difference=estimate(paired_difference(was.totals - len(numbers), now.totals - staying)),
        ),
        groups=inside[: asked.first_groups],
        group_count=len(inside),
        ungrouped=_figures(was, now, len(groups.names)),
        contributions=contributions,
        rest_share=rest_of(one.share for one in contributions),
    )


def estimate(found: Estimate | Interval) -> WhatIfEstimate:
    """A figure as answers show it."""
    return WhatIfEstimate(mean=found.mean, low=found.low, high=found.high)


def _others(found: Reach, told: int) -> WhatIfEstimate:
    """How many are reached, those who tell left out."""
    reached = found.everybody.reached
    return WhatIfEstimate(mean=reached.mean - told, low=reached.low - told, high=reached.high - told)


def _both(
    tied: Standing, after: Changed, numbers: Sequence[int], groups: Grouping, asked: WhatIfQuestion
) -> tuple[Reach, Reach]:
    """The runs of both sides."""
    labels = labels_of_others(groups, numbers)

    def runs(ties: TieNetwork, tellers: Sequence[int]) -> Reach:
        return reach(
            ties,
            tellers,
            runs=asked.runs,
            seed=asked.seed,
            labels=labels,
            groups=len(groups.names) + 1,
            keys=tied.projection.keys,
        )

    staying = [number for number in numbers if not after.leaving[number]]
    return runs(tied.network, numbers), runs(after.network, staying)


def _figures(was: Reach, now: Reach, group: int) -> WhatIfFigures:
    return WhatIfFigures(
        before=estimate(was.groups[group].reached),
        after=estimate(now.groups[group].reached),
        difference=estimate(paired_difference(was.by_group[:, group], now.by_group[:, group])),
    )


async def _contributions(
    network: Network, tied: Standing, after: Changed, numbers: Sequence[int], asked: WhatIfQuestion
) -> list[WhatIfTie]:
    ties = await asyncio.to_thread(_changed_ties, tied, after, numbers, asked)
    total = sum(abs(tie.people) for tie in ties)
    ids, shown = tied.projection.people, ties[:SHOWN_TIES]
    known = [tie.number for tie in shown if tie.number != ASSUMED]
    met = {ids[end] for tie in shown for end in (tie.teller, tie.listener)}
    named = await references(network, tied.scope.audiences, met | act_ids(tied, known))
    return [
        WhatIfTie(
            teller=person_of(named[ids[tie.teller]]),
            listener=person_of(named[ids[tie.listener]]),
            before=tie.before,
            after=tie.after,
            people=tie.people,
            share=min(1.0, abs(tie.people) / total),
            acts=[] if tie.number == ASSUMED else acts_of(tied, tie.number, named),
        )
        for tie in shown
        if ids[tie.teller] in named and ids[tie.listener] in named
    ]


def _changed_ties(tied: Standing, after: Changed, numbers: Sequence[int], asked: WhatIfQuestion) -> list[_Tie]:
    """The ties over which fewer or more are reached, those with the most first."""
    found = carried_by(tied.network, after, numbers, runs=asked.runs, seed=asked.seed)
    was, now = tied.network, after.network
    remaining = np.zeros(len(was.probabilities))
    kept = after.origin != ASSUMED
    remaining[after.origin[kept]] = now.probabilities[kept]
    people = len(was.forward.offsets) - 1
    tellers = np.repeat(np.arange(people), np.diff(now.forward.offsets))
    ties = [
        _Tie(
            teller=int(tied.ties.tellers[tie]),
            listener=int(was.forward.ends[tie]),
            before=float(was.probabilities[tie]),
            after=float(remaining[tie]),
            people=-float(found.lost[tie]),
            number=int(tie),
        )
        for tie in np.flatnonzero(found.lost)
    ]
    ties += [
        _Tie(
            teller=int(tellers[tie]),
            listener=int(now.forward.ends[tie]),
            before=float(was.probabilities[after.origin[tie]]) if kept[tie] else 0.0,
            after=float(now.probabilities[tie]),
            people=float(found.gained[tie]),
            number=int(after.origin[tie]),
        )
        for tie in np.flatnonzero(found.gained)
    ]
    return sorted(ties, key=lambda tie: (-abs(tie.people), tie.teller, tie.listener))
