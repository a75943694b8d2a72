"""Shares of pairs and of people, each with an error from drawing people anew, and how they change over time."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import linregress

from service.measures.bootstrap import Estimate, drawn_anew, estimate
from service.measures.diversity import estimated_gini

BOOTSTRAPS: Final = 300
FEWEST_QUARTERS: Final = 4


def returned_share(
    one: NDArray[np.int64], other: NDArray[np.int64], people: int, *, seed: int = 0
) -> tuple[Estimate, int]:
    """Of the pairs of people in which one did something for the other, the share in which both did; and how many pairs.

    A row for each time that `one` did it for `other`; people are numbered below `people`. The error comes from drawing
    people anew (Snijders and Borgatti, 1999); under FEWEST people there is none.
    """
    apart = one != other
    directed = np.unique(one[apart] * people + other[apart])
    first, second = np.divmod(directed, max(people, 1))
    low, high = np.minimum(first, second), np.maximum(first, second)
    pairs, times = np.unique(low * people + high, return_counts=True)
    ends = np.divmod(pairs, max(people, 1))
    both = times > 1

    def drawn(counts: NDArray[np.float64]) -> float:
        weights = counts[ends[0]] * counts[ends[1]]
        total = weights.sum()
        return float(weights[both].sum() / total) if total else np.nan

    return _estimated(drawn, people, seed), len(pairs)


def unequal_reach(reach: NDArray[np.float64], *, seed: int = 0) -> Estimate:
    """The Gini coefficient of what each person reaches, with an error from drawing people anew."""
    return estimated_gini(reach, seed=seed, bootstraps=BOOTSTRAPS)


def shared_by(marks: NDArray[np.bool_], makers: NDArray[np.int64], people: int, *, seed: int = 0) -> Estimate:
    """The share of marked things, with an error from drawing their makers anew; a row for each thing and maker.

    A thing of several makers counts once, shared between them: rows weigh by how often the thing has one, so give each
    thing's first maker where that does not matter.
    """

    def drawn(counts: NDArray[np.float64]) -> float:
        weights = counts[makers]
        total = weights.sum()
        return float(weights[marks].sum() / total) if total else np.nan

    return _estimated(drawn, people, seed)


def trend(times: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """How much a figure changes for each unit of time, and the error of that, by least squares; None under four."""
    known = ~np.isnan(values)
    if known.sum() < FEWEST_QUARTERS:
        return None, None
    fitted = linregress(times[known], values[known])
    # Figures that never change have no correlation, and no error either.
    return float(fitted.slope), float(fitted.stderr) if np.isfinite(fitted.stderr) else 0.0


def _estimated(figure: Callable[[NDArray[np.float64]], float], people: int, seed: int) -> Estimate:
    seen = figure(np.ones(people)) if people else np.nan
    return estimate(seen, drawn_anew(figure, people, seed=seed, bootstraps=BOOTSTRAPS))
