"""Stories: what somebody says happened."""

from typing import Annotated

from pydantic import Field, StringConstraints

from service.model.items import Id, Instant, Link, Name, TextDraft, noun
from service.model.topics import About
from service.model.vocabulary import Vocabulary


class StoryKind(Vocabulary):
    """What sort of story it is."""

    event = "event", "Something that happened."
    problem = "problem", "A difficulty met at work, told in the hope of help."
    working_out_loud = "working_out_loud", "Work shown while it is being done."


@noun
class StoryDraft(TextDraft):
    """An account of what happened; without a teller it is told anonymously."""

    title: Annotated[Name, Field(description="A line that says what the story is of.")]
    kind: Annotated[StoryKind, Field(description="The sort of story that it is.")] = StoryKind.event
    happened_at: Annotated[
        Instant | None, Field(description="When what it tells of took place; never in the future.")
    ] = None
    language: Annotated[
        str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"), Field(description="A BCP 47 language tag.")
    ] = "en"
    teller_id: Annotated[
        Id | None,
        Link("TOLD", ("Person",), incoming=True),
        Field(description="Who tells it; nobody, where it is anonymous."),
    ] = None
    about_ids: About
