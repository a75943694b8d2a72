"""Every benchmark by one command, `python -m benchmarks`, or some by name: `python -m benchmarks reads paths`.

Those of the running service write one table together; each of the others has a table and a process of its own. How long
each takes on two cores stands beside its name in `python -m benchmarks --help`.
"""

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import psutil

from benchmarks import interactions, lists, reads, routes, starts
from benchmarks.reporting import Table
from service.graph import engine_directory
from service.model.viewer import EVERYONE, Scope, Viewer
from service.operations.demonstration import load_demo
from service.operations.keys import OPERATOR, create_key
from service.operations.network import Network, open_network
from service.settings import Settings, settings_from_environment

NAMES = {
    "starts": "the first command and the next start; 1 minute",
    "reads": "a nested read beside DataLoaders; 1 minute",
    "lists": "pages among 200,000 stories; 2 minutes",
    "interactions": "100,000 interactions in bulk, single writes beside the bare driver; 2 minutes",
    "routes": "paths over HTTP beside the kernel alone; 2 minutes",
}
"""What is measured of the running service."""
OTHERS: dict[str, tuple[str, list[str]]] = {
    "projection": ("the evidence of a million acts, beside reading it row by row; 10 minutes", []),
    "paths": ("the paths' kernel beside scipy, igraph, plain Python and Neo4j; 10 minutes", ["--neo4j"]),
    "paths_of_a_million": (
        "the same of 100,000 people and a million ties; 20 minutes",
        ["--people", "100000", "--acts", "770000", "--peer-pairs", "3", "--plain-pairs", "3", "--neo4j"],
    ),
    "reach": ("how far something travels and whom to tell, beside cynetdiff; 5 minutes", []),
    "communities": ("communities beside igraph, leidenalg and networkit; 3 minutes", []),
    "roles": ("roles and bridges beside networkx, igraph and networkit; 5 minutes", []),
    "disclosure": ("the groups that numbers may tell of, time and memory; 1 minute", []),
    "what_if": ("a what-if: its kernels against ties built anew, and the whole operation; 2 minutes", []),
}
"""What is run by itself: what it measures, and what it is asked."""
VIEWER = Viewer(principal="benchmark", person_id=None, audiences=(EVERYONE,), scopes=frozenset({Scope.read}))


@asynccontextmanager
async def network_of_its_own() -> AsyncIterator[tuple[Network, Settings]]:
    """An empty network on an embedded database that is thrown away afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(settings_from_environment(Path(folder)), neo4j_uri=None)
        async with open_network(settings) as network:
            yield network, settings


@asynccontextmanager
async def served(network: Network, settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, psutil.Process]]:
    """`retell serve` over the network, a client with an administrator's key, and the worker's process to watch."""
    key = await create_key(network, OPERATOR, name="benchmark", scopes=[Scope.administer])
    retell = Path(sys.executable).with_name("retell")
    log = settings.data / "served.log"
    with log.open("wb") as said:
        command = await asyncio.create_subprocess_exec(
            *(retell, "serve", "--port", "0", "--data", settings.data),
            stdout=subprocess.PIPE,
            stderr=said,
            env={**os.environ, "RETELL_NEO4J_URI": ""},
        )
    try:
        address = await asyncio.wait_for(_answers_at(command), 60)
        if address is None:
            raise SystemExit(log.read_text(encoding="utf-8"))
        workers = [
            one for one in psutil.Process(command.pid).children() if any("spawn_main" in word for word in one.cmdline())
        ]
        headers = {"Authorization": f"Bearer {key.token}"}
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        async with httpx.AsyncClient(base_url=address, headers=headers, limits=limits, timeout=120) as client:
            yield client, workers[0]
    finally:
        with suppress(ProcessLookupError):
            command.terminate()
        await command.wait()


async def _answers_at(command: asyncio.subprocess.Process) -> str | None:
    """Where the service answers; None where it ended before it did."""
    assert command.stdout is not None
    async for line in command.stdout:
        found = re.match(rb"Retell answers at (\S+):", line)
        if found:
            return found[1].decode()
    return None


async def measure(names: list[str], table: Table) -> None:
    """Run the benchmarks that need a network, each on one of its own."""
    if "reads" in names:
        async with network_of_its_own() as (network, _):
            await load_demo(network, keys_wanted=False)
            await reads.run(network, VIEWER, table)
    if "lists" in names:
        async with network_of_its_own() as (network, settings):
            await lists.plant(network)
            async with served(network, settings) as (client, _process):
                await lists.run(client, table)
    if "interactions" in names:
        async with network_of_its_own() as (network, settings), served(network, settings) as (client, process):
            at = engine_directory.told(settings.data)
            if at is None:
                raise SystemExit("the embedded database has gone")
            connected = replace(settings, neo4j_uri=at.uri, neo4j_user=at.user, neo4j_password=at.password)
            await interactions.run(client, connected, process, table)
    if "routes" in names:
        async with network_of_its_own() as (network, settings):
            await routes.plant(network)
            async with served(network, settings) as (client, _process):
                await routes.run(network, VIEWER, client, table)


def run_by_itself(name: str) -> None:
    """Run a benchmark that has a table and a process of its own."""
    started = time.perf_counter()
    module = name.removesuffix("_of_a_million")
    subprocess.run([sys.executable, "-m", f"benchmarks.{module}", *OTHERS[name][1]], check=True)
    print(f"{name}: {time.perf_counter() - started:.0f} s in all", flush=True)


def main() -> None:
    """Measure and print the tables."""
    known = {**NAMES, **{name: words for name, (words, _) in OTHERS.items()}}
    arguments = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog="\n".join(f"{name:20}{words}" for name, words in known.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    arguments.add_argument(
        "names", nargs="*", metavar="NAME", help="one of those below; all of them where none is given"
    )
    names = arguments.parse_args().names or list(known)
    unknown = [name for name in names if name not in known]
    if unknown:
        arguments.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    table = Table("Retell, measured here and now")
    if "starts" in names:
        starts.run(table)
    asyncio.run(measure(names, table))
    if NAMES.keys() & names:
        table.show()
    for name in OTHERS:
        if name in names:
            run_by_itself(name)


if __name__ == "__main__":
    main()
