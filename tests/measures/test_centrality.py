"""Betweenness: Zachary's club, networkx on random networks, and samples that keep their promise."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.measures.centrality import (
    betweenness,
    exact_betweenness,
    ranks,
    sampled_betweenness,
    without_some,
)
from service.model.errors import Invalid
from tests.measures.communities_of import tied, tied_as
from tests.measures.test_roles import drawn

NOBODY = np.zeros(0, dtype=np.int32)


def test_betweenness_in_zacharys_club() -> None:
    found = exact_betweenness(tied_as(nx.karate_club_graph())).values
    assert found[[0, 33, 32]].tolist() == pytest.approx([0.4376, 0.3041, 0.1452], abs=5e-5)


@settings(max_examples=60)
@given(people=st.integers(1, 30), density=st.floats(0, 0.3), seed=st.integers(0, 2**32 - 1))
def test_betweenness_is_that_of_networkx(people: int, density: float, seed: int) -> None:
    ties, graph = drawn(people, density, seed)
    expected = nx.betweenness_centrality(graph)
    assert exact_betweenness(ties).values.tolist() == pytest.approx([expected[person] for person in graph])


@pytest.mark.parametrize("seed", range(5))
def test_a_sample_is_off_by_less_than_it_says_and_repeats(seed: int) -> None:
    ties, _ = drawn(200, 0.008, seed)
    exact = exact_betweenness(ties).values
    found = sampled_betweenness(ties, error=0.02, failure=0.05, seed=seed)
    assert found.error == pytest.approx(0.02, rel=0.001)
    assert np.abs(found.values - exact).max() < found.error
    assert (found.values == sampled_betweenness(ties, error=0.02, failure=0.05, seed=seed).values).all()
    assert (found.values != sampled_betweenness(ties, error=0.02, failure=0.05, seed=seed + 1).values).any()


def test_samples_are_right_on_average_and_scatter_as_they_say() -> None:
    """Where many ways are equally short, each has to be drawn as often."""
    graph = nx.grid_2d_graph(4, 5)
    ties = tied_as(nx.convert_node_labels_to_integers(graph))
    exact = exact_betweenness(ties).values
    tries = np.array([sampled_betweenness(ties, samples=400, seed=seed).values for seed in range(400)])
    said = sampled_betweenness(ties, samples=400, seed=1).deviation
    assert np.abs(tries.mean(axis=0) - exact).max() < 5 * (said / 20).max()
    assert tries.std(axis=0).mean() == pytest.approx(said.mean(), rel=0.1)


def test_a_small_network_is_exact_and_a_large_one_sampled() -> None:
    ties, _ = drawn(100, 0.02, 1)
    assert betweenness(ties).samples is None
    large = betweenness(ties, exact_up_to=1_000, error=0.05, seed=3)
    assert (large.seed, large.error <= 0.05) == (3, True)
    assert large.samples is not None


def test_without_a_tenth_of_the_ties_both_directions_go() -> None:
    ties, graph = drawn(60, 0.03, 4)
    kept = without_some(ties, 0.1, np.random.default_rng(1))
    ends = np.repeat(np.arange(kept.people), np.diff(kept.offsets))
    pairs = set(zip(ends.tolist(), kept.neighbours.tolist(), strict=True))
    assert pairs == {(other, person) for person, other in pairs}
    assert len(pairs) == 2 * (graph.number_of_edges() - round(0.1 * graph.number_of_edges()))
    assert all(graph.has_edge(*pair) for pair in pairs)
    whole = without_some(ties, 0.0, np.random.default_rng(1))
    assert (whole.neighbours == ties.neighbours).all()


def test_equals_share_the_better_place_and_who_has_none_the_last() -> None:
    assert ranks(np.array([0.5, 2.0, 0.5, np.nan, 0.1])).tolist() == [2, 1, 2, 5, 4]


def test_too_few_people_to_be_between() -> None:
    for people in range(3):
        ties = tied(people, NOBODY, NOBODY)
        assert exact_betweenness(ties).values.tolist() == [0.0] * people
        assert sampled_betweenness(ties).values.tolist() == [0.0] * people
    pair = sampled_betweenness(tied_as(nx.path_graph(2)))
    assert pair.values.tolist() == [0.0, 0.0]
    apart = sampled_betweenness(tied_as(nx.disjoint_union(nx.path_graph(3), nx.path_graph(3))), samples=3_000, seed=2)
    assert apart.values.tolist() == pytest.approx([0, 0.1, 0, 0, 0.1, 0], abs=0.03)


@pytest.mark.parametrize("given_", [{"error": 0.0}, {"failure": 1.0}, {"samples": 0}])
def test_errors_that_make_no_sense_are_refused(given_: dict[str, float]) -> None:
    with pytest.raises(Invalid) as refused:
        sampled_betweenness(tied_as(nx.path_graph(4)), **given_)  # type: ignore[arg-type]
    assert refused.value.problems[0].field in given_
    with pytest.raises(Invalid):
        without_some(tied_as(nx.path_graph(4)), 1.0, np.random.default_rng(0))
