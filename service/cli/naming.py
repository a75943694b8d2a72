"""Names where a question takes ids: which kinds each parameter may name, and what a word of the terminal stands for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from service.model.asking import NETWORK
from service.model.ids import ANYBODY
from service.model.kinds import KINDS
from service.model.questions import QUESTIONS
from service.model.viewer import EVERYONE, Viewer
from service.operations.network import Network

PERSON: Final = ("Person",)
COMMUNITY: Final = ("Community",)
NAMED: Final = (*ANYBODY, "Purpose", "Story", "ExplicitKnowledge", "Conversation")
"""What has a name or a title that it can be found by."""
KINDS_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        field.name: tuple(kind for kind in field.kinds if KINDS[kind].named or "title" in KINDS[kind].given)
        for question in QUESTIONS.values()
        for field in question.asks.values()
        if field.names_item
    }
)
"""The kinds that have names or titles, of those that a parameter takes; `from` may be a group in `whatIf` alone."""
SCOPES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(("for", "amplifiersFor"), ANYBODY),
        "scope": ("Community", "Organisation", "Topic"),
        "audience": COMMUNITY,
    }
)
"""The kinds of what a parameter names with its kind before the id: `community:ID`."""
WHOLE: Final = frozenset({NETWORK, EVERYONE})
"""What such a parameter takes beside them."""


async def id_of(network: Network, viewer: Viewer, word: str, field: str) -> str:
    """The id that a word stands for as this parameter of a question."""
    from service.operations.references import id_of_name

    return await id_of_name(network, viewer, word, field, KINDS_OF[field])


async def ids_of(network: Network, viewer: Viewer, words: list[str] | None, field: str) -> list[str]:
    """The same of several words; of none, nothing."""
    return [await id_of(network, viewer, word, field) for word in words or ()]


async def scope_of(network: Network, viewer: Viewer, word: str, field: str) -> str:
    """`community:ID` of `community:NAME`, or of a name alone; an id alone does not say of what, and stays as it is."""
    from service.operations.references import id_of_name, is_id, item_of_name

    if word in WHOLE or is_id(word):
        return word
    sort, _, name = word.partition(":")
    if name and (kinds := [kind for kind in SCOPES[field] if KINDS[kind].one == sort]):
        return f"{sort}:{await id_of_name(network, viewer, name, field, kinds)}"
    item = await item_of_name(network, viewer, word, field, SCOPES[field])
    return f"{KINDS[item.kind].one}:{item.id}"
