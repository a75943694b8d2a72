"""Keys: made by who administers, kept as a hash, believed for a second at most, gone when revoked."""

import asyncio

import pytest

from service.model.errors import Forbidden, Invalid, NotFound, Unauthenticated
from service.model.ids import derived_id
from service.model.viewer import Scope
from service.operations.keys import OPERATOR, create_key, list_keys, revoke_key, viewer_of
from service.operations.network import Network
from service.operations.writing import delete, update
from tests.operations.writers import AT, contents, made, member, person


async def test_a_key_names_its_person_and_where_they_belong_now(network: Network) -> None:
    mary = await person(network)
    ward, club, past = [await made(network, "Community", name=name) for name in ("Ward", "Club", "Past")]
    trust = await made(network, "Organisation", name="Trust")
    for community, until in ((ward, None), (club, "2100-01-01T00:00:00Z"), (past, "2026-02-01T00:00:00Z")):
        await made(network, "Membership", personId=mary, communityId=community, since=AT, until=until)
    fields = {"profession": "nurse", "standing": "clinical", "personId": mary, "organisationId": trust}
    await made(network, "Position", **fields, **{"from": AT})
    key = await create_key(network, OPERATOR, name="Mary's", scopes=["read", Scope.contribute], person_id=mary)
    viewer = await viewer_of(network, key.token)
    assert (viewer.principal, viewer.person_id) == (key.id, mary)
    assert viewer.scopes == {Scope.read, Scope.contribute}
    expected = {"everyone", f"person:{mary}", f"organisation:{trust}", f"community:{ward}", f"community:{club}"}
    assert set(viewer.audiences) == expected
    assert len(viewer.audiences) == len(expected)


async def test_what_changes_where_one_belongs_is_seen_at_once(network: Network) -> None:
    mary, ward = await person(network), await made(network, "Community", name="Ward")
    key = await create_key(network, OPERATOR, name="k", scopes=["read"], person_id=mary)
    assert f"community:{ward}" not in (await viewer_of(network, key.token)).audiences
    membership = await made(network, "Membership", personId=mary, communityId=ward, since=AT)
    assert f"community:{ward}" in (await viewer_of(network, key.token)).audiences
    await update(network, OPERATOR, "Membership", membership, {"until": "2026-03-01T00:00:00Z"})
    assert f"community:{ward}" not in (await viewer_of(network, key.token)).audiences


async def test_what_another_process_changed_is_seen_within_a_second(network: Network) -> None:
    other = Network(network.graph)
    mary, ward = await person(network), await made(network, "Community", name="Ward")
    key = await create_key(network, OPERATOR, name="k", scopes=["read"], person_id=mary)
    await viewer_of(other, key.token)
    await made(network, "Membership", personId=mary, communityId=ward, since=AT)
    await asyncio.sleep(1.1)
    assert f"community:{ward}" in (await viewer_of(other, key.token)).audiences


async def test_an_unknown_a_malformed_and_a_revoked_key_are_one(network: Network) -> None:
    key = await create_key(network, OPERATOR, name="k", scopes=["read"])
    assert (await viewer_of(network, key.token)).audiences == ("everyone",)
    await revoke_key(network, OPERATOR, key.id)
    await revoke_key(network, OPERATOR, key.id)
    refusals = []
    for token in (key.token, "retell_" + "x" * 43, "x", "", "' OR 1=1", "é"):
        with pytest.raises(Unauthenticated) as refused:
            await viewer_of(network, token)
        refusals.append(refused.value.shown())
    assert all(refusal == refusals[0] for refusal in refusals)
    with pytest.raises(Unauthenticated):
        await viewer_of(network, None)


async def test_the_token_is_kept_nowhere(network: Network) -> None:
    key = await create_key(network, OPERATOR, name="k", scopes=["read"])
    assert key.token not in str(await contents(network))
    listed = await list_keys(network, OPERATOR)
    assert [(one.id, one.name, one.scopes, one.revoked_at) for one in listed] == [(key.id, "k", [Scope.read], None)]


async def test_a_key_whose_person_is_gone_names_nobody(network: Network) -> None:
    mary = await person(network)
    key = await create_key(network, OPERATOR, name="k", scopes=["read"], person_id=mary)
    await viewer_of(network, key.token)
    await delete(network, OPERATOR, "Person", mary)
    with pytest.raises(Unauthenticated):
        await viewer_of(network, key.token)


async def test_only_who_administers_has_to_do_with_keys(network: Network) -> None:
    someone = member(await person(network))
    for attempt in (
        lambda: create_key(network, someone, name="k", scopes=["administer"]),
        lambda: revoke_key(network, someone, derived_id("a", "b")),
        lambda: list_keys(network, someone),
    ):
        with pytest.raises(Forbidden):
            await attempt()


async def test_a_wrong_key_is_refused_with_its_field(network: Network) -> None:
    before = await contents(network)
    for field, given in (
        ("name", {"name": " ", "scopes": ["read"]}),
        ("name", {"name": "x" * 201, "scopes": ["read"]}),
        ("scopes", {"name": "k", "scopes": []}),
        ("scopes", {"name": "k", "scopes": ["everything"]}),
        ("personId", {"name": "k", "scopes": ["read"], "person_id": derived_id("no", "body")}),
        ("personId", {"name": "k", "scopes": ["read"], "person_id": "nobody"}),
    ):
        with pytest.raises(Invalid) as refused:
            await create_key(network, OPERATOR, **given)  # type: ignore[arg-type]
        assert refused.value.problems[0].field == field
    with pytest.raises(NotFound):
        await revoke_key(network, OPERATOR, derived_id("no", "key"))
    assert await contents(network) == before
