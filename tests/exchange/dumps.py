"""Small dumps by hand, for tests."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import quoteattr

from service.exchange.rows import Row, Unread
from service.exchange.stackexchange import Dump, Site, opened, rows

Record = Mapping[str, object]
ROOTS = ("Users", "Posts", "Tags", "Comments", "PostLinks", "Votes")


def ignore(_bytes: int) -> None:
    """Nobody watches the progress."""


def write(folder: Path, files: Mapping[str, Sequence[Record]]) -> Path:
    """Write a dump's files as the site does: a byte-order mark, an XML declaration, one record a line."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, records in files.items():
        lines = [
            f"  <row {' '.join(f'{key}={quoteattr(str(value))}' for key, value in record.items())} />"
            for record in records
        ]
        text = "\n".join(['<?xml version="1.0" encoding="utf-8"?>', f"<{name.lower()}>", *lines, f"</{name.lower()}>"])
        (folder / f"{name}.xml").write_text("\ufeff" + text, encoding="utf-8")
    return folder


def user(id: int, name: str = "", **more: object) -> Record:
    return {"Id": id, "CreationDate": "2018-03-01T10:00:00.000", "DisplayName": name or f"U{id}", **more}


def question(id: int, owner: int | None, **more: object) -> Record:
    owned = {} if owner is None else {"OwnerUserId": owner}
    return {
        "Id": id, "PostTypeId": 1, "CreationDate": "2018-03-12T17:00:45.567", "Title": f"Question {id}",
        "Body": "<p>Why?</p>", "Tags": "<qubit><d-wave>", **owned, **more,
    }  # fmt: skip


def answer(id: int, owner: int | None, parent: int, **more: object) -> Record:
    owned = {} if owner is None else {"OwnerUserId": owner}
    return {
        "Id": id, "PostTypeId": 2, "ParentId": parent, "CreationDate": "2018-03-13T09:00:00.000",
        "Body": "<p>Because of <b>this</b>.</p><p>And that.</p>", **owned, **more,
    }  # fmt: skip


@contextmanager
def reading(folder: Path, site: Site | None = None) -> Iterator[Dump]:
    with opened(folder, site or Site(source="sx", name="A site"), ignore) as dump:
        yield dump


def read(folder: Path, site: Site | None = None) -> tuple[list[Row], list[Unread], dict[str, int]]:
    """All rows of a dump, what was not read, and what was counted."""
    with reading(folder, site) as dump:
        found = list(rows(dump))
        rest = [entry for entry in found if isinstance(entry, Unread)]
        return [entry for entry in found if isinstance(entry, Row)], rest, dict(dump.counted)


def of_type(found: Sequence[Row], label: str) -> list[dict[str, object]]:
    return [row.body for row in found if row.body["type"] == label]
