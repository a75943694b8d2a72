"""Places and how far they hold: networkx ranks the same people anew in each draw of the ties."""

from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray

from service.measures.bridges import bridges
from service.measures.brokerage import constraint
from service.measures.centrality import betweenness, without_some
from service.measures.communities import UndirectedTies
from service.measures.rank_ranges import MEASURES, rank_ranges
from service.measures.roles import coreness, roles
from tests.measures.communities_of import tied

PEOPLE, DRAWS = 40, 6


def graph_of(ties: UndirectedTies) -> nx.Graph:
    graph = nx.empty_graph(ties.people)
    for person in range(ties.people):
        graph.add_edges_from(
            (person, int(other)) for other in ties.neighbours[slice(*ties.offsets[person : person + 2])]
        )
    return graph


def places(values: dict[int, float]) -> NDArray[np.int64]:
    """1 for the highest; equals share the better place."""
    order = [values[person] for person in range(len(values))]
    return np.array([1 + sum(other > own + 1e-12 for other in order) for own in order])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("measure", "by_networkx"), [("coreness", nx.core_number), ("betweenness", nx.betweenness_centrality)]
)
def test_ranges_are_those_of_networkx_over_the_same_draws(
    measure: str, by_networkx: Callable[[nx.Graph], dict[int, float]], seed: int
) -> None:
    random = np.random.default_rng(seed)
    ties = tied(PEOPLE, *random.integers(PEOPLE, size=(2, 120), dtype=np.int32))
    labels = random.integers(4, size=PEOPLE).astype(np.int32)
    values = {
        "bridging": bridges(ties, labels).bridging,
        "betweenness": betweenness(ties).values,
        "participation": roles(ties, labels).participation,
        "constraint": constraint(ties),
        "coreness": coreness(ties).astype(np.float64),
    }
    found = rank_ranges(ties, labels, np.stack([values[name] for name in MEASURES]), draws=DRAWS, seed=seed)
    drawn = [graph_of(without_some(ties, 0.1, np.random.default_rng([seed, number]))) for number in range(DRAWS)]
    ranked = np.array([places(by_networkx(graph)) for graph in [graph_of(ties), *drawn]])
    row = MEASURES.index(measure)
    assert found.now[row].tolist() == ranked[0].tolist()
    assert found.best[row].tolist() == ranked.min(axis=0).tolist()
    assert found.worst[row].tolist() == ranked.max(axis=0).tolist()
    assert len({graph.number_of_edges() for graph in drawn}) == 1, "a tenth goes each time"
