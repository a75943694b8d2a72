"""`retell change-conventions` on the run's Neo4j, as whoever runs a network would type it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from service.graph.session import Graph
from service.settings import Settings
from tests.emptying import emptied


def retell(settings: Settings, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("RETELL_")},
        "RETELL_NEO4J_URI": settings.neo4j_uri or "",
        "RETELL_NEO4J_USER": settings.neo4j_user,
        "RETELL_NEO4J_PASSWORD": settings.neo4j_password,
        "RETELL_DATA": str(folder),
    }
    command = [sys.executable, "-c", "from service.cli import main; main()", "change-conventions", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


async def test_a_file_says_what_the_stages_are(graph: Graph, settings: Settings, tmp_path: Path) -> None:
    await emptied(graph)
    own = tmp_path / "own.toml"
    own.write_text('[[dimensions]]\nname = "one"\nstages = ["first", "last"]\n', encoding="utf-8")
    changed = retell(settings, tmp_path, str(own), "--json")
    assert changed.returncode == 0, changed.stderr
    shown = json.loads(changed.stdout)
    assert (shown["dimensions"], shown["version"]) == ([{"name": "one", "stages": ["first", "last"]}], 1)
    assert len(shown["pyramid"]) == 8
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"dimensions": [{"name": "one", "stages": ["first", "First"]}]}', encoding="utf-8")
    refused = retell(settings, tmp_path, str(wrong))
    assert refused.returncode == 1
    assert "dimensions.0.stages.1: This name comes twice. Give each name once." in refused.stderr
    for words, content in (("can't be read", "not json"), ("holds no object", "[]")):
        wrong.write_text(content, encoding="utf-8")
        refused = retell(settings, tmp_path, str(wrong))
        assert refused.returncode == 2
        assert words in " ".join(refused.stderr.split())
