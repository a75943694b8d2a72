"""Fitted on the past, scored on what came next, again and again through the history.

At each boundary only what was known by then is learnt from: an opportunity counts once its horizon has ended. It is
scored on the opportunities from there to the next boundary, as far as it is known what became of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.progress import report
from service.measures.uptake import Opportunities
from service.measures.uptake_fit import ACTIVITY_ALONE, RECENCY_ALONE, Fit, fitted

FEWEST_ROWS: Final = 200
FEWEST_TAKEN: Final = 20
"""With less than this behind it a fit would learn chance."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Period:
    """What one fit said of the time after it: the chance of each of its rows, beside those of three simpler ways."""

    start: float
    end: float
    fit: Fit
    rows: NDArray[np.int64]
    """The opportunities that were scored."""
    fitted: NDArray[np.float64]
    base_rate: NDArray[np.float64]
    """One chance for all: the share that was taken before."""
    recency: NDArray[np.float64]
    """From how long ago the listener last listened to the teller, and nothing else."""
    activity: NDArray[np.float64]
    """From how much and how lately the listener did anything, and nothing else."""


def known_by(rows: Opportunities, moment: float) -> NDArray[np.int64]:
    """The opportunities of which it is known by a moment what became of them."""
    return np.flatnonzero(rows.known <= moment)


def enough(rows: Opportunities, chosen: NDArray[np.int64]) -> bool:
    """Whether there is enough in the chosen rows to learn from."""
    taken = int(rows.taken[chosen].sum())
    return len(chosen) >= FEWEST_ROWS and FEWEST_TAKEN <= taken < len(chosen)


def rolling(rows: Opportunities, boundaries: Sequence[float], until: float) -> tuple[Period, ...]:
    """One period from each boundary to the next, the last one to `until`: those with anything to learn and to score."""
    return tuple(_periods(rows, boundaries, until))


def _periods(rows: Opportunities, boundaries: Sequence[float], until: float) -> Iterator[Period]:
    ends = [*boundaries[1:], until]
    for place, (start, end) in enumerate(zip(boundaries, ends, strict=False)):  # without a boundary, no period
        report(place / len(ends))
        past = known_by(rows, start)
        scored = np.flatnonzero((rows.times >= start) & (rows.times < end) & (rows.known <= until))
        if len(scored) and enough(rows, past):
            yield _period(rows, past, scored, start, end)


def _period(
    rows: Opportunities, past: NDArray[np.int64], scored: NDArray[np.int64], start: float, end: float
) -> Period:
    fit = fitted(rows, past)
    recency, activity = (fitted(rows, past, columns) for columns in (RECENCY_ALONE, ACTIVITY_ALONE))
    return Period(
        start=start,
        end=end,
        fit=fit,
        rows=scored,
        fitted=_chances(fit, rows, scored),
        base_rate=np.full(len(scored), fit.base_rate),
        recency=_chances(recency, rows, scored),
        activity=_chances(activity, rows, scored),
    )


def _chances(fit: Fit, rows: Opportunities, scored: NDArray[np.int64]) -> NDArray[np.float64]:
    """What a fit says of some rows, from signals of its own half-life: each way is as good as it can be made."""
    return fit.chances(rows.signals[rows.half_lives.index(fit.half_life_days)][scored])
