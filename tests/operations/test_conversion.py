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


def counts(answer: Conversion) -> list[int | None]:
    return [row.count for row in answer.stages]


def reasons(answer: Conversion) -> set[str | None]:
    return {row.reason for row in answer.stages} | {mode.reason for mode in answer.modes}


def steps(answer: Conversion) -> dict[tuple[str, str], tuple[int | None, ...]]:
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
    assert answer.steps[3].of == "knowledge tested beforehand", "the third was tested by the act that adopted it"
    assert "fewer than were tested" in answer.basis.rule
    surfacing, derivation, test = answer.steps[:3]
    assert [point.day for point in surfacing.curve] == [10, 20]
    assert [point.waiting for point in surfacing.curve] == pytest.approx([0.8, 0.6])
    assert (surfacing.median_days, derivation.median_days, test.median_days) == (None, 10, 12)
    assert "60% have not been surfaced" in (surfacing.reason or "")
    assert (answer.furthest, answer.reason) == (ConversionStage.adopted, None)
    assert reasons(answer) == {None}
    assert [(one.item.id, one.days) for one in answer.contributions] == [(_id(101), 80), (_id(102), 80)]
    assert (sum(one.share for one in answer.contributions), answer.rest_share) == (1, 0)
    modes = {one.mode.value: one.count for one in answer.modes}
    assert modes == {"socialisation": 0, "externalisation": 3, "combination": 0, "internalisation": 0}
    inside = await conversion(network, viewer(CLUB), ConversionQuestion(audience=CLOSED))
    assert counts(inside) == [5, 3, 2, 2, 2]


async def test_beyond_the_first_thousand_there_is_the_rest_of_the_shares(network: Network) -> None:
    await write_world(network, _world(*(_told(number, number / 100) for number in range(1_000, 2_250))))
    answer = await conversion(network, viewer(), ConversionQuestion(explain=True))
    assert (counts(answer)[0], len(answer.contributions)) == (1_250, 1_000)
    assert [sum(one.share for one in answer.contributions), answer.rest_share] == pytest.approx([0.8, 0.2])
    assert (await conversion(network, viewer(), ConversionQuestion())).rest_share == 0


async def test_whose_and_when(network: Network) -> None:
    since = {"since": _day(-9), "communityId": CLUB}
    shoes = {"type": "Topic", "id": UNDER, "name": "Shoes", "narrowerThanIds": [TOPIC]}
    topics: list[Row] = [{"type": "Topic", "id": TOPIC, "name": "Falls"}, shoes]
    talk = {"type": "Conversation", "id": TALK, "title": "On shoes", "aboutIds": [UNDER], "at": _day(1)}
    said = {"type": "Contribution", "id": _id(109), "content": "Mine", "personId": BEN, "conversationId": TALK}
    more: list[Row] = [{"type": "Membership", "personId": BEN, **since}, *topics, talk, said | {"at": _day(2)}]
    await write_world(network, _world(*more, *FUNNEL, *_surfaced(9, 9, 5)))
    of_club = await conversion(network, viewer(), ConversionQuestion(scope=CLOSED, explain=True))
    assert (of_club.scope, of_club.stages, of_club.steps, of_club.contributions) == ("Club", [], [], [])
    assert "too few" in str(of_club.reason)
    on_falls = await conversion(network, viewer(), ConversionQuestion(scope=f"topic:{TOPIC}"))
    assert counts(on_falls) == [None] * 5
    assert "Too few people" in str(on_falls.reason)
    late = await conversion(network, viewer(), ConversionQuestion(since=_at(40), until=_at(60)))
    assert (counts(late), late.steps[0].waiting) == ([1, 0, 0, 0, 0], 1)
    assert late.steps[0].reason == "The only one has not been surfaced yet."
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


async def test_what_is_taken_up_before_any_experiment_was_tested_by_its_uptake(network: Network) -> None:
    rows = [_told(1, 0), *_surfaced(1, 1, 1), *_derived([201], 1, 2), _carried("adopt", 1, 4), _tried(1, 30)]
    rows += [_told(2, 0), *_surfaced(2, 2, 1), *_derived([202], 2, 2), _tried(2, 5), _carried("adopt", 2, 9)]
    await write_world(network, _world(*rows))
    answer = await conversion(network, viewer(), ConversionQuestion())
    test = answer.steps[2]
    assert [(point.day, point.converted) for point in test.curve] == [(2, 0.5), (3, 1.0)]
    assert "the first of these" in answer.basis.rule


async def test_abandonment_is_a_risk_of_its_own_beside_the_median(network: Network) -> None:
    """Four guides: one is adopted on day 1, one on day 3, two are superseded on day 2."""
    rows = [_told(1, 0), *_surfaced(1, 1, 0)]
    for number in range(1, 5):
        rows += _derived([201], number, 0)
    rows += [*_derived([201], 5, 2, supersedes=3), *_derived([201], 6, 2, supersedes=4)]
    rows += [_carried("adopt", 1, 1), _carried("adopt", 2, 3)]
    await write_world(network, _world(*rows))
    adoption = (await conversion(network, viewer(), ConversionQuestion())).steps[4]
    assert (adoption.converted, adoption.abandoned, adoption.waiting) == (2, 2, 2)
    # Of six one is adopted at once; of the three that are left on day 3 (two began on day 2 and waited one) one more.
    assert adoption.half_days is None
    assert adoption.curve[-1].converted < 0.5
    for point in adoption.curve:
        assert point.converted_lower <= point.converted <= point.converted_upper


async def test_what_surfaced_from_a_telling_of_a_later_date_did_not_come_of_it_before(network: Network) -> None:
    rows = [_told(1, 0), *_surfaced(1, 1, 5), _told(2, 50), *_surfaced(2, 2, 10)]
    await write_world(network, _world(*rows))
    before = await conversion(network, viewer(), ConversionQuestion(as_of=_at(20), explain=True))
    assert counts(before)[:2] == [1, 1]
    assert counts(await conversion(network, viewer(), ConversionQuestion()))[:2] == [2, 2]


async def test_bad_questions_are_refused(network: Network) -> None:
    await write_world(network, _world(*FUNNEL))
    wrong: list[tuple[Mapping[str, Any], str]] = [
        ({"since": _at(5), "until": _at(5)}, "until"),
        ({"since": _at(81)}, "since"),
        ({"as_of": _at(-1)}, "asOf"),
        ({"as_of": datetime.now(UTC) + timedelta(days=2)}, "asOf"),
        ({"scope": CLOSED, "since": _at(5)}, "since"),
        ({"scope": f"topic:{TOPIC}", "until": _at(5)}, "until"),
    ]
    for given, field in wrong:
        with pytest.raises(Invalid) as refused:
            await conversion(network, viewer(), ConversionQuestion(**given))
        assert refused.value.problems[0].field == field
    for scope, error in (
        (f"community:{_id(99)}", NotFound),
        (f"organisation:{CLUB}", Invalid),
        (f"topic:{CLUB}", Invalid),
    ):
        with pytest.raises(error):
            await conversion(network, viewer(), ConversionQuestion(scope=scope))
    with pytest.raises(NotFound):
        await conversion(network, viewer(), ConversionQuestion(audience=CLOSED))


async def test_an_empty_network_says_so(network: Network) -> None:
    answer = await conversion(network, viewer(), ConversionQuestion(explain=True))
    assert (counts(answer), answer.furthest, answer.contributions) == ([0] * 5, None, [])
    assert answer.reason is not None
    assert reasons(answer) == {"There is nothing of which it could be a share."}


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
        assert [row.count or 0 for row in answer.stages] == sorted(
            (row.count or 0 for row in answer.stages), reverse=True
        )
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


# --- small groups


def _club(members: int) -> list[Row]:
    """A community whose members each tell two stories in a month; the first half of them one that gets to a guide."""
    rows: list[Row] = [{"type": "Person", "id": _id(500 + number), "name": f"Other {number}"} for number in range(5)]
    for number in range(members):
        person = _id(400 + number)
        rows += [{"type": "Person", "id": person, "name": f"Member {number}"}]
        rows += [{"type": "Membership", "personId": person, "communityId": CLUB, "since": _day(-9)}]
        rows += [_told(20 + 2 * number + which, 3 + number / 10, person) for which in range(2)]
        # Who belongs is told of people who are known by some evidence.
        rows += [{"type": "Amplification", "kind": "share", "ofId": _id(120 + 2 * number), "byId": ADA, "at": _day(4)}]
    for number in range(members // 2):
        rows += _surfaced(20 + 2 * number, 20 + number, 5)
        rows += _derived([220 + number], 20 + number, 6 + number)
    return rows


async def test_of_a_community_only_what_enough_people_stand_behind_is_told(network: Network) -> None:
    await write_world(network, _world(*_club(12), _carried("adopt", 20, 15), *FUNNEL))
    answer = await conversion(network, viewer(), ConversionQuestion(scope=CLOSED, explain=True))
    assert counts(answer) == [24, 6, 6, None, None], "one guide of one member was adopted"
    assert (answer.basis.people, answer.basis.withheld) == (12, 5), "two stages, and the three steps that lead there"
    assert answer.basis.as_of == datetime(2025, 3, 1, tzinfo=UTC)
    assert answer.furthest is ConversionStage.derived
    assert len(answer.contributions) == 6
    assert [len(one.curve) for one in answer.steps] == [1, 1, 0, 0, 0], "six days, of five people at least"
    assert [one.count for one in answer.steps] == [24, 6, None, None, None]
    assert all(one.reason for one in answer.steps[2:])
    for row in answer.stages:
        untold = None in {row.count, row.stories, row.contributions, row.things, row.share_of_told}
        assert untold is (row.reason is not None) is (row.stage in {ConversionStage.tested, ConversionStage.adopted})
        assert row.reason is None or row.reason.startswith("Too few people")
    for one in answer.modes:
        assert (None in {one.count, one.share}) is (one.reason is not None)


async def test_a_community_of_a_few_and_months_in_the_middle_tell_nothing(network: Network) -> None:
    await write_world(network, _world(*_club(4), *FUNNEL))
    answer = await conversion(network, viewer(), ConversionQuestion(scope=CLOSED, explain=True))
    assert (answer.stages, answer.modes, answer.basis.people, answer.basis.tellings) == ([], [], None, None)
    assert answer.reason is not None


async def test_no_two_moments_within_a_month_tell_apart_what_was_told_between(network: Network) -> None:
    await write_world(network, _world(*_club(12), _told(90, 40, _id(400)), *FUNNEL))
    moments = [datetime(2025, 3, day, hour, tzinfo=UTC) for day, hour in ((1, 1), (14, 2), (31, 23))]
    answers = [await conversion(network, viewer(), ConversionQuestion(scope=CLOSED, as_of=one)) for one in moments]
    assert answers[0] == answers[1] == answers[2]
