"""From a selection to one Cypher statement, shaped like the answer. The only place where query text is joined.

Text comes from the catalogue's fragments and from names that the model declares; a value is always a parameter. Keys in
the statement are field names, not the caller's aliases, so that equal readings share one plan in the database.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime

from service.graph.catalogue import Catalogue, Statement
from service.graph.edges import EdgeDeclaration, declared_edges, edge_of_link
from service.graph.finishing import KIND, Finisher, finish_kind, finish_list, finish_map, finish_placed
from service.model.kinds import KINDS, Kind
from service.model.selection import Edge, Field, Node, Order, Page, Part, Root, Selection, Shape
from service.model.texts import as_html

_FRAGMENT_VARIABLE = re.compile(r"(?<![.:\w$])(source|node)\b")


@dataclass(frozen=True, slots=True)
class Binding:
    """A parameter of the statement: which of the caller's values it takes, and in what form."""

    parameter: str
    value: str
    form: str
    """`first`, `id`, `ids`, `instant`, `plain`, or a half of a cursor: `after.at`, `after.name`, `after.id`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled selection: the statement, what it is to be given, and how its row is finished."""

    text: str
    bindings: tuple[Binding, ...]
    pages: tuple[tuple[str | None, ...], ...]
    """For each page, the keys of `ids` and `first` from the outermost to it: their product bounds the items read."""
    finish: Finisher | None


@dataclass
class _Compilation:
    catalogue: Catalogue
    bindings: dict[tuple[str, str], Binding] = field(default_factory=dict)
    pages: list[tuple[str | None, ...]] = field(default_factory=list)
    variables: int = 0

    def variable(self, prefix: str) -> str:
        self.variables += 1
        return f"{prefix}{self.variables}"

    def parameter(self, value: str, form: str) -> str:
        known = self.bindings.setdefault((value, form), Binding(f"p{len(self.bindings)}", value, form))
        return f"${known.parameter}"

    def edges(self, label: str) -> Mapping[str, EdgeDeclaration]:
        return declared_edges(self.catalogue).get(label, {})

    def fragment(self, name: str, *, node: str, source: str = "") -> str:
        names = {"node": node, "source": source}
        return _FRAGMENT_VARIABLE.sub(lambda found: names[found[1]], self.catalogue.statement(name).text)


@dataclass(frozen=True, slots=True)
class _Block:
    """Clauses that go before, the expression that uses what they bind, and how its value is finished."""

    clauses: tuple[str, ...]
    expression: str
    finish: Finisher | None
    carried: tuple[str, ...] = ()
    """The variables that the clauses bind and the expression uses."""


def compile_selection(selection: Selection, catalogue: Catalogue) -> Plan:
    """The statement for a selection; its one row has one column, `data`."""
    work = _Compilation(catalogue)
    blocks = [(f"r{index}", root.key, _root(work, root)) for index, root in enumerate(selection.roots)]
    clauses = [clause for _, _, block in blocks for clause in block.clauses]
    shown = ", ".join(f"{internal}: {block.expression}" for internal, _, block in blocks)
    text = "\n".join([*clauses, f"RETURN {{{shown}}} AS data"])
    finish = finish_map([(internal, key, block.finish) for internal, key, block in blocks])
    return Plan(text, tuple(work.bindings.values()), tuple(work.pages), finish)


def for_kind(statement: Statement, label: str) -> str:
    """A statement that begins at `(item:Item)`, for the items of one kind: so it walks that kind's indexes."""
    return statement.text.replace("(item:Item)", f"(item:{KINDS[label].label})")


def _root(work: _Compilation, root: Root) -> _Block:
    if root.kind is not None and root.page is not None:
        return _root_page(work, root.kind, root.page, root.parts)
    if root.node is None:
        raise ValueError(root)
    item, result = work.variable("n"), work.variable("r")
    inner = _node(work, item, root.node, (root.ids,) if root.ids is not None else ())
    labels = " OR ".join(f"{item}:{label}" for label, _ in root.node.shapes)
    if root.ids is not None:
        ids = work.parameter(root.ids, "ids")
        start = work.fragment("reading/many", node=item).replace("$ids", ids)
        answer = f"collect({{position: position, item: {inner.expression}}})"
        finish: Finisher | None = finish_placed(inner.finish)
    else:
        start = work.fragment("reading/one", node=item).replace("$id", work.parameter(root.id or "", "id"))
        answer, finish = f"collect({inner.expression})[0]", inner.finish
    body = _lines(start, f"  AND ({labels})", *inner.clauses, f"RETURN {answer} AS {result}")
    return _Block((f"CALL () {{\n{body}\n}}",), result, finish)


def _root_page(work: _Compilation, label: str, page: Page, parts: tuple[Part, ...]) -> _Block:
    item = work.variable("n")
    kind = KINDS[label]
    conditions = _conditions(work, item, page)
    sort, prefix = _sort(item, page.order), f"{item}.audience{_direction(page.order)}"
    key = "name" if page.order is Order.name else "at"
    walk = work.fragment("reading/page", node=item).replace(":Item", f":{kind.label}")
    limit = f"LIMIT {_first(work, page)} + 1"
    inside = _lines(
        walk,
        f"  AND {item}.{key} IS NOT NULL AND {item}.id IS NOT NULL",
        *(f"  AND {condition}" for condition in [*conditions, *_keyset(work, item, page)]),
        f"RETURN {item} ORDER BY {prefix}, {sort} {limit}",
    )
    start = f"UNWIND $audiences AS audience\nCALL (audience) {{\n{inside}\n}}\nWITH {item} ORDER BY {sort} {limit}"
    count = work.fragment("reading/count", node=item).replace(":Item", f":{kind.label}")
    counted = _lines(count, *(f"  AND {condition}" for condition in conditions))
    return _connection(work, item, page, parts, _Start("CALL ()", start, counted), outer=())


@dataclass(frozen=True, slots=True)
class _Start:
    """How a page begins: the head of its subquery, the clauses that bind its items, and those that count them."""

    head: str
    page: str
    count: str


def _connection(
    work: _Compilation,
    item: str,
    page: Page,
    parts: tuple[Part, ...],
    start: _Start,
    *,
    outer: tuple[str | None, ...],
) -> _Block:
    chain = (*outer, page.first)
    work.pages.append(chain)
    rows, total = work.variable("rows"), work.variable("total")
    nodes = _distinct_nodes(parts)
    inner = [_node(work, item, node, chain) for node in nodes]
    columns = [f"m{index}: {block.expression}" for index, block in enumerate(inner)]
    columns.append(f"cursor: {_cursor(item, page.order)}")
    carried = [variable for block in inner for variable in block.carried]
    body = _lines(
        start.page,
        *(clause for block in inner for clause in block.clauses),
        *([f"WITH {', '.join([item, *carried])} ORDER BY {_sort(item, page.order)}"] if carried else []),
        f"RETURN collect({{{', '.join(columns)}}}) AS {rows}",
    )
    clauses = [f"{start.head} {{\n{body}\n}}"]
    bound = [rows]
    if any(part.name == "totalCount" for part in parts):
        clauses.append(f"{start.head} {{\n{start.count}\nRETURN count({item}) AS {total}\n}}")
        bound.append(total)
    view = _ConnectionView(rows, total, _first(work, page), page.after is not None, nodes, tuple(inner))
    shown = [(internal, part.key, *_part(view, part)) for internal, part in _named(parts)]
    expression = "{" + ", ".join(f"{internal}: {text}" for internal, _, text, _ in shown) + "}"
    finish = finish_map([(internal, key, done) for internal, key, _, done in shown])
    return _Block(tuple(clauses), expression, finish, tuple(bound))


def _distinct_nodes(parts: tuple[Part, ...]) -> tuple[Node, ...]:
    wanted = [part.node for outer in parts for part in (outer, *outer.inside) if part.node is not None]
    return tuple(dict.fromkeys(wanted))


@dataclass(frozen=True, slots=True)
class _ConnectionView:
    rows: str
    total: str
    first: str
    continued: bool
    nodes: tuple[Node, ...]
    blocks: tuple[_Block, ...]

    def column(self, part: Part) -> tuple[str, Finisher | None]:
        index = self.nodes.index(part.node) if part.node else 0
        return f"row.m{index}", self.blocks[index].finish


def _part(view: _ConnectionView, part: Part) -> tuple[str, Finisher | None]:
    shown = f"{view.rows}[..{view.first}]"
    if part.name == "totalCount":
        return view.total, None
    if part.name == "nodes":
        text, finish = view.column(part)
        return f"[row IN {shown} | {text}]", finish_list(finish)
    if part.name == "edges":
        inside = [(internal, inner.key, *_edge_part(view, inner)) for internal, inner in _named(part.inside)]
        row = "{" + ", ".join(f"{internal}: {text}" for internal, _, text, _ in inside) + "}"
        return f"[row IN {shown} | {row}]", finish_list(finish_map([(i, key, done) for i, key, _, done in inside]))
    if part.name == "pageInfo":
        facts = {
            "hasNextPage": f"size({view.rows}) > {view.first}",
            "hasPreviousPage": "true" if view.continued else "false",
            "startCursor": f"{view.rows}[0].cursor",
            "endCursor": f"last({shown}).cursor",
        }
        told = [(i, inner.key, facts.get(inner.name) or _typename(inner.name)) for i, inner in _named(part.inside)]
        text = "{" + ", ".join(f"{internal}: {fact}" for internal, _, fact in told) + "}"
        return text, finish_map([(internal, key, None) for internal, key, _ in told])
    return _typename(part.name), None


def _edge_part(view: _ConnectionView, part: Part) -> tuple[str, Finisher | None]:
    if part.name == "node":
        return view.column(part)
    return ("row.cursor" if part.name == "cursor" else _typename(part.name)), None


def _typename(name: str) -> str:
    """`__typename:Story`, as the door asked for it: a name that the schema declares, never a caller's word."""
    return f"'{name.partition(':')[2]}'"


def _node(work: _Compilation, item: str, node: Node, chain: tuple[str | None, ...]) -> _Block:
    several = len(node.shapes) > 1
    blocks = [(label, _shape(work, item, KINDS[label], shape, chain, guarded=several)) for label, shape in node.shapes]
    clauses = tuple(clause for _, block in blocks for clause in block.clauses)
    carried = tuple(variable for _, block in blocks for variable in block.carried)
    if not several:
        return _Block(clauses, blocks[0][1].expression, blocks[0][1].finish, carried)
    cases = " ".join(f"WHEN {item}:{label} THEN {block.expression}" for label, block in blocks)
    return _Block(clauses, f"CASE {cases} END", finish_kind({label: block.finish for label, block in blocks}), carried)


def _shape(
    work: _Compilation, item: str, kind: Kind, shape: Shape, chain: tuple[str | None, ...], *, guarded: bool
) -> _Block:
    declared = work.edges(kind.label)
    clauses: list[str] = []
    carried: list[str] = []
    columns: list[tuple[str, str, str, Finisher | None]] = []
    guard = f"WITH {item} WHERE {item}:{kind.label}" if guarded else ""
    for internal, wanted in _named((*shape.fields, *shape.edges)):
        if isinstance(wanted, Edge):
            block = _edge(work, item, declared[wanted.name], wanted, chain=chain, guard=guard)
        elif wanted.name in kind.links:
            block = _link(work, item, edge_of_link(declared, wanted.name), guard)
        else:
            block = _scalar(item, kind, wanted)
        clauses.extend(block.clauses)
        carried.extend(block.carried)
        columns.append((internal, wanted.key, block.expression, block.finish))
    shown = [f"`{internal}`: {expression}" for internal, _, expression, _ in columns]
    if guarded:
        shown.append(f"{KIND}: '{kind.label}'")
    text = "{" + ", ".join(shown) + "}"
    finish = finish_map([(internal, key, done) for internal, key, _, done in columns])
    return _Block(tuple(clauses), text, finish, tuple(carried))


def _scalar(item: str, kind: Kind, wanted: Field) -> _Block:
    if wanted.name == "__typename":
        return _Block((), f"'{kind.label}'", None)
    if wanted.name == "html":
        return _Block((), f"[{item}.content, {item}.format]", lambda given: as_html(*given))
    declared = kind.recorded[wanted.name]
    if declared.type in {datetime, AwareDatetime}:
        return _Block((), f"toString({item}.`{declared.name}`)", None)
    return _Block((), f"{item}.`{declared.name}`", None)


def _link(work: _Compilation, item: str, edge: EdgeDeclaration, guard: str) -> _Block:
    target, found = work.variable("n"), work.variable("l")
    start = work.fragment(edge.fragment, source=item, node=target)
    answer = f"WITH {target} ORDER BY {target}.id RETURN collect({target}.id) AS {found}"
    if not edge.many:
        answer = f"RETURN collect({target}.id)[0] AS {found}"
    return _Block((f"CALL ({item}) {{\n{_lines(guard, start, answer)}\n}}",), found, None, (found,))


def _edge(
    work: _Compilation, item: str, edge: EdgeDeclaration, wanted: Edge, *, chain: tuple[str | None, ...], guard: str
) -> _Block:
    target = work.variable("n")
    start = _lines(guard, work.fragment(edge.fragment, source=item, node=target))
    if wanted.page is None:
        if wanted.node is None:
            raise ValueError(wanted)
        found = work.variable("e")
        inner = _node(work, target, wanted.node, chain)
        body = _lines(start, *inner.clauses, f"RETURN collect({inner.expression})[0] AS {found}")
        return _Block((f"CALL ({item}) {{\n{body}\n}}",), found, inner.finish, (found,))
    page = wanted.page
    sort = _sort(target, page.order)
    conditions = [f"  AND {condition}" for condition in _conditions(work, target, page)]
    if edge.walk:
        conditions.append(f"  AND {target}.at IS NOT NULL AND {target}.id IS NOT NULL")
    keyset = [f"  AND {condition}" for condition in _keyset(work, target, page)]
    distinct = "DISTINCT " if edge.distinct else ""
    prefix = f"{target}.{edge.walk}{_direction(page.order)}, " if edge.walk else ""
    ordered = f"WITH {distinct}{target} ORDER BY {prefix}{sort} LIMIT {_first(work, page)} + 1"
    counted = _lines(start, *conditions, f"WITH {distinct}{target}")
    begin = _Start(f"CALL ({item})", _lines(start, *conditions, *keyset, ordered), counted)
    return _connection(work, target, page, wanted.parts, begin, outer=chain)


def _conditions(work: _Compilation, item: str, page: Page) -> list[str]:
    found = []
    for condition in page.where:
        if condition.field in {"since", "before"}:
            sign = ">=" if condition.field == "since" else "<"
            found.append(f"{item}.at {sign} {work.parameter(condition.value, 'instant')}")
        else:
            found.append(f"{item}.`{condition.field}` = {work.parameter(condition.value, 'plain')}")
    return found


def _keyset(work: _Compilation, item: str, page: Page) -> list[str]:
    if page.after is None:
        return []
    key, sign = ("name" if page.order is Order.name else "at"), ("<" if page.order is Order.newest else ">")
    value, last = work.parameter(page.after, f"after.{key}"), work.parameter(page.after, "after.id")
    return [f"{item}.{key} {sign}= {value} AND ({item}.{key} {sign} {value} OR {item}.id {sign} {last})"]


def _first(work: _Compilation, page: Page) -> str:
    return work.parameter(page.first or "", "first")


def _direction(order: Order) -> str:
    return " DESC" if order is Order.newest else ""


def _sort(item: str, order: Order) -> str:
    key, direction = ("name" if order is Order.name else "at"), _direction(order)
    return f"{item}.{key}{direction}, {item}.id{direction}"


def _cursor(item: str, order: Order) -> str:
    key = f"{item}.name" if order is Order.name else f"toString({item}.at)"
    return f"{key} + '~' + {item}.id"


def _named(wanted: tuple[Any, ...]) -> list[tuple[str, Any]]:
    """Each of what is wanted under a name of its own that owes nothing to the caller's aliases."""
    seen: dict[str, int] = {}
    named = []
    for one in wanted:
        name = one.name.partition(":")[0]
        seen[name] = seen.get(name, 0) + 1
        named.append((name if seen[name] == 1 else f"{name}_{seen[name]}", one))
    return named


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
