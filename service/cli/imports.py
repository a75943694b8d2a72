"""`retell import`: what is there already, in others' files, brought into the network."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from service.cli.import_report import ImportReport, report_to
from service.cli.opening import Data, Key, fail, run_as_operator
from service.exchange import ndjson as own_rows
from service.exchange import stackexchange as dumps
from service.exchange import ties as tables
from service.exchange.rows import Advance, Row, Unread
from service.model.errors import Invalid, RetellError
from service.model.evidence import ObservationKind
from service.model.viewer import Scope, Viewer
from service.operations.importing import Refused, import_rows
from service.operations.invariants import violations
from service.operations.network import Network

app = typer.Typer(help="Bring in people, ties, or a community's history from others' files.", no_args_is_help=True)

Source = Annotated[
    str | None, typer.Option(help="The first half of every reference; the file's or folder's name, else.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and judge everything, and write nothing.")]
ReportFile = Annotated[
    Path | None, typer.Option("--report", dir_okay=False, help="Keep what was not read here, as NDJSON.")
]
_DELIMITERS = {"tab": "\t", "space": " "}


@dataclass(frozen=True, kw_only=True)
class _Input:
    """Something to import, opened: its rows, and what there is to say of it afterwards."""

    rows: Iterable[Row | Unread]
    words: str
    """Change when the files do, or how they are read."""
    counted: Mapping[str, int] = field(default_factory=dict)
    ignored: Sequence[str] = ()


@app.command()
def stackexchange(
    path: Annotated[Path, typer.Argument(help="The folder of the unpacked dump: Users.xml, Posts.xml and so on.")],
    source: Source = None,
    name: Annotated[str | None, typer.Option(help="The community's name; the source, else.")] = None,
    purpose: Annotated[str | None, typer.Option(help="What the community is for, in a sentence.")] = None,
    language: Annotated[str, typer.Option(help="The language of its questions, as a BCP 47 tag.")] = "en",
    dry_run: DryRun = False,
    report: ReportFile = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Import a Stack Exchange data dump."""
    word = source or path.resolve().name
    site = dumps.Site(source=word, name=name or word, purpose=purpose, language=language)

    @contextmanager
    def opened(advance: Advance) -> Iterator[_Input]:
        with dumps.opened(path, site, advance) as dump:
            words = _words("stackexchange", site, files=dump.files.values())
            ignored = dumps.ignored_files(path)
            yield _Input(rows=dumps.rows(dump), words=words, counted=dump.counted, ignored=ignored)

    _import(lambda: dumps.bytes_to_read(dumps.files_of(path)), opened, _Ways(dry_run, report, key, data))


@app.command()
def ties(
    path: Annotated[Path, typer.Argument(help="The table of ties: CSV, columns between spaces, or NDJSON.")],
    listener: Annotated[str, typer.Option(help="The column of the end that listens: a name, or a number from 1.")],
    teller: Annotated[str, typer.Option(help="The column of the end that tells.")],
    at: Annotated[str | None, typer.Option(help="The column that says when; ties without a time do not decay.")] = None,
    kind: Annotated[
        ObservationKind, typer.Option(help="How one came to hear of the other.")
    ] = ObservationKind.heard_from,
    people: Annotated[Path | None, typer.Option(help="A second table, of who the ends are.")] = None,
    person: Annotated[str, typer.Option(help="Its column of ids, as in the table of ties.")] = "1",
    name: Annotated[str | None, typer.Option(help="Its column of names.")] = None,
    group: Annotated[str | None, typer.Option(help="Its column of groups, which become communities.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Since when people belong to their groups.")] = None,
    delimiter: Annotated[
        str | None, typer.Option(help="What separates columns: one character, tab, or space; found out, else.")
    ] = None,
    source: Source = None,
    dry_run: DryRun = False,
    report: ReportFile = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Import people and who listens to whom. Which end listens has to be said: a message's receiver, a follower."""
    mark = _DELIMITERS.get(delimiter or "", delimiter)
    table = tables.TieTable(path=path, listener=listener, teller=teller, at=at, delimiter=mark, kind=kind.value)
    ends = None
    if people:
        ends = tables.PeopleTable(path=people, person=person, name=name, group=group, since=since, delimiter=mark)

    @contextmanager
    def opened(advance: Advance) -> Iterator[_Input]:
        word = source or path.stem
        words = _words("ties", word, table, ends, files=[path, *([people] if people else [])])
        yield _Input(rows=tables.rows(word, table, ends, advance), words=words)

    _import(lambda: tables.bytes_to_read(table, ends), opened, _Ways(dry_run, report, key, data))


@app.command()
def ndjson(
    path: Annotated[Path, typer.Argument(help="A file of rows, one JSON object a line.")],
    dry_run: DryRun = False,
    report: ReportFile = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Import rows as `retell export` writes them."""

    @contextmanager
    def opened(advance: Advance) -> Iterator[_Input]:
        yield _Input(rows=own_rows.rows(path, advance), words=_words("ndjson", files=[path]))

    _import(lambda: path.stat().st_size if path.is_file() else 0, opened, _Ways(dry_run, report, key, data))


@dataclass(frozen=True)
class _Ways:
    dry_run: bool
    report: Path | None
    key: str | None
    data: Path | None


def _import(size: Callable[[], int], opened: Callable[[Advance], AbstractContextManager[_Input]], ways: _Ways) -> None:
    """Read and write with a progress bar, and end in a report; what was read before a file broke is reported too."""
    console = Console(highlight=False)
    try:
        with report_to(ways.report) as report, _progress(size()) as advance, opened(advance) as found:

            async def written(network: Network, viewer: Viewer) -> RetellError | None:
                try:
                    await _write(network, viewer, found, report, dry_run=ways.dry_run)
                except RetellError as error:
                    return error
                return None

            broken = run_as_operator(written, ways.data, ways.key, scope=Scope.integrate)
    except RetellError as error:
        fail(error)
    report.show(console, found.counted, found.ignored)
    if ways.dry_run:
        console.print("A dry run: nothing was written.")
    if broken:
        fail(broken)
    if report.unsound:
        fail(Invalid("the graph breaks its own rules now", right="Please report it, with the names above."))
    if not report.read:
        fail(Invalid("nothing could be read", right="The report says why, row by row.", field="path"))


async def _write(network: Network, viewer: Viewer, found: _Input, report: ImportReport, *, dry_run: bool) -> None:
    async with aclosing(import_rows(network, viewer, found.rows, source=found.words, dry_run=dry_run)) as entries:
        async for entry in entries:
            if isinstance(entry, Unread):
                report.left_out(entry.origin, entry.why)
            elif isinstance(entry, Refused):
                report.failed(entry.row.origin, str(entry.row.body.get("type")), entry.problems)
            else:
                report.count(str(entry.row.body["type"]), entry.status)
    if not dry_run:
        report.unsound = await violations(network)


def _words(*ways: object, files: Iterable[Path]) -> str:
    """What stands for an input: how it is read, and which state of which files."""
    states = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files if path.is_file()]
    return repr((*ways, states))


@contextmanager
def _progress(total: int) -> Iterator[Advance]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task("reading", total=total or None)
        yield lambda count: bar.advance(task, count)
