"""The graph's values as JSON, without loss.

What JSON has stays as it is: null, booleans, text, lists, maps, integers up to 2^53 - 1 either way, finite floats. All
else is an object with a `$type`; a map that has a key of that name is wrapped as one of type `Map`.
"""

import math
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from neo4j import Record
from neo4j.exceptions import BrokenRecordError
from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time

from service.model.errors import Invalid

TYPE = "$type"
_LARGEST = 2**53 - 1
_NANOSECONDS = 1_000_000_000


def plain_row(record: Record) -> list[Any]:
    """A row's values; raises Invalid naming the column where one is beyond what can be shown."""
    return [_plain_column(record, index, name) for index, name in enumerate(record.keys())]


def _plain_column(record: Record, index: int, name: str) -> Any:
    try:
        return plain(record[index])
    except BrokenRecordError as error:
        raise Invalid(
            f"The column `{name}` holds a date outside the years 1 to 9999, or a time zone that is unknown here",
            right=f"Ask for toString({name}).",
            field="statement",
        ) from error


def plain(value: Any) -> Any:  # noqa: C901, PLR0911, PLR0912 - a table of types
    """One value as JSON takes it."""
    match value:
        case None | bool() | str():
            return value
        case int():
            return value if abs(value) <= _LARGEST else _typed("Integer", str(value))
        case float():
            return value if math.isfinite(value) else _typed("Float", _unbounded(value))
        case bytes() | bytearray():
            return _typed("Bytes", b64encode(value).decode())
        case Point():
            return {TYPE: "Point", "srid": value.srid, "coordinates": [plain(number) for number in value]}
        case Duration():
            return _typed("Duration", _duration(value))
        case DateTime():
            named = "LocalDateTime" if value.tzinfo is None else "ZonedDateTime"
            return _typed(named, _moment(value))
        case Date():
            return _typed("Date", _date(value))
        case Time():
            return _typed(
                "LocalTime" if value.tzinfo is None else "ZonedTime", f"{_time(value)}{_zone(value.utc_offset())}"
            )
        case Node():
            return {
                TYPE: "Node",
                "elementId": value.element_id,
                "labels": sorted(value.labels),
                "properties": _properties(value),
            }
        case Relationship():
            return {
                TYPE: "Relationship",
                "elementId": value.element_id,
                "type": value.type,
                "startElementId": _element_id(value.start_node),
                "endElementId": _element_id(value.end_node),
                "properties": _properties(value),
            }
        case Path():
            return {TYPE: "Path", "nodes": list(map(plain, value.nodes)), "relationships": list(map(plain, value))}
        case Mapping():
            shown = {key: plain(one) for key, one in value.items()}
            return _typed("Map", shown) if TYPE in shown else shown
        case list() | tuple():
            return [plain(one) for one in value]
        case _:
            raise Invalid(
                f"The answer holds a {type(value).__name__}, which can't be shown",
                right="Ask for parts of it that are text, numbers, times, lists, maps, nodes or relationships.",
                field="statement",
            )


def _typed(name: str, value: Any) -> dict[str, Any]:
    return {TYPE: name, "value": value}


def _unbounded(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _properties(entity: Node | Relationship) -> dict[str, Any]:
    return {name: plain(value) for name, value in sorted(entity.items())}


def _element_id(node: Node | None) -> str | None:
    return None if node is None else node.element_id


def _date(value: Date) -> str:
    return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"


def _time(value: Time) -> str:
    return f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}{_fraction(value.nanosecond)}"


def _fraction(nanoseconds: int) -> str:
    return f".{nanoseconds:09d}".rstrip("0") if nanoseconds else ""


def _moment(value: DateTime) -> str:
    """Date, time, offset and zone, by the zone's own rules: those of the driver know no summer after 2037."""
    local = datetime(value.year, value.month, value.day, value.hour, value.minute, value.second)  # noqa: DTZ001
    offset, zone = value.utc_offset(), getattr(value.tzinfo, "zone", None)
    if offset is not None and zone is not None:
        # At the ends of time, and in a zone that is unknown here, the driver's rules have to do.
        with suppress(OverflowError, ZoneInfoNotFoundError):
            ruled = (local - offset).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
            local, offset = ruled.replace(tzinfo=None), ruled.utcoffset()
    return f"{local.isoformat(timespec='seconds')}{_fraction(value.nanosecond)}{_zone(offset, zone)}"


def _zone(offset: timedelta | None, name: str | None = None) -> str:
    """The offset, `Z` for none, and after it the zone's name where it has one (RFC 9557)."""
    if offset is None:
        return ""
    seconds = round(offset.total_seconds())
    if seconds == 0 and name in {None, "UTC"}:
        return "Z"
    minutes, rest = divmod(abs(seconds), 60)
    shown = f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}" + (f":{rest:02d}" if rest else "")
    return shown if name is None else f"{shown}[{name}]"


def _duration(value: Duration) -> str:
    """Its four numbers, none carried over into another: months, days, seconds with their fraction."""
    total = value.seconds * _NANOSECONDS + value.nanoseconds
    seconds, nanoseconds = divmod(abs(total), _NANOSECONDS)
    return f"P{value.months}M{value.days}DT{'-' if total < 0 else ''}{seconds}{_fraction(nanoseconds)}S"
