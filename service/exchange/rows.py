"""What every reader of another system's files hands on: rows for the network, and what could not be read and why."""

from collections.abc import Callable
from dataclasses import dataclass

Advance = Callable[[int], None]
"""Told how many more bytes have been read."""


class Unreadable(ValueError):
    """One record of a file can't be read; the rest can. The message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where in which file something stands."""

    file: str
    line: int
    """From 1."""
    record: str | None = None
    """The record's own id over there, where it has one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the bulk door takes it, `{"type": …, "id": …, fields of the draft}`, and where it came from."""

    body: dict[str, object]
    origin: Origin
    only_if_new: bool = False
    """Whether it says too little to replace what is recorded under its id: a person of whom only an id is known."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in a file that became no row."""

    origin: Origin
    why: str
