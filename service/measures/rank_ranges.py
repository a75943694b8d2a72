"""How far a person's place by a measure depends on which ties happened to be seen.

A random share of the ties is dropped, again and again, and people are ranked anew each time (after Borgatti, Carley
and Krackhardt, 2006, "On the robustness of centrality measures under conditions of imperfect data").
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.bridges import bridges
from service.measures.brokerage import constraint
from service.measures.centrality import betweenness, ranks, without_some
from service.measures.communities import UndirectedTies
from service.measures.roles import coreness, roles
from service.measures.threads import in_threads

DROPPED: Final = 0.1
DRAWS: Final = 20

SAMPLES: Final = 4_000
"""Random ways for the betweenness of each draw; so its ranges hold the error of that sample as well."""

EXACT_UP_TO: Final = 2_000_000
"""People times ties, below which each draw's betweenness is exact."""

MEASURES: Final = ("bridging", "betweenness", "participation", "constraint", "coreness")
"""The rows of the ranges, each from the highest to the lowest, but constraint from the lowest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RankRanges:
    """Each person's place as it is, and the best and worst over the draws: arrays of `MEASURES` by people.

    `within_low` and `within_high` are the least and the largest within-module z over the draws.
    """

    now: NDArray[np.int64]
    best: NDArray[np.int64]
    worst: NDArray[np.int64]
    within_low: NDArray[np.float64]
    within_high: NDArray[np.float64]
    dropped: float
    draws: int
    seed: int


def rank_ranges(
    ties: UndirectedTies,
    labels: NDArray[np.int32],
    values: NDArray[np.float64],
    *,
    dropped: float = DROPPED,
    draws: int = DRAWS,
    seed: int = 0,
) -> RankRanges:
    """The places that people have by `values` (a row for each of `MEASURES`), and those without some of their ties.

    The same seed gives the same ranges, in however many threads.
    """

    def drawn(number: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        fewer = without_some(ties, dropped, np.random.default_rng([seed, number]))
        part = roles(fewer, labels)
        between = betweenness(fewer, samples=SAMPLES, seed=number, exact_up_to=EXACT_UP_TO).values
        rows = (bridges(fewer, labels).bridging, between, part.participation, constraint(fewer), coreness(fewer))
        return placed(np.stack(rows)), part.within

    now = placed(values)
    best, worst = now.copy(), now.copy()
    low, high = np.full(ties.people, np.inf), np.full(ties.people, -np.inf)
    for places, within in in_threads(drawn, range(draws), begun=0.5):
        np.minimum(best, places, out=best)
        np.maximum(worst, places, out=worst)
        np.fmin(low, within, out=low)
        np.fmax(high, within, out=high)
    return RankRanges(
        now=now, best=best, worst=worst, within_low=low, within_high=high, dropped=dropped, draws=draws, seed=seed
    )


def placed(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """The places of people by each of `MEASURES`; the low places of constraint are the open ones."""
    return np.stack([ranks(row if name != "constraint" else -row) for name, row in zip(MEASURES, values, strict=True)])
