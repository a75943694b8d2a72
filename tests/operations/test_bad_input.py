"""Bad input: each is refused with the field and what would be right, and leaves the graph as it was."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.model.errors import RetellError
from service.model.ids import derived_id
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.validation import kind_named
from service.operations.writing import create, update
from tests.operations.writers import AT, contents, made, person

ABSENT = derived_id("no", "thing")
STORY: dict[str, Any] = {"title": "A", "content": "the words of the story"}
#: Counted from when a test runs: the suite may take longer than some of them.
AHEAD = {"SOON": timedelta(minutes=6), "TOMORROW": timedelta(days=1)}


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("Story", {"content": "x"}, "title"),
    ("Story", {**STORY, "title": ""}, "title"),
    ("Story", {**STORY, "title": "\n "}, "title"),
    ("Story", {**STORY, "title": "x" * 301}, "title"),
    ("Story", {**STORY, "content": "x" * 200_001}, "content"),
    ("Story", {**STORY, "content": ["x"]}, "content"),
    ("Story", {**STORY, "content": "half a pair \ud800"}, "content"),
    ("Story", {**STORY, "kind": "Event"}, "kind"),
    ("Story", {**STORY, "language": "English!"}, "language"),
    ("Story", {**STORY, "at": 5}, "at"),
    ("Story", {**STORY, "at": "2026"}, "at"),
    ("Story", {**STORY, "at": "2026-01-01T00:00:00"}, "at"),
    ("Story", {**STORY, "at": "2026-02-30T00:00:00Z"}, "at"),
    ("Story", {**STORY, "at": "SOON"}, "at"),
    ("Story", {**STORY, "happenedAt": "TOMORROW"}, "happenedAt"),
    ("Story", {**STORY, "at": "0001-01-01T00:00:00+14:00"}, "at"),
    ("Story", {**STORY, "teller_id": ABSENT}, "teller_id"),
    ("Story", {**STORY, "text": "x"}, "text"),
    ("Story", {**STORY, "tellerId": ABSENT}, "tellerId"),
    ("Story", {**STORY, "tellerId": "nobody"}, "tellerId"),
    ("Story", {**STORY, "tellerId": "/x"}, "tellerId"),
    ("Story", {**STORY, "tellerId": 7}, "tellerId"),
    ("Story", {**STORY, "aboutIds": [ABSENT]}, "aboutIds.0"),
    ("Story", {**STORY, "aboutIds": ABSENT}, "aboutIds"),
    ("Story", {**STORY, "aboutIds": ["abc"] * 51}, "aboutIds"),
    ("Story", {**STORY, "audience": "all"}, "audience"),
    ("Story", {**STORY, "audience": f"community:{ABSENT}"}, "audience"),
    ("Story", {**STORY, "id": "x"}, "id"),
    ("Story", {**STORY, "id": 7}, "id"),
    ("Contribution", {"content": "x", "personId": "MARY", "conversationId": ABSENT}, "conversationId"),
    ("Contribution", {"content": "x", "personId": "MARY", "conversationId": ABSENT, "ordinal": True}, "ordinal"),
    ("Contribution", {"content": "x", "personId": "MARY", "conversationId": ABSENT, "ordinal": -1}, "ordinal"),
    ("Contribution", {"content": "x", "personId": "MARY", "conversationId": ABSENT, "ordinal": 1.5}, "ordinal"),
    ("Amplification", {"kind": "share", "byId": "MARY", "ofId": "MARY"}, "ofId"),
    ("Amplification", {"kind": "share", "byId": "MARY"}, "ofId"),
    ("Amplification", {"kind": "share", "byId": "MARY", "ofId": ABSENT, "inferredParent": "no"}, "inferredParent"),
    ("Membership", {"personId": "MARY", "communityId": "WARD", "since": AT, "until": "2025-01-01T00:00:00Z"}, "until"),
    ("Membership", {"personId": "MARY", "communityId": "WARD", "since": "TOMORROW"}, "since"),
    (
        "Position",
        {"profession": "x", "standing": "y", "personId": "MARY", "organisationId": "WARD", "from": AT},
        "organisationId",
    ),
    ("TacitInsight", {"content": "x", "eventAt": "SOON"}, "eventAt"),
    ("Derivation", {"usedIds": [], "madeId": ABSENT, "byIds": ["MARY"]}, "usedIds"),
    ("Nothing", {}, "type"),
]


@pytest.mark.parametrize(("label", "body", "field"), BAD)
async def test_it_is_refused_with_its_field(network: Network, label: str, body: dict[str, Any], field: str) -> None:
    named = {"MARY": await person(network), "WARD": await made(network, "Community", name="Ward")}
    named |= {name: (datetime.now(UTC) + ahead).isoformat() for name, ahead in AHEAD.items()}

    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(one) for one in value]
        return named.get(value, value) if isinstance(value, str) else value

    before = await contents(network)
    with pytest.raises(RetellError) as refused:
        await create(network, OPERATOR, label, {name: filled(value) for name, value in body.items()})
    assert field in [problem.field for problem in refused.value.problems]
    assert all(problem.wrong and problem.right for problem in refused.value.problems)
    assert "the words of the story" not in str(refused.value.shown())
    assert await contents(network) == before


@pytest.mark.parametrize(
    ("word", "wrong"),
    [
        (None, "`type` is missing"),
        ("story", "`story` is no kind of item"),
        ("the words of the story", "What was given is no kind of item"),
    ],
)
def test_a_kind_that_is_none_is_repeated_where_it_is_one_word(word: object, wrong: str) -> None:
    with pytest.raises(RetellError) as refused:
        kind_named(word)
    assert refused.value.problems[0].wrong == wrong


async def test_every_wrong_field_is_named_at_once(network: Network) -> None:
    body = {"title": "", "content": "x", "kind": "no", "at": "2027-01-01", "tellerIds": []}
    with pytest.raises(RetellError) as refused:
        await create(network, OPERATOR, "Story", {**body, "at": AT})
    assert {problem.field for problem in refused.value.problems} == {"title", "kind", "tellerIds"}


async def test_nothing_is_narrower_than_takes_the_place_of_or_answers_itself(network: Network) -> None:
    mary = await person(network)
    talk = await made(network, "Conversation", title="T")
    rings = [
        ("Topic", "narrowerThanIds", {"name": "T"}),
        ("ExplicitKnowledge", "supersedesIds", {"title": "T", "content": "C"}),
        ("Contribution", "repliesToId", {"content": "C", "personId": mary, "conversationId": talk}),
    ]
    story = await made(network, "Story", title="A", content="B")
    rings.append(("Amplification", "afterId", {"kind": "share", "byId": mary, "ofId": story}))
    for label, field, fields in rings:
        first = await made(network, label, **fields)
        chain = [first]
        for _ in range(3):
            link = [chain[-1]] if field.endswith("s") else chain[-1]
            chain.append(await made(network, label, **fields, **{field: link}))
        before = await contents(network)
        for last in (first, chain[-1]):
            with pytest.raises(RetellError) as refused:
                await update(network, OPERATOR, label, first, {field: [last] if field.endswith("s") else last})
            assert refused.value.problems[0].field in {field, f"{field}.0"}
        assert await contents(network) == before


async def test_nothing_is_derived_from_what_came_of_it(network: Network) -> None:
    mary = await person(network)
    known = [await made(network, "ExplicitKnowledge", title=f"K{number}", content="C") for number in range(4)]

    async def derive(used: list[str], into: str) -> str:
        return await made(network, "Derivation", usedIds=used, madeId=into, byIds=[mary])

    acts = [await derive([known[number]], known[number + 1]) for number in range(3)]
    before = await contents(network)
    for used, into in (([known[3]], known[0]), ([known[2], known[3]], known[1]), ([known[0]], known[0])):
        with pytest.raises(RetellError) as refused:
            await derive(used, into)
        assert refused.value.problems[0].field == "usedIds"
    with pytest.raises(RetellError):
        await update(network, OPERATOR, "Derivation", acts[0], {"usedIds": [known[3]]})
    assert await contents(network) == before


async def test_a_reply_stays_in_its_conversation_and_an_amplification_with_its_item(network: Network) -> None:
    mary = await person(network)
    story, other = [await made(network, "Story", title="A", content="B") for _ in range(2)]
    talk = await made(network, "Conversation", title="T", startedById=story)
    elsewhere = await made(network, "Conversation", title="T")

    def said(place: str, **fields: Any) -> dict[str, Any]:
        return {"content": "C", "personId": mary, "conversationId": place, **fields}

    def shared(item: str, **fields: Any) -> dict[str, Any]:
        return {"kind": "share", "byId": mary, "ofId": item, **fields}

    first = await made(network, "Contribution", **said(talk, repliesToId=story))
    await made(network, "Contribution", **said(talk, repliesToId=first))
    act = await made(network, "Amplification", **shared(story))
    await made(network, "Amplification", **shared(story, afterId=act))
    before = await contents(network)
    for label, body, field in (
        ("Contribution", said(elsewhere, repliesToId=first), "repliesToId"),
        ("Contribution", said(elsewhere, repliesToId=story), "repliesToId"),
        ("Contribution", said(talk, repliesToId=other), "repliesToId"),
        ("Amplification", shared(other, afterId=act), "afterId"),
    ):
        with pytest.raises(RetellError) as refused:
            await create(network, OPERATOR, label, body)
        assert refused.value.problems[0].field == field
    for label, id, changes in (
        ("Contribution", first, {"conversationId": elsewhere}),
        ("Contribution", first, {"repliesToId": other}),
        ("Conversation", talk, {"startedById": other}),
        ("Amplification", act, {"ofId": other}),
    ):
        with pytest.raises(RetellError):
            await update(network, OPERATOR, label, id, changes)
    assert await contents(network) == before
