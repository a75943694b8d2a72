"""Evidence that one person attends to another: observations, feedback and support."""

from typing import Annotated

from pydantic import Field

from service.model.items import Draft, Id, Link, TextDraft, noun
from service.model.vocabulary import Vocabulary

_BY = Annotated[Id, Link("BY", ("Person",), stored="by")]
_OF = Annotated[
    Id | None,
    Link("OF", ("Story", "Contribution", "Conversation", "TacitInsight", "ExplicitKnowledge"), stored="of"),
]
_TO = Annotated[Id | None, Link("TO", ("Person",), stored="to")]


class ObservationKind(Vocabulary):
    """How one came to see another at work."""

    saw = "saw", "Watched them at it."
    read = "read", "Read what they had written."
    shadowed = "shadowed", "Went along for a day or longer."
    heard_from = "heard_from", "Received word from them: a message, a call."


class FeedbackKind(Vocabulary):
    """What sort of answer it is."""

    comment = "comment", "A remark."
    question = "question", "Asks for more."
    correction = "correction", "Says what is not right."
    appreciation = "appreciation", "Says what is good about it."


class SupportKind(Vocabulary):
    """What sort of help it is (House, 1981)."""

    encouragement = "encouragement", "Emotional: I am on your side."
    advice = "advice", "Informational."
    practical = "practical", "Instrumental: time, hands, money."
    appraisal = "appraisal", "Telling how one is doing."


@noun
class ObservationDraft(Draft):
    """Somebody attending to another's work (Bandura, 1977): the one who observes listens, the observed tells."""

    kind: Annotated[ObservationKind, Field(description="How it came to be seen.")] = ObservationKind.saw
    by_id: Annotated[_BY, Field(description="Who observed: the end that listens.")]
    of_id: Annotated[_OF, Field(description="What was observed, where it is recorded here.")] = None
    to_id: Annotated[_TO, Field(description="Whose work was observed: the end that tells.")] = None
    undated: Annotated[bool, Field(description="Whether nobody knows when; then it does not decay.")] = False


@noun
class FeedbackDraft(TextDraft):
    """What somebody answered to another's story, contribution or knowledge."""

    kind: Annotated[FeedbackKind, Field(description="The sort of answer that it is.")] = FeedbackKind.comment
    by_id: Annotated[_BY, Field(description="Who gave it: the end that listened.")]
    of_id: Annotated[_OF, Field(description="What it is about.")] = None
    to_id: Annotated[_TO, Field(description="Whom it is for.")] = None


@noun
class SupportDraft(TextDraft):
    """Help or encouragement that one person gave another."""

    kind: Annotated[SupportKind, Field(description="What sort of help it is.")] = SupportKind.encouragement
    by_id: Annotated[_BY, Field(description="Who gave it.")]
    of_id: Annotated[_OF, Field(description="What it was about, where it is recorded here.")] = None
    to_id: Annotated[_TO, Field(description="Who received it.")] = None
