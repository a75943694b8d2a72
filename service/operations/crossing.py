"""Crossing and diversity: who listens across the lines between groups, who is in the room and who is heard."""

import asyncio
from dataclasses import asdict
from math import ceil

from service.measures import crossing as measured
from service.measures.bootstrap import BOOTSTRAPS, FEWEST, Estimate
from service.measures.disclosure import LEAST
from service.measures.mixing_told import MixingTold
from service.model.asking import GroupBy
from service.model.crossing import (
    Crossing,
    CrossingBasis,
    CrossingGroup,
    CrossingQuestion,
    EstimatedFigure,
    MixingCell,
)
from service.model.viewer import Viewer
from service.operations.disclosure import (
    RULE,
    Shown,
    at_month_end,
    registered,
    shown_groups,
)
from service.operations.network import Network
from service.operations.projection import Standing, scope_of
from service.operations.scopes import people_in
from service.operations.ties_told import ties_told

NO_FIGURE = EstimatedFigure(value=None, standard_error=None, low=None, high=None)
_NO_SCOPE = f"Fewer than {LEAST} people of this scope can be told of."
_ALL_SMALL = f"Every group of this scope has fewer than {LEAST} people, of those who are counted in it."
_TOO_NEAR = (
    "No group of this scope can be told of: those beside it, who came or went, or who make it another than one that "
    "was told are too few."
)
_ALONE = "One group alone is shown: nobody listens across, so the E-I index could be nothing but -1, if anything."
_UNTIED = "Nobody of the groups that are shown listens to anybody of them, as far as this audience may see."
_NO_TOTALS = "So few people stand behind some ties that no total is told: with it, how many these are would follow."
_FEW_SHOWN = (
    "At most {share:.0%} of the people of this scope are in a group that is shown: what this says of groups, it says "
    "of those alone."
)
_SOME_WITHHELD = (
    f"What is null is not told: fewer than {LEAST} people stand behind it, or behind what lies between it and what "
    "else is told of the same ties, or it would follow from such."
)
HALF = 0.5
TOO_FEW = f"The groups that are shown have fewer than {FEWEST} people: a figure's error would not be worth giving."


async def crossing_between(network: Network, viewer: Viewer, asked: CrossingQuestion) -> Crossing:
    """How ties run inside and between the groups of a scope, at the end of the last whole month.

    An unknown scope is `NotFound`, a grouping that is not registered for it `Invalid`; where no group may be shown,
    `reason` says so.
    """
    tied = await at_month_end(network, scope_of(viewer, asked.audience), asked.as_of)
    scope = await _canonical(network, tied, asked.scope)
    by, groups = GroupBy(asked.group_by), await registered(network, tied)
    shown = await shown_groups(network, tied, groups, scope, by)
    told = (await ties_told(network, tied, groups)).between(scope, by)
    found = await asyncio.to_thread(_crossed, tied, shown, asked.seed)
    # Of one group alone it could be nothing but -1: who is across is not told of.
    ei = figure(found.ei) if told.totals and len(shown.names) > 1 else NO_FIGURE
    return Crossing(
        groups=_groups(shown, found, told),
        matrix=[
            MixingCell(
                teller=shown.names[one],
                listener=shown.names[other],
                ties=None if told.hidden[one, other] else int(found.matrix[one, other]),
            )
            for one in range(len(shown.names))
            for other in range(len(shown.names))
        ],
        ei_index=ei,
        expected_ei_index=None if ei.value is None else found.expected,
        p=None if ei.value is None else found.p,
        reciprocity=figure(found.reciprocity) if told.returns else NO_FIGURE,
        density=figure(found.density) if told.totals else NO_FIGURE,
        reason=why_empty(shown, by) or _why_no_index(shown, found, totals=told.totals),
        coverage=coverage(shown),
        caution=" ".join(filter(None, (caution(shown), _withheld(found, told)))) or None,
        basis=CrossingBasis(
            **tied.basis,
            scope=asked.scope,
            group_by=asked.group_by,
            seed=asked.seed,
            bootstraps=BOOTSTRAPS,
            permutations=measured.PERMUTATIONS,
            withheld=shown.withheld,
            rule=RULE,
        ),
    )


def why_empty(shown: Shown, by: GroupBy) -> str | None:
    """Why no group is shown, in words; None where one is."""
    if not shown.recorded:
        return f"Nobody's {by.value} is recorded, as far as this audience may know."
    if shown.names:
        return None
    if shown.whole is None:
        return _NO_SCOPE
    return _ALL_SMALL if shown.small else _TOO_NEAR


def _why_no_index(shown: Shown, found: measured.Crossing, *, totals: bool) -> str | None:
    if len(shown.names) == 1:
        return _ALONE
    if not found.matrix.any():
        return _UNTIED
    if not totals:
        return _NO_TOTALS
    return None if (shown.labels >= 0).sum() >= FEWEST else TOO_FEW


def coverage(shown: Shown) -> float | None:
    """The share of the scope in groups that are shown, in tenths, up: as exactly as words need it."""
    if shown.whole is None or shown.withheld is None:
        return None
    people = int(shown.whole.sum())
    return ceil(10 * (people - shown.withheld) / people) / 10


def caution(shown: Shown) -> str | None:
    """How to read it, in words, where most people of the scope are in no group that is shown."""
    share = coverage(shown)
    return _FEW_SHOWN.format(share=share) if shown.names and share is not None and share <= HALF else None


def _withheld(found: measured.Crossing, told: MixingTold) -> str | None:
    return _SOME_WITHHELD if told.hidden.any() or (found.matrix.any() and not told.returns) else None


async def _canonical(network: Network, tied: Standing, scope: str) -> str:
    named = await people_in(network, tied.scope, scope, tied.as_of)
    return scope if named.item is None else f"{scope.partition(':')[0]}:{named.item.id}"


def _crossed(tied: Standing, shown: Shown, seed: int) -> measured.Crossing:
    return measured.crossing(tied.ties.tellers, tied.ties.listeners, shown.labels, groups=len(shown.names), seed=seed)


def _groups(shown: Shown, found: measured.Crossing, told: MixingTold) -> list[CrossingGroup]:
    groups = []
    for label, name in enumerate(shown.names):
        heard = int(found.matrix[label].sum())
        groups.append(
            CrossingGroup(
                name=name,
                item=shown.references[label],
                people=int((shown.labels == label).sum()),
                share_inside=found.matrix[label, label] / heard if heard and not told.hidden[label].any() else None,
            )
        )
    return groups


def figure(estimate: Estimate) -> EstimatedFigure:
    """The figure with its interval; nothing of so few people that there is none."""
    if estimate.standard_error is None:
        return NO_FIGURE
    return EstimatedFigure(**asdict(estimate))
