"""How a community's members take part, told in numbers that point at nobody."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np

from service.measures.participation import Course, Trajectory, course
from service.measures.survival import Outcome, SurvivalCurve, kaplan_meier, waiting
from service.model.communities import CommunityRole
from service.model.errors import NotFound
from service.model.ids import as_id
from service.model.participation import (
    CommunityParticipation,
    CommunityParticipationQuestion,
    ParticipationTrajectory,
    TrajectoryCount,
)
from service.model.viewer import Viewer
from service.operations.network import Network
from service.operations.participation import CAUTION, SECONDS_A_DAY, basis, known_community
from service.operations.projection import scope_of, standing
from service.operations.references import references
from service.operations.ways import Way, ways_into

LEAST: Final = 5
"""The fewest people of whom a number may tell."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Counted:
    courses: Mapping[int, Course]
    """Of who belongs at the end of the last whole window, by number."""
    times: SurvivalCurve | None
    watched: int
    arrived: int


async def community_participation(
    network: Network, viewer: Viewer, asked: CommunityParticipationQuestion
) -> CommunityParticipation:
    """How many members are on which trajectory, and how long it takes to come to full participation.

    For who belongs to the community; how many are stuck or drifting for its facilitators and stewards. `NotFound` for
    anybody else, alike for a community that is not there.
    """
    community = as_id(asked.community, "community")
    if f"community:{community}" not in viewer.audiences:
        raise NotFound(
            f"There is no community {community} that you belong to",
            right="Ask about a community of your own.",
            field="community",
        )
    scope = scope_of(viewer, asked.audience)
    where = known_community(await references(network, scope.audiences, [community]), community, scope)
    tied = await standing(network, scope, asked.as_of)
    way = await ways_into(network, tied, community, asked.window, asked.as_of)
    counted = await asyncio.to_thread(_counted, way)
    members = len(counted.courses)
    on = Counter(each.trajectory for each in counted.courses.values())
    leads = _leads(viewer, tied.projection.numbers, way)
    # Who is outbound and still a member is drifting: the one number is as closed as the other.
    closed = frozenset[Trajectory]() if leads else frozenset({Trajectory.outbound})
    shown = shown_counts({trajectory: on[trajectory] for trajectory in Trajectory}, closed)
    edge = shown[Trajectory.peripheral]
    enough = counted.times if counted.watched >= LEAST else None
    return CommunityParticipation(
        community=where,
        members=members if members >= LEAST else None,
        trajectories=[TrajectoryCount(trajectory=_named(each), count=shown[each]) for each in Trajectory],
        stuck=_beside(sum(each.stuck for each in counted.courses.values()), edge) if leads and edge else None,
        drifting=shown[Trajectory.outbound] if leads else None,
        newcomers=counted.watched if counted.watched >= LEAST else None,
        arrived=_beside(counted.arrived, counted.watched),
        median_days=enough.median if enough else None,
        median_low=enough.median_lower if enough else None,
        median_high=enough.median_upper if enough else None,
        suppressed=_suppressed(leads=leads, hidden=any(count is None for count in shown.values())),
        reason=_reason(way, members, members - on[Trajectory.none]),
        caution=CAUTION,
        basis=basis(tied, way),
    )


def shown_counts(counts: Mapping[T, int], closed: frozenset[T] = frozenset()) -> dict[T, int | None]:
    """The counts of which each tells of five people or more; none from which one that is left out could be worked out.

    Left out are those under five and the closed ones; where the former are together one to four, or a closed one could
    be worked out from the total, the smallest other one as well. That all left out are 0 may be worked out: it points
    at nobody.
    """
    hidden = {name for name, count in counts.items() if count < LEAST or name in closed}
    rest = sorted((name for name in counts if name not in hidden), key=lambda name: counts[name])
    together = sum(counts[name] for name in hidden)
    if rest and (0 < together < LEAST or any(counts[name] for name in closed)):
        hidden.add(rest[0])
    return {name: None if name in hidden else count for name, count in counts.items()}


def _beside(count: int, total: int) -> int | None:
    """A count that leaves neither it nor the others under five."""
    return count if min(count, total - count) >= LEAST else None


def _named(found: Trajectory) -> ParticipationTrajectory | None:
    return None if found is Trajectory.none else ParticipationTrajectory(found.name)


def _leads(viewer: Viewer, numbers: Mapping[str, int], way: Way) -> bool:
    """Whether the viewer is a facilitator or steward of the community."""
    number = numbers.get(viewer.person_id or "")
    if number is None or way.left(number):
        return False
    declared = way.declared_at(number, len(way.edges) - 2)
    return declared is not None and declared[1] in {CommunityRole.facilitator, CommunityRole.steward}


def _counted(way: Way) -> _Counted:
    courses, durations, outcomes = {}, [], []
    for column, number in enumerate(way.windows.people.tolist()):
        left = way.left(number)
        found = course(way.judged, way.positions, column, left=left)
        if not left:
            courses[number] = found
        first = way.first_contribution(number)
        end = min(way.left_at(number), float(way.edges[way.complete]))
        if first is None or first.timestamp() >= end:
            continue
        came = found.full is not None
        until = way.end_of(found.full).timestamp() if found.full is not None else end
        durations.append(max(until - first.timestamp(), 0.0) / SECONDS_A_DAY)
        outcomes.append(Outcome.happened if came else Outcome.waiting)
    seen = waiting(np.array(durations, dtype=np.float64), np.array(outcomes, dtype=np.int8))
    return _Counted(
        courses=courses,
        times=kaplan_meier(seen) if durations else None,
        watched=len(durations),
        arrived=sum(outcome is Outcome.happened for outcome in outcomes),
    )


def _suppressed(*, leads: bool, hidden: bool) -> str | None:
    left_out = []
    if hidden:
        left_out.append("Numbers under five are left out, and where needed another, so that nobody can be told apart.")
    if not leads:
        left_out.append("How many are stuck or on the way out is for the community's facilitators and stewards.")
    return " ".join(left_out) or None


def _reason(way: Way, members: int, told: int) -> str | None:
    if len(way.windows.people) == 0:
        return "The community has never had a member whom this audience may know of."
    if way.complete == 0:
        return "No whole window has passed since the community's first member joined."
    if members < LEAST:
        return "Fewer than five people belong to the community: any number would point at persons."
    if told == 0:
        return "In no window did members attend to each other often enough to tell an edge from a centre."
    return None
