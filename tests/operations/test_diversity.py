"""Who is heard in a community, over windows: no number, and no two, tell of what a few did."""

from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from service.model.asking import WINDOWS, GroupBy
from service.model.errors import Invalid
from service.model.viewer import EVERYONE
from service.operations.answering import answer
from service.operations.disclosure import at_month_end, months_before, registered
from service.operations.network import Network
from service.operations.projection import scope_of
from tests.operations.viewers import viewer
from tests.operations.worlds import Row, World, write_world

SINCE = "2024-03-03T00:00:00+00:00"
JUNE = "2025-06-02T00:00:00+00:00"
ENOUGH = 5
SEVERAL = 8
"""Numbers of groups that are told, of at most 54."""


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


WARD, TRUST = _id(900), _id(950)


def _ward(count: int, at: str = "2024-05-10T00:00:00+00:00") -> list[Row]:
    """So many people in a community, each of whom listens to the next, once."""
    rows: list[Row] = [{"type": "Person", "id": _id(number), "name": f"Person {number}"} for number in range(count)]
    rows += [{"type": "Community", "id": WARD, "name": "Ward"}, {"type": "Organisation", "id": TRUST, "name": "Trust"}]
    rows += [{"type": "Membership", "personId": _id(one), "communityId": WARD, "since": SINCE} for one in range(count)]
    return rows + [_saw((one + 1) % count, one, at) for one in range(count)]


def _saw(listener: int, teller: int, at: str) -> Row:
    return {"type": "Observation", "kind": "saw", "byId": _id(listener), "toId": _id(teller), "at": at}


def _is(number: int, standing: str, profession: str = "nurse") -> Row:
    position = {"personId": _id(number), "organisationId": TRUST, "from": SINCE}
    return {"type": "Position", **position, "standing": standing, "profession": profession}


def _story(number: int, at: str) -> Row:
    return {"type": "Story", "tellerId": _id(number), "title": "A story", "content": "I told it.", "at": at}


async def test_what_two_windows_would_tell_of_a_few_is_told_of_neither(network: Network) -> None:
    """In the last quarter all spoke, and in the one before two patients: of six months nothing is told of these.

    In the last one, too, one carer alone listened, to ten patients.
    """
    rows = [*_ward(40), *(_is(number, "patient" if number < 20 else "carer") for number in range(40))]
    rows += [_story(number, "2025-03-04T00:00:00+00:00") for number in range(40)]
    rows += [_story(number, "2024-11-04T00:00:00+00:00") for number in (0, 1)]
    rows += [_saw(39, number, "2025-03-05T00:00:00+00:00") for number in range(10)]
    await write_world(network, World(rows))
    # Who asks in April or in May is told the same: what came since is of months of a quarter that is not over.
    await write_world(network, World([_story(0, "2025-04-04T00:00:00+00:00")]))
    told: dict[int, Any] = {}
    heard: dict[int, Any] = {}
    for months in WINDOWS:
        for moment in ("2025-04-01T00:00:00+00:00", JUNE):
            asked = {"community": WARD, "windowMonths": months, "asOf": moment}
            found = await answer(network, viewer(), "diversity", asked)
            assert told.get(months) in (None, {one.name: one.tellings for one in found.groups})
            told[months] = {one.name: one.tellings for one in found.groups}
            heard[months] = {one.name: one.heard for one in found.groups}
            until = datetime(2025, 4, 1, tzinfo=UTC)
            assert (found.basis.window_from, found.basis.window_until) == (months_before(until, months), until)
    few = {"carer": 20, "patient": None}
    assert told == {3: {"carer": 20, "patient": 20}, 6: few, 12: few}
    assert heard == {3: {"carer": 0, "patient": None}, 6: {"carer": 0, "patient": None}, 12: few}


async def test_what_was_told_before_somebody_belonged_is_not_the_communitys(network: Network) -> None:
    rows = [*_ward(24), *(_is(number, "patient" if number < 12 else "carer") for number in range(24))]
    rows += [{"type": "Person", "id": _id(number), "name": "Newcomer"} for number in range(30, 42)]
    rows += [_is(number, "patient") for number in range(30, 42)]
    joined = {"type": "Membership", "communityId": WARD, "since": "2025-03-10T00:00:00+00:00"}
    rows += [{**joined, "personId": _id(number)} for number in range(30, 42)]
    rows += [_story(number, "2025-03-04T00:00:00+00:00") for number in range(30, 42)]
    rows += [_story(number, "2025-03-11T00:00:00+00:00") for number in range(36) if number not in range(24, 30)]
    await write_world(network, World(rows))
    asked = {"community": WARD, "windowMonths": 3, "asOf": "2025-04-01T00:00:00+00:00"}
    found = await answer(network, viewer(), "diversity", asked)
    assert {one.name: (one.people, one.tellings) for one in found.groups} == {"carer": (12, 12), "patient": (24, 18)}
    health = await answer(network, viewer(), "communityHealth", asked)
    assert health.basis.tellings == 30


def _eventful(seed: int) -> tuple[list[Row], list[tuple[int, datetime]]]:
    """Sixty members by standing and profession, groups of a few among them, and what they told in five quarters."""
    random = np.random.default_rng(seed)
    standings = random.choice(["professional", "patient", "carer"], size=60, p=[0.6, 0.3, 0.1])
    professions = np.where(standings == "professional", random.choice(["nurse", "porter"], size=60), standings)
    words = {"standing": standings, "profession": np.where(random.random(60) < 0.05, "clerk", professions)}
    acts = []
    for quarter in range(5):
        start = months_before(datetime(2025, 7, 1, tzinfo=UTC), 3 * (quarter + 1))
        tellers = random.choice(60, size=int(random.integers(30, 200))).tolist()
        acts += [(number, start.replace(day=int(random.integers(1, 28)))) for number in tellers]
    rows = [*_ward(60, at="2024-04-10T00:00:00+00:00")]
    rows += [_is(number, words["standing"][number], words["profession"][number]) for number in range(60)]
    rows += [_story(number, at.isoformat()) for number, at in acts]
    return rows, acts


@pytest.mark.parametrize("seed", range(4))
async def test_no_figure_of_a_few_follows_from_two_answers(network: Network, seed: int) -> None:
    """An attacker takes from each other what is told over all windows, by both groupings, and of all together."""
    rows, acts = _eventful(seed)
    await write_world(network, World(rows))
    group = await _shown(network)
    known: list[frozenset[int]] = []
    shown = 0
    for until in (datetime(2025, number, 1, tzinfo=UTC) for number in (1, 4, 7)):
        for months in WINDOWS:
            inside = {at for at, (_, told) in enumerate(acts) if months_before(until, months) <= told < until}
            asked = {"community": WARD, "windowMonths": months, "asOf": until}
            total = (await answer(network, viewer(), "communityHealth", asked)).basis.tellings
            assert total in (None, len(inside))
            known += [] if total is None else [frozenset(inside)]
            for by in BY:
                found = await answer(network, viewer(), "diversity", {**asked, "groupBy": by})
                told = set[int]()
                for one in found.groups:
                    its = frozenset(at for at in inside if group.get((_id(acts[at][0]), by)) == one.name)
                    assert one.tellings in (None, len(its))
                    known += [] if one.tellings is None else [its]
                    told |= set() if one.tellings is None else its
                    shown += one.tellings is not None
                known += [frozenset(told), *([] if total is None else [frozenset(inside - told)])]
    assert shown > SEVERAL
    for less, more in combinations(set(known), 2):
        nested = less < more or more < less
        assert not (nested and len({acts[at][0] for at in less ^ more}) in range(1, ENOUGH))


BY = ("standing", "profession")


async def _shown(network: Network) -> dict[tuple[str, str], str]:
    """The word of each person's group by each grouping, as far as they are counted in one."""
    tied = await at_month_end(network, scope_of(viewer(), EVERYONE), datetime(2025, 7, 1, tzinfo=UTC))
    groups, found = await registered(network, tied), dict[tuple[str, str], str]()
    for by in BY:
        words, labels = groups.parts(tied.as_of, f"community:{WARD}", GroupBy(by))
        found |= {(tied.projection.people[at], by): words[labels[at]] for at in np.flatnonzero(labels >= 0).tolist()}
    return found


@pytest.mark.parametrize("months", [1, 2, 4, 11, 13])
async def test_a_window_of_another_length_is_refused(network: Network, months: int) -> None:
    with pytest.raises(Invalid) as refused:
        await answer(network, viewer(), "diversity", {"community": WARD, "windowMonths": months})
    (problem,) = refused.value.problems
    assert (problem.field, "one of 3, 6, 12" in problem.right) == ("windowMonths", True)
