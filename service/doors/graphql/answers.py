"""The types of computed answers, made from the dataclasses that REST shows as they stand.

Where REST names a person or an item, GraphQL leads on to it: all that one field of a document leads to are read by one
statement, and what may not be seen is null.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, get_args, get_origin, get_type_hints

import strawberry
from pydantic.alias_generators import to_camel

from service.doors.graphql.context import Context
from service.doors.graphql.items import Item, enumeration, item_types
from service.doors.graphql.loaders import load_item
from service.doors.graphql.scalars import DateTime
from service.model.answers import ItemReference, PersonReference
from service.model.vocabulary import Vocabulary

Info = strawberry.Info[Context, None]


@lru_cache(maxsize=64)
def answer_type(cls: type) -> Any:
    """The GraphQL type of a part of an answer, with the same fields and descriptions."""
    description = (cls.__doc__ or "").strip()
    made = type(cls.__name__, (), {"__doc__": description, "__annotations__": {}})
    fields: dict[str, Any] = cls.__pydantic_fields__  # type: ignore[attr-defined]
    hints = get_type_hints(cls)
    for attribute, declared in fields.items():
        made.__annotations__[attribute] = Any
        setattr(made, attribute, _field(attribute, hints[attribute], declared.alias, declared.description))
    return strawberry.type(made, description=description)


def _field(attribute: str, hint: Any, alias: str | None, description: str) -> Any:
    return strawberry.field(
        resolver=_resolver(attribute, hint),
        graphql_type=_shown(hint),
        name=alias or to_camel(attribute),
        description=description,
    )


def _resolver(attribute: str, hint: Any) -> Callable[..., Any]:
    if hint in {PersonReference, ItemReference, PersonReference | None, ItemReference | None}:

        async def lead_on(root: strawberry.Parent[Any], info: Info) -> Any:
            reference = getattr(root, attribute)
            return await load_item(info, reference.id) if reference else None

        return lead_on
    if get_origin(hint) is list and get_args(hint)[0] in {PersonReference, ItemReference}:

        async def lead_on_to_all(root: strawberry.Parent[Any], info: Info) -> Any:
            found = await asyncio.gather(*(load_item(info, reference.id) for reference in getattr(root, attribute)))
            return [item for item in found if item is not None]

        return lead_on_to_all

    def looked_up(root: strawberry.Parent[Any]) -> Any:
        return getattr(root, attribute)

    return looked_up


def _shown(hint: Any) -> Any:
    if get_origin(hint) is list:
        return list[_plain(get_args(hint)[0])]  # type: ignore[misc]
    options = [option for option in get_args(hint) if option is not type(None)]
    if options:
        return _plain(options[0]) | None
    return _plain(hint) | None if hint in {PersonReference, ItemReference} else _plain(hint)


def _plain(hint: Any) -> Any:
    if hint is PersonReference:
        return item_types()["Person"]
    if hint is ItemReference:
        return Item
    if hint is datetime:
        return DateTime
    if isinstance(hint, type) and issubclass(hint, Vocabulary):
        return enumeration(hint)
    return answer_type(hint) if hasattr(hint, "__pydantic_fields__") else hint
