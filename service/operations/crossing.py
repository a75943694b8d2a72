"""Crossing and diversity: who listens across the lines between groups, who is in the room and who is heard."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import pairwise
from math import ceil
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from service.measures import crossing as measured
from service.measures.bootstrap import BOOTSTRAPS, FEWEST, Estimate
from service.measures.disclosure import withheld_cells, withheld_in_parts
from service.measures.diversity import estimated_blau, estimated_shannon
from service.model.answers import ItemReference
from service.model.asking import GroupBy
from service.model.crossing import (
    Crossing,
    CrossingBasis,
    CrossingGroup,
    CrossingQuestion,
    Diversity,
    DiversityBasis,
    DiversityQuestion,
    EstimatedFigure,
    MixingCell,
    VoiceShare,
)
from service.model.ids import as_id
from service.model.viewer import Viewer
from service.operations.disclosure import (
    QUARTER,
    RULE,
    Shown,
    at_month_end,
    months_before,
    quarter_of,
    shown_groups,
)
from service.operations.network import Network
from service.operations.projection import Standing, scope_of
from service.operations.scopes import people_in

NO_FIGURE = EstimatedFigure(value=None, standard_error=None, low=None, high=None)
_NOTHING = "No group of this scope can be told of without telling of a few: by itself, or beside others that were."

_ALONE = "One group alone is shown: nobody listens across, so the E-I index could be nothing but -1, if anything."
_UNTIED = "Nobody of the groups that are shown listens to anybody of them, as far as this audience may see."
_NO_TOTALS = "So few people stand behind some ties that no total is told: with it, how many these are would follow."
_ONE = "One group alone may be shown: how diverse the community is beside it is not told."
_FEW_SHOWN = (
    "At most {share:.0%} of the people of this scope are in a group that is shown: what this says of groups, it says "
    "of those alone."
)
HALF = 0.5
_TOO_FEW = f"The groups that are shown have fewer than {FEWEST} people: a figure's error would not be worth giving."


async def crossing_between(network: Network, viewer: Viewer, asked: CrossingQuestion) -> Crossing:
    """How ties run inside and between the groups of a scope, at the end of the last whole month.

    An unknown scope is `NotFound`, a grouping that is not registered for it `Invalid`; where no group may be shown,
    `reason` says so.
    """
    tied = await at_month_end(network, scope_of(viewer, asked.audience), asked.as_of)
    scope = await _canonical(network, tied, asked.scope)
    shown = await shown_groups(network, tied, scope, asked.group_by)
    found = await asyncio.to_thread(_crossed, tied, shown, asked.seed)
    hidden, totals = withheld_cells(tied.ties.tellers, tied.ties.listeners, shown.labels, groups=len(shown.names))
    ei = figure(found.ei) if totals else NO_FIGURE
    return Crossing(
        groups=_groups(shown, found, hidden),
        matrix=[
            MixingCell(
                teller=shown.names[one],
                listener=shown.names[other],
                ties=None if hidden[one, other] else int(found.matrix[one, other]),
            )
            for one in range(len(shown.names))
            for other in range(len(shown.names))
        ],
        ei_index=ei,
        expected_ei_index=None if ei.value is None else found.expected,
        p=None if ei.value is None else found.p,
        reciprocity=figure(found.reciprocity) if totals else NO_FIGURE,
        density=figure(found.density) if totals else NO_FIGURE,
        reason=_why_empty(shown, asked.group_by) or _why_no_index(shown, found, totals=totals),
        coverage=_coverage(shown),
        caution=_caution(shown),
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


async def diversity(network: Network, viewer: Viewer, asked: DiversityQuestion) -> Diversity:
    """Who is in a community and who is heard in it, by standing or profession, at the end of the last whole month.

    An unknown community is `NotFound`; where no group may be shown, `reason` says so.
    """
    tied = await at_month_end(network, scope_of(viewer, asked.audience), asked.as_of)
    scope = f"community:{as_id(asked.community, 'community')}"
    named = await people_in(network, tied.scope, scope, tied.as_of, field="community")
    shown = await shown_groups(network, tied, scope, asked.group_by)
    quarter = quarter_of(shown.month)
    ends = [months_before(quarter, ago) for ago in range(0, asked.window_months + QUARTER, QUARTER)]
    spans = [(since, until) for until, since in pairwise(ends)]
    told = [await _told(network, tied, since, until) for since, until in spans]
    groups = _voices(shown, told, [_heard(tied, shown, since, until) for since, until in spans])
    counts = np.array([one.people for one in groups], dtype=np.int64)
    return Diversity(
        community=named.item or ItemReference(id=scope, kind="Community"),
        groups=groups,
        **_figures(counts, asked.seed),
        reason=_why_empty(shown, asked.group_by) or _why_silent(counts),
        coverage=_coverage(shown),
        caution=_caution(shown),
        basis=DiversityBasis(
            **tied.basis,
            group_by=asked.group_by,
            window_months=asked.window_months,
            seed=asked.seed,
            bootstraps=BOOTSTRAPS,
            withheld=shown.withheld,
            rule=RULE,
        ),
    )


class _Figures(TypedDict):
    shannon: EstimatedFigure
    blau: EstimatedFigure
    blau_normalised: EstimatedFigure


def _figures(counts: NDArray[np.int64], seed: int) -> _Figures:
    """Of one group alone nothing: beside it are those that may not be shown, or none."""
    if len(counts) == 1:
        return _Figures(shannon=NO_FIGURE, blau=NO_FIGURE, blau_normalised=NO_FIGURE)
    return _Figures(
        shannon=figure(estimated_shannon(counts, seed=seed)),
        blau=figure(estimated_blau(counts, seed=seed)),
        blau_normalised=figure(estimated_blau(counts, normalised=True, seed=seed)),
    )


def _why_empty(shown: Shown, by: GroupBy) -> str | None:
    if not shown.recorded:
        return f"Nobody's {by.value} is recorded, as far as this audience may know."
    return None if shown.names else _NOTHING


def _why_no_index(shown: Shown, found: measured.Crossing, *, totals: bool) -> str | None:
    if len(shown.names) == 1:
        return _ALONE
    if not found.matrix.any():
        return _UNTIED
    if not totals:
        return _NO_TOTALS
    return None if (shown.labels >= 0).sum() >= FEWEST else _TOO_FEW


def _coverage(shown: Shown) -> float | None:
    """The share of the scope in groups that are shown, in tenths, up: as exactly as words need it."""
    if shown.whole is None or shown.withheld is None:
        return None
    people = int(shown.whole.sum())
    return ceil(10 * (people - shown.withheld) / people) / 10


def _caution(shown: Shown) -> str | None:
    share = _coverage(shown)
    return _FEW_SHOWN.format(share=share) if shown.names and share is not None and share <= HALF else None


def _why_silent(counts: NDArray[np.int64]) -> str | None:
    if len(counts) == 1:
        return _ONE
    return None if counts.sum() >= FEWEST else _TOO_FEW


async def _canonical(network: Network, tied: Standing, scope: str) -> str:
    named = await people_in(network, tied.scope, scope, tied.as_of)
    return scope if named.item is None else f"{scope.partition(':')[0]}:{named.item.id}"


def _crossed(tied: Standing, shown: Shown, seed: int) -> measured.Crossing:
    return measured.crossing(tied.ties.tellers, tied.ties.listeners, shown.labels, groups=len(shown.names), seed=seed)


def _groups(shown: Shown, found: measured.Crossing, hidden: NDArray[np.bool_]) -> list[CrossingGroup]:
    groups = []
    for label, name in enumerate(shown.names):
        told = int(found.matrix[label].sum())
        groups.append(
            CrossingGroup(
                name=name,
                item=shown.references[label],
                people=int((shown.labels == label).sum()),
                share_inside=found.matrix[label, label] / told if told and not hidden[label].any() else None,
            )
        )
    return groups


def figure(estimate: Estimate) -> EstimatedFigure:
    """The figure with its interval; nothing of so few people that there is none."""
    if estimate.standard_error is None:
        return NO_FIGURE
    return EstimatedFigure(**asdict(estimate))


async def _told(network: Network, tied: Standing, since: datetime, until: datetime) -> NDArray[np.int64]:
    """Who told or said something, once for each time."""
    parameters = {"since": since, "until": until, "audiences": list(tied.scope.audiences)}
    (row,) = await network.ask("crossing/tellings", parameters)
    numbers: Mapping[str, int] = tied.projection.numbers
    return np.array([numbers[person] for person in row["people"] if person in numbers], dtype=np.int64)


def _heard(tied: Standing, shown: Shown, since: datetime, until: datetime) -> NDArray[np.int64]:
    """To whom somebody of the scope listened, once for each time."""
    times = tied.projection.times
    inside = np.zeros_like(shown.labels, dtype=np.bool_) if shown.whole is None else shown.whole
    then = (times >= since.timestamp()) & (times < until.timestamp()) & inside[tied.projection.listeners]
    return tied.projection.tellers[then].astype(np.int64)


def _voices(shown: Shown, told: list[NDArray[np.int64]], heard: list[NDArray[np.int64]]) -> list[VoiceShare]:
    """Each group's shares, from who told and who was heard in each quarter of the window."""
    sizes = np.bincount(shown.labels[shown.labels >= 0], minlength=len(shown.names))
    tellings, hearings = (_by_group(shown, acts) for acts in (told, heard))
    found = [
        VoiceShare(
            name=name,
            people=int(sizes[label]),
            share_of_people=float(sizes[label] / sizes.sum()),
            tellings=tellings[label],
            share_of_voice=_share(tellings, label),
            heard=hearings[label],
            share_of_hearing=_share(hearings, label),
        )
        for label, name in enumerate(shown.names)
    ]
    return sorted(found, key=lambda one: (-one.people, one.name))


def _by_group(shown: Shown, parts: list[NDArray[np.int64]]) -> list[int | None]:
    """How many acts each group's people did; nothing where a few did them, or those of a quarter."""
    counts: list[NDArray[np.int64]] = []
    behind: list[NDArray[np.int64]] = []
    for people in (np.concatenate(parts), *parts):
        for counted, who in ((counts, people), (behind, np.unique(people))):
            labels = shown.labels[who]
            counted.append(np.bincount(labels[labels >= 0], minlength=len(shown.names)))
    hidden = withheld_in_parts(np.array(counts), np.array(behind))
    return [None if hide else int(count) for count, hide in zip(counts[0], hidden, strict=True)]


def _share(counts: list[int | None], label: int) -> float | None:
    """A group's share of all that is told; nothing where some of it is not."""
    known = [count for count in counts if count is not None]
    total, own = sum(known), counts[label]
    return own / total if own is not None and total and len(known) == len(counts) else None
