"""Who took up what was told, and what was known at that moment: against the same worked out one by one."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.measures.ties import SECONDS_A_DAY, Evidence, ties_at
from service.measures.uptake import one_story_each, opportunities
from service.measures.uptake_signals import CONTRIBUTION, NEVER_DAYS, RAISING, SIGNALS, STORY, History, Tellings
from service.model.errors import Invalid

PEOPLE = 5
HALF_LIVES = (20.0, math.inf)
HORIZON = 30.0

person = st.integers(0, PEOPLE - 1)
day = st.integers(0, 120)
Telling = tuple[int, int, int, int]
Act = tuple[int, int, float, int]
tellings = st.lists(st.tuples(person, day, st.sampled_from([STORY, CONTRIBUTION]), st.integers(-1, 11)), max_size=12)
acts = st.lists(st.tuples(person, person, st.one_of(st.just(math.nan), day), st.integers(-1, 11)), max_size=40)


def history(told: list[Telling], done: list[Act]) -> History:
    """Who told on which day, as what, answering whom; who then listened to whom, on which day, about which telling."""
    ordered = sorted(told, key=lambda one: one[1])
    return History(
        people=PEOPLE,
        evidence=Evidence(
            listeners=np.array([act[0] for act in done], dtype=np.int32),
            tellers=np.array([act[1] for act in done], dtype=np.int32),
            kinds=np.zeros(len(done), dtype=np.int8),
            times=np.array([act[2] * SECONDS_A_DAY for act in done], dtype=np.float64),
        ),
        about=np.array([act[3] if act[3] < len(told) else -1 for act in done], dtype=np.int64),
        tellings=Tellings(
            tellers=np.array([one[0] for one in ordered], dtype=np.int32),
            times=np.array([one[1] * SECONDS_A_DAY for one in ordered], dtype=np.float64),
            kinds=np.array([one[2] for one in ordered], dtype=np.int8),
            answering=np.array([one[3] if one[3] < len(told) else -1 for one in ordered], dtype=np.int64),
        ),
    )


def by_hand(told: list[Telling], done: list[Act], half_life: float) -> dict[tuple[int, int], tuple[bool, list[float]]]:
    """Each opportunity, by telling and listener: whether it was taken, and its signals."""
    ordered = sorted(told, key=lambda one: one[1])
    seen = [act for act in done if not math.isnan(act[2]) and act[0] != act[1]]
    found = {}
    for number, (teller, at, kind, answering) in enumerate(ordered):
        answered = ordered[answering][0] if 0 <= answering < len(ordered) else -1

        def count(days: list[float], at: float = at) -> float:
            return math.log1p(sum(0.5 ** ((at - each) / half_life) for each in days))

        def recency(days: list[float], at: float = at) -> float:
            return -math.log(at - max(days)) if days else -math.log(NEVER_DAYS)

        before = [act for act in seen if act[2] < at]
        for listener in {act[0] for act in before if act[1] == teller}:
            tie = [act[2] for act in before if act[:2] == (listener, teller)]
            back = [act[2] for act in before if act[:2] == (teller, listener)]
            active = [act[2] for act in before if act[0] == listener]
            own = [float(one[1]) for one in ordered if one[0] == listener and one[1] < at]
            output = [float(one[1]) for one in ordered if one[0] == teller and one[1] < at]
            taken = any(
                act[:2] == (listener, teller) and act[3] == number and 0 < act[2] - at <= HORIZON for act in seen
            )
            signals = [
                *(count(tie), recency(tie), count(active), recency(active), count(own), recency(own)),
                *(count(back), count(output), float(kind == CONTRIBUTION), float(answered == listener)),
            ]
            found[number, listener] = (taken, signals)
    return found


@given(tellings, acts)
def test_equals_what_is_worked_out_one_by_one(told: list[Telling], done: list[Act]) -> None:
    rows = opportunities(history(told, done), horizon_days=HORIZON, half_lives=HALF_LIVES)
    keys = list(zip(rows.tellings.tolist(), rows.listeners.tolist(), strict=True))
    assert rows.share == 1
    assert len(set(keys)) == len(keys)
    assert rows.tellings.tolist() == sorted(rows.tellings.tolist())
    for number, half_life in enumerate(HALF_LIVES):
        wanted = by_hand(told, done, half_life)
        assert set(keys) == set(wanted)
        for row, key in enumerate(keys):
            assert bool(rows.taken[row]) == wanted[key][0]
            assert rows.signals[number, row] == pytest.approx(wanted[key][1], rel=1e-5, abs=1e-6)


@given(tellings, acts, tellings, acts)
def test_the_future_changes_nothing_that_was_known(
    told: list[Telling], done: list[Act], more_told: list[Telling], more_done: list[Act]
) -> None:
    later = 121
    told = [(teller, at, kind, one if one < len(told) else -1) for teller, at, kind, one in told]
    rest = [(teller, at + later, kind, answering) for teller, at, kind, answering in more_told]
    after = [(one, other, at + later, -1) for one, other, at, _ in more_done if not math.isnan(at)]
    short = opportunities(history(told, done), horizon_days=HORIZON, half_lives=HALF_LIVES)
    whole = opportunities(history(told + rest, done + after), horizon_days=HORIZON, half_lives=HALF_LIVES)
    before = whole.times < later * SECONDS_A_DAY
    assert np.array_equal(whole.tellings[before], short.tellings)
    assert np.array_equal(whole.listeners[before], short.listeners)
    assert np.array_equal(whole.signals[:, before], short.signals)


@given(tellings, acts, st.tuples(person, person, day, st.just(-1)))
def test_more_evidence_lowers_no_signal_that_raises_the_chance(
    told: list[Telling], done: list[Act], one_more: Act
) -> None:
    fewer = opportunities(history(told, done), horizon_days=HORIZON, half_lives=HALF_LIVES)
    more = opportunities(history(told, [*done, one_more]), horizon_days=HORIZON, half_lives=HALF_LIVES)
    places = {key: row for row, key in enumerate(zip(more.tellings.tolist(), more.listeners.tolist(), strict=True))}
    rows = [places[key] for key in zip(fewer.tellings.tolist(), fewer.listeners.tolist(), strict=True)]
    assert (more.signals[:, rows][:, :, RAISING] >= fewer.signals[:, :, RAISING] - 1e-6).all()
    assert np.allclose(more.signals[:, rows][:, :, ~RAISING], fewer.signals[:, :, ~RAISING])


@given(tellings, acts, day)
def test_one_story_each_is_what_a_story_told_the_moment_after_would_find(
    told: list[Telling], done: list[Act], today: int
) -> None:
    known = history(told, done)
    tellers, listeners, signals = one_story_each(known, as_of=today * SECONDS_A_DAY, half_life_days=20.0)
    dated = [act for act in done if not math.isnan(act[2])]
    ties = ties_at(history([], dated).evidence, people=PEOPLE, as_of=today * SECONDS_A_DAY, kind_weights=np.ones(1))
    assert tellers.tolist() == ties.tellers.tolist()
    assert listeners.tolist() == ties.listeners.tolist()
    assert not signals[:, SIGNALS.index("contribution")].any()
    assert not signals[:, SIGNALS.index("answer")].any()

    moment = np.nextafter(today * SECONDS_A_DAY, np.inf)
    for teller in set(tellers.tolist()):
        before = known.tellings.times <= today * SECONDS_A_DAY
        answering = known.tellings.answering[before]
        told_now = Tellings(
            tellers=np.append(known.tellings.tellers[before], np.int32(teller)),
            times=np.append(known.tellings.times[before], moment),
            kinds=np.append(known.tellings.kinds[before], np.int8(STORY)),
            answering=np.append(np.where(answering < before.sum(), answering, -1), np.int64(-1)),
        )
        one = replace(known, tellings=told_now, about=np.full(len(done), -1))
        rows = opportunities(one, horizon_days=HORIZON, half_lives=(20.0,))
        last = rows.tellings == len(told_now.times) - 1
        ordered = np.argsort(rows.listeners[last])
        assert np.array_equal(rows.signals[0][last][ordered], signals[tellers == teller])


def test_whole_tellings_are_left_out_where_there_are_too_many() -> None:
    told = [(0, at, STORY, -1) for at in range(10, 110)]
    done: list[Act] = [(listener, 0, 1.0, -1) for listener in range(1, PEOPLE)]
    every = opportunities(history(told, done), horizon_days=HORIZON, half_lives=(30.0,))
    some = opportunities(history(told, done), horizon_days=HORIZON, half_lives=(30.0,), most=100)
    assert len(every) == 400
    assert some.share == 0.25
    assert 60 <= len(some) <= 140
    assert set(np.bincount(some.tellings).tolist()) <= {0, PEOPLE - 1}
    kept = np.isin(every.tellings, some.tellings)
    assert np.array_equal(every.signals[:, kept], some.signals)


@pytest.mark.parametrize("horizon", [0.0, -1.0, math.nan, math.inf])
def test_refuses_a_horizon_that_makes_no_sense(horizon: float) -> None:
    with pytest.raises(Invalid):
        opportunities(history([], []), horizon_days=horizon, half_lives=(30.0,))


@pytest.mark.parametrize("half_lives", [(), (0.0,), (30.0, -1.0), (math.nan,)])
def test_refuses_half_lives_that_make_no_sense(half_lives: tuple[float, ...]) -> None:
    with pytest.raises(Invalid):
        opportunities(history([], []), horizon_days=HORIZON, half_lives=half_lives)


def test_refuses_tellings_out_of_order() -> None:
    with pytest.raises(ValueError, match="follow"):
        Tellings(
            tellers=np.zeros(2, dtype=np.int32),
            times=np.array([2.0, 1.0]),
            kinds=np.zeros(2, dtype=np.int8),
            answering=np.zeros(2, dtype=np.int64),
        )
