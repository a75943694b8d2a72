"""What is kept of the moment in which something was told anonymously: the week, and nothing that orders within it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4


def week_of(instant: datetime) -> datetime:
    """The Monday midnight, in UTC, before an instant."""
    day = instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def timeless_id() -> str:
    """An id that says nothing of when it was made."""
    return str(uuid4())
