"""Common purpose: two communities that want the same and have never met are found apart, and who of them could meet."""

import asyncio
from collections import defaultdict
from datetime import datetime
from typing import Any

import networkx as nx

from service.model.ids import derived_id
from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Answer, Doors, Refused
from tests.concepts.test_amplification_paths import most_tied


def sharing(doors: Doors, purpose: str, as_of: datetime) -> set[str]:
    """Who holds the purpose or belongs to a community that pursues it, as everyone may know."""
    rows = doors.truth.by_type
    places = {one["id"] for one in rows["Community"] if purpose in one.get("purposeIds", [])}
    found = {
        one["personId"]
        for one in rows["Membership"]
        if one["communityId"] in places
        and one.get("audience", "everyone") == "everyone"
        and datetime.fromisoformat(one["since"]) <= as_of
        and (not one.get("until") or datetime.fromisoformat(one["until"]) > as_of)
    }
    found |= {
        one["byId"]
        for one in rows["Holding"]
        if one["ofId"] == purpose
        and one.get("audience", "everyone") == "everyone"
        and datetime.fromisoformat(one["since"]) <= as_of
    }
    return found & doors.truth.ids("Person", frozenset({"everyone"}))


def components(doors: Doors, people: set[str], as_of: datetime) -> list[set[str]]:
    """The people connected with each other, by networkx."""
    graph = nx.Graph()
    graph.add_nodes_from(people)
    for act in doors.truth.acts():
        if {act.listener, act.teller} <= people and (act.at == float("inf") or act.at <= as_of.timestamp()):
            graph.add_edge(act.listener, act.teller)
    return sorted(nx.connected_components(graph), key=len, reverse=True)


def groups(answer: Answer) -> list[set[str]]:
    assert isinstance(answer, dict), answer
    return [{one["id"] for one in group["members"]} for group in answer["groups"]]


async def test_the_two_communities_are_found_apart(doors: Doors) -> None:
    planted: Any = doors.planted.of("shared purpose")[0]
    for viewer in VIEWERS:
        answers = await doors.asked(viewer, "onPurpose", purpose=planted.purpose, firstMembers=1000)
        for answer in answers.values():
            assert isinstance(answer, dict), answer
            as_of = datetime.fromisoformat(answer["basis"]["asOf"])
            people = sharing(doors, planted.purpose, as_of)
            expected = components(doors, people, as_of)
            assert answer["people"] == len(people)
            assert sorted(groups(answer), key=len) == sorted((one for one in expected if len(one) > 1), key=len)
            assert answer["alone"] == sum(len(one) == 1 for one in expected)
            one, other = (set(members) & people for members in planted.members)
            assert not any(group & one and group & other for group in groups(answer))
            assert {place["id"] for place in answer["communities"]} >= set(planted.communities)


async def test_who_could_meet_is_of_unconnected_groups_and_not_just_the_busiest(doors: Doors) -> None:
    planted: Any = doors.planted.of("shared purpose")[0]
    answers = await doors.asked(ADMINISTRATOR, "onPurpose", purpose=planted.purpose, firstMembers=1000)
    for answer in answers.values():
        assert isinstance(answer, dict)
        place = {person: number for number, group in enumerate(groups(answer)) for person in group}
        met = set()
        for pair in answer["introductions"]:
            one, other = pair["one"]["id"], pair["other"]["id"]
            assert place.get(one, one) != place.get(other, other)
            assert pair["topics"] or pair["between"]
            met |= {one, other}
        assert met
        assert len(met & most_tied(doors, len(met))) <= len(met) / 2


async def test_a_purpose_in_confidence_is_unknown_outside(doors: Doors) -> None:
    closed = f"community:{doors.planted.viewers.closed_community}"
    planted: Any = doors.planted.of("shared purpose")[0]
    for viewer, refused in ((INSIDE, False), (OUTSIDE, True), (ADMINISTRATOR, True)):
        told = await doors.asked(viewer, "onPurpose", purpose=planted.purpose, audience=closed)
        assert all(isinstance(one, Refused) == refused for one in told.values())
    nothing = await doors.asked(OUTSIDE, "onPurpose", purpose=derived_id("no", "purpose"))
    assert set(nothing.values()) == {Refused("not_found")}


async def test_purposes_without_a_community_are_those_that_people_hold_alone(doors: Doors) -> None:
    rows = doors.truth.by_type
    pursued = {purpose for one in rows["Community"] for purpose in one.get("purposeIds", [])}
    holders: dict[str, set[str]] = defaultdict(set)
    for one in rows["Holding"]:
        if one.get("audience", "everyone") == "everyone":
            holders[one["ofId"]].add(one["byId"])
    purposes = doors.truth.ids("Purpose", frozenset({"everyone"}))
    expected = {purpose: len(holders[purpose]) for purpose in purposes - pursued if holders[purpose]}
    for answer in (await doors.asked(OUTSIDE, "purposesWithoutCommunity", first=100)).values():
        assert isinstance(answer, dict)
        assert {one["purpose"]["id"]: one["holders"] for one in answer["purposes"]} == expected


async def test_without_one_community_there_is_nobody_to_meet(doors: Doors) -> None:
    planted: Any = doors.planted.of("shared purpose")[0]
    gone = {one["id"] for one in doors.truth.by_type["Membership"] if one["communityId"] == planted.communities[1]}
    before = await doors.rest(ADMINISTRATOR, "on-purpose", purpose=planted.purpose)
    for id in sorted(gone):
        await doors.delete(f"memberships/{id}")
    await asyncio.sleep(1)
    for answer in (await doors.asked(ADMINISTRATOR, "onPurpose", purpose=planted.purpose)).values():
        assert isinstance(answer, dict)
        assert isinstance(before, dict)
        assert answer["people"] < before["people"]
