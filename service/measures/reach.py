"""How many people something told would reach: the independent cascade, simulated.

Everybody who has taken it up passes it on once; each of their ties carries it with its own probability, whatever else
happens (Kempe, Kleinberg and Tardos, 2003, "Maximizing the spread of influence through a social network"): that of what
is told first-hand for who tells, and `onward` times that for who passes it on. The mean over many
runs estimates the expected reach; its interval says how far the simulation is to be trusted, not how far the
probabilities are.

Sixty-four runs are simulated at once, each in a bit of a machine word: which of a tie's sixty-four coins fall is one
word, and what is left is to follow ties as in breadth-first search.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from service.measures.completion import TieNetwork
from service.measures.draws import STEP, in_threads, mixed, stream, usable_threads
from service.measures.kernel import kernel
from service.measures.progress import report
from service.model.errors import Invalid

FEWEST_RUNS: Final = 2
MOST_RUNS: Final = 100_000
CONFIDENCE: Final = 0.95

_LANES: Final = 64
_FEW_LANES: Final = 4
_PLACES: Final = 32
"""Binary places of a count of people."""
_ALL: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
_NONE: Final = np.uint64(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """An expected number of people, the standard error of its estimate, and its interval of 95 %."""

    mean: float
    standard_error: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupReach:
    """How many of a group are reached, in which share of the runs anybody is, and to how many any way leads."""

    reached: Estimate
    chance: float
    reachable: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """What the runs gave; those who tell count as reached.

    `groups` has an entry for each label from 0, `totals` the people reached in each run, `by_group` (runs by labels)
    those of each group.
    """

    everybody: GroupReach
    groups: tuple[GroupReach, ...]
    totals: NDArray[np.int64]
    by_group: NDArray[np.int64]


class Cascades(NamedTuple):
    """What is the same in every run: the ties from each person, who tells, who is in which group, and the seed."""

    offsets: NDArray[np.int64]
    ends: NDArray[np.int32]
    chances: NDArray[np.float64]
    tellers: NDArray[np.int32]
    labels: NDArray[np.int32]
    groups: int
    seed: int
    onward: float
    keys: NDArray[np.uint64]
    """What the coins of each person's ties hang on: not their number, which others change who come in."""


def reach(
    network: TieNetwork,
    tellers: Collection[int],
    *,
    runs: int = 1_000,
    seed: int = 0,
    labels: NDArray[np.int32] | None = None,
    groups: int = 0,
    keys: NDArray[np.uint64] | None = None,
    threads: int | None = None,
) -> Reach:
    """How many people something would reach if all of `tellers` told it today.

    `labels` puts each person into one of `groups` groups, or with -1 into none. The same seed gives the same answer,
    whatever the threads, and where everybody has a lasting key (else their number is taken) whoever comes in without
    ties. Invalid for a number of runs out of range or nobody who tells, ValueError for people or
    labels out of range.
    """
    if not FEWEST_RUNS <= runs <= MOST_RUNS:
        raise Invalid(f"{runs} runs", right=f"Give {FEWEST_RUNS} to {MOST_RUNS}.", field="runs")
    cascades = cascades_of(network, tellers, labels=labels, groups=groups, seed=seed, keys=keys)
    found = list[NDArray[np.int64]]()
    for counted in in_threads(
        lambda batch, _: _batch(cascades, batch), -(-runs // _LANES), 1, threads or usable_threads()
    ):
        found.append(counted)
        report(len(found) * _LANES / runs)
    counts = np.concatenate(found)[:runs]
    certain, reachable = _led_to(cascades, 1.0), _led_to(cascades, 5e-324)
    totals = counts.sum(axis=1)
    return Reach(
        everybody=_reached(totals, int(certain.sum()), int(reachable.sum())),
        groups=tuple(
            _reached(counts[:, label], int(certain[label]), int(reachable[label])) for label in range(1, groups + 1)
        ),
        totals=totals,
        by_group=counts[:, 1:],
    )


def cascades_of(
    network: TieNetwork,
    tellers: Collection[int],
    *,
    labels: NDArray[np.int32] | None = None,
    groups: int = 0,
    seed: int = 0,
    keys: NDArray[np.uint64] | None = None,
) -> Cascades:
    """What simulations need; Invalid for nobody who tells, ValueError for people or labels out of range."""
    people = len(network.forward.offsets) - 1
    telling = np.unique(np.array(list(tellers), dtype=np.int32))
    if not len(telling):
        raise Invalid("Nobody tells", right="Name at least one person.", field="people")
    if telling[0] < 0 or telling[-1] >= people:
        message = f"people go from {telling[0]} to {telling[-1]}, where 0 to {people - 1} exist"
        raise ValueError(message)
    grouped = np.full(people, -1, dtype=np.int32) if labels is None else labels
    if len(grouped) != people or not -1 <= grouped.min() <= grouped.max() < max(groups, 0):
        message = f"there has to be a label from -1 to {groups - 1} for each of {people} people"
        raise ValueError(message)
    return Cascades(
        network.forward.offsets,
        network.forward.ends,
        network.probabilities,
        telling,
        grouped,
        groups,
        seed,
        network.onward,
        np.arange(people, dtype=np.uint64) if keys is None else keys,
    )


def _reached(counts: NDArray[np.int64], least: int, most: int) -> GroupReach:
    return GroupReach(
        reached=estimated(counts, least=least, most=most),
        chance=float(np.count_nonzero(counts) / len(counts)),
        reachable=most,
    )


def estimated(counts: NDArray[np.int64], *, least: int, most: int) -> Estimate:
    """The mean of independent runs, which can only lie from `least` to `most`.

    The interval is Student's. Where all runs gave the same, what happens in 3 runs in their number may still have been
    missed in all of them (the rule of three: Hanley and Lippman-Hand, 1983): it is taken for one person's worth.
    """
    runs = len(counts)
    mean = float(counts.mean())
    error = float(counts.std(ddof=1) / np.sqrt(runs))
    margin = float(student.ppf((1 + CONFIDENCE) / 2, runs - 1)) * error if error else 3 / runs
    return Estimate(
        mean=mean,
        standard_error=error,
        low=max(min(float(least), mean), mean - margin),
        high=min(max(float(most), mean), mean + margin),
    )


@kernel
def coins(state: np.uint64, chance: float, wanted: np.uint64) -> np.uint64:
    """A word of which each bit that is wanted is set with a chance; the state is that of a stream of its own.

    Each bit compares the binary places of a number drawn at random with those of the chance, the first that differs
    deciding: about seven words are drawn for all sixty-four, two for one alone, whose bit is the same either way.
    """
    if chance >= 1.0:
        return wanted
    set_bits, undecided, rest = _NONE, wanted, chance
    while undecided != _NONE and rest > 0.0:
        state += STEP
        word = mixed(state)
        rest *= 2.0
        if rest >= 1.0:
            rest -= 1.0
            set_bits |= undecided & ~word
            undecided &= word
        else:
            undecided &= ~word
    return set_bits


@kernel
def _few(lanes: np.uint64) -> bool:
    """Whether so few bits are set that their coins are better thrown one by one than for all."""
    for _ in range(_FEW_LANES):
        lanes &= lanes - np.uint64(1)
        if lanes == _NONE:
            return True
    return False


@kernel
def _own_state(state: np.uint64, teller: np.uint64, listener: np.uint64) -> np.uint64:
    """Where the stream of a tie begins, in a batch of runs, by the keys of its people."""
    return mixed(mixed(state + teller * STEP) + listener * STEP)


@kernel
def _first_hand(cascades: Cascades) -> NDArray[np.bool_]:
    """Who tells first-hand, rather than pass on what came to them."""
    found = np.zeros(len(cascades.offsets) - 1, dtype=np.bool_)
    for teller in cascades.tellers:
        found[teller] = True
    return found


@kernel
def _toss(cascades: Cascades, state: np.uint64, person: int, often: float, carries: NDArray[np.uint64]) -> None:
    """All coins of a person's ties in a batch of runs; each tie carries `often` times as likely as first-hand."""
    offsets, ends, chances, keys = cascades.offsets, cascades.ends, cascades.chances, cascades.keys
    for tie in range(offsets[person], offsets[person + 1]):
        carries[tie] = coins(_own_state(state, keys[person], keys[ends[tie]]), chances[tie] * often, _ALL)


@kernel
def _batch(cascades: Cascades, batch: int) -> NDArray[np.int64]:
    """How many people of no group and of each group are reached in each of sixty-four runs.

    A tie's coins depend on the seed, the run and whom it ties alone: other ties, and the order in which they are met,
    change nothing about them.
    """
    offsets, ends, chances, tellers, labels, groups, seed, onward, keys = cascades
    people = len(offsets) - 1
    first_hand = _first_hand(cascades)
    reached = np.zeros(people, dtype=np.uint64)
    fresh = np.zeros(people, dtype=np.uint64)
    tossed = np.zeros(people, dtype=np.bool_)
    carries = np.empty(len(ends), dtype=np.uint64)
    queue = np.empty(people, dtype=np.int32)
    touched = np.empty(people, dtype=np.int32)
    waiting = size = len(tellers)
    for place in range(size):
        queue[place] = touched[place] = tellers[place]
        reached[tellers[place]] = fresh[tellers[place]] = _ALL
    state = stream(seed, batch)
    front = 0
    while waiting > 0:
        person = queue[front]
        front = front + 1 if front + 1 < people else 0
        waiting -= 1
        telling = fresh[person]
        often = 1.0 if first_hand[person] else onward
        fresh[person] = _NONE
        if not tossed[person] and not _few(telling):
            tossed[person] = True
            _toss(cascades, state, person, often, carries)
        for tie in range(offsets[person], offsets[person + 1]):
            other = ends[tie]
            heard = telling & ~reached[other]
            if tossed[person]:
                heard &= carries[tie]
            elif heard != _NONE:
                heard = coins(_own_state(state, keys[person], keys[other]), chances[tie] * often, heard)
            if heard == _NONE:
                continue
            if reached[other] == _NONE:
                touched[size] = other
                size += 1
            reached[other] |= heard
            if fresh[other] == _NONE:
                place = front + waiting
                queue[place if place < people else place - people] = other
                waiting += 1
            fresh[other] |= heard
    return _counted(touched[:size], reached, labels, groups)


@kernel
def _counted(
    touched: NDArray[np.int32], reached: NDArray[np.uint64], labels: NDArray[np.int32], groups: int
) -> NDArray[np.int64]:
    """For each bit, how many people of each group have it set: counters in binary, a word for a place of all bits."""
    places = np.zeros((groups + 1, _PLACES), dtype=np.uint64)
    for person in touched:
        carry, place = reached[person], 0
        while carry != _NONE:
            both = places[labels[person] + 1, place] & carry
            places[labels[person] + 1, place] ^= carry
            carry = both
            place += 1
    counts = np.zeros((_LANES, groups + 1), dtype=np.int64)
    for lane in range(_LANES):
        for group in range(groups + 1):
            for place in range(_PLACES):
                bit = (places[group, place] >> np.uint64(lane)) & np.uint64(1)
                counts[lane, group] += np.int64(bit) << place
    return counts


@kernel
def _led_to(cascades: Cascades, chance: float) -> NDArray[np.int64]:
    """How many people of no group and of each group any way of ties of at least a chance leads to, from who tells."""
    offsets, ends, chances, tellers, labels, groups, _, onward, _ = cascades
    met = np.zeros(len(offsets) - 1, dtype=np.bool_)
    queue = np.empty(len(offsets) - 1, dtype=np.int32)
    counts = np.zeros(groups + 1, dtype=np.int64)
    size = 0
    for teller in tellers:
        met[teller] = True
        queue[size] = teller
        size += 1
    done = 0
    while done < size:
        person = queue[done]
        often = 1.0 if done < len(tellers) else onward
        counts[labels[person] + 1] += 1
        for tie in range(offsets[person], offsets[person + 1]):
            other = ends[tie]
            if chances[tie] * often >= chance and not met[other]:
                met[other] = True
                queue[size] = other
                size += 1
        done += 1
    return counts
