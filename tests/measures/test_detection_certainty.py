"""How certain a membership is, against the same worked out pair by pair, and against what was planted."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.measures.communities import detect
from service.measures.detection_certainty import certainty, replicates, resampled
from service.measures.progress import Cancelled, watched
from service.model.errors import Invalid
from tests.measures.communities_of import graph_of, random_ties, tied_as


def pair_by_pair(groups: NDArray[np.int32], runs: list[NDArray[np.int32]], person: int) -> float | None:
    shares = []
    for labels in runs:
        others = [
            other
            for other in range(len(groups))
            if other != person and groups[other] == groups[person] and labels[other] >= 0
        ]
        if labels[person] >= 0 and others:
            shares.append(np.mean([labels[other] == labels[person] for other in others]))
    return float(np.mean(shares)) if shares and groups[person] >= 0 else None


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 20), st.floats(0, 0.3), st.sampled_from([0.5, 1.0, 3.0]), st.integers(0, 2**31 - 1))
def test_the_share_of_ones_community_with_whom_one_is_found_again(
    people: int, density: float, resolution: float, seed: int
) -> None:
    ties = random_ties(np.random.default_rng(seed), people, density)
    found = detect(ties, resolution=resolution, seed=seed)
    sure = certainty(ties, found, count=5)
    runs = list(replicates(ties, resolution=resolution, seed=seed, count=5))
    expected = [pair_by_pair(found.labels, runs, person) for person in range(people)]
    assert [None if np.isnan(one) else pytest.approx(one) for one in sure.people] == expected
    for group, share in enumerate(sure.communities):
        theirs = [one for one, label in zip(expected, found.labels, strict=True) if label == group and one is not None]
        assert np.isnan(share) if not theirs else share == pytest.approx(np.mean(theirs))
    assert sure.counts.tolist() == [len(set(labels[labels >= 0].tolist())) for labels in runs]


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 20), st.floats(0, 0.4), st.integers(0, 2**31 - 1))
def test_a_replicate_counts_each_tie_a_whole_number_of_times_from_both_ends(
    people: int, density: float, seed: int
) -> None:
    ties = random_ties(np.random.default_rng(seed), people, density)
    once, again = graph_of(ties), graph_of(resampled(ties)(seed, 3))
    assert set(map(frozenset, again.edges)) <= set(map(frozenset, once.edges))
    for one, other, weight in again.edges(data="weight"):
        times = weight / once[one][other]["weight"]
        assert times == pytest.approx(round(times))
    drawn = resampled(ties)(seed, 3)
    both = {(int(end), int(other)) for end in range(people) for other in _neighbours(drawn, end)}
    assert both == {(other, end) for end, other in both}


def _neighbours(ties: object, person: int) -> NDArray[np.int32]:
    offsets = ties.offsets  # type: ignore[attr-defined]
    neighbours: NDArray[np.int32] = ties.neighbours[offsets[person] : offsets[person + 1]]  # type: ignore[attr-defined]
    return neighbours


def test_ties_are_drawn_as_often_as_there_are_on_average() -> None:
    ties = tied_as(nx.gnm_random_graph(200, 1_000, seed=1))
    drawn = [resampled(ties)(0, number).weights.sum() / 2 for number in range(50)]
    assert np.mean(drawn) == pytest.approx(1_000, abs=4 * np.sqrt(1_000 / 50))
    assert np.std(drawn) == pytest.approx(np.sqrt(1_000), rel=0.4)


def test_who_is_between_two_communities_is_less_sure_than_who_is_inside() -> None:
    graph = nx.disjoint_union(nx.complete_graph(12), nx.complete_graph(12))
    graph.add_edges_from((24, person) for person in [*range(6), *range(12, 18)])
    ties = tied_as(graph)
    sure = certainty(ties, detect(ties), count=60)
    assert sure.people[24] < 0.75
    assert min(sure.people[6:12]) > 0.9
    assert sure.count_interval[0] >= 2


def test_the_same_seed_gives_the_same_and_more_replicates_begin_with_the_fewer() -> None:
    ties = tied_as(nx.gnm_random_graph(60, 150, seed=2))
    few = list(replicates(ties, resolution=1.0, seed=5, count=3))
    many = list(replicates(ties, resolution=1.0, seed=5, count=6))
    assert all(np.array_equal(one, other) for one, other in zip(few, many, strict=False))
    assert not np.array_equal(many[0], many[1])


def test_a_bootstrap_reports_how_far_it_is_and_ends_when_nobody_wants_it() -> None:
    ties = tied_as(nx.gnm_random_graph(60, 150, seed=2))
    with watched() as progress:
        certainty(ties, detect(ties), count=10)
        assert progress.share == 1.0
        progress.cancelled = True
        with pytest.raises(Cancelled):
            certainty(ties, detect(ties), count=10)


@pytest.mark.parametrize("count", [-1, 0, 1, 1_001])
def test_refuses_a_number_of_replicates_that_makes_no_sense(count: int) -> None:
    ties = tied_as(nx.path_graph(3))
    with pytest.raises(Invalid):
        certainty(ties, detect(ties), count=count)


def test_nobody_tied() -> None:
    ties = tied_as(nx.empty_graph(3))
    sure = certainty(ties, detect(ties), count=2)
    assert np.isnan(sure.people).all()
    assert (len(sure.communities), sure.count_interval) == (0, (0, 0))
