"""Conversion, rates and times: each lesson's story is among what got as far as adoption, and the funnel adds up."""

from datetime import datetime
from typing import Any

import pytest

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Answer, Doors, Refused

STAGES = ("told", "surfaced", "derived", "tested", "adopted")


def lessons(doors: Doors, *, closed: bool) -> list[Any]:
    return [one for one in doors.planted.of("lessons") if (one.seen_by != "everyone") is closed]  # type: ignore[attr-defined]


def funnel(doors: Doors, *audiences: str) -> dict[str, set[str]]:
    """Which tellings got how far, by walking the rows from each stage back to what was told."""
    truth = doors.truth
    there = (row for row in truth.rows if "id" in row and row["id"] not in doors.removed)
    seen = {row["id"]: row for row in there if row.get("audience", "everyone") in audiences}
    of = {label: [row for row in truth.by_type[label] if row["id"] in seen] for label in truth.by_type}
    behind: dict[str, list[str]] = {}
    for row in of["Derivation"]:
        behind.setdefault(row["madeId"], []).extend(one for one in row["usedIds"] if one in seen)
    for row in of["Surfacing"]:
        behind.setdefault(row["revealedId"], []).extend([row["fromId"]] if row["fromId"] in seen else [])
    explicit = {row["id"] for row in of["ExplicitKnowledge"]} & {row["madeId"] for row in of["Derivation"]}
    taken = [row for row in of["Amplification"] if row["kind"] in {"adopt", "adapt"} and row["ofId"] in explicit]
    adopted = {row["ofId"] for row in taken if row["kind"] == "adopt"}
    tried = {row["testedId"] for row in of["Experiment"]} & explicit
    starts = {
        "surfaced": {row["revealedId"] for row in of["Surfacing"]} & seen.keys(),
        "derived": explicit,
        "tested": tried | {row["ofId"] for row in taken},
        "adopted": adopted,
    }
    told = {row["id"] for label in ("Story", "Contribution") for row in of[label]}
    return {"told": told, **{stage: _came_from(behind, items) & told for stage, items in starts.items()}}


def _came_from(behind: dict[str, list[str]], items: set[str]) -> set[str]:
    found, waiting = set(items), list(items)
    while waiting:
        new = [one for one in behind.get(waiting.pop(), ()) if one not in found]
        found.update(new)
        waiting.extend(new)
    return found


def answered(answers: dict[str, Answer]) -> dict[str, Any]:
    """The answer, which every door gives alike."""
    counts = [[row["count"] for row in one["stages"]] if isinstance(one, dict) else one for one in answers.values()]
    assert counts[0] == counts[1] == counts[2], counts
    answer = answers["rest"]
    assert isinstance(answer, dict), answer
    return answer


def stages(answer: dict[str, Any]) -> dict[str, int]:
    return {row["stage"]: row["count"] for row in answer["stages"]}


async def test_each_open_lesson_is_among_what_was_adopted(doors: Doors) -> None:
    truth = funnel(doors, "everyone")
    for viewer in VIEWERS:
        answer = answered(await doors.asked(viewer, "conversion", explain=True))
        assert stages(answer) == {stage: len(truth[stage]) for stage in STAGES}
        named = {one["item"]["id"] for one in answer["contributions"]}
        assert named == truth["adopted"]
        assert {one.story for one in lessons(doors, closed=False)} <= named
        assert sum(one["share"] for one in answer["contributions"]) == pytest.approx(1)
        for step in answer["steps"]:
            assert step["converted"] + step["abandoned"] + step["waiting"] == step["count"]


async def test_what_was_told_in_confidence_counts_for_those_inside_alone(doors: Doors) -> None:
    (planted,) = lessons(doors, closed=True)
    closed = f"community:{doors.planted.viewers.closed_community}"
    truth = funnel(doors, "everyone", closed)
    answer = answered(await doors.asked(INSIDE, "conversion", audience=closed, explain=True))
    assert stages(answer) == {stage: len(truth[stage]) for stage in STAGES}
    assert planted.story in {one["item"]["id"] for one in answer["contributions"]}
    for viewer in (ADMINISTRATOR, OUTSIDE):
        for refused in (await doors.asked(viewer, "conversion", audience=closed)).values():
            assert refused == Refused("not_found")


async def test_a_window_holds_what_was_told_in_it(doors: Doors) -> None:
    since, until = "2025-01-01T00:00:00Z", "2025-07-01T00:00:00Z"
    first, last = datetime.fromisoformat(since), datetime.fromisoformat(until)
    truth = funnel(doors, "everyone")
    told_at = {id: datetime.fromisoformat(doors.truth.by_id[id]["at"]) for id in truth["told"]}
    within = {id for id, at in told_at.items() if first <= at < last}
    answer = answered(await doors.asked(OUTSIDE, "conversion", since=since, until=until))
    assert stages(answer) == {stage: len(truth[stage] & within) for stage in STAGES}


@pytest.mark.slow
async def test_of_a_community_whole_months_are_told_and_nothing_of_a_few(doors: Doors) -> None:
    truth = funnel(doors, "everyone")
    tellers = {
        id: doors.truth.by_id[id].get("tellerId") or doors.truth.by_id[id].get("personId") for id in truth["told"]
    }
    members: dict[str, set[str]] = {}
    for row in doors.truth.by_type["Membership"]:
        members.setdefault(row["communityId"], set()).add(row["personId"])
    told = 0
    for community in sorted(members, key=lambda one: -len(members[one]))[:2]:
        scope = f"community:{community}"
        begun = answered(await doors.asked(OUTSIDE, "conversion", scope=scope, asOf="2026-03-01T00:00:00Z"))
        later = answered(await doors.asked(OUTSIDE, "conversion", scope=scope, asOf="2026-03-20T12:00:00Z"))
        assert begun == later
        for stage in begun["stages"]:
            possible = {id for id in truth[stage["stage"]] if tellers[id] in members[community]}
            if stage["count"]:
                assert stage["count"] <= len(possible)
                assert len({tellers[id] for id in possible}) >= 5
                told += 1
        refused = await doors.asked(OUTSIDE, "conversion", scope=scope, since="2025-01-02T00:00:00Z")
        assert refused["graphql"] == refused["rest"] == Refused("invalid")
        assert isinstance(refused["command"], Refused)
    assert told, "some of it can be told"


async def test_without_the_surfacing_its_story_gets_nowhere(doors: Doors) -> None:
    planted = lessons(doors, closed=False)[-1]
    before = answered(await doors.asked(OUTSIDE, "conversion", explain=True))
    for surfacing in doors.truth.by_type["Surfacing"]:
        if surfacing["revealedId"] == planted.insight:
            await doors.delete(f"surfacings/{surfacing['id']}")
            doors.removed.add(surfacing["id"])
    after = answered(await doors.asked(OUTSIDE, "conversion", explain=True))
    assert planted.story in {one["item"]["id"] for one in before["contributions"]}
    assert planted.story not in {one["item"]["id"] for one in after["contributions"]}
    assert stages(after) == stages(before) | {stage: stages(before)[stage] - 1 for stage in STAGES[1:]}
