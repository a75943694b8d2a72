"""Deleting: what goes with an item, what keeps it, and that erased words are nowhere."""

import asyncio

import pytest

from service.model.errors import Conflict, Invalid, NotFound
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.writing import create, delete
from tests.operations.writers import AT, contents, items, made, member, person


async def test_an_item_takes_its_evidence_with_it(network: Network) -> None:
    mary = await person(network)
    story = await made(network, "Story", title="A", content="unrepeatable", tellerId=mary)
    insight = await made(network, "TacitInsight", content="I", heldById=mary)
    knowledge = await made(network, "ExplicitKnowledge", title="K", content="C")
    await made(network, "Surfacing", fromId=story, revealedId=insight, byId=mary)
    await made(network, "Derivation", usedIds=[insight], madeId=knowledge, byIds=[mary])
    before = await items(network)
    talk = await made(network, "Conversation", title="T", startedById=story)
    act = await made(network, "Amplification", kind="share", byId=mary, ofId=story)
    await made(network, "Amplification", kind="share", byId=mary, ofId=story, afterId=act)
    for label in ("Observation", "Feedback", "Support"):
        words = {} if label == "Observation" else {"content": "x"}
        await made(network, label, byId=mary, ofId=story, **words)
    written = await delete(network, OPERATOR, "Story", story)
    left = {dict(one[1])["id"] for one in await items(network)}
    assert left == {dict(one[1])["id"] for one in before if "Surfacing" not in one[0]} - {story} | {talk}
    row = (await network.graph.read("MATCH (c:Change {kind: 'deleted'}) RETURN c.id AS id, c.count AS count"))[0]
    assert (row["id"], row["count"]) == (written.change_id, 7)
    versions = await network.graph.read("MATCH (talk:Conversation) RETURN talk.version AS version")
    assert versions == [{"version": 2}], "it lost a link"


async def test_erased_words_are_neither_in_the_graph_nor_in_the_index(network: Network) -> None:
    story = await made(network, "Story", title="A", content="unrepeatable")

    async def found() -> int:
        await network.ask("search/settled", {})
        text = "CALL db.index.fulltext.queryNodes('text', 'unrepeatable') YIELD node RETURN count(node) AS count"
        return int((await network.graph.read(text))[0]["count"])

    assert await found() == 1
    await delete(network, OPERATOR, "Story", story)
    assert await found() == 0
    assert "unrepeatable" not in str(await contents(network))


async def test_what_others_need_is_kept(network: Network) -> None:
    mary, tom = await person(network), await person(network, "Tom")
    trust, ward = await made(network, "Organisation", name="T"), await made(network, "Community", name="W")
    talk = await made(network, "Conversation", title="T")
    insight, knowledge = (
        await made(network, "TacitInsight", content="I"),
        await made(network, "ExplicitKnowledge", title="K", content="C"),
    )
    fields = {"profession": "p", "standing": "s", "personId": tom, "organisationId": trust, "from": AT}
    await made(network, "Position", **fields)
    await made(network, "Membership", personId=tom, communityId=ward, since=AT)
    await made(network, "Contribution", content="C", personId=mary, conversationId=talk)
    await made(network, "Derivation", usedIds=[insight], madeId=knowledge, byIds=[mary])
    before = await contents(network)
    for label, id, why in (
        ("Person", mary, "Contribution"),
        ("Organisation", trust, "Position"),
        ("Community", ward, "Membership"),
        ("Conversation", talk, "Contribution"),
        ("TacitInsight", insight, "Derivation"),
    ):
        with pytest.raises(Conflict, match=why):
            await delete(network, OPERATOR, label, id)
    assert await contents(network) == before
    await delete(network, OPERATOR, "Person", tom)
    await delete(network, OPERATOR, "Organisation", trust)
    await delete(network, OPERATOR, "Community", ward)


async def test_what_an_audience_is_named_after_is_kept_without_saying_for_what(network: Network) -> None:
    mary, ward = await person(network), await made(network, "Community", name="W")
    await made(network, "Topic", member(mary, f"community:{ward}"), name="hidden", audience=f"community:{ward}")
    with pytest.raises(Conflict) as refused:
        await delete(network, OPERATOR, "Community", ward)
    assert "can't see" in refused.value.problems[0].wrong
    assert "Topic" not in refused.value.problems[0].wrong


async def test_what_is_gone_is_not_found(network: Network) -> None:
    topic = await made(network, "Topic", name="T")
    await delete(network, OPERATOR, "Topic", topic)
    for label in ("Topic", "Story"):
        with pytest.raises(NotFound):
            await delete(network, OPERATOR, label, topic)


async def test_who_links_to_what_is_being_deleted_links_before_or_not_at_all(network: Network) -> None:
    mary = await person(network)
    for _ in range(5):
        story = await made(network, "Story", title="A", content="B")

        async def share(story: str) -> bool:
            try:
                await create(network, OPERATOR, "Amplification", {"kind": "share", "byId": mary, "ofId": story})
            except Invalid:
                return False
            return True

        await asyncio.gather(*(share(story) for _ in range(4)), delete(network, OPERATOR, "Story", story))
        assert [one for one in await items(network) if "Amplification" in one[0]] == []
