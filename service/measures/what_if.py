"""The ties as they would be if people left, met or listened to each other's communities.

What changes is laid over the ties that there are: whoever leaves has their ties closed in a copy of one column, the
places of all ties being shared; ties that come in are put among the others. Nothing of the evidence is read or copied
again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.stats import t as student

from service.measures.completion import UNREACHABLE, Direction, TieNetwork, tie_network
from service.measures.kernel import kernel
from service.measures.progress import report

CONFIDENCE: Final = 0.95
MOST_SOURCES: Final = 200
"""People from whom it is counted whom they reach: all, where there are no more."""

_AT_ONCE: Final = 20
ASSUMED: Final = -1


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTies:
    """Ties that would come in; where there is one already, the more probable of both counts. Each pair stands once."""

    tellers: NDArray[np.int32]
    listeners: NDArray[np.int32]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """The ties after a change.

    `origin` is the number of each tie before the change, ASSUMED where it came in. `lost` of those that carried
    something are closed, `gained` came in, `strengthened` became more probable.
    """

    network: TieNetwork
    origin: NDArray[np.int64]
    leaving: NDArray[np.bool_]
    lost: int
    gained: int
    strengthened: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A mean, and between what it lies with 95 %."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Disconnection:
    """The share of ordered pairs of those who stay to whom no way leads, before, after, and the difference.

    Counted from `sources` people drawn at random, to everybody; exact where that is all of them.
    """

    before: Interval
    after: Interval
    difference: Interval
    sources: int
    pairs: int


def changed(network: TieNetwork, *, leaving: Collection[int] = (), new: NewTies | None = None) -> Changed:
    """The network without the ties of those who leave, and with the new ones; ties of one who leaves never come in.

    ValueError for people out of range, a probability outside 0 to 1 or a tie to oneself.
    """
    people = len(network.forward.offsets) - 1
    gone = np.zeros(people, dtype=np.bool_)
    gone[_checked(np.array(list(leaving), dtype=np.int64), people)] = True
    masked, lost = _closed(network, gone)
    if new is None or len(new.tellers) == 0:
        origin = np.arange(len(network.probabilities))
        return Changed(network=masked, origin=origin, leaving=gone, lost=lost, gained=0, strengthened=0)
    _checked(new.tellers, people)
    _checked(new.listeners, people)
    if (new.tellers == new.listeners).any():
        message = "a tie leads to somebody else"
        raise ValueError(message)
    staying = ~(gone[new.tellers] | gone[new.listeners]) & (new.probabilities > 0)
    keys = new.tellers[staying].astype(np.int64) * people + new.listeners[staying]
    return _with_new(masked, keys, new.probabilities[staying], _Losses(gone, lost))


@dataclass(frozen=True, slots=True)
class _Losses:
    leaving: NDArray[np.bool_]
    lost: int


def _closed(network: TieNetwork, gone: NDArray[np.bool_]) -> tuple[TieNetwork, int]:
    """The same ties with those of the leaving closed, and how many that are; the same network where nobody leaves."""
    if not gone.any():
        return network, 0
    forward, backward = network.forward, network.backward
    closing = _of(forward, gone)
    probabilities = network.probabilities.copy()
    probabilities[closing] = 0.0
    lost = int((network.probabilities[closing] > 0).sum())
    closed = TieNetwork(
        forward=_without(forward, closing),
        backward=_without(backward, _of(backward, gone)),
        probabilities=probabilities,
        onward=network.onward,
    )
    return closed, lost


def _of(direction: Direction, gone: NDArray[np.bool_]) -> NDArray[np.bool_]:
    mine = np.repeat(gone, np.diff(direction.offsets))
    return mine | gone[direction.ends]


def _without(direction: Direction, closing: NDArray[np.bool_]) -> Direction:
    return direction._replace(costs=np.where(closing, UNREACHABLE, direction.costs))


def _with_new(
    network: TieNetwork, keys: NDArray[np.int64], probabilities: NDArray[np.float64], losses: _Losses
) -> Changed:
    offsets, ends, chances = network.forward.offsets, network.forward.ends, network.probabilities
    people = len(offsets) - 1
    tellers = np.repeat(np.arange(people, dtype=np.int64), np.diff(offsets))
    order = np.argsort(keys, kind="stable")
    keys, probabilities = keys[order], probabilities[order]
    places = np.searchsorted(tellers * people + ends, keys)
    known = np.zeros(len(keys), dtype=np.bool_)
    inside = places < len(ends)
    known[inside] = tellers[places[inside]] * people + ends[places[inside]] == keys[inside]
    stronger = np.zeros(len(keys), dtype=np.bool_)
    stronger[known] = probabilities[known] > chances[places[known]]
    raised = chances.copy()
    raised[places[stronger]] = probabilities[stronger]
    fresh = ~known
    at = places[fresh]
    counts = np.bincount(keys[fresh] // people, minlength=people)
    return Changed(
        network=tie_network(
            offsets + np.concatenate(([0], np.cumsum(counts))),
            np.insert(ends, at, (keys[fresh] % people).astype(ends.dtype)),
            np.insert(raised, at, probabilities[fresh]),
            network.onward,
        ),
        origin=np.insert(np.arange(len(ends)), at, ASSUMED),
        leaving=losses.leaving,
        lost=losses.lost,
        gained=int(fresh.sum()),
        strengthened=int(stronger.sum()),
    )


def everyone_to_everyone(people: Collection[int], probability: float) -> NewTies:
    """Each of these people listens to each other."""
    return each_to_each(people, people, probability)


def each_to_each(one: Collection[int], other: Collection[int], probability: float) -> NewTies:
    """Each of one group listens to each of the other, and the other way round; who is in both, to themselves never."""
    first, second = np.array(sorted(set(one)), dtype=np.int32), np.array(sorted(set(other)), dtype=np.int32)
    tellers = np.concatenate((np.repeat(first, len(second)), np.repeat(second, len(first))))
    listeners = np.concatenate((np.tile(second, len(first)), np.tile(first, len(second))))
    pairs = np.unique(np.stack((tellers, listeners))[:, tellers != listeners], axis=1)
    return NewTies(tellers=pairs[0], listeners=pairs[1], probabilities=np.full(pairs.shape[1], probability))


def together(one: NewTies, other: NewTies) -> NewTies:
    """Both sets of ties; of a pair that is in both, the more probable."""
    tellers = np.concatenate((one.tellers, other.tellers))
    listeners = np.concatenate((one.listeners, other.listeners))
    probabilities = np.concatenate((one.probabilities, other.probabilities))
    order = np.lexsort((probabilities, listeners, tellers))
    tellers, listeners, probabilities = tellers[order], listeners[order], probabilities[order]
    last = np.ones(len(order), dtype=np.bool_)
    last[:-1] = (tellers[1:] != tellers[:-1]) | (listeners[1:] != listeners[:-1])
    return NewTies(tellers=tellers[last], listeners=listeners[last], probabilities=probabilities[last])


def mean_inside(network: TieNetwork, group: Collection[int]) -> float:
    """The mean chance, told first-hand, of all ordered pairs of a group's people, 0 for a pair without a tie."""
    inside = np.zeros(len(network.forward.offsets) - 1, dtype=np.bool_)
    inside[list(group)] = True
    size = int(inside.sum())
    if size <= 1:
        return 0.0
    both = np.repeat(inside, np.diff(network.forward.offsets)) & inside[network.forward.ends]
    return float(network.probabilities[both].sum() / (size * (size - 1)))


def from_any(network: TieNetwork, group: Collection[int]) -> TieNetwork:
    """The network with one person more, the last, from whom everybody of a group hears with certainty.

    From nobody else: what one of them is told, all have as well, and no way leads through two of them.
    """
    members = np.array(sorted(set(group)), dtype=network.forward.ends.dtype)
    offsets = network.forward.offsets
    others = np.where(np.isin(network.forward.ends, members), 0.0, network.probabilities)
    return tie_network(
        np.append(offsets, offsets[-1] + len(members)),
        np.concatenate((network.forward.ends, members)),
        np.concatenate((others, np.ones(len(members)))),
        network.onward,
    )


def cut_off(before: TieNetwork, after: Changed) -> NDArray[np.int64]:
    """Who stays, and is no longer among the largest group of people connected by ties, whichever way these lead."""
    was, now = _largest(before), _largest(after.network)
    return np.flatnonzero(was & ~now & ~after.leaving)


def _largest(network: TieNetwork) -> NDArray[np.bool_]:
    people = len(network.forward.offsets) - 1
    if people == 0:
        return np.zeros(0, dtype=np.bool_)
    carries = network.probabilities > 0
    offsets = np.concatenate(([0], np.cumsum(carries)))[network.forward.offsets]
    ends = network.forward.ends[carries]
    carried = csr_array((np.ones(len(ends)), ends, offsets), shape=(people, people))
    _, labels = connected_components(carried, directed=True, connection="weak")
    largest: NDArray[np.bool_] = labels == np.bincount(labels).argmax()
    return largest


def disconnection(
    before: TieNetwork, after: Changed, *, among: NDArray[np.bool_] | None = None, seed: int = 0
) -> Disconnection:
    """How many pairs of those who stay no way leads between, before and after; NaN where fewer than two stay.

    `among` says of each person whether they count; whoever does not has no ties.

    The interval is Student's over the sources, with the finite population's correction.
    """
    staying = np.flatnonzero(~after.leaving if among is None else among & ~after.leaving)
    # Drawn among all, and who leaves taken out: two changes of one network are seen from the same people.
    drawn = np.arange(len(after.leaving)) if among is None else np.flatnonzero(among)
    if len(drawn) > MOST_SOURCES:
        drawn = np.sort(np.random.default_rng(seed).choice(drawn, MOST_SOURCES, replace=False))
    drawn = drawn[~after.leaving[drawn]]
    others = max(len(staying) - 1, 1)
    counts = np.empty((2, len(drawn)), dtype=np.int64)
    for start in range(0, len(drawn), _AT_ONCE):
        chunk = drawn[start : start + _AT_ONCE]
        for side, network in enumerate((before, after.network)):
            counts[side, start : start + len(chunk)] = _reached_from(
                network.forward, network.probabilities, chunk, after.leaving
            )
        report((start + len(chunk)) / len(drawn))
    apart = 1.0 - counts / others
    left = 1.0 - len(drawn) / max(len(staying), 1)
    return Disconnection(
        before=_interval(apart[0], left),
        after=_interval(apart[1], left),
        difference=_interval(apart[1] - apart[0], left),
        sources=len(drawn),
        pairs=len(staying) * (len(staying) - 1),
    )


def paired_difference(before: NDArray[np.int64], after: NDArray[np.int64]) -> Interval:
    """The mean difference of runs that were made in pairs, with Student's interval of 95 %."""
    return _interval((after - before).astype(np.float64), 1.0)


def _interval(values: NDArray[np.float64], left: float) -> Interval:
    if len(values) == 0:
        return Interval(mean=float("nan"), low=float("nan"), high=float("nan"))
    mean = float(values.mean())
    if len(values) == 1:
        return Interval(mean=mean, low=mean, high=mean)
    error = float(values.std(ddof=1)) * np.sqrt(left / len(values))
    margin = float(student.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * error)
    return Interval(mean=mean, low=mean - margin, high=mean + margin)


def _checked(numbers: NDArray[np.int64] | NDArray[np.int32], people: int) -> NDArray[np.int64] | NDArray[np.int32]:
    if len(numbers) and not 0 <= numbers.min() <= numbers.max() < people:
        message = f"people {numbers.min()} to {numbers.max()}, where 0 to {people - 1} exist"
        raise ValueError(message)
    return numbers


@kernel
def _reached_from(
    direction: Direction, chances: NDArray[np.float64], sources: NDArray[np.int64], left_out: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """How many others a way leads to from each source, those left out not counted."""
    people = len(direction.offsets) - 1
    seen = np.full(people, -1, dtype=np.int64)
    queue = np.empty(people, dtype=np.int64)
    counts = np.zeros(len(sources), dtype=np.int64)
    for row in range(len(sources)):
        queue[0] = sources[row]
        seen[sources[row]] = row
        done, size = 0, 1
        while done < size:
            person = queue[done]
            done += 1
            for tie in range(direction.offsets[person], direction.offsets[person + 1]):
                other = direction.ends[tie]
                if seen[other] != row and chances[tie] > 0:
                    seen[other] = row
                    queue[size] = other
                    size += 1
                    counts[row] += not left_out[other]
    return counts
