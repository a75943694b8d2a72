"""The era profile of an organisation: power, leadership, offer and trust, quarter by quarter."""

import asyncio
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.graph.projection import KINDS
from service.measures.bootstrap import FEWEST
from service.measures.disclosure import LEAST
from service.measures.era import (
    BOOTSTRAPS,
    FEWEST_QUARTERS,
    Share,
    begun,
    filling,
    returned_share,
    shared_by,
    trend,
    unequal_reach,
)
from service.measures.progress import report
from service.measures.ties import SECONDS_A_DAY
from service.model.answers import EvidenceKind, ItemReference
from service.model.crossing import EstimatedFigure
from service.model.era import EraBasis, EraIndicator, EraProfile, EraProfileQuestion, EraQuarter, EraTrend
from service.model.ids import as_id
from service.model.viewer import Viewer
from service.model.wording import counted
from service.operations.crossing import NO_FIGURE, figure
from service.operations.disclosure import (
    QUARTER,
    RULE,
    at_month_end,
    first_seen,
    month_of,
    months_before,
    quarter_of,
    registered,
)
from service.operations.era_told import EraTold, acts_between, era_told
from service.operations.network import Network
from service.operations.projection import Standing, scope_of, standing
from service.operations.scopes import people_in

_YEAR = 365.25 * SECONDS_A_DAY
FILLING: Final = (
    "What an indicator rests on was only filling up in those quarters, from the first on, for which fewer than half as "
    "many pairs or pieces a head are told as is usual in the later half of those with any, what is of too few counting "
    f"as none; and in those that began before {LEAST} people had been recorded with such acts. Power rests on all ties "
    "known by then: in those in which these were, a head, fewer than three quarters of the last."
)
_STILL_FILLING: Final = (
    "Until {end:%Y-%m-%d} what it rests on was only filling up, by the rule in the basis: a change from before then "
    "may say more about recording than about the organisation."
)


_OF_FEW: Final = "It is of nobody, or of one to four people, or of so few more or fewer than another organisation's."
_SIDE_OF_FEW: Final = (
    "What is in the share, or what is not, is of one to four people, or of so few more or fewer than another's."
)
_SMALL: Final = f"Fewer than {FEWEST} people are counted: too few for an error."


@dataclass(frozen=True, slots=True)
class _Told:
    """An indicator in a quarter as far as it is told: of how many it is, and why there is no figure."""

    figure: EstimatedFigure
    counted: int | None
    reason: str | None = None


_Figures = dict[EraIndicator, _Told]


@dataclass(frozen=True, slots=True)
class _Quarter:
    """What there is to tell of one quarter."""

    end: datetime
    people: int
    figures: _Figures
    ties: float
    """To how many people each of them was known by its end to tell."""

    def recorded(self, indicator: EraIndicator) -> float:
        """How much is told, a head, of what an indicator rests on."""
        return self.ties if indicator is EraIndicator.power else (self.figures[indicator].counted or 0) / self.people


async def era_profile(network: Network, viewer: Viewer, asked: EraProfileQuestion) -> EraProfile:
    """Four indicators of how an organisation works, at the end of each of its last calendar quarters.

    An unknown organisation is `NotFound`; of one too small to be told of, `reason` says so.
    """
    scope = scope_of(viewer, asked.audience)
    tied = await at_month_end(network, scope, asked.as_of)
    name = f"organisation:{as_id(asked.organisation, 'organisation')}"
    named = await people_in(network, scope, name, tied.as_of, field="organisation")
    item = named.item or ItemReference(id=name, kind="Organisation")
    (made,) = await network.ask("era/derivations", {"audiences": list(scope.audiences), "until": tied.as_of})
    # Quarters that move by a month would tell, taken from each other, of single months.
    last = quarter_of(month_of(tied.as_of))
    ends = [months_before(last, QUARTER * back) for back in reversed(range(asked.quarters))]
    groups, people = await registered(network, tied), tied.projection.people
    found: list[_Quarter] = []
    for done, end in enumerate(ends):
        report(done / len(ends))
        if end.timestamp() <= first_seen(tied):
            continue
        then = await standing(network, scope, end)
        if then.projection.people is not people:
            # Somebody was written meanwhile, and people are numbered anew.
            groups, people = await registered(network, then), then.projection.people
        whole = groups.whole(end, f"organisation:{item.id}")
        if whole is not None:
            told = await era_told(network, then, groups, made)
            figures = await asyncio.to_thread(_figures, then, whole, told, item.id, asked.seed)
            found.append(_quarter(then, whole, figures))
    since = await asyncio.to_thread(_begun, tied, made)
    return EraProfile(
        organisation=item,
        indicators=[_over_time(indicator, found, since[indicator]) for indicator in EraIndicator] if found else [],
        reason=None
        if found
        else "It has too few people to be told of in numbers, or no evidence from before a quarter's end.",
        basis=EraBasis(
            **tied.basis, quarters=asked.quarters, seed=asked.seed, bootstraps=BOOTSTRAPS, rule=f"{RULE} {FILLING}"
        ),
    )


def _quarter(then: Standing, whole: NDArray[np.bool_], figures: _Figures) -> _Quarter:
    people = int(whole.sum())
    return _Quarter(end=then.as_of, people=people, figures=figures, ties=int(whole[then.ties.tellers].sum()) / people)


def _begun(tied: Standing, made: dict[str, Any]) -> dict[EraIndicator, float]:
    """When what each indicator rests on had begun to be recorded of enough people of the audience's."""
    seen = tied.projection

    def of(rows: NDArray[np.bool_]) -> float:
        who = np.concatenate((seen.listeners[rows], seen.tellers[rows]))
        return begun(who, np.tile(seen.times[rows], 2), LEAST)

    return {
        EraIndicator.power: of(np.ones(len(seen.times), dtype=np.bool_)),
        EraIndicator.leadership: of(seen.kinds == KINDS.index(EvidenceKind.reply)),
        EraIndicator.offer: begun(np.array(made["people"]), np.array(made["times"], dtype=np.float64) / 1000, LEAST),
        EraIndicator.trust: of(seen.kinds == KINDS.index(EvidenceKind.support)),
    }


def _figures(then: Standing, whole: NDArray[np.bool_], told: EraTold, organisation: str, seed: int) -> _Figures:
    people = np.flatnonzero(whole)
    numbers = np.full(len(whole), -1, dtype=np.int64)
    numbers[people] = np.arange(len(people))
    reach = np.bincount(then.ties.tellers, weights=then.network.probabilities, minlength=len(whole))[people]
    replied = acts_between(then, numbers, EvidenceKind.reply)
    supported = acts_between(then, numbers, EvidenceKind.support)
    pieces, may = told.pieces, told.shares[organisation]
    shares = {
        EraIndicator.leadership: returned_share(*replied, len(people), seed=seed),
        EraIndicator.offer: shared_by(
            pieces.within[pieces.by(whole)], numbers[pieces.first_makers(whole)], len(people), seed=seed
        ),
        EraIndicator.trust: returned_share(*supported, len(people), seed=seed),
    }
    return {
        EraIndicator.power: _power(reach.astype(np.float64), seed),
        **{one: _told(share, len(people), may[one]) for one, share in shares.items()},
    }


def _power(reach: NDArray[np.float64], seed: int) -> _Told:
    if (reach > 0).sum() < LEAST or len(reach) < FEWEST:
        return _Told(NO_FIGURE, len(reach), _SMALL if len(reach) < FEWEST else _OF_FEW)
    return _Told(figure(unequal_reach(reach, seed=seed)), len(reach))


def _told(share: Share, people: int, told: tuple[bool, bool]) -> _Told:
    """A share as far as it is told of how many it is, and of how many there are in it."""
    may, parts = told
    if not may or share.people < LEAST:
        return _Told(NO_FIGURE, None, _OF_FEW)
    if people < FEWEST:
        return _Told(NO_FIGURE, share.of, _SMALL)
    if not parts or any(0 < some < LEAST for some in (share.marked, share.unmarked)):
        return _Told(NO_FIGURE, share.of, _SIDE_OF_FEW)
    mixed = share.marked > 0 and share.unmarked > 0
    return _Told(figure(share.estimate) if mixed else EstimatedFigure(**asdict(share.estimate)), share.of)


def _caution(indicator: EraIndicator, found: list[_Quarter], since: float) -> str | None:
    """That a change may be of the record of what it rests on, which began at that moment and was filling up."""
    if len(found) < 2:  # noqa: PLR2004 - one quarter alone has not changed
        return None
    early = np.array([months_before(one.end, QUARTER).timestamp() < since for one in found])
    recorded = np.array([one.recorded(indicator) for one in found])
    count = filling(recorded, early, adds_up=indicator is EraIndicator.power)
    if count == 0:
        return None
    left = len(found) - count
    rest = f" That is not so of the last {left} quarters." if left > 1 else ""
    return _STILL_FILLING.format(end=found[count - 1].end) + rest


def _no_change(figures: int, change: float | None, error: float | None) -> str | None:
    """Why a change, or its error, is not told of an indicator with so many figures."""
    if change is None:
        had = counted(figures, "quarter has", "quarters have")
        return f"{had} a figure, and a change is read from {FEWEST_QUARTERS}."
    return "Its figures are all the same, which says nothing of the error of a change." if error is None else None


def _over_time(indicator: EraIndicator, found: list[_Quarter], since: float) -> EraTrend:
    quarters = [
        EraQuarter(until=one.end, people=one.people, counted=told.counted, figure=told.figure, reason=told.reason)
        for one, told in ((one, one.figures[indicator]) for one in found)
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
        reason=_no_change(int((~np.isnan(values)).sum()), change, error),
        caution=_caution(indicator, found, since),
    )
