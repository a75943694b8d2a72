"""Each rule about the graph finds what breaks it: a rule that has never been seen to fail holds nothing."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from service.graph.catalogue import catalogue
from service.graph.session import Graph
from service.operations.invariants import parameters, violations
from service.operations.network import Network
from tests.operations.writers import AT, made, member, person

BREAKS = {
    "bare_relationships": ["MATCH ()-[link:TOLD]->() SET link.at = 1"],
    "company": [
        "MATCH (c:Contribution) SET c.conversation = c.id",
        "MATCH (:Conversation)-[link:STARTED_BY]->() DELETE link",
    ],
    "existing_audiences": [
        "MATCH (s:Story) SET s.audience = 'community:' + s.id",
        "MATCH (s:Story) SET s.audience = 'community:nowhere'",
    ],
    "gapless_changes": [
        "MATCH (c:Change) WITH c LIMIT 1 SET c.sequence = 7 REMOVE c.pending",
        "MATCH (c:Change) WITH c LIMIT 1 REMOVE c.pending",
    ],
    "no_ring_of_derivations": ["MATCH (d:Derivation)-[:USED]->(i) CREATE (d)-[:MADE]->(i)"],
    "no_rings": [
        "MATCH (a:Topic)-[:NARROWER_THAN]->(b) CREATE (b)-[:NARROWER_THAN]->(a)",
        "MATCH (a:Amplification) CREATE (a)-[:AFTER]->(a)",
        "MATCH (a:Contribution)-[:REPLIES_TO]->(b:Contribution) CREATE (b)-[:REPLIES_TO]->(a)",
        "MATCH (a:ExplicitKnowledge) CREATE (a)-[:SUPERSEDES]->(a)",
        "MATCH (a:Experiment) CREATE (a)-[:FOLLOWS_ON]->(a)",
    ],
    "no_wider_than_sources": ["MATCH (s:Story), (p:Person) SET s.audience = 'person:' + p.id"],
    "one_kind": ["MATCH (s:Story) SET s:Topic", "MATCH (s:Story) REMOVE s:Item", "CREATE (:Item {id: 'x'})"],
    "own_grants": ["MATCH (g:Grant) SET g.audience = 'everyone'", "MATCH (g:Grant) SET g.to = g.by"],
    "past": ["MATCH (s:Story) SET s.at = datetime('2100-01-01T00:00:00Z')"],
    "permitted_links": ["MATCH (t:Topic), (s:Story) CREATE (t)-[:ABOUT]->(s)"],
    "recorded": ["MATCH (s:Story) REMOVE s.createdAt", "MATCH (s:Story) SET s.version = 0"],
    "required_links": [
        f"MATCH (:{kind})-[link:{type}]-() DELETE link"
        for kind, type in (
            ("Account", "HAS"),
            ("Position", "IN"),
            ("Membership", "HAS"),
            ("StageChange", "REACHED"),
            ("Contribution", "MADE"),
            ("Surfacing", "FROM"),
            ("Derivation", "BY"),
            ("Amplification", "OF"),
            ("Support", "BY"),
            ("Holding", "OF"),
            ("Experiment", "TESTED"),
            ("Experiment", "BY"),
            ("Invitation", "INTO"),
            ("Grant", "TO"),
        )
    ],
    "single_links": [
        "MATCH (s:Story)<-[:TOLD]-(p) CREATE (s)<-[:TOLD]-(p)",
        "MATCH (a:Experiment) CREATE (a)-[:FOLLOWS_ON]->(a), (a)-[:FOLLOWS_ON]->(a)",
    ],
    "spans": [
        f"MATCH (one:{kind}) SET one.since = one.at, one.until = datetime('2020-01-01T00:00:00Z')"
        for kind in ("Membership", "Holding", "Grant")
    ],
    "stored_ids": [
        "MATCH (a:Amplification) SET a.by = 'x'",
        "MATCH (a:Amplification) REMOVE a.of",
        "MATCH (s:Support) SET s.to = s.by",
        "MATCH (m:Membership) SET m.community = m.person",
        "MATCH (e:Experiment) REMOVE e.tested",
        "MATCH (i:Invitation) SET i.to = i.community",
        "MATCH (g:Grant) SET g.to = g.id",
    ],
}


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def sound(graph: Graph) -> AsyncIterator[Network]:
    """A network in which every rule has something to look at."""
    await graph.write("MATCH (node:Item|Change|IdempotencyRecord) DETACH DELETE node")
    network = Network(graph)
    mary = await person(network)
    await made(network, "Account", source="s", externalId="e", personId=mary)
    trust, ward = await made(network, "Organisation", name="T"), await made(network, "Community", name="W")
    await made(network, "StageChange", stage="intent", communityId=ward)
    position = {"profession": "p", "standing": "s", "personId": mary, "organisationId": trust, "from": AT}
    await made(network, "Position", **position)
    await made(network, "Membership", personId=mary, communityId=ward, since=AT)
    story = await made(network, "Story", title="A", content="B", tellerId=mary)
    wide = await made(network, "Topic", name="W")
    await made(network, "Topic", name="N", narrowerThanIds=[wide])
    talk = await made(network, "Conversation", title="T", startedById=story)
    first = await made(network, "Contribution", content="1", personId=mary, conversationId=talk, repliesToId=story)
    await made(network, "Contribution", content="2", personId=mary, conversationId=talk, repliesToId=first)
    insight = await made(network, "TacitInsight", content="I")
    await made(network, "Surfacing", fromId=story, revealedId=insight, byId=mary)
    knowledge = await made(network, "ExplicitKnowledge", title="K", content="C")
    await made(network, "Derivation", usedIds=[insight], madeId=knowledge, byIds=[mary])
    await made(network, "Amplification", kind="share", byId=mary, ofId=story)
    await made(network, "Experiment", aim="See", testedId=knowledge, byIds=[mary])
    await made(network, "Holding", byId=mary, ofId=await made(network, "Value", name="V"), since=AT)
    await made(network, "Invitation", personId=mary, communityId=ward, byId=mary)
    await made(network, "Grant", member(mary), opens="participation", byId=mary, toId=await person(network, "Tom"))
    await made(network, "Support", byId=mary, content="x")
    yield network
    await graph.write("MATCH (node:Item|Change|IdempotencyRecord) DETACH DELETE node")


def test_every_rule_is_tried() -> None:
    names = [statement.name.removeprefix("invariants/") for statement in catalogue().folder("invariants")]
    assert sorted(BREAKS) == names


async def test_a_sound_network_breaks_none(sound: Network) -> None:
    assert await violations(sound) == []


class _Undone(Exception):
    """Takes back what a test broke."""


@pytest.mark.parametrize(("name", "wrong"), [(name, wrong) for name, wrongs in BREAKS.items() for wrong in wrongs])
async def test_a_rule_finds_what_breaks_it(sound: Network, name: str, wrong: str) -> None:
    statement = sound.graph.catalogue.statement(f"invariants/{name}")
    given = {name: value for name, value in parameters().items() if name in statement.parameters}

    async def broken() -> None:
        async with sound.graph.transaction() as transaction:
            await transaction.run(wrong)
            assert await transaction.run(statement.text, given)
            raise _Undone

    with pytest.raises(_Undone):
        await broken()
