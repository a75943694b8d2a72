"""Conversations, and what each person put into them."""

from typing import Annotated

from pydantic import Field

from service.model.items import Draft, Id, Link, Name, TextDraft, noun
from service.model.topics import About


@noun
class ConversationDraft(Draft):
    """An exchange between people, often started by a story."""

    title: Annotated[Name, Field(description="What the conversation is about.")]
    started_by_id: Annotated[
        Id | None,
        Link("STARTED_BY", ("Story",)),
        Field(description="The story that the conversation is about, where there is one."),
    ] = None
    about_ids: About


@noun
class ContributionDraft(TextDraft):
    """What one person said in a conversation."""

    ordinal: Annotated[int, Field(ge=0, le=1_000_000_000, description="Its place in the conversation, from 0.")] = 0
    person_id: Annotated[Id, Link("MADE", ("Person",), incoming=True), Field(description="Who said it.")]
    conversation_id: Annotated[
        Id, Link("PART_OF", ("Conversation",), stored="conversation"), Field(description="Where it was said.")
    ]
    replies_to_id: Annotated[
        Id | None,
        Link("REPLIES_TO", ("Contribution", "Story")),
        Field(description="The contribution or story that it answers."),
    ] = None
