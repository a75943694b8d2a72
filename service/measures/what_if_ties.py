"""Over which changed ties more or fewer people are reached, in the same throws of the coins before and after.

A tie carries in a run by the same coin before and after a change, so the two runs differ in nothing but what was
changed (common random numbers). Somebody who is reached on one side only owes that to changed ties on every way there;
they are counted for the first such tie of the way by which it came first.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.measures.completion import TieNetwork
from service.measures.draws import STEP, drawn, in_threads, stream, usable_threads
from service.measures.kernel import kernel
from service.measures.what_if import ASSUMED, Changed

ENOUGH_PEOPLE: Final = 200_000
"""People counted at which no more runs are needed."""

_CHUNK: Final = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """How many people are reached no longer by way of each tie before, and anew by way of each after, in the mean."""

    lost: NDArray[np.float64]
    gained: NDArray[np.float64]


class _Side(NamedTuple):
    """The ties of one side: whose coins they have, how likely each carries, and on the other side."""

    offsets: NDArray[np.int64]
    ends: NDArray[np.int32]
    coins: NDArray[np.int64]
    chances: NDArray[np.float64]
    others: NDArray[np.float64]
    tellers: NDArray[np.int32]
    onward: float


def carried_by(
    before: TieNetwork,
    after: Changed,
    tellers: Collection[int],
    *,
    runs: int,
    seed: int = 0,
    threads: int | None = None,
) -> Carried:
    """What the changed ties take from, and add to, whom `tellers` reach; those of them who leave tell only before.

    Those who tell are counted for no tie. The same seed gives the same answer, whatever the threads.
    """
    count = len(before.probabilities)
    known = after.origin != ASSUMED
    # A new tie has a coin of its own, after those of all that were there.
    coins = np.where(known, after.origin, count + np.cumsum(~known) - 1)
    then = np.zeros(count)
    then[after.origin[known]] = after.network.probabilities[known]
    earlier = np.zeros(len(after.origin))
    earlier[known] = before.probabilities[after.origin[known]]
    telling = np.array(sorted(set(tellers)), dtype=np.int32)
    sides = (
        _Side(
            before.forward.offsets,
            before.forward.ends,
            np.arange(count),
            before.probabilities,
            then,
            telling,
            before.onward,
        ),
        _Side(
            after.network.forward.offsets,
            after.network.forward.ends,
            coins,
            after.network.probabilities,
            earlier,
            telling[~after.leaving[telling]],
            after.network.onward,
        ),
    )
    lost, gained = np.zeros(count, dtype=np.int64), np.zeros(len(coins), dtype=np.int64)
    done = 0
    for fewer, more in in_threads(
        lambda first, last: _compared(*sides, seed, (first, last)), runs, _CHUNK, threads or usable_threads()
    ):
        lost += fewer
        gained += more
        done = min(done + _CHUNK, runs)
        if lost.sum() + gained.sum() >= ENOUGH_PEOPLE:
            break
    return Carried(lost=lost / max(done, 1), gained=gained / max(done, 1))


@kernel
def _compared(
    before: _Side, after: _Side, seed: int, runs: tuple[int, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    people = len(before.offsets) - 1
    lost = np.zeros(len(before.ends), dtype=np.int64)
    gained = np.zeros(len(after.ends), dtype=np.int64)
    queue = np.empty((2, people), dtype=np.int32)
    met = np.full((2, people), -1, dtype=np.int64)
    way = np.empty((2, people), dtype=np.int64)
    for run in range(runs[0], runs[1]):
        state = stream(seed, run)
        was = _spread(before, state, run, queue[0], met[0], way[0])
        now = _spread(after, state, run, queue[1], met[1], way[1])
        for place in range(len(before.tellers), was):
            person = queue[0, place]
            if met[1, person] != run:
                lost[way[0, person]] += 1
        for place in range(len(after.tellers), now):
            person = queue[1, place]
            if met[0, person] != run:
                gained[way[1, person]] += 1
    return lost, gained


@kernel
def _spread(  # noqa: PLR0917 - machine code takes no keywords
    side: _Side, state: np.uint64, run: int, queue: NDArray[np.int32], met: NDArray[np.int64], way: NDArray[np.int64]
) -> int:
    """How many are reached, in `queue`, each with the first tie on their way that would not have carried there."""
    size = 0
    for teller in side.tellers:
        queue[size] = teller
        met[teller] = run
        way[teller] = -1
        size += 1
    done = 0
    while done < size:
        person = queue[done]
        often = 1.0 if done < len(side.tellers) else side.onward
        done += 1
        for tie in range(side.offsets[person], side.offsets[person + 1]):
            other = side.ends[tie]
            if met[other] == run or side.chances[tie] == 0:
                continue
            coin = drawn(state + np.uint64(side.coins[tie] + 1) * STEP)
            if coin >= side.chances[tie] * often:
                continue
            met[other] = run
            way[other] = tie if way[person] < 0 and coin >= side.others[tie] * often else way[person]
            queue[size] = other
            size += 1
    return size
