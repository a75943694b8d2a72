"""`retell change-conventions`: what the network calls the stages of a community and the layers of the pyramid."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from service.cli.answers import AsJson, print_answer, print_json
from service.cli.opening import Data, Key, run_as_operator
from service.model.errors import Invalid
from service.model.viewer import Viewer
from service.operations.network import Network


def change_conventions(
    path: Annotated[Path, typer.Argument(help="A JSON or TOML file with `dimensions`, `pyramid` or both.")],
    *,
    json: AsJson = False,
    key: Key = None,
    data: Data = None,
) -> None:
    """Change what the network calls its stages and layers; what the file leaves out stays, null is as shipped."""
    from service.operations import conventions

    changes = _read(path)

    async def changed(network: Network, viewer: Viewer) -> Any:
        return await conventions.change_conventions(network, viewer, changes)

    found = run_as_operator(changed, data, key)
    print_json(found) if json else print_answer(found)


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes()
        found: Any = tomllib.loads(text.decode()) if path.suffix == ".toml" else orjson.loads(text)
    except (OSError, ValueError) as error:
        raise Invalid(f"{path} can't be read: {error}", right="Give a file of JSON or TOML.", field="path") from None
    if not isinstance(found, dict):
        raise Invalid(f"{path} holds no object", right="Give `dimensions`, `pyramid` or both by name.", field="path")
    return found
