"""Names where a question takes ids: which kinds each parameter may name, and what a word of the terminal stands for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from service.model.viewer import Viewer
from service.operations.network import Network

PERSON: Final = ("Person",)
COMMUNITY: Final = ("Community",)
ANYBODY: Final = ("Person", "Community", "Organisation", "Topic")
KINDS_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("person", "people", "avoid", "through", "exclude", "leaves", "meet", "reachOf", "connectionsOf"), PERSON
        ),
        **dict.fromkeys(("community", "merge"), COMMUNITY),
        **dict.fromkeys(("to", "of"), ANYBODY),
        "from": ("Person", "Community"),
        "organisation": ("Organisation",),
        "topic": ("Topic",),
        "purpose": ("Purpose",),
        "knowledge": ("ExplicitKnowledge",),
        "item": ("Story", "ExplicitKnowledge"),
    }
)
"""The kinds that have names or titles, of those that a parameter of a question takes."""
SCOPES: Final = frozenset({"scope", "for", "audience", "amplifiersFor"})
"""Parameters that say the kind before the id: `community:ID`."""
_SORTS: Final = MappingProxyType({kind.lower(): (kind,) for kind in ANYBODY})


async def id_of(network: Network, viewer: Viewer, word: str, field: str) -> str:
    """The id that a word stands for as this parameter of a question."""
    from service.operations.references import id_of_name

    return await id_of_name(network, viewer, word, field, KINDS_OF[field])


async def ids_of(network: Network, viewer: Viewer, words: list[str] | None, field: str) -> list[str]:
    """The same of several words; of none, nothing."""
    return [await id_of(network, viewer, word, field) for word in words or ()]


async def scope_of(network: Network, viewer: Viewer, word: str, field: str) -> str:
    """`community:ID` of `community:NAME`, and so on; what names nothing stays as it is."""
    from service.operations.references import id_of_name

    sort, _, name = word.partition(":")
    if sort not in _SORTS or not name:
        return word
    return f"{sort}:{await id_of_name(network, viewer, name, field, _SORTS[sort])}"
