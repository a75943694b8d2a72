"""How answers name people and items: by id, kind and title, and never what is hidden."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from service.model.answers import ItemReference, PersonReference
from service.model.errors import Invalid, NotFound
from service.model.ids import is_reference
from service.model.viewer import Viewer
from service.operations.network import Network

SHOWN_NAMESAKES: Final = 5
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")


async def references(network: Network, audiences: Sequence[str], ids: Iterable[str]) -> Mapping[str, ItemReference]:
    """The items of these ids that the audiences may see, by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    (row,) = await network.ask("references/items", {"ids": wanted, "audiences": list(audiences)})
    columns = zip(row["ids"], row["kinds"], row["titles"], strict=True)
    return {id: ItemReference(id=id, kind=kind, title=title or None) for id, kind, title in columns}


async def id_of_name(network: Network, viewer: Viewer, word: str, field: str) -> str:
    """The id that a person's or community's name stands for; an id or a reference stands for itself.

    `NotFound` where nobody of that name may be seen, `Invalid` where several may.
    """
    if is_reference(word) or _UUID.fullmatch(word):
        return word
    found = await network.ask("references/named", {"name": word, "audiences": list(viewer.audiences)})
    if not found:
        raise NotFound(
            f"There is nobody and no community called {word!r} that you may see",
            right="Give the whole name, or an id; `retell search` finds both.",
            field=field,
        )
    if len(found) > 1:
        ids = ", ".join(f"{row['id']} ({row['kind']})" for row in found[:SHOWN_NAMESAKES])
        raise Invalid(f"{len(found)} are called {word!r}", right=f"Give one of their ids: {ids}.", field=field)
    return str(found[0]["id"])


def person_of(reference: ItemReference) -> PersonReference:
    """The same person, named as a person."""
    return PersonReference(id=reference.id, name=reference.title or "")
