"""Any value of an answer as words to read, from what its dataclass declares."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from service.model.answers import ItemReference, PersonReference

LONGEST_SHORT = 60
"""Longer text is a sentence, and stands in a line of its own."""
UNCLEAR = frozenset(
    {
        *("half_days", "half_lower", "half_upper"),
        *("median_days", "median_lower", "median_upper", "median_low", "median_high"),
        *("bridging", "within", "within_low", "within_high", "participation", "constraint", "betweenness_deviation"),
        *("coreness", "depth", "deepest", "centrality", "heard_ratio"),
        *("expertise", "right_low", "right_high", "rate_low", "rate_high"),
        *("credit", "visible", "hidden", "hidden_low", "hidden_high"),
    }
)
"""Fields whose name as words does not say what they are: what has a half of, and within what."""


def words(attribute: str) -> str:
    """A field's name as words: `latest at`."""
    return attribute.rstrip("_").replace("_", " ")


def meaning(of: type, attribute: str, *, partly_empty: bool = False) -> str | None:
    """What a field says, in a sentence, where its name alone does not tell, or not why some have none of it."""
    declared = getattr(of, "__pydantic_fields__", {}).get(attribute)
    said = (declared.description or "") if declared else ""
    if attribute not in UNCLEAR and not (partly_empty and "null" in said.lower()):
        return None
    # What is null in JSON stands empty in a table.
    return said.replace("null", "empty").replace("Null", "Empty") or None


def text(value: Any) -> str:  # noqa: PLR0911 - a table of types
    """A value in a line."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.4g}"
        case datetime():
            return f"{value:%Y-%m-%d}"
        case PersonReference():
            return value.name or value.id
        case ItemReference():
            return value.title or f"{value.kind} {value.id}"
        case list():
            return ", ".join(text(one) for one in value)
        case _ if is_dataclass(value):
            return _thing(value)
        case _:
            return str(value)


def named_values(value: Any, names: Iterable[str]) -> list[str]:
    """Some fields of a thing that it has, each with its name."""
    known = ((words(name), getattr(value, name)) for name in names)
    return [f"{name} {said}" for name, one in known if one not in (None, []) and (said := text(one))]


def in_lines(values: Sequence[str]) -> list[str]:
    """The short ones together in a line, and each sentence in a line of its own."""
    short = "; ".join(one for one in values if len(one) <= LONGEST_SHORT)
    return [*([short] if short else []), *(one for one in values if len(one) > LONGEST_SHORT)]


def named(value: Any) -> str | None:
    """What a thing is called, where it has a name."""
    found = getattr(value, "name", None) or getattr(value, "title", None)
    return found if isinstance(found, str) else None


def is_reference(value: object) -> bool:
    """Whether it is but the name of a person or an item."""
    return isinstance(value, PersonReference | ItemReference)


def is_thing(value: object) -> bool:
    """Whether it has fields to show."""
    return is_dataclass(value) and not is_reference(value)


def _thing(value: Any) -> str:
    name = named(value)
    others = (declared.name for declared in fields(value) if declared.name not in {"name", "title"})
    if name is None:
        return ", ".join(named_values(value, (declared.name for declared in fields(value))))
    rest = named_values(value, (one for one in others if text(getattr(value, one)) != name))
    return f"{name} ({', '.join(rest)})" if rest else name
