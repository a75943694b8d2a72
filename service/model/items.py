"""What every noun shares: how a kind is declared, and the fields that the service adds when it records one.

A noun is declared once, as the draft that a caller gives; from that one class come the REST body, the GraphQL input,
what is stored, and (with the fields of `Recorded`) what both doors show.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, TypeVar, cast, dataclass_transform

from pydantic import AwareDatetime, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel
from pydantic.dataclasses import dataclass as pydantic_dataclass

from service.model.ids import Id
from service.model.texts import TextFormat
from service.model.viewer import EVERYONE

T = TypeVar("T")
CAMEL = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid", str_strip_whitespace=False)

Audience = Annotated[
    str,
    StringConstraints(pattern=r"^(everyone|(organisation|community|person):[0-9a-f-]{36})$"),
    Field(description="Who may see it: `everyone` who is signed in, `organisation:ID`, `community:ID` or `person:ID`."),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"\S")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"\S")]
Instant = Annotated[AwareDatetime, Field(description="An instant, ISO 8601 with an offset; kept in UTC.")]

AS_IT_BEGINS = "Of a moment it holds from `since` on and no more at `until`: what ends as it begins held at none."
"""What the two ends of a span mean, for whoever gives them."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a field named `…Id` or `…Ids` leads: the relationship that stands for it in the graph."""

    relationship: str
    to: tuple[str, ...]
    incoming: bool = False
    """The relationship runs from the target to this item."""
    stored: str | None = None
    """The property that repeats the target's id, where pages of a crowded neighbour walk an index on it."""


@dataclass_transform(kw_only_default=True)
def noun(cls: type[T]) -> type[T]:
    """Declare a noun: a keyword-only pydantic dataclass that speaks camelCase outside and refuses unknown fields."""
    return cast("type[T]", pydantic_dataclass(cls, kw_only=True, config=CAMEL))


@noun
class Draft:
    """What a caller may give for any item."""

    audience: Annotated[
        Audience,
        Field(
            description="Who may see it: `everyone` who is signed in, `organisation:ID`, `community:ID` or `person:ID`."
            " Left out, a new item is for everyone, and what is there already stays with whom it is for."
        ),
    ] = EVERYONE
    at: Annotated[
        Instant | None,
        Field(description="When it took place: told, said, given. Now, where it is left out; never in the future."),
    ] = None


@noun
class TextDraft(Draft):
    """An item that is made of words."""

    content: Annotated[
        str,
        StringConstraints(min_length=1, max_length=200_000),
        Field(description="The words, kept as given; shown as `text` and as sanitised `html`."),
    ]
    format: Annotated[TextFormat, Field(description="How `content` is written.")] = TextFormat.markdown


@dataclass(kw_only=True)
class Recorded:
    """What the service adds to every item that it keeps."""

    id: str = field(metadata={"description": "The item's id."})
    at: datetime = field(metadata={"description": "When it took place, or was recorded where nobody said."})
    created_at: datetime = field(metadata={"description": "When the service first recorded it."})
    updated_at: datetime = field(metadata={"description": "When it was last changed."})
    version: int = field(
        metadata={"description": "Grows by one with every change; the ETag of REST, `ifVersion` of GraphQL."}
    )


@dataclass(kw_only=True)
class RecordedText:
    """What the service adds to an item made of words."""

    text: str = field(metadata={"description": "The content as plain text."})
    html: str = field(metadata={"description": "The content as sanitised HTML, safe to put in a page."})


__all__ = [
    "AS_IT_BEGINS",
    "Audience",
    "Draft",
    "Id",
    "Instant",
    "Link",
    "Name",
    "Recorded",
    "RecordedText",
    "TextDraft",
    "Word",
    "noun",
]
