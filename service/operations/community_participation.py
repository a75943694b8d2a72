"""How a community's members take part, told in numbers that point at nobody."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from service.measures.disclosure import LEAST, arrived
from service.measures.participation import Outcome as Ending
from service.measures.participation import Trajectory, outcome, until_full
from service.measures.survival import IncidenceCurve, cumulative_incidence
from service.model.asking import GroupBy
from service.model.communities import CommunityRole
from service.model.participation import (
    CommunityParticipation,
    CommunityParticipationQuestion,
    ParticipationTrajectory,
    TrajectoryCount,
)
from service.model.viewer import Viewer
from service.operations.disclosure import RULE, Shown, at_month_end, months_from, registered, shown_groups
from service.operations.network import Network
from service.operations.participation import CAUTION, SECONDS_A_DAY, basis
from service.operations.projection import scope_of
from service.operations.references import references
from service.operations.scopes import item_named, own_community
from service.operations.ways import Way, ways_into

COUNTED: Final = (
    "Who has left since members were last counted is told of as they were. The time to full participation is that of "
    "everybody who ever began to take part, taken in when five more did before the end of the last window that is "
    "over: fewer by longer windows. Who left before can't come to it any more, and stays among those of whom a half is "
    "taken. Who began before the first window is left out: they may have come to it before anybody looked."
)
TOO_NEW: Final = (
    "In no window that is over, since they joined, did members attend to each other often enough to tell an edge from "
    "a centre."
)

LEADING: Final = frozenset({CommunityRole.facilitator.value, CommunityRole.steward.value})

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Counted:
    courses: list[Ending]
    """Of the members that are told of."""
    times: IncidenceCurve | None
    watched: int
    arrived: int


async def community_participation(
    network: Network, viewer: Viewer, asked: CommunityParticipationQuestion
) -> CommunityParticipation:
    """How many members are on which trajectory, and how long it takes to come to full participation.

    For who belongs to the community; how many are stuck or drifting for its facilitators and stewards. `NotFound` for
    anybody else, alike for a community that is not there.
    """
    community = own_community(viewer, asked.community)
    scope = scope_of(viewer, asked.audience)
    named = await references(network, scope.audiences, [community])
    where = item_named(named.get(community), community, "community", ("Community",), scope)
    tied = await at_month_end(network, scope, asked.as_of)
    groups = await registered(network, tied)
    told_of = await shown_groups(network, tied, groups, f"community:{community}", GroupBy.standing)
    way = await ways_into(network, tied, community, asked.window, tied.as_of)
    counted = await asyncio.to_thread(_counted, way, told_of)
    members = len(counted.courses)
    on = Counter(each.trajectory for each in counted.courses)
    leads = await _leads(network, viewer, community)
    # Who is outbound and still a member is drifting: the one number is as closed as the other.
    closed = frozenset[Trajectory]() if leads else frozenset({Trajectory.outbound})
    shown = shown_counts({trajectory: on[trajectory] for trajectory in Trajectory}, closed)
    edge = shown[Trajectory.peripheral]
    enough = counted.times if counted.arrived >= LEAST else None
    return CommunityParticipation(
        community=where,
        members=members or None,
        trajectories=[
            TrajectoryCount(
                trajectory=_named(each), count=shown[each], reason=TOO_NEW if each is Trajectory.none else None
            )
            for each in Trajectory
        ],
        stuck=_beside(sum(each.stuck for each in counted.courses), edge) if leads and edge else None,
        drifting=shown[Trajectory.outbound] if leads else None,
        newcomers=counted.watched if counted.watched >= LEAST else None,
        arrived=_beside(counted.arrived, counted.watched),
        median_days=enough.half if enough else None,
        median_low=enough.half_lower if enough else None,
        median_high=enough.half_upper if enough else None,
        suppressed=_suppressed(leads=leads, hidden=any(count is None for count in shown.values())),
        reason=_reason(way, members, members - on[Trajectory.none], undated=0 < tied.acts == tied.undated)
        or _no_median(counted),
        counted=f"{RULE} {COUNTED}",
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


async def _leads(network: Network, viewer: Viewer, community: str) -> bool:
    """Whether the viewer is a facilitator or steward of the community now."""
    (row,) = await network.ask(
        "participation/memberships", {"community": community, "audiences": list(viewer.audiences)}
    )
    now = datetime.now(UTC).timestamp() * 1000
    columns = zip(row["people"], row["roles"], row["since"], row["until"], strict=True)
    return any(
        person == viewer.person_id and role in LEADING and since <= now and (until == "" or until > now)
        for person, role, since, until in columns
    )


def _counted(way: Way, told_of: Shown) -> _Counted:
    people = way.windows.people
    if not len(people):
        return _Counted(courses=[], times=None, watched=0, arrived=0)
    members = np.zeros(len(people), dtype=np.bool_) if told_of.whole is None else told_of.whole[people]
    over = float(way.edges[way.complete])
    known = _watched(way.beginnings, since=float(way.edges[0]), until=min(over, told_of.month.timestamp()))
    full = np.full(len(people), np.nan)
    courses = []
    for column in np.flatnonzero(members | known).tolist():
        belonged = np.flatnonzero(way.judged.member[:, column])
        # Who has left is told of as they were: their leaving would tell what they had been.
        found = outcome(way.judged, way.positions[: belonged.max(initial=-1) + 1], column)
        if members[column]:
            courses.append(found)
        if known[column] and found.full is not None:
            full[column] = way.edges[found.full + 1]
    begun, ended = way.beginnings[known] / SECONDS_A_DAY, way.endings[known] / SECONDS_A_DAY
    seen = until_full(begun, full[known] / SECONDS_A_DAY, ended, over / SECONDS_A_DAY)
    return _Counted(
        courses=courses,
        times=cumulative_incidence(seen) if known.any() else None,
        watched=int(known.sum()),
        arrived=came_to_it(full, told_of.month),
    )


def came_to_it(full: NDArray[np.float64], month: datetime) -> int:
    """How many have come to full participation by a month's end, taken in when there are five more.

    By when each had, in seconds since the epoch; NaN for who has not.
    """
    times = full[~np.isnan(full)]
    return int(arrived(times, months_from(float(times.min()), month)).sum()) if len(times) else 0


def _watched(begun: NDArray[np.float64], *, since: float, until: float) -> NDArray[np.bool_]:
    """Who began in the windows that are over, taken in and left out again by five or more at once."""
    if not np.isfinite(begun).any():
        return np.zeros(len(begun), dtype=np.bool_)
    months = months_from(float(begun.min()), datetime.fromtimestamp(until, UTC))
    known, early = arrived(begun, months), begun < since
    if not early.any():
        return known
    # Whom others who began later were taken in with goes with them: what is left out is whole batches, too.
    batches = (arrived(begun, months[:count]) for count in range(len(months) + 1))
    return known & ~next((batch for batch in batches if not (early & ~batch).any()), known)


def _suppressed(*, leads: bool, hidden: bool) -> str | None:
    left_out = []
    if hidden:
        left_out.append("Numbers under five are left out, and where needed another, so that nobody can be told apart.")
    if not leads:
        left_out.append("How many are stuck or on the way out is for the community's facilitators and stewards.")
    return " ".join(left_out) or None


def _no_median(counted: _Counted) -> str | None:
    if counted.times is None or counted.watched < LEAST:
        return "The way to full participation was watched for fewer than five people: there is no median of it."
    if counted.times.half is None or counted.arrived < LEAST:
        return (
            "Fewer than five, or than half of those watched by the curve, have come to full participation: there is no "
            "median yet."
        )
    return None


def _reason(way: Way, members: int, told: int, *, undated: bool) -> str | None:
    if len(way.windows.people) == 0:
        return "The community has never had a member whom this audience may know of."
    if way.complete == 0:
        return "No whole window has passed since the community's first member joined."
    if members == 0:
        return "It has too few members, or too few more or fewer than another group, to be told of in numbers."
    if undated:
        return "Nothing that was seen between people has a time: no window shows an edge or a centre."
    if told == 0:
        return "In no window did members attend to each other often enough to tell an edge from a centre."
    return None
