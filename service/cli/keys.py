"""`retell key`: make, list and revoke the keys that name who is asking."""

from typing import Annotated

import typer

from service.cli.answers import AsJson, console, print_json
from service.cli.naming import id_of
from service.cli.opening import Data, run
from service.cli.tables import print_table
from service.model.viewer import Scope
from service.operations import keys
from service.operations.network import Network

app = typer.Typer(help="Make, list and revoke keys.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for.")],
    scope: Annotated[list[Scope] | None, typer.Option(help="What it may do; read, where nothing is said.")] = None,
    person: Annotated[
        str | None, typer.Option(help="The person whose key it is: a name or id, or source/externalId.")
    ] = None,
    data: Data = None,
) -> None:
    """Make a key and print it, this once: it is kept as a hash."""
    scopes = frozenset(scope or [Scope.read])

    async def created(network: Network) -> keys.NewKey:
        whose = await id_of(network, keys.OPERATOR, person, "person") if person else None
        return await keys.create_key(network, keys.OPERATOR, name=name, scopes=scopes, person_id=whose)

    made = run(created, data)
    print(made.token)  # noqa: T201


@app.command("list")
def list_(*, json: AsJson = False, data: Data = None) -> None:
    """Show the keys that there are, without their secrets, the newest first."""
    found = run(lambda network: keys.list_keys(network, keys.OPERATOR), data)
    if json:
        print_json(found)
    elif found:
        print_table(console, "keys", found)
    else:
        console.print("There are no keys.")


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `retell key list` shows it.")], data: Data = None
) -> None:
    """Revoke a key: within a second it opens nothing any more."""
    run(lambda network: keys.revoke_key(network, keys.OPERATOR, key_id), data)
