"""Grants: what people open to one another of what is told to each of them alone."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.answers import Basis, PersonReference, answer
from service.model.asking import asked
from service.model.items import Draft, Id, Instant, Link, noun
from service.model.vocabulary import Vocabulary


class PersonalMeasure(Vocabulary):
    """What is told of a person as a person: to that person, and to whom they grant it."""

    participation = "participation", "Their way into every community, as `participation` tells it."


@noun
class GrantDraft(Draft):
    """A person's opening to another of what is told to them alone; it is its giver's to see, whatever its audience."""

    opens: Annotated[PersonalMeasure, Field(description="What it opens, from its first moment to its newest.")]
    since: Annotated[Instant | None, Field(description="Since when; from its recording on, where nothing is said.")] = (
        None
    )
    until: Annotated[
        Instant | None, Field(description="Up to when it opens anything; until it is deleted, where nothing is said.")
    ] = None
    by_id: Annotated[
        Id,
        Link("BY", ("Person",), stored="by"),
        Field(description="Who opens it: oneself. No key does it for somebody else, not even an administrator's."),
    ]
    to_id: Annotated[
        Id,
        Link("TO", ("Person",), stored="to"),
        Field(description="To whom, somebody else; they are told of it by `grantsReceived`."),
    ]


@asked
class GrantsReceivedQuestion:
    """How many of them."""

    first: Annotated[int, Field(ge=1, le=1_000, description="How many at most.")] = 100


@answer
class ReceivedGrant:
    """Something that another person opened."""

    person: Annotated[PersonReference, Field(description="Who opened it: what it opens is about them.")]
    opens: Annotated[PersonalMeasure, Field(description="What it opens.")]
    since: Annotated[datetime, Field(description="Since when.")]
    until: Annotated[datetime | None, Field(description="Up to when; null where no end is set.")]


@answer
class GrantsReceived:
    """What others have opened to the asking person and not withdrawn, the newest first."""

    grants: Annotated[list[ReceivedGrant], Field(description="Those that are running now.")]
    reason: Annotated[str | None, Field(description="Why there are none, in words; null where there are.")]
    basis: Annotated[Basis, Field(description="What this was read from.")]
