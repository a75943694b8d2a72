"""What an engine's data directory says to others: whether an engine holds it, and where that engine listens."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

BUSY = 75  # the exit code (EX_TEMPFAIL) of an engine that found the directory held by another
_LOCK = "engine.lock"
_CONNECTION = "connection.json"


@dataclass(frozen=True, slots=True)
class Connection:
    """Where the engine listens, on this machine only, and how to sign in."""

    uri: str
    user: str
    password: str


def take(data: Path, run: str) -> int | None:
    """Hold the directory for this process and write down which `run` it is; None when another process holds it.

    The lock belongs to the open file whose number is returned and ends with the process, however it ends.
    """
    file = os.open(data / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    os.ftruncate(file, 0)
    os.write(file, run.encode())
    return file


def holder(data: Path) -> str | None:
    """The run that holds the directory now ('' while it is only just taking it), or None when it is free."""
    try:
        file = os.open(data / _LOCK, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(file, 100).decode()
    finally:
        os.close(file)
    return None


def tell(data: Path, run: str, connection: Connection) -> None:
    """Write the connection for the owner's eyes only (mode 0600); the file outlives the run, for its password."""
    draft = data / f"{_CONNECTION}.draft"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"run": run, **asdict(connection)}, file)
    draft.replace(data / _CONNECTION)


def told(data: Path, run: str | None = None) -> Connection | None:
    """What the last engine told; with a `run`, only if it was the engine of that run that told it."""
    try:
        content = json.loads((data / _CONNECTION).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if run is not None and content["run"] != run:
        return None
    return Connection(content["uri"], content["user"], content["password"])
