"""Boundary spanners: who connects groups that would otherwise not hear of each other, and where nobody does."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.bridges import HALF_CONTACT, SMALLEST_GROUP, Bridges, bridges, pairs_apart, parts
from service.measures.brokerage import BrokerageRole, brokerage, constraint
from service.measures.centrality import Betweenness, betweenness
from service.measures.communities import UndirectedTies, undirected
from service.measures.rank_ranges import MEASURES, RankRanges, rank_ranges
from service.measures.roles import SMALLEST_GROUP_WITH_A_HUB, Cartography, Roles, coreness, roles
from service.model.answers import ItemReference, PersonReference
from service.model.boundaries import (
    BoundarySpanners,
    BoundarySpannersQuestion,
    BrokerageCounts,
    BrokerageQuestion,
    ContactPart,
    GroupReference,
    GroupRole,
    PersonBrokerage,
    RankRange,
    Spanner,
    SpannerOrder,
    SpannersBasis,
)
from service.model.ids import as_id
from service.model.viewer import Viewer
from service.model.wording import counted
from service.operations.groupings import Grouping, grouping
from service.operations.missing_bridges import Contact, group_reference, missing_bridges
from service.operations.network import Network
from service.operations.projection import Standing, scope_of, standing
from service.operations.references import person_of, references
from service.operations.scopes import absent, item_named

FLATTENING: Final = (
    "Who is in several (communities, positions) counts where they have been the longest; ties to people in no group "
    "count for betweenness, constraint and coreness alone."
)
BRIDGING_RULE: Final = (
    "Over each pair of groups, the part of the weight of the ties between them that is a person's, times w / (w + "
    f"{HALF_CONTACT:g}) for a contact of weight w in all: what of the contact between groups would go without them. "
    "The rule is ours, and that a contact of three fresh amplifications counts half is assumed."
)
COUNTING: Final = (
    "Bridging and constraint by the ties' weights, both ways added; brokerage by who tells whom; in all others each "
    "tie counts once, however much it rests on, and has no direction."
)
CAUTION: Final = (
    "Betweenness and constraint change with a few missing ties (Smith and Moody, 2013): read the ranges, not the "
    "places; those of betweenness hold the error of their samples as well. Roles and z inherit whatever is uncertain "
    "about the groups."
)
FEW_GROUPS: Final = (
    " With fewer than 6 groups nobody can be kinless: no participation coefficient exceeds 1 - 1/groups."
)
FEW_GROUPED: Final = " Only {share:.0%} of the people are in a group: what this says of groups, it says of those alone."
HALF: Final = 0.5


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Measured:
    """All measures of the people of a standing among the groups of a grouping."""

    ties: UndirectedTies
    grouping: Grouping
    roles: Roles
    bridges: Bridges
    betweenness: Betweenness
    constraint: NDArray[np.float64]
    coreness: NDArray[np.int32]
    brokerage: NDArray[np.int64]
    ranges: RankRanges

    @property
    def contact(self) -> Contact:
        """What is needed to see where there is none."""
        return Contact(
            ties=self.ties, groups=self.grouping, bridges=self.bridges, participation=self.roles.participation
        )

    def ranked(self, order: SpannerOrder) -> list[int]:
        """The people whom the measure has something to say of, in its order; equals by their numbers."""
        places = self.ranges.now[MEASURES.index(order.value)]
        told = {
            SpannerOrder.bridging: self.bridges.bridging > 0,
            SpannerOrder.betweenness: self.betweenness.values > 0,
            SpannerOrder.participation: ~np.isnan(self.roles.participation),
            SpannerOrder.constraint: ~np.isnan(self.constraint),
            SpannerOrder.coreness: self.coreness > 0,
        }[order]
        people = np.flatnonzero(told)
        return [int(person) for person in people[np.argsort(places[people], kind="stable")]]


async def boundary_spanners(network: Network, viewer: Viewer, asked: BoundarySpannersQuestion) -> BoundarySpanners:
    """The people who connect groups, by the measure asked for, and the pairs of groups that nobody connects.

    Without groups or without ties there is nobody, and `reason` says why. `Invalid` for a moment without evidence.
    """
    tied = await standing(network, scope_of(viewer, asked.audience), asked.as_of)
    groups = await grouping(network, tied, asked.group_by, asked.as_of or datetime.now(UTC))
    found = await asyncio.to_thread(_measured, tied, groups, asked.seed)
    ranked = found.ranked(asked.order_by)[: asked.first]
    names = await references(network, tied.scope.audiences, [tied.projection.people[person] for person in ranked])
    count = int((groups.sizes >= SMALLEST_GROUP).sum())
    return BoundarySpanners(
        people=[
            _spanner(found, person, shown, asked.order_by, explain=asked.explain)
            for person in ranked
            if (shown := _name(tied, names, person)) is not None
        ],
        missing_bridges=await missing_bridges(network, tied, found.contact, asked.first_pairs),
        pairs=count * (count - 1) // 2,
        pairs_apart=pairs_apart(found.bridges, groups.sizes),
        reason=None if ranked else _nobody(tied, groups),
        caution=_caution(groups, found),
        basis=_basis(tied, found),
    )


async def brokerage_of(network: Network, viewer: Viewer, asked: BrokerageQuestion) -> PersonBrokerage:
    """Where one person stands between groups. `NotFound` for somebody whom the audience does not know."""
    scope = scope_of(viewer, asked.audience)
    id = as_id(asked.person, "person")
    named = await references(network, scope.audiences, [id])
    tied = await standing(network, scope, asked.as_of)
    person = item_named(named.get(id), id, "person", ("Person",), scope)
    if (number := tied.projection.numbers.get(id)) is None:
        raise absent(id, "person", ("Person",), scope)
    groups = await grouping(network, tied, asked.group_by, asked.as_of or datetime.now(UTC))
    found = await asyncio.to_thread(_measured, tied, groups, asked.seed)
    return PersonBrokerage(
        found=_spanner(found, number, person_of(person), SpannerOrder.bridging, explain=asked.explain),
        caution=_caution(groups, found),
        basis=_basis(tied, found),
    )


def _measured(tied: Standing, groups: Grouping, seed: int) -> Measured:
    """The measures, kept for the next who asks the same."""
    # Names and ids of groups change without their people changing.
    key = ("boundaries", tied.as_of, groups.by, groups.labels.tobytes(), groups.names, groups.ids, seed)
    kept: Measured | None = tied.projection.kept.get(key)
    if kept is not None:
        return kept
    ties = undirected(tied.ties)
    parted, contact, open_ = roles(ties, groups.labels), bridges(ties, groups.labels), constraint(ties)
    between, cores = betweenness(ties, seed=seed), coreness(ties)
    values = np.stack((contact.bridging, between.values, parted.participation, open_, cores.astype(np.float64)))
    kept = Measured(
        ties=ties,
        grouping=groups,
        roles=parted,
        bridges=contact,
        betweenness=between,
        constraint=open_,
        coreness=cores,
        brokerage=brokerage(tied.ties, groups.labels),
        ranges=rank_ranges(ties, groups.labels, values, seed=seed),
    )
    tied.projection.keep(key, kept)
    return kept


def _name(tied: Standing, names: Mapping[str, ItemReference], person: int) -> PersonReference | None:
    named = names.get(tied.projection.people[person])
    return None if named is None else person_of(named)


def _spanner(found: Measured, person: int, named: PersonReference, order: SpannerOrder, *, explain: bool) -> Spanner:
    group = _group(found.grouping, person)
    role, reason = _role(found, person, group)
    hub_possible = bool(found.roles.hubs_possible[person])
    counts = found.brokerage[person]
    return Spanner(
        rank=int(found.ranges.now[MEASURES.index(order.value), person]),
        person=named,
        group=group,
        ties=int(found.ties.offsets[person + 1] - found.ties.offsets[person]),
        groups=int(found.roles.reachable[person]),
        bridging=float(found.bridges.bridging[person]),
        participation=_known(found.roles.participation[person]),
        within=_known(found.roles.within[person]) if hub_possible else None,
        within_low=_known(found.ranges.within_low[person]) if hub_possible else None,
        within_high=_known(found.ranges.within_high[person]) if hub_possible else None,
        role=role,
        betweenness=float(found.betweenness.values[person]),
        betweenness_deviation=float(found.betweenness.deviation[person]),
        constraint=_known(found.constraint[person]),
        coreness=int(found.coreness[person]),
        brokerage=BrokerageCounts(**{way.name: int(counts[way]) for way in BrokerageRole}),
        ranges=[
            RankRange(
                measure=SpannerOrder(measure),
                rank=int(found.ranges.now[row, person]),
                best=int(found.ranges.best[row, person]),
                worst=int(found.ranges.worst[row, person]),
            )
            for row, measure in enumerate(MEASURES)
        ],
        contributions=_contributions(found, person) if explain else [],
        reason=reason,
    )


def _group(groups: Grouping, person: int) -> GroupReference | None:
    label = int(groups.labels[person])
    return None if label < 0 else group_reference(groups, label)


def _role(found: Measured, person: int, group: GroupReference | None) -> tuple[GroupRole | None, str | None]:
    """The role, or why there is none."""
    if found.ties.offsets[person] == found.ties.offsets[person + 1]:
        return None, "There is no evidence that ties them to anybody."
    if group is None:
        return None, f"They are in no group of the grouping by {found.grouping.by.value}."
    if np.isnan(found.roles.participation[person]):
        return None, "They are tied to nobody who is in a group."
    if not found.roles.hubs_possible[person]:
        return None, (
            f"{group.name} has {counted(group.size, 'person', 'people')}: in a group under "
            f"{SMALLEST_GROUP_WITH_A_HUB} nobody can be a hub, since z cannot exceed the square root of the size "
            "less one."
        )
    return GroupRole(Cartography(int(found.roles.roles[person])).name), None


def _contributions(found: Measured, person: int) -> list[ContactPart]:
    return [
        ContactPart(
            group=group_reference(found.grouping, part.group), ties=part.ties, share=part.share, counted=part.counted
        )
        for part in parts(found.ties, found.grouping.labels, found.bridges, person)
    ]


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _nobody(tied: Standing, groups: Grouping) -> str:
    if len(tied.ties.listeners) == 0:
        return "There is no evidence that anybody listens to anybody."
    if (groups.labels >= 0).sum() == 0:
        return f"Nobody whom this audience may know of is in a group, by {groups.by.value}."
    return "Nobody is tied to anybody of another group."


def _caution(groups: Grouping, found: Measured) -> str:
    people = len(groups.labels)
    grouped = int((groups.labels >= 0).sum())
    few = FEW_GROUPS if not found.roles.kinless_possible else ""
    lacking = FEW_GROUPED.format(share=grouped / people) if people and grouped < HALF * people else ""
    return CAUTION + few + lacking


def _basis(tied: Standing, found: Measured) -> SpannersBasis:
    return SpannersBasis(
        **tied.basis,
        group_by=found.grouping.by,
        resolution=found.grouping.resolution,
        flattening=FLATTENING,
        groups=found.roles.groups,
        grouped=int((found.grouping.labels >= 0).sum()),
        tied=int((np.diff(found.ties.offsets) > 0).sum()),
        bridging_rule=BRIDGING_RULE,
        counting=COUNTING,
        betweenness_error=found.betweenness.error,
        betweenness_failure=found.betweenness.failure,
        betweenness_samples=found.betweenness.samples,
        dropped=found.ranges.dropped,
        draws=found.ranges.draws,
        seed=found.ranges.seed,
    )
