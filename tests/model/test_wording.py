"""A count and its noun agree."""

import pytest

from service.model.wording import counted, these
from service.operations.amplification import at_most
from service.operations.reach import people_rounded


@pytest.mark.parametrize(("count", "words"), [(0, "0 steps"), (1, "1 step"), (2, "2 steps")])
def test_a_count_agrees_with_its_noun(count: int, words: str) -> None:
    assert counted(count, "step") == words


def test_a_noun_may_have_a_plural_of_its_own() -> None:
    assert [counted(count, "person", "people") for count in (1, 1_300)] == ["1 person", "1,300 people"]


def test_who_were_named_are_one_or_so_many() -> None:
    assert [these(count) for count in (1, 2)] == ["this one", "these 2"]


def test_one_step_is_not_said_to_be_fewer() -> None:
    assert [at_most(steps) for steps in (1, 6)] == ["1 step", "6 steps or fewer"]


def test_an_expected_number_agrees_as_it_is_read() -> None:
    assert [people_rounded(people) for people in (0.5, 0.999, 1.04, 1.06)] == [
        "0.5 people",
        "1 person",
        "1 person",
        "1.1 people",
    ]
