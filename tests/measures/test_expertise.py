"""Wilson's interval against statsmodels and scipy, expertise's order, and answers by counting."""

import math
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from service.measures.expertise import answering, expertise, wilson
from service.model.errors import Invalid


def test_wilson_is_the_published_interval() -> None:
    low, high = wilson(np.array([81]), np.array([263]), 0.95)
    assert (round(float(low[0]), 4), round(float(high[0]), 4)) == (0.2553, 0.3662)


@given(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.8, 0.9, 0.95])
)
def test_wilson_is_scipys(counts: tuple[int, int], confidence: float) -> None:
    successes, trials = counts
    other = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    low, high = wilson(np.array([successes]), np.array([trials]), confidence)
    assert (low[0], high[0]) == pytest.approx((other.low, other.high), abs=1e-9)


def test_of_what_was_never_tried_everything_may_be() -> None:
    assert [float(end[0]) for end in wilson(np.array([0]), np.array([0]))] == [0, 1]
    with pytest.raises(Invalid):
        wilson(np.array([3]), np.array([2]))
    with pytest.raises(Invalid):
        wilson(np.array([1]), np.array([2]), 1.0)


@given(st.integers(0, 200), st.integers(0, 200))
def test_thanks_raise_and_corrections_lower_expertise(supporters: int, correctors: int) -> None:
    here, thanked, corrected = (
        float(expertise(np.array([supporters + more]), np.array([correctors + less]))[0])
        for more, less in ((0, 0), (1, 0), (0, 1))
    )
    assert thanked > here
    assert corrected < here or supporters == 0
    assert here <= supporters


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 100), st.one_of(st.none(), st.integers(0, 60))), max_size=30)
)
def test_answers_are_counted_as_by_hand(rows: list[tuple[int, int, int | None]]) -> None:
    people = np.array([one for one, _, _ in rows], dtype=np.int64)
    times = np.array([time for _, time, _ in rows], dtype=np.float64)
    waited = np.array([math.inf if wait is None else wait for _, _, wait in rows], dtype=np.float64)
    found = answering(people, times, times + waited, count=5, now=100.0, patience=30.0)
    for person in range(5):
        own = [(time, wait) for one, time, wait in rows if one == person]
        old = [wait for time, wait in own if time <= 70]
        good = [wait for wait in old if wait is not None and wait <= 30]
        assert (found.asked[person], found.answered[person]) == (len(old), len(good))
        assert found.open[person] == sum(time > 70 and wait is None for time, wait in own)
        assert found.median[person] == median(good) if good else math.isnan(found.median[person])


def test_an_answer_comes_after_its_question() -> None:
    with pytest.raises(Invalid):
        answering(np.array([0]), np.array([5.0]), np.array([4.0]), count=1, now=9.0, patience=1.0)
