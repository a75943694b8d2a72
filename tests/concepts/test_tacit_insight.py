"""Tacit insight: an insight is found with whose memory it is and what it came out of; each viewer finds their own."""

from typing import Any

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Doors, Refused

DOCUMENT = "query ($id: ID!) { tacitInsight(id: $id) { id text heldById } }"


def lesson(doors: Doors, *, closed: bool) -> Any:
    return next(one for one in doors.planted.of("lessons") if (one.seen_by != "everyone") is closed)  # type: ignore[attr-defined]


async def shown(doors: Doors, viewer: str, insight: str) -> dict[str, Any]:
    found = await doors.graphql(viewer, DOCUMENT, id=insight)
    assert isinstance(found, dict)
    rest = await doors.rest(viewer, f"tacit-insights/{insight}")
    command = await doors.command(viewer, "show", insight)
    return {"graphql": found["tacitInsight"], "rest": rest, "command": command}


async def test_the_insight_of_a_lesson_is_found_at_every_door_with_whose_memory_it_is(doors: Doors) -> None:
    insight = lesson(doors, closed=False).insight
    row = doors.truth.by_id[insight]
    for viewer in VIEWERS:
        for answer in (await shown(doors, viewer, insight)).values():
            assert answer["heldById"] == row["heldById"]
            assert answer["text"].split()[:3] == row["content"].replace("*", "").replace("<p>", "").split()[:3]


async def test_an_insight_told_in_confidence_is_there_for_those_inside_and_for_nobody_else(doors: Doors) -> None:
    insight = lesson(doors, closed=True).insight
    inside = await shown(doors, INSIDE, insight)
    assert {answer["id"] for answer in inside.values()} == {insight}
    for viewer in (ADMINISTRATOR, OUTSIDE):
        outside = await shown(doors, viewer, insight)
        assert outside == {"graphql": None, "rest": Refused("not_found"), "command": Refused("not_found")}


async def test_three_viewers_see_three_different_lists_and_each_the_true_one(doors: Doors) -> None:
    seen = []
    for viewer in VIEWERS:
        found = await doors.listed(viewer, "TacitInsight", "tacit-insights", "tacitInsights")
        assert found["graphql"] == found["rest"] == found["command"] == found["truth"]
        seen.append(frozenset(found["truth"]))
    assert len(set(seen)) == len(VIEWERS)


async def test_without_the_insight_it_is_nowhere(doors: Doors) -> None:
    open_lessons = [one for one in doors.planted.of("lessons") if one.seen_by == "everyone"]  # type: ignore[attr-defined]
    insight = open_lessons[-1].insight  # type: ignore[attr-defined]
    for derivation in doors.truth.by_type["Derivation"]:
        if insight in derivation["usedIds"]:
            await doors.delete(f"derivations/{derivation['id']}")
            doors.removed.add(derivation["id"])
    await doors.delete(f"tacit-insights/{insight}")
    doors.removed.add(insight)
    for viewer in VIEWERS:
        answers = await shown(doors, viewer, insight)
        assert answers == {"graphql": None, "rest": Refused("not_found"), "command": Refused("not_found")}
