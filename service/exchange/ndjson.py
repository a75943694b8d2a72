"""Our own rows, as an export writes them: one JSON object a line, `{"type": …, "id": …, fields}`."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from service.exchange.rows import Advance, Origin, Row, Unread
from service.exchange.tables import text_lines
from service.model.errors import Invalid


def rows(path: Path, advance: Advance) -> Iterator[Row | Unread]:
    """The rows of a file in their order; Invalid where there is no such file."""
    if not path.is_file():
        raise Invalid(f"{path} is not a file", right="Name a file that `retell export` wrote.", field="path")
    for line in text_lines(path, advance):
        if isinstance(line, Unread):
            yield line
            continue
        origin, words = line
        if not words.strip():
            continue
        try:
            body = orjson.loads(words)
        except orjson.JSONDecodeError as error:
            yield Unread(origin, f"it is not JSON: {error}")
            continue
        if isinstance(body, dict):
            yield Row(body, Origin(origin.file, origin.line, str(body.get("id", "")) or None))
        else:
            yield Unread(origin, "it is not a JSON object")
