"""What is told to a person alone is opened by that person alone, to one other, and closed again at once."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from service.model.errors import Conflict, Forbidden, Invalid, NotFound, RetellError
from service.model.kinds import KINDS
from service.model.viewer import EVERYONE, Scope, Viewer
from service.operations.answering import answer
from service.operations.exporting import export_rows
from service.operations.jobs import answer_of_job, start_job
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.search import search
from service.operations.working import work_once
from service.operations.writing import delete, put, update
from tests.operations.writers import AT, items, made, member, person, written

UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"


def reader(who: str) -> Viewer:
    """Somebody who reads with a key of their own."""
    return replace(member(who), scopes=frozenset({Scope.read}))


def boss(who: str) -> Viewer:
    """Somebody who administers, with a key of their own."""
    return replace(member(who), scopes=frozenset({Scope.administer}))


@pytest_asyncio.fixture
async def people(network: Network) -> AsyncIterator[tuple[Network, str, str, str, str]]:
    """Mary, Tom and Ann, of one ward; Mary has told something in it."""
    mary, tom, ann = [await person(network, name) for name in ("Mary", "Tom", "Ann")]
    ward = await made(network, "Community", name="Ward")
    for one in (mary, tom, ann):
        await made(network, "Membership", personId=one, communityId=ward, since=AT)
    story = await made(network, "Story", title="A", content="B", tellerId=mary, at=AT)
    await made(network, "Feedback", content="Thanks", byId=tom, ofId=story, toId=mary, at=AT)
    yield network, mary, tom, ann, ward


async def told(network: Network, viewer: Viewer, who: str, ward: str) -> Any:
    """What the viewer is told of somebody's way, or how it is refused."""
    try:
        return (await answer(network, viewer, "participation", {"person": who, "community": ward})).person.id
    except RetellError as error:
        return error.shown()[0]["wrong"]


async def received(network: Network, viewer: Viewer) -> list[tuple[str, str]]:
    found = await answer(network, viewer, "grantsReceived", {})
    assert (found.reason is None) == bool(found.grants)
    assert found.basis.audience == "viewer"
    return [(one.person.id, one.opens.value) for one in found.grants]


async def test_a_grant_opens_a_way_to_one_person_until_it_is_withdrawn(
    people: tuple[Network, str, str, str, str],
) -> None:
    network, mary, tom, ann, ward = people
    refused = await told(network, reader(tom), UNKNOWN, ward)
    closed = refused.replace(UNKNOWN, mary)
    assert await told(network, reader(tom), mary, ward) == closed
    grant = await made(network, "Grant", member(mary), opens="participation", byId=mary, toId=tom)
    assert await told(network, reader(tom), mary, ward) == mary
    assert await received(network, reader(tom)) == [(mary, "participation")]
    for other in (reader(ann), OPERATOR, boss(ann)):
        assert await told(network, other, mary, ward) == closed
        assert await received(network, other) == []
    assert await told(network, reader(mary), tom, ward) == refused.replace(UNKNOWN, tom), "it opens one way"
    asked = {"person": mary, "community": ward, "asOf": "2026-01-03T00:00:00Z"}
    assert (await answer(network, reader(tom), "participation", asked)).person.id == mary, "about any moment"
    await delete(network, member(mary), "Grant", grant)
    with pytest.raises(NotFound):
        await answer(network, reader(tom), "participation", asked)
    assert await told(network, reader(tom), mary, ward) == closed
    assert await received(network, reader(tom)) == []


async def test_an_answer_that_was_kept_is_closed_with_its_grant(people: tuple[Network, str, str, str, str]) -> None:
    network, mary, tom, _, ward = people
    grant = await made(network, "Grant", member(mary), opens="participation", byId=mary, toId=tom)
    job = await start_job(network, reader(tom), "participation", {"person": mary, "community": ward})
    own = await start_job(network, reader(mary), "participation", {"person": mary, "community": ward})
    assert await work_once(network, "one")
    assert await work_once(network, "one")
    assert mary.encode() in await answer_of_job(network, reader(tom), job.id)
    await delete(network, member(mary), "Grant", grant)
    with pytest.raises(Conflict, match="not open to you any more"):
        await answer_of_job(network, reader(tom), job.id)
    assert await answer_of_job(network, reader(mary), own.id)


async def test_a_grant_runs_from_its_beginning_up_to_its_end(people: tuple[Network, str, str, str, str]) -> None:
    network, mary, tom, _, ward = people
    now = datetime.now(UTC)
    span = {"since": AT, "until": (now - timedelta(seconds=1)).isoformat()}
    grant = await made(network, "Grant", member(mary), opens="participation", byId=mary, toId=tom, **span)
    assert await told(network, reader(tom), mary, ward) != mary
    await update(network, member(mary), "Grant", grant, {"until": (now + timedelta(days=1)).isoformat()})
    assert await told(network, reader(tom), mary, ward) == mary
    (shown,) = (await answer(network, reader(tom), "grantsReceived", {})).grants
    assert (shown.since, shown.until) == (datetime.fromisoformat(AT), now + timedelta(days=1))
    await update(network, member(mary), "Grant", grant, {"until": None, "since": None})
    assert await told(network, reader(tom), mary, ward) == mary
    with pytest.raises(Invalid, match="before `since`"):
        await update(network, member(mary), "Grant", grant, {"since": AT, "until": "2025-01-01T00:00:00Z"})
    with pytest.raises(Invalid, match="future"):
        await update(network, member(mary), "Grant", grant, {"since": (now + timedelta(days=1)).isoformat()})


async def test_nobody_grants_for_another_whatever_their_key_may_do(people: tuple[Network, str, str, str, str]) -> None:
    network, mary, tom, ann, ward = people
    asked = {"opens": "participation", "byId": mary, "toId": tom}
    integrator = replace(member(tom), scopes=frozenset({Scope.integrate}))
    for viewer in (OPERATOR, boss(tom), integrator, replace(integrator, person_id=None)):
        with pytest.raises(Forbidden) as error:
            await made(network, "Grant", viewer, **asked)
        assert error.value.problems[0].field == "byId"
        (row,) = await written(network, [{"type": "Grant", **asked, "createdAt": AT, "version": 1}], viewer)
        assert row.status == "failed"
    with pytest.raises(Invalid) as refused:
        await made(network, "Grant", member(tom), **asked)
    assert refused.value.problems[0].field == "byId"
    for wrong, field in (
        ({"toId": mary}, "toId"),
        ({"toId": UNKNOWN}, "toId"),
        ({"opens": "everything"}, "opens"),
        ({"audience": f"community:{ward}"}, "audience"),
        ({"audience": f"person:{tom}"}, "audience"),
    ):
        with pytest.raises(Invalid) as refused:
            await made(network, "Grant", member(mary, f"community:{ward}"), **{**asked, **wrong})
        assert refused.value.problems[0].field == field
    grant = await made(network, "Grant", boss(mary), **asked)
    for viewer in (member(tom), OPERATOR, boss(ann)):
        for attempt in (
            update(network, viewer, "Grant", grant, {"until": AT}),
            delete(network, viewer, "Grant", grant),
        ):
            with pytest.raises(NotFound):
                await attempt
    with pytest.raises(Forbidden):
        await put(network, OPERATOR, "Grant", grant, {**asked, "toId": ann})
    with pytest.raises(Invalid, match="only as its own person"):
        await update(network, member(mary), "Grant", grant, {"byId": ann})
    await update(network, member(mary), "Grant", grant, {"audience": EVERYONE, "toId": ann})
    (kept,) = await network.graph.read("MATCH (g:Grant) RETURN g.audience AS audience, g.to AS to")
    assert kept == {"audience": f"person:{mary}", "to": ann}


async def test_only_its_giver_has_a_grant_in_a_list_an_export_or_a_search(
    people: tuple[Network, str, str, str, str],
) -> None:
    network, mary, tom, ann, _ = people
    grant = await made(network, "Grant", member(mary), opens="participation", byId=mary, toId=tom)

    async def exported(viewer: Viewer) -> list[bytes]:
        return [line async for line in export_rows(network, viewer) if grant.encode() in line]

    async def found(viewer: Viewer) -> str:
        return str(await search(network, viewer, "participation grant Mary", first=50))

    for viewer in (member(tom), member(ann), OPERATOR):
        assert await exported(viewer) == []
        assert grant not in await found(viewer)
    (line,) = await exported(boss(mary))
    before = await items(network)
    await network.graph.write("MATCH (g:Grant) DETACH DELETE g")
    assert {one.status for one in await written(network, [line], boss(mary))} == {"created"}
    assert await items(network) == before


async def test_grants_go_with_either_of_the_two(people: tuple[Network, str, str, str, str]) -> None:
    network, mary, tom, ann, _ = people
    for by, to in ((ann, tom), (mary, tom), (tom, mary), (mary, ann)):
        await made(network, "Grant", member(by), opens="participation", byId=by, toId=to)
    await delete(network, OPERATOR, "Person", ann)
    assert await received(network, reader(tom)) == [(mary, "participation")]
    (left,) = await network.graph.read("MATCH (g:Grant) RETURN count(g) AS number")
    assert left["number"] == 2


async def test_who_opened_something_and_may_not_be_seen_is_not_named(
    people: tuple[Network, str, str, str, str],
) -> None:
    network, mary, tom, _, ward = people
    await made(network, "Grant", member(mary), opens="participation", byId=mary, toId=tom)
    await update(network, boss(mary), "Person", mary, {"audience": f"person:{mary}"})
    assert await received(network, reader(tom)) == []
    assert "audience" in await told(network, reader(tom), mary, ward)


def test_a_grant_is_its_givers() -> None:
    assert KINDS["Grant"].owner == "byId"
