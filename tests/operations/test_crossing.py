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
