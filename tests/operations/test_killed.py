"""A process is killed while it imports: what it answered for is there, and a second run finishes the work."""

import asyncio
import signal
import sys
from pathlib import Path

from service.operations.network import Network
from service.settings import Settings
from tests.operations.writers import items, written

ROWS = 6_000
IMPORT = """
import asyncio, sys
from pathlib import Path
from service.graph.opening import open_graph
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.bulk import Line, write_rows
from service.settings import Settings
from tests.operations.test_killed import rows

async def main():
    uri, user, password = sys.argv[1:]
    settings = Settings(neo4j_uri=uri, neo4j_user=user, neo4j_password=password, neo4j_database=None,
                        data=Path("."), cache=Path("."))
    async def lines():
        for number, row in enumerate(rows(), 1):
            yield Line(number, row)
    async with await open_graph(settings) as graph:
        async for outcome in write_rows(Network(graph), OPERATOR, lines()):
            print(outcome.line, flush=True)

asyncio.run(main())
"""


def rows() -> list[dict[str, object]]:
    """A person, a story, and many who carried it further."""
    person: dict[str, object] = {"type": "Person", "id": "k/p", "name": "P"}
    story: dict[str, object] = {"type": "Story", "id": "k/s", "title": "S", "content": "C", "tellerId": "k/p"}
    act: dict[str, object] = {"type": "Amplification", "kind": "share", "byId": "k/p", "ofId": "k/s"}
    return [person, story, *({**act, "id": f"k/a{number}"} for number in range(ROWS - 2))]


async def test_a_killed_import_is_finished_by_running_it_again(network: Network, settings: Settings) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        IMPORT,
        str(settings.neo4j_uri),
        settings.neo4j_user,
        settings.neo4j_password,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    answered = 0
    while answered < ROWS // 3:
        answered = int(await process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    await process.wait()
    there = len(await items(network))
    assert answered <= there < ROWS
    counted = await network.graph.read("MATCH (change:Change) RETURN sum(change.count) AS count")
    assert counted == [{"count": there}], "every block came with its change"
    outcomes = await written(network, rows())
    assert sum(outcome.status == "unchanged" for outcome in outcomes) == there
    assert sum(outcome.status == "created" for outcome in outcomes) == ROWS - there
    assert len(await items(network)) == ROWS
