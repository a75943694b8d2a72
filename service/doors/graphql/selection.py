"""From a parsed document to a selection: the one place where GraphQL's words become the reader's.

The selection holds keys where values belong. The same walk gives, for each key, where its value is found in the
document, so that a document is walked once and its values are coerced anew on every request.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    InlineFragmentNode,
    SelectionSetNode,
    get_argument_values,
    get_named_type,
)
from graphql.execution.values import VariableValues, get_directive_values
from graphql.type.directives import GraphQLIncludeDirective, GraphQLSkipDirective

from service.model.kinds import KINDS
from service.model.selection import Condition, Edge, Field, Node, Order, Page, Part, Root, Shape

ONE = {kind.one: label for label, kind in KINDS.items()}
MANY = {kind.many: label for label, kind in KINDS.items()}
COMPILED_ROOTS = frozenset({*ONE, *MANY, "node", "nodes"})


@dataclass(frozen=True, slots=True)
class Argument:
    """Where the values of one field's arguments come from, and the key that they are given under."""

    path: str
    definition: GraphQLField
    node: FieldNode


@dataclass
class Walk:
    """A walk through one operation, with the variables that decide its shape."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues
    arguments: list[Argument] = field(default_factory=list)

    def fields(self, parent: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The fields that are wanted of an object of this type, merged by response key, in the document's order."""
        found: dict[str, list[FieldNode]] = {}
        for selected in sets:
            self._collect(parent, selected, found, set())
        return found

    def _collect(
        self, parent: GraphQLObjectType, selected: SelectionSetNode, found: dict[str, list[FieldNode]], seen: set[str]
    ) -> None:
        for one in selected.selections:
            if not self._wanted(one):
                continue
            if isinstance(one, FieldNode):
                found.setdefault((one.alias or one.name).value, []).append(one)
            elif isinstance(one, InlineFragmentNode):
                if one.type_condition is None or self._applies(parent, one.type_condition.name.value):
                    self._collect(parent, one.selection_set, found, seen)
            elif isinstance(one, FragmentSpreadNode) and one.name.value not in seen:
                seen.add(one.name.value)
                fragment = self.fragments[one.name.value]
                if self._applies(parent, fragment.type_condition.name.value):
                    self._collect(parent, fragment.selection_set, found, seen)

    def _wanted(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (skip and skip["if"]) and not (include and not include["if"])

    def _applies(self, parent: GraphQLObjectType, name: str) -> bool:
        if name == parent.name:
            return True
        condition = self.schema.type_map[name]
        return isinstance(condition, GraphQLInterfaceType) and self.schema.is_sub_type(condition, parent)

    def values(self, definition: GraphQLField, node: FieldNode, path: str) -> dict[str, Any]:
        """The values that a field's arguments have now; each is read again at every request."""
        self.arguments.append(Argument(path, definition, node))
        return get_argument_values(definition, node, self.variables)


def root_of(walk: Walk, key: str, nodes: list[FieldNode], definition: GraphQLField) -> Root:
    """The root that a field of `Query` stands for."""
    name = nodes[0].name.value
    given = walk.values(definition, nodes[0], key)
    of = get_named_type(definition.type)
    if name in MANY:
        parts = _parts(walk, of, nodes, key)
        return Root(key, kind=MANY[name], page=_page(given, key), parts=parts)
    node = node_of(walk, of, nodes, key)
    return Root(key, node=node, ids=f"{key}.ids") if name == "nodes" else Root(key, node=node, id=f"{key}.id")


def node_of(walk: Walk, of: GraphQLNamedType, nodes: list[FieldNode], path: str) -> Node:
    """What is wanted of the items that a field leads to, kind by kind."""
    sets = [node.selection_set for node in nodes if node.selection_set]
    possible = [of] if isinstance(of, GraphQLObjectType) else walk.schema.get_possible_types(of)  # type: ignore[arg-type]
    return Node(tuple((one.name, _shape(walk, one, sets, path)) for one in possible))


def _shape(walk: Walk, of: GraphQLObjectType, sets: list[SelectionSetNode], path: str) -> Shape:
    fields: list[Field] = []
    edges: list[Edge] = []
    for key, nodes in walk.fields(of, sets).items():
        name = nodes[0].name.value
        if name == "__typename" or not nodes[0].selection_set:
            fields.append(Field(key, name))
        else:
            edges.append(_edge(walk, of.fields[name], key, nodes, f"{path}.{key}"))
    return Shape(tuple(fields), tuple(edges))


def _edge(walk: Walk, definition: GraphQLField, key: str, nodes: list[FieldNode], path: str) -> Edge:
    of = get_named_type(definition.type)
    name = nodes[0].name.value
    if not definition.args:
        return Edge(key, name, node=node_of(walk, of, nodes, path))
    given = walk.values(definition, nodes[0], path)
    return Edge(key, name, page=_page(given, path), parts=_parts(walk, of, nodes, path))


def _page(given: Mapping[str, Any], path: str) -> Page:
    where = given.get("where") or {}
    return Page(
        first=f"{path}.first",
        after=f"{path}.after" if given.get("after") is not None else None,
        order=Order(str(_plain(given["order"]))) if given.get("order") else Order.newest,
        where=tuple(Condition(name, f"{path}.where.{name}") for name in sorted(where) if where[name] is not None),
    )


def _parts(walk: Walk, of: GraphQLNamedType, nodes: list[FieldNode], path: str) -> tuple[Part, ...]:
    if not isinstance(of, GraphQLObjectType):
        raise TypeError(of)
    parts = []
    for key, inner in walk.fields(of, [node.selection_set for node in nodes if node.selection_set]).items():
        name = inner[0].name.value
        if name == "__typename":
            parts.append(Part(key, f"__typename:{of.name}"))
        elif name in {"nodes", "node"}:
            parts.append(Part(key, name, node=node_of(walk, get_named_type(of.fields[name].type), inner, path)))
        elif inner[0].selection_set:
            parts.append(Part(key, name, inside=_parts(walk, get_named_type(of.fields[name].type), inner, path)))
        else:
            parts.append(Part(key, name))
    return tuple(parts)


def values_of(arguments: Iterable[Argument], variables: VariableValues) -> dict[str, object]:
    """The value of every key of a selection, for the variables of this request."""
    values: dict[str, object] = {}
    for argument in arguments:
        for name, value in get_argument_values(argument.definition, argument.node, variables).items():
            if name == "where" and value:
                values.update({f"{argument.path}.where.{inner}": _plain(one) for inner, one in value.items()})
            else:
                values[f"{argument.path}.{name}"] = value
    return values


def _plain(value: object) -> object:
    return value.value if isinstance(value, Enum) else value


def shape_of(value: object, of: GraphQLType) -> object:
    """What of a variable decides the shape of a document: whether it is there, switches, orders, filters."""
    named = get_named_type(of)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(named, GraphQLEnumType):
        return _plain(value) if isinstance(value, str | Enum) else "given"
    if isinstance(named, GraphQLInputObjectType) and isinstance(value, dict):
        return tuple((name, shape_of(value.get(name), field.type)) for name, field in named.fields.items())
    return "given"
