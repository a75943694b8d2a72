"""What would be lost: knowledge that only one person holds or carries, and people who hang on one alone."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.answers import ItemReference, PersonReference, TieBasis, answer
from service.model.asking import TieQuestion, asked
from service.model.ids import GroupId

MOST_SHOWN_LOSSES = 1_000


@asked
class KnowledgeAtRiskQuestion(TieQuestion):
    """Whose leaving is looked at."""

    of: Annotated[
        GroupId | None,
        Field(
            description=(
                "Whose leaving is looked at: the id of a person, or of an organisation, community or topic for each of "
                "its people. Everybody, where nothing is given."
            )
        ),
    ] = None
    first: Annotated[int, Field(ge=1, le=MOST_SHOWN_LOSSES, description="How many of each sort are shown.")] = 50
    explain: Annotated[
        bool, Field(description="Whether to list by whose leaving all of it would be lost, with the items and shares.")
    ] = False


@answer
class InsightAtRisk:
    """A tacit insight that one person alone holds."""

    insight: Annotated[ItemReference, Field(description="The insight.")]
    holder: Annotated[PersonReference, Field(description="Who alone holds it.")]
    at: Annotated[datetime, Field(description="When it was told or recorded.")]
    derived: Annotated[
        bool, Field(description="Whether explicit knowledge came out of it: then not all of it would go.")
    ]


@answer
class KnowledgeCarriedByOne:
    """Explicit knowledge that one person alone made, carried further or tried out."""

    knowledge: Annotated[ItemReference, Field(description="The knowledge.")]
    carrier: Annotated[PersonReference, Field(description="Who alone has anything to do with it.")]
    at: Annotated[datetime, Field(description="When it was made.")]


@answer
class HangingPeople:
    """Somebody by whom alone others are connected."""

    person: Annotated[PersonReference, Field(description="Who connects them.")]
    people: Annotated[
        int,
        Field(
            description=(
                "How many people no tie, whichever way it leads, would connect with the rest any longer. They are "
                "counted, not named: it is for each of them to know on whom they hang."
            )
        ),
    ]


@answer
class LossContribution:
    """What would be lost if one person left, of all that one person alone holds or carries."""

    person: Annotated[PersonReference, Field(description="Who alone holds or carries it.")]
    items: Annotated[list[ItemReference], Field(description="All insights and knowledge that they alone have.")]
    share: Annotated[
        float,
        Field(ge=0, le=1, description="Their share of all that one person alone has, each item counting the same."),
    ]


@answer
class LossesBasis(TieBasis):
    """What was looked at to say what would be lost."""

    looked_at: Annotated[int, Field(description="How many people's leaving was looked at, each alone.")]
    first: Annotated[int, Field(description="How many of each sort are shown.")]
    method: Annotated[str, Field(description="What counts as held, as carried and as hanging, in words.")]


@answer
class KnowledgeAtRisk:
    """What would be lost if one of the people left: each alone, not all together."""

    of: Annotated[ItemReference | None, Field(description="Whose leaving is looked at; null for everybody's.")]
    insights: Annotated[
        list[InsightAtRisk],
        Field(description="Insights that one of them alone holds: those never written down first, then the newest."),
    ]
    insights_held_by_one: Annotated[int, Field(description="How many insights one of them alone holds.")]
    insights_held: Annotated[int, Field(description="How many insights any of them holds.")]
    knowledge: Annotated[
        list[KnowledgeCarriedByOne],
        Field(description="Explicit knowledge that one of them alone carries, newest first."),
    ]
    knowledge_carried_by_one: Annotated[
        int, Field(description="How much explicit knowledge one of them alone carries.")
    ]
    knowledge_carried: Annotated[int, Field(description="How much explicit knowledge any of them carries.")]
    bridges: Annotated[
        list[HangingPeople], Field(description="Those of them by whom alone others are connected; most people first.")
    ]
    contributions: Annotated[
        list[LossContribution],
        Field(
            description=(
                "With `explain`: everybody who alone holds or carries anything, with all of it, whatever `first` says; "
                "the most first. Shares add up to 1."
            )
        ),
    ]
    reason: Annotated[str | None, Field(description="Why there is nothing, in words; null where there is something.")]
    caution: Annotated[str, Field(description="What this cannot say.")]
    basis: Annotated[LossesBasis, Field(description="What this was computed from.")]
