"""Second implementations: lifelines for waiting times, statsmodels for intervals and trends, NDlib for cascades."""

import random

import networkx as nx
import numpy as np
import pytest
from lifelines import AalenJohansenFitter, KaplanMeierFitter
from ndlib.models.epidemics import IndependentCascadesModel
from ndlib.models.ModelConfig import Configuration
from statsmodels.api import OLS, add_constant
from statsmodels.stats.proportion import proportion_confint

from service.measures.era import trend
from service.measures.rates import wilson
from service.measures.reach import reach
from service.measures.survival import Outcome, cumulative_incidence, kaplan_meier, waiting
from tests.measures.live_edges import drawn_ties, network_of

RUNS = 2_000


@pytest.mark.parametrize("seed", range(20))
def test_waiting_times_are_those_of_lifelines(seed: int) -> None:
    random = np.random.default_rng(seed)
    durations = random.integers(1, 30, size=60).astype(np.float64)
    outcomes = random.integers(0, 2, size=60).astype(np.int8)
    entries = np.where(random.random(60) < 0.3, durations * random.random(60), 0.0)
    ours = kaplan_meier(waiting(durations, outcomes, entries))
    theirs = KaplanMeierFitter().fit(durations, outcomes, entry=entries)
    assert ours.survival == pytest.approx(theirs.predict(ours.times).to_numpy())
    bounds = theirs.confidence_interval_.loc[ours.times].to_numpy()
    inside = (ours.survival > 0) & (ours.survival < 1)
    assert np.column_stack((ours.lower, ours.upper))[inside] == pytest.approx(bounds[inside])
    assert ours.median == (None if np.isinf(theirs.median_survival_time_) else theirs.median_survival_time_)


@pytest.mark.parametrize("seed", range(20))
def test_competing_risks_are_those_of_lifelines(seed: int) -> None:
    random = np.random.default_rng(seed)
    durations = random.permutation(np.arange(1.0, 61.0))  # of ties lifelines breaks the order by chance
    outcomes = random.integers(0, 3, size=60).astype(np.int8)
    ours = cumulative_incidence(waiting(durations, outcomes))
    theirs = AalenJohansenFitter().fit(durations, outcomes, event_of_interest=int(Outcome.happened))
    assert ours.incidence == pytest.approx(theirs.cumulative_density_.loc[ours.times].to_numpy().ravel())
    deviations = np.sqrt(theirs.variance_.loc[ours.times].to_numpy().ravel())
    there = ~np.isnan(deviations)  # it has none where nobody is left
    assert ours.standard_errors[there] == pytest.approx(deviations[there], rel=0.05)


@pytest.mark.parametrize("confidence", [0.8, 0.9, 0.95])
def test_the_interval_of_a_rate_is_that_of_statsmodels(confidence: float) -> None:
    trials = np.repeat(np.arange(1, 40), 3)
    successes = np.concatenate([[0, n // 3, n] for n in range(1, 40)])
    low, high = proportion_confint(successes, trials, alpha=1 - confidence, method="wilson")
    assert np.array(wilson(successes, trials, confidence)) == pytest.approx(np.array((low, high)), abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_a_trend_is_that_of_statsmodels(seed: int) -> None:
    random = np.random.default_rng(seed)
    times, values = np.arange(12.0), random.random(12)
    fitted = OLS(values, add_constant(times)).fit()
    assert trend(times, values) == pytest.approx((fitted.params[1], fitted.bse[1]))


@pytest.mark.parametrize("seed", range(4))
def test_what_is_reached_is_what_ndlib_reaches(seed: int) -> None:
    dice = random.Random(seed)
    ties = {tie: chance for tie, chance in drawn_ties(dice, 12, most=40).items() if chance}
    graph = nx.DiGraph(list(ties))
    graph.add_nodes_from(range(12))
    settings = Configuration()
    settings.add_model_initial_configuration("Infected", [0, 1])
    for tie, chance in ties.items():
        settings.add_edge_configuration("threshold", tie, chance)
    np.random.seed(seed)  # noqa: NPY002 - it draws from the global generator
    reached = []
    for _ in range(RUNS):
        cascades = IndependentCascadesModel(graph)
        cascades.set_initial_status(settings)
        cascades.iteration_bunch(13, node_status=False)
        reached.append(sum(status != 0 for status in cascades.status.values()))
    ours = reach(network_of(12, ties), [0, 1], runs=50_000, seed=seed).everybody.reached
    error = np.hypot(ours.standard_error, np.std(reached) / np.sqrt(RUNS))
    assert ours.mean == pytest.approx(np.mean(reached), abs=4 * error + 1e-9)
