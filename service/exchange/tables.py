"""Tables that people have, a line at a time: CSV and its like, with a header or without, and NDJSON."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import orjson

from service.exchange.rows import Advance, Origin, Unread, Unreadable
from service.model.errors import Invalid
from service.model.wording import counted

LONGEST_LINE: Final = 1024 * 1024
DELIMITERS: Final = (",", ";", "\t", "|")
SPACES: Final = " "
"""Stands for any run of spaces and tabs."""

_SAMPLE: Final = 20
_AGREEING: Final = 0.8
_NDJSON: Final = (".ndjson", ".jsonl")
_STEP: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one record that were asked for, by what they are for; an empty text where there is none."""

    origin: Origin
    values: dict[str, str]


def cells(
    path: Path, columns: Mapping[str, str], advance: Advance, delimiter: str | None = None
) -> Iterator[Cells | Unread]:
    """The records of a table, of each the columns asked for: what they are for -> a name, or a number from 1.

    A record is one line. A delimited file has a header if any column is asked for by a name; without one, lines that
    begin with `#` are remarks. Raises Invalid where the file is no table or has no such column; a record that can't
    be read is an Unread, and the next one is tried.
    """
    if not path.is_file():
        raise Invalid(f"{path} is not a file", right="Name a CSV or NDJSON file.", field="path")
    if path.suffix.lower() in _NDJSON:
        yield from _objects(path, columns, advance)
    else:
        yield from _delimited(path, columns, advance, delimiter or _sniffed(path))


def _delimited(path: Path, columns: Mapping[str, str], advance: Advance, delimiter: str) -> Iterator[Cells | Unread]:
    places = {purpose: int(column) - 1 for purpose, column in columns.items() if _is_number(column)}
    named = {purpose: column for purpose, column in columns.items() if purpose not in places}
    for line in text_lines(path, advance):
        if isinstance(line, Unread):
            yield line
            continue
        origin, words = line
        if not words.strip() or (words.startswith("#") and not named and len(places) == len(columns)):
            continue
        try:
            values = _cut(words, delimiter)
            if len(places) < len(columns):
                places |= {purpose: _place(values, column, purpose, path) for purpose, column in named.items()}
            else:
                yield Cells(origin, {purpose: _cell(values, places[purpose], purpose) for purpose in columns})
        except Unreadable as error:
            yield Unread(origin, str(error))


def _objects(path: Path, columns: Mapping[str, str], advance: Advance) -> Iterator[Cells | Unread]:
    for line in text_lines(path, advance):
        if isinstance(line, Unread):
            yield line
            continue
        origin, words = line
        if not words.strip():
            continue
        try:
            record = orjson.loads(words)
            if not isinstance(record, dict):
                raise Unreadable("it is not a JSON object")
            yield Cells(origin, {purpose: _scalar(record.get(key), key) for purpose, key in columns.items()})
        except orjson.JSONDecodeError as error:
            yield Unread(origin, f"it is not JSON: {error}")
        except Unreadable as error:
            yield Unread(origin, str(error))


def text_lines(path: Path, advance: Advance) -> Iterator[tuple[Origin, str] | Unread]:
    """The lines of a UTF-8 file, each with its place, with no more than one of them in memory."""
    number = pending = 0
    with path.open("rb") as file:
        while raw := file.readline(LONGEST_LINE + 1):
            number += 1
            pending += len(raw)
            if pending >= _STEP:
                advance(pending)
                pending = 0
            origin = Origin(path.name, number)
            if len(raw) > LONGEST_LINE:
                raise Invalid(
                    f"{path.name}, line {number}: it is longer than 1 MiB",
                    right="A record is one line.",
                    field=path.name,
                )
            try:
                words = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                yield Unread(origin, f"it is not UTF-8 at byte {error.start + 1} of the line")
                continue
            if "\0" in words:
                yield Unread(origin, "it holds a NUL character")
            else:
                yield origin, words
    advance(pending)


def _is_number(column: str) -> bool:
    return column.isascii() and column.isdigit() and int(column) > 0


def _cut(words: str, delimiter: str) -> list[str]:
    if delimiter == SPACES:
        return words.split()
    try:
        return next(csv.reader([words], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Unreadable(f"it is not CSV: {error}") from None


def _cell(values: Sequence[str], place: int, purpose: str) -> str:
    if place >= len(values):
        raise Unreadable(f"it has {counted(len(values), 'column')}, and {purpose} should be column {place + 1}")
    return values[place].strip()


def _place(header: Sequence[str], column: str, purpose: str, path: Path) -> int:
    names = [name.strip() for name in header]
    if column not in names:
        right = f"Its columns are {', '.join(names)}; a number from 1 names one of a file without a header."
        raise Invalid(f"{path.name} has no column {column!r}", right=right, field=purpose)
    return names.index(column)


def _scalar(value: object, key: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unreadable(f"{key} should be a text or a number")
    return str(value).strip()


def _sniffed(path: Path) -> str:
    """The delimiter that cuts most of the first lines into the same number of columns, more than one."""
    with path.open("rb") as file:
        first = islice(iter(lambda: file.readline(LONGEST_LINE), b""), _SAMPLE)
        sample = [line.decode("utf-8", "replace").rstrip("\r\n") for line in first]
    lines = [line for line in sample if line.strip() and not line.startswith("#")]
    for delimiter in (*DELIMITERS, SPACES):
        widths = [_width(line, delimiter) for line in lines]
        usual = max(set(widths), key=widths.count, default=0)
        if usual > 1 and widths.count(usual) >= _AGREEING * len(widths):
            return delimiter
    raise Invalid(
        f"what separates the columns of {path.name} can't be told from its first lines",
        right="Say it with --delimiter: one character, `tab`, or `space` for any run of spaces.",
        field="delimiter",
    )


def _width(line: str, delimiter: str) -> int:
    try:
        return len(_cut(line, delimiter))
    except Unreadable:
        return 0
