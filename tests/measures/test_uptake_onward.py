"""What is passed on: against the same worked out one by one, and where it is known how much less it is heard."""

import math

import numpy as np
import pytest
from hypothesis import given, settings

from service.measures.ties import SECONDS_A_DAY, Evidence
from service.measures.uptake import Opportunities, opportunities
from service.measures.uptake_fit import Fit, fitted
from service.measures.uptake_onward import Onward, onward, passed_on, unseen_share
from service.measures.uptake_rolling import Period, known_by, rolling
from service.measures.uptake_signals import CONTRIBUTION, SIGNALS, STORY, History, Tellings
from service.model.errors import Invalid
from tests.measures.test_uptake import HALF_LIVES, HORIZON, Act, Telling, acts, by_hand, history, tellings

PEOPLE = 30
DAYS = 720


def concerned(told: list[Telling], act: Act) -> set[int]:
    """The telling that an act reacts to, that which it answers, and so on."""
    found, about = set[int](), act[3]
    while 0 <= about < len(told) and about not in found:
        found.add(about)
        about = told[about][3]
    return found


def first_reactions(told: list[Telling], done: list[Act]) -> dict[tuple[int, int], Act]:
    """The first act by which each person reacted to each telling of somebody else, or to what answers it."""
    found: dict[tuple[int, int], Act] = {}
    for act in sorted((one for one in done if not math.isnan(one[2])), key=lambda one: one[2]):
        for about in concerned(told, act):
            if act[2] > told[about][1] and act[0] != told[about][0]:
                found.setdefault((about, act[0]), act)
    return found


@settings(max_examples=300)
@given(tellings, acts)
def test_equals_what_is_worked_out_one_by_one(told: list[Telling], done: list[Act]) -> None:
    ordered = sorted(told, key=lambda one: one[1])
    firsts = first_reactions(ordered, done)
    wanted = []
    for (about, taker), act in firsts.items():
        at = act[2]
        # Passed on, it is a telling of theirs like another; but what people tell is counted without it.
        retold = [(taker, int(at), ordered[about][2], -1), *ordered]
        known = by_hand(retold, done, HALF_LIVES[0])
        for (number, listener), (_, signals) in known.items():
            place = sorted(retold, key=lambda one: one[1])[number]
            earlier = (about, listener) in firsts and firsts[about, listener][2] <= at
            if place is not retold[0] or earlier or listener == ordered[about][0]:
                continue
            taken = any(
                one[:2] == (listener, taker) and about in concerned(ordered, one) and at < one[2] <= at + HORIZON
                for one in done
                if not math.isnan(one[2])
            )
            wanted.append((at, taker, listener, taken, [round(each, 4) for each in signals]))
    rows = passed_on(history(told, done), horizon_days=HORIZON, half_lives=HALF_LIVES)
    found = [
        (at / SECONDS_A_DAY, teller, listener, taken, [round(float(each), 4) for each in signals])
        for at, teller, listener, taken, signals in zip(
            rows.times.tolist(),
            rows.tellers.tolist(),
            rows.listeners.tolist(),
            rows.taken.tolist(),
            rows.signals[0],
            strict=True,
        )
    ]
    assert [one[:4] for one in sorted(found)] == [one[:4] for one in sorted(wanted)]
    for ours, theirs in zip(sorted(found), sorted(wanted), strict=True):
        assert ours[4] == pytest.approx(theirs[4], abs=2e-4)
    assert (rows.known == rows.times + HORIZON * SECONDS_A_DAY).all()
    assert (np.diff(rows.times) >= 0).all()


@given(tellings, acts)
def test_unseen_are_those_whose_first_reaction_is_the_first_sign(told: list[Telling], done: list[Act]) -> None:
    ordered = sorted(told, key=lambda one: one[1])
    firsts = first_reactions(ordered, done).values()
    dated = [one for one in done if not math.isnan(one[2]) and one[0] != one[1]]
    new = [act for act in firsts if not any(one[:2] == act[:2] and one[2] < act[2] for one in dated)]
    found = unseen_share(history(told, done), 200 * SECONDS_A_DAY)
    assert found == (pytest.approx(len(new) / len(firsts)) if firsts else pytest.approx(math.nan, nan_ok=True))
    assert math.isnan(unseen_share(history(told, done), -1.0))


def planted(seed: int, share: float, kind: int = STORY) -> History:
    """A ring in which each listens to the five before, takes up a fifth first-hand, and `share` of that passed on."""
    random = np.random.default_rng(seed)
    done = [((u + step) % PEOPLE, u, 0.5, -1) for u in range(PEOPLE) for step in range(1, 6)]
    told = [(u, day + u / PEOPLE) for day in range(2, DAYS, 12) for u in range(PEOPLE)]
    for number, (teller, at) in enumerate(told):
        reached, queue = {teller}, [(teller, at, 0.2)]
        while queue:
            person, when, chance = queue.pop()
            for step in range(1, 6):
                other = (person + step) % PEOPLE
                if other not in reached and random.random() < chance:
                    reached.add(other)
                    after = when + random.uniform(0.1, 5)
                    done.append((other, person, after, number))
                    queue.append((other, after, 0.2 * share))
    return History(
        people=PEOPLE,
        evidence=Evidence(
            listeners=np.array([act[0] for act in done], dtype=np.int32),
            tellers=np.array([act[1] for act in done], dtype=np.int32),
            kinds=np.zeros(len(done), dtype=np.int8),
            times=np.array([act[2] for act in done]) * SECONDS_A_DAY,
        ),
        about=np.array([act[3] for act in done], dtype=np.int64),
        tellings=Tellings(
            tellers=np.array([one[0] for one in told], dtype=np.int32),
            times=np.array([one[1] for one in told]) * SECONDS_A_DAY,
            kinds=np.full(len(told), kind, dtype=np.int8),
            answering=np.full(len(told), -1, dtype=np.int64),
        ),
    )


def learnt(known: History) -> tuple[Onward, Opportunities, tuple[Period, ...], Fit]:
    until = DAYS * SECONDS_A_DAY
    first_hand = opportunities(known, horizon_days=HORIZON, half_lives=(60.0,))
    periods = rolling(first_hand, [day * SECONDS_A_DAY for day in range(180, DAYS, 90)], until)
    fit = fitted(first_hand, known_by(first_hand, until))
    rows = passed_on(known, horizon_days=HORIZON, half_lives=(60.0,))
    return onward(rows, periods, fit, until), rows, periods, fit


@pytest.mark.parametrize("kind", [STORY, CONTRIBUTION])
@pytest.mark.parametrize("share", [0.2, 0.5])
def test_finds_how_much_less_is_heard_what_is_passed_on(share: float, kind: int) -> None:
    found, rows, *_ = learnt(planted(1, share, kind))
    # Nobody is open to it who reacted before; of the rest, each hears it by a chance of its own.
    error = found.factor / math.sqrt(found.taken)
    assert found.factor == pytest.approx(share, abs=3 * error + 0.02)
    assert found.taken == rows.taken[known_by(rows, DAYS * SECONDS_A_DAY)].sum()
    assert found.rows == len(known_by(rows, DAYS * SECONDS_A_DAY))
    assert found.log_loss < found.first_hand_log_loss
    assert found.predicted == pytest.approx(found.observed, abs=0.01)
    assert found.scored > found.rows / 2


def test_what_is_heard_as_well_counts_alike_and_never_more() -> None:
    alike, *_ = learnt(planted(2, 1.0))
    assert 0.9 < alike.factor <= 1
    better, *_ = learnt(planted(3, 2.0))
    assert better.factor == 1
    assert better.taken > better.expected


def test_counts_as_told_where_later_quarters_were_foretold_better_so() -> None:
    _, rows, periods, fit = learnt(planted(4, 0.3))
    cut = 500 * SECONDS_A_DAY
    turned = rows.taken.copy()
    late = np.flatnonzero((rows.times > cut) & ~turned)
    turned[late[: len(late) // 2]] = True  # from then on, far more is taken up than ever before
    kept = {name: getattr(rows, name) for name in ("tellings", "tellers", "listeners", "times", "known", "signals")}
    other = Opportunities(**kept, taken=turned, half_lives=rows.half_lives, share=1.0)
    found = onward(other, periods, fit, DAYS * SECONDS_A_DAY)
    assert found.first_hand_log_loss < found.log_loss
    assert found.factor == 1


def test_stories_are_counted_alone_where_there_are_enough() -> None:
    _, rows, periods, fit = learnt(planted(5, 0.3))
    said = np.zeros(len(rows), dtype=np.bool_)
    said[::2] = True
    signals = rows.signals.copy()
    signals[:, said, SIGNALS.index("contribution")] = 1.0
    kept = {name: getattr(rows, name) for name in ("tellings", "tellers", "listeners", "times", "known")}
    mixed = Opportunities(**kept, taken=rows.taken & ~said, half_lives=rows.half_lives, signals=signals, share=1.0)
    found = onward(mixed, periods, fit, DAYS * SECONDS_A_DAY)
    stories = known_by(mixed, DAYS * SECONDS_A_DAY)
    assert found.rows == (~said[stories]).sum()
    assert found.factor == pytest.approx(0.3, abs=0.05)


def test_nothing_passed_on_counts_as_told_first_hand() -> None:
    known = planted(6, 0.0)
    alone = known.evidence.tellers == known.tellings.tellers[known.about]
    assert alone[known.about >= 0].all()
    found, *_ = learnt(known)
    assert found.taken == 0
    assert found.factor < 0.01, "many could have taken it up, and nobody did"
    assert len(passed_on(history([], []), horizon_days=HORIZON, half_lives=HALF_LIVES)) == 0


def test_refuses_a_horizon_of_nothing() -> None:
    with pytest.raises(Invalid, match="horizon"):
        passed_on(planted(7, 0.5), horizon_days=0, half_lives=(60.0,))
