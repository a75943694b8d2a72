"""The fields of a dump's records: numbers, instants and tags."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from service.exchange.rows import Unreadable

Fields = Mapping[str, str]


def text(fields: Fields, name: str) -> str:
    """A field that has to be there and hold more than spaces."""
    value = fields.get(name, "")
    if not value.strip():
        raise Unreadable(f"it has no {name}")
    return value


def number(fields: Fields, name: str) -> int:
    """A whole number that has to be there."""
    value = text(fields, name)
    try:
        whole = int(value)
    except ValueError:
        raise Unreadable(f"{name} is {value[:40]!r} and should be a whole number") from None
    if not -(2**63) <= whole < 2**63:
        raise Unreadable(f"{name} is {value[:40]!r}, which is too large for an id")
    return whole


def optional_number(fields: Fields, name: str) -> int | None:
    """A whole number that may be left out."""
    return number(fields, name) if fields.get(name) else None


def instant(fields: Fields, name: str) -> datetime:
    """An instant in UTC; dumps write it without an offset and mean UTC."""
    value = text(fields, name)
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable(f"{name} is {value[:40]!r} and should be a time such as 2018-03-12T17:00:45.567") from None


def day_or_instant(fields: Fields, name: str) -> datetime:
    """When a vote was cast. Dumps round it down to the day: then the last second of that day, by which it had been.

    The first moment of the day would date a vote before the answer that it is for, and let a question as of that
    morning know what came later.
    """
    moment = instant(fields, name)
    return moment + timedelta(days=1, seconds=-1) if moment.time() == time() else moment


def tags(value: str) -> list[str]:
    """The tags of a question, written `<a><b>` in older dumps and `|a|b|` in newer ones, each once."""
    bare = value.strip()
    pointed = bare.startswith("<") and bare.endswith(">")
    names = bare[1:-1].split("><") if pointed else bare.split("|")
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))


def written(moment: datetime) -> str:
    """An instant as rows write it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def from_milliseconds(value: int) -> datetime:
    """The instant that many milliseconds after 1970."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=value)
