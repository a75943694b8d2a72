"""`retell import` on the run's Neo4j; once in and once refused as a person runs it, in a process of its own."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from service.access.tokens import new_token
from service.cli.opening import unknown_key
from service.graph.session import Graph
from service.model.viewer import Scope
from service.settings import Settings
from tests.cli.running import environment_of, retell
from tests.exchange.dumps import answer, question, user, write

COMMAND = (sys.executable, "-c", "from service.cli import main; main()", "import")


@pytest.fixture
def environment(settings: Settings) -> Mapping[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "RETELL_KEY"}
    return {**inherited, **environment_of(settings, settings.data)}


def run(environment: Mapping[str, str], *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, words)], env=dict(environment), capture_output=True, text=True, timeout=300, check=False
    )


async def count(graph: Graph, label: str) -> int:
    found = await graph.read_one("MATCH (n:Item) WHERE $label IN labels(n) RETURN count(n) AS n", {"label": label})
    return int(found["n"]) if found else 0


def ties(folder: Path, content: str) -> Path:
    path = folder / "calls.csv"
    path.write_text(content)
    return path


async def test_a_table_of_ties_goes_in_and_ends_in_a_report(
    empty_graph: Graph, environment: Mapping[str, str], tmp_path: Path
) -> None:
    path = ties(tmp_path, "caller,called\nann,bob\nbob,bob\nann,cy\n")
    report = tmp_path / "report.ndjson"
    done = run(environment, "ties", path, "--teller", "caller", "--listener", "called", "--report", report)
    assert (done.returncode, done.stderr.strip()) == (0, "")
    assert "both its ends are the same person" in done.stdout
    assert await count(empty_graph, "Observation") == 2
    assert [orjson.loads(line) for line in report.read_bytes().splitlines()] == [
        {"file": "calls.csv", "line": 3, "record": None, "why": "both its ends are the same person"}
    ]


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("--teller 1 --listener 2", "nothing could be read"),
        ("--teller who --listener 2", "has no column 'who'"),
        ("--teller 1", "--listener"),
    ],
)
async def test_what_can_not_be_read_ends_in_a_sentence(
    empty_graph: Graph,
    settings: Settings,
    tmp_path: Path,
    words: str,
    wrong: str,
) -> None:
    done = await retell(settings, settings.data, "import", "ties", *words.split(), ties(tmp_path, "a,a\nb,b\n"))
    assert done.exit_code != 0
    assert wrong in done.stderr
    assert await count(empty_graph, "Person") == 0


@pytest.mark.parametrize("harm", ["cut", "entities"])
async def test_a_broken_dump_leaves_the_graph_as_it_was(
    empty_graph: Graph, settings: Settings, tmp_path: Path, harm: str
) -> None:
    folder = write(tmp_path / "dump", {"Users": [user(1), user(2)], "Posts": [question(10, 1), answer(11, 2, 10)]})
    path = folder / "Posts.xml"
    whole = path.read_text(encoding="utf-8-sig")
    bomb = '<!DOCTYPE posts [<!ENTITY a "ha">]>\n<posts>'
    path.write_text(whole[: len(whole) // 2] if harm == "cut" else whole.replace("<posts>", bomb), encoding="utf-8")
    done = await retell(settings, settings.data, "import", "stackexchange", folder)
    assert done.exit_code == 1
    assert "Posts.xml, line" in done.stderr
    assert await count(empty_graph, "Person") == 0


async def test_a_key_of_another_network_is_told_where_it_was_tried_and_how_to_make_one(
    empty_graph: Graph, environment: Mapping[str, str], tmp_path: Path
) -> None:
    words = ("ties", ties(tmp_path, "a,b\n"), "--teller", "1", "--listener", "2", "--key", new_token())
    done = run(environment, *words)
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert f"unknown in the network of {environment['RETELL_NEO4J_URI']}, or revoked there." in line
    assert "`retell key create --name NAME --scope integrate` makes one for it" in line
    assert await count(empty_graph, "Person") == 0


def test_where_the_network_is_in_a_folder_that_is_named_and_given_to_the_remedy(settings: Settings) -> None:
    embedded = replace(settings, neo4j_uri=None, data=Path("/her data/retell"))
    (problem,) = unknown_key(embedded, Scope.read, "").problems
    assert "the network of the folder /her data/retell" in problem.wrong
    assert problem.right.startswith("`retell key create --name NAME --scope read --data '/her data/retell'` makes one")


@pytest.mark.slow
async def test_an_import_that_was_killed_is_taken_up(
    empty_graph: Graph, environment: Mapping[str, str], tmp_path: Path
) -> None:
    path = ties(tmp_path, "".join(f"{teller},{listener}\n" for teller in range(200) for listener in range(60)))
    words = ("ties", str(path), "--teller", "1", "--listener", "2", "--source", "calls")
    killed = await asyncio.create_subprocess_exec(*COMMAND, *words, env=environment, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 200
    while time.monotonic() < until and killed.returncode is None:
        if await empty_graph.read("MATCH (job:Job) RETURN job.done AS done", {}):
            break
        await asyncio.sleep(0.2)
    killed.send_signal(signal.SIGKILL)
    assert await killed.wait() == -signal.SIGKILL
    before = await count(empty_graph, "Observation")
    done = run(environment, *words)
    assert done.returncode == 0
    assert "in before it was cut short" in done.stdout
    assert 0 < before < await count(empty_graph, "Observation") == 200 * 60 - 60
