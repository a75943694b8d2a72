"""`retell cypher` on the run's Neo4j, as somebody at the terminal would type it."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.settings import Settings

STATEMENT = "UNWIND $list AS x RETURN x, 'a,b' AS words, datetime('2024-01-01T00:00Z') AS moment, [x, null] AS list"
PARAMETER = ("--parameter", "list=[1, 2]")


@pytest.fixture
def retell(settings: Settings, tmp_path: Path) -> "Retell":
    return Retell(settings, tmp_path)


class Retell:
    """The command in a folder of its own."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("RETELL_")},
            "RETELL_NEO4J_URI": settings.neo4j_uri or "",
            "RETELL_NEO4J_USER": settings.neo4j_user,
            "RETELL_NEO4J_PASSWORD": settings.neo4j_password,
            "RETELL_DATA": str(folder),
        }

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from service.cli import main; main()", "cypher", *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120, check=False)

    def logged(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in (self.folder / "audit.log").read_text().splitlines()]


def test_the_answer_is_a_table_for_people_and_lines_for_programs(graph: object, retell: Retell) -> None:
    assert graph
    table = retell(STATEMENT, *PARAMETER)
    assert table.returncode == 0, table.stderr
    assert "2024-01-01T00:00:00Z" in table.stdout
    lines = retell(STATEMENT, *PARAMETER, "--format", "ndjson")
    assert [json.loads(line).get("row", [None])[0] for line in lines.stdout.splitlines()] == [None, 1, 2, None]
    rows = list(csv.reader(io.StringIO(retell(STATEMENT, *PARAMETER, "--format", "csv").stdout)))
    assert rows == [
        ["x", "words", "moment", "list"],
        ["1", "a,b", "2024-01-01T00:00:00Z", "[1,null]"],
        ["2", "a,b", "2024-01-01T00:00:00Z", "[2,null]"],
    ]
    whole = json.loads(retell("RETURN $who AS who", "--parameter", "who=Ada", "--format", "json").stdout)
    assert whole["rows"] == [["Ada"]]
    assert [line["event"] for line in retell.logged()] == ["statement.asked", "statement.ended"] * 4
    assert "Ada" not in json.dumps(retell.logged())


def test_a_write_is_refused_in_one_sentence(graph: object, retell: Retell) -> None:
    assert graph
    refused = retell("MATCH (n) DELETE n")
    assert refused.returncode == 1
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert line.startswith("retell: statement: Line 1, column 11: DELETE writes.")
    assert [one["outcome"] for one in retell.logged()] == ["invalid"]
