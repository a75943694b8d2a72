"""What a reader wants of the graph, in no door's language: roots, fields of each kind, and pages along edges.

A selection holds no values. Where a value belongs, it holds the key under which the value is given at each reading, so
that one selection is compiled once and read many times.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from service.model.kinds import KINDS, Kind
from service.model.vocabulary import Vocabulary


class Order(Vocabulary):
    """The total orders in which items are listed; ties are broken by id."""

    newest = "newest", "The latest first."
    oldest = "oldest", "The earliest first."
    name = "name", "By name, in the order of the letters' code points."  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an item, shown under `key`."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter on a page: `field` equals the value, or `at` is `since` it or `before` it."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Page:
    """Which items of many: `first` and `after` are keys of values; `after` is absent where it was not given."""

    first: str | None
    after: str | None = None
    order: Order = Order.newest
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a connection, shown under `key`: `nodes`, `edges`, `pageInfo`, `totalCount` or `__typename`.

    `node` belongs to `nodes`; `inside` lists what is wanted of each of `edges` or of `pageInfo`.
    """

    key: str
    name: str
    node: "Node | None" = None
    inside: tuple["Part", ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A step along an edge, shown under `key`: to one item (`node`) or to a page of many (`page` and `parts`)."""

    key: str
    name: str
    node: "Node | None" = None
    page: Page | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """What is wanted of an item of one kind."""

    fields: tuple[Field, ...]
    edges: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """What is wanted of an item, by its kind; an item of a kind that is not listed is not read."""

    shapes: tuple[tuple[str, Shape], ...]


@dataclass(frozen=True, slots=True)
class Root:
    """Where a reading starts: one item by `id`, several by `ids`, or a page of a kind. Values are given by key."""

    key: str
    node: Node | None = None
    id: str | None = None
    ids: str | None = None
    kind: str | None = None
    page: Page | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """A whole reading: one statement, one round trip."""

    roots: tuple[Root, ...]


FILTERED = frozenset({"audience", "profession", "standing", "language", "channel", "source", "stage", "externalId"})


def filters(kind: Kind) -> Mapping[str, type]:
    """The fields by which a page of a kind is filtered for equality: enumerations, flags and short words."""
    return {
        name: declared.type
        for name, declared in kind.given.items()
        if declared.type is bool
        or name in FILTERED
        or (isinstance(declared.type, type) and issubclass(declared.type, StrEnum))
    }


def _is_enumeration(of: object) -> bool:
    return isinstance(of, type) and issubclass(of, StrEnum)


def whole(label: str) -> Node:
    """Every recorded field of a kind, its links as ids: how REST and the files show an item."""
    return Node(((label, Shape(tuple(Field(name, name) for name in KINDS[label].recorded))),))


def listed(node: Node) -> tuple[Part, ...]:
    """The parts of a page as REST shows it: the items, and where the next page starts."""
    inside = (Part("hasNextPage", "hasNextPage"), Part("endCursor", "endCursor"))
    return (Part("items", "nodes", node=node), Part("page", "pageInfo", inside=inside))
