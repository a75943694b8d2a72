"""Ids: UUIDs made by the service, or derived from an integrator's own reference so that a retry names the same item."""

import os
import time
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID, uuid5

from pydantic import Field

from service.model.errors import Invalid

_REFERENCES = UUID("5c7b6a52-7d1e-5d0a-9a53-0b1f5d1c9e11")

UUID_FORM = r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}"
ID_FORM = rf"({UUID_FORM}|[^/]+/[\s\S]+)"
"""How an item is named: a UUID, or a reference `source/externalId`."""


@dataclass(frozen=True, slots=True)
class NamesItem:
    """Marks a text that is the id of an item: of one of these kinds, where they are said."""

    kinds: tuple[str, ...] = ()


Id = Annotated[
    str,
    NamesItem(),
    Field(
        max_length=300,
        json_schema_extra={"pattern": f"^{ID_FORM}$"},
        description="An item's id (a UUID), or in a write a reference of your own: `source/externalId`.",
        examples=["01890a5d-ac96-774b-bcce-b302099a8057"],
    ),
]

PersonId = Annotated[Id, NamesItem(("Person",))]
CommunityId = Annotated[Id, NamesItem(("Community",))]
ANYBODY: Final = ("Person", "Community", "Organisation", "Topic")
"""Somebody, or a group that stands for its people."""
GroupId = Annotated[Id, NamesItem(ANYBODY)]


def new_id() -> str:
    """A UUIDv7 (RFC 9562): sorts by the millisecond in which it was made."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds << 80) | (0x7 << 76) | ((random >> 64 & 0xFFF) << 64) | (0b10 << 62) | (random & (2**62 - 1))
    return str(UUID(int=value))


def derived_id(source: str, external_id: str) -> str:
    """The id that stands for `source/externalId`, always the same: a write that is sent again names the same item."""
    return str(uuid5(_REFERENCES, f"{source}/{external_id}"))


def is_reference(value: str) -> bool:
    """Whether a link was given as `source/externalId` rather than as an id."""
    return "/" in value


def split_reference(value: str, field: str) -> tuple[str, str]:
    """The source and the external id of a reference."""
    source, _, external_id = value.partition("/")
    if not source or not external_id:
        raise Invalid(
            f"{value!r} is not a reference", right="Write source/externalId, both of them not empty.", field=field
        )
    return source, external_id


def as_id(value: str, field: str) -> str:
    """The canonical id that a caller's word names: a UUID in any spelling, or a reference."""
    if is_reference(value):
        return derived_id(*split_reference(value, field))
    try:
        return str(UUID(value))
    except ValueError:
        raise Invalid(
            f"{value!r} is not an id", right="Give a UUID, or a reference: source/externalId.", field=field
        ) from None
