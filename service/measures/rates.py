"""How sure a rate is that was counted: so many of so many."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from service.model.errors import Invalid

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

CONFIDENCE: Final = 0.9


def wilson(successes: Numbers, trials: Numbers, confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """The interval of a proportion after Wilson (1927), without continuity correction; 0 to 1 where nothing was tried.

    `Invalid` where there are more successes than trials, fewer than none, or the confidence is not between 0 and 1.
    """
    if np.any(successes < 0) or np.any(successes > trials):
        raise Invalid("More succeeded than was tried", right="Give counts from 0 to the number of trials.")
    if not 0 < confidence < 1:
        raise Invalid(f"A confidence of {confidence} is out of range", right="Give one between 0 and 1.")
    z = float(ndtri(0.5 + confidence / 2))
    n = np.maximum(trials, 1).astype(np.float64)
    share, spread = successes / n, z * z / n
    middle = share + spread / 2
    half = np.sqrt(spread * (share * (1 - share) + spread / 4))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    # Where none or all succeeded it ends there: in floating point a hair before.
    return np.where(successes == 0, 0.0, np.clip(low, 0, 1)), np.where(successes == trials, 1.0, np.clip(high, 0, 1))
