"""How answers name people and items: by id, kind and title, and never what is hidden."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from service.graph.projection_names import MOST_NAMES, Names
from service.model.answers import ItemReference, PersonReference
from service.model.errors import Invalid, NotFound
from service.model.ids import is_reference
from service.model.kinds import KINDS
from service.model.viewer import EVERYONE, Viewer
from service.operations.network import Network
from service.operations.words import Term, lucene

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


async def people_and_items(
    network: Network, audiences: Sequence[str], ids: Iterable[str]
) -> Mapping[str, ItemReference]:
    """The same beside evidence that was just asked for: people whom everybody may see are named as it is fresh.

    So their names are read once, and then those that the feed of changes has told of; where all are known already, the
    database is not asked.
    """
    wanted, names = set(ids), network.projections.names
    if EVERYONE not in audiences:
        return await references(network, audiences, wanted)
    if not names.filled:
        names.filled = True
        people = (await network.projections.current((EVERYONE,))).people[:MOST_NAMES]
        await _named(network, names, people)
    known = {id: ItemReference(id=id, kind="Person", title=name or None) for id, name in names.of(wanted).items()}
    missing = wanted - known.keys()
    if tuple(audiences) == (EVERYONE,):
        return {**known, **await _named(network, names, missing)}
    return {**known, **await references(network, audiences, missing)}


async def _named(network: Network, names: Names, ids: Collection[str]) -> Mapping[str, ItemReference]:
    """What everybody may see of these; what people are called is kept."""
    with names.reading() as keep:
        found = await references(network, (EVERYONE,), ids)
        keep({id: one.title or "" for id, one in found.items() if one.kind == "Person"})
    return found


async def id_of_name(
    network: Network, viewer: Viewer, word: str, field: str, kinds: Sequence[str] = ("Person", "Community")
) -> str:
    """The id that a name or a title stands for, among these kinds; an id or a reference stands for itself.

    `community:NAME` looks among communities alone, and so on for each of the kinds. `NotFound` where nothing of that
    name may be seen, `Invalid` where several things may.
    """
    sort, _, rest = word.partition(":")
    chosen = [kind for kind in kinds if KINDS[kind].one == sort] if rest else []
    if chosen:
        kinds, word = chosen, rest
    return word if is_id(word) else (await item_of_name(network, viewer, word, field, kinds)).id


async def item_of_name(network: Network, viewer: Viewer, name: str, field: str, kinds: Sequence[str]) -> ItemReference:
    """The one thing of these kinds that is called so; `NotFound` and `Invalid` as above."""
    found = await _called(network, viewer, name, kinds)
    if not found:
        raise NotFound(
            f"There is no {either([in_words(kind) for kind in kinds])} called {name!r} that you may see",
            right="Give the whole name, or an id; `retell search` finds both.",
            field=field,
        )
    if len(found) > 1:
        raise _ambiguous(name, found, field)
    return ItemReference(id=found[0]["id"], kind=found[0]["kind"], title=name)


def is_id(word: str) -> bool:
    """Whether a word is an id, or a reference, and no name."""
    return is_reference(word) or _UUID.fullmatch(word) is not None


async def _called(network: Network, viewer: Viewer, name: str, kinds: Sequence[str]) -> list[dict[str, Any]]:
    asked: dict[str, Any] = {"audiences": list(viewer.audiences), "kinds": list(kinds)}
    found: list[dict[str, Any]] = []
    if any(KINDS[kind].named for kind in kinds):
        found += await network.ask("references/named", {**asked, "name": name})
    if any("title" in KINDS[kind].given for kind in kinds):
        await network.ask("search/settled", {})
        query = lucene([Term(name, (), quoted=True)])
        found += await network.ask("references/titled", {**asked, "query": query, "title": name})
    return found


def _ambiguous(word: str, found: Sequence[Mapping[str, Any]], field: str) -> Invalid:
    kinds = list(dict.fromkeys(row["kind"] for row in found))
    ids = ", ".join(f"{row['id']} ({in_words(row['kind'])})" for row in found[:SHOWN_NAMESAKES])
    wrong = f"{len(found)} are called {word!r}"
    if len(kinds) > 1:
        wrong += f", of the kinds {', '.join(in_words(kind) for kind in kinds)}"
        chosen = either([f"`{KINDS[kind].one}:{word}`" for kind in kinds])
        return Invalid(wrong, right=f"Write {chosen}, or give one of their ids: {ids}.", field=field)
    return Invalid(wrong, right=f"Give one of their ids: {ids}.", field=field)


def in_words(kind: str) -> str:
    """A kind of item as one says it: `explicit knowledge`."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", kind).lower()


def either(words: Sequence[str]) -> str:
    """One of several, as one says it: `person, community or topic`."""
    return " or ".join([*([", ".join(words[:-1])] if len(words) > 1 else []), words[-1]])


def person_of(reference: ItemReference) -> PersonReference:
    """The same person, named as a person."""
    return PersonReference(id=reference.id, name=reference.title or "")
