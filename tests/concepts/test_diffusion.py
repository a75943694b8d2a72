"""Diffusion of innovations: the sheet that spreads by Bass's model, who was early, and what can't be said of others."""

from datetime import datetime, timedelta
from statistics import mean, stdev
from typing import Any

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Doors, Refused
from tests.concepts.truth import Row, Truth


def first_adoptions(truth: Truth, knowledge: str, audiences: frozenset[str]) -> dict[str, datetime]:
    """Who adopted it first when, from the rows; who made it left aside."""
    seen = [row for row in truth.rows if row.get("audience", "everyone") in audiences]
    makers = {one for row in seen if row.get("madeId") == knowledge for one in row["byIds"]}
    found: dict[str, datetime] = {}
    for row in sorted((row for row in seen if _adopts(row, knowledge)), key=lambda row: str(row["at"])):
        if row["byId"] not in makers:
            found.setdefault(row["byId"], datetime.fromisoformat(row["at"]))
    return found


def _adopts(row: Row, knowledge: str) -> bool:
    return bool(row["type"] == "Amplification" and row["kind"] == "adopt" and row["ofId"] == knowledge)


async def test_the_sheet_spreads_as_planted_and_the_forecast_reaches_its_end(doors: Doors) -> None:
    (fact,) = doors.planted.of("diffusion")
    truth = first_adoptions(doors.truth, fact.ids[0], frozenset({"everyone"}))
    days = [(at - min(truth.values())) / timedelta(days=1) for at in truth.values()]
    cuts = [mean(days) + step * stdev(days) for step in (-2, -1, 0, 1)]
    for viewer in VIEWERS:
        for answer in (await doors.asked(viewer, "diffusion", knowledge=fact.ids[0], ahead=30)).values():
            assert isinstance(answer, dict), answer
            assert {one["person"]["id"] for one in answer["adopters"]} == truth.keys()
            assert [row["new"] for row in answer["curve"]] == [
                sum(7 * week <= day < 7 * (week + 1) for day in days) for week in range(len(answer["curve"]))
            ]
            expected = [sum(sum(day >= cut for cut in cuts) == place for day in days) for place in range(5)]
            assert [row["count"] for row in answer["categories"]] == expected
            assert answer["provisional"]
            _found(answer["bass"], fact)


def _found(bass: Any, fact: Any) -> None:
    for name in ("p", "q", "m"):
        assert abs(bass[name] - getattr(fact, name)) < 2 * bass[f"{name}Error"], name
    assert bass["forecast"][-1]["lower"] < fact.m < bass["forecast"][-1]["upper"]


async def test_what_was_adopted_most_else_was_adopted_by_too_few_to_tell(doors: Doors) -> None:
    (fact,) = doors.planted.of("diffusion")
    for decoy in fact.decoys:
        for answer in (await doors.asked(OUTSIDE, "diffusion", knowledge=decoy)).values():
            assert isinstance(answer, dict), answer
            truth = first_adoptions(doors.truth, decoy, frozenset({"everyone"}))
            assert answer["count"] == len(truth) < 20
            assert answer["bass"] is None
            assert answer["bassReason"]


async def test_what_is_kept_in_confidence_spreads_for_those_inside_alone(doors: Doors) -> None:
    lesson: Any = next(one for one in doors.planted.of("lessons") if one.seen_by != "everyone")  # type: ignore[attr-defined]
    truth = first_adoptions(doors.truth, lesson.knowledge, doors.truth.audiences(doors.person(INSIDE)))
    for answer in (await doors.asked(INSIDE, "diffusion", knowledge=lesson.knowledge)).values():
        assert isinstance(answer, dict), answer
        assert {one["person"]["id"] for one in answer["adopters"]} == truth.keys()
    for viewer in (ADMINISTRATOR, OUTSIDE):
        for refused in (await doors.asked(viewer, "diffusion", knowledge=lesson.knowledge)).values():
            assert refused == Refused("not_found")


async def test_without_those_who_began_the_curve_starts_later(doors: Doors) -> None:
    (fact,) = doors.planted.of("diffusion")
    acts = [row for row in doors.truth.by_type["Amplification"] if _adopts(row, fact.ids[0])]
    earliest = sorted(acts, key=lambda row: str(row["at"]))[:13]
    before = await doors.told(OUTSIDE, "diffusion", knowledge=fact.ids[0])
    for act in earliest:
        await doors.delete(f"amplifications/{act['id']}")
        doors.removed.add(act["id"])
    for after in (await doors.asked(OUTSIDE, "diffusion", knowledge=fact.ids[0])).values():
        assert isinstance(before, dict)
        assert isinstance(after, dict), after
        gone = {row["byId"] for row in earliest}
        assert [one["person"]["id"] for one in after["adopters"]] == [
            one["person"]["id"] for one in before["adopters"] if one["person"]["id"] not in gone
        ]
        assert after["curve"][0]["fromAt"] > before["curve"][2]["fromAt"]
        assert after["bass"]["p"] > 2 * before["bass"]["p"], "a later start looks like a steeper one"
