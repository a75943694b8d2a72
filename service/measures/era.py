"""Shares of pairs and of people, each with an error from drawing people anew, and how they change over time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import linregress

from service.measures.bootstrap import INTERVAL, Estimate, drawn_anew, estimate
from service.measures.diversity import estimated_gini
from service.measures.rates import wilson

BOOTSTRAPS: Final = 300
FEWEST_QUARTERS: Final = 4
FULL_SHARE: Final = 1 / 2
"""Of what is usual later, below which share of it a quarter's record was only filling up; ours."""

KNOWN_SHARE: Final = 3 / 4
"""Of what is known at the last, below which share of it what adds up was only filling up; ours."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A share of things with its error, of how many it is, and how many different people are behind them."""

    estimate: Estimate
    of: int
    people: int
    marked: int
    """How many are behind those that are in the share."""
    unmarked: int
    """How many behind those that are not."""


def returned_share(one: NDArray[np.int64], other: NDArray[np.int64], people: int, *, seed: int = 0) -> Share:
    """Of the pairs of people in which one did something for the other, the share in which both did.

    A row for each time that `one` did it for `other`; people are numbered below `people`. The error comes from drawing
    people anew (Snijders and Borgatti, 1999); under FEWEST people there is none.
    """
    ends, both = pairs_of(one, other, people)

    def drawn(counts: NDArray[np.float64]) -> float:
        weights = counts[ends[0]] * counts[ends[1]]
        total = weights.sum()
        return float(weights[both].sum() / total) if total else np.nan

    return _share(_estimated(drawn, people, seed), both, ends, people)


def pairs_of(
    one: NDArray[np.int64], other: NDArray[np.int64], people: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The pairs of people in which one did something for the other, in two rows, and in which of them both did.

    A row for each time that `one` did it for `other`; people are numbered below `people`.
    """
    apart = one != other
    directed = np.unique(one[apart] * people + other[apart])
    first, second = np.divmod(directed, max(people, 1))
    low, high = np.minimum(first, second), np.maximum(first, second)
    pairs, times = np.unique(low * people + high, return_counts=True)
    return np.stack(np.divmod(pairs, max(people, 1))), times > 1


def unequal_reach(reach: NDArray[np.float64], *, seed: int = 0) -> Estimate:
    """The Gini coefficient of what each person reaches, with an error from drawing people anew."""
    return estimated_gini(reach, seed=seed, bootstraps=BOOTSTRAPS)


def shared_by(marks: NDArray[np.bool_], makers: NDArray[np.int64], people: int, *, seed: int = 0) -> Share:
    """The share of marked things, with an error from drawing their makers anew; a row for each thing and maker.

    A thing of several makers counts once, shared between them: rows weigh by how often the thing has one, so give each
    thing's first maker where that does not matter.
    """

    def drawn(counts: NDArray[np.float64]) -> float:
        weights = counts[makers]
        total = weights.sum()
        return float(weights[marks].sum() / total) if total else np.nan

    return _share(_estimated(drawn, people, seed), marks, makers[None, :], people)


def trend(times: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """How much a figure changes for each unit of time, and the error of that, by least squares; None under four.

    The error takes the figures for independent: of such as share evidence it is a lower bound. Figures that are all the
    same say nothing of how far they could have been apart: there is no error then.
    """
    known = ~np.isnan(values)
    if known.sum() < FEWEST_QUARTERS:
        return None, None
    if np.ptp(values[known]) == 0:
        return 0.0, None
    fitted = linregress(times[known], values[known])
    return float(fitted.slope), float(fitted.stderr)


def begun(people: NDArray[Any], times: NDArray[np.float64], least: int) -> float:
    """The moment by which `least` different people had done such a thing: one act more, however early, moves it little.

    A row for each time that somebody did; what has no time was done since ever. Infinite where fewer did.
    """
    since = np.nan_to_num(times, nan=-np.inf)
    order = np.argsort(since, kind="stable")
    _, first = np.unique(people[order], return_index=True)
    return float(np.sort(since[order][first])[least - 1]) if len(first) >= least else np.inf


def filling(recorded: NDArray[np.float64], early: NDArray[np.bool_], *, adds_up: bool) -> int:
    """In how many quarters, from the first on, the record was only filling up; in none where nothing is recorded.

    In those in which less than FULL_SHARE was recorded of what is usual in the later half of those with anything (their
    median), or of what `adds_up` from quarter to quarter less than KNOWN_SHARE of the last, as in every one before; and
    in those that began too `early`, before the record did.
    """
    told = recorded[recorded > 0]
    if not len(told):
        return 0
    full = KNOWN_SHARE * recorded[-1] if adds_up else FULL_SHARE * np.median(told[len(told) // 2 :])
    thin = (recorded < full) | early
    return len(thin) if thin.all() else int(np.argmin(thin))


def _share(estimated: Estimate, marks: NDArray[np.bool_], behind: NDArray[np.int64], people: int) -> Share:
    """The people behind each thing are the rows of its column."""
    if len(marks) and (marks.all() or not marks.any()):
        estimated = _of_all_or_none(marks, people // len(behind))
    return Share(
        estimate=estimated,
        of=len(marks),
        people=len(np.unique(behind)),
        marked=len(np.unique(behind[:, marks])),
        unmarked=len(np.unique(behind[:, ~marks])),
    )


def _of_all_or_none(marks: NDArray[np.bool_], apart: int) -> Estimate:
    """What is so of all, or of none, is so of whomever one draws, and an interval of no width would claim certainty.

    So it is Wilson's, of no more things than there could be `apart`, each of people of its own.
    """
    trials = np.array([min(len(marks), apart)])
    low, high = wilson(trials * int(marks[0]), trials, INTERVAL[1] - INTERVAL[0])
    return Estimate(value=float(marks[0]), standard_error=None, low=float(low[0]), high=float(high[0]))


def _estimated(figure: Callable[[NDArray[np.float64]], float], people: int, seed: int) -> Estimate:
    seen = figure(np.ones(people)) if people else np.nan
    return estimate(seen, drawn_anew(figure, people, seed=seed, bootstraps=BOOTSTRAPS))
