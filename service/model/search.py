"""Search: one ranked list over all kinds that have words."""

from typing import Annotated

from pydantic import Field

from service.model.answers import ItemReference, answer
from service.model.vocabulary import Vocabulary


class SearchedKind(Vocabulary):
    """The kinds that are searched, under the names of their types."""

    Person = "Person", "People, by their names."
    Organisation = "Organisation", "Organisations, by their names."
    Community = "Community", "Declared communities, by their names."
    Purpose = "Purpose", "Purposes, by the sentence that says them."
    Value = "Value", "Values, by the word or sentence that says them."
    Topic = "Topic", "Topics, by their names."
    Story = "Story", "Stories, by title and words."
    Conversation = "Conversation", "Conversations, by title."
    Contribution = "Contribution", "Contributions to conversations, by their words."
    TacitInsight = "TacitInsight", "Tacit insights, by their words."
    ExplicitKnowledge = "ExplicitKnowledge", "Explicit knowledge, by title and words."
    Feedback = "Feedback", "Feedback, by its words."
    Support = "Support", "Support, by its words."


@answer
class Piece:
    """A piece of plain text."""

    text: Annotated[str, Field(description="Plain text, never markup: escape it before it is put in a page.")]
    marked: Annotated[bool, Field(description="Whether it is one of the words that were searched for.")]


@answer
class Highlight:
    """A passage in which words were found."""

    field: Annotated[str, Field(description="Where it stands: `title` (its title or name) or `text`.")]
    pieces: Annotated[list[Piece], Field(description="The passage in pieces, to be put together in this order.")]


@answer
class SearchResult:
    """One item whose words match."""

    rank: Annotated[int, Field(description="Its place in the whole list, from 1.")]
    item: Annotated[ItemReference, Field(description="The item.")]
    highlights: Annotated[
        list[Highlight], Field(description="Where the words stand in it, its title first; at least the text's start.")
    ]


@answer
class SearchPage:
    """Where a page stands in its list."""

    has_next_page: Annotated[bool, Field(description="Whether more items follow.")]
    end_cursor: Annotated[str | None, Field(description="Give it as `after` for the next page; null on an empty page.")]


@answer
class SearchResults:
    """A page of what was found."""

    items: Annotated[list[SearchResult], Field(description="What was found, the best first; of equals by id.")]
    words: Annotated[
        list[str], Field(description="The words and phrases that were searched for; any of them may match.")
    ]
    page: Annotated[SearchPage, Field(description="Where this page stands in the list.")]
