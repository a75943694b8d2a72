"""Who listens to whom, how much, at a given moment: evidence summed into ties.

A tie u → v says that v listens to u, so that what u tells can travel to v. Each piece of evidence (an
amplification, observation, feedback, reply or support of u's work by v) adds its kind's weight, halved with
every half-life that has gone by since. Exponential forgetting of ties: Cortes, Pregibon and Volinsky (2003),
"Computational methods for dynamic graphs".
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.kernel import kernel
from service.model.errors import Invalid

SECONDS_A_DAY: Final = 86_400.0

HALF_LIFE_DAYS: Final = 90.0
"""After how many days a piece of evidence counts half, unless the caller says otherwise: an assumption."""

BASE_PROBABILITY: Final = 0.05
"""Assumed chance that fresh evidence of weight 1 becomes an uptake of the next story within 90 days."""

HIGHEST_PROBABILITY: Final = 0.99
"""No amount of evidence makes an uptake certain."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What was seen of people listening to each other, a row for each act; people are numbered from 0.

    `times` are seconds since the epoch (UTC), NaN where an act has no time; `kinds` index the kinds' weights.
    """

    listeners: NDArray[np.int32]
    tellers: NDArray[np.int32]
    kinds: NDArray[np.int8]
    times: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse columns of different lengths with a ValueError."""
        lengths = {len(self.listeners), len(self.tellers), len(self.kinds), len(self.times)}
        if len(lengths) > 1:
            message = f"the columns of evidence differ in length: {sorted(lengths)}"
            raise ValueError(message)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ties:
    """Ties in compressed sparse rows, one for each pair, in the order of (teller, listener).

    The ties from teller u are those numbered `offsets[u]` up to `offsets[u + 1]`; tie t leads to
    `listeners[t]`, has `weights[t]` and rests on the rows
    `evidence[evidence_offsets[t]:evidence_offsets[t + 1]]` of the evidence, the newest of which is of
    `latest[t]` (seconds since the epoch; NaN if none of them has a time).
    """

    offsets: NDArray[np.int64]
    listeners: NDArray[np.int32]
    weights: NDArray[np.float64]
    latest: NDArray[np.float64]
    evidence_offsets: NDArray[np.int64]
    evidence: NDArray[np.int64]

    @property
    def people(self) -> int:
        """How many people there are, tied or not."""
        return len(self.offsets) - 1

    @property
    def tellers(self) -> NDArray[np.int32]:
        """The telling end of each tie."""
        return np.repeat(np.arange(self.people, dtype=np.int32), np.diff(self.offsets))

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many pieces of evidence each tie rests on."""
        return np.diff(self.evidence_offsets)

    def between(self, teller: int, listener: int) -> int | None:
        """The number of the tie from one person to another, None if there is none."""
        start, end = self.offsets[teller], self.offsets[teller + 1]
        tie = int(start + np.searchsorted(self.listeners[start:end], listener))
        return tie if tie < end and self.listeners[tie] == listener else None

    def evidence_for(self, tie: int) -> NDArray[np.int64]:
        """The rows of the evidence that one tie rests on, in their order there."""
        return self.evidence[self.evidence_offsets[tie] : self.evidence_offsets[tie + 1]]


def ties_at(
    evidence: Evidence,
    *,
    people: int,
    as_of: float,
    kind_weights: NDArray[np.float64],
    half_life_days: float = HALF_LIFE_DAYS,
) -> Ties:
    """The ties among `people` persons at `as_of` (seconds since the epoch).

    A tie's weight is the sum over its evidence of kind weight * 0.5^(age / half-life). Evidence of later than
    `as_of`, of a kind with weight 0 and of people with themselves counts for nothing; evidence without a time
    is not decayed. `half_life_days` may be infinite: nothing is forgotten then. Invalid for a half-life or
    moment that makes no sense, ValueError for columns that name people or kinds out of range or for negative
    weights.
    """
    if not half_life_days > 0:
        raise Invalid(f"a half-life of {half_life_days} days", right="more than 0 days", field="halfLifeDays")
    if not np.isfinite(as_of):
        raise Invalid(f"{as_of} is no moment", right="an instant", field="asOf")
    _check_range(evidence.listeners, people, "listeners")
    _check_range(evidence.tellers, people, "tellers")
    _check_range(evidence.kinds, len(kind_weights), "kinds")
    if not (np.isfinite(kind_weights).all() and (kind_weights >= 0).all()):
        message = "a kind's weight has to be a finite number, 0 or more"
        raise ValueError(message)
    worth = _worth(evidence, as_of, half_life_days * SECONDS_A_DAY, kind_weights)
    by_listener = _sorted_by(evidence.listeners, np.flatnonzero(worth >= 0), people)
    rows = _sorted_by(evidence.tellers, by_listener, people)
    listeners, tellers = evidence.listeners[rows], evidence.tellers[rows]
    another = (listeners[1:] != listeners[:-1]) | (tellers[1:] != tellers[:-1])
    starts = np.flatnonzero(np.concatenate(([len(rows) > 0], another)))
    return Ties(
        offsets=np.concatenate(([0], np.cumsum(np.bincount(tellers[starts], minlength=people)))),
        listeners=listeners[starts],
        weights=np.add.reduceat(worth[rows], starts),
        latest=np.fmax.reduceat(evidence.times[rows], starts),
        evidence_offsets=np.append(starts, len(rows)),
        evidence=rows,
    )


def prior_probabilities(weights: NDArray[np.float64], base: float = BASE_PROBABILITY) -> NDArray[np.float64]:
    """The assumed chance that each tie carries one story told today further within 90 days.

    1 - (1 - base)^weight: each unit of weight is one independent chance (the noisy-or of Pearl, 1988), and at
    most HIGHEST_PROBABILITY. It stands in until the network has history enough to learn from. Invalid unless
    0 < base < 1.
    """
    if not 0 < base < 1:
        raise Invalid(f"a base probability of {base}", right="more than 0 and less than 1", field="base")
    uncapped: NDArray[np.float64] = -np.expm1(weights * np.log1p(-base))
    return np.minimum(uncapped, HIGHEST_PROBABILITY)


def _check_range(column: NDArray[np.int32] | NDArray[np.int8], size: int, name: str) -> None:
    if len(column) and (column.min() < 0 or column.max() >= size):
        message = f"{name} go from {column.min()} to {column.max()}, where 0 to {size - 1} exist"
        raise ValueError(message)


def _worth(
    evidence: Evidence, as_of: float, half_life: float, kind_weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What each row of evidence is worth at `as_of` (half-life in seconds); -1 where it does not count."""
    worth = kind_weights[evidence.kinds]
    ignored = (evidence.listeners == evidence.tellers) | (worth == 0) | (evidence.times > as_of)
    age = np.fmax(as_of - evidence.times, 0.0)
    worth *= np.exp2(-age / half_life)
    worth[ignored] = -1.0
    return worth


@kernel
def _sorted_by(keys: NDArray[np.int32], rows: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """`rows` in the order of their keys from 0 to `size`, equal keys as they came (a counting sort)."""
    place = np.zeros(size + 1, dtype=np.int64)
    for position in range(len(rows)):
        place[keys[rows[position]] + 1] += 1
    for key in range(size):
        place[key + 1] += place[key]
    ordered = np.empty(len(rows), dtype=np.int64)
    for position in range(len(rows)):
        key = keys[rows[position]]
        ordered[place[key]] = rows[position]
        place[key] += 1
    return ordered
