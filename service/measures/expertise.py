"""What people are known for by what others did with it, and how sure that is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.measures.rates import CONFIDENCE, wilson
from service.model.errors import Invalid

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


def expertise(supporters: Numbers, correctors: Numbers, confidence: float = CONFIDENCE) -> Floats:
    """How many people somebody's knowledge served, as far as it is sure that it was right.

    The number of distinct supporters times the lower end of Wilson's interval for their share among all who said
    anything about it, supporters and correctors: a few thanks weigh little, and corrections count against. A rule of
    our own, after the ranking by a lower bound that Agresti and Coull (1998) discuss.
    """
    low, _ = wilson(supporters, supporters + correctors, confidence)
    return supporters * low


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Answering:
    """How each person answered what they were asked, a place for each."""

    asked: Numbers
    """What they were asked long enough ago that an answer would have come."""
    answered: Numbers
    """How much of that they answered in time."""
    median: Floats
    """The median of how long an answer took, in seconds; NaN where they gave none."""
    open: Numbers
    """What they were asked lately and have not answered yet."""


def answering(people: Numbers, times: Floats, answers: Floats, *, count: int, now: float, patience: float) -> Answering:
    """How people, numbered from 0, answered: a row for each question, `answers` infinite where none came.

    An answer counts if it came within `patience` (seconds). What was asked less than that ago is in no rate, since its
    answer may still come; what of it has no answer is open.
    """
    waited = answers - times
    if np.any(waited < 0) or patience <= 0:
        raise Invalid("An answer came before its question", right="Give later answers, and a patience above 0.")
    old = times <= now - patience
    good = old & (waited <= patience)
    median = np.full(count, np.nan)
    for person in np.unique(people[good]):
        median[person] = np.median(waited[good & (people == person)])
    return Answering(
        asked=np.bincount(people[old], minlength=count),
        answered=np.bincount(people[good], minlength=count),
        median=median,
        open=np.bincount(people[~old & np.isinf(answers)], minlength=count),
    )
