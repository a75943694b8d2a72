"""How something new spread: its curve, who was early and who late, and a model of it with a forecast.

Diffusion of innovations: Rogers (2003). The model of growth: Bass (1969), "A new product growth for model consumer
durables", fitted by nonlinear least squares as Srinivasan and Mason (1986) did.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import product
from math import floor, log
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeWarning, curve_fit

from service.model.errors import Invalid

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Number = float | Floats
Model = Callable[[Floats, float, float, float], Floats]

LEAST_PERIODS: Final = 8
"""Below this three numbers can't be told from so few points."""
LEAST_ADOPTERS: Final = 20
"""Below this chance alone makes any curve."""
LEAST_BUSY: Final = 4
"""In how many periods somebody has to have adopted it: one more than the model has parameters."""
DRAWS: Final = 4_000
BAND: Final = 0.95

_STEEPNESSES: Final = (0.02, 0.1, 0.3, 0.6, 1.2)
_CEILINGS: Final = (1.05, 1.5, 3.0)
_STARTS: Final = 4


class NoFit(Enum):
    """Why there is no model."""

    few_adopters = "few_adopters"
    few_periods = "few_periods"
    few_busy_periods = "few_busy_periods"
    before_the_peak = "before_the_peak"
    unidentified = "unidentified"


_LEAST_EXPECTED: Final = 1e-3
"""Adoptions a period, below which the expectation counts as this much."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AdoptionCurve:
    """How many adopted in each period, all periods of equal length, and by its end."""

    new: Counts
    total: Counts


@dataclass(frozen=True, kw_only=True, slots=True)
class Categories:
    """Rogers's five categories: 0 innovators, 1 early adopters, 2 early majority, 3 late majority, 4 laggards.

    `of` is each adopter's, in the order of their times; `cuts` are mean - 2 sd, mean - sd, mean and mean + sd.
    """

    of: NDArray[np.int8]
    mean: float
    deviation: float
    cuts: Floats
    counts: Counts


@dataclass(frozen=True, kw_only=True, slots=True)
class BassFit:
    """A fitted model: `p` (innovation) and `q` (imitation) a period, `m` adopters in the end.

    `errors` are the standard errors of p, q and m, from their `covariance`; `residual` is the standard deviation of
    what the model misses, in adopters a period, and `dispersion` its variance as a multiple of what was expected
    (Pearson's; 1 for pure chance). `peak` is when most adopt, in periods from the first one's start.
    """

    p: float
    q: float
    m: float
    errors: Floats
    covariance: Floats
    residual: float
    dispersion: float
    fitted: Floats

    @property
    def peak(self) -> float:
        """When most adopt, in periods from the start: ln(q/p)/(p+q); 0 where it only falls."""
        return log(self.q / self.p) / (self.p + self.q) if self.q > self.p else 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """How many will have adopted by the end of each coming period, with a 95 % band."""

    expected: Floats
    lower: Floats
    upper: Floats


def adoption_curve(days: Floats, *, period_days: float, periods: int) -> AdoptionCurve:
    """The curve over `periods` periods of `period_days`, from day 0 on; what lies before or beyond is left out."""
    places = np.floor(days / period_days).astype(np.int64)
    new = np.bincount(places[(places >= 0) & (places < periods)], minlength=periods)
    return AdoptionCurve(new=new, total=np.cumsum(new))


def whole_periods(until_day: float, period_days: float) -> int:
    """How many periods are over by a day: one that has only begun would look like a slump."""
    return max(floor(until_day / period_days + 1e-9), 0)


def adopter_categories(days: Floats) -> Categories | None:
    """Who was early and who late, by the mean and standard deviation of the days of adoption (Rogers, 2003).

    Of a normal curve 2.5, 13.5, 34, 34 and 16 % fall to each. None where fewer than two adopted, or all at once.
    """
    if len(days) < 2 or np.ptp(days) == 0:  # noqa: PLR2004 - one alone deviates from nothing
        return None
    mean, deviation = float(days.mean()), float(days.std(ddof=1))
    cuts = mean + deviation * np.array([-2.0, -1.0, 0.0, 1.0])
    of = np.searchsorted(cuts, days, side="right").astype(np.int8)
    return Categories(
        of=of, mean=mean, deviation=deviation, cuts=cuts, counts=np.bincount(of, minlength=5).astype(np.int64)
    )


def bass_share(time: Floats, p: Number, q: Number) -> Floats:
    """The share that has adopted by a time, of those who ever will (Bass, 1969)."""
    decayed = np.exp(-(p + q) * time)
    share: Floats = (1 - decayed) / (1 + q / p * decayed)
    return share


def bass_increments(period: Floats, p: Number, q: Number, m: Number) -> Floats:
    """How many adopt in each period (1 is the first): m[F(t) - F(t - 1)]."""
    return m * (bass_share(period, p, q) - bass_share(period - 1, p, q))


def bass_density(period: Floats, p: float, q: float, m: float) -> Floats:
    """The rate of adoption at the end of each period, m f(t): what some fit instead; it is not the same estimate."""
    decayed = np.exp(-(p + q) * period)
    rate: Floats = m * (p + q) ** 2 / p * decayed / (1 + q / p * decayed) ** 2
    return rate


def fit_bass(new: NDArray[np.float64] | Counts, model: Model = bass_increments) -> BassFit | NoFit:
    """The model that fits best, in least squares, what was adopted in each period; or why there is none.

    Before the peak m can't be known (many ends begin alike): neither the fullest period nor the model's own peak may
    lie in the last one. The standard errors are those of the linearised model at the optimum.
    """
    seen = np.asarray(new, dtype=np.float64)
    if (seen < 0).any() or not np.isfinite(seen).all():
        raise Invalid("a number of adopters below 0, or none", right="0 or more in each period")
    unfit = _unfit(seen)
    if unfit is not None:
        return unfit
    periods = np.arange(1, len(seen) + 1, dtype=np.float64)
    best: tuple[float, Floats, Floats] | None = None
    for start in _starts(model, periods, seen):
        found = _descended(model, periods, seen, start)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
    if best is None:
        return NoFit.unidentified
    squares, (p, q, m), covariance = best
    errors = np.sqrt(np.diag(covariance))
    fitted = model(periods, p, q, m)
    fit = BassFit(
        p=float(p),
        q=float(q),
        m=float(m),
        errors=errors,
        covariance=covariance,
        residual=float(np.sqrt(squares / (len(seen) - 3))),
        # Where nothing is expected any more, an adoption is a surprise, but no infinite one.
        dispersion=float(((seen - fitted) ** 2 / np.maximum(fitted, _LEAST_EXPECTED)).sum() / (len(seen) - 3)),
        fitted=fitted,
    )
    if fit.peak >= len(seen) - 1:
        return NoFit.before_the_peak
    return fit if np.isfinite(errors).all() and errors[2] < m else NoFit.unidentified


def forecast(fit: BassFit, *, periods: int, adopted: int, ahead: int, seed: int) -> Forecast:
    """How it goes on for `ahead` periods after the `periods` that were fitted, `adopted` having adopted by then.

    The band holds what is uncertain of p, q and m (drawn from their joint normal) and what each period misses the
    model by, which grows with what is expected of it: a gamma variable of that mean and the fit's dispersion, so that
    adoption never goes back and noise adds nothing to it in the mean. The same seed gives the same band.
    """
    if ahead < 1:
        raise Invalid(f"{ahead} periods ahead", right="1 or more", field="ahead")
    dice = np.random.default_rng(seed)
    coming = np.arange(periods + 1, periods + ahead + 1, dtype=np.float64)
    drawn = dice.multivariate_normal([fit.p, fit.q, fit.m], fit.covariance, size=DRAWS, method="eigh")
    drawn = drawn[(drawn > 0).all(axis=1)]
    paths = bass_increments(coming, *(column[:, np.newaxis] for column in drawn.T))
    spread = max(fit.dispersion, 1e-9)
    totals = adopted + np.cumsum(spread * dice.standard_gamma(paths / spread), axis=1)
    bounds = np.quantile(totals, [(1 - BAND) / 2, (1 + BAND) / 2], axis=0)
    expected = adopted + np.cumsum(bass_increments(coming, fit.p, fit.q, fit.m))
    return Forecast(expected=expected, lower=np.minimum(bounds[0], expected), upper=np.maximum(bounds[1], expected))


def _unfit(seen: Floats) -> NoFit | None:
    if seen.sum() < LEAST_ADOPTERS:
        return NoFit.few_adopters
    if len(seen) < LEAST_PERIODS:
        return NoFit.few_periods
    if (seen > 0).sum() < LEAST_BUSY:
        return NoFit.few_busy_periods
    return NoFit.before_the_peak if seen[-1] >= seen.max() else None


def _starts(model: Model, periods: Floats, seen: Floats) -> list[Floats]:
    """Where to begin: of several steepnesses and ceilings, with the peak where the fullest period is, the nearest."""
    peak, total = float(np.argmax(seen)) + 0.5, float(seen.sum())
    starts = [
        np.array([min(q * np.exp(-q * peak), 0.5), q, total * ceiling])
        for q, ceiling in product(_STEEPNESSES, _CEILINGS)
    ]
    return sorted(starts, key=lambda start: float(((model(periods, *start) - seen) ** 2).sum()))[:_STARTS]


def _descended(model: Model, periods: Floats, seen: Floats, start: Floats) -> tuple[float, Floats, Floats] | None:
    """The least squares from one beginning, with the parameters and their covariance; None where they run away."""
    highest = (1.0, 10.0, 100 * float(seen.sum()))
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error", OptimizeWarning)
            found, covariance = curve_fit(
                model, periods, seen, p0=start, bounds=((1e-9, 1e-9, 1e-9), highest), x_scale="jac", max_nfev=2_000
            )
    except (RuntimeError, ValueError, OptimizeWarning):
        return None
    if not np.isfinite(covariance).all():
        return None
    return float(((model(periods, *found) - seen) ** 2).sum()), found, covariance
