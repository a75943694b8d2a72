"""Whom something would have come from: random reverse reachable sets.

A set holds everybody from whom it would reach one person drawn at random, in one throw of all the coins of the
independent cascade: whoever told it first-hand, or, where that is asked, whoever passed it on. The share of the sets
that hold any of some tellers, times the people who can be drawn, estimates their expected reach: one collection of sets
serves every choice of tellers (Borgs, Brautbar, Chayes and Lucier, 2014, "Maximizing social influence in nearly optimal
time").

A tie has one coin. What carries when it is passed on therefore carries when it is told first-hand as well, so that the
first step alone of a way from a teller is told, the others being passed on.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from service.measures.completion import TieNetwork
from service.measures.draws import STEP, drawn, stream
from service.measures.kernel import kernel
from service.measures.reach import CONFIDENCE, Estimate


class Sources(NamedTuple):
    """What is the same for every set: the ties to each person, who can be drawn, and the seed.

    A set that meets somebody of `closed` is of no use to anybody else: those tell first-hand already. `telling` says
    whether sets hold who would tell first-hand; else they hold who would pass it on.
    """

    offsets: NDArray[np.int64]
    ends: NDArray[np.int32]
    chances: NDArray[np.float64]
    targets: NDArray[np.int32]
    closed: NDArray[np.bool_]
    seed: int
    onward: float
    telling: bool


class Groups(NamedTuple):
    """Which of so many groups each person is in, from 0; -1 for none."""

    labels: NDArray[np.int32]
    size: int


class Sets(NamedTuple):
    """Sets in a row: those of set i are `members[offsets[i]:offsets[i + 1]]`; none for a set that met the closed."""

    offsets: NDArray[np.int64]
    members: NDArray[np.int32]


def sources_of(
    network: TieNetwork,
    targets: NDArray[np.int32] | None,
    closed: Collection[int],
    *,
    seed: int,
    telling: bool = True,
) -> Sources:
    """The ties turned round; `targets` are the people who count, everybody where none are given.

    ValueError for people out of range.
    """
    people = len(network.forward.offsets) - 1
    counted = np.arange(people, dtype=np.int32) if targets is None else np.unique(targets).astype(np.int32)
    closing = np.zeros(people, dtype=np.bool_)
    named = np.array([*closed, *counted[:1], *counted[-1:]], dtype=np.int64)
    if len(named) and (named.min() < 0 or named.max() >= people):
        message = f"people go from {named.min()} to {named.max()}, where 0 to {people - 1} exist"
        raise ValueError(message)
    closing[list(closed)] = True
    forward = network.forward
    ends, chances = _turned(forward.offsets, forward.ends, network.probabilities, network.backward.offsets)
    return Sources(network.backward.offsets, ends, chances, counted, closing, seed, network.onward, telling)


def joined(parts: Sequence[Sets]) -> Sets:
    """Collections one after the other."""
    if len(parts) == 1:
        return parts[0]
    sizes = np.concatenate([np.diff(part.offsets) for part in parts] or [np.empty(0, dtype=np.int64)])
    members = np.concatenate([part.members for part in parts] or [np.empty(0, dtype=np.int32)])
    return Sets(np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes)]), members)


def share_estimate(hits: float, sets: int, people: int) -> Estimate:
    """The expected number of people that a share of the sets stands for, with the interval of Wilson (1927)."""
    share = hits / sets
    z = float(norm.ppf((1 + CONFIDENCE) / 2))
    centre = (share + z * z / (2 * sets)) / (1 + z * z / sets)
    margin = z * np.sqrt(share * (1 - share) / sets + z * z / (4 * sets * sets)) / (1 + z * z / sets)
    return Estimate(
        mean=people * share,
        standard_error=people * float(np.sqrt(share * (1 - share) / sets)),
        low=people * float(max(0.0, min(share, centre - margin))),
        high=people * float(min(1.0, max(share, centre + margin))),
    )


@kernel
def _turned(
    offsets: NDArray[np.int64], ends: NDArray[np.int32], chances: NDArray[np.float64], turned: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    place = turned.copy()
    tellers = np.empty_like(ends)
    turned_chances = np.empty_like(chances)
    for person in range(len(offsets) - 1):
        for tie in range(offsets[person], offsets[person + 1]):
            where = place[ends[tie]]
            tellers[where] = person
            turned_chances[where] = chances[tie]
            place[ends[tie]] = where + 1
    return tellers, turned_chances


class Scratch(NamedTuple):
    """Room for one set at a time: when each person was met, and last passed it on; who is in it; who passes it on."""

    met: NDArray[np.int64]
    passed: NDArray[np.int64]
    found: NDArray[np.int32]
    passing: NDArray[np.int32]


@kernel
def scratch(people: int) -> Scratch:
    """Room for sets of so many people, whose numbers may not be negative."""
    nobody = np.int64(-1)
    return Scratch(
        np.full(people, nobody),
        np.full(people, nobody),
        np.empty(people, dtype=np.int32),
        np.empty(people, dtype=np.int32),
    )


@kernel
def walk(sources: Sources, number: int, room: Scratch) -> tuple[int, int, int]:
    """One set into `room.found`: the person drawn, how many are in it (0 if it met the closed), the ties looked at."""
    met, passed, found, passing = room
    state = stream(sources.seed, number)
    root = sources.targets[int(drawn(state) * len(sources.targets))]
    if sources.closed[root]:
        return root, 0, 0
    found[0] = passing[0] = root
    met[root] = passed[root] = number
    done, size, waiting, steps = 0, 1, 1, 0
    while done < waiting:
        person = passing[done]
        done += 1
        for tie in range(sources.offsets[person], sources.offsets[person + 1]):
            state += STEP
            steps += 1
            teller = sources.ends[tie]
            coin, chance = drawn(state), sources.chances[tie]
            if coin >= chance or passed[teller] == number:
                continue
            if sources.closed[teller]:
                return root, 0, steps
            passes = coin < chance * sources.onward
            if met[teller] != number and (passes or sources.telling):
                met[teller] = number
                found[size] = teller
                size += 1
            if passes:
                passed[teller] = number
                passing[waiting] = teller
                waiting += 1
    return root, size, steps


@kernel
def draw(sources: Sources, first: int, last: int) -> Sets:
    """Some of the sets."""
    room = scratch(len(sources.closed))
    offsets = np.zeros(last - first + 1, dtype=np.int64)
    members = np.empty(4 * (last - first), dtype=np.int32)
    for number in range(first, last):
        _, size, _ = walk(sources, number, room)
        begin = offsets[number - first]
        if begin + size > len(members):
            wider = np.empty(2 * (begin + size), dtype=np.int32)
            wider[:begin] = members[:begin]
            members = wider
        members[begin : begin + size] = room.found[:size]
        offsets[number - first + 1] = begin + size
    return Sets(offsets, members[: offsets[-1]].copy())
