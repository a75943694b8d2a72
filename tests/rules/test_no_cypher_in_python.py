"""Query text stands in cypher/ and is joined in one module; Python holds none."""

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from tests.rules.sources import SERVICE, files, name

JOINS_QUERY_TEXT = "service/graph/compiler.py"
CYPHER = re.compile(
    r"""
    \b(?:MATCH|MERGE|CREATE)\s*\(                 # a pattern
    | \bUNWIND\s+\S+\s+AS\b
    | \bCALL\s*(?:\{|\(|db\.|dbms\.|apoc\.)
    | \bDETACH\s+DELETE\b
    | \b(?:CREATE|DROP|SHOW)\s+(?:\w+\s+)?(?:INDEX|CONSTRAINT)(?:E?S)?\b(?!\s+\w+\s+ON\b)
    | \bLOAD\s+CSV\b
    | ^\s*RETURN\s+\S
    | -\[\w*:[A-Z_|]+\]-                          # a relationship
    """,
    re.VERBOSE | re.MULTILINE,
)


def texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of every string that is not a docstring."""
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def cypher_in(path: Path) -> list[str]:
    source = path.read_text(encoding="utf-8")
    return [f"{name(path)}:{line}: {text.strip()[:60]}" for line, text in texts(source) if CYPHER.search(text)]


def test_python_holds_no_cypher() -> None:
    held = (cypher_in(path) for path in files(SERVICE, ".py") if name(path) != JOINS_QUERY_TEXT)
    assert list(chain.from_iterable(held)) == []


@pytest.mark.parametrize(
    "line",
    [
        'run("MATCH (p:Person) RETURN p")',
        'run(f"MERGE (n:{label})")',
        'run("CALL db.index.fulltext.queryNodes($index, $words)")',
        'part = "-[:TOLD]->"',
        'run("SHOW CONSTRAINTS")',
        'tail = "RETURN count(*)"',
    ],
)
def test_the_rule_knows_cypher_when_it_sees_it(line: str) -> None:
    assert any(CYPHER.search(text) for _, text in texts(line))
