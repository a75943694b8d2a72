"""`retell export`: everything that a key may see, as NDJSON."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from service.cli.opening import Data, Key, run_as_operator
from service.model.viewer import Scope, Viewer
from service.model.wording import counted
from service.operations.exporting import export_rows
from service.operations.network import Network


def export(
    path: Annotated[Path, typer.Argument(help="The file to write; - for standard output.")],
    key: Key = None,
    data: Data = None,
) -> None:
    """Write every item that the key may see, one JSON object a line; `retell import ndjson` reads it back."""

    async def written(network: Network, viewer: Viewer) -> int:
        count = 0
        with nullcontext(sys.stdout.buffer) if str(path) == "-" else path.open("wb") as file:
            async for line in export_rows(network, viewer):
                file.write(line)
                count += 1
        return count

    count = run_as_operator(written, data, key, scope=Scope.read)
    typer.echo(f"{counted(count, 'item')} written to {path}", err=True)
