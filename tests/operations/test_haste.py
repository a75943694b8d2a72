"""Writing in haste, on the strength of what was known a moment ago, is as right as writing after a look."""

from typing import Any

import pytest

from service.model.errors import Conflict, Invalid
from service.model.viewer import EVERYONE, Viewer
from service.operations import reading
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.writing import Request, create, delete, update
from tests.operations.writers import AT, contents, integrator, made, member, person


async def test_what_has_changed_since_is_looked_at_again(network: Network) -> None:
    mary, elsewhere = await person(network), Network(network.graph)
    story = await made(network, "Story", title="A", content="B")
    share = {"kind": "share", "byId": mary, "ofId": story}
    await create(network, integrator(), "Amplification", share)
    assert {mary, story} <= network.items.keys()
    await update(elsewhere, OPERATOR, "Story", story, {"audience": f"person:{mary}"})
    with pytest.raises(Invalid) as refused:
        await create(network, integrator(), "Amplification", share)
    assert refused.value.problems[0].field == "ofId"
    await update(elsewhere, integrator(f"person:{mary}"), "Story", story, {"audience": EVERYONE})
    await create(network, integrator(), "Amplification", share)
    await delete(elsewhere, OPERATOR, "Story", story)
    with pytest.raises(Invalid):
        await create(network, integrator(), "Amplification", share)


async def test_a_key_is_found_though_nobody_asked_for_it_first(network: Network) -> None:
    mary = await person(network)
    body = {"title": "A", "content": "B", "tellerId": mary}
    await create(network, OPERATOR, "Story", body)
    request = Request(idempotency_key="k")
    first = await create(network, OPERATOR, "Story", body, request=request)
    before = await contents(network)
    again = await create(network, OPERATOR, "Story", body, request=request)
    assert (again.id, again.version, again.created, again.change_id) == (first.id, 1, True, first.change_id)
    with pytest.raises(Conflict):
        await create(network, OPERATOR, "Story", {**body, "title": "C"}, request=request)
    assert await contents(network) == before


async def test_an_audience_left_behind_is_not_written_for(network: Network) -> None:
    mary, ward = await person(network), await made(network, "Community", name="W")
    inside, outside = member(mary, f"community:{ward}"), member(mary)
    body = {"title": "A", "content": "B", "tellerId": mary, "audience": f"community:{ward}"}
    await create(network, inside, "Story", body)
    with pytest.raises(Invalid):
        await create(network, outside, "Story", body)


@pytest.mark.parametrize("at", [AT, "2026-01-02T03:04:00Z", "2026-01-02T03:04:05.25Z", "2026-01-02T03:04:05.000001Z"])
async def test_a_new_item_is_shown_as_it_is_read(network: Network, at: str) -> None:
    mary, topic = await person(network), await made(network, "Topic", name="T")
    wide = await made(network, "Topic", name="W")
    position: dict[str, Any] = {"profession": "p", "standing": "s", "personId": mary, "from": at}
    bodies: list[tuple[str, dict[str, Any]]] = [
        (
            "Story",
            {"title": "A", "content": "<b>B</b><script>x</script>", "format": "html", "at": at, "tellerId": mary},
        ),
        ("Story", {"title": "A", "content": "*B*", "aboutIds": [wide, topic]}),
        ("Position", {**position, "organisationId": await made(network, "Organisation", name="O")}),
        ("Support", {"content": "x", "byId": mary, "toId": mary}),
    ]
    viewer: Viewer = integrator()
    for label, body in bodies:
        written = await create(network, viewer, label, body)
        assert written.item == await reading.get(network, viewer, label, written.id)


async def test_what_its_writer_may_not_see_is_not_shown(network: Network) -> None:
    mary = await person(network)
    written = await create(network, OPERATOR, "Story", {"title": "A", "content": "B", "audience": f"person:{mary}"})
    assert written.item is None
