"""The one scalar that GraphQL lacks: an instant, the same text at every door."""

from datetime import UTC, datetime
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

DateTime = NewType("DateTime", datetime)


def _parse(value: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        message = f"{value!r} is not an instant: give ISO 8601 with an offset, such as 2026-03-01T09:30:00Z"
        raise ValueError(message)
    return instant.astimezone(UTC)


def _show(value: Any) -> str:
    return value if isinstance(value, str) else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


DATE_TIME: ScalarDefinition = strawberry.scalar(
    name="DateTime",
    description="An instant in UTC, ISO 8601: `2026-03-01T09:30:00Z`. Any offset is taken and turned into UTC.",
    serialize=_show,
    parse_value=_parse,
)
SCALARS: dict[object, ScalarDefinition] = {DateTime: DATE_TIME}
