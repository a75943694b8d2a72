"""Documents drawn at random from a schema: fields, fragments, aliases, variables, `@include` and `@skip`."""

from collections.abc import Sequence
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)

LEVELS = 4


class Drawing:
    """One document, being drawn."""

    def __init__(
        self, schema: GraphQLSchema, random: Random, values: dict[str, Sequence[Any]], roots: Sequence[str]
    ) -> None:
        self.schema, self.random, self.values, self.roots = schema, random, values, roots
        self.declared: list[str] = []
        self.variables: dict[str, Any] = {}
        self.fragments: list[str] = []
        self.aliases = 0

    def document(self) -> tuple[str, dict[str, Any]]:
        """The text, and the values of its variables."""
        query = self.schema.query_type
        assert query
        names = [self.random.choice(self.roots) for _ in range(self.random.choice((1, 1, 1, 2, 3)))]
        body = " ".join(
            self._field(query.fields[name], name, LEVELS, alias=f"root{index}") for index, name in enumerate(names)
        )
        head = f"query Drawn({', '.join(self.declared)})" if self.declared else "query Drawn"
        return f"{head} {{ {body} }} {' '.join(self.fragments)}", self.variables

    def _field(self, field: GraphQLField, name: str, levels: int, alias: str | None = None) -> str:
        given = ", ".join(text for argument in field.args if (text := self._argument(field, argument)))
        of = get_named_type(field.type)
        inner = "" if is_leaf_type(of) else f" {{ {self._selection(of, levels - 1)} }}"
        if alias is None and self.random.random() < 0.15:
            self.aliases += 1
            alias = f"alias{self.aliases}"
        return f"{alias + ': ' if alias else ''}{name}{f'({given})' if given else ''}{self._directive()}{inner}"

    def _selection(self, of: Any, levels: int) -> str:
        if isinstance(of, GraphQLInterfaceType):
            return self._abstract(of, levels)
        assert isinstance(of, GraphQLObjectType)
        leaves = [name for name, field in of.fields.items() if is_leaf_type(get_named_type(field.type))]
        composite = [name for name, field in of.fields.items() if name not in leaves]
        wanted = self.random.sample(leaves, min(len(leaves), self.random.randint(1, 4)))
        if composite and (levels > 0 or not leaves):
            wanted += self.random.sample(composite, min(len(composite), self.random.choice((0, 1, 1, 2)) or not leaves))
        parts = [self._field(of.fields[name], name, levels) for name in wanted]
        if self.random.random() < 0.2:
            parts.append("__typename")
        return self._wrapped(of, parts)

    def _abstract(self, of: GraphQLInterfaceType, levels: int) -> str:
        possible = self.random.sample(self.schema.get_possible_types(of), 3)
        common = self.random.sample(list(of.fields), self.random.randint(1, len(of.fields)))
        parts = ["__typename", *(self._field(of.fields[name], name, levels, alias=name) for name in common)]
        for index, one in enumerate(possible):
            inner = [name for name, field in one.fields.items() if is_leaf_type(get_named_type(field.type))]
            name = self.random.choice(inner)
            parts.append(f"... on {one.name} {{ only{index}{one.name}: {name} }}")
        return " ".join(parts)

    def _wrapped(self, of: GraphQLObjectType, parts: list[str]) -> str:
        """Some of the parts inside a fragment, so that fragments have to be merged."""
        chance = self.random.random()
        if chance < 0.15:
            return f"{parts[0]} ... on {of.name} {{ {' '.join(parts)} }}"
        if chance < 0.3:
            name = f"Fragment{len(self.fragments)}"
            self.fragments.append("")
            self.fragments[int(name.removeprefix("Fragment"))] = f"fragment {name} on {of.name} {{ {' '.join(parts)} }}"
            return f"...{name} {parts[-1]}"
        return " ".join(parts)

    def _directive(self) -> str:
        if self.random.random() > 0.1:
            return ""
        kind = self.random.choice(("include", "skip"))
        name = self._variable("Boolean!", self.random.random() < 0.5)
        return f" @{kind}(if: {name})"

    def _variable(self, of: str, value: Any) -> str:
        name = f"v{len(self.declared)}"
        self.declared.append(f"${name}: {of}")
        self.variables[name] = value
        return f"${name}"

    def _argument(self, field: GraphQLField, name: str) -> str:
        of = field.args[name].type
        value: Any
        if name == "first":
            value = self.random.choice((1, 2, 3, 5))
        elif name == "id":
            value = self.random.choice(self.values["id"])
        elif name == "ids":
            value = self.random.sample(self.values["id"], 4)
        elif self.random.random() < 0.75 or name == "after":
            return ""
        elif isinstance(of, GraphQLEnumType):
            value = self.random.choice(list(of.values))
            return f"{name}: {value if self.random.random() < 0.5 else self._variable(of.name, value)}"
        elif isinstance(of, GraphQLInputObjectType):
            value = self._filter(of)
            return f"{name}: {self._variable(of.name, value)}"
        else:
            return ""
        if self.random.random() < 0.5:
            return f"{name}: {self._variable(str(of), value)}"
        return f"{name}: {_literal(value)}"

    def _filter(self, of: GraphQLInputObjectType) -> dict[str, Any]:
        name = self.random.choice(list(of.fields))
        inner = get_named_type(of.fields[name].type)
        if isinstance(inner, GraphQLEnumType):
            return {name: self.random.choice(list(inner.values))}
        if inner.name == "Boolean":
            return {name: self.random.random() < 0.5}
        return {name: self.random.choice(self.values["instant" if inner.name == "DateTime" else name])}


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_literal(one) for one in value)}]"
    return f'"{value}"' if isinstance(value, str) else str(value)
