"""What asking would be refused for, known before any of its work is done: a job that could only fail is not begun."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from service.model.asking import NETWORK, GroupBy
from service.model.ids import as_id
from service.model.kinds import KINDS
from service.model.questions import Question
from service.model.viewer import Viewer
from service.operations.amplification import journey_in
from service.operations.disclosure import refuse_undivided
from service.operations.network import Network
from service.operations.participation import own_way
from service.operations.projection import Scope, seen_by, up_to
from service.operations.references import references
from service.operations.scopes import item_named, own_community
from service.operations.what_if import named_in

_SCOPES: Final = frozenset({"scope", "for", "amplifiersFor"})
"""Parameters that name what they are about with its kind before the id: `community:ID`."""
_OF_KIND: Final = MappingProxyType({kind.one: label for label, kind in KINDS.items()})


class _Named(NamedTuple):
    field: str
    id: str
    kinds: tuple[str, ...]


async def refuse_beforehand(network: Network, viewer: Viewer, question: Question, asked: Any) -> None:
    """Raise what the question's own operation would, as far as one look-up of what it names tells it.

    `Invalid` and `NotFound` for an id that is none, or of nothing that may be seen, or of another kind; for an audience
    that the viewer is not in, and for a moment that is still to come.
    """
    scope = seen_by(viewer, getattr(asked, "audience", None))
    up_to(getattr(asked, "as_of", None))
    if (after := getattr(asked, "after", None)) is not None:
        as_id(after, "after")
    if (own := _OWN.get(question.name)) is not None:
        await own(network, viewer, scope, asked)
    named = list(_named(question, asked))
    found = await references(network, scope.audiences, [one.id for one in named])
    for one in named:
        item_named(found.get(one.id), one.id, one.field, one.kinds, scope)


def _named(question: Question, asked: Any) -> Iterator[_Named]:
    for field in question.asks.values():
        value = getattr(asked, field.attribute)
        if value is None or value == NETWORK:
            continue
        if field.names_item:
            for word in value if field.many else [value]:
                yield _Named(field.name, as_id(word, field.name), field.kinds)
        elif field.name in _SCOPES:
            sort, _, word = value.partition(":")
            yield _Named(field.name, as_id(word, field.name), (_OF_KIND[sort],))


async def _journey(network: Network, _viewer: Viewer, scope: Scope, asked: Any) -> None:
    await journey_in(network, scope, asked)


async def _change(network: Network, _viewer: Viewer, scope: Scope, asked: Any) -> None:
    await named_in(network, scope, asked)


async def _own_community(_network: Network, viewer: Viewer, _scope: Scope, asked: Any) -> None:
    own_community(viewer, asked.community)


async def _own_way(network: Network, viewer: Viewer, _scope: Scope, asked: Any) -> None:
    await own_way(network, viewer, asked.person)


async def _division(_network: Network, _viewer: Viewer, _scope: Scope, asked: Any) -> None:
    refuse_undivided(asked.scope, GroupBy(asked.group_by))


_OWN: Final[Mapping[str, Callable[[Network, Viewer, Scope, Any], Awaitable[None]]]] = MappingProxyType(
    {
        "amplificationPaths": _journey,
        "whatIf": _change,
        "crossing": _division,
        "communityFeed": _own_community,
        "communityParticipation": _own_community,
        "participation": _own_way,
    }
)
"""What some questions ask of what they name beyond that it is there."""
