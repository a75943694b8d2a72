"""Waiting times: published curves, scipy as a second implementation, and competing risks by hand and by definition."""

import warnings
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from service.measures.survival import Outcome, SurvivalCurve, Waiting, cumulative_incidence, kaplan_meier, waiting
from service.model.errors import Invalid

Case = tuple[int, int, int]
"""From when it was watched, how long after, and how it ended."""
cases = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 12), st.integers(0, 2)), min_size=1, max_size=40)


def censored(durations: list[float], waiting_still: set[int]) -> Waiting:
    outcomes = [Outcome.waiting if row in waiting_still else Outcome.happened for row in range(len(durations))]
    return waiting(np.array(durations, dtype=np.float64), np.array(outcomes, dtype=np.int8))


def seen(rows: list[Case]) -> Waiting:
    return waiting(
        np.array([entry + lasted for entry, lasted, _ in rows], dtype=np.float64),
        np.array([outcome for *_, outcome in rows], dtype=np.int8),
        np.array([entry for entry, *_ in rows], dtype=np.float64),
    )


# Remission under 6-MP in weeks (Freireich et al., 1963): 9 relapses among 21, the others still in remission.
FREIREICH = censored(
    [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
    {3, 5, 7, 8, 11, 12, 13, 16, 17, 18, 19, 20},
)
# R's survival::aml, the maintained arm: 13+, 28+, 45+ and 161+ are censored.
AML = censored([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161], {2, 5, 8, 10})


def shown(curve: SurvivalCurve) -> dict[float, float]:
    return {float(time): round(float(share), 4) for time, share in zip(curve.times, curve.survival, strict=True)}


def test_the_published_curve_of_freireich() -> None:
    curve = kaplan_meier(FREIREICH)
    assert shown(curve) == {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
    assert curve.standard_errors[0] == pytest.approx(0.0764, abs=5e-5)
    assert curve.median == 23
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]


def test_the_published_curve_of_maintained_remission() -> None:
    curve = kaplan_meier(AML)
    assert shown(curve) == {9: 0.9091, 13: 0.8182, 18: 0.7159, 23: 0.6136, 31: 0.4909, 34: 0.3682, 48: 0.1841}
    assert curve.median == 31


def test_there_is_no_median_where_more_than_half_are_waiting() -> None:
    curve = kaplan_meier(censored([1, 2, 3, 3, 3, 3], {2, 3, 4, 5}))
    assert curve.survival[-1] > 0.5
    assert (curve.median, curve.median_upper) == (None, None)
    nobody = kaplan_meier(censored([4.0, 4.0], {0, 1}))
    assert (len(nobody.times), nobody.median) == (0, None)
    assert len(kaplan_meier(censored([], set())).times) == 0


@given(cases)
def test_agrees_with_scipy(rows: list[Case]) -> None:
    durations = np.array([lasted for _, lasted, _ in rows], dtype=np.float64)
    happened = np.array([outcome == Outcome.happened for *_, outcome in rows])
    curve = kaplan_meier(censored(durations.tolist(), set(np.flatnonzero(~happened).tolist())))
    theirs = stats.ecdf(stats.CensoredData(uncensored=durations[happened], right=durations[~happened])).sf
    assert curve.survival == pytest.approx(theirs.evaluate(curve.times))
    if happened.any():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # there is no interval where S is 0 or 1
            interval = theirs.confidence_interval(method="log-log")
        inside = (curve.survival > 0) & (curve.survival < 1)
        assert curve.lower[inside] == pytest.approx(interval.low.evaluate(curve.times)[inside])
        assert curve.upper[inside] == pytest.approx(interval.high.evaluate(curve.times)[inside])


@given(cases)
def test_a_curve_falls_from_1_and_lies_in_its_interval(rows: list[Case]) -> None:
    curve = kaplan_meier(seen(rows))
    assert (np.diff(curve.times) > 0).all()
    shares = np.concatenate(([1.0], curve.survival))
    assert (np.diff(shares)[shares[:-1] > 0] < 0).all()
    assert (curve.lower <= curve.survival + 1e-12).all()
    assert (curve.upper >= curve.survival - 1e-12).all()


@given(cases)
def test_who_is_met_late_counts_from_then_on(rows: list[Case]) -> None:
    curve = kaplan_meier(seen(rows))
    share, expected = Fraction(1), {}
    for time in sorted({entry + lasted for entry, lasted, outcome in rows if outcome == Outcome.happened}):
        risk = sum((entry == 0 or entry < time) and entry + lasted >= time for entry, lasted, _ in rows)
        ended = sum(entry + lasted == time and outcome == Outcome.happened for entry, lasted, outcome in rows)
        share *= 1 - Fraction(ended, risk)
        expected[float(time)] = float(share)
    assert dict(zip(curve.times.tolist(), curve.survival.tolist(), strict=True)) == pytest.approx(expected)


# --- competing risks


def test_a_competing_risk_by_hand() -> None:
    """Five things: it happens on day 1 and day 4, day 2 one is abandoned, day 3 and 5 one is still waiting."""
    curve = cumulative_incidence(seen([(0, 1, 1), (0, 2, 2), (0, 3, 0), (0, 4, 1), (0, 5, 0)]))
    # day 1: 1/5. Day 2: nothing. Day 4: three fifths were still waiting, and of the two left one does: 3/5 x 1/2.
    assert curve.times.tolist() == [1, 2, 4]
    assert curve.at_risk.tolist() == [5, 4, 2]
    assert curve.incidence == pytest.approx([1 / 5, 1 / 5, 1 / 5 + 3 / 10])
    assert curve.abandoned == pytest.approx([0, 1 / 5, 1 / 5])
    assert curve.waiting == pytest.approx([4 / 5, 3 / 5, 3 / 10])
    # Taking the abandoned for still waiting says more: 1 - 4/5 x 1/2.
    assert 1 - kaplan_meier(seen([(0, 1, 1), (0, 2, 2), (0, 3, 0), (0, 4, 1), (0, 5, 0)])).survival[
        -1
    ] == pytest.approx(0.6)


@given(cases)
def test_incidences_are_sums_over_what_could_still_happen(rows: list[Case]) -> None:
    curve = cumulative_incidence(seen(rows))
    waiting_still, totals = Fraction(1), {Outcome.happened: Fraction(0), Outcome.abandoned: Fraction(0)}
    for row, time in enumerate(curve.times.tolist()):
        risk = sum((entry == 0 or entry < time) and entry + lasted >= time for entry, lasted, _ in rows)
        ended = {
            how: sum(entry + lasted == time and outcome == how for entry, lasted, outcome in rows) for how in totals
        }
        for how in totals:
            totals[how] += waiting_still * Fraction(ended[how], risk)
        waiting_still *= 1 - Fraction(sum(ended.values()), risk)
        assert curve.incidence[row] == pytest.approx(float(totals[Outcome.happened]))
        assert curve.abandoned[row] == pytest.approx(float(totals[Outcome.abandoned]))
    assert curve.incidence + curve.abandoned + curve.waiting == pytest.approx(np.ones(len(curve.times)))
    assert (np.diff(curve.incidence) >= -1e-12).all()


@given(st.lists(st.tuples(st.just(0), st.integers(1, 12), st.integers(0, 1)), min_size=2, max_size=40))
def test_without_a_competing_risk_it_is_what_is_no_longer_waiting(rows: list[Case]) -> None:
    plain, competing = kaplan_meier(seen(rows)), cumulative_incidence(seen(rows))
    assert competing.times.tolist() == plain.times.tolist()
    assert 1 - competing.incidence == pytest.approx(plain.survival)
    running = plain.survival > 0
    assert competing.standard_errors[running] == pytest.approx(plain.standard_errors[running], abs=1e-7)


@given(cases)
def test_an_incidence_lies_in_its_interval(rows: list[Case]) -> None:
    curve = cumulative_incidence(seen(rows))
    assert (curve.lower <= curve.incidence).all()
    assert (curve.incidence <= curve.upper).all()


def test_an_incidence_that_misses_everything_by_a_rounding_has_no_interval() -> None:
    """Ten things end one by one: their tenths add up to a little less than 1, and the error is no longer quite 0."""
    curve = cumulative_incidence(seen([(0, day, 1) for day in range(1, 11)]))
    assert 0 < 1 - curve.incidence[-1] < 1e-12
    assert curve.lower[-1] == curve.upper[-1] == curve.incidence[-1]


def test_by_when_a_half_has_converted_counts_those_that_never_will() -> None:
    """Ten things: it happens to four of them by day 4, three are abandoned on day 5, to the rest it happens later."""
    rows = [*((0, day, 1) for day in range(1, 5)), *((0, 5, 2),) * 3, (0, 6, 1), (0, 7, 1), (0, 8, 0)]
    curve, plain = cumulative_incidence(seen(rows)), kaplan_meier(seen(rows))
    assert (curve.half, plain.median) == (6, 6), "four tenths, and one of the three that are left: 4/10 + 3/10 x 1/3"
    sooner = [*rows[:3], (0, 4, 2), *rows[4:]]
    assert cumulative_incidence(seen(sooner)).half == 7
    few = [*((0, day, 1) for day in range(1, 5)), *((0, 5, 2),) * 6]
    assert (cumulative_incidence(seen(few)).half, cumulative_incidence(seen(few)).half_upper) == (None, None)


@given(cases)
def test_a_half_lies_in_its_interval_and_is_where_the_curve_comes_to_it(rows: list[Case]) -> None:
    curve = cumulative_incidence(seen(rows))
    if curve.half is None:
        assert (curve.incidence < 0.5 + 1e-9).all()
        return
    before = curve.incidence[curve.times < curve.half]
    assert (before < 0.5).all()
    assert curve.incidence[curve.times == curve.half][0] >= 0.5 - 1e-9
    assert curve.half_lower is not None
    assert curve.half_lower <= curve.half
    assert curve.half_upper is None or curve.half <= curve.half_upper


@given(st.lists(st.tuples(st.just(0), st.integers(1, 12), st.integers(0, 1)), min_size=2, max_size=40))
def test_without_abandonment_a_half_is_the_median(rows: list[Case]) -> None:
    plain, competing = kaplan_meier(seen(rows)), cumulative_incidence(seen(rows))
    assert competing.half == plain.median


def test_the_error_of_an_incidence_is_near_what_repeated_samples_show() -> None:
    dice = np.random.default_rng(5)
    found, told = [], []
    for _ in range(400):
        happens, stops, seen_until = dice.exponential(10, 150), dice.exponential(20, 150), dice.uniform(2, 30, 150)
        durations = np.minimum(np.minimum(happens, stops), seen_until)
        outcomes = np.where(durations == happens, 1, np.where(durations == stops, 2, 0)).astype(np.int8)
        curve = cumulative_incidence(waiting(durations, outcomes))
        row = np.searchsorted(curve.times, 8.0, side="right") - 1
        found.append(curve.incidence[row])
        told.append(curve.standard_errors[row])
    # Two exponential risks: (1/10) / (1/10 + 1/20) x (1 - exp(-8 (1/10 + 1/20))).
    assert np.mean(found) == pytest.approx(2 / 3 * (1 - np.exp(-1.2)), abs=0.01)
    assert np.mean(told) == pytest.approx(np.std(found), rel=0.1)


@pytest.mark.parametrize(
    ("durations", "outcomes", "entries"),
    [([-1.0], [0], [0.0]), ([np.inf], [1], [0.0]), ([1.0], [0, 1], [0.0]), ([2.0], [1], [2.0]), ([2.0], [1], [-1.0])],
)
def test_what_can_be_no_waiting_time_is_refused(
    durations: list[float], outcomes: list[int], entries: list[float]
) -> None:
    with pytest.raises(Invalid):
        waiting(np.array(durations), np.array(outcomes, dtype=np.int8), np.array(entries))
