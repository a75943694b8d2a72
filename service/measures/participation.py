"""How far people take part in a community, window after window: a trajectory from the edge to the centre, or not.

Legitimate peripheral participation: Lave and Wenger (1991). The five trajectories are Wenger's (1998), who gives no
numbers: the rule by which they are told apart here is ours. In a window somebody's depth is their coreness (Seidman,
1983) among the members as a share of the deepest, and they are heard as often as others attended to them.
"""

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.centrality import ranks, without_some
from service.measures.communities import UndirectedTies, undirected
from service.measures.rank_ranges import DRAWS, DROPPED
from service.measures.roles import coreness
from service.measures.survival import Outcome as Ending
from service.measures.survival import Waiting, waiting
from service.measures.ties import Evidence, ties_at

CENTRE_DEPTH: Final = 2 / 3
"""From this share of the deepest coreness on somebody is at the centre, if they are heard as much as a member is."""

EDGE_DEPTH: Final = 1 / 3
"""Below this share somebody is at the edge; and so is who was not heard at all."""

FEWEST_ACTS: Final = 10
"""Acts among the members below which a window has no edge and no centre."""

FULL_WINDOWS: Final = 2
"""Windows at the centre, one after the other, that make full participation."""

RECENT_WINDOWS: Final = 2
"""The last windows, in which somebody is nearer the centre than before, across the boundary, or back at the edge."""

FADED_SHARE: Final = 1 / 2
"""Up to which share of what it was before, who never was in full participation and is back at the edge is outbound."""

STUCK_WINDOWS: Final = 4
"""Windows at the edge, one after the other and up to the last, after which somebody may be stuck there."""

TRIED_WINDOWS: Final = 3
"""In how many of those they told something, or attended to another member; who did less may want it so."""


class Position(IntEnum):
    """Where somebody is in a window."""

    absent = -2
    """No member then."""
    silent = -1
    """Members hardly attended to each other: there is no edge and no centre to speak of."""
    edge = 0
    between = 1
    centre = 2


class Trajectory(IntEnum):
    """Wenger's five (1998), and none where there is nothing to tell one by yet."""

    none = 0
    peripheral = 1
    inbound = 2
    insider = 3
    boundary = 4
    outbound = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Spans:
    """Who belonged, a row for each belonging: since when and until when (seconds since 1970; infinite: still)."""

    people: NDArray[np.int32]
    since: NDArray[np.float64]
    until: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Who told something and when, a row for each thing told; seconds since the epoch."""

    people: NDArray[np.int32]
    times: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Windows:
    """What the members did in each window: arrays of windows by members, who are `people` in the order of the columns.

    `deepest` is the largest coreness of each window, `acts` how often any member attended to another.
    """

    people: NDArray[np.int32]
    member: NDArray[np.bool_]
    coreness: NDArray[np.int32]
    heard: NDArray[np.int64]
    attended: NDArray[np.int64]
    told: NDArray[np.int64]
    inside: NDArray[np.int64]
    """With how many members somebody was tied."""
    outside: NDArray[np.int64]
    """With how many others."""
    deepest: NDArray[np.int32]
    acts: NDArray[np.int64]

    @property
    def members(self) -> NDArray[np.int64]:
        """How many members each window has."""
        return np.asarray(self.member.sum(axis=1), dtype=np.int64)

    @property
    def depth(self) -> NDArray[np.float64]:
        """Coreness as a share of the deepest; 0 where nobody is tied."""
        return np.asarray(self.coreness / np.maximum(self.deepest, 1)[:, None], dtype=np.float64)

    @property
    def heard_ratio(self) -> NDArray[np.float64]:
        """How often somebody was heard, against a member's equal share: 1 is as often as members are on average."""
        return np.asarray(self.heard * (self.members / np.maximum(self.acts, 1))[:, None], dtype=np.float64)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A place by coreness among the members of a window, and the best and worst without some of the ties."""

    now: int
    best: int
    worst: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What the windows of one member come to, as at the last one.

    `full` is the window in which full participation began, None until it has.
    """

    trajectory: Trajectory
    full: int | None
    stuck: bool
    drifting: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Course(Outcome):
    """The same, and the way there: `trajectories` are told anew at each window from what had been by then."""

    positions: tuple[Position, ...]
    trajectories: tuple[Trajectory, ...]


def windows(evidence: Evidence, people: int, spans: Spans, told: Told, edges: NDArray[np.float64]) -> Windows:
    """What the members did in the windows from each of `edges` (seconds since the epoch) to the next.

    A member is who belonged at any time of a window. What has no time is in none. ValueError for edges not in order.
    """
    if len(edges) < 2 or not (np.diff(edges) > 0).all():  # noqa: PLR2004 - a window has two ends
        message = "windows need two edges or more, in order"
        raise ValueError(message)
    who = np.unique(spans.people)
    column = np.full(people, -1, dtype=np.int64)
    column[who] = np.arange(len(who))
    shape = (len(edges) - 1, len(who))
    member = np.zeros(shape, dtype=np.bool_)
    made = {
        name: np.zeros(shape, dtype=np.int64) for name in ("coreness", "heard", "attended", "told", "inside", "outside")
    }
    acts = np.zeros(shape[0], dtype=np.int64)
    for window, (start, end) in enumerate(pairwise(edges)):
        belonging = (spans.since < end) & (spans.until > start)
        member[window, column[spans.people[belonging]]] = True
        belongs = np.zeros(people, dtype=np.bool_)
        belongs[who[member[window]]] = True
        rows = np.flatnonzero((evidence.times >= start) & (evidence.times < end))
        listeners, tellers = evidence.listeners[rows], evidence.tellers[rows]
        both = belongs[listeners] & belongs[tellers]
        acts[window] = both.sum()
        made["heard"][window] = np.bincount(tellers[both], minlength=people)[who]
        made["attended"][window] = np.bincount(listeners[both], minlength=people)[who]
        then = (told.times >= start) & (told.times < end) & belongs[told.people]
        made["told"][window] = np.bincount(told.people[then], minlength=people)[who]
        among = _tied(column[listeners[both]], column[tellers[both]], len(who))
        made["coreness"][window] = coreness(among)
        made["inside"][window] = np.diff(among.offsets)
        made["outside"][window] = _beyond(listeners, tellers, belongs)[who]
    return Windows(
        people=who.astype(np.int32),
        member=member,
        coreness=made["coreness"].astype(np.int32),
        heard=made["heard"],
        attended=made["attended"],
        told=made["told"],
        inside=made["inside"],
        outside=made["outside"],
        deepest=made["coreness"].max(axis=1, initial=0).astype(np.int32),
        acts=acts,
    )


def places(
    found: Windows, evidence: Evidence, edges: NDArray[np.float64], member: int, *, seed: int = 0
) -> list[Place | None]:
    """The place by coreness of the member in one column in each window.

    None in one of which they were no member, and in a silent one, where hardly anybody is tied.
    """
    placed: list[Place | None] = []
    for window, (start, end) in enumerate(pairwise(edges)):
        if not found.member[window, member] or found.acts[window] < FEWEST_ACTS:
            placed.append(None)
            continue
        here = found.people[found.member[window]]
        rows = np.flatnonzero((evidence.times >= start) & (evidence.times < end))
        rows = rows[np.isin(evidence.listeners[rows], here) & np.isin(evidence.tellers[rows], here)]
        listeners, tellers = (np.searchsorted(here, side[rows]) for side in (evidence.listeners, evidence.tellers))
        ties = _tied(listeners, tellers, len(here))
        fewer = (without_some(ties, DROPPED, np.random.default_rng([seed, draw])) for draw in range(DRAWS))
        own = np.searchsorted(here, found.people[member])
        drawn = [int(ranks(coreness(some).astype(np.float64))[own]) for some in (ties, *fewer)]
        placed.append(Place(now=drawn[0], best=min(drawn), worst=max(drawn)))
    return placed


def positions(found: Windows) -> NDArray[np.int8]:
    """Where each member is in each window, as numbers of `Position`."""
    depth, ratio = found.depth, found.heard_ratio
    placed = np.full(found.member.shape, Position.between, dtype=np.int8)
    placed[(depth >= CENTRE_DEPTH) & (ratio >= 1)] = Position.centre
    placed[(depth < EDGE_DEPTH) | (found.heard == 0)] = Position.edge
    placed[found.acts < FEWEST_ACTS] = Position.silent
    placed[~found.member] = Position.absent
    return placed


def course(found: Windows, placed: NDArray[np.int8], member: int, *, left: bool = False) -> Course:
    """What the windows of the member in one column come to; `left` where they belong no more at the end of the last."""
    last = len(placed) - 1
    before = [_told_by(found, placed, member, window) for window in range(last)]
    end = outcome(found, placed, member, left=left)
    return Course(
        trajectory=end.trajectory,
        full=end.full,
        stuck=end.stuck,
        drifting=end.drifting,
        positions=tuple(Position(place) for place in placed[:, member].tolist()),
        trajectories=(*before, end.trajectory) if len(placed) else (),
    )


def outcome(found: Windows, placed: NDArray[np.int8], member: int, *, left: bool = False) -> Outcome:
    """The end of the course of the member in one column alone: for many members in a fraction of the time."""
    known = np.flatnonzero(placed[:, member] >= Position.edge)
    last, full = placed[known, member], _full(placed[known, member])
    trajectory = _told_by(found, placed, member, len(placed) - 1, left=left) if len(placed) else Trajectory.none
    return Outcome(
        trajectory=trajectory,
        full=None if full is None else int(known[full]),
        stuck=not left and full is None and _stuck(last, _spoken(found, member)[known]),
        drifting=not left and trajectory is Trajectory.outbound,
    )


def until_full(
    begun: NDArray[np.float64], full: NDArray[np.float64], ended: NDArray[np.float64], over: float
) -> Waiting:
    """How long each took from beginning to full participation (NaN: none by then), as seen until `over`.

    Who `ended` belonging before, without it, can't come to it any more; who still belongs waits.
    """
    came, left = ~np.isnan(full), ended < over
    until = np.where(came, full, np.minimum(ended, over))
    outcomes = np.where(came, Ending.happened, np.where(left, Ending.abandoned, Ending.waiting)).astype(np.int8)
    return waiting(np.maximum(until - begun, 0.0), outcomes)


def _told_by(found: Windows, placed: NDArray[np.int8], member: int, window: int, *, left: bool = False) -> Trajectory:
    """A member's trajectory from the windows up to one."""
    so_far = placed[: window + 1, member]
    known = np.flatnonzero(so_far >= Position.edge)
    here = so_far[-1] != Position.absent
    gone = (left or not here) and bool((so_far != Position.absent).any())
    inside, outside = found.inside[known, member], found.outside[known, member]
    crossing = (inside > 0) & (outside > inside)
    return _trajectory(so_far[known], _spoken(found, member)[known], crossing, gone=gone)


def _spoken(found: Windows, member: int) -> NDArray[np.int64]:
    """How often a member told something or attended to another, in each window."""
    return np.asarray(found.attended[:, member] + found.told[:, member], dtype=np.int64)


def _trajectory(
    placed: NDArray[np.int8], spoken: NDArray[np.int64], crossing: NDArray[np.bool_], *, gone: bool
) -> Trajectory:
    """By the windows so far in which there was an edge and a centre."""
    if gone or len(placed) == 0:
        return Trajectory.outbound if gone else Trajectory.none
    recent, earlier = placed[-RECENT_WINDOWS:], placed[:-RECENT_WINDOWS]
    was_in = bool((earlier > Position.edge).any())
    faded = was_in and bool((recent == Position.edge).all())
    if _full(placed) is not None:
        return Trajectory.outbound if faded else Trajectory.insider
    if faded and spoken[-RECENT_WINDOWS:].mean() <= spoken[:-RECENT_WINDOWS].mean() * FADED_SHARE:
        return Trajectory.outbound
    nearer = recent.mean() > (earlier.mean() if len(earlier) else Position.edge)
    # Whom others alone attended to has not moved: they were seen, or supported.
    if nearer and spoken[-RECENT_WINDOWS:].any():
        return Trajectory.inbound
    across = len(crossing) >= RECENT_WINDOWS and bool(crossing[-RECENT_WINDOWS:].all())
    return Trajectory.boundary if across else Trajectory.peripheral


def _full(placed: NDArray[np.int8]) -> int | None:
    """The first of the windows at the centre, one after the other, that make full participation."""
    in_a_row = 0
    for window, place in enumerate(placed.tolist()):
        in_a_row = in_a_row + 1 if place == Position.centre else 0
        if in_a_row == FULL_WINDOWS:
            return window - FULL_WINDOWS + 1
    return None


def _stuck(placed: NDArray[np.int8], spoken: NDArray[np.int64]) -> bool:
    recent = placed[-STUCK_WINDOWS:]
    tried = int((spoken[-STUCK_WINDOWS:] > 0).sum())
    return len(recent) == STUCK_WINDOWS and bool((recent == Position.edge).all()) and tried >= TRIED_WINDOWS


def _tied(one: NDArray[np.int64], other: NDArray[np.int64], people: int) -> UndirectedTies:
    """The ties between people numbered anew, each once for its two ends."""
    evidence = Evidence(
        listeners=one.astype(np.int32),
        tellers=other.astype(np.int32),
        kinds=np.zeros(len(one), dtype=np.int8),
        times=np.full(len(one), np.nan),
    )
    return undirected(ties_at(evidence, people=people, as_of=0.0, kind_weights=np.ones(1)))


def _beyond(listeners: NDArray[np.int32], tellers: NDArray[np.int32], belongs: NDArray[np.bool_]) -> NDArray[np.int64]:
    """With how many people who do not belong each person is tied."""
    people = len(belongs)
    here = np.concatenate((listeners, tellers)).astype(np.int64)
    there = np.concatenate((tellers, listeners)).astype(np.int64)
    crossing = belongs[here] & ~belongs[there]
    pairs = np.unique(here[crossing] * people + there[crossing])
    return np.bincount(pairs // max(people, 1), minlength=people)
