"""Scopes: whom a question is about, named as the network, an organisation, a community or a topic."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from service.model.answers import ItemReference
from service.model.asking import NETWORK
from service.model.errors import Invalid, NotFound
from service.model.ids import as_id
from service.model.viewer import Viewer
from service.operations.network import Network
from service.operations.projection import VIEWER, Scope
from service.operations.references import either, in_words, references

_KINDS = {"organisation": "Organisation", "community": "Community", "topic": "Topic"}


@dataclass(frozen=True, slots=True)
class ScopePeople:
    """The people of a scope at a moment; `item` is what it is named by, nothing for the whole network."""

    item: ItemReference | None
    people: frozenset[str]

    @property
    def name(self) -> str:
        """How the scope is called in words."""
        return "the network" if self.item is None else self.item.title or self.item.id


async def people_in(network: Network, scope: Scope, named: str, at: datetime, *, field: str = "scope") -> ScopePeople:
    """The people of `network`, `organisation:ID`, `community:ID` or `topic:ID` at a moment, as the audience knows them.

    Those of a topic are who told, said, knew or made something about it, or about what belongs under it. `NotFound`
    where the audience knows of no such thing, `Invalid` where the scope is of no known sort.
    """
    if named == NETWORK:
        projection = await network.projections.current(scope.audiences)
        return ScopePeople(None, frozenset(projection.people))
    sort, _, word = named.partition(":")
    if sort not in _KINDS:
        raise Invalid(
            f"{named!r} is no scope", right=f"Give {NETWORK}, or one of {', '.join(_KINDS)}, with its id.", field=field
        )
    id = as_id(word, field)
    item = item_named((await references(network, scope.audiences, [id])).get(id), id, field, (_KINDS[sort],), scope)
    if sort == "community":
        (row,) = await network.ask(
            "communities/members", {"community": item.id, "at": at, "audiences": list(scope.audiences)}
        )
        projection = await network.projections.current(scope.audiences)
        return ScopePeople(item, frozenset(row["people"]) & projection.numbers.keys())
    (row,) = await network.ask(f"scopes/{sort}", {sort: item.id, "at": at, "audiences": list(scope.audiences)})
    return ScopePeople(item, frozenset(row["people"]))


def item_named(found: ItemReference | None, id: str, field: str, kinds: Sequence[str], scope: Scope) -> ItemReference:
    """What an id stands for; `NotFound` where the audience may know of no such thing, `Invalid` for another kind."""
    if found is None:
        raise absent(id, field, kinds, scope)
    if found.kind not in kinds:
        wrong = f"{id} is of the kind {in_words(found.kind)}"
        raise Invalid(wrong, right=f"Give an id of the kind {_either(kinds)}.", field=field)
    return found


def absent(id: str, field: str, kinds: Sequence[str], scope: Scope) -> NotFound:
    """That the audience may know of nothing of this id."""
    wanted, seen, where = _either(kinds), f"the audience `{scope.name}`", ", and an audience that may see it"
    if scope.name == VIEWER:
        seen, where = "you", ""
    return NotFound(
        f"There is no {wanted} {id} that {seen} may see", right=f"Give an id of the kind {wanted}{where}.", field=field
    )


def _either(kinds: Sequence[str]) -> str:
    return either([in_words(kind) for kind in kinds])


def own_community(viewer: Viewer, word: str) -> str:
    """The id of a community that the viewer belongs to; `NotFound` for any other, as for one that is not there."""
    community = as_id(word, "community")
    if f"community:{community}" not in viewer.audiences:
        raise NotFound(
            f"There is no community {community} that you belong to",
            right="Give the id of one of yours; `viewer` lists them.",
            field="community",
        )
    return community
