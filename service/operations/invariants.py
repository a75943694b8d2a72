"""What must never be found in the graph, whatever was written: looked for after imports, restores and every test."""

from dataclasses import dataclass

from service.model.kinds import KINDS
from service.operations.network import Network

MOST_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that the graph breaks."""

    name: str
    rule: str
    """The rule in words."""
    ids: list[str]
    """Items that break it; the first ten."""
    count: int


async def violations(network: Network) -> list[Violation]:
    """Every rule of `cypher/invariants/` that the graph breaks; none, in a sound graph. Reads the whole graph."""
    known = parameters()
    found = []
    for statement in network.graph.catalogue.folder("invariants"):
        given = {name: known[name] for name in statement.parameters}
        rows = await network.graph.read(statement.text, given)
        if rows:
            ids = [str(row["id"]) for row in rows[:MOST_SHOWN]]
            found.append(Violation(statement.name.removeprefix("invariants/"), statement.doc, ids, len(rows)))
    return found


def parameters() -> dict[str, list[str]]:
    """What the rules are told of the model: its labels, and every way in which it joins two kinds."""
    return {"labels": list(KINDS), "permitted": _permitted_links()}


def _permitted_links() -> list[str]:
    """Every way in which the model joins two kinds, as `From TYPE To`."""
    links = [(kind.label, given.link) for kind in KINDS.values() for given in kind.links.values() if given.link]
    return [
        f"{other} {link.relationship} {label}" if link.incoming else f"{label} {link.relationship} {other}"
        for label, link in links
        for other in link.to
    ]
