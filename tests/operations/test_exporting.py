"""An export imported into an empty graph gives an equal graph, of all that its viewer may see and nothing else."""

from typing import Any

import orjson

from service.model.viewer import EVERYONE, Scope, Viewer
from service.operations.exporting import export_rows
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.writing import update
from tests.operations.writers import AT, items, made, member, person, written


async def exported(network: Network, viewer: Viewer = OPERATOR) -> list[dict[str, Any]]:
    return [orjson.loads(line) async for line in export_rows(network, viewer)]


async def emptied(network: Network) -> None:
    await network.graph.write("MATCH (node:Item|Change|IdempotencyRecord) DETACH DELETE node")


async def a_network(network: Network) -> dict[str, str]:
    """One of every kind, with links to its own kind that lead to what was made later."""
    mary, tom = await person(network), await person(network, "Tom")
    named = {"mary": mary, "tom": tom}
    await made(network, "Account", source="hr", externalId="1", personId=mary)
    trust = await made(network, "Organisation", name="Trust", description="A hospital")
    position = {"profession": "nurse", "standing": "clinical", "personId": mary, "organisationId": trust, "from": AT}
    await made(network, "Position", **position)
    purpose = await made(network, "Purpose", name="Fewer falls")
    value = await made(network, "Value", name="Candour")
    ward = await made(network, "Community", member(mary), name="Ward", purposeIds=[purpose], standsForIds=[value])
    closed = f"community:{ward}"
    await made(network, "Invitation", member(mary), personId=tom, communityId=ward, byId=mary)
    await made(network, "StageChange", stage="formation", communityId=ward)
    await made(network, "Membership", personId=mary, communityId=ward, since=AT, until="2027-01-01T00:00:00.25Z")
    narrow, wide = await made(network, "Topic", name="Hip"), await made(network, "Topic", name="Bone")
    await update(network, OPERATOR, "Topic", narrow, {"narrowerThanIds": [wide]})
    story = await made(
        network, "Story", title="A", content="<b>B</b>", format="html", tellerId=mary, aboutIds=[narrow, wide]
    )
    hidden = await made(
        network, "Story", member(mary, closed), title="H", content="secret", tellerId=mary, audience=closed
    )
    talk = await made(network, "Conversation", member(tom), title="T", startedById=story, aboutIds=[wide])
    said = {"personId": tom, "conversationId": talk}
    first = await made(network, "Contribution", content="1", **said, repliesToId=story)
    second = await made(network, "Contribution", content="2", ordinal=2.0, **said)
    await update(network, OPERATOR, "Contribution", first, {"repliesToId": second})
    insight = await made(network, "TacitInsight", content="I", eventAt=AT, heldById=mary)
    await made(network, "Surfacing", fromId=first, revealedId=insight, byId=tom)
    for held in (insight, value, purpose):
        await made(network, "Holding", member(tom), byId=tom, ofId=held, since=AT)
    old, new = [await made(network, "ExplicitKnowledge", member(tom), title=t, content="C") for t in ("Old", "New")]
    await update(network, OPERATOR, "ExplicitKnowledge", old, {"supersedesIds": [new]})
    makers = {"byIds": [mary, tom], "withinId": ward}
    await made(network, "Derivation", usedIds=[insight], madeId=old, mode="externalisation", **makers)
    trial = {"aim": "See", "byIds": [mary, tom], "testedId": old, "perceivedRisk": 7, "setting": "At night"}
    trials = [await made(network, "Experiment", member(mary), **trial, outcome=word) for word in ("kept", "running")]
    await update(network, member(mary), "Experiment", trials[0], {"followsOnId": trials[1]})
    act = await made(network, "Amplification", kind="share", byId=tom, ofId=story, channel="chat")
    later = await made(network, "Amplification", kind="adopt", byId=mary, ofId=story)
    await update(network, OPERATOR, "Amplification", act, {"afterId": later, "inferredParent": True})
    await made(network, "Amplification", member(mary, closed), kind="share", byId=mary, ofId=hidden)
    for label in ("Observation", "Feedback", "Support"):
        words = {} if label == "Observation" else {"content": "x"}
        await made(network, label, byId=tom, ofId=insight, toId=mary, **words)
    await made(network, "Grant", member(mary), opens="participation", byId=mary, toId=tom, until="2030-01-01T00:00:00Z")
    return {**named, "ward": ward, "purpose": purpose, "hidden": hidden}


async def test_an_export_imported_into_an_empty_graph_gives_an_equal_graph(network: Network) -> None:
    await a_network(network)
    hidden = await network.graph.read("MATCH (item:Item) WHERE item.audience <> 'everyone' RETURN item.id AS id")
    await network.graph.write("MATCH (item:Item) WHERE item.audience <> 'everyone' DETACH DELETE item")
    await network.graph.write("MATCH (act:Amplification) WHERE NOT EXISTS { (act)-[:OF]->() } DETACH DELETE act")
    before = await items(network)
    rows = await exported(network)
    assert len(rows) == len(before) > 20
    assert not {row["id"] for row in hidden} & {row["id"] for row in rows}
    await emptied(network)
    assert {one.status for one in await written(network, rows)} == {"created"}
    assert await items(network) == before
    assert await exported(network) == rows
    assert {one.status for one in await written(network, rows)} == {"unchanged"}


async def test_every_row_names_only_rows_before_it(network: Network) -> None:
    await a_network(network)
    seen: set[str] = set()
    for row in await exported(network):
        named = [row[name] for name in row if name.endswith("Id") and name != "externalId"]
        named += [id for name in row if name.endswith("Ids") for id in row[name]]
        assert set(named) <= seen
        seen.add(row["id"])


async def test_a_purpose_that_only_its_community_sees_comes_through(network: Network) -> None:
    named = await a_network(network)
    audiences = (EVERYONE, f"community:{named['ward']}", f"person:{named['mary']}")
    mary = Viewer(principal="m", person_id=named["mary"], audiences=audiences, scopes=frozenset({Scope.administer}))
    await update(network, mary, "Purpose", named["purpose"], {"audience": f"community:{named['ward']}"})
    before = await items(network)
    rows = await exported(network, mary)
    assert "secret" in str(rows)
    await emptied(network)
    assert {one.status for one in await written(network, rows, mary)} == {"created", "updated"}
    assert await items(network) == before
    assert {one.status for one in await written(network, rows, mary)} == {"unchanged"}


async def test_what_is_hidden_is_left_out_with_what_needs_it(network: Network) -> None:
    named = await a_network(network)
    reader = Viewer(principal="r", person_id=None, audiences=(EVERYONE,), scopes=frozenset({Scope.read}))
    rows = await exported(network, reader)
    assert "secret" not in str(rows)
    assert named["hidden"] not in str(rows)
    assert not any("author" in row for row in rows)
    await emptied(network)
    assert {one.status for one in await written(network, rows)} == {"created"}
