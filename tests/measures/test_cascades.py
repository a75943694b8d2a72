"""The shape of cascades: closed forms, and networkx's Wiener index on random trees."""

import math

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.measures.cascades import Tree, cascade, first_heard, growth, inferred_parents
from service.measures.ties import Evidence

ANYBODY = -1


def rows(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, dtype=np.int64)


def virality(*parents: int) -> float | None:
    (tree,) = cascade(rows(*parents)).trees
    return tree.structural_virality


@pytest.mark.parametrize("size", [2, 3, 10, 1_000])
def test_virality_of_one_who_told_everybody(size: int) -> None:
    assert virality(-1, *[0] * (size - 1)) == pytest.approx(2 * (size - 1) / size)


@pytest.mark.parametrize("size", [2, 3, 10, 1_000])
def test_virality_where_each_told_the_next(size: int) -> None:
    assert virality(-1, *range(size - 1)) == pytest.approx((size + 1) / 3)


def test_virality_of_full_binary_trees() -> None:
    assert virality(-1, *((row - 1) // 2 for row in range(1, 7))) == pytest.approx(2.28571, abs=5e-6)
    assert virality(-1, *((row - 1) // 2 for row in range(1, 15))) == pytest.approx(3.50476, abs=5e-6)


def test_a_single_act_has_no_virality() -> None:
    shape = cascade(rows(-1))
    assert shape.trees == (Tree(root=0, size=1, depth=0, structural_virality=None),)
    assert (shape.size, shape.depth, shape.breadths) == (1, 0, (1,))


def test_nothing_happened() -> None:
    shape = cascade(rows())
    assert (shape.trees, shape.size, shape.depth, shape.breadths) == ((), 0, 0, ())


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 4))
def test_equals_networkx_on_random_forests_in_any_order(seed: int, size: int, trees: int) -> None:
    generator = np.random.default_rng(seed)
    names = generator.permutation(size)
    parents = np.full(size, -1, dtype=np.int64)
    for position in range(min(trees, size), size):
        parents[names[position]] = names[generator.integers(position)]
    graph = nx.DiGraph((int(parent), row) for row, parent in enumerate(parents) if parent >= 0)
    graph.add_nodes_from(range(size))

    shape = cascade(parents)

    roots = [row for row in range(size) if parents[row] < 0]
    assert [tree.root for tree in shape.trees] == roots
    distances = {
        row: distance for root in roots for row, distance in nx.single_source_shortest_path_length(graph, root).items()
    }
    assert shape.depths.tolist() == [distances[row] for row in range(size)]
    assert shape.breadths == tuple(list(distances.values()).count(depth) for depth in range(shape.depth + 1))
    for tree in shape.trees:
        members = graph.subgraph([tree.root, *nx.descendants(graph, tree.root)]).to_undirected()
        assert (tree.size, tree.depth) == (len(members), max(distances[row] for row in members))
        if tree.size > 1:
            mean = 2 * nx.wiener_index(members) / (tree.size * (tree.size - 1))
            assert tree.structural_virality == pytest.approx(mean)


def test_a_long_chain_does_not_take_long() -> None:
    shape = cascade(np.arange(-1, 199_999))
    assert shape.depth == 199_999
    assert shape.trees[0].structural_virality == pytest.approx(200_001 / 3)


@pytest.mark.parametrize("parents", [(0,), (1, 0), (-1, 2, 3, 1)])
def test_refuses_a_circle(parents: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="circle"):
        cascade(rows(*parents))


@pytest.mark.parametrize("parents", [(-1, 2), (-2, 0)])
def test_refuses_a_parent_that_is_no_act(parents: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="exist"):
        cascade(rows(*parents))


def test_growth_counts_the_dated_acts() -> None:
    grown = growth(np.array([30.0, 10.0, math.nan, 30.0, 20.0]))
    assert grown.times.tolist() == [10.0, 20.0, 30.0]
    assert grown.sizes.tolist() == [1, 2, 4]
    assert grown.undated == 1


def test_first_heard_is_the_earliest_evidence_among_these_people() -> None:
    evidence = Evidence(
        listeners=np.array([1, 1, 2, 3, 1, 4], dtype=np.int32),
        tellers=np.array([2, 2, 1, 2, 1, 2], dtype=np.int32),
        kinds=np.zeros(6, dtype=np.int8),
        times=np.array([50.0, 40.0, math.nan, 10.0, 5.0, 1.0]),
    )
    assert first_heard(evidence, np.array([1, 2, 3], dtype=np.int32)) == {1: {2: 40.0}, 2: {1: -math.inf}, 3: {2: 10.0}}


def inferred(acts: list[tuple[int, float, int]], heard: dict[int, dict[int, float]]) -> tuple[list[int], list[bool]]:
    parents = inferred_parents(
        np.array([person for person, _, _ in acts], dtype=np.int32),
        np.array([time for _, time, _ in acts]),
        rows(*(named for _, _, named in acts)),
        heard,
    )
    assert cascade(parents.rows).trees[0].root == 0
    return parents.rows.tolist(), parents.inferred.tolist()


def test_an_act_followed_the_latest_act_of_somebody_listened_to() -> None:
    told = [(0, 1.0, -1), (1, 2.0, -1), (2, 3.0, -1), (3, 4.0, -1)]
    heard = {3: {0: 0.5, 1: 0.5}, 2: {3: 0.5}}
    assert inferred(told, heard) == ([-1, 0, 0, 1], [False, True, True, True])


def test_one_has_to_have_listened_before() -> None:
    told = [(0, 1.0, -1), (1, 2.0, -1), (2, 3.0, -1)]
    assert inferred(told, {2: {1: 3.0}})[0] == [-1, 0, 0]
    assert inferred(told, {2: {1: 2.9}})[0] == [-1, 0, 1]


def test_a_reported_parent_stands() -> None:
    told = [(0, 1.0, -1), (1, 2.0, -1), (2, 3.0, 0)]
    assert inferred(told, {2: {1: 0.5}}) == ([-1, 0, 0], [False, True, False])


def test_a_report_that_names_a_later_act_is_not_believed() -> None:
    told = [(0, 1.0, -1), (1, 2.0, 2), (2, 3.0, -1)]
    assert inferred(told, {}) == ([-1, 0, 0], [False, True, True])


def test_of_acts_of_one_moment_the_first_row_is_followed() -> None:
    told = [(0, 1.0, -1), (1, 2.0, -1), (1, 2.0, -1), (2, 2.0, -1), (3, 3.0, -1)]
    assert inferred(told, {3: {1: 0.0, 2: 0.0}})[0][4] == 1


def test_a_circle_of_reports_of_one_moment_is_cut() -> None:
    parents, worked_out = inferred([(0, 1.0, -1), (1, 2.0, 2), (2, 2.0, 1)], {})
    assert sorted(parents) == [-1, 0, 1] or sorted(parents) == [-1, 0, 2]
    assert sum(worked_out) == 1


def test_an_act_without_a_time_follows_the_telling() -> None:
    told = [(ANYBODY, 1.0, -1), (1, 2.0, -1), (2, math.nan, -1)]
    assert inferred(told, {2: {1: 0.5}})[0] == [-1, 0, 0]


@given(
    st.lists(
        st.tuples(st.integers(-1, 4), st.sampled_from([1.0, 2.0, 3.0, math.nan]), st.integers(-1, 9)),
        min_size=10,
        max_size=10,
    ),
    st.dictionaries(st.integers(0, 4), st.dictionaries(st.integers(0, 4), st.floats(0, 3))),
)
def test_whatever_was_reported_all_descend_from_the_telling(
    acts: list[tuple[int, float, int]], heard: dict[int, dict[int, float]]
) -> None:
    parents, _ = inferred(acts, heard)
    assert parents.count(-1) == 1
