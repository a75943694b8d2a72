"""How certain it is who belongs to which detected community, had a little less or more been seen of the ties.

A bootstrap over ties, never over seeds: in each replicate every tie between two people counts Poisson(1) times, much as
if as many ties as there are had been drawn with replacement (Efron, 1979; in the Poisson form Hanley and MacGibbon,
2006), and the communities are found anew. Who is found together again in most replicates surely belongs together
(Hennig, 2007, asks the same of clusters).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.communities import UNTIED, Detection, UndirectedTies, detect
from service.measures.threads import in_threads
from service.model.errors import Invalid

FEWEST_REPLICATES: Final = 2
MOST_REPLICATES: Final = 1_000

TRIALS: Final = 1
"""Runs in each replicate: that they differ a little more than the best of many would is part of the doubt."""

INTERVAL: Final = (0.05, 0.95)


@dataclass(frozen=True, kw_only=True, slots=True)
class Certainty:
    """How often people were found with those with whom they are grouped, over `replicates` of the bootstrap.

    `people`: for each person the mean share of the others of their community with whom they were found again, over
    the replicates in which anything tied them; NaN for the untied and for who is alone in a community.
    `communities`: the mean over each community's people. `counts`: how many communities each replicate had.
    """

    people: NDArray[np.float64]
    communities: NDArray[np.float64]
    counts: NDArray[np.int64]
    replicates: int

    @property
    def count_interval(self) -> tuple[int, int]:
        """Between which numbers of communities nine tenths of the replicates had."""
        low, high = np.quantile(self.counts, INTERVAL, method="closest_observation")
        return int(low), int(high)


def resampled(ties: UndirectedTies) -> Callable[[int, int], UndirectedTies]:
    """A maker of replicates: given a seed and a replicate's number, the ties with each counted Poisson(1) times."""
    ends = np.repeat(np.arange(ties.people, dtype=np.int32), np.diff(ties.offsets))
    once = ends < ties.neighbours
    again = np.flatnonzero(~once)
    count = int(once.sum())
    tie = np.empty(len(ends), dtype=np.int64)
    tie[once] = np.arange(count)
    tie[again[np.lexsort((ends[again], ties.neighbours[again]))]] = np.arange(count)

    def replicate(seed: int, number: int) -> UndirectedTies:
        times = np.random.default_rng([seed, number]).poisson(1.0, count)[tie]
        kept = times > 0
        return UndirectedTies(
            offsets=np.concatenate(([0], np.cumsum(kept)))[ties.offsets],
            neighbours=ties.neighbours[kept],
            weights=ties.weights[kept] * times[kept],
        )

    return replicate


def replicates(
    ties: UndirectedTies, *, resolution: float, seed: int, count: int, begun: float = 0.0, done: float = 1.0
) -> Iterator[NDArray[np.int32]]:
    """Each person's community in `count` replicates of the ties, UNTIED where nothing ties them in it.

    The same seed gives the same replicates, however many there are. Progress is reported from `begun` to `done`.
    """
    replicate = resampled(ties)

    def found(number: int) -> NDArray[np.int32]:
        return detect(replicate(seed, number), resolution=resolution, seed=seed, trials=TRIALS).labels

    return in_threads(found, range(count), begun=begun, done=done)


def certainty(ties: UndirectedTies, found: Detection, *, count: int = 100) -> Certainty:
    """How certain the communities `found` in the ties are, by a bootstrap of `count` replicates with their seed.

    Invalid for fewer than FEWEST_REPLICATES or more than MOST_REPLICATES.
    """
    if not FEWEST_REPLICATES <= count <= MOST_REPLICATES:
        raise Invalid(f"{count} replicates", right=f"from {FEWEST_REPLICATES} to {MOST_REPLICATES}", field="replicates")
    together, times = np.zeros(ties.people), np.zeros(ties.people)
    counts = []
    for labels in replicates(ties, resolution=found.resolution, seed=found.seed, count=count):
        shares = _shares(found.labels, labels)
        seen = ~np.isnan(shares)
        together[seen] += shares[seen]
        times += seen
        counts.append(int(labels.max(initial=UNTIED)) + 1)
    people = np.divide(together, times, out=np.full(ties.people, np.nan), where=times > 0)
    known = ~np.isnan(people)
    groups, size = found.labels[known], len(found.sizes)
    sums, members = np.bincount(groups, people[known], size), np.bincount(groups, minlength=size)
    return Certainty(
        people=people,
        communities=np.divide(sums, members, out=np.full(size, np.nan), where=members > 0),
        counts=np.array(counts, dtype=np.int64),
        replicates=count,
    )


def _shares(groups: NDArray[np.int32], labels: NDArray[np.int32]) -> NDArray[np.float64]:
    """With which share of the others of their group each person shares a label; NaN where nobody can be compared."""
    shares = np.full(len(groups), np.nan)
    placed = np.flatnonzero((groups >= 0) & (labels >= 0))
    if not len(placed):
        return shares
    group = groups[placed]
    _, both, size = np.unique(
        group.astype(np.int64) * (int(labels.max()) + 1) + labels[placed], return_inverse=True, return_counts=True
    )
    others = np.bincount(group)[group] - 1
    compared = others > 0
    shares[placed[compared]] = (size[both] - 1)[compared] / others[compared]
    return shares
