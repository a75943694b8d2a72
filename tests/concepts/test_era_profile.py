"""Industrial age against social era: an organisation's four indicators, each worked out from the rows."""

import asyncio
from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest

from service.model.ids import derived_id
from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Doors, Refused
from tests.operations.listening import Act


def largest(doors: Doors) -> str:
    """The organisation with most people."""
    counts: dict[str, int] = defaultdict(int)
    for one in doors.truth.by_type["Position"]:
        counts[one["organisationId"]] += 1
    return max(counts, key=lambda id: counts[id])


def staff(doors: Doors, organisation: str, at: datetime) -> set[str]:
    return {
        one["personId"]
        for one in doors.truth.by_type["Position"]
        if one["organisationId"] == organisation
        and datetime.fromisoformat(one["from"]) <= at
        and (not one.get("until") or datetime.fromisoformat(one["until"]) > at)
    }


def returned(acts: list[Act], people: set[str]) -> float:
    """Of the pairs in which one acted, the share in which both did."""
    done = {(act.listener, act.teller) for act in acts if {act.listener, act.teller} <= people}
    pairs = {tuple(sorted(pair)) for pair in done}
    return sum((one, other) in done and (other, one) in done for one, other in pairs) / len(pairs)


def quarter_before(end: datetime) -> datetime:
    """Three calendar months before the first moment of a month."""
    assert (end.day, end.hour, end.minute) == (1, 0, 0)
    earlier = end.month - 3
    return end.replace(month=earlier) if earlier > 0 else end.replace(year=end.year - 1, month=earlier + 12)


async def test_dialogue_and_help_come_back_as_the_rows_say(doors: Doors) -> None:
    organisation = largest(doors)
    everything = doors.truth.acts()
    for viewer in VIEWERS:
        for answer in (await doors.asked(viewer, "eraProfile", organisation=organisation, quarters=5)).values():
            assert isinstance(answer, dict), answer
            by = {one["indicator"]: one for one in answer["indicators"]}
            assert set(by) == {"power", "leadership", "offer", "trust"}
            for indicator, kind in (("leadership", "reply"), ("trust", "support")):
                last: Any = by[indicator]["quarters"][-1]
                end = datetime.fromisoformat(last["until"])
                begin = quarter_before(end).timestamp()
                recent = [act for act in everything if act.kind == kind and begin <= act.at < end.timestamp()]
                expected = returned(recent, staff(doors, organisation, end))
                figure = last["figure"]
                assert figure["value"] == pytest.approx(expected, abs=0.05)
                assert figure["low"] <= figure["value"] <= figure["high"]
                assert (figure["standardError"] is None) == (figure["value"] in {0, 1})
            assert by["power"]["changeStandardError"] is not None
            assert 0 < by["power"]["quarters"][-1]["figure"]["value"] < 1


async def test_while_the_record_fills_up_a_change_has_a_caution(doors: Doors) -> None:
    """The network begins within the first of these quarters; ties add up for longer than acts a quarter grow."""
    first = min(act.at for act in doors.truth.acts())
    for answer in (await doors.asked(OUTSIDE, "eraProfile", organisation=largest(doors), quarters=8)).values():
        assert isinstance(answer, dict), answer
        by = {one["indicator"]: one for one in answer["indicators"]}
        ends = [datetime.fromisoformat(one["until"]) for one in by["trust"]["quarters"]]
        assert quarter_before(ends[0]).timestamp() < first < ends[0].timestamp()
        assert by["trust"]["caution"].startswith(f"Until {ends[0]:%Y-%m-%d} what it rests on was only filling up")
        assert by["power"]["caution"].startswith(tuple(f"Until {end:%Y-%m-%d}" for end in ends[2:-1]))
    for answer in (await doors.asked(OUTSIDE, "eraProfile", organisation=largest(doors), quarters=2)).values():
        assert isinstance(answer, dict), answer
        assert {one["caution"] for one in answer["indicators"]} == {None}


async def test_an_unknown_organisation_is_none_and_a_confidence_is_refused(doors: Doors) -> None:
    closed = f"community:{doors.planted.viewers.closed_community}"
    organisation = largest(doors)
    for viewer, refused in ((INSIDE, False), (OUTSIDE, True), (ADMINISTRATOR, True)):
        told = await doors.asked(viewer, "eraProfile", organisation=organisation, audience=closed, quarters=1)
        assert all(isinstance(one, Refused) == refused for one in told.values())
    nobody = await doors.asked(OUTSIDE, "eraProfile", organisation=derived_id("no", "organisation"))
    assert set(nobody.values()) == {Refused("not_found")}


async def test_without_the_replies_that_came_back_dialogue_goes_one_way(doors: Doors) -> None:
    organisation = largest(doors)
    asked = {"organisation": organisation, "quarters": 5}
    before = await doors.told(OUTSIDE, "eraProfile", **asked)
    assert isinstance(before, dict), before
    then = {one["indicator"]: one["quarters"] for one in before["indicators"]}
    end = datetime.fromisoformat(then["leadership"][-1]["until"])
    assert then["leadership"][-1]["figure"]["value"] > 0
    recent = [
        act
        for act in doors.truth.acts()
        if act.kind == "reply" and quarter_before(end).timestamp() <= act.at < end.timestamp()
    ]
    done = {(act.listener, act.teller) for act in recent}
    back = {act.id for act in recent if (act.teller, act.listener) in done and act.listener < act.teller}
    for id in sorted(back, reverse=True):
        await doors.client.delete(f"/v1/contributions/{id}", headers=doors.headers(ADMINISTRATOR))
        doors.removed.add(id)
    await asyncio.sleep(1)  # a write is in every derived answer after a second
    for after in (await doors.asked(OUTSIDE, "eraProfile", **asked)).values():
        assert isinstance(after, dict), after
        now = {one["indicator"]: one["quarters"] for one in after["indicators"]}
        none = now["leadership"][-1]["figure"]
        assert (none["value"], none["standardError"], none["low"]) == (0, None, 0)
        assert 0 < none["high"] < 1
        assert now["leadership"][:-1] == then["leadership"][:-1], "what came before is as it was"
        helped = [[one["figure"]["value"] for one in each["trust"]] for each in (now, then)]
        assert helped[0] == helped[1]
