"""Tellings: everything told up to a moment and what came of it, read and numbered for conversion to follow."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.measures.conversion import NEVER, Links, Things, first_times, last_times
from service.model.asking import NETWORK
from service.model.conversion import ConversionQuestion
from service.model.experiments import ExperimentOutcome
from service.operations.network import Network
from service.operations.projection import Scope

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Columns = Mapping[str, Sequence[Any]]

TOPIC: Final = "topic:"

_READ: Final = ("stories", "contributions", "surfacings", "derivations", "experiments", "uptakes", "supersessions")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tellings:
    """Everything that was read, numbered: stories first, then contributions, insights and knowledge.

    `tellers` has a number for whoever told each telling, the same for all whom the audience may not know of.
    """

    ids: list[str]
    stories: int
    tellers: Numbers
    things: Things


async def read_up_to(network: Network, scope: Scope, until: datetime) -> dict[str, Columns]:
    """All that was told up to a moment and came of it, by what it is, as columns."""
    parameters = {"until": until, "audiences": list(scope.audiences)}
    answers = await asyncio.gather(*(network.ask(f"conversion/{name}", parameters) for name in _READ))
    return {name: rows[0] for name, rows in zip(_READ, answers, strict=True)}


async def about(network: Network, scope: Scope, topic: str) -> frozenset[str]:
    """The items about a topic, or one that belongs under it, as far as the audience may see."""
    (row,) = await network.ask("conversion/about", {"topic": topic, "audiences": list(scope.audiences)})
    return frozenset(row["items"])


def numbered(read: Mapping[str, Columns], asked: ConversionQuestion, wanted: frozenset[str]) -> Tellings:
    """The same by numbers, where only the tellings of a scope in a window are told.

    `wanted` are the people of the scope; of a topic, the items about it.
    """
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
    taken = times_of(read["uptakes"])[took]
    adopted = first_times(len(numbers), of_uptakes[adopting], taken[adopting])
    uptaken = first_times(len(numbers), of_uptakes, taken)
    tests = first_times(len(numbers), of_tests, times_of(read["experiments"])[tried])
    given_up = _given_up(read["experiments"], of_tests, tried, len(numbers))
    things = Things(
        telling=np.arange(len(numbers)) < len(tellings),
        explicit=explicit,
        told=_told(read, asked, wanted, len(numbers)),
        links=_links(read, numbers),
        tested=np.minimum(tests, uptaken),
        adopted=adopted,
        superseded=first_times(len(numbers), of_replaced, times_of(read["supersessions"])[replaced]),
        given_up=np.where(np.isinf(uptaken), given_up, NEVER),
    )
    people: dict[str, int] = {}
    told_by = (*read["stories"]["tellers"], *read["contributions"]["tellers"])
    tellers = np.array([people.setdefault(one, len(people)) for one in told_by], dtype=np.int64)
    return Tellings(ids=list(numbers), stories=len(read["stories"]["items"]), tellers=tellers, things=things)


def _told(read: Mapping[str, Columns], asked: ConversionQuestion, wanted: frozenset[str], things: int) -> Floats:
    """When each telling that is followed was told: those of the scope in the window; never, for all other things."""
    told = np.full(things, NEVER)
    start, place = 0, "items" if asked.scope.startswith(TOPIC) else "tellers"
    for name in ("stories", "contributions"):
        columns = read[name]
        times = times_of(columns)
        kept = within(times, asked)
        if asked.scope != NETWORK:
            kept &= np.array([id in wanted for id in columns[place]], dtype=np.bool_)
        told[start : start + len(times)] = np.where(kept, times, NEVER)
        start += len(times)
    return told


def _links(read: Mapping[str, Columns], numbers: Mapping[str, int]) -> Links:
    surfaced, drawn = read["surfacings"], read["derivations"]
    rows: list[tuple[int, int]] = []
    times: list[float] = []
    for one, made, time in zip(surfaced["sources"], surfaced["made"], surfaced["times"], strict=True):
        # A telling may be dated after its surfacing: at a moment between the two it has not been told.
        if one in numbers:
            rows.append((numbers[one], numbers[made]))
            times.append(time)
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
    return np.where(going_on, NEVER, last_times(things, tested, times_of(experiments)[known]))


def _named(numbers: Mapping[str, int], columns: Columns) -> tuple[Numbers, Numbers]:
    """The numbers of the items that are among the things, and the rows in which they stand."""
    rows = [row for row, id in enumerate(columns["items"]) if id in numbers]
    return np.array([numbers[columns["items"][row]] for row in rows], dtype=np.int64), np.array(rows, dtype=np.int64)


def times_of(columns: Columns) -> Floats:
    """When each row took place, in seconds since the epoch."""
    return np.array(columns["times"], dtype=np.float64) / 1000


def within(times: Floats, asked: ConversionQuestion) -> Flags:
    """Which moments lie in the window that is asked for."""
    since = -np.inf if asked.since is None else asked.since.timestamp()
    until = np.inf if asked.until is None else asked.until.timestamp()
    return (times >= since) & (times < until)
