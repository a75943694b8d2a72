"""Who is in the room and how evenly: diversity of groups, inequality of what people do.

Shannon (1948), Blau (1977), Gini (1912). A figure is of the people as they are; its interval is of those they are like,
from drawing people anew. Entropy and Blau's index are too low in a sample and lower still in one drawn from it, so what
is drawn is corrected for both (Miller, 1955, "Note on the bias of information estimates"): without, an interval of
evenly spread groups never holds the truth, nor does a bias-corrected and accelerated one. Two draws of one person are
no two people, so inequality is taken over pairs of different ones.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

from service.measures.bootstrap import BOOTSTRAPS, FEWEST, Estimate, drawn_anew, estimate

TENTH: Final = 0.1
SMALL: Final = 100
"""Below so many people the Gini coefficient is corrected for their number."""


def shannon(counts: NDArray[np.int64]) -> float | None:
    """The entropy of shares in nats (Shannon, 1948); None where nobody is counted."""
    total = counts.sum()
    if total == 0:
        return None
    shares = counts[counts > 0] / total
    return max(0.0, float(-(shares * np.log(shares)).sum()))


def blau(counts: NDArray[np.int64], *, normalised: bool = False) -> float | None:
    """The chance that two drawn with replacement are of different groups (Blau, 1977); at most 1 - 1/k of k groups.

    Normalised it goes to 1. None where nobody is counted, or where one group alone is normalised.
    """
    total = counts.sum()
    if total == 0 or (normalised and len(counts) < 2):  # noqa: PLR2004 - one group has no diversity to normalise
        return None
    value = float(1 - ((counts / total) ** 2).sum())
    return value / (1 - 1 / len(counts)) if normalised else value


def gini(values: NDArray[np.float64]) -> float | None:
    """How unequally something is spread: sum |xi - xj| / (2 n^2 mean), with n / (n - 1) below 100 people.

    None for fewer than two people, or where nobody has anything.
    """
    count = len(values)
    if count < 2 or values.sum() == 0:  # noqa: PLR2004 - one alone is not unequal
        return None
    ordered = np.sort(values)
    raw = float((2 * np.arange(1, count + 1) - count - 1) @ ordered / (count * ordered.sum()))
    return raw * count / (count - 1) if count < SMALL else raw


def top_share(values: NDArray[np.float64], *, share: float = TENTH) -> float | None:
    """Which share of something those have who have the most of it; None where nobody has anything."""
    return _top_share(np.sort(values)[::-1], share) if values.sum() > 0 else None


def estimated_shannon(counts: NDArray[np.int64], *, seed: int = 0) -> Estimate:
    """The entropy of groups of these sizes, in nats; from 0 to the logarithm of their number."""
    shares = _drawn_shares(counts, seed)
    drawn = entr(shares).sum(axis=1) + ((shares > 0).sum(axis=1) - 1) / max(int(counts.sum()), 1)
    return _bounded(shannon(counts), drawn, float(np.log(max(len(counts), 1))))


def estimated_blau(counts: NDArray[np.int64], *, normalised: bool = False, seed: int = 0) -> Estimate:
    """Blau's index of groups of these sizes; from 0 to 1 - 1/k of k groups, or to 1."""
    people, most = int(counts.sum()), 1 - 1 / max(len(counts), 1)
    drawn = (1 - (_drawn_shares(counts, seed) ** 2).sum(axis=1)) * (people / max(people - 1, 1)) ** 2
    if normalised and most > 0:
        return _bounded(blau(counts, normalised=True), drawn / most, 1.0)
    return _bounded(blau(counts, normalised=normalised), drawn, most)


def estimated_gini(values: NDArray[np.float64], *, seed: int = 0, bootstraps: int = BOOTSTRAPS) -> Estimate:
    """The Gini coefficient of what each person has."""
    ordered = np.sort(values)

    def inequality(times: NDArray[np.float64]) -> float:
        total, whole = float(times.sum()), float(times @ ordered)
        pairs = total**2 - float(times @ times)
        if pairs == 0 or whole == 0:
            return np.nan
        up_to = np.cumsum(times)
        return float((times * ordered) @ (2 * up_to - times - total)) / pairs * total / whole

    return _bounded(gini(values), drawn_anew(inequality, len(values), seed=seed, bootstraps=bootstraps), 1.0)


def estimated_top_share(values: NDArray[np.float64], *, share: float = TENTH, seed: int = 0) -> Estimate:
    """The share of those who have the most."""
    ordered = np.sort(values)[::-1]

    def highest(times: NDArray[np.float64]) -> float:
        drawn = np.repeat(ordered, times.astype(np.int64))
        return _top_share(drawn, share) if drawn[0] > 0 else np.nan

    return estimate(top_share(values, share=share), drawn_anew(highest, len(values), seed=seed))


def _top_share(ordered: NDArray[np.float64], share: float) -> float:
    return float(ordered[: max(1, round(len(ordered) * share))].sum() / ordered.sum())


def _drawn_shares(counts: NDArray[np.int64], seed: int) -> NDArray[np.float64]:
    """The shares of groups among people drawn anew: a row for each time; none of too few people."""
    people = int(counts.sum())
    if people < FEWEST:
        return np.zeros((0, len(counts)))
    return np.random.default_rng(seed).multinomial(people, counts / people, size=BOOTSTRAPS) / people


def _bounded(seen: float | None, drawn: NDArray[np.float64], most: float) -> Estimate:
    """An estimate whose interval ends where the figure does, and holds what was seen: corrections may go beyond."""
    found = estimate(seen, drawn)
    if found.value is None or found.low is None or found.high is None:
        return found
    return Estimate(
        value=found.value,
        standard_error=found.standard_error,
        low=min(max(found.low, 0.0), found.value),
        high=max(min(found.high, most), found.value),
    )
