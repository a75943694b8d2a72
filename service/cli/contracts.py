"""`retell contracts export`: the GraphQL schema and the OpenAPI contract as files."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

app = typer.Typer(help="Export the contracts of the doors.", no_args_is_help=True)


@app.command()
def export(folder: Annotated[Path, typer.Argument(help="Where to write them.")] = Path("schema")) -> None:
    """Write schema.graphql and openapi.json."""
    from service.app import contracts

    graphql, openapi = contracts()
    (folder / "schema.graphql").write_text(graphql + "\n", encoding="utf-8")
    (folder / "openapi.json").write_bytes(
        orjson.dumps(openapi, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
    )


@app.callback()
def _() -> None:
    """Keep `export` a word of its own while it is the only one."""
