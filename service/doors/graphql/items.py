"""The types of the graph's items, made from the one declaration of each noun and of the edges that lead on from it.

Their values are read by one compiled statement before execution starts, keyed as the caller asked; so a resolver only
looks its value up under its response key.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from pydantic import AwareDatetime
from strawberry.parent import StrawberryParent

from service.doors.graphql.scalars import DateTime
from service.model.fields import DeclaredField
from service.model.kinds import KINDS, Kind
from service.model.selection import filters
from service.model.vocabulary import Vocabulary
from service.operations.reading import edges_from

T = TypeVar("T")
PARENT: Any = Annotated[Any, StrawberryParent()]


def looked_up(root: strawberry.Parent[Any], info: strawberry.Info) -> Any:
    """The value that was read for this response key; of what no statement read, the value of this name."""
    return root[info.path.key] if isinstance(root, Mapping) else getattr(root, info.python_name)


def shown(description: str, of: Any = None) -> Any:
    """A field whose value was read with the rest of the document."""
    return strawberry.field(resolver=looked_up, description=description, graphql_type=of)


@strawberry.enum(description="In which order a list comes; ties are broken by id.")
class Order(Enum):
    """Orders that every list has."""

    newest = strawberry.enum_value("newest", description="The latest first.")
    oldest = strawberry.enum_value("oldest", description="The earliest first.")


@strawberry.enum(description="In which order a list of things with names comes; ties are broken by id.")
class NamedOrder(Enum):
    """Orders of a list of things with names."""

    newest = strawberry.enum_value("newest", description="The latest first.")
    oldest = strawberry.enum_value("oldest", description="The earliest first.")
    name = strawberry.enum_value(  # type: ignore[assignment]
        "name", description="By name, in the order of the letters' code points."
    )


@strawberry.interface(description="Anything that has an id (Relay).")
class Node:
    """Relay's node."""

    id: strawberry.ID = shown("The item's id.")

    @classmethod
    def resolve_type(cls, value: Any, _info: object, _abstract: object) -> str:
        """The kind that the reading found."""
        return str(value["__typename"])


@strawberry.interface(description="Whatever a person can see, hide or erase.")
class Item(Node):
    """What every kind shares."""

    audience: str = shown(KINDS["Story"].given["audience"].description)
    at: DateTime = shown(KINDS["Story"].recorded["at"].description)
    created_at: DateTime = shown(KINDS["Story"].recorded["createdAt"].description)
    updated_at: DateTime = shown(KINDS["Story"].recorded["updatedAt"].description)
    version: int = shown(KINDS["Story"].recorded["version"].description)

    @classmethod
    def resolve_type(cls, value: Any, _info: object, _abstract: object) -> str:
        """The kind that the reading found."""
        return str(value["__typename"])


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = shown("Whether more items follow.")
    has_previous_page: bool = shown("Whether the page was asked for after another.")
    start_cursor: str | None = shown("The cursor of the first item; none on an empty page.")
    end_cursor: str | None = shown("The cursor of the last item, to be given as `after`; none on an empty page.")


@strawberry.type(description="An item and its place in the list.")
class Edge(Generic[T]):
    """Relay's edge."""

    cursor: str = shown("Its place in the list.")
    node: T = shown("The item.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """Relay's connection."""

    nodes: list[T] = shown("The items of the page.")
    edges: list[Edge[T]] = shown("The items of the page with their cursors.")
    page_info: PageInfo = shown("Where the page stands in its list.")
    total_count: int = shown("How many items of the list the viewer may see; counted only where it is asked for.")


def item_types() -> Mapping[str, type]:
    """The GraphQL type of each kind, by label."""
    return _types()


@lru_cache(maxsize=1)
def _types() -> dict[str, type]:
    bare = {label: type(label, (Item,), {"__doc__": kind.description}) for label, kind in KINDS.items()}
    for label, cls in bare.items():
        _declare(cls, KINDS[label], bare)
    return {label: strawberry.type(cls, description=KINDS[label].description) for label, cls in bare.items()}


def _declare(cls: type, kind: Kind, types: Mapping[str, type]) -> None:
    cls.__annotations__ = {}
    for declared in kind.recorded.values():
        if declared.attribute not in Item.__annotations__ and declared.name != "id":
            _add(cls, declared.name, scalar_type(declared), shown(declared.description))
    for edge in edges_from(kind.label).values():
        target: Any = types[edge.to[0]] if len(edge.to) == 1 else Item
        page: Any = Connection
        if edge.many:
            _add(
                cls,
                edge.name,
                page[target],
                strawberry.field(page_resolver(edge.to), description=edge.description),
            )
        else:
            _add(cls, edge.name, target | None, shown(edge.description))
    # A dictionary says nothing of its type, so that it is of this type is known from the statement that read it.
    cls.is_type_of = classmethod(lambda _cls, _value, _info: True)  # type: ignore[attr-defined]


def _add(cls: type, name: str, annotation: Any, field: Any) -> None:
    field.graphql_name = name
    attribute = f"{name}_" if name in {"from", "is", "in"} else name
    cls.__annotations__[attribute] = annotation
    setattr(cls, attribute, field)


def scalar_type(declared: DeclaredField) -> Any:
    """The GraphQL type that shows a field; a link may lead to what is hidden, so a single one may always be null."""
    if declared.link:
        return list[strawberry.ID] if declared.many else strawberry.ID | None
    base = DateTime if declared.type in {datetime, AwareDatetime} else declared.type
    if isinstance(base, type) and issubclass(base, Vocabulary):
        base = enumeration(base)
    return base | None if declared.optional else base


@lru_cache(maxsize=64)
def enumeration(cls: type[Vocabulary]) -> Any:
    """A vocabulary of the model as a GraphQL enumeration with the same words and meanings."""
    made: Any = strawberry.enum(cls, description=(cls.__doc__ or "").strip())
    for value in made.__strawberry_definition__.values:
        value.description = cls(value.value).meaning
    return made


@lru_cache(maxsize=64)
def filter_input(labels: tuple[str, ...]) -> Any:
    """The filter for lists of one kind, or for lists that mix kinds."""
    name = f"{labels[0]}Filter" if len(labels) == 1 else "ItemFilter"
    fields: dict[str, tuple[Any, str]] = {
        "since": (DateTime, "Only what took place at this instant or later."),
        "before": (DateTime, "Only what took place before this instant."),
    }
    wanted: Mapping[str, type] = filters(KINDS[labels[0]]) if len(labels) == 1 else {"audience": str}
    for field_name, of in wanted.items():
        base = enumeration(of) if issubclass(of, Vocabulary) else (bool if of is bool else str)
        fields[field_name] = (base, f"Only those whose `{field_name}` equals this.")
    cls = type(name, (), {"__annotations__": {}, "__doc__": "What a list is narrowed to; everything given must hold."})
    for field_name, (of, description) in fields.items():
        _add(cls, field_name, of | None, strawberry.field(default=None, description=description))
    return strawberry.input(cls, description=cls.__doc__)


def page_resolver(labels: tuple[str, ...], look_up: Callable[[Any, Any], Any] = looked_up) -> Callable[..., Any]:
    """A resolver with the arguments of every list; what they ask for was read before, and is looked up."""
    named = all(KINDS[label].named for label in labels)

    def resolve(
        root: Any,
        info: Any,
        *,
        first: Any = 20,  # noqa: ARG001 - read with the document, not here
        after: Any = None,  # noqa: ARG001
        order: Any = None,  # noqa: ARG001
        where: Any = None,  # noqa: ARG001
    ) -> Any:
        return look_up(root, info)

    def described(of: Any, description: str) -> Any:
        return Annotated[of, strawberry.argument(description=description)]

    orders = NamedOrder if named else Order
    narrowed = filter_input(labels if len(labels) == 1 else ("Item", "Item"))
    resolve.__annotations__ = {
        "root": PARENT,
        "info": strawberry.Info,
        "first": described(int, "How many at most: 1 to 100."),
        "after": described(str | None, "The `endCursor` of the page before, in the same order."),
        "order": described(orders | None, "The order; the newest first where nothing is said."),
        "where": described(narrowed | None, "What the list is narrowed to."),
    }
    return resolve
