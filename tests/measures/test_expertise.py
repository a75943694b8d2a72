"""Expertise's order, and answers by counting."""

import math
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.measures.expertise import answering, expertise
from service.model.errors import Invalid


@given(st.integers(0, 200), st.integers(0, 200))
def test_thanks_raise_and_corrections_lower_expertise(supporters: int, correctors: int) -> None:
    here, thanked, corrected = (
        float(expertise(np.array([supporters + more]), np.array([correctors + less]))[0])
        for more, less in ((0, 0), (1, 0), (0, 1))
    )
    assert thanked > here
    assert corrected < here or supporters == 0
    assert here <= supporters


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 100), st.one_of(st.none(), st.integers(0, 60))), max_size=30)
)
def test_answers_are_counted_as_by_hand(rows: list[tuple[int, int, int | None]]) -> None:
    people = np.array([one for one, _, _ in rows], dtype=np.int64)
    times = np.array([time for _, time, _ in rows], dtype=np.float64)
    waited = np.array([math.inf if wait is None else wait for _, _, wait in rows], dtype=np.float64)
    found = answering(people, times, times + waited, count=5, now=100.0, patience=30.0)
    for person in range(5):
        own = [(time, wait) for one, time, wait in rows if one == person]
        old = [wait for time, wait in own if time <= 70]
        good = [wait for wait in old if wait is not None and wait <= 30]
        assert (found.asked[person], found.answered[person]) == (len(old), len(good))
        assert found.open[person] == sum(time > 70 and wait is None for time, wait in own)
        assert found.median[person] == median(good) if good else math.isnan(found.median[person])


def test_an_answer_comes_after_its_question() -> None:
    with pytest.raises(Invalid):
        answering(np.array([0]), np.array([5.0]), np.array([4.0]), count=1, now=9.0, patience=1.0)
