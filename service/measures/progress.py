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
_PART: ContextVar[tuple[float, float]] = ContextVar("part", default=(0.0, 1.0))


def report(share: float) -> None:
    """Say which share (0 to 1) is done; raises `Cancelled` where nobody wants the rest, and does nothing unwatched."""
    progress = _CURRENT.get()
    if progress is None:
        return
    if progress.cancelled:
        raise Cancelled
    begun, done = _PART.get()
    progress.share = max(progress.share, begun + (done - begun) * min(share, 1.0))


@contextmanager
def part(begun: float, done: float) -> Iterator[None]:
    """What is reported in the block counts as from one share of the whole to another; a part may have parts."""
    start, end = _PART.get()
    token = _PART.set((start + (end - start) * begun, start + (end - start) * done))
    try:
        yield
    finally:
        _PART.reset(token)


@contextmanager
def watched() -> Iterator[Progress]:
    """The progress of what is computed in the block, in the threads that it hands its context to as well."""
    progress = Progress()
    token = _CURRENT.set(progress)
    try:
        yield progress
    finally:
        _CURRENT.reset(token)
