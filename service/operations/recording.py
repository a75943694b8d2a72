"""What every write leaves beside the items: its changes, and the record by which it happens once."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from service.model.errors import Conflict, Invalid
from service.model.ids import new_id
from service.model.viewer import Viewer
from service.operations.anonymity import timeless_id, week_of
from service.operations.facts import Ask

LONGEST_KEY = 200
MOST_IDS = 1_000
"""The ids that a change lists; a larger one says how many there were, and its readers look for themselves."""

TOLD = frozenset({"Story", "Contribution", "Surfacing"})
"""What is told or noticed: where one is altered or taken away, the past is another to those whom it was or is for."""

ChangeKind = Literal["created", "updated", "deleted"]


@dataclass(frozen=True, slots=True)
class Key:
    """An idempotency key as it is kept: whose, which, and a hash of what was asked with it."""

    principal: str
    key: str
    body_hash: str


@dataclass(slots=True)
class Changes:
    """What a transaction changed, gathered as it goes."""

    at: datetime
    principal: str
    anonymous: bool = False
    """Whether the change may not tell who wrote, nor in which week when."""
    unsigned: bool = False
    """Whether something told without a teller is altered or taken away: nothing may tell whom it was for alone."""
    touched: dict[ChangeKind, dict[str, str]] = field(default_factory=dict)
    """By kind of change: the ids, each with its label."""
    altered: dict[ChangeKind, set[str]] = field(default_factory=dict)
    """By kind of change: the audiences that what was told, and is altered or taken away, was and is for."""

    @property
    def moment(self) -> datetime:
        """When it happened, as far as that may be told."""
        return week_of(self.at) if self.anonymous else self.at

    def add(self, kind: ChangeKind, id: str, label: str, *audiences: str, signed: bool = True) -> None:
        """Count an item in, that was and is for these audiences; none where what it tells stays as it was.

        `signed`: it is known whose it is, and was.

        What this same transaction made stays made, however often it is changed.
        """
        if kind == "updated" and id in self.touched.get("created", {}):
            return
        self.touched.setdefault(kind, {})[id] = label
        if kind != "created" and label in TOLD:
            self.altered.setdefault(kind, set()).update(audiences)
            self.unsigned = self.unsigned or not signed

    def rows(self) -> list[dict[str, Any]]:
        """The nodes to record; `pending` until the sequencer has numbered them."""
        return [
            {
                "id": timeless_id() if self.anonymous else new_id(),
                "at": self.moment,
                "kind": kind,
                "types": sorted(set(items.values())),
                "ids": list(items)[:MOST_IDS],
                "count": len(items),
                "pending": True,
                "altered": sorted(one for one in self.altered.get(kind, ()) if not self._gives_away(one)),
                **({} if self.anonymous else {"principal": self.principal}),
            }
            for kind, items in self.touched.items()
            if items
        ]

    def _gives_away(self, audience: str) -> bool:
        """Whether an audience would tell who wrote what may not be told of anybody."""
        return (self.anonymous or self.unsigned) and audience.startswith("person:")


def key_of(viewer: Viewer, key: str | None, asked: Mapping[str, object] | bytes, *, secret: bool = False) -> Key | None:
    """The record's key for a request, or nothing where it carried none.

    `secret` leaves the principal out of it: for what is told anonymously the key itself, which the store keeps only as
    a hash, is all that ties the teller to it.
    """
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY:
        raise Invalid(
            "The idempotency key is empty or too long",
            right=f"Give 1 to {LONGEST_KEY} characters, a new UUID for each request.",
            field="idempotencyKey",
        )
    # Not orjson: it takes no number beyond 64 bits, and a body that is wrong has a hash too.
    body = asked if isinstance(asked, bytes) else json.dumps(asked, sort_keys=True, default=str).encode()
    body_hash = hashlib.sha256(body).hexdigest()
    if secret:
        _require_unguessable(key)
        return Key("nobody", hashlib.sha256(f"{viewer.principal}/{key}".encode()).hexdigest(), body_hash)
    return Key(viewer.principal, key, body_hash)


def _require_unguessable(key: str) -> None:
    """Refuse a key that whoever reads the store could find by trying the keys that people choose."""
    try:
        UUID(key)
    except ValueError:
        wrong = "With this key somebody could find out who told the story"
        raise Invalid(wrong, right="Give a new random UUID.", field="idempotencyKey") from None


async def remembered(ask: Ask, key: Key | None) -> Any:
    """What was answered to the same request before, or None; `Conflict` where the key came with another body."""
    if key is None:
        return None
    for found in await ask("writing/remembered", {"principal": key.principal, "key": key.key}):
        if found["bodyHash"] != key.body_hash:
            raise Conflict(
                "This idempotency key was used with another request",
                right="Use a new key for a new request.",
                field="idempotencyKey",
            )
        return json.loads(found["outcome"])
    return None


def record_of(key: Key | None, outcome: object, at: datetime) -> list[dict[str, Any]]:
    """The node that remembers an outcome, as the statement takes it: a list of one, or of none."""
    if key is None:
        return []
    return [
        {
            "principal": key.principal,
            "key": key.key,
            "bodyHash": key.body_hash,
            "outcome": json.dumps(outcome),
            "at": at,
        }
    ]


def last_change(changes: Iterable[Mapping[str, Any]]) -> str | None:
    """The id of the last of the changes: when it is counted in, so are the others."""
    ids = [change["id"] for change in changes]
    return ids[-1] if ids else None
