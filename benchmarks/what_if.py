"""A what-if on 20,000 people and 100,000 ties, against the ties built anew: `python benchmarks/what_if.py`.

Each change is laid over the ties and asked all that `whatIf` asks: a path, the reach of five people in a thousand runs,
who is cut off, and how many pairs no way leads between. Then the ties are built anew from scratch with the change
applied, and have to give the same.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.paths import network
from benchmarks.reporting import Table
from service.measures.completion import TieNetwork, tie_network
from service.measures.paths import most_probable_paths
from service.measures.reach import reach
from service.measures.ties import prior_probabilities
from service.measures.what_if import (
    Changed,
    NewTies,
    changed,
    cut_off,
    disconnection,
    each_to_each,
    everyone_to_everyone,
    paired_difference,
)

AIM = "<= 1 s"
Change = tuple[list[int], NewTies | None]


def changes(graph: TieNetwork) -> dict[str, Change]:
    """The one heard by most leaves; two people meet; two communities of a hundred join."""
    most = int(np.diff(graph.forward.offsets).argmax())
    people = len(graph.forward.offsets) - 1
    return {
        "the most heard leaves": ([most], None),
        "a hundred leave": (list(range(0, people, people // 100))[:100], None),
        "two people meet": ([], everyone_to_everyone([0, people // 2], 0.05)),
        "two communities join": ([], each_to_each(range(100), range(people // 2, people // 2 + 100), 0.01)),
    }


def asked(before: TieNetwork, change: Change) -> Changed:
    """All that the question asks on both sides."""
    leaving, new = change
    after = changed(before, leaving=leaving, new=new)
    tellers = [one for one in range(1, 6) if one not in leaving]
    for side in (before, after.network):
        most_probable_paths(side, 7, {len(after.leaving) // 2 + 7}, k=1)
    counts = [reach(side, tellers).totals for side in (before, after.network)]
    paired_difference(counts[0], counts[1])
    cut_off(before, after)
    disconnection(before, after)
    return after


def rebuilt(before: TieNetwork, change: Change) -> TieNetwork:
    """The ties with the change applied, through a dictionary of pairs."""
    leaving, new = set(change[0]), change[1]
    people = len(before.forward.offsets) - 1
    tellers = np.repeat(np.arange(people), np.diff(before.forward.offsets)).tolist()
    rows = zip(tellers, before.forward.ends.tolist(), before.probabilities.tolist(), strict=True)
    ties = {(one, other): chance for one, other, chance in rows if one not in leaving and other not in leaving}
    if new is not None:
        columns = zip(new.tellers.tolist(), new.listeners.tolist(), new.probabilities.tolist(), strict=True)
        for one, other, chance in columns:
            ties[one, other] = max(ties.get((one, other), 0.0), chance)
    pairs = sorted(ties)
    return tie_network(
        np.searchsorted([one for one, _ in pairs], np.arange(people + 1)).astype(np.int64),
        np.array([other for _, other in pairs], dtype=np.int32),
        np.array([ties[pair] for pair in pairs]),
    )


def same(one: TieNetwork, other: TieNetwork) -> bool:
    """Whether both carry the same, and give the same paths and the same reach."""
    carried = one.probabilities > 0
    tellers = np.repeat(np.arange(len(one.forward.offsets) - 1), np.diff(one.forward.offsets))
    others = np.repeat(np.arange(len(other.forward.offsets) - 1), np.diff(other.forward.offsets))
    people = len(one.forward.offsets) - 1
    generator = np.random.default_rng(0)
    ends = generator.integers(people, size=(20, 2)).tolist()
    paths = [[most_probable_paths(side, a, {b}).paths for a, b in ends] for side in (one, other)]
    routes = [[[path.people for path in found] for found in each] for each in paths]
    return bool(
        np.array_equal(tellers[carried], others)
        and np.array_equal(one.forward.ends[carried], other.forward.ends)
        and np.array_equal(one.probabilities[carried], other.probabilities)
        and routes[0] == routes[1]
        and np.array_equal(reach(one, [1, 2]).totals, reach(other, [1, 2]).totals)
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=20_000)
    arguments.add_argument("--acts", type=int, default=75_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    ties = network(given.people, given.acts, given.seed)
    graph = tie_network(ties.offsets, ties.listeners, prior_probabilities(ties.weights))
    table = Table(f"{ties.people:,} people, {len(ties.listeners):,} ties")
    everything = changes(graph)
    asked(graph, everything["two people meet"])  # loads the machine code
    for name, change in everything.items():
        start = time.perf_counter()
        after = asked(graph, change)
        whole = time.perf_counter() - start
        start = time.perf_counter()
        changed(graph, leaving=change[0], new=change[1])
        laid = time.perf_counter() - start
        start = time.perf_counter()
        anew = rebuilt(graph, change)
        scratch = time.perf_counter() - start
        assert same(after.network, anew)
        table.row(name, f"{whole:.3f} s, of it the change {1_000 * laid:.2f} ms (anew {1_000 * scratch:.0f} ms)", AIM)
    table.show()


if __name__ == "__main__":
    main()
