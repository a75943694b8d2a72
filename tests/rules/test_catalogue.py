"""The query catalogue: every statement is used, reads only what the rule lets through, and walks no whole store."""

import ast
import re
from collections.abc import AsyncIterator, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from neo4j import AsyncDriver

from service.graph.catalogue import Statement, catalogue
from service.graph.compiler import compile_selection, for_kind
from service.graph.edges import EdgeDeclaration, declared_edges
from service.graph.engine_directory import Connection
from service.graph.session import Graph
from service.model.kinds import KINDS
from service.model.selection import Edge, Field, Node, Order, Page, Part, Root, Selection, Shape, whole
from tests.emptying import emptied
from tests.graph.crowd import plant_crowd
from tests.graph.plans import driver_of, operators, planned
from tests.rules.sources import CYPHER, SERVICE, files, name

ALL = [catalogue().statement(each) for each in catalogue().names()]
COMPILED = ("edges", "reading")
LABELS = "|".join(["Item", *KINDS])
NODE = re.compile(rf"\(\s*(\w*)\s*:\s*(?:{LABELS})\b")
COMMENT = re.compile(r"//[^\n]*")


def named(statement: Statement) -> str:
    return statement.name


def folder(statement: Statement) -> str:
    return statement.name.partition("/")[0]


# --- how the files stand


@pytest.mark.parametrize("path", list(files(CYPHER, ".cypher")), ids=name)
def test_a_file_says_what_it_answers_and_holds_one_statement(path: Path) -> None:
    statement = catalogue().statement(path.relative_to(CYPHER).with_suffix("").as_posix())
    assert re.fullmatch(r"[a-z_]+/[a-z_]+", statement.name)
    assert statement.doc.endswith("."), "a header begins with a sentence"
    assert ";" not in COMMENT.sub("", statement.written)


# --- who asks them


def words(source: str) -> Iterator[str]:
    """The names of statements that a module says: whole, or `folder/{…}` with any word of the module in the gap."""
    tree = ast.parse(source)
    said = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    yield from said
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and len(node.values) == 2:
            start, gap = node.values
            if (
                isinstance(start, ast.Constant)
                and str(start.value).endswith("/")
                and isinstance(gap, ast.FormattedValue)
            ):
                yield from (str(start.value) + word for word in said)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "folder":
            yield from (each.name for each in catalogue().folder(ast.literal_eval(node.args[0])))


def test_every_statement_is_asked_by_somebody() -> None:
    said = set(chain.from_iterable(words(path.read_text(encoding="utf-8")) for path in files(SERVICE, ".py")))
    assert [statement.name for statement in ALL if statement.name not in said] == []


# --- the rule

WRITES = "a write finds hidden items too, so that it never makes a second one, and answers them as absent"
KEEPS_SOUND = "what must hold, holds of hidden items too; it answers ids to the service alone"
WITHOUT_THE_RULE = {
    "evidence": "read for all audiences at once, each row with whose it is: tests/graph/test_projection takes that out",
    "invariants": KEEPS_SOUND,
    "rules": KEEPS_SOUND,
    "writing": WRITES,
    "grants/running": "a grant is told to whom it names: tests/operations/test_grants holds that to nobody else",
    "jobs/drop": "it takes answers away that name what is there no more, and tells nobody",
    "keys/create": "keys are made by who administers, for any person",
    "keys/viewer": "it decides what a person may see, from belongings that others may not see",
    "reading/page": "it walks an index once for each of the viewer's audiences: test_visibility takes that out too",
    "detection/keep": "it writes down whom the audience's own ties place; each read of it asks the rule anew",
    "uptake/keep": "it writes down what an answer said; each read of it asks the rule anew",
    "server/warm_up": "it looks for an id that is not there",
}
BOUND_BEFORE = {
    "edges": {"source"},  # the statement that it is compiled into has read the source by the rule
    "lineage/derivations": {"made"},  # the ids are those of things that lineage/items has let through
    "lineage/surfacings": {"revealed"},  # the same
    # What follows is looked up among what other statements have let through, and is nothing where it is not there.
    "cascades/acts": {"before"},
    "scopes/recorded": {"person"},
}


def unguarded(statement: Statement) -> set[str]:
    """The items that a statement reads without the rule, by the names they have in it; an empty one for nameless."""
    text = COMMENT.sub("", statement.written)
    read = set(NODE.findall(text))
    seen = {each for each in read if each and f"visible({each})" in text}
    bound = BOUND_BEFORE.get(statement.name, set()) | BOUND_BEFORE.get(folder(statement), set())
    return read - seen - bound


@pytest.mark.parametrize("statement", ALL, ids=named)
def test_every_read_of_items_carries_the_rule(statement: Statement) -> None:
    if statement.name in WITHOUT_THE_RULE or folder(statement) in WITHOUT_THE_RULE:
        return
    assert unguarded(statement) == set()


def test_every_exception_from_the_rule_is_needed() -> None:
    needless = [
        each for each in WITHOUT_THE_RULE if not any(unguarded(one) for one in ALL if each in {one.name, folder(one)})
    ]
    assert needless == []


# --- how the database would run them

SCAN = re.compile(r"AllNodesScan|Label(s)?Scan|RelationshipTypes?Scan|AllRelationshipsScan")
ARGUED_SCANS = {
    "invariants": "they look at everything there is: that is what they are for",
    "keys/all": "keys are few, and all of them are wanted",
    "migrations/applied": "migrations are few, and all of them are wanted",
}


@pytest_asyncio.fixture(scope="module")
async def crowded(graph: Graph, engine: Connection) -> AsyncIterator[AsyncDriver]:
    await emptied(graph)
    await plant_crowd(graph, dict.fromkeys(KINDS, 1_000))
    async with driver_of(engine) as driver:
        yield driver


def scans(plan: Any) -> list[str]:
    return [operator for operator in operators(plan) if SCAN.search(operator)]


def texts(statement: Statement) -> list[str]:
    return [for_kind(statement, label) for label in KINDS] if folder(statement) == "exporting" else [statement.text]


@pytest.mark.parametrize(
    "statement", [each for each in ALL if folder(each) not in COMPILED and each.name != "rules/visible"], ids=named
)
async def test_no_statement_walks_all_nodes_or_a_whole_label(crowded: AsyncDriver, statement: Statement) -> None:
    if statement.name in ARGUED_SCANS or folder(statement) in ARGUED_SCANS:
        return
    for text in texts(statement):
        assert scans(await planned(crowded, text)) == [], text


def ids(label: str) -> Node:
    return Node(((label, Shape((Field("id", "id"),))),))


def edges() -> list[EdgeDeclaration]:
    return [edge for several in declared_edges(catalogue()).values() for edge in several.values()]


def page(order: Order = Order.newest, *, after: bool = False) -> Page:
    return Page(first="first", after="after" if after else None, order=order)


def step(edge: EdgeDeclaration) -> Node:
    """The source of an edge, with the edge as it is mostly asked for, and its link field."""
    target = Node(tuple((label, Shape((Field("id", "id"),))) for label in edge.to))
    links = (Field(edge.link, edge.link),) if edge.link else ()
    wanted = (
        Edge(
            edge.name,
            edge.name,
            page=page(),
            parts=(Part("nodes", "nodes", node=target), Part("totalCount", "totalCount")),
        )
        if edge.many
        else Edge(edge.name, edge.name, node=target)
    )
    return Node(((edge.source, Shape(links, (wanted,))),))


@pytest.mark.parametrize("edge", edges(), ids=lambda edge: f"{edge.source}.{edge.name}")
async def test_no_step_along_an_edge_walks_all_nodes_or_a_whole_label(
    crowded: AsyncDriver, edge: EdgeDeclaration
) -> None:
    one = Selection((Root("item", node=step(edge), id="id"),))
    many = Selection((Root("items", node=step(edge), ids="ids"),))
    for selection in (one, many):
        text = compile_selection(selection, catalogue()).text
        assert scans(await planned(crowded, text)) == [], text


@pytest.mark.parametrize("label", KINDS)
async def test_no_list_walks_all_nodes_or_a_whole_label(crowded: AsyncDriver, label: str) -> None:
    orders = [order for order in Order if order is not Order.name or KINDS[label].named]
    for order in orders:
        for after in (False, True):
            listed = Root(
                "list", kind=label, page=page(order, after=after), parts=(Part("nodes", "nodes", node=ids(label)),)
            )
            text = compile_selection(Selection((listed,)), catalogue()).text
            assert scans(await planned(crowded, text)) == [], text
    counted = Root("list", kind=label, page=page(), parts=(Part("totalCount", "totalCount"),))
    for selection in (Selection((counted,)), Selection((Root("item", node=whole(label), id="id"),))):
        text = compile_selection(selection, catalogue()).text
        assert scans(await planned(crowded, text)) == [], text


async def test_the_rule_about_plans_knows_a_scan_when_it_sees_one(crowded: AsyncDriver) -> None:
    assert scans(await planned(crowded, "MATCH (node) RETURN count(node.id)"))
    assert scans(await planned(crowded, "MATCH (story:Story) WHERE story.text STARTS WITH 'a' RETURN story.id"))
    assert scans(await planned(crowded, "MATCH ()-[told:TOLD]->() RETURN elementId(told)"))
