"""What an import says at its end: rows by kind, what was not read and why, and what becomes no row by design."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from service.exchange.rows import Origin
from service.model.wording import counted
from service.operations.invariants import Violation

_EXAMPLES = 3
_RARE = {"before": "in before it was cut short"}
_STATUSES = ("created", "updated", "unchanged", "before", "failed")


@dataclass
class ImportReport:
    """Counts as the import goes, and a line in the report's file for everything that was not read."""

    file: IO[bytes] | None = None
    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By label and status."""
    unread: Counter[str] = field(default_factory=Counter)
    """By reason, without what differs from one to the next."""
    examples: dict[str, list[str]] = field(default_factory=dict)
    unsound: Sequence[Violation] = ()
    """Rules that the graph breaks after the import; none, unless something is badly wrong."""

    def count(self, label: str, status: str) -> None:
        """A row was written, or was there already."""
        self.rows[label, status] += 1

    def left_out(self, origin: Origin, why: str, **details: object) -> None:
        """Something became no row."""
        reason = re.sub(r"'[^']*'|\d+(?:[-:.]\d+)*", "…", why)
        self.unread[f"{origin.file}: {reason}"] += 1
        place = f"line {origin.line}" + (f", id {origin.record}" if origin.record else "")
        examples = self.examples.setdefault(f"{origin.file}: {reason}", [])
        if len(examples) < _EXAMPLES:
            examples.append(place)
        if self.file:
            entry = {"file": origin.file, "line": origin.line, "record": origin.record, "why": why, **details}
            self.file.write(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE))

    def failed(self, origin: Origin, label: str, problems: Sequence[Mapping[str, str | None]]) -> None:
        """The network refused a row."""
        self.count(label, "failed")
        why = "; ".join(f"{problem['field']}: {problem['wrong']}" for problem in problems)
        self.left_out(origin, f"{label}: {why}", problems=list(problems))

    @property
    def read(self) -> int:
        """How many rows went in or were there already."""
        return sum(count for (_label, status), count in self.rows.items() if status != "failed")

    def show(self, console: Console, by_design: Mapping[str, int], ignored: Sequence[str]) -> None:
        """Print the summary."""
        statuses = [status for status in _STATUSES if status not in _RARE or any(key[1] == status for key in self.rows)]
        table = Table("rows", *(Column(_RARE.get(status, status), justify="right") for status in statuses))
        for label in dict.fromkeys(label for label, _status in self.rows):
            table.add_row(label, *(f"{self.rows[label, status]:,}" for status in statuses))
        if self.rows:
            console.print(table)
        _show_counts(console, "Not read", self.unread, self.examples)
        _show_counts(console, "In the files, and no row by design", by_design, {})
        if ignored:
            console.print(f"Left alone: {', '.join(ignored)}.", markup=False)
        for violation in self.unsound:
            broken = counted(violation.count, "item breaks", "items break")
            console.print(f"{violation.name}: {broken} it: {violation.rule}", markup=False)


def _show_counts(
    console: Console, title: str, counts: Mapping[str, int], examples: Mapping[str, Sequence[str]]
) -> None:
    if not counts:
        return
    table = Table(Column("how many", justify="right"), title, *(["such as"] if examples else []))
    for what, count in sorted(counts.items(), key=lambda entry: -entry[1]):
        table.add_row(f"{count:,}", escape(what), *(["; ".join(examples[what])] if examples else []))
    console.print(table)


@contextmanager
def report_to(path: Path | None) -> Iterator[ImportReport]:
    """A report that also goes to a file, where one is named."""
    if path is None:
        yield ImportReport()
        return
    with path.open("wb") as file:
        yield ImportReport(file)
