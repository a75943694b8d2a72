"""Diffusion: a curve by hand, Bass's own course planted and found, and what can't be said."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import log
from statistics import mean, stdev
from typing import Any

import pytest

from service.graph.session import Graph
from service.model.amplification import AmplificationKind
from service.model.diffusion import Diffusion, DiffusionPeriod, DiffusionQuestion
from service.model.errors import Invalid, NotFound
from service.operations.diffusion import diffusion
from service.operations.network import Network
from tests.emptying import emptied
from tests.operations.viewers import viewer
from tests.operations.worlds import START, Row, World, in_order, random_world, write_world

GUIDE, KEPT, STORY, CLUB = (f"00000000-0000-4000-8000-{number:012d}" for number in range(4))
CLOSED = f"community:{CLUB}"


def _person(number: int) -> str:
    return f"00000000-0000-4000-8001-{number:012d}"


def _at(day: float) -> datetime:
    return (START + timedelta(days=day)).replace(microsecond=0)


def _carried(by: int, day: float, kind: str = "adopt", of: str = GUIDE, audience: str = "everyone") -> Row:
    row = {"type": "Amplification", "kind": kind, "ofId": of, "byId": _person(by), "at": _at(day).isoformat()}
    return row | {"audience": audience}


def _world(people: int, *acts: Row, hidden: int = -1) -> World:
    known = {"content": "Do so", "at": _at(0).isoformat()}
    rows: list[Row] = [{"type": "Community", "id": CLUB, "name": "Club"}]
    rows += [
        {"type": "Person", "id": _person(one), "name": f"Person {one}"}
        | ({"audience": CLOSED} if one == hidden else {})
        for one in range(people)
    ]
    rows += [
        {"type": "ExplicitKnowledge", "id": GUIDE, "title": "Falls", **known},
        {"type": "ExplicitKnowledge", "id": KEPT, "title": "Kept", "audience": CLOSED, **known},
        {"type": "Story", "id": STORY, "title": "The fall", "tellerId": _person(0), **known},
    ]
    return World([*rows, *acts])


async def asked(network: Network, *, club: bool = False, **given: Any) -> Diffusion:
    who = viewer(CLUB) if club else viewer()
    return await diffusion(network, who, DiffusionQuestion(**{"knowledge": GUIDE, **given}))


async def test_a_curve_by_hand(network: Network) -> None:
    acts = [
        _carried(1, 10),
        _carried(2, 12),
        _carried(1, 13),
        _carried(3, 17),
        _carried(4, 30, "share"),
        _carried(5, 40),
    ]
    await write_world(network, _world(7, *acts, _carried(6, 60, of=STORY)))
    answer = await asked(network)
    assert [(one.person.name, one.at, one.kind.value) for one in answer.adopters] == [
        ("Person 1", _at(10), "adopt"),
        ("Person 2", _at(12), "adopt"),
        ("Person 3", _at(17), "adopt"),
        ("Person 5", _at(40), "adopt"),
    ]
    assert (answer.count, answer.known_at, answer.period) == (4, _at(0), DiffusionPeriod.day)
    assert answer.basis.as_of == _at(60), "the newest evidence there is"
    assert (sum(one.share for one in answer.adopters), answer.rest_share) == (1, 0)
    assert len(answer.curve) == 50
    assert [one.total for one in answer.curve][:8] == [1, 1, 2, 2, 2, 2, 2, 3]
    weeks = await asked(network, period=DiffusionPeriod.week)
    assert [one.new for one in weeks.curve] == [2, 1, 0, 0, 1, 0, 0]
    assert (weeks.curve[0].from_at, weeks.curve[-1].until_at) == (_at(10), _at(59))
    assert (answer.categories, answer.provisional, answer.bass) == ([], True, None)
    assert "fewer than 5" in (answer.caution or "")
    assert "20 adopters" in (answer.bass_reason or "")
    shared = await asked(network, counting=[AmplificationKind.adopt, AmplificationKind.share])
    assert (shared.count, len(shared.categories), shared.basis.acts) == (5, 5, 6)


async def test_beyond_the_first_thousand_there_is_the_rest_of_the_shares(network: Network) -> None:
    await write_world(network, _world(1_250, *(_carried(one, 1 + one / 100) for one in range(1_250))))
    answer = await asked(network)
    assert (answer.count, len(answer.adopters)) == (1_250, 1_000)
    assert [sum(one.share for one in answer.adopters), answer.rest_share] == pytest.approx([0.8, 0.2])


async def test_categories_are_cut_at_the_mean_and_the_deviation(network: Network) -> None:
    days = [0, 28, 29, 30, 30, 31, 31, 32, 33, 40]
    await write_world(
        network, _world(11, *(_carried(one, day) for one, day in enumerate(days)), _carried(10, 200, "cite"))
    )
    answer = await asked(network)
    middle, deviation = mean(days), stdev(days)
    cuts = [middle + step * deviation for step in (-2, -1, 0, 1)]
    expected = [sum(sum(day >= cut for cut in cuts) == place for day in days) for place in range(5)]
    assert [one.count for one in answer.categories] == expected == [1, 0, 1, 7, 1]
    assert sum(one.share for one in answer.categories) == pytest.approx(1)
    assert sum(one.expected_share for one in answer.categories) == pytest.approx(1)
    in_order = [row.category for row in answer.categories for _ in range(row.count)]
    assert [one.category for one in answer.adopters] == in_order
    for before, after in pairwise(answer.categories):
        assert before.until_at == after.from_at
    assert not answer.provisional, "forty days of adoption, and then a hundred and sixty of silence"
    assert (await asked(network, as_of=_at(70))).provisional


def bass_days(p: float, q: float, people: int) -> list[float]:
    """Days of adoption at even chances: the inverse of Bass's F, a week being a period."""
    chances = [(place + 0.5) / people for place in range(people)]
    return [7 * log((1 + chance * q / p) / (1 - chance)) / (p + q) for chance in chances]


async def test_the_course_of_bass_is_found_and_told_on(network: Network) -> None:
    days = bass_days(0.02, 0.35, 200)
    await write_world(network, _world(200, *(_carried(one, day) for one, day in enumerate(days))))
    early = await asked(network, as_of=_at(30), period=DiffusionPeriod.day)
    assert early.bass is None
    assert "peak" in (early.bass_reason or "")
    short = await asked(network, as_of=_at(45), period=DiffusionPeriod.week)
    assert "8 whole periods" in (short.bass_reason or "")
    answer = await asked(network, as_of=_at(90), period=DiffusionPeriod.week, ahead=20)
    assert answer.bass is not None
    assert (answer.bass.q, answer.bass.m) == pytest.approx((0.35, 200), rel=0.03)
    assert answer.bass.p == pytest.approx(0.02, rel=0.1), "counted from the first adoption, not from the telling"
    assert abs(answer.bass.peak_at - _at(7 * log(0.35 / 0.02) / 0.37)) < timedelta(days=4)
    for point in answer.bass.forecast:
        came = sum(_at(day) <= point.until_at for day in days)
        assert point.lower - 1 <= came <= point.upper + 1
    again = await asked(network, as_of=_at(90), period=DiffusionPeriod.week, ahead=20)
    assert again == answer
    other = await asked(network, as_of=_at(90), period=DiffusionPeriod.week, ahead=20, seed=2)
    assert other.bass is not None
    assert other.bass.forecast != answer.bass.forecast
    assert [point.expected for point in other.bass.forecast] == [point.expected for point in answer.bass.forecast]


async def test_who_or_what_is_hidden_is_not_in_it(network: Network) -> None:
    acts = [_carried(1, 1), _carried(2, 2), _carried(3, 3, audience=CLOSED), _carried(1, 4, of=KEPT, audience=CLOSED)]
    await write_world(network, _world(4, *acts, hidden=2))
    assert [one.person.name for one in (await asked(network)).adopters] == ["Person 1"]
    inside = await asked(network, club=True)
    assert [one.person.name for one in inside.adopters] == ["Person 1", "Person 2", "Person 3"]
    assert (await asked(network, club=True, audience="everyone")).count == 1
    assert (await asked(network, club=True, knowledge=KEPT)).count == 1
    with pytest.raises(NotFound) as hidden:
        await asked(network, knowledge=KEPT)
    with pytest.raises(NotFound) as absent:
        await asked(network, knowledge=_person(99))
    assert str(hidden.value).replace(KEPT, "") == str(absent.value).replace(_person(99), "")


async def test_bad_questions_are_refused_and_nobody_is_said(network: Network) -> None:
    earlier = {"type": "ExplicitKnowledge", "id": _person(50), "title": "Before", "content": "Do so"}
    derivation: Row = {"type": "Derivation", "usedIds": [_person(50)], "madeId": GUIDE, "byIds": [_person(1)]}
    made: list[Row] = [earlier, derivation | {"audience": CLOSED}]
    await write_world(network, _world(3, *made, _carried(1, 5), _carried(2, 6, "share")))
    with pytest.raises(Invalid) as of_kind:
        await asked(network, knowledge=STORY)
    assert of_kind.value.problems[0].field == "knowledge"
    for wrong in (_at(-1), datetime.now(UTC) + timedelta(days=1)):
        with pytest.raises(Invalid) as refused:
            await asked(network, as_of=wrong)
        assert refused.value.problems[0].field == "asOf"
    own = await asked(network, club=True)
    assert (own.count, own.curve, own.categories, own.caution) == (0, [], [], None)
    assert "1 carried it further in other ways" in (own.reason or ""), "who made it has not taken it up"
    assert own.bass_reason is not None
    before = await asked(network, as_of=_at(4))
    assert (before.count, before.provisional) == (0, True)


async def test_as_of_equals_a_rebuild_from_what_was_there_that_day(network: Network, graph: Graph) -> None:
    days = bass_days(0.03, 0.4, 60)
    adopted = (_carried(one, day) for one, day in enumerate(days))
    rows = in_order([*random_world(5).rows, *_world(60, *adopted).rows])
    await write_world(network, World(rows))
    for day in (20.0, 75.0):
        earlier = await asked(network, as_of=_at(day))
        await emptied(graph)
        await write_world(network, World([row for row in rows if row.get("at", "") <= _at(day).isoformat()]))
        assert await asked(network, as_of=_at(day)) == earlier
        await emptied(graph)
        await write_world(network, World(rows))
