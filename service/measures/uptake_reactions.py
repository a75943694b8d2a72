"""Who reacted to what was told, or to what answers it: in a conversation it comes to those who reply later, too."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.measures.kernel import kernel
from service.measures.uptake_signals import History, Pairs

DEEPEST: Final = 32
"""Answers to answers that are followed: beyond so many, a reply is to something else."""


class Reactions(NamedTuple):
    """Rows of the evidence, in the order of time, each with a telling that it is a reaction to."""

    rows: NDArray[np.int64]
    about: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Takers:
    """Everybody's first reaction to something told by somebody else, in the order of time.

    `rows` are theirs in the evidence, `of` the tellings, `order` sorts them by telling and person, whose `keys` these
    are then. `since` is when all ties on the way were there by which it came, one of them the first sign of
    listening to the next; infinity where it came from somebody who had neither told nor taken it up.
    """

    rows: NDArray[np.int64]
    of: NDArray[np.int64]
    people: NDArray[np.int32]
    times: NDArray[np.float64]
    since: NDArray[np.float64]
    keys: NDArray[np.int64]
    order: NDArray[np.int64]

    def number(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """The taker of each telling and person, -1 where that person has not reacted to it."""
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, self.order[places], -1)


def reactions_of(history: History, *, deepest: int = DEEPEST) -> Reactions:
    """Every dated reaction to something told, and to the tellings that this answers, each after the one before it.

    Answers to answers are followed so deep; with 0, only what it is a reaction to itself counts.
    """
    rows = np.flatnonzero((history.about >= 0) & ~np.isnan(history.evidence.times))
    about = history.about[rows]
    found = [(rows, about)]
    for _ in range(deepest):
        answered = history.tellings.answering[about]
        rows, about = rows[answered >= 0], answered[answered >= 0]
        if not len(rows):
            break
        found.append((rows, about))
    every, told = (np.concatenate(column) for column in zip(*found, strict=True))
    pairs = np.unique(np.stack((every, told)), axis=1) if len(found) > 1 else np.stack((every, told))
    order = np.argsort(history.evidence.times[pairs[0]], kind="stable")
    return Reactions(pairs[0][order], pairs[1][order])


def takers_of(history: History, reactions: Reactions) -> Takers:
    """Who took up what, by what reaction first, and since when there was a way of ties for it."""
    evidence, told = history.evidence, history.tellings
    rows, about = reactions
    after = (evidence.times[rows] > told.times[about]) & (evidence.listeners[rows] != told.tellers[about])
    rows, about = rows[after], about[after]
    unique, first = np.unique(about * history.people + evidence.listeners[rows], return_index=True)
    order = np.empty(len(first), dtype=np.int64)
    order[np.argsort(first)] = np.arange(len(first))
    first = np.sort(first)
    rows, about = rows[first], about[first]
    found = Takers(
        rows=rows,
        of=about,
        people=evidence.listeners[rows],
        times=evidence.times[rows],
        since=Pairs(history).began(len(history.about))[rows],
        keys=unique,
        order=order,
    )
    tellers = evidence.tellers[rows]
    before = found.number(about * history.people + tellers)
    before[tellers == told.tellers[about]] = _TELLER
    _follow_back(before, found.since)
    return found


_TELLER: Final = -2


@kernel
def _follow_back(before: NDArray[np.int64], since: NDArray[np.float64]) -> None:
    """Let the way to each go on from the way to whom they had it from, who is an earlier taker or has told it."""
    for place in range(len(before)):
        one = before[place]
        if one >= place or one == -1:
            since[place] = np.inf
        elif one >= 0:
            since[place] = max(since[place], since[one])
