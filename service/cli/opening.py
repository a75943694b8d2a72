"""What every command needs: the network opened, the viewer that a key names, and errors as one sentence."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from shlex import quote
from typing import Annotated, NoReturn, TypeVar

import typer

from service.model.errors import RetellError, Unauthenticated
from service.model.viewer import Scope, Viewer
from service.operations.keys import OPERATOR, viewer_of
from service.operations.network import Network, open_network
from service.settings import Settings, settings_from_environment

T = TypeVar("T")
Data = Annotated[
    Path | None, typer.Option(help="The folder of the embedded database; RETELL_DATA, or your data folder, else.")
]
Key = Annotated[str | None, typer.Option(envvar="RETELL_KEY", help="The key that names who is asking.")]


def run(work: Callable[[Network], Awaitable[T]], data: Path | None) -> T:
    """Do the work on the opened network; what goes wrong ends the command with one sentence and a non-zero status."""

    async def opened() -> T:
        async with open_network(settings_from_environment(data)) as network:
            return await work(network)

    try:
        return asyncio.run(opened())
    except RetellError as error:
        fail(error)


def run_as(
    work: Callable[[Network, Viewer], Awaitable[T]],
    data: Path | None,
    key: str | None,
    *,
    scope: Scope = Scope.read,
    otherwise: str = "",
) -> T:
    """The same, as the viewer whom the key names; `scope` is what the work needs, `otherwise` what goes without one."""

    async def named(network: Network) -> T:
        if key is None:
            make = f"`retell key create --name NAME --scope {scope}`"
            raise Unauthenticated("No key was given", right=f"Give --key, or set RETELL_KEY; {make} makes one.")
        try:
            viewer = await viewer_of(network, key)
        except Unauthenticated:
            raise unknown_key(settings_from_environment(data), scope, otherwise) from None
        return await work(network, viewer)

    return run(named, data)


def run_as_operator(
    work: Callable[[Network, Viewer], Awaitable[T]],
    data: Path | None,
    key: str | None,
    *,
    scope: Scope = Scope.administer,
) -> T:
    """The same; without a key as the operator, who holds the machine anyway."""
    if not key:
        return run(lambda network: work(network, OPERATOR), data)
    return run_as(work, data, key, scope=scope, otherwise="; without --key and RETELL_KEY no key is needed here")


def unknown_key(settings: Settings, scope: Scope, otherwise: str) -> Unauthenticated:
    """A key that opens nothing where it was tried: it may be of another network, so this one is named."""
    make = f"retell key create --name NAME --scope {scope}"
    place = settings.neo4j_uri
    if place is None:
        place = f"the folder {settings.data}"
        make += f" --data {quote(str(settings.data))}"
    wrong = f"The key is unknown in the network of {place}, or revoked there"
    return Unauthenticated(wrong, right=f"`{make}` makes one for it{otherwise}.")


def fail(error: RetellError, status: int = 1) -> NoReturn:
    """End the command with what was wrong and what would be right."""
    for problem in error.problems:
        place = f"{problem.field}: " if problem.field else ""
        right = f" {problem.right}" if problem.right else ""
        print(f"retell: {place}{problem.wrong.rstrip('.')}.{right}", file=sys.stderr)  # noqa: T201
    raise SystemExit(status)
