"""The service put together: the doors over one network, and the process that answers at a socket."""

import asyncio
import multiprocessing
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

import structlog
import uvicorn
import uvloop
from fastapi import Depends, FastAPI

from service.doors.cypher.endpoint import cypher_router
from service.doors.explorer.pages import add_pages
from service.doors.graphql.endpoint import graphql_router
from service.doors.graphql.schema import schema
from service.doors.http import health
from service.doors.http.logs import configure_logs
from service.doors.http.problems import install_problems
from service.doors.http.requests import RequestMiddleware
from service.doors.rest import bulk, conventions, exporting, jobs, keys, search, viewer
from service.doors.rest.contract import install_contract
from service.doors.rest.items import items_router
from service.doors.rest.parameters import refuse_unknown_parameters
from service.doors.rest.questions import add_questions
from service.model.errors import Unavailable
from service.operations.bulk import LARGEST_STREAM
from service.operations.changes import heed, sequencer
from service.operations.network import Network, open_network
from service.operations.tending import tender
from service.operations.working import worker
from service.settings import Settings

_log = structlog.get_logger(__name__)

GRACE_SECONDS = 5
"""How long what is being answered may go on when the service is told to end."""


def create_app(network: Network | None) -> FastAPI:
    """The application over an opened network; without one it can only show its contract."""
    app = FastAPI(title="Retell", version=version("retell"), docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    app.state.network = network
    app.state.ending = asyncio.Event()
    install_problems(app)
    install_contract(app)
    app.add_middleware(RequestMiddleware, limits={"/v1/bulk": LARGEST_STREAM})
    add_questions(app)
    add_pages(app)
    app.include_router(graphql_router())
    app.include_router(cypher_router())
    app.include_router(health.router)
    # The items after the routes that have names of their own: an item's address takes any word in the place of its id.
    named = (door.router for door in (viewer, search, bulk, exporting, keys, jobs, conventions))
    for router in (*named, items_router()):
        app.include_router(router, dependencies=[Depends(refuse_unknown_parameters)])
    return app


def contracts() -> tuple[str, dict[str, Any]]:
    """The GraphQL schema and the OpenAPI contract, as every deployment serves them; no database is needed."""
    return schema().as_str(), create_app(None).openapi()


def run_worker(settings: Settings, listening: socket.socket, ready: Event, told: Connection) -> None:
    """Answer at the socket until the process is told to stop; `ready` is set when the first request can be answered.

    `told` brings what was found in the graph by the process that started this one.
    """
    configure_logs()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(settings, listening, ready, told))
    except Unavailable as error:  # the database has ended first: what is left to finish is finished by the next worker
        _log.error("worker_ended", why=str(error))
        sys.exit(1)


async def _serve(settings: Settings, listening: socket.socket, ready: Event, told: Connection) -> None:
    async with (
        open_network(settings) as network,
        sequencer(network, told=True),
        worker(network),
        tender(network),
    ):
        app = create_app(network)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        server = _Server(config, app.state.ending)
        loop = asyncio.get_running_loop()
        loop.add_reader(told, _heed_what_is_told, network, told)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, server.end)
        parent = multiprocessing.parent_process()
        if parent is not None:
            # Nobody is left to answer for once the process that supervises this one has gone.
            loop.add_reader(parent.sentinel, server.end)
        ready.set()
        await server.serve(sockets=[listening])


def _heed_what_is_told(network: Network, told: Connection) -> None:
    try:
        heed(network, told.recv())
    except EOFError:  # who told has gone, and so this process ends as well
        asyncio.get_running_loop().remove_reader(told)


class _Server(uvicorn.Server):
    """A server whose end is ours to arrange: uvicorn would pass the signal on, and what follows would not run."""

    def __init__(self, config: uvicorn.Config, ending: asyncio.Event) -> None:
        super().__init__(config)
        self._ending = ending

    def end(self) -> None:
        """Stop answering, and let what is open be closed: who watches is told that no more will come."""
        self.should_exit = True
        self._ending.set()
        parent = multiprocessing.parent_process()
        if parent is not None:
            asyncio.get_running_loop().remove_reader(parent.sentinel)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the loop."""
        yield
