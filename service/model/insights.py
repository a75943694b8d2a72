"""Tacit insights, and the surfacings that brought them out of a story or a conversation."""

from typing import Annotated

from pydantic import Field

from service.model.items import Draft, Id, Instant, Link, TextDraft, noun
from service.model.topics import About


@noun
class TacitInsightDraft(TextDraft):
    """What somebody knows from a specific event, and would hardly have written down (Polanyi, 1967)."""

    event_at: Annotated[
        Instant | None, Field(description="When the event took place that it is a memory of; never in the future.")
    ] = None
    held_by_id: Annotated[Id | None, Link("HELD_BY", ("Person",)), Field(description="Whose memory it is.")] = None
    about_ids: About


@noun
class SurfacingDraft(Draft):
    """The moment in which somebody noticed a tacit insight in what was told."""

    from_id: Annotated[
        Id, Link("FROM", ("Story", "Contribution")), Field(description="The story or contribution it came out of.")
    ]
    revealed_id: Annotated[Id, Link("REVEALED", ("TacitInsight",)), Field(description="The insight that came out.")]
    by_id: Annotated[Id, Link("BY", ("Person",)), Field(description="Who noticed it.")]
