"""Who came to a community lately, and how they fared."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.disclosure import arrived
from service.measures.ties import SECONDS_A_DAY
from service.operations.community_life import Life
from service.operations.disclosure import months_before, months_from

_NEWCOMER_DAYS: Final = 365.0
"""How long after joining somebody's first telling is a newcomer's."""

_ANSWER_MONTHS: Final = (0, 12)
_STAYING_MONTHS: Final = (6, 18)

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FirstAnswers:
    """Newcomers who first told what replies to nothing."""

    people: NDArray[np.int64]
    waited: NDArray[np.float64]
    """Days until a first reply, or so far."""
    answered: Flags


@dataclass(frozen=True, slots=True)
class Attention:
    """Who attended to somebody, and when: theirs one after another."""

    people: NDArray[np.int64]
    times: NDArray[np.float64]

    def of(self, some: NDArray[np.int64]) -> "Attention":
        """That of some people."""
        ends = zip(*(np.searchsorted(self.people, some + more).tolist() for more in (0, 1)), strict=True)
        rows = np.concatenate([np.zeros(0, dtype=np.int64), *(np.arange(first, last) for first, last in ends)])
        return Attention(self.people[rows], self.times[rows])


def attention(listeners: NDArray[np.int32], times: NDArray[np.float64]) -> Attention:
    """By people and times in any order."""
    order = np.argsort(listeners, kind="stable")
    return Attention(listeners[order].astype(np.int64), times[order])


def first_answers(life: Life) -> FirstAnswers:
    """Of those who first told something in the last year, taken in by five and more."""
    people, firsts, waited, answered = list[int](), [], [], []
    for person, joined in life.joined().items():
        own = (life.tellers == person) & life.opening
        first = life.times[own].min(initial=np.inf)
        if first - joined > _NEWCOMER_DAYS * SECONDS_A_DAY:
            continue
        replied = np.fmin.reduce(life.replies[own], initial=np.nan)
        people.append(person)
        firsts.append(first)
        answered.append(not np.isnan(replied))
        waited.append((np.fmin(replied, life.until.timestamp()) - first) / SECONDS_A_DAY)
    among = _taken_in(np.array(firsts, dtype=np.float64), life.until, _ANSWER_MONTHS)
    return FirstAnswers(
        people=np.array(people, dtype=np.int64)[among],
        waited=np.array(waited, dtype=np.float64)[among],
        answered=np.array(answered, dtype=np.bool_)[among],
    )


def staying(life: Life, attended: Attention) -> tuple[Flags, list[Flags]]:
    """Those taken in six to eighteen months ago, and which of them told or attended to anything in each window.

    While they belonged.
    """
    joined = life.joined()
    times = np.array(list(joined.values()), dtype=np.float64)
    among = np.array(list(joined), dtype=np.int64)[_taken_in(times, life.until, _STAYING_MONTHS)]
    theirs = attended.of(among)
    belonging = [life.belonged(*act) for act in zip(theirs.people.tolist(), theirs.times.tolist(), strict=True)]
    then = np.array(belonging, dtype=np.bool_)
    people = np.concatenate([life.tellers, theirs.people[then]])
    times = np.concatenate([life.times, theirs.times[then]])
    cohort = life.whoever(among)
    active = [life.whoever(people[(times >= start) & (times < life.until.timestamp())]) for start in life.windows]
    return cohort, [cohort & some for some in active]


def _taken_in(times: NDArray[np.float64], month: datetime, ago: tuple[int, int]) -> Flags:
    """Who was taken in so many months ago, from one to the other: whole batches of five or more, in whatever month."""
    if not len(times):
        return np.zeros(0, dtype=np.bool_)
    latest, earliest = (arrived(times, months_from(float(times.min()), months_before(month, back))) for back in ago)
    return latest & ~earliest
