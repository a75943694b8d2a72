"""Shares of pairs and of things: the people behind them are counted, and a trend's error where there is one."""

from itertools import pairwise

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from service.measures.era import begun, filling, returned_share, shared_by, trend

PEOPLE = 30


def test_a_returned_share_says_how_many_people_are_behind_it() -> None:
    """Two pairs help each other; a chain of six help the next."""
    rows = [(0, 1), (1, 0), (2, 3), (3, 2), (3, 2), *pairwise(range(10, 16)), (20, 20)]
    one, other = np.array(rows, dtype=np.int64).T
    found = returned_share(one, other, PEOPLE)
    assert (found.of, found.people, found.marked, found.unmarked) == (7, 10, 4, 6)
    assert found.estimate.value == pytest.approx(2 / 7)
    assert found.estimate.low is not None


def test_many_things_of_one_maker_are_one_persons() -> None:
    makers = np.array([4] * 6 + [5, 6, 7], dtype=np.int64)
    found = shared_by(np.array([True] * 6 + [False] * 3), makers, PEOPLE)
    assert (found.of, found.people, found.marked, found.unmarked) == (9, 4, 1, 3)
    assert found.estimate.value == pytest.approx(6 / 9)


def test_a_share_of_all_or_of_none_has_wilsons_interval_of_as_many_as_could_be_apart() -> None:
    """By statsmodels, of six pieces, and of four pairs among eight people, who could be of four alone."""
    for mark in (True, False):
        found = shared_by(np.full(6, mark), np.arange(6), PEOPLE).estimate
        low, high = proportion_confint(6 * mark, 6, method="wilson")
        assert (found.value, found.standard_error) == (float(mark), None)
        assert found.low == pytest.approx(low, abs=1e-9)
        assert found.high == pytest.approx(high)
    ring = np.arange(8)
    none = returned_share(ring, (ring + 1) % 8, 8).estimate
    assert (none.value, none.low) == (0, 0)
    assert none.high == pytest.approx(proportion_confint(0, 4, method="wilson")[1])
    nothing = shared_by(np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.int64), PEOPLE)
    assert (nothing.of, nothing.people, nothing.estimate.value, nothing.estimate.high) == (0, 0, None, None)


def test_a_trend_is_least_squares_and_of_figures_that_are_all_the_same_there_is_no_error() -> None:
    years = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    change, error = trend(years, np.array([1.0, 3.0, 2.0, np.nan, 5.0]))
    # by hand: deviations -7/16, -3/16, 1/16, 9/16 from the mean of times, whose squares add up to 35/64
    slope = (-7 * 1 - 3 * 3 + 1 * 2 + 9 * 5) / 16 / (35 / 64)
    residuals = 8.75 - slope**2 * 35 / 64
    assert change == pytest.approx(slope)
    assert error == pytest.approx((residuals / 2 / (35 / 64)) ** 0.5)
    assert trend(years, np.full(5, 0.1)) == (0.0, None)
    assert trend(years[:3], np.array([1.0, 2.0, 4.0])) == (None, None)


@pytest.mark.parametrize(
    ("recorded", "early", "expected"),
    [
        ([1, 3, 9, 20, 21, 19], 0, 3),
        ([12, 20, 18, 20, 21, 19], 0, 0),
        ([12, 20, 18, 20, 21, 19], 1, 1),
        ([0, 12, 20, 18, 20, 21], 2, 2),
        ([20, 3, 20, 20], 0, 0),
        ([1, 2, 4, 8, 16, 32, 64, 128], 0, 5),
        ([5, 20, 20, 20, 0, 0, 0, 0], 0, 1),
        ([0, 0, 0], 3, 0),
        ([4], 1, 1),
        ([4], 0, 0),
    ],
)
def test_a_record_fills_up_while_it_has_less_than_half_of_what_later_is_usual(
    recorded: list[float], early: int, expected: int
) -> None:
    before = np.arange(len(recorded)) < early
    assert filling(np.array(recorded, dtype=np.float64), before, adds_up=False) == expected


@pytest.mark.parametrize(
    ("known", "expected"), [([10, 20, 30, 40, 50, 60, 70, 80], 5), ([80, 85, 90, 95, 100], 0), ([0, 0, 0], 0)]
)
def test_what_adds_up_fills_up_while_it_is_less_than_three_quarters_of_the_last(
    known: list[float], expected: int
) -> None:
    recorded = np.array(known, dtype=np.float64)
    assert filling(recorded, np.zeros(len(recorded), dtype=np.bool_), adds_up=True) == expected


def test_a_record_begins_with_several_people_and_not_with_one_act() -> None:
    people, times = np.array([7, 7, 3, 1, 3, 2]), np.array([10.0, 11.0, 12.0, 30.0, 31.0, 40.0])
    assert (begun(people, times, 3), begun(people, times, 4), begun(people, times, 5)) == (30, 40, np.inf)
    for early in (1.0, np.nan):
        assert begun(np.append(people, 7), np.append(times, early), 3) == 30
        assert begun(np.append(people, 9), np.append(times, early), 3) == 12, "one person more moves it by one"
