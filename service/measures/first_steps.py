"""By whose taking it up something would reach others: each is counted for the first step of the way it came by first.

Simulated as in `reach`, one run at a time and only until enough people were reached to share them out; the first steps
are the ties of those who tell.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.draws import STEP, drawn, in_threads, stream, usable_threads
from service.measures.kernel import kernel
from service.measures.reach import Cascades

ENOUGH_PEOPLE: Final = 200_000
"""People shared out at which no more runs are needed: a share is then off by a tenth of a percent or so."""

_CHUNK: Final = 16


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
    offsets = cascades.offsets
    return np.concatenate([np.arange(offsets[one], offsets[one + 1]) for one in cascades.tellers])


@kernel
def _followed(cascades: Cascades, first: int, last: int) -> NDArray[np.int64]:
    """The queue begins with another teller in each run, so that none has the first word always."""
    offsets, ends, chances, tellers, _, _, seed = cascades
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
            begin = offsets[person]
            for tie in range(begin, offsets[person + 1]):
                state += STEP
                other = ends[tie]
                if drawn(state) >= chances[tie] or met[other] == run:
                    continue
                met[other] = run
                step[other] = starts[(run + done) % len(tellers)] + tie - begin if telling else step[person]
                counts[step[other]] += 1
                queue[size] = other
                size += 1
            done += 1
    return counts
