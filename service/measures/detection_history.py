"""Communities that were found at several moments, matched, so that each keeps its identity from one to the next.

Step by step, as Greene, Doyle and Cunningham (2010, "Tracking the evolution of communities in dynamic social networks")
match them: by the people two communities share as a share of those in either (Jaccard, 1901), from ALIKE on. Who
continues whom is one to one; the rest is told by where most of the people came from or went.

An identity is handed on from each community to the one that continues it, so it follows from the partitions up to its
moment alone: neither those after it nor where one begins to look change it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from service.measures.ties import Evidence

ALIKE: Final = 0.3
"""From which Jaccard index on one community may continue another: an assumption, as Greene et al. make it."""
MOST: Final = 0.5
"""Which share of a community's people makes it one that merged into another, or split from it: an assumption."""

NONE: Final = -1

Identity = TypeVar("Identity")


@dataclass(frozen=True, kw_only=True, slots=True)
class Matching:
    """Two partitions matched; NONE where there is no such community.

    For each later community: `continues`, the earlier one that it is; `alike`, their Jaccard index (0 where it
    continues none); `split_from`, that of the earlier ones which at least MOST of its people were in, where it
    continues none. For each earlier community: `merged_into`, the later one which at least MOST of its people are
    in, where none continues it; it has died where there is none.
    """

    continues: NDArray[np.int32]
    alike: NDArray[np.float64]
    split_from: NDArray[np.int32]
    merged_into: NDArray[np.int32]

    @property
    def died(self) -> NDArray[np.int32]:
        """The earlier communities that are in no later one."""
        gone = self.merged_into == NONE
        gone[self.continues[self.continues >= 0]] = False
        return np.flatnonzero(gone).astype(np.int32)


def match(before: NDArray[np.int32], after: NDArray[np.int32], *, alike: float = ALIKE) -> Matching:
    """Match the communities of two moments, given each person's in both (negative for none).

    The pairs most alike go first, of equals those of the lowest numbers, and each community is in one pair at most.
    """
    earlier, later = _sizes(before), _sizes(after)
    shared_by, shared = _shared(before, after)
    ones, others = shared_by.T
    index = shared / (earlier[ones] + later[others] - shared)
    continues = np.full(len(later), NONE, dtype=np.int32)
    likeness = np.zeros(len(later))
    continued = np.zeros(len(earlier), dtype=np.bool_)
    for pair in np.lexsort((others, ones, -index)):
        one, other = ones[pair], others[pair]
        if index[pair] >= alike and continues[other] == NONE and not continued[one]:
            continues[other], likeness[other], continued[one] = one, index[pair], True
    return Matching(
        continues=continues,
        alike=likeness,
        split_from=np.where(continues == NONE, _home(others, ones, shared, later), NONE).astype(np.int32),
        merged_into=np.where(continued, NONE, _home(ones, others, shared, earlier)).astype(np.int32),
    )


def handed_on(
    before: Sequence[Identity], continues: NDArray[np.int32], born: Sequence[Identity]
) -> tuple[Identity, ...]:
    """The identity of each later community: that of the earlier one which it continues, or the one it is born with."""
    return tuple(own if one == NONE else before[one] for one, own in zip(continues.tolist(), born, strict=True))


def founders(labels: NDArray[np.int32], marks: NDArray[np.uint64]) -> NDArray[np.int64]:
    """For each community the one of its people with the least mark: whom it is told apart by where it is born.

    Of two groups the least is the same with the chance of their Jaccard index, where marks are as good as random
    (Broder, 1997, "On the resemblance and containment of documents"): a community that is found again with a few
    others in it mostly keeps its founder, and two communities never share one.
    """
    people = np.flatnonzero(labels >= 0)
    ordered = people[np.lexsort((marks[people], labels[people]))]
    _, first = np.unique(labels[ordered], return_index=True)
    return ordered[first].astype(np.int64)


def _sizes(labels: NDArray[np.int32]) -> NDArray[np.int64]:
    return np.bincount(labels[labels >= 0]).astype(np.int64)


def _shared(before: NDArray[np.int32], after: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """The pairs of an earlier and a later community with people in common, and how many."""
    both = (before >= 0) & (after >= 0)
    pairs, counts = np.unique(np.stack([before[both], after[both]], axis=1), axis=0, return_counts=True)
    return pairs.reshape(-1, 2), counts


def _home(
    of: NDArray[np.int32], within: NDArray[np.int32], shared: NDArray[np.int64], sizes: NDArray[np.int64]
) -> NDArray[np.int32]:
    """For each community the one that most of its people are in: at least MOST of them; of equals the lowest."""
    home = np.full(len(sizes), NONE, dtype=np.int32)
    for pair in np.lexsort((-within, shared)):
        if shared[pair] >= MOST * sizes[of[pair]]:
            home[of[pair]] = within[pair]
    return home


def fingerprints(evidence: Evidence, marks: NDArray[np.uint64], moments: Sequence[float]) -> list[str]:
    """For each moment a word for all the evidence up to it (seconds since the epoch), the same for the same evidence.

    `marks` stand for the people, so that their numbers do not matter, nor does the order of the rows: the sum of each
    row's bits, well mixed (the finaliser of Steele, Lea and Flood's SplitMix, 2014). It tells accidents apart, no more.
    """
    mixed = _mixed(marks[evidence.listeners])
    for column in (marks[evidence.tellers], evidence.kinds.astype(np.uint64), evidence.times.view(np.uint64)):
        mixed = _mixed(mixed ^ column)
    times = np.nan_to_num(evidence.times, nan=-np.inf)
    order = np.argsort(times, kind="stable")
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(mixed[order], dtype=np.uint64)))
    counts = np.searchsorted(times[order], np.asarray(moments, dtype=np.float64), side="right")
    return [f"{int(count)}:{int(sums[count]):016x}" for count in counts]


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
