"""Who knows about a topic, from what others did with it, and who of them would answer."""

from typing import Annotated

from pydantic import Field

from service.model.answers import Basis, ItemReference, PersonReference, answer
from service.model.asking import TieQuestion, asked
from service.model.ids import Id, NamesItem
from service.model.vocabulary import Vocabulary


class ExpertiseEvidence(Vocabulary):
    """What shows that somebody knows about a topic, or that they were not right."""

    adopted = "adopted", "Others adopted or adapted a guide that they made."
    used = "used", "Others adopted or adapted knowledge that an insight of theirs went into."
    appreciated = "appreciated", "Others thanked for, recommended or cited their answer, insight or guide."
    corrected = "corrected", "Others corrected what they told, said or wrote: it counts against."


@asked
class WhoKnowsQuestion(TieQuestion):
    """About which topic."""

    topic: Annotated[
        Id, NamesItem(("Topic",)), Field(description="The topic; what is about narrower ones counts as well.")
    ]
    first: Annotated[int, Field(ge=1, le=100, description="How many people, who knows most first.")] = 10
    explain: Annotated[
        bool, Field(description="Whether to name the items that the expertise comes from, with shares that add up.")
    ] = False


@answer
class ExpertiseCount:
    """How much of one kind of evidence there is."""

    kind: Annotated[ExpertiseEvidence, Field(description="The kind of evidence.")]
    people: Annotated[int, Field(description="How many different people it comes from.")]
    items: Annotated[int, Field(description="How many items it is about.")]


@answer
class ExpertiseItem:
    """Something that others had use of."""

    item: Annotated[ItemReference, Field(description="The item: an answer, an insight, a guide.")]
    kinds: Annotated[list[ExpertiseEvidence], Field(description="What shows it.")]
    people: Annotated[int, Field(description="How many different people had use of it.")]
    share: Annotated[
        float,
        Field(description="Its share: each supporter's part is divided among what served them; all add up to 1."),
    ]


@answer
class Answerer:
    """Whether somebody answers, and how busy they are."""

    asked: Annotated[
        int, Field(description="How often they were asked in the window, long enough ago for an answer to have come.")
    ]
    answered: Annotated[int, Field(description="How often they answered in time.")]
    rate: Annotated[float | None, Field(description="The share that they answered; null where nobody asked.")]
    rate_low: Annotated[float, Field(description="The lower end of Wilson's interval for it.")]
    rate_high: Annotated[float, Field(description="The upper end.")]
    median_hours: Annotated[
        float | None, Field(description="The median of how long an answer took, in hours; null where there was none.")
    ]
    open: Annotated[int, Field(description="What they were asked in the last days and have not answered yet.")]
    said_lately: Annotated[int, Field(description="How much they said and answered in the last days: their load.")]
    reason: Annotated[
        str | None, Field(description="Why the rate says little, in words; null where it rests on enough.")
    ]


@answer
class KnowingPerson:
    """One person who knows about the topic."""

    rank: Annotated[int, Field(description="The place by expertise, from 1.")]
    person: Annotated[PersonReference, Field(description="The person.")]
    expertise: Annotated[
        float, Field(description="Supporters times the lower end of the share that was right: people served, surely.")
    ]
    supporters: Annotated[int, Field(description="How many different people had use of what they know about it.")]
    correctors: Annotated[int, Field(description="How many different people corrected it.")]
    right_low: Annotated[
        float,
        Field(description="The lower end of Wilson's interval for the share of supporters among those and correctors."),
    ]
    right_high: Annotated[float, Field(description="Its upper end.")]
    told: Annotated[int, Field(description="How much they told and said about it: for comparison, it counts nothing.")]
    evidence: Annotated[list[ExpertiseCount], Field(description="What it rests on, by kind.")]
    answers: Annotated[Answerer, Field(description="Whether they would answer.")]
    items: Annotated[list[ExpertiseItem], Field(description="With `explain`: what it comes from, the most first.")]


@answer
class ExpertiseBasis(Basis):
    """What the expertise was computed from."""

    topics: Annotated[int, Field(description="How many topics: it and the narrower ones.")]
    items: Annotated[int, Field(description="How many things about them were looked at.")]
    people: Annotated[int, Field(description="How many people somebody had use of.")]
    confidence: Annotated[float, Field(description="The confidence of the intervals.")]
    patience_days: Annotated[int, Field(description="Within how many days an answer counts.")]
    window_days: Annotated[int, Field(description="Over how many days it was looked at what they were asked.")]
    lately_days: Annotated[int, Field(description="How many days are `the last days`.")]
    rule: Annotated[str, Field(description="What counts as what, in words.")]


@answer
class WhoKnows:
    """Who knows about a topic, and who of them would answer."""

    topic: Annotated[ItemReference, Field(description="The topic.")]
    people: Annotated[list[KnowingPerson], Field(description="Who knows about it, most first.")]
    reason: Annotated[str | None, Field(description="Why there is nobody, in words; null where there is somebody.")]
    basis: Annotated[ExpertiseBasis, Field(description="What this was computed from.")]
