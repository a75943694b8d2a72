"""Wilson's interval against statsmodels and scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from service.measures.rates import wilson
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


def test_where_all_or_none_succeeded_the_interval_ends_there_to_the_last_digit() -> None:
    trials = np.arange(1, 2_000)
    low, high = wilson(np.zeros_like(trials), trials, 0.95)
    assert set(low.tolist()) == {0.0}
    assert high.max() < 1
    low, high = wilson(trials, trials, 0.95)
    assert set(high.tolist()) == {1.0}
    assert low.min() > 0


def test_of_what_was_never_tried_everything_may_be() -> None:
    assert [float(end[0]) for end in wilson(np.array([0]), np.array([0]))] == [0, 1]
    with pytest.raises(Invalid):
        wilson(np.array([3]), np.array([2]))
    with pytest.raises(Invalid):
        wilson(np.array([1]), np.array([2]), 1.0)
