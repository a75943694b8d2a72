"""Credit along lineages, worked out from rows in plain Python and networkx: the oracle of what the service answers."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import networkx as nx

from tests.operations.worlds import START, World

Row = dict[str, Any]
SHARES = {"derived": 0.30, "told": 0.25, "surfaced": 0.20, "tested": 0.15, "feedback": 0.10}
DAMPING = 0.5


class Crediting:
    """What an audience may see of some rows up to a moment, and the credit in it."""

    def __init__(self, rows: Iterable[Row], audiences: Iterable[str], until: datetime) -> None:
        wanted = set(audiences)
        dated = (row for row in rows if "at" not in row or at(row) <= until.timestamp())
        rows = [row for row in dated if row.get("audience", "everyone") in wanted]
        self.seen = {row["id"]: row for row in rows if "id" in row}
        self._by_kind: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            self._by_kind[row["type"]].append(row)
        self.had: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        """By thing and part, who had it."""
        self.sources: dict[str, set[str]] = defaultdict(set)
        self._read()

    def of(self, kind: str) -> list[Row]:
        """The visible rows of a kind."""
        return self._by_kind[kind]

    def people(self, *ids: str | None) -> set[str]:
        """Those of these ids whom the audience may know of."""
        return {id for id in ids if id is not None and id in self.seen}

    def _read(self) -> None:
        for row in self.of("Derivation"):
            if row["madeId"] in self.seen:
                self.sources[row["madeId"]] |= self.people(*row["usedIds"])
                self.had[row["madeId"]]["derived"] |= self.people(*row["byIds"])
        surfaced = [row for row in self.of("Surfacing") if row["revealedId"] in self.seen]
        for row in surfaced:
            told = self.seen.get(row["fromId"], {})
            self.had[row["revealedId"]]["told"] |= self.people(told.get("tellerId"), told.get("personId"))
            self.had[row["revealedId"]]["surfaced"] |= self.people(row["byId"])
        came = {row["revealedId"] for row in surfaced} | self.sources.keys()
        for row in self.of("TacitInsight"):
            if row["id"] not in came:
                self.had[row["id"]]["told"] |= self.people(row.get("heldById"))
        for row in self.of("Experiment"):
            if row["outcome"] != "running" and row["testedId"] in self.seen:
                self.had[row["testedId"]]["tested"] |= self.people(*row["byIds"])
        self._read_feedback()

    def _read_feedback(self) -> None:
        made: dict[str, float] = {}
        for row in self.of("Derivation"):
            made[row["madeId"]] = min(at(row), made.get(row["madeId"], math.inf))
        given = [row for row in self.of("Feedback") if row["kind"] in {"correction", "question"} and "ofId" in row]
        for thing, when in made.items():
            earlier = self.sources[thing] | self.people(*self.seen.get(thing, {}).get("supersedesIds", []))
            of = {one for one in earlier if self.seen[one]["type"] == "ExplicitKnowledge"}
            for row in given:
                if row["ofId"] in of and at(row) < when:
                    self.had[thing]["feedback"] |= self.people(row["byId"])

    def parts(self, knowledge: str) -> dict[str, tuple[str, float]]:
        """Everybody's one part in a piece of knowledge, and its amount."""
        graph = nx.DiGraph()
        graph.add_node(knowledge)
        ahead = [knowledge]
        while ahead:
            thing = ahead.pop()
            for source in self.sources.get(thing, ()):
                hands = self.had[source]["derived"]
                hops = int(bool(hands) and hands != self.had[thing]["derived"])
                if not graph.has_edge(thing, source):
                    graph.add_edge(thing, source, hops=hops)
                    ahead.append(source)
        best: dict[str, tuple[float, int, str, int]] = {}
        for thing, hops in nx.single_source_dijkstra_path_length(graph, knowledge, weight="hops").items():
            for number, (part, share) in enumerate(SHARES.items()):
                for person in self.had[thing][part]:
                    found = (-share * DAMPING**hops, number, part, hops)
                    best[person] = min(best.get(person, (math.inf, 0, "", 0)), found)
        weights: dict[str, float] = defaultdict(float)
        for _, _, part, hops in best.values():
            weights[part] += DAMPING**hops
        total = sum(SHARES[part] for part in weights)
        return {
            person: (part, SHARES[part] / total * DAMPING**hops / weights[part])
            for person, (_, _, part, hops) in best.items()
        }

    def adoptions(self) -> dict[tuple[str, str], float]:
        """What each person's adoption of each piece of knowledge counts."""
        taken = {
            (row["byId"], row["ofId"])
            for row in self.of("Amplification")
            if row["kind"] in {"adopt", "adapt"}
            and self.seen.get(row["ofId"], {}).get("type") == "ExplicitKnowledge"
            and row["byId"] in self.seen
            and self.had[row["ofId"]]["derived"]
        }
        parts = {knowledge: self.parts(knowledge) for _, knowledge in taken}
        others = {(by, knowledge) for by, knowledge in taken if by not in parts[knowledge]}
        bundles = Counter((by, self._alike(knowledge)) for by, knowledge in others)
        weights = {(by, knowledge): 1 / bundles[by, self._alike(knowledge)] for by, knowledge in others}
        flows: dict[tuple[str, str], float] = defaultdict(float)
        for (by, knowledge), weight in weights.items():
            for person in parts[knowledge]:
                flows[by, person] += weight
        return {
            (by, knowledge): weight
            * min(max(0.0, 1 - flows.get((person, by), 0.0) / flows[by, person]) for person in parts[knowledge])
            for (by, knowledge), weight in weights.items()
        }

    def _alike(self, knowledge: str) -> tuple[frozenset[str], frozenset[str]]:
        topics = self.people(*self.seen[knowledge].get("aboutIds", []))
        return frozenset(self.had[knowledge]["derived"]), frozenset(topics)

    def credit(self) -> tuple[Mapping[str, float], Mapping[str, float]]:
        """Everybody's credit, and what is visible of it."""
        credit: dict[str, float] = defaultdict(float)
        visible: dict[str, float] = defaultdict(float)
        for (_, knowledge), weight in self.adoptions().items():
            makers = self.had[knowledge]["derived"]
            for person, (_, amount) in self.parts(knowledge).items():
                credit[person] += weight * amount
            for person in makers:
                visible[person] += weight / len(makers)
        return credit, visible


def at(row: Row) -> float:
    """When it was."""
    return datetime.fromisoformat(row["at"]).timestamp()


def random_lineages(seed: int, *, people: int = 8, items: int = 30, acts: int = 160) -> World:
    """Knowledge made of knowledge, some of it twice, tried out, corrected, adopted; acts and guides may be closed."""
    dice = Random(seed)
    rows: list[Row] = []

    def add(type_: str, day: float, **fields: Any) -> str:
        id = str(UUID(int=dice.getrandbits(128), version=4))
        rows.append({"type": type_, "id": id, "at": (START + timedelta(days=day)).isoformat(), **fields})
        return id

    club = add("Community", 0, name="Club")
    who = [add("Person", 0, name=f"Person {number}") for number in range(people)]
    topics = [add("Topic", 0, name=f"Topic {number}") for number in range(2)]

    def audience(open_to_all: float) -> str:
        return "everyone" if dice.random() < open_to_all else f"community:{club}"

    drawn: list[str] = []
    guides: list[tuple[str, str]] = []
    for number in range(items):
        day = 1 + number * 5.0
        if number < 4 or dice.random() < 0.4:
            story = add("Story", day, title="S", content="C", tellerId=dice.choice(who))
            drawn.append(add("TacitInsight", day, content="I", heldById=dice.choice(who)))
            noticed = {"fromId": story, "revealedId": drawn[-1], "byId": dice.choice(who)}
            add("Surfacing", day, audience=audience(0.85), **noticed)
            continue
        seen_by = audience(0.8)
        replaced = dice.sample([one for one, open_to in guides if open_to == "everyone"], k=min(1, len(guides) // 3))
        made = {"aboutIds": [dice.choice(topics)], "supersedesIds": replaced, "audience": seen_by}
        guide = add("ExplicitKnowledge", day, title="G", content="C", **made)
        after = dice.choice(([0.0], [0.0, dice.uniform(1, 60)]))
        for later in dice.sample(after, k=len(after)):
            used = dice.sample(drawn, k=min(len(drawn), dice.randint(1, 3)))
            makers = dice.sample(who[:4], k=dice.choice((1, 1, 2)))
            add("Derivation", day + later, usedIds=used, madeId=guide, byIds=makers, audience=audience(0.9))
        guides.append((guide, seen_by))
        drawn += [guide] if seen_by == "everyone" else []
    for _ in range(acts):
        guide, seen_by = dice.choice(guides)
        shared = {"audience": seen_by if seen_by != "everyone" else audience(0.8)}
        day, by = dice.uniform(1, items * 5), dice.choice(who)
        match dice.choice(("adopt", "adopt", "adapt", "endorse", "feedback", "experiment")):
            case "feedback":
                kind = dice.choice(("correction", "question", "comment"))
                add("Feedback", day, kind=kind, content="C", byId=by, ofId=guide, **shared)
            case "experiment":
                outcome = dice.choice(("running", "kept", "abandoned"))
                add("Experiment", day, aim="A", testedId=guide, byIds=[by], outcome=outcome, **shared)
            case kind:
                add("Amplification", day, kind=kind, byId=by, ofId=guide, **shared)
    return World(rows)
