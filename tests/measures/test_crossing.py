"""Crossing, against published figures, networkx and counting by hand."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.measures.crossing import crossing, ei_index


def karate() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Zachary's club, each friendship a tie both ways, and the two clubs that it split into."""
    graph = nx.karate_club_graph()
    both = np.array([*graph.edges(), *((b, a) for a, b in graph.edges())], dtype=np.int32)
    clubs = np.array([graph.nodes[one]["club"] == "Officer" for one in graph], dtype=np.int32)
    return both[:, 0], both[:, 1], clubs


def test_the_karate_clubs_listen_inside() -> None:
    found = crossing(*karate(), groups=2, seed=1)
    assert (found.external // 2, found.internal // 2) == (11, 67)
    assert found.ei.value == pytest.approx(-0.71795, abs=5e-6)
    assert ei_index(67, 11) == pytest.approx(-0.71795, abs=5e-6)
    assert found.p is not None
    assert found.p < 0.01
    # Two groups of 17: a random deal puts 17/33 of the ties between them.
    assert found.expected == pytest.approx(2 * 17 / 33 - 1, abs=0.02)


def test_the_density_of_the_karate_club_has_the_published_error() -> None:
    found = crossing(*karate(), groups=2, seed=1)
    assert found.density.value == pytest.approx(0.139, abs=5e-4)
    assert found.density.standard_error == pytest.approx(0.041, abs=0.005)
    assert found.reciprocity.value == 1.0


def test_reciprocity_counts_ties() -> None:
    found = crossing(np.array([0, 1, 1], np.int32), np.array([1, 0, 2], np.int32), np.zeros(3, np.int32), groups=1)
    assert found.reciprocity.value == pytest.approx(2 / 3)
    graph = nx.DiGraph([(0, 1), (1, 0), (1, 2)])
    assert found.reciprocity.value == pytest.approx(nx.overall_reciprocity(graph))
    assert found.reciprocity.standard_error is None, "three people have no error worth giving"


def test_nothing_is_none() -> None:
    nothing = np.array([], dtype=np.int32)
    found = crossing(nothing, nothing, np.full(3, -1, np.int32), groups=2)
    assert (found.ei.value, found.expected, found.p, found.reciprocity.value) == (None, None, None, None)
    assert ei_index(0, 0) is None


@given(st.integers(0, 2**32 - 1))
def test_the_mixing_matrix_is_counted(seed: int) -> None:
    random = np.random.default_rng(seed)
    tellers, listeners = (random.integers(8, size=20).astype(np.int32) for _ in range(2))
    labels = random.integers(-1, 3, size=8).astype(np.int32)
    counted = np.zeros((3, 3), dtype=int)
    for one, other in zip(tellers, listeners, strict=True):
        if one != other and labels[one] >= 0 and labels[other] >= 0:
            counted[labels[one], labels[other]] += 1
    assert (crossing(tellers, listeners, labels, groups=3).matrix == counted).all()
