"""Diversity and inequality, against published figures and scipy; their intervals against scipy's and by simulation."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import ive
from scipy.stats import bootstrap, entropy

from service.measures.bootstrap import BOOTSTRAPS, FEWEST, Estimate
from service.measures.diversity import (
    blau,
    estimated_blau,
    estimated_gini,
    estimated_shannon,
    estimated_top_share,
    gini,
    shannon,
    top_share,
)

NOTHING = Estimate(value=None, standard_error=None, low=None, high=None)


def test_published_small_figures() -> None:
    counts = np.array([2, 1, 1])
    assert blau(counts) == pytest.approx(0.625)
    assert shannon(counts) == pytest.approx(1.03972, abs=5e-6)
    assert blau(counts, normalised=True) == pytest.approx(0.625 / (2 / 3))
    # Below 100 people corrected by n / (n - 1): .25 and .75 become 1/3 and 1.
    assert gini(np.array([1.0, 2, 3, 4])) == pytest.approx(1 / 3)
    assert gini(np.array([0.0, 0, 0, 1])) == pytest.approx(1.0)
    assert gini(np.tile([1.0, 2, 3, 4], 25)) == pytest.approx(0.25)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=8).filter(any))
def test_shannon_is_scipys(counts: list[int]) -> None:
    assert shannon(np.array(counts)) == pytest.approx(float(entropy(counts)), abs=1e-12)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=30).filter(lambda values: sum(values) > 1e-3))
def test_gini_is_the_mean_difference(values: list[float]) -> None:
    array = np.array(values)
    mean = np.abs(array[:, None] - array[None, :]).mean() / (2 * array.mean())
    assert gini(array) == pytest.approx(mean * len(values) / (len(values) - 1), rel=1e-6, abs=1e-9)


def test_nothing_is_none() -> None:
    assert shannon(np.zeros(3, np.int64)) is None
    assert blau(np.zeros(3, np.int64)) is None
    assert gini(np.zeros(5)) is None
    assert top_share(np.zeros(5)) is None
    for silent in (np.zeros(3, np.int64), np.zeros(0, np.int64)):
        assert estimated_shannon(silent) == estimated_blau(silent) == NOTHING
        assert estimated_gini(silent.astype(np.float64)) == NOTHING
    assert estimated_gini(np.zeros(50)) == estimated_top_share(np.zeros(50)) == NOTHING
    assert estimated_blau(np.array([30]), normalised=True) == NOTHING


def test_under_twenty_people_a_figure_has_no_interval() -> None:
    few = np.arange(1.0, FEWEST)
    assert estimated_gini(few) == Estimate(value=gini(few), standard_error=None, low=None, high=None)
    assert estimated_shannon(np.array([10, 9])).low is None
    assert estimated_blau(np.array([10, 9])).high is None
    assert estimated_shannon(np.array([10, 10])).low is not None


def drawn_by_scipy(statistic: object, data: NDArray[np.float64], seed: int) -> tuple[float, float, float]:
    """The error and the ends of scipy's percentile interval, from the same draws."""
    found = bootstrap(
        (data,),
        statistic,
        n_resamples=BOOTSTRAPS,
        batch=1,
        vectorized=False,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    return float(found.standard_error), float(found.confidence_interval.low), float(found.confidence_interval.high)


def test_the_gini_interval_is_scipys_over_pairs_of_different_people() -> None:
    values = np.sort(np.random.default_rng(3).poisson(3, 24)).astype(np.float64)

    def by_pairs(people: NDArray[np.float64]) -> float:
        """The mean difference between two different people over twice the mean, pair by pair."""
        drawn = people.astype(int)
        apart = [abs(values[one] - values[other]) for one, other in combinations(drawn, 2) if one != other]
        return float(np.mean(apart)) / 2 / float(values[drawn].mean())

    found = estimated_gini(values, seed=5)
    assert found.value == pytest.approx(gini(values))
    theirs = drawn_by_scipy(by_pairs, np.arange(24.0), 5)
    assert (found.standard_error, found.low, found.high) == pytest.approx(theirs, abs=1e-9)


def test_the_interval_of_the_top_tenth_is_scipys() -> None:
    values = np.sort(np.random.default_rng(4).geometric(0.2, 60))[::-1].astype(np.float64)

    def top(drawn: NDArray[np.float64]) -> float:
        return float(np.sort(drawn)[-6:].sum() / drawn.sum())

    found = estimated_top_share(values, seed=6)
    assert found.value == pytest.approx(top(values))
    assert (found.standard_error, found.low, found.high) == pytest.approx(drawn_by_scipy(top, values, 6), abs=1e-9)


def test_the_intervals_of_groups_are_scipys_corrected_for_their_bias() -> None:
    people = np.repeat([0.0, 1.0, 2.0], [40, 25, 15])

    def entropy_of(drawn: NDArray[np.float64]) -> float:
        return float(entropy(np.bincount(drawn.astype(int), minlength=3)))

    def chance_apart(drawn: NDArray[np.float64]) -> float:
        return float(1 - ((np.bincount(drawn.astype(int), minlength=3) / len(drawn)) ** 2).sum())

    counts = np.array([40, 25, 15])
    error, low, high = drawn_by_scipy(entropy_of, people, 1)
    found = estimated_shannon(counts, seed=1)
    expected = (error, low + 2 / 80, min(high + 2 / 80, float(np.log(3))))
    assert (found.standard_error, found.low, found.high) == pytest.approx(expected, abs=0.015)
    error, low, high = drawn_by_scipy(chance_apart, people, 1)
    twice = (80 / 79) ** 2
    chance = estimated_blau(counts, seed=1)
    expected = (error * twice, low * twice, min(high * twice, 2 / 3))
    assert (chance.standard_error, chance.low, chance.high) == pytest.approx(expected, abs=0.015)
    whole = estimated_blau(counts, normalised=True, seed=1)
    assert (whole.low or 0) * 2 / 3 == pytest.approx(chance.low)


@pytest.mark.parametrize("people", [FEWEST, 30, 120])
def test_the_gini_interval_ends_at_one_where_one_alone_has_all(people: int) -> None:
    values = np.zeros(people)
    values[0] = 7
    found = estimated_gini(values, seed=1)
    assert found.low is not None
    assert found.high is not None
    assert found.value is not None
    assert 0 <= found.low <= found.value <= found.high <= 1


@given(st.lists(st.integers(5, 60), min_size=2, max_size=20).filter(lambda counts: sum(counts) >= FEWEST))
def test_an_interval_holds_the_figure_and_ends_where_it_does(counts: list[int]) -> None:
    groups = np.array(counts)
    most_of = float(np.log(len(counts))), 1 - 1 / len(counts)
    for found, most in zip((estimated_shannon(groups), estimated_blau(groups)), most_of, strict=True):
        assert found.low is not None
        assert found.high is not None
        assert found.value is not None
        assert 0 <= found.low <= found.value <= found.high <= max(most, found.value)
    assert estimated_shannon(groups, seed=9) == estimated_shannon(groups, seed=9)


@pytest.mark.parametrize(
    "shares", [[0.5, 0.5], [0.7, 0.3], [1 / 3, 1 / 3, 1 / 3], [0.6, 0.25, 0.15], [0.2] * 5, [0.4, 0.3, 0.15, 0.1, 0.05]]
)
def test_the_intervals_of_groups_hold_the_truth_in_about_nineteen_of_twenty_samples(shares: list[float]) -> None:
    random = np.random.default_rng(7)
    truth = float(entropy(shares)), 1 - sum(share**2 for share in shares)
    held = np.zeros(2)
    samples = 250
    for seed in range(samples):
        counts = random.multinomial(100, shares)
        for place, found in enumerate((estimated_shannon(counts, seed=seed), estimated_blau(counts, seed=seed))):
            held[place] += (found.low or 0) - 1e-9 <= truth[place] <= (found.high or 0) + 1e-9
    assert held.min() / samples > 0.9


@pytest.mark.parametrize(("name", "truth"), [("poisson", float(ive(0, 6) + ive(1, 6))), ("geometric", 4 / 7)])
def test_the_gini_interval_holds_the_truth_in_about_nineteen_of_twenty_samples(name: str, truth: float) -> None:
    random = np.random.default_rng(8)
    samples, held = 200, 0
    for seed in range(samples):
        drawn = random.poisson(3, 50) if name == "poisson" else random.geometric(0.25, 50) - 1
        found = estimated_gini(drawn.astype(np.float64), seed=seed, bootstraps=200)
        held += (found.low or 0) <= truth <= (found.high or 0)
    assert held / samples > 0.88
