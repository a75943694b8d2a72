"""The most probable paths along which something told could travel.

A path's probability is the product of its steps' probabilities: the chance that it carries the thing to its end, as in
the independent cascade of Kempe, Kleinberg and Tardos (2003) along that path alone. Its first step is told first-hand,
the others are passed on. The k best simple paths within a
limit of hops are found by best-first search (Hart, Nilsson and Raphael, 1968) under a bound for what is left of the
way. The bound first ignores which people a path has already met; if that leads astray too long, the search starts
again with the bound worked out anew at each step, after which each step is on one of the k best paths (as Yen, 1971).

Paths through certain people are searched in the same way: a partial path knows which of them it has met, and the bound
is the least cost of a way that meets the others.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.measures.completion import (
    BLOCKED,
    PLAIN,
    SOURCE,
    TARGET,
    UNREACHABLE,
    Completion,
    Direction,
    Parts,
    TieNetwork,
    completion_costs,
)
from service.measures.kernel import is_compiled, kernel
from service.model.errors import Invalid

MOST_PATHS: Final = 1_000
MOST_HOPS: Final = 32
MOST_THROUGH: Final = 3
"""People that every path may be asked to pass: each one more doubles the work."""
MOST_STEPS: Final = 200_000_000
"""Ties looked at before a search gives up: about a second."""
QUICK_STEPS: Final = 100_000
"""Ties looked at in some six milliseconds, and ten times as many for the bound of what is left of the way."""

_PATIENCE: Final = 1_000
"""Partial paths followed, beyond 100 for each path wanted, before the bound is worked out anew at each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """One way from a source to a target: the people in order, the numbers and chances of the ties between them."""

    people: tuple[int, ...]
    ties: tuple[int, ...]
    chances: tuple[float, ...]
    probability: float
    """The product of the chances."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PathSearch:
    """The paths found, the most probable first.

    Where the search gave up (`complete` is false) they are still the best there are, in order, but some are missing.
    `steps` is the number of ties that were looked at.
    """

    paths: tuple[Path, ...]
    complete: bool
    steps: int


class _Question(NamedTuple):
    source: int
    targets: NDArray[np.int32]
    wanted: int
    hops: int
    most_steps: int
    exact: bool


class _Partial(NamedTuple):
    """Paths begun, in rows: the people so far, and four numbers.

    The numbers are how many ties that is, what they cost, the least that the whole path can cost, and the marks of
    those who had to be met and were. `heap` holds the rows that wait, `size` how many rows there are and how many of
    them wait.
    """

    people: NDArray[np.int64]
    numbers: NDArray[np.int64]
    heap: NDArray[np.int64]
    size: NDArray[np.int64]


class _Answer(NamedTuple):
    people: NDArray[np.int64]
    ties: NDArray[np.int64]
    found: int
    steps: int
    outcome: int


_TIES: Final = 0
_SPENT: Final = 1
_TOTAL: Final = 2
_MET: Final = 3

_ROWS: Final = 0
_WAITING: Final = 1

_COMPLETE: Final = 0
_IMPATIENT: Final = 1
_GAVE_UP: Final = 2


def most_probable_paths(
    network: TieNetwork,
    source: int,
    targets: Collection[int],
    *,
    k: int = 5,
    max_hops: int = 6,
    avoid: Collection[int] = (),
    through: Collection[int] = (),
    most_steps: int = MOST_STEPS,
) -> PathSearch:
    """The k most probable simple paths of at most `max_hops` ties from a person to any of the targets.

    A path ends at the first target that it meets, so that no target stands in its middle and a path to a community
    ends at the first member reached. The source has already what it tells: among the targets it is left out, and so
    are those to avoid. A path meets all of `through`, in any order; its ends count as met.

    Order: the higher probability (equal if they differ by less than about one part in 10^12), then fewer ties, then
    the lower numbers of the people, from the source on. No path, nobody to reach, a source to be avoided: no paths,
    complete. Invalid for a k or max_hops out of range and for more than MOST_THROUGH people to pass, ValueError for a
    person out of range.
    """
    if not 1 <= k <= MOST_PATHS:
        raise Invalid(f"{k} paths", right=f"from 1 to {MOST_PATHS}", field="k")
    if not 1 <= max_hops <= MOST_HOPS:
        raise Invalid(f"{max_hops} hops", right=f"from 1 to {MOST_HOPS}", field="maxHops")
    passed = sorted(set(through))
    if len(passed) > MOST_THROUGH:
        raise Invalid(f"{len(passed)} people to pass", right=f"at most {MOST_THROUGH}", field="through")
    people = len(network.forward.offsets) - 1
    parts = Parts(np.full(people, PLAIN, np.uint8), np.zeros(people, np.uint8), 2 ** len(passed) - 1)
    roles = parts.roles
    roles[_checked(targets, people)] = TARGET
    roles[_checked([source], people)] = SOURCE
    roles[_checked(avoid, people)] = BLOCKED
    parts.marks[_checked(passed, people)] = 2 ** np.arange(len(passed))
    remaining = np.flatnonzero(roles == TARGET).astype(np.int32)
    if len(remaining) == 0 or roles[source] == BLOCKED:
        return PathSearch(paths=(), complete=True, steps=0)
    question = _Question(source, remaining, k, max_hops, most_steps, exact=False)
    answer = _best_first(network, parts, question)
    steps = answer.steps
    if answer.outcome == _IMPATIENT:
        answer = _best_first(network, parts, question._replace(most_steps=most_steps - steps, exact=True))
        steps += answer.steps
    paths = (_path(network, answer.people[row, : answer.ties[row] + 1]) for row in range(answer.found))
    return PathSearch(paths=tuple(paths), complete=answer.outcome == _COMPLETE, steps=steps)


def is_quick(network: TieNetwork, *, max_hops: int, through: int) -> bool:
    """Whether a search past so many people that gives up after `QUICK_STEPS` takes some milliseconds at most.

    The bound for what is left of the way is worked out whole, whatever it takes; and the first search of a process
    waits for the machine code.
    """
    return is_compiled(_best_first) and len(network.probabilities) * max_hops * 2**through <= 10 * QUICK_STEPS


def step_probabilities(network: TieNetwork, ties: Sequence[int]) -> NDArray[np.float64]:
    """How likely each step of a path carries something: the first is told first-hand, the others are passed on."""
    probabilities = network.probabilities[list(ties)]
    probabilities[1:] *= network.onward
    return probabilities


def _checked(people: Collection[int], count: int) -> NDArray[np.int64]:
    numbers = np.fromiter(people, dtype=np.int64, count=len(people))
    if len(numbers) and not 0 <= numbers.min() <= numbers.max() < count:
        message = f"people {numbers.min()} to {numbers.max()}, where 0 to {count - 1} exist"
        raise ValueError(message)
    return numbers


def _path(network: TieNetwork, people: NDArray[np.int64]) -> Path:
    ties = []
    for teller, listener in pairwise(people):
        start, end = network.forward.offsets[teller : teller + 2]
        ties.append(int(start + np.searchsorted(network.forward.ends[start:end], listener)))
    chances = step_probabilities(network, ties)
    return Path(
        people=tuple(people.tolist()),
        ties=tuple(ties),
        chances=tuple(chances.tolist()),
        probability=float(np.prod(chances)),
    )


@kernel
def _best_first(network: TieNetwork, parts: Parts, question: _Question) -> _Answer:
    """Take up the most promising partial path again and again; one that ends at a target is the next best path.

    Of equally promising ones the first in lexicographic order goes first, and each of its beginnings before it: that
    makes the order of the answer total.
    """
    completion = completion_costs(network, parts, question.source, question.targets, question.hops)
    partial = _begun(question, completion, parts.marks[question.source])
    people = np.empty((question.wanted, question.hops + 1), dtype=np.int64)
    ties = np.empty(question.wanted, dtype=np.int64)
    found = taken = 0
    steps = completion.steps
    outcome = _COMPLETE
    while partial.size[_WAITING] > 0 and found < question.wanted:
        if steps > question.most_steps:
            outcome = _GAVE_UP
            break
        if not question.exact and taken > _PATIENCE + 100 * question.wanted:
            outcome = _IMPATIENT
            break
        row = _take(partial)
        taken += 1
        person = partial.people[row, partial.numbers[row, _TIES]]
        if parts.roles[person] == TARGET:
            _copy_row(partial.people, row, people, found)
            ties[found] = partial.numbers[row, _TIES]
            found += 1
            continue
        if question.exact:
            completion = _completion_beyond(network, parts, partial, row, question)
            steps += completion.steps
        partial = _extended(network.forward, parts.marks, partial, row, completion)
        steps += network.forward.offsets[person + 1] - network.forward.offsets[person]
    return _Answer(people, ties, found, steps, outcome)


@kernel
def _begun(question: _Question, completion: Completion, met: int) -> _Partial:
    """Only the path that has not left the source, if it leads anywhere."""
    partial = _Partial(
        np.empty((256, question.hops + 1), dtype=np.int64),
        np.zeros((256, 4), dtype=np.int64),
        np.zeros(256, dtype=np.int64),
        np.zeros(2, dtype=np.int64),
    )
    partial.people[0, 0] = question.source
    partial.numbers[0, _MET] = met
    partial.numbers[0, _TOTAL] = completion.table[completion.slots[question.source], question.hops, met]
    if partial.numbers[0, _TOTAL] < UNREACHABLE:
        _add(partial)
    return partial


@kernel
def _extended(
    direction: Direction, marks: NDArray[np.uint8], partial: _Partial, row: int, completion: Completion
) -> _Partial:
    """Add each path that has one tie more than that of `row` and can still reach a target."""
    ties = partial.numbers[row, _TIES]
    person = partial.people[row, ties]
    left = partial.people.shape[1] - 2 - ties
    for tie in range(direction.offsets[person], direction.offsets[person + 1]):
        other = direction.ends[tie]
        if completion.slots[other] < 0 or direction.costs[tie] == UNREACHABLE or _met(partial, row, other):
            continue
        met = partial.numbers[row, _MET] | marks[other]
        rest = completion.table[completion.slots[other], left, met]
        if rest == UNREACHABLE:
            continue
        new = partial.size[_ROWS]
        if new == len(partial.heap):
            partial = _doubled(partial)
        _copy_row(partial.people, row, partial.people, new)
        partial.people[new, ties + 1] = other
        partial.numbers[new, _TIES] = ties + 1
        partial.numbers[new, _SPENT] = partial.numbers[row, _SPENT] + direction.costs[tie]
        partial.numbers[new, _TOTAL] = partial.numbers[new, _SPENT] + rest
        partial.numbers[new, _MET] = met
        _add(partial)
    return partial


@kernel
def _completion_beyond(
    network: TieNetwork, parts: Parts, partial: _Partial, row: int, question: _Question
) -> Completion:
    """What is left of the way from a path's last person on, if nobody on the path may be met again."""
    ties = partial.numbers[row, _TIES]
    for position in range(ties):
        parts.roles[partial.people[row, position]] = BLOCKED
    person = partial.people[row, ties]
    parts.roles[person] = SOURCE
    completion = completion_costs(network, parts, person, question.targets, question.hops - ties)
    for position in range(ties + 1):
        parts.roles[partial.people[row, position]] = PLAIN
    return completion


@kernel
def _met(partial: _Partial, row: int, person: int) -> bool:
    """Whether a path has already met a person."""
    for position in range(partial.numbers[row, _TIES] + 1):  # noqa: SIM110 - numba compiles no any() of a generator
        if partial.people[row, position] == person:
            return True
    return False


@kernel
def _copy_row(origin: NDArray[np.int64], row: int, copy: NDArray[np.int64], place: int) -> None:
    for position in range(origin.shape[1]):
        copy[place, position] = origin[row, position]


@kernel
def _doubled(partial: _Partial) -> _Partial:
    """The same partial paths with room for as many again."""
    rows, width = partial.people.shape
    double = _Partial(
        np.empty((2 * rows, width), dtype=np.int64),
        np.empty((2 * rows, 4), dtype=np.int64),
        np.empty(2 * rows, dtype=np.int64),
        partial.size,
    )
    for row in range(rows):
        _copy_row(partial.people, row, double.people, row)
        for column in range(4):
            double.numbers[row, column] = partial.numbers[row, column]
        double.heap[row] = partial.heap[row]
    return double


@kernel
def _before(partial: _Partial, one: int, other: int) -> bool:
    """Whether one partial path goes before another: by least cost, then person by person, then the shorter."""
    if partial.numbers[one, _TOTAL] != partial.numbers[other, _TOTAL]:
        return bool(partial.numbers[one, _TOTAL] < partial.numbers[other, _TOTAL])
    for position in range(min(partial.numbers[one, _TIES], partial.numbers[other, _TIES]) + 1):
        if partial.people[one, position] != partial.people[other, position]:
            return bool(partial.people[one, position] < partial.people[other, position])
    return bool(partial.numbers[one, _TIES] < partial.numbers[other, _TIES])


@kernel
def _add(partial: _Partial) -> None:
    """Count the row that was written last, and put it into the heap of those waiting."""
    row, position = partial.size[_ROWS], partial.size[_WAITING]
    heap = partial.heap
    while position > 0 and _before(partial, row, heap[(position - 1) // 2]):
        heap[position] = heap[(position - 1) // 2]
        position = (position - 1) // 2
    heap[position] = row
    partial.size[_ROWS] += 1
    partial.size[_WAITING] += 1


@kernel
def _take(partial: _Partial) -> int:
    """Take the row that goes first out of the heap of those waiting."""
    partial.size[_WAITING] -= 1
    waiting = partial.size[_WAITING]
    heap = partial.heap
    first = heap[0]
    last = heap[waiting]
    position = 0
    while 2 * position + 1 < waiting:
        child = 2 * position + 1
        if child + 1 < waiting and _before(partial, heap[child + 1], heap[child]):
            child += 1
        if not _before(partial, heap[child], last):
            break
        heap[position] = heap[child]
        position = child
    heap[position] = last
    return int(first)
