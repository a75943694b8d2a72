"""How the command shows computed answers: as JSON just like REST, or as tables and trees to read."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.markup import escape

from service.cli.rendering import print_fields
from service.cli.wording import in_lines, named_values
from service.model.answers import Basis, ChanceBasis, TieBasis
from service.model.wording import counted

AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON, just as REST gives it.")]
INSTANTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]
"""How a moment is written in a command: without an offset it is in UTC."""
AsOf = Annotated[
    datetime | None,
    typer.Option(help="For which moment, in UTC or with an offset; the newest evidence, else.", formats=INSTANTS),
]
After = Annotated[str | None, typer.Option(help="A change that has to be counted in: its id, as a write gave it.")]
Audience = Annotated[str, typer.Option(help="`everyone`, or `community:ID` for that and one of your own.")]
SeenAudience = Annotated[
    str | None, typer.Option(help="`everyone`, or `community:ID` of your own; all that you may see, else.")
]

console = Console(highlight=False)


def in_utc(moment: datetime | None) -> datetime | None:
    """A moment as a command was given it; without an offset it is in UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def print_json(answer: object) -> None:
    """Print an answer in the form of REST."""
    typer.echo(TypeAdapter(type(answer)).dump_json(answer, by_alias=True, indent=2).decode())


def print_answer(answer: Any) -> None:
    """Print an answer as tables and lines, and what it was computed from."""
    print_fields(console, answer)
    if isinstance(basis := getattr(answer, "basis", None), Basis):
        print_basis(basis)
        own = {declared.name for declared in fields(TieBasis)}
        rest = named_values(basis, (declared.name for declared in fields(basis) if declared.name not in own))
        for line in in_lines(rest):
            console.print(f"[dim]{escape(line)}[/dim]")


def chance(probability: float, one_in: float) -> str:
    """A probability, and how it reads in words."""
    return f"{probability:.2g} (1 in {one_in:,.3g})" if one_in < 1_000 else f"{probability:.2g} (1 in {one_in:,.0f})"  # noqa: PLR2004


def print_basis(basis: Basis) -> None:
    """Print what an answer was computed from."""
    console.print(f"[dim]As of {basis.as_of:%Y-%m-%d %H:%M} UTC, for {escape(basis.audience)}.[/dim]")
    if not isinstance(basis, TieBasis):
        return
    undated = f" ({basis.undated_evidence} without a time)" if basis.undated_evidence else ""
    people, ties = counted(basis.people, "person", "people"), counted(basis.ties, "tie")
    acts = counted(basis.evidence, "act")
    console.print(f"[dim]{people}, {ties} and {acts} of evidence by then{undated}.[/dim]")
    if not _is_learnt(basis):
        weights = ", ".join(f"{one.kind.value} {one.weight:g}" for one in basis.weights)
        console.print(
            f"[dim]In the weight of a tie an act counts half after {basis.half_life_days:g} days; "
            f"when fresh, {weights}.[/dim]"
        )


def _is_learnt(basis: TieBasis) -> bool:
    """Whether its chances were learnt: what kinds of acts weigh, and their half-life, have no part in these."""
    if isinstance(basis, ChanceBasis):
        return basis.learnt
    return basis.calibration is not None and basis.calibration.learnt
