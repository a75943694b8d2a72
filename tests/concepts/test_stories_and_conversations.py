"""Stories and conversations: what was told is found with its teller, and what people answered in their order."""

from typing import Any

from tests.concepts.asking import VIEWERS, Doors, Refused

STORY = "query ($id: ID!) { story(id: $id) { id title tellerId teller { name } } }"
CONVERSATION = """
query ($id: ID!) { conversation(id: $id) {
  startedById contributions(first: 100, order: oldest) { nodes { id personId } }
} }
"""


def answered(doors: Doors) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A conversation for everyone with at least three contributions for everyone, and those in the order of time."""
    for conversation in doors.truth.by_type["Conversation"]:
        said = [one for one in doors.truth.by_type["Contribution"] if one["conversationId"] == conversation["id"]]
        everyone = all(one.get("audience", "everyone") == "everyone" for one in (conversation, *said))
        if everyone and len(said) > 2 and conversation.get("startedById"):
            return conversation, sorted(said, key=lambda one: (one["at"], one["id"]))
    raise AssertionError("the demonstration has no such conversation")


async def test_the_story_of_a_lesson_is_found_at_every_door_with_its_teller(doors: Doors) -> None:
    story = next(one.story for one in doors.planted.of("lessons") if one.seen_by == "everyone")  # type: ignore[attr-defined]
    row = doors.truth.by_id[story]
    for viewer in VIEWERS:
        asked = await doors.graphql(viewer, STORY, id=story)
        assert isinstance(asked, dict)
        answers = (
            asked["story"],
            await doors.rest(viewer, f"stories/{story}"),
            await doors.command(viewer, "show", story),
        )
        for answer in answers:
            assert isinstance(answer, dict)
            assert (answer["title"], answer["tellerId"]) == (row["title"], row["tellerId"])
        assert asked["story"]["teller"]["name"] == doors.truth.by_id[row["tellerId"]]["name"]


async def test_a_conversation_is_found_with_what_was_said_in_its_order(doors: Doors) -> None:
    conversation, said = answered(doors)
    for viewer in VIEWERS:
        asked = await doors.graphql(viewer, CONVERSATION, id=conversation["id"])
        assert isinstance(asked, dict)
        found = asked["conversation"]["contributions"]["nodes"]
        assert [(one["id"], one["personId"]) for one in found] == [(one["id"], one["personId"]) for one in said]
        for answer in (
            asked["conversation"],
            await doors.rest(viewer, f"conversations/{conversation['id']}"),
            await doors.command(viewer, "show", conversation["id"]),
        ):
            assert isinstance(answer, dict)
            assert answer["startedById"] == conversation["startedById"]


async def test_three_viewers_see_three_different_lists_and_each_the_true_one(doors: Doors) -> None:
    for label, path, many in (("Story", "stories", "stories"), ("Conversation", "conversations", "conversations")):
        seen = []
        for viewer in VIEWERS:
            found = await doors.listed(viewer, label, path, many)
            assert found["graphql"] == found["rest"] == found["command"] == found["truth"]
            seen.append(frozenset(found["truth"]))
        assert len(set(seen)) == len(VIEWERS)


async def test_without_the_last_answer_the_conversation_is_shorter(doors: Doors) -> None:
    conversation, said = answered(doors)
    last = next(one for one in reversed(said) if not any(other.get("repliesToId") == one["id"] for other in said))
    await doors.delete(f"contributions/{last['id']}")
    doors.removed.add(last["id"])
    for viewer in VIEWERS:
        asked = await doors.graphql(viewer, CONVERSATION, id=conversation["id"])
        assert isinstance(asked, dict)
        assert last["id"] not in [one["id"] for one in asked["conversation"]["contributions"]["nodes"]]
        assert await doors.rest(viewer, f"contributions/{last['id']}") == Refused("not_found")
        assert await doors.command(viewer, "show", last["id"]) == Refused("not_found")
