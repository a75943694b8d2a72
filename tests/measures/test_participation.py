"""Taking part, window after window: planted courses, and the windows worked out anew by networkx and plain counting."""

from collections import Counter
from collections.abc import Sequence

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.measures.participation import (
    FEWEST_ACTS,
    Course,
    Position,
    Spans,
    Told,
    Trajectory,
    Windows,
    course,
    places,
    positions,
    until_full,
    windows,
)
from service.measures.survival import cumulative_incidence
from service.measures.ties import Evidence

WINDOW = 100.0
EDGE, BETWEEN, CENTRE = Position.edge, Position.between, Position.centre
NOTHING_TOLD = Told(people=np.zeros(0, dtype=np.int32), times=np.zeros(0))


def seen(rows: list[tuple[int, int, float]]) -> Evidence:
    """Acts as (listener, teller, time)."""
    columns = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return Evidence(
        listeners=columns[:, 0].astype(np.int32),
        tellers=columns[:, 1].astype(np.int32),
        kinds=np.zeros(len(columns), dtype=np.int8),
        times=columns[:, 2],
    )


def belonging(rows: list[tuple[int, float, float]]) -> Spans:
    columns = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return Spans(people=columns[:, 0].astype(np.int32), since=columns[:, 1], until=columns[:, 2])


def edges(count: int) -> NDArray[np.float64]:
    return np.arange(count + 1, dtype=np.float64) * WINDOW


def of(
    places: Sequence[int], *, spoke: list[int] | None = None, outside: list[int] | None = None, left: bool = False
) -> Course:
    """The course of one member who is at these places."""
    count = len(places)
    column = np.array(places, dtype=np.int8)[:, None]
    zeros = np.zeros((count, 1), dtype=np.int64)
    found = Windows(
        people=np.zeros(1, dtype=np.int32),
        member=column != Position.absent,
        coreness=zeros.astype(np.int32),
        heard=zeros,
        attended=np.array(spoke or [1] * count)[:, None],
        told=zeros,
        inside=zeros + 1,
        outside=np.array(outside or [0] * count)[:, None],
        deepest=np.ones(count, dtype=np.int32),
        acts=np.full(count, 50, dtype=np.int64),
    )
    return course(found, column, 0, left=left)


@settings(max_examples=40)
@given(people=st.integers(2, 15), acts=st.integers(0, 150), seed=st.integers(0, 2**32 - 1))
def test_windows_are_what_counting_finds(people: int, acts: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    rows = [
        (int(a), int(b), float(t))
        for a, b in random.integers(people, size=(acts, 2))
        if a != b
        for t in [random.uniform(0, 300)]
    ]
    spans = [
        (int(random.integers(people)), float(s := random.uniform(0, 250)), float(s + random.uniform(1, 300)))
        for _ in range(people)
    ]
    told = Told(people=random.integers(people, size=30, dtype=np.int32), times=random.uniform(0, 300, 30))
    found = windows(seen(rows), people, belonging(spans), told, edges(3))
    for window in range(3):
        start, end = window * WINDOW, (window + 1) * WINDOW
        inside = {person for person, since, until in spans if since < end and until > start}
        then = [(one, other) for one, other, at in rows if start <= at < end]
        among = [(one, other) for one, other in then if {one, other} <= inside]
        graph = nx.Graph(among)
        core = nx.core_number(graph)
        everybody = nx.Graph(then)
        assert found.acts[window] == len(among)
        assert found.deepest[window] == max(core.values(), default=0)
        for place, person in enumerate(found.people.tolist()):
            assert found.member[window, place] == (person in inside)
            around = set(everybody[person]) if person in everybody and person in inside else set()
            assert found.coreness[window, place] == core.get(person, 0)
            assert found.heard[window, place] == Counter(other for _, other in among)[person]
            assert found.attended[window, place] == Counter(one for one, _ in among)[person]
            assert (found.inside[window, place], found.outside[window, place]) == (
                len(around & inside),
                len(around - inside),
            )
            spoke = (told.people == person) & (told.times >= start) & (told.times < end)
            assert found.told[window, place] == (int(spoke.sum()) if person in inside else 0)


def test_who_is_heard_in_the_core_is_at_the_centre_and_who_only_listens_at_the_edge() -> None:
    """Four who all listen to each other; a fifth who listens to all of them, and a sixth who is not there yet."""
    rows = [(one, other, 10.0) for one in range(4) for other in range(4) if one != other]
    rows += [(4, other, 20.0) for other in range(4)]
    spans = [(person, 0.0, np.inf) for person in range(5)] + [(5, WINDOW, np.inf)]
    found = windows(seen(rows), 6, belonging(spans), NOTHING_TOLD, edges(2))
    assert found.coreness[0].tolist() == [4, 4, 4, 4, 4, 0]
    placed = positions(found)
    assert placed[0].tolist() == [CENTRE] * 4 + [EDGE, Position.absent]
    assert placed[1].tolist() == [Position.silent] * 6
    assert found.heard_ratio[0, :5].tolist() == pytest.approx([4 / 16 * 5] * 4 + [0])


def test_a_place_by_coreness_has_the_range_that_other_draws_of_the_ties_give_it() -> None:
    """Eight who all listen to each other but for one, who listens to three of them, and one who comes later."""
    rows = [(one, other, 10.0) for one in range(7) for other in range(7) if one != other]
    rows += [(7, other, 20.0) for other in range(3)] + [(7, 8, 30.0), (0, 1, 150.0)]
    rows += [(0, 1, 250.0)] * FEWEST_ACTS
    spans = belonging([*((person, 0.0, np.inf) for person in range(8)), (8, WINDOW, np.inf)])
    evidence = seen(rows)
    found = windows(evidence, 9, spans, NOTHING_TOLD, edges(3))
    graph = nx.Graph((one, other) for one, other, at in rows if at < WINDOW and 8 not in {one, other})
    for member in range(8):
        (first, silent, third), core = places(found, evidence, edges(3), member), nx.core_number(graph)
        assert first is not None
        assert first.now == 1 + sum(other > core[member] for other in core.values())
        assert 1 <= first.best <= first.now <= first.worst <= 8
        assert silent is None, "where next to nothing was seen, nobody is first"
        assert third is not None
        assert third.now == (1 if member in {0, 1} else 3)
    first_window = [places(found, evidence, edges(3), member)[0] for member in range(8)]
    ranges = [(one.now, one.best, one.worst) for one in first_window if one is not None]
    assert ranges[7] == (8, 8, 8)
    assert {one[:2] for one in ranges[:7]} == {(1, 1)}
    assert max(worst for _, _, worst in ranges[:7]) == 7, "who loses two ties is less far in than the six others"
    later = places(found, evidence, edges(3), 8)
    assert [one is None for one in later] == [True, True, False]


def test_a_window_with_hardly_an_act_has_neither_edge_nor_centre() -> None:
    rows = [(0, 1, float(at)) for at in range(FEWEST_ACTS)]
    spans = belonging([(0, 0.0, np.inf), (1, 0.0, np.inf)])
    enough = positions(windows(seen(rows), 2, spans, NOTHING_TOLD, edges(1)))
    assert enough.tolist() == [[EDGE, CENTRE]]
    hardly = positions(windows(seen(rows[1:]), 2, spans, NOTHING_TOLD, edges(1)))
    assert hardly.tolist() == [[Position.silent] * 2]


@pytest.mark.parametrize(
    ("places", "given_", "trajectory", "full"),
    [
        ([EDGE], {}, Trajectory.peripheral, None),
        ([EDGE, EDGE, EDGE], {}, Trajectory.peripheral, None),
        ([EDGE, EDGE, BETWEEN], {}, Trajectory.inbound, None),
        ([EDGE, EDGE, BETWEEN], {"spoke": [1, 0, 0]}, Trajectory.peripheral, None),
        ([BETWEEN], {"spoke": [0]}, Trajectory.peripheral, None),
        ([EDGE, EDGE, CENTRE, EDGE, CENTRE], {}, Trajectory.inbound, None),
        ([EDGE, CENTRE, CENTRE], {}, Trajectory.insider, 1),
        ([EDGE, CENTRE, Position.silent, CENTRE, BETWEEN], {}, Trajectory.insider, 1),
        ([CENTRE, CENTRE, BETWEEN, EDGE, EDGE], {}, Trajectory.outbound, 0),
        ([CENTRE, CENTRE, BETWEEN, EDGE, BETWEEN], {}, Trajectory.insider, 0),
        ([BETWEEN, BETWEEN, EDGE, EDGE], {"spoke": [4, 4, 1, 0]}, Trajectory.outbound, None),
        ([BETWEEN, BETWEEN, EDGE, EDGE], {"spoke": [4, 4, 4, 4]}, Trajectory.peripheral, None),
        ([BETWEEN] * 4, {"outside": [3, 3, 3, 3]}, Trajectory.boundary, None),
        ([BETWEEN] * 4, {"outside": [3, 3, 3, 1]}, Trajectory.peripheral, None),
        ([EDGE, EDGE], {"left": True}, Trajectory.outbound, None),
        ([CENTRE, Position.absent], {}, Trajectory.outbound, None),
        ([Position.silent] * 3, {}, Trajectory.none, None),
        ([], {}, Trajectory.none, None),
    ],
)
def test_the_trajectory_of_a_course(
    places: Sequence[int], given_: dict[str, object], trajectory: Trajectory, full: int | None
) -> None:
    found = of(places, **given_)  # type: ignore[arg-type]
    assert (found.trajectory, found.full) == (trajectory, full)


def test_a_trajectory_is_told_anew_at_each_window() -> None:
    rising = of([Position.absent, EDGE, EDGE, CENTRE, CENTRE])
    assert rising.trajectories[1:] == (
        Trajectory.peripheral,
        Trajectory.peripheral,
        Trajectory.inbound,
        Trajectory.insider,
    )
    for until in range(2, 6):
        assert of([Position.absent, EDGE, EDGE, CENTRE, CENTRE][:until]).trajectory is rising.trajectories[until - 1]


def test_stuck_is_who_keeps_trying_at_the_edge_and_not_who_is_new_or_wants_it_so() -> None:
    assert of([EDGE] * 5).stuck
    assert of([EDGE] * 5, spoke=[0, 1, 0, 2, 1]).stuck
    assert not of([EDGE] * 5, spoke=[1, 0, 1, 0, 0]).stuck
    assert not of([EDGE] * 3).stuck
    assert not of([EDGE] * 4 + [BETWEEN]).stuck
    assert not of([CENTRE, CENTRE] + [EDGE] * 4).stuck
    assert of([CENTRE, CENTRE] + [EDGE] * 4).drifting
    assert not of([EDGE] * 5, left=True).stuck
    assert not of([EDGE] * 5, left=True).drifting


def test_who_leaves_first_never_comes_to_full_participation_and_is_not_taken_for_waiting() -> None:
    """By hand: of seven 2/7 came after 10, three left after 20, and of two who were left one came after 30: 3/7."""
    full = np.array([15, 15, np.nan, np.nan, np.nan, 35, np.nan])
    ended = np.array([np.inf, 18, 25, 25, 25, np.inf, np.inf])
    curve = cumulative_incidence(until_full(np.full(7, 5.0), full, ended, 45.0))
    assert curve.times.tolist() == [10, 20, 30]
    assert curve.incidence.tolist() == pytest.approx([2 / 7, 2 / 7, 3 / 7])
    assert curve.abandoned.tolist() == pytest.approx([0, 3 / 7, 3 / 7])
    assert curve.half is None, "taken for waiting, who left would put the half at 30"


def test_nobody_belongs_and_edges_out_of_order() -> None:
    empty = windows(seen([]), 3, belonging([]), NOTHING_TOLD, edges(2))
    assert positions(empty).shape == (2, 0)
    assert empty.members.tolist() == [0, 0]
    with pytest.raises(ValueError, match="in order"):
        windows(seen([]), 3, belonging([]), NOTHING_TOLD, np.array([1.0, 1.0]))
