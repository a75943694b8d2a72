"""Every benchmark by one command, `python -m benchmarks`, or some by name: `python -m benchmarks reads lists`."""

import asyncio
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import httpx
import psutil

from benchmarks import interactions, lists, reads, routes, starts
from benchmarks.reporting import Table
from service.app import run_worker
from service.graph import engine_directory
from service.model.viewer import EVERYONE, Scope, Viewer
from service.operations.demonstration import load_demo
from service.operations.keys import OPERATOR, create_key
from service.operations.network import Network, open_network
from service.settings import Settings, settings_from_environment

NAMES = ("starts", "reads", "lists", "interactions", "routes")
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
    """A worker process over the network, a client with an administrator's key, and the process to watch."""
    key = await create_key(network, OPERATOR, name="benchmark", scopes=[Scope.administer])
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ready = get_context("spawn").Event()
        process = get_context("spawn").Process(target=run_worker, args=(settings, listening, ready), daemon=True)
        process.start()
        await asyncio.to_thread(ready.wait, 60)
        address = "http://{}:{}".format(*listening.getsockname())
        headers = {"Authorization": f"Bearer {key.token}"}
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        async with httpx.AsyncClient(base_url=address, headers=headers, limits=limits, timeout=120) as client:
            yield client, psutil.Process(process.pid)
        process.terminate()
        await asyncio.to_thread(process.join, 20)


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
                await routes.run(client, table)


def main(names: list[str]) -> None:
    """Measure and print the table."""
    table = Table("Retell, measured here and now")
    if "starts" in names:
        starts.run(table)
    asyncio.run(measure(names, table))
    table.show()


if __name__ == "__main__":
    main(sys.argv[1:] or list(NAMES))
