"""`retell search`: find things by their words."""

from typing import Annotated

import typer
from rich.markup import escape

from service.cli.answers import AsJson, console, print_json
from service.cli.opening import Data, Key, run_as
from service.model.search import Highlight, SearchedKind, SearchResults
from service.model.viewer import Viewer
from service.operations.network import Network


def search(
    words: Annotated[list[str], typer.Argument(help='Words, "a phrase", or the beginning of a word with a star.')],
    kind: Annotated[list[SearchedKind] | None, typer.Option(help="Only this kind; may be given again.")] = None,
    first: Annotated[int, typer.Option(help="How many at most: 1 to 100.")] = 20,
    after: Annotated[str | None, typer.Option(help="The cursor that the page before ended with.")] = None,
    json: AsJson = False,
    key: Key = None,
    data: Data = None,
) -> None:
    """Search everything that has words, the best first."""
    from service.operations import search as searching

    async def asked(network: Network, viewer: Viewer) -> SearchResults:
        return await searching.search(network, viewer, " ".join(words), kinds=kind, first=first, after=after)

    answer = run_as(asked, data, key)
    if json:
        print_json(answer)
        return
    for result in answer.items:
        title = result.item.title or result.item.id
        console.print(f"{result.rank}. [bold]{escape(title)}[/bold] [dim]{result.item.kind} {result.item.id}[/dim]")
        for highlight in result.highlights:
            if highlight.field == "text":
                console.print(f"   {_marked(highlight)}")
    if not answer.items:
        console.print("Nothing that you may see has these words.")
    if answer.page.has_next_page:
        console.print(f"[dim]More: --after {answer.page.end_cursor}[/dim]", soft_wrap=True)


def _marked(highlight: Highlight) -> str:
    pieces = (
        f"[bold yellow]{escape(piece.text)}[/bold yellow]" if piece.marked else escape(piece.text)
        for piece in highlight.pieces
    )
    return "".join(pieces).replace("\n", " ")
