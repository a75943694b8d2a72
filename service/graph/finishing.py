"""How the row of a compiled statement becomes the answer: what Cypher can't say, done only where it was asked for.

A finisher is built once with the plan; where a part of an answer needs nothing it has none, and the part is not walked.
"""

from collections.abc import Callable, Mapping
from typing import Any

Finisher = Callable[[Any], Any]
KIND = "__kind"
"""The column that says which kind a row is of, where it may be of several; it is not shown."""


def finish_map(columns: list[tuple[str, str, Finisher | None]]) -> Finisher | None:
    """Shows each column, named as in the statement, under the caller's key."""
    if all(internal == key and finish is None for internal, key, finish in columns):
        return None

    def finish(row: dict[str, Any] | None) -> dict[str, Any] | None:
        if row is None:
            return None
        values = ((key, row[internal], done) for internal, key, done in columns)
        return {key: done(value) if done and value is not None else value for key, value, done in values}

    return finish


def finish_list(each: Finisher | None) -> Finisher | None:
    """Finishes each row of a list."""
    if each is None:
        return None

    def finish(rows: list[Any]) -> list[Any]:
        return [each(row) for row in rows]

    return finish


def finish_kind(by_kind: Mapping[str, Finisher | None]) -> Finisher:
    """Finishes a row by its kind, and takes the column off that said so."""

    def finish(row: dict[str, Any]) -> Any:
        done = by_kind[row.pop(KIND)]
        return done(row) if done else row

    return finish


def finish_placed(each: Finisher | None) -> Finisher:
    """Shows items that were asked for by ids by their place among the ids; a place without an item is left out."""

    def finish(rows: list[dict[str, Any]]) -> dict[int, Any]:
        return {row["position"]: each(row["item"]) if each else row["item"] for row in rows}

    return finish
