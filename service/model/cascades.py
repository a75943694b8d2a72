"""Cascades: who carried something further, after whom, and what became of it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.amplification import CARRIED, AmplificationKind
from service.model.answers import Basis, ItemReference, PersonReference, answer
from service.model.asking import AsOf, SeenBy, asked
from service.model.ids import Id, NamesItem


@asked
class CascadeQuestion:
    """What was told, and up to when it is followed."""

    item: Annotated[
        Id,
        NamesItem(CARRIED),
        Field(description="What was told: the id of a story, contribution, insight or knowledge."),
    ]
    as_of: AsOf = None
    audience: SeenBy = None


@answer
class CascadeAct:
    """One act of carrying it further."""

    amplification: Annotated[ItemReference, Field(description="The act itself.")]
    person: Annotated[PersonReference, Field(description="Who carried it.")]
    kind: Annotated[AmplificationKind, Field(description="How it was carried.")]
    channel: Annotated[str | None, Field(description="By which way.")]
    at: Annotated[datetime, Field(description="When.")]
    depth: Annotated[int, Field(description="How many links lie between it and the telling; 1 for the first.")]
    parent_id: Annotated[
        str | None, Field(description="The act that it came after; null where it came after the telling itself.")
    ]
    inferred_parent: Annotated[bool, Field(description="Whether the parent was worked out rather than reported.")]


@answer
class CascadeTree:
    """One tree of the forest: all that came of one root."""

    root_id: Annotated[str | None, Field(description="The act at the root; null where that is the telling itself.")]
    size: Annotated[int, Field(description="How many acts it has, its root among them.")]
    depth: Annotated[int, Field(description="How many links its longest way has.")]
    structural_virality: Annotated[
        float | None,
        Field(
            description=(
                "The mean distance between two of its acts (Goel et al., 2016): close to 2 where one told everybody, "
                "larger the more each told the next. Null for a single act."
            )
        ),
    ]


@answer
class CascadeSize:
    """How large the cascade was from a moment on."""

    at: Annotated[datetime, Field(description="From when.")]
    size: Annotated[int, Field(description="How many acts there were, the telling among them.")]


@answer
class CascadeBasis(Basis):
    """What the cascade was computed from."""

    acts: Annotated[int, Field(description="How many acts of carrying it further were looked at.")]
    people: Annotated[int, Field(description="How many people did them.")]
    inferred_parents: Annotated[int, Field(description="For how many of them the parent was worked out.")]
    rule: Annotated[str, Field(description="How a parent is worked out.")]
    most_acts: Annotated[int, Field(description="How many acts are looked at, at most; the oldest are.")]


@answer
class Cascade:
    """What became of something that was told."""

    item: Annotated[ItemReference, Field(description="What was told.")]
    told_at: Annotated[datetime, Field(description="When it was told: the root of the cascade.")]
    authors: Annotated[
        list[PersonReference], Field(description="Who told it; nobody, where it is anonymous or one may not know.")
    ]
    acts: Annotated[list[CascadeAct], Field(description="Who carried it further, in the order of time.")]
    trees: Annotated[list[CascadeTree], Field(description="The trees of the forest.")]
    size: Annotated[int, Field(description="How many acts there are, the telling among them.")]
    depth: Annotated[int, Field(description="How many links the longest way has; 0 if nobody carried it further.")]
    breadths: Annotated[list[int], Field(description="How many acts there are at each depth, from the telling (0) on.")]
    growth: Annotated[list[CascadeSize], Field(description="Its size over time.")]
    truncated: Annotated[bool, Field(description="Whether there are more acts than were looked at.")]
    reason: Annotated[str | None, Field(description="Why there are no acts, in words; null where there are some.")]
    basis: Annotated[CascadeBasis, Field(description="What this was computed from.")]
