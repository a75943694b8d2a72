"""Diversity: who is in the room of a community, and who is heard in it."""

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from service.measures.bootstrap import BOOTSTRAPS, FEWEST
from service.measures.diversity import estimated_blau, estimated_shannon
from service.model.answers import ItemReference
from service.model.asking import GroupBy
from service.model.crossing import Diversity, DiversityBasis, DiversityQuestion, EstimatedFigure, VoiceShare
from service.model.ids import as_id
from service.model.viewer import Viewer
from service.operations.acts_told import ActsTold, acts_told, quarters_before, sum_of
from service.operations.crossing import NO_FIGURE, TOO_FEW, caution, coverage, figure, why_empty
from service.operations.disclosure import (
    RULE,
    Shown,
    at_month_end,
    month_of,
    months_before,
    quarter_of,
    registered,
    shown_groups,
)
from service.operations.network import Network
from service.operations.projection import scope_of
from service.operations.scopes import people_in

_ONE = "One group alone may be shown: how diverse the community is beside it is not told."


async def diversity(network: Network, viewer: Viewer, asked: DiversityQuestion) -> Diversity:
    """Who is in a community and who is heard in it, by standing or profession, at the end of the last whole month.

    An unknown community is `NotFound`; where no group may be shown, `reason` says so.
    """
    tied = await at_month_end(network, scope_of(viewer, asked.audience), asked.as_of)
    scope = f"community:{as_id(asked.community, 'community')}"
    named = await people_in(network, tied.scope, scope, tied.as_of, field="community")
    item = named.item or ItemReference(id=scope, kind="Community")
    registers = await registered(network, tied)
    scope, until = f"community:{item.id}", quarter_of(month_of(tied.as_of))
    by = GroupBy(asked.group_by)
    shown = await shown_groups(network, tied, registers, scope, by)
    groups = _voices(shown, await acts_told(network, tied, registers), scope, by, asked.window_months)
    counts = np.array([one.people for one in groups], dtype=np.int64)
    return Diversity(
        community=item,
        groups=groups,
        **_figures(counts, asked.seed),
        reason=why_empty(shown, by) or _why_silent(counts),
        coverage=coverage(shown),
        caution=caution(shown),
        basis=DiversityBasis(
            **tied.basis,
            group_by=asked.group_by,
            window_months=asked.window_months,
            window_from=months_before(until, asked.window_months),
            window_until=until,
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


def _why_silent(counts: NDArray[np.int64]) -> str | None:
    if len(counts) == 1:
        return _ONE
    return None if counts.sum() >= FEWEST else TOO_FEW


def _voices(shown: Shown, acts: ActsTold, scope: str, by: GroupBy, months: int) -> list[VoiceShare]:
    """Each group's shares of the people, and of what they did in the quarters of the window."""
    sizes = np.bincount(shown.labels[shown.labels >= 0], minlength=len(shown.names))
    quarters = quarters_before(quarter_of(shown.month), months)
    counts = [acts.by_group(scope, quarters, by, name) for name in shown.names]
    tellings, hearings = sum_of(told for told, _ in counts), sum_of(heard for _, heard in counts)
    found = [
        VoiceShare(
            name=name,
            people=people,
            share_of_people=people / sizes.sum(),
            tellings=told,
            share_of_voice=_share(told, tellings),
            heard=heard,
            share_of_hearing=_share(heard, hearings),
        )
        for name, people, (told, heard) in zip(shown.names, sizes.tolist(), counts, strict=True)
    ]
    return sorted(found, key=lambda one: (-one.people, one.name))


def _share(own: int | None, total: int | None) -> float | None:
    """A group's share of all that is told; nothing where some of it is not."""
    return own / total if own is not None and total else None
