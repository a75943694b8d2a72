"""Diffusion: the published fits, what was planted found again within its errors, and refusals of the rest."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.measures.diffusion import (
    BassFit,
    NoFit,
    adopter_categories,
    adoption_curve,
    bass_density,
    bass_increments,
    bass_share,
    fit_bass,
    forecast,
    whole_periods,
)
from service.model.errors import Invalid

COLOUR_TV = [747, 1480, 2646, 5118, 5777, 5982, 5962, 4631]
"""Sold in the United States in 1963 to 1970, in thousands."""
TEN_YEARS = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]


def fitted(new: list[int], *, density: bool = False) -> BassFit:
    fit = fit_bass(np.array(new), bass_density) if density else fit_bass(np.array(new))
    assert isinstance(fit, BassFit), fit
    return fit


def test_the_published_fit_of_colour_television() -> None:
    fit = fitted(COLOUR_TV)
    assert fit.p == pytest.approx(0.01847, abs=5e-6)
    assert fit.q == pytest.approx(0.6159, abs=5e-5)
    assert fit.m == pytest.approx(39_659, abs=1)
    assert fit.errors == pytest.approx([0.0032, 0.054, 2_267], rel=0.01)
    assert 5 < fit.peak < 6, "most were sold in the sixth year"


def test_the_published_fit_by_density() -> None:
    fit = fitted(TEN_YEARS, density=True)
    assert (fit.m, fit.p, fit.q) == pytest.approx((6.80e4, 0.00659, 0.638), rel=1e-3)
    assert fit.errors == pytest.approx([0.00143, 0.0414, 3.13e3], rel=1e-3)


def test_which_estimator_is_taken_decides_what_is_found() -> None:
    assert fitted(TEN_YEARS).p == pytest.approx(1.33 * fitted(TEN_YEARS, density=True).p, rel=0.01)


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (COLOUR_TV[:7], NoFit.few_periods),
        ([1] * 12, NoFit.few_adopters),
        ([0] * 8, NoFit.few_adopters),
        ([*[0] * 8, 30, 10, 0, 0], NoFit.few_busy_periods),
        ([2, 3, 5, 7, 11, 15, 20, 26, 33], NoFit.before_the_peak),
        ([2, 3, 5, 7, 11, 15, 35, 26, 34], NoFit.before_the_peak),
    ],
)
def test_what_can_not_be_known_is_refused(new: list[float], why: NoFit) -> None:
    assert fit_bass(np.array(new, dtype=np.float64)) is why


def test_what_is_no_count_is_refused() -> None:
    with pytest.raises(Invalid):
        fit_bass(np.array([1.0, -1.0] * 10))
    with pytest.raises(Invalid):
        forecast(fitted(COLOUR_TV), periods=8, adopted=32_343, ahead=0, seed=1)


def adoptions(dice: np.random.Generator, p: float, q: float, people: int) -> NDArray[np.float64]:
    """Times of adoption drawn from Bass's distribution: the inverse of F at even chances."""
    chance = dice.random(people)
    return np.log((1 + chance * q / p) / (1 - chance)) / (p + q)


def test_what_was_planted_is_found_again_and_the_forecast_holds_what_came() -> None:
    dice = np.random.default_rng(11)
    close, held, seen = 0, 0, 0
    for seed in range(40):
        curve = adoption_curve(adoptions(dice, 0.02, 0.4, 400), period_days=1, periods=40)
        fit = fit_bass(curve.new[:12])
        if isinstance(fit, NoFit):
            continue
        seen += 1
        close += all(abs(np.array([fit.p, fit.q, fit.m]) - [0.02, 0.4, 400]) < 3 * fit.errors)
        ahead = forecast(fit, periods=12, adopted=int(curve.total[11]), ahead=4, seed=seed)
        held += bool(ahead.lower[-1] <= curve.total[15] <= ahead.upper[-1])
    assert seen >= 35
    assert close >= 0.85 * seen
    assert held >= 0.8 * seen


def test_a_forecast_goes_on_from_what_was_seen_and_is_the_same_twice() -> None:
    fit = fitted(COLOUR_TV)
    adopted = sum(COLOUR_TV)
    first, again, other = (forecast(fit, periods=8, adopted=adopted, ahead=40, seed=seed) for seed in (1, 1, 2))
    assert first.lower.tolist() == again.lower.tolist() != other.lower.tolist()
    assert adopted < first.expected[0]
    assert (np.diff(first.expected) >= 0).all()
    assert (first.lower <= first.expected).all()
    assert (first.expected <= first.upper).all()
    assert (first.lower[-1] + first.upper[-1]) / 2 == pytest.approx(first.expected[-1], rel=0.02), "noise adds nothing"
    missed = adopted - fit.m * bass_share(np.array([8.0]), fit.p, fit.q)[0]
    assert first.expected[-1] == pytest.approx(fit.m + missed, rel=1e-6)


@given(st.floats(0.001, 0.2), st.floats(0.01, 1.5))
def test_the_increments_of_a_whole_life_add_up_to_everybody(p: float, q: float) -> None:
    periods = np.arange(1, 20_000, dtype=np.float64)
    assert bass_increments(periods, p, q, 1.0).sum() == pytest.approx(1.0, abs=1e-6)
    near = np.linspace(0.5, 20, 40)
    slope = (bass_share(near + 1e-6, p, q) - bass_share(near - 1e-6, p, q)) / 2e-6
    assert bass_density(near, p, q, 1.0) == pytest.approx(slope, rel=1e-3, abs=1e-7)


# --- curves and categories

days = st.lists(st.floats(0, 700, allow_nan=False), max_size=60).map(np.array)


@given(days, st.sampled_from([1.0, 7.0, 30.0]), st.integers(1, 120))
def test_a_curve_counts_each_adopter_of_its_periods_once(
    when: NDArray[np.float64], length: float, periods: int
) -> None:
    curve = adoption_curve(when, period_days=length, periods=periods)
    assert curve.total[-1] == sum(day < length * periods for day in when.tolist())
    assert (np.diff(curve.total) >= 0).all()
    for period in range(periods):
        assert curve.new[period] == sum(period == day // length for day in when.tolist())


def test_a_period_that_has_only_begun_does_not_count() -> None:
    assert [whole_periods(day, 7.0) for day in (-3.0, 0.0, 6.9, 7.0, 21.5)] == [0, 0, 0, 1, 3]


def test_a_normal_curve_has_the_shares_of_rogers() -> None:
    normal = NormalDist(300, 50)
    even = np.array([normal.inv_cdf((place + 0.5) / 20_000) for place in range(20_000)])
    found = adopter_categories(even)
    assert found is not None
    assert found.counts / 20_000 == pytest.approx([0.025, 0.135, 0.34, 0.34, 0.16], abs=0.0035)


@given(days)
def test_everybody_is_in_one_category_the_earlier_never_in_a_later(when: NDArray[np.float64]) -> None:
    found = adopter_categories(when)
    if len(when) < 2 or np.ptp(when) == 0:
        assert found is None
        return
    assert found is not None
    assert found.counts.sum() == len(when)
    order = np.argsort(when, kind="stable")
    assert (np.diff(found.of[order]) >= 0).all()
    for day, category in zip(when.tolist(), found.of.tolist(), strict=True):
        assert category == sum(day >= found.mean + step * found.deviation for step in (-2, -1, 0, 1))


def test_a_skewed_curve_has_no_innovators() -> None:
    found = adopter_categories(np.array([0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 5.0, 40.0]))
    assert found is not None
    assert found.counts[0] == 0
