"""Conversion: what became of what was told, from the telling to knowledge that people have taken up."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from service.measures.conversion import (
    ADOPTED,
    DERIVED,
    SECONDS_A_DAY,
    SURFACED,
    TESTED,
    TOLD,
    Followed,
    Step,
    follow,
    step,
    tellers_behind,
)
from service.measures.disclosure import LEAST, people_behind, told_of_chain, withheld
from service.measures.survival import Outcome
from service.model.asking import NETWORK
from service.model.conversion import (
    Conversion,
    ConversionBasis,
    ConversionPoint,
    ConversionQuestion,
    ConversionStage,
    ConversionStep,
    FurthestTelling,
    ModeCount,
    StageReached,
)
from service.model.errors import Invalid
from service.model.knowledge import DerivationMode
from service.model.paths import rest_of
from service.model.viewer import Viewer
from service.operations.disclosure import at_month_end, month_of, people_shown
from service.operations.network import Network
from service.operations.projection import Scope, scope_of, up_to
from service.operations.references import references
from service.operations.scopes import ScopePeople, people_in
from service.operations.tellings import TOPIC, Columns, about, numbered, read_up_to, times_of, within

MOST_NAMED: Final = 1_000

RULE: Final = (
    "A telling is a story, or what somebody said in a conversation; those of an organisation or community were told by "
    "who belongs to it at asOf, those of a topic are about it. It is followed through the insights that surfaced from "
    "it, the knowledge made of these, and knowledge made of that, and reaches a stage at the earliest moment by any of "
    "these ways, no later than the stages after it. Knowledge is tested by the first of these: an experiment with it, "
    "or somebody's adapting it to another place or adopting it, since to take it up is to try it out. It is adopted by "
    "who takes it up in their own work. What was tested by the very act that adopted it did not wait "
    "from the one to the other, and is not among what waits there: fewer than were tested. What has not converted by "
    "asOf is still waiting: it is censored, not dropped. "
    "Knowledge is abandoned when other knowledge takes its place; and where every experiment with it was given up and "
    "nobody took it up, on the day of the last one, since nothing says when it was given up. What was deleted is not "
    "there."
)
DISCLOSED: Final = (
    f" Of less than the whole network whole calendar months are told, and nothing behind which fewer than {LEAST} "
    "people stand, nor what would tell of so few by subtraction; an organisation's or community's people are those of "
    "an earlier month until enough have come and gone."
)

_STAGES: Final = tuple(ConversionStage)
_STEPS: Final = (
    (TOLD, SURFACED, "tellings"),
    (SURFACED, DERIVED, "insights"),
    (DERIVED, TESTED, "knowledge"),
    (TESTED, ADOPTED, "knowledge tested beforehand"),
    (DERIVED, ADOPTED, "knowledge"),
)
_TOO_FEW: Final = "Too few people stand behind this, or a part of it, for it to be told."
_UNTOLD: Final = "Too few people stand behind this, a part of it, or what it would be a share of, for it to be told."
_NO_WHOLE: Final = "There is nothing of which it could be a share."
MOST_POINTS: Final = 200
FEW: Final = 20
"""Below this a curve's tail says little: the answer points to the interval."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Whose:
    """Whose tellings are followed, up to when, and whether that may be told of them at all."""

    scope: ScopePeople
    limit: datetime
    wanted: frozenset[str]
    """The people of the scope; of a topic, the items about it."""
    may_be_told: bool = True


async def conversion(network: Network, viewer: Viewer, asked: ConversionQuestion) -> Conversion:
    """The funnel from told to adopted of what a scope's people told in a window, with how long each step takes.

    It holds what the named audience may see, up to a moment: that of the newest thing read, where none is given. Of
    less than the whole network it tells whole calendar months, and nothing that is about a few people alone.
    `Invalid` for a window that ends before it starts, begins after that moment or, of less than the network, does not
    begin and end with months; and for a moment before anything was told. `NotFound` for an unknown scope. Where
    nothing was told in the window, or the scope is too few people, `reason` says so.
    """
    scope = scope_of(viewer, asked.audience)
    whose = await _whose(network, scope, asked)
    read = await read_up_to(network, scope, whose.limit)
    newest = max((max(columns["times"]) for columns in read.values() if columns["times"]), default=None)
    latest = asked.as_of is None and asked.scope == NETWORK and newest is not None
    as_of = _instant(newest / 1000) if latest and newest is not None else whose.limit
    _check(asked, read, as_of)
    tellings = await asyncio.to_thread(numbered, read, asked, whose.wanted)
    followed = await asyncio.to_thread(follow, tellings.things)
    behind = None if asked.scope == NETWORK else tellers_behind(followed, tellings.tellers)
    stages = _stages(followed, tellings.stories, behind) if whose.may_be_told else []
    steps = await asyncio.to_thread(_steps, followed, as_of, behind, stages)
    modes = _modes(read["derivations"], asked, whose.wanted) if whose.may_be_told else []
    furthest = max((row.stage for row in stages if row.count), key=_STAGES.index, default=None)
    contributions = await _furthest(network, scope, tellings.ids, followed, furthest) if asked.explain else []
    return Conversion(
        scope=whose.scope.name,
        scope_item=whose.scope.item,
        stages=stages,
        steps=steps,
        modes=modes,
        furthest=furthest,
        contributions=contributions,
        rest_share=rest_of(one.share for one in contributions),
        reason=None if furthest else _nothing(whose, followed),
        basis=ConversionBasis(
            as_of=as_of,
            audience=scope.name,
            since=asked.since,
            until=asked.until,
            people=len(whose.scope.people) if _of_people(asked) and whose.may_be_told else None,
            withheld=sum(count is None for count in _counts(stages, steps, modes)),
            tellings=stages[0].count if stages else None,
            surfacings=len(read["surfacings"]["times"]),
            derivations=len(read["derivations"]["times"]),
            experiments=len(read["experiments"]["times"]),
            uptakes=len(read["uptakes"]["times"]),
            rule=RULE if behind is None else RULE + DISCLOSED,
        ),
    )


async def _whose(network: Network, scope: Scope, asked: ConversionQuestion) -> _Whose:
    """Whose tellings; nobody is named for the network, where it does not matter whose a telling is."""
    limit = up_to(asked.as_of)
    if asked.scope == NETWORK:
        return _Whose(scope=ScopePeople(None, frozenset()), limit=limit, wanted=frozenset())
    for field, moment, does in (("since", asked.since, "starts"), ("until", asked.until, "ends")):
        if moment is not None and month_of(moment) != moment:
            raise Invalid(
                f"The window {does} inside a month",
                right=f"Give the first moment of a month: {month_of(moment).isoformat()}.",
                field=field,
            )
    tied = await at_month_end(network, scope, asked.as_of)
    named = await people_in(network, scope, asked.scope, tied.as_of)
    topic = named.item.id if named.item else ""
    if not _of_people(asked):
        return _Whose(scope=named, limit=tied.as_of, wanted=await about(network, scope, topic))
    people = await people_shown(network, tied, f"{asked.scope.partition(':')[0]}:{topic}")
    shown = ScopePeople(named.item, people or frozenset())
    return _Whose(scope=shown, limit=tied.as_of, wanted=shown.people, may_be_told=people is not None)


def _counts(
    stages: Sequence[StageReached], steps: Sequence[ConversionStep], modes: Sequence[ModeCount]
) -> list[int | None]:
    return [*(one.count for one in stages), *(one.count for one in steps), *(one.count for one in modes)]


def _of_people(asked: ConversionQuestion) -> bool:
    return asked.scope != NETWORK and not asked.scope.startswith(TOPIC)


def _nothing(whose: _Whose, followed: Followed) -> str:
    if not whose.may_be_told:
        return f"The people of {whose.scope.name} are too few, or have just changed by too few, for numbers of them."
    if followed.telling.any():
        return f"Too few people of {whose.scope.name} told something in this window for numbers of it to be told."
    return f"Nothing was told by {whose.scope.name} in this window, as far as this audience may see."


def _check(asked: ConversionQuestion, read: Mapping[str, Columns], as_of: datetime) -> None:
    if asked.since is not None and asked.until is not None and asked.since >= asked.until:
        raise Invalid(
            f"The window ends at {asked.until.isoformat()}, before it starts",
            right=f"Give an end after {asked.since.isoformat()}.",
            field="until",
        )
    if asked.since is not None and asked.since > as_of:
        raise Invalid(
            f"The window starts after {as_of.isoformat()}, up to when is looked",
            right="Give an earlier start, or a later asOf.",
            field="since",
        )
    if asked.as_of is not None and not (read["stories"]["times"] or read["contributions"]["times"]):
        raise Invalid(f"Nothing had been told by {as_of.isoformat()}", right="Give a later moment.", field="asOf")


def _stages(followed: Followed, stories: int, behind: csr_array | None) -> list[StageReached]:
    """How many tellings got how far; not told, where too few people stand behind a number or between two."""
    is_story = np.arange(len(followed.telling)) < stories
    cells = [followed.telling & np.isfinite(reached) for reached in followed.reached]
    whole = both = [True] * len(cells)
    if behind is not None:
        whole = told_of_chain(cells, behind)
        sorts = [told_of_chain([cell & sort for cell in cells], behind) for sort in (is_story, ~is_story)]
        both = [all(told) for told in zip(whole, *sorts, strict=True)]
    rows: list[StageReached] = []
    for number, (stage, cell) in enumerate(zip(_STAGES, cells, strict=True)):
        count = int(cell.sum()) if whole[number] else None
        of_stories = int((cell & is_story).sum())
        told, before = (rows[0].count, rows[-1].count) if rows else (count, count)
        rows.append(
            StageReached(
                stage=stage,
                count=count,
                stories=of_stories if both[number] else None,
                contributions=int(cell.sum()) - of_stories if both[number] else None,
                things=int(followed.standing(number).sum()) if whole[number] else None,
                share_of_told=count / told if told and count is not None else None,
                share_of_previous=count / before if rows and before and count is not None else None,
                reason=_UNTOLD if not both[number] or None in {told, before} else None if before else _NO_WHOLE,
            )
        )
    return rows


def _steps(
    followed: Followed, as_of: datetime, behind: csr_array | None, stages: Sequence[StageReached]
) -> list[ConversionStep]:
    found: list[ConversionStep] = []
    for start, end, what in _STEPS if stages else ():
        one = step(followed, start, end, as_of.timestamp())
        shown = _step(one, start, end, what, behind)
        if behind is not None:
            told = all(stages[place].count is not None for place in (start, end))
            shown = _disclosed(one, shown, behind, told=told)
        found.append(shown)
    return found


def _step(one: Step, start: int, end: int, what: str, behind: csr_array | None) -> ConversionStep:
    return ConversionStep(
        from_stage=_STAGES[start],
        to_stage=_STAGES[end],
        of=what,
        count=len(one.things),
        converted=one.ended(Outcome.happened),
        abandoned=one.ended(Outcome.abandoned),
        waiting=one.ended(Outcome.waiting),
        half_days=one.incidence.half,
        half_lower=one.incidence.half_lower,
        half_upper=one.incidence.half_upper,
        median_days=one.curve.median,
        median_lower=one.curve.median_lower,
        median_upper=one.curve.median_upper,
        curve=_points(one, behind),
        reason=_why(one, start, end),
    )


def _disclosed(one: Step, shown: ConversionStep, behind: csr_array, *, told: bool) -> ConversionStep:
    """The same without what too few people stand behind; where that is any part, without the curve, which tells it."""
    ended = [one.which(how) for how in (Outcome.happened, Outcome.abandoned, Outcome.waiting)]
    counts = np.array([len(which) for which in ended])
    told &= not len(one.things) or people_behind(behind, one.things) >= LEAST
    hidden = withheld(counts, np.array([people_behind(behind, which) for which in ended])) | (not told)
    if not hidden.any():
        return shown
    converted, abandoned, waiting = (None if gone else int(count) for count, gone in zip(counts, hidden, strict=True))
    return replace(
        shown,
        count=shown.count if told else None,
        converted=converted,
        abandoned=abandoned,
        waiting=waiting,
        half_days=None,
        half_lower=None,
        half_upper=None,
        median_days=None,
        median_lower=None,
        median_upper=None,
        curve=[],
        reason=_TOO_FEW,
    )


def _points(one: Step, behind: csr_array | None) -> list[ConversionPoint]:
    rows = np.arange(len(one.days)) if behind is None else _apart(one, behind)
    last = len(rows) - 1
    shown = rows[np.unique(np.linspace(0, last, min(last + 1, MOST_POINTS)).round().astype(np.int64))].tolist()
    return [
        ConversionPoint(
            day=float(one.days[row]),
            at_risk=int(one.at_risk[row]),
            waiting=float(one.waiting[row]),
            standard_error=float(one.errors[row]),
            lower=float(one.lower[row]),
            upper=float(one.upper[row]),
            converted=float(one.incidence.incidence[row]),
            converted_lower=float(one.incidence.lower[row]),
            converted_upper=float(one.incidence.upper[row]),
            abandoned=float(one.incidence.abandoned[row]),
        )
        for row in shown
    ]


def _apart(one: Step, behind: csr_array) -> NDArray[np.int64]:
    """Days on a curve between any two of which it ended for things of enough people."""
    kept, since = list[int](), -np.inf
    for row, day in enumerate(one.days):
        between = (one.seen.durations > since) & (one.seen.durations <= day)
        if people_behind(behind, one.things[between]) >= LEAST:
            kept.append(row)
            since = day
    return np.array(kept, dtype=np.int64)


def _why(one: Step, start: int, end: int) -> str | None:
    """Why there is no curve or no median, or what to be careful about."""
    count, until = len(one.things), _STAGES[end].value
    if not count:
        before = " before it was adopted" if start == TESTED else ""
        return f"Nothing was {_STAGES[start].value}{before}, so nothing waits from there."
    if not one.ended(Outcome.happened):
        none = "The only one has not" if count == 1 else f"None of these {count} has"
        return f"{none} been {until} yet."
    if one.curve.median is None:
        left = one.curve.survival[-1]
        return f"By the longest wait seen {left:.0%} have not been {until}: it has not come to a half."
    if one.incidence.half is None:
        return f"Of all, with those abandoned, {one.incidence.incidence[-1]:.0%} have been {until}: not a half."
    if count < FEW:
        return f"There {'is' if count == 1 else 'are'} only {count}: read the interval rather than the curve."
    return None


def _modes(drawn: Columns, asked: ConversionQuestion, wanted: frozenset[str]) -> list[ModeCount]:
    """The derivations in the window by the scope's people; of a topic, those that made something about it."""
    inside = within(times_of(drawn), asked).tolist()
    made_by: dict[str, list[set[str]]] = defaultdict(list)
    for mode, made, makers, counted in zip(drawn["modes"], drawn["made"], drawn["makers"], inside, strict=True):
        of_scope = made in wanted if asked.scope.startswith(TOPIC) else not wanted.isdisjoint(makers)
        if counted and (of_scope or asked.scope == NETWORK):
            made_by[mode].append(set(makers) & wanted if _of_people(asked) else set(makers))
    counts = np.array([len(made_by[mode.value]) for mode in DerivationMode])
    people = np.array([len({one for makers in made_by[mode.value] for one in makers}) for mode in DerivationMode])
    hidden = np.zeros(len(counts), dtype=np.bool_) if asked.scope == NETWORK else withheld(counts, people)
    total = None if hidden.any() else int(counts.sum())
    return [
        ModeCount(
            mode=mode,
            count=None if gone else int(count),
            share=int(count) / total if total else None,
            reason=_UNTOLD if total is None else None if total else _NO_WHOLE,
        )
        for mode, count, gone in zip(DerivationMode, counts, hidden, strict=True)
    ]


async def _furthest(
    network: Network, scope: Scope, ids: Sequence[str], followed: Followed, stage: ConversionStage | None
) -> list[FurthestTelling]:
    if stage is None:
        return []
    arrived = followed.reached[_STAGES.index(stage)]
    rows = np.flatnonzero(followed.telling & np.isfinite(arrived))
    days = (arrived[rows] - followed.came[rows]) / SECONDS_A_DAY
    soonest = np.lexsort((rows, days))[:MOST_NAMED]
    named = await references(network, scope.audiences, (ids[row] for row in rows[soonest].tolist()))
    return [
        FurthestTelling(
            item=named[ids[row]], told_at=_instant(followed.came[row]), days=float(waited), share=1 / len(rows)
        )
        for row, waited in zip(rows[soonest].tolist(), days[soonest], strict=True)
        if ids[row] in named
    ]


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
