"""Writing one item: create, change, put, delete. Every door and every kind come through here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from service.access.permissions import require_writer
from service.model.errors import Invalid
from service.model.ids import as_id
from service.model.kinds import KINDS
from service.model.viewer import Viewer
from service.operations.batches import Batch, write_batch
from service.operations.deleting import delete_item
from service.operations.network import Network
from service.operations.recording import Key, key_of
from service.operations.rows import Mode, update_row, whole_row
from service.operations.showing import shown
from service.operations.validation import kind_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What goes with a write beside its body."""

    idempotency_key: str | None = None
    """A retry with the same key and body is answered, and not written again."""
    if_version: int | None = None
    """The version that the caller has seen; another one now is a `Conflict`."""
    dry_run: bool = False
    """Say what would happen, and leave the graph as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a write did."""

    id: str
    label: str
    version: int
    created: bool
    change_id: str | None
    """The change that it made; nothing where everything was as asked already."""
    item: Mapping[str, Any] | None = field(default=None, compare=False)
    """A new item as it is read, where its writer may see it; else it has to be read."""


_PLAIN = Request()


async def create(
    network: Network, viewer: Viewer, label: str, body: Mapping[str, object], *, request: Request = _PLAIN
) -> Written:
    """Record a new item; `id` in the body is one of the caller's choice, and a `Conflict` where it is taken.

    Raises:
        Invalid: a field is wrong, or a link leads to nothing that the viewer can see.
        Forbidden: the key may not write this.
        Conflict: the id is taken, or the idempotency key came with another body.
    """
    return await _write(network, viewer, label, body, mode="create", request=request)


async def put(
    network: Network,
    viewer: Viewer,
    label: str,
    reference_or_id: str,
    body: Mapping[str, object],
    *,
    request: Request = _PLAIN,
) -> Written:
    """Create or replace the item of an id or a reference; the same body again changes nothing. Raises as `create`."""
    if body.get("id", reference_or_id) != reference_or_id:
        raise Invalid("The body names another id", right="Leave `id` out of the body.", field="id")
    return await _write(network, viewer, label, {**body, "id": reference_or_id}, mode="put", request=request)


async def update(
    network: Network, viewer: Viewer, label: str, id: str, changes: Mapping[str, object], *, request: Request = _PLAIN
) -> Written:
    """Change some fields of an item; null clears what may be left out. Raises as `create`, and `NotFound`."""
    kind = kind_named(label)
    require_writer(viewer)
    asked = {"do": "update", "type": label, "id": id, "body": dict(changes), "version": request.if_version}
    key = key_of(viewer, request.idempotency_key, asked)
    row = update_row(kind, id, changes, if_version=request.if_version)
    batch = await write_batch(network, viewer, [row], key=key, dry_run=request.dry_run, whole=True)
    return _one(label, batch, viewer)


async def delete(network: Network, viewer: Viewer, label: str, id: str, *, request: Request = _PLAIN) -> Written:
    """Erase an item and its evidence; see `deleting`.

    Raises:
        NotFound: there is none that the viewer can see.
        Conflict: something else needs it, or the version is another one now.
    """
    kind = kind_named(label)
    require_writer(viewer)
    asked = {"do": "delete", "type": label, "id": id, "version": request.if_version}
    key = key_of(viewer, request.idempotency_key, asked)
    batch = await delete_item(
        network, viewer, kind, as_id(id, "id"), key=key, if_version=request.if_version, dry_run=request.dry_run
    )
    return _one(label, batch, viewer)


async def put_person_by_account(
    network: Network,
    viewer: Viewer,
    source: str,
    external_id: str,
    body: Mapping[str, object],
    *,
    request: Request = _PLAIN,
) -> Written:
    """Create or replace the person whom another system knows by this account, and the account with them."""
    require_writer(viewer)
    if "/" in source or not source or not external_id:
        raise Invalid("That is no account", right="Give a source without a slash, and an external id.", field="source")
    now = datetime.now(UTC)
    word = f"{source}/{external_id}"
    key = _key(viewer, "Person", {**body, "id": word}, mode="put", request=request)
    account: dict[str, object] = {"source": source, "externalId": external_id, "personId": word}
    if "audience" in body:
        account["audience"] = body["audience"]
    person = whole_row(KINDS["Person"], "put", {**body, "id": word}, now=now, line=0, if_version=request.if_version)
    held = whole_row(KINDS["Account"], "put", account, now=now, line=1)
    batch = await write_batch(network, viewer, [person, held], key=key, dry_run=request.dry_run, whole=True)
    return _one("Person", batch, viewer)


async def _write(
    network: Network, viewer: Viewer, label: str, body: Mapping[str, object], *, mode: Mode, request: Request
) -> Written:
    kind = kind_named(label)
    require_writer(viewer)
    key = _key(viewer, label, body, mode=mode, request=request)
    row = whole_row(kind, mode, body, now=datetime.now(UTC), if_version=request.if_version)
    batch = await write_batch(network, viewer, [row], key=key, dry_run=request.dry_run, whole=True)
    return _one(label, batch, viewer)


def _key(viewer: Viewer, label: str, body: Mapping[str, object], *, mode: Mode, request: Request) -> Key | None:
    anonymous = label == "Story" and body.get("tellerId") is None and not viewer.may_write_for_others
    asked = {"do": mode, "type": label, "body": dict(body), "version": request.if_version}
    return key_of(viewer, request.idempotency_key, asked, secret=anonymous)


def _one(label: str, batch: Batch, viewer: Viewer) -> Written:
    """The answer for the first row of a batch, or what was wrong with any of them."""
    for error in batch.errors.values():
        raise error
    outcome = batch.outcomes[0]
    if outcome.id is None or outcome.version is None:
        raise TypeError(outcome.status)
    return Written(
        id=outcome.id,
        label=label,
        version=outcome.version,
        created=outcome.status == "created",
        change_id=batch.change_id,
        item=shown(batch.judged, viewer) if batch.judged else None,
    )
