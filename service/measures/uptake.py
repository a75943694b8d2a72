"""Who took up what was told: every telling to somebody who had listened before, and what was known at that moment.

An opportunity is one telling of u and one person v who had listened to u before it; it was taken if v reacted to that
very telling within the horizon. What is known of it looks only backwards: strictly before the telling.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.kernel import kernel
from service.measures.ties import SECONDS_A_DAY, Evidence
from service.model.errors import Invalid

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
MOST_ROWS: Final = 60_000
"""Opportunities that are looked at; where there are more, every so many-th telling is, whole."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tellings:
    """What was told, in the order of time: by whom, when (seconds since the epoch), as what, in answer to whom."""

    tellers: NDArray[np.int32]
    times: NDArray[np.float64]
    kinds: NDArray[np.int8]
    """STORY or CONTRIBUTION."""
    answered: NDArray[np.int32]
    """The person whose words a contribution answers, -1 for nobody."""

    def __post_init__(self) -> None:
        """Refuse columns of different lengths, and tellings out of order, with a ValueError."""
        lengths = {len(self.tellers), len(self.times), len(self.kinds), len(self.answered)}
        if len(lengths) > 1 or (np.diff(self.times) < 0).any() or np.isnan(self.times).any():
            message = "tellings have a row each in every column, and follow one another in time"
            raise ValueError(message)


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What was told among `people` persons and what showed that they listened.

    `about` names for each row of the evidence the telling that it is a reaction to, -1 for none.
    """

    people: int
    evidence: Evidence
    about: NDArray[np.int64]
    tellings: Tellings


@dataclass(frozen=True, kw_only=True, slots=True)
class Opportunities:
    """One row for each telling and person who had listened to its teller before, in the order of the tellings.

    `signals[h]` holds what was known, a column for each of SIGNALS, with counts decayed by `half_lives[h]` (days).
    `counted` of all opportunities are listed: `share` of the tellings.
    """

    tellings: NDArray[np.int64]
    tellers: NDArray[np.int32]
    listeners: NDArray[np.int32]
    times: NDArray[np.float64]
    taken: NDArray[np.bool_]
    known: NDArray[np.float64]
    """When it was known whether it was taken: at the end of its horizon (seconds since the epoch)."""
    half_lives: tuple[float, ...]
    signals: NDArray[np.float32]
    share: float

    def __len__(self) -> int:
        """How many there are."""
        return len(self.times)


def opportunities(
    history: History, *, horizon_days: float, half_lives: tuple[float, ...], most: int = MOST_ROWS
) -> Opportunities:
    """Every opportunity in the history, whatever became of it; evidence without a time is not looked at.

    Invalid for a horizon or half-lives that are not above 0.
    """
    if not (horizon_days > 0 and np.isfinite(horizon_days)):
        raise Invalid(f"a horizon of {horizon_days} days", right="more than 0 days", field="horizonDays")
    _check_half_lives(half_lives)
    pairs = _Pairs(history)
    told = history.tellings
    chosen, share = _chosen(pairs, told, most)
    rows = pairs.known_before(told.tellers[chosen], told.times[chosen])
    counts = np.diff(rows.offsets)
    tellings = np.repeat(chosen, counts)
    listeners = pairs.listeners[rows.pairs]
    times = told.times[tellings]
    return Opportunities(
        tellings=tellings,
        tellers=told.tellers[tellings],
        listeners=listeners,
        times=times,
        taken=_taken(history, tellings, listeners, horizon_days * SECONDS_A_DAY),
        known=times + horizon_days * SECONDS_A_DAY,
        half_lives=half_lives,
        signals=np.stack([pairs.signals(history, chosen, rows, half_life) for half_life in half_lives]),
        share=share,
    )


def one_story_each(
    history: History, *, as_of: float, half_life_days: float
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """If everybody told one story at `as_of`: teller, listener and signals of each opportunity, by (teller, listener).

    Evidence of the moment itself counts, as it does for ties.
    """
    _check_half_lives((half_life_days,))
    moment = float(np.nextafter(as_of, np.inf))
    before = history.tellings.times < moment
    told = history.tellings
    each = np.arange(history.people, dtype=np.int32)
    hypothetical = History(
        people=history.people,
        evidence=history.evidence,
        about=history.about,
        tellings=Tellings(
            tellers=np.concatenate((told.tellers[before], each)),
            times=np.concatenate((told.times[before], np.full(len(each), moment))),
            kinds=np.concatenate((told.kinds[before], np.full(len(each), STORY, dtype=np.int8))),
            answered=np.concatenate((told.answered[before], np.full(len(each), -1, dtype=np.int32))),
        ),
    )
    pairs = _Pairs(history)
    chosen = np.arange(before.sum(), before.sum() + len(each), dtype=np.int64)
    rows = pairs.known_before(each, np.full(len(each), moment))
    by_listener = np.lexsort((pairs.listeners[rows.pairs], pairs.tellers[rows.pairs]))
    signals = pairs.signals(hypothetical, chosen, rows, half_life_days)
    return pairs.tellers[rows.pairs][by_listener], pairs.listeners[rows.pairs][by_listener], signals[by_listener]


def _check_half_lives(half_lives: tuple[float, ...]) -> None:
    if not half_lives or not all(half_life > 0 for half_life in half_lives):
        raise Invalid(f"half-lives of {half_lives} days", right="one or more, each above 0 days", field="halfLifeDays")


@dataclass(frozen=True, slots=True)
class _Rows:
    """The pairs of each chosen telling, one after another."""

    offsets: NDArray[np.int64]
    pairs: NDArray[np.int64]


class _Pairs:
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

    def known_before(self, tellers: NDArray[np.int32], times: NDArray[np.float64]) -> _Rows:
        """The pairs of each of these tellers that had begun before these times."""
        counts = _begun(self.offsets, self.since, tellers, times)
        offsets = np.concatenate(([0], np.cumsum(counts)))
        starts = np.repeat(self.offsets[tellers] - offsets[:-1], counts)
        return _Rows(offsets, np.arange(offsets[-1]) + starts)

    def signals(
        self, history: History, chosen: NDArray[np.int64], rows: _Rows, half_life_days: float
    ) -> NDArray[np.float32]:
        """What was known of each row, with counts decayed by one half-life."""
        evidence, told = history.evidence, history.tellings
        return _signals(
            evidence.listeners[self.order],
            evidence.times[self.order],
            self.of_evidence,
            self.listeners,
            self.reverse,
            told.tellers,
            told.times,
            told.kinds,
            told.answered,
            chosen,
            rows.offsets,
            rows.pairs,
            history.people,
            np.log(2) / (half_life_days * SECONDS_A_DAY),
        )


def _chosen(pairs: _Pairs, told: Tellings, most: int) -> tuple[NDArray[np.int64], float]:
    """The tellings that are looked at: all, or as many as give `most` opportunities, spread by their number."""
    counts = _begun(pairs.offsets, pairs.since, told.tellers, told.times)
    share = min(1.0, most / max(int(counts.sum()), 1))
    scattered = (np.arange(len(counts), dtype=np.uint64) * np.uint64(2_654_435_761)) % np.uint64(2**32)
    return np.flatnonzero((scattered < share * 2**32) & (counts > 0)), share


def _taken(
    history: History, tellings: NDArray[np.int64], listeners: NDArray[np.int32], horizon: float
) -> NDArray[np.bool_]:
    """Whether each person reacted to each telling, after it and within the horizon."""
    evidence, told = history.evidence, history.tellings
    rows = np.flatnonzero((history.about >= 0) & ~np.isnan(evidence.times))
    about = history.about[rows]
    waited = evidence.times[rows] - told.times[about]
    counts = (waited > 0) & (waited <= horizon) & (evidence.tellers[rows] == told.tellers[about])
    reactions = about[counts] * history.people + evidence.listeners[rows][counts]
    return np.isin(tellings * history.people + listeners, reactions)


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
def _signals(  # noqa: PLR0913, PLR0917 - a kernel takes arrays, and these are what happened
    listeners: NDArray[np.int32],
    times: NDArray[np.float64],
    pairs: NDArray[np.int64],
    pair_listeners: NDArray[np.int32],
    reverse: NDArray[np.int64],
    told_by: NDArray[np.int32],
    told_at: NDArray[np.float64],
    told_as: NDArray[np.int8],
    answered: NDArray[np.int32],
    chosen: NDArray[np.int64],
    offsets: NDArray[np.int64],
    row_pairs: NDArray[np.int64],
    people: int,
    rate: float,
) -> NDArray[np.float32]:
    """One pass through time: counts of ties, of people's acts and of their tellings, read off at each chosen telling.

    Counts are brought up to date only when they are touched; what happens at one moment does not see itself.
    """
    ties, tie_at = np.zeros(len(pair_listeners)), np.full(len(pair_listeners), np.nan)
    acts, act_at = np.zeros(people), np.full(people, np.nan)
    tellings, telling_at = np.zeros(people), np.full(people, np.nan)
    found = np.empty((len(row_pairs), 10), dtype=np.float32)
    evidence, told = 0, 0
    for place in range(len(chosen)):
        telling = chosen[place]
        moment, teller = told_at[telling], told_by[telling]
        while evidence < len(times) and times[evidence] < moment:
            pair, person, at = pairs[evidence], listeners[evidence], times[evidence]
            ties[pair] = _decayed(ties[pair], tie_at[pair], at, rate) + 1.0
            acts[person] = _decayed(acts[person], act_at[person], at, rate) + 1.0
            tie_at[pair] = act_at[person] = at
            evidence += 1
        while told < len(told_at) and told_at[told] < moment:
            person, at = told_by[told], told_at[told]
            tellings[person] = _decayed(tellings[person], telling_at[person], at, rate) + 1.0
            telling_at[person] = at
            told += 1
        for row in range(offsets[place], offsets[place + 1]):
            pair = row_pairs[row]
            person, back = pair_listeners[pair], reverse[pair]
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
            found[row, 8] = 1.0 if told_as[telling] == 1 else 0.0
            found[row, 9] = 1.0 if answered[telling] == person else 0.0
    return found
