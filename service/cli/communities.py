"""`retell communities`: the declared ones, or those that who listens to whom shows."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from service.cli.answers import After, AsJson, AsOf, Audience, console, in_utc, print_basis, print_json
from service.cli.asking import ask_as
from service.cli.naming import scope_of
from service.cli.opening import Data, Key
from service.model.answers import PersonReference
from service.model.detection import DetectedCommunities
from service.model.overview import DeclaredCommunities
from service.model.viewer import EVERYONE, Viewer
from service.model.wording import counted
from service.operations.network import Network


def communities(
    detected: Annotated[bool, typer.Option("--detected", help="Find those that nobody declared.")] = False,
    resolution: Annotated[
        float | None, typer.Option(help="Detected: above 1 finds more and smaller ones; picked, if not given.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Detected: the same seed gives the same ones.")] = 0,
    first: Annotated[int, typer.Option(help="Detected: how many, from the largest on.")] = 20,
    members: Annotated[int, typer.Option(help="How many members of each to name.")] = 5,
    as_of: AsOf = None,
    audience: Audience = EVERYONE,
    after: After = None,
    json: AsJson = False,
    key: Key = None,
    data: Data = None,
) -> None:
    """Show the declared communities with purpose, stage and members; with --detected, those that are there anyway."""
    from service.operations.answering import answer as answered
    from service.operations.communities import declared_communities

    moment = in_utc(as_of)

    async def asked(network: Network, viewer: Viewer) -> DeclaredCommunities | DetectedCommunities:
        if not detected:
            return await declared_communities(network, viewer, as_of=moment, first_members=members)
        computed_on = await scope_of(network, viewer, audience, "audience")
        given = {"resolution": resolution, "seed": seed, "asOf": moment, "audience": computed_on, "after": after}
        given |= {"first": first, "firstMembers": members}
        found: DetectedCommunities = await answered(network, viewer, "detectedCommunities", given)
        return found

    answer = ask_as(asked, data, key, json=json)
    if json:
        print_json(answer)
    elif isinstance(answer, DetectedCommunities):
        _print_detected(answer)
    else:
        _print_declared(answer)


def _print_declared(answer: DeclaredCommunities) -> None:
    table = Table("community", "members", "who", "stage", "purpose", title="Declared communities", title_justify="left")
    for one in answer.communities:
        stage = f"{one.stage} since {one.stage_at:%Y-%m}" if one.stage and one.stage_at else "not recorded"
        who = _who(one.members, one.size)
        table.add_row(escape(one.name), str(one.size), who, stage, escape("; ".join(one.purposes)))
    console.print(table)
    if not answer.communities:
        console.print("There is no community that you may see.")
    print_basis(answer.basis)


def _print_detected(answer: DetectedCommunities) -> None:
    table = Table("", "name", "members", "who", "most like", title="Detected communities", title_justify="left")
    for one in answer.communities:
        like = "; ".join(
            f"{near.community.title or near.community.id} ({near.shared} shared, {near.overlap:.0%})"
            for near in one.resembles[:2]
        )
        table.add_row(str(one.number), escape(one.name), str(one.size), _who(one.members, one.size), escape(like))
    console.print(table)
    if answer.reason:
        console.print(escape(answer.reason))
    agreement, basis = answer.agreement, answer.basis
    console.print(
        f"{answer.count} found, {counted(answer.untied, 'person', 'people')} in none; "
        f"modularity {_figure(answer.modularity)}. "
        f"Agreement with {counted(agreement.communities, 'declared one')} over "
        f"{counted(agreement.people, 'person', 'people')}: "
        f"NMI {_figure(agreement.normalised_mutual_information)}, "
        f"AMI {_figure(agreement.adjusted_mutual_information)}, ARI {_figure(agreement.adjusted_rand_index)}; "
        f"with every membership counted omega {_figure(agreement.omega_index)}."
    )
    console.print(f"[dim]{escape(answer.caution)}[/dim]")
    resolution = f"{basis.resolution:.3g}{' (picked)' if basis.resolution_rule else ''}"
    console.print(f"[dim]{escape(basis.method)} Resolution {resolution}, seed {basis.seed}.[/dim]")
    print_basis(basis)


def _who(members: list[PersonReference], size: int) -> str:
    more = f" and {size - len(members)} more" if size > len(members) else ""
    return escape(", ".join(person.name for person in members) + more)


def _figure(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
