"""`retell cypher` on the run's Neo4j, as somebody at the terminal would type it."""

import csv
import io
import json
from pathlib import Path

import pytest

from service.settings import Settings
from tests.cli.running import retell

STATEMENT = "UNWIND $list AS x RETURN x, 'a,b' AS words, datetime('2024-01-01T00:00Z') AS moment, [x, null] AS list"
PARAMETER = ("--parameter", "list=[1, 2]")


def logged(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "audit.log").read_text().splitlines()]


@pytest.mark.slow
async def test_the_answer_is_a_table_for_people_and_lines_for_programs(
    graph: object, settings: Settings, tmp_path: Path
) -> None:
    assert graph
    table = await retell(settings, tmp_path, "cypher", STATEMENT, *PARAMETER)
    assert table.exit_code == 0, table.stderr
    assert "2024-01-01T00:00:00Z" in table.stdout
    lines = await retell(settings, tmp_path, "cypher", STATEMENT, *PARAMETER, "--format", "ndjson")
    assert [json.loads(line).get("row", [None])[0] for line in lines.stdout.splitlines()] == [None, 1, 2, None]
    commas = await retell(settings, tmp_path, "cypher", STATEMENT, *PARAMETER, "--format", "csv")
    assert list(csv.reader(io.StringIO(commas.stdout))) == [
        ["x", "words", "moment", "list"],
        ["1", "a,b", "2024-01-01T00:00:00Z", "[1,null]"],
        ["2", "a,b", "2024-01-01T00:00:00Z", "[2,null]"],
    ]
    named = ("RETURN $who AS who", "--parameter", "who=Ada")
    whole = await retell(settings, tmp_path, "cypher", *named, "--format", "json")
    assert json.loads(whole.stdout)["rows"] == [["Ada"]]
    assert [line["event"] for line in logged(tmp_path)] == ["statement.asked", "statement.ended"] * 4
    assert "Ada" not in json.dumps(logged(tmp_path))


async def test_a_write_is_refused_in_one_sentence(graph: object, settings: Settings, tmp_path: Path) -> None:
    assert graph
    refused = await retell(settings, tmp_path, "cypher", "MATCH (n) DELETE n")
    assert refused.exit_code == 1
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert line.startswith("retell: statement: Line 1, column 11: DELETE writes.")
    assert [one["outcome"] for one in logged(tmp_path)] == ["invalid"]
