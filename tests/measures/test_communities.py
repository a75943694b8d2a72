"""Detected communities: Zachary's club, networkx and scikit-learn as second opinions, and a real e-mail network."""

import os
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.measures.communities import (
    MOST_SEED,
    UNTIED,
    UndirectedTies,
    agreement,
    detect,
    modularity,
    undirected,
)
from service.measures.ties import Evidence, ties_at
from service.model.errors import Invalid

SHARED_DATA = Path(os.environ.get("RETELL_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
EMAIL = SHARED_DATA / "email-eu-core"


def tied(people: int, listeners: NDArray[np.int32], tellers: NDArray[np.int32]) -> UndirectedTies:
    evidence = Evidence(
        listeners=listeners,
        tellers=tellers,
        kinds=np.zeros(len(listeners), dtype=np.int8),
        times=np.full(len(listeners), np.nan),
    )
    return undirected(ties_at(evidence, people=people, as_of=0.0, kind_weights=np.ones(1)))


def tied_as(graph: nx.Graph) -> UndirectedTies:
    pairs = np.array(list(graph.edges), dtype=np.int32).reshape(-1, 2)
    return tied(len(graph), pairs[:, 0].copy(), pairs[:, 1].copy())


def groups_of(labels: NDArray[np.int32]) -> list[set[int]]:
    return [set(np.flatnonzero(labels == label).tolist()) for label in range(labels.max() + 1)]


@pytest.fixture(name="karate", scope="module")
def karate_club() -> nx.Graph:
    return nx.karate_club_graph()


@pytest.fixture(name="clubs", scope="module")
def declared_clubs(karate: nx.Graph) -> NDArray[np.int32]:
    return np.array([karate.nodes[person]["club"] == "Officer" for person in karate], dtype=np.int32)


def test_zacharys_club_is_found_at_its_best(karate: nx.Graph, clubs: NDArray[np.int32]) -> None:
    found = detect(tied_as(karate), seed=1)
    assert found.modularity == pytest.approx(0.41979, abs=5e-6)
    assert len(found.sizes) == 4
    agreed = agreement(found.labels, clubs)
    assert agreed.people == 34
    assert agreed.normalised_mutual_information == pytest.approx(0.58785, abs=5e-6)
    assert agreed.adjusted_rand_index == pytest.approx(0.46459, abs=5e-6)
    assert agreed.adjusted_mutual_information == pytest.approx(0.56667, abs=5e-6)


def test_modularity_of_zacharys_two_clubs(karate: nx.Graph, clubs: NDArray[np.int32]) -> None:
    assert modularity(tied_as(karate), clubs) == pytest.approx(0.35823, abs=5e-6)


@settings(max_examples=60, deadline=None)
@given(
    people=st.integers(1, 30),
    density=st.floats(0, 0.4),
    resolution=st.sampled_from([0.2, 1.0, 3.0]),
    seed=st.integers(0, 2**32 - 1),
)
def test_whatever_the_ties(people: int, density: float, resolution: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    count = generator.binomial(people * people, density)
    ties = tied(people, *generator.integers(people, size=(2, count), dtype=np.int32))
    graph = nx.Graph()
    graph.add_nodes_from(range(people))
    for person in range(people):
        for place in range(ties.offsets[person], ties.offsets[person + 1]):
            graph.add_edge(person, int(ties.neighbours[place]), weight=ties.weights[place])

    found = detect(ties, resolution=resolution, seed=seed, trials=2)

    assert np.array_equal(found.labels, detect(ties, resolution=resolution, seed=seed, trials=2).labels)
    assert [person for person in graph if graph.degree(person) == 0] == np.flatnonzero(found.labels == UNTIED).tolist()
    if graph.number_of_edges() == 0:
        assert (found.modularity, found.quality, found.sizes) == (None, None, ())
        return
    groups = groups_of(found.labels)
    assert found.sizes == tuple(len(group) for group in groups)
    assert groups == sorted(groups, key=lambda group: (-len(group), min(group)))
    assert all(nx.is_connected(graph.subgraph(group)) for group in groups)
    untied = [{person} for person in graph if graph.degree(person) == 0]
    everybody = [*groups, *untied]
    assert found.modularity == pytest.approx(nx.community.modularity(graph, everybody), abs=1e-12)
    quality = nx.community.modularity(graph, everybody, resolution=resolution)
    assert found.quality == pytest.approx(quality, abs=1e-12)


def test_people_without_a_way_between_them_are_never_one_group() -> None:
    couples = np.arange(40, dtype=np.int32).reshape(2, 20)
    found = detect(tied(40, *couples), resolution=1e-9)
    assert found.sizes == (2,) * 20


def test_both_directions_of_a_tie_add_up() -> None:
    ties = tied(3, np.array([0, 1, 1], dtype=np.int32), np.array([1, 0, 2], dtype=np.int32))
    assert ties.neighbours.tolist() == [1, 0, 2, 1]
    assert ties.weights.tolist() == [2.0, 2.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("resolution", "seed"), [(0.0, 0), (-1.0, 0), (float("nan"), 0), (1.0, -1), (1.0, MOST_SEED + 1)]
)
def test_refuses_parameters_that_make_no_sense(resolution: float, seed: int) -> None:
    with pytest.raises(Invalid):
        detect(tied(2, np.zeros(1, dtype=np.int32), np.ones(1, dtype=np.int32)), resolution=resolution, seed=seed)


def test_agreement_leaves_out_whom_only_one_side_places() -> None:
    agreed = agreement(np.array([0, 0, 1, -1], dtype=np.int32), np.array([5, 5, 7, 7], dtype=np.int32))
    assert (agreed.people, agreed.normalised_mutual_information, agreed.adjusted_rand_index) == (3, 1.0, 1.0)


def test_no_agreement_about_nobody() -> None:
    agreed = agreement(np.array([0, -1], dtype=np.int32), np.array([-1, 0], dtype=np.int32))
    assert agreed.people == 0
    assert agreed.normalised_mutual_information is None
    assert agreed.adjusted_mutual_information is None
    assert agreed.adjusted_rand_index is None


@pytest.mark.skipif(not EMAIL.is_dir(), reason="the e-mail network is not in RETELL_SHARED_DATA or ../shared/data")
@pytest.mark.parametrize(
    ("resolution", "least_quality", "information", "groups"),
    [(1.0, 0.4280, (0.57, 0.61), (7, 9)), (3.0, 0.2700, (0.72, 0.75), (36, 42))],
)
def test_departments_of_a_real_institution(
    resolution: float, least_quality: float, information: tuple[float, float], groups: tuple[int, int]
) -> None:
    mails = np.loadtxt(EMAIL / "email-Eu-core.txt", dtype=np.int32)
    placed = np.loadtxt(EMAIL / "email-Eu-core-department-labels.txt", dtype=np.int32)
    departments = placed[np.argsort(placed[:, 0]), 1]
    ties = tied(len(departments), mails[:, 1].copy(), mails[:, 0].copy())

    found = [detect(ties, resolution=resolution, seed=seed) for seed in range(5)]

    assert np.array_equal(found[0].labels, detect(ties, resolution=resolution, seed=0).labels)
    assert all((each.labels == UNTIED).sum() == 19 for each in found)  # they wrote to nobody but themselves
    assert all(groups[0] <= len(each.sizes) <= groups[1] for each in found)
    assert all(each.quality is not None and each.quality > least_quality for each in found)
    agreed = [agreement(each.labels, departments).normalised_mutual_information or 0.0 for each in found]
    assert information[0] <= np.mean(agreed) <= information[1]
