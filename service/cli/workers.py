"""The processes that answer: started while the database is, told to begin when it is there, and ended together."""

import asyncio
import multiprocessing
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event

from service.settings import Settings

LOOK_SECONDS = 0.1
"""How soon it is seen that a worker is ready or has ended."""
END_SECONDS = 15
"""How long they have to end by themselves, all together."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A process, what tells it that the database is there, and what says that it answers."""

    process: SpawnProcess
    begin: Connection
    ready: Event


@contextmanager
def workers_started(settings: Settings, listening: socket.socket, count: int) -> Iterator[list[Worker]]:
    """Processes that load their code while the block goes on, and are ended with it."""
    context = multiprocessing.get_context("spawn")
    workers = []
    # Control-C goes to the whole terminal: this process decides, and a worker that is still loading says nothing of it.
    decides = signal.signal(signal.SIGINT, signal.SIG_IGN)
    for _ in range(count):
        told, begin = context.Pipe(duplex=False)
        ready = context.Event()
        process = context.Process(target=_work, args=(settings, listening, told, ready))
        process.start()
        told.close()
        workers.append(Worker(process, begin, ready))
    signal.signal(signal.SIGINT, decides)
    try:
        yield workers
    finally:
        end(workers)


def end(workers: list[Worker]) -> None:
    """End the processes, while the database is still there for what they have to finish; once more does nothing."""
    for worker in workers:
        worker.process.terminate()
    until = time.monotonic() + END_SECONDS
    for worker in workers:
        worker.process.join(max(until - time.monotonic(), 0))
        worker.process.kill()


async def watch(workers: list[Worker], stopping: asyncio.Event, when_ready: Callable[[], None]) -> None:
    """Let the workers begin, say once that all of them answer, and return when one has ended or `stopping` is set."""
    for worker in workers:
        with suppress(BrokenPipeError):
            worker.begin.send(True)
    told = False
    while not stopping.is_set() and all(worker.process.is_alive() for worker in workers):
        if not told and all(worker.ready.is_set() for worker in workers):
            when_ready()
            told = True
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), timeout=LOOK_SECONDS)


def _work(settings: Settings, listening: socket.socket, told: Connection, ready: Event) -> None:
    # Here, so that the process that watches never loads what only those that answer need.
    from service.app import run_worker

    try:
        told.recv()
    except EOFError:  # nobody is left to answer for
        return
    run_worker(settings, listening, ready)
