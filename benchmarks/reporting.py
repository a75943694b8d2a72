"""The table in which every benchmark writes: what, how much, and what was aimed at."""

from rich.console import Console
from rich.table import Table as RichTable


class Table:
    """Rows as they come, printed at the end; nothing in it is asserted."""

    def __init__(self, title: str) -> None:
        self._table = RichTable("measure", "found", "aim", title=title)

    def row(self, measure: str, found: str, aim: str) -> None:
        """Add a row, and say it at once for whoever waits."""
        self._table.add_row(measure, found, aim)
        print(f"{measure}: {found}" + (f" (aim: {aim})" if aim else ""), flush=True)

    def show(self) -> None:
        """Print the whole table."""
        Console().print(self._table)
