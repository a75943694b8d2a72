"""The edges of the model, as the fragments in `cypher/edges/` declare them: what leads from which kind to which."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from service.graph.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class EdgeDeclaration:
    """A step that a reader may take: from items of `source`, by `name`, to items of the kinds `to`."""

    source: str
    name: str
    to: tuple[str, ...]
    many: bool
    description: str
    fragment: str
    link: str | None
    """The field that shows the same step as ids: `tellerId` for `teller`."""
    walk: str | None
    """The property whose index gives its pages in order."""
    distinct: bool


@lru_cache(maxsize=16)
def declared_edges(catalogue: Catalogue) -> Mapping[str, Mapping[str, EdgeDeclaration]]:
    """Every edge by the kind that it starts from and its name."""
    found: dict[str, dict[str, EdgeDeclaration]] = {}
    for statement in catalogue.folder("edges"):
        for place in statement.headers["edge"].split(", "):
            source, name = place.split(".")
            found.setdefault(source, {})[name] = EdgeDeclaration(
                source=source,
                name=name,
                to=tuple(statement.headers["to"].split(", ")),
                many=statement.headers["result"] == "rows",
                description=statement.doc,
                fragment=statement.name,
                link=statement.headers.get("link"),
                walk=statement.headers.get("walk"),
                distinct="distinct" in statement.headers,
            )
    return MappingProxyType({source: MappingProxyType(edges) for source, edges in found.items()})


def edge_of_link(edges: Mapping[str, EdgeDeclaration], link: str) -> EdgeDeclaration:
    """The edge that a link field such as `tellerId` shows as ids."""
    return next(edge for edge in edges.values() if edge.link == link)
