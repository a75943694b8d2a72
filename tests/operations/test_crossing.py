"""Crossing and diversity where what they rest on is missing: times, positions, a second group."""

from itertools import permutations
from typing import Any

import pytest

from service.operations.answering import answer
from service.operations.network import Network
from tests.operations.viewers import viewer
from tests.operations.worlds import Row, World, write_world

SINCE = "2024-05-03T00:00:00+00:00"
SIZE = 12


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


WARD, CLINIC = _id(900), _id(901)


def _two_groups(**of_each_tie: Any) -> list[Row]:
    """Two communities of twelve, each of whose members all listen to each other, and twelve ties between the two."""
    people = range(2 * SIZE)
    rows: list[Row] = [{"type": "Person", "id": _id(number), "name": f"Person {number}"} for number in people]
    rows += [{"type": "Community", "id": id, "name": f"Community {id[-1]}"} for id in (WARD, CLINIC)]
    rows += [
        {
            "type": "Membership",
            "personId": _id(number),
            "communityId": WARD if number < SIZE else CLINIC,
            "since": SINCE,
        }
        for number in people
    ]
    pairs = [pair for group in (people[:SIZE], people[SIZE:]) for pair in permutations(group, 2)]
    pairs += [(number, number + SIZE) for number in range(SIZE)]
    rows += [
        {"type": "Observation", "kind": "saw", "byId": _id(one), "toId": _id(other), **of_each_tie}
        for one, other in pairs
    ]
    return rows


async def test_ties_without_times_count_up_to_the_last_whole_month(network: Network) -> None:
    await write_world(network, World(_two_groups(undated=True)))
    found = await answer(network, viewer(), "crossing", {"groupBy": "community"})
    inside = 2 * SIZE * (SIZE - 1)
    assert {one.people for one in found.groups} == {SIZE}
    assert sum(one.ties for one in found.matrix if one.teller == one.listener) == inside
    assert found.ei_index.value == pytest.approx((SIZE - inside) / (SIZE + inside))
    assert (found.reason, found.basis.as_of.day, found.basis.as_of.hour) == (None, 1, 0)
    health = await answer(network, viewer(), "communityHealth", {"community": WARD})
    assert health.basis.members == SIZE
    part = await answer(network, viewer(WARD), "communityParticipation", {"community": WARD})
    assert (part.members, part.reason is None) == (SIZE, False)
    era = [{"type": "Organisation", "id": _id(950), "name": "Trust"}]
    era += [
        {"type": "Position", "personId": _id(number), "organisationId": _id(950), "from": SINCE}
        | {"profession": "nurse", "standing": "professional"}
        for number in range(SIZE)
    ]
    await write_world(network, World(era))
    profile = await answer(network, viewer(), "eraProfile", {"organisation": _id(950)})
    assert profile.reason is None


async def test_where_nobody_has_a_position_the_reason_is_that(network: Network) -> None:
    await write_world(network, World(_two_groups(at="2025-03-04T00:00:00+00:00")))
    for by in ("standing", "profession"):
        for found in (
            await answer(network, viewer(), "crossing", {"groupBy": by, "asOf": "2025-06-02T00:00:00+00:00"}),
            await answer(
                network, viewer(), "diversity", {"community": WARD, "groupBy": by, "asOf": "2025-06-02T00:00:00Z"}
            ),
        ):
            assert found.groups == []
            assert found.reason == f"Nobody's {by} is recorded, as far as this audience may know."


async def test_one_group_alone_is_said_to_be_one(network: Network) -> None:
    alone = [row for row in _two_groups(at="2025-03-04T00:00:00+00:00") if row.get("communityId") != CLINIC]
    await write_world(network, World(alone))
    asked = {"groupBy": "community", "asOf": "2025-06-02T00:00:00+00:00"}
    found = await answer(network, viewer(), "crossing", asked)
    assert (len(found.groups), found.ei_index.value) == (1, None)
    assert found.reason is not None
    assert "One group alone" in found.reason


def _lopsided() -> list[Row]:
    """The two communities, of which one listens to itself and the other alike; nearly nobody listens to the first."""
    people = _two_groups()[: 4 * SIZE + 2]
    full = list(permutations(range(SIZE), 2))
    pairs = [(1, 0), (2, 0), (3, 0), (2, 1), (3, 1), (0, 1), (SIZE, 0), (SIZE + 1, 0)]
    pairs += [(one, other + SIZE) for one, other in full[:50]]
    pairs += [(one + SIZE, other + SIZE) for one, other in full[50:90]]
    saw = {"type": "Observation", "kind": "saw", "at": "2025-03-04T00:00:00+00:00"}
    return people + [{**saw, "byId": _id(one), "toId": _id(other)} for one, other in pairs]


async def test_totals_that_would_tell_a_withheld_cell_are_withheld_too(network: Network) -> None:
    await write_world(network, World(_lopsided()))
    asked = {"groupBy": "community", "asOf": "2025-06-02T00:00:00+00:00"}
    found = await answer(network, viewer(), "crossing", asked)
    assert {one.people for one in found.groups} == {SIZE}
    assert sum(one.ties is None for one in found.matrix) >= 3
    figures = (found.ei_index, found.density, found.reciprocity)
    assert [one.value for one in figures] == [None] * 3
    assert (found.expected_ei_index, found.p) == (None, None)
    assert found.reason is not None
    assert "no total is told" in found.reason
    assert found.caution is not None
    assert "What is null is not told" in found.caution


def _people(count: int, at: str = "2025-03-04T00:00:00+00:00") -> list[Row]:
    """So many people in a community, each of whom listens to the next."""
    rows: list[Row] = [{"type": "Person", "id": _id(number), "name": f"Person {number}"} for number in range(count)]
    rows.append({"type": "Community", "id": WARD, "name": "Ward"})
    rows += [{"type": "Membership", "personId": _id(one), "communityId": WARD, "since": SINCE} for one in range(count)]
    saw = {"type": "Observation", "kind": "saw", "at": at}
    return rows + [{**saw, "byId": _id((one + 1) % count), "toId": _id(one)} for one in range(count)]


def _positions(words: dict[str, list[int]], name: str = "standing") -> list[Row]:
    """What some people are, by the word; of the other kind they are all the same."""
    same = {"profession": "nurse", "standing": "professional"}
    return [
        {"type": "Position", "personId": _id(number), "organisationId": _id(950), "from": SINCE, **same, name: word}
        for word, numbers in words.items()
        for number in numbers
    ]


ORGANISATION: Row = {"type": "Organisation", "id": _id(950), "name": "Trust"}
JUNE = "2025-06-02T00:00:00+00:00"


async def test_withheld_are_people_who_are_in_no_group_that_is_shown(network: Network) -> None:
    """Twenty nurses, three midwives and eleven of whom nothing is recorded; a midwife more moves no number."""
    rows = [*_people(36), ORGANISATION]
    rows += _positions({"nurse": [*range(20)], "midwife": [20, 21, 22], "surgeon": [23, 24]}, "profession")
    await write_world(network, World(rows))
    asked = {"groupBy": "profession", "asOf": JUNE}
    found = await answer(network, viewer(), "crossing", asked)
    assert [(one.name, one.people) for one in found.groups] == [("nurse", 20)]
    assert (found.basis.withheld, found.coverage, found.caution) == (16, 0.6, None)
    await write_world(network, World(_positions({"midwife": [25], "porter": [26]}, "profession")))
    again = await answer(network, viewer(), "crossing", asked)
    assert again.basis.withheld == 16, "a count of groups would have told of the first porter"


async def test_where_most_have_no_group_it_says_so(network: Network) -> None:
    rows = [*_people(60), ORGANISATION, *_positions({"patient": [*range(10)], "carer": [*range(20, 26)]})]
    await write_world(network, World(rows))
    crossed = await answer(network, viewer(), "crossing", {"asOf": JUNE})
    heard = await answer(network, viewer(), "diversity", {"community": WARD, "asOf": JUNE})
    for found in (crossed, heard):
        assert (found.basis.withheld, found.coverage) == (44, 0.3)
        assert found.caution is not None
        assert "At most 30% of the people" in found.caution
    assert (crossed.ei_index.value, crossed.expected_ei_index, crossed.p) == (None, None, None), "sixteen people"
    assert crossed.reason is not None
    assert "fewer than 20 people" in crossed.reason


@pytest.mark.parametrize(
    ("standings", "members", "reason"),
    [
        (
            {"patient": range(4), "carer": range(4, 8), "clinical": range(8, 12)},
            12,
            "Every group of this scope has fewer",
        ),
        ({"patient": range(6), "carer": range(6, 8)}, 8, "those beside it, who came or went"),
        ({"patient": range(4)}, 4, "Fewer than 5 people of this scope"),
        ({}, 12, "Nobody's standing is recorded"),
    ],
)
async def test_where_no_group_is_shown_the_reason_is_the_one(
    network: Network, standings: dict[str, range], members: int, reason: str
) -> None:
    rows = [*_people(members), ORGANISATION, *_positions({word: [*numbers] for word, numbers in standings.items()})]
    await write_world(network, World(rows))
    crossed = await answer(network, viewer(), "crossing", {"scope": f"community:{WARD}", "asOf": JUNE})
    heard = await answer(network, viewer(), "diversity", {"community": WARD, "asOf": JUNE})
    for found in (crossed, heard):
        assert found.groups == []
        assert found.reason is not None
        assert reason in found.reason


async def test_who_comes_and_goes_alone_takes_no_group_from_view(network: Network) -> None:
    """A nurse leaves and two midwives come: all groups are shown as they were, with whom they had."""
    rows = [*_people(60), ORGANISATION, *_positions({"nurse": [*range(20)], "midwife": [*range(20, 38)]}, "profession")]
    left = next(row for row in rows if row.get("personId") == _id(3) and row["type"] == "Position")
    left["until"] = "2025-04-11T00:00:00+00:00"
    late = {"profession": "midwife", "standing": "professional", "from": "2025-04-11T00:00:00+00:00"}
    rows += [{"type": "Position", "personId": _id(one), "organisationId": _id(950), **late} for one in (38, 39)]
    await write_world(network, World(rows))
    for moment in ("2025-04-02T00:00:00+00:00", JUNE):
        asked = {"groupBy": "profession", "scope": f"organisation:{_id(950)}", "asOf": moment}
        found = await answer(network, viewer(), "crossing", asked)
        assert {one.name: one.people for one in found.groups} == {"nurse": 20, "midwife": 18}
        assert (found.basis.withheld, found.coverage) == (0, 1.0)


async def test_few_returned_ties_are_not_told(network: Network) -> None:
    """Everybody listens to two, and two listen to each other: of one pair nothing is told, as in its health."""
    rows = [*_people(40), ORGANISATION, *_positions({"patient": [*range(20)], "carer": [*range(20, 40)]})]
    saw = {"type": "Observation", "at": "2025-03-04T00:00:00+00:00"}
    rows += [{**saw, "byId": _id((one + 7) % 40), "toId": _id(one)} for one in range(40)]
    rows.append({**saw, "byId": _id(0), "toId": _id(1)})
    await write_world(network, World(rows))
    crossed = await answer(network, viewer(), "crossing", {"scope": f"community:{WARD}", "asOf": JUNE})
    health = await answer(network, viewer(), "communityHealth", {"community": WARD, "asOf": JUNE})
    assert len(crossed.groups) == 2
    assert crossed.density.value is not None
    assert crossed.reciprocity.value is health.reciprocity.value is None
