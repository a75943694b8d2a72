"""Communities that nobody declared, found in who listens to whom, and how far they agree with declared ones.

Leiden (Traag, Waltman and van Eck, 2019) on modularity (Newman and Girvan, 2004) with a resolution (Reichardt and
Bornholdt, 2006). Which end listens is left aside: two people are as close as they listen to each other, both ways
added. Near-equal best partitions differ (Good, de Montjoye and Clauset, 2010), and groups with fewer ties than about
the square root of twice all ties are merged at resolution 1 (Fortunato and Barthélemy, 2007): raise it for more.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np
from graspologic_native import leiden_csr
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from service.measures.ties import Ties
from service.model.errors import Invalid

UNTIED: Final = -1
"""The label of people without a tie: they belong to no group."""

ITERATIONS: Final = 2
MOST_TRIALS: Final = 10
TIES_TRIED: Final = 1_000_000
"""How many ties all trials together go through, unless the caller says otherwise: ten trials of a small network."""
RANDOMNESS: Final = 0.001

MOST_SEED: Final = 2**53 - 1
"""Seeds survive a trip through JSON."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UndirectedTies:
    """Ties without a direction, in compressed sparse rows: each stands in the rows of both its ends."""

    offsets: NDArray[np.int64]
    neighbours: NDArray[np.int32]
    weights: NDArray[np.float64]

    @property
    def people(self) -> int:
        """How many people there are, tied or not."""
        return len(self.offsets) - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Detection:
    """A partition: each person's group, numbered from the largest (of equals, that with the lowest number in it).

    People without ties have the label UNTIED. `quality` is the modularity at `resolution`, which was maximised,
    `modularity` that at resolution 1, to compare with others'; both are None where nobody is tied. The other fields
    are what the same answer needs: the same ties and these give it again.
    """

    labels: NDArray[np.int32]
    sizes: tuple[int, ...]
    modularity: float | None
    quality: float | None
    resolution: float
    seed: int
    iterations: int
    trials: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """How far two partitions agree on the `people` that both place; None where they place nobody in common.

    1 is the same partition. `normalised_mutual_information` (arithmetic mean) grows with the number of groups,
    `adjusted_mutual_information` (Vinh, Epps and Bailey, 2010) and `adjusted_rand_index` (Hubert and Arabie, 1985)
    are 0 on average for unrelated partitions.
    """

    people: int
    normalised_mutual_information: float | None
    adjusted_mutual_information: float | None
    adjusted_rand_index: float | None


def undirected(ties: Ties) -> UndirectedTies:
    """The same ties without a direction: what two people's ties weigh both ways, added. Ties of no weight are none."""
    directed = csr_array((ties.weights, ties.listeners, ties.offsets), shape=(ties.people, ties.people))
    both = csr_array(directed + directed.T)
    both.eliminate_zeros()
    both.sort_indices()
    return UndirectedTies(
        offsets=both.indptr.astype(np.int64),
        neighbours=both.indices.astype(np.int32),
        weights=both.data.astype(np.float64),
    )


def detect(
    ties: UndirectedTies,
    *,
    resolution: float = 1.0,
    seed: int = 0,
    iterations: int | None = None,
    trials: int | None = None,
) -> Detection:
    """The groups of people who listen more to each other than their activity alone would make them.

    The same ties, resolution and seed give the same groups; a higher resolution gives more and smaller ones. Each
    group is connected. Of `trials` runs of `iterations` rounds the best is kept: MOST_TRIALS of ITERATIONS, unless said
    otherwise, or as many trials as go through TIES_TRIED ties; where that leaves but one, it has one round. Invalid
    for a resolution or seed that makes no sense.
    """
    usual = max(1, min(MOST_TRIALS, 2 * TIES_TRIED // max(len(ties.weights), 1)))
    trials = usual if trials is None else trials
    iterations = (ITERATIONS if usual > 1 else 1) if iterations is None else iterations
    if not (np.isfinite(resolution) and resolution > 0):
        raise Invalid(f"a resolution of {resolution}", right="more than 0", field="resolution")
    if not 0 <= seed <= MOST_SEED:
        raise Invalid(f"seed {seed}", right=f"from 0 to {MOST_SEED}", field="seed")
    labels = np.full(ties.people, UNTIED, dtype=np.int32)
    if len(ties.weights):
        _, groups = leiden_csr(
            ties.offsets,
            ties.neighbours,
            ties.weights,
            ties.people,
            resolution=resolution,
            randomness=RANDOMNESS,
            iterations=iterations,
            use_modularity=True,
            seed=seed,
            trials=trials,
        )
        labels[np.fromiter(groups, dtype=np.int64, count=len(groups))] = list(groups.values())
    labels[np.diff(ties.offsets) == 0] = UNTIED
    labels = _in_order(_connected(ties, labels))
    return Detection(
        labels=labels,
        sizes=tuple(np.bincount(labels[labels >= 0]).tolist()),
        modularity=modularity(ties, labels),
        quality=modularity(ties, labels, resolution=resolution),
        resolution=resolution,
        seed=seed,
        iterations=iterations,
        trials=trials,
    )


def modularity(ties: UndirectedTies, labels: NDArray[np.int32], *, resolution: float = 1.0) -> float | None:
    """The share of ties inside groups beyond what people's activity alone would put there (Newman and Girvan, 2004).

    Each tied person needs a label of 0 or more. None where nobody is tied.
    """
    total = float(ties.weights.sum())
    if total == 0:
        return None
    ends = np.repeat(labels, np.diff(ties.offsets))
    inside = float(ties.weights[ends == labels[ties.neighbours]].sum())
    activity = np.bincount(ends, weights=ties.weights)
    return inside / total - resolution * float(np.sum((activity / total) ** 2))


def agreement(one: NDArray[np.int32], other: NDArray[np.int32]) -> Agreement:
    """How far two partitions agree, given each person's label in both; people with a negative label are left out."""
    placed = (one >= 0) & (other >= 0)
    if not placed.any():
        return Agreement(
            people=0,
            normalised_mutual_information=None,
            adjusted_mutual_information=None,
            adjusted_rand_index=None,
        )
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 - seconds to load, and few requests need it

    normalised, adjusted = shared_information(one[placed], other[placed])
    return Agreement(
        people=int(placed.sum()),
        normalised_mutual_information=normalised,
        adjusted_mutual_information=adjusted,
        adjusted_rand_index=float(adjusted_rand_score(one[placed], other[placed])),
    )


def shared_information(one: NDArray[np.int32], other: NDArray[np.int32]) -> tuple[float, float]:
    """The normalised and the adjusted mutual information of two partitions of the same people, who are some.

    scikit-learn's two scores tabulate and check the labels time after time, which takes most of their time where
    people are few; here they are tabulated once.
    """
    from sklearn.metrics import mutual_info_score  # noqa: PLC0415 - the same
    from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information  # noqa: PLC0415 - the same

    table = contingency_matrix(one, other, sparse=True)
    ones, others = np.ravel(table.sum(axis=1)), np.ravel(table.sum(axis=0))
    if len(ones) == len(others) and len(ones) in {1, len(one)}:  # all together or all alone, twice: 0 of 0 is shared
        return 1.0, 1.0
    if len(ones) == 1 or len(others) == 1:
        return 0.0, 0.0
    most = (_entropy(ones) + _entropy(others)) / 2
    shared = float(mutual_info_score(None, None, contingency=table))
    by_chance = float(expected_mutual_information(table, len(one)))
    return min(shared / most, 1.0), min((shared - by_chance) / (most - by_chance), 1.0)


def _entropy(sizes: NDArray[np.int64]) -> float:
    shares = sizes / sizes.sum()
    return float(-np.sum(shares * np.log(shares)))


def omega_index(labels: NDArray[np.int32], people: NDArray[np.int32], groups: NDArray[np.int32]) -> float | None:
    """How far a partition agrees with groups that may overlap, by pairs of people (Collins and Dent, 1988).

    `people` and `groups` say who is in which of the overlapping groups, a row for each. Two people agree where both
    sides put them together equally often; 1 is the same, 0 what chance would give, and where nobody is in several
    groups it is the adjusted Rand index. Whom only one side places is left out; None where that leaves nobody.
    """
    belonging: dict[int, set[int]] = defaultdict(set)
    for person, group in zip(people.tolist(), groups.tolist(), strict=True):
        if labels[person] >= 0:
            belonging[person].add(group)
    if not belonging:
        return None
    alike = Counter((int(labels[person]), frozenset(theirs)) for person, theirs in belonging.items())
    sizes = np.fromiter(alike.values(), dtype=np.float64, count=len(alike))
    found = np.array([label for label, _ in alike])
    ones = np.repeat(np.arange(len(alike)), [len(theirs) for _, theirs in alike])
    member = csr_array((np.ones(len(ones)), (ones, [group for _, theirs in alike for group in theirs])))
    shared = coo_array(member @ member.T)
    one, other = shared.coords
    pairs = np.where(one == other, sizes[one] * (sizes[one] - 1), sizes[one] * sizes[other]) / 2
    same, once = found[one] == found[other], shared.data == 1
    total, together = _pairs(sizes.sum()), _pairs(np.bincount(found, weights=sizes).astype(np.float64))
    apart = total - together - pairs[~same].sum()
    agreed = apart + pairs[same & once].sum()
    by_chance = ((total - together) * (total - pairs.sum()) + together * pairs[once].sum()) / max(total, 1)
    return 1.0 if total in {agreed, by_chance} else float((agreed - by_chance) / (total - by_chance))


def _pairs(sizes: NDArray[np.float64]) -> float:
    return float(np.sum(sizes * (sizes - 1)) / 2)


def _connected(ties: UndirectedTies, labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Labels under which people who are not connected inside their group are different groups."""
    ends = np.repeat(np.arange(ties.people), np.diff(ties.offsets))
    inside = labels[ends] == labels[ties.neighbours]
    within = csr_array(
        (ties.weights[inside], (ends[inside], ties.neighbours[inside])), shape=(ties.people, ties.people)
    )
    _, components = connected_components(within, directed=False)
    return np.where(labels == UNTIED, UNTIED, components).astype(np.int32)


def _in_order(labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """The same groups, numbered from the largest on; of equally large ones, that of the lowest person first."""
    placed = np.flatnonzero(labels >= 0)
    _, first, group, sizes = np.unique(labels[placed], return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes), dtype=np.int32)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes), dtype=np.int32)
    ordered = np.full(len(labels), UNTIED, dtype=np.int32)
    ordered[placed] = rank[group]
    return ordered
