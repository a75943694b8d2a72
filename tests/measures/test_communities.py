"""Detected communities: Zachary's club, networkx and scikit-learn as second opinions, and a real e-mail network."""

from collections import Counter

import networkx as nx
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import adjusted_mutual_info_score, normalized_mutual_info_score

from service.measures.communities import (
    MOST_SEED,
    UNTIED,
    agreement,
    detect,
    modularity,
    omega_index,
    shared_information,
)
from service.model.errors import Invalid
from tests.measures.communities_of import EMAIL, email, graph_of, random_ties, tied, tied_as


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
    ties = random_ties(np.random.default_rng(seed), people, density)
    graph = graph_of(ties)

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


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=30))
@example([(0, 0), (0, 0)])
@example([(0, 0), (0, 1)])
@example([(number, number) for number in range(7)])
def test_what_partitions_share_is_what_scikit_learn_says(placed: list[tuple[int, int]]) -> None:
    one, other = np.array(placed, dtype=np.int32).T
    normalised, adjusted = shared_information(one, other)
    assert normalised == pytest.approx(normalized_mutual_info_score(one, other), abs=1e-9)
    assert adjusted == pytest.approx(adjusted_mutual_info_score(one, other), abs=1e-6)


def test_no_agreement_about_nobody() -> None:
    agreed = agreement(np.array([0, -1], dtype=np.int32), np.array([-1, 0], dtype=np.int32))
    assert agreed.people == 0
    assert agreed.normalised_mutual_information is None
    assert agreed.adjusted_mutual_information is None
    assert agreed.adjusted_rand_index is None


def by_all_pairs(labels: NDArray[np.int32], cover: list[set[int]]) -> float:
    """The omega index as Collins and Dent (1988) define it, over each pair of people."""
    placed = [person for person in range(len(labels)) if labels[person] >= 0 and cover[person]]
    pairs = [
        (int(labels[one] == labels[other]), len(cover[one] & cover[other]))
        for place, one in enumerate(placed)
        for other in placed[:place]
    ]
    if not pairs:
        return 1.0
    agreed = sum(here == there for here, there in pairs) / len(pairs)
    here, there = (Counter(one).items() for one in zip(*pairs, strict=True))
    chance = sum(one * other for time, one in here for again, other in there if time == again) / len(pairs) ** 2
    return 1.0 if chance == 1 else (agreed - chance) / (1 - chance)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 25), st.integers(1, 5), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_agreement_with_overlapping_communities(people: int, communities: int, share: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    labels = generator.integers(-1, 4, people, dtype=np.int32)
    person, community = np.nonzero(generator.random((people, communities)) < share)
    cover = [set(community[person == one].tolist()) for one in range(people)]
    found = omega_index(labels, person.astype(np.int32), community.astype(np.int32))
    if found is None:
        assert not any(label >= 0 and theirs for label, theirs in zip(labels, cover, strict=True))
    else:
        assert found == pytest.approx(by_all_pairs(labels, cover))


def test_where_nobody_is_in_two_communities_the_omega_index_is_the_adjusted_rand_index(
    karate: nx.Graph, clubs: NDArray[np.int32]
) -> None:
    found = detect(tied_as(karate), seed=1)
    assert omega_index(found.labels, np.arange(34, dtype=np.int32), clubs) == pytest.approx(0.46459, abs=5e-6)


@pytest.mark.skipif(not EMAIL.is_dir(), reason="the e-mail network is not in RETELL_SHARED_DATA or ../shared/data")
@pytest.mark.parametrize(
    ("resolution", "least_quality", "information", "groups"),
    [(1.0, 0.4280, (0.57, 0.61), (7, 9)), (3.0, 0.2700, (0.72, 0.75), (36, 42))],
)
def test_departments_of_a_real_institution(
    resolution: float, least_quality: float, information: tuple[float, float], groups: tuple[int, int]
) -> None:
    ties, departments = email()

    found = [detect(ties, resolution=resolution, seed=seed) for seed in range(5)]

    assert np.array_equal(found[0].labels, detect(ties, resolution=resolution, seed=0).labels)
    assert all((each.labels == UNTIED).sum() == 19 for each in found)  # they wrote to nobody but themselves
    assert all(groups[0] <= len(each.sizes) <= groups[1] for each in found)
    assert all(each.quality is not None and each.quality > least_quality for each in found)
    agreed = [agreement(each.labels, departments).normalised_mutual_information or 0.0 for each in found]
    assert information[0] <= np.mean(agreed) <= information[1]
