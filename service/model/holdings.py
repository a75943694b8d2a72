"""Values, and what people hold: an insight that is theirs too, a value, a purpose."""

from typing import Annotated

from pydantic import Field

from service.model.items import AS_IT_BEGINS, Draft, Id, Instant, Link, Name, noun


@noun
class ValueDraft(Draft):
    """Something that people stand for, and measure their own acts by (Bandura, 1991)."""

    name: Annotated[Name, Field(description="The value in a word or a sentence.")]


@noun
class HoldingDraft(Draft):
    """A person's holding of an insight, a value or a purpose as their own, from one day to another."""

    since: Annotated[Instant, Field(description="Since when.")]
    until: Annotated[Instant | None, Field(description=f"Up to when; open for what is still held. {AS_IT_BEGINS}")] = (
        None
    )
    by_id: Annotated[Id, Link("BY", ("Person",), stored="by"), Field(description="Who holds it.")]
    of_id: Annotated[
        Id,
        Link("OF", ("TacitInsight", "Value", "Purpose"), stored="of"),
        Field(description="What is held: an insight, a value or a purpose."),
    ]
