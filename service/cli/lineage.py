"""`retell lineage`: out of what a piece of knowledge came."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from service.cli.answers import AsJson, SeenAudience, console, print_basis, print_json
from service.cli.asking import ask_as
from service.cli.naming import id_of, scope_of
from service.cli.opening import Data, Key
from service.model.lineage import Lineage, LineageQuestion
from service.model.viewer import Viewer
from service.operations.network import Network


def lineage(
    knowledge: Annotated[str, typer.Argument(help="Explicit knowledge, by its title or id, or an insight's id.")],
    audience: SeenAudience = None,
    json: AsJson = False,
    key: Key = None,
    data: Data = None,
) -> None:
    """Follow knowledge back to the insights, stories and people that it came from."""
    from service.operations import lineage as lineages

    async def asked(network: Network, viewer: Viewer) -> Lineage:
        named = await id_of(network, viewer, knowledge, "knowledge")
        seen_by = await scope_of(network, viewer, audience, "audience") if audience else None
        return await lineages.lineage(network, viewer, LineageQuestion(knowledge=named, audience=seen_by))

    answer = ask_as(asked, data, key, json=json)
    if json:
        print_json(answer)
        return
    for line in answer.tree:
        console.print(escape(line), soft_wrap=True)
    if answer.reason:
        console.print(escape(answer.reason))
    if answer.truncated:
        console.print(f"It goes on: only {answer.basis.most_steps} things were followed.")
    table = Table("person", "part", title="Who had a part in it", title_justify="left")
    for one in answer.people:
        table.add_row(escape(one.person.name), ", ".join(part.value for part in one.parts))
    console.print(table)
    print_basis(answer.basis)
