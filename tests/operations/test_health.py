"""The health of a community tells of nobody in company of fewer than five, and counts whom it says it counts."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import numpy as np

from service.model.asking import WINDOWS
from service.model.health import CommunityHealth, CommunityHealthQuestion, HealthShare
from service.operations.changes import number_changes
from service.operations.disclosure import quarter_of
from service.operations.health import community_health
from service.operations.network import Network
from tests.operations.viewers import viewer
from tests.operations.writers import written

START = datetime(2025, 1, 5, tzinfo=UTC)
ENOUGH = 5
SEVERAL = 9
"""Three figures of three windows."""
NOTHING = HealthShare(count=None, of=None, share=None, low=None, high=None)
Row = dict[str, Any]


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


WARD = _id(900)


def day(number: float) -> str:
    return (START + timedelta(days=number)).isoformat()


def month(year: int, number: int) -> datetime:
    return datetime(year + (number - 1) // 12, (number - 1) % 12 + 1, 1, tzinfo=UTC)


def ward(size: int, *, since: float = 0, leaving: dict[int, str] | None = None) -> list[Row]:
    """A community, its first members, and ten people who never are."""
    rows: list[Row] = [{"type": "Community", "id": WARD, "name": "Ward"}]
    rows += [{"type": "Person", "id": _id(800 + number), "name": "Stranger"} for number in range(10)]
    for number in range(size):
        rows += belonging(number, day(since), until=(leaving or {}).get(number))
    return [*rows, seen(1, 0, day(since + 10))]


def belonging(number: int, since: str, *, until: str | None = None) -> list[Row]:
    of = {"personId": _id(number), "communityId": WARD, "since": since}
    end = {} if until is None else {"until": until}
    return [{"type": "Person", "id": _id(number), "name": f"Person {number}"}, {"type": "Membership", **of, **end}]


def seen(listener: int, teller: int, at: str) -> Row:
    return {"type": "Observation", "byId": _id(listener), "toId": _id(teller), "at": at}


def story(number: int, at: str, *, place: int = 0) -> Row:
    id = _id(1000 + 100 * number + place)
    return {"type": "Story", "id": id, "title": "New", "content": "N", "tellerId": _id(number), "at": at}


def reply(by: int, to: Row, at: str) -> list[Row]:
    talk = {"type": "Conversation", "id": f"tests/talk-{to['id']}", "title": "T", "startedById": to["id"]}
    said = {"conversationId": talk["id"], "repliesToId": to["id"], "personId": _id(by), "at": at}
    return [{**talk, "at": at}, {"type": "Contribution", "content": "Yes", **said}]


async def health(network: Network, rows: list[Row], *moments: datetime, **parameters: Any) -> list[CommunityHealth]:
    outcomes = await written(network, rows)
    assert not [one.problems for one in outcomes if one.problems]
    await number_changes(network, "tests")
    asked = [CommunityHealthQuestion(community=WARD, as_of=moment, **parameters) for moment in moments]
    return [await community_health(network, viewer(), one) for one in asked]


def taken_in(times: dict[str, datetime], end: datetime) -> dict[str, datetime]:
    """At which month's end everybody was taken in who was by this one: five or more at once, in plain Python."""
    found: dict[str, datetime] = {}
    at = datetime(2023, 1, 1, tzinfo=UTC)
    while at <= end:
        waiting = [one for one, time in times.items() if time <= at and one not in found]
        found |= dict.fromkeys(waiting, at) if len(waiting) >= ENOUGH else {}
        at = month(at.year, at.month + 1)
    return found


def staying(rows: list[Row], end: datetime) -> tuple[int, int]:
    """How many of whom were active in the quarter that ends then, worked out from the rows."""
    spans = {row["personId"]: row for row in rows if row["type"] == "Membership"}
    joined = {one: datetime.fromisoformat(row["since"]) for one, row in spans.items()}
    earliest, latest = month(end.year, end.month - 18), month(end.year, end.month - 6)
    cohort = {one for one, at in taken_in(joined, end).items() if earliest < at <= latest}
    active = set()
    for row in rows:
        person = row.get("byId") or row.get("tellerId")
        if person in cohort and month(end.year, end.month - 3).isoformat() <= row["at"] < end.isoformat():
            until = spans[person].get("until")
            active |= {person} if until is None or row["at"] < until else set()
    return len(active), len(cohort)


async def test_who_stays_are_so_many_of_the_same_people(network: Network) -> None:
    """Twenty have long been there and twelve join; the one who leaves by themselves is counted with them still."""
    rows = ward(20, since=-400, leaving={19: day(5)})
    for number in range(30, 42):
        rows += belonging(number, day(10 + number), until=day(150) if number == 41 else None)
        rows += [seen(number, 0, day(200))] if number in {30, 31, 32, 33, 41} else []
        rows += [story(number, day(210))] if number in {33, 34, 35, 36} else []
    rows += [*belonging(50, day(201)), seen(50, 0, day(230)), seen(1, 0, day(560))]
    moments = [month(2025, 8 + later) for later in range(12)]
    told = await health(network, rows, *moments)
    assert {one.basis.members for one in told} == {32}
    cohorts = set()
    for moment, one in zip(moments, told, strict=True):
        count, of = staying(rows, quarter_of(moment))
        cohorts.add(of)
        hidden = 0 < count < ENOUGH or 0 < of - count < ENOUGH
        expected = (None, None) if of < ENOUGH else (None if hidden else count, of)
        assert (one.newcomers_staying.count, one.newcomers_staying.of) == expected, moment
    assert (told[2].newcomers_staying.count, told[2].newcomers_staying.of) == (7, 12)
    assert cohorts == {0, 12}


async def test_newcomers_who_are_answered_come_and_go_by_fives(network: Network) -> None:
    rows = ward(30, since=-400)
    for number in range(40, 54):
        # Six tell in February, one in March, seven more in April; every other one is answered.
        told = story(number, day(35 if number < 46 else 60 if number == 46 else 90))
        rows += [*belonging(number, day(30)), told]
        rows += reply(number - 40, told, day(95)) if number % 2 else []
    late = story(60, day(92))
    rows += [*belonging(60, day(-390)), late, *reply(1, late, day(93)), seen(1, 0, day(500))]
    moments = [month(2025, 3 + later) for later in range(17)]
    found = [one.newcomers_answered for one in await health(network, rows, *moments)]
    # By April six are taken in, but of the seven who spoke by then, which is told too, the one in March would be left.
    assert [one.of for one in found] == [None, *[None] * 3, *[14] * 9, *[8] * 3, None]
    assert found[4].count == 7


async def test_so_many_of_whom_all_but_a_few_spoke_are_not_told(network: Network) -> None:
    rows = ward(20) + [story(number, day(60 + number)) for number in range(18)]
    (found,) = await health(network, [*rows, seen(1, 0, day(90))], month(2025, 4))
    assert found.basis.members == 20
    assert found.new_voices == found.newcomers_answered == NOTHING
    assert found.voice_gini.value is found.voice_gini_of_speakers.value is None
    assert found.basis.tellings == 18, "what they told points at nobody"
    assert found.reason is not None
    assert "No new voices: fewer than five members told something in the window, or fewer than five did not" in (
        found.reason
    )


async def test_many_things_of_a_few_people_are_a_few(network: Network) -> None:
    """One speaks seven times, nobody else; then it is known that six more did, but that one alone was answered."""
    rows = ward(20) + [story(0, day(60), place=place) for place in range(7)]
    rows += reply(8, rows[-1], day(61))
    (first,) = await health(network, [*rows, seen(1, 0, day(130))], month(2025, 4))
    (both,) = await health(network, [story(number, day(65)) for number in range(1, 7)], month(2025, 4))
    assert first.basis.members == 20
    assert first.basis.tellings is None
    assert first.replied == NOTHING
    assert first.voice_gini.value is first.days_since_last_story is None
    assert first.reason is not None
    assert "No last story: fewer than five told one." in first.reason
    assert both.basis.tellings == 14
    assert both.replied == NOTHING, "the answered ones are one person's, and wait"
    assert both.voice_gini.value is not None
    assert both.days_since_last_story is not None


async def test_replies_that_one_person_gave_do_not_follow_from_what_was_told(network: Network) -> None:
    """Thirty tell a story, and one answers ten of them: beside all tellings the share would tell of the ten."""
    rows = ward(40) + [story(number, day(30 + number % 5)) for number in range(30)]
    replies = [row for told in rows[-10:] for row in reply(39, told, day(36))]
    without, later = await health(network, [*rows, seen(1, 0, day(89))], month(2025, 4), month(2025, 7))
    assert (without.basis.tellings, later.replied.of, later.replied.count) == (30, 30, 0)
    found, later = await health(network, replies, month(2025, 4), month(2025, 7))
    assert (found.basis.tellings, later.replied) == (40, NOTHING)


async def test_who_spoke_is_not_told_where_a_group_would_tell_of_a_few_who_did_not(network: Network) -> None:
    """Nine of twelve carers speak, and no patient: three carers who did not would follow from that silence."""
    rows = [*ward(20), {"type": "Organisation", "id": _id(950), "name": "Trust"}]
    position = {"type": "Position", "organisationId": _id(950), "from": day(0), "profession": "nurse"}
    standings = ["patient" if number < 8 else "carer" for number in range(20)]
    places = [{**position, "personId": _id(number), "standing": word} for number, word in enumerate(standings)]
    rows += [story(number, day(40)) for number in range(8, 17)]
    (before,) = await health(network, [*rows, seen(1, 0, day(89))], month(2025, 4))
    (found,) = await health(network, places, month(2025, 4))
    assert before.new_voices.of == 9
    assert (found.basis.tellings, found.new_voices) == (9, NOTHING)


async def test_what_few_did_before_a_community_was_told_of_is_in_no_number(network: Network) -> None:
    """One of two members tells a story; half a year later they are twenty."""
    rows = [*ward(2, since=-400), *(row for number in range(2, 20) for row in belonging(number, day(100)))]
    rows += [story(number, day(110)) for number in range(14)]
    (silent,) = await health(network, [*rows, seen(1, 0, day(170))], month(2025, 7), window_months=12)
    (spoke,) = await health(network, [story(0, day(-30), place=1)], month(2025, 7), window_months=12)
    assert silent.basis.tellings == spoke.basis.tellings == 14


async def test_who_is_not_told_of_yet_is_in_no_figure(network: Network) -> None:
    rows = ward(20) + [story(number, day(60)) for number in range(6)]
    newcomer = [*belonging(30, day(62)), story(30, day(70))]
    found, later = await health(network, [*rows, *newcomer, seen(1, 0, day(90))], month(2025, 4), month(2025, 7))
    assert found.basis.members == 20
    assert (found.basis.tellings, found.new_voices.of, later.replied.of) == (6, 6, 6)
    assert found.days_since_last_story == (month(2025, 4) - START).days - 60


async def test_when_the_last_story_was_told_is_said_in_whole_days(network: Network) -> None:
    """A part of a day would tell the moment of one person's act."""
    rows = [story(number, day(60.3 + number / 100)) for number in range(6)]
    (found,) = await health(network, [*ward(20), *rows, seen(1, 0, day(90))], month(2025, 4))
    assert found.days_since_last_story == (month(2025, 4) - START).days - 61
    assert isinstance(found.days_since_last_story, int)


async def over_windows(network: Network, rows: list[Row], moment: datetime) -> dict[int, CommunityHealth]:
    """The health at a moment over each length of window."""
    (first,) = await health(network, rows, moment, window_months=WINDOWS[0])
    return {
        WINDOWS[0]: first,
        **{months: (await health(network, [], moment, window_months=months))[0] for months in WINDOWS[1:]},
    }


async def test_what_two_windows_would_tell_of_a_few_is_not_told(network: Network) -> None:
    """Of thirty, ten spoke in the newest three months, and ten in those before, two of whom did not speak again."""
    rows = [*ward(30, since=-400), seen(1, 0, day(-390))]
    rows += [story(number, day(160 + number)) for number in range(10)]
    rows += [story(number, day(75), place=1) for number in range(2, 12)]
    told = await over_windows(network, [*rows, seen(1, 0, day(190))], month(2025, 7))
    assert {months: one.basis.tellings for months, one in told.items()} == {3: 10, 6: 20, 12: 20}
    assert (told[3].new_voices.of, told[3].voice_gini.value is None) == (10, False)
    for months in (6, 12):
        assert told[months].new_voices == NOTHING
        assert told[months].voice_gini.value is told[months].voice_gini_of_speakers.value is None
        assert str(told[months].reason).startswith(
            "No new voices: fewer than five members told something in the window, or fewer than five did not, or so "
            "few in a part of it."
        )


async def test_single_months_are_in_no_figure(network: Network) -> None:
    """Twelve spoke in the quarter, and two more in the month after: who asks a month later is told the same."""
    rows = [*ward(30, since=-400), *(story(number, day(20 + 4 * number)) for number in range(12))]
    rows += reply(20, rows[-1], day(93))
    rows += [
        row for number in (20, 21) for row in (story(number, day(95)), *reply(number + 1, story(number, ""), day(96)))
    ]
    told = await health(network, [*rows, seen(1, 0, day(160))], *(month(2025, number) for number in (4, 5, 6)))
    for one in told:
        assert (one.basis.tellings, one.new_voices.of) == (12, 12)
        assert (one.new_voices, one.replied, one.voice_gini) == (
            told[0].new_voices,
            told[0].replied,
            told[0].voice_gini,
        )
    later = [one.replied for one in await health(network, [], *(month(2025, number) for number in (7, 8, 9)))]
    assert [(one.of, one.count) for one in later] == [(12, 0)] * 3


async def test_no_figure_of_a_few_follows_from_two_windows(network: Network) -> None:
    """An attacker takes each number of a window from the same of a longer one; who is behind is known from the rows."""
    random = np.random.default_rng(6)
    rows = [*ward(40, since=-400), *(row for number in range(60, 72) for row in belonging(number, day(-100)))]
    acts = [(int(random.integers(40)), float(random.integers(-150, 165)), at) for at in range(40)]
    acts += [(int(random.integers(60, 72)), float(random.integers(-90, 165)), 50 + at) for at in range(16)]
    for number, at, place in acts:
        rows.append(story(number, day(at), place=place))
        rows += reply((number + 1) % 40, rows[-1], day(at + 1)) if random.random() < 0.5 else []
    end = month(2025, 7)
    told = await over_windows(network, [*rows, seen(1, 0, day(190))], end)
    things = {months: behind(rows, month(2025, 7 - months), end) for months in WINDOWS}
    shown = 0
    for name in ("new_voices", "replied", "newcomers_staying"):
        known: list[set[tuple[str, str]]] = [set()]
        for months, one in told.items():
            share, counted = getattr(one, name), things[months][name]
            assert (share.count, share.of) in {
                (None, None),
                (None, len(counted["of"])),
                (len(counted["count"]), len(counted["of"])),
            }
            known += [counted["of"]] if share.of is not None else []
            known += [counted["count"], counted["rest"]] if share.count is not None else []
        for less, more in combinations(known, 2):
            nested = not (less - more and more - less)
            assert not (nested and len({person for person, _ in less ^ more}) in range(1, ENOUGH)), name
        shown += len(known) - 1
    assert shown > SEVERAL, "and something is told of two windows"


def taken_in_with_replies(stories: list[Row], replied: set[str], end: datetime) -> list[tuple[Row, datetime]]:
    """At which quarter's end each is told of: a quarter later, when replied and not are nobody's or enough's."""
    found: list[tuple[Row, datetime]] = []
    at, waiting = month(2024, 1), list[Row]()
    while at < end:
        at, start, over = month(at.year, at.month + 3), month(at.year, at.month - 3).isoformat(), at.isoformat()
        waiting += [row for row in stories if start <= row["at"] < over]
        sides = ({row["tellerId"] for row in waiting if (row["id"] in replied) == side} for side in (True, False))
        if not any(0 < len(side) < ENOUGH for side in sides):
            found += [(row, at) for row in waiting]
            waiting = []
    return found


def behind(rows: list[Row], since: datetime, end: datetime) -> dict[str, dict[str, set[tuple[str, str]]]]:
    """What each figure counts, a person and a thing each: worked out from the rows."""
    stories = [row for row in rows if row["type"] == "Story" and row["at"] < end.isoformat()]
    recent = [row for row in stories if row["at"] >= since.isoformat()]
    members = {row["personId"] for row in rows if row["type"] == "Membership"}
    replied = {row["repliesToId"] for row in rows if row["type"] == "Contribution"}
    said = {(row["personId"], row["at"]) for row in rows if row["type"] == "Contribution"}
    spoke = {row["tellerId"] for row in recent} | {one for one, at in said if since.isoformat() <= at < end.isoformat()}
    before = {row["tellerId"] for row in stories if row["at"] < since.isoformat()}
    before |= {one for one, at in said if at < since.isoformat()}
    old = [row for row in stories if row["tellerId"] in members]
    old = [row for row, at in taken_in_with_replies(old, replied, end) if since < at <= end]
    cohort = {_id(number) for number in range(60, 72)}
    people = {
        "new_voices": (spoke & members, spoke & members - before),
        "newcomers_staying": (cohort, cohort & spoke),
    }
    found = {name: {"of": whole, "count": part, "rest": whole - part} for name, (whole, part) in people.items()}
    tellings = {
        "of": {(row["tellerId"], row["id"]) for row in old},
        "count": {(row["tellerId"], row["id"]) for row in old if row["id"] in replied},
    }
    return {
        **{name: {part: {(one, "") for one in who} for part, who in parts.items()} for name, parts in found.items()},
        "replied": {**tellings, "rest": tellings["of"] - tellings["count"]},
    }
