"""The nested read three ways in one run: compiled, by graphql-core with DataLoaders, and compiled without the rule.

Run by `python -m benchmarks reads` on the demonstration network. Requests a second at eight at once, in one process,
without HTTP, so that what is compared is how a document becomes an answer. The answers are compared first.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from graphql import GraphQLResolveInfo, build_schema, graphql
from strawberry.dataloader import DataLoader

from benchmarks.reporting import Table
from service.doors.graphql.endpoint import GraphQLDoor
from service.doors.graphql.schema import schema
from service.graph.catalogue import Catalogue
from service.model.kinds import KINDS
from service.model.selection import Edge, Field, Node, Page, Part, Root, Selection, Shape
from service.model.viewer import Viewer
from service.operations.network import Network
from service.operations.reading import edges_from, prepare, read

AT_ONCE = 8
SECONDS = 8.0
DOCUMENT = """
query Nested($first: Int!) {
  stories(first: $first) {
    nodes {
      id title at kind
      teller { id name }
      about(first: 5) { nodes { id name } }
      amplifications(first: 5) { nodes { id kind at by { id name } } }
    }
  }
}
"""
VARIABLES = {"first": 10}


async def run(network: Network, viewer: Viewer, table: Table) -> None:
    """Measure the three, side by side, in turns."""
    compiled = GraphQLDoor(network)
    bare = GraphQLDoor(Network(replace(network.graph, catalogue=_without_rules(network.graph.catalogue))))
    parsed = build_schema(schema().as_str())

    async def by_compiling() -> Any:
        return (await compiled.answer(viewer, {"query": DOCUMENT, "variables": VARIABLES}))["data"]

    async def without_the_rule() -> Any:
        return (await bare.answer(viewer, {"query": DOCUMENT, "variables": VARIABLES}))["data"]

    async def by_loaders() -> Any:
        resolver = Resolver(network, viewer)
        result = await graphql(parsed, DOCUMENT, variable_values=VARIABLES, field_resolver=resolver.resolve)
        if result.errors:
            raise result.errors[0]
        return result.data

    first, second = await by_compiling(), await by_loaders()
    if json.dumps(first, sort_keys=True) != json.dumps(second, sort_keys=True):
        raise SystemExit("the two ways of reading do not agree")
    ways = {"compiled": by_compiling, "compiled, no rule": without_the_rule, "DataLoaders": by_loaders}
    rates = dict.fromkeys(ways, 0.0)
    for _ in range(3):
        for name, way in ways.items():
            rates[name] = max(rates[name], await _rate(way))
    table.row("nested read, compiled", f"{rates['compiled']:.0f} requests/s", "")
    table.row("nested read, DataLoaders", f"{rates['DataLoaders']:.0f} requests/s", "")
    table.row("compiled against DataLoaders", f"{rates['compiled'] / rates['DataLoaders']:.1f} times", "at least 4")
    cost = 1 - rates["compiled"] / rates["compiled, no rule"]
    table.row("cost of the visibility rule", f"{max(cost, 0):.1%}", "at most 15 %")


async def _rate(way: Callable[[], Awaitable[Any]]) -> float:
    """Requests a second at `AT_ONCE` at a time, after a short warm-up."""
    for _ in range(20):
        await way()
    done, until = 0, time.perf_counter() + SECONDS / 3

    async def client() -> None:
        nonlocal done
        while time.perf_counter() < until:
            await way()
            done += 1

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(AT_ONCE)))
    return done / (time.perf_counter() - started)


def _without_rules(catalogue: Catalogue) -> Catalogue:
    for name in catalogue.names():
        if name.startswith("edges/"):
            for occurrence in range(len(catalogue.statement(name).rules)):
                catalogue = catalogue.without_rule(name, occurrence)
    return catalogue


class Resolver:
    """One request the usual way: graphql-core walks the document, and each edge has a loader that batches its items."""

    def __init__(self, network: Network, viewer: Viewer) -> None:
        self.network, self.viewer = network, viewer
        self.loaders: dict[object, DataLoader[str, Any]] = {}

    def resolve(self, source: Any, info: GraphQLResolveInfo[Any], **given: Any) -> Any:
        """A field of the answer: a root, an edge by its loader, or what was read with the item."""
        if source is None:
            return self._list(given)
        if not isinstance(source, dict) or info.field_name in source:
            return source[info.field_name]
        key = (info.parent_type.name, info.field_name, json.dumps(given))
        if key not in self.loaders:
            self.loaders[key] = self._loader(info, given)
        return self.loaders[key].load(source["id"])

    async def _list(self, given: dict[str, Any]) -> Any:
        parts = (Part("nodes", "nodes", node=_scalars("Story")),)
        selection = Selection((Root("list", kind="Story", page=Page("first"), parts=parts),))
        return (await read(self.network, self.viewer, _prepared(self.network, selection), given))["list"]

    def _loader(self, info: GraphQLResolveInfo[Any], given: dict[str, Any]) -> DataLoader[str, Any]:
        label, name = info.parent_type.name, info.field_name
        target = edges_from(label)[name].to[0]
        if edges_from(label)[name].many:
            edge = Edge("edge", name, page=Page("first"), parts=(Part("nodes", "nodes", node=_scalars(target)),))
        else:
            edge = Edge("edge", name, node=_scalars(target))
        root = Root("items", node=Node(((label, Shape((Field("id", "id"),), (edge,))),)), ids="ids")
        prepared = _prepared(self.network, Selection((root,)))

        async def load(ids: list[str]) -> list[Any]:
            answer = await read(self.network, self.viewer, prepared, {**given, "ids": ids})
            return [item and item["edge"] for item in answer["items"]]

        return DataLoader(load_fn=load, max_batch_size=100)


def _scalars(label: str) -> Node:
    fields = [name for name, field in KINDS[label].recorded.items() if not field.link and name != "html"]
    return Node(((label, Shape(tuple(Field(name, name) for name in fields))),))


_kept: dict[Selection, Any] = {}


def _prepared(network: Network, selection: Selection) -> Any:
    if selection not in _kept:
        _kept[selection] = prepare(network, selection)
    return _kept[selection]
