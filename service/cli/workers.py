"""The processes that answer: started while the database is, told to begin when it is there, and ended together."""

import asyncio
import multiprocessing
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event

from service.operations.changes import Look
from service.settings import Settings

LOOK_SECONDS = 0.1
"""How soon it is seen that a worker is ready or has ended."""
END_SECONDS = 15
"""How long they have to end by themselves, all together."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A process, what tells it that the database is there and what is in it, and what says that it answers."""

    process: SpawnProcess
    tell: Connection
    ready: Event


@contextmanager
def workers_started(settings: Settings, listening: socket.socket, count: int) -> Iterator[list[Worker]]:
    """Processes that load their code while the block goes on, and are ended with it."""
    context = multiprocessing.get_context("spawn")
    workers = []
    # Control-C goes to the whole terminal: this process decides, and a worker that is still loading says nothing of it.
    decides = signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A worker that is sent half of what it is to do would say so at length: this process ends when it has sent all.
    told_to_end: list[int] = []
    ends = signal.signal(signal.SIGTERM, lambda number, _: told_to_end.append(number))
    for _ in range(count):
        told, tell = context.Pipe(duplex=False)
        ready = context.Event()
        process = context.Process(target=_work, args=(settings, listening, told, ready))
        process.start()
        told.close()
        workers.append(Worker(process, tell, ready))
    signal.signal(signal.SIGINT, decides)
    signal.signal(signal.SIGTERM, ends)
    for number in told_to_end:
        signal.raise_signal(number)
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


def hand_on(workers: list[Worker], look: Look) -> None:
    """Tell the workers what was found in the graph, so that they need not look: those that have read what came before.

    One that does not read for minutes finds its pipe full, and is told nothing rather than waited for.
    """
    _, ready, _ = select.select([], [worker.tell for worker in workers], [], 0)
    for tell in ready:
        with suppress(BrokenPipeError):
            tell.send(look)


async def watch(workers: list[Worker], stopping: asyncio.Event, when_ready: Callable[[], None]) -> None:
    """Let the workers begin, say once that all of them answer, and return when one has ended or `stopping` is set."""
    for worker in workers:
        with suppress(BrokenPipeError):
            worker.tell.send(True)
    told = False
    while not stopping.is_set() and all(worker.process.is_alive() for worker in workers):
        if not told and all(worker.ready.is_set() for worker in workers):
            when_ready()
            told = True
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), timeout=LOOK_SECONDS)


def ended(workers: list[Worker]) -> str:
    """How those that have ended did, in words: which process, and by which signal or with which code."""
    return ", ".join(
        f"worker {worker.process.pid} ended by "
        + (f"signal {-code} ({signal.Signals(-code).name})" if code < 0 else f"itself with code {code}")
        for worker in workers
        if (code := worker.process.exitcode) is not None
    )


def _work(settings: Settings, listening: socket.socket, told: Connection, ready: Event) -> None:
    # Here, so that the process that watches never loads what only those that answer need.
    from service.app import run_worker

    try:
        told.recv()
    except EOFError:  # nobody is left to answer for
        return
    run_worker(settings, listening, ready, told)
