"""What would be: equal to the ties built anew with the change applied, and to networkx on what is connected."""

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.measures.completion import UNREACHABLE, Direction, TieNetwork, tie_network
from service.measures.paths import most_probable_paths, step_probabilities
from service.measures.reach import reach
from service.measures.what_if import (
    ASSUMED,
    Changed,
    NewTies,
    changed,
    cut_off,
    disconnection,
    each_to_each,
    everyone_to_everyone,
    from_any,
    mean_inside,
    paired_difference,
    together,
)

Ties = dict[tuple[int, int], float]
PEOPLE = 9
CHANCES = st.sampled_from([0.0, 0.125, 0.25, 0.5, 1.0])
PAIRS = st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)).filter(lambda pair: pair[0] != pair[1])
TIES = st.dictionaries(PAIRS, CHANCES, max_size=40)
LEAVING = st.sets(st.integers(0, PEOPLE - 1), max_size=3)


def network_of(ties: Ties, onward: float = 1.0, people: int = PEOPLE) -> TieNetwork:
    pairs = sorted(ties)
    offsets = np.searchsorted([teller for teller, _ in pairs], np.arange(people + 1))
    return tie_network(
        offsets.astype(np.int64),
        np.array([listener for _, listener in pairs], dtype=np.int32),
        np.array([ties[pair] for pair in pairs], dtype=np.float64),
        onward,
    )


def new_ties(ties: Ties) -> NewTies:
    return NewTies(
        tellers=np.array([teller for teller, _ in ties], dtype=np.int32),
        listeners=np.array([listener for _, listener in ties], dtype=np.int32),
        probabilities=np.array(list(ties.values()), dtype=np.float64),
    )


def rebuilt(ties: Ties, leaving: set[int], new: Ties) -> Ties:
    """The ties with the change applied, from scratch."""
    after = {pair: chance for pair, chance in ties.items() if not leaving & set(pair)}
    for pair, chance in new.items():
        if not leaving & set(pair):
            after[pair] = max(after.get(pair, 0.0), chance)
    return {pair: chance for pair, chance in after.items() if chance > 0}


def carried(direction: Direction) -> Ties:
    """The cost of each tie that carries anything."""
    return {
        (person, int(direction.ends[tie])): float(direction.costs[tie])
        for person in range(len(direction.offsets) - 1)
        for tie in range(direction.offsets[person], direction.offsets[person + 1])
        if direction.costs[tie] != UNREACHABLE
    }


def columns(network: TieNetwork) -> list[NDArray[Any]]:
    sides = (network.forward, network.backward)
    return [*(array for side in sides for array in (side.offsets, side.ends, side.costs)), network.probabilities]


def by_pair(found: Changed) -> dict[tuple[int, int], tuple[float, int]]:
    forward = found.network.forward
    tellers = np.repeat(np.arange(PEOPLE), np.diff(forward.offsets)).tolist()
    rows = zip(tellers, forward.ends.tolist(), found.network.probabilities, found.origin.tolist(), strict=True)
    return {(teller, listener): (chance, origin) for teller, listener, chance, origin in rows if chance > 0}


@settings(max_examples=300, deadline=None)
@given(ties=TIES, leaving=LEAVING, new=TIES)
def test_equals_the_ties_built_anew_with_the_change(ties: Ties, leaving: set[int], new: Ties) -> None:
    before = network_of(ties)
    kept = [array.copy() for array in columns(before)]
    found = changed(before, leaving=leaving, new=new_ties(new))
    anew = rebuilt(ties, leaving, new)
    expected = network_of(anew)

    assert carried(found.network.forward) == carried(expected.forward)
    assert carried(found.network.backward) == carried(expected.backward)
    assert {pair: chance for pair, (chance, _) in by_pair(found).items()} == anew
    pairs = sorted(ties)
    for pair, (_, origin) in by_pair(found).items():
        assert origin == (pairs.index(pair) if pair in ties else ASSUMED)
    staying = {pair: chance for pair, chance in ties.items() if not leaving & set(pair)}
    assert found.lost == sum(1 for pair, chance in ties.items() if chance > 0 and pair not in staying)
    assert found.gained == sum(1 for pair in anew if pair not in staying)
    assert found.strengthened == sum(1 for pair, chance in anew.items() if pair in staying and chance > staying[pair])
    cut_off(before, found)
    disconnection(before, found)
    assert all(np.array_equal(one, other) for one, other in zip(kept, columns(before), strict=True))


@settings(max_examples=100, deadline=None)
@given(ties=TIES, leaving=LEAVING, new=TIES, source=st.integers(0, PEOPLE - 1), target=st.integers(0, PEOPLE - 1))
def test_paths_and_reach_are_those_of_a_rebuild(
    ties: Ties, leaving: set[int], new: Ties, source: int, target: int
) -> None:
    found = changed(network_of(ties, 0.5), leaving=leaving, new=new_ties(new))
    anew = network_of(rebuilt(ties, leaving, new), 0.5)
    ours, theirs = (most_probable_paths(one, source, {target}, k=4) for one in (found.network, anew))
    assert [(one.people, one.probability) for one in ours.paths] == [
        (one.people, one.probability) for one in theirs.paths
    ]
    assert (reach(found.network, [source], seed=3).totals == reach(anew, [source], seed=3).totals).all()


@settings(max_examples=100, deadline=None)
@given(ties=TIES, leaving=LEAVING, new=TIES)
def test_who_is_cut_off_and_how_many_pairs_are_apart_agree_with_networkx(
    ties: Ties, leaving: set[int], new: Ties
) -> None:
    before = network_of(ties)
    after = changed(before, leaving=leaving, new=new_ties(new))
    graphs = [_graph(ties), _graph(rebuilt(ties, leaving, new))]
    groups = [list(nx.weakly_connected_components(graph)) for graph in graphs]
    largest = [{person for one in found if len(one) == max(map(len, found)) for person in one} for found in groups]
    staying = set(range(PEOPLE)) - leaving
    cut = set(cut_off(before, after).tolist())
    assert cut <= largest[0] & staying
    assert all(
        len(max(groups[1], key=len)) >= len(nx.node_connected_component(graphs[1].to_undirected(), one)) for one in cut
    )
    found = disconnection(before, after)
    assert found.pairs == len(staying) * (len(staying) - 1)
    for graph, side in zip(graphs, (found.before, found.after), strict=True):
        joined = sum(len(nx.descendants(graph, one) & (staying - {one})) for one in staying)
        assert side.mean == pytest.approx(1 - joined / found.pairs)
        assert (side.low, side.high) == pytest.approx((side.mean, side.mean))
    assert found.difference.mean == pytest.approx(found.after.mean - found.before.mean)


def _graph(ties: Ties) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(range(PEOPLE))
    graph.add_edges_from(pair for pair, chance in ties.items() if chance > 0)
    return graph


def test_who_hangs_on_the_one_who_leaves_is_cut_off() -> None:
    ties = {(0, 1): 0.5, (1, 2): 0.5, (2, 0): 0.5, (2, 3): 0.5, (4, 3): 0.5, (5, 4): 0.5, (5, 0): 0.0}
    before = network_of(ties)
    assert cut_off(before, changed(before, leaving={3})).tolist() == [4, 5]
    assert cut_off(before, changed(before, leaving={2})).tolist() in ([0, 1], [3, 4, 5])
    met = changed(before, leaving={3}, new=everyone_to_everyone([0, 5], 0.25))
    assert cut_off(before, met).tolist() == []
    assert (met.lost, met.gained, met.strengthened) == (2, 1, 1)


def test_a_sample_of_pairs_holds_the_true_share() -> None:
    generator = np.random.default_rng(5)
    people = 1_500
    ties = {(int(one), int(other)): 0.5 for one, other in generator.integers(people, size=(1_900, 2)) if one != other}
    before = network_of(ties, people=people)
    after = changed(before, leaving=set(range(40)))
    graph = nx.DiGraph(list(rebuilt(ties, set(range(40)), {})))
    joined = sum(len(nx.descendants(graph, one)) for one in graph)
    inside = 0
    for seed in range(20):
        found = disconnection(before, after, seed=seed)
        inside += found.after.low <= 1 - joined / found.pairs <= found.after.high
        assert found.difference.low >= 0 or found.difference.mean > 0
    assert inside >= 16
    assert disconnection(before, after, seed=1) == disconnection(before, after, seed=1)


def test_members_of_two_communities_listen_to_each_other() -> None:
    assert each_pair(each_to_each([0, 1], [1, 2], 0.5)) == {(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)}
    assert each_pair(everyone_to_everyone([3, 4], 0.5)) == {(3, 4), (4, 3)}
    assert each_pair(each_to_each([0], [0], 0.5)) == set()
    both = together(each_to_each([0], [1], 0.25), everyone_to_everyone([0, 1, 2], 0.125))
    assert dict(zip(sorted(each_pair(both)), both.probabilities, strict=True)) == {
        pair: 0.25 if set(pair) == {0, 1} else 0.125 for pair in sorted(each_pair(everyone_to_everyone([0, 1, 2], 1)))
    }


def each_pair(new: NewTies) -> set[tuple[int, int]]:
    return set(zip(new.tellers.tolist(), new.listeners.tolist(), strict=True))


def test_the_mean_inside_counts_pairs_without_a_tie() -> None:
    network = network_of({(0, 1): 0.5, (1, 2): 0.25, (2, 5): 1.0})
    assert mean_inside(network, [0, 1, 2]) == pytest.approx(0.75 / 6)
    assert mean_inside(network, [0]) == 0


@settings(max_examples=100, deadline=None)
@given(ties=TIES, group=st.sets(st.integers(0, PEOPLE - 1), min_size=1, max_size=4), target=st.integers(0, PEOPLE - 1))
def test_a_path_from_a_group_is_the_best_from_any_of_it(ties: Ties, group: set[int], target: int) -> None:
    if target in group:
        return
    network = network_of(ties, 0.5)
    (best,) = most_probable_paths(from_any(network, group), PEOPLE, {target}, k=1, max_hops=6).paths or (None,)
    each = [path for one in group for path in most_probable_paths(network, one, {target}, k=1, max_hops=5).paths]
    found = np.prod(step_probabilities(network, best.ties[1:])) if best else 0
    assert found == max((path.probability for path in each), default=0)
    if best:
        assert best.people[1:] in {path.people for path in each}
        assert best.ties[1:] in {path.ties for path in each}


def test_runs_in_pairs_have_a_narrower_difference() -> None:
    before = np.array([10, 20, 30, 40])
    found = paired_difference(before, before + np.array([1, 2, 1, 2]))
    assert found.mean == 1.5
    assert 0.5 < found.low < 1.5 < found.high < 2.5
    same = paired_difference(before, before)
    assert (same.mean, same.low, same.high) == (0, 0, 0)


@pytest.mark.parametrize("pair", [(0, PEOPLE), (-1, 0), (2, 2)])
def test_refuses_ties_that_cannot_be(pair: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"exist|somebody else"):
        changed(network_of({(0, 1): 0.5}), new=new_ties({pair: 0.5}))
    with pytest.raises(ValueError, match="exist"):
        changed(network_of({(0, 1): 0.5}), leaving=[PEOPLE])
