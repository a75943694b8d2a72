"""The questions that one statement answers: any item by its id, any kind as a list."""

from collections.abc import Callable
from typing import Annotated, Any

import strawberry

from service.doors.graphql.items import PARENT, Connection, Node, item_types, page_resolver
from service.model.kinds import KINDS

ID: Any = Annotated[strawberry.ID, strawberry.argument(description="The id, or a reference `source/externalId`.")]
IDS: Any = Annotated[list[strawberry.ID], strawberry.argument(description="The ids; at most 100.")]


def item_queries() -> type:
    """A type with a field for each kind, one item and a list, and Relay's `node` and `nodes`."""
    found = type("ItemQueries", (), {"__annotations__": {}})
    connection: Any = Connection
    for label, kind in KINDS.items():
        cls: Any = item_types()[label]
        _add(found, kind.one, cls | None, _one(), f"{kind.description} None where it is absent or hidden.")
        listed = page_resolver((label,), _read_before)
        _add(found, kind.many, connection[cls], listed, f"The list of this kind: {kind.description}")
    _add(found, "node", Node | None, _one(), "Any item by its id (Relay).")
    _add(found, "nodes", list[Node | None], _several(), "Items by their ids, in their order; at most 100.")
    return strawberry.type(found)


def _read_before(_root: Any, info: Any) -> Any:
    return info.context.compiled[info.path.key]


def _one() -> Callable[..., Any]:
    def resolve(root: Any, info: Any, id: Any) -> Any:  # noqa: ARG001 - read with the document, not here
        return _read_before(root, info)

    resolve.__annotations__ = {"root": PARENT, "info": strawberry.Info, "id": ID}
    return resolve


def _several() -> Callable[..., Any]:
    def resolve(root: Any, info: Any, ids: Any) -> Any:  # noqa: ARG001 - read with the document, not here
        return _read_before(root, info)

    resolve.__annotations__ = {"root": PARENT, "info": strawberry.Info, "ids": IDS}
    return resolve


def _add(cls: type, name: str, annotation: Any, resolver: Callable[..., Any], description: str) -> None:
    cls.__annotations__[name] = annotation
    setattr(cls, name, strawberry.field(resolver=resolver, description=description, name=name))
