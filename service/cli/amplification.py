"""`retell paths` and `retell cascade`: how what is told travels, and how it did."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from service.cli.answers import (
    After,
    AsJson,
    AsOf,
    Audience,
    SeenAudience,
    chance,
    console,
    in_utc,
    print_basis,
    print_json,
)
from service.cli.asking import ask_as
from service.cli.naming import PERSON, id_of, ids_of, scope_of
from service.cli.opening import Data, Key
from service.model.cascades import Cascade, CascadeAct, CascadeQuestion
from service.model.paths import AmplificationPath, AmplificationPaths, PathStep
from service.model.viewer import EVERYONE, Viewer
from service.model.wording import counted
from service.operations.network import Network

MOST_LINES = 200


def paths(
    from_: Annotated[str, typer.Argument(metavar="FROM", help="Who tells: a person's name or id.")],
    to: Annotated[
        str, typer.Argument(help="Whom to reach: the name or id of a person, community, organisation or topic.")
    ],
    k: Annotated[int, typer.Option("--k", "-k", help="How many paths: 1 to 50.")] = 5,
    max_hops: Annotated[int, typer.Option(help="The most steps of a path: 1 to 10.")] = 6,
    avoid: Annotated[list[str] | None, typer.Option(help="Somebody whom no path may pass: name or id.")] = None,
    through: Annotated[list[str] | None, typer.Option(help="Somebody whom every path has to pass.")] = None,
    explain: Annotated[bool, typer.Option(help="List every act that a step rests on, with its share.")] = False,
    as_of: AsOf = None,
    audience: Audience = EVERYONE,
    after: After = None,
    json: AsJson = False,
    key: Key = None,
    data: Data = None,
) -> None:
    """Show the most probable paths along which something told would travel."""
    from service.operations.answering import answer as answer_to
    from service.operations.references import id_of_name

    async def asked(network: Network, viewer: Viewer) -> AmplificationPaths:
        given = {
            "from": await id_of_name(network, viewer, from_, "from", PERSON),
            "to": await id_of(network, viewer, to, "to"),
            "k": k,
            "maxHops": max_hops,
            "avoid": await ids_of(network, viewer, avoid, "avoid"),
            "through": await ids_of(network, viewer, through, "through"),
            "explain": explain,
            "asOf": in_utc(as_of),
            "audience": await scope_of(network, viewer, audience, "audience"),
            "after": after,
        }
        found: AmplificationPaths = await answer_to(network, viewer, "amplificationPaths", given)
        return found

    answer = ask_as(asked, data, key, json=json)
    if json:
        print_json(answer)
        return
    console.print(f"[bold]From {escape(answer.from_.name)} to {escape(answer.to.title or answer.to.id)}[/bold]")
    if answer.reason:
        console.print(escape(answer.reason))
    for path in answer.paths:
        console.print(_path(path))
        for step in path.steps if explain else ():
            console.print(_shares(step))
    if answer.paths and not answer.complete:
        console.print("The search was cut short: there may be more paths than these.")
    console.print(f"[dim]{escape(answer.basis.question)} {escape(answer.basis.prior)}[/dim]")
    print_basis(answer.basis)


def _path(path: AmplificationPath) -> Table:
    table = Table(title=f"{path.rank}. {chance(path.probability, path.one_in)}", title_justify="left", expand=False)
    for heading in ("tells", "takes it up", "chance", "evidence", "latest"):
        table.add_column(heading)
    for step in path.steps:
        table.add_row(*_step(step))
    return table


def _step(step: PathStep) -> list[str]:
    kinds = ", ".join(f"{one.count} {one.kind.value}" for one in step.evidence.kinds)
    latest = f"{step.evidence.latest_at:%Y-%m-%d}" if step.evidence.latest_at else "undated"
    names = [escape(step.teller.name), escape(step.listener.name)]
    return [*names, chance(step.probability, step.one_in), kinds, latest]


def _shares(step: PathStep) -> Table:
    table = Table(title=f"Why {escape(step.listener.name)} listens to {escape(step.teller.name)}", title_justify="left")
    for heading in ("act", "when", "share"):
        table.add_column(heading)
    for one in step.contributions:
        what = escape(one.item.title or one.item.id)
        table.add_row(f"{one.kind.value} {what}", f"{one.at:%Y-%m-%d}" if one.at else "undated", f"{one.share:.1%}")
    return table


def cascade(
    item: Annotated[str, typer.Argument(help="A story, contribution, insight or piece of knowledge: its title or id.")],
    as_of: AsOf = None,
    audience: SeenAudience = None,
    json: AsJson = False,
    key: Key = None,
    data: Data = None,
) -> None:
    """Show what became of something that was told: who carried it further, and after whom."""
    from service.operations import cascades

    async def asked(network: Network, viewer: Viewer) -> Cascade:
        moment = in_utc(as_of)
        named = await id_of(network, viewer, item, "item")
        seen_by = await scope_of(network, viewer, audience, "audience") if audience else None
        asks = CascadeQuestion(item=named, as_of=moment, audience=seen_by)
        return await cascades.cascade(network, viewer, asks)

    answer = ask_as(asked, data, key, json=json)
    if json:
        print_json(answer)
        return
    console.print(_cascade_tree(answer))
    if answer.reason:
        console.print(escape(answer.reason))
    virality = answer.trees[0].structural_virality if len(answer.trees) == 1 else None
    spread = f", structural virality {virality:.2f}" if virality is not None else ""
    acts = counted(answer.size, "act")
    console.print(f"{acts} with the telling, {answer.depth} deep, breadths {answer.breadths}{spread}")
    if answer.truncated:
        console.print(f"Only the first {answer.basis.most_acts} acts were looked at.")
    console.print(f"[dim]~ marks a parent that was worked out: {answer.basis.inferred_parents} of them.[/dim]")
    print_basis(answer.basis)


def _cascade_tree(answer: Cascade) -> Tree:
    authors = ", ".join(person.name for person in answer.authors) or "nobody named"
    title = f"{answer.item.kind} “{answer.item.title or answer.item.id}”"
    tree = Tree(f"[bold]{escape(title)}[/bold], {answer.told_at:%Y-%m-%d}, {escape(authors)}")
    branches: dict[str | None, Tree] = {None: tree}
    shown = sorted(answer.acts, key=lambda act: act.depth)[:MOST_LINES]
    for act in shown:
        branches[act.amplification.id] = branches[act.parent_id].add(_act(act))
    if len(shown) < len(answer.acts):
        tree.add(f"… and {len(answer.acts) - len(shown)} more")
    return tree


def _act(act: CascadeAct) -> str:
    mark = "~ " if act.inferred_parent else ""
    way = escape(f" by {act.channel}") if act.channel else ""
    return f"{mark}{escape(act.person.name)}: {act.kind.value}{way}, {act.at:%Y-%m-%d}"
