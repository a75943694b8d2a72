"""Amplification, what to do: who reaches across is told first, where the busiest would reach their own."""

import asyncio
import math
from typing import Any

import networkx as nx
import pytest

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Answer, Doors, Refused
from tests.concepts.test_amplification_paths import most_tied
from tests.operations.listening import Act, evidence
from tests.operations.worlds import World

BUDGET = 10
TAKEN_APART = -2
"""Other journeys take the last carrier apart, and this one the one before; the others are as they were planted."""


def acts(doors: Doors, *audiences: str) -> list[Act]:
    """Who was seen to listen to whom, as far as these audiences and everyone may know."""
    rows = [row for row in doors.truth.rows if row.get("id") not in doors.removed]
    return evidence(World(rows), ("everyone", *audiences))


def listening(doors: Doors, *audiences: str) -> nx.DiGraph:
    """The same as ties, from who tells to who listens."""
    return nx.DiGraph((act.teller, act.listener) for act in acts(doors, *audiences))


def target_group(doors: Doors, carrier: Any) -> tuple[str, set[str]]:
    """The community that a carrier's news would come to, and all who really are of it, declared or not."""
    of_target = carrier.pairs[0][1]
    group: Any = next(one for one in doors.planted.of("real communities") if of_target in one.ids)
    return group.declared, set(group.ids)


def named(answer: Answer) -> list[str]:
    assert isinstance(answer, dict), answer
    return [one["person"]["id"] for one in answer["amplifiers"]]


def gain(answer: Answer, person: str) -> float:
    """How many people somebody adds; none, where they are not to be told."""
    assert isinstance(answer, dict), answer
    return sum(float(one["gain"]["mean"]) for one in answer["amplifiers"] if one["person"]["id"] == person)


def across(doors: Doors, carrier: Any) -> dict[str, Any]:
    """The question who could carry something into the group, from outside of it."""
    community, real = target_group(doors, carrier)
    asked = {"for": f"community:{community}", "budget": BUDGET, "outsideOnly": True}
    return {**asked, "exclude": sorted(real & doors.truth.ids("Person", frozenset({"everyone"})))}


async def test_whom_to_tell_for_a_group_is_who_carries_to_it_and_not_the_busiest(doors: Doors) -> None:
    carriers = doors.planted.of("carriers")[:TAKEN_APART]
    found = 0
    for carrier in carriers:
        answer = await doors.rest(ADMINISTRATOR, "amplifiers", **across(doors, carrier))
        found += carrier.ids[0] in named(answer)[:3]
    assert found >= len(carriers) - 1
    busiest = [set(most_tied(doors, BUDGET)) for _ in carriers]
    assert sum(carrier.ids[0] in busy for carrier, busy in zip(carriers, busiest, strict=True)) <= len(carriers) / 2
    answers = await doors.asked(OUTSIDE, "amplifiers", **across(doors, carriers[1]), explain=True)
    ties = listening(doors)
    for answer in answers.values():
        assert named(answer) == named(answers["rest"])
        assert carriers[1].ids[0] in named(answer)[:3]
        assert isinstance(answer, dict)
        assert sum(one["share"] for one in answer["amplifiers"]) == pytest.approx(1)
        assert sum(one["share"] for one in answer["contributions"]) == pytest.approx(1)
        for tie in answer["contributions"]:
            assert ties.has_edge(tie["teller"]["id"], tie["listener"]["id"])
            assert sum(act["share"] for act in tie["acts"]) == pytest.approx(1)
        assert answer["people"]["low"] < answer["people"]["mean"] < answer["people"]["high"]
        for one in answer["amplifiers"]:
            assert one["listeners"] == ties.out_degree(one["person"]["id"])
            assert one["inside"] is False
            assert one["reason"]


async def test_the_ten_to_tell_reach_more_than_the_ten_busiest(doors: Doors) -> None:
    answers = await doors.asked(INSIDE, "amplifiers", budget=BUDGET)
    busiest = await doors.rest(INSIDE, "reach", people=sorted(most_tied(doors, BUDGET)))
    for answer in answers.values():
        assert isinstance(answer, dict)
        assert isinstance(busiest, dict)
        assert answer["people"]["low"] > 1.2 * (busiest["people"]["high"] + BUDGET)
        assert len(set(named(answer)) & most_tied(doors, BUDGET)) <= BUDGET / 2
        assert 1 - 1 / math.e <= answer["atLeastOfBest"] + answer["basis"]["epsilon"]


async def test_reach_ends_where_the_ties_of_the_rows_end(doors: Doors) -> None:
    carrier: Any = doors.planted.of("carriers")[0]
    ties = listening(doors)
    for viewer in VIEWERS:
        for answer in (await doors.asked(viewer, "reach", people=list(carrier.ids), explain=True)).values():
            assert isinstance(answer, dict)
            assert answer["reachable"] == len(nx.descendants(ties, carrier.ids[0]))
            assert {one["listener"]["id"] for one in answer["contributions"]} <= set(ties.successors(carrier.ids[0]))
            assert sum(one["share"] for one in answer["contributions"]) == pytest.approx(1)
            nobody = math.prod(1 - one["probability"] for one in answer["contributions"])
            assert answer["chance"] == pytest.approx(1 - nobody, abs=0.06)
            community, _ = target_group(doors, carrier)
            there = next(one for one in answer["groups"] if one["group"]["item"]["id"] == community)
            assert there["people"]["mean"] > 1
            assert answer["groups"].index(there) < 3


async def test_what_passes_in_confidence_reaches_further_for_those_inside_and_is_closed_to_others(doors: Doors) -> None:
    planted: Any = doors.planted.of("confidence")[0]
    teller = planted.pairs[0][0]
    open_to_all, closed = listening(doors), listening(doors, planted.seen_by)
    inside = await doors.asked(INSIDE, "reach", people=[teller], audience=planted.seen_by, explain=True)
    outside = await doors.asked(OUTSIDE, "reach", people=[teller], explain=True)
    for answer, ties in [
        *((one, closed) for one in inside.values()),
        *((one, open_to_all) for one in outside.values()),
    ]:
        assert isinstance(answer, dict)
        assert answer["reachable"] == (len(nx.descendants(ties, teller)) if teller in ties else 0)
        through = {one["listener"]["id"] for one in answer["contributions"]}
        assert (planted.ids[0] in through) == (ties is closed)
    for viewer in (ADMINISTRATOR, OUTSIDE):
        for question, given in (("reach", {"people": [teller]}), ("amplifiers", {})):
            refused = await doors.asked(viewer, question, audience=planted.seen_by, **given)
            assert set(refused.values()) == {Refused("not_found")}


@pytest.mark.slow
async def test_without_what_was_taken_up_from_the_carrier_telling_them_brings_less_than_half(doors: Doors) -> None:
    planted: Any = doors.planted.of("carriers")[TAKEN_APART]
    carrier, (_, real) = planted.ids[0], target_group(doors, planted)
    before = await doors.asked(ADMINISTRATOR, "amplifiers", **across(doors, planted))
    paths = {"Amplification": "amplifications", "Observation": "observations", "Feedback": "feedback"}
    paths |= {"Support": "support", "Contribution": "contributions"}
    # what came after an act that is gone is read as having come from the carrier directly, and goes as well
    while gone := sorted({act.id for act in acts(doors) if act.teller == carrier and act.listener in real}):
        for id in gone:
            address = f"/v1/{paths[doors.truth.by_id[id]['type']]}/{id}"
            await doors.client.delete(address, headers=doors.headers(ADMINISTRATOR))
            doors.removed.add(id)
    await asyncio.sleep(1)  # a write is in every derived answer after a second
    after = await doors.asked(ADMINISTRATOR, "amplifiers", **across(doors, planted))
    for door, answer in before.items():
        assert carrier in named(answer)[:3]
        assert gain(after[door], carrier) < gain(answer, carrier) / 2
