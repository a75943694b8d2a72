"""The era profile of an organisation: power, leadership, offer and trust, quarter by quarter."""

import asyncio
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.graph.projection import KINDS
from service.measures.bootstrap import Estimate
from service.measures.disclosure import LEAST
from service.measures.era import BOOTSTRAPS, returned_share, shared_by, trend, unequal_reach
from service.measures.progress import report
from service.measures.ties import SECONDS_A_DAY
from service.model.answers import EvidenceKind, ItemReference
from service.model.asking import GroupBy
from service.model.era import EraBasis, EraIndicator, EraProfile, EraProfileQuestion, EraQuarter, EraTrend
from service.model.ids import as_id
from service.model.viewer import Viewer
from service.operations.crossing import NO_FIGURE, figure
from service.operations.disclosure import RULE, Shown, at_month_end, first_seen, month_of, months_before, shown_groups
from service.operations.network import Network
from service.operations.projection import Standing, scope_of, standing
from service.operations.scopes import people_in

_YEAR = 365.25 * SECONDS_A_DAY
_QUARTER = _YEAR / 4
_Figures = dict[EraIndicator, tuple[Estimate, int]]


async def era_profile(network: Network, viewer: Viewer, asked: EraProfileQuestion) -> EraProfile:
    """Four indicators of how an organisation works, at the end of each of its last quarters (of three whole months).

    An unknown organisation is `NotFound`; of one too small to be told of, `reason` says so.
    """
    scope = scope_of(viewer, asked.audience)
    tied = await at_month_end(network, scope, asked.as_of)
    name = f"organisation:{as_id(asked.organisation, 'organisation')}"
    named = await people_in(network, scope, name, tied.as_of, field="organisation")
    item = named.item or ItemReference(id=name, kind="Organisation")
    (made,) = await network.ask("era/derivations", {"audiences": list(scope.audiences), "until": tied.as_of})
    ends = [months_before(month_of(tied.as_of), 3 * back) for back in reversed(range(asked.quarters))]
    found: list[tuple[datetime, Shown, _Figures]] = []
    for done, end in enumerate(ends):
        report(done / len(ends))
        if end.timestamp() <= first_seen(tied):
            continue
        then = await standing(network, scope, end)
        shown = await shown_groups(network, then, f"organisation:{item.id}", GroupBy.standing)
        if shown.whole is not None:
            found.append((end, shown, await asyncio.to_thread(_figures, then, shown.whole, made, asked.seed)))
    return EraProfile(
        organisation=item,
        indicators=[_over_time(indicator, found) for indicator in EraIndicator] if found else [],
        reason=None if found else "It has too few people, or no evidence yet, to be told of in numbers.",
        basis=EraBasis(**tied.basis, quarters=asked.quarters, seed=asked.seed, bootstraps=BOOTSTRAPS, rule=RULE),
    )


def _figures(then: Standing, whole: NDArray[np.bool_], made: dict[str, Any], seed: int) -> _Figures:
    people = np.flatnonzero(whole)
    numbers = np.full(len(whole), -1, dtype=np.int64)
    numbers[people] = np.arange(len(people))
    reach = np.bincount(then.ties.tellers, weights=then.network.probabilities, minlength=len(whole))[people]
    replied = _pairs(then, numbers, EvidenceKind.reply)
    supported = _pairs(then, numbers, EvidenceKind.support)
    marks, makers = _made(then, numbers, made)
    leadership, dialogues = returned_share(*replied, len(people), seed=seed)
    trust, helped = returned_share(*supported, len(people), seed=seed)
    return {
        EraIndicator.power: (unequal_reach(reach.astype(np.float64), seed=seed), len(people)),
        EraIndicator.leadership: (leadership, dialogues),
        EraIndicator.offer: (shared_by(marks, makers, len(people), seed=seed), len(marks)),
        EraIndicator.trust: (trust, helped),
    }


def _pairs(
    then: Standing, numbers: NDArray[np.int64], kind: EvidenceKind
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Who did this for whom within the quarter, both being of the organisation."""
    seen, end = then.projection, then.as_of.timestamp()
    within = (seen.kinds == KINDS.index(kind)) & (seen.times <= end) & (seen.times > end - _QUARTER)
    one, other = numbers[seen.listeners[within]], numbers[seen.tellers[within]]
    inside = (one >= 0) & (other >= 0)
    return one[inside], other[inside]


def _made(
    then: Standing, numbers: NDArray[np.int64], made: dict[str, Any]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """For each piece of knowledge made by the organisation within the quarter: whether in a community, and by whom.

    Of several makers the first.
    """
    end, known = then.as_of.timestamp(), then.projection.numbers
    found: dict[str, tuple[bool, int]] = {}
    columns = zip(made["knowledge"], made["people"], made["times"], made["within"], strict=True)
    for knowledge, person, time, within in columns:
        maker = int(numbers[known[person]]) if person in known else -1
        if maker >= 0 and end - _QUARTER < time / 1000 <= end:
            earlier, first = found.get(knowledge, (False, maker))
            found[knowledge] = (earlier or within, first)
    return (
        np.array([within for within, _ in found.values()], dtype=np.bool_),
        np.array([maker for _, maker in found.values()], dtype=np.int64),
    )


def _over_time(indicator: EraIndicator, found: list[tuple[datetime, Shown, _Figures]]) -> EraTrend:
    quarters = [
        EraQuarter(
            until=end,
            people=int(shown.whole.sum()) if shown.whole is not None else 0,
            counted=figures[indicator][1] if figures[indicator][1] >= LEAST else None,
            figure=figure(figures[indicator][0]) if figures[indicator][1] >= LEAST else NO_FIGURE,
        )
        for end, shown, figures in found
    ]
    years = np.array([quarter.until.timestamp() for quarter in quarters]) / _YEAR
    values = np.array([np.nan if one.figure.value is None else one.figure.value for one in quarters])
    change, error = trend(years, values)
    return EraTrend(
        indicator=indicator,
        meaning=indicator.meaning,
        quarters=quarters,
        change_a_year=change,
        change_standard_error=error,
    )
