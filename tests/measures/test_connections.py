"""New ties: against every throw of the coins with the tie in the network and without."""

import random
from itertools import pairwise

import numpy as np
import pytest

from service.measures.connections import MOST_FIRST, best_connections
from service.measures.reach import reach
from service.measures.reverse import Groups
from service.model.errors import Invalid
from tests.measures.live_edges import PUBLISHED, Ties, drawn_ties, exact, network_of


def gains(people: int, ties: Ties, person: int, probability: float, onward: float) -> dict[int, float]:
    """What each new tie would add, by putting it into the network."""
    before = exact(people, ties, [person], onward=onward)
    listening = {listener for (teller, listener), chance in ties.items() if teller == person and chance > 0}
    return {
        other: exact(people, {**ties, (person, other): probability}, [person], onward=onward) - before
        for other in range(people)
        if other != person and other not in listening
    }


@pytest.mark.parametrize(
    ("seed", "onward"), [*((seed, 1.0) for seed in range(25)), *((seed, 0.4) for seed in range(15))]
)
def test_each_gain_is_that_of_the_network_with_the_tie(seed: int, onward: float) -> None:
    dice = random.Random(seed)
    people = dice.randint(2, 8)
    ties = drawn_ties(dice, people, most=9 if onward == 1 else 5)
    person, probability = dice.randrange(people), dice.choice([0.1, 0.5, 1.0])
    expected = gains(people, ties, person, probability, onward)

    network = network_of(people, ties, onward)
    found = best_connections(network, person, probability=probability, first=people, seed=seed)

    assert {one.person for one in found.best} == {other for other, gain in expected.items() if gain > 1e-12}
    for one in found.best:
        assert one.gain.mean == pytest.approx(expected[one.person], abs=4.5 * one.gain.standard_error + 1e-9)
    alone = exact(people, ties, [person], onward=onward) - 1
    assert found.reached.mean == pytest.approx(alone, abs=4.5 * found.reached.standard_error + 1e-9)
    for better, worse in pairwise(found.best):  # ranked by other sets than those that their gains are read from
        error = (better.gain.standard_error**2 + worse.gain.standard_error**2) ** 0.5
        assert better.gain.mean >= worse.gain.mean - 6 * error - 1e-9


@pytest.mark.parametrize("onward", [1.0, 0.4])
@pytest.mark.parametrize("seed", range(10))
def test_together_is_the_network_with_all_of_them(seed: int, onward: float) -> None:
    dice = random.Random(seed)
    ties = drawn_ties(dice, 8, most=8 if onward == 1 else 5)
    found = best_connections(network_of(8, ties, onward), 0, probability=0.4, first=3, seed=seed)
    more = {(0, one.person): 0.4 for one in found.best}
    expected = exact(8, {**ties, **more}, [0], onward=onward) - exact(8, ties, [0], onward=onward)
    assert found.together.mean == pytest.approx(expected, abs=4.5 * found.together.standard_error + 1e-9)
    assert found.together.mean <= sum(one.gain.mean for one in found.best) + 0.05


def test_gains_are_not_read_off_the_sets_that_chose() -> None:
    """Of candidates as good as each other, those who chose think the chosen better than they are."""
    alone = 0.5  # themselves; who listens to them, for certain, is left out and not counted
    network = network_of(401, {(person, 200 + person): 1.0 for person in range(1, 201)})
    preferred = np.array([-1, *([0] * 200), *([-1] * 200)], dtype=np.int32)
    found = [
        best_connections(network, 0, probability=0.5, first=3, seed=seed, preferred=preferred).best[0].gain
        for seed in range(30)
    ]
    mean = sum(gain.mean for gain in found) / len(found)
    error = sum(gain.standard_error**2 for gain in found) ** 0.5 / len(found)
    assert mean == pytest.approx(alone, abs=3 * error)
    assert sum(gain.low <= alone <= gain.high for gain in found) >= 25  # of the 30, 28 or so are to be expected


def two_crowds() -> Ties:
    """Person 0 reaches one crowd through 1; a second crowd listens to person 11 and has no way from 0."""
    first = {(0, 1): 0.5} | {(1, member): 0.5 for member in range(2, 10)}
    return first | {(11, member): 0.5 for member in range(12, 20)}


def test_says_which_group_a_tie_would_open_up() -> None:
    labels = np.array([0] * 11 + [1] * 9, dtype=np.int32)
    found = best_connections(network_of(20, two_crowds()), 0, probability=0.5, first=3, groups=Groups(labels, 2))
    assert found.best[0].person == 11
    assert found.best[0].gain.mean == pytest.approx(0.5 * 5, abs=0.1)
    assert found.best[0].groups == pytest.approx([0, 2.5], abs=0.1)
    assert found.groups == pytest.approx([0.5 + 8 * 0.25, 0], abs=0.1)


def test_who_is_preferred_goes_first_and_who_is_ruled_out_never() -> None:
    preferred = np.zeros(20, dtype=np.int32)
    preferred[[5, 12]], preferred[11] = 1, -1
    found = best_connections(network_of(20, two_crowds()), 0, probability=0.5, first=4, preferred=preferred)
    people = [one.person for one in found.best]
    assert people[:2] == [12, 5]  # who is reached anyway would add less
    assert 11 not in people


def test_suggests_nobody_who_listens_already_or_would_add_nothing() -> None:
    certain = {(0, 1): 1.0, (1, 2): 1.0}
    found = best_connections(network_of(3, certain), 0, probability=0.5)
    assert found.best == ()
    assert found.together.mean == 0


def test_agrees_with_forward_simulation_of_the_network_with_the_tie() -> None:
    dice = random.Random(8)
    ties = {
        (one, other): dice.choice([0.02, 0.1, 0.3])
        for one in range(400)
        for other in dice.sample(range(400), 6)
        if one != other
    }
    found = best_connections(network_of(400, ties), 7, probability=0.6, first=3, seed=2)
    before = reach(network_of(400, ties), [7], runs=30_000, seed=1).totals
    for one in found.best:
        after = reach(network_of(400, {**ties, (7, one.person): 0.6}), [7], runs=30_000, seed=1).totals
        added = after - before
        assert (added >= 0).all()
        error = float(added.std() / len(added) ** 0.5) + one.gain.standard_error
        assert one.gain.mean == pytest.approx(float(added.mean()), abs=3.5 * error)


def test_the_same_seed_gives_the_same_answer_whatever_the_threads() -> None:
    network = network_of(300, drawn_ties(random.Random(1), 300, most=1_500))
    answers = [best_connections(network, 4, probability=0.2, seed=4, threads=threads) for threads in (1, 2, 5)]
    for other in answers[1:]:
        assert [one.person for one in other.best] == [one.person for one in answers[0].best]
        assert [one.gain for one in other.best] == [one.gain for one in answers[0].best]
        assert (other.together, other.reached, other.sets) == (answers[0].together, answers[0].reached, answers[0].sets)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("first", {"first": 0}),
        ("first", {"first": MOST_FIRST + 1}),
        ("probability", {"probability": 0.0}),
        ("probability", {"probability": 1.5}),
    ],
)
def test_refuses_numbers_out_of_range(field: str, wrong: dict[str, float]) -> None:
    given = {"probability": 0.5, **wrong}
    with pytest.raises(Invalid) as caught:
        best_connections(network_of(4, PUBLISHED), 0, **given)  # type: ignore[arg-type] # the numbers are the point
    assert caught.value.problems[0].field == field


def test_refuses_a_person_who_is_not_there() -> None:
    with pytest.raises(ValueError, match="exist"):
        best_connections(network_of(4, PUBLISHED), 4, probability=0.5)
