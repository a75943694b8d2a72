"""Evidence read as one audience sees it, the rule in every statement: the oracle of what is read for all at once."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from service.graph.projection import KINDS, Projection
from service.graph.projection_rows import Facts, Numbering
from service.graph.session import Graph
from tests.operations.listening import Act
from tests.operations.worlds import World

Row = tuple[str, str, str, float | None, str]
"""Listener, teller, kind, time and act."""

WORKS = """
MATCH (item:Story) WHERE item.audience IN $seen
OPTIONAL MATCH (item)<-[:TOLD]-(author:Person) WHERE author.audience IN $seen
RETURN item.id AS item, author.id AS author
UNION
MATCH (item:Contribution) WHERE item.audience IN $seen
OPTIONAL MATCH (item)<-[:MADE]-(author:Person) WHERE author.audience IN $seen
RETURN item.id AS item, author.id AS author
UNION
MATCH (item:TacitInsight) WHERE item.audience IN $seen
OPTIONAL MATCH (item)-[:HELD_BY]->(author:Person) WHERE author.audience IN $seen
RETURN item.id AS item, author.id AS author
UNION
MATCH (item:ExplicitKnowledge) WHERE item.audience IN $seen
OPTIONAL MATCH (item)<-[:MADE]-(derivation:Derivation) WHERE derivation.audience IN $seen
OPTIONAL MATCH (derivation)-[:BY]->(author:Person) WHERE author.audience IN $seen
RETURN item.id AS item, author.id AS author
"""
ACTS = """
MATCH (act:Amplification)-[:BY]->(by:Person) WHERE act.audience IN $seen AND by.audience IN $seen
MATCH (act)-[:OF]->(item) WHERE item.audience IN $seen
OPTIONAL MATCH (act)-[:AFTER]->(before:Amplification) WHERE before.audience IN $seen
OPTIONAL MATCH (before)-[:BY]->(earlier:Person)
RETURN act.id AS act, 'amplification' AS kind, act.at.epochMillis AS at, by.id AS by, item.id AS item, earlier.id AS to
UNION
MATCH (act:Contribution)<-[:MADE]-(by:Person) WHERE act.audience IN $seen AND by.audience IN $seen
MATCH (act)-[:REPLIES_TO]->(item) WHERE item.audience IN $seen
RETURN act.id AS act, 'reply' AS kind, act.at.epochMillis AS at, by.id AS by, item.id AS item, null AS to
UNION
MATCH (act:Feedback|Observation|Support)-[:BY]->(by:Person) WHERE act.audience IN $seen AND by.audience IN $seen
OPTIONAL MATCH (act)-[:OF]->(item) WHERE item.audience IN $seen
OPTIONAL MATCH (act)-[:TO]->(to:Person)
RETURN act.id AS act, toLower([label IN labels(act) WHERE label <> 'Item'][0]) AS kind,
  CASE WHEN act.undated THEN null ELSE act.at.epochMillis END AS at, by.id AS by, item.id AS item, to.id AS to
"""
PEOPLE = "MATCH (person:Person) WHERE person.audience IN $seen RETURN person.id AS id"


async def read_by_rule(graph: Graph, audiences: Sequence[str]) -> tuple[list[str], list[Row]]:
    """The people and the evidence that the audiences may see together."""
    given = {"seen": list(audiences)}
    people = {row["id"] for row in await graph.read(PEOPLE, given)}
    authors: dict[str, set[str]] = defaultdict(set)
    for row in await graph.read(WORKS, given):
        authors[row["item"]] |= {row["author"]} - {None}
    acts = await graph.read(ACTS, given)
    return sorted(people), sorted((one for act in acts for one in _rows(act, people, authors)), key=str)


def _rows(act: dict[str, Any], people: set[str], authors: dict[str, set[str]]) -> Iterator[Row]:
    if act["kind"] == "amplification" and act["item"] not in authors:
        return
    tellers = {act["to"]} & people if act["to"] else authors.get(act["item"], set())
    time = None if act["at"] is None else act["at"] / 1000
    for teller in tellers - {act["by"]}:
        yield act["by"], teller, act["kind"], time, act["act"]


def rows_shown(seen: Projection) -> tuple[list[str], list[Row]]:
    """The same of a projection."""
    columns = (seen.listeners, seen.tellers, seen.kinds, seen.times, seen.acts)
    rows = (
        (seen.people[by], seen.people[to], KINDS[kind].value, None if at != at else at, seen.act_ids[act])  # noqa: PLR0124 -- NaN
        for by, to, kind, at, act in zip(*(column.tolist() for column in columns), strict=True)
    )
    return list(seen.people), sorted(rows, key=str)


def acts_shown(seen: Projection) -> list[Act]:
    """The same as the oracle in plain Python tells it."""
    _, rows = rows_shown(seen)
    return sorted(Act(by, to, kind, act, math.inf if at is None else at) for by, to, kind, at, act in rows)


def facts_of(world: World) -> Facts:
    """The rows of a network as the statements would give them, one item at a time."""
    facts, rows = Facts(Numbering()), {row["id"]: row for row in world.rows}
    for row in world.rows:
        audience, id = {"audience": row.get("audience", "everyone")}, [row["id"]]
        at = [round(datetime.fromisoformat(row["at"]).timestamp() * 1000)] if "at" in row else []
        act = audience | {"ids": id, "times": at, "undated": row.get("undated")}
        match row["type"]:
            case "Person":
                facts.add_people([audience | {"people": id}])
            case "Story" | "TacitInsight" | "ExplicitKnowledge" | "Contribution" as label:
                field = {"Story": "tellerId", "TacitInsight": "heldById", "Contribution": "personId"}.get(label, "")
                facts.add_works([audience | {"items": id, "authors": [row.get(field, "")]}])
                if "repliesToId" in row:
                    facts.add_acts([act | {"listeners": [row["personId"]], "items": [row["repliesToId"]]}])
            case "Derivation":
                many = len(row["byIds"])
                made = {"derivations": id * many, "items": [row["madeId"]] * many, "authors": row["byIds"]}
                facts.add_derivations([audience | made])
            case "Amplification" | "Observation" | "Feedback" | "Support" as label:
                ends = {"listeners": [row["byId"]], "items": [row["ofId"]] if "ofId" in row else []}
                tellers = {"tellers": [row["toId"]] if "toId" in row else []}
                facts.add_acts([act | ends | tellers | {"kind": label.lower()}])
                if "afterId" in row:
                    before = rows[row["afterId"]]
                    told = {"acts": id, "tellers": [before["byId"]]}
                    facts.add_afters([{"audience": before.get("audience", "everyone")} | told])
    return facts
