"""Who reacted to what was told, or to what answers it: in a conversation it comes to those who reply later, too."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.measures.uptake_signals import History

DEEPEST: Final = 32
"""Answers to answers that are followed: beyond so many, a reply is to something else."""


class Reactions(NamedTuple):
    """Rows of the evidence, in the order of time, each with a telling that it is a reaction to."""

    rows: NDArray[np.int64]
    about: NDArray[np.int64]


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
