"""Ways into a community: planted ones are told right, to their own person, and in numbers that point at nobody."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from threading import Thread, current_thread
from typing import Any

import numpy as np
import pytest

from service.measures.participation import Place, places
from service.model.errors import Invalid, NotFound
from service.model.participation import (
    CommunityParticipationQuestion,
    CommunityPosition,
    ParticipationQuestion,
    ParticipationTrajectory,
    ParticipationWindow,
)
from service.operations import participation as operation
from service.operations.answering import answer
from service.operations.community_participation import came_to_it, community_participation, shown_counts
from service.operations.network import Network
from service.operations.participation import participation
from service.operations.ways import window_edges
from tests.operations.viewers import viewer
from tests.operations.worlds import Row, World, write_world

CORE = 8
QUARTERS = [datetime(2025 + quarter // 4, quarter % 4 * 3 + 1, 1, tzinfo=UTC) for quarter in range(6)]
CENTRE, EDGE = CommunityPosition.centre, CommunityPosition.edge


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


CLUB, EMPTY, OTHER = _id(900), _id(901), _id(902)
MOVING, STUCK, QUIET, STRANGER = _id(100), _id(101), _id(102), _id(103)


def _day(quarter: int, day: float = 20.0) -> str:
    return (QUARTERS[quarter] + timedelta(days=day)).isoformat()


def _attends(listener: str, teller: str, at: str, **fields: Any) -> Row:
    return {"type": "Observation", "kind": "saw", "byId": listener, "toId": teller, "at": at, **fields}


def _member(person: str, since: str, **fields: Any) -> Row:
    return {"type": "Membership", "personId": person, "communityId": CLUB, "since": since, **fields}


def _planted() -> World:
    """A club whose first eight attend to each other; one comes and moves in, one comes and is stuck, one is quiet."""
    core = [_id(number) for number in range(CORE)]
    everybody = [*core, MOVING, STUCK, QUIET, STRANGER]
    rows: list[Row] = [{"type": "Person", "id": id, "name": f"Person {id[-3:]}"} for id in everybody]
    rows += [{"type": "Community", "id": id, "name": f"Club {id[-3:]}"} for id in (CLUB, EMPTY, OTHER)]
    rows += [_member(id, _day(0, 1), role="facilitator" if id == core[0] else "member") for id in core]
    rows += [_member(id, _day(1, 1)) for id in (MOVING, STUCK, QUIET)]
    for quarter in range(6):
        rows += [_attends(one, other, _day(quarter)) for one, other in permutations(core, 2)]
        if quarter:
            rows += [_attends(STUCK, other, _day(quarter)) for other in core]
            rows += [_attends(MOVING, other, _day(quarter, 30)) for other in core]
        if quarter >= 3:
            rows += [_attends(other, MOVING, _day(quarter)) for other in core]
    told = {"type": "Story", "id": _id(700), "title": "Told", "content": "Told", "tellerId": MOVING, "at": _day(1, 10)}
    thanks = {"type": "Feedback", "id": _id(701), "content": "Thanks", "byId": core[3], "ofId": _id(700)}
    kind = {"type": "Support", "id": _id(702), "content": "Go on", "byId": core[3], "toId": MOVING}
    late = {"type": "Support", "content": "Well done", "byId": core[4], "toId": MOVING, "at": _day(5, 86)}
    return World([*rows, told, {**thanks, "at": _day(1, 12)}, {**kind, "at": _day(2)}, late])


def _asking(person: str) -> Any:
    return viewer(CLUB, person=person)


async def _way(network: Network, person: str, community: str = CLUB, **given: Any) -> Any:
    return await participation(
        network, _asking(person), ParticipationQuestion(person=person, community=community, **given)
    )


async def test_who_moves_in_is_told_so_with_who_helped_on_the_way(network: Network) -> None:
    await write_world(network, _planted())
    way = await _way(network, MOVING)
    assert [one.position for one in way.steps] == [CommunityPosition.between] * 2 + [CENTRE] * 3
    assert way.trajectory is ParticipationTrajectory.insider
    assert [one.trajectory.value for one in way.steps] == ["inbound"] * 3 + ["insider"] * 2
    assert (way.stuck, way.drifting, way.reason) == (False, False, None)
    assert way.first_contribution_at == datetime.fromisoformat(_day(1, 10))
    assert way.days_to_first_answer == pytest.approx(2)
    assert way.full_participation_by == QUARTERS[4]
    assert way.days_to_full_participation == (QUARTERS[4] - datetime.fromisoformat(_day(1, 10))).days
    (helper,) = way.helpers
    assert (helper.person.id, helper.acts, helper.share, way.helping_acts) == (_id(3), 2, 1.0, 2)
    assert [one.id for one in helper.items] == [_id(701), _id(702)]
    first = way.steps[0]
    assert (first.told, first.share_of_voice, first.attended, first.heard) == (1, 1.0, 8, 1)
    assert (first.members, first.ties_inside, first.centrality) == (11, 8, 8 / 10)
    assert (first.declared, first.role, first.complete) == ("peripheral", "member", True)
    assert first.place.best <= first.place.rank <= first.place.worst <= first.members
    assert (way.basis.windows, way.basis.complete_until) == (6, datetime(2026, 7, 1, tzinfo=UTC))


async def test_places_are_worked_out_beside_the_event_loop(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    await write_world(network, _planted())
    threads: list[Thread] = []

    def noted(*given: Any) -> list[Place | None]:
        threads.append(current_thread())
        return places(*given)

    monkeypatch.setattr(operation, "places", noted)
    assert (await _way(network, MOVING)).steps[0].place is not None
    assert threads
    assert current_thread() not in threads


async def test_who_keeps_trying_at_the_edge_is_stuck_and_who_is_quiet_is_not(network: Network) -> None:
    await write_world(network, _planted())
    stuck, quiet = await _way(network, STUCK), await _way(network, QUIET)
    assert {one.position for one in stuck.steps} == {one.position for one in quiet.steps} == {EDGE}
    assert stuck.steps[-1].depth > 0.9
    assert (stuck.stuck, stuck.trajectory) == (True, ParticipationTrajectory.peripheral)
    assert (quiet.stuck, quiet.first_contribution_at, quiet.helpers) == (False, None, [])
    early = await _way(network, STUCK, as_of=QUARTERS[4])
    assert (early.stuck, len([one for one in early.steps if one.complete])) == (False, 3)
    months = await _way(network, STUCK, window=ParticipationWindow.month)
    assert (len(months.steps), months.basis.window_length) == (15, ParticipationWindow.month)


async def test_the_rule_says_how_every_position_and_trajectory_is_told_apart(network: Network) -> None:
    await write_world(network, _planted())
    rule = (await _way(network, MOVING)).basis.rule
    words = [one.value.capitalize() for one in ParticipationTrajectory]
    assert [word for word in [*words, "Stuck", "Drifting"] if f"{word}: " not in rule] == []
    assert "the edge below 33% or heard by nobody" in rule
    assert "in them at most 50% as often as before" in rule


async def test_a_window_of_which_the_last_week_was_not_seen_decides_nothing(network: Network) -> None:
    world = _planted()
    await write_world(network, World([row for row in world.rows if row.get("at", "") < _day(5, 80)]))
    way = await _way(network, MOVING)
    assert [one.complete for one in way.steps] == [True] * 4 + [False]
    assert way.basis.complete_until == QUARTERS[5]


async def test_nobody_but_the_person_is_told(network: Network) -> None:
    await write_world(network, _planted())
    for other in (_asking(_id(0)), viewer(CLUB), viewer()):
        with pytest.raises(NotFound) as refused:
            await participation(network, other, ParticipationQuestion(person=STUCK, community=CLUB))
        with pytest.raises(NotFound) as absent:
            await participation(network, other, ParticipationQuestion(person=_id(999), community=CLUB))
        assert str(absent.value).replace(_id(999), STUCK) == str(refused.value)


def _larger() -> World:
    """Ten more members, of whom five attend to others, and four more strangers."""
    more = [{"type": "Person", "id": _id(200 + number), "name": "More"} for number in range(14)]
    joined = [_member(_id(200 + number), _day(1, 1)) for number in range(10)]
    attends = [
        _attends(_id(200 + number), _id(other), _day(quarter, 5))
        for number in range(5)
        for quarter in range(1, 6)
        for other in range(3)
    ]
    return World([*_planted().rows, *more, *joined, *attends])


async def test_a_community_is_told_in_numbers_to_its_members_and_its_stuck_to_its_facilitators(
    network: Network,
) -> None:
    await write_world(network, _larger())
    asked = CommunityParticipationQuestion(community=CLUB)
    lead = await community_participation(network, _asking(_id(0)), asked)
    counts = {one.trajectory and one.trajectory.value: one.count for one in lead.trajectories}
    assert (counts["insider"], counts["peripheral"], counts["outbound"]) == (9, 12, None)
    assert (lead.members, lead.stuck, lead.drifting) == (21, 6, None)
    assert (lead.newcomers, lead.arrived) == (15, 8)
    assert lead.median_days is not None
    assert lead.reason is None
    assert [one.reason is None for one in lead.trajectories] == [
        one.trajectory is not None for one in lead.trajectories
    ]
    member = await community_participation(network, _asking(_id(1)), asked)
    assert (member.stuck, member.members) == (None, 21)
    assert "facilitators and stewards" in (member.suppressed or "")
    for outside in (viewer(), viewer(OTHER, person=STRANGER)):
        with pytest.raises(NotFound):
            await community_participation(network, outside, asked)


async def test_a_median_that_is_not_there_and_windows_without_times_say_why(network: Network) -> None:
    rows = _larger().rows
    seen = [
        {name: value for name, value in row.items() if name != "at"} | {"undated": True}
        for row in rows
        if row["type"] == "Observation"
    ]
    others = [row for row in rows if row["type"] in ("Person", "Community", "Membership")]
    await write_world(network, World([*others, *seen]))
    asked = CommunityParticipationQuestion(community=CLUB)
    found = await community_participation(network, _asking(_id(0)), asked)
    assert (found.members, found.median_days) == (21, None)
    assert found.reason == "Nothing that was seen between people has a time: no window shows an edge or a centre."


async def test_a_way_without_times_is_not_told_in_empty_windows_of_many_years(network: Network) -> None:
    rows = [row for row in _planted().rows if row["type"] in ("Person", "Community")]
    rows += [_member(_id(number), "2009-02-01T00:00:00Z") for number in range(CORE)]
    heard = _attends(_id(1), _id(0), "2024-08-01T00:00:00Z")
    undated = {name: value for name, value in heard.items() if name != "at"} | {"undated": True}
    await write_world(network, World([*rows, undated]))
    found = await _way(network, _id(0))
    assert found.basis.windows == 60
    assert len(found.steps) == 4
    assert found.steps[-1].ends_at > datetime.now(UTC)
    assert found.joined_at == datetime(2009, 2, 1, tzinfo=UTC)
    await write_world(network, World([heard]))
    dated = await _way(network, _id(0))
    assert [step.heard for step in dated.steps] == [0, 0, 0, 0, 1]


async def test_who_does_not_come_to_the_centre_leaves_the_median_open_and_that_is_said(network: Network) -> None:
    more = [{"type": "Person", "id": _id(300 + number), "name": "More"} for number in range(12)]
    rows = [*_larger().rows, *more]
    for number in range(12):
        rows += [_member(_id(300 + number), _day(1, 1)), _attends(_id(300 + number), _id(0), _day(1, 5))]
    await write_world(network, World(rows))
    found = await community_participation(network, _asking(_id(0)), CommunityParticipationQuestion(community=CLUB))
    assert found.median_days is None
    assert found.reason is not None
    assert "no median" in found.reason


async def test_no_number_moves_for_one_who_comes_and_one_who_goes(network: Network) -> None:
    world = _larger()
    leaving = next(row for row in world.rows if row["type"] == "Membership" and row["personId"] == _id(200))
    rows = [{**row, "until": _day(5, 30)} if row is leaving else row for row in world.rows]
    rows += [_member(_id(211), _day(5, 10)), _attends(_id(211), _id(0), _day(5, 11))]
    await write_world(network, World(rows))
    before, after = [
        await community_participation(
            network, _asking(_id(0)), CommunityParticipationQuestion(community=CLUB, as_of=at)
        )
        for at in (QUARTERS[5] + timedelta(days=5), None)
    ]
    assert (before.basis.as_of, after.basis.as_of) == (QUARTERS[5], datetime(2026, 6, 1, tzinfo=UTC))
    for one in (before, after):
        assert (one.members, one.newcomers, one.arrived, one.stuck) == (21, 15, 8, 6)
    assert after.trajectories == before.trajectories


async def test_who_left_first_is_among_those_of_whom_half_came_to_full_participation(network: Network) -> None:
    """Eight of seventeen after 70 days and one after 265: two left after 20, and can't come to it any more."""
    leaving = [_id(400), _id(401)]
    rows: list[Row] = [{"type": "Person", "id": id, "name": "Leaving"} for id in leaving]
    rows += [_member(id, _day(0, 1), until=_day(0, 40)) for id in leaving]
    rows += [_attends(id, _id(0), _day(0)) for id in leaving]
    await write_world(network, World([*_larger().rows, *rows]))
    found = await community_participation(network, _asking(_id(0)), CommunityParticipationQuestion(community=CLUB))
    assert (found.newcomers, found.arrived) == (17, 8)
    assert found.median_days == (QUARTERS[4] - datetime.fromisoformat(_day(1, 10))).days == 265


async def test_newcomers_are_taken_in_by_fives_by_when_they_began(network: Network) -> None:
    late = [_attends(QUIET, _id(other), _day(3, 3)) for other in range(3)]
    await write_world(network, World([*_larger().rows, *late]))
    for quarter in (3, 4, 5):
        asked = CommunityParticipationQuestion(community=CLUB, as_of=QUARTERS[quarter])
        found = await community_participation(network, _asking(_id(0)), asked)
        assert found.newcomers == 15, "one alone who begins late waits for four others"


async def test_who_may_have_come_to_it_before_the_first_window_is_not_watched(network: Network) -> None:
    long_ago, core = "2018-02-01T00:00:00Z", range(CORE)
    rows = [{**row, "since": long_ago} if row["type"] == "Membership" else row for row in _larger().rows]
    rows += [_attends(_id(one), _id(one - 1), "2018-03-01T00:00:00Z") for one in core[1:]]
    rows += [_attends(_id(0), _id(1), "2018-03-01T00:00:00Z")]
    await write_world(network, World(rows))
    for window, newcomers in ((ParticipationWindow.month, 7), (ParticipationWindow.quarter, 15)):
        asked = CommunityParticipationQuestion(community=CLUB, window=window)
        found = await community_participation(network, _asking(_id(0)), asked)
        way = await _way(network, _id(0), window=window)
        assert found.newcomers == newcomers
        assert way.full_participation_by is not None
        assert (way.days_to_full_participation is None) == (window is ParticipationWindow.month)


def test_who_came_to_full_participation_is_counted_by_fives() -> None:
    starts = [datetime(2025, number, 1, tzinfo=UTC) for number in range(1, 13)]
    full = np.array([*(start.timestamp() for start in starts[:7]), np.nan])
    assert [came_to_it(full, month) for month in starts] == [0] * 4 + [5] * 8
    assert came_to_it(np.array([np.nan]), starts[0]) == 0


async def test_the_first_answer_is_the_same_whatever_the_window(network: Network) -> None:
    """Helpers are looked for in the first windows alone; who answers after that answers all the same."""
    world = _planted()
    late = {"type": "Feedback", "content": "Fine", "byId": _id(3), "ofId": _id(700), "at": _day(1, 12)}
    rows = [row for row in world.rows if not (row["type"] == "Feedback" and row.get("ofId") == late["ofId"])]
    await write_world(network, World([*rows, late]))
    found = [await _way(network, MOVING, window=window) for window in ParticipationWindow]
    assert {way.first_answer_at for way in found} == {datetime.fromisoformat(_day(1, 12))}


async def test_who_helps_when_no_member_any_more_is_no_member_who_helps(network: Network) -> None:
    gone = {"type": "Person", "id": _id(400), "name": "Gone"}
    early = {"type": "Feedback", "content": "Fine", "byId": _id(400), "ofId": _id(700), "at": _day(1, 11)}
    world = _planted()
    await write_world(network, World([gone, *world.rows, _member(_id(400), _day(0, 1), until=_day(1, 5)), early]))
    way = await _way(network, MOVING)
    assert [one.person.id for one in way.helpers] == [_id(3)]
    assert way.first_answer_at == datetime.fromisoformat(_day(1, 12))


async def test_an_empty_community_one_member_and_a_stranger_have_an_answer(network: Network) -> None:
    world = _planted()
    single = _member(_id(1), _day(0, 1)) | {"communityId": OTHER}
    hidden = _member(STRANGER, _day(0, 1), audience=f"community:{CLUB}")
    away = _member(_id(2), _day(5, 89)) | {"communityId": OTHER, "until": _day(5, 90)}
    await write_world(network, World([*world.rows, single, hidden, away]))
    empty = await community_participation(network, viewer(EMPTY), CommunityParticipationQuestion(community=EMPTY))
    assert (empty.members, empty.newcomers, empty.median_days) == (None, None, None)
    assert empty.reason == "The community has never had a member whom this audience may know of."
    one = await community_participation(network, viewer(OTHER), CommunityParticipationQuestion(community=OTHER))
    assert {each.count for each in one.trajectories} == {None}
    assert one.reason is not None
    assert "too few members" in one.reason
    alone = await _way(network, _id(1), OTHER)
    assert {(step.position, step.place) for step in alone.steps} == {(CommunityPosition.silent, None)}
    assert (alone.trajectory, alone.reason is None) == (None, False)
    stranger = await _way(network, STRANGER)
    assert (stranger.steps, stranger.reason) == (
        [],
        "They have never been a member, as far as this audience may know.",
    )
    assert (await _way(network, STRANGER, audience=f"community:{CLUB}")).steps != []
    with pytest.raises(NotFound):
        await _way(network, STUCK, _id(999))
    with pytest.raises(Invalid, match="is of the kind person"):
        await _way(network, STUCK, STUCK)
    given = {"person": STUCK, "community": CLUB, "window": "week"}
    with pytest.raises(Invalid) as refused:
        await answer(network, _asking(STUCK), "participation", given)
    assert refused.value.problems[0].field == "window"


def test_no_number_under_five_is_shown_nor_follows_from_the_others() -> None:
    assert shown_counts({"a": 20, "b": 6, "c": 2}) == {"a": 20, "b": None, "c": None}
    assert shown_counts({"a": 20, "b": 3, "c": 2}) == {"a": 20, "b": None, "c": None}
    assert shown_counts({"a": 20, "b": 6, "c": 0}) == {"a": 20, "b": 6, "c": None}
    assert shown_counts({"a": 20, "b": 6}) == {"a": 20, "b": 6}
    assert shown_counts({"a": 20, "b": 9, "c": 6, "d": 0}, frozenset("b")) == {"a": 20, "b": None, "c": None, "d": None}
    assert shown_counts({"a": 20, "b": 0}, frozenset("b")) == {"a": 20, "b": None}
    assert shown_counts({"a": 3}) == {"a": None}


def test_windows_are_parts_of_the_calendar() -> None:
    first, last = datetime(2025, 2, 3, tzinfo=UTC), datetime(2025, 9, 30, 23, tzinfo=UTC)
    quarters = window_edges(first, last, ParticipationWindow.quarter)
    assert [(edge.year, edge.month) for edge in quarters] == [(2025, 1), (2025, 4), (2025, 7), (2025, 10)]
    halves = window_edges(first, last, ParticipationWindow.half_year)
    assert [(edge.year, edge.month) for edge in halves] == [(2025, 1), (2025, 7), (2026, 1)]
    assert len(window_edges(datetime(1990, 1, 1, tzinfo=UTC), last, ParticipationWindow.month)) == 61
