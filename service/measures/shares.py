"""How much each act adds to a tie."""

import numpy as np
from numpy.typing import NDArray

from service.measures.ties import HALF_LIFE_DAYS, Evidence, ties_at


def act_shares(
    evidence: Evidence,
    rows: NDArray[np.int64],
    *,
    as_of: float,
    kind_weights: NDArray[np.float64],
    half_life_days: float = HALF_LIFE_DAYS,
) -> NDArray[np.float64]:
    """The share of each of these rows of evidence in what they weigh together at `as_of` (seconds since the epoch).

    The shares add up to 1, or all are 0 where nothing counts. The weights are those of `ties_at`, as if each row were
    the only evidence of a tie of its own.
    """
    apart = Evidence(
        listeners=np.arange(1, len(rows) + 1, dtype=np.int32),
        tellers=np.zeros(len(rows), dtype=np.int32),
        kinds=evidence.kinds[rows],
        times=evidence.times[rows],
    )
    ties = ties_at(apart, people=len(rows) + 1, as_of=as_of, kind_weights=kind_weights, half_life_days=half_life_days)
    weights = np.zeros(len(rows))
    weights[ties.listeners - 1] = ties.weights
    total = weights.sum()
    return weights / total if total > 0 else weights
