"""Conversion: what became of what was told, from the telling to knowledge that people have taken up."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.measures.conversion import (
    ADOPTED,
    DERIVED,
    NEVER,
    SECONDS_A_DAY,
    SURFACED,
    TESTED,
    TOLD,
    Followed,
    Links,
    Step,
    Things,
    first_times,
    follow,
    last_times,
    step,
)
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
from service.model.experiments import ExperimentOutcome
from service.model.knowledge import DerivationMode
from service.model.viewer import Viewer
from service.operations.network import Network
from service.operations.projection import Scope, scope_of, up_to
from service.operations.references import references
from service.operations.scopes import ScopePeople, people_in

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Columns = Mapping[str, Sequence[Any]]

MOST_NAMED: Final = 1_000
TOPIC: Final = "topic:"

RULE: Final = (
    "A telling is a story, or what somebody said in a conversation; those of an organisation or community were told by "
    "who belongs to it at asOf, those of a topic are about it. It is followed through the insights that surfaced from "
    "it, the knowledge made of these, and knowledge made of that, and reaches a stage at the earliest moment by any of "
    "these ways, no later than the stages after it. Knowledge is tested by an experiment, or by who adapts it to "
    "another place or adopts it: where no experiment is recorded, its uptake is its test. It is adopted by who takes "
    "it up in their own work. What has not converted by asOf is still waiting: it is censored, not dropped. Knowledge "
    "is abandoned when other knowledge takes its place; and where every experiment with it was given up and nobody "
    "took it up, on the day of the last one, since nothing says when it was given up. What was deleted is not there."
)

_READ: Final = ("stories", "contributions", "surfacings", "derivations", "experiments", "uptakes", "supersessions")
_STAGES: Final = tuple(ConversionStage)
_STEPS: Final = (
    (TOLD, SURFACED, "tellings"),
    (SURFACED, DERIVED, "insights"),
    (DERIVED, TESTED, "knowledge"),
    (TESTED, ADOPTED, "knowledge"),
    (DERIVED, ADOPTED, "knowledge"),
)
MOST_POINTS: Final = 200
FEW: Final = 20
"""Below this a curve's tail says little: the answer points to the interval."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Read:
    """Everything that was read, numbered: stories first, then contributions, insights and knowledge."""

    ids: list[str]
    stories: int
    things: Things


async def conversion(network: Network, viewer: Viewer, asked: ConversionQuestion) -> Conversion:
    """The funnel from told to adopted of what a scope's people told in a window, with how long each step takes.

    It holds what the named audience may see, up to a moment: that of the newest thing read, where none is given.
    `Invalid` for a window that ends before it starts or begins after that moment, and for a moment before anything was
    told; `NotFound` for an unknown scope. Where nothing was told in the window, `reason` says so.
    """
    scope = scope_of(viewer, asked.audience)
    limit = up_to(asked.as_of)
    read = await _read(network, scope, limit)
    newest = max((max(columns["times"]) for columns in read.values() if columns["times"]), default=None)
    as_of = limit if asked.as_of is not None or newest is None else _instant(newest / 1000)
    _check(asked, read, as_of)
    people = await _whose(network, scope, asked, as_of)
    wanted = await _about(network, scope, people) if asked.scope.startswith(TOPIC) else people.people
    numbered = await asyncio.to_thread(_numbered, read, asked, wanted)
    followed = await asyncio.to_thread(follow, numbered.things)
    stages = _stages(followed, numbered.stories)
    furthest = max((row.stage for row in stages if row.count), key=_STAGES.index, default=None)
    return Conversion(
        scope=people.name,
        scope_item=people.item,
        stages=stages,
        steps=await asyncio.to_thread(_steps, followed, as_of),
        modes=_modes(read["derivations"], asked, wanted),
        furthest=furthest,
        contributions=await _furthest(network, scope, numbered.ids, followed, furthest) if asked.explain else [],
        reason=None
        if furthest
        else f"Nothing was told by {people.name} in this window, as far as this audience may see.",
        basis=ConversionBasis(
            as_of=as_of,
            audience=scope.name,
            since=asked.since,
            until=asked.until,
            people=None if people.item is None or asked.scope.startswith(TOPIC) else len(people.people),
            tellings=stages[0].count,
            surfacings=len(read["surfacings"]["times"]),
            derivations=len(read["derivations"]["times"]),
            experiments=len(read["experiments"]["times"]),
            uptakes=len(read["uptakes"]["times"]),
            rule=RULE,
        ),
    )


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


async def _read(network: Network, scope: Scope, until: datetime) -> dict[str, Columns]:
    parameters = {"until": until, "audiences": list(scope.audiences)}
    answers = await asyncio.gather(*(network.ask(f"conversion/{name}", parameters) for name in _READ))
    return {name: rows[0] for name, rows in zip(_READ, answers, strict=True)}


async def _whose(network: Network, scope: Scope, asked: ConversionQuestion, as_of: datetime) -> ScopePeople:
    """The people of the scope; nobody is named for the network, where it does not matter whose a telling is."""
    if asked.scope == NETWORK:
        return ScopePeople(None, frozenset())
    return await people_in(network, scope, asked.scope, as_of)


async def _about(network: Network, scope: Scope, people: ScopePeople) -> frozenset[str]:
    topic = people.item.id if people.item else ""
    (row,) = await network.ask("conversion/about", {"topic": topic, "audiences": list(scope.audiences)})
    return frozenset(row["items"])


def _numbered(read: Mapping[str, Columns], asked: ConversionQuestion, wanted: frozenset[str]) -> _Read:
    tellings = [*read["stories"]["items"], *read["contributions"]["items"]]
    drawn = read["derivations"]
    numbers = {id: number for number, id in enumerate(tellings)}
    for id in (*read["surfacings"]["made"], *drawn["made"], *(one for used in drawn["sources"] for one in used)):
        numbers.setdefault(id, len(numbers))
    made = zip(drawn["made"], drawn["explicit"], strict=True)
    known = {id: numbers[id] for id, is_explicit in made if is_explicit}
    explicit = np.zeros(len(numbers), dtype=np.bool_)
    explicit[list(known.values())] = True
    of_uptakes, took = _named(known, read["uptakes"])
    of_tests, tried = _named(known, read["experiments"])
    of_replaced, replaced = _named(known, read["supersessions"])
    adopting = np.array([kind == "adopt" for kind in read["uptakes"]["kinds"]], dtype=np.bool_)[took]
    taken = _times(read["uptakes"])[took]
    adopted = first_times(len(numbers), of_uptakes[adopting], taken[adopting])
    uptaken = first_times(len(numbers), of_uptakes, taken)
    tests = first_times(len(numbers), of_tests, _times(read["experiments"])[tried])
    given_up = _given_up(read["experiments"], of_tests, tried, len(numbers))
    things = Things(
        telling=np.arange(len(numbers)) < len(tellings),
        explicit=explicit,
        told=_told(read, asked, wanted, len(numbers)),
        links=_links(read, numbers),
        tested=np.minimum(tests, uptaken),
        adopted=adopted,
        superseded=first_times(len(numbers), of_replaced, _times(read["supersessions"])[replaced]),
        given_up=np.where(np.isinf(uptaken), given_up, NEVER),
    )
    return _Read(ids=list(numbers), stories=len(read["stories"]["items"]), things=things)


def _told(read: Mapping[str, Columns], asked: ConversionQuestion, wanted: frozenset[str], things: int) -> Floats:
    """When each telling that is followed was told: those of the scope in the window; never, for all other things."""
    told = np.full(things, NEVER)
    start, place = 0, "items" if asked.scope.startswith(TOPIC) else "tellers"
    for name in ("stories", "contributions"):
        columns = read[name]
        times = _times(columns)
        kept = _within(times, asked)
        if asked.scope != NETWORK:
            kept &= np.array([id in wanted for id in columns[place]], dtype=np.bool_)
        told[start : start + len(times)] = np.where(kept, times, NEVER)
        start += len(times)
    return told


def _links(read: Mapping[str, Columns], numbers: Mapping[str, int]) -> Links:
    surfaced, drawn = read["surfacings"], read["derivations"]
    rows = [(numbers[one], numbers[made]) for one, made in zip(surfaced["sources"], surfaced["made"], strict=True)]
    times = [*surfaced["times"]]
    for used, made, time in zip(drawn["sources"], drawn["made"], drawn["times"], strict=True):
        rows.extend((numbers[one], numbers[made]) for one in used)
        times.extend([time] * len(used))
    ends = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Links(sources=ends[:, 0], made=ends[:, 1], times=np.array(times, dtype=np.float64) / 1000)


def _given_up(experiments: Columns, tested: Numbers, known: Numbers, things: int) -> Floats:
    """The day of the last experiment with what has been given up in all of them."""
    outcomes = np.array(experiments["outcomes"], dtype=object)[known]
    going_on = np.zeros(things, dtype=np.bool_)
    going_on[tested[outcomes != ExperimentOutcome.abandoned.value]] = True
    return np.where(going_on, NEVER, last_times(things, tested, _times(experiments)[known]))


def _named(numbers: Mapping[str, int], columns: Columns) -> tuple[Numbers, Numbers]:
    """The numbers of the items that are among the things, and the rows in which they stand."""
    rows = [row for row, id in enumerate(columns["items"]) if id in numbers]
    return np.array([numbers[columns["items"][row]] for row in rows], dtype=np.int64), np.array(rows, dtype=np.int64)


def _times(columns: Columns) -> Floats:
    return np.array(columns["times"], dtype=np.float64) / 1000


def _within(times: Floats, asked: ConversionQuestion) -> Flags:
    since = -np.inf if asked.since is None else asked.since.timestamp()
    until = np.inf if asked.until is None else asked.until.timestamp()
    return (times >= since) & (times < until)


def _stages(followed: Followed, stories: int) -> list[StageReached]:
    rows: list[StageReached] = []
    for number, stage in enumerate(ConversionStage):
        got_there = followed.telling & np.isfinite(followed.reached[number])
        count, of_stories = int(got_there.sum()), int(got_there[:stories].sum())
        told, before = (rows[0].count, rows[-1].count) if rows else (count, 0)
        rows.append(
            StageReached(
                stage=stage,
                count=count,
                stories=of_stories,
                contributions=count - of_stories,
                things=int(followed.standing(number).sum()),
                share_of_told=count / told if told else None,
                share_of_previous=count / before if before else None,
            )
        )
    return rows


def _steps(followed: Followed, as_of: datetime) -> list[ConversionStep]:
    found: list[ConversionStep] = []
    for start, end, what in _STEPS:
        one = step(followed, start, end, as_of.timestamp())
        found.append(
            ConversionStep(
                from_stage=_STAGES[start],
                to_stage=_STAGES[end],
                of=what,
                count=len(one.seen.durations),
                converted=one.ended(Outcome.happened),
                abandoned=one.ended(Outcome.abandoned),
                waiting=one.ended(Outcome.waiting),
                median_days=one.curve.median,
                median_lower=one.curve.median_lower,
                median_upper=one.curve.median_upper,
                curve=_points(one),
                reason=_why(one, start, end),
            )
        )
    return found


def _points(one: Step) -> list[ConversionPoint]:
    last = len(one.days) - 1
    shown = np.unique(np.linspace(0, last, min(last + 1, MOST_POINTS)).round().astype(np.int64)).tolist()
    return [
        ConversionPoint(
            day=float(one.days[row]),
            at_risk=int(one.at_risk[row]),
            waiting=float(one.waiting[row]),
            standard_error=float(one.errors[row]),
            lower=float(one.lower[row]),
            upper=float(one.upper[row]),
            converted=float(one.converted[row]),
            abandoned=float(one.abandoned[row]),
        )
        for row in shown
    ]


def _why(one: Step, start: int, end: int) -> str | None:
    """Why there is no curve or no median, or what to be careful about."""
    count, until = len(one.seen.durations), _STAGES[end].value
    if not count:
        before = " before it was adopted" if start == TESTED else ""
        return f"Nothing was {_STAGES[start].value}{before}, so nothing waits from there."
    if not one.ended(Outcome.happened):
        return f"None of these {count} has been {until} yet."
    if one.curve.median is None:
        left = one.curve.survival[-1]
        return f"By the longest wait seen {left:.0%} have not been {until}: it has not come to a half."
    if count < FEW:
        return f"There are only {count}: read the interval rather than the curve."
    return None


def _modes(drawn: Columns, asked: ConversionQuestion, wanted: frozenset[str]) -> list[ModeCount]:
    """The derivations in the window by the scope's people; of a topic, those that made something about it."""
    inside = _within(_times(drawn), asked).tolist()
    counts: Counter[str] = Counter()
    for mode, made, makers, counted in zip(drawn["modes"], drawn["made"], drawn["makers"], inside, strict=True):
        of_scope = made in wanted if asked.scope.startswith(TOPIC) else not wanted.isdisjoint(makers)
        if counted and (of_scope or asked.scope == NETWORK):
            counts[mode] += 1
    total = counts.total()
    return [
        ModeCount(mode=mode, count=counts[mode.value], share=counts[mode.value] / total if total else None)
        for mode in DerivationMode
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
