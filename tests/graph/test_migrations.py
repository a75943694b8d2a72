"""The schema's numbered files: applied once, by one service, and refused by name when they are not what was applied."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from service.data import data_path
from service.graph import migrations
from service.graph.opening import open_graph
from service.graph.session import Graph
from service.model.errors import Unavailable
from service.settings import Settings

TRIAL = """// Two statements; the sentence in the first has a semicolon; it is not an end.
MERGE (trial:Trial {words: 'a; b'})
  ON CREATE SET trial.count = 1
  ON MATCH SET trial.count = trial.count + 1;
CREATE INDEX trial_words IF NOT EXISTS FOR (trial:Trial) ON (trial.words);
"""


@pytest_asyncio.fixture
async def folder(graph: Graph, tmp_path: Path) -> AsyncIterator[Path]:
    """The real migrations and one more, which is undone afterwards."""
    copied = tmp_path / "graph"
    shutil.copytree(data_path("schema") / "graph", copied)
    (copied / "900_trial.cypher").write_text(TRIAL, encoding="utf-8")
    yield copied
    await graph.write("MATCH (migration:Migration {number: 900}) DELETE migration")
    await graph.write("MATCH (trial:Trial) DELETE trial")
    await graph.write("DROP INDEX trial_words IF EXISTS")


async def test_a_migration_is_applied_once_and_written_down(graph: Graph, folder: Path) -> None:
    assert await migrations.apply(graph, folder) == ["900_trial"]
    assert await migrations.apply(graph, folder) == []
    assert await graph.read("MATCH (trial:Trial) RETURN trial.words AS words, trial.count AS count") == [
        {"words": "a; b", "count": 1}
    ]
    (row,) = await graph.read("MATCH (migration:Migration {number: 900}) RETURN migration {.*} AS recorded")
    assert row["recorded"]["name"] == "900_trial"
    assert len(row["recorded"]["checksum"]) == 64
    assert row["recorded"]["at"] is not None


async def test_services_that_start_together_apply_it_once(graph: Graph, settings: Settings, folder: Path) -> None:
    async with await open_graph(settings) as other, await open_graph(settings) as third:
        applied = await asyncio.gather(*(migrations.apply(each, folder) for each in (graph, other, third)))
    assert sorted(applied) == [[], [], ["900_trial"]]
    assert await graph.read("MATCH (trial:Trial) RETURN trial.count AS count") == [{"count": 1}]


async def test_a_migration_that_was_changed_is_refused_by_name(graph: Graph, folder: Path) -> None:
    await migrations.apply(graph, folder)
    (folder / "900_trial.cypher").write_text(TRIAL.replace("a; b", "a; c"), encoding="utf-8")
    with pytest.raises(Unavailable, match="900_trial has been changed"):
        await migrations.apply(graph, folder)


async def test_a_migration_that_is_missing_is_refused_by_name(graph: Graph, folder: Path) -> None:
    await migrations.apply(graph, folder)
    (folder / "900_trial.cypher").unlink()
    with pytest.raises(Unavailable, match="900_trial, which this Retell does not have"):
        await migrations.apply(graph, folder)


async def test_a_migration_that_was_cut_off_is_applied_whole_the_next_time(graph: Graph, folder: Path) -> None:
    broken = folder / "900_trial.cypher"
    broken.write_text(TRIAL + "THIS IS NOT CYPHER;\n", encoding="utf-8")
    with pytest.raises(Exception, match="Invalid input"):
        await migrations.apply(graph, folder)
    broken.write_text(TRIAL, encoding="utf-8")
    assert await migrations.apply(graph, folder) == ["900_trial"]


@pytest.mark.parametrize("name", ["next.cypher", "900_again.cypher"])
async def test_a_file_without_a_number_of_its_own_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text("RETURN 1;", encoding="utf-8")
    with pytest.raises(ValueError, match=r"number of its own"):
        migrations.migrations(folder)


async def test_what_was_foretold_on_a_communitys_audience_is_taken_away(empty_graph: Graph) -> None:
    graph, applied = empty_graph, "011_predictions_to_everyone"
    await graph.write(
        "UNWIND ['everyone', 'community:1', 'community:2'] AS audience UNWIND range(1, 150) AS number "
        "CREATE (one:Prediction {id: audience + number, audience: audience}) "
        "FOREACH (_ IN range(1, number % 3) | CREATE (one)-[:FORETOLD]->(:Chance), (one)-[:EXPECTED]->(:Spread))"
    )
    await graph.write("MATCH (migration:Migration {number: 11}) DELETE migration")
    assert await migrations.apply(graph) == [applied]
    left = await graph.read("MATCH (one:Prediction) RETURN one.audience AS audience, count(*) AS count")
    assert left == [{"audience": "everyone", "count": 150}]
    parts = await graph.read(
        "MATCH (one:Chance|Spread) RETURN exists((:Prediction)-->(one)) AS held, count(*) AS count"
    )
    assert parts == [{"held": True, "count": 300}]


async def test_every_index_and_constraint_of_the_schema_is_online(graph: Graph) -> None:
    (row,) = await graph.read("SHOW INDEXES YIELD state RETURN collect(DISTINCT state) AS states, count(*) AS count")
    assert row["states"] == ["ONLINE"]
    (first, *_) = migrations.migrations(data_path("schema") / "graph")
    assert row["count"] >= len(first.statements)
