"""What REST takes and shows, as JSON schemas made from the one declaration of each noun."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, TypeAdapter, create_model
from pydantic_core import PydanticKnownError

from service.model.conventions import ConventionsDraft
from service.model.fields import DeclaredField
from service.model.ids import ID_FORM, UUID_FORM
from service.model.kinds import KINDS, Kind
from service.model.selection import Order, filters

REFERENCE = "#/components/schemas/{model}"
HAS_AN_ID: Any = {"max_length": 300, "json_schema_extra": {"pattern": f"^{UUID_FORM}$"}}
"""What the contract says of an id in an address; what is wrong with one is said by the operation."""
NAMES_AN_ITEM: Any = {"max_length": 300, "json_schema_extra": {"pattern": f"^{ID_FORM}$"}}
"""The same of one that may be a reference."""
_ISO = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")


def _as_written(value: object) -> object:
    if isinstance(value, str) and not _ISO.match(value):
        raise PydanticKnownError("datetime_parsing", {"error": "it is not written as ISO 8601"})
    return value


AskedInstant = Annotated[AwareDatetime, BeforeValidator(_as_written)]
"""An instant in an address; a bare number is none, whatever it might count."""


class PageShown(BaseModel):
    """Where a page stands in its list."""

    hasNextPage: Annotated[bool, Field(description="Whether more items follow.")]  # noqa: N815 - as JSON writes it
    endCursor: Annotated[str | None, Field(description="To be given as `after` for the next page.")]  # noqa: N815


class WrittenShown(BaseModel):
    """What a write answers where its writer may not see the item."""

    id: Annotated[str, Field(description="The item's id.")]
    version: Annotated[int, Field(description="Its version.")]


@lru_cache(maxsize=64)
def item_model(label: str) -> type[BaseModel]:
    """An item as REST shows it."""
    kind = KINDS[label]
    fields: dict[str, Any] = {field.name: _shown(field) for field in kind.recorded.values()}
    return create_model(label, __doc__=kind.description, **fields)


@lru_cache(maxsize=64)
def list_model(label: str) -> type[BaseModel]:
    """A page of a kind as REST shows it."""
    shown: Any = item_model(label)
    fields: dict[str, Any] = {
        "items": Annotated[list[shown], Field(description="The items of the page.")],
        "page": Annotated[PageShown, Field(description="Where the page stands in its list.")],
    }
    return create_model(f"{label}List", __doc__=f"A page of a list: {KINDS[label].description}", **fields)


def _shown(field: DeclaredField) -> Any:
    of: Any = datetime if field.type in {datetime, AwareDatetime} else field.type
    # A single link may lead to what is hidden, and is then shown as null.
    may_be_null = field.optional or (field.link is not None and not field.many)
    return Annotated[(of | None) if may_be_null else of, Field(description=field.description)]


@lru_cache(maxsize=64)
def list_query(label: str) -> type[BaseModel]:
    """The query parameters of a kind's list."""
    kind = KINDS[label]
    orders = [one for one in Order if one is not Order.name or kind.named]
    fields: dict[str, Any] = {
        "first": (int, Field(20, ge=1, le=100, description="How many at most.")),
        "after": (
            str | None,
            Field(None, max_length=500, description="The `endCursor` of the page before, in the same order."),
        ),
        "order": (Order, Field(Order.newest, description=f"One of {', '.join(orders)}; ties are broken by id.")),
        "since": (AskedInstant | None, Field(None, description="Only what took place at this instant or later.")),
        "before": (AskedInstant | None, Field(None, description="Only what took place before this instant.")),
    }
    for name, of in filters(kind).items():
        fields[name] = (of | None, Field(None, description=f"Only those whose `{name}` equals this."))
    return create_model(f"{label}Query", **fields)


def draft_schemas() -> Mapping[str, Any]:
    """The schemas of every body: drafts, and changes, which are drafts of which anything may be left out."""
    found: dict[str, Any] = {}
    for kind in KINDS.values():
        schema = TypeAdapter(kind.draft).json_schema(ref_template=REFERENCE)
        found |= schema.pop("$defs", {})
        found[f"{kind.label}Draft"] = schema
        found[f"{kind.label}Changes"] = _changes(kind, schema)
    conventions = TypeAdapter(ConventionsDraft).json_schema(ref_template=REFERENCE)
    found |= conventions.pop("$defs", {})
    return {**found, "ConventionsDraft": conventions}


def _without_default(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "default"}


def _clearable(schema: dict[str, Any]) -> dict[str, Any]:
    """A list that null empties."""
    kept: dict[str, Any] = {key: schema[key] for key in ("title", "description") if key in schema}
    return {**kept, "anyOf": [_without_default(schema), {"type": "null"}]}


def _changes(kind: Kind, draft: dict[str, Any]) -> dict[str, Any]:
    properties = {
        name: _clearable(schema) if kind.given[name].many and "minItems" not in schema else _without_default(schema)
        for name, schema in draft["properties"].items()
    }
    return {
        "title": f"{kind.label}Changes",
        "description": "The fields to change; what is left out stays, null clears an optional one.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
