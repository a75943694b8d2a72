"""The era profile of an organisation rests on whole calendar months, and on five people or more."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.model.era import EraProfile, EraProfileQuestion, EraQuarter
from service.operations.disclosure import months_before
from service.operations.era import era_profile
from service.operations.network import Network
from tests.operations.viewers import viewer
from tests.operations.worlds import Row, World, write_world

STAFF = 24
OF_FEW = "It is of nobody, or of one to four people, or of so few more or fewer than another organisation's."
SIDE_OF_FEW = (
    "What is in the share, or what is not, is of one to four people, or of so few more or fewer than another's."
)
APRIL, OCTOBER = datetime(2025, 4, 1, tzinfo=UTC), datetime(2025, 10, 1, tzinfo=UTC)


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


TRUST, CLUB, HOSPITAL = _id(900), _id(901), _id(910)


def _staff() -> list[Row]:
    """An organisation whose people listen in a ring, and ten people who are not of it."""
    people = range(STAFF + 10)
    rows: list[Row] = [{"type": "Person", "id": _id(number), "name": f"Person {number}"} for number in people]
    rows += [{"type": "Organisation", "id": TRUST, "name": "Trust"}, {"type": "Community", "id": CLUB, "name": "Club"}]
    held = {"profession": "nurse", "standing": "professional", "organisationId": TRUST, "from": "2024-01-05T00:00:00Z"}
    rows += [{"type": "Position", "personId": _id(number), **held} for number in range(STAFF)]
    for at in ("2024-02-03T00:00:00Z", "2025-10-20T00:00:00Z"):
        saw = {"type": "Observation", "kind": "saw", "at": at}
        rows += [{**saw, "byId": _id(number), "toId": _id((number + 1) % STAFF)} for number in range(STAFF)]
    return rows


def _supports(one: int, other: int, at: str) -> Row:
    return {"type": "Support", "content": "Go on", "byId": _id(one), "toId": _id(other), "at": at}


def _made(number: int, maker: int, at: str, **within: Any) -> list[Row]:
    insight, made = _id(2000 + number), _id(3000 + number)
    return [
        {"type": "TacitInsight", "id": insight, "content": "I", "heldById": _id(maker), "at": at},
        {"type": "ExplicitKnowledge", "id": made, "title": "K", "content": "K", "at": at},
        {"type": "Derivation", "usedIds": [insight], "madeId": made, "byIds": [_id(maker)], "at": at, **within},
    ]


async def _asked(network: Network, rows: list[Row], end: datetime) -> EraProfile:
    await write_world(network, World([*_staff(), *rows]))
    return await era_profile(network, viewer(), EraProfileQuestion(organisation=TRUST, as_of=end, quarters=1))


def _last(profile: EraProfile) -> dict[str, EraQuarter]:
    return {one.indicator.value: one.quarters[-1] for one in profile.indicators}


async def test_pieces_of_one_maker_and_pairs_of_a_few_are_not_told(network: Network) -> None:
    at = "2025-08-03T00:00:00Z"
    rows = [row for number in range(6) for row in _made(number, 0, at, withinId=CLUB)]
    rows += [_supports(one, other, at) for one in range(4) for other in range(4) if one != other]
    found = _last(await _asked(network, rows, OCTOBER))
    for indicator in ("offer", "trust"):
        assert found[indicator].counted is None
        assert found[indicator].figure.value is None
        assert found[indicator].reason == OF_FEW
    assert found["leadership"].reason == found["trust"].reason, "an empty quarter looks like one of a few"
    assert (found["power"].reason, found["trust"].people) == (None, STAFF)
    assert (found["power"].counted, found["power"].figure.value is None) == (STAFF, False)


async def test_a_share_of_which_either_side_is_of_a_few_is_not_told(network: Network) -> None:
    at = "2025-08-03T00:00:00Z"
    rows = [row for number in range(8) for row in _made(number, 0, at, withinId=CLUB)]
    rows += [row for number in range(10, 15) for row in _made(number, number, at)]
    rows += [_supports(one, one + 1, at) for one in range(0, 12, 2)] + [_supports(1, 0, at), _supports(3, 2, at)]
    rows += [_supports(5, 4, at)]
    found = _last(await _asked(network, rows, OCTOBER))
    assert (found["offer"].counted, found["offer"].figure.value) == (13, None)
    assert found["offer"].reason == SIDE_OF_FEW
    assert found["trust"].reason is None
    assert found["trust"].counted == 6
    assert found["trust"].figure.value == pytest.approx(3 / 6)
    assert found["trust"].figure.low is not None


def _hospital() -> list[Row]:
    held = {"profession": "nurse", "standing": "professional", "from": "2024-01-05T00:00:00Z"}
    staff = [
        {"type": "Position", "personId": _id(one), "organisationId": HOSPITAL, **held} for one in range(STAFF + 10)
    ]
    return [{"type": "Organisation", "id": HOSPITAL, "name": "Hospital"}, *staff]


async def test_a_piece_of_makers_in_two_organisations_is_one_piece(network: Network) -> None:
    """The hospital's are those of the trust, one of which somebody else of the hospital made first, and one more."""
    at = "2025-08-03T00:00:00Z"
    rows = [row for number in range(12) for row in _made(number, number, at)]
    together = _made(20, 30, at)
    together[-1]["byIds"] = [_id(30), _id(0)]
    found = [_last(await _asked(network, [*_hospital(), *rows, *together, *_made(21, 30, at)], OCTOBER))]
    asked = EraProfileQuestion(organisation=HOSPITAL, as_of=OCTOBER, quarters=1)
    found.append(_last(await era_profile(network, viewer(), asked)))
    assert [one["offer"].counted for one in found] == [13, None]


async def test_what_two_organisations_would_tell_of_a_few_is_told_of_one(network: Network) -> None:
    """All of the trust, and ten others, are of the hospital as well: one pair of these supports the other."""
    at, hospital = "2025-08-03T00:00:00Z", _id(910)
    rows: list[Row] = [{"type": "Organisation", "id": hospital, "name": "Hospital"}]
    held = {
        "profession": "nurse",
        "standing": "professional",
        "organisationId": hospital,
        "from": "2024-01-05T00:00:00Z",
    }
    rows += [{"type": "Position", "personId": _id(number), **held} for number in range(STAFF + 10)]
    rows += [_supports(one, one + 1, at) for one in range(0, 12, 2)]
    found = [_last(await _asked(network, [*rows, _supports(30, 31, at)], OCTOBER))]
    asked = EraProfileQuestion(organisation=hospital, as_of=OCTOBER, quarters=1)
    found.append(_last(await era_profile(network, viewer(), asked)))
    assert [one["trust"].people for one in found] == [STAFF, STAFF + 10]
    assert [one["trust"].counted for one in found] == [6, None]
    assert (found[0]["trust"].reason, found[1]["trust"].reason) == (None, OF_FEW)
    await write_world(network, World([_supports(one, one + 1, at) for one in (26, 28, 32)]))
    found = [_last(await _asked(network, [], OCTOBER)), _last(await era_profile(network, viewer(), asked))]
    assert [one["trust"].counted for one in found] == [6, 10], "of eight more people it may be told"


@pytest.mark.parametrize(
    ("end", "first", "before"),
    [
        (APRIL, "2025-01-01T00:00:00Z", "2024-12-31T23:00:00Z"),
        (OCTOBER, "2025-07-01T00:00:00Z", "2025-06-30T23:00:00Z"),
    ],
)
async def test_a_quarter_is_three_whole_months(network: Network, end: datetime, first: str, before: str) -> None:
    rows = [_supports(one, one + 1, first) for one in range(0, 12, 2)]
    rows += [_supports(one, one + 1, before) for one in range(12, 20, 2)]
    found = _last(await _asked(network, rows, end))
    assert found["trust"].counted == 6
    none = found["trust"].figure
    assert (none.value, none.standard_error, none.low) == (0.0, None, 0.0)
    assert none.high == pytest.approx(0.39, abs=0.01), "Wilson's, of none of six"


async def test_no_two_quarters_differ_by_single_months(network: Network) -> None:
    """Whenever one asks, quarters are those of the calendar: moved by a month they would tell of one."""
    rows = [_supports(one, one + 1, "2025-08-03T00:00:00Z") for one in range(0, 12, 2)]
    profiles = [await _asked(network, rows, OCTOBER)]
    for moment in (datetime(2025, 11, 3, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC)):
        asked = EraProfileQuestion(organisation=TRUST, as_of=moment, quarters=1)
        profiles.append(await era_profile(network, viewer(), asked))
    assert [{one.until for one in _last(profile).values()} for profile in profiles] == [{OCTOBER}] * 3
    assert _last(profiles[0]) == _last(profiles[1]) == _last(profiles[2])


def _ring(at: str, of: int) -> list[Row]:
    """So many of the staff, each of whom supports the next."""
    return [_supports(number, (number + 1) % STAFF, at) for number in range(of)]


def _filled_up(first: int = 5, second: int = 6) -> list[Row]:
    """Six quarters up to October, of which the last four have about as much support as each other."""
    ends = [datetime(2024, 7, 1, tzinfo=UTC), datetime(2024, 10, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)]
    ends += [datetime(2025, 4, 1, tzinfo=UTC), datetime(2025, 7, 1, tzinfo=UTC), OCTOBER]
    sizes = (first, second, STAFF, STAFF - 4, STAFF, STAFF)
    return [
        row
        for end, size in zip(ends, sizes, strict=True)
        for row in _ring(f"{end - timedelta(9):%Y-%m-%dT00:00:00Z}", size)
    ]


async def _cautions(network: Network, end: datetime, quarters: int) -> dict[str, str]:
    asked = EraProfileQuestion(organisation=TRUST, as_of=end, quarters=quarters)
    profile = await era_profile(network, viewer(), asked)
    assert "fewer than half" in profile.basis.rule
    return {one.indicator.value: str(one.caution) for one in profile.indicators}


async def test_where_the_record_of_what_an_indicator_rests_on_only_fills_up_it_says_so(network: Network) -> None:
    await write_world(network, World([*_staff(), *_filled_up()]))
    whole = await _cautions(network, OCTOBER, 6)
    assert whole["trust"].startswith("Until 2024-10-01 what it rests on was only filling up")
    assert whole["trust"].endswith("That is not so of the last 4 quarters.")
    assert whole["power"] == "None", "who listens to whom was known from the start"
    assert whole["leadership"] == whole["offer"] == "None", "of these nothing is told"
    for quarters in (4, 3):
        assert set((await _cautions(network, OCTOBER, quarters)).values()) == {"None"}


@pytest.mark.parametrize(
    ("sizes", "until"),
    [((5, 6), "Until 2024-10-01"), ((14, STAFF), "Until 2024-07-01")],
    ids=["it was thin", "it began within"],
)
@pytest.mark.parametrize(
    ("act", "end", "quarters"),
    [
        (
            {"type": "Observation", "kind": "saw", "byId": _id(1), "toId": _id(9), "at": "2025-09-30T00:00:00Z"},
            OCTOBER,
            6,
        ),
        ({"type": "Observation", "kind": "saw", "byId": _id(1), "toId": _id(9)}, OCTOBER, 6),
        (_supports(1, 9, "2023-05-03T00:00:00Z"), OCTOBER, 6),
        (_supports(1, 9, "2026-05-03T00:00:00Z"), datetime(2026, 5, 31, tzinfo=UTC), 8),
    ],
    ids=["another", "without a time", "long before", "long after"],
)
async def test_a_caution_does_not_go_because_of_one_act_more(
    network: Network, *, act: Row, end: datetime, quarters: int, sizes: tuple[int, int], until: str
) -> None:
    await write_world(network, World([*_staff(), *_filled_up(*sizes), act]))
    assert (await _cautions(network, end, quarters))["trust"].startswith(until)


async def test_power_rests_on_all_ties_that_are_known_by_then(network: Network) -> None:
    """As many acts in each quarter, but each time of others: the ties add up, and people seem to be more equal."""
    rows = []
    for ago, far in zip((12, 9, 6, 3), (2, 3, 4, 5), strict=True):
        saw = {
            "type": "Observation",
            "kind": "saw",
            "at": f"{months_before(OCTOBER, ago) + timedelta(9):%Y-%m-%dT00:00:00Z}",
        }
        rows += [{**saw, "byId": _id((number + far) % STAFF), "toId": _id(number)} for number in range(STAFF)]
    await write_world(network, World([*_staff(), *rows]))
    asked = EraProfileQuestion(organisation=TRUST, as_of=OCTOBER, quarters=4)
    cautions = {
        one.indicator.value: str(one.caution) for one in (await era_profile(network, viewer(), asked)).indicators
    }
    assert cautions["power"].startswith("Until 2025-04-01"), "two of five ties, three, then four"
    assert cautions["power"].endswith("That is not so of the last 2 quarters.")
    assert cautions["leadership"] == "None"


@pytest.mark.parametrize("quarters", [3, 6])
async def test_why_no_change_is_told_is_said(network: Network, quarters: int) -> None:
    await write_world(network, World([*_staff(), *_filled_up()]))
    asked = EraProfileQuestion(organisation=TRUST, as_of=OCTOBER, quarters=quarters)
    trends = {one.indicator.value: one for one in (await era_profile(network, viewer(), asked)).indicators}
    for one in trends.values():
        assert (one.reason is None) is (one.change_standard_error is not None)
        figures = sum(quarter.figure.value is not None for quarter in one.quarters)
        had = "1 quarter has" if figures == 1 else f"{figures} quarters have"
        few = f"{had} a figure, and a change is read from 4."
        assert (one.reason == few) is (one.change_a_year is None) is (figures < 4)
    same = "Its figures are all the same, which says nothing of the error of a change."
    assert (trends["trust"].reason == same) is (trends["trust"].change_a_year == 0.0) is (quarters == 6)
