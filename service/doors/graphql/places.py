"""Where in a request GraphQL refuses something: a dotted path of the caller's own words, as every door gives it."""

import re
from typing import Any, Final

from graphql import (
    BREAK,
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    Node,
    ObjectFieldNode,
    VariableDefinitionNode,
    Visitor,
    visit,
)

WHOLE: Final = "query"
"""The parameter that a document comes in: where nothing smaller can be named."""
_VARIABLE = re.compile(r"Variable '\$(\w+)' has invalid value(?: at ([\w.\[\]]+))?:")
_NAMED = (FragmentDefinitionNode, FieldNode, ArgumentNode, ObjectFieldNode)


def place_in_variables(error: GraphQLError) -> str:
    """Which value of which variable was refused: `variables.where.kind`."""
    found = _VARIABLE.match(error.message)
    return ".".join(["variables", found[1], *re.findall(r"\w+", found[2] or "")]) if found else "variables"


def place_in_document(error: GraphQLError, document: DocumentNode) -> str:
    """What was refused in a document: `stories.where.kind`, and `variables.first` where one is declared."""
    if not error.nodes:
        return WHOLE
    finding = _Finding(error.nodes[0])
    visit(document, finding)
    return ".".join(finding.place) or WHOLE


class _Finding(Visitor):
    """A walk through a document that ends at one node of it, with the names of what that stands in."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._node = node
        self.place: list[str] = []

    def enter(self, node: Node, _key: Any, parent: Any, _path: Any, ancestors: list[Any]) -> Any:
        """Look at the next node."""
        if node is not self._node:
            return None
        if isinstance(node, VariableDefinitionNode):
            self.place = ["variables", node.variable.name.value]
            return BREAK
        named = [one for one in (*ancestors, parent, node) if isinstance(one, _NAMED)]
        self.place = [((one.alias if isinstance(one, FieldNode) else None) or one.name).value for one in named]
        return BREAK
