"""Any answer as tables and lines to read, from what its dataclass declares."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from pydantic.alias_generators import to_camel
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from service.model.answers import Basis, ItemReference, PersonReference

MOST_ROWS = 50
_LONGEST = 60


def print_fields(console: Console, answer: Any, indent: str = "") -> None:
    """Print every field of an answer but its basis: values as lines, lists of things as tables."""
    for declared in fields(answer):
        value, name = getattr(answer, declared.name), _name(declared.name)
        if value is None or isinstance(value, Basis):
            continue
        if isinstance(value, list) and value and is_dataclass(value[0]) and not _is_reference(value[0]):
            _print_table(console, name, value)
        elif is_dataclass(value) and not _is_reference(value):
            console.print(f"{indent}[bold]{name}[/bold]")
            print_fields(console, value, indent + "  ")
        else:
            console.print(f"{indent}[dim]{name}:[/dim] {escape(_text(value))}", soft_wrap=True)


def named_values(value: Any, names: Iterable[str]) -> str:
    """Some fields of a thing in a line, each with its name."""
    known = ((_name(name), getattr(value, name)) for name in names)
    return "; ".join(f"{name} {_text(one)}" for name, one in known if one not in (None, []))


def _print_table(console: Console, title: str, rows: list[Any]) -> None:
    names = (declared.name for declared in fields(rows[0]))
    shown = [name for name in names if any(getattr(row, name) not in (None, []) for row in rows)]
    table = Table(*(_name(name) for name in shown), title=title, title_justify="left")
    for row in rows[:MOST_ROWS]:
        table.add_row(*(escape(_short(_text(getattr(row, name)))) for name in shown))
    console.print(table)
    if len(rows) > MOST_ROWS:
        console.print(f"[dim]… and {len(rows) - MOST_ROWS} more; --json shows all.[/dim]")


def _is_reference(value: object) -> bool:
    return isinstance(value, PersonReference | ItemReference)


def _name(attribute: str) -> str:
    return to_camel(attribute.rstrip("_"))


def _text(value: Any) -> str:  # noqa: PLR0911 - a table of types
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
            return ", ".join(_text(one) for one in value)
        case _ if is_dataclass(value):
            return named_values(value, (declared.name for declared in fields(value)))
        case _:
            return str(value)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
