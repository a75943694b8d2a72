"""The most probable paths: against exhaustive search, networkx and the example of Yen (1971)."""

import math
from collections.abc import Collection, Iterator
from itertools import islice, pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.measures import paths as measured
from service.measures.completion import TieNetwork, tie_network
from service.measures.kernel import kernel
from service.measures.paths import MOST_HOPS, MOST_PATHS, MOST_THROUGH, Path, PathSearch, is_quick, most_probable_paths
from service.model.errors import Invalid

Ties = dict[tuple[int, int], float]
HALVES = [1.0, 0.5, 0.25, 0.125]
"""Products of these are exact, so that equal probabilities are equal in every order of multiplication."""


def network_of(people: int, ties: Ties, onward: float = 1.0) -> TieNetwork:
    pairs = sorted(ties)
    offsets = np.searchsorted([teller for teller, _ in pairs], np.arange(people + 1))
    return tie_network(
        offsets.astype(np.int64),
        np.array([listener for _, listener in pairs], dtype=np.int32),
        np.array([ties[pair] for pair in pairs], dtype=np.float64),
        onward,
    )


def every_path(
    people: int,
    ties: Ties,
    source: int,
    targets: Collection[int],
    max_hops: int,
    *,
    avoid: Collection[int] = (),
    onward: float = 1.0,
) -> Iterator[tuple[float, tuple[int, ...]]]:
    """Each simple path to its first target with its probability, by walking everywhere."""
    ends = set(targets) - {source} - set(avoid)

    def walked(path: tuple[int, ...], probability: float) -> Iterator[tuple[float, tuple[int, ...]]]:
        if path[-1] in ends:
            yield probability, path
        elif len(path) <= max_hops:
            for person in range(people):
                tie = ties.get((path[-1], person), 0.0)
                if tie > 0 and person not in path and person not in avoid:
                    yield from walked((*path, person), probability * tie * (1.0 if path == (source,) else onward))

    if source not in avoid:
        yield from walked((source,), 1.0)


def best_of(found: Iterator[tuple[float, tuple[int, ...]]], k: int) -> list[tuple[float, tuple[int, ...]]]:
    return sorted(found, key=lambda each: (-each[0], len(each[1]), each[1]))[:k]


def shown(search: PathSearch) -> list[tuple[float, tuple[int, ...]]]:
    return [(path.probability, path.people) for path in search.paths]


def drawn_ties(generator: np.random.Generator, people: int, density: float, chances: Collection[float]) -> Ties:
    return {
        (teller, listener): float(generator.choice(list(chances)))
        for teller in range(people)
        for listener in range(people)
        if teller != listener and generator.random() < density
    }


@pytest.mark.parametrize("seed", range(400))
def test_equals_exhaustive_search(seed: int) -> None:
    generator = np.random.default_rng(seed)
    people = int(generator.integers(2, 9))
    ties = drawn_ties(generator, people, generator.uniform(0.1, 0.9), [0.0, *HALVES])
    source = int(generator.integers(people))
    targets = set(generator.integers(people, size=generator.integers(1, 4)).tolist())
    avoid = set(generator.integers(people, size=generator.integers(0, 2)).tolist())
    k, max_hops = int(generator.integers(1, 12)), int(generator.integers(1, 8))
    onward = HALVES[seed % 3]

    search = most_probable_paths(network_of(people, ties, onward), source, targets, k=k, max_hops=max_hops, avoid=avoid)

    assert search.complete
    everywhere = every_path(people, ties, source, targets, max_hops, avoid=avoid, onward=onward)
    assert shown(search) == best_of(everywhere, k)


@pytest.mark.parametrize("seed", range(400))
def test_equals_exhaustive_search_through_people(seed: int) -> None:
    generator = np.random.default_rng(1_000 + seed)
    people = int(generator.integers(3, 9))
    ties = drawn_ties(generator, people, generator.uniform(0.2, 0.9), [0.0, *HALVES])
    source = int(generator.integers(people))
    targets = set(generator.integers(people, size=generator.integers(1, 4)).tolist())
    avoid = set(generator.integers(people, size=generator.integers(0, 2)).tolist())
    through = set(generator.integers(people, size=generator.integers(1, MOST_THROUGH + 1)).tolist())
    k, max_hops = int(generator.integers(1, 12)), int(generator.integers(2, 8))

    onward = HALVES[seed % 3]
    search = most_probable_paths(
        network_of(people, ties, onward), source, targets, k=k, max_hops=max_hops, avoid=avoid, through=through
    )

    assert search.complete
    everywhere = every_path(people, ties, source, targets, max_hops, avoid=avoid, onward=onward)
    assert shown(search) == best_of((path for path in everywhere if through <= set(path[1])), k)


def test_passes_through_people_in_whatever_order_is_more_probable() -> None:
    ties = {(0, 1): 0.5, (1, 2): 0.5, (2, 3): 0.5, (0, 2): 1.0, (2, 1): 0.5, (1, 3): 0.5, (0, 3): 1.0}
    network = network_of(4, ties)
    assert [path.people for path in most_probable_paths(network, 0, {3}, through={1, 2}).paths] == [
        (0, 2, 1, 3),
        (0, 1, 2, 3),
    ]
    assert most_probable_paths(network, 0, {3}, through={1, 2}, max_hops=2).paths == ()
    assert most_probable_paths(network, 0, {3}, through={1}, avoid={1}).paths == ()
    assert most_probable_paths(network, 0, {2, 3}, through={2, 3}).paths == ()


def test_finds_the_way_through_a_crowd_that_leads_nowhere() -> None:
    ties = trap(crowd=10)
    search = most_probable_paths(network_of(13, ties), 0, {12}, k=3, max_hops=7, through={2, 7})
    assert search.complete
    everywhere = every_path(13, ties, 0, {12}, 7)
    assert shown(search) == best_of((path for path in everywhere if {2, 7} <= set(path[1])), 3)


def test_refuses_to_pass_through_more_people_than_it_can() -> None:
    with pytest.raises(Invalid) as caught:
        most_probable_paths(network_of(6, {(0, 1): 0.5}), 0, {1}, through=range(1, MOST_THROUGH + 2))
    assert caught.value.problems[0].field == "through"


@settings(max_examples=200, deadline=None)
@given(
    ties=st.dictionaries(
        st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] != pair[1]),
        st.floats(0.0, 1.0),
        max_size=25,
    ),
    source=st.integers(0, 6),
    targets=st.sets(st.integers(0, 6), min_size=1, max_size=3),
    k=st.integers(1, 8),
    max_hops=st.integers(1, 6),
)
def test_finds_the_best_whatever_the_probabilities(
    ties: Ties, source: int, targets: set[int], k: int, max_hops: int
) -> None:
    search = most_probable_paths(network_of(7, ties), source, targets, k=k, max_hops=max_hops)

    everywhere = {people: bits(ties, people) for _, people in every_path(7, ties, source, targets, max_hops)}
    assert [bits(ties, path.people) for path in search.paths] == pytest.approx(
        sorted(everywhere.values())[:k], abs=1e-10
    )
    assert len({path.people for path in search.paths}) == len(search.paths)
    assert all(path.people in everywhere for path in search.paths)


def bits(ties: Ties, people: tuple[int, ...]) -> float:
    """What a path costs: the negative logarithm of its probability, which may be too small for a float."""
    return -sum(math.log2(ties[step]) for step in pairwise(people))


def trap(crowd: int) -> Ties:
    """A crowd reached through person 1 that seems to lead on, but only back through 1 and, hardly, elsewhere.

    The source is 0, the target the last person.
    """
    target = crowd + 2
    ties = {(0, 1): 0.5, (1, target): 0.5, (2, 3): 0.5**12, (3, target): 0.5}
    crowded = range(4, target)
    ties |= {(1, member): 1.0 for member in range(2, target)} | {(member, 1): 1.0 for member in range(2, target)}
    ties |= {(2, member): 1.0 for member in crowded} | {(member, 2): 1.0 for member in crowded}
    return ties | {(one, other): 1.0 for one in crowded for other in crowded if one != other}


@pytest.mark.parametrize("seed", range(4))
def test_finds_the_way_out_of_a_crowd_that_leads_nowhere(seed: int) -> None:
    generator = np.random.default_rng(seed)
    ties = {pair: chance * float(generator.choice([1.0, 1.0, 0.5])) for pair, chance in trap(crowd=10).items()}
    search = most_probable_paths(network_of(13, ties), 0, {12}, k=4, max_hops=7)
    assert search.complete
    assert shown(search) == best_of(every_path(13, ties, 0, {12}, 7), 4)


def test_works_no_more_than_needed_in_a_crowd_that_leads_nowhere() -> None:
    search = most_probable_paths(network_of(63, trap(crowd=60)), 0, {62}, k=3, max_hops=7)
    assert search.complete
    assert [path.people for path in search.paths] == [(0, 1, 62), (0, 1, 3, 62), (0, 1, 2, 3, 62)]
    assert search.steps < 1_000_000  # there are 600 million simple paths


def test_says_so_when_it_gives_up() -> None:
    ties = trap(crowd=9)
    expected = best_of(every_path(12, ties, 0, {11}, 6), 60)
    search = most_probable_paths(network_of(12, ties), 0, {11}, k=60, max_hops=6, most_steps=2_000)
    assert not search.complete
    assert 0 < len(search.paths) < 60
    assert shown(search) == expected[: len(search.paths)]


@pytest.mark.parametrize("seed", range(20))
def test_agrees_with_networkx(seed: int) -> None:
    generator = np.random.default_rng(seed)
    ties = drawn_ties(generator, 25, 0.12, generator.uniform(0.01, 1.0, 50))
    graph = nx.DiGraph()
    graph.add_nodes_from(range(25))
    graph.add_weighted_edges_from((*pair, -math.log2(chance)) for pair, chance in ties.items())
    if nx.has_path(graph, 0, 24):
        shortest = nx.shortest_simple_paths(graph, 0, 24, weight="weight")
        expected = list(islice((path for path in shortest if len(path) <= 7), 5))
    else:
        expected = []
    search = most_probable_paths(network_of(25, ties), 0, {24})
    assert [list(path.people) for path in search.paths] == expected


def test_yens_example() -> None:
    lengths = {"CD": 3, "CE": 2, "DF": 4, "ED": 1, "EF": 2, "EG": 3, "FG": 2, "FH": 1, "GH": 2}
    ties = {("CDEFGH".index(pair[0]), "CDEFGH".index(pair[1])): 0.5**length for pair, length in lengths.items()}
    search = most_probable_paths(network_of(6, ties), 0, {5}, k=7)
    assert [-math.log2(path.probability) for path in search.paths] == [5, 7, 8, 8, 8, 11, 11]
    assert ["".join("CDEFGH"[person] for person in path.people) for path in search.paths[:2]] == ["CEFH", "CEGH"]


def test_names_the_ties_of_a_path() -> None:
    ties = {(0, 1): 0.5, (0, 2): 0.25, (1, 2): 1.0, (2, 3): 0.5}
    search = most_probable_paths(network_of(4, ties), 0, {3})
    assert search.paths == (
        Path(people=(0, 1, 2, 3), ties=(0, 2, 3), chances=(0.5, 1.0, 0.5), probability=0.25),
        Path(people=(0, 2, 3), ties=(1, 3), chances=(0.25, 0.5), probability=0.125),
    )


def test_of_equal_probability_the_shorter_and_then_the_lower_numbered_goes_first() -> None:
    ties = {(0, 3): 0.5, (0, 2): 0.5, (0, 1): 1.0, (1, 4): 1.0, (3, 5): 1.0, (2, 5): 1.0, (4, 5): 0.5}
    search = most_probable_paths(network_of(6, ties), 0, {5})
    assert [path.people for path in search.paths] == [(0, 2, 5), (0, 3, 5), (0, 1, 4, 5)]


def test_ends_at_the_first_member_of_a_community_that_it_meets() -> None:
    ties = {(0, 1): 0.5, (1, 2): 1.0, (0, 3): 0.25, (3, 2): 1.0}
    search = most_probable_paths(network_of(4, ties), 0, {1, 2})
    assert [path.people for path in search.paths] == [(0, 1), (0, 3, 2)]


@pytest.mark.parametrize(
    ("source", "targets", "avoid"),
    [
        pytest.param(0, {3}, (), id="nobody listens to the only one on the way"),
        pytest.param(0, {0}, (), id="the source has it already"),
        pytest.param(0, set(), (), id="nobody to reach"),
        pytest.param(0, {2}, {1}, id="the only way is barred"),
        pytest.param(0, {2}, {0}, id="the source is to be avoided"),
        pytest.param(0, {2}, {2}, id="the target is to be avoided"),
        pytest.param(4, {2}, (), id="the source has no ties"),
        pytest.param(0, {4}, (), id="the target has no ties"),
    ],
)
def test_no_path_is_an_answer(source: int, targets: set[int], avoid: Collection[int]) -> None:
    ties = {(0, 1): 0.5, (1, 2): 0.5, (2, 3): 0.0}
    search = most_probable_paths(network_of(5, ties), source, targets, avoid=avoid)
    assert (search.paths, search.complete) == ((), True)


def test_the_source_looks_for_the_others_of_its_community() -> None:
    search = most_probable_paths(network_of(3, {(0, 1): 0.5, (1, 2): 0.5}), 0, {0, 2})
    assert [path.people for path in search.paths] == [(0, 1, 2)]


def test_certain_ties_all_the_way() -> None:
    hops = MOST_HOPS
    chain = {(person, person + 1): 1.0 for person in range(hops)}
    search = most_probable_paths(network_of(hops + 1, chain), 0, {hops}, max_hops=hops)
    assert [path.probability for path in search.paths] == [1.0]
    assert most_probable_paths(network_of(hops + 1, chain), 0, {hops}, max_hops=hops - 1).paths == ()


def test_hardly_possible_ties_all_the_way() -> None:
    hops = MOST_HOPS
    chain = {(person, person + 1): 5e-324 for person in range(hops)}
    search = most_probable_paths(network_of(hops + 1, chain), 0, {hops}, max_hops=hops)
    assert [len(path.ties) for path in search.paths] == [hops]


@pytest.mark.parametrize(
    ("k", "max_hops", "field"),
    [(0, 6, "k"), (MOST_PATHS + 1, 6, "k"), (5, 0, "maxHops"), (5, MOST_HOPS + 1, "maxHops")],
)
def test_refuses_limits_out_of_range(k: int, max_hops: int, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        most_probable_paths(network_of(2, {(0, 1): 0.5}), 0, {1}, k=k, max_hops=max_hops)
    assert caught.value.problems[0].field == field


@pytest.mark.parametrize(("source", "targets", "avoid"), [(2, {1}, ()), (0, {-1}, ()), (0, {1}, {2})])
def test_refuses_people_out_of_range(source: int, targets: set[int], avoid: Collection[int]) -> None:
    with pytest.raises(ValueError, match="exist"):
        most_probable_paths(network_of(2, {(0, 1): 0.5}), source, targets, avoid=avoid)


@pytest.mark.parametrize("chance", [-0.1, 1.1, math.nan])
def test_refuses_what_is_no_probability(chance: float) -> None:
    with pytest.raises(ValueError, match="probability"):
        network_of(2, {(0, 1): chance})


def test_a_search_is_quick_past_few_ties_in_few_hops_once_its_machine_code_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = network_of(3, {(0, 1): 0.5, (1, 2): 0.5})
    most_probable_paths(small, 0, [2])
    assert is_quick(small, max_hops=MOST_HOPS, through=MOST_THROUGH)
    large = small._replace(probabilities=np.zeros(200_000))
    asked = [(5, 0), (6, 0), (2, 1), (5, 1)]
    assert [is_quick(large, max_hops=hops, through=through) for hops, through in asked] == [True, False, True, False]
    monkeypatch.setattr(measured, "_best_first", kernel(lambda: 0))
    assert not is_quick(small, max_hops=1, through=0)
