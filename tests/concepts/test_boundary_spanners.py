"""Boundary spanners: who alone carries between two groups is found, where the busiest people connect nobody."""

import asyncio
from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, Answer, Doors, Refused
from tests.concepts.test_amplification_paths import most_tied
from tests.operations.listening import WEIGHTS

HALF_CONTACT = 3
LEFT_ALONE = -1
"""Another journey takes the last carrier apart, and so does this one; the others are as they were planted."""


def people(answer: Answer) -> list[str]:
    assert isinstance(answer, dict), answer
    return [one["person"]["id"] for one in answer["people"]]


def weights(doors: Doors, as_of: float) -> dict[frozenset[str], float]:
    """What each two people's acts weigh, both ways added, each halved every 90 days."""
    found: dict[frozenset[str], float] = defaultdict(float)
    for act in doors.truth.acts():
        age = 0.0 if act.at == float("inf") else (as_of - act.at) / 86_400
        if age >= 0:
            found[frozenset((act.listener, act.teller))] += WEIGHTS[act.kind] * 0.5 ** (age / 90)
    return found


def groups(doors: Doors) -> dict[str, str]:
    """The declared community that each person has belonged to the longest."""
    found: dict[str, str] = {}
    rows = [one for one in doors.truth.by_type["Membership"] if one.get("audience", "everyone") == "everyone"]
    for row in sorted(rows, key=lambda one: (one["since"], one["id"])):
        if not row.get("until"):
            found.setdefault(row["personId"], row["communityId"])
    return found


async def test_the_carriers_are_found_and_ranking_by_ties_finds_at_most_half(doors: Doors) -> None:
    carriers = [fact.ids[0] for fact in doors.planted.of("carriers")][:LEFT_ALONE]
    answers = await doors.asked(ADMINISTRATOR, "boundarySpanners", first=16)
    for answer in answers.values():
        assert len(set(carriers) & set(people(answer))) >= len(carriers) - 1
        assert isinstance(answer, dict)
        assert all(one["contributions"] == [] for one in answer["people"])
        for one in answer["people"]:
            by = {each["measure"]: each for each in one["ranges"]}
            assert by["bridging"]["best"] <= one["rank"] == by["bridging"]["rank"] <= by["bridging"]["worst"]
    assert people(answers["graphql"]) == people(answers["rest"]) == people(answers["command"])
    assert len(set(carriers) & most_tied(doors, 16)) <= len(carriers) / 2
    decoys = set(doors.planted.of("carriers")[0].decoys)
    assert not decoys & set(people(answers["rest"]))


async def test_what_hangs_on_a_carrier_is_what_the_rows_say(doors: Doors) -> None:
    carrier = doors.planted.of("carriers")[0].ids[0]
    for answer in (await doors.asked(OUTSIDE, "brokerage", person=carrier, explain=True)).values():
        assert isinstance(answer, dict)
        found, own = answer["found"], groups(doors)
        as_of = datetime.fromisoformat(answer["basis"]["asOf"]).timestamp()
        contact: dict[frozenset[str], float] = defaultdict(float)
        held: dict[frozenset[str], float] = defaultdict(float)
        for pair, weight in weights(doors, as_of).items():
            between = frozenset(own[one] for one in pair if one in own)
            if len(between) == 2 and all(one in own for one in pair):
                contact[between] += weight
                held[between] += weight if carrier in pair else 0
        mine = sorted(
            (weight / (contact[pair] + HALF_CONTACT) for pair, weight in held.items() if weight), reverse=True
        )
        assert [one["counted"] for one in found["contributions"]] == pytest.approx(mine)
        assert found["bridging"] == pytest.approx(sum(mine))


async def test_groups_that_nobody_connects_are_named_with_who_could(doors: Doors) -> None:
    own, tied = groups(doors), set[frozenset[str]]()
    for act in doors.truth.acts():
        tied.add(frozenset((act.listener, act.teller)))
    contact = {frozenset(own[one] for one in pair) for pair in tied if all(one in own for one in pair)}
    for answer in (await doors.asked(ADMINISTRATOR, "boundarySpanners", first=1, firstPairs=100)).values():
        assert isinstance(answer, dict)
        assert 0 < answer["pairsApart"] < answer["pairs"]
        shared = [one for one in answer["missingBridges"] if one["sharedPurposes"]]
        assert answer["missingBridges"][: len(shared)] == shared, "those with a purpose in common come first"
        pairs = [frozenset((one["one"]["item"]["id"], one["other"]["item"]["id"])) for one in answer["missingBridges"]]
        assert len(set(pairs)) == len(pairs) == 100
        assert not set(pairs) & contact
        for one in shared:
            both = [set(doors.truth.by_id[one[end]["item"]["id"]]["purposeIds"]) for end in ("one", "other")]
            assert {each["id"] for each in one["sharedPurposes"]} == both[0] & both[1]
        met = [each for one in answer["missingBridges"] for each in one["candidates"] if each["through"]]
        assert met
        for each in met:
            for end in (each["person"]["id"], each["meets"]["id"]):
                assert frozenset((each["through"]["id"], end)) in tied
        assert all(one["candidates"] or one["reason"] for one in answer["missingBridges"])


@pytest.mark.slow
async def test_on_a_closed_community_those_inside_see_who_carries_there_and_nobody_else_does(doors: Doors) -> None:
    planted: Any = doors.planted.of("confidence")[0]
    asked = {"person": planted.ids[0], "groupBy": "detected"}
    inside = await doors.asked(INSIDE, "brokerage", **asked, audience=planted.seen_by)
    without = await doors.told(INSIDE, "brokerage", **asked)
    assert isinstance(without, dict)
    for answer in inside.values():
        assert isinstance(answer, dict)
        assert answer["found"]["betweenness"] > without["found"]["betweenness"]
        assert answer["found"]["ties"] > without["found"]["ties"]
    for viewer in (ADMINISTRATOR, OUTSIDE):
        answers = await doors.asked(viewer, "boundarySpanners", audience=planted.seen_by)
        assert set(answers.values()) == {Refused("not_found")}


def held(answer: Answer, there: set[str]) -> float:
    """What somebody holds of the contact with these groups."""
    assert isinstance(answer, dict), answer
    return float(sum(one["counted"] for one in answer["found"]["contributions"] if one["group"]["item"]["id"] in there))


async def test_without_the_acts_between_them_nothing_hangs_on_the_carrier(doors: Doors) -> None:
    planted: Any = doors.planted.of("carriers")[LEFT_ALONE]
    carrier, targets = planted.ids[0], {pair[1] for pair in planted.pairs}
    own = groups(doors)
    there = {own[one] for one in targets if one in own} - {own.get(carrier)}
    asked = {"person": carrier, "groupBy": "community", "explain": True}
    before = await doors.told(ADMINISTRATOR, "brokerage", **asked)
    paths = {"Amplification": "amplifications", "Observation": "observations", "Feedback": "feedback"}
    paths |= {"Support": "support", "Contribution": "contributions"}
    acts = [act for act in doors.truth.acts() if {act.listener, act.teller} - targets == {carrier}]
    for id in sorted({act.id for act in acts}):
        address = f"/v1/{paths[doors.truth.by_id[id]['type']]}/{id}"
        await doors.client.delete(address, headers=doors.headers(ADMINISTRATOR))
        doors.removed.add(id)
    await asyncio.sleep(1)  # a write is in every derived answer after a second
    for answer in (await doors.asked(ADMINISTRATOR, "brokerage", **asked)).values():
        # Another journey may have taken some of these acts before: less hangs on the carrier than even then.
        assert held(answer, there) < held(before, there) * 0.75
