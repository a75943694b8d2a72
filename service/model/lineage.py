"""Lineages: out of which stories and insights, and by whom, a piece of knowledge came to be."""

from datetime import datetime
from typing import Annotated, Final

from pydantic import Field

from service.model.answers import Basis, ItemReference, PersonReference, answer
from service.model.asking import SeenBy, asked
from service.model.ids import Id, NamesItem
from service.model.knowledge import DerivationMode
from service.model.vocabulary import Vocabulary

KINDS_WITH_LINEAGE: Final = ("ExplicitKnowledge", "TacitInsight")


@asked
class LineageQuestion:
    """Whose origin is asked for."""

    knowledge: Annotated[
        Id, NamesItem(KINDS_WITH_LINEAGE), Field(description="Explicit knowledge, or an insight: its id.")
    ]
    audience: SeenBy = None


class LineageRelation(Vocabulary):
    """How a step of a lineage leads back."""

    made_by = "made_by", "From knowledge or an insight to the derivation that made it."
    used = "used", "From a derivation to what went into it."
    revealed_by = "revealed_by", "From an insight to the surfacing that brought it out."
    surfaced_from = "surfaced_from", "From a surfacing to the story or contribution in which it was noticed."


class LineagePart(Vocabulary):
    """What somebody did for a piece of knowledge to come about."""

    derived = "derived", "They took part in a derivation that led to it."
    held = "held", "It is, or was drawn from, their memory."
    surfaced = "surfaced", "They noticed an insight that went into it."
    told = "told", "They told or said what it came out of."


@answer
class LineageStep:
    """One thing in the lineage: knowledge, an insight, a story, a contribution, or the act between two of them."""

    item: Annotated[ItemReference, Field(description="What it is.")]
    at: Annotated[datetime, Field(description="When it took place.")]
    mode: Annotated[DerivationMode | None, Field(description="Of a derivation: which conversion of knowledge it was.")]
    people: Annotated[list[PersonReference], Field(description="Who did, held or told it, as far as one may see.")]
    distance: Annotated[int, Field(description="How many links lie between it and the knowledge, at the least.")]


@answer
class LineageLink:
    """One link of the lineage, leading back in time."""

    from_id: Annotated[str, Field(description="The later end.")]
    to_id: Annotated[str, Field(description="The earlier end, out of which the later one came.")]
    relation: Annotated[LineageRelation, Field(description="How they are linked.")]


@answer
class LineagePerson:
    """Somebody without whom the knowledge would not be what it is."""

    person: Annotated[PersonReference, Field(description="Who.")]
    parts: Annotated[list[LineagePart], Field(description="What they did for it.")]


@answer
class LineageBasis(Basis):
    """What the lineage was read from."""

    steps: Annotated[int, Field(description="How many things it holds.")]
    links: Annotated[int, Field(description="How many links between them.")]
    people: Annotated[int, Field(description="How many people had a part in it.")]
    most_steps: Annotated[int, Field(description="How many things are followed back, at most.")]


@answer
class Lineage:
    """Out of what, and by whom, a piece of knowledge came to be."""

    knowledge: Annotated[ItemReference, Field(description="The knowledge.")]
    steps: Annotated[list[LineageStep], Field(description="The knowledge and all that it came out of, nearest first.")]
    links: Annotated[list[LineageLink], Field(description="How these things are linked, nearest first.")]
    people: Annotated[list[LineagePerson], Field(description="Who had a part in it, those with the most parts first.")]
    tree: Annotated[
        list[str], Field(description="The same as lines to read, indented; what was shown before is not repeated.")
    ]
    truncated: Annotated[bool, Field(description="Whether it goes on beyond what was followed.")]
    reason: Annotated[
        str | None, Field(description="Why nothing lies behind the knowledge, in words; null where something does.")
    ]
    basis: Annotated[LineageBasis, Field(description="What this was read from.")]
