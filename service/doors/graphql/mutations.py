"""What can be done: create, update and delete each kind. A payload has the item, its change and what was wrong."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
from pydantic import AwareDatetime
from strawberry import UNSET

from service.doors.graphql.context import Context
from service.doors.graphql.items import enumeration, item_types
from service.doors.graphql.loaders import load_item
from service.doors.graphql.scalars import DateTime
from service.model.errors import RetellError
from service.model.fields import DeclaredField
from service.model.kinds import KINDS, Kind
from service.model.vocabulary import Vocabulary
from service.operations import writing

Info = strawberry.Info[Context, None]


@strawberry.type(name="Problem", description="One thing that was wrong with what was asked.")
class ProblemShown:
    """A problem, the same at every door."""

    kind: str = strawberry.field(description="`invalid`, `not_found`, `conflict`, `forbidden`, …")
    field: str | None = strawberry.field(description="Which field, as the caller wrote it.")
    wrong: str = strawberry.field(description="What was wrong with it.")
    right: str = strawberry.field(description="What would be right.")


@strawberry.interface(description="What a write answers: the change, or what was wrong; nothing is ever half written.")
class Payload:
    """The payload of every mutation."""

    change_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The change that was recorded; none where nothing changed.",
    )
    problems: list[ProblemShown] = strawberry.field(default_factory=list, description="Empty where all went well.")
    item_id: strawberry.Private[str | None] = None


async def _written_item(root: strawberry.Parent[Any], info: Info) -> Any:
    return await load_item(info, root.item_id)


def mutation_type() -> type:
    """A type with the three mutations of each kind."""
    found = type("ItemMutations", (), {"__annotations__": {}, "__doc__": "What can be done."})
    for kind in KINDS.values():
        payload = _payload(kind)
        for verb, resolver, does in (
            ("create", _create(kind, payload), "Record a new one."),
            ("update", _update(kind, payload), "Change the fields that are given; null clears an optional one."),
            ("delete", _delete(kind, payload), "Delete it, and the evidence that rests on it."),
        ):
            name = f"{verb}{kind.label}"
            found.__annotations__[name] = payload
            setattr(
                found, name, strawberry.field(resolver=resolver, description=f"{does} {kind.description}", name=name)
            )
    return strawberry.type(found, description="What can be done.")


def _payload(kind: Kind) -> type:
    cls = type(f"{kind.label}Payload", (Payload,), {"__annotations__": {kind.one: item_types()[kind.label] | None}})
    setattr(
        cls, kind.one, strawberry.field(resolver=_written_item, description="The item as it stands now.", name=kind.one)
    )
    return strawberry.type(cls, description="What the write of one item answers.")


def _input(kind: Kind, *, changes: bool) -> type:
    name = f"{kind.label}{'Changes' if changes else 'Input'}"
    cls = type(name, (), {"__annotations__": {}})
    for field in kind.given.values():
        of = _input_type(field)
        required = not changes and field.required
        cls.__annotations__[field.attribute] = of if required else of | None
        declared = strawberry.field(
            description=field.description, name=field.name, **({} if required else {"default": UNSET})
        )
        setattr(cls, field.attribute, declared)
    said = "The fields to change; what is left out stays." if changes else kind.description
    return strawberry.input(cls, description=said)


def _input_type(field: DeclaredField) -> Any:
    if field.link:
        return list[strawberry.ID] if field.many else strawberry.ID
    if field.type in {datetime, AwareDatetime}:
        return DateTime
    return (
        enumeration(field.type) if isinstance(field.type, type) and issubclass(field.type, Vocabulary) else field.type
    )


def _given(kind: Kind, value: Any) -> dict[str, object]:
    found = {field.name: getattr(value, field.attribute) for field in kind.given.values()}
    return {name: one.value if isinstance(one, Enum) else one for name, one in found.items() if one is not UNSET}


def _create(kind: Kind, payload: Any) -> Callable[..., Awaitable[Any]]:
    async def resolve(info: Any, input: Any, idempotency_key: Any = None) -> Any:  # noqa: A002 - GraphQL's usual name
        request = writing.Request(idempotency_key=idempotency_key)
        context = info.context
        return await _answered(
            payload, writing.create(context.network, context.viewer, kind.label, _given(kind, input), request=request)
        )

    resolve.__annotations__ = {
        "info": Info,
        "input": _argument(_input(kind, changes=False), "What is to be recorded."),
        "idempotency_key": IDEMPOTENCY_KEY,
    }
    return resolve


def _update(kind: Kind, payload: Any) -> Callable[..., Awaitable[Any]]:
    async def resolve(info: Any, id: Any, changes: Any, if_version: Any = None, idempotency_key: Any = None) -> Any:
        request = writing.Request(idempotency_key=idempotency_key, if_version=if_version)
        context = info.context
        return await _answered(
            payload,
            writing.update(context.network, context.viewer, kind.label, id, _given(kind, changes), request=request),
        )

    resolve.__annotations__ = {
        "info": Info,
        "id": ITEM_ID,
        "changes": _argument(_input(kind, changes=True), "What is to be changed."),
        "if_version": IF_VERSION,
        "idempotency_key": IDEMPOTENCY_KEY,
    }
    return resolve


def _delete(kind: Kind, payload: Any) -> Callable[..., Awaitable[Any]]:
    async def resolve(info: Any, id: Any, if_version: Any = None, idempotency_key: Any = None) -> Any:
        request = writing.Request(idempotency_key=idempotency_key, if_version=if_version)
        context = info.context
        return await _answered(
            payload, writing.delete(context.network, context.viewer, kind.label, id, request=request)
        )

    resolve.__annotations__ = {
        "info": Info,
        "id": ITEM_ID,
        "if_version": IF_VERSION,
        "idempotency_key": IDEMPOTENCY_KEY,
    }
    return resolve


def _argument(of: Any, description: str) -> Any:
    return Annotated[of, strawberry.argument(description=description)]


ITEM_ID = Annotated[
    strawberry.ID, strawberry.argument(description="The item's id, or a reference `source/externalId`.")
]
IDEMPOTENCY_KEY = Annotated[
    str | None,
    strawberry.argument(
        description="A word of your own for this write: sent again with it, the write happens once. Where you tell a "
        "story without a teller, a random UUID, by which nobody finds you."
    ),
]
IF_VERSION = Annotated[
    int | None, strawberry.argument(description="Write only if the item still has this version; otherwise a conflict.")
]


async def _answered(payload: Any, write: Awaitable[writing.Written]) -> Any:
    try:
        written = await write
    except RetellError as error:
        return payload(problems=[ProblemShown(kind=error.kind, **asdict(problem)) for problem in error.problems])
    return payload(item_id=written.id, change_id=written.change_id)
