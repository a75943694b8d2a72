"""Who listens to whom, from a table of ties: each tie an observation, each end a person, groups as communities.

Which end listens has to be said by whoever has the table: the receiver of a message listens and its sender tells; a
follower listens; the one who asks for advice listens.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from service.exchange.rows import Advance, Origin, Row, Unread, Unreadable
from service.exchange.tables import Cells, cells
from service.model.errors import Invalid

_LONGEST_PERSON = 200
_LONGEST_NAME = 300
_EARLIEST_SECOND = 10**8
"""1973: below it a number is rather a day (20260301) or counts from another start."""
_LATEST_SECOND = 10**11


@dataclass(frozen=True, kw_only=True)
class TieTable:
    """A file of ties; columns by name, or by number from 1."""

    path: Path
    listener: str
    teller: str
    at: str | None = None
    delimiter: str | None = None
    kind: str = "heard_from"
    """An `ObservationKind`."""


@dataclass(frozen=True, kw_only=True)
class PeopleTable:
    """A file of who the ends are; columns by name, or by number from 1."""

    path: Path
    person: str = "1"
    name: str | None = None
    group: str | None = None
    """The column that says to which group each belongs."""
    since: datetime | None = None
    """Since when the memberships hold, which has to be said where there are groups."""
    delimiter: str | None = None


def bytes_to_read(ties: TieTable, people: PeopleTable | None) -> int:
    """How many bytes `advance` will be told of."""
    return sum(table.path.stat().st_size for table in (ties, people) if table and table.path.is_file())


def rows(source: str, ties: TieTable, people: PeopleTable | None, advance: Advance) -> Iterator[Row | Unread]:
    """People, then ties, in an order in which a row's links lead to rows before it; always the same order.

    A person's id over there becomes an account of `source`. A tie is named by its ends, its time and how many like it
    came before, so that the same file in another order, or with more ties, says nothing twice.
    """
    if "/" in source or not source.strip():
        raise Invalid(f"{source!r} can't name a source", right="Give a short word without a slash.", field="source")
    if people and people.group and people.since is None:
        raise Invalid("groups need a day since when", right="Give --since, such as 2003-10-01.", field="since")
    with closing(_Seen()) as seen:
        if people:
            yield from _people(source, people, seen, advance)
        columns = {"listener": ties.listener, "teller": ties.teller} | ({"at": ties.at} if ties.at else {})
        for record in cells(ties.path, columns, advance, ties.delimiter):
            if isinstance(record, Unread):
                yield record
                continue
            try:
                yield from _tie(source, ties, record, seen)
            except Unreadable as error:
                yield Unread(record.origin, str(error))


class _Seen:
    """How often each thing came up, in a private file that goes away: memory does not grow with the table."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "CREATE TABLE seen (thing TEXT PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID; BEGIN"
        )

    def close(self) -> None:
        self._database.close()

    def times(self, thing: str) -> int:
        """How often it came up before."""
        (times,) = self._database.execute(
            "INSERT INTO seen VALUES (?, 0) ON CONFLICT DO UPDATE SET times = times + 1 RETURNING times", (thing,)
        ).fetchone()
        return int(times)


def _people(source: str, people: PeopleTable, seen: _Seen, advance: Advance) -> Iterator[Row | Unread]:
    asked = {"person": people.person, "name": people.name, "group": people.group}
    columns = {purpose: column for purpose, column in asked.items() if column}
    for record in cells(people.path, columns, advance, people.delimiter):
        if isinstance(record, Unread):
            yield record
            continue
        try:
            person = _end(record, "person")
            if seen.times(f"person {person}"):
                raise Unreadable(f"{person} stands in the file already")
            name = record.values.get("name", "")
            yield from _person(source, person, name or person, record.origin, only_if_new=not name)
            if people.since and record.values.get("group"):
                yield from _membership(source, record, people.since, seen)
        except Unreadable as error:
            yield Unread(record.origin, str(error))


def _person(source: str, person: str, name: str, origin: Origin, *, only_if_new: bool = False) -> Iterator[Row]:
    reference = f"{source}/{person}"
    yield Row({"type": "Person", "id": reference, "name": name[:_LONGEST_NAME]}, origin, only_if_new)
    yield Row({"type": "Account", "source": source, "externalId": person, "personId": reference}, origin)


def _membership(source: str, record: Cells, since: datetime, seen: _Seen) -> Iterator[Row]:
    person, group = record.values["person"], record.values["group"]
    community, start = f"{source}/group-{group}", _written(since)
    if not seen.times(f"group {group}"):
        yield Row({"type": "Community", "id": community, "name": group[:_LONGEST_NAME], "at": start}, record.origin)
    body: dict[str, object] = {
        "type": "Membership",
        "id": f"{source}/membership-{_digest(person, group)}",
        "personId": f"{source}/{person}",
        "communityId": community,
        "since": start,
        "at": start,
    }
    yield Row(body, record.origin)


def _tie(source: str, ties: TieTable, record: Cells, seen: _Seen) -> Iterator[Row]:
    listener, teller = _end(record, "listener"), _end(record, "teller")
    if listener == teller:
        raise Unreadable("both its ends are the same person")
    when = _moment(record.values.get("at", ""))
    for person in (listener, teller):
        if not seen.times(f"person {person}"):
            yield from _person(source, person, person, record.origin, only_if_new=True)
    name = _digest(ties.kind, listener, teller, when or "")
    before = seen.times(f"tie {name}")
    body: dict[str, object] = {
        "type": "Observation",
        "id": f"{source}/tie-{name}" + (f"-{before + 1}" if before else ""),
        "kind": ties.kind,
        "byId": f"{source}/{listener}",
        "toId": f"{source}/{teller}",
    }
    yield Row(body | ({"at": when} if when else {"undated": True}), record.origin)


def _end(record: Cells, purpose: str) -> str:
    person = record.values[purpose]
    if not person:
        raise Unreadable(f"it has no {purpose}")
    if len(person) > _LONGEST_PERSON:
        raise Unreadable(f"{purpose} is longer than {_LONGEST_PERSON} characters")
    return person


def _moment(value: str) -> str | None:
    """A time as rows write it: ISO 8601 (UTC where it names no offset), or seconds since 1970."""
    if not value:
        return None
    try:
        if not value.replace(".", "", 1).isdigit():
            return _written(datetime.fromisoformat(value))
        seconds = float(value)
    except (ValueError, OverflowError):
        seconds = 0.0
    if not _EARLIEST_SECOND <= seconds < _LATEST_SECOND:
        right = "a time such as 2026-03-01T09:30:00Z, or seconds since 1970"
        raise Unreadable(f"at is {value[:40]!r} and should be {right}")
    return _written(datetime.fromtimestamp(seconds, UTC))


def _written(moment: datetime) -> str:
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.isoformat().replace("+00:00", "Z")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]
