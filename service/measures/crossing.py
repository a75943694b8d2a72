"""Who listens across the lines between groups.

E-I index: Krackhardt and Stern (1988), "Informal networks and organizational crises". The errors of what is counted on
ties come from a bootstrap over people (Snijders and Borgatti, 1999): ties of one person are not independent, and an
error that takes them for so is about a third of the true one.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.bootstrap import BOOTSTRAPS, FEWEST, Estimate, estimate
from service.measures.progress import report

PERMUTATIONS: Final = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Crossing:
    """How far people listen inside their group and beyond it.

    `matrix[a, b]` is the number of ties from tellers of group a to listeners of group b.
    """

    matrix: NDArray[np.int64]
    internal: int
    external: int
    ei: Estimate
    expected: float | None
    """The mean of the E-I index where people's groups are dealt out anew: the groups' sizes alone make that."""
    p: float | None
    """How often a new deal is at least as far from that mean."""
    reciprocity: Estimate
    density: Estimate


def crossing(
    tellers: NDArray[np.int32], listeners: NDArray[np.int32], labels: NDArray[np.int32], *, groups: int, seed: int = 0
) -> Crossing:
    """How ties run inside and between groups; people without a group (a negative label) are left out with their ties.

    Ties are counted, not weighed. The E-I index is (E - I) / (E + I): -1 where everybody listens inside their group
    alone, 1 where nobody does. ValueError for a label that is no group.
    """
    if len(labels) and labels.max() >= groups:
        message = f"labels go up to {labels.max()}, where {groups} groups exist"
        raise ValueError(message)
    placed = (labels[tellers] >= 0) & (labels[listeners] >= 0) & (tellers != listeners)
    tellers, listeners = tellers[placed], listeners[placed]
    people = np.flatnonzero(labels >= 0)
    numbers = np.full(len(labels), -1, dtype=np.int64)
    numbers[people] = np.arange(len(people))
    own = labels[people]
    one, other = numbers[tellers], numbers[listeners]
    matrix = np.bincount(own[one] * groups + own[other], minlength=groups * groups).reshape(groups, groups)
    internal = int(np.trace(matrix))
    external = int(matrix.sum()) - internal
    random = np.random.default_rng(seed)
    expected, p = _permuted(one, other, own, random)
    ei, reciprocity, density = _bootstrapped(one, other, own, random)
    return Crossing(
        matrix=matrix,
        internal=internal,
        external=external,
        ei=ei,
        expected=expected,
        p=p,
        reciprocity=reciprocity,
        density=density,
    )


def ei_index(internal: float, external: float) -> float | None:
    """(E - I) / (E + I); None without a tie."""
    return None if internal + external == 0 else (external - internal) / (internal + external)


def returned_among(one: NDArray[np.int64], other: NDArray[np.int64], people: int) -> NDArray[np.bool_]:
    """Which ties between so many people, from one to the other, run back as well."""
    returned: NDArray[np.bool_] = np.isin(other * people + one, one * people + other)
    return returned


def _permuted(
    one: NDArray[np.int64], other: NDArray[np.int64], own: NDArray[np.int32], random: np.random.Generator
) -> tuple[float | None, float | None]:
    if len(one) == 0:
        return None, None
    external = np.empty(PERMUTATIONS)
    for turn in range(PERMUTATIONS):
        dealt = random.permutation(own)
        external[turn] = np.count_nonzero(dealt[one] != dealt[other])
        if turn % 100 == 0:
            report(0.5 * turn / PERMUTATIONS)
    indices = 2 * external / len(one) - 1
    mean = float(indices.mean())
    seen = 2 * np.count_nonzero(own[one] != own[other]) / len(one) - 1
    as_far = np.count_nonzero(np.abs(indices - mean) >= abs(seen - mean) - 1e-12)
    return mean, float((as_far + 1) / (PERMUTATIONS + 1))


def _bootstrapped(
    one: NDArray[np.int64], other: NDArray[np.int64], own: NDArray[np.int32], random: np.random.Generator
) -> tuple[Estimate, Estimate, Estimate]:
    """E-I, reciprocity and density, each with an error from drawing people anew.

    A pair of draws of the same person has no tie of its own; Snijders and Borgatti fill it from a pair drawn at random,
    whose expectation is the density. Here the pair is left out of what is counted and of what could be.
    """
    people = len(own)
    returned = returned_among(one, other, people)
    outside = own[one] != own[other]
    seen = _figures(np.ones(people), one, other, outside, returned)
    drawn = np.full((BOOTSTRAPS, 3), np.nan)
    for turn in range(BOOTSTRAPS if people >= FEWEST else 0):
        times = np.bincount(random.integers(people, size=people), minlength=people).astype(np.float64)
        drawn[turn] = _figures(times, one, other, outside, returned)
        if turn % 50 == 0:
            report(0.5 + 0.5 * turn / BOOTSTRAPS)
    first, second, third = (estimate(seen[column], drawn[:, column]) for column in range(3))
    return first, second, third


def _figures(
    times: NDArray[np.float64],
    one: NDArray[np.int64],
    other: NDArray[np.int64],
    outside: NDArray[np.bool_],
    returned: NDArray[np.bool_],
) -> tuple[float, float, float]:
    weights = times[one] * times[other]
    total = weights.sum()
    possible = times.sum() ** 2 - (times**2).sum()
    if total == 0:
        return np.nan, np.nan, 0.0 if possible > 0 else np.nan
    external = float(weights[outside].sum())
    return 2 * external / total - 1, float(weights[returned].sum()) / total, total / possible
