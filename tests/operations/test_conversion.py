"""Conversion: a small funnel by hand, random ones against a walk in plain Python, and as-of against a rebuild."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.graph.session import Graph
from service.model.conversion import Conversion, ConversionQuestion, ConversionStage
from service.model.errors import Invalid, NotFound
from service.operations.conversion import conversion
from service.operations.network import Network
from tests.emptying import emptied
from tests.operations.viewers import viewer
from tests.operations.worlds import START, Row, World, in_order, random_world, write_world


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


ADA, BEN, CLUB, TOPIC, UNDER, TALK = (_id(number) for number in range(1, 7))
CLOSED = f"community:{CLUB}"


def _day(number: float) -> str:
    return (START + timedelta(days=number)).isoformat()


def _told(number: int, day: float, teller: str = ADA, **more: Any) -> Row:
    words = {"title": f"Story {number}", "content": "What happened", "tellerId": teller, "at": _day(day)}
    return {"type": "Story", "id": _id(100 + number), **words, **more}


def _surfaced(source: int, insight: int, day: float, **more: Any) -> list[Row]:
    known = {"type": "TacitInsight", "id": _id(200 + insight), "content": "What is known", "at": _day(day)}
    act = {"type": "Surfacing", "fromId": _id(100 + source), "revealedId": known["id"], "byId": BEN, "at": _day(day)}
    return [known | more, act | more]


def _derived(used: list[int], knowledge: int, day: float, *, supersedes: int = 0, **more: Any) -> list[Row]:
    made: Row = {"type": "ExplicitKnowledge", "id": _id(300 + knowledge), "title": "Guide", "content": "Do so"}
    made |= {"at": _day(day)} | ({"supersedesIds": [_id(300 + supersedes)]} if supersedes else {})
    act: Row = {"type": "Derivation", "usedIds": [_id(one) for one in used], "madeId": made["id"], "byIds": [BEN]}
    return [made | more, act | {"at": _day(day)} | more]


def _carried(kind: str, knowledge: int, day: float, by: str = ADA) -> Row:
    return {"type": "Amplification", "kind": kind, "ofId": _id(300 + knowledge), "byId": by, "at": _day(day)}


def _tried(knowledge: int, day: float, outcome: str = "running") -> Row:
    act = {"type": "Experiment", "aim": "To see", "outcome": outcome, "testedId": _id(300 + knowledge)}
    return act | {"byIds": [ADA], "at": _day(day)}


def _world(*rows: Row) -> World:
    people: list[Row] = [{"type": "Person", "id": id, "name": name} for id, name in ((ADA, "Ada"), (BEN, "Ben"))]
    return World([*people, {"type": "Community", "id": CLUB, "name": "Club"}, *rows])


FUNNEL = [
    *(_told(number, 0) for number in range(1, 5)),
    _told(5, 50, BEN),
    *_surfaced(1, 1, 10),
    *_surfaced(2, 2, 20),
    *_surfaced(2, 3, 30),
    *_surfaced(3, 4, 40, audience=CLOSED),
    *_derived([201, 202], 1, 30),
    *_derived([203], 2, 35),
    *_derived([301], 3, 60, supersedes=1),
    _tried(1, 42),
    _tried(2, 45, "abandoned"),
    _carried("share", 1, 43),
    _carried("adopt", 3, 80),
]
"""Two of five stories become three guides: one is given up, one superseded by the third, which is adopted."""


def counts(answer: Conversion) -> list[int]:
    return [row.count for row in answer.stages]


def steps(answer: Conversion) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    return {
        (one.from_stage.value, one.to_stage.value): (one.count, one.converted, one.abandoned, one.waiting)
        for one in answer.steps
    }


async def test_a_funnel_by_hand(network: Network) -> None:
    await write_world(network, _world(*FUNNEL))
    answer = await conversion(network, viewer(), ConversionQuestion(explain=True))
    assert counts(answer) == [5, 2, 2, 2, 2]
    assert [row.things for row in answer.stages] == [5, 3, 3, 3, 1]
    assert [row.share_of_told for row in answer.stages] == [1.0, *[0.4] * 4]
    assert answer.basis.as_of == START + timedelta(days=80)
    assert steps(answer) == {
        ("told", "surfaced"): (5, 2, 0, 3),
        ("surfaced", "derived"): (3, 3, 0, 0),
        ("derived", "tested"): (3, 3, 0, 0),
        ("tested", "adopted"): (2, 0, 2, 0),
        ("derived", "adopted"): (3, 1, 2, 0),
    }
    surfacing, derivation, test = answer.steps[:3]
    assert [point.day for point in surfacing.curve] == [10, 20]
    assert [point.waiting for point in surfacing.curve] == pytest.approx([0.8, 0.6])
    assert (surfacing.median_days, derivation.median_days, test.median_days) == (None, 10, 12)
    assert "60% have not been surfaced" in (surfacing.reason or "")
    assert (answer.furthest, answer.reason) == (ConversionStage.adopted, None)
    assert [(one.item.id, one.days) for one in answer.contributions] == [(_id(101), 80), (_id(102), 80)]
    assert sum(one.share for one in answer.contributions) == 1
    modes = {one.mode.value: one.count for one in answer.modes}
    assert modes == {"socialisation": 0, "externalisation": 3, "combination": 0, "internalisation": 0}
    inside = await conversion(network, viewer(CLUB), ConversionQuestion(audience=CLOSED))
    assert counts(inside) == [5, 3, 2, 2, 2]


async def test_whose_and_when(network: Network) -> None:
    since = {"since": _day(-9), "communityId": CLUB}
    shoes = {"type": "Topic", "id": UNDER, "name": "Shoes", "narrowerThanIds": [TOPIC]}
    topics: list[Row] = [{"type": "Topic", "id": TOPIC, "name": "Falls"}, shoes]
    talk = {"type": "Conversation", "id": TALK, "title": "On shoes", "aboutIds": [UNDER], "at": _day(1)}
    said = {"type": "Contribution", "id": _id(109), "content": "Mine", "personId": BEN, "conversationId": TALK}
    more: list[Row] = [{"type": "Membership", "personId": BEN, **since}, *topics, talk, said | {"at": _day(2)}]
    await write_world(network, _world(*more, *FUNNEL, *_surfaced(9, 9, 5)))
    of_club = await conversion(network, viewer(), ConversionQuestion(scope=CLOSED, explain=True))
    assert counts(of_club) == [2, 1, 0, 0, 0]
    assert (of_club.scope, of_club.basis.people) == ("Club", 1)
    assert [one.item.kind for one in of_club.contributions] == ["Contribution"]
    assert {one.mode.value: one.count for one in of_club.modes}["externalisation"] == 3
    on_falls = await conversion(network, viewer(), ConversionQuestion(scope=f"topic:{TOPIC}"))
    assert (counts(on_falls), on_falls.stages[0].contributions) == ([1, 1, 0, 0, 0], 1)
    late = await conversion(network, viewer(), ConversionQuestion(since=_at(40), until=_at(60)))
    assert (counts(late), late.steps[0].waiting) == ([1, 0, 0, 0, 0], 1)
    assert late.steps[0].reason == "None of these 1 has been surfaced yet."
    nobody = await conversion(network, viewer(), ConversionQuestion(since=_at(60), until=_at(70)))
    assert counts(nobody) == [0] * 5
    assert nobody.reason is not None
    assert all(one.reason for one in nobody.steps)


def _at(day: float) -> datetime:
    return START + timedelta(days=day)


async def test_what_is_adopted_without_a_test_was_tested_by_its_adoption(network: Network) -> None:
    rows = [_told(1, 0), *_surfaced(1, 1, 1), *_derived([201], 1, 2), _carried("adapt", 1, 5), _carried("adopt", 1, 9)]
    rows += [_told(2, 0), *_surfaced(2, 2, 1), *_derived([202], 2, 3), _carried("adopt", 2, 4)]
    await write_world(network, _world(*rows))
    answer = await conversion(network, viewer(), ConversionQuestion())
    assert counts(answer) == [2] * 5
    assert steps(answer)["derived", "tested"] == (2, 2, 0, 0)
    assert steps(answer)["tested", "adopted"] == (1, 1, 0, 0), "adapted on day 5, adopted on day 9"


async def test_bad_questions_are_refused(network: Network) -> None:
    await write_world(network, _world(*FUNNEL))
    wrong: list[tuple[Mapping[str, Any], str]] = [
        ({"since": _at(5), "until": _at(5)}, "until"),
        ({"since": _at(81)}, "since"),
        ({"as_of": _at(-1)}, "asOf"),
        ({"as_of": datetime.now(UTC) + timedelta(days=2)}, "asOf"),
    ]
    for given, field in wrong:
        with pytest.raises(Invalid) as refused:
            await conversion(network, viewer(), ConversionQuestion(**given))
        assert refused.value.problems[0].field == field
    for scope in (f"community:{_id(99)}", f"organisation:{CLUB}", f"topic:{CLUB}"):
        with pytest.raises(NotFound):
            await conversion(network, viewer(), ConversionQuestion(scope=scope))
    with pytest.raises(NotFound):
        await conversion(network, viewer(), ConversionQuestion(audience=CLOSED))


async def test_an_empty_network_says_so(network: Network) -> None:
    answer = await conversion(network, viewer(), ConversionQuestion(explain=True))
    assert (counts(answer), answer.furthest, answer.contributions) == ([0] * 5, None, [])
    assert answer.reason is not None


# --- random worlds


def first_led(seen: Mapping[str, Row], telling: str, stage: str) -> float:
    """When a telling first led to a stage, by trying every way in plain Python."""
    time = {id: datetime.fromisoformat(row["at"]).timestamp() for id, row in seen.items() if "at" in row}
    best = float("inf")

    def walk(item: str, now: float) -> None:
        nonlocal best
        if stage == "surfaced" and seen[item]["type"] == "TacitInsight":
            best = min(best, now)
        if stage == "derived" and seen[item]["type"] == "ExplicitKnowledge":
            best = min(best, now)
        for id, row in seen.items():
            if row["type"] == "Amplification" and row["ofId"] == item and seen[item]["type"] == "ExplicitKnowledge":
                if row["kind"] == "adopt" and stage in {"tested", "adopted"}:
                    best = min(best, max(now, time[id]))
            elif row.get("fromId") == item and row["revealedId"] in seen:
                walk(row["revealedId"], max(now, time[id]))
            elif item in row.get("usedIds", ()) and row["madeId"] in seen:
                walk(row["madeId"], max(now, time[id]))

    walk(telling, time[telling])
    return best


@pytest.mark.parametrize("seed", range(2))
async def test_random_funnels_are_what_a_walk_finds_for_each_viewer(network: Network, seed: int) -> None:
    world = random_world(seed + 80, items=30, acts=60)
    await write_world(network, world)
    shown = set()
    for who in (viewer(), *(viewer(community) for community in world.ids("Community"))):
        audience = next((one for one in who.audiences if one != "everyone"), "everyone")
        seen = world.seen_by({"everyone", audience})
        tellings = [id for id, row in seen.items() if row["type"] in {"Story", "Contribution"}]
        answer = await conversion(network, who, ConversionQuestion(audience=audience))
        stages = ("surfaced", "derived", "tested", "adopted")
        led = {stage: [first_led(seen, one, stage) for one in tellings] for stage in stages}
        assert counts(answer) == [len(tellings), *(sum(at < float("inf") for at in led[stage]) for stage in stages)]
        assert counts(answer) == sorted(counts(answer), reverse=True)
        shown.add(tuple(counts(answer)))
    assert len(shown) > 1, "viewers have to see different funnels"


async def test_as_of_equals_a_rebuild_from_what_was_there_that_day(network: Network, graph: Graph) -> None:
    rows = in_order([*random_world(91, items=30, acts=60).rows, *_world(*FUNNEL).rows])
    await write_world(network, World(rows))
    days = [_at(35), _at(90), _at(300)]
    before = [await conversion(network, viewer(), ConversionQuestion(as_of=day, explain=True)) for day in days]
    assert len({tuple(counts(one)) for one in before}) > 1
    for day, earlier in zip(days, before, strict=True):
        await emptied(graph)
        await write_world(network, World([row for row in rows if row.get("at", "") <= day.isoformat()]))
        assert await conversion(network, viewer(), ConversionQuestion(as_of=day, explain=True)) == earlier
