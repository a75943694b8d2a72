"""What each resolution finds in the same ties, and which of them the ties speak for.

Maximising modularity at a resolution is maximising the likelihood of a network in which people are tied so much more
inside their communities than across, and each partition says by how much, so which resolution it would be most likely
at (Newman, 2016, "Equivalence between modularity optimization and maximum likelihood methods for community
detection"). A resolution is in keeping with itself where what it finds names it again. The rule is ours: of the two
neighbouring resolutions between which that happens, the one whose communities a bootstrap over ties finds again best.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.communities import UNTIED, Detection, UndirectedTies, detect, shared_information
from service.measures.detection_certainty import replicates
from service.measures.threads import in_threads
from service.model.errors import Invalid

OCTAVES: Final = (-2, 4)
"""The sweep goes from 2^-2 to 2^4."""
STEPS: Final = 4
"""Resolutions in each doubling."""
RESOLUTIONS: Final = tuple(float(2 ** (step / STEPS)) for step in range(STEPS * OCTAVES[0], STEPS * OCTAVES[1] + 1))
DOUBLINGS: Final = range(0, len(RESOLUTIONS), STEPS)
TRIALS: Final = 2
"""Runs for each resolution that is looked at, of which the better is kept: fewer than for the one that is answered."""
RUNS: Final = 10
"""Runs with other seeds, and replicates of the ties, from which the stability is told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stability:
    """How far runs agree with each other, the mean over each run and the next; None where nobody is tied."""

    adjusted_mutual_information: float | None
    normalised_mutual_information: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Swept:
    """What one resolution finds: `estimate` is the resolution that its communities would be most likely at.

    None where they are one community, or nobody is tied. `across_seeds` and `across_ties`: how far runs from other
    seeds, and on replicates of a bootstrap over ties, agree.
    """

    found: Detection
    estimate: float | None
    across_seeds: Stability
    across_ties: Stability


@dataclass(frozen=True, kw_only=True, slots=True)
class Picked:
    """The resolution that was picked; `stability` is how far replicates of the ties agree there (AMI)."""

    resolution: float
    stability: float | None


def estimate(ties: UndirectedTies, labels: NDArray[np.int32]) -> float | None:
    """The resolution at which a partition would be the most likely (Newman, 2016).

    (a - b) / (ln a - ln b), for a the ties inside communities over those that activity alone would make, and b the
    same across. Half a tie is added on both sides, so that communities without any tie across have one too. None
    where there is one community, or nobody is tied.
    """
    total = float(ties.weights.sum())
    if total == 0:
        return None
    ends = np.repeat(labels, np.diff(ties.offsets))
    by_chance = float(np.sum(np.bincount(ends, weights=ties.weights) ** 2)) / total
    if total - by_chance <= total * 1e-12:
        return None
    half = total / len(ties.weights)  # each tie stands there twice
    inside = float(ties.weights[ends == labels[ties.neighbours]].sum())
    within = (inside + half) / by_chance
    across = (total - inside + half) / (total - by_chance)
    return within if np.isclose(within, across) else float((within - across) / np.log(within / across))


def sweep(
    ties: UndirectedTies, *, resolutions: Sequence[float] = RESOLUTIONS, seed: int = 0, runs: int = RUNS
) -> list[Swept]:
    """What each resolution finds, and how stable it is over `runs` other seeds and `runs` replicates of the ties.

    Invalid for a resolution that makes no sense, none, or fewer than two runs.
    """
    if not resolutions:
        raise Invalid("no resolution", right="at least one", field="resolutions")
    if runs < 2:  # noqa: PLR2004 - one run agrees with nothing
        raise Invalid(f"{runs} runs", right="at least 2", field="runs")
    swept: list[Swept] = []
    for number, resolution in enumerate(resolutions):
        found = detect(ties, resolution=resolution, seed=seed, trials=TRIALS)
        share = (number / len(resolutions), (number + 1) / len(resolutions))
        swept.append(
            Swept(
                found=found,
                estimate=estimate(ties, found.labels),
                across_seeds=_across_seeds(ties, resolution, seed, runs, share),
                across_ties=_across_ties(ties, resolution, seed, runs, share),
            )
        )
    return swept


def pick(ties: UndirectedTies, *, seed: int = 0, runs: int = RUNS) -> Picked | None:
    """The resolution that the ties speak for, of RESOLUTIONS; None where nobody is tied.

    The doublings first, then the steps inside those in which the resolution passes its own estimate: where it is
    below it at one step and not at the next, both are candidates (unless everybody is alone there). Of these, that
    with the greater adjusted mutual information between replicates of the ties; of equals, the lower. Where none
    passes, the one nearest to its estimate.
    """
    if not len(ties.weights):
        return None

    @cache
    def found(step: int) -> Detection:
        return detect(ties, resolution=RESOLUTIONS[step], seed=seed, trials=TRIALS)

    def excess(step: int) -> float:
        guess = estimate(ties, found(step).labels)
        return float("inf") if guess is None else float(np.log(guess / RESOLUTIONS[step]))

    list(in_threads(found, DOUBLINGS, done=0.5))
    candidates = [step for step in _passing(excess) if found(step).sizes[0] > 1]
    if not candidates:
        nearest = RESOLUTIONS[min(DOUBLINGS, key=lambda step: abs(excess(step)))]
        stability = _across_ties(ties, nearest, seed, runs, (0.5, 1.0)).adjusted_mutual_information
        return Picked(resolution=nearest, stability=stability)
    share = 0.5 / len(candidates)
    stable = {
        step: _across_ties(
            ties, RESOLUTIONS[step], seed, runs, (0.5 + number * share, 0.5 + (number + 1) * share)
        ).adjusted_mutual_information
        for number, step in enumerate(candidates)
    }
    best = max(candidates, key=lambda step: (stable[step] or 0.0, -step))
    return Picked(resolution=RESOLUTIONS[best], stability=stable[best])


def _passing(excess: Callable[[int], float]) -> list[int]:
    """The steps on both sides of each passing of the estimate, from the lowest."""
    found: set[int] = set()
    for start in DOUBLINGS[:-1]:
        if excess(start) > 0 >= excess(start + STEPS):
            steps = range(start, start + STEPS)
            passed = next(step for step in steps if excess(step) > 0 >= excess(step + 1))
            found |= {passed, passed + 1}
    return sorted(found)


def _across_seeds(
    ties: UndirectedTies, resolution: float, seed: int, runs: int, share: tuple[float, float]
) -> Stability:
    def found(number: int) -> NDArray[np.int32]:
        return detect(ties, resolution=resolution, seed=seed + number + 1, trials=1).labels

    return _stability(list(in_threads(found, range(runs), begun=share[0], done=sum(share) / 2)))


def _across_ties(
    ties: UndirectedTies, resolution: float, seed: int, runs: int, share: tuple[float, float]
) -> Stability:
    begun, done = share
    return _stability(list(replicates(ties, resolution=resolution, seed=seed, count=runs, begun=begun, done=done)))


def _stability(runs: list[NDArray[np.int32]]) -> Stability:
    agreed = []
    for one, other in zip(runs, [*runs[1:], runs[0]], strict=True):
        placed = (one != UNTIED) & (other != UNTIED)
        if placed.any():
            agreed.append(shared_information(one[placed], other[placed]))
    if not agreed:
        return Stability(adjusted_mutual_information=None, normalised_mutual_information=None)
    normalised, adjusted = np.mean(agreed, axis=0).tolist()
    return Stability(adjusted_mutual_information=adjusted, normalised_mutual_information=normalised)
