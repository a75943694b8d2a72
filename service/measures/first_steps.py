"""By whose taking it up something would reach others: each is counted for the first step of the way it came by first.

Simulated as in `reach`, one run at a time and only until enough people were reached to share them out; the first steps
are the ties of those who tell.
"""

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.measures.completion import TieNetwork
from service.measures.draws import STEP, drawn, in_threads, stream, usable_threads
from service.measures.kernel import kernel
from service.measures.reach import Cascades, cascades_of

ENOUGH_PEOPLE: Final = 200_000
"""People shared out at which no more runs are needed: a share is then off by a tenth of a percent or so."""

_CHUNK: Final = 16


class _Order(NamedTuple):
    """Who tells one after another, how many of them are given, and how often those after them are heard."""

    people: NDArray[np.int32]
    given: int
    often: float


def first_steps(cascades: Cascades, *, runs: int, threads: int | None = None) -> tuple[NDArray[np.int64], int]:
    """For each tie of those who tell (in their order) how many people it came to by it, and in how many runs.

    The same seed gives the same answer, whatever the threads.
    """
    counts = np.zeros(len(ties_of_tellers(cascades)), dtype=np.int64)
    done = 0
    for found in in_threads(
        lambda first, last: _followed(cascades, first, last), runs, _CHUNK, threads or usable_threads()
    ):
        counts += found
        done = min(done + _CHUNK, runs)
        if counts.sum() >= ENOUGH_PEOPLE:
            break
    return counts, done


def ties_of_tellers(cascades: Cascades) -> NDArray[np.int64]:
    """The numbers of the ties of those who tell, teller by teller."""
    return _ties_from(cascades.offsets, cascades.tellers.tolist())


def first_steps_in_turn(
    network: TieNetwork,
    turns: Sequence[int],
    *,
    given: Collection[int] = (),
    passing_on: bool = False,
    counted: NDArray[np.bool_] | None = None,
    runs: int,
    seed: int = 0,
    threads: int | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The ties of those of `turns`, and how many people it comes to by each, in the mean.

    The `given` tell before all others, and whom they reach counts for nobody; then each of `turns` tells until it goes
    no further, before the next one does. So each is counted for what comes of them beside all who told before, as a
    gain is; who tells themselves counts for no tie. Only the `counted` people count, everybody where none are given.
    With `passing_on`, those of `turns` do not tell first-hand: they pass on what came to them by a tie of their own.
    The same seed gives the same answer, whatever the threads.
    """
    cascades = cascades_of(network, [*given, *turns], seed=seed)
    order = _Order(np.array([*given, *turns], dtype=np.int32), len(given), network.onward if passing_on else 1.0)
    who = np.ones(len(cascades.offsets) - 1, dtype=np.bool_) if counted is None else counted
    ties = _ties_from(cascades.offsets, turns)
    counts, done = np.zeros(len(ties), dtype=np.int64), 0
    for found in in_threads(
        lambda first, last: _in_turn(cascades, order, who, (first, last)),
        runs,
        _CHUNK,
        threads or usable_threads(),
    ):
        counts += found
        done = min(done + _CHUNK, runs)
        if counts.sum() >= ENOUGH_PEOPLE:
            break
    return ties, counts / max(done, 1)


def _ties_from(offsets: NDArray[np.int64], people: Sequence[int]) -> NDArray[np.int64]:
    nothing = np.empty(0, dtype=np.int64)
    return np.concatenate([nothing, *(np.arange(offsets[one], offsets[one + 1]) for one in people)])


@kernel
def _in_turn(cascades: Cascades, order: _Order, counted: NDArray[np.bool_], runs: tuple[int, int]) -> NDArray[np.int64]:
    """A tie's coin is the same however often it is looked at: who has passed it on may tell it first-hand yet."""
    offsets, ends, chances, _, _, _, seed, onward, _ = cascades
    telling, given, in_turn = order
    people = len(offsets) - 1
    starts = np.zeros(len(telling) + 1, dtype=np.int64)
    for place in range(len(telling)):
        own = offsets[telling[place] + 1] - offsets[telling[place]] if place >= given else 0
        starts[place + 1] = starts[place] + own
    counts = np.zeros(starts[-1], dtype=np.int64)
    met = np.full(people, -1, dtype=np.int64)
    step = np.empty(people, dtype=np.int64)
    queue = np.empty(people + len(telling), dtype=np.int32)
    for run in range(runs[0], runs[1]):
        state = stream(seed, run)
        done, size = 0, 0
        for place in range(len(telling)):
            queue[size] = teller = telling[place]
            met[teller] = run
            size += 1
            first = done
            while done < size:
                person = queue[done]
                often = onward if done > first else 1.0 if place < given else in_turn
                begin = offsets[person]
                for tie in range(begin, offsets[person + 1]):
                    other = ends[tie]
                    if met[other] == run or drawn(state + np.uint64(tie + 1) * STEP) >= chances[tie] * often:
                        continue
                    met[other] = run
                    step[other] = starts[place] + tie - begin if done == first else step[person]
                    if place >= given and counted[other]:
                        counts[step[other]] += 1
                    queue[size] = other
                    size += 1
                done += 1
    return counts


@kernel
def _followed(cascades: Cascades, first: int, last: int) -> NDArray[np.int64]:
    """The queue begins with another teller in each run, so that none has the first word always."""
    offsets, ends, chances, tellers, _, _, seed, onward, _ = cascades
    people = len(offsets) - 1
    starts = np.zeros(len(tellers) + 1, dtype=np.int64)
    for place in range(len(tellers)):
        starts[place + 1] = starts[place] + offsets[tellers[place] + 1] - offsets[tellers[place]]
    counts = np.zeros(starts[-1], dtype=np.int64)
    met = np.full(people, -1, dtype=np.int64)
    step = np.empty(people, dtype=np.int64)
    queue = np.empty(people, dtype=np.int32)
    for run in range(first, last):
        state = stream(seed, run)
        size = 0
        for place in range(len(tellers)):
            teller = tellers[(run + place) % len(tellers)]
            queue[size] = teller
            met[teller] = run
            size += 1
        done = 0
        while done < size:
            person = queue[done]
            telling = done < len(tellers)
            often = 1.0 if telling else onward
            begin = offsets[person]
            for tie in range(begin, offsets[person + 1]):
                state += STEP
                other = ends[tie]
                if drawn(state) >= chances[tie] * often or met[other] == run:
                    continue
                met[other] = run
                step[other] = starts[(run + done) % len(tellers)] + tie - begin if telling else step[person]
                counts[step[other]] += 1
                queue[size] = other
                size += 1
            done += 1
    return counts
