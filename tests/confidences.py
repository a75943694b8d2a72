"""A network full of confidences: of every kind some items are for everyone and some for one closed audience each.

Every text and name of what is not for everyone holds a marked word, so that it is noticed wherever it gets out.
"""

from collections.abc import AsyncIterator
from typing import Any

from service.graph.session import Graph
from service.model.kinds import KINDS
from service.model.viewer import EVERYONE, Scope, Viewer
from service.operations.bulk import Line, write_rows
from service.operations.network import Network
from tests.doors.graphql import random_network
from tests.emptying import emptied

Record = dict[str, Any]
MARK = "xylocanary"
WORDS = {
    "name",
    "title",
    "aim",
    "setting",
    "content",
    "description",
    "biography",
    "externalId",
    "source",
    "profession",
    "standing",
}
PLACES = ("Organisation", "Community", "Person")
CLOSED = tuple(place.lower() for place in PLACES)
TURNS = (EVERYONE, *CLOSED, EVERYONE)
EACH = 25


class Confidences(random_network.Network):
    """Drawn at random, its audiences in turn; the first of each place is for everyone and has an audience."""

    def __init__(self, seed: int = 11) -> None:
        super().__init__(seed, each=EACH)
        places = [self.of(place)[0] for place in PLACES]
        names = {word: f"{word}:{place['id']}" for word, place in zip(CLOSED, places, strict=True)}
        for record in self.records:
            record["audience"] = names.get(record["audience"], record["audience"])
        self._drawn_from_what_its_author_sees_no_more(names)
        self._in_answer_to_what_is_hidden(names)
        for record in self.records:
            if record["audience"] != EVERYONE:
                record |= {word: f"{MARK} {record[word]}" for word in WORDS & record.keys()}
        for place in places:
            self.records.remove(place)
        self.records[:0] = places
        self.audiences = tuple(names.values())

    def audience(self) -> str:
        """Each audience in its turn, the first of a kind for everyone."""
        return TURNS[len(self.records) % self.each % len(TURNS)]

    def _person(self) -> Record:
        return {**self.name("Person"), "biography": "Lives"}

    def _organisation(self) -> Record:
        return {**self.name("Organisation"), "description": "Works"}

    def _community(self) -> Record:
        first = not self.of("Community")
        return {
            **self.name("Community"),
            "description": "Meets",
            "purposeIds": [] if first else self.some("Purpose"),
            "standsForIds": [] if first else self.some("Value"),
        }

    def _position(self) -> Record:
        """The first in the organisation that has an audience."""
        first = {} if self.of("Position") else {"organisationId": self.of("Organisation")[0]["id"]}
        return {**super()._position(), **first}

    def _membership(self) -> Record:
        """The first in the community that has an audience."""
        first = {} if self.of("Membership") else {"communityId": self.of("Community")[0]["id"]}
        return {**super()._membership(), **first}

    def _amplification(self) -> Record:
        """Of few things, so that many acts come after others."""
        wanted = self.random.choice(("Story", "Contribution", "TacitInsight", "ExplicitKnowledge"))
        of = self.random.choice(self.of(wanted)[:2])["id"]
        earlier = [one["id"] for one in self.of("Amplification") if one["ofId"] == of]
        after = self.random.choice(earlier) if earlier else None
        return {**super()._amplification(), "ofId": of, "afterId": after}

    def _grant(self) -> Record:
        """The first by the person who has an audience, the second by who may not see their own record."""
        own = [self.of("Person")[0], next(one for one in self.of("Person") if one["audience"] == "community")]
        drawn, place = super()._grant(), len(self.of("Grant"))
        by = own[place]["id"] if place < len(own) and drawn["toId"] != own[place]["id"] else drawn["byId"]
        return {**drawn, "byId": by, "audience": f"person:{by}"}

    def _drawn_from_what_its_author_sees_no_more(self, names: dict[str, str]) -> None:
        """An insight and knowledge for their author alone, out of what is for a community that the author is not in."""
        author = names["person"].partition(":")[2]
        story, used = (self._of_audience(kind, names["community"]) for kind in ("Story", "TacitInsight"))
        made = self._added("ExplicitKnowledge", names["person"], self._explicitknowledge())
        revealed = self._added("TacitInsight", names["person"], {"heldById": author, "aboutIds": []})
        self._added("Surfacing", EVERYONE, {"fromId": story, "revealedId": revealed, "byId": author})
        drawn = {"usedIds": [used], "madeId": made, "byIds": [author], "withinId": None}
        self._added("Derivation", EVERYONE, {**self._derivation(), **drawn})

    def _in_answer_to_what_is_hidden(self, names: dict[str, str]) -> None:
        """What a member said before everyone, in answer to what is for a community alone."""
        people = {one["id"] for one in self.of("Person") if one["audience"] == EVERYONE}
        memberships = [one for one in self.of("Membership") if one["audience"] == EVERYONE]
        member = next(one["personId"] for one in memberships if one["personId"] in people)
        asked = next(one for one in self.of("Contribution") if one["audience"] == names["community"])
        said = {"personId": member, "conversationId": asked["conversationId"], "repliesToId": asked["id"]}
        self._added("Contribution", EVERYONE, {**self._contribution(), **said})

    def _of_audience(self, kind: str, audience: str) -> str:
        return next(str(one["id"]) for one in self.of(kind) if one["audience"] == audience)

    def _added(self, kind: str, audience: str, fields: Record) -> str:
        self._add(kind, {**fields, "audience": audience})
        return str(self.records[-1]["id"])

    def hidden_from(self, viewer: Viewer) -> list[Record]:
        """What the viewer may not see."""
        return [one for one in self.records if one["audience"] not in viewer.audiences]


def stranger(*audiences: str) -> Viewer:
    """Somebody who belongs to nothing, or to these audiences only, and may write for others what they may see."""
    return Viewer(
        principal="stranger",
        person_id=None,
        audiences=(EVERYONE, *audiences),
        scopes=frozenset({Scope.read, Scope.integrate}),
    )


def member_of(audience: str, planted: Confidences) -> str:
    """Somebody who belongs to an audience."""
    place, _, id = audience.partition(":")
    held = {"organisation": ("Position", "organisationId"), "community": ("Membership", "communityId")}
    if place == "person":
        return id
    kind, link = held[place]
    return next(str(one["personId"]) for one in planted.of(kind) if one[link] == id)


async def plant(graph: Graph, records: list[Record]) -> None:
    """Put the records, and nothing else, into the graph."""
    await emptied(graph)

    async def lines(numbered: list[tuple[int, Record]]) -> AsyncIterator[Line]:
        for number, record in numbered:
            yield Line(number, {name: value for name, value in record.items() if value is not None})

    for writer, numbered in random_network.by_writer(records):
        async for outcome in write_rows(Network(graph), writer, lines(numbered)):
            assert outcome.status == "created", (outcome, records[outcome.line - 1])


async def is_planted(graph: Graph, records: list[Record]) -> bool:
    """Whether the graph holds just these records as they were written."""
    rows = await graph.read("MATCH (item:Item) RETURN item.id AS id, item.version AS version")
    return {(row["id"], row["version"]) for row in rows} == {(one["id"], one["version"]) for one in records}


async def remove(graph: Graph, records: list[Record]) -> None:
    """Take records out of the graph as if they had never been there."""
    ids = [one["id"] for one in records]
    await graph.write("MATCH (item:Item) WHERE item.id IN $ids DETACH DELETE item", {"ids": ids})


def holders(records: list[Record]) -> set[tuple[str, str]]:
    """Which kinds have an item for which sort of audience."""
    return {(one["type"], str(one["audience"]).partition(":")[0]) for one in records}


EVERY_KIND_AND_AUDIENCE = {
    (kind, audience) for kind in KINDS for audience in ((EVERYONE, *CLOSED) if kind != "Grant" else ("person",))
}
"""A grant is a confidence of its giver's, and nothing else."""
