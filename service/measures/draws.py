"""Draws that depend on a seed and a place alone, and work shared among threads so that its result does not change.

Every simulation has a stream of its own, made of the seed and its number (SplitMix64: Steele, Lea and Flood, 2014,
"Fast splittable pseudorandom number generators"): whichever thread runs it, and after whichever others, it draws the
same.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import numpy as np

from service.measures.kernel import kernel

T = TypeVar("T")

STEP: Final = np.uint64(0x9E3779B97F4A7C15)
"""What a stream's state grows by with each draw."""

_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
_BITS_LEFT_OUT: Final = np.uint64(11)
_UNIT: Final = 2.0**-53


@kernel
def mixed(state: np.uint64) -> np.uint64:
    """The word that a state stands for."""
    word = (state ^ (state >> np.uint64(30))) * _FIRST
    word = (word ^ (word >> np.uint64(27))) * _SECOND
    return word ^ (word >> np.uint64(31))


@kernel
def stream(seed: int, place: int) -> np.uint64:
    """The state with which the stream of a place begins; each draw adds `STEP` to it and mixes it."""
    return mixed(mixed(np.uint64(seed) * STEP + np.uint64(1)) + np.uint64(place) * STEP)


@kernel
def drawn(state: np.uint64) -> float:
    """A number from 0 up to, and never, 1."""
    return float(mixed(state) >> _BITS_LEFT_OUT) * _UNIT


def usable_threads() -> int:
    """How many threads a computation takes where nobody says: one for each processor, four at most."""
    return min(4, os.cpu_count() or 1)


def in_threads(work: Callable[[int, int], T], last: int, chunk: int, threads: int, first: int = 0) -> Iterator[T]:
    """What `work(start, end)` gives for each chunk of the numbers from `first` to `last`, in order."""
    starts = range(first, last, chunk)
    ends = [min(start + chunk, last) for start in starts]
    if threads == 1 or len(starts) <= 1:
        yield from map(work, starts, ends)
        return
    pool = ThreadPoolExecutor(threads)
    try:
        yield from pool.map(work, starts, ends)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
