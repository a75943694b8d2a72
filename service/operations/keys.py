"""Keys: who may ask, made and revoked by who administers, and the viewer that a token names."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Annotated, Any

import structlog
from pydantic import Field

from service.access.audiences import audiences_of
from service.access.permissions import require
from service.access.tokens import hash_of_token, is_token, new_token
from service.model.answers import answer
from service.model.errors import Invalid, NotFound, Unauthenticated
from service.model.ids import as_id, new_id
from service.model.viewer import EVERYONE, Scope, Viewer
from service.operations.network import Network

audit = structlog.get_logger("retell.audit")
REMEMBERED_SECONDS = 1.0
"""How long a viewer may be believed to be as it was: what another process changed is seen after that."""
LONGEST_NAME = 200
_MOST_REMEMBERED = 10_000

OPERATOR = Viewer(principal="operator", person_id=None, audiences=(EVERYONE,), scopes=frozenset({Scope.administer}))
"""Who holds the machine: the local command without a key. Administers, and still reads nobody's confidences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key just made. Its token is shown this once and can't be had again."""

    id: str
    token: str


@answer
class Key:
    """A key, without its token."""

    id: Annotated[str, Field(description="The key's id, by which it is revoked.")]
    name: Annotated[str, Field(description="What it is for.")]
    scopes: Annotated[list[Scope], Field(description="What it may do.")]
    person_id: Annotated[str | None, Field(description="Whose it is.")]
    created_at: Annotated[datetime, Field(description="When it was made.")]
    revoked_at: Annotated[datetime | None, Field(description="When it was revoked.")]


async def viewer_of(network: Network, token: str | None) -> Viewer:
    """Who is asking, with the audiences that they belong to now; `Unauthenticated` where no valid key says so."""
    if token is None:
        raise Unauthenticated("No key was given", right="Send `Authorization: Bearer` with a key.")
    hashed = hash_of_token(token)
    viewer, until = network.viewers.get(hashed, (None, 0.0))
    if viewer is not None and monotonic() < until:
        return viewer
    asked = monotonic()
    viewer = await _looked_up(network, token, hashed)
    if len(network.viewers) >= _MOST_REMEMBERED:
        network.viewers.clear()
    network.viewers[hashed] = (viewer, asked + REMEMBERED_SECONDS)
    return viewer


async def _looked_up(network: Network, token: str, hashed: str) -> Viewer:
    found = await network.ask("keys/viewer", {"hash": hashed, "now": datetime.now(UTC)}) if is_token(token) else []
    if not found:
        raise Unauthenticated("The key is unknown or revoked", right="Ask for a new one.")
    key = found[0]
    person: str | None = key["person"]
    return Viewer(
        principal=key["id"],
        person_id=person,
        audiences=audiences_of(person, key["organisations"], key["communities"]) if person else (EVERYONE,),
        scopes=frozenset(Scope(scope) for scope in key["scopes"]),
    )


async def create_key(
    network: Network, viewer: Viewer, *, name: str, scopes: Collection[Scope | str], person_id: str | None = None
) -> NewKey:
    """Make a key; with a person it reads what they may see and writes as them.

    Raises:
        Forbidden: the viewer does not administer.
        Invalid: the name, a scope or the person is wrong.
    """
    require(viewer, Scope.administer)
    if not name.strip() or len(name) > LONGEST_NAME:
        raise Invalid("The name is empty or too long", right=f"Give 1 to {LONGEST_NAME} characters.", field="name")
    wanted = sorted({_scope(scope) for scope in scopes})
    if not wanted:
        raise Invalid("The key would be good for nothing", right="Give at least one scope.", field="scopes")
    person = as_id(person_id, "personId") if person_id is not None else None
    token, id = new_token(), new_id()
    properties: dict[str, Any] = {"id": id, "name": name, "scopes": wanted, "createdAt": datetime.now(UTC)}
    made = await network.write(
        "keys/create", {"person": person, "properties": {**properties, "hash": hash_of_token(token)}}
    )
    if not made:
        raise Invalid("There is no such person", right="Give the id of a Person.", field="personId")
    audit.info("key.made", principal=viewer.principal, key=id, person=person, scopes=wanted)
    return NewKey(id=id, token=token)


async def revoke_key(network: Network, viewer: Viewer, key_id: str) -> None:
    """End a key's life; doing it twice is as good as once. `NotFound` where there is none of that id."""
    require(viewer, Scope.administer)
    revoked = await network.write("keys/revoke", {"id": key_id, "now": datetime.now(UTC)})
    network.forget_viewers()
    if not revoked:
        raise NotFound("There is no key of this id", right="List the keys to find it.", field="id")
    audit.info("key.revoked", principal=viewer.principal, key=key_id)


async def list_keys(network: Network, viewer: Viewer) -> list[Key]:
    """Every key, the newest first, the revoked ones too."""
    require(viewer, Scope.administer)
    return [
        Key(
            id=found["id"],
            name=found["name"],
            scopes=sorted(Scope(scope) for scope in found["scopes"]),
            person_id=found["person"],
            created_at=found["createdAt"].to_native(),
            revoked_at=found["revokedAt"].to_native() if found["revokedAt"] else None,
        )
        for found in await network.ask("keys/all", {})
    ]


def _scope(word: Scope | str) -> str:
    try:
        return Scope(word).value
    except ValueError:
        names = ", ".join(scope.value for scope in Scope)
        raise Invalid("That is no scope", right=f"Give one of {names}.", field="scopes") from None
