"""Credit along lineages: against networkx on random lineages, its sum kept, and nothing to be had by gaming it."""

import math
from collections import defaultdict
from collections.abc import Iterable

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from service.measures.credit import (
    EXCHANGED,
    NOBODY,
    OWN,
    Lineages,
    Parts,
    counted_adoptions,
    credit_parts,
    groups,
    resampled,
)
from service.model.errors import Invalid

MADE, TOLD, NOTICED = range(3)
SHARES = np.array([0.5, 0.3, 0.2])
DAMPING = 0.5
Had = dict[int, set[int]]
"""Who had one part in each thing."""


def lineages(edges: Iterable[tuple[int, int]], parts: list[Had], things: int, people: int) -> Lineages:
    """From a thing to what went into it; the makers (the first part) are the hands."""
    labels: dict[frozenset[int], int] = {}
    hands = np.full(things, NOBODY)
    for thing, makers in parts[MADE].items():
        if makers:
            hands[thing] = labels.setdefault(frozenset(makers), len(labels))
    rows = [np.array([(thing, one) for thing, ones in had.items() for one in ones]).reshape(-1, 2) for had in parts]
    used = np.array(sorted(edges)).reshape(-1, 2)
    return Lineages(
        made_of=groups(used[:, 0], used[:, 1], things),
        parts=tuple(groups(row[:, 0], row[:, 1], things) for row in rows),
        hands=hands,
        people=people,
    )


def by_walking(edges: list[tuple[int, int]], parts: list[Had], knowledge: int) -> dict[int, tuple[int, int, float]]:
    """Each person's part, distance and amount in one piece, by shortest paths and dictionaries."""
    graph = nx.DiGraph()
    graph.add_node(knowledge)
    for thing, source in edges:
        makers = parts[MADE].get(source)
        graph.add_edge(thing, source, hops=int(bool(makers) and makers != parts[MADE].get(thing)))
    distances = nx.single_source_dijkstra_path_length(graph, knowledge, weight="hops")
    best: dict[int, tuple[float, int, int]] = {}
    for thing, distance in distances.items():
        for part, had in enumerate(parts):
            for person in had.get(thing, ()):
                found = (-float(SHARES[part]) * DAMPING**distance, part, int(distance))
                best[person] = min(best.get(person, (math.inf, 0, 0)), found)
    pots: dict[int, float] = defaultdict(float)
    for _, part, distance in best.values():
        pots[part] += DAMPING**distance
    active = sum(SHARES[part] for part in pots)
    return {
        person: (part, distance, float(SHARES[part] / active * DAMPING**distance / pots[part]))
        for person, (_, part, distance) in best.items()
    }


def shown(parts: Parts, place: int = 0) -> dict[int, tuple[int, int, float]]:
    wanted = parts.knowledge == place
    columns = (parts.people, parts.parts, parts.distances, parts.amounts)
    return {
        int(one): (int(part), int(far), float(amount))
        for one, part, far, amount in zip(*(column[wanted] for column in columns), strict=True)
    }


@st.composite
def random_lineages(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[Had], int, int]:
    things, people = draw(st.integers(1, 9)), draw(st.integers(1, 6))
    pairs = [(thing, source) for thing in range(things) for source in range(thing)]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=20)) if pairs else []
    some = st.sets(st.integers(0, people - 1), max_size=3)
    parts = [{thing: draw(some) for thing in range(things)} for _ in range(3)]
    return edges, parts, things, people


@given(random_lineages())
def test_credit_is_what_walking_every_lineage_gives(
    drawn: tuple[list[tuple[int, int]], list[Had], int, int],
) -> None:
    edges, had, things, people = drawn
    found = credit_parts(lineages(edges, had, things, people), np.arange(things), SHARES, DAMPING)
    for thing in range(things):
        expected = by_walking(edges, had, thing)
        answer = shown(found, thing)
        assert {one: row[:2] for one, row in answer.items()} == {one: row[:2] for one, row in expected.items()}
        assert all(math.isclose(answer[one][2], expected[one][2]) for one in expected)
        assert math.isclose(sum(row[2] for row in answer.values()), 1 if expected else 0)


def test_a_small_lineage_by_hand() -> None:
    # 2 was made by 0 of the insight 1, which 1 noticed in what 2 told, and of 3's earlier guide 0.
    had: list[Had] = [{2: {0}, 0: {3}}, {1: {2}}, {1: {1}}]
    found = shown(credit_parts(lineages([(2, 1), (2, 0)], had, 3, 4), np.array([2]), SHARES, DAMPING))
    assert {one: row[:2] for one, row in found.items()} == {0: (MADE, 0), 3: (MADE, 1), 2: (TOLD, 0), 1: (NOTICED, 0)}
    assert [found[one][2] for one in (0, 3, 2, 1)] == pytest.approx([0.5 * 2 / 3, 0.5 / 3, 0.3, 0.2])


@pytest.mark.parametrize(("shares", "damping"), [([0, 0, 0], 0.5), ([1, 1], 0.5), ([1, -1, 1], 0.5), (SHARES, 0)])
def test_what_makes_no_sense_is_refused(shares: list[float], damping: float) -> None:
    with pytest.raises(Invalid):
        credit_parts(lineages([], [{}, {}, {}], 1, 1), np.array([0]), np.array(shares, dtype=float), damping)


# --- what one could do to have more


def one_guide(stories: int) -> tuple[list[tuple[int, int]], list[Had], int]:
    """A guide (thing 0) by 0, of an insight by 1 that 9 noticed and of as many of 2's as 2 told stories."""
    insights = range(2, 2 + stories)
    had: list[Had] = [{0: {0}}, {1: {1}, **{one: {2} for one in insights}}, {one: {9} for one in (1, *insights)}]
    return [(0, one) for one in (1, *insights)], had, 2 + stories


@pytest.mark.parametrize("stories", [2, 5, 40])
def test_who_splits_a_story_has_no_more_of_it(stories: int) -> None:
    whole, split = (
        shown(credit_parts(lineages(edges, had, things, 10), np.array([0]), SHARES, DAMPING))
        for edges, had, things in (one_guide(1), one_guide(stories))
    )
    assert split == whole


def test_who_uses_their_own_earlier_work_as_a_source_has_no_more_of_it() -> None:
    edges, had, things = one_guide(1)
    before = shown(credit_parts(lineages(edges, had, things, 10), np.array([0]), SHARES, DAMPING))
    own: list[Had] = [
        {**had[MADE], things: {0}, things + 1: {0}},
        {**had[TOLD], things + 2: {0}},
        {**had[NOTICED], things + 2: {0}},
    ]
    chain = [*edges, (0, things), (things, things + 1), (things + 1, things + 2)]
    after = shown(credit_parts(lineages(chain, own, things + 3, 10), np.array([0]), SHARES, DAMPING))
    assert after == before


def worth(pairs: list[tuple[int, int]], makers: list[int], same: list[int] | None = None) -> dict[int, float]:
    """What each person's guides are worth; guide i is made by `makers[i]` alone."""
    had: list[Had] = [{thing: {maker} for thing, maker in enumerate(makers)}, {}, {}]
    parts = credit_parts(lineages([], had, len(makers), 10), np.arange(len(makers)), SHARES, DAMPING)
    rows = np.array(pairs).reshape(-1, 2)
    counted = counted_adoptions(rows[:, 0], rows[:, 1], parts, np.array(same or range(len(makers))), people=10)
    found: dict[int, float] = defaultdict(float)
    for thing, weight in zip(counted.knowledge, counted.weights, strict=True):
        found[makers[thing]] += float(weight)
    return {one: found[one] for one in set(makers)}


def test_adopting_ones_own_work_or_again_counts_nothing() -> None:
    assert worth([(5, 0), (6, 0)], [0]) == {0: 2}
    assert worth([(5, 0), (6, 0), (0, 0), (5, 0)], [0]) == {0: 2}


def test_who_adopt_each_others_work_have_nothing_of_it() -> None:
    assert worth([(1, 0), (0, 1), (5, 0), (6, 1)], [0, 1]) == {0: 1, 1: 1}
    assert worth([(1, 0), (1, 2), (0, 1), (5, 0)], [0, 1, 0]) == {0: 2, 1: 0}, "what one did more often is left"


def test_what_netting_does_not_see_is_what_is_written_down() -> None:
    assert worth([(1, 0), (2, 1), (0, 2)], [0, 1, 2]) == {0: 1, 1: 1, 2: 1}, "a ring of three"
    had: list[Had] = [{0: {0}, 1: {1}}, {}, {0: {9}}]
    parts = credit_parts(lineages([], had, 2, 10), np.arange(2), SHARES, DAMPING)
    kept, netted = (
        counted_adoptions(rows[:, 0], rows[:, 1], parts, np.arange(2), people=10).weights[-1]
        for rows in (np.array([(1, 0)]), np.array([(9, 1), (1, 0)]))
    )
    assert (kept, netted) == (1, 0), "who tried a piece out and takes up the adopter's takes it from its maker as well"


def test_a_guide_in_many_pieces_is_worth_no_more() -> None:
    assert worth([(5, 0), (6, 0)], [0]) == {0: 2}
    assert worth([(5, 0), (5, 1), (5, 2), (6, 1)], [0, 0, 0], same=[7, 7, 7]) == {0: 2}


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=40),
    st.lists(st.integers(0, 9), min_size=6, max_size=6),
    st.lists(st.integers(0, 3), min_size=6, max_size=6),
)
def test_adoptions_are_netted_as_by_counting(pairs: list[tuple[int, int]], makers: list[int], same: list[int]) -> None:
    labels = [maker * 10 + topic for maker, topic in zip(makers, same, strict=True)]
    others = {(one, thing) for one, thing in pairs if makers[thing] != one}
    counted = {
        (one, thing): 1 / sum(who == one and labels[what] == labels[thing] for who, what in others)
        for one, thing in others
    }
    flow: dict[tuple[int, int], float] = defaultdict(float)
    for (one, thing), weight in counted.items():
        flow[one, makers[thing]] += weight
    expected: dict[int, float] = dict.fromkeys(makers, 0.0)
    for (one, other), forth in flow.items():
        expected[other] += max(0.0, forth - flow.get((other, one), 0.0))
    found = worth(pairs, makers, labels)
    assert all(math.isclose(found[one], expected[one], abs_tol=1e-9) for one in expected)


@given(
    st.sets(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=40),
    st.lists(st.integers(0, 9), min_size=6, max_size=6),
    st.tuples(st.integers(0, 5), st.integers(0, 5)),
)
def test_two_who_agree_to_adopt_each_other_gain_nothing_whatever_else_is_adopted(
    pairs: set[tuple[int, int]], makers: list[int], pieces: tuple[int, int]
) -> None:
    one, other = (makers[piece] for piece in pieces)
    new = {(one, pieces[1]), (other, pieces[0])}
    before, after = worth(sorted(pairs - new), makers), worth(sorted(pairs | new), makers)
    assert after[one] + after[other] <= before[one] + before[other] + 1e-9


def test_each_adoption_says_why_it_counts_as_it_does() -> None:
    had: list[Had] = [{0: {0}, 1: {1}}, {}, {}]
    parts = credit_parts(lineages([], had, 2, 10), np.arange(2), SHARES, DAMPING)
    rows = np.array([(0, 0), (0, 1), (1, 0), (5, 0)])
    counted = counted_adoptions(rows[:, 0], rows[:, 1], parts, np.arange(2), people=10)
    assert counted.reasons.tolist() == [OWN, EXCHANGED, EXCHANGED, 0]
    assert counted.weights.tolist() == [0, 0, 0, 1]


def test_the_interval_is_that_of_a_count_and_repeats() -> None:
    differences = csr_matrix(np.ones((1, 400)))
    low, high = resampled(differences, draws=4_000, share=0.9, seed=3)
    assert (low[0], high[0]) == pytest.approx((400 - 1.645 * 20, 400 + 1.645 * 20), abs=2.5)
    assert (
        resampled(differences, draws=50, share=0.9, seed=3)[0] == resampled(differences, draws=50, share=0.9, seed=3)[0]
    )
