"""Crossing and diversity: who is in the room, who is heard, and who listens across the lines between groups."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.answers import ItemReference, TieBasis, answer
from service.model.asking import GroupBy, RegisteredScope, Seed, TieQuestion, WindowMonths, asked
from service.model.ids import CommunityId
from service.model.vocabulary import Vocabulary

STANDS_STILL = (
    "As far as is told: such a number stands still until nobody or at least five have come and nobody or at least five "
    "gone, so it may be of an earlier month than what `communities` and `memberships` list."
)
"""Of the people of a group in numbers that tell of nobody in company of fewer than five."""

Withheld = Annotated[
    int | None,
    Field(
        description=(
            "How many people of the scope are in no group that is shown, as none is recorded of them or so few are in "
            "it that numbers would tell of them: nobody, or five and more. Null where the scope itself is not shown."
        )
    ),
]
Coverage = Annotated[
    float | None,
    Field(
        description=(
            "Which share of the scope's people are in a group that is shown, rounded up to a tenth; null where the "
            "scope itself is not shown."
        )
    ),
]
Caution = Annotated[
    str | None,
    Field(description="How to read it, in words, where most people are in no group that is shown; null where not."),
]
WindowFrom = Annotated[datetime, Field(description="The first moment of the window.")]
WindowUntil = Annotated[
    datetime, Field(description="The first moment after it: the end of the last calendar quarter that was over.")
]


class CrossingGroupBy(Vocabulary):
    """By what people are put into groups of which numbers are told: other scopes than the network by the first two."""

    standing = "standing", GroupBy.standing.meaning
    profession = "profession", GroupBy.profession.meaning
    organisation = "organisation", GroupBy.organisation.meaning
    community = "community", GroupBy.community.meaning


class DiversityGroupBy(Vocabulary):
    """By what a community is diverse."""

    standing = "standing", GroupBy.standing.meaning
    profession = "profession", GroupBy.profession.meaning


@asked
class CrossingQuestion(TieQuestion):
    """Between which groups, inside which scope."""

    group_by: Annotated[CrossingGroupBy, Field(description="Into which groups people are put.")] = (
        CrossingGroupBy.standing
    )
    scope: RegisteredScope = "network"
    seed: Seed = 0


@asked
class DiversityQuestion(TieQuestion):
    """Of which community, and by what."""

    community: Annotated[CommunityId, Field(description="The community.")]
    group_by: Annotated[DiversityGroupBy, Field(description="By what it is diverse.")] = DiversityGroupBy.standing
    window_months: WindowMonths = 12
    seed: Seed = 0


@answer
class EstimatedFigure:
    """A figure with its error."""

    value: Annotated[float | None, Field(description="The figure; null where there is nothing to work it out from.")]
    standard_error: Annotated[
        float | None,
        Field(description="From a bootstrap over people; null under 20 people, where it is not worth giving."),
    ]
    low: Annotated[float | None, Field(description="The lower end of its 95 % interval.")]
    high: Annotated[float | None, Field(description="The upper end.")]


@answer
class CrossingGroup:
    """One group, and how many it is."""

    name: Annotated[str, Field(description="What the group is called.")]
    item: Annotated[ItemReference | None, Field(description="The organisation or community; null where it is a word.")]
    people: Annotated[int, Field(description=f"How many people it has. {STANDS_STILL}")]
    share_inside: Annotated[
        float | None,
        Field(
            description="Which share of those who listen to it are of it; null where nobody does, or some are not told."
        ),
    ]


@answer
class MixingCell:
    """How many ties run from one group to another."""

    teller: Annotated[str, Field(description="The group that tells.")]
    listener: Annotated[str, Field(description="The group that listens.")]
    ties: Annotated[
        int | None,
        Field(
            description=(
                "How many ties; null where it is withheld: fewer than five people stand behind them or those the other "
                "way, or such a cell could be worked out otherwise."
            )
        ),
    ]


@answer
class CrossingBasis(TieBasis):
    """What crossing was computed from."""

    scope: Annotated[str, Field(description="Whom it is about.")]
    group_by: Annotated[CrossingGroupBy, Field(description="By what people are grouped.")]
    seed: Annotated[int, Field(description="The seed of the bootstrap and of the permutations.")]
    bootstraps: Annotated[int, Field(description="How many times people were drawn anew for the errors.")]
    permutations: Annotated[int, Field(description="How many times groups were dealt out anew for the expectation.")]
    withheld: Withheld
    rule: Annotated[str, Field(description="What is told of groups, and what is not.")]


@answer
class Crossing:
    """How far people listen inside their group and beyond it."""

    groups: Annotated[list[CrossingGroup], Field(description="The groups that are shown.")]
    matrix: Annotated[list[MixingCell], Field(description="The mixing matrix: how many ties run from group to group.")]
    ei_index: Annotated[
        EstimatedFigure,
        Field(
            description="(E - I) / (E + I), from -1 for only inside to 1 for only outside (Krackhardt and Stern, 1988)."
        ),
    ]
    expected_ei_index: Annotated[
        float | None,
        Field(
            description=(
                "Its mean where groups are dealt out anew: what their sizes alone would make. Null as the index."
            )
        ),
    ]
    p: Annotated[
        float | None,
        Field(
            description=(
                "How often a new deal is at least as far from that mean: small, and it is no accident. Null as the "
                "index."
            )
        ),
    ]
    reciprocity: Annotated[EstimatedFigure, Field(description="The share of ties that are returned.")]
    density: Annotated[EstimatedFigure, Field(description="The share of possible ties that there are.")]
    reason: Annotated[
        str | None, Field(description="Why nothing is shown, or no index, in words; null where there is one.")
    ]
    coverage: Coverage
    caution: Annotated[
        str | None,
        Field(
            description=(
                "How to read it, in words, where most people are in no group that is shown, or numbers are not told; "
                "null where neither is so."
            )
        ),
    ]
    basis: Annotated[CrossingBasis, Field(description="What this was computed from.")]


@answer
class VoiceShare:
    """One group's share of the room and of the talk."""

    name: Annotated[str, Field(description="What the group is called.")]
    people: Annotated[int, Field(description=f"How many of the community's people it has. {STANDS_STILL}")]
    share_of_people: Annotated[float, Field(description="Which share of them that is.")]
    tellings: Annotated[
        int | None,
        Field(
            description=(
                "How often its people told or said something in the window while they were members, in each quarter "
                "by who was in the group at its end; null where a few did in a quarter of it, where the group was not "
                "shown then, or where such a number could be worked out otherwise."
            )
        ),
    ]
    share_of_voice: Annotated[
        float | None,
        Field(description="Which share of all tellings that is; null without any, or where some are not told."),
    ]
    heard: Annotated[
        int | None,
        Field(
            description=(
                "How often somebody of the community listened to its people in the window, counted likewise; null "
                "also where a few listened."
            )
        ),
    ]
    share_of_hearing: Annotated[float | None, Field(description="Which share of all that is; null as above.")]


@answer
class DiversityBasis(TieBasis):
    """What diversity was computed from."""

    group_by: Annotated[DiversityGroupBy, Field(description="By what people are grouped.")]
    window_months: Annotated[
        int, Field(description="Over how many months who is heard was counted, up to the end of the last quarter.")
    ]
    window_from: WindowFrom
    window_until: WindowUntil
    seed: Annotated[int, Field(description="The seed of the bootstrap.")]
    bootstraps: Annotated[int, Field(description="How many times people were drawn anew for the errors.")]
    withheld: Withheld
    rule: Annotated[str, Field(description="What is told of groups, and what is not.")]


@answer
class Diversity:
    """Who is in the room, and who is heard."""

    community: Annotated[ItemReference, Field(description="The community.")]
    groups: Annotated[list[VoiceShare], Field(description="The groups, the largest first.")]
    shannon: Annotated[
        EstimatedFigure,
        Field(
            description=(
                "The entropy of the shares of people, in nats (Shannon, 1948): of them as they are. Its interval is of "
                "people like them, and corrected for what a sample lacks (Miller, 1955)."
            )
        ),
    ]
    blau: Annotated[
        EstimatedFigure,
        Field(
            description="The chance that two of its people are of different groups (Blau, 1977); its interval as above."
        ),
    ]
    blau_normalised: Annotated[EstimatedFigure, Field(description="The same as a share of the most that it could be.")]
    reason: Annotated[
        str | None, Field(description="Why nothing is shown, or no figure, in words; null where there are figures.")
    ]
    coverage: Coverage
    caution: Caution
    basis: Annotated[DiversityBasis, Field(description="What this was computed from.")]
