"""How far chances held, as the service answers it: too little history, a learnt past, and what was foretold."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from service.measures.ties import prior_probabilities
from service.model.answers import EvidenceKind, SimplerWay
from service.model.errors import Invalid, NotFound
from service.model.uptake import Calibration
from service.operations.answering import answer
from service.operations.chances import LEARNT, PRIOR
from service.operations.disclosure import at_month_end, people_shown
from service.operations.network import Network
from service.operations.projection import WEIGHTS, Standing, scope_of, standing
from service.operations.told import quarter_of
from tests.operations.viewers import viewer
from tests.operations.worlds import Row, World, write_world

STRANGER = viewer()
FIRST = datetime(2023, 1, 2, tzinfo=UTC)
PEOPLE = 12


def person(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def story(number: int) -> str:
    return f"00000000-0000-4000-8001-{number:012d}"


def keen_half(seed: int = 3, weeks: int = 90, keen: float = 0.4, other: float = 0.1, *, on_some: bool = False) -> World:
    """Everybody tells in turn, a story a day; the even half of the others takes it up four times as often as the odd.

    With `on_some` everybody is keen, but on one half of the tellers: the even on the even ones. Each act
    names its story; everybody has heard everybody on the first day.
    """
    random = np.random.default_rng(seed)
    rows: list[Row] = [{"type": "Person", "id": person(one), "name": f"P{one}"} for one in range(PEOPLE)]
    for one in range(PEOPLE):
        heard = {"type": "Observation", "kind": "heard_from", "byId": person(one), "at": FIRST.isoformat()}
        rows.extend({**heard, "toId": person(other)} for other in range(PEOPLE) if other != one)
    for number in range(weeks * 7 // 2):
        at, teller = FIRST + timedelta(days=1 + 2 * number), number % PEOPLE
        told = {"type": "Story", "id": story(number), "title": "S", "content": "Told", "tellerId": person(teller)}
        rows.append({**told, "at": at.isoformat()})
        for one in range(PEOPLE):
            is_keen = (one + teller if on_some else one) % 2 == 0
            if one != teller and random.random() < (keen if is_keen else other):
                shared = {"type": "Amplification", "kind": "share", "ofId": story(number), "byId": person(one)}
                rows.append({**shared, "at": (at + timedelta(days=float(random.uniform(0.1, 20)))).isoformat()})
    return World(rows)


async def calibrated(network: Network, **asked: object) -> Calibration:
    found = await answer(network, STRANGER, "calibration", asked)
    assert isinstance(found, Calibration)
    return found


async def test_without_history_the_prior_is_used_and_said(network: Network) -> None:
    await write_world(network, keen_half(weeks=3))
    found = await calibrated(network)
    assert not found.learnt
    assert found.scores is None
    assert found.fit is None
    assert found.reason
    assert "prior" in found.verdict
    tied = await standing(network, scope_of(STRANGER, "everyone"), None)
    assert not tied.chances.learnt
    assert tied.chances.words == PRIOR
    assert "Too little history" in (tied.chances.summary.warning or "")
    paths = await answer(network, STRANGER, "amplificationPaths", {"from": person(0), "to": person(1)})
    assert not paths.basis.learnt
    assert "each within 90 days" in paths.basis.question
    reached = await answer(network, STRANGER, "reach", {"people": [person(0)]})
    assert "prior" in reached.caution
    assert paths.basis.base_rate == 0.05
    assert paths.basis.calibration.warning == tied.chances.summary.warning
    assert (paths.basis.calibration.brier, paths.basis.calibration.simpler) == (None, [])
    assert paths.basis.calibration.curve == []


async def test_a_network_with_nothing_in_it_has_no_calibration(network: Network) -> None:
    found = await calibrated(network)
    assert not found.learnt
    assert found.reason
    assert found.kept.predictions == 0


async def test_learns_who_is_keen_and_every_answer_says_so(network: Network) -> None:
    await write_world(network, keen_half())
    found = await calibrated(network)
    assert found.learnt
    assert found.warning is None
    assert found.reason is None
    assert found.fit is not None
    assert found.scores is not None
    assert found.fit.base_rate == pytest.approx(0.245, abs=0.03)  # 40 % of five or six, 10 % of the others
    assert found.scores.opportunities == sum(one.opportunities for one in found.curve)
    assert found.scores.opportunities == sum(quarter.scores.opportunities for quarter in found.quarters)
    assert all(quarter.start == quarter_of(quarter.start) for quarter in found.quarters)
    assert all(one.scores.log_loss - found.scores.log_loss == pytest.approx(one.gain) for one in found.simpler)
    assert {signal.name for signal in found.fit.signals} >= {"tie", "activity", "teller output"}

    tied = await standing(network, scope_of(STRANGER, "everyone"), None)
    assert tied.chances.learnt
    keen = tied.ties.listeners % 2 == 0
    assert tied.network.probabilities[keen].mean() == pytest.approx(0.4, abs=0.08)
    assert tied.network.probabilities[~keen].mean() == pytest.approx(0.1, abs=0.06)
    assert ((tied.network.probabilities > 0) & (tied.network.probabilities < 1)).all()
    paths = await answer(network, STRANGER, "amplificationPaths", {"from": person(0), "to": person(2)})
    assert paths.basis.learnt
    assert paths.basis.base_rate == paths.basis.calibration.base_rate
    assert paths.basis.calibration.trained_until == quarter_of(tied.as_of)
    assert "Learnt from this network's own past" in paths.basis.prior
    summary = paths.basis.calibration
    assert 0 < summary.brier < summary.log_loss
    assert {one.way: one.log_loss for one in summary.simpler}.keys() == set(SimplerWay)
    assert min(one.log_loss for one in summary.simpler) == pytest.approx(summary.best_simpler_log_loss)
    assert summary.scored == sum(one.opportunities for one in summary.curve)

    early = await standing(network, scope_of(STRANGER, "everyone"), tied.as_of - timedelta(days=200))
    assert early.chances.summary.trained_until == quarter_of(early.as_of)
    assert early.chances.summary.opportunities < tied.chances.summary.opportunities


async def test_a_history_of_months_is_learnt_from_within_a_shorter_time(network: Network) -> None:
    await write_world(network, keen_half(weeks=46, keen=0.6, other=0.01, on_some=True))
    at = FIRST + timedelta(days=200)
    tied = await standing(network, scope_of(STRANGER, "everyone"), at)
    summary = tied.chances.summary
    assert (summary.learnt, summary.horizon_days) == (True, 30)
    assert summary.trained_until == tied.as_of.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = await answer(network, STRANGER, "reach", {"people": [person(0)], "asOf": at})
    assert "each within 30 days" in found.basis.question
    assert "prior" not in found.caution


async def test_what_came_later_changes_no_earlier_chance(network: Network) -> None:
    world, at = keen_half(), FIRST + timedelta(days=430)
    await write_world(network, World([row for row in world.rows if row.get("at", "") <= at.isoformat()]))
    then = await standing(network, scope_of(STRANGER, "everyone"), at)
    await write_world(network, World([row for row in world.rows if row.get("at", "") > at.isoformat()]))
    whole = await standing(network, scope_of(STRANGER, "everyone"), at)
    assert then.chances.learnt
    assert whole.chances.summary == then.chances.summary
    assert np.array_equal(whole.ties.listeners, then.ties.listeners)
    assert np.array_equal(whole.network.probabilities, then.network.probabilities)


async def test_scores_of_fewer_than_five_people_are_refused_and_those_of_all_but_fewer(network: Network) -> None:
    world, members = keen_half(weeks=60), [0, 1, 2, 3]
    silent = [{"type": "Person", "id": person(number), "name": f"P{number}"} for number in range(100, 110)]
    communities = {name: f"00000000-0000-4000-8002-{number:012d}" for number, name in enumerate(("few", "many"))}
    of = {"few": [*members, *range(100, 110)], "many": range(8)}
    rows: list[Row] = [{"type": "Community", "id": id, "name": name} for name, id in communities.items()]
    for days, (name, people) in enumerate(of.items()):
        since = (FIRST + timedelta(days=days)).isoformat()
        joined = {"type": "Membership", "communityId": communities[name], "since": since}
        rows.extend({**joined, "personId": person(number)} for number in people)
    await write_world(network, World([*world.rows, *silent, *rows]))
    tied = await at_month_end(network, scope_of(STRANGER, "everyone"), None)
    for id in communities.values():
        refused = await calibrated(network, scope=f"community:{id}")
        assert await people_shown(network, tied, f"community:{id}"), "not for its number of people"
        assert refused.scores is None
        assert not refused.curve
        assert not refused.quarters
        assert not refused.simpler
        assert "fewer than 5 people were scored" in str(refused.reason)


async def test_who_joins_a_scope_alone_moves_nothing_by_which_they_could_be_told_apart(network: Network) -> None:
    """Three communities of the same six, one of them with a seventh early on, one from a later day on."""
    clubs = [f"00000000-0000-4000-8002-{number:012d}" for number in range(3)]
    rows: list[Row] = [{"type": "Community", "id": id, "name": f"Club {id[-1]}"} for id in clubs]
    for number, (club, seventh) in enumerate(zip(clubs, (None, 250, 2), strict=True)):
        since = dict.fromkeys(range(6), number) | ({} if seventh is None else {6: seventh})
        of = {"type": "Membership", "communityId": club}
        rows.extend(
            {**of, "personId": person(one), "since": (FIRST + timedelta(days=days)).isoformat()}
            for one, days in since.items()
        )
    await write_world(network, World([*keen_half(weeks=60).rows, *rows]))
    found = [await calibrated(network, scope=f"community:{club}") for club in clubs]
    told = [(one.scores.opportunities, one.scores.uptakes) for one in found if one.scores]
    assert told
    assert len(set(told)) == 1
    assert found[0].scores == found[1].scores
    month = found[0].basis.as_of
    assert month == month.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    again = await calibrated(network, scope=f"community:{clubs[0]}", asOf=month + timedelta(days=3))
    assert again.scores == found[0].scores
    with pytest.raises(Invalid) as caught:
        await calibrated(network, scope=f"topic:{clubs[0]}")
    assert caught.value.problems[0].field == "scope"


def silent_until(world: World, people: Iterable[int], at: datetime) -> World:
    """The same, but some people hear of the others at a moment only and have done nothing before."""
    late = {person(one) for one in people}
    kept = [row for row in world.rows if row.get("byId") not in late or row["at"] > at.isoformat()]
    heard = {"type": "Observation", "kind": "heard_from", "at": at.isoformat()}
    pairs = [(by, person(to)) for by in sorted(late) for to in range(PEOPLE) if by != person(to)]
    return World([*kept, *({**heard, "byId": by, "toId": to} for by, to in pairs)])


async def test_a_quarter_that_tells_of_few_is_left_out_and_one_more_that_hides_it(network: Network) -> None:
    """Until 2024 only one in the scope has ever listened: those quarters tell of one, the next one with them."""
    club, newcomers = "00000000-0000-4000-8002-000000000009", [2, 4, 6, 8, 10]
    world = silent_until(keen_half(), newcomers, datetime(2024, 1, 3, tzinfo=UTC))
    rows: list[Row] = [{"type": "Community", "id": club, "name": "Club"}]
    since = {"type": "Membership", "communityId": club, "since": FIRST.isoformat()}
    rows.extend({**since, "personId": person(number)} for number in [0, *newcomers])
    await write_world(network, World([*world.rows, *rows]))
    whole = await calibrated(network)
    within = await calibrated(network, scope=f"community:{club}")
    assert [quarter.start.month for quarter in whole.quarters] == [7, 10, 1, 4, 7]
    assert within.scores
    assert [quarter.start.month for quarter in within.quarters] == [4, 7]
    shown = sum(quarter.scores.opportunities for quarter in within.quarters)
    assert shown < within.scores.opportunities


async def test_of_the_whole_network_too_a_quarter_that_tells_of_few_is_left_out(network: Network) -> None:
    """All of it may be of one scope: what that does not show would be shown here."""
    world = silent_until(keen_half(), range(3, PEOPLE), datetime(2024, 1, 3, tzinfo=UTC))
    await write_world(network, world)
    found = await calibrated(network)
    assert found.scores
    assert [quarter.start.month for quarter in found.quarters] == [4, 7]
    shown = sum(quarter.scores.opportunities for quarter in found.quarters)
    assert shown < found.scores.opportunities


async def test_acts_without_a_time_make_a_prior_and_add_nothing_to_what_is_learnt(network: Network) -> None:
    await write_world(network, keen_half())
    before = await standing(network, scope_of(STRANGER, "everyone"), None)
    untimed = {"type": "Observation", "kind": "heard_from", "toId": person(1), "undated": True}
    newcomer: Row = {"type": "Person", "id": person(50), "name": "P50"}
    acts = [{**untimed, "byId": person(by)} for by in [50] * 3 + [3] * 30]
    await write_world(network, World([newcomer, *acts]))
    after = await standing(network, scope_of(STRANGER, "everyone"), None)
    assert after.chances.learnt
    assert after.chances.words == LEARNT

    def chance(of: Standing, by: int) -> float:
        tie = of.ties.between(of.projection.numbers[person(1)], of.projection.numbers[person(by)])
        assert tie is not None
        return float(of.network.probabilities[tie])

    assert after.undated == 33
    assert chance(after, 3) == pytest.approx(chance(before, 3))
    weights = np.array([3 * WEIGHTS[EvidenceKind.observation]])
    assert chance(after, 50) == pytest.approx(float(prior_probabilities(weights)[0]))
    weights = np.array([30 * WEIGHTS[EvidenceKind.observation]])
    assert chance(after, 3) < float(prior_probabilities(weights)[0]), "it is as the answer says, not as one might think"


@pytest.mark.parametrize("horizon", [0, 366])
async def test_a_horizon_out_of_range_is_refused_by_its_name(network: Network, horizon: int) -> None:
    with pytest.raises(Invalid) as caught:
        await calibrated(network, horizonDays=horizon)
    assert caught.value.problems[0].field == "horizonDays"


async def test_what_is_unknown_or_too_small_is_said(network: Network) -> None:
    await write_world(network, keen_half(weeks=3))
    with pytest.raises(Invalid) as caught:
        await calibrated(network, scope=f"community:{person(0)}")
    assert caught.value.problems[0].field == "scope"
    with pytest.raises(NotFound):
        await calibrated(network, audience=f"community:{person(0)}")
    with pytest.raises(Invalid):
        await calibrated(network, asOf=FIRST - timedelta(days=400))
