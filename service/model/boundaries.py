"""Boundary spanners: who connects groups that would otherwise not hear of each other, and where nobody does."""

from typing import Annotated

from pydantic import Field

from service.model.answers import ItemReference, PersonReference, TieBasis, answer
from service.model.asking import GroupBy, Seed, TieQuestion, asked
from service.model.ids import PersonId
from service.model.vocabulary import Vocabulary


class SpannerOrder(Vocabulary):
    """By what boundary spanners are ranked."""

    bridging = "bridging", "How much of the contact between groups hangs on them, the most first."
    betweenness = (
        "betweenness",
        "The share of the shortest ways between others that leads through them, the most first.",
    )
    participation = "participation", "How evenly their ties are spread over groups, the most first."
    constraint = "constraint", "How little the people that they are tied to are tied to each other, the least first."
    coreness = "coreness", "The largest k of a k-core that they are in, the highest first: many are alike."


class GroupRole(Vocabulary):
    """The part that somebody plays among groups (Guimerà and Amaral, 2005), by z and participation coefficient."""

    ultra_peripheral = "ultra_peripheral", "No hub; nearly all ties are in their own group."
    peripheral = "peripheral", "No hub; most ties are in their own group."
    connector = "connector", "No hub; many ties go to other groups."
    kinless = "kinless", "No hub; ties are spread over all groups alike."
    provincial_hub = "provincial_hub", "A hub of their group, with ties inside it."
    connector_hub = "connector_hub", "A hub of their group, with ties into most others."
    kinless_hub = "kinless_hub", "A hub with ties into all groups alike."


GroupedBy = Annotated[GroupBy, Field(description="By what people are put into groups.")]
Explain = Annotated[bool, Field(description="Whether to show what each person's bridging is made of, group by group.")]


@asked
class BoundarySpannersQuestion(TieQuestion):
    """Between which groups, and how many people and missing bridges are shown."""

    group_by: GroupedBy = GroupBy.community
    order_by: Annotated[SpannerOrder, Field(description="By what people are ranked.")] = SpannerOrder.bridging
    first: Annotated[int, Field(ge=1, le=1_000, description="How many people.")] = 20
    first_pairs: Annotated[int, Field(ge=0, le=100, description="How many pairs of groups without a bridge.")] = 10
    explain: Explain = False
    seed: Seed = 0


@asked
class BrokerageQuestion(TieQuestion):
    """Whose brokerage, between which groups."""

    person: Annotated[PersonId, Field(description="Who: the id of a person.")]
    group_by: GroupedBy = GroupBy.community
    explain: Explain = False
    seed: Seed = 0


@answer
class GroupReference:
    """A group in an answer."""

    name: Annotated[str, Field(description="How it is called.")]
    item: Annotated[ItemReference | None, Field(description="The community or organisation that it is, if it is one.")]
    detected_id: Annotated[
        str | None, Field(description="The lasting id of the detected community that it is; null where it is none.")
    ]
    size: Annotated[
        int,
        Field(
            description=(
                "How many people are in it at the moment of the answer, each in one group, of several that where they "
                "have been the longest: fewer than belong to it, where some belong to others too."
            )
        ),
    ]


@answer
class RankRange:
    """A person's place by one measure, and how far it depends on which ties happened to be seen."""

    measure: Annotated[SpannerOrder, Field(description="The measure.")]
    rank: Annotated[int, Field(description="The place, 1 for the first; equals share the better one.")]
    best: Annotated[int, Field(description="The best place over the draws in which a tenth of the ties was dropped.")]
    worst: Annotated[int, Field(description="The worst place over those draws.")]


@answer
class BrokerageCounts:
    """How often somebody stands between a teller and a listener who are not tied (Gould and Fernandez, 1989)."""

    coordinator: Annotated[int, Field(description="All three are of one group.")]
    itinerant: Annotated[int, Field(description="The two are of one group, the broker is of another.")]
    gatekeeper: Annotated[int, Field(description="Lets into their own group what an outsider tells.")]
    representative: Annotated[int, Field(description="Carries out of their own group what an insider tells.")]
    liaison: Annotated[int, Field(description="All three are of different groups.")]


@answer
class ContactPart:
    """What somebody holds of the contact between their own group and another."""

    group: Annotated[GroupReference, Field(description="The other group.")]
    ties: Annotated[int, Field(description="How many of their ties lead there.")]
    share: Annotated[float, Field(description="Their part of the contact between the two groups: 1 is all of it.")]
    counted: Annotated[float, Field(description="What that adds to their bridging; these add up to it.")]


@answer
class Spanner:
    """One person among groups. What needs a group, a tie or a larger group is null without, and `reason` says why."""

    rank: Annotated[int, Field(description="The place by the measure asked for, 1 for the first.")]
    person: Annotated[PersonReference, Field(description="Who.")]
    group: Annotated[GroupReference | None, Field(description="Their own group; null where they are in none.")]
    ties: Annotated[int, Field(description="With how many people they are tied.")]
    groups: Annotated[int, Field(description="With how many groups they are tied, their own included.")]
    bridging: Annotated[
        float, Field(description="How much of the contact between groups hangs on them; the rule is in the basis.")
    ]
    participation: Annotated[
        float | None, Field(description="Participation coefficient: 0 if all ties go to one group; below 1 - 1/groups.")
    ]
    within: Annotated[
        float | None,
        Field(
            description="Ties inside their group in standard deviations above its mean (z); null in a group under 8."
        ),
    ]
    within_low: Annotated[float | None, Field(description="The least z over the draws.")]
    within_high: Annotated[float | None, Field(description="The largest z over the draws.")]
    role: Annotated[GroupRole | None, Field(description="The role that z and participation coefficient make.")]
    betweenness: Annotated[
        float, Field(description="The share of the shortest ways between two others that leads through them.")
    ]
    betweenness_deviation: Annotated[
        float, Field(description="The standard error of that, where it was sampled; 0 where it is exact.")
    ]
    constraint: Annotated[
        float | None, Field(description="Burt's constraint (1992): low is open, may exceed 1; null without ties.")
    ]
    coreness: Annotated[int, Field(description="The largest k of a k-core that they are in (Seidman, 1983).")]
    brokerage: Annotated[BrokerageCounts, Field(description="The five ways of standing between two others, counted.")]
    ranges: Annotated[list[RankRange], Field(description="Their place by each measure, and how far it may be trusted.")]
    contributions: Annotated[
        list[ContactPart], Field(description="What their bridging is made of, the most first; only with `explain`.")
    ]
    reason: Annotated[str | None, Field(description="Why something is null, in words; null where nothing is.")]


@answer
class BridgeCandidate:
    """Somebody who is best placed to connect two groups."""

    person: Annotated[PersonReference, Field(description="Who.")]
    group: Annotated[GroupReference, Field(description="Of which of the two groups.")]
    through: Annotated[PersonReference | None, Field(description="Who knows both and could introduce them.")]
    meets: Annotated[PersonReference | None, Field(description="Whom of the other group they would meet.")]
    within_reach: Annotated[int, Field(description="How many people of the other group are two steps away.")]
    reason: Annotated[str, Field(description="Why, in words.")]


@answer
class MissingBridge:
    """Two groups without a single tie between them."""

    one: Annotated[GroupReference, Field(description="One group.")]
    other: Annotated[GroupReference, Field(description="The other.")]
    shared_purposes: Annotated[list[ItemReference], Field(description="Purposes that both pursue.")]
    candidates: Annotated[list[BridgeCandidate], Field(description="Who could be the bridge, best placed first.")]
    reason: Annotated[str | None, Field(description="Why nobody is shown, in words; null where somebody is.")]


@answer
class SpannersBasis(TieBasis):
    """What boundary spanners were computed from."""

    group_by: Annotated[GroupBy, Field(description="By what people were put into groups.")]
    resolution: Annotated[
        float | None,
        Field(
            description=(
                "At which resolution groups were detected: the one that `communityResolutions` picks. Null for others."
            )
        ),
    ]
    flattening: Annotated[str, Field(description="How somebody in several groups was counted.")]
    groups: Annotated[int, Field(description="How many groups there are.")]
    grouped: Annotated[int, Field(description="How many people are in one.")]
    tied: Annotated[int, Field(description="How many people are tied to anybody.")]
    bridging_rule: Annotated[str, Field(description="How bridging is worked out.")]
    counting: Annotated[str, Field(description="How ties count in each of the measures.")]
    betweenness_error: Annotated[
        float, Field(description="How far a betweenness may be off at most, with the chance below; 0 if exact.")
    ]
    betweenness_failure: Annotated[float, Field(description="The chance that any is off by more.")]
    betweenness_samples: Annotated[
        int | None, Field(description="How many random shortest ways were followed; null where it is exact.")
    ]
    dropped: Annotated[float, Field(description="The share of the ties that each draw for the ranges left out.")]
    draws: Annotated[int, Field(description="How many draws.")]
    seed: Annotated[int, Field(description="The same seed gives the same answer.")]


@answer
class BoundarySpanners:
    """Who connects groups, and which groups nobody connects."""

    people: Annotated[list[Spanner], Field(description="The people, by the measure asked for.")]
    missing_bridges: Annotated[
        list[MissingBridge],
        Field(description="Pairs of groups without a tie: those with a purpose in common first, then the largest."),
    ]
    pairs: Annotated[int, Field(description="How many pairs of groups there are; groups under 5 people are left out.")]
    pairs_apart: Annotated[int, Field(description="How many of these have no tie between them.")]
    reason: Annotated[str | None, Field(description="Why nobody is shown, in words; null where somebody is.")]
    caution: Annotated[str, Field(description="How to read it.")]
    basis: Annotated[SpannersBasis, Field(description="What this was computed from.")]


@answer
class PersonBrokerage:
    """One person's place between groups."""

    found: Annotated[Spanner, Field(description="Their place.")]
    caution: Annotated[str, Field(description="How to read it.")]
    basis: Annotated[SpannersBasis, Field(description="What this was computed from.")]
