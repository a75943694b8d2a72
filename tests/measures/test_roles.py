"""Parts among the tied: Zachary's club's published figures, networkx and plain sums on random networks."""

from collections import Counter, defaultdict

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.measures.communities import UndirectedTies
from service.measures.roles import UNGROUPED, Cartography, coreness, roles
from tests.measures.communities_of import tied, tied_as


@pytest.fixture(name="karate", scope="module")
def karate_club() -> nx.Graph:
    return nx.karate_club_graph()


@pytest.fixture(name="clubs", scope="module")
def declared_clubs(karate: nx.Graph) -> NDArray[np.int32]:
    return np.array([karate.nodes[person]["club"] == "Officer" for person in karate], dtype=np.int32)


def drawn(people: int, density: float, seed: int) -> tuple[UndirectedTies, nx.Graph]:
    """Random ties, and the same as networkx keeps them."""
    generator = np.random.default_rng(seed)
    count = generator.binomial(people * people, density)
    ties = tied(people, *generator.integers(people, size=(2, count), dtype=np.int32))
    graph = nx.empty_graph(people)
    for person in range(people):
        for place in range(ties.offsets[person], ties.offsets[person + 1]):
            graph.add_edge(person, int(ties.neighbours[place]), weight=ties.weights[place])
    return ties, graph


def test_the_cores_of_zacharys_club(karate: nx.Graph) -> None:
    found = coreness(tied_as(karate))
    assert Counter(found.tolist()) == {1: 1, 2: 11, 3: 12, 4: 10}
    assert (np.flatnonzero(found == 4) + 1).tolist() == [1, 2, 3, 4, 8, 9, 14, 31, 33, 34]


def test_participation_and_within_module_degree_in_zacharys_club(karate: nx.Graph, clubs: NDArray[np.int32]) -> None:
    found = roles(tied_as(karate), clubs)
    assert found.participation[0] == pytest.approx(0.1172, abs=5e-5)
    assert found.within[0] == pytest.approx(3.3465, abs=5e-5)
    assert found.roles[0] == Cartography.provincial_hub
    assert (found.groups, found.kinless_possible, bool(found.hubs_possible.all())) == (2, False, True)


networks = given(people=st.integers(1, 40), density=st.floats(0, 0.3), seed=st.integers(0, 2**32 - 1))


@settings(max_examples=80)
@networks
def test_coreness_is_that_of_networkx(people: int, density: float, seed: int) -> None:
    ties, graph = drawn(people, density, seed)
    assert dict(enumerate(coreness(ties).tolist())) == nx.core_number(graph)


@settings(max_examples=80)
@given(people=st.integers(1, 40), density=st.floats(0, 0.3), groups=st.integers(1, 9), seed=st.integers(0, 2**32 - 1))
def test_participation_and_z_by_the_definition(people: int, density: float, groups: int, seed: int) -> None:
    ties, graph = drawn(people, density, seed)
    labels = np.random.default_rng(seed).integers(UNGROUPED, groups, size=people).astype(np.int32)
    found = roles(ties, labels)
    inside: dict[int, list[int]] = defaultdict(list)
    for person in graph:
        to = Counter(int(labels[other]) for other in graph[person] if labels[other] >= 0)
        if labels[person] >= 0:
            inside[int(labels[person])].append(to[int(labels[person])])
        if labels[person] < 0 or not to:
            assert np.isnan(found.participation[person])
            assert found.roles[person] == 0
        else:
            expected = 1 - sum((count / to.total()) ** 2 for count in to.values())
            assert found.participation[person] == pytest.approx(expected)
            assert found.participation[person] <= 1 - 1 / found.groups + 1e-12
            assert found.reachable[person] == len(to)
    for person in graph:
        if labels[person] >= 0:
            own = inside[int(labels[person])]
            mine = sum(int(labels[other] == labels[person]) for other in graph[person])
            deviation = float(np.std(own))
            expected = (mine - float(np.mean(own))) / deviation if deviation > 0 else 0.0
            assert found.within[person] == pytest.approx(expected)
            assert found.within[person] <= (len(own) - 1) ** 0.5 + 1e-9
            assert found.hubs_possible[person] == (len(own) >= 8)


def test_the_largest_z_that_a_group_allows_is_reached_by_a_star_and_makes_a_hub_from_eight_on() -> None:
    for size in (7, 8):
        star = roles(tied_as(nx.star_graph(size - 1)), np.zeros(size, dtype=np.int32))
        assert star.within[0] == pytest.approx((size - 1) ** 0.5)
        assert (star.roles[0] == Cartography.provincial_hub) == bool(star.hubs_possible[0]) == (size == 8)


@pytest.mark.parametrize(
    ("participation", "hub", "role"),
    [
        (0.0, False, Cartography.ultra_peripheral),
        (0.5, False, Cartography.peripheral),
        (2 / 3, False, Cartography.connector),
        (5 / 6, False, Cartography.kinless),
        (0.0, True, Cartography.provincial_hub),
    ],
)
def test_the_roles_by_how_ties_are_spread(participation: float, *, hub: bool, role: Cartography) -> None:
    """Somebody tied to one person in each of several groups; or the centre of a star."""
    groups = round(1 / (1 - participation))
    graph = nx.star_graph(20 if hub else groups)
    labels = np.zeros(len(graph), dtype=np.int32) if hub else np.arange(-1, groups, dtype=np.int32)
    labels[0] = 0
    assert roles(tied_as(graph), labels).roles[0] == role


def test_equally_many_ties_inside_are_no_deviation() -> None:
    ring = roles(tied_as(nx.cycle_graph(9)), np.zeros(9, dtype=np.int32))
    assert ring.within.tolist() == [0.0] * 9


def test_nobody_nobody_tied_and_nobody_in_a_group() -> None:
    nobody = np.zeros(0, dtype=np.int32)
    assert len(coreness(tied(0, nobody, nobody))) == len(roles(tied(0, nobody, nobody), nobody).roles) == 0
    untied = tied(3, nobody, nobody)
    assert coreness(untied).tolist() == [0, 0, 0]
    assert np.isnan(roles(untied, np.zeros(3, dtype=np.int32)).participation).all()
    ungrouped = roles(tied_as(nx.path_graph(3)), np.full(3, UNGROUPED, dtype=np.int32))
    assert np.isnan(ungrouped.participation).all()
    assert np.isnan(ungrouped.within).all()
    assert ungrouped.groups == 0
    with pytest.raises(ValueError, match="2 labels for 3 people"):
        roles(untied, np.zeros(2, dtype=np.int32))
