"""`retell db`: the embedded database's programs, fetched beforehand for networks that are closed later."""

import typer

from service.cli.opening import fail
from service.model.errors import RetellError
from service.operations.network import fetch_database

app = typer.Typer(help="The embedded database.", no_args_is_help=True)


@app.command()
def fetch() -> None:
    """Fetch and check the programs of the embedded Neo4j, so that a start needs no network."""
    try:
        folder = fetch_database()
    except RetellError as error:
        fail(error)
    print(f"The embedded database is complete in {folder}")  # noqa: T201


@app.callback()
def _() -> None:
    """Keep `fetch` a word of its own while it is the only one."""
