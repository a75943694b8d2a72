"""How far a long computation has come, and whether anybody still wants it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


class Cancelled(Exception):
    """Nobody wants the computation any more."""


@dataclass(slots=True)
class Progress:
    """How far a computation has come; who watches it may set `cancelled`, and it ends at its next report."""

    share: float = 0.0
    cancelled: bool = False


_CURRENT: ContextVar[Progress | None] = ContextVar("progress", default=None)


def report(share: float) -> None:
    """Say which share (0 to 1) is done; raises `Cancelled` where nobody wants the rest, and does nothing unwatched."""
    progress = _CURRENT.get()
    if progress is None:
        return
    if progress.cancelled:
        raise Cancelled
    progress.share = max(progress.share, min(share, 1.0))


@contextmanager
def watched() -> Iterator[Progress]:
    """The progress of what is computed in the block, in the threads that it hands its context to as well."""
    progress = Progress()
    token = _CURRENT.set(progress)
    try:
        yield progress
    finally:
        _CURRENT.reset(token)
