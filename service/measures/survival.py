"""How long something takes that not everything has done yet: curves that count what is still waiting.

What has not happened by the end of the observation is censored: it is known to have taken longer, and counts as at
risk until then. What can no longer happen, because something else came first, is a competing risk; taken for censored
it would make the chance look larger than it is.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from service.model.errors import Invalid

CONFIDENCE: Final = 0.95
HALF: Final = 0.5
ROUNDING: Final = 1e-12

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


class Outcome(IntEnum):
    """How the waiting of one thing ended."""

    waiting = 0
    """It was still waiting when it was last seen: censored."""
    happened = 1
    abandoned = 2
    """Something came first after which it can't happen any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """Waiting times, a row for each thing: until when it was seen, how that ended, and from when it was watched.

    Times are counted in any one unit from the moment at which the thing began to wait. `entries` are 0 for what was
    watched from then on; a thing that was met later (late entry, left truncation) is at risk from its entry only.
    """

    durations: Floats
    outcomes: NDArray[np.int8]
    entries: Floats

    def __post_init__(self) -> None:
        """Refuse what can't be waiting times: `Invalid`."""
        if not len(self.durations) == len(self.outcomes) == len(self.entries):
            lengths = f"{len(self.durations)}, {len(self.outcomes)} and {len(self.entries)}"
            raise Invalid(f"columns of {lengths} rows", right="as many outcomes and entries as durations")
        if not (np.isfinite(self.durations).all() and np.isfinite(self.entries).all()):
            raise Invalid("a waiting time that is not a finite number", right="finite numbers", field="durations")
        if (self.durations < 0).any() or (self.entries < 0).any():
            raise Invalid("a waiting time below 0", right="0 or more", field="durations")
        late = self.entries > 0
        if (self.entries[late] >= self.durations[late]).any():
            raise Invalid("something met only after its waiting was over", right="entries before the end of waiting")


@dataclass(frozen=True, kw_only=True, slots=True)
class SurvivalCurve:
    """What share is still waiting after each of `times`, with its standard error and 95 % interval.

    Where nothing is waiting any more both bounds are 0.
    `median` is the first time at which a half or less is waiting; None where it never comes to that.
    """

    times: Floats
    at_risk: Counts
    happened: Counts
    survival: Floats
    standard_errors: Floats
    lower: Floats
    upper: Floats
    median: float | None
    median_lower: float | None
    median_upper: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidenceCurve:
    """What share it has happened to by each of `times`, where it may also become impossible.

    `incidence` of what happened and `abandoned` of what became impossible add up, with `waiting`, to 1. Where it has
    happened to nothing, or to everything, both bounds are that share. `half` is the first time by which it has happened
    to a half or more of all, what became impossible counted among them; None where it never comes to that.
    """

    times: Floats
    at_risk: Counts
    happened: Counts
    incidence: Floats
    abandoned: Floats
    waiting: Floats
    standard_errors: Floats
    lower: Floats
    upper: Floats
    half: float | None
    half_lower: float | None
    half_upper: float | None


def waiting(durations: Floats, outcomes: NDArray[np.int8], entries: Floats | None = None) -> Waiting:
    """Waiting times that were watched from the start, unless `entries` says otherwise."""
    return Waiting(
        durations=durations, outcomes=outcomes, entries=np.zeros_like(durations) if entries is None else entries
    )


def kaplan_meier(seen: Waiting) -> SurvivalCurve:
    """The share still waiting (Kaplan and Meier, 1958), whatever ended the waiting otherwise being censored.

    The standard error is Greenwood's (1926), the interval is taken on the scale of log(-log S), so that it stays
    between 0 and 1 (Kalbfleisch and Prentice, 1980). Of things that end at the same moment, those to which it happens
    go first. Only moments at which something happened have a row. The median's interval are the times at which the
    bounds of the curve come to a half (Brookmeyer and Crowley, 1982).
    """
    times, at_risk, happened, _ = _table(seen)
    kept = happened > 0
    times, at_risk, happened = times[kept], at_risk[kept], happened[kept]
    survival: Floats = np.cumprod(1 - happened / at_risk, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        summed = np.cumsum(happened / (at_risk * (at_risk - happened)))
        errors = np.where(survival > 0, survival * np.sqrt(summed), 0.0)
        spread = norm.ppf((1 + CONFIDENCE) / 2) * np.sqrt(summed) / np.log(survival)
        inside = (survival > 0) & (survival < 1)
        lower = np.where(inside, survival ** np.exp(-spread), survival)
        upper = np.where(inside, survival ** np.exp(spread), survival)
    return SurvivalCurve(
        times=times,
        at_risk=at_risk,
        happened=happened,
        survival=survival,
        standard_errors=errors,
        lower=lower,
        upper=upper,
        median=_first_half(times, survival),
        median_lower=_first_half(times, lower),
        median_upper=_first_half(times, upper),
    )


def cumulative_incidence(seen: Waiting) -> IncidenceCurve:
    """The share to which it has happened, with abandonment as a competing risk (Aalen and Johansen, 1978).

    The variance is the delta method's (Marubini and Valsecchi, 1995), the interval on the scale of log(-log I).
    Only moments at which something happened or was abandoned have a row. The interval of `half` are the times at which
    the bounds of the curve come to a half, as for a median (Brookmeyer and Crowley, 1982).
    """
    times, at_risk, happened, abandoned = _table(seen)
    kept = happened + abandoned > 0
    times, at_risk, happened, abandoned = times[kept], at_risk[kept], happened[kept], abandoned[kept]
    waiting_after: Floats = np.cumprod(1 - (happened + abandoned) / at_risk, dtype=np.float64)
    before: Floats = np.concatenate(([1.0], waiting_after))[:-1]
    incidence: Floats = np.cumsum(before * happened / at_risk, dtype=np.float64)
    errors = np.sqrt(np.maximum(_incidence_variance(at_risk, happened, abandoned, before, incidence), 0.0))
    lower, upper = incidence.copy(), incidence.copy()
    # A sum of shares that comes to everything may miss 1 by a rounding, whose logarithm would be an infinite spread.
    inside = (incidence > 0) & (incidence < 1 - ROUNDING)
    share = incidence[inside]
    spread = norm.ppf((1 + CONFIDENCE) / 2) * errors[inside] / (share * np.log(share))
    lower[inside], upper[inside] = share ** np.exp(-spread), share ** np.exp(spread)
    return IncidenceCurve(
        times=times,
        at_risk=at_risk,
        happened=happened,
        incidence=incidence,
        abandoned=np.cumsum(before * abandoned / at_risk),
        waiting=waiting_after,
        standard_errors=errors,
        lower=lower,
        upper=upper,
        half=_first_half(times, 1 - incidence),
        half_lower=_first_half(times, 1 - upper),
        half_upper=_first_half(times, 1 - lower),
    )


def _table(seen: Waiting) -> tuple[Floats, Counts, Counts, Counts]:
    """For each moment at which waiting ended: how many were at risk just before, and how it ended for how many."""
    times, place = np.unique(seen.durations, return_inverse=True)
    ended = np.bincount(place, minlength=len(times))
    left_before = np.concatenate(([0], np.cumsum(ended)))[:-1]
    # Who is met at a moment is at risk only after it; what waited no time at all was there from the start.
    late = np.sort(seen.entries[seen.entries > 0])
    entered = len(seen.durations) - len(late) + np.searchsorted(late, times, side="left")
    counts = [
        np.bincount(place[seen.outcomes == how], minlength=len(times)) for how in (Outcome.happened, Outcome.abandoned)
    ]
    return times, (entered - left_before).astype(np.int64), counts[0].astype(np.int64), counts[1].astype(np.int64)


def _incidence_variance(
    at_risk: Counts, happened: Counts, abandoned: Counts, before: Floats, incidence: Floats
) -> Floats:
    """The three sums of the delta method over all earlier moments, each by running totals."""
    both = (happened + abandoned).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        # where everybody leaves at once the first sum's weight is unbounded, and what it weighs is 0 from there on
        hazard = np.where(at_risk > both, both / (at_risk * (at_risk - both)), 0.0)
    first = (
        incidence**2 * np.cumsum(hazard)
        - 2 * incidence * np.cumsum(incidence * hazard)
        + np.cumsum(incidence**2 * hazard)
    )
    second = np.cumsum(before**2 * happened * (at_risk - happened) / at_risk.astype(np.float64) ** 3)
    third = before * happened / at_risk.astype(np.float64) ** 2
    crossed = incidence * np.cumsum(third) - np.cumsum(incidence * third)
    variance: Floats = first + second - 2 * crossed
    return variance


def _first_half(times: Floats, shares: Floats) -> float | None:
    # A product or sum of shares that comes to a half may miss it by a rounding.
    reached = np.flatnonzero(shares <= HALF + ROUNDING)
    return float(times[reached[0]]) if len(reached) else None
