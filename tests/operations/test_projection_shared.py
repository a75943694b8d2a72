"""The processes of a machine share one file of evidence: one builds it, others map it, and none waits for the dead."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from stat import S_IMODE
from uuid import UUID

from structlog.testing import capture_logs

from service.graph.projection import Projections
from service.graph.projection_files import generations, mapped
from service.graph.projection_reading import newest_mark
from service.graph.projection_state import FEW
from service.model.kinds import KINDS as ITEM_KINDS
from service.model.viewer import EVERYONE
from service.operations import writing
from service.operations.changes import number_changes
from service.operations.deleting import delete_item
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.settings import Settings
from tests.graph.reading_by_rule import read_by_rule, rows_shown
from tests.operations.worlds import World, random_world, write_world

READ = """
import asyncio, json, sys
from pathlib import Path
from service.graph.opening import open_graph
from service.graph.projection import Projections
from service.settings import Settings
from tests.operations.test_projection_shared import inodes

async def main():
    uri, user, password, folder = sys.argv[1:]
    settings = Settings(neo4j_uri=uri, neo4j_user=user, neo4j_password=password, neo4j_database=None,
                        data=Path("."), cache=Path("."))
    async with await open_graph(settings) as graph:
        projections = Projections(graph, Path(folder))
        for _ in sys.stdin:
            seen = await projections.current(("everyone",))
            told = {"acts": len(seen.act_ids), "built": projections.built, "maps": sorted(inodes(Path(folder)))}
            print(json.dumps(told), flush=True)

asyncio.run(main())
"""
DIE = """
import sys, time
from pathlib import Path
from service.graph.projection_files import building

folder = Path(sys.argv[1])
with building(folder) as ours:
    (folder / "evidence-2-00000000000000000001-half.draft").write_bytes(b"half of it")
    print(ours, flush=True)
    time.sleep(600)
"""


def inodes(folder: Path) -> set[int]:
    """The files of a folder that this process has mapped."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return {int(line.split()[4]) for line in lines if str(folder) in line}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@asynccontextmanager
async def another(script: str, *given: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, *given, stdin=PIPE, stdout=PIPE, cwd=Path(__file__).parents[2]
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def told(process: Process) -> dict[str, object]:
    assert process.stdin
    assert process.stdout
    process.stdin.write(b"ask\n")
    await process.stdin.drain()
    answer: dict[str, object] = json.loads(await process.stdout.readline())
    return answer


async def test_two_processes_map_one_file_and_one_of_them_built_it(
    network: Network, settings: Settings, tmp_path: Path
) -> None:
    world = random_world(3)
    await write_world(network, world)
    ours = Projections(network.graph, tmp_path)
    seen = await ours.current((EVERYONE,))
    (path,) = [file for _, file in generations(tmp_path)]
    assert S_IMODE(path.stat().st_mode) == 0o600
    given = [str(settings.neo4j_uri), settings.neo4j_user, settings.neo4j_password, str(tmp_path)]
    async with another(READ, *given) as process:
        assert await told(process) == {"acts": len(seen.act_ids), "built": 0, "maps": [path.stat().st_ino]}
        assert (ours.built, inodes(tmp_path)) == (1, {path.stat().st_ino})
        act = {"kind": "share", "ofId": world.ids("Story")[0], "byId": world.ids("Person")[0]}
        await writing.create(network, OPERATOR, "Amplification", act)
        await number_changes(network, "tests")
        after = await ours.current((EVERYONE,))
        assert (await told(process))["acts"] == len(after.act_ids)
        assert (await told(process))["built"] == 0
    assert ours.built == 1


async def test_a_builder_that_is_killed_leaves_nothing_broken(network: Network, tmp_path: Path) -> None:
    await write_world(network, random_world(4))
    async with another(DIE, str(tmp_path)) as process:
        assert process.stdout
        assert await process.stdout.readline() == b"True\n"
        projections = Projections(network.graph, tmp_path)
        asked = asyncio.create_task(projections.current((EVERYONE,)))
        await asyncio.sleep(0.5)
        assert not asked.done(), "another process builds"
        process.send_signal(signal.SIGKILL)
        seen = await asyncio.wait_for(asked, 20)
    assert rows_shown(seen) == await read_by_rule(network.graph, (EVERYONE,))
    assert projections.built == 1
    assert names(tmp_path) == {"builder.lock", *(path.name for _, path in generations(tmp_path))}
    assert len(names(tmp_path)) == 2


async def test_without_a_folder_to_write_to_the_evidence_is_this_process_s_own(
    network: Network, tmp_path: Path
) -> None:
    await write_world(network, random_world(4))
    taken = tmp_path / "taken"
    taken.write_text("a file where the folder should be", encoding="utf-8")
    projections = Projections(network.graph, taken / "evidence")
    assert rows_shown(await projections.current((EVERYONE,))) == await read_by_rule(network.graph, (EVERYONE,))


async def test_where_much_has_changed_a_new_file_takes_the_place_of_the_old_one(
    network: Network, tmp_path: Path
) -> None:
    world = random_world(6)
    await write_world(network, world)
    ours, theirs = Projections(network.graph, tmp_path), Projections(network.graph, tmp_path)
    for projections in (ours, theirs):
        await projections.current((EVERYONE,))
    (old,) = inodes(tmp_path)
    story, people = world.ids("Story")[0], world.ids("Person")
    act = {"type": "Amplification", "kind": "share", "ofId": story}
    many = [act | {"byId": people[number % len(people)]} for number in range(FEW + 500)]
    await write_world(network, World(many))
    for projections in (ours, theirs):
        seen = await projections.current((EVERYONE,))
        assert rows_shown(seen) == await read_by_rule(network.graph, (EVERYONE,))
    ((mark, path),) = generations(tmp_path)
    assert mark == await newest_mark(network.graph)
    assert inodes(tmp_path) - {old} == {path.stat().st_ino}
    assert (ours.built, theirs.built) == (1, 0)
    stored = mapped(path)
    assert stored
    assert len(stored.rows.acts) > FEW


async def test_a_damaged_file_is_written_anew(network: Network, tmp_path: Path) -> None:
    await write_world(network, random_world(4))
    await Projections(network.graph, tmp_path).current((EVERYONE,))
    ((_, path),) = generations(tmp_path)
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", whole[:30] + b"0" + whole[31:]):
        path.write_bytes(damaged)
        anew = Projections(network.graph, tmp_path)
        with capture_logs() as said:
            seen = await anew.current((EVERYONE,))
        assert [one["event"] for one in said] == ["evidence_file_damaged"]
        assert rows_shown(seen) == await read_by_rule(network.graph, (EVERYONE,))
        assert anew.built == 1
        assert mapped(path)


async def test_what_is_erased_leaves_the_file_though_nobody_asks(network: Network, tmp_path: Path) -> None:
    world = random_world(4)
    await write_world(network, world)
    patient, prompt = (Projections(network.graph, tmp_path, oldest_erased=seconds) for seconds in (60.0, 0.0))
    for projections in (patient, prompt):
        await projections.tidied()
    assert not generations(tmp_path), "nobody asked yet"
    for projections in (patient, prompt):
        await projections.current((EVERYONE,))
    seen = world.seen_by((EVERYONE,)).values()
    shared = next(row["id"] for row in seen if row["type"] == "Amplification")
    erased = UUID(shared).bytes
    assert any(erased in path.read_bytes() for _, path in generations(tmp_path))
    await delete_item(network, OPERATOR, ITEM_KINDS["Amplification"], shared)
    await number_changes(network, "tests")
    await patient.tidied()
    assert any(erased in path.read_bytes() for _, path in generations(tmp_path))
    await prompt.tidied()
    ((mark, path),) = generations(tmp_path)
    assert mark == await newest_mark(network.graph)
    assert erased not in path.read_bytes()
    await patient.tidied()
    assert inodes(tmp_path) == {path.stat().st_ino}, "who had the old one mapped has let it go"
    assert rows_shown(await patient.current((EVERYONE,))) == await read_by_rule(network.graph, (EVERYONE,))
