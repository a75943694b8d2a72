"""What would be right where GraphQL itself refuses something: its own message says only what was wrong."""

import re
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Final

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    is_abstract_type,
    is_required_input_field,
)

OTHERWISE: Final = "Ask as the schema says; the explorer shows it."
_SCALARS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Boolean": "true or false",
        "Float": "a number",
        "ID": "an id, in quotes",
        "Int": "a whole number of at most 32 bits",
        "String": "a text, in quotes",
    }
)
_IN_VARIABLE: Final = re.compile(r"Variable '\$\w+' has invalid (default )?value( at [\w.\[\]]+)?: ")
Correction = str | Callable[[GraphQLSchema, re.Match[str]], str]


def correction_of(error: GraphQLError, schema: GraphQLSchema) -> str:
    """What to do about a refusal, as a sentence: which fields there are, what a type takes, where to look."""
    message = _IN_VARIABLE.sub("", error.message)
    for pattern, correction in _CORRECTIONS.items():
        if found := re.match(pattern, message, re.DOTALL):
            if callable(correction):
                return correction(schema, found)
            places = [{"line": one.line, "column": one.column} for one in error.locations or ()]
            return correction.format_map({**found.groupdict(), **(places[0] if places else {})})
    return OTHERWISE


def _of_field(schema: GraphQLSchema, found: re.Match[str]) -> str:
    of = schema.type_map[found["type"]]
    spread = "; what only some kinds have is asked in `... on Kind { }`" if is_abstract_type(of) else ""
    return f"The fields of `{of.name}` are {_listed(_fields(of))}{spread}."


def _of_selection(schema: GraphQLSchema, found: re.Match[str]) -> str:
    return f"Say in braces what of it you want. {_of_field(schema, found)}"


def _of_argument(schema: GraphQLSchema, found: re.Match[str]) -> str:
    known = _field(schema, found).args
    return f"Its arguments are {_listed(known)}." if known else "It takes no arguments."


def _of_missing_argument(schema: GraphQLSchema, found: re.Match[str]) -> str:
    return _given(found["argument"], _field(schema, found).args[found["argument"]].description)


def _of_missing_field(schema: GraphQLSchema, found: re.Match[str]) -> str:
    of = schema.type_map[found["type"]]
    described = of.fields[found["field"]].description if isinstance(of, GraphQLInputObjectType) else None
    return _given(found["field"], described)


def _of_value(schema: GraphQLSchema, found: re.Match[str]) -> str:
    of = found["type"]
    inner = of.strip("[]!")
    many = "a list, each of its entries " if of.startswith("[") else ""
    return f"Give {many}{_taken(schema.type_map[inner])}."


def _of_spread(schema: GraphQLSchema, found: re.Match[str]) -> str:
    of = schema.type_map[found["type"]]
    if is_abstract_type(of):
        return f"What is here is one of {_listed([one.name for one in schema.get_possible_types(of)])}."
    return f"Whatever is here is a `{of.name}`: ask for its fields without `... on`."


def _field(schema: GraphQLSchema, found: re.Match[str]) -> GraphQLField:
    return _fields(schema.type_map[found["type"]])[found["field"]]


def _fields(of: GraphQLNamedType) -> Mapping[str, GraphQLField]:
    return of.fields if isinstance(of, GraphQLObjectType | GraphQLInterfaceType) else {}


def _taken(of: GraphQLNamedType) -> str:
    """What a value of the type has to be."""
    if isinstance(of, GraphQLEnumType):
        return f"one of {_listed(of.values)} (in a document without quotes)"
    if isinstance(of, GraphQLInputObjectType):
        needed = [name for name, field in of.fields.items() if is_required_input_field(field)]
        return f"an object with fields of {_listed(of.fields)}" + (
            f"; {_listed(needed)} must be there" if needed else ""
        )
    return _SCALARS.get(of.name) or f"a {of.name}: {(of.description or '').rstrip('.')}"


def _given(name: str, description: str | None) -> str:
    return f"Give `{name}`: {description}" if description else f"Give `{name}`."


def _listed(names: Collection[str]) -> str:
    return ", ".join(name for name in names if not name.startswith("__"))


_CORRECTIONS: Final[Mapping[str, Correction]] = MappingProxyType(
    {
        r"Syntax Error: .*<EOF>": (
            "The document ends at line {line}, column {column}, before it is whole: close every brace and quote."
        ),
        r"Syntax Error": "Correct what stands at line {line}, column {column}.",
        r"Cannot query field '.*' on type '(?P<type>\w+)'": _of_field,
        r"Field '\w+' of type '\W*(?P<type>\w+)\W*' must have": _of_selection,
        r"Field '(?P<field>\w+)' must not have a selection": "Ask for `{field}` alone, without braces after it.",
        r"Unknown argument '\w+' on field '(?P<type>\w+)\.(?P<field>\w+)'": _of_argument,
        r"Argument '(?P<type>\w+)\.(?P<field>\w+)\((?P<argument>\w+):\)'": _of_missing_argument,
        r"(Value '.*' does not exist in|Enum) '(?P<type>\w+)'": _of_value,
        r"Expected value of type '(?P<type>\w+)' to include required field '(?P<field>\w+)'": _of_missing_field,
        r"Expected( a)? value of (non-null )?type '(?P<type>[\w!\[\]]+)'": _of_value,
        r"(?P<type>Boolean|Float|ID|Int|String) cannot represent": _of_value,
        r"Variable '(?P<name>\$\w+)' of type '.*' used in position expecting type '(?P<type>[^']+)'": (
            "Declare it as `{name}: {type}`."
        ),
        r"Variable '(?P<name>\$\w+)' is not defined": (
            "Declare it with its type behind the operation's name: `query Name({name}: Type)`."
        ),
        r"Variable '(?P<name>\$\w+)' cannot be non-input type": (
            "Declare {name} as a scalar, an enum or an input object: what a field answers can't be given."
        ),
        r"(Variable|Fragment) '(?P<name>\$?\w+)' is never used": "Use `{name}`, or leave it out.",
        r"Unknown type": "Give the name of a type of the schema.",
        r"Unknown fragment '(?P<name>\w+)'": "Define it beside the operation: `fragment {name} on Type {{ }}`.",
        r"Cannot spread fragment": "Take the fragment out of itself.",
        r"Fragment .*as objects of type '(?P<type>\w+)' can never": _of_spread,
        r"Fields '\w+' conflict": "Put another name and a colon before one of them.",
        r"There can be only one": "Give it once, or each a name of its own.",
        r"This anonymous operation": "Give each operation a name, and say which to run in `operationName`.",
        r"Unknown directive": "A document knows `@include` and `@skip`.",
        r"(Anonymous )?Subscription .*must select (only )?one top level field": "Subscribe to one thing at a time.",
    }
)
"""What to do, by how GraphQL's message begins: its errors have no other mark of what they are.

A value that was given may stand in it, so that a pattern takes types and fields only from where GraphQL names them.
"""
