"""Silos and level playing fields: who listens across the lines between standings, counted from the rows."""

import asyncio
import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Doors, Refused
from tests.concepts.truth import Truth


def standings(doors: Doors, at: datetime) -> dict[str, str]:
    """Everybody's standing at a moment, by the position that they have held the longest."""
    found: dict[str, str] = {}
    rows = [one for one in doors.truth.by_type["Position"] if one.get("audience", "everyone") == "everyone"]
    for row in sorted(rows, key=lambda one: (one["from"], one["id"])):
        ended = row.get("until") and datetime.fromisoformat(row["until"]) <= at
        if datetime.fromisoformat(row["from"]) <= at and not ended:
            found.setdefault(row["personId"], row["standing"])
    return found


def mixed(truth: Truth, standing: dict[str, str], at: datetime) -> Counter[tuple[str, str]]:
    """How many ties run from one standing to another, counted once a pair of people and direction."""
    pairs = {(act.teller, act.listener) for act in truth.acts() if act.at == float("inf") or act.at <= at.timestamp()}
    known = ((teller, listener) for teller, listener in pairs if teller in standing and listener in standing)
    return Counter((standing[teller], standing[listener]) for teller, listener in known)


async def test_the_mixing_matrix_is_what_the_rows_say(doors: Doors) -> None:
    for viewer in VIEWERS:
        for answer in (await doors.asked(viewer, "crossing", groupBy="standing")).values():
            assert isinstance(answer, dict), answer
            at = datetime.fromisoformat(answer["basis"]["asOf"])
            assert (at.day, at.hour, at.minute) == (1, 0, 0), "whole months only"
            expected = mixed(doors.truth, standings(doors, at), at)
            groups = {one["name"] for one in answer["groups"]}
            found = {(one["teller"], one["listener"]): one["ties"] for one in answer["matrix"]}
            # A group stands still until it can move without telling of a few: some are counted where they were before.
            # Whoever is in a group that may not be shown is in none here.
            shown = {cell: ties for cell, ties in expected.items() if set(cell) <= groups}
            told = {cell: ties for cell, ties in found.items() if ties is not None}
            for cell, ties in told.items():
                assert ties == pytest.approx(expected[cell], rel=0.15, abs=25)
            assert sum(told.values()) == pytest.approx(sum(shown.values()), rel=0.15)
            inside = sum(expected[one, one] for one in groups)
            outside = sum(shown.values()) - inside
            assert answer["eiIndex"]["value"] == pytest.approx((outside - inside) / (outside + inside), abs=0.05)
            assert answer["eiIndex"]["low"] < answer["eiIndex"]["value"] < answer["eiIndex"]["high"]
            assert all(one["people"] >= 5 for one in answer["groups"])


async def test_communities_listen_inside_far_more_than_their_sizes_would_make_them(doors: Doors) -> None:
    for answer in (await doors.asked(OUTSIDE, "crossing", groupBy="community")).values():
        assert isinstance(answer, dict)
        assert answer["eiIndex"]["value"] < answer["expectedEiIndex"] - 0.2
        assert answer["p"] < 0.01


async def mixed_community(doors: Doors) -> str:
    """An open community of which it can be told how diverse it is: of several standings, each of enough people."""
    for id in sorted(doors.truth.ids("Community", frozenset({"everyone"}))):
        asked = doors.client.get("/v1/diversity", params={"community": id}, headers=doors.headers(OUTSIDE))
        told: dict[str, Any] = (await asked).json()
        if len(told["groups"]) > 1 and told["reason"] is None:
            return id
    pytest.fail("there is no such community")


async def test_who_is_in_the_room_and_who_is_heard(doors: Doors) -> None:
    for answer in (await doors.asked(OUTSIDE, "diversity", community=await mixed_community(doors))).values():
        assert isinstance(answer, dict)
        assert answer["reason"] is None
        assert all(one["people"] >= 5 for one in answer["groups"])
        shares = [one["shareOfPeople"] for one in answer["groups"]]
        people = sum(one["people"] for one in answer["groups"])
        assert shares == pytest.approx([one["people"] / people for one in answer["groups"]])
        assert len(shares) > 1
        blau = 1 - sum(share**2 for share in shares)
        assert answer["blau"]["value"] == pytest.approx(blau)
        assert answer["blauNormalised"]["value"] == pytest.approx(blau / (1 - 1 / len(shares)))
        assert answer["shannon"]["value"] == pytest.approx(-sum(share * math.log(share) for share in shares))
        for name in ("blau", "blauNormalised", "shannon"):
            assert answer[name]["low"] < answer[name]["value"] < answer[name]["high"]


async def test_a_closed_community_is_told_of_to_those_inside_alone(doors: Doors) -> None:
    closed = doors.planted.viewers.closed_community
    for viewer, refused in ((INSIDE, False), (OUTSIDE, True), (ADMINISTRATOR, True)):
        told = await doors.asked(viewer, "crossing", groupBy="standing", audience=f"community:{closed}")
        assert all(isinstance(one, Refused) == refused for one in told.values())


async def test_few_are_never_told_of(doors: Doors) -> None:
    organisation = doors.truth.by_type["Organisation"][0]["id"]
    for answer in (
        await doors.asked(OUTSIDE, "crossing", groupBy="profession", scope=f"organisation:{organisation}")
    ).values():
        assert isinstance(answer, dict)
        assert all(one["people"] >= 5 for one in answer["groups"])
    refused = await doors.asked(OUTSIDE, "crossing", groupBy="detected")
    assert all(isinstance(one, Refused) for one in refused.values())


async def test_most_scopes_show_how_their_groups_cross(doors: Doors) -> None:
    """Eight of nine organisations show two standings and more, as do most communities that have two of five people."""
    month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    of = standings(doors, month)
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for kind, belonging, scope in (
        ("organisation", "Position", "organisationId"),
        ("community", "Membership", "communityId"),
    ):
        members: dict[str, set[str]] = {}
        for row in doors.truth.by_type[belonging]:
            there = datetime.fromisoformat(row.get("from") or row["since"]) <= month
            gone = row.get("until") and datetime.fromisoformat(row["until"]) <= month
            if there and not gone and row.get("audience", "everyone") == "everyone":
                members.setdefault(row[scope], set()).add(row["personId"])
        found[kind] = {}
        for id, people in members.items():
            answer = await doors.rest(OUTSIDE, "crossing", groupBy="standing", scope=f"{kind}:{id}")
            assert isinstance(answer, dict), answer
            assert answer["groups"] or answer["reason"]
            large = [count for count in Counter(of[one] for one in people if one in of).values() if count >= 5]
            found[kind][id] = (len(answer["groups"]), len(large))
    assert sum(shown >= 2 for shown, _ in found["organisation"].values()) >= 8
    divided = [shown for shown, large in found["community"].values() if large >= 2]
    assert sum(shown >= 2 for shown in divided) >= 0.8 * len(divided) > 10


HEARD = 12
"""So many clinicians, who each come to hear two peer workers."""


async def test_where_peer_workers_are_heard_they_are_no_silo_any_more(doors: Doors) -> None:
    """In a trust no clinician listens to a peer worker, nor one of these to a clinician; then some clinicians do."""
    trust = next(one["id"] for one in doors.truth.by_type["Organisation"] if one["name"].startswith("Harrowdale"))
    asked = {"groupBy": "standing", "scope": f"organisation:{trust}"}
    silent = {}
    for door, answer in (await doors.asked(OUTSIDE, "crossing", **asked)).items():
        assert isinstance(answer, dict), answer
        assert ties(answer)["clinical", "patient"] == ties(answer)["patient", "clinical"] == 0
        assert answer["eiIndex"]["value"] < answer["expectedEiIndex"] - 0.1, "chance would not do that"
        silent[door] = answer
    end = datetime.fromisoformat(silent["rest"]["basis"]["asOf"])
    there = {one["personId"] for one in doors.truth.by_type["Position"] if one["organisationId"] == trust}
    of = standings(doors, end)
    pairs = {(one.teller, one.listener) for one in doors.truth.acts() if {one.teller, one.listener} <= there}
    assert not [pair for pair in pairs if {of.get(one) for one in pair} == {"clinical", "patient"}]
    long_there = {
        one["personId"]
        for one in doors.truth.by_type["Position"]
        if one["organisationId"] == trust and one["from"] < "2024-07-01" and not one.get("until")
    }
    clinicians, peers = (sorted(one for one in long_there if of[one] == word) for word in ("clinical", "patient"))
    heard = []
    try:
        for number in range(2 * HEARD):
            saw = {
                "byId": clinicians[number // 2],
                "toId": peers[number % 7],
                "at": (end - timedelta(days=9)).isoformat(),
            }
            made = await doors.client.post(
                "/v1/observations", json={"kind": "saw", **saw}, headers=doors.headers(ADMINISTRATOR)
            )
            heard.append(made.json()["id"])
        await asyncio.sleep(1)  # a write is in every derived answer after a second
        for door, answer in (await doors.asked(OUTSIDE, "crossing", **asked)).items():
            assert isinstance(answer, dict), answer
            assert ties(answer) == ties(silent[door]) | {("patient", "clinical"): 2 * HEARD}
            assert answer["eiIndex"]["value"] > silent[door]["eiIndex"]["value"]
            before, after = (
                {one["name"]: one["shareInside"] for one in found["groups"]} for found in (silent[door], answer)
            )
            assert after["patient"] < before["patient"]
            assert after["clinical"] == before["clinical"]
    finally:
        for id in heard:
            await doors.delete(f"observations/{id}")


def ties(answer: dict[str, Any]) -> dict[tuple[str, str], int]:
    """How many ties run from one group to another."""
    return {(one["teller"], one["listener"]): one["ties"] for one in answer["matrix"]}
