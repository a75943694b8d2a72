"""Asking as whom a key names; to be read, what an answer says it is about has its name beside its id."""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

from service.cli.opening import run_as
from service.model.answers import Basis
from service.model.ids import ID_FORM, as_id
from service.model.viewer import Viewer
from service.operations.network import Network

T = TypeVar("T")
_NAMED = re.compile(rf"(?:person|community|organisation|topic):({ID_FORM})")


def ask_as(work: Callable[[Network, Viewer], Awaitable[T]], data: Path | None, key: str | None, *, json: bool) -> T:
    """Do the work as the viewer whom the key names; its answer as it stands for JSON, and with names in it to read."""

    async def asked(network: Network, viewer: Viewer) -> T:
        found: Any = await work(network, viewer)
        if not json and isinstance(basis := getattr(found, "basis", None), Basis):
            found.basis = await _with_names(network, viewer, basis)
        return found  # type: ignore[no-any-return]

    return run_as(asked, data, key)


async def _with_names(network: Network, viewer: Viewer, basis: Basis) -> Basis:
    """The same with `community:ID (its name)` where it says `community:ID` of what the viewer may see."""
    from service.operations.references import references

    ids = dict(_ids(basis))
    named = await references(network, viewer.audiences, ids.values())
    titles = {field: named[id].title for field, id in ids.items() if id in named}
    said: dict[str, Any] = {field: f"{getattr(basis, field)} ({title})" for field, title in titles.items() if title}
    return replace(basis, **said) if said else basis


def _ids(basis: Basis) -> Iterator[tuple[str, str]]:
    for declared in fields(basis):
        value = getattr(basis, declared.name)
        if isinstance(value, str) and (found := _NAMED.fullmatch(value)):
            yield declared.name, as_id(found[1], declared.name)
