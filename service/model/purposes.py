"""Common purpose: who shares one, who of them is not connected yet, and what brings them together."""

from typing import Annotated

from pydantic import Field

from service.model.answers import Basis, ItemReference, PersonReference, TieBasis, answer
from service.model.asking import AsOf, ComputedOn, TieQuestion, asked
from service.model.ids import Id, NamesItem
from service.model.viewer import EVERYONE


@asked
class OnPurposeQuestion(TieQuestion):
    """Which purpose, and how much is shown."""

    purpose: Annotated[Id, NamesItem(("Purpose",)), Field(description="The purpose.")]
    first: Annotated[int, Field(ge=1, le=100, description="How many groups and introductions to show.")] = 10
    first_members: Annotated[int, Field(ge=1, le=1_000, description="How many people of each group.")] = 20


@asked
class PurposesWithoutCommunityQuestion:
    """At which moment, for whom."""

    first: Annotated[int, Field(ge=1, le=100, description="How many purposes.")] = 20
    as_of: AsOf = None
    audience: ComputedOn = EVERYONE


@answer
class PurposeGroup:
    """People of the purpose who are connected with each other, directly or over others of them."""

    size: Annotated[int, Field(description="How many they are.")]
    members: Annotated[
        list[PersonReference], Field(description="Those tied to most of the others first; cut where asked.")
    ]
    communities: Annotated[
        list[ItemReference], Field(description="The communities that pursue the purpose to which some of them belong.")
    ]


@answer
class Introduction:
    """Two people of unconnected groups who would be well placed to meet."""

    one: Annotated[PersonReference, Field(description="Somebody of the one group.")]
    other: Annotated[PersonReference, Field(description="Somebody of the other.")]
    topics: Annotated[list[ItemReference], Field(description="What both speak of, at most five.")]
    between: Annotated[
        list[PersonReference], Field(description="People outside the purpose to whom both are tied, at most five.")
    ]
    reason: Annotated[str, Field(description="Why these two, in words.")]


@answer
class BindingTopic:
    """A topic of which the purpose's people speak more than others do."""

    topic: Annotated[ItemReference, Field(description="The topic.")]
    people: Annotated[int, Field(description="How many of the purpose's people speak of it.")]
    share: Annotated[float, Field(description="Which share of them that is.")]
    share_of_others: Annotated[float, Field(description="Which share of everybody else speaks of it.")]


@answer
class PurposeBasis(TieBasis):
    """What was looked at for a purpose."""

    sharing: Annotated[int, Field(description="How many people share it.")]
    rule: Annotated[str, Field(description="What counts as sharing a purpose, and as being connected.")]


@answer
class OnPurpose:
    """The people of a purpose, and how far they are apart."""

    purpose: Annotated[ItemReference, Field(description="The purpose.")]
    people: Annotated[int, Field(description="How many people share it.")]
    holders: Annotated[int, Field(description="How many of them hold it themselves.")]
    communities: Annotated[list[ItemReference], Field(description="The communities that pursue it.")]
    groups: Annotated[list[PurposeGroup], Field(description="Who is connected with whom, the largest group first.")]
    group_count: Annotated[int, Field(description="How many groups of two and more there are.")]
    alone: Annotated[int, Field(description="How many are tied to nobody else of the purpose.")]
    unconnected_share: Annotated[
        float | None, Field(description="Of all pairs of them, the share with no way between; null under two people.")
    ]
    introductions: Annotated[
        list[Introduction], Field(description="Who could meet so that groups come together, those best placed first.")
    ]
    brought_together_by: Annotated[
        list[BindingTopic], Field(description="Of what they speak more than others do, the most so first.")
    ]
    reason: Annotated[str | None, Field(description="Why there is nobody, in words; null where there is somebody.")]
    basis: Annotated[PurposeBasis, Field(description="What this was computed from.")]


@answer
class UnpursuedPurpose:
    """A purpose that people hold, and no community pursues."""

    purpose: Annotated[ItemReference, Field(description="The purpose.")]
    holders: Annotated[int, Field(description="How many people hold it.")]


@answer
class PurposesWithoutCommunity:
    """Purposes that wait for a community."""

    purposes: Annotated[list[UnpursuedPurpose], Field(description="Those held by most first.")]
    reason: Annotated[str | None, Field(description="Why there is none, in words; null where there are some.")]
    basis: Annotated[Basis, Field(description="What this was read from.")]
