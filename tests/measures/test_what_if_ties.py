"""Over which changed ties more or fewer people are reached: against every throw of the coins, in plain Python."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from service.measures.reach import reach
from service.measures.what_if import Changed, NewTies, changed
from service.measures.what_if_ties import carried_by
from tests.measures.live_edges import network_of

Pair = tuple[int, int]
Chances = Mapping[Pair, float]
PEOPLE = 6
ONWARD = 0.7
"""How often what is passed on is taken up, against what is told first-hand."""


def worlds(before: Chances, after: Chances, tellers: list[int]) -> Iterator[tuple[float, set[Pair], set[Pair]]]:
    """Every throw of a coin for each tie: its chance, and which ties carry before and after."""
    pairs = sorted({*before, *after})
    outcomes = []
    for pair in pairs:
        often = 1.0 if pair[0] in tellers else ONWARD
        one, other = before.get(pair, 0.0) * often, after.get(pair, 0.0) * often
        low, high = sorted((one, other))
        outcomes.append([(low, True, True), (high - low, one > other, other > one), (1 - high, False, False)])
    for thrown in product(*outcomes):
        chance = float(np.prod([each[0] for each in thrown]))
        if chance:
            was = {pair for pair, each in zip(pairs, thrown, strict=True) if each[1]}
            now = {pair for pair, each in zip(pairs, thrown, strict=True) if each[2]}
            yield chance, was, now


def spread(live: set[Pair], others: set[Pair], tellers: list[int]) -> dict[int, Pair | None]:
    """Who is reached, breadth first, each with the first tie on their way that does not carry on the other side."""
    way: dict[int, Pair | None] = dict.fromkeys(sorted(tellers))
    queue = sorted(tellers)
    for person in queue:
        for pair in sorted(pair for pair in live if pair[0] == person):
            if pair[1] not in way:
                way[pair[1]] = way[person] or (None if pair in others else pair)
                queue.append(pair[1])
    return way


def expected(before: Chances, after: Chances, tellers: list[int], gone: set[int]) -> list[dict[Pair, float]]:
    lost, gained = defaultdict[Pair, float](float), defaultdict[Pair, float](float)
    for chance, was, now in worlds(before, after, tellers):
        one, other = spread(was, now, tellers), spread(now, was, [each for each in tellers if each not in gone])
        for counts, mine, theirs in ((lost, one, other), (gained, other, one)):
            for person, tie in mine.items():
                if person not in theirs and person not in tellers:
                    assert tie is not None
                    counts[tie] += chance
    return [lost, gained]


def changes(seed: int) -> tuple[dict[Pair, float], set[int], dict[Pair, float], list[int]]:
    dice = random.Random(seed)
    pairs = [(one, other) for one in range(PEOPLE) for other in range(PEOPLE) if one != other]
    before = {pair: dice.choice([1.0, dice.random(), dice.random()]) for pair in dice.sample(pairs, 6)}
    gone = set(dice.sample(range(PEOPLE), seed % 3))
    new = {pair: dice.choice([0.5, dice.random()]) for pair in dice.sample(pairs, 2 if seed % 2 else 0)}
    tellers = dice.sample(sorted(set(range(PEOPLE)) - gone), 1) + sorted(gone)[: seed % 2]
    return before, gone, new, tellers


def laid_over(before: Chances, gone: set[int], new: Chances) -> Changed:
    ties = NewTies(
        tellers=np.array([one for one, _ in new], dtype=np.int32),
        listeners=np.array([other for _, other in new], dtype=np.int32),
        probabilities=np.array(list(new.values()), dtype=np.float64),
    )
    return changed(network_of(PEOPLE, before, ONWARD), leaving=gone, new=ties)


def pairs_of(offsets: NDArray[np.int64], ends: NDArray[np.int32]) -> list[Pair]:
    return list(zip(np.repeat(np.arange(PEOPLE), np.diff(offsets)).tolist(), ends.tolist(), strict=True))


@pytest.mark.parametrize("seed", range(18))
def test_each_difference_is_counted_for_the_changed_tie_that_makes_it(seed: int) -> None:
    before, gone, new, tellers = changes(seed)
    after = {pair: chance for pair, chance in before.items() if not gone & set(pair)}
    for pair, chance in new.items():
        if not gone & set(pair):
            after[pair] = max(after.get(pair, 0.0), chance)
    network, over = network_of(PEOPLE, before, ONWARD), laid_over(before, gone, new)
    found = carried_by(network, over, tellers, runs=30_000, seed=seed)
    lost, gained = expected(before, after, tellers, gone)
    for counts, wanted, ties in ((found.lost, lost, network), (found.gained, gained, over.network)):
        by_pair = dict(zip(pairs_of(ties.forward.offsets, ties.forward.ends), counts.tolist(), strict=True))
        assert by_pair == pytest.approx({pair: wanted.get(pair, 0.0) for pair in by_pair}, abs=0.02)


def test_what_is_gained_less_what_is_lost_is_the_difference_of_the_reaches() -> None:
    before, _, new, _ = changes(5)
    network, over = network_of(PEOPLE, before, ONWARD), laid_over(before, {3}, new)
    found = carried_by(network, over, [0, 3], runs=40_000)
    was, now = (reach(network, [0, 3], runs=40_000), reach(over.network, [0], runs=40_000))
    difference = now.everybody.reached.mean - was.everybody.reached.mean
    assert found.gained.sum() - found.lost.sum() - 1 == pytest.approx(difference, abs=0.05), "3 leaves, who told"


def test_nothing_changed_is_nothing_carried_and_threads_do_not_matter() -> None:
    before, gone, new, tellers = changes(7)
    network = network_of(PEOPLE, before, ONWARD)
    same = carried_by(network, changed(network), tellers, runs=500)
    assert not same.lost.any()
    assert not same.gained.any()
    over = laid_over(before, gone, new)
    one, other = (carried_by(network, over, tellers, runs=2_000, seed=1, threads=threads) for threads in (1, 3))
    assert np.array_equal(one.lost, other.lost)
    assert np.array_equal(one.gained, other.gained)
