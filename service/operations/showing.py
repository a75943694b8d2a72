"""A new item as readers see it, from what was written: so that its writer's answer takes no reading."""

from datetime import UTC, datetime
from typing import Any

from service.model.texts import as_html
from service.model.viewer import Viewer
from service.operations.composing import Judged


def shown(judged: Judged, viewer: Viewer) -> dict[str, Any] | None:
    """Every field of an item just made, alike to `reading.get`; nothing where its writer may not see it."""
    properties, kind = judged.properties, judged.row.kind
    if judged.status != "created" or properties["audience"] not in viewer.audiences:
        return None
    item: dict[str, Any] = {}
    for name, field in kind.recorded.items():
        if field.link is None:
            value = properties.get(name)
            item[name] = as_text(value) if isinstance(value, datetime) else value
        else:
            ids = sorted(judged.links[name])
            item[name] = ids if field.many else next(iter(ids), None)
    if kind.has_text:
        item["html"] = as_html(properties["content"], properties["format"])
    return item


def as_text(instant: datetime) -> str:
    """An instant as the database writes it: in UTC, its fraction of a second without trailing zeros."""
    utc = instant.astimezone(UTC).replace(tzinfo=None)
    fraction = f".{utc.microsecond:06}".rstrip("0") if utc.microsecond else ""
    return f"{utc.isoformat(timespec='seconds')}{fraction}Z"
