"""A list of things as a table: what fits the console's width in columns, the rest in lines under each row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from itertools import accumulate
from typing import Any, Literal

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from service.cli.wording import LONGEST_SHORT, is_reference, is_thing, meaning, named, text, words

MOST_ROWS = 50
MOST_SIGNS = 300
"""Of a list within a row."""
WIDEST = 28
"""A column that words may be wrapped in."""
_GAP = 2
_INDENT = 4


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One field of all rows, or one field of what stands in that field."""

    heading: str
    cells: Sequence[Any]
    of: type
    attribute: str

    @property
    def texts(self) -> list[str]:
        """What stands in it, row by row."""
        return [text(cell) for cell in self.cells]

    @property
    def longest(self) -> int:
        """The length of the longest text in it."""
        return max(len(one) for one in self.texts)

    @property
    def names(self) -> bool:
        """Whether it names people or items and nothing else."""
        return all(cell is None or is_reference(cell) for cell in self.cells)

    @property
    def is_short(self) -> bool:
        """Whether a table can hold it: no lists of things, and no sentences but as names."""
        return self.names or (self.longest <= LONGEST_SHORT and not any(_things(cell) for cell in self.cells))

    @property
    def width(self) -> int:
        """How wide it has to be for its heading's words and its figures; names may be broken, when they are long."""
        whole = [self.heading] if self.names else [self.heading, *self.texts]
        unbroken = max(len(word) for one in whole for word in [*one.split(), ""])
        return max(unbroken, min(self.longest, WIDEST))

    @property
    def justify(self) -> Literal["left", "right"]:
        """Figures stand at the right."""
        return "right" if all(cell is None or isinstance(cell, int | float) for cell in self.cells) else "left"


def print_table(console: Console, title: str, rows: Sequence[Any]) -> None:
    """Print rows of one dataclass, the first fifty of them: each whole, at any width of the console."""
    columns = _columns(rows[:MOST_ROWS])
    inside = [column for column in columns if column.is_short]
    if len(inside) == len(columns) and _boxed_width(columns) <= console.width:
        console.print(_boxed(title, columns))
    else:
        _print_with_lines(console, title, columns)
    for note in _notes(columns):
        console.print(f"[dim]{escape(note)}[/dim]")
    if len(rows) > MOST_ROWS:
        console.print(f"[dim]… and {len(rows) - MOST_ROWS} more; --json shows all.[/dim]")


def _notes(columns: Sequence[Column]) -> Iterator[str]:
    """What those figures are whose heading does not say it, and why some rows have none where others have one."""
    for column in columns:
        figures = sum(isinstance(cell, int | float) for cell in column.cells)
        said = meaning(column.of, column.attribute, partly_empty=figures < len(column.cells))
        if figures and said:
            yield f"{column.heading}: {said}"


def _boxed_width(columns: Sequence[Column]) -> int:
    return sum(max(len(column.heading), column.longest) + 3 for column in columns) + 1


def _boxed(title: str, columns: Sequence[Column]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column.heading, justify=column.justify)
    for row in zip(*(column.texts for column in columns), strict=True):
        table.add_row(*map(escape, row))
    return table


def _print_with_lines(console: Console, title: str, columns: Sequence[Column]) -> None:
    inside = _fitting(columns, console.width)
    under = [column for column in columns if column not in inside]
    console.print(f"[italic]{escape(title)}[/italic]")
    if inside:
        console.print(_line(inside, [f"[bold]{escape(column.heading)}[/bold]" for column in inside]))
    for number in range(len(columns[0].cells)):
        if inside:
            console.print(_line(inside, [escape(column.texts[number]) for column in inside]))
        for line in _lines_under(under, number):
            console.print(Padding(line, (0, 0, 0, _INDENT if inside else 0)))


def _fitting(columns: Sequence[Column], width: int) -> dict[Column, int]:
    """Those, in their order, that stand beside each other without breaking a word, and how wide each is."""
    found: dict[Column, int] = {}
    left = width
    for column in columns:
        if column.is_short and column.width + _GAP <= left:
            found[column] = column.width
            left -= column.width + _GAP
    for column in found:
        more = min(left, max(0, column.longest - column.width))
        found[column] += more
        left -= more
    return found


def _line(widths: Mapping[Column, int], cells: Sequence[str]) -> Table:
    """One row with the widths that all rows have."""
    line = Table(box=None, show_header=False, padding=(0, _GAP, 0, 0), pad_edge=True)
    for column, width in widths.items():
        line.add_column(width=width, justify=column.justify)
    line.add_row(*cells)
    return line


def _lines_under(columns: Sequence[Column], number: int) -> Iterator[str]:
    """What has no column: short values in one line, everything else in a line of its own."""
    told = [column for column in columns if column.cells[number] not in (None, [])]
    if short := "; ".join(f"{column.heading} {column.texts[number]}" for column in told if column.is_short):
        yield f"[dim]{escape(short)}[/dim]"
    for column in told:
        if not column.is_short:
            cell = column.cells[number]
            shown = _elements(_newest_first(cell)) if _things(cell) else column.texts[number]
            yield f"[dim]{escape(column.heading)}: {escape(shown)}[/dim]"


def _newest_first(things: Sequence[Any]) -> Sequence[Any]:
    """What begins with moments in their order, the other way round: of what is cut the newest is to be read."""
    moments = [getattr(one, fields(one)[0].name) for one in things]
    in_time = all(isinstance(one, datetime) for one in moments) and moments == sorted(moments)
    return things[::-1] if in_time else things


def _elements(things: Sequence[Any]) -> str:
    """As many of them as are read at a glance, the first in any case, and how many more there are."""
    told = [text(one) for one in things]
    ends = accumulate(len(one) for one in told)
    shown = max(1, sum(end <= MOST_SIGNS for end in ends))
    more = [f"… and {len(told) - shown} more"] if len(told) > shown else []
    return " · ".join([*told[:shown], *more])


def _columns(rows: Sequence[Any]) -> list[Column]:
    read = [dict(_values(row)) for row in rows]
    paths = {path: type(_owner(row, path)) for row, known in zip(rows, read, strict=True) for path in known}
    last = [path[-1] for path in paths]
    return [
        Column(
            words(path[-1] if last.count(path[-1]) == 1 else " ".join(path)),
            [row.get(path) for row in read],
            of,
            path[-1],
        )
        for path, of in paths.items()
        if any(row.get(path) not in (None, []) for row in read)
    ]


def _values(row: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The fields of a row by the way to them; a nameless thing in a field is opened, as its fields say more."""
    for declared in fields(row):
        value = getattr(row, declared.name)
        if is_dataclass(value) and not is_reference(value) and named(value) is None:
            yield from (((declared.name, inner.name), getattr(value, inner.name)) for inner in fields(value))
        else:
            yield (declared.name,), value


def _owner(row: Any, path: Sequence[str]) -> Any:
    """What has the field that a path ends with."""
    return row if len(path) == 1 else getattr(row, path[0])


def _things(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and is_thing(value[0])
