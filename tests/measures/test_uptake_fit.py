"""Chances that are fitted and scored: against a planted truth, and against scikit-learn."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from service.measures.ties import SECONDS_A_DAY, Evidence
from service.measures.uptake import Opportunities, opportunities
from service.measures.uptake_fit import ACTIVITY_ALONE, EVERYTHING, HIGHEST, LOWEST, PENALTY, fitted
from service.measures.uptake_rolling import FEWEST_ROWS, known_by, rolling
from service.measures.uptake_scores import gain, scores
from service.measures.uptake_signals import RAISING, SIGNALS, History, Tellings
from tests.measures.planted_uptakes import DAYS, HORIZON, planted

HALF_LIVES = (15.0, 60.0, 240.0)
BOUNDARIES = [day * SECONDS_A_DAY for day in range(90, DAYS, 90)]


@pytest.fixture(scope="module")
def rows() -> Opportunities:
    return opportunities(planted(seed=1)[0], horizon_days=HORIZON, half_lives=HALF_LIVES)


def made(signals: np.ndarray, taken: np.ndarray) -> Opportunities:
    """Opportunities with these signals, whoever they are of."""
    size = len(taken)
    return Opportunities(
        tellings=np.arange(size),
        tellers=np.zeros(size, dtype=np.int32),
        listeners=np.ones(size, dtype=np.int32),
        times=np.arange(size, dtype=np.float64),
        taken=taken,
        known=np.arange(size, dtype=np.float64),
        half_lives=(30.0,),
        signals=signals[None].astype(np.float32),
        share=1.0,
    )


def test_finds_the_planted_rates_and_who_is_keen(rows: Opportunities) -> None:
    _, chances = planted(seed=1)
    past = known_by(rows, DAYS * SECONDS_A_DAY)
    fit = fitted(rows, past)
    found = fit.chances(rows.signals[rows.half_lives.index(fit.half_life_days)])
    late = rows.times > DAYS / 2 * SECONDS_A_DAY
    keen = chances[rows.listeners] > chances.min()
    assert found[late & keen].mean() == pytest.approx(chances.max(), rel=0.1)
    assert found[late & ~keen].mean() == pytest.approx(chances.min(), rel=0.25)
    ranking = scores(found[late], rows.taken[late]).auc
    best = scores(chances[rows.listeners][late], rows.taken[late]).auc
    assert ranking > best - 0.02


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_is_the_fit_of_scikit_learn_where_no_coefficient_is_held_at_0(seed: int) -> None:
    random = np.random.default_rng(seed)
    signals = random.normal(size=(400, len(SIGNALS)))
    truth = np.abs(random.normal(size=len(SIGNALS)))
    taken = random.random(400) < 1 / (1 + np.exp(1.5 - signals @ truth))
    fit = fitted(made(signals, taken), np.arange(400))
    scaled = (signals.astype(np.float32) - fit.means) / fit.deviations
    second = LogisticRegression(C=1 / PENALTY, tol=1e-10, max_iter=5_000).fit(scaled, taken)
    if (second.coef_[0][RAISING] > 0).all():
        assert fit.coefficients == pytest.approx(second.coef_[0], abs=1e-5)
        assert fit.intercept == pytest.approx(second.intercept_[0], abs=1e-5)
    assert (fit.coefficients[RAISING] >= 0).all()


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_where_one_is_held_at_0_no_allowed_step_away_would_be_better(seed: int) -> None:
    random = np.random.default_rng(seed)
    signals = random.normal(size=(300, len(SIGNALS)))
    taken = random.random(300) < 1 / (1 + np.exp(1 - signals @ random.normal(size=len(SIGNALS))))
    fit = fitted(made(signals, taken), np.arange(300))
    scaled = (signals.astype(np.float32) - fit.means) / fit.deviations

    def cost(coefficients: np.ndarray) -> float:
        chances = 1 / (1 + np.exp(-(fit.intercept + scaled @ coefficients)))
        return float(log_loss(taken, chances) * len(taken) + PENALTY / 2 * (coefficients**2).sum())

    least = cost(fit.coefficients)
    for place in range(len(SIGNALS)):
        for step in (-1e-3, 1e-3):
            moved = fit.coefficients.copy()
            moved[place] += step
            if not RAISING[place] or moved[place] >= 0:
                assert cost(moved) >= least - 1e-6


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_chances_lie_between_0_and_1_whatever_the_signals(seed: int) -> None:
    random = np.random.default_rng(seed)
    signals = random.normal(size=(50, len(SIGNALS)))
    taken = np.arange(50) % 7 == 0
    fit = fitted(made(signals, taken), np.arange(50))
    found = fit.chances((random.normal(size=(50, len(SIGNALS))) * 1e6).astype(np.float32))
    assert ((found >= LOWEST) & (found <= HIGHEST)).all()


@pytest.mark.parametrize("taken", [np.zeros(10, dtype=np.bool_), np.ones(10, dtype=np.bool_)])
def test_refuses_to_learn_from_what_was_all_taken_or_all_not(taken: np.ndarray) -> None:
    with pytest.raises(ValueError, match="nothing to learn"):
        fitted(made(np.zeros((10, len(SIGNALS))), taken), np.arange(10))


@given(st.integers(0, 10_000), st.integers(2, 400))
def test_scores_are_those_of_scikit_learn(seed: int, size: int) -> None:
    random = np.random.default_rng(seed)
    chances = np.clip(random.choice(random.random(size), size), 0.001, 0.999)
    taken = random.random(size) < chances
    found = scores(chances, taken)
    assert found.log_loss == pytest.approx(log_loss(taken, chances, labels=[False, True]))
    assert found.brier == pytest.approx(brier_score_loss(taken, chances))
    if 0 < taken.sum() < size:
        assert found.auc == pytest.approx(roc_auc_score(taken, chances))
    else:
        assert np.isnan(found.auc)
    assert sum(one.rows for one in found.curve) == size
    assert all(before.highest < after.lowest for before, after in zip(found.curve, found.curve[1:], strict=False))
    error = 0.0
    for one in found.curve:
        inside = (chances >= one.lowest) & (chances <= one.highest)
        assert inside.sum() == one.rows
        error += one.rows * abs(chances[inside].mean() - taken[inside].mean())
    assert found.calibration_error == pytest.approx(error / size)


def test_scores_a_case_worked_out_by_hand() -> None:
    found = scores(np.array([0.1, 0.4, 0.8, 0.9]), np.array([False, True, False, True]), bins=2)
    assert found.log_loss == pytest.approx(-(np.log(0.9) + np.log(0.4) + np.log(0.2) + np.log(0.9)) / 4)
    assert found.brier == pytest.approx((0.01 + 0.36 + 0.64 + 0.01) / 4)
    assert found.auc == 0.75
    assert [(one.rows, one.observed) for one in found.curve] == [(2, 0.5), (2, 0.5)]
    assert [one.predicted for one in found.curve] == pytest.approx([0.25, 0.85])
    assert found.calibration_error == pytest.approx(0.3)


def test_a_gain_counts_what_happened_together_once() -> None:
    random = np.random.default_rng(5)
    chances, taken = random.random(200) * 0.8 + 0.1, random.random(200) < 0.3
    mean, error = gain(chances, np.full(200, 0.3), taken, np.arange(200))
    twice = [np.concatenate((one, one)) for one in (chances, np.full(200, 0.3), taken, np.arange(200))]
    assert gain(*twice) == pytest.approx((mean, error))
    difference = np.where(taken, np.log(chances / 0.3), np.log((1 - chances) / 0.7))
    assert mean == pytest.approx(difference.mean())
    assert error == pytest.approx(difference.std(ddof=1) / np.sqrt(200))


def _cut(history: History, moment: float) -> History:
    """The history as it stood at a moment."""
    seen, told = history.evidence.times <= moment, history.tellings.times <= moment
    evidence, tellings = history.evidence, history.tellings
    return History(
        people=history.people,
        evidence=Evidence(
            listeners=evidence.listeners[seen],
            tellers=evidence.tellers[seen],
            kinds=evidence.kinds[seen],
            times=evidence.times[seen],
        ),
        about=history.about[seen],
        tellings=Tellings(
            tellers=tellings.tellers[told],
            times=tellings.times[told],
            kinds=tellings.kinds[told],
            answering=tellings.answering[told],
        ),
    )


def test_rolling_through_the_history_is_a_fit_to_what_stood_there_at_each_boundary(rows: Opportunities) -> None:
    whole, _ = planted(seed=1)
    periods = rolling(rows, BOUNDARIES, DAYS * SECONDS_A_DAY)
    assert [period.start for period in periods] == BOUNDARIES
    for period in periods[1::2]:
        then = opportunities(_cut(whole, period.start), horizon_days=HORIZON, half_lives=HALF_LIVES)
        fit = fitted(then, known_by(then, period.start))
        assert fit.half_life_days == period.fit.half_life_days
        assert fit.coefficients == pytest.approx(period.fit.coefficients, abs=1e-9)
        signals = rows.signals[HALF_LIVES.index(fit.half_life_days)][period.rows]
        assert fit.chances(signals) == pytest.approx(period.fitted)
        assert period.base_rate[0] == then.taken[known_by(then, period.start)].mean()
        inside = (rows.times[period.rows] >= period.start) & (rows.times[period.rows] < period.end)
        assert inside.all()
        assert (rows.known[period.rows] <= DAYS * SECONDS_A_DAY).all()


def test_the_planted_difference_beats_every_baseline_that_can_not_see_it(rows: Opportunities) -> None:
    periods = rolling(rows, BOUNDARIES, DAYS * SECONDS_A_DAY)[2:]
    chosen = np.concatenate([period.rows for period in periods])
    whole = np.concatenate([period.fitted for period in periods])
    for simpler in ("base_rate", "recency"):
        other = np.concatenate([getattr(period, simpler) for period in periods])
        mean, error = gain(whole, other, rows.taken[chosen], rows.tellings[chosen])
        assert mean > 3 * error > 0


def test_where_there_is_nothing_to_learn_from_nothing_is_fitted(rows: Opportunities) -> None:
    few = replace(rows, known=np.where(np.arange(len(rows)) < FEWEST_ROWS - 1, rows.known, np.inf))
    assert rolling(few, BOUNDARIES, DAYS * SECONDS_A_DAY) == ()
    assert rolling(few, [], DAYS * SECONDS_A_DAY) == ()


def test_the_baselines_look_at_what_they_are_called_after() -> None:
    assert {SIGNALS[column] for column in ACTIVITY_ALONE} == {"activity", "activity_recency"}
    assert len(EVERYTHING) == len(SIGNALS)


def test_every_baseline_learns_a_half_life_of_its_own() -> None:
    """An activity that only the shortest half-life shows, and a tie that only the longest one does."""
    random = np.random.default_rng(5)
    size, half_lives = 4_000, (15.0, 240.0)
    acts, ties = random.normal(size=size), random.normal(size=size)
    signals = random.normal(size=(len(half_lives), size, len(SIGNALS)))
    signals[0][:, SIGNALS.index("activity")] = acts
    signals[1][:, SIGNALS.index("tie")] = ties
    taken = random.random(size) < 1 / (1 + np.exp(1 - 0.8 * acts - 2 * ties))
    rows = replace(made(signals[0], taken), half_lives=half_lives, signals=signals.astype(np.float32))
    (period,) = rolling(rows, [size / 2], float(size))
    assert period.fit.half_life_days == half_lives[1]
    alone = fitted(rows, known_by(rows, period.start), ACTIVITY_ALONE)
    assert alone.half_life_days == half_lives[0]
    assert period.activity == pytest.approx(alone.chances(rows.signals[0][period.rows]))
    assert scores(period.activity, rows.taken[period.rows]).auc > 0.6
