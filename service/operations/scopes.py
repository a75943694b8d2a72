"""Scopes: whom a question is about, named as the network, an organisation, a community or a topic."""

from dataclasses import dataclass
from datetime import datetime

from service.model.answers import ItemReference
from service.model.asking import NETWORK
from service.model.errors import Invalid, NotFound
from service.model.ids import as_id
from service.model.kinds import KINDS
from service.operations.network import Network
from service.operations.projection import Scope
from service.operations.references import references

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
    item = await _item(network, scope, sort, as_id(word, field), field)
    if sort == "community":
        (row,) = await network.ask(
            "communities/members", {"community": item.id, "at": at, "audiences": list(scope.audiences)}
        )
        projection = await network.projections.current(scope.audiences)
        return ScopePeople(item, frozenset(row["people"]) & projection.numbers.keys())
    (row,) = await network.ask(f"scopes/{sort}", {sort: item.id, "at": at, "audiences": list(scope.audiences)})
    return ScopePeople(item, frozenset(row["people"]))


async def _item(network: Network, scope: Scope, sort: str, id: str, field: str) -> ItemReference:
    found = (await references(network, scope.audiences, [id])).get(id)
    if found is None or found.kind != _KINDS[sort]:
        raise NotFound(
            f"There is no {KINDS[_KINDS[sort]].one} {id} that the audience `{scope.name}` may see",
            right="Check the id, and give an audience that may see it.",
            field=field,
        )
    return found
