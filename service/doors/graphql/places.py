"""Where in a request GraphQL refuses something: a dotted path of the caller's own words, as every door gives it.

It is the same path whether a value stands in the document or comes in a variable; of a variable GraphQL's message says
which one it is.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from graphql import (
    BREAK,
    ArgumentNode,
    DefinitionNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    ListValueNode,
    Node,
    ObjectFieldNode,
    OperationDefinitionNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)

WHOLE: Final = "query"
"""The parameter that a document comes in: where nothing smaller can be named."""
_VARIABLE = re.compile(r"Variable '\$(\w+)' has invalid value(?: at ([\w.\[\]]+))?:")
_UNKNOWN = re.compile(r" Expected value of type '\S+' not to include unknown field '(\w+)'")
_NAMED = (FragmentDefinitionNode, FieldNode, ArgumentNode, ObjectFieldNode)


def place_in_variables(error: GraphQLError, definitions: Iterable[DefinitionNode]) -> str:
    """Which value was refused, by what the variable is given to: `stories.where.kind`.

    `definitions` are the operation and the fragments. A variable that is given to nothing is `variables.where`.
    """
    found = _VARIABLE.match(error.message)
    if found is None:
        return "variables"
    unknown = _UNKNOWN.match(error.message, found.end())
    inside = [*re.findall(r"\w+", found[2] or ""), *(unknown.groups() if unknown else ())]
    return ".".join([*_use(found[1], definitions), *inside])


def place_in_document(error: GraphQLError, document: DocumentNode) -> str:
    """What was refused in a document: `stories.where.kind`, also where the declaration of a variable is wrong."""
    if not error.nodes:
        return WHOLE
    finding = _Finding(error.nodes[0])
    visit(document, finding)
    if finding.variable is None:
        return ".".join(finding.place) or WHOLE
    fragments = (one for one in document.definitions if isinstance(one, FragmentDefinitionNode))
    return ".".join(_use(finding.variable, [*finding.declared_in, *fragments]))


def _use(variable: str, definitions: Iterable[DefinitionNode]) -> list[str]:
    """What a variable is given to, first of all."""
    for definition in definitions:
        finding = _Finding(variable)
        visit(definition, finding)
        if finding.place:
            return finding.place
    return ["variables", variable]


class _Finding(Visitor):
    """A walk through a document that ends at one node of it, or at the use of a variable, with what that stands in."""

    def __init__(self, wanted: Node | str) -> None:
        super().__init__()
        self._wanted = wanted
        self.place: list[str] = []
        """The names of what it stands in, and which entry of a list it is."""
        self.variable: str | None = None
        """Of which variable's declaration it is a part."""
        self.declared_in: list[DefinitionNode] = []
        """The operation that declares it."""

    def enter(self, node: Node, _key: Any, parent: Any, path: list[Any], ancestors: list[Any]) -> Any:
        """Look at the next node."""
        around = [*ancestors, parent, node]
        declared = next((one for one in around if isinstance(one, VariableDefinitionNode)), None)
        if isinstance(self._wanted, str):
            if declared or not isinstance(node, VariableNode) or node.name.value != self._wanted:
                return None
        elif node is not self._wanted:
            return None
        if declared:
            self.variable = declared.variable.name.value
            self.declared_in = [one for one in around if isinstance(one, OperationDefinitionNode)]
        for place, one in enumerate(around):
            if isinstance(one, _NAMED):
                self.place.append(((one.alias if isinstance(one, FieldNode) else None) or one.name).value)
            elif place > 1 and isinstance(around[place - 2], ListValueNode):
                self.place.append(str(path[place - 1]))
        return BREAK
