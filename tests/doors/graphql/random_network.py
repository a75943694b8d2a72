"""A small network drawn at random: every kind and link, audiences of all sorts, many items of one instant."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from service.model.kinds import KINDS
from service.model.viewer import EVERYONE, Scope, Viewer
from service.operations.keys import OPERATOR

Record = dict[str, Any]
Plan = tuple[Viewer, list[tuple[int, Record]]]
START = datetime(2026, 1, 5, 10, tzinfo=UTC)
EACH = 9


class Network:
    """Rows whose links point backwards; what each says is complete, so that nothing is left to defaults."""

    def __init__(self, seed: int, each: int = EACH) -> None:
        self.random = Random(seed)
        self.each = each
        self.records: list[Record] = []
        for kind in KINDS:
            for _ in range(each):
                draw = getattr(self, f"_{kind.lower()}", dict)
                self._add(kind, draw())

    def of(self, *kinds: str) -> list[Record]:
        """What there is of these kinds so far."""
        return [one for one in self.records if one["type"] in kinds]

    def one(self, *kinds: str) -> str:
        """The id of one of these kinds."""
        return str(self.random.choice(self.of(*kinds))["id"])

    def some(self, *kinds: str, most: int = 3) -> list[str]:
        """The ids of a few of these kinds, possibly none."""
        found = self.of(*kinds)
        return [one["id"] for one in self.random.sample(found, min(len(found), self.random.randint(0, most)))]

    def maybe(self, *kinds: str) -> str | None:
        """The id of one of these kinds, or nothing."""
        return self.one(*kinds) if self.of(*kinds) and self.random.random() < 0.7 else None

    def instant(self) -> str:
        """One of a few instants, so that many items share one."""
        return (START + timedelta(hours=self.random.randint(0, 6))).isoformat().replace("+00:00", "Z")

    def audience(self) -> str:
        """One of the audiences that a viewer may or may not belong to."""
        communities = [one["id"] for one in self.of("Community")][:2]
        people = [one["id"] for one in self.of("Person")][:1]
        closed = [*(f"community:{one}" for one in communities), *(f"person:{one}" for one in people)]
        return self.random.choice(["everyone", "everyone", *closed]) if communities else "everyone"

    def _add(self, kind: str, fields: Record) -> None:
        record: Record = {
            "type": kind,
            "id": str(UUID(int=self.random.getrandbits(128), version=4)),
            "audience": self.audience(),
            "at": self.instant(),
            "createdAt": self.instant(),
            "updatedAt": self.instant(),
            "version": self.random.randint(1, 9),
        }
        if KINDS[kind].has_text:
            record |= {
                "content": f"*Words* of {kind} <b>{len(self.records)}</b>",
                "format": self.random.choice(["markdown", "html"]),
            }
        for name, declared in KINDS[kind].given.items():
            if name not in record and name not in fields and declared.optional and not declared.link:
                record[name] = None
        self.records.append({**record, **fields})

    def name(self, of: str) -> Record:
        """A name that others may have as well."""
        return {"name": f"{of} {self.random.randint(1, 5)}"}

    def _person(self) -> Record:
        return {**self.name("Person"), "audience": "everyone"}

    def _account(self) -> Record:
        return {"source": "s", "externalId": str(len(self.records)), "personId": self.one("Person")}

    def _organisation(self) -> Record:
        return {**self.name("Organisation"), "audience": "everyone"}

    def _position(self) -> Record:
        return {
            "profession": "nurse",
            "standing": self.random.choice(["clinical", "patient"]),
            "from": self.instant(),
            "personId": self.one("Person"),
            "organisationId": self.one("Organisation"),
        }

    def _purpose(self) -> Record:
        return self.name("Purpose")

    def _value(self) -> Record:
        return self.name("Value")

    def _community(self) -> Record:
        return {
            **self.name("Community"),
            "audience": "everyone",
            "purposeIds": self.some("Purpose"),
            "standsForIds": self.some("Value"),
        }

    def _invitation(self) -> Record:
        return {
            "answer": self.random.choice(["open", "accepted", "declined"]),
            "personId": self.one("Person"),
            "communityId": self.one("Community"),
            "byId": self.one("Person"),
        }

    def _stagechange(self) -> Record:
        return {"stage": self.random.choice(["intent", "unity"]), "communityId": self.one("Community")}

    def _membership(self) -> Record:
        return {
            "since": self.instant(),
            "participation": self.random.choice(["peripheral", "full"]),
            "role": self.random.choice(["member", "steward"]),
            "personId": self.one("Person"),
            "communityId": self.one("Community"),
        }

    def _topic(self) -> Record:
        return {**self.name("Topic"), "narrowerThanIds": self.some("Topic")}

    def _story(self) -> Record:
        return {
            "title": "A story",
            "kind": self.random.choice(["event", "problem"]),
            "language": self.random.choice(["en", "cy"]),
            "tellerId": self.maybe("Person"),
            "aboutIds": self.some("Topic"),
        }

    def _conversation(self) -> Record:
        return {"title": "A conversation", "startedById": self.maybe("Story"), "aboutIds": self.some("Topic")}

    def _contribution(self) -> Record:
        conversation = self.random.choice(self.of("Conversation"))
        answered = [one["id"] for one in self.of("Contribution") if one["conversationId"] == conversation["id"]]
        answered += [conversation["startedById"]] if conversation["startedById"] else []
        return {
            "ordinal": self.random.randint(0, 3),
            "personId": self.one("Person"),
            "conversationId": conversation["id"],
            "repliesToId": self.random.choice(answered) if answered else None,
        }

    def _tacitinsight(self) -> Record:
        return {"heldById": self.maybe("Person"), "aboutIds": self.some("Topic")}

    def _holding(self) -> Record:
        of = self.one("TacitInsight", "Value", "Purpose")
        return {"since": self.instant(), "byId": self.one("Person"), "ofId": of}

    def _surfacing(self) -> Record:
        insight = self.random.choice(self.of("TacitInsight"))
        open_or_same = [
            one["id"]
            for one in self.of("Story", "Contribution")
            if one["audience"] in {"everyone", insight["audience"]}
        ]
        return {"fromId": self.random.choice(open_or_same), "revealedId": insight["id"], "byId": self.one("Person")}

    def _explicitknowledge(self) -> Record:
        return {"title": "A guide", "supersedesIds": self.some("ExplicitKnowledge"), "aboutIds": self.some("Topic")}

    def _derivation(self) -> Record:
        made = self.random.choice(self.of("ExplicitKnowledge"))
        fitting = [one["id"] for one in self.of("TacitInsight") if one["audience"] in {"everyone", made["audience"]}]
        return {
            "mode": self.random.choice(["externalisation", "combination"]),
            "usedIds": self.random.sample(fitting, min(2, len(fitting))),
            "madeId": made["id"],
            "byIds": self.some("Person") or [self.one("Person")],
            "withinId": self.maybe("Community"),
        }

    def _experiment(self) -> Record:
        return {
            "aim": "To see",
            "perceivedRisk": self.random.choice([0, 7, None]),
            "outcome": self.random.choice(["running", "kept"]),
            "testedId": self.one("ExplicitKnowledge"),
            "byIds": self.some("Person") or [self.one("Person")],
            "followsOnId": self.maybe("Experiment"),
        }

    def _amplification(self) -> Record:
        of = self.one("Story", "Contribution", "TacitInsight", "ExplicitKnowledge")
        earlier = [one["id"] for one in self.of("Amplification") if one["ofId"] == of]
        return {
            "kind": self.random.choice(["share", "adopt"]),
            "channel": self.random.choice(["chat", None]),
            "inferredParent": self.random.random() < 0.5,
            "byId": self.one("Person"),
            "ofId": of,
            "afterId": self.random.choice([*earlier, None]),
        }

    def _observation(self) -> Record:
        return {"kind": self.random.choice(["saw", "read"]), "undated": self.random.random() < 0.5, **self._evidence()}

    def _feedback(self) -> Record:
        return {"kind": self.random.choice(["comment", "question"]), **self._evidence()}

    def _support(self) -> Record:
        return {"kind": self.random.choice(["advice", "practical"]), **self._evidence()}

    def _grant(self) -> Record:
        """For its giver alone."""
        by, to = self.random.sample(self.of("Person"), 2)
        return {"opens": "participation", "byId": by["id"], "toId": to["id"], "audience": f"person:{by['id']}"}

    def _evidence(self) -> Record:
        seen = ("Story", "Contribution", "Conversation", "TacitInsight", "ExplicitKnowledge")
        return {"byId": self.one("Person"), "ofId": self.maybe(*seen), "toId": self.maybe("Person")}


def by_writer(records: list[Record]) -> list[Plan]:
    """Who writes which of the records, each with its number: the operator, and then everybody their own grants."""
    numbered = list(enumerate(records, 1))
    plans: list[Plan] = [(OPERATOR, [one for one in numbered if one[1]["type"] != "Grant"])]
    for person in sorted({one["byId"] for _, one in numbered if one["type"] == "Grant"}):
        giver = Viewer(
            principal=f"key of {person}",
            person_id=person,
            audiences=(EVERYONE, f"person:{person}"),
            scopes=frozenset({Scope.administer}),
        )
        plans.append((giver, [one for one in numbered if one[1]["type"] == "Grant" and one[1]["byId"] == person]))
    return plans
