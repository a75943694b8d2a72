"""`retell cypher`: a Cypher statement that only reads, for who holds the machine or a key that administers."""

import csv
import sys
from collections.abc import AsyncIterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.cli.opening import Data, Key, fail, run_as_operator
from service.doors.cypher.streaming import as_object, lines
from service.doors.http.logs import configure_logs
from service.model.errors import Invalid
from service.model.viewer import Viewer
from service.model.wording import counted
from service.operations.network import Network
from service.operations.statements import Answer, ask
from service.settings import settings_from_environment


class Format(StrEnum):
    """How the answer is written."""

    table = "table"
    json = "json"
    ndjson = "ndjson"
    csv = "csv"


def cypher(
    statement: Annotated[str, typer.Argument(help="The statement; it may only read. It sees the whole graph.")],
    parameter: Annotated[
        list[str] | None, typer.Option(help="name=value; the value as JSON where it is JSON, else as text.")
    ] = None,
    format: Annotated[Format, typer.Option(help="How the answer is written.")] = Format.table,  # noqa: A002
    data: Data = None,
    key: Key = None,
) -> None:
    """Ask the graph in Cypher. Each statement is written down in audit.log, in the folder of the data."""
    parameters = _parameters(parameter or [])
    with _audit_log(settings_from_environment(data).data).open("a", encoding="utf-8") as log:
        configure_logs(log)

        async def work(network: Network, viewer: Viewer) -> Answer:
            async with ask(network, viewer, statement, parameters) as answer:
                await _write(answer, format)
            return answer

        answer = run_as_operator(work, data, key)
    rows = counted(answer.count, "row")
    if answer.truncated:
        print(f"retell: cut short after {rows}, by the limit on {answer.truncated}", file=sys.stderr)  # noqa: T201
    for problem in answer.problems:
        print(f"retell: broken off after {rows}: {problem['wrong']}", file=sys.stderr)  # noqa: T201
    if answer.problems:
        raise typer.Exit(1)


def _parameters(given: list[str]) -> dict[str, Any]:
    parameters = {}
    for pair in given:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            fail(Invalid(f"{pair!r} is not a parameter", right="Write --parameter name=value.", field="parameter"))
        try:
            parameters[name] = orjson.loads(value)
        except orjson.JSONDecodeError:
            parameters[name] = value
    return parameters


def _audit_log(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "audit.log"
    path.touch(mode=0o600)
    return path


async def _write(answer: Answer, how: Format) -> None:
    match how:
        case Format.json:
            await _copy(as_object(answer))
            print()  # noqa: T201
        case Format.ndjson:
            await _copy(lines(answer))
        case Format.csv:
            writer = csv.writer(sys.stdout)
            writer.writerow(answer.columns)
            async for row in answer.rows():
                writer.writerow([_cell(value) for value in orjson.loads(row)])
        case Format.table:
            table = Table()
            for column in answer.columns:
                table.add_column(Text(column))
            async for row in answer.rows():
                table.add_row(*(Text(_cell(value)) for value in orjson.loads(row)))
            Console().print(table)


async def _copy(pieces: AsyncIterator[bytes]) -> None:
    async for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _cell(value: Any) -> str:
    """A value in one cell: text and typed scalars bare, nothing for null, the rest as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and value.keys() == {"$type", "value"} and isinstance(value["value"], str):
        return value["value"]
    return orjson.dumps(value).decode()
