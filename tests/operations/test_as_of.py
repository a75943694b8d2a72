"""Answers about a moment are what they would be if nothing had come after it: people, acts, holdings and all."""

import random
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from service.operations.answering import answer
from service.operations.network import Network
from tests.operations.viewers import viewer
from tests.operations.worlds import Row, World, write_world

START = datetime(2025, 1, 1, tzinfo=UTC)
MOMENT = START + timedelta(days=200)
DAYS, EARLY, LATE, ACTS = 400, 14, 12, 260


class Lives:
    """People who act over a year; some come only after the moment, and one is recorded long after what they did."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.community, self.topic, self.organisation = self.id(), self.id(), self.id()
        self.people = [self.id() for _ in range(EARLY + LATE)]
        self.came = [0.0] * EARLY + [201 + self.dice.random() * 100 for _ in range(LATE)]
        self.came[EARLY - 1] = 150.0  # who has neither acted nor belongs by the moment, but was there
        self.rows: list[tuple[float, Row]] = [
            (0, {"type": "Community", "id": self.community, "name": "Night shift"}),
            (0, {"type": "Organisation", "id": self.organisation, "name": "The ward"}),
            (0, {"type": "Topic", "id": self.topic, "name": "Falls"}),
        ]
        for number, (person, day) in enumerate(zip(self.people, self.came, strict=True)):
            recorded = 380.0 if number == 0 else day  # the first was recorded long after what they did
            row = {"type": "Person", "id": person, "name": f"Person {number}", "at": self.at(recorded)}
            self.rows.append((day, row))
        for _ in range(ACTS):
            self.act(self.dice.random() * DAYS)
        self.rows.sort(key=lambda one: one[0])

    def id(self) -> str:
        return str(UUID(int=self.dice.getrandbits(128), version=4))

    def at(self, day: float) -> str:
        return (START + timedelta(days=day)).isoformat()

    def act(self, day: float) -> None:
        there = [one for one, came in zip(self.people, self.came, strict=True) if came < day and came != 150.0]
        one, other = self.dice.sample(there, 2)
        kind = self.dice.choice(["Observation"] * 6 + ["TacitInsight", "Membership", "Holding", "Position"])
        row: Row = {"type": kind, "id": self.id()}
        match kind:
            case "Observation":
                row |= {"byId": one, "toId": other, "at": self.at(day)}
            case "TacitInsight":
                row |= {"content": f"Insight of {day:.0f}", "heldById": one, "at": self.at(day)}
            case "Membership":
                row |= {"personId": one, "communityId": self.community, "since": self.at(day), "at": self.at(day)}
            case "Position":
                row |= {"personId": one, "organisationId": self.organisation, "from": self.at(day), "at": self.at(day)}
                row |= {"profession": "nurse", "standing": "clinical"}
            case "Holding":
                known = [r["id"] for on, r in self.rows if r["type"] == "TacitInsight" and on < day]
                if not known:
                    return
                row |= {"byId": one, "ofId": self.dice.choice(known), "since": self.at(day), "at": self.at(day)}
        self.rows.append((day, row))

    def up_to(self, day: float, *, after: float = -1) -> World:
        return World([row for on, row in self.rows if after < on <= day])


def questions(lives: Lives) -> dict[str, dict[str, Any]]:
    one, two, three, idle = (lives.people[number] for number in (0, 1, 2, EARLY - 1))
    return {
        "amplificationPaths": {"from": one, "to": two, "explain": True},
        "reach": {"people": [one, two], "explain": True},
        "amplifiers": {"for": "network", "budget": 3, "explain": True},
        "nextConnections": {"person": one, "first": 10},
        "knowledgeAtRisk": {"explain": True},
        "whoKnows": {"topic": lives.topic},
        "boundarySpanners": {},
        "detectedCommunities": {},
        "whatIf": {
            "leaves": [three],
            "meet": [one, idle],
            "reachOf": [two],
            "from": one,
            "to": lives.community,
            "amplifiersFor": f"person:{two}",
            "connectionsOf": two,
        },
    }


@pytest.mark.parametrize("seed", range(2))
async def test_what_came_later_changes_no_answer_about_a_moment(network: Network, seed: int) -> None:
    lives = Lives(seed)
    asker = viewer()

    async def answers() -> dict[str, Any]:
        found = {
            name: asdict(await answer(network, asker, name, {**given, "asOf": MOMENT.isoformat()}))
            for name, given in questions(lives).items()
        }
        # Replicates of the ties are drawn among all who are known: how far they agree moves within its error.
        del found["detectedCommunities"]["stability"], found["boundarySpanners"]["caution"]
        return found

    await write_world(network, lives.up_to(200))
    before = await answers()
    await write_world(network, lives.up_to(DAYS, after=200))
    after = await answers()
    assert [name for name in before if after[name] != before[name]] == []
    assert before["amplifiers"]["basis"]["candidates"] == EARLY
