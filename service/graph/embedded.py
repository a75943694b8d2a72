"""Start the Neo4j that comes with Retell, or attach to the one that already runs on the same data directory.

`python -m service.graph.embedded DATA` starts one and prints where it is, until Control-C or SIGTERM.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from service.graph import engine_directory, jars
from service.graph.engine_directory import Connection
from service.model.errors import Unavailable
from service.settings import settings_from_environment

START_SECONDS = 300.0  # a start takes 8 s on a quiet machine; one that fails ends by itself
STOP_SECONDS = 60.0
_LOG = "engine.log"


@dataclass(slots=True)
class Engine:
    """A running engine. `process` is None when another process started it: leaving it then leaves it running."""

    connection: Connection
    process: subprocess.Popen[bytes] | None

    def stop(self) -> None:
        """End the engine cleanly if it is ours; what was written is kept."""
        if self.process is None:
            return
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        _discard(self.process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def start(data: Path, cache: Path) -> Engine:
    """The engine of the directory `data`: attached to where one runs, else started; ready for connections.

    Raises:
        Unavailable: the jars could not be fetched, or Neo4j did not start; the message ends with the log's last line.
    """
    try:
        return _start(data, cache)
    except OSError as error:
        raise Unavailable(
            f"The database's folder {data} can't be used: {error.strerror or error}",
            right="Name a folder that you may write to with --data or RETELL_DATA.",
        ) from error


def _start(data: Path, cache: Path) -> Engine:
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        run = engine_directory.holder(data)
        if run is None:
            jars.fetch(cache)
            engine = _started(data, cache)
            if engine is not None:
                return engine
        elif (connection := engine_directory.told(data, run)) is not None:
            return Engine(connection, None)
        time.sleep(0.1)
    raise Unavailable(
        f"Another process holds {data} and its database has not become ready in {START_SECONDS:.0f} seconds",
        right="Wait until it has stopped, or name another folder with --data.",
    )


def _started(data: Path, cache: Path) -> Engine | None:
    """A child of this process, ready; None when another process took the directory first."""
    run = secrets.token_hex(16)
    command = [sys.executable, "-m", "service.graph.engine_process", str(data), str(cache), run]
    package_root = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(filter(None, (package_root, os.environ.get("PYTHONPATH"))))
    with (data / _LOG).open("ab") as log:
        process = subprocess.Popen(  # noqa: S603  # our own module, by our own interpreter
            command, stdin=subprocess.PIPE, stdout=log, stderr=log, env={**os.environ, "PYTHONPATH": paths}
        )
    engine = None
    try:
        engine = _when_ready(process, data, run)
    finally:
        if engine is None:
            _discard(process)
    return engine


def _when_ready(process: subprocess.Popen[bytes], data: Path, run: str) -> Engine | None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            if process.returncode == engine_directory.BUSY:
                return None
            raise Unavailable(
                f"Neo4j did not start in {data}: {_last_line(data / _LOG)}",
                right=f"See {data / _LOG} and {data / 'neo4j' / 'logs' / 'debug.log'}.",
            )
        connection = engine_directory.told(data, run)
        if connection is not None:
            return Engine(connection, process)
        time.sleep(0.05)
    raise Unavailable(f"Neo4j was not ready in {START_SECONDS:.0f} seconds", right=f"See {data / _LOG}.")


def _discard(process: subprocess.Popen[bytes]) -> None:
    process.kill()  # safe at any time: what was acknowledged is in the transaction log
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it ended without a word"


def _main() -> None:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    settings = settings_from_environment(Path(sys.argv[1]))
    try:
        engine = start(settings.data, settings.cache)
    except Unavailable as refused:
        sys.exit(f"{refused}. {refused.problems[0].right}")
    with engine:
        print(json.dumps(asdict(engine.connection)), flush=True)  # noqa: T201
        stopping.wait()


if __name__ == "__main__":
    _main()
