"""How good chances were, once it was known what happened: proper scores, ranking, calibration.

Log loss and the quadratic score of Brier (1950), "Verification of forecasts expressed in terms of probability"; the
area under the curve as the chance that what was taken had the higher chance (Hanley and McNeil, 1982); the expected
calibration error in bins of equal size (Naeini, Cooper and Hauskrecht, 2015).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from service.measures.uptake_fit import surprise

BINS: Final = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """Some opportunities with like chances: how many, their mean chance, the share that was taken."""

    rows: int
    lowest: float
    highest: float
    predicted: float
    observed: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Scores:
    """The scores of some chances; `auc` is NaN where all were taken or none."""

    rows: int
    taken: int
    log_loss: float
    brier: float
    auc: float
    calibration_error: float
    curve: tuple[Bin, ...]


def scores(chances: NDArray[np.float64], taken: NDArray[np.bool_], bins: int = BINS) -> Scores:
    """The scores of chances (each above 0 and below 1) against what was taken; ValueError for none at all."""
    if not len(chances) or len(chances) != len(taken):
        message = f"{len(chances)} chances of {len(taken)} opportunities"
        raise ValueError(message)
    curve = _curve(chances, taken, min(bins, len(chances)))
    return Scores(
        rows=len(chances),
        taken=int(taken.sum()),
        log_loss=float(surprise(chances, taken).mean()),
        brier=float(((chances - taken) ** 2).mean()),
        auc=_auc(chances, taken),
        calibration_error=sum(one.rows * abs(one.predicted - one.observed) for one in curve) / len(chances),
        curve=curve,
    )


def _auc(chances: NDArray[np.float64], taken: NDArray[np.bool_]) -> float:
    positive = int(taken.sum())
    negative = len(taken) - positive
    if not positive or not negative:
        return float("nan")
    ranks = rankdata(chances)[taken].sum()
    return float((ranks - positive * (positive + 1) / 2) / (positive * negative))


def _curve(chances: NDArray[np.float64], taken: NDArray[np.bool_], bins: int) -> tuple[Bin, ...]:
    """Bins of as good as equal size; equal chances are never told apart by a bin's edge."""
    ordered = np.argsort(chances, kind="stable")
    sorted_chances = chances[ordered]
    wanted = np.arange(1, bins) * len(chances) // bins
    edges = np.unique(np.searchsorted(sorted_chances, sorted_chances[wanted]))
    parts = np.split(ordered, edges[edges > 0])
    return tuple(
        Bin(
            rows=len(part),
            lowest=float(chances[part].min()),
            highest=float(chances[part].max()),
            predicted=float(chances[part].mean()),
            observed=float(taken[part].mean()),
        )
        for part in parts
    )


def gain(
    better: NDArray[np.float64], worse: NDArray[np.float64], taken: NDArray[np.bool_], groups: NDArray[np.int64]
) -> tuple[float, float]:
    """By how much the log loss a row is lower with the first chances, and its standard error.

    What belongs to one group (one telling) happens together, and counts as one observation.
    """
    difference = surprise(worse, taken) - surprise(better, taken)
    mean = float(difference.mean())
    _, which = np.unique(groups, return_inverse=True)
    sums = np.bincount(which, weights=difference - mean)
    if len(sums) < 2:  # noqa: PLR2004 - one group says nothing about the next
        return mean, float("nan")
    return mean, float(np.sqrt((sums**2).sum() * len(sums) / (len(sums) - 1)) / len(difference))
