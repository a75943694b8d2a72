"""Who stands between whom: published figures, networkx, and every three people looked at."""

from itertools import permutations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.measures.brokerage import BrokerageRole, brokerage, constraint
from service.measures.ties import Evidence, Ties, ties_at
from tests.measures.communities_of import tied, tied_as
from tests.measures.test_roles import drawn


def told(people: int, pairs: list[tuple[int, int]]) -> Ties:
    """Ties from tellers to listeners."""
    ends = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    evidence = Evidence(
        listeners=ends[:, 1].copy(),
        tellers=ends[:, 0].copy(),
        kinds=np.zeros(len(ends), dtype=np.int8),
        times=np.full(len(ends), np.nan),
    )
    return ties_at(evidence, people=people, as_of=0.0, kind_weights=np.ones(1))


def counted(found: NDArray[np.int64]) -> dict[str, int]:
    return {role.name: int(found[:, role].sum()) for role in BrokerageRole}


def test_the_graph_of_gould_and_fernandez() -> None:
    """Graph 3 of R's sna, by pattern: its names for the two one-sided roles changed places between versions."""
    pairs = [(6, 1), (4, 2), (2, 3), (3, 5), (6, 5), (3, 6), (2, 7), (9, 7), (2, 8), (1, 9)]
    labels = np.array([2, 4, 3, 3, 3, 4, 3, 2, 4], dtype=np.int32)
    found = brokerage(told(9, [(one - 1, other - 1) for one, other in pairs]), labels)
    assert counted(found) == {"coordinator": 0, "itinerant": 4, "gatekeeper": 1, "representative": 0, "liaison": 3}


@settings(max_examples=80)
@given(people=st.integers(1, 12), density=st.floats(0, 0.5), groups=st.integers(1, 4), seed=st.integers(0, 2**32 - 1))
def test_brokerage_by_looking_at_every_three(people: int, density: float, groups: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    every = [(one, other) for one in range(people) for other in range(people) if one != other]
    pairs = {pair for pair in every if generator.random() < density}
    labels = generator.integers(-1, groups, size=people).astype(np.int32)
    expected = np.zeros((people, 5), dtype=np.int64)
    for teller, broker, listener in permutations(range(people), 3):
        a, v, b = (int(labels[person]) for person in (teller, broker, listener))
        through = (teller, broker) in pairs and (broker, listener) in pairs and (teller, listener) not in pairs
        if through and min(a, v, b) >= 0:
            pattern = {(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 4}[a == b, v in {a, b}]
            expected[broker, 3 if pattern == 2 and v == a else pattern] += 1
    assert (brokerage(told(people, sorted(pairs)), labels) == expected).all()


def test_constraint_in_closed_forms_and_in_zacharys_club() -> None:
    star = constraint(tied_as(nx.star_graph(4)))
    assert star.tolist() == pytest.approx([0.25, 1, 1, 1, 1])
    assert constraint(tied_as(nx.complete_graph(3))).tolist() == pytest.approx([1.125] * 3)
    assert constraint(tied_as(nx.complete_graph(4))).tolist() == pytest.approx([0.92593] * 4, abs=5e-6)
    club = constraint(tied_as(nx.karate_club_graph()))
    assert club[[0, 33]].tolist() == pytest.approx([0.1554, 0.1564], abs=5e-5)


@settings(max_examples=60)
@given(people=st.integers(1, 25), density=st.floats(0, 0.3), seed=st.integers(0, 2**32 - 1))
def test_constraint_is_that_of_networkx(people: int, density: float, seed: int) -> None:
    ties, graph = drawn(people, density, seed)
    expected = nx.constraint(graph, weight="weight")
    assert constraint(ties).tolist() == pytest.approx([expected[person] for person in graph], nan_ok=True)


def test_nobody_and_whoever_is_alone() -> None:
    nobody = np.zeros(0, dtype=np.int32)
    assert constraint(tied(0, nobody, nobody)).shape == (0,)
    assert np.isnan(constraint(tied(2, nobody, nobody))).all()
    assert brokerage(told(3, []), np.zeros(3, dtype=np.int32)).tolist() == [[0] * 5] * 3
    with pytest.raises(ValueError, match="1 labels for 3 people"):
        brokerage(told(3, []), np.zeros(1, dtype=np.int32))
