"""Connecting with people who amplify our impact: who is suggested crosses to whom nothing told reaches now."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Answer, Doors, Refused
from tests.concepts.test_amplification_paths import most_tied
from tests.concepts.test_reach import acts, listening

FIRST = 5


def suggested(answer: Answer) -> list[str]:
    assert isinstance(answer, dict), answer
    return [one["person"]["id"] for one in answer["connections"]]


def current(doors: Doors, label: str, since: str) -> list[dict[str, Any]]:
    """The rows of memberships or positions that hold today, as everyone may know; the longest first."""
    now = datetime.now(UTC)
    found = [
        row
        for row in doors.truth.by_type[label]
        if row.get("audience", "everyone") == "everyone"
        and row.get("id") not in doors.removed
        and datetime.fromisoformat(row[since]) <= now
        and (not row.get("until") or datetime.fromisoformat(row["until"]) > now)
    ]
    return sorted(found, key=lambda row: (datetime.fromisoformat(row[since]), row["id"]))


def purposes(doors: Doors, person: str) -> set[str]:
    """What somebody holds, or a community of theirs pursues."""
    held = {row["ofId"] for row in current(doors, "Holding", "since") if row["byId"] == person}
    return held & doors.truth.ids("Purpose", frozenset({"everyone"})) | {
        purpose
        for row in current(doors, "Membership", "since")
        if row["personId"] == person
        for purpose in doors.truth.by_id[row["communityId"]].get("purposeIds", [])
    }


def workplace(doors: Doors, person: str) -> str | None:
    rows = (row for row in current(doors, "Position", "from") if row["personId"] == person)
    return next((row["organisationId"] for row in rows), None)


def somebody(doors: Doors) -> tuple[str, set[str], set[str]]:
    """One of the council's lunch club alone, the hospital's mealtime community, and all of the lunch club."""
    planted: Any = doors.planted.of("shared purpose")[0]
    hospital, club = (set(members) for members in planted.members)
    elsewhere = {
        row["personId"]
        for row in current(doors, "Membership", "since")
        if row["communityId"] != planted.communities[1] and doors.truth.by_id[row["communityId"]].get("purposeIds")
    }
    elsewhere |= {
        row["byId"]
        for row in current(doors, "Holding", "since")
        if row["ofId"] in doors.truth.ids("Purpose", frozenset({"everyone"})) - {planted.purpose}
    }
    visible = doors.truth.ids("Person", frozenset({"everyone"}))
    return min((club - elsewhere) & visible), hospital, club


async def test_a_shared_purpose_leads_to_people_whom_nobody_there_has_met(doors: Doors) -> None:
    person, hospital, club = somebody(doors)
    met = {frozenset((act.listener, act.teller)) for act in acts(doors)}
    answers = await doors.asked(ADMINISTRATOR, "nextConnections", person=person, first=FIRST, preferSharedPurpose=True)
    for answer in answers.values():
        assert suggested(answer) == suggested(answers["rest"])
        assert all(purposes(doors, one) & purposes(doors, person) for one in suggested(answer))
        assert len(set(suggested(answer)) & hospital) > FIRST / 2
        assert not any(frozenset((one, other)) in met for one in hospital & set(suggested(answer)) for other in club)
        assert isinstance(answer, dict)
        for one in answer["connections"]:
            opened = one["groups"][0]
            assert opened["people"] > opened["reached"]
            assert one["gain"]["low"] > 2 * answer["basis"]["probability"], "most of it are others than the listener"
    assert len(set(suggested(answers["rest"])) & most_tied(doors, FIRST)) <= FIRST / 2


async def test_what_is_said_of_each_is_what_the_rows_say(doors: Doors) -> None:
    person, _, _ = somebody(doors)
    ties = listening(doors)
    for viewer in VIEWERS:
        answers = await doors.asked(
            viewer, "nextConnections", person=person, first=FIRST, preferOtherOrganisations=True, explain=None
        )
        for answer in answers.values():
            assert isinstance(answer, dict)
            for one in answer["connections"]:
                other = one["person"]["id"]
                assert not ties.has_edge(person, other)
                assert one["heard"] == ties.has_edge(other, person)
                assert {each["id"] for each in one["sharedPurposes"]} == purposes(doors, person) & purposes(
                    doors, other
                )
                assert one["otherOrganisation"] is True
                assert workplace(doors, other) != workplace(doors, person)
                assert one["organisation"]["id"] == workplace(doors, other)
                assert one["reason"]
            assert answer["together"]["mean"] <= sum(one["gain"]["high"] for one in answer["connections"])


async def test_who_amplifies_a_person_adds_to_what_they_reach_alone(doors: Doors) -> None:
    person, _, _ = somebody(doors)
    ties = listening(doors)
    alone = await doors.rest(ADMINISTRATOR, "reach", people=[person], runs=5000)
    assert isinstance(alone, dict)
    answers = await doors.asked(ADMINISTRATOR, "amplifiers", **{"for": f"person:{person}", "budget": 3})
    for answer in answers.values():
        assert isinstance(answer, dict)
        assert answer["for"]["id"] == person
        named = [one["person"]["id"] for one in answer["amplifiers"]]
        assert person not in named
        assert answer["without"]["mean"] == pytest.approx(alone["people"]["mean"], rel=0.25)
        both = await doors.rest(ADMINISTRATOR, "reach", people=[person, *named], runs=5000)
        assert isinstance(both, dict)
        together = both["people"]["mean"] + len(named) - alone["people"]["mean"]
        assert answer["people"]["mean"] == pytest.approx(together, rel=0.15)
        for one in answer["amplifiers"]:
            assert one["listens"] == ties.has_edge(person, one["person"]["id"])


@pytest.mark.slow
async def test_in_confidence_those_inside_see_other_ties_and_nobody_else_does(doors: Doors) -> None:
    planted: Any = doors.planted.of("confidence")[0]
    teller = planted.pairs[0][0]
    inside = await doors.asked(INSIDE, "nextConnections", person=teller, audience=planted.seen_by, first=50)
    outside = await doors.asked(OUTSIDE, "nextConnections", person=teller, first=50)
    for door, answer in inside.items():
        without = outside[door]
        assert isinstance(answer, dict)
        assert isinstance(without, dict)
        assert answer["basis"]["ties"] > without["basis"]["ties"]
        assert answer["people"]["low"] > without["people"]["mean"]
        assert planted.ids[0] not in suggested(answer)  # listens already, in confidence
    for viewer in (ADMINISTRATOR, OUTSIDE):
        refused = await doors.asked(viewer, "nextConnections", person=teller, audience=planted.seen_by)
        assert set(refused.values()) == {Refused("not_found")}


@pytest.mark.slow
async def test_without_the_purpose_in_common_somebody_else_is_suggested(doors: Doors) -> None:
    """Whoever left the community is a member again at the end, and holds what they held: other journeys need it too."""
    person, _, _ = somebody(doors)
    asked = {"person": person, "first": FIRST, "preferSharedPurpose": True}
    best = suggested(await doors.rest(ADMINISTRATOR, "next-connections", **asked))[0]
    shared = purposes(doors, person)
    rows = [
        ("memberships", row)
        for row in current(doors, "Membership", "since")
        if row["personId"] == best and shared & set(doors.truth.by_id[row["communityId"]].get("purposeIds", []))
    ]
    rows += [
        ("holdings", row) for row in current(doors, "Holding", "since") if row["byId"] == best and row["ofId"] in shared
    ]
    for place, row in rows:
        await doors.delete(f"{place}/{row['id']}")
    await asyncio.sleep(1)  # a write is in every derived answer after a second
    for answer in (await doors.asked(ADMINISTRATOR, "nextConnections", **asked)).values():
        assert best not in suggested(answer)
        assert len(suggested(answer)) == FIRST
    for place, row in rows:
        doors.removed.add(row["id"])
        again = {name: value for name, value in row.items() if name not in {"type", "id"}}
        response = await doors.client.post(f"/v1/{place}", json=again, headers=doors.headers(ADMINISTRATOR))
        assert response.is_success, response.text
