"""Conversion: knowledge leads back to the insights, stories and people that it came out of, for who may see them."""

from typing import Any

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Answer, Doors, Refused
from tests.concepts.truth import Truth

DOCUMENT = """
query ($id: ID!) { lineage(knowledge: $id) { steps { item { id } } people { person { id } parts } truncated } }
"""


def lesson(doors: Doors, *, closed: bool) -> Any:
    return [one for one in doors.planted.of("lessons") if (one.seen_by != "everyone") is closed][0]  # type: ignore[attr-defined]  # noqa: RUF015


def true_steps(truth: Truth, knowledge: str, audiences: frozenset[str]) -> set[str]:
    """Everything that the knowledge came out of, by walking the rows backwards."""
    seen = {one["id"]: one for one in truth.rows if "id" in one and one.get("audience", "everyone") in audiences}
    found, waiting = {knowledge}, [knowledge]
    while waiting:
        item = waiting.pop()
        row = seen[item]
        back = [one["id"] for one in truth.by_type["Derivation"] if one["madeId"] == item]
        back += [one["id"] for one in truth.by_type["Surfacing"] if one["revealedId"] == item]
        back += row.get("usedIds", []) if row["type"] == "Derivation" else []
        back += [row["fromId"]] if row["type"] == "Surfacing" else []
        waiting += [one for one in back if one in seen and one not in found]
        found |= {one for one in back if one in seen}
    return found


async def asked(doors: Doors, viewer: str, knowledge: str) -> dict[str, Answer]:
    graphql = await doors.graphql(viewer, DOCUMENT, id=knowledge)
    return {
        "graphql": graphql if isinstance(graphql, Refused) else graphql["lineage"],
        "rest": await doors.rest(viewer, f"lineages/{knowledge}"),
        "command": await doors.command(viewer, "lineage", knowledge),
    }


def steps(answer: Answer) -> set[str]:
    assert isinstance(answer, dict), answer
    return {one["item"]["id"] for one in answer["steps"]}


async def test_a_guide_leads_back_to_the_story_of_its_lesson_and_to_who_told_it(doors: Doors) -> None:
    planted = lesson(doors, closed=False)
    teller = doors.truth.by_id[planted.story]["tellerId"]
    for viewer in VIEWERS:
        expected = true_steps(doors.truth, planted.combined, doors.truth.audiences(doors.person(viewer)))
        for answer in (await asked(doors, viewer, planted.combined)).values():
            assert steps(answer) == expected
            assert {planted.story, planted.insight, planted.knowledge} <= expected
            assert isinstance(answer, dict)
            assert "told" in next(one["parts"] for one in answer["people"] if one["person"]["id"] == teller)


async def test_what_was_learnt_in_confidence_leads_back_for_those_inside_alone(doors: Doors) -> None:
    planted = lesson(doors, closed=True)
    expected = true_steps(doors.truth, planted.knowledge, doors.truth.audiences(doors.person(INSIDE)))
    assert planted.story in expected
    for answer in (await asked(doors, INSIDE, planted.knowledge)).values():
        assert steps(answer) == expected
    for viewer in (ADMINISTRATOR, OUTSIDE):
        for refused in (await asked(doors, viewer, planted.knowledge)).values():
            assert refused == Refused("not_found")


async def test_without_the_surfacing_the_guide_no_longer_leads_to_the_story(doors: Doors) -> None:
    planted = lesson(doors, closed=False)
    for surfacing in doors.truth.by_type["Surfacing"]:
        if surfacing["revealedId"] == planted.insight:
            await doors.delete(f"surfacings/{surfacing['id']}")
            doors.removed.add(surfacing["id"])
    for viewer in VIEWERS:
        for answer in (await asked(doors, viewer, planted.combined)).values():
            assert planted.insight in steps(answer)
            assert planted.story not in steps(answer)
