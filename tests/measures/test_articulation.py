"""How many people hang on each one, against networkx: everybody taken out in turn."""

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from service.measures.articulation import hanging_on
from service.measures.communities import UndirectedTies

PEOPLE = 10
PAIRS = st.sets(
    st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)).filter(lambda pair: pair[0] < pair[1]),
    max_size=20,
)


def undirected(pairs: set[tuple[int, int]], people: int = PEOPLE) -> UndirectedTies:
    both = sorted(pairs | {(other, one) for one, other in pairs})
    return UndirectedTies(
        offsets=np.searchsorted([one for one, _ in both], np.arange(people + 1)).astype(np.int64),
        neighbours=np.array([other for _, other in both], dtype=np.int32),
        weights=np.ones(len(both)),
    )


def taken_out(graph: nx.Graph, person: int) -> int:
    """How many lose the largest rest of their group when one person is taken out."""
    group = set(nx.node_connected_component(graph, person)) - {person}
    parts = [len(part) for part in nx.connected_components(graph.subgraph(group))]
    return len(group) - max(parts, default=0)


@settings(max_examples=300, deadline=None)
@given(pairs=PAIRS)
def test_equals_taking_everybody_out_in_turn(pairs: set[tuple[int, int]]) -> None:
    graph = nx.Graph(list(pairs))
    graph.add_nodes_from(range(PEOPLE))
    found = hanging_on(undirected(pairs)).tolist()
    assert found == [taken_out(graph, person) for person in range(PEOPLE)]
    assert {person for person, count in enumerate(found) if count} == set(nx.articulation_points(graph))


def test_the_middle_of_a_star_and_of_a_chain() -> None:
    assert hanging_on(undirected({(0, other) for other in range(1, 6)}, 6)).tolist() == [4, 0, 0, 0, 0, 0]
    assert hanging_on(undirected({(one, one + 1) for one in range(4)}, 5)).tolist() == [0, 1, 2, 1, 0]


def test_a_long_chain_needs_no_deep_stack() -> None:
    people = 200_000
    chain = np.arange(people)
    neighbours = np.concatenate(([1], np.repeat(chain[1:-1], 2) + np.tile([-1, 1], people - 2), [people - 2]))
    offsets = np.concatenate(([0], np.arange(1, 2 * people - 2, 2), [2 * people - 2]))
    found = hanging_on(
        UndirectedTies(offsets=offsets, neighbours=neighbours.astype(np.int32), weights=np.ones(len(neighbours)))
    )
    assert found[1] == 1
    assert found.max() == people // 2 - 1
