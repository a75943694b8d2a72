"""What is passed on, as the service answers it: how much less it is heard is learnt, and every cascade counts on it."""

import asyncio
import random
from datetime import datetime, timedelta
from heapq import heappop, heappush

import numpy as np
import pytest

from service.model.paths import AmplificationPaths
from service.model.reach import Reach
from service.model.what_if import WhatIf
from service.operations.answering import answer
from service.operations.network import Network
from service.operations.projection import Standing, scope_of, standing
from tests.measures.live_edges import simulated
from tests.operations.test_uptake import FIRST, STRANGER, calibrated, person, story
from tests.operations.worlds import Row, World, write_world

PEOPLE = 20
FIRST_HAND = {0: 0.5, 1: 0.15}
"""How likely somebody takes up what is told first-hand, by whether both are of even or odd numbers, or one of each."""
PASSED_ON = 0.4
"""How often what is passed on is taken up, against what is told first-hand."""


def ring(seed: int = 1, days: int = 700, *, passed_on: float = PASSED_ON) -> World:
    """Each listens to the four before: takes up half of what some of them tell, and less of what is passed on."""
    dice = random.Random(seed)
    rows: list[Row] = [{"type": "Person", "id": person(one), "name": f"P{one}"} for one in range(PEOPLE)]
    for one in range(PEOPLE):
        heard = {"type": "Observation", "kind": "heard_from", "toId": person(one), "at": FIRST.isoformat()}
        rows.extend({**heard, "byId": person((one + step) % PEOPLE)} for step in range(1, 5))
    acts = 0
    for number in range(days):
        teller, at = number % PEOPLE, FIRST + timedelta(days=1 + number)
        told = {"type": "Story", "id": story(number), "title": "S", "content": "Told", "tellerId": person(teller)}
        rows.append({**told, "at": at.isoformat()})
        reached: set[int] = set()
        coming: list[tuple[datetime, int, str]] = [(at, teller, "")]
        while coming:
            when, one, after = heappop(coming)
            if one in reached:
                continue
            reached.add(one)
            id = ""
            if when > at:
                acts += 1
                id = f"00000000-0000-4000-8002-{acts:012d}"
                shared = {"type": "Amplification", "kind": "share", "ofId": story(number), "byId": person(one)}
                rows.append({**shared, "id": id, "at": when.isoformat(), **({"afterId": after} if after else {})})
            for other in ((one + step) % PEOPLE for step in range(1, 5)):
                if dice.random() < FIRST_HAND[(one + other) % 2] * (passed_on if id else 1.0):
                    heappush(coming, (when + timedelta(days=dice.uniform(0.1, 5)), other, id))
    return World(rows)


def by_hand(tied: Standing, teller: int, onward: float, runs: int = 4_000) -> float:
    """How many others are reached, by a simulation in plain Python on the same first-hand chances."""
    tellers, listeners = tied.ties.tellers.tolist(), tied.ties.listeners.tolist()
    chances = dict(zip(zip(tellers, listeners, strict=True), tied.network.probabilities.tolist(), strict=True))
    dice = random.Random(1)
    return sum(len(simulated(dice, chances, [teller], onward)) - 1 for _ in range(runs)) / runs


async def test_what_is_passed_on_is_heard_as_often_as_it_was(network: Network) -> None:
    await write_world(network, ring())
    summary = (await calibrated(network)).basis.calibration
    assert summary is not None
    found = summary.passed_on
    assert found is not None
    assert found.factor == pytest.approx(PASSED_ON, abs=3 * PASSED_ON / found.taken_up**0.5)
    assert found.taken_up > 150
    assert found.factor == pytest.approx(found.taken_up / found.expected, rel=0.1)
    assert found.share == 1
    assert found.log_loss is not None
    assert found.first_hand_log_loss is not None
    assert found.log_loss < found.first_hand_log_loss
    assert found.predicted == pytest.approx(found.observed, abs=0.03)
    assert found.unseen == 0, "all had been seen to listen on the first day"

    tied = await standing(network, scope_of(STRANGER, "everyone"), None)
    onward = tied.network.onward
    assert onward == pytest.approx(PASSED_ON, abs=3 * PASSED_ON / found.taken_up**0.5)
    number = tied.projection.numbers[person(3)]
    reached = await answer(network, STRANGER, "reach", {"people": [person(3)], "runs": 10_000})
    assert isinstance(reached, Reach)
    assert reached.people.mean == pytest.approx(by_hand(tied, number, onward), abs=0.08)
    assert reached.people.mean < 0.8 * by_hand(tied, number, 1.0)
    assert f"counts {onward:.2g} times what is told first-hand" in reached.caution

    paths = await answer(network, STRANGER, "amplificationPaths", {"from": person(3), "to": person(9), "k": 3})
    assert isinstance(paths, AmplificationPaths)
    for path in paths.paths:
        ends = [(tied.projection.numbers[s.teller.id], tied.projection.numbers[s.listener.id]) for s in path.steps]
        ties = [tied.ties.between(*pair) for pair in ends]
        first, *others = [float(tied.network.probabilities[tie]) for tie in ties if tie is not None]
        assert [step.probability for step in path.steps] == pytest.approx([first, *(onward * one for one in others)])
        assert path.probability == pytest.approx(np.prod([step.probability for step in path.steps]))
        assert path.hops > 1
    compared = await answer(
        network,
        STRANGER,
        "whatIf",
        {"leaves": [person(15)], "from": person(3), "to": person(9), "reachOf": [person(3)], "runs": 1_000},
    )
    assert isinstance(compared, WhatIf)
    assert compared.path is not None
    assert [path.probability for path in compared.path.before] == pytest.approx([paths.paths[0].probability])
    assert compared.reach is not None
    assert compared.reach.people.before.mean == pytest.approx(reached.people.mean, abs=0.15)


async def test_what_reach_expects_is_who_comes(network: Network) -> None:
    """Foretold half a year before the end, for stories of the quarter after."""
    await write_world(network, ring())
    latest = await standing(network, scope_of(STRANGER, "everyone"), None)
    early = (latest.as_of - timedelta(days=200)).isoformat()
    for one in range(PEOPLE):
        await answer(network, STRANGER, "reach", {"people": [person(one)], "asOf": early, "runs": 500})
        await asyncio.gather(*network.background)
    kept = (await calibrated(network)).hindsight
    assert kept.people is not None
    assert kept.takers is not None
    assert kept.scores is not None
    assert kept.people.expected > 1.1 * kept.takers.expected, "what goes on through others comes on top"
    assert kept.people.difference_error is not None
    assert kept.people.difference == pytest.approx(0, abs=3 * kept.people.difference_error)
    assert kept.people.difference_error < 0.2 * kept.people.expected
    assert kept.people.seen == kept.people.happened, "all had been seen to listen on the first day"
