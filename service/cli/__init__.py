"""The `retell` command: it translates words into operations, and answers into tables."""

import typer

from service.cli import contracts, database, imports, keys
from service.cli.amplification import cascade, paths
from service.cli.communities import communities
from service.cli.conventions import change_conventions
from service.cli.cypher import cypher
from service.cli.exporting import export
from service.cli.items import list_items, show
from service.cli.lineage import lineage
from service.cli.questions import add_questions
from service.cli.search import search
from service.cli.serve import serve
from service.cli.usage import Root, refuse_alike
from service.doors.http.logs import configure_logs

app = typer.Typer(
    cls=Root, help="A knowledge network: who tells what to whom, and how it travels.", no_args_is_help=True
)
app.command("list")(list_items)
for command in (serve, show, search, paths, cascade, lineage, communities, cypher, export, change_conventions):
    app.command()(command)
add_questions(app)
app.add_typer(imports.app, name="import")
app.add_typer(keys.app, name="key")
app.add_typer(database.app, name="db")
app.add_typer(contracts.app, name="contracts")
refuse_alike(app)


def main() -> None:
    """Run the command; what it logs is no part of its output."""
    configure_logs()
    app()
