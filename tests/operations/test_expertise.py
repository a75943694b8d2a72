"""Who knows: by what others had use of, not by how much is told; and who of them answers."""

from datetime import timedelta
from typing import Any

import pytest

from service.model.errors import Invalid, NotFound
from service.model.expertise import ExpertiseEvidence, KnowingPerson, WhoKnows, WhoKnowsQuestion
from service.operations.changes import number_changes
from service.operations.expertise import who_knows
from service.operations.network import Network
from tests.operations.viewers import viewer
from tests.operations.worlds import START
from tests.operations.writers import made, person


async def asked(network: Network, topic: str, *communities: str, **given: Any) -> WhoKnows:
    await number_changes(network, "tests")
    return await who_knows(network, viewer(*communities), WhoKnowsQuestion(topic=topic, **given))


def day(number: float) -> str:
    """An instant so many days after the start."""
    return (START + timedelta(days=number)).isoformat()


def one(answer: WhoKnows, name: str) -> KnowingPerson:
    """Somebody in the answer."""
    return next(found for found in answer.people if found.person.name == name)


async def test_what_others_had_use_of_counts_and_what_is_told_does_not(network: Network) -> None:
    wide = await made(network, "Topic", name="Skin")
    topic = await made(network, "Topic", name="Heels", narrowerThanIds=[wide])
    expert, loud, maker = [await person(network, name) for name in ("expert", "loud", "maker")]
    others = [await person(network, f"Other {number}") for number in range(6)]
    for number in range(5):
        story = {"title": "S", "content": "C", "tellerId": loud, "aboutIds": [topic], "at": day(number)}
        told = await made(network, "Story", **story)
        words = {"content": "No", "byId": others[number], "ofId": told, "toId": loud, "at": day(number + 1)}
        await made(network, "Feedback", kind="correction" if number else "appreciation", **words)
    talk = await made(network, "Conversation", title="T", aboutIds=[topic], at=day(6))
    said = await made(network, "Contribution", content="C", personId=expert, conversationId=talk, at=day(7))
    for _ in range(2):
        for by in others[:2]:
            thanks = {"content": "Thanks", "byId": by, "ofId": said, "at": day(8)}
            await made(network, "Feedback", kind="appreciation", **thanks)
    insight = await made(network, "TacitInsight", content="I", heldById=expert, aboutIds=[topic], at=day(8))
    guide = await made(network, "ExplicitKnowledge", title="G", content="C", aboutIds=[topic], at=day(9))
    await made(network, "Derivation", usedIds=[insight], madeId=guide, byIds=[maker], at=day(9))
    for by in (*others[1:4], maker):
        await made(network, "Amplification", kind="adopt", byId=by, ofId=guide, at=day(10))
    for about in (topic, wide):
        answer = await asked(network, about, explain=True)
        counts = [(found.person.name, found.supporters, found.correctors) for found in answer.people]
        assert counts == [("expert", 4, 0), ("maker", 3, 0)]
        assert "loud" not in {found.person.name for found in answer.people}
        expert_found = one(answer, "expert")
        assert expert_found.told == 1
        assert {count.kind: count.people for count in expert_found.evidence} == {
            ExpertiseEvidence.used: 3,
            ExpertiseEvidence.appreciated: 2,
        }
        assert sum(item.share for item in expert_found.items) == pytest.approx(1)
        assert answer.basis.topics == (1 if about == topic else 2)


async def test_corrections_count_against(network: Network) -> None:
    topic = await made(network, "Topic", name="Heels")
    talk = await made(network, "Conversation", title="T", aboutIds=[topic], at=day(1))
    others = [await person(network, f"Other {number}") for number in range(6)]
    for name, corrections in (("right", 0), ("wrong", 3)):
        by = await person(network, name)
        said = await made(network, "Contribution", content="C", personId=by, conversationId=talk, at=day(2))
        for number, other in enumerate(others):
            kind = "correction" if number < corrections else "appreciation"
            if kind == "correction" or number >= 3:
                words = {"content": "C", "byId": other, "ofId": said, "toId": by, "at": day(3)}
                await made(network, "Feedback", kind=kind, **words)
    answer = await asked(network, topic)
    assert [(found.person.name, found.supporters, found.correctors) for found in answer.people] == [
        ("right", 3, 0),
        ("wrong", 3, 3),
    ]
    assert answer.people[0].expertise > answer.people[1].expertise


async def test_who_answers_and_how_soon_and_what_is_open(network: Network) -> None:
    topic = await made(network, "Topic", name="Heels")
    expert, asker = await person(network, "expert"), await person(network, "asker")
    talk = await made(network, "Conversation", title="T", aboutIds=[topic], at=day(0))

    async def say(by: str, when: float, to: str | None = None) -> str:
        fields = {"personId": by, "conversationId": talk, "repliesToId": to, "at": day(when)}
        return await made(network, "Contribution", content="C", **fields)

    first = await say(expert, 1)
    await made(network, "Feedback", kind="appreciation", content="C", byId=asker, ofId=first, at=day(1))
    for number in range(3):
        await say(asker, 100 + 10 * number, first)
        if number:
            await say(expert, 100 + 10 * number + number, first)
    question = {"kind": "question", "content": "Why?", "byId": asker, "toId": expert, "ofId": first}
    await made(network, "Feedback", **question, at=day(200))
    await made(network, "Feedback", **question, at=day(290))
    found = one(await asked(network, topic, as_of=day(300)), "expert").answers
    # Asked on days 100, 110, 120 and 200; answered on 111 and 122, the first of which also answers day 100's question.
    assert (found.asked, found.answered, found.rate) == (4, 3, 0.75)
    assert found.median_hours == 48
    assert (found.open, found.said_lately) == (1, 0)
    assert found.rate_low < 0.5
    assert found.rate_high > 0.9
    assert found.reason == "They were asked 4 times only: see the interval."


async def test_what_is_closed_is_known_inside_alone(network: Network) -> None:
    topic = await made(network, "Topic", name="Heels")
    ward = await made(network, "Community", name="Ward")
    closed = f"community:{ward}"
    expert, other = await person(network, "expert"), await person(network, "other")
    talk = await made(network, "Conversation", title="T", aboutIds=[topic], audience=closed)
    inside = {"conversationId": talk, "audience": closed}
    said = await made(network, "Contribution", content="C", personId=expert, **inside)
    thanks = {"kind": "appreciation", "content": "C", "byId": other, "ofId": said, "audience": closed}
    await made(network, "Feedback", **thanks)
    outside = await asked(network, topic)
    assert outside.people == []
    assert outside.reason == "Nothing about Heels may be seen by this audience."
    assert [found.person.name for found in (await asked(network, topic, ward, audience=closed)).people] == ["expert"]
    with pytest.raises(NotFound):
        await asked(network, topic, audience=closed)
    with pytest.raises(NotFound):
        await asked(network, "00000000-0000-4000-8000-000000000000")
    with pytest.raises(Invalid, match="is of the kind person"):
        await asked(network, expert)
    with pytest.raises(Invalid):
        await asked(network, topic, as_of="2099-01-01T00:00:00Z")
