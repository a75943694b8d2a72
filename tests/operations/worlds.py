"""Small random networks as rows, written through the service, and what one audience may see of them."""

import random
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from service.operations.bulk import Line, write_rows
from service.operations.changes import number_changes
from service.operations.keys import OPERATOR
from service.operations.network import Network

Row = dict[str, Any]
START = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass
class World:
    """The rows of a network, in an order in which each refers only to rows before it."""

    rows: list[Row]

    def ids(self, kind: str) -> list[str]:
        return [row["id"] for row in self.rows if row["type"] == kind and "id" in row]

    def seen_by(self, audiences: Iterable[str]) -> dict[str, Row]:
        """The rows that these audiences may see together, by id."""
        wanted = set(audiences)
        open_to = (row for row in self.rows if row.get("audience", "everyone") in wanted)
        return {row["id"]: row for row in open_to if "id" in row}


class _Making:
    """A network in the making, by the throw of a seeded die."""

    def __init__(self, seed: int, people: int) -> None:
        self.dice = random.Random(seed)
        self.rows: list[Row] = []
        self.communities = [self.add("Community", name=f"Community {number}") for number in range(2)]
        self.people = [
            self.add(
                "Person",
                name=f"Person {number}",
                at=START.isoformat(),
                audience=self.audience(0.9 if number else 0.0),
            )
            for number in range(people)
        ]
        self.carried: list[str] = []
        self.amplifications: list[tuple[str, str, str]] = []
        """Id, item and time of each."""

    def add(self, kind: str, /, **fields: Any) -> str:
        id = str(UUID(int=self.dice.getrandbits(128), version=4))
        given = {name: value for name, value in fields.items() if value is not None}
        self.rows.append({"type": kind, "id": id, **given})
        return id

    def moment(self) -> str:
        return (START + timedelta(seconds=self.dice.randrange(500 * 86_400))).isoformat()

    def audience(self, open_to_all: float = 0.6) -> str:
        closed = f"community:{self.dice.choice(self.communities)}"
        return "everyone" if self.dice.random() < open_to_all else closed

    def maybe(self, chance: float, value: str) -> str | None:
        return value if self.dice.random() < chance else None

    def person(self) -> str:
        return self.dice.choice(self.people)

    def words(self, number: int) -> dict[str, Any]:
        return {"content": f"What happened {number}", "at": self.moment(), "audience": self.audience()}

    def memberships(self) -> None:
        for community in self.communities:
            for person in self.dice.sample(self.people, len(self.people) // 2):
                since = START + timedelta(days=self.dice.randrange(300))
                until = self.maybe(0.3, (since + timedelta(days=self.dice.randrange(1, 300))).isoformat())
                of = {"personId": person, "communityId": community, "audience": self.audience(0.8)}
                self.add("Membership", since=since.isoformat(), until=until, **of)

    def story(self, number: int) -> None:
        teller = self.maybe(0.9, self.person())
        self.carried.append(self.add("Story", title=f"Story {number}", tellerId=teller, **self.words(number)))

    def talk(self, number: int) -> None:
        talk = self.add("Conversation", title=f"Talk {number}", audience=self.audience(), at=self.moment())
        said: list[str] = []
        for ordinal in range(3):
            of = {"personId": self.person(), "conversationId": talk, "ordinal": ordinal}
            answered = self.dice.choice(said) if said else None
            said.append(self.add("Contribution", repliesToId=answered, **of, **self.words(number)))
        self.carried.extend(said)

    def insight(self, number: int) -> None:
        holder = self.maybe(0.9, self.person())
        self.carried.append(self.add("TacitInsight", heldById=holder, **self.words(number)))

    def knowledge(self, number: int) -> None:
        words = self.words(number)
        told = self.add("Story", title=f"Told {number}", tellerId=self.person(), **words)
        insight = self.add("TacitInsight", heldById=self.person(), **words)
        noticed = {"byId": self.person(), "audience": self.audience(), "at": self.moment()}
        self.add("Surfacing", fromId=told, revealedId=insight, **noticed)
        made = self.add("ExplicitKnowledge", title=f"Guide {number}", **words)
        makers = self.dice.sample(self.people, 2)
        drawn = {"usedIds": [insight], "madeId": made, "byIds": makers}
        self.add("Derivation", audience=self.audience(), at=self.moment(), **drawn)
        self.carried.extend([insight, made])

    def amplification(self, shared: dict[str, Any]) -> None:
        earlier = [one for one in self.amplifications if one[2] < shared["at"]]
        after, of, _ = self.dice.choice(earlier) if earlier else ("", "", "")
        if not earlier or self.dice.random() < 0.6:
            after, of = "", self.dice.choice(self.carried)
        kind = self.dice.choice(["share", "retell", "adopt"])
        act = self.add("Amplification", kind=kind, ofId=of, afterId=after or None, **shared)
        self.amplifications.append((act, of, shared["at"]))

    def observation(self, shared: dict[str, Any]) -> None:
        end = {"toId": self.person()} if self.dice.random() < 0.6 else {"ofId": self.dice.choice(self.carried)}
        self.add("Observation", undated=self.dice.random() < 0.3, **end, **shared)

    def feedback(self, shared: dict[str, Any]) -> None:
        of, to = self.dice.choice(self.carried), self.maybe(0.3, self.person())
        self.add("Feedback", content="Thanks", ofId=of, toId=to, **shared)

    def support(self, shared: dict[str, Any]) -> None:
        of, to = self.dice.choice(self.carried), self.maybe(0.7, self.person())
        self.add("Support", content="Well done", ofId=of, toId=to, **shared)


def random_world(seed: int, *, people: int = 12, items: int = 25, acts: int = 80) -> World:
    """A network in which anything may be hidden: people, memberships, stories, acts."""
    making = _Making(seed, people)
    making.memberships()
    for number in range(items):
        making.dice.choice([making.story, making.story, making.talk, making.insight, making.knowledge])(number)
    for _ in range(acts):
        kinds = [making.amplification, making.amplification, making.observation, making.feedback, making.support]
        shared = {"byId": making.person(), "audience": making.audience(), "at": making.moment()}
        making.dice.choice(kinds)(shared)
    return World(making.rows)


def in_order(rows: list[Row]) -> list[Row]:
    """The same rows, none dated before what it names."""
    dates: dict[str, str] = {}
    found = []
    for row in rows:
        named = [one for key, value in row.items() if key.endswith(("Id", "Ids")) for one in _listed(value)]
        after = max((dates[one] for one in named if one in dates), default="")
        found.append(row | ({"at": max(row["at"], after)} if "at" in row else {}))
        if "id" in row and "at" in row:
            dates[row["id"]] = found[-1]["at"]
    return found


def _listed(value: str | list[str]) -> list[str]:
    return value if isinstance(value, list) else [value]


async def write_world(network: Network, world: World) -> None:
    """Write the rows as the operator would, and let the feed of changes know."""

    async def lines() -> AsyncIterator[Line]:
        for number, row in enumerate(world.rows, start=1):
            yield Line(number, row)

    failed = [outcome async for outcome in write_rows(network, OPERATOR, lines()) if outcome.status == "failed"]
    assert not failed, failed[:3]
    await number_changes(network, "tests")
