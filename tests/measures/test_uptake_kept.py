"""What was foretold beside what happened: the same as plain loops over all that was told."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.measures.ties import SECONDS_A_DAY, Evidence
from service.measures.uptake import opportunities
from service.measures.uptake_kept import Foretold, takers_since, ties_since, uptakes_since
from service.measures.uptake_signals import CONTRIBUTION, STORY, History, Tellings

PEOPLE, HORIZON = 5, 10.0
SPAN = HORIZON * SECONDS_A_DAY


def made(seed: int) -> tuple[History, Foretold, float]:
    """Anything: sixty acts, of which many are reactions, on twenty tellings; and thirty predictions."""
    random = np.random.default_rng(seed)
    times = np.sort(random.uniform(0, 60, 20)) * SECONDS_A_DAY
    tellers = random.integers(0, PEOPLE, 20).astype(np.int32)
    about = random.integers(-10, 20, 60)
    when = np.where(about >= 0, times[about], 0) + random.uniform(-5, 25, 60) * SECONDS_A_DAY
    to = np.where((about >= 0) & (random.random(60) < 0.7), tellers[about], random.integers(0, PEOPLE, 60))
    history = History(
        people=PEOPLE,
        evidence=Evidence(
            listeners=random.integers(0, PEOPLE, 60).astype(np.int32),
            tellers=to.astype(np.int32),
            kinds=np.zeros(60, dtype=np.int8),
            times=np.where(random.random(60) < 0.1, np.nan, when),
        ),
        about=about.clip(-1),
        tellings=Tellings(
            tellers=tellers,
            times=times,
            kinds=random.choice(np.array([STORY, CONTRIBUTION], dtype=np.int8), 20),
            answering=np.where(random.random(20) < 0.5, random.integers(-1, 20, 20), -1) % (np.arange(20) + 1) - 1,
        ),
    )
    foretold = Foretold(
        tellers=random.integers(0, PEOPLE, 30).astype(np.int32),
        listeners=random.integers(0, PEOPLE, 30).astype(np.int32),
        times=random.uniform(0, 60, 30) * SECONDS_A_DAY,
        values=random.random(30),
    )
    return history, foretold, float(random.uniform(20, 80)) * SECONDS_A_DAY


def stories(history: History, teller: int, since: float, until: float) -> list[int]:
    """The stories that somebody told after one moment, up to another."""
    told = history.tellings
    ours = (told.tellers == teller) & (told.kinds == STORY) & (told.times > since) & (told.times <= until)
    return [int(one) for one in np.flatnonzero(ours)]


def concerns(history: History, act: int, telling: int, *, ever: bool) -> bool:
    """Whether an act reacts to something told, or (`ever`) to what answers it, and so on."""
    of = int(history.about[act])
    while ever and of >= 0 and of != telling:
        of = int(history.tellings.answering[of])
    return of == telling


def takers(history: History, telling: int, until: float, *, ever: bool) -> set[int]:
    """Who reacted to it."""
    evidence, told, found = history.evidence, history.tellings, set()
    for act in range(len(history.about)):
        at, teller = evidence.times[act], told.tellers[telling]
        if (
            not concerns(history, act, telling, ever=ever)
            or np.isnan(at)
            or at > until
            or evidence.listeners[act] == teller
        ):
            continue
        if at > told.times[telling] and (
            ever or (at <= told.times[telling] + SPAN and evidence.tellers[act] == teller)
        ):
            found.add(int(evidence.listeners[act]))
    return found


def way_since(history: History, telling: int, listener: int, *, ever: bool) -> float:
    """Since when all ties were there on the way by which something came to somebody first; infinity for no way."""
    evidence, told = history.evidence, history.tellings
    teller, at = told.tellers[telling], told.times[telling]
    rows = [
        int(row)
        for row in np.flatnonzero((evidence.listeners == listener) & (evidence.times > at))
        if concerns(history, int(row), telling, ever=ever)
        and (ever or (evidence.tellers[row] == teller and evidence.times[row] <= at + SPAN))
    ]
    if not rows or listener == teller:
        return np.inf
    first = min(rows, key=lambda row: (evidence.times[row], row))
    before = int(evidence.tellers[first])
    pair = evidence.times[(evidence.listeners == listener) & (evidence.tellers == before) & ~np.isnan(evidence.times)]
    if before == listener:
        return np.inf
    if before == teller:
        return float(pair.min())
    theirs = [
        row
        for row in np.flatnonzero((evidence.listeners == before) & (evidence.times > at))
        if concerns(history, int(row), telling, ever=ever)
    ]
    if not any((evidence.times[row], row) < (evidence.times[first], first) for row in theirs):
        return np.inf
    return max(float(pair.min()), way_since(history, telling, before, ever=ever))


def compared(values: np.ndarray, happened: np.ndarray) -> list[tuple[float, float]]:
    return sorted(zip(values.tolist(), happened.tolist(), strict=True))


@settings(max_examples=60)
@given(st.integers(0, 100_000))
def test_chances_are_compared_with_each_later_story_to_who_had_listened(seed: int) -> None:
    history, foretold, until = made(seed)
    evidence, told, wanted = history.evidence, history.tellings, []
    for teller, listener, at, value in zip(*columns(foretold), strict=True):
        for telling in stories(history, teller, at, at + SPAN):
            with np.errstate(invalid="ignore"):
                before = (evidence.times < told.times[telling]) & (evidence.tellers == teller)
            heard = teller != listener and (before & (evidence.listeners == listener)).any()
            if heard and told.times[telling] + SPAN <= until:
                wanted.append((value, float(listener in takers(history, telling, until, ever=False))))
    rows = opportunities(history, horizon_days=HORIZON, half_lives=(30.0,))
    found = uptakes_since(foretold, rows, horizon_days=HORIZON, until=until)
    assert compared(found.values, found.happened) == sorted(wanted)
    assert found.values.tolist() == foretold.values[found.foretold].tolist()


@pytest.mark.parametrize("ever", [False, True])
@settings(max_examples=60)
@given(seed=st.integers(0, 100_000))
def test_numbers_of_takers_are_compared_with_who_reacted_to_each_later_story(seed: int, *, ever: bool) -> None:
    history, foretold, until = made(seed)
    wanted = [
        (value, float(len(takers(history, telling, until, ever=ever))))
        for teller, _, at, value in zip(*columns(foretold), strict=True)
        for telling in stories(history, teller, at, at + SPAN)
        if history.tellings.times[telling] + SPAN <= until
    ]
    found = takers_since(foretold, history, horizon_days=HORIZON, until=until, ever=ever)
    assert compared(found.values, found.happened) == sorted(wanted)
    people: dict[bool, set[int]] = {True: set(), False: set()}
    seen = []
    for teller, _, at, value in zip(*columns(foretold), strict=True):
        for telling in stories(history, teller, at, at + SPAN):
            if history.tellings.times[telling] + SPAN <= until:
                came = takers(history, telling, until, ever=ever)
                known = {one for one in came if way_since(history, telling, one, ever=ever) <= at}
                seen.append((value, float(len(known))))
                people[True] |= known
                people[False] |= came - known
    assert compared(found.values, found.seen) == sorted(seen)
    assert (found.seen_people, found.unseen_people) == (len(people[True]), len(people[False]))


@settings(max_examples=60)
@given(st.integers(0, 100_000))
def test_suggested_ties_are_made_where_the_one_came_to_listen_in_time(seed: int) -> None:
    history, foretold, until = made(seed)
    evidence, wanted = history.evidence, []
    for row, (teller, listener, at, _) in enumerate(zip(*columns(foretold), strict=True)):
        if at + 2 * SPAN > until:
            continue
        both = (evidence.tellers == teller) & (evidence.listeners == listener)
        tied = any(at < time <= at + SPAN for time in evidence.times[both])
        means = []
        for since in (at - SPAN, at):
            counts = [
                len(takers(history, one, until, ever=True)) for one in stories(history, teller, since, since + SPAN)
            ]
            means.append(np.mean(counts) if counts else np.nan)
        wanted.append((row, tied, *means))
    found = ties_since(foretold, history, horizon_days=HORIZON, until=until)
    shown = list(zip(found.foretold, found.made, found.before, found.after, strict=True))
    assert np.array_equal(np.array(shown, dtype=float), np.array(wanted, dtype=float), equal_nan=True)


def columns(foretold: Foretold) -> tuple[list[int], list[int], list[float], list[float]]:
    return (
        foretold.tellers.tolist(),
        foretold.listeners.tolist(),
        foretold.times.tolist(),
        foretold.values.tolist(),
    )
