"""A community's feed and its health, on a small community that is counted by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.model.errors import Invalid, NotFound
from service.model.feed import CommunityFeedQuestion
from service.model.health import CommunityHealth, CommunityHealthQuestion
from service.operations.changes import number_changes
from service.operations.feed import community_feed
from service.operations.health import community_health
from service.operations.network import Network
from tests.operations.viewers import viewer
from tests.operations.writers import made, person, written

START = datetime(2025, 1, 5, tzinfo=UTC)
STRANGER = viewer()


def day(number: float) -> str:
    return (START + timedelta(days=number)).isoformat()


async def test_a_feed_has_every_kind_in_one_order_and_is_the_members_alone(network: Network) -> None:
    mary = await person(network, "Mary")
    ward = await made(network, "Community", name="Ward")
    closed: dict[str, Any] = {"audience": f"community:{ward}"}
    inside = viewer(ward, person=mary)
    told = [await made(network, "Story", title="S", content="S", tellerId=mary, at=day(1), **closed)]
    told.append(await made(network, "Conversation", title="C", at=day(2), **closed))
    told.append(await made(network, "TacitInsight", content="I", heldById=mary, at=day(3), **closed))
    told.append(
        await made(network, "Contribution", content="A", personId=mary, conversationId=told[1], at=day(4), **closed)
    )
    told.append(await made(network, "ExplicitKnowledge", title="K", content="K", at=day(4), **closed))
    await made(network, "Story", title="Open", content="O", tellerId=mary, at=day(5))
    newest_first = [one for _, one in sorted(zip([1, 2, 3, 4, 4], told, strict=True), reverse=True)]
    found: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        asked = CommunityFeedQuestion(community=ward, first=2, after_item=cursor)
        page = await community_feed(network, inside, asked)
        found += [one.item.id for one in page.items]
        cursor = page.end_cursor
        assert page.has_next_page == (len(found) < len(told))
    assert found == newest_first
    with pytest.raises(NotFound):
        await community_feed(network, STRANGER, CommunityFeedQuestion(community=ward))
    with pytest.raises(Invalid):
        await community_feed(network, inside, CommunityFeedQuestion(community=ward, after_item="nonsense"))
    empty = await made(network, "Community", name="Empty")
    nothing = await community_feed(network, viewer(empty), CommunityFeedQuestion(community=empty))
    assert str(nothing.reason).startswith("Nothing has been told")
    last = await community_feed(network, inside, CommunityFeedQuestion(community=ward, after_item=cursor))
    assert (last.items, last.has_next_page) == ([], False)
    assert str(last.reason).startswith("Nothing more has been told")


async def ward_of(network: Network, size: int) -> tuple[str, list[str]]:
    """A community since the first day, and its members."""
    ward = await made(network, "Community", name="Ward")
    people = [await person(network, f"Person {number}") for number in range(size)]
    rows = [{"type": "Membership", "personId": one, "communityId": ward, "since": day(0)} for one in people]
    assert not [one for one in await written(network, rows) if one.problems]
    return ward, people


async def asked(network: Network, ward: str, **parameters: Any) -> CommunityHealth:
    await number_changes(network, "tests")
    return await community_health(network, STRANGER, CommunityHealthQuestion(community=ward, **parameters))


async def test_the_health_of_a_community_is_what_happened_in_it(network: Network) -> None:
    ward, people = await ward_of(network, 19)
    rows: list[dict[str, Any]] = [
        {"type": "Story", "title": "Old", "content": "O", "tellerId": one, "at": day(10)} for one in people[:5]
    ]
    for place, one in enumerate(people[:10]):
        told = {"id": f"tests/story-{place}", "title": "New", "content": "N", "tellerId": one, "at": day(120 + place)}
        rows.append({"type": "Story", **told})
    for place in range(5, 10):
        talk = {"id": f"tests/talk-{place}", "title": "T", "startedById": f"tests/story-{place}", "at": day(130)}
        rows.append({"type": "Conversation", **talk})
        said = {"conversationId": f"tests/talk-{place}", "repliesToId": f"tests/story-{place}", "at": day(131)}
        rows.append({"type": "Contribution", "content": "Yes", "personId": people[place - 5], **said})
    for stage, at in (("intent", 1), ("formation", 20), ("values", 30), ("unity", 200)):
        rows.append({"type": "StageChange", "stage": stage, "communityId": ward, "at": day(at)})
    # The last evidence dates the answer; the month's end before it is the first of July, and a quarter's too.
    rows.append({"type": "Observation", "byId": people[1], "toId": people[0], "at": day(190)})
    assert not [one for one in await written(network, rows) if one.problems]
    found = await asked(network, ward, window_months=3)
    assert found.basis.as_of == datetime(2025, 7, 1, tzinfo=UTC)
    assert found.basis.members == 19
    assert found.basis.tellings == 15
    assert (found.new_voices.count, found.new_voices.of) == (5, 10)
    assert found.replied.of is None, "of replies it is told when all have had their two weeks"
    later = (await asked(network, ward, window_months=3, as_of=datetime(2025, 10, 1, tzinfo=UTC))).replied
    assert (later.count, later.of) == (5, 10)
    assert found.days_since_last_story == pytest.approx((datetime(2025, 7, 1, tzinfo=UTC) - START).days - 129)
    assert (found.newcomers_answered.count, found.newcomers_answered.of) == (5, 10)
    assert found.newcomers_answered.low is not None
    assert found.newcomers_staying.of is None, "nobody joined half a year ago"
    assert found.reciprocity.value is None, "of so few an error is not worth giving, nor the figure without it"
    reached = {one.dimension: (one.reached, one.step) for one in found.stages}
    assert reached == {"consolidation": ("formation", 2), "productivity": ("values", 2)}


async def test_answers_are_not_waiting_for_answers(network: Network) -> None:
    ward, people = await ward_of(network, 12)
    rows: list[dict[str, Any]] = []
    for place, one in enumerate(people[:6]):
        story = f"tests/story-{place}"
        told = {"id": story, "title": "New", "content": "N", "tellerId": one, "at": day(60 + place)}
        said = {"content": "Yes", "repliesToId": story, "conversationId": f"tests/talk-{place}"}
        rows.append({"type": "Story", **told})
        rows.append({"type": "Conversation", "id": f"tests/talk-{place}", "title": "T", "startedById": story})
        rows.append({"type": "Contribution", **said, "personId": people[6 + place], "at": day(70)})
    rows.append({"type": "Observation", "byId": people[1], "toId": people[0], "at": day(90)})
    outcomes = await written(network, rows)
    assert not [one.problems for one in outcomes if one.problems]
    found = await asked(network, ward, window_months=3)
    assert found.basis.tellings == 12
    later = (await asked(network, ward, window_months=3, as_of=datetime(2025, 7, 1, tzinfo=UTC))).replied
    assert (later.count, later.of) == (6, 6), "the six replies await none"
    assert (found.newcomers_answered.count, found.newcomers_answered.of) == (6, 6)
    assert "replies to nothing" in found.basis.rule
    assert found.reason is not None
    assert "six to eighteen months" in found.reason


async def test_the_voices_of_all_members_are_told_beside_those_of_who_spoke(network: Network) -> None:
    ward, people = await ward_of(network, 60)
    rows: list[dict[str, Any]] = [
        {"type": "Story", "title": "New", "content": "N", "tellerId": one, "at": day(60)} for one in people[:30]
    ]
    rows += [{"type": "Observation", "byId": people[1], "toId": people[0], "at": day(at)} for at in (20, 90)]
    assert not [one for one in await written(network, rows) if one.problems]
    found = await asked(network, ward)
    assert found.voice_gini.value == pytest.approx(0.5 * 60 / 59, abs=0.005), "half of them are silent"
    assert found.voice_gini_of_speakers.value == 0, "and the others speak alike"


async def test_of_a_few_nothing_is_told_but_the_stages(network: Network) -> None:
    ward, people = await ward_of(network, 4)
    await made(network, "Story", title="New", content="N", tellerId=people[0], at=day(10))
    for at in (20, 90):
        await made(network, "Observation", byId=people[1], toId=people[0], at=day(at))
    found = await asked(network, ward)
    assert found.reason
    assert found.basis.members is None
    assert found.replied.of is None
    assert found.new_voices.of is None
    with pytest.raises(Invalid, match="is of the kind person"):
        await asked(network, people[0])
