"""Documents: parsed, validated and compiled once, and kept; limits that no document passes."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_variable_values,
    parse,
    type_from_ast,
    validate,
)
from graphql.execution.values import VariableValues

from service.doors.graphql.corrections import correction_of
from service.doors.graphql.places import WHOLE, place_in_document, place_in_variables
from service.doors.graphql.selection import COMPILED_ROOTS, Argument, Walk, root_of, shape_of
from service.model.errors import Invalid, Problem, TooLarge
from service.model.selection import Selection

DEEPEST = 24
"""Levels of a document: the introspection query of the usual tools has 14."""
MOST_ALIASES = 100
MOST_TOKENS = 5_000
MOST_COMPUTED = 5
"""Roots of a query that are computed rather than read: paths, cascades, detected communities, searches."""
KEPT_DOCUMENTS = 1_000


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a valid document."""

    document: DocumentNode
    definition: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]

    @property
    def is_read(self) -> bool:
        """Whether it is a query."""
        return self.definition.operation is OperationType.QUERY


@dataclass(frozen=True, slots=True)
class Compilable:
    """What of an operation is read by one statement, and whether that is all of it."""

    definition: OperationDefinitionNode
    selection: Selection
    arguments: tuple[Argument, ...]
    constants: Mapping[str, str]
    """Response keys of `__typename` at the root, which need no reading."""
    whole: bool


class Documents:
    """The documents that were asked lately, by their text."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self.schema = schema
        self._kept: OrderedDict[str, DocumentNode | list[Refusal]] = OrderedDict()

    def operation(self, text: str, name: str | None) -> Operation:
        """The operation that is to be run; a document that is wrong raises `Invalid` with every problem's place."""
        kept = self._kept.get(text)
        if kept is None:
            kept = self._kept[text] = _checked(self.schema, text)
            if len(self._kept) > KEPT_DOCUMENTS:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(text)
        if isinstance(kept, list):
            raise Refused(kept)
        operations = [one for one in kept.definitions if isinstance(one, OperationDefinitionNode)]
        wanted = [one for one in operations if name is None or (one.name and one.name.value == name)]
        if len(wanted) != 1:
            raise Invalid(
                "The document holds no operation of that name" if name else "The document holds several operations",
                right="Name one of its operations in `operationName`.",
                field="operationName",
            )
        fragments = {one.name.value: one for one in kept.definitions if isinstance(one, FragmentDefinitionNode)}
        return Operation(kept, wanted[0], fragments)

    def variables(self, operation: Operation, given: Mapping[str, Any]) -> VariableValues:
        """The variables of an operation, coerced to their types."""
        values = get_variable_values(self.schema, operation.definition.variable_definitions or (), dict(given))
        if isinstance(values, list):
            definitions = [operation.definition, *operation.fragments.values()]
            raise Refused([_refusal(self.schema, error, place_in_variables(error, definitions)) for error in values])
        return values

    def shape(self, operation: Operation, variables: VariableValues) -> object:
        """What of the variables decides which statement is compiled."""
        shapes = []
        for declared in operation.definition.variable_definitions or ():
            of, name = type_from_ast(self.schema, declared.type), declared.variable.name.value
            shapes.append(shape_of(variables.coerced.get(name), of) if of else None)
        return tuple(shapes)

    def compilable(self, operation: Operation, variables: VariableValues) -> Compilable:
        """What of a query can be read by one statement, for variables of this shape."""
        query = self.schema.query_type
        if query is None:
            raise TypeError(self.schema)
        walk = Walk(self.schema, operation.fragments, variables)
        roots, constants, computed, whole = [], {}, 0, True
        for key, nodes in walk.fields(query, [operation.definition.selection_set]).items():
            name = nodes[0].name.value
            if name == "__typename":
                constants[key] = query.name
            elif name in COMPILED_ROOTS:
                roots.append(root_of(walk, key, nodes, query.fields[name]))
            else:
                computed += not name.startswith("__")
                whole = False
        if computed > MOST_COMPUTED:
            raise TooLarge(
                f"The document asks {computed} computed questions",
                right=f"Ask at most {MOST_COMPUTED} at once.",
                field=WHOLE,
            )
        return Compilable(operation.definition, Selection(tuple(roots)), tuple(walk.arguments), constants, whole)


Refusal = tuple[GraphQLError, Problem]
"""What GraphQL says, and the same in the form of every door."""


class Refused(Exception):
    """A document or its variables that GraphQL itself refuses."""

    def __init__(self, errors: list[Refusal]) -> None:
        super().__init__(errors[0][0].message)
        self.errors = errors


def _checked(schema: GraphQLSchema, text: str) -> DocumentNode | list[Refusal]:
    try:
        document = parse(text, max_tokens=MOST_TOKENS)
        _refuse_deep(document)
    except GraphQLSyntaxError as error:
        if "nested too deeply" in error.message:  # the parser's own limit, far beyond ours
            raise _too_deep() from None
        if f"more than {MOST_TOKENS} tokens" in error.message:
            wrong = f"The document has more than {MOST_TOKENS} words and signs"
            raise TooLarge(wrong, right="Ask for less at once, or in turns.", field=WHOLE) from None
        return [_refusal(schema, error, WHOLE)]
    except RecursionError:
        raise _too_deep() from None
    # What a scalar says of a value in the document is the asker's fault, however it says so: no cause is kept.
    found = [GraphQLError(error.message, error.nodes) for error in validate(schema, document)]
    return [_refusal(schema, error, place_in_document(error, document)) for error in found] or document


def _refusal(schema: GraphQLSchema, error: GraphQLError, place: str) -> Refusal:
    return error, Problem(field=place, wrong=error.message, right=correction_of(error, schema))


def _refuse_deep(document: DocumentNode) -> None:
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    aliases = 0
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            aliases += _aliases_within_limits(definition, fragments)
    if aliases > MOST_ALIASES:
        raise TooLarge(
            f"The document uses {aliases} aliases", right=f"Use at most {MOST_ALIASES}, or ask in turns.", field=WHOLE
        )


def _aliases_within_limits(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> int:
    """How many aliases an operation uses, each fragment counted wherever it is spread; too deep a one raises."""
    waiting: list[tuple[SelectionSetNode, int, frozenset[str]]] = [(operation.selection_set, 1, frozenset())]
    aliases = sets = 0
    while waiting:
        selected, depth, inside = waiting.pop()
        sets += 1
        if depth > DEEPEST:
            raise _too_deep()
        if sets > MOST_TOKENS:
            raise TooLarge("The fragments of the document spread too far", right="Ask for less at once.", field=WHOLE)
        for one in selected.selections:
            if isinstance(one, FieldNode):
                aliases += one.alias is not None
                if one.selection_set:
                    waiting.append((one.selection_set, depth + 1, inside))
            elif isinstance(one, InlineFragmentNode):
                waiting.append((one.selection_set, depth, inside))
            elif isinstance(one, FragmentSpreadNode) and one.name.value in fragments.keys() - inside:
                name = one.name.value
                waiting.append((fragments[name].selection_set, depth, inside | {name}))
    return aliases


def _too_deep() -> TooLarge:
    return TooLarge(
        f"The document is more than {DEEPEST} levels deep", right="Ask for fewer levels, or in turns.", field=WHOLE
    )
