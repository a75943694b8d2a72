"""Reading: whatever a door wants of the graph, in one statement and one round trip; never more than the viewer sees."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from math import prod
from typing import Any
from uuid import UUID

from service.graph.catalogue import Catalogue, catalogue
from service.graph.compiler import Binding, Plan, compile_selection
from service.graph.edges import EdgeDeclaration, declared_edges
from service.model.errors import Invalid, NotFound, TooLarge
from service.model.ids import as_id
from service.model.kinds import KINDS
from service.model.selection import (
    Condition,
    Field,
    Node,
    Order,
    Page,
    Root,
    Selection,
    Shape,
    listed,
    whole,
)
from service.model.viewer import Viewer
from service.operations.network import Network

PAGE_SIZE = 20
"""Items on a page where nobody says."""
LARGEST_PAGE = 100
MOST_ITEMS = 50_000
"""The items that one reading may ask for, its pages multiplied along every path."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A selection that is compiled and ready to be read again and again."""

    selection: Selection
    plan: Plan


def prepare(network: Network, selection: Selection) -> Prepared:
    """Compile a selection once; `read` gives it values and a viewer each time."""
    return Prepared(selection, compile_selection(selection, network.graph.catalogue))


async def read(network: Network, viewer: Viewer, prepared: Prepared, values: Mapping[str, object]) -> dict[str, Any]:
    """The answer to a prepared selection, by root; a value that is out of range raises `Invalid` with its name."""
    plan = prepared.plan
    parameters = {binding.parameter: _bound(binding, values) for binding in plan.bindings}
    _refuse_too_many(plan, values)
    rows = await network.graph.read(plan.text, {**parameters, "audiences": list(viewer.audiences)})
    data: dict[str, Any] = rows[0]["data"]
    if plan.finish is not None:
        data = plan.finish(data)
    for root in prepared.selection.roots:
        if root.ids is not None:
            wanted = _sequence(values[root.ids])
            data[root.key] = [data[root.key].get(position) for position in range(len(wanted))]
    return data


async def get(network: Network, viewer: Viewer, label: str, item_id: str) -> dict[str, Any]:
    """One item of a kind with all its fields, its links as ids; `NotFound` where it is absent or hidden, alike."""
    root = Root("item", node=whole(label), id="id")
    found = (await read(network, viewer, _prepared(network, Selection((root,))), {"id": item_id}))["item"]
    if found is None:
        raise not_found(label, item_id)
    return dict(found)


async def find(network: Network, viewer: Viewer, item_id: str) -> tuple[str, dict[str, Any]]:
    """An item of whatever kind by its id: the kind's label, and the item with all its fields."""
    typename = Field("__typename", "__typename")
    shapes = ((label, whole(label).shapes[0][1]) for label in KINDS)
    node = Node(tuple((label, Shape((typename, *shape.fields))) for label, shape in shapes))
    selection = Selection((Root("item", node=node, id="id"),))
    found = (await read(network, viewer, _prepared(network, selection), {"id": item_id}))["item"]
    if found is None:
        raise NotFound(
            f"There is nothing {item_id} that you may see", right="Check the id, and who you are.", field="id"
        )
    return str(found.pop("__typename")), found


async def page(
    network: Network,
    viewer: Viewer,
    label: str,
    *,
    order: Order = Order.newest,
    values: Mapping[str, object],
    filters: Sequence[str] = (),
) -> dict[str, Any]:
    """A page of a kind: `items` with all their fields, and `page` with `hasNextPage` and `endCursor`.

    `values` gives `first`, `after` and the value of each of `filters` by its name.
    """
    shown = Page(
        first="first",
        after="after" if values.get("after") is not None else None,
        order=order,
        where=tuple(Condition(name, name) for name in filters),
    )
    selection = Selection((Root("list", kind=label, page=shown, parts=listed(whole(label))),))
    answer = await read(network, viewer, _prepared(network, selection), values)
    return dict(answer["list"])


def not_found(label: str, item_id: str) -> NotFound:
    """The one answer for what is absent and for what is hidden."""
    return NotFound(
        f"There is no {KINDS[label].one} {item_id} that you may see", right="Check the id, and who you are.", field="id"
    )


def edges_from(label: str) -> Mapping[str, EdgeDeclaration]:
    """The steps that lead on from a kind, by name."""
    return declared_edges(catalogue()).get(label, {})


def _prepared(network: Network, selection: Selection) -> Prepared:
    return Prepared(selection, _compiled(selection, network.graph.catalogue))


@lru_cache(maxsize=1024)
def _compiled(selection: Selection, catalogue: Catalogue) -> Plan:
    return compile_selection(selection, catalogue)


def _refuse_too_many(plan: Plan, values: Mapping[str, object]) -> None:
    sizes = (prod(_size(values.get(key or "")) for key in chain) for chain in plan.pages)
    if (asked := sum(sizes)) > MOST_ITEMS:
        raise TooLarge(
            f"The pages asked for hold up to {asked} items together",
            right=f"Ask for smaller pages or fewer levels: at most {MOST_ITEMS} items at once.",
            field="first",
        )


def _size(value: object) -> int:
    return len(value) if isinstance(value, list | tuple) else int(str(value or PAGE_SIZE))


def _bound(binding: Binding, values: Mapping[str, object]) -> object:
    return _FORMS[binding.form](values.get(binding.value), binding.value)


def page_size(value: object, name: str) -> int:
    """How many items a page is to hold; `Invalid` for more or fewer than one may."""
    if value is None:
        return PAGE_SIZE
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LARGEST_PAGE:
        raise Invalid(f"{value!r} items are not a page", right=f"Ask for 1 to {LARGEST_PAGE}.", field=name)
    return value


def _id(value: object, name: str) -> str:
    return as_id(str(value), name)


def _ids(value: object, name: str) -> list[str]:
    wanted = _sequence(value)
    if len(wanted) > LARGEST_PAGE:
        raise TooLarge(f"{len(wanted)} ids were given", right=f"Give at most {LARGEST_PAGE} at once.", field=name)
    return [as_id(str(one), name) for one in wanted]


def _sequence(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _instant(value: object, name: str) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise Invalid(f"{value!r} is not an instant", right="Give an ISO 8601 instant with an offset.", field=name)
    return value.astimezone(UTC)


def _plain(value: object, _name: str) -> object:
    return value


def _cursor(value: object, name: str) -> tuple[str, str]:
    key, _, item_id = str(value).rpartition("~")
    try:
        return key, str(UUID(item_id))
    except ValueError:
        raise _not_a_cursor(value, name) from None


def place_of(value: object, name: str) -> tuple[datetime, str]:
    """The place in a list by time that a cursor stands for: an instant and an id; `Invalid` where it is none."""
    return _cursor_at(value, name), _cursor(value, name)[1]


def _cursor_at(value: object, name: str) -> datetime:
    try:
        return datetime.fromisoformat(_cursor(value, name)[0]).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _not_a_cursor(value, name) from None


def _not_a_cursor(value: object, name: str) -> Invalid:
    return Invalid(
        f"{str(value)[:80]!r} is not a cursor of this list",
        right="Give the endCursor of the page before, in the same order.",
        field=name,
    )


_FORMS: Mapping[str, Callable[[object, str], object]] = {
    "first": page_size,
    "id": _id,
    "ids": _ids,
    "instant": _instant,
    "plain": _plain,
    "after.at": _cursor_at,
    "after.name": lambda value, name: _cursor(value, name)[0],
    "after.id": lambda value, name: _cursor(value, name)[1],
}
