"""What happened to something told: the shape of its cascade, and through whom each act of carrying it came about.

A cascade is a forest of acts. Each act knows the row of the act that it followed, its parent, or -1 if it is a root:
the telling itself or an act whose parent is not known here. Structural virality: Goel, Anderson, Hofman and Watts
(2016), "The structural virality of online diffusion".
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.measures.kernel import kernel
from service.measures.ties import Evidence

_Acts = tuple[list[float], list[int]]
"""The times of one person's acts in order, and their rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tree:
    """One tree of a cascade: its root's row, how many acts it has (the root among them) and how deep it goes.

    `structural_virality` is the mean distance, in links, between two of its acts: close to 2 where one told everybody,
    large where each told the next. None for a single act, where there is no distance.
    """

    root: int
    size: int
    depth: int
    structural_virality: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Cascade:
    """The shape of a cascade: its trees in the order of their roots' rows, each act's depth and each depth's acts."""

    trees: tuple[Tree, ...]
    depths: NDArray[np.int64]
    breadths: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many acts there are, roots among them."""
        return len(self.depths)

    @property
    def depth(self) -> int:
        """How many links the longest way from a root has; 0 if nobody carried it further."""
        return max(len(self.breadths) - 1, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Growth:
    """How a cascade grew: its size from each of `times` on (seconds since the epoch), and the acts without a time."""

    times: NDArray[np.float64]
    sizes: NDArray[np.int64]
    undated: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Parents:
    """The act that each act followed (-1 for the telling), and whether that was worked out rather than reported."""

    rows: NDArray[np.int64]
    inferred: NDArray[np.bool_]


def cascade(parents: NDArray[np.int64]) -> Cascade:
    """The shape of a cascade given each act's parent, in any order; no acts make no trees.

    ValueError where a parent is no act or acts follow each other in a circle.
    """
    if len(parents) and not -1 <= parents.min() <= parents.max() < len(parents):
        message = f"parents go from {parents.min()} to {parents.max()}, where -1 to {len(parents) - 1} exist"
        raise ValueError(message)
    if _closing(parents).any():
        message = "acts follow each other in a circle"
        raise ValueError(message)
    depths, roots, sizes = _descended(parents)
    # the sum of the distances of all pairs: each link lies between those below it and those who are not
    beyond = sizes * (sizes[roots] - sizes)
    distances = np.bincount(roots, weights=beyond, minlength=len(parents))
    deepest = np.zeros(len(parents), dtype=np.int64)
    np.maximum.at(deepest, roots, depths)
    trees = (
        Tree(
            root=int(root),
            size=int(sizes[root]),
            depth=int(deepest[root]),
            structural_virality=_mean_distance(float(distances[root]), int(sizes[root])),
        )
        for root in np.flatnonzero(parents < 0)
    )
    return Cascade(trees=tuple(trees), depths=depths, breadths=tuple(np.bincount(depths).tolist()))


def growth(times: NDArray[np.float64]) -> Growth:
    """How a cascade grew over the times of its acts (seconds since the epoch, NaN where unknown)."""
    moments, counts = np.unique(times[~np.isnan(times)], return_counts=True)
    return Growth(times=moments, sizes=np.cumsum(counts), undated=int(np.isnan(times).sum()))


def first_heard(evidence: Evidence, people: NDArray[np.int32]) -> dict[int, dict[int, float]]:
    """For each of these people, to which others of them they listened, and since when (seconds since the epoch).

    Evidence without a time is taken to have always been there (-infinity).
    """
    rows = np.flatnonzero(np.isin(evidence.listeners, people) & np.isin(evidence.tellers, people))
    since = np.nan_to_num(evidence.times[rows], nan=-np.inf)
    heard: dict[int, dict[int, float]] = defaultdict(dict)
    for row, moment in zip(rows.tolist(), since.tolist(), strict=True):
        listener, teller = int(evidence.listeners[row]), int(evidence.tellers[row])
        if listener != teller:
            heard[listener][teller] = min(moment, heard[listener].get(teller, np.inf))
    return dict(heard)


def inferred_parents(
    people: NDArray[np.int32],
    times: NDArray[np.float64],
    named: NDArray[np.int64],
    heard: Mapping[int, Mapping[int, float]],
) -> Parents:
    """Through which act each act came about, where it does not say so itself.

    Row 0 is the telling (person -1 if nobody knows whose), the others are acts by `people` at `times` (seconds since
    the epoch); `named` holds the reported parent or -1, and `heard[listener][teller]` since when one listened to the
    other. An act without a reported parent followed the latest earlier act by somebody to whom its person had already
    listened; if there is none, the telling. A report that names a later act, or closes a circle, is not believed. The
    rule is ours: it takes the latest exposure for the cause, as cascades are usually reconstructed where only the
    times are known (Goel et al., 2016). There has to be a row 0.
    """
    rows = np.array(named, dtype=np.int64)
    rows[0] = -1
    reported = rows >= 0
    reported[reported] = ~(times[rows[reported]] > times[reported])
    acts = _by_person(people, times)
    for row in (np.flatnonzero(~reported[1:]) + 1).tolist():
        rows[row] = _latest_heard(float(times[row]), acts, heard.get(int(people[row]), {}))
    circular = _closing(rows)
    rows[circular] = 0
    inferred = ~reported | circular
    inferred[0] = False
    return Parents(rows=rows, inferred=inferred)


def _by_person(people: NDArray[np.int32], times: NDArray[np.float64]) -> dict[int, _Acts]:
    """The times of each person's acts in order, and their rows; of one moment the first row last."""
    acts: dict[int, _Acts] = defaultdict(lambda: ([], []))
    for row in np.lexsort((-np.arange(len(times)), times)).tolist():
        if not np.isnan(times[row]):
            moments, rows = acts[int(people[row])]
            moments.append(float(times[row]))
            rows.append(row)
    return acts


def _latest_heard(moment: float, acts: Mapping[int, _Acts], heard: Mapping[int, float]) -> int:
    """The row of the latest act before a moment by somebody listened to before it, 0 (the telling) if there is none."""
    latest, found = -np.inf, 0
    for teller in heard.keys() & acts.keys():
        moments, rows = acts[teller]
        position = bisect_left(moments, moment) - 1
        if position >= 0 and heard[teller] < moment and (moments[position], -rows[position]) > (latest, -found):
            latest, found = moments[position], rows[position]
    return found


def _mean_distance(distances: float, size: int) -> float | None:
    return None if size == 1 else 2 * distances / (size * (size - 1))


@kernel
def _closing(parents: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which acts' links to their parents close a circle: one link of each circle."""
    walks = np.zeros(len(parents), dtype=np.int64)
    closing = np.zeros(len(parents), dtype=np.bool_)
    for row in range(len(parents)):
        last, current = -1, row
        while current >= 0 and walks[current] == 0:
            walks[current] = row + 1
            last, current = current, parents[current]
        if last >= 0 and current >= 0 and walks[current] == row + 1:
            closing[last] = True
    return closing


@kernel
def _descended(
    parents: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Each act's depth, the root that it descends from, and how many descend from it, itself among them."""
    count = len(parents)
    children = np.zeros(count, dtype=np.int64)
    for parent in parents:
        if parent >= 0:
            children[parent] += 1
    sizes = np.ones(count, dtype=np.int64)
    leaves_first = np.empty(count, dtype=np.int64)
    done = 0
    for row in range(count):
        current = row
        while current >= 0 and children[current] == 0:
            children[current] = -1
            leaves_first[done] = current
            done += 1
            parent = parents[current]
            if parent >= 0:
                sizes[parent] += sizes[current]
                children[parent] -= 1
            current = parent
    depths = np.zeros(count, dtype=np.int64)
    roots = np.arange(count)
    for row in leaves_first[::-1]:
        if parents[row] >= 0:
            depths[row] = depths[parents[row]] + 1
            roots[row] = roots[parents[row]]
    return depths, roots, sizes
