"""What is known of who listens to whom at the moment when something is told: the signals that chances are learnt from.

They look only backwards: strictly before what is told.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.measures.kernel import kernel
from service.measures.ties import SECONDS_A_DAY, Evidence

STORY: Final = 0
CONTRIBUTION: Final = 1

SIGNALS: Final = (
    "tie",
    "tie_recency",
    "activity",
    "activity_recency",
    "own_telling",
    "own_telling_recency",
    "reciprocity",
    "teller_output",
    "contribution",
    "answer",
)
"""What is known of an opportunity, in the order of its columns; all counts are decayed and enter as log(1 + count).

tie: what showed before that v listens to u; activity: v's acts towards anybody; own_telling: what v told; reciprocity:
what showed that u listens to v; teller_output: what u told before; contribution: whether it was said in a
conversation rather than told as a story; answer: whether it answers v. A recency is -log(days since the last one),
with 36 minutes at least and NEVER_DAYS where there was none.
"""

RAISING: Final = np.array([True, True, True, True, False, False, True, False, False, False])
"""The signals that further evidence can only raise: the chance never falls with them."""

NEVER_DAYS: Final = 10_000.0
_SHORTEST_DAYS: Final = 0.025


@dataclass(frozen=True, kw_only=True, slots=True)
class Tellings:
    """What was told, in the order of time: by whom, when (seconds since the epoch), as what, in answer to which."""

    tellers: NDArray[np.int32]
    times: NDArray[np.float64]
    kinds: NDArray[np.int8]
    """STORY or CONTRIBUTION."""
    answering: NDArray[np.int64]
    """The number of the telling that a contribution answers, -1 for none."""

    def __post_init__(self) -> None:
        """Refuse columns of different lengths, and tellings out of order, with a ValueError."""
        lengths = {len(self.tellers), len(self.times), len(self.kinds), len(self.answering)}
        if len(lengths) > 1 or (np.diff(self.times) < 0).any() or np.isnan(self.times).any():
            message = "tellings have a row each in every column, and follow one another in time"
            raise ValueError(message)

    def some(self, numbers: NDArray[np.int64]) -> "Tellings":
        """Some of them, by their numbers, which are in order; what they answer keeps its number among all."""
        return Tellings(
            tellers=self.tellers[numbers],
            times=self.times[numbers],
            kinds=self.kinds[numbers],
            answering=self.answering[numbers],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What was told among `people` persons and what showed that they listened.

    `about` names for each row of the evidence the telling that it is a reaction to, -1 for none.
    """

    people: int
    evidence: Evidence
    about: NDArray[np.int64]
    tellings: Tellings


@dataclass(frozen=True, slots=True)
class Rows:
    """The pairs of each chosen telling, one after another."""

    offsets: NDArray[np.int64]
    pairs: NDArray[np.int64]


class Pairs:
    """Who listened to whom, ever: the pairs by teller and then by when they began, and the evidence by time."""

    def __init__(self, history: History) -> None:
        evidence = history.evidence
        counted = np.flatnonzero(~np.isnan(evidence.times) & (evidence.listeners != evidence.tellers))
        self.order = counted[np.argsort(evidence.times[counted], kind="stable")]
        times = evidence.times[self.order]
        keys = evidence.tellers[self.order].astype(np.int64) * history.people + evidence.listeners[self.order]
        unique, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        by_start = np.lexsort((times[first], unique // max(history.people, 1)))
        place = np.empty_like(by_start)
        place[by_start] = np.arange(len(by_start))
        self.of_evidence = place[inverse]
        keys = unique[by_start]
        self.tellers = (keys // max(history.people, 1)).astype(np.int32)
        self.listeners = (keys % max(history.people, 1)).astype(np.int32)
        self.since = times[first][by_start]
        self.offsets = np.concatenate(([0], np.cumsum(np.bincount(self.tellers, minlength=history.people))))
        self.reverse = self._reverse(unique, place, history.people)

    def _reverse(self, unique: NDArray[np.int64], place: NDArray[np.int64], people: int) -> NDArray[np.int64]:
        """The pair the other way round, -1 where there is none."""
        if not len(unique):
            return np.empty(0, dtype=np.int64)
        wanted = self.listeners.astype(np.int64) * people + self.tellers
        found = np.minimum(np.searchsorted(unique, wanted), len(unique) - 1)
        return np.where(unique[found] == wanted, place[found], -1)

    def began(self, rows: int) -> NDArray[np.float64]:
        """When the pair of each of so many rows of evidence began; infinity for a row without a time, or to oneself."""
        began = np.full(rows, np.inf)
        began[self.order] = self.since[self.of_evidence]
        return began

    def begun(self, tellers: NDArray[np.int32], times: NDArray[np.float64]) -> NDArray[np.int64]:
        """How many pairs of each of these tellers had begun before these times."""
        return _begun(self.offsets, self.since, tellers, times)

    def known_before(self, tellers: NDArray[np.int32], times: NDArray[np.float64]) -> Rows:
        """The pairs of each of these tellers that had begun before these times."""
        counts = self.begun(tellers, times)
        offsets = np.concatenate(([0], np.cumsum(counts)))
        starts = np.repeat(self.offsets[tellers] - offsets[:-1], counts)
        return Rows(offsets, np.arange(offsets[-1]) + starts)

    def signals(self, history: History, heard: Tellings, rows: Rows, half_life_days: float) -> NDArray[np.float32]:
        """What was known of each row when it was heard, with counts decayed by one half-life.

        `heard` has an entry for each of the rows' stretches; what people told is counted from the history alone.
        """
        evidence, told = history.evidence, history.tellings
        past = _Past(
            evidence.listeners[self.order],
            evidence.times[self.order],
            self.of_evidence,
            self.listeners,
            self.reverse,
            told.tellers,
            told.times,
            history.people,
        )
        answered = np.append(told.tellers, np.int32(-1))[heard.answering]
        what = _Heard(heard.tellers, heard.times, heard.kinds, answered, rows.offsets, rows.pairs)
        return _signals(past, what, np.log(2) / (half_life_days * SECONDS_A_DAY))


class _Past(NamedTuple):
    """The evidence in the order of time, with its pairs; who listens in each pair, and its reverse; what was told."""

    listeners: NDArray[np.int32]
    times: NDArray[np.float64]
    pairs: NDArray[np.int64]
    pair_listeners: NDArray[np.int32]
    reverse: NDArray[np.int64]
    told_by: NDArray[np.int32]
    told_at: NDArray[np.float64]
    people: int


class _Heard(NamedTuple):
    """What is heard, in the order of time: from whom, when, as what, in answer to whom, and by the pairs of whom."""

    tellers: NDArray[np.int32]
    times: NDArray[np.float64]
    kinds: NDArray[np.int8]
    answered: NDArray[np.int32]
    offsets: NDArray[np.int64]
    pairs: NDArray[np.int64]


@kernel
def _begun(
    offsets: NDArray[np.int64], since: NDArray[np.float64], tellers: NDArray[np.int32], times: NDArray[np.float64]
) -> NDArray[np.int64]:
    """How many pairs of each teller had begun before each time: pairs are in the order in which they began."""
    counts = np.empty(len(tellers), dtype=np.int64)
    for row in range(len(tellers)):
        start, end = offsets[tellers[row]], offsets[tellers[row] + 1]
        counts[row] = np.searchsorted(since[start:end], times[row])
    return counts


@kernel
def _decayed(count: float, since: float, until: float, rate: float) -> float:
    """A count that has decayed; nothing yet where `since` is NaN."""
    return 0.0 if np.isnan(since) else count * np.exp(-rate * (until - since))


@kernel
def _recency(last: float, moment: float) -> float:
    """-log of the days since then."""
    days = NEVER_DAYS if np.isnan(last) else min(max((moment - last) / SECONDS_A_DAY, _SHORTEST_DAYS), NEVER_DAYS)
    recency: float = -np.log(days)
    return recency


@kernel
def _signals(past: _Past, heard: _Heard, rate: float) -> NDArray[np.float32]:
    """One pass through time: counts of ties, of people's acts and of their tellings, read off at each that is heard.

    Counts are brought up to date only when they are touched; what happens at one moment does not see itself.
    """
    ties, tie_at = np.zeros(len(past.pair_listeners)), np.full(len(past.pair_listeners), np.nan)
    acts, act_at = np.zeros(past.people), np.full(past.people, np.nan)
    tellings, telling_at = np.zeros(past.people), np.full(past.people, np.nan)
    found = np.empty((len(heard.pairs), 10), dtype=np.float32)
    evidence, told = 0, 0
    for place in range(len(heard.tellers)):
        moment, teller = heard.times[place], heard.tellers[place]
        while evidence < len(past.times) and past.times[evidence] < moment:
            pair, person, at = past.pairs[evidence], past.listeners[evidence], past.times[evidence]
            ties[pair] = _decayed(ties[pair], tie_at[pair], at, rate) + 1.0
            acts[person] = _decayed(acts[person], act_at[person], at, rate) + 1.0
            tie_at[pair] = act_at[person] = at
            evidence += 1
        while told < len(past.told_at) and past.told_at[told] < moment:
            person, at = past.told_by[told], past.told_at[told]
            tellings[person] = _decayed(tellings[person], telling_at[person], at, rate) + 1.0
            telling_at[person] = at
            told += 1
        for row in range(heard.offsets[place], heard.offsets[place + 1]):
            pair = heard.pairs[row]
            person, back = past.pair_listeners[pair], past.reverse[pair]
            found[row, 0] = np.log1p(_decayed(ties[pair], tie_at[pair], moment, rate))
            found[row, 1] = _recency(tie_at[pair], moment)
            found[row, 2] = np.log1p(_decayed(acts[person], act_at[person], moment, rate))
            found[row, 3] = _recency(act_at[person], moment)
            found[row, 4] = np.log1p(_decayed(tellings[person], telling_at[person], moment, rate))
            found[row, 5] = _recency(telling_at[person], moment)
            found[row, 6] = 0.0
            if back >= 0:
                found[row, 6] = np.log1p(_decayed(ties[back], tie_at[back], moment, rate))
            found[row, 7] = np.log1p(_decayed(tellings[teller], telling_at[teller], moment, rate))
            found[row, 8] = 1.0 if heard.kinds[place] == CONTRIBUTION else 0.0
            found[row, 9] = 1.0 if heard.answered[place] == person else 0.0
    return found
