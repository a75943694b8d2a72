"""How far something would travel and whom to tell, beside cynetdiff: `python benchmarks/reach.py`.

cynetdiff (MIT), which is among what the tests need, simulates one run after the other. Whom to tell it leaves to its
user: it has the marginal gain of one more person (`compute_marginal_gains`), and the lazy greedy choice by such gains
(CELF: Leskovec and others, 2007) is written around it here. Of each person it takes a number of runs that is given; how
near to the best the choice comes, it does not say.
"""

import argparse
import array
import heapq
import sys
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any, TypeVar

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.paths import network
from benchmarks.reporting import Table
from service.measures.completion import TieNetwork, tie_network
from service.measures.connections import best_connections
from service.measures.influence import most_influential
from service.measures.reach import reach
from service.measures.ties import BASE_PROBABILITY, prior_probabilities

try:
    from cynetdiff.models import IndependentCascadeModel
except ImportError:
    IndependentCascadeModel = None  # where it has no wheels; the table says so

T = TypeVar("T")

RUNS = 1_000
PICKS = 10
TELLERS = 20
PEER_RUNS = 200
FEW_PEOPLE = 5_000
FEW_RUNS = 50
"""The peer's runs where each reaches more than a few people; its time is then that of as many as ours."""
REPEATS = 3


def timed(work: Callable[[], T], repeats: int = REPEATS) -> tuple[T, float, float]:
    """What it gives, the least seconds that it takes, and the least seconds of processors, of all threads together."""
    taken, used = list[float](), list[float]()
    found = list[T]()
    for _ in range(repeats):
        start, spent = time.perf_counter(), time.process_time()
        found.append(work())
        taken.append(time.perf_counter() - start)
        used.append(time.process_time() - spent)
    return found[-1], min(taken), min(used)


def peers_model(ties: TieNetwork) -> Any:
    """The same ties in cynetdiff, their chances in single precision."""
    return IndependentCascadeModel(
        array.array("I", ties.forward.offsets[:-1].tolist()),
        array.array("I", ties.forward.ends.tolist()),
        activation_probs=array.array("f", ties.probabilities.tolist()),
    )


def peers_reach(model: Any, tellers: list[int], runs: int) -> list[int]:
    """The people reached in each of its runs."""
    model.set_seeds(tellers)
    reached = []
    for _ in range(runs):
        model.reset_model()
        model.advance_until_completion()
        reached.append(model.get_num_activated_nodes())
    return reached


def peers_choice(model: Any, candidates: Iterable[int]) -> list[int]:
    """Lazy greedy choice by its marginal gains."""
    chosen: list[int] = []

    def loss(one: int) -> float:
        return -float(model.compute_marginal_gains(chosen, [one], PEER_RUNS)[1])

    waiting = [(loss(one), one, 0) for one in candidates]
    heapq.heapify(waiting)
    while len(chosen) < PICKS:
        _, one, since = heapq.heappop(waiting)
        if since == len(chosen):
            chosen.append(one)
        else:
            heapq.heappush(waiting, (loss(one), one, len(chosen)))
    return chosen


def compared(table: Table, words: str, ties: TieNetwork, most_heard: list[int]) -> None:
    """Reach of one and of twenty, whom to tell, and next connections, in one network."""
    model = peers_model(ties) if IndependentCascadeModel else None
    for tellers in (most_heard[:1], most_heard[:TELLERS]):
        found, seconds, used = timed(partial(reach, ties, tellers, runs=RUNS))
        reached = found.everybody.reached
        line = (
            f"{seconds:.3f} s ({used:.3f} of processors) for {reached.mean:,.1f} ± {reached.standard_error:.1f} people"
        )
        if model:
            runs = RUNS if reached.mean < FEW_PEOPLE else FEW_RUNS
            theirs, _, spent = timed(partial(peers_reach, model, tellers, runs), 1)
            spent *= RUNS / runs
            apart = abs(mean(theirs) - reached.mean) / (np.std(theirs) / np.sqrt(runs) + 1e-9)
            line += f"; cynetdiff {spent:.3f} s on one, {spent / used:.1f} times, {apart:.1f} errors apart"
        table.row(f"{words}: reach of {len(tellers)}, {RUNS:,} runs", line, "4 s at most")
    chosen, seconds, used = timed(partial(most_influential, ties, PICKS), 1)
    table.row(
        f"{words}: {PICKS} amplifiers",
        f"{seconds:.1f} s ({used:.1f} of processors) for {chosen.reached.mean:,.1f} ± "
        f"{chosen.reached.standard_error:.1f} people with {chosen.sets:,} sets; {chosen.at_least:.2f} of the best",
        "10 s at most",
    )
    heard = reach(ties, most_heard[:PICKS], runs=RUNS).everybody.reached.mean
    table.row(f"{words}: the {PICKS} most heard", f"{heard:,.0f} people", "")
    if model and heard < FEW_PEOPLE:
        theirs, _, spent = timed(partial(peers_choice, model, range(len(ties.forward.offsets) - 1)), 1)
        reached = reach(ties, theirs, runs=RUNS).everybody.reached
        table.row(
            f"{words}: CELF on cynetdiff, {PEER_RUNS} runs each",
            f"{spent:.1f} s on one for {reached.mean:,.1f} ± {reached.standard_error:.1f} people, "
            f"{spent / used:.1f} times",
            "",
        )
    someone = int(np.argsort(np.diff(ties.forward.offsets))[len(ties.forward.offsets) // 2])
    nexts, seconds, used = timed(partial(best_connections, ties, someone, probability=BASE_PROBABILITY), 1)
    best = nexts.best[0].gain
    table.row(
        f"{words}: next connections",
        f"{seconds:.1f} s ({used:.1f} of processors); the best would bring {best.mean:.2f} ± {best.standard_error:.2f} "
        f"with {nexts.sets:,} sets",
        "",
    )


def load_machine_code() -> None:
    few = network(1_000, 4_000, 1)
    ties = tie_network(few.offsets, few.listeners, prior_probabilities(few.weights, BASE_PROBABILITY))
    reach(ties, [0], runs=2)
    most_influential(ties, 2)
    best_connections(ties, 0, probability=BASE_PROBABILITY)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--people", type=int, default=100_000)
    arguments.add_argument("--acts", type=int, default=740_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    ties = network(given.people, given.acts, given.seed)
    table = Table(f"{given.people:,} people, {len(ties.listeners):,} ties")
    if IndependentCascadeModel is None:
        print("There is no wheel of cynetdiff for this machine or Python: no peer.")
    load_machine_code()
    for words, base in (("as the prior has it", BASE_PROBABILITY), ("six times as probable", 0.3)):
        network_of_ties = tie_network(ties.offsets, ties.listeners, prior_probabilities(ties.weights, base))
        told = np.bincount(ties.tellers, weights=network_of_ties.probabilities, minlength=ties.people)
        compared(table, words, network_of_ties, np.argsort(-told)[:TELLERS].tolist())
    table.show()


if __name__ == "__main__":
    main()
