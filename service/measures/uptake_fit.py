"""The chance of an uptake, fitted on what happened: a penalised logistic regression in which evidence never lowers it.

Half-life, weights and base rate are all learnt from the rows that are given; nothing else is looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, xlogy

from service.measures.kernel import kernel
from service.measures.uptake import Opportunities
from service.measures.uptake_signals import RAISING, SIGNALS

LOWEST: Final = 1e-6
HIGHEST: Final = 0.99
"""No history makes an uptake certain, or out of the question."""

PENALTY: Final = 20.0
"""What a squared standardised coefficient costs, in units of log likelihood, halved: as strong as some twenty uptakes.

Chosen on the earlier half of a real community's history (decision 0013 says what was not).
"""

EARLIER: Final = 2 / 3
"""The part of the rows from which half-lives are fitted, to be judged by the rest."""

MOST_STEPS: Final = 100
PRECISION: Final = 1e-9
SHORTEST_STEP: Final = 1e-6

_RECENCY, _ACTIVITY, _ACTIVITY_RECENCY = (
    SIGNALS.index(each) for each in ("tie_recency", "activity", "activity_recency")
)
EVERYTHING: Final = tuple(range(len(SIGNALS)))
RECENCY_ALONE: Final = (_RECENCY,)
ACTIVITY_ALONE: Final = (_ACTIVITY, _ACTIVITY_RECENCY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """A fitted chance: coefficients of standardised signals, in the order of `columns`, and what it learnt from."""

    columns: tuple[int, ...]
    half_life_days: float
    intercept: float
    coefficients: NDArray[np.float64]
    means: NDArray[np.float64]
    deviations: NDArray[np.float64]
    rows: int
    taken: int

    @property
    def base_rate(self) -> float:
        """The share that was taken of what it learnt from."""
        return self.taken / self.rows

    def chances(self, signals: NDArray[np.float32]) -> NDArray[np.float64]:
        """The chance that each opportunity is taken, from signals of its half-life."""
        scaled = (signals[:, self.columns] - self.means) / self.deviations
        chances: NDArray[np.float64] = np.clip(expit(self.intercept + scaled @ self.coefficients), LOWEST, HIGHEST)
        return chances


def fitted(
    rows: Opportunities,
    chosen: NDArray[np.int64],
    columns: Sequence[int] = EVERYTHING,
    *,
    half_life: int | None = None,
    penalty: float = PENALTY,
) -> Fit:
    """The fit to the chosen rows, which are in the order of time, with the half-life of that number or a learnt one.

    The half-life is learnt inside the chosen rows: the one whose fit to their earlier part foretells the rest best.
    ValueError where the chosen rows are all taken or all not.
    """
    if not _mixed(rows, chosen):
        message = "there is nothing to learn where all was taken, or nothing"
        raise ValueError(message)
    number = _learnt_half_life(rows, chosen, tuple(columns), penalty) if half_life is None else half_life
    return _fit(rows, chosen, tuple(columns), number, penalty)


def _learnt_half_life(rows: Opportunities, chosen: NDArray[np.int64], columns: tuple[int, ...], penalty: float) -> int:
    earlier, later = np.split(chosen, [round(len(chosen) * EARLIER)])
    if not _mixed(rows, earlier) or not len(later):
        return len(rows.half_lives) // 2
    lost = []
    for number in range(len(rows.half_lives)):
        chances = _fit(rows, earlier, columns, number, penalty).chances(rows.signals[number][later])
        lost.append(surprise(chances, rows.taken[later]).mean())
    return int(np.argmin(lost))


def _mixed(rows: Opportunities, chosen: NDArray[np.int64]) -> bool:
    return 0 < int(rows.taken[chosen].sum()) < len(chosen)


def _fit(
    rows: Opportunities,
    chosen: NDArray[np.int64],
    columns: tuple[int, ...],
    number: int,
    penalty: float,
) -> Fit:
    taken = rows.taken[chosen]
    signals = rows.signals[number][chosen][:, columns].astype(np.float64)
    means, deviations = signals.mean(axis=0), signals.std(axis=0)
    deviations = np.where(deviations > 0, deviations, 1.0)
    design = np.column_stack(((signals - means) / deviations, np.ones(len(signals))))
    ridge = np.append(np.full(len(columns), penalty), 0.0)
    coefficients = _least(_Problem(design, taken, ridge, np.append(RAISING[list(columns)], False)))
    return Fit(
        columns=columns,
        half_life_days=rows.half_lives[number],
        intercept=float(coefficients[-1]),
        coefficients=coefficients[:-1],
        means=means,
        deviations=deviations,
        rows=len(taken),
        taken=int(taken.sum()),
    )


class _Problem(NamedTuple):
    """What a fit has to explain, and at what price."""

    design: NDArray[np.float64]
    """The signals of each row, standardised, and a 1."""
    taken: NDArray[np.bool_]
    ridge: NDArray[np.float64]
    rising: NDArray[np.bool_]
    """The coefficients that may not be below 0."""

    def cost(self, coefficients: NDArray[np.float64]) -> float:
        return _lost(self.design, self.taken, coefficients) + float((self.ridge * coefficients**2).sum()) / 2


def _least(problem: _Problem) -> NDArray[np.float64]:
    """The coefficients that cost least.

    Newton's steps among the coefficients that are free, projected onto what is allowed (Bertsekas, 1982, "Projected
    Newton methods for optimization problems with simple constraints"). The cost is strictly convex: there is one least.
    """
    design, taken, ridge, rising = problem
    coefficients = np.zeros(design.shape[1])
    coefficients[-1] = np.log(taken.mean() / (1 - taken.mean()))
    for _ in range(MOST_STEPS):
        gradient, curvature = _slopes(design, taken, coefficients)
        gradient += ridge * coefficients
        free = np.flatnonzero(~(rising & (coefficients <= 0) & (gradient > 0)))
        if np.abs(gradient[free]).max() < PRECISION * len(taken):
            break
        step = np.zeros(len(coefficients))
        step[free] = np.linalg.solve(curvature[np.ix_(free, free)] + np.diag(ridge[free]), gradient[free])
        shorter = _step(problem, coefficients, step)
        if shorter is None:
            break
        coefficients = shorter
    return coefficients


def _step(
    problem: _Problem, coefficients: NDArray[np.float64], step: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """The coefficients after as much of the step as lowers the cost; None where no part of it does any more."""
    cost = problem.cost(coefficients)
    length = 1.0
    while length > SHORTEST_STEP:
        tried = coefficients - length * step
        tried[problem.rising] = np.maximum(tried[problem.rising], 0.0)
        if problem.cost(tried) < cost:
            return tried
        length /= 2
    return None


@kernel
def _lost(design: NDArray[np.float64], taken: NDArray[np.bool_], coefficients: NDArray[np.float64]) -> float:
    """The log loss of all rows together: a loop of our own, so that the answer hangs on no number of threads."""
    lost = 0.0
    for row in range(design.shape[0]):
        score = 0.0
        for column in range(design.shape[1]):
            score += design[row, column] * coefficients[column]
        lost += max(score, 0.0) + np.log1p(np.exp(-abs(score))) - (score if taken[row] else 0.0)
    return lost


@kernel
def _slopes(
    design: NDArray[np.float64], taken: NDArray[np.bool_], coefficients: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The first and second derivatives of what is lost."""
    size = design.shape[1]
    gradient, curvature = np.zeros(size), np.zeros((size, size))
    for row in range(design.shape[0]):
        score = 0.0
        for column in range(size):
            score += design[row, column] * coefficients[column]
        expected = 1.0 / (1.0 + np.exp(-score)) if score > 0 else np.exp(score) / (1.0 + np.exp(score))
        missed = expected - (1.0 if taken[row] else 0.0)
        spread = expected * (1.0 - expected)
        for column in range(size):
            gradient[column] += missed * design[row, column]
            for other in range(column + 1):
                curvature[column, other] += spread * design[row, column] * design[row, other]
    for column in range(size):
        for other in range(column):
            curvature[other, column] = curvature[column, other]
    return gradient, curvature


def surprise(chances: NDArray[np.float64], taken: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The log loss of each row."""
    lost: NDArray[np.float64] = -(xlogy(taken, chances) + xlogy(~taken, 1 - chances))
    return lost
