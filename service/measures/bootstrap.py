"""What a figure about people would be of others like them: its error and its interval, from drawing people anew.

As many people are drawn as there are, with replacement (Efron, 1979), and the figure is worked out anew of those drawn;
for ties between people this is the vertex bootstrap of Snijders and Borgatti (1999). The interval goes from percentile
to percentile.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.progress import report

BOOTSTRAPS: Final = 500
FEWEST: Final = 20
"""People under which an error is not worth giving."""
INTERVAL: Final = (0.025, 0.975)
EVERY: Final = 50
"""After how many draws progress is reported."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A figure with its error; None where there is nothing to estimate, or too few people for an error."""

    value: float | None
    standard_error: float | None
    low: float | None
    high: float | None


def drawn_anew(
    figure: Callable[[NDArray[np.float64]], float], people: int, *, seed: int, bootstraps: int = BOOTSTRAPS
) -> NDArray[np.float64]:
    """The figure of people drawn anew, so many times; it is given how often each person was drawn.

    Nothing under FEWEST people; NaN where the figure makes no sense of those drawn.
    """
    random = np.random.default_rng(seed)
    found = np.full(bootstraps if people >= FEWEST else 0, np.nan)
    for turn in range(len(found)):
        times = np.bincount(random.integers(people, size=people), minlength=people).astype(np.float64)
        found[turn] = figure(times)
        if turn % EVERY == 0:
            report(turn / len(found))
    return found


def estimate(seen: float | None, drawn: NDArray[np.float64]) -> Estimate:
    """A figure as it was seen, with its error and interval from what was drawn; without, where most draws made none."""
    if seen is None or np.isnan(seen):
        return Estimate(value=None, standard_error=None, low=None, high=None)
    known = drawn[~np.isnan(drawn)]
    if not len(known) or len(known) < len(drawn) // 2:
        return Estimate(value=float(seen), standard_error=None, low=None, high=None)
    low, high = np.quantile(known, INTERVAL)
    return Estimate(value=float(seen), standard_error=float(known.std(ddof=1)), low=float(low), high=float(high))
