"""The evidence of a large network: read row by row and as flat lists, each twice, its size, and ties at a moment.

`python -m benchmarks.projection` plants a million acts first (`--acts`), which takes some minutes.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import numpy as np

from benchmarks.reporting import Table
from service.graph.projection import Projection, Projections
from service.graph.projection_reading import everything
from service.graph.projection_state import State, Store, state_of, store_of
from service.measures.ties import Evidence, ties_at
from service.model.viewer import EVERYONE
from service.operations import writing
from service.operations.changes import number_changes
from service.operations.keys import OPERATOR
from service.operations.network import Network, open_network
from service.settings import settings_from_environment

ACTS: Final = 1_000_000
PEOPLE: Final = 20_000
STORIES: Final = 40_000
ROW_BY_ROW: Final = 50_000
"""Of how many acts the rows are read one by one: all of them would take minutes."""
START: Final = 1_650_000_000
SECONDS: Final = 4 * 365 * 86_400
COMMUNITY: Final = f"community:{UUID(int=1 << 100)}"
AT_ONCE: Final = 10_000
KINDS: Final = (("Amplification", "share"), ("Observation", "read"), ("Feedback", "comment"), ("Support", "advice"))
SHARES: Final = (6, 2, 1, 1)

PEOPLE_TEXT = """
UNWIND $rows AS row
CREATE (item:Item:Person {id: row.id, name: row.id, audience: row.audience, at: datetime({epochSeconds: row.at}),
  createdAt: datetime({epochSeconds: row.at}), updatedAt: datetime({epochSeconds: row.at}), version: 1})
"""
STORIES_TEXT = """
UNWIND $rows AS row
MATCH (teller:Item {id: row.by})
CREATE (item:Item:Story {id: row.id, title: row.id, audience: row.audience, at: datetime({epochSeconds: row.at}),
  createdAt: datetime({epochSeconds: row.at}), updatedAt: datetime({epochSeconds: row.at}), version: 1})
CREATE (teller)-[:TOLD]->(item)
"""
ACTS_TEXT = """
UNWIND $rows AS row
MATCH (by:Item {id: row.by})
MATCH (of:Item {id: row.of})
CREATE (item:Item:$(row.label) {id: row.id, kind: row.kind, audience: row.audience, by: row.by, of: row.of,
  at: datetime({epochSeconds: row.at}), createdAt: datetime({epochSeconds: row.at}),
  updatedAt: datetime({epochSeconds: row.at}), version: 1})
CREATE (item)-[:BY]->(by)
CREATE (item)-[:OF]->(of)
FOREACH (after IN row.after |
  MERGE (before:Item {id: after})
  CREATE (item)-[:AFTER]->(before)
)
"""
ROWS_TEXT = """
MATCH (act:Item)-[:BY]->(listener:Person)
WHERE act.id > $after
MATCH (act)-[:OF]->(item)<-[:TOLD]-(teller:Person)
OPTIONAL MATCH (act)-[:AFTER]->(before:Amplification)-[:BY]->(earlier:Person)
RETURN act.id AS act, labels(act) AS labels, act.audience AS audience, act.at AS at, item.audience AS ofAudience,
  listener.id AS listener, coalesce(earlier.id, teller.id) AS teller
ORDER BY act.id
LIMIT $most
"""
AFTER_TEXT = "MATCH (act:Item) WHERE act.id > '' WITH act ORDER BY act.id SKIP $skip LIMIT 1 RETURN act.id AS id"


async def plant(network: Network, acts: int, *, seed: int = 1) -> None:
    """So many acts of four kinds, of 40,000 stories by 20,000 people, over four years; one in twenty is a community's.

    They are written as plain nodes, without the rules of a write: for what only reads them.
    """
    dice = random.Random(seed)
    people = [_id(dice, 0) for _ in range(PEOPLE)]
    stories = [_id(dice, 0) for _ in range(STORIES)]
    await _in_batches(network, PEOPLE_TEXT, (_row(dice, id, 0) for id in people))
    await _in_batches(network, STORIES_TEXT, (_row(dice, id, 0, by=dice.choice(people)) for id in stories))
    await _in_batches(network, ACTS_TEXT, _acts(dice, people, stories, acts))
    await network.graph.write("CALL db.awaitIndexes(600)")
    await network.graph.write("CALL db.prepareForReplanning(60)")


async def run(network: Network, folder: Path, table: Table) -> None:
    """Read it both ways, then weigh it, ask it for ties at moments, share it and write to it."""
    await _both(network, table, "the first time")  # the database plans its statements, and compiles its own code
    rows, store = await _both(network, table, "again")
    state = state_of(store)
    for act, listener, teller, at in rows[:: max(1, len(rows) // 1_000)]:
        assert (listener, teller, at) in _told(state, act)
    size = sum(array.nbytes for array in store.arrays.values()) / len(store.rows.acts)
    table.row("evidence of all audiences, once a machine", f"{size:.1f} bytes a row", "at most 48")
    shared = Projections(network.graph, folder)
    await _timed(table, "file built and mapped", shared.current((EVERYONE,)), "")
    seen = await _timed(
        table, "file mapped by a second process", Projections(network.graph, folder).current((EVERYONE,))
    )
    own = sum(column.nbytes for column in (seen.listeners, seen.tellers, seen.kinds, seen.times, seen.acts))
    table.row("what an audience's view adds in its process", f"{own / len(seen.acts):.1f} bytes a row", "")
    _moments(table, await shared.current((EVERYONE, COMMUNITY)))

    story = {"title": "S", "content": "C", "tellerId": seen.people[0]}
    told = await writing.create(network, OPERATOR, "Story", story)
    for number, what in enumerate(("first answer after a write", "next answer after a write"), 1):
        carried = {"kind": "share", "ofId": told.id, "byId": seen.people[number]}
        await writing.create(network, OPERATOR, "Amplification", carried)
        await number_changes(network, "benchmark")
        after = await _timed(table, what, shared.current((EVERYONE,)), "under 1 s")
        assert len(after.acts) == len(seen.acts) + number
    assert shared.built == 1


async def _both(network: Network, table: Table, words: str) -> tuple[list[tuple[str, str, str, float]], Store]:
    """The evidence read both ways, one after the other."""
    rows, by_rows = await _row_by_row(network)
    started = time.perf_counter()
    mark, facts = await everything(network.graph)
    store = await asyncio.to_thread(store_of, mark, facts)
    seconds = time.perf_counter() - started
    count = len(store.rows.act_ids)
    table.row(f"row by row, acts a second (of {len(rows):,}), {words}", f"{len(rows) / by_rows:,.0f}", "")
    table.row(f"flat lists, {count:,} acts, {words}", f"{count / seconds:,.0f} ({seconds:.1f} s)", "")
    table.row(
        f"flat lists against rows, {words}", f"{count / seconds / (len(rows) / by_rows):.1f} times", "at least 20"
    )
    return rows, store


async def _row_by_row(network: Network) -> tuple[list[tuple[str, str, str, float]], float]:
    """Acts as one would read them first: each row by itself, with both ends walked."""
    skip = {"skip": PEOPLE + STORIES}
    after = (await network.graph.read(AFTER_TEXT, skip))[0]["id"]
    rows = []
    started = time.perf_counter()
    async with network.graph.reading(seconds=600) as transaction:
        async for row in transaction.stream(ROWS_TEXT, {"after": after, "most": ROW_BY_ROW}):
            at: datetime = row["at"].to_native()
            if row["listener"] != row["teller"]:
                rows.append((row["act"], row["listener"], row["teller"], at.timestamp()))
    return rows, time.perf_counter() - started


def _told(state: State, act: str) -> list[tuple[str, str, float]]:
    """Listener, teller and time of an act's rows in the store."""
    stored = state.store.rows
    place = np.searchsorted(stored.act_ids, np.frombuffer(UUID(act).bytes, dtype=stored.act_ids.dtype))
    people = state.store.people
    return [
        (_written(people, stored.listeners[row]), _written(people, stored.tellers[row]), float(stored.times[row]))
        for row in stored.of_acts(place.astype(np.int32))
    ]


def _written(ids: Any, place: int) -> str:
    return str(UUID(bytes=ids[place : place + 1].tobytes()))


def _moments(table: Table, seen: Projection) -> None:
    evidence = Evidence(listeners=seen.listeners, tellers=seen.tellers, kinds=seen.kinds, times=seen.times)
    weights = np.array([1.0, 0.5, 0.5, 0.5, 0.5])
    taken, used, found = [], [], 0
    for moment in np.linspace(START + SECONDS / 2, START + SECONDS, 8):
        started, spent = time.perf_counter(), time.process_time()
        ties = ties_at(evidence, people=len(seen.people), as_of=float(moment), kind_weights=weights)
        taken.append(time.perf_counter() - started)
        used.append(time.process_time() - spent)
        found = len(ties.listeners)
    # The first compiles, or reads what was compiled before.
    shown = f"{np.median(taken[1:]):.2f} s, at best {min(taken[1:]):.2f} s ({np.median(used[1:]):.2f} s of a processor)"
    table.row(f"ties at a moment, {found:,} from {len(seen.acts):,} rows", shown, "at most 0.3 s")


async def _timed(table: Table, what: str, asked: Any, aim: str = "") -> Projection:
    started = time.perf_counter()
    seen: Projection = await asked
    table.row(what, f"{time.perf_counter() - started:.2f} s", aim)
    return seen


def _acts(dice: random.Random, people: list[str], stories: list[str], acts: int) -> Iterator[dict[str, Any]]:
    earlier: list[tuple[str, str]] = []
    for number in range(acts):
        seconds = SECONDS * number // acts
        label, kind = dice.choices(KINDS, SHARES)[0]
        of, after = dice.choice(stories), []
        if label == "Amplification" and earlier and dice.random() < 0.1:
            before, of = earlier[dice.randrange(len(earlier))]
            after = [before]
        row = _row(
            dice, _id(dice, seconds), seconds, label=label, kind=kind, by=dice.choice(people), of=of, after=after
        )
        if label == "Amplification" and number % 50 == 0:
            earlier.append((row["id"], of))
        yield row


def _id(dice: random.Random, seconds: int) -> str:
    """A UUIDv7 of that moment."""
    milliseconds = (START + seconds) * 1_000
    return str(UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62) | dice.getrandbits(62)))


def _row(dice: random.Random, id: str, seconds: int, **fields: Any) -> dict[str, Any]:
    audience = EVERYONE if dice.random() < 0.95 else COMMUNITY
    return {"id": id, "audience": audience, "at": START + seconds, **fields}


async def _in_batches(network: Network, text: str, rows: Iterator[dict[str, Any]]) -> None:
    while batch := list(islice(rows, AT_ONCE)):
        await network.graph.write(text, {"rows": batch})


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--acts", type=int, default=ACTS)
    given = arguments.parse_args()
    table = Table("The evidence of a large network")
    with tempfile.TemporaryDirectory() as data:
        settings = replace(settings_from_environment(Path(data)), neo4j_uri=None)
        async with open_network(settings) as network:
            await plant(network, given.acts)
            await run(network, Path(data) / "evidence", table)
    table.show()


if __name__ == "__main__":
    asyncio.run(main())
