"""`retell change-conventions` on the run's Neo4j, as whoever runs a network would type it."""

import json
from pathlib import Path

import pytest

from service.graph.session import Graph
from service.settings import Settings
from tests.cli.running import retell
from tests.emptying import emptied


@pytest.mark.slow
async def test_a_file_says_what_the_stages_are(graph: Graph, settings: Settings, tmp_path: Path) -> None:
    await emptied(graph)
    own = tmp_path / "own.toml"
    own.write_text('[[dimensions]]\nname = "one"\nstages = ["first", "last"]\n', encoding="utf-8")
    changed = await retell(settings, tmp_path, "change-conventions", own, "--json")
    assert changed.exit_code == 0, changed.stderr
    shown = json.loads(changed.stdout)
    assert (shown["dimensions"], shown["version"]) == ([{"name": "one", "stages": ["first", "last"]}], 1)
    assert len(shown["pyramid"]) == 8
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"dimensions": [{"name": "one", "stages": ["first", "First"]}]}', encoding="utf-8")
    refused = await retell(settings, tmp_path, "change-conventions", wrong)
    assert refused.exit_code == 1
    assert "dimensions.0.stages.1: This name comes twice. Give each name once." in refused.stderr
    for words, content in (("can't be read", "not json"), ("holds no object", "[]")):
        wrong.write_text(content, encoding="utf-8")
        refused = await retell(settings, tmp_path, "change-conventions", wrong)
        assert refused.exit_code == 2
        assert words in " ".join(refused.stderr.split())
