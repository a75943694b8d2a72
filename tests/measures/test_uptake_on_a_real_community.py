"""The chance of an uptake in a real community: fitted on the earlier half of its history, scored on the later one.

All that the fit is made of was chosen by the earlier half, but that it does not tell kinds of evidence apart: that it
was tried on the later one, and did worse (decision 0013). Its first rival is a simple fit of the same opportunities:
the tie's weight and the listener's acts of the last 30 days, by scikit-learn.
"""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from service.measures.ties import SECONDS_A_DAY
from service.measures.uptake import Opportunities, opportunities
from service.measures.uptake_fit import ACTIVITY_ALONE, RECENCY_ALONE, fitted
from service.measures.uptake_scores import Scores, gain, scores
from service.measures.uptake_signals import SIGNALS, History
from tests.measures.real_history import ALL_REACTIONS, real_history

HORIZON = 30.0
HALF_LIVES = (7.0, 14.0, 30.0, 60.0, 90.0, 180.0, 365.0)
COMMENTS_AND_EDITS = ("comment", "adapt")
"""Who reacts by these, to posts of theirs, is closest to the published figures: a base rate's log loss of .105."""


def halves(rows: Opportunities, end: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    known = rows.known <= end
    middle = np.median(rows.times[known])
    return np.flatnonzero(known & (rows.times < middle)), np.flatnonzero(known & (rows.times >= middle))


def simple(history: History, rows: Opportunities, earlier: NDArray[np.int64]) -> NDArray[np.float64]:
    """The rival: log(1 + weight of the tie), halved every 30 days, and log(1 + acts of the listener in 30 days)."""
    evidence = history.evidence
    weights = rows.signals[HALF_LIVES.index(30.0)][:, SIGNALS.index("tie")]
    times = {who: np.sort(evidence.times[evidence.listeners == who]) for who in np.unique(rows.listeners)}
    spans = zip(rows.listeners, rows.times, strict=True)
    acts = [np.searchsorted(times[who], at) - np.searchsorted(times[who], at - 30 * SECONDS_A_DAY) for who, at in spans]
    design = np.column_stack((weights, np.log1p(acts)))
    model = LogisticRegression(C=1.0).fit(design[earlier], rows.taken[earlier])
    found: NDArray[np.float64] = model.predict_proba(design)[:, 1]
    return found


def miscalibrated_more(
    fit: NDArray[np.float64], simple: NDArray[np.float64], taken: NDArray[np.bool_], tellings: NDArray[np.int64]
) -> tuple[float, float]:
    """By how much the calibration error is larger with the first chances, and its standard error (tellings redrawn)."""
    _, which, counts = np.unique(tellings, return_inverse=True, return_counts=True)
    told = np.split(np.argsort(which, kind="stable"), np.cumsum(counts)[:-1])
    draws, found = np.random.default_rng(1), []
    for _ in range(200):
        rows = np.concatenate([told[one] for one in draws.integers(0, len(told), len(told))])
        first, second = (scores(chances[rows], taken[rows]).calibration_error for chances in (fit, simple))
        found.append(first - second)
    whole = [scores(chances, taken).calibration_error for chances in (fit, simple)]
    return whole[0] - whole[1], float(np.std(found))


def judged(history: History, end: float) -> tuple[dict[str, Scores], tuple[float, float]]:
    rows = opportunities(history, horizon_days=HORIZON, half_lives=HALF_LIVES)
    earlier, later = halves(rows, end)
    found = {"base rate": np.full(len(rows), rows.taken[earlier].mean()), "simple": simple(history, rows, earlier)}
    named = {"recency": RECENCY_ALONE, "activity": ACTIVITY_ALONE, "fit": tuple(range(len(SIGNALS)))}
    for name, columns in named.items():
        fit = fitted(rows, earlier, columns)
        found[name] = fit.chances(rows.signals[HALF_LIVES.index(fit.half_life_days)])
    mean, error = gain(found["fit"][later], found["simple"][later], rows.taken[later], rows.tellings[later])
    calibration = miscalibrated_more(
        found["fit"][later], found["simple"][later], rows.taken[later], rows.tellings[later]
    )
    judged = {name: scores(chances[later], rows.taken[later]) for name, chances in found.items()}
    lines = [
        f"{name:10} log loss {one.log_loss:.4f}  Brier {one.brier:.4f}  AUC {one.auc:.3f}  "
        f"calibration error {one.calibration_error:.4f}"
        for name, one in judged.items()
    ]
    lines.append(f"{len(earlier)} and {len(later)} opportunities; {mean:.4f} ± {error:.4f} better than the simple fit")
    lines.append("calibration error {:.4f} ± {:.4f} above the simple fit's".format(*calibration))
    print("", *lines, sep="\n")  # noqa: T201 - the figures, for whoever runs this with -s
    assert mean > 2 * error
    return judged, calibration


@pytest.mark.parametrize("reactions", [ALL_REACTIONS, COMMENTS_AND_EDITS], ids=["all reactions", "comments and edits"])
def test_beats_the_simple_fit_and_every_baseline_in_the_later_half(
    shared_data: Path, reactions: tuple[str, ...]
) -> None:
    every = reactions is ALL_REACTIONS
    history = real_history(shared_data / "quantum-stackexchange", reactions, mentions=every)
    end = float(max(history.evidence.times.max(), history.tellings.times.max()))
    found, (worse, error) = judged(
        history, end if every else np.inf
    )  # the published figures count a cut horizon as not taken up
    assert all(found["fit"].log_loss < found[name].log_loss for name in found if name != "fit")
    assert all(found["fit"].auc > found[name].auc for name in found if name not in {"fit", "base rate"})
    if every:
        assert found["fit"].log_loss < 0.80 * found["simple"].log_loss
        assert found["fit"].calibration_error < 0.005
        assert worse < -2 * error
    else:
        assert found["base rate"].log_loss == pytest.approx(0.105, abs=0.001)
        assert found["simple"].log_loss == pytest.approx(0.0858, abs=0.0005)
        assert found["simple"].auc == pytest.approx(0.856, abs=0.005)
        assert found["fit"].log_loss < 0.078
        assert found["fit"].auc > 0.895
        assert found["fit"].calibration_error < 0.0065
        assert abs(worse) < 2 * error  # .0063 and .0058: 193 uptakes cannot tell them apart
