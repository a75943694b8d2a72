"""Who writes in the tests of writing, and what they write."""

from collections.abc import Iterable, Mapping
from typing import Any

from service.model.viewer import EVERYONE, Scope, Viewer
from service.operations.batches import RowOutcome
from service.operations.bulk import MOST_TOGETHER, Line, write_rows
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.writing import Request, create

AT = "2026-01-02T03:04:05Z"


def member(person: str, *audiences: str) -> Viewer:
    """Somebody who writes as themselves and belongs to some audiences."""
    own = (EVERYONE, f"person:{person}", *audiences)
    return Viewer(principal=f"key of {person}", person_id=person, audiences=own, scopes=frozenset({Scope.contribute}))


def integrator(*audiences: str) -> Viewer:
    """A system that writes for others, and sees what is for everyone and for these audiences."""
    scopes = frozenset({Scope.integrate})
    return Viewer(principal="integrator", person_id=None, audiences=(EVERYONE, *audiences), scopes=scopes)


async def made(network: Network, label: str, writer: Viewer = OPERATOR, /, **fields: Any) -> str:
    """The id of a new item."""
    return (await create(network, writer, label, fields)).id


async def person(network: Network, name: str = "Mary") -> str:
    """The id of a new person."""
    return await made(network, "Person", name=name)


async def written(
    network: Network,
    rows: Iterable[Mapping[str, object] | bytes],
    viewer: Viewer = OPERATOR,
    *,
    atomic: bool = False,
    dry_run: bool = False,
    key: str | None = None,
    most_together: int = MOST_TOGETHER,
) -> list[RowOutcome]:
    """What became of rows in bulk."""

    async def lines() -> Any:
        for number, row in enumerate(rows, 1):
            yield Line(number, row)

    request = Request(idempotency_key=key)
    outcomes = write_rows(
        network, viewer, lines(), atomic=atomic, dry_run=dry_run, request=request, most_together=most_together
    )
    return [outcome async for outcome in outcomes]


async def contents(network: Network) -> list[Any]:
    """Everything that is in the graph, in one order, whatever the kind."""
    rows = await network.graph.read(
        "MATCH (node) WHERE NOT node:Migration AND NOT node:MigrationLock AND NOT node:Lease "
        "RETURN labels(node) AS labels, properties(node) AS properties, "
        "COLLECT { MATCH (node)-[link]->(end) RETURN [type(link), end.id] } AS links"
    )
    return sorted(
        (sorted(row["labels"]), sorted((k, str(v)) for k, v in row["properties"].items()), sorted(row["links"]))
        for row in rows
    )


async def items(network: Network) -> list[Any]:
    """The same of the items alone, without their changes and records."""
    return [one for one in await contents(network) if "Item" in one[0]]
