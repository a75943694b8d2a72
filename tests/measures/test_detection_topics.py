"""What sets communities apart, against the formula of Monroe, Colaresi and Quinn written out."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.measures.detection_topics import distinctiveness


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=60).filter(
        lambda rows: len({topic for _, topic in rows}) > 1
    )
)
def test_log_odds_with_a_prior_over_their_error(rows: list[tuple[int, int]]) -> None:
    groups, topics = (np.array(column, dtype=np.int32) for column in zip(*rows, strict=True))
    for group, topic, people, score in zip(*distinctiveness(groups, topics, shape=(4, 5)), strict=True):
        here = rows.count((group, topic))
        there = sum(other == topic for _, other in rows) - here
        size_here = sum(other == group for other, _ in rows)
        size_there = len(rows) - size_here
        prior, all_prior = 0.1 * (here + there), 0.1 * len(rows)
        odds = math.log((here + prior) / (size_here + all_prior - here - prior)) - math.log(
            (there + prior) / (size_there + all_prior - there - prior)
        )
        assert people == here > 0
        assert score == pytest.approx(odds / math.sqrt(1 / (here + prior) + 1 / (there + prior)))


def test_one_topic_sets_nobody_apart_and_no_topic_is_none() -> None:
    one = distinctiveness(np.array([0, 1, 1], np.int32), np.zeros(3, np.int32), shape=(2, 1))
    assert one[3].tolist() == [0.0, 0.0]
    empty = np.array([], dtype=np.int32)
    assert [len(column) for column in distinctiveness(empty, empty, shape=(2, 3))] == [0, 0, 0, 0]


def test_what_only_they_speak_of_comes_before_what_all_do() -> None:
    falls, tea, nights = 0, 1, 2
    rows = [(0, falls)] * 8 + [(0, tea)] * 9 + [(1, tea)] * 9 + [(1, nights)] * 8
    groups, topics = (np.array(column, dtype=np.int32) for column in zip(*rows, strict=True))
    group, topic, _, score = distinctiveness(groups, topics, shape=(2, 3))
    best = {int(one): int(topic[group == one][np.argmax(score[group == one])]) for one in (0, 1)}
    assert best == {0: falls, 1: nights}
