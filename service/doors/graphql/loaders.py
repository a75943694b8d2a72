"""Items inside computed answers: all of those that one field of a document leads to are read by one statement."""

from dataclasses import replace
from typing import Any

import strawberry
from graphql import GraphQLResolveInfo, get_named_type
from strawberry.dataloader import DataLoader

from service.doors.graphql.context import Context
from service.doors.graphql.selection import Walk, node_of, values_of
from service.model.selection import Edge, Field, Node, Part, Root, Selection, Shape
from service.operations.reading import LARGEST_PAGE, prepare, read


async def load_item(info: strawberry.Info[Context, None], item_id: str | None) -> Any:
    """What the document wants of an item; nothing, where it is absent or hidden."""
    if item_id is None:
        return None
    nodes = info._raw_info.field_nodes  # noqa: SLF001 - strawberry's own selection drops what the walk needs
    loader = info.context.loaders.get(id(nodes[0]))
    if loader is None:
        loader = info.context.loaders[id(nodes[0])] = _loader(info.context, info._raw_info)  # noqa: SLF001
    return await loader.load(item_id)


def _loader(context: Context, info: GraphQLResolveInfo[Any]) -> DataLoader[str, Any]:
    walk = Walk(info.schema, info.fragments, info.variable_values)
    of = get_named_type(info.return_type)
    node = _with_typename(node_of(walk, of, list(info.field_nodes), "item"))
    prepared = prepare(context.network, Selection((Root("items", node=node, ids="ids"),)))
    values = values_of(walk.arguments, info.variable_values)

    async def load(ids: list[str]) -> list[Any]:
        answer = await read(context.network, context.viewer, prepared, {**values, "ids": ids})
        return list(answer["items"])

    return DataLoader(load_fn=load, max_batch_size=LARGEST_PAGE)


def _with_typename(node: Node) -> Node:
    """The node with the name of each item's type, by which GraphQL tells apart what an interface stands for."""
    typename = Field("__typename", "__typename")
    return Node(
        tuple(
            (
                label,
                Shape(
                    shape.fields if typename in shape.fields else (*shape.fields, typename),
                    tuple(_edge_with_typename(edge) for edge in shape.edges),
                ),
            )
            for label, shape in node.shapes
        )
    )


def _edge_with_typename(edge: Edge) -> Edge:
    node = _with_typename(edge.node) if edge.node else None
    return replace(edge, node=node, parts=tuple(_part_with_typename(part) for part in edge.parts))


def _part_with_typename(part: Part) -> Part:
    node = _with_typename(part.node) if part.node else None
    return replace(part, node=node, inside=tuple(_part_with_typename(inner) for inner in part.inside))
