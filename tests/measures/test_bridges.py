"""What holds groups together, by small networks that can be worked out by hand and by sets on random ones."""

from collections import defaultdict
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.measures.bridges import HALF_CONTACT, apart, bridges, candidates, pairs_apart, parts
from tests.measures.communities_of import tied, tied_as
from tests.measures.test_roles import drawn


def test_who_alone_connects_two_groups_holds_all_of_their_contact() -> None:
    """Two rings of five; the first person of one ring is tied to three of the other, and to nobody else there."""
    graph = nx.disjoint_union(nx.cycle_graph(5), nx.cycle_graph(5))
    graph.add_edges_from([(0, 5), (0, 6), (0, 7)])
    labels = np.repeat(np.arange(2, dtype=np.int32), 5)
    ties = tied_as(graph)
    found = bridges(ties, labels)
    assert [found.one.tolist(), found.other.tolist(), found.ties.tolist()] == [[0], [1], [3]]
    assert found.weights.tolist() == [3.0]
    counts = 3 / (3 + HALF_CONTACT)
    assert found.bridging.tolist() == pytest.approx([counts, 0, 0, 0, 0, *[counts / 3] * 3, 0, 0])
    (only,) = parts(ties, labels, found, 0)
    assert (only.group, only.ties, only.share) == (1, 3, 1.0)
    assert only.counted == pytest.approx(counts)
    assert pairs_apart(found, np.array([5, 5])) == 0
    assert list(apart(found, np.array([5, 5]))) == []


@settings(max_examples=60)
@given(people=st.integers(1, 40), density=st.floats(0, 0.15), groups=st.integers(1, 7), seed=st.integers(0, 2**32 - 1))
def test_on_random_networks(people: int, density: float, groups: int, seed: int) -> None:
    ties, graph = drawn(people, density, seed)
    labels = np.random.default_rng(seed).integers(-1, groups, size=people).astype(np.int32)
    sizes = np.bincount(labels[labels >= 0], minlength=groups)
    contact: dict[tuple[int, ...], float] = defaultdict(float)
    held: dict[tuple[int, tuple[int, ...]], float] = defaultdict(float)
    for one, other, weight in graph.edges(data="weight"):
        pair = tuple(sorted((int(labels[one]), int(labels[other]))))
        if min(pair) >= 0 and pair[0] != pair[1]:
            contact[pair] += weight
            held[one, pair] += weight
            held[other, pair] += weight
    found = bridges(ties, labels)
    assert dict(zip(zip(found.one.tolist(), found.other.tolist(), strict=True), found.weights, strict=True)) == (
        pytest.approx(contact)
    )
    for person in graph:
        expected = sum(share / (contact[pair] + 3) for (who, pair), share in held.items() if who == person)
        assert found.bridging[person] == pytest.approx(expected)
        assert sum(part.counted for part in parts(ties, labels, found, person)) == pytest.approx(expected)
    large = [group for group in range(groups) if sizes[group] >= 3]
    without = {pair for pair in combinations(large, 2) if pair not in contact}
    listed = list(apart(found, sizes, smallest=3))
    assert set(listed) == without
    assert len(listed) == len(without) == pairs_apart(found, sizes, smallest=3)
    for one, other in listed:
        for each in candidates(ties, labels, one, other):
            beyond = other if labels[each.person] == one else one
            near = {end for middle in graph[each.person] for end in graph[middle] if labels[end] == beyond}
            assert len(near) == each.within_reach
            assert each.meets in near
            assert each.through in set(graph[each.person]) & set(graph[each.meets])


def test_the_largest_pair_apart_comes_first_and_whoever_is_nearest() -> None:
    graph = nx.empty_graph(19)
    graph.add_edges_from([(0, 18), (18, 5), (18, 6), (1, 17), (17, 5)])
    labels = np.array([0] * 5 + [1] * 6 + [2] * 6 + [-1, -1], dtype=np.int32)
    ties = tied_as(graph)
    assert list(apart(bridges(ties, labels), np.array([5, 6, 6]))) == [(1, 2), (0, 1), (0, 2)]
    first, *rest = candidates(ties, labels, 0, 1)
    assert (first.person, first.through, first.within_reach) == (5, 17, 2) or first.person == 0
    assert {each.person for each in (first, *rest)} == {0, 1, 5, 6}
    assert candidates(ties, labels, 1, 2) == []


def test_nobody_and_no_groups() -> None:
    nobody = np.zeros(0, dtype=np.int32)
    found = bridges(tied(0, nobody, nobody), nobody)
    assert (len(found.weights), len(found.bridging)) == (0, 0)
    assert list(apart(found, np.zeros(0, dtype=np.int64))) == []
    ungrouped = bridges(tied_as(nx.path_graph(3)), np.full(3, -1, dtype=np.int32))
    assert ungrouped.bridging.tolist() == [0, 0, 0]
    assert parts(tied_as(nx.path_graph(3)), np.full(3, -1, dtype=np.int32), ungrouped, 0) == []
    with pytest.raises(ValueError, match="1 labels for 3 people"):
        bridges(tied_as(nx.path_graph(3)), np.zeros(1, dtype=np.int32))
