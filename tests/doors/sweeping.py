"""Everything that can be asked, worked out from the contracts: so that a new route or field is asked as well."""

from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

ROOT_ITEMS, FIRST_ITEMS, SECOND_ITEMS = 40, 10, 5


def routes(contract: dict[str, Any], method: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The addresses that answer a method, with their parameters."""
    for path, item in contract["paths"].items():
        if method in item:
            yield path, item[method].get("parameters", [])


def names(parameters: list[dict[str, Any]], place: str) -> list[str]:
    """The names of the parameters in one place: `path`, `query`."""
    return [one["name"] for one in parameters if one["in"] == place]


def leaves(of: Any) -> str:
    """The fields of a type that hold values, and need no arguments."""
    fields = of.fields.items()
    return " ".join(["__typename", *(name for name, field in fields if is_leaf_type(get_named_type(field.type)))])


def own_words(of: Any) -> str:
    """The same without the ids of what it leads to: each of those is a read of its own."""
    return " ".join(name for name in leaves(of).split() if not name.endswith(("Id", "Ids")) or name == "externalId")


def is_connection(field: GraphQLField) -> bool:
    """Whether a field leads to a page of items."""
    return get_named_type(field.type).name.endswith("Connection")


def composite(of: Any) -> dict[str, GraphQLField]:
    """The fields of a type that lead on, and need no arguments."""
    return {
        name: field
        for name, field in of.fields.items()
        if not is_leaf_type(get_named_type(field.type)) and not any(map(is_required_argument, field.args.values()))
    }


def paged(name: str, field: GraphQLField, first: int, inside: str) -> str:
    """A field with what is wanted of the items that it leads to."""
    if is_connection(field):
        whole = f"totalCount pageInfo {{ endCursor }} nodes {{ {inside} }} edges {{ cursor }}"
        return f"{name}(first: {first}) {{ {whole} }}"
    return f"{name} {{ {inside} }}"


def item_of(field: GraphQLField) -> Any:
    """The type of the items that a field leads to."""
    of: Any = get_named_type(field.type)
    return get_named_type(of.fields["nodes"].type) if is_connection(field) else of


def possible(schema: GraphQLSchema, of: Any) -> list[GraphQLObjectType]:
    """The types of object that something may be."""
    return list(schema.get_possible_types(of)) if isinstance(of, GraphQLInterfaceType) else [of]


def documents(schema: GraphQLSchema, root: str) -> Iterator[str]:
    """The documents that ask all that can be asked of a list, and of what two steps lead to from there."""
    query = schema.query_type
    assert query
    listed = query.fields[root]
    source = item_of(listed)
    for name, field in composite(source).items():
        for of in possible(schema, item_of(field)):
            second = " ".join(
                paged(onward, found, SECOND_ITEMS, own_words(item_of(found))) for onward, found in composite(of).items()
            )
            inside = f"... on {of.name} {{ {leaves(of)} {second} }}"
            step = paged(name, field, FIRST_ITEMS, inside)
            yield f"{{ {paged(root, listed, ROOT_ITEMS, f'{leaves(source)} {step}')} }}"


def answer_selection(schema: GraphQLSchema, of: Any, levels: int = 6) -> str:
    """All that a computed answer holds; of items, their own values."""
    lead_on = composite(of)
    if levels == 0 or "id" in of.fields or isinstance(of, GraphQLInterfaceType):
        return leaves(of)
    inner = (
        f"{name} {{ {answer_selection(schema, get_named_type(one.type), levels - 1)} }}"
        for name, one in lead_on.items()
    )
    return f"{leaves(of)} {' '.join(inner)}"
