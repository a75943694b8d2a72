"""`retell serve`: the database started or reached, the demo loaded, and workers that answer at one socket."""

import asyncio
import signal
import socket
import sys
from functools import partial
from typing import Annotated

import typer
from rich.console import Console

from service.cli.opening import Data, fail
from service.cli.workers import Worker, end, ended, hand_on, watch, workers_started
from service.model.errors import Invalid, RetellError
from service.operations.changes import sequencer
from service.operations.demonstration import DemoKeys, load_demo
from service.operations.network import open_network
from service.settings import Settings, settings_from_environment

console = Console(stderr=True)
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="Load the demonstration network into an empty database.")
    ] = False,
    host: Annotated[str, typer.Option(help="The address to answer at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to answer at; 0 takes a free one.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="How many processes answer; they share one database.")
    ] = 1,
    data: Data = None,
) -> None:
    """Answer GraphQL, REST and Cypher over HTTP, on a Neo4j of its own or the one that RETELL_NEO4J_URI names."""
    try:
        listening = _listen(host, port)
        settings = settings_from_environment(data)
        with workers_started(settings, listening, workers) as started:
            asyncio.run(_serve(settings, started, listening, demo=demo, host=host))
    except RetellError as error:
        fail(error)


async def _serve(settings: Settings, workers: list[Worker], listening: socket.socket, *, demo: bool, host: str) -> None:
    """Answer until the service is told to stop, or until a worker ends."""
    async with open_network(settings) as network:
        if demo:
            with console.status("Loading the demonstration network"):
                keys = await load_demo(network, keys_wanted=host in LOOPBACK)
            if host in LOOPBACK:
                _tell_keys(keys)
        stopping = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        async with sequencer(network, tell=partial(hand_on, workers)):
            await watch(workers, stopping, lambda: _tell_addresses(listening))
            why = ended(workers)
            await asyncio.to_thread(end, workers)
    if not stopping.is_set():
        console.print(f"retell: {why}, and the service with it. Start it again: nothing acknowledged is lost.")
        sys.exit(1)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise Invalid(
            f"Nothing can listen at {host}:{port} ({error.strerror})",
            right="Choose another --port or --host.",
            field="port",
        ) from None
    listening.listen(2048)
    listening.set_inheritable(True)
    return listening


def _tell_keys(keys: DemoKeys | None) -> None:
    if keys is None:
        console.print("The keys were shown when this was first loaded; `retell key create` makes more.")
        return
    print(f"administrator's key: {keys.administrator}", flush=True)  # noqa: T201
    print(f"member's key ({keys.member_name}): {keys.member}", flush=True)  # noqa: T201


def _tell_addresses(listening: socket.socket) -> None:
    host, port = listening.getsockname()[:2]
    at = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    print(f"Retell answers at {at}: GraphiQL {at}/graphql, REST {at}/docs", flush=True)  # noqa: T201
