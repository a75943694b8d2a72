"""Evidence becomes ties: against sums written out one by one."""

import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.measures.ties import HIGHEST_PROBABILITY, SECONDS_A_DAY, Evidence, Ties, prior_probabilities, ties_at
from service.model.errors import Invalid

KIND_WEIGHTS = np.array([1.0, 0.5, 0.0])
PEOPLE = 6

Act = tuple[int, int, int, float]
acts = st.lists(
    st.tuples(
        st.integers(0, PEOPLE - 1),
        st.integers(0, PEOPLE - 1),
        st.integers(0, 2),
        st.one_of(st.just(math.nan), st.integers(0, 1_000).map(lambda day: day * SECONDS_A_DAY)),
    ),
    max_size=60,
)


def evidence_of(rows: list[Act]) -> Evidence:
    return Evidence(
        listeners=np.array([row[0] for row in rows], dtype=np.int32),
        tellers=np.array([row[1] for row in rows], dtype=np.int32),
        kinds=np.array([row[2] for row in rows], dtype=np.int8),
        times=np.array([row[3] for row in rows], dtype=np.float64),
    )


def at_day(rows: list[Act], day: float, half_life_days: float = 90.0) -> Ties:
    return ties_at(
        evidence_of(rows),
        people=PEOPLE,
        as_of=day * SECONDS_A_DAY,
        kind_weights=KIND_WEIGHTS,
        half_life_days=half_life_days,
    )


@given(acts, st.integers(0, 1_000), st.sampled_from([1.0, 30.0, 90.0, math.inf]))
def test_equals_the_sums_written_out(rows: list[Act], day: int, half_life_days: float) -> None:
    behind: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, (listener, teller, kind, time) in enumerate(rows):
        if listener != teller and KIND_WEIGHTS[kind] > 0 and not time > day * SECONDS_A_DAY:
            behind[teller, listener].append(number)

    ties = at_day(rows, day, half_life_days)

    assert list(zip(ties.tellers.tolist(), ties.listeners.tolist(), strict=True)) == sorted(behind)
    for tie, pair in enumerate(sorted(behind)):
        assert ties.between(*pair) == tie
        assert ties.evidence_for(tie).tolist() == behind[pair]
        assert ties.counts[tie] == len(behind[pair])
        worth = 0.0
        for number in behind[pair]:
            _, _, kind, time = rows[number]
            age_days = 0.0 if math.isnan(time) else day - time / SECONDS_A_DAY
            worth += float(KIND_WEIGHTS[kind]) * 0.5 ** (age_days / half_life_days)
        assert ties.weights[tie] == pytest.approx(worth, rel=1e-12)
        times = [rows[number][3] for number in behind[pair] if not math.isnan(rows[number][3])]
        assert (ties.latest[tie] == max(times)) if times else math.isnan(ties.latest[tie])


def test_weighs_half_after_a_half_life() -> None:
    ties = at_day([(1, 0, 0, 10 * SECONDS_A_DAY)], day=100)
    assert ties.weights.tolist() == [0.5]


def test_evidence_of_the_moment_itself_counts_and_later_evidence_does_not() -> None:
    rows = [(1, 0, 0, 10 * SECONDS_A_DAY), (2, 0, 0, 10 * SECONDS_A_DAY + 1)]
    ties = at_day(rows, day=10)
    assert ties.listeners.tolist() == [1]


def test_nobody_listens_without_evidence() -> None:
    ties = at_day([], day=0)
    assert ties.people == PEOPLE
    assert len(ties.listeners) == 0
    assert ties.between(0, 1) is None


@pytest.mark.parametrize("half_life_days", [0.0, -1.0, math.nan])
def test_refuses_a_half_life_that_makes_no_sense(half_life_days: float) -> None:
    with pytest.raises(Invalid) as caught:
        at_day([], day=0, half_life_days=half_life_days)
    assert caught.value.problems[0].field == "halfLifeDays"


def test_refuses_what_is_no_moment() -> None:
    with pytest.raises(Invalid):
        at_day([], day=math.nan)


@pytest.mark.parametrize("row", [(PEOPLE, 0, 0, 0.0), (0, -1, 0, 0.0), (0, 1, 3, 0.0)])
def test_refuses_people_and_kinds_out_of_range(row: Act) -> None:
    with pytest.raises(ValueError, match="exist"):
        at_day([row], day=0)


def test_refuses_columns_of_different_lengths() -> None:
    with pytest.raises(ValueError, match="length"):
        Evidence(
            listeners=np.zeros(2, dtype=np.int32),
            tellers=np.zeros(2, dtype=np.int32),
            kinds=np.zeros(2, dtype=np.int8),
            times=np.zeros(1),
        )


def test_prior_is_the_base_for_one_piece_of_fresh_evidence_and_never_certain() -> None:
    probabilities = prior_probabilities(np.array([0.0, 1e-12, 1.0, 2.0, 1e9]), base=0.05)
    assert probabilities == pytest.approx([0.0, -1e-12 * math.log(0.95), 0.05, 0.0975, HIGHEST_PROBABILITY])


@pytest.mark.parametrize("base", [0.0, 1.0, -0.1, math.nan])
def test_refuses_a_base_that_is_no_chance(base: float) -> None:
    with pytest.raises(Invalid):
        prior_probabilities(np.ones(1), base=base)
