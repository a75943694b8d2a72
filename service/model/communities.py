"""Communities of practice: what they pursue, who belongs to them and how far they have come."""

from typing import Annotated

from pydantic import Field, StringConstraints

from service.model.items import AS_IT_BEGINS, Draft, Id, Instant, Link, Name, Word, noun
from service.model.vocabulary import Vocabulary


class Participation(Vocabulary):
    """How far in a member says they are (Lave and Wenger, 1991)."""

    peripheral = "peripheral", "At the edge: watching, learning, helping with small things."
    full = "full", "In the middle: doing what the community does."


class CommunityRole(Vocabulary):
    """What a member does for the community."""

    member = "member", "Belongs, without a task of their own."
    facilitator = "facilitator", "Brings people into conversation."
    steward = "steward", "Looks after what the community knows."


class InvitationAnswer(Vocabulary):
    """What was answered to an invitation."""

    open = "open", "Nothing yet."
    accepted = "accepted", "They want to belong: it lets them in, once."
    declined = "declined", "They would rather not."


@noun
class PurposeDraft(Draft):
    """Something that people want to bring about together."""

    name: Annotated[Name, Field(description="The purpose in a sentence.")]


@noun
class CommunityDraft(Draft):
    """A declared community of practice."""

    name: Annotated[Name, Field(description="The community's name.")]
    description: Annotated[
        str | None, StringConstraints(max_length=5_000), Field(description="What it is for, in plain text.")
    ] = None
    purpose_ids: Annotated[
        list[Id],
        Link("PURSUES", ("Purpose",)),
        Field(default_factory=list, max_length=20, description="The purposes it pursues."),
    ]
    stands_for_ids: Annotated[
        list[Id],
        Link("STANDS_FOR", ("Value",)),
        Field(default_factory=list, max_length=20, description="The values it stands for."),
    ]


@noun
class StageChangeDraft(Draft):
    """The day on which a community reached a stage."""

    stage: Annotated[Word, Field(description="The stage that was reached: one of those that `conventions` names.")]
    community_id: Annotated[
        Id, Link("REACHED", ("Community",), incoming=True), Field(description="Which community reached it.")
    ]


@noun
class MembershipDraft(Draft):
    """A person's belonging to a community, from one day to another."""

    since: Annotated[Instant, Field(description="Since when.")]
    until: Annotated[Instant | None, Field(description=f"Up to when; open for who still belongs. {AS_IT_BEGINS}")] = (
        None
    )
    participation: Annotated[Participation, Field(description="How far in the member says they are.")] = (
        Participation.peripheral
    )
    role: Annotated[CommunityRole, Field(description="What the member does for the community.")] = CommunityRole.member
    person_id: Annotated[
        Id, Link("HAS", ("Person",), incoming=True, stored="person"), Field(description="Who belongs.")
    ]
    community_id: Annotated[
        Id, Link("IN", ("Community",), stored="community"), Field(description="To which community.")
    ]


@noun
class InvitationDraft(Draft):
    """Somebody of a community asking a person to belong to it; the person answers."""

    answer: Annotated[InvitationAnswer, Field(description="What the invited person answered; only they say it.")] = (
        InvitationAnswer.open
    )
    person_id: Annotated[Id, Link("TO", ("Person",), stored="to"), Field(description="Who is invited.")]
    community_id: Annotated[
        Id, Link("INTO", ("Community",), stored="community"), Field(description="Into which community.")
    ]
    by_id: Annotated[
        Id,
        Link("BY", ("Person",), stored="by"),
        Field(description="Who invites: its founder, a facilitator or a steward."),
    ]
