"""The sweep: what each resolution finds, and that the one picked is that of the communities that are there."""

import random
from collections.abc import Callable
from itertools import pairwise

import igraph
import leidenalg
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from service.measures.communities import UndirectedTies, agreement, detect, modularity
from service.measures.detection_sweep import RESOLUTIONS, estimate, pick, sweep
from service.model.errors import Invalid
from tests.measures.communities_of import EMAIL, email, graph_of, random_ties, tied_as

SEEDS = range(10)
Method = Callable[[igraph.Graph, float, int], list[int]]


def resolution_of(ties: UndirectedTies) -> float:
    picked = pick(ties)
    assert picked is not None
    return picked.resolution


def planted(groups: int, size: int, inside: float, across: float) -> tuple[UndirectedTies, NDArray[np.int32]]:
    graph = nx.planted_partition_graph(groups, size, inside, across, seed=1)
    return tied_as(graph), np.repeat(np.arange(groups, dtype=np.int32), size)


@settings(max_examples=40, deadline=None)
@given(st.integers(4, 20), st.floats(0.1, 0.4), st.integers(0, 2**32 - 1))
def test_the_estimate_is_where_the_partition_is_likeliest(people: int, density: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    ties = random_ties(generator, people, density)
    labels = generator.integers(0, 3, people, dtype=np.int32)
    graph = graph_of(ties)
    total = graph.size(weight="weight")
    guess = estimate(ties, labels)
    tied_labels = {int(labels[person]) for person in graph if graph.degree(person)}
    if total == 0 or len(tied_labels) < 2:
        assert guess is None
        return
    half = total / graph.number_of_edges() / 2
    inside = half + sum(weight for one, other, weight in graph.edges(data="weight") if labels[one] == labels[other])
    across = 2 * half + total - inside
    degree = dict(graph.degree(weight="weight"))
    chance = sum(
        sum(value for person, value in degree.items() if labels[person] == label) ** 2 for label in tied_labels
    ) / (4 * total)

    def unlikely(rate: float, ties: float, expected: float) -> float:
        return float(rate * expected - ties * np.log(rate))  # a Poisson number of ties, less what does not matter

    bounds = {"bounds": (1e-9, 1e4), "method": "bounded", "options": {"xatol": 1e-12}}
    within = minimize_scalar(lambda rate: unlikely(rate, inside, chance), **bounds).x
    beyond = minimize_scalar(lambda rate: unlikely(rate, across, total - chance), **bounds).x
    if abs(np.log(within / beyond)) > 1e-3:
        assert guess == pytest.approx((within - beyond) / np.log(within / beyond), rel=1e-2)


@pytest.mark.parametrize("shape", [(4, 100, 0.1, 0.01), (20, 20, 0.5, 0.005)])
def test_planted_communities_are_found_at_the_resolution_picked(shape: tuple[int, int, float, float]) -> None:
    ties, truth = planted(*shape)
    resolution = resolution_of(ties)
    found = detect(ties, resolution=resolution)
    assert len(found.sizes) == shape[0]
    assert (agreement(found.labels, truth).adjusted_mutual_information or 0.0) > 0.99


def test_zacharys_club_is_picked_at_its_best_and_cliques_are_left_whole() -> None:
    assert resolution_of(tied_as(nx.karate_club_graph())) == 1.0
    cliques = tied_as(nx.disjoint_union_all([nx.complete_graph(6)] * 4))
    assert detect(cliques, resolution=resolution_of(cliques)).sizes == (6, 6, 6, 6)
    assert detect(tied_as(nx.complete_graph(10)), resolution=resolution_of(tied_as(nx.complete_graph(10)))).sizes == (
        10,
    )


def test_what_a_sweep_tells_of_each_resolution() -> None:
    ties, truth = planted(10, 40, 0.3, 0.01)
    swept = sweep(ties, resolutions=(0.25, 2.0, 16.0), runs=4)
    assert [one.found.resolution for one in swept] == [0.25, 2.0, 16.0]
    assert all(len(one.found.sizes) < len(other.found.sizes) for one, other in pairwise(swept))
    middle = swept[1]
    assert middle.found.modularity == modularity(ties, truth)
    assert middle.across_ties.adjusted_mutual_information == pytest.approx(0.97, abs=0.03)
    assert middle.across_seeds.adjusted_mutual_information == 1.0
    assert (swept[2].across_ties.adjusted_mutual_information or 0.0) < 0.7
    (again,) = sweep(ties, resolutions=(2.0,), runs=4)
    assert np.array_equal(again.found.labels, middle.found.labels)
    assert (again.across_ties, again.across_seeds) == (middle.across_ties, middle.across_seeds)


def test_replicates_of_ties_by_chance_agree_on_little_and_of_planted_ones_on_much() -> None:
    by_chance, (groups, _) = pick(tied_as(nx.gnm_random_graph(200, 800, seed=1))), planted(4, 40, 0.4, 0.01)
    there = pick(groups)
    assert by_chance is not None
    assert there is not None
    assert (by_chance.stability or 0.0) < 0.3
    assert (there.stability or 0.0) > 0.8


def test_nobody_tied() -> None:
    ties = tied_as(nx.empty_graph(3))
    assert pick(ties) is None
    (only,) = sweep(ties, resolutions=(1.0,), runs=2)
    assert (only.estimate, only.across_ties.adjusted_mutual_information, only.found.sizes) == (None, None, ())


@pytest.mark.parametrize(("resolutions", "runs"), [((), 2), ((0.0,), 2), ((1.0,), 1)])
def test_refuses_parameters_that_make_no_sense(resolutions: tuple[float, ...], runs: int) -> None:
    with pytest.raises(Invalid):
        sweep(tied_as(nx.path_graph(3)), resolutions=resolutions, runs=runs)


@pytest.mark.skipif(not EMAIL.is_dir(), reason="the e-mail network is not in RETELL_SHARED_DATA or ../shared/data")
def test_departments_at_the_resolution_picked_without_having_seen_them() -> None:
    ties, departments = email()
    resolution = resolution_of(ties)
    assert resolution in RESOLUTIONS
    agreed = [agreement(detect(ties, resolution=resolution, seed=seed).labels, departments) for seed in SEEDS]
    assert np.mean([one.normalised_mutual_information for one in agreed]) >= 0.72
    assert np.mean([one.adjusted_mutual_information for one in agreed]) >= 0.66


def _by_igraph(graph: igraph.Graph, resolution: float, seed: int) -> list[int]:
    random.seed(seed)  # igraph draws from it
    found = graph.community_leiden("modularity", weights="weight", resolution=resolution, n_iterations=2)
    return list(found.membership)


def _by_leidenalg(graph: igraph.Graph, resolution: float, seed: int) -> list[int]:
    kind = leidenalg.RBConfigurationVertexPartition
    options = {"weights": "weight", "resolution_parameter": resolution, "n_iterations": 2, "seed": seed}
    return list(leidenalg.find_partition(graph, kind, **options).membership)


@pytest.mark.slow
@pytest.mark.skipif(not EMAIL.is_dir(), reason="the e-mail network is not in RETELL_SHARED_DATA or ../shared/data")
@pytest.mark.parametrize("resolution", [1.0, 3.0])
def test_departments_are_found_as_well_as_by_igraph_and_leidenalg(resolution: float) -> None:
    ties, departments = email()
    graph = igraph.Graph.from_networkx(graph_of(ties))

    def against(labels: list[int]) -> tuple[float, float]:
        placed = np.where(np.diff(ties.offsets) > 0, labels, -1).astype(np.int32)
        agreed = agreement(placed, departments)
        return agreed.normalised_mutual_information or 0.0, agreed.adjusted_mutual_information or 0.0

    ours = np.mean([against(detect(ties, resolution=resolution, seed=seed).labels.tolist()) for seed in SEEDS], axis=0)
    for method in (_by_igraph, _by_leidenalg):
        theirs = np.mean([against(method(graph, resolution, seed)) for seed in SEEDS], axis=0)
        assert (ours >= theirs - 0.01).all(), (method.__name__, ours, theirs)
