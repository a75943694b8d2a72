"""Any answer as tables and lines to read, from what its dataclass declares."""

from dataclasses import fields
from typing import Any

from rich.console import Console
from rich.markup import escape

from service.cli.tables import print_table
from service.cli.wording import is_thing, meaning, text, words
from service.model.answers import Basis


def print_fields(console: Console, answer: Any, indent: str = "") -> None:
    """Print every field of an answer but its basis: values as lines, lists of things as tables."""
    for declared in fields(answer):
        value, name = getattr(answer, declared.name), words(declared.name)
        if value is None or isinstance(value, Basis):
            continue
        if isinstance(value, list) and value and is_thing(value[0]):
            print_table(console, name, value)
        elif is_thing(value):
            console.print(f"{indent}[bold]{name}[/bold]")
            print_fields(console, value, indent + "  ")
        else:
            shown = "none" if value == [] else text(value)
            console.print(f"{indent}[dim]{name}:[/dim] {escape(shown)}", soft_wrap=True)
            if said := meaning(type(answer), declared.name):
                console.print(f"{indent}  [dim]{escape(said)}[/dim]")
