"""From the edge to full participation: who moves in and who is stuck are told apart, each to themself."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import Any

import httpx
import networkx as nx

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, Answer, Doors, Refused
from tests.operations.listening import Act

FOREVER = "2100-01-01T00:00:00+00:00"


async def key_of(doors: Doors, person: str) -> str:
    """The name under which a person asks from now on."""
    if person not in doors.keys:
        body = {"name": person, "scopes": ["read"], "personId": person}
        made = (await doors.client.post("/v1/keys", json=body, headers=doors.headers(ADMINISTRATOR))).json()
        doors.keys = {**doors.keys, person: made["token"]}
    return person


def community_of(doors: Doors, person: str) -> str:
    return next(str(one["communityId"]) for one in doors.truth.by_type["Membership"] if one["personId"] == person)


def roles(doors: Doors, community: str) -> dict[str, list[str]]:
    """Who belongs to a community today, by what they do for it."""
    found: dict[str, list[str]] = {}
    for one in doors.truth.by_type["Membership"]:
        if one["communityId"] == community and not one.get("until"):
            found.setdefault(one["role"], []).append(one["personId"])
    return found


async def way(doors: Doors, person: str, community: str) -> dict[str, Answer]:
    return await doors.asked(await key_of(doors, person), "participation", person=person, community=community)


def among(doors: Doors, acts: list[Act], community: str, start: str, end: str) -> list[Act]:
    """The acts of a window in which one who was then a member attended to another."""
    first, last = (datetime.fromisoformat(one).timestamp() for one in (start, end))
    members = set()
    for one in doors.truth.by_type["Membership"]:
        since, until = (datetime.fromisoformat(one.get(name) or FOREVER).timestamp() for name in ("since", "until"))
        if one["communityId"] == community and since < last and until > first:
            members.add(one["personId"])
    return [act for act in acts if first <= act.at < last and {act.listener, act.teller} <= members]


async def test_the_moving_newcomer_came_to_full_participation_as_the_rows_say(doors: Doors) -> None:
    person = doors.planted.of("moving newcomer")[0].ids[0]
    community = community_of(doors, person)
    answers, everything = await way(doors, person, community), doors.truth.acts()
    for answer in answers.values():
        assert isinstance(answer, dict)
        assert (answer["trajectory"], answer["stuck"], answer["reason"]) == ("insider", False, None)
        assert answer["daysToFullParticipation"] > 0
        told = [one["trajectory"] for one in answer["steps"] if one["complete"]]
        assert told == sorted(told, key=["peripheral", "inbound", "insider"].index)
        assert (answer["steps"][0]["declared"], answer["steps"][-1]["role"]) == ("peripheral", "facilitator")
        for step in answer["steps"]:
            acts = among(doors, everything, community, step["startsAt"], step["endsAt"])
            core = nx.core_number(nx.Graph((act.listener, act.teller) for act in acts))
            assert (step["coreness"], step["deepest"]) == (core.get(person, 0), max(core.values()))
            assert step["heard"] == Counter(act.teller for act in acts)[person]
            assert step["attended"] == Counter(act.listener for act in acts)[person]
        assert sum(one["acts"] for one in answer["helpers"]) <= answer["helpingActs"]
        for helper in answer["helpers"]:
            for item in helper["items"]:
                row = doors.truth.by_id[item["id"]]
                assert helper["person"]["id"] in {row.get("byId"), row.get("personId")}


async def test_the_stuck_newcomer_is_told_apart_from_who_is_new_and_who_wants_it_so(doors: Doors) -> None:
    planted: Any = doors.planted.of("stuck newcomer")[0]
    (person,) = planted.ids
    community = community_of(doors, person)
    for answer in (await way(doors, person, community)).values():
        assert isinstance(answer, dict)
        assert (answer["stuck"], answer["trajectory"]) == (True, "peripheral")
        assert {one["position"] for one in answer["steps"] if one["complete"]} == {"edge"}
        assert answer["steps"][-1]["attended"] > 0
        assert max(one["heard"] for one in answer["steps"]) == 0
    for decoy in planted.decoys:
        for answer in (await way(doors, decoy, community)).values():
            assert isinstance(answer, dict)
            assert answer["stuck"] is False
    ties: Counter[str] = Counter()
    everything = doors.truth.acts()
    for act in among(doors, everything, community, "2024-01-01T00:00:00+00:00", "2026-07-01T00:00:00+00:00"):
        ties.update({act.listener, act.teller})
    members = sorted({one for several in roles(doors, community).values() for one in several})
    fewest = sorted(members, key=lambda one: (ties[one], one))[:5]
    assert person not in fewest, "having the fewest ties is not being stuck"


async def test_a_way_is_told_to_its_person_alone_and_numbers_to_those_inside(doors: Doors) -> None:
    person = doors.planted.of("stuck newcomer")[0].ids[0]
    for viewer in (ADMINISTRATOR, INSIDE, OUTSIDE):
        answers = await doors.asked(viewer, "participation", person=person, community=community_of(doors, person))
        assert set(answers.values()) == {Refused("not_found")}
    largest = Counter(one["communityId"] for one in doors.truth.by_type["Membership"]).most_common(1)[0][0]
    inside = roles(doors, largest)
    everybody = {one for several in inside.values() for one in several}
    outside = OUTSIDE if doors.planted.viewers.outside not in everybody else INSIDE
    for viewer in (ADMINISTRATOR, outside):
        refused = await doors.asked(viewer, "communityParticipation", community=largest)
        assert set(refused.values()) == {Refused("not_found")}
    member = await doors.asked(await key_of(doors, inside["member"][0]), "communityParticipation", community=largest)
    lead = await doors.asked(await key_of(doors, inside["facilitator"][0]), "communityParticipation", community=largest)
    health = await doors.asked(inside["facilitator"][0], "communityHealth", community=largest)
    for name, answer in lead.items():
        mine, well = member[name], health[name]
        assert isinstance(well, dict)
        assert isinstance(answer, dict)
        assert isinstance(mine, dict)
        assert (mine["stuck"], mine["drifting"]) == (None, None)
        assert answer["drifting"] >= 5
        counts = {one["trajectory"]: one["count"] for one in answer["trajectories"]}
        assert counts["outbound"] == answer["drifting"]
        for one in mine["trajectories"]:
            assert one["count"] in {None, counts[one["trajectory"]]}
            assert one["count"] is None or one["trajectory"] != "outbound"
        # Members stand still until five came or went, and are the same for all that is told of a community in numbers.
        ever = {one["personId"] for one in doors.truth.by_type["Membership"] if one["communityId"] == largest}
        assert 5 <= answer["members"] == well["basis"]["members"] <= len(ever)
        assert all(one["count"] is None or one["count"] >= 5 for one in answer["trajectories"])


async def grant(doors: Doors, giver: str, to: str) -> str:
    """The id of a grant, made with a key of its giver's."""
    body = {"name": giver, "scopes": ["read", "contribute"], "personId": giver}
    key = (await doors.client.post("/v1/keys", json=body, headers=doors.headers(ADMINISTRATOR))).json()
    doors.keys = {**doors.keys, giver: key["token"]}
    given = {"opens": "participation", "byId": giver, "toId": to}
    forged = await doors.client.post("/v1/grants", json=given, headers=doors.headers(ADMINISTRATOR))
    assert forged.status_code == httpx.codes.FORBIDDEN
    made = await doors.client.post("/v1/grants", json=given, headers=doors.headers(giver))
    assert made.json()["audience"] == f"person:{giver}"
    return str(made.json()["id"])


def steps(told: Answer) -> Any:
    """What is told of a way, or how it is refused."""
    return told if isinstance(told, Refused) else (told["stuck"], told["trajectory"], told["steps"])


def givers(told: Answer) -> list[str]:
    """Whose grants somebody received."""
    assert isinstance(told, dict)
    return [one["person"]["id"] for one in told["grants"]]


async def test_a_way_is_told_to_whom_its_person_grants_it_and_no_more_when_it_is_withdrawn(doors: Doors) -> None:
    person = doors.planted.of("stuck newcomer")[0].ids[0]
    community = community_of(doors, person)
    friend = await key_of(doors, next(one for one in roles(doors, community)["member"] if one != person))
    asked = {"person": person, "community": community}
    own = await way(doors, person, community)
    assert set((await doors.asked(friend, "participation", **asked)).values()) == {Refused("not_found")}
    id = await grant(doors, person, friend)
    try:
        for viewer in (friend, INSIDE, ADMINISTRATOR):
            for door, told in (await doors.asked(viewer, "participation", **asked)).items():
                assert steps(told) == (steps(own[door]) if viewer == friend else Refused("not_found"))
            received = (await doors.asked(viewer, "grantsReceived")).values()
            assert [givers(told) for told in received] == [[person] if viewer == friend else []] * 3
        for viewer in (friend, INSIDE, ADMINISTRATOR):
            assert await doors.rest(viewer, f"grants/{id}") == Refused("not_found")
        listed = await doors.graphql(person, "{ grants { nodes { id to { id } by { grants { totalCount } } } } }")
        shown = {"id": id, "to": {"id": friend}, "by": {"grants": {"totalCount": 1}}}
        assert listed == {"grants": {"nodes": [shown]}}
    finally:
        withdrawn = "mutation ($id: ID!) { deleteGrant(id: $id) { problems { wrong } } }"
        assert await doors.graphql(person, withdrawn, id=id) == {"deleteGrant": {"problems": []}}
    assert set((await doors.asked(friend, "participation", **asked)).values()) == {Refused("not_found")}
    assert [givers(told) for told in (await doors.asked(friend, "grantsReceived")).values()] == [[]] * 3
    assert isinstance((await way(doors, person, community))["rest"], dict)


async def test_who_would_stop_trying_would_not_be_stuck(doors: Doors) -> None:
    person = doors.planted.of("stuck newcomer")[0].ids[0]
    community = community_of(doors, person)
    paths = {"Amplification": "amplifications", "Observation": "observations", "Feedback": "feedback"}
    paths |= {"Support": "support", "Contribution": "contributions", "Story": "stories"}
    theirs = [
        (paths[row["type"]], row["id"])
        for row in reversed(doors.truth.rows)
        if row["type"] in paths and person in {row.get("byId"), row.get("personId"), row.get("tellerId")}
    ]
    for path, id in theirs:
        await doors.client.delete(f"/v1/{path}/{id}", headers=doors.headers(ADMINISTRATOR))
        doors.removed.add(id)
    await asyncio.sleep(1)  # a write is in every derived answer after a second
    for answer in (await way(doors, person, community)).values():
        assert isinstance(answer, dict)
        assert (answer["stuck"], answer["trajectory"]) == (False, "peripheral")
