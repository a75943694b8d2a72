"""Explicit knowledge, and the derivations by which people made it."""

from typing import Annotated

from pydantic import Field

from service.model.items import Draft, Id, Link, Name, TextDraft, noun
from service.model.topics import About
from service.model.vocabulary import Vocabulary


class DerivationMode(Vocabulary):
    """The four conversions of knowledge (Nonaka and Takeuchi, 1995)."""

    socialisation = "socialisation", "Tacit to tacit, by doing things together."
    externalisation = "externalisation", "Tacit to explicit, by finding words."
    combination = "combination", "Explicit to explicit, by putting pieces together."
    internalisation = "internalisation", "Explicit to tacit, by doing it until it is one's own."


@noun
class ExplicitKnowledgeDraft(TextDraft):
    """Knowledge in words that others can use: a guide, a checklist, an answer that worked."""

    title: Annotated[Name, Field(description="What the knowledge is called.")]
    supersedes_ids: Annotated[
        list[Id],
        Link("SUPERSEDES", ("ExplicitKnowledge",)),
        Field(
            default_factory=list,
            max_length=50,
            description="The knowledge that it takes the place of; never in a circle.",
        ),
    ]
    about_ids: About


@noun
class DerivationDraft(Draft):
    """The act by which insights or knowledge became new knowledge."""

    mode: Annotated[DerivationMode, Field(description="Which of the four conversions it was.")] = (
        DerivationMode.externalisation
    )
    used_ids: Annotated[
        list[Id],
        Link("USED", ("TacitInsight", "ExplicitKnowledge")),
        Field(min_length=1, max_length=200, description="The insights and knowledge that went in, at least one."),
    ]
    made_id: Annotated[
        Id,
        Link("MADE", ("ExplicitKnowledge", "TacitInsight")),
        Field(description="What came of it; never something that went in."),
    ]
    by_ids: Annotated[
        list[Id],
        Link("BY", ("Person",)),
        Field(min_length=1, max_length=200, description="Who did it, at least one person."),
    ]
    within_id: Annotated[
        Id | None, Link("WITHIN", ("Community",)), Field(description="The community in which it was done.")
    ] = None
