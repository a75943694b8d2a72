"""What answers foretell and suggest is kept, and compared with what was told and taken up since."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise
from time import monotonic
from typing import Any

import numpy as np
import pytest

from service.model.errors import Conflict
from service.model.kinds import KINDS
from service.operations import predictions
from service.operations.answering import answer
from service.operations.chances import HORIZON_DAYS
from service.operations.deleting import delete_item
from service.operations.keys import OPERATOR
from service.operations.network import Network, open_network
from service.operations.predictions import MOST_PAIRS, SUGGESTING, Expected, keep_predictions
from service.operations.projection import Standing, scope_of, standing
from service.settings import Settings
from tests.operations.test_uptake import FIRST, PEOPLE, STRANGER, calibrated, keen_half, person
from tests.operations.viewers import viewer
from tests.operations.worlds import Row, World, write_world
from tests.operations.writers import made

HORIZON = timedelta(days=HORIZON_DAYS)
CLUB = "00000000-0000-4000-8002-000000000001"
PARTS = ("Prediction", "Chance", "Spread")


async def tied_at(network: Network, *, days_before: int = 0) -> Standing:
    latest = await standing(network, scope_of(STRANGER, "everyone"), None)
    return await standing(network, scope_of(STRANGER, "everyone"), latest.as_of - timedelta(days=days_before))


async def said(network: Network, *, days_after: int) -> None:
    """Have what was foretold so far said so many days after the moment from which it foretells."""
    text = "MATCH (one:Prediction) SET one.at = one.asOf + duration({days: $days})"
    await network.graph.write(text, {"days": days_after})


async def asked(network: Network, name: str, **given: object) -> object:
    found: object = await answer(network, STRANGER, name, given)
    await asyncio.gather(*network.background)
    return found


def stories(world: World, early: Standing, tellers: list[str]) -> dict[str, str]:
    """The stories that these people told within the horizon after, and by whom."""
    start, end = early.as_of.isoformat(), (early.as_of + HORIZON).isoformat()
    return {
        row["id"]: row["tellerId"] for row in world.rows if row.get("tellerId") in tellers and start < row["at"] <= end
    }


async def test_what_was_foretold_is_kept_once_and_compared_with_what_happened(network: Network) -> None:
    world = keen_half()
    await write_world(network, world)
    assert "kept" in str((await calibrated(network)).kept.reason)
    latest, early = await tied_at(network), await tied_at(network, days_before=200)
    listeners = [person(one) for one in range(1, 6)]
    foretold = [(person(0), one, 0.1 * number) for number, one in enumerate(listeners, start=1)]
    await keep_predictions(network, "test", early, foretold[:4])
    await asyncio.gather(*network.background)
    await said(network, days_after=0)
    assert "fewer than 5" in str((await calibrated(network)).kept.reason)
    for tied in (early, early, latest):
        await keep_predictions(network, "test", tied, foretold)
        await asyncio.gather(*network.background)
    await said(network, days_after=0)

    found = (await calibrated(network)).kept
    told = stories(world, early, [person(0)])
    taken = [row["byId"] for row in world.rows if row.get("ofId") in told]
    assert (found.predictions, found.waiting) == (3, 1)
    assert found.reason is None
    assert found.scores is not None
    assert found.scores.opportunities == (4 + 5) * len(told)
    happened = sum(taken.count(one) for one in listeners[:4]) + sum(taken.count(one) for one in listeners)
    assert found.scores.uptakes == happened
    assert found.predicted == pytest.approx((1.0 + 1.5) / 9)
    assert found.observed == pytest.approx(happened / 9 / len(told))


async def test_what_is_said_in_hindsight_is_told_apart_and_what_is_said_ahead_counts_once_it_was_said(
    network: Network,
) -> None:
    """Who asks of the past chooses whom to ask of by what has come since; nobody could follow what that suggests."""
    world = keen_half()
    await write_world(network, world)
    early = await tied_at(network, days_before=200)
    (soon, *_) = stories(world, early, [person(one) for one in range(PEOPLE)]).values()
    pairs = [(soon, person(one), 0.2) for one in range(PEOPLE) if person(one) != soon]
    await keep_predictions(network, SUGGESTING, early, pairs, [Expected(teller=soon, listeners=11, takers=2.2)])
    await asyncio.gather(*network.background)
    told = stories(world, early, [soon])
    for days_after in (None, 8):
        if days_after is not None:
            await said(network, days_after=days_after)
        late = await calibrated(network)
        assert (late.kept.predictions, late.hindsight.predictions) == (0, 1)
        assert "ahead" in str(late.kept.reason)
        assert late.hindsight.scores is not None
        assert late.hindsight.scores.opportunities == len(pairs) * len(told)
        assert late.hindsight.suggestions is None

    await said(network, days_after=6)
    found = await calibrated(network)
    assert (found.kept.predictions, found.hindsight.predictions) == (1, 0)
    assert found.kept.suggestions is not None
    start, end = (early.as_of + timedelta(days=6)).isoformat(), (early.as_of + timedelta(days=6) + HORIZON).isoformat()
    since = [row for row in world.rows if row.get("tellerId") == soon and start < row["at"] <= end]
    assert {row["id"] for row in since} != set(told)
    assert found.kept.scores is not None
    assert found.kept.scores.opportunities == len(pairs) * len(since)
    for days, count in ((5, 0), (7, 1)):
        then = await calibrated(network, asOf=early.as_of + timedelta(days=days))
        assert (then.kept.predictions, then.hindsight.predictions) == (count, 0), "it stays as it was said by then"


async def test_what_is_foretold_twice_before_it_is_written_is_kept_once_and_so_is_another_answer(
    network: Network,
) -> None:
    await write_world(network, keen_half())
    early = await tied_at(network, days_before=200)
    for chance in (0.1, 0.1, 0.2):
        await keep_predictions(network, "test", early, [(person(0), person(1), chance)])
    await asyncio.gather(*network.background)
    rows = await network.graph.read(
        "MATCH (:Prediction)-->(one:Chance) RETURN one.probability AS chance ORDER BY chance"
    )
    assert [row["chance"] for row in rows] == [0.1, 0.2]


async def test_what_is_foretold_on_a_communitys_audience_is_kept_by_nobody(network: Network) -> None:
    """It would tell who reads the graph, by name, what only its members have told each other."""
    closed = f"community:{CLUB}"
    heard = {"type": "Observation", "kind": "heard_from", "audience": closed}
    confidences = [{**heard, "byId": person(one), "toId": person(20)} for one in range(3)]
    rows: list[Row] = [
        {"type": "Community", "id": CLUB, "name": "Club"},
        {"type": "Person", "id": person(20), "name": "P20"},
        *({**row, "at": (FIRST + timedelta(days=1)).isoformat()} for row in confidences),
    ]
    await write_world(network, World([*keen_half(weeks=3).rows, *rows]))
    member = viewer(CLUB)
    given = {"audience": closed, "people": [person(20)]}
    inside = await answer(network, member, "reach", given)
    assert inside.basis.ties > (await tied_at(network)).network.forward.offsets[-1], "it rests on confidences"
    await answer(network, member, "amplifiers", {"audience": closed, "budget": 2})
    await answer(network, member, "nextConnections", {"audience": closed, "person": person(20)})
    await asyncio.gather(*network.background)
    labels = await network.graph.read("MATCH (one:Prediction|Chance|Spread) RETURN labels(one) AS labels")
    assert labels == []

    await asked(network, "reach", people=[person(0)])
    within, open_to_all = [
        await answer(network, member, "calibration", {"audience": audience}) for audience in (closed, "everyone")
    ]
    for reason in (within.kept.reason, within.hindsight.reason):
        assert "community's audience is kept by nobody" in reason
    assert open_to_all.hindsight.predictions == 1
    assert "community" not in open_to_all.hindsight.reason


async def test_what_is_foretold_just_as_writing_ends_is_written_too(network: Network) -> None:
    await write_world(network, keen_half(weeks=3))
    tied = await tied_at(network)
    done = asyncio.create_task(asyncio.sleep(0))
    await done
    network.background.add(done)
    await keep_predictions(network, "test", tied, [(person(0), person(1), 0.1)])
    await asyncio.gather(*network.background)
    assert await foretold(network) == [0.1]


async def test_what_waits_to_be_written_is_written_as_the_network_is_closed(
    network: Network, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictions, "GATHER_SECONDS", 60.0)
    monkeypatch.setattr(predictions, "WRITTEN_AT_ONCE", 2)
    await write_world(network, keen_half(weeks=3))
    async with asyncio.timeout(30), open_network(settings) as closed:
        for chance in (0.1, 0.2, 0.3):
            await keep_predictions(closed, "test", await tied_at(closed), [(person(0), person(1), chance)])
        assert await foretold(network) == []
    assert await foretold(network) == [0.1, 0.2, 0.3]


async def test_no_more_answers_are_kept_than_are_gathered(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictions, "MOST_WRITING", 2)
    await write_world(network, keen_half(weeks=3))
    tied = await tied_at(network)
    for chance in (0.1, 0.2, 0.3):
        await keep_predictions(network, "test", tied, [(person(0), person(1), chance)])
    await asyncio.gather(*network.background)
    assert await foretold(network) == [0.1, 0.2]


async def test_what_was_foretold_waits_until_nobody_asks_but_no_longer_than_so_long(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, seconds in (("GATHER_SECONDS", 0.01), ("QUIET_SECONDS", 0.5), ("LONGEST_SECONDS", 60.0)):
        monkeypatch.setattr(predictions, name, seconds)
    await write_world(network, keen_half(weeks=3))
    tied = await tied_at(network)

    async def asked_for(seconds: float) -> None:
        until = monotonic() + seconds
        while monotonic() < until:
            await keep_predictions(network, "test", tied, [(person(0), person(1), 0.1)])
            await asyncio.sleep(0.05)

    await asked_for(1.0)
    assert await foretold(network) == []
    await asyncio.gather(*network.background)
    assert await foretold(network) == [0.1]
    monkeypatch.setattr(predictions, "LONGEST_SECONDS", 0.2)
    await network.graph.write("MATCH (one:Prediction) DETACH DELETE one")
    await asked_for(1.5)
    assert await foretold(network) == [0.1]


async def test_what_has_one_identity_with_another_answer_takes_nothing_with_it(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write_world(network, keen_half(weeks=3))
    tied = await tied_at(network)
    one, other, last = ((person(0), person(number), 0.1 * number) for number in (1, 2, 3))
    for pairs in ([last], [one, other], [other, one], [one, (*other[:2], other[2] + 1e-12)]):
        await keep_predictions(network, "test", tied, pairs)
    await asyncio.gather(*network.background)
    assert await foretold(network) == pytest.approx([0.1, 0.2, 0.3])

    write, refused = network.write, 0

    async def at_once(name: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        nonlocal refused
        answers = parameters["batch"]["answers"] if name == "uptake/keep" else []
        if len(answers) > 1 or any(0.4 in answer["chances"] for answer in answers):  # as another process keeps it
            refused += 1
            raise Conflict("Something with this identity exists already", right="Update that one.")
        return await write(name, parameters)

    monkeypatch.setattr(network, "write", at_once)
    for chance in (0.4, 0.5):
        await keep_predictions(network, "test", tied, [(person(0), person(1), chance)])
    await asyncio.gather(*network.background)
    assert await foretold(network) == pytest.approx([0.1, 0.2, 0.3, 0.5])
    assert refused == 2


async def foretold(network: Network) -> list[float]:
    text = "MATCH (:Prediction)-->(one:Chance) RETURN one.probability AS chance ORDER BY chance"
    return [row["chance"] for row in await network.graph.read(text)]


async def test_reach_and_amplifiers_keep_what_they_expect_and_it_is_compared_with_who_came(network: Network) -> None:
    world = keen_half()
    await write_world(network, world)
    early = await tied_at(network, days_before=200)
    at = early.as_of.isoformat()
    tellers = list(range(0, PEOPLE, 2))
    for one in tellers:
        await asked(network, "reach", people=[person(one)], asOf=at, runs=100)
    alone = (await calibrated(network)).hindsight
    told = stories(world, early, [person(one) for one in tellers])
    takers = [row for row in world.rows if row.get("ofId") in told]
    assert alone.takers
    assert alone.people
    assert alone.takers.stories == alone.people.stories == len(told)
    assert alone.takers.happened == alone.people.happened == pytest.approx(len(takers) / len(told))
    each = np.bincount(early.ties.tellers, weights=early.network.probabilities)
    assert alone.takers.expected == pytest.approx(np.mean([each[int(by[-2:])] for by in told.values()]))
    assert alone.takers.difference == pytest.approx(alone.takers.happened - alone.takers.expected)
    assert alone.takers.difference_error
    assert early.network.onward < 0.02, "here nobody has ever passed anything on"
    assert alone.people.expected == pytest.approx(alone.takers.expected, abs=0.3), "so nobody comes through others"
    assert alone.takers.seen == alone.takers.happened, "everybody had heard everybody on the first day"
    assert alone.scores
    assert alone.scores.opportunities == len(told) * (PEOPLE - 1)

    await asked(network, "amplifiers", budget=6, asOf=at)
    both = (await calibrated(network)).hindsight
    assert both.predictions == alone.predictions + 1
    assert both.takers
    assert both.takers.stories > alone.takers.stories
    assert both.people == alone.people, "who is to be told together is not foretold alone"


async def test_of_many_chances_those_are_kept_that_lie_evenly_among_them(network: Network) -> None:
    await write_world(network, keen_half(weeks=3))
    tied = await tied_at(network)
    pairs = [(person(one), person(other), (one * PEOPLE + other) / 1_000) for one in range(12) for other in range(12)]
    await keep_predictions(network, "test", tied, reversed(pairs))
    await asyncio.gather(*network.background)
    given = {
        "audience": "everyone",
        "audiences": ["everyone"],
        "horizon": HORIZON_DAYS,
        "most": 10,
        "until": tied.as_of,
    }
    (row,) = await network.ask("uptake/kept", given)
    kept = sorted(row["chances"])
    assert len(kept) == MOST_PAIRS
    steps = [later - earlier for earlier, later in pairwise(kept)]
    assert max(steps) <= 2 * min(steps) + 1e-9
    assert kept[0] < 0.01
    assert kept[-1] > 0.13


async def test_of_suggested_connections_it_is_said_which_were_made_and_whether_more_came(network: Network) -> None:
    """A strange half that nobody of the keen half listens to: half of what is suggested comes about."""
    world = keen_half()
    strange = list(range(20, 32))
    rows: list[Row] = [{"type": "Person", "id": person(one), "name": f"P{one}"} for one in strange]
    heard = {"type": "Observation", "kind": "heard_from", "at": FIRST.isoformat()}
    rows.extend({**heard, "byId": person(one), "toId": person(strange[0])} for one in strange[1:])
    await write_world(network, World([*world.rows, *rows]))
    early = await tied_at(network, days_before=200)
    at = early.as_of.isoformat()
    made: list[Row] = []
    suggested = 0
    for teller in range(PEOPLE):
        found = await asked(network, "nextConnections", person=person(teller), first=10, asOf=at)
        listeners = [one.person.id for one in found.connections]  # type: ignore[attr-defined]
        suggested += len(listeners)
        told = stories(world, early, [person(teller)])
        if teller < 6:
            later = (early.as_of + timedelta(days=80)).isoformat()
            shared = {"type": "Amplification", "kind": "share", "at": later}
            made.extend({**shared, "byId": one, "ofId": id} for one in listeners for id in told)
    await asked(network, "nextConnections", person=person(0), first=10, asOf=at, probability=0.9)  # nothing of ours
    await said(network, days_after=0)
    before = (await calibrated(network)).kept.suggestions
    assert before
    assert (before.suggestions, before.made) == (suggested, 0)
    assert before.rise_where_made is None
    await write_world(network, World(made))
    after = (await calibrated(network)).kept.suggestions
    assert after
    assert (after.suggestions, after.made) == (suggested, suggested // 2)
    assert after.share_low < after.share == 0.5 < after.share_high
    assert after.rise_where_made is not None
    assert after.rise_where_not is not None
    assert after.rise_where_made > after.rise_where_not + 5


async def test_what_is_compared_no_more_is_forgotten_and_what_was_foretold_of_the_erased_is_gone(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def parts() -> list[int]:
        counted = [await network.graph.read(f"MATCH (one:{label}) RETURN count(one) AS count") for label in PARTS]
        return [rows[0]["count"] for rows in counted]

    await write_world(network, keen_half())
    one, other = await made(network, "Person", name="One"), await made(network, "Person", name="Other")
    for days_before in (0, 100, 200):
        early = await tied_at(network, days_before=days_before)
        foretold = [(one, person(2), 0.1), (person(2), other, 0.2), (person(0), person(3), 0.3)]
        await keep_predictions(network, "test", early, foretold, [Expected(teller=one, listeners=3, takers=0.5)])
        await asyncio.gather(*network.background)
    assert await parts() == [3, 9, 3]
    monkeypatch.setattr(predictions, "MOST_COMPARED", 2)
    await predictions.forget_the_oldest(network, "everyone", HORIZON_DAYS)
    assert await parts() == [2, 6, 2]
    await delete_item(network, OPERATOR, KINDS["Person"], one)
    assert await parts() == [2, 4, 0]
    await delete_item(network, OPERATOR, KINDS["Person"], other)
    assert await parts() == [2, 2, 0]
