"""How much each act adds to a tie: the shares add up, and each is what taking the act away takes from the weight."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.measures.shares import act_shares
from service.measures.ties import SECONDS_A_DAY, Evidence, ties_at

WEIGHTS = np.array([1.0, 0.5, 0.25])
AS_OF = 1_000 * SECONDS_A_DAY
ACTS = st.lists(
    st.tuples(st.integers(0, 2), st.one_of(st.just(float("nan")), st.floats(0, AS_OF))), min_size=1, max_size=40
)


def one_tie(acts: list[tuple[int, float]]) -> Evidence:
    """All acts are of person 1, who listens to person 0."""
    count = len(acts)
    return Evidence(
        listeners=np.ones(count, dtype=np.int32),
        tellers=np.zeros(count, dtype=np.int32),
        kinds=np.array([kind for kind, _ in acts], dtype=np.int8),
        times=np.array([time for _, time in acts]),
    )


@given(acts=ACTS, half_life=st.floats(1, 10_000))
def test_shares_add_up_and_are_in_proportion_to_what_each_act_weighs(
    acts: list[tuple[int, float]], half_life: float
) -> None:
    evidence = one_tie(acts)
    rows = np.arange(len(acts))
    shares = act_shares(evidence, rows, as_of=AS_OF, kind_weights=WEIGHTS, half_life_days=half_life)
    (total,) = ties_at(evidence, people=2, as_of=AS_OF, kind_weights=WEIGHTS, half_life_days=half_life).weights
    assert shares.sum() == pytest.approx(1) or (total == 0 and not shares.any())
    for share, (kind, time) in zip(shares, acts, strict=True):
        age = 0.0 if np.isnan(time) else (AS_OF - time) / SECONDS_A_DAY
        assert share * total == pytest.approx(WEIGHTS[kind] * 0.5 ** (age / half_life), rel=1e-9, abs=1e-300)


def test_what_does_not_count_has_no_share() -> None:
    evidence = one_tie([(0, AS_OF), (0, AS_OF + 1), (1, AS_OF)])
    shares = act_shares(evidence, np.arange(3), as_of=AS_OF, kind_weights=WEIGHTS)
    assert shares.tolist() == pytest.approx([2 / 3, 0, 1 / 3])
    assert act_shares(evidence, np.array([1]), as_of=AS_OF, kind_weights=WEIGHTS).tolist() == [0]
