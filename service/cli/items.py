"""`retell show` and `retell list`: any item by its id, any kind as a list."""

from datetime import datetime
from typing import Annotated, Any

import orjson
import typer
from pydantic import AwareDatetime
from rich.markup import escape
from rich.table import Column, Table

from service.cli.answers import AsJson, console
from service.cli.naming import NAMED
from service.cli.opening import Data, Key, run_as
from service.model.errors import Invalid
from service.model.kinds import KINDS
from service.model.selection import Order
from service.model.viewer import Viewer
from service.operations.network import Network

PATHS = {kind.path: kind.label for kind in KINDS.values()}
_LONGEST = 80


def show(
    item: Annotated[str, typer.Argument(help="The item's name, title or id, or a reference source/externalId.")],
    json: AsJson = False,
    key: Key = None,
    data: Data = None,
) -> None:
    """Show an item of any kind: a person, a story, an insight, what was said in a conversation."""
    from service.operations import reading
    from service.operations.references import id_of_name

    async def found(network: Network, viewer: Viewer) -> tuple[str, dict[str, Any]]:
        return await reading.find(network, viewer, await id_of_name(network, viewer, item, "item", NAMED))

    label, fields = run_as(found, data, key)
    if json:
        _print_json({"type": label, **fields})
        return
    console.print(f"[bold]{escape(_title(fields))}[/bold] [dim]{label} {fields['id']}[/dim]")
    if fields.get("text"):
        console.print(escape(fields["text"]))
    for name, value in fields.items():
        if name not in {"id", "text", "html", "content", "title", "name"} and value not in (None, []):
            console.print(f"[dim]{name}:[/dim] {escape(_shown(label, name, value))}", soft_wrap=True)


def list_items(
    kind: Annotated[str, typer.Argument(help=f"What to list: {', '.join(PATHS)}.")],
    first: Annotated[int, typer.Option(help="How many at most: 1 to 100.")] = 20,
    after: Annotated[str | None, typer.Option(help="The cursor that the page before ended with.")] = None,
    order: Annotated[Order, typer.Option(help="In which order; names only where there are names.")] = Order.newest,
    json: AsJson = False,
    key: Key = None,
    data: Data = None,
) -> None:
    """List what there is of a kind, the newest first."""
    from service.operations import reading

    async def listed(network: Network, viewer: Viewer) -> dict[str, Any]:
        if kind not in PATHS:
            raise Invalid(f"There is no kind {kind!r}", right=f"One of: {', '.join(PATHS)}.", field="kind")
        if order is Order.name and not KINDS[PATHS[kind]].named:
            raise Invalid(f"{kind} have no names to sort by", right="Use newest or oldest.", field="order")
        values = {"first": first, "after": after}
        return await reading.page(network, viewer, PATHS[kind], order=order, values=values)

    answer = run_as(listed, data, key)
    if json:
        _print_json(answer)
        return
    # An id is for the next command: the words beside it give way.
    table = Table("at", "what", Column("id", no_wrap=True), box=None)
    for fields in answer["items"]:
        table.add_row(str(fields["at"])[:10], escape(_title(fields)[:_LONGEST]), fields["id"])
    console.print(table)
    if answer["page"]["hasNextPage"]:
        console.print(f"[dim]More: --after '{answer['page']['endCursor']}'[/dim]", soft_wrap=True)


def _shown(label: str, name: str, value: Any) -> str:
    """A field of an item in a line; a moment is written as it is under every answer."""
    if KINDS[label].recorded[name].type in {datetime, AwareDatetime}:
        return f"{datetime.fromisoformat(value):%Y-%m-%d %H:%M} UTC"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _title(fields: dict[str, Any]) -> str:
    known = next((str(fields[name]) for name in ("name", "title", "text") if fields.get(name)), "")
    return known or ", ".join(
        str(fields[name]) for name in ("kind", "mode", "stage", "profession", "role") if name in fields
    )


def _print_json(value: object) -> None:
    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
