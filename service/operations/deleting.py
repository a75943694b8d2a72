"""Erasing an item, so that its words are in the graph and the full-text index no more.

With it goes its evidence: what was done to it or noticed in it, the derivations that made it, who held it and where it
was tried out, a community's stages and invitations, and a person's accounts, positions, memberships, invitations, what
they opened to others and what was opened to them, and what was seen, said or done for them. What somebody else said or
made stays, so an item that such things need is kept: a person with works, a conversation with contributions, an
organisation with positions, a community with members, the last thing that a derivation used, and what an audience is
named after.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from service.access.permissions import require_author
from service.graph.session import Transaction
from service.model.errors import Conflict, Forbidden, NotFound
from service.model.kinds import Kind
from service.model.viewer import Viewer
from service.operations.batches import Batch, RowOutcome, asker, kept
from service.operations.facts import Ask, known_item
from service.operations.network import Network
from service.operations.recording import Changes, Key, last_change, record_of, remembered


async def delete_item(
    network: Network,
    viewer: Viewer,
    kind: Kind,
    id: str,
    *,
    key: Key | None = None,
    if_version: int | None = None,
    dry_run: bool = False,
) -> Batch:
    """Erase an item and its evidence in one transaction.

    Raises:
        NotFound: there is no item of this kind and id that the viewer can see.
        Forbidden: it is not the viewer's to erase.
        Conflict: something else needs it, or it is at another version now.
    """

    async def work(transaction: Transaction) -> Batch:
        ask = asker(network, transaction)
        earlier = await remembered(ask, key)
        if earlier is not None:
            return Batch([RowOutcome(**outcome) for outcome in earlier["outcomes"]], earlier["changeId"])
        version = await _require_deletable(ask, viewer, kind, id, if_version)
        erased = RowOutcome(line=0, status="deleted", id=id, version=version)
        return await _erase(ask, erased, kind, Changes(datetime.now(UTC), viewer.principal), key)

    batch = await kept(network, work, keep=not dry_run)
    network.forget_viewers()
    return batch


async def _require_deletable(ask: Ask, viewer: Viewer, kind: Kind, id: str, if_version: int | None) -> int:
    known = await known_item(ask, viewer, id)
    if known is None or not known.seen or known.label != kind.label:
        raise _absent(kind)
    require_author(viewer, known.author)
    if kind.label == "Membership" and not viewer.may_write_for_others:
        # Without it nothing would say that the invitation has been used, and who was put out could come back in.
        raise Forbidden("A membership is ended, not deleted, by its member", right="Give it an `until`.")
    locked = await ask("writing/lock", {"id": id})
    if not locked:
        raise _absent(kind)
    version: int = locked[0]["version"]
    if if_version not in {None, version}:
        wrong = f"The item has changed: it is at version {version} now"
        raise Conflict(wrong, right="Read it again, then delete it.", field="ifVersion")
    needed = await ask("writing/needed_by", {"id": id, "audiences": list(viewer.audiences)})
    if needed:
        raise Conflict(_needed(kind, needed), right="Delete or change these first.", field="id")
    return version


def _absent(kind: Kind) -> NotFound:
    return NotFound(f"There is no {kind.label} of this id", right="Give the id of one that you can see.", field="id")


def _needed(kind: Kind, needed: list[dict[str, Any]]) -> str:
    seen = [f"{row['count']} of kind {row['label']}" for row in needed if row["seen"]]
    hidden = ["items that you can't see"] if any(not row["seen"] for row in needed) else []
    return f"The {kind.label} is still needed by {', '.join([*seen, *hidden])}"


async def _erase(ask: Ask, item: RowOutcome, kind: Kind, changes: Changes, key: Key | None) -> Batch:
    for loosened in await ask("writing/loosen", {"id": item.id, "now": changes.at}):
        # It tells what it told; that it answered what goes is evidence, and noticed by those who could see both.
        changes.add("updated", loosened["id"], loosened["label"])
    changes.add("deleted", str(item.id), kind.label)
    for erased in await ask("writing/erase", {"id": item.id}):
        signed = erased["author"] is not None
        changes.add("deleted", erased["id"], erased["label"], erased["audience"], signed=signed)
    recorded = changes.rows()
    batch = Batch([item], last_change(recorded))
    outcome = {"outcomes": [asdict(item)], "changeId": batch.change_id}
    await ask("writing/record", {"changes": recorded, "records": record_of(key, outcome, changes.at)})
    return batch
