"""Somebody's way into a community: a trajectory from the edge to the centre, told to them and whom they grant."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.graph.projection import KINDS
from service.measures.participation import (
    CENTRE_DEPTH,
    EDGE_DEPTH,
    FADED_SHARE,
    FEWEST_ACTS,
    FULL_WINDOWS,
    RECENT_WINDOWS,
    STUCK_WINDOWS,
    TRIED_WINDOWS,
    Course,
    Place,
    Trajectory,
    course,
    places,
)
from service.model.answers import EvidenceKind, ItemReference
from service.model.boundaries import RankRange, SpannerOrder
from service.model.communities import CommunityRole, Participation
from service.model.errors import NotFound
from service.model.grants import PersonalMeasure
from service.model.ids import as_id
from service.model.participation import (
    CommunityPosition,
    NewcomersHelper,
    ParticipationBasis,
    ParticipationCourse,
    ParticipationQuestion,
    ParticipationStep,
    ParticipationTrajectory,
)
from service.model.viewer import Viewer
from service.operations.grants import may_be_told
from service.operations.network import Network
from service.operations.projection import Standing, scope_of, standing
from service.operations.references import person_of, references
from service.operations.scopes import absent, item_named
from service.operations.ways import Way, ways_into

MOST_HELPERS: Final = 20
SHOWN_ACTS: Final = 5
HELP_WINDOWS: Final = 4
"""For how many windows helpers are looked for, where full participation never came."""

HELP: Final = (EvidenceKind.reply, EvidenceKind.feedback, EvidenceKind.support, EvidenceKind.amplification)
LABELS: Final = {
    EvidenceKind.amplification: "Amplification",
    EvidenceKind.reply: "Contribution",
    EvidenceKind.feedback: "Feedback",
    EvidenceKind.support: "Support",
}
EMPTY_WINDOWS: Final = 4
"""How many windows are shown of those before anything was seen: members may be known for years before evidence is."""
SECONDS_A_DAY: Final = 86_400.0

RULE: Final = (
    "Retell's own; Wenger (1998) gives no numbers. Somebody is heard where others attend to them or their work: take "
    "it up, answer it, see them at it, support them. In a window a member is at the centre at "
    f"{CENTRE_DEPTH:.0%} or more of the deepest coreness and heard as often as members are on average; at the edge "
    f"below {EDGE_DEPTH:.0%} or heard by nobody. {FULL_WINDOWS} windows at the centre in a row are full participation. "
    f"A window in which members attended to each other fewer than {FEWEST_ACTS} times decides nothing, and is passed "
    "over. Trajectories, the first that holds. Outbound: left; or was nearer than the edge before, is at the edge in "
    f"the last {RECENT_WINDOWS} windows and, if never in full participation, spoke and attended in them at most "
    f"{FADED_SHARE:.0%} as often as before, by the mean of windows. Insider: came to full participation. Inbound: "
    f"spoke or attended in the last {RECENT_WINDOWS} windows, and was nearer the centre in them than in those before, "
    "or than the edge where there are none, by the mean of places (edge 0, between 1, centre 2); nothing need have "
    "been told, as to listen and be heard is a legitimate way in (Lave and Wenger, 1991). Boundary: tied to members in "
    f"each of the last {RECENT_WINDOWS} windows, and to more people outside. Peripheral: everybody else. Drifting: "
    f"outbound, and still a member. Stuck: {STUCK_WINDOWS} windows at the edge up to the last, speaking or attending "
    f"in {TRIED_WINDOWS} of them, never in full participation."
)
CAUTION: Final = (
    "Seen are acts that the audience may see, by and to members, with a time. Somebody may take part fully where "
    "nobody records it, and at the edge because they want to."
)


async def participation(network: Network, viewer: Viewer, asked: ParticipationQuestion) -> ParticipationCourse:
    """Somebody's way into a community, window after window, with who helped on the way.

    It is told to that person, and to whom they grant it at the moment of asking.
    `NotFound` for anybody else's way, and for a community that the audience does not know.
    """
    person, community = await own_way(network, viewer, asked.person), as_id(asked.community, "community")
    scope = scope_of(viewer, asked.audience)
    named = await references(network, scope.audiences, [person, community])
    tied = await standing(network, scope, asked.as_of)
    where = item_named(named.get(community), community, "community", ("Community",), scope)
    who = item_named(named.get(person), person, "person", ("Person",), scope)
    if (number := tied.projection.numbers.get(person)) is None:
        raise absent(person, "person", ("Person",), scope)
    way = await ways_into(network, tied, community, asked.window, asked.as_of)
    found = await asyncio.to_thread(_course, way, number)
    until = way.helped_until(number, None if found is None else found.full, HELP_WINDOWS)
    answers = _helping(tied, way, number)
    helping = answers[tied.evidence.times[answers] < until]
    first, answered = way.first_contribution(number), _first(tied, answers)
    full = None if found is None or found.full is None else way.end_of(found.full)
    return ParticipationCourse(
        person=person_of(who),
        community=where,
        trajectory=_trajectory(found.trajectory) if found else None,
        stuck=found is not None and found.stuck,
        drifting=found is not None and found.drifting,
        joined_at=way.joined(number),
        first_contribution_at=first,
        first_answer_at=answered,
        days_to_first_answer=_days(first, answered),
        full_participation_by=full,
        days_to_full_participation=_days(first, full) if first and first >= way.start_of(0) else None,
        steps=await asyncio.to_thread(_steps, way, number, found),
        helpers=await _helpers(network, tied, helping),
        helping_acts=len(np.unique(tied.projection.acts[helping])),
        reason=_reason(way, number, found),
        caution=CAUTION,
        basis=basis(tied, way),
    )


async def own_way(network: Network, viewer: Viewer, word: str) -> str:
    """The id of a person whose way may be told to the viewer; `NotFound` for anybody else, as for nobody."""
    person = as_id(word, "person")
    if not await may_be_told(network, viewer, person, PersonalMeasure.participation):
        raise NotFound(
            f"There is no way of {person} into a community that you may see",
            right="A way is told to its own person, and to whom they grant it; `grantsReceived` says what you were.",
            field="person",
        )
    return person


def basis(tied: Standing, way: Way) -> ParticipationBasis:
    """What a way was told from."""
    return ParticipationBasis(
        **tied.basis,
        window_length=way.length,
        windows=len(way.edges) - 1,
        complete_until=way.complete_until,
        acts=int(way.windows.acts.sum()),
        rule=RULE,
    )


def _course(way: Way, number: int) -> Course | None:
    column = way.column(number)
    return None if column is None else course(way.judged, way.positions, column, left=way.left(number))


def _trajectory(found: Trajectory) -> ParticipationTrajectory | None:
    return None if found is Trajectory.none else ParticipationTrajectory(found.name)


def _days(start: datetime | None, end: datetime | None) -> float | None:
    if start is None or end is None:
        return None
    return max((end - start).total_seconds(), 0.0) / SECONDS_A_DAY


def _steps(way: Way, number: int, found: Course | None) -> list[ParticipationStep]:
    """The windows from the first as a member on, the running one too; of empty ones before all others the last."""
    column = way.column(number)
    if column is None:
        return []
    seen, depth, ratio, placed = way.windows, way.windows.depth, way.windows.heard_ratio, way.all_positions
    ranked = places(seen, way.evidence, way.edges, column)
    spoken = np.where(seen.member, seen.told, 0).sum(axis=1)
    steps = []
    for window in range(_first_shown(way, column), len(way.edges) - 1):
        members = int(seen.members[window])
        told = found is not None and window < len(found.trajectories)
        declared = way.declared_at(number, window)
        steps.append(
            ParticipationStep(
                starts_at=way.start_of(window),
                ends_at=way.end_of(window),
                complete=window < way.complete,
                position=CommunityPosition(placed[window][column].name),
                trajectory=_trajectory(found.trajectories[window]) if found is not None and told else None,
                members=members,
                coreness=int(seen.coreness[window, column]),
                deepest=int(seen.deepest[window]),
                place=_place(ranked[window]),
                depth=float(depth[window, column]),
                centrality=int(seen.inside[window, column]) / max(members - 1, 1),
                heard=int(seen.heard[window, column]),
                heard_ratio=float(ratio[window, column]),
                attended=int(seen.attended[window, column]),
                told=int(seen.told[window, column]),
                share_of_voice=int(seen.told[window, column]) / int(spoken[window]) if spoken[window] else None,
                ties_inside=int(seen.inside[window, column]),
                ties_outside=int(seen.outside[window, column]),
                declared=None if declared is None else Participation(declared[0]),
                role=None if declared is None else CommunityRole(declared[1]),
            )
        )
    return steps


def _place(found: Place | None) -> RankRange | None:
    if found is None:
        return None
    return RankRange(measure=SpannerOrder.coreness, rank=found.now, best=found.best, worst=found.worst)


def _first_shown(way: Way, column: int) -> int:
    """The first window as a member, or of those before anybody was seen to do anything the last few."""
    seen = way.windows
    full = np.flatnonzero((seen.acts > 0) | (seen.told > 0).any(axis=1) | (seen.outside > 0).any(axis=1))
    begun = int(full[0]) if len(full) else len(seen.acts)
    return max(int(seen.member[:, column].argmax()), begun - EMPTY_WINDOWS)


def _helping(tied: Standing, way: Way, number: int) -> NDArray[np.int64]:
    """The rows of the evidence in which a member helped somebody since they joined, in the order of time."""
    joined = way.joined(number)
    if joined is None:
        return np.zeros(0, dtype=np.int64)
    seen = tied.evidence
    kinds = np.isin(seen.kinds, [KINDS.index(kind) for kind in HELP])
    members = way.belonging(seen.listeners, seen.times)
    then = (seen.times >= joined.timestamp()) & (seen.times <= tied.as_of.timestamp())
    rows = np.flatnonzero((seen.tellers == number) & (seen.listeners != number) & members & kinds & then)
    return rows[np.argsort(seen.times[rows], kind="stable")]


def _first(tied: Standing, helping: NDArray[np.int64]) -> datetime | None:
    return datetime.fromtimestamp(float(tied.evidence.times[helping[0]]), UTC) if len(helping) else None


async def _helpers(network: Network, tied: Standing, helping: NDArray[np.int64]) -> list[NewcomersHelper]:
    """Who helped, the most first; of equals who did first."""
    seen, projection = tied.evidence, tied.projection
    rows: dict[int, dict[int, int]] = defaultdict(dict)
    for row in helping.tolist():
        rows[int(seen.listeners[row])].setdefault(int(projection.acts[row]), row)
    total = sum(len(acts) for acts in rows.values())
    order = sorted(rows, key=lambda person: (-len(rows[person]), min(seen.times[row] for row in rows[person].values())))
    shown = {person: list(rows[person].values())[:SHOWN_ACTS] for person in order[:MOST_HELPERS]}
    wanted = {projection.act_ids[projection.acts[row]] for some in shown.values() for row in some}
    people = {projection.people[person] for person in shown}
    named = await references(network, tied.scope.audiences, wanted | people)
    return [
        NewcomersHelper(
            person=person_of(named[projection.people[person]]),
            acts=len(rows[person]),
            share=len(rows[person]) / total,
            first_at=datetime.fromtimestamp(float(seen.times[some[0]]), UTC),
            items=[_item(tied, row, named) for row in some],
        )
        for person, some in shown.items()
        if projection.people[person] in named
    ]


def _item(tied: Standing, row: int, named: Mapping[str, ItemReference]) -> ItemReference:
    id = tied.projection.act_ids[tied.projection.acts[row]]
    return named.get(id) or ItemReference(id=id, kind=LABELS[KINDS[tied.evidence.kinds[row]]])


def _reason(way: Way, number: int, found: Course | None) -> str | None:
    if found is None:
        return "They have never been a member, as far as this audience may know."
    if found.trajectory is not Trajectory.none:
        return None
    if way.complete == 0 or not way.judged.member[:, way.column(number)].any():
        return "No whole window has passed since they joined."
    return "In no window so far did members attend to each other often enough to tell an edge from a centre."
