"""What would be lost, against what plain Python works out from the rows; networkx says who hangs on whom."""

from datetime import datetime, timedelta
from typing import Any

import networkx as nx
import pytest

from service.model.errors import Invalid, NotFound
from service.model.losses import KnowledgeAtRisk
from service.operations.answering import answer
from service.operations.network import Network
from tests.operations.listening import evidence, tie_probabilities
from tests.operations.viewers import viewer
from tests.operations.worlds import START, World, random_world, write_world

LATE = START + timedelta(days=400)


async def at_risk(network: Network, who: Any = None, **given: Any) -> KnowledgeAtRisk:
    found: KnowledgeAtRisk = await answer(network, who or viewer(), "knowledgeAtRisk", {"asOf": LATE, **given})
    return found


def lived_in(seed: int) -> World:
    """A random world in which people hold insights besides whose memory they are, and try guides out."""
    world = random_world(seed, people=14, items=60, acts=60)
    people = world.ids("Person")
    for place, insight in enumerate(world.ids("TacitInsight")):
        if place % 3 == 0:
            since = (START + timedelta(days=60 * (place % 8))).isoformat()
            audience = "everyone" if place % 2 else world.rows[-1].get("audience", "everyone")
            held = {"byId": people[place % 7], "ofId": insight, "since": since, "audience": audience}
            world.rows.append({"type": "Holding", **held})
    for place, guide in enumerate(world.ids("ExplicitKnowledge")):
        if place % 4 == 0:
            tried = {"aim": "To see", "testedId": guide, "byIds": [people[place % 5]], "at": START.isoformat()}
            world.rows.append({"type": "Experiment", **tried})
    guides = world.ids("ExplicitKnowledge")
    newer = {"title": "Newer", "content": "Newer", "supersedesIds": guides[:1], "at": START.isoformat()}
    world.rows.append({"type": "ExplicitKnowledge", **newer})
    return world


def open_to(world: World, audiences: tuple[str, ...]) -> list[dict[str, Any]]:
    return [row for row in world.rows if row.get("audience", "everyone") in audiences]


def happened(row: dict[str, Any], field: str = "at") -> bool:
    return field in row and datetime.fromisoformat(row[field]) <= LATE


def holders(world: World, audiences: tuple[str, ...]) -> dict[str, set[str]]:
    """Who holds each insight, as far as the audiences may see."""
    rows = open_to(world, audiences)
    people = {row["id"] for row in rows if row["type"] == "Person"}
    found: dict[str, set[str]] = {
        row["id"]: {row.get("heldById", "")} & people for row in rows if row["type"] == "TacitInsight" and happened(row)
    }
    for row in rows:
        if row["type"] == "Holding" and row["ofId"] in found and happened(row, "since"):
            found[row["ofId"]] |= {row["byId"]} & people
    return found


def carriers(world: World, audiences: tuple[str, ...]) -> dict[str, set[str]]:
    rows = open_to(world, audiences)
    people = {row["id"] for row in rows if row["type"] == "Person"}
    replaced = {id for row in rows if row["type"] == "ExplicitKnowledge" for id in row.get("supersedesIds", [])}
    found: dict[str, set[str]] = {
        row["id"]: set()
        for row in rows
        if row["type"] == "ExplicitKnowledge" and "id" in row and happened(row) and row["id"] not in replaced
    }
    of = {"Derivation": "madeId", "Amplification": "ofId", "Experiment": "testedId"}
    for row in rows:
        if row.get(of.get(row["type"], "")) in found and happened(row):
            found[row[of[row["type"]]]] |= {*row.get("byIds", []), row.get("byId")} & people
    return found


def of_one(held: dict[str, set[str]], people: set[str]) -> dict[str, str]:
    return {id: next(iter(by)) for id, by in held.items() if len(by) == 1 and by <= people}


@pytest.mark.parametrize("seed", range(2))
async def test_what_one_person_alone_has_is_what_the_rows_say(network: Network, seed: int) -> None:
    world = lived_in(seed + 70)
    await write_world(network, world)
    club = world.ids("Community")[0]
    for audiences in (("everyone",), ("everyone", f"community:{club}")):
        held, carried = holders(world, audiences), carriers(world, audiences)
        people = {row["id"] for row in open_to(world, audiences) if row["type"] == "Person"}
        rows = open_to(world, audiences)
        used = {id for row in rows if row["type"] == "Derivation" and happened(row) for id in row["usedIds"]}
        for of in (None, *sorted(people)[:5]):
            given = {} if of is None else {"of": of}
            found = await at_risk(network, viewer(club), audience=audiences[-1], **given)
            looked_at = people if of is None else {of}
            expected = of_one(held, looked_at)
            assert {one.insight.id: one.holder.id for one in found.insights} == expected
            assert {one.insight.id for one in found.insights if one.derived} == set(expected) & used
            assert (found.insights_held_by_one, found.insights_held) == (
                len(expected),
                sum(bool(by & looked_at) for by in held.values()),
            )
            alone = of_one(carried, looked_at)
            assert {one.knowledge.id: one.carrier.id for one in found.knowledge} == alone
            assert (found.knowledge_carried_by_one, found.knowledge_carried) == (
                len(alone),
                sum(bool(by & looked_at) for by in carried.values()),
            )
            graph = nx.Graph(list(tie_probabilities(evidence(world, audiences), LATE.timestamp())))
            hanging = {one.person.id: one.people for one in found.bridges}
            assert hanging == {id: count for id in looked_at if id in graph and (count := parted(graph, id))}
            assert (found.reason is None) == bool(expected or alone or hanging)
            assert found.contributions == []
            explained = await at_risk(network, viewer(club), audience=audiences[-1], **given, first=1, explain=True)
            mine = {one.person.id: {item.id for item in one.items} for one in explained.contributions}
            assert {item: person for person, items in mine.items() for item in items} == expected | alone
            total = len(expected) + len(alone)
            assert [one.share * total for one in explained.contributions] == pytest.approx(
                sorted(map(len, mine.values()), reverse=True)
            )
            assert sum(one.share for one in explained.contributions) == pytest.approx(1 if total else 0)


def parted(graph: nx.Graph, person: str) -> int:
    group = set(nx.node_connected_component(graph, person)) - {person}
    return len(group) - max((len(part) for part in nx.connected_components(graph.subgraph(group))), default=0)


async def test_a_group_is_each_of_its_people_and_the_first_are_shown(network: Network) -> None:
    world = lived_in(80)
    await write_world(network, world)
    everybody = await at_risk(network)
    community = world.ids("Community")[0]
    found = await at_risk(network, of=community)
    members = {
        row["personId"]
        for row in open_to(world, ("everyone",))
        if row["type"] == "Membership"
        and row["communityId"] == community
        and happened(row, "since")
        and not happened(row, "until")
    }
    assert {one.insight.id for one in found.insights} == {
        one.insight.id for one in everybody.insights if one.holder.id in members
    }
    first = await at_risk(network, first=1)
    assert first.insights == everybody.insights[:1]
    assert first.insights_held_by_one == everybody.insights_held_by_one > 1


async def test_nothing_at_risk_says_so_and_what_is_wrong_is_named(network: Network) -> None:
    names = ("Ada", "Ben")
    ids = {name: f"00000000-0000-4000-8000-{number:012d}" for number, name in enumerate(names)}
    at = START.isoformat()
    rows: list[dict[str, Any]] = [{"type": "Person", "id": ids[name], "name": name} for name in names]
    rows.append({"type": "Observation", "byId": ids["Ben"], "toId": ids["Ada"], "at": at})
    await write_world(network, World(rows))
    found = await at_risk(network, of=ids["Ada"])
    assert found.reason == "There is nothing recorded that Ada alone holds or carries, and nobody hangs on Ada alone."
    assert (found.insights, found.knowledge, found.bridges) == ([], [], [])
    absent = "00000000-0000-4000-8000-00000000ffff"
    with pytest.raises(NotFound):
        await at_risk(network, of=absent)
    bad: dict[str, Any] = {"of": "nobody", "first": 0, "asOf": START - timedelta(days=1), "audience": "somebody"}
    for field, value in bad.items():
        with pytest.raises(Invalid) as caught:
            await at_risk(network, **{field: value})
        assert caught.value.problems[0].field == field
