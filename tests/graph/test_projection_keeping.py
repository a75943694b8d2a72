"""What is kept of a projection is bounded by what it holds in memory, and not by how many things there are."""

import sys
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from service.graph.projection_keeping import Kept, bytes_of


@dataclass(frozen=True, slots=True)
class Computed:
    name: str
    numbers: NDArray[np.float64]
    again: tuple[NDArray[np.float64], ...]


def computed(size: int) -> Computed:
    numbers = np.zeros(size)
    return Computed("computed", numbers, (numbers, np.zeros(size)))


def test_an_array_is_counted_once_however_often_it_is_held_and_not_where_it_is_another_s() -> None:
    assert bytes_of(computed(1_000)) == pytest.approx(16_000, rel=0.05)
    ours = computed(1_000)
    assert bytes_of(ours, [ours.numbers]) == pytest.approx(8_000, rel=0.05)


def test_many_words_are_counted_as_if_all_were_like_the_first_few() -> None:
    words = [f"word {number:08d}" for number in range(10_000)]
    whole = sys.getsizeof(words) + sum(map(sys.getsizeof, words))
    assert bytes_of(words) == pytest.approx(whole, rel=0.01)
    assert bytes_of(dict.fromkeys(words, 1.5)) > whole


def test_beyond_so_many_bytes_the_oldest_goes_and_the_newest_stays_however_large_it_is() -> None:
    kept = Kept(most=50_000)
    for number in range(20):
        kept.keep(number, computed(1_000))
        assert kept.bytes <= 50_000
    assert [number for number in range(20) if kept.get(number)] == [17, 18, 19]
    kept.get(17)
    kept.keep("newer", computed(1_000))
    assert kept.get(17)
    assert kept.get(18) is None
    kept.keep("large", computed(100_000))
    assert len(kept) == 1
    kept.keep("large", computed(10))
    assert kept.bytes < 10_000


def test_small_things_are_kept_by_the_hundred() -> None:
    kept = Kept(most=1_000_000)
    for number in range(200):
        kept.keep(number, computed(10))
    assert len(kept) == 200
