"""What was learnt outlives the process, is shared, and is learnt anew beside the questions when its past is another."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import orjson
import pytest

from service.model.errors import NotFound
from service.model.jobs import JobStatus
from service.model.kinds import KINDS as ITEM_KINDS
from service.model.viewer import EVERYONE, Scope
from service.operations import tending, writing
from service.operations.answering import answer
from service.operations.changes import number_changes
from service.operations.deleting import delete_item
from service.operations.fits import A_QUARTER_OLD, ALTERED, SHARED, kept_fits, rewritten
from service.operations.jobs import answer_of_job, cancel_job, job_of, jobs_of
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.projection import Standing, scope_of, standing
from service.operations.tending import LEARNING, REST, have_it_learnt_anew, tender
from service.operations.told import quarter_of
from service.operations.working import forget_answers, work_once, worker
from tests.operations.test_uptake import FIRST, STRANGER, keen_half, person, story
from tests.operations.viewers import viewer
from tests.operations.worlds import World, write_world

CLUB = "00000000-0000-4000-8003-000000000001"


async def tied(network: Network, as_of: datetime | None = None) -> Standing:
    return await standing(network, scope_of(STRANGER, "everyone"), as_of)


async def erase(network: Network, number: int) -> None:
    """A story and all that it set off: the past is another."""
    await delete_item(network, OPERATOR, ITEM_KINDS["Story"], story(number))
    await number_changes(network, "tests")


def tended(network: Network, patience: float = 0.0) -> Network:
    """Another process on the same graph, that learns beside the questions and whose questions do not wait for it."""
    other = Network(network.graph)
    other.patience, other.tended = patience, True
    return other


def same(one: Standing, other: Standing) -> bool:
    return np.array_equal(one.network.probabilities, other.network.probabilities)


async def test_what_one_process_has_learnt_the_next_one_answers_with(network: Network) -> None:
    await write_world(network, keen_half())
    first = await tied(network)
    (kept,) = await kept_fits(network)
    assert kept.quarter == quarter_of(first.as_of)
    assert kept.chances.summary == first.chances.summary
    again = await tied(Network(network.graph))
    assert same(again, first)
    assert again.chances.summary == first.chances.summary

    (row,) = await network.ask("uptake/fits", {"audience": "everyone"})
    told = orjson.loads(row["learnt"])
    told["fit"]["intercept"] += 0.5
    other = {"id": row["id"], "properties": {"learnt": orjson.dumps(told).decode()}}
    await network.write("uptake/keep_fit", other)
    assert (await tied(Network(network.graph))).network.probabilities.mean() > first.network.probabilities.mean() + 0.05

    told["signals"].append("another")
    await network.write("uptake/keep_fit", {**other, "properties": {"learnt": orjson.dumps(told).decode()}})
    assert same(await tied(Network(network.graph)), first), "what another version learnt is not understood here"


async def test_two_who_count_at_once_what_was_altered_count_it_once(network: Network) -> None:
    await write_world(network, keen_half())
    await tied(network)
    before, asked = await rewritten(network, SHARED), network.ask
    read, told = asyncio.Event(), asyncio.Event()

    async def held_up(name: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        rows = await asked(name, parameters)
        if name == "uptake/rewritten":
            read.set()
            await told.wait()
        return rows

    async def counting(number: int) -> asyncio.Task[int]:
        await erase(network, number)
        await network.projections.current((EVERYONE,))
        read.clear()
        task = asyncio.create_task(rewritten(network, SHARED))
        await read.wait()
        return task

    network.ask = held_up  # type: ignore[method-assign]
    tasks = [await counting(10), await counting(11)]
    told.set()
    await asyncio.gather(*tasks)
    network.ask = asked  # type: ignore[method-assign]
    fresh = Network(network.graph)
    await fresh.projections.current((EVERYONE,))
    assert await rewritten(network, SHARED) == await rewritten(fresh, SHARED) > before


async def test_where_learning_takes_no_time_a_question_waits_for_it(network: Network) -> None:
    await write_world(network, keen_half())
    first = await tied(network)
    await erase(network, 10)
    quick = await tied(tended(network, patience=60.0))
    alone = await tied(network)
    assert same(quick, alone)
    assert ALTERED not in str(quick.chances.summary.warning)
    assert quick.chances.summary.opportunities < first.chances.summary.opportunities


async def test_where_it_takes_long_the_last_fit_stands_in_until_it_is_learnt_anew(network: Network) -> None:
    await write_world(network, keen_half())
    busy = tended(network)
    first = await tied(busy)
    assert ALTERED not in str(first.chances.summary.warning), "the first question waits: there is nothing to stand in"
    assert not await learnt_anew(busy)
    await erase(network, 10)
    meanwhile = await tied(busy)
    assert meanwhile.chances.summary.warning == ALTERED
    assert meanwhile.chances.summary.opportunities == first.chances.summary.opportunities
    counted_in = await standing(busy, scope_of(STRANGER, "everyone"), None, after=await last_change(network))
    assert ALTERED not in str(counted_in.chances.summary.warning), "who names a change has it counted in"

    await erase(network, 11)
    assert str((await tied(busy)).chances.summary.warning).endswith(ALTERED)
    assert await settled(busy)
    anew = await tied(busy)
    assert ALTERED not in str(anew.chances.summary.warning)
    assert anew.chances.summary.opportunities < first.chances.summary.opportunities
    (kept,) = await kept_fits(network)
    assert kept.chances.summary == anew.chances.summary
    await network.write("uptake/forget_fits", {"ids": [kept.id]})
    alone = await tied(Network(network.graph))
    assert alone.chances.summary == anew.chances.summary
    assert alone.network.probabilities == pytest.approx(anew.network.probabilities)


async def test_what_everyone_may_not_see_is_not_noticed_when_it_is_altered_or_erased(network: Network) -> None:
    """Neither in the answers, nor in what they say of how they were learnt, though no question waits for that."""
    inside = f"community:{CLUB}"
    member = replace(viewer(CLUB), scopes=OPERATOR.scopes)
    await write_world(network, World([*keen_half().rows, {"type": "Community", "id": CLUB, "name": "Club"}]))
    told = {"title": "T", "content": "C", "tellerId": person(0), "audience": inside, "at": FIRST.isoformat()}
    hidden = (await writing.create(network, member, "Story", told)).id
    talk = (await writing.create(network, member, "Conversation", {"title": "T"})).id
    said = {"content": "C", "personId": person(1), "conversationId": talk, "at": told["at"]}
    reply = (await writing.create(network, member, "Contribution", {**said, "audience": inside})).id
    await writing.create(network, member, "Contribution", {**said, "audience": EVERYONE, "repliesToId": reply})
    seen = (await writing.create(network, member, "Story", {**told, "audience": EVERYONE})).id
    busy, closed = tended(network), (EVERYONE, inside)

    async def answers() -> list[object]:
        await number_changes(network, "tests")
        paths = await answer(busy, STRANGER, "amplificationPaths", {"from": person(0), "to": person(1)})
        await asyncio.gather(*busy.background)
        return [
            paths,
            await answer(busy, STRANGER, "calibration", {}),
            (await tied(Network(network.graph))).chances.summary,
        ]

    before, unaltered = await answers(), await rewritten(busy, closed)
    await writing.update(network, member, "Story", hidden, {"content": "Told otherwise", "at": "2023-02-01T00:00:00Z"})
    await writing.update(network, member, "Contribution", reply, {"content": "Said otherwise"})
    assert await answers() == before
    await writing.delete(network, member, "Contribution", reply)
    await writing.delete(network, member, "Story", hidden)
    await writing.update(network, OPERATOR, "Community", CLUB, {"name": "Another"})
    assert await answers() == before
    assert await rewritten(busy, closed) == unaltered + 4
    await writing.update(network, member, "Story", seen, {"audience": inside})
    await number_changes(network, "tests")
    assert ALTERED in str((await tied(busy)).chances.summary.warning), "closing what everyone saw is noticed"


async def last_change(network: Network) -> str:
    (row,) = await network.graph.read("MATCH (c:Change) RETURN c.id AS id ORDER BY c.sequence DESC LIMIT 1", {})
    return str(row["id"])


async def learnt_anew(network: Network) -> bool:
    """Whether it is due to learn, and was done."""
    return await have_it_learnt_anew(network) and await work_once(network, "one")


async def started(network: Network, tries: int = 200) -> bool:
    """Whether a job to learn anew waits once it has rested as long as it should."""
    for _ in range(tries):
        if await have_it_learnt_anew(network):
            return True
        await asyncio.sleep(0.1)
    return False


async def settled(network: Network) -> bool:
    """Whether it is learnt anew once it has rested as long as it should."""
    return await started(network) and await work_once(network, "one")


async def test_when_a_quarter_begins_the_last_one_s_fit_stands_in(network: Network) -> None:
    world, turn = keen_half(), datetime(2024, 7, 1, tzinfo=UTC)
    await write_world(network, World([row for row in world.rows if row.get("at", "") < turn.isoformat()]))
    busy = tended(network)
    assert (await tied(busy)).chances.summary.trained_until == datetime(2024, 4, 1, tzinfo=UTC)
    later = (turn + timedelta(days=40)).isoformat()
    await write_world(network, World([row for row in world.rows if turn.isoformat() <= row.get("at", "") < later]))
    meanwhile = await tied(busy)
    assert quarter_of(meanwhile.as_of) == turn
    assert meanwhile.chances.summary.trained_until == datetime(2024, 4, 1, tzinfo=UTC)
    assert str(meanwhile.chances.summary.warning).endswith(A_QUARTER_OLD)
    assert await learnt_anew(busy)
    anew = await tied(busy)
    assert anew.chances.summary.trained_until == turn
    assert A_QUARTER_OLD not in str(anew.chances.summary.warning)
    assert [one.quarter for one in await kept_fits(network)] == [turn, datetime(2024, 4, 1, tzinfo=UTC)]


async def test_what_was_learnt_from_a_past_that_is_another_is_forgotten(network: Network) -> None:
    await write_world(network, keen_half())
    latest = await tied(network)
    await tied(network, latest.as_of - timedelta(days=200))
    assert len(await kept_fits(network)) == 2
    await erase(network, 10)
    busy = tended(network)
    assert str((await tied(busy)).chances.summary.warning).endswith(ALTERED)
    assert await settled(busy)
    (kept,) = await kept_fits(network)
    assert kept.quarter == quarter_of(latest.as_of)


async def test_one_process_at_a_time_learns(network: Network) -> None:
    await write_world(network, keen_half())
    await tied(network)
    await erase(network, 10)
    await asyncio.sleep(1)
    processes = [tended(network) for _ in range(3)]
    for one in processes:
        await tied(one)
    assert await started(processes[0])
    assert await asyncio.gather(*(have_it_learnt_anew(one) for one in processes)) == [True, True, True]
    (job,) = (await jobs_of(network, OPERATOR)).jobs
    await erase(network, 11)
    assert not await have_it_learnt_anew(processes[1]), "the past is another again, and one waits to be learnt from"
    worked = await asyncio.gather(*(work_once(one, str(number)) for number, one in enumerate(processes)))
    assert sorted(worked) == [False, False, True]
    assert (await job_of(network, OPERATOR, job.id)).status is JobStatus.done
    assert len(await kept_fits(network)) == 1


async def test_that_it_is_learnt_anew_is_a_job_that_administrators_see_and_may_end(network: Network) -> None:
    await write_world(network, keen_half())
    await tied(network)
    await erase(network, 10)
    busy, administrator = tended(network), replace(STRANGER, principal="key", scopes=frozenset({Scope.administer}))
    before = (await tied(busy)).chances.mark
    assert await started(busy)
    (job,) = (await jobs_of(network, administrator)).jobs
    assert (job.question, job.status, job.progress) == (LEARNING, JobStatus.waiting, 0.0)
    assert (await jobs_of(network, STRANGER)).jobs == []
    for seeing in (job_of, answer_of_job, cancel_job):
        with pytest.raises(NotFound):
            await seeing(network, STRANGER, job.id)
    assert (await cancel_job(network, administrator, job.id)).status is JobStatus.cancelled
    assert not await started(busy, tries=10), "who ended it need not end it again and again"
    assert (await tied(busy)).chances.mark == before

    await erase(network, 11)
    await tied(busy)
    assert await settled(busy)
    done = (await jobs_of(network, administrator)).jobs[0]
    assert (done.status, done.progress) == (JobStatus.done, 1.0)
    restarted = Network(network.graph)
    told = orjson.loads(await answer_of_job(restarted, administrator, done.id))
    (kept,) = await kept_fits(network)
    assert told["opportunities"] == kept.chances.summary.opportunities
    assert (await tied(restarted)).chances.mark == kept.chances.mark != before


async def test_a_past_that_comes_back_is_learnt_again(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tending, "REST", 0)
    await write_world(network, keen_half())
    busy, marks = tended(network), []
    heard = {"byId": person(0), "toId": person(1), "at": "2023-06-01T00:00:00Z"}
    await tied(busy)
    for _ in range(2):
        observed = (await writing.create(network, OPERATOR, "Observation", heard)).id
        await number_changes(network, "tests")
        for _ in ("with it", "without"):
            await tied(busy)
            assert await settled(busy)
            marks += [one.chances.mark for one in await kept_fits(network)]
            if len(marks) % 2:
                await delete_item(network, OPERATOR, ITEM_KINDS["Observation"], observed)
                await number_changes(network, "tests")
    assert marks[:2] == marks[2:]
    assert marks[0] != marks[1]


async def test_what_failed_is_tried_anew_after_an_hour_and_what_somebody_ended_is_not(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise MemoryError

    await write_world(network, keen_half())
    busy = tended(network)
    before = (await tied(busy)).chances.mark
    await erase(network, 10)
    with monkeypatch.context() as broken:
        broken.setattr(tending, "learn", fails)
        assert await settled(busy)
    (failed,) = (await jobs_of(network, OPERATOR)).jobs
    assert failed.status is JobStatus.failed
    await forget_answers(network)
    assert not await have_it_learnt_anew(busy), "it may fail for long"
    await an_hour_later(network)
    assert await settled(busy)
    assert (await tied(busy)).chances.mark != before

    await erase(network, 11)
    await tied(busy)
    assert await started(busy)
    (job,) = [one for one in (await jobs_of(network, OPERATOR)).jobs if one.status is JobStatus.waiting]
    await cancel_job(network, OPERATOR, job.id)
    await an_hour_later(network)
    assert [one.id for one in (await jobs_of(network, OPERATOR)).jobs] == [job.id], (
        "what was learnt is forgotten as well"
    )
    assert not await have_it_learnt_anew(busy)


async def an_hour_later(network: Network) -> None:
    ended = "MATCH (job:Job) WHERE job.finishedAt IS NOT NULL SET job.finishedAt = job.finishedAt - duration('PT1H')"
    await network.graph.write(ended)
    await forget_answers(network)


async def test_what_a_question_has_learnt_is_not_learnt_again_beside_it(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def again(*_: object) -> None:
        raise AssertionError

    await write_world(network, keen_half())
    found = await tied(network)
    monkeypatch.setattr(tending, "learn", again)
    await network.fitting.acquire()
    learning = asyncio.create_task(tending.learn_anew(network))
    assert not (await asyncio.wait({learning}, timeout=0.5))[0], "it waits while a question learns"
    network.fitting.release()
    assert await learning == found.chances.summary


async def test_what_was_learnt_on_a_community_stays_in_the_process(network: Network) -> None:
    await write_world(network, World([*keen_half(weeks=70).rows, {"type": "Community", "id": CLUB, "name": "Club"}]))
    member = viewer(CLUB)
    found = await standing(network, scope_of(member, f"community:{CLUB}"), None)
    assert found.chances.learnt
    assert await kept_fits(network) == []


async def test_it_is_tended_to_while_the_service_runs(network: Network) -> None:
    await write_world(network, keen_half())
    network.patience = 0.0
    await tied(network)
    (before,) = await kept_fits(network)
    await erase(network, 10)
    await asyncio.sleep(REST * before.chances.seconds + 0.1)
    async with tender(network), worker(network):
        (kept,) = await kept_fits(network)
        for _ in range(200):
            if kept.chances.mark != before.chances.mark:
                break
            await asyncio.sleep(0.1)
            (kept,) = await kept_fits(network)
        assert kept.chances.mark != before.chances.mark
        assert (await tied(network)).chances.summary == kept.chances.summary
    assert not network.tended


async def test_nobody_learns_for_a_network_that_nobody_has_asked(network: Network) -> None:
    await write_world(network, keen_half(weeks=3))
    busy = tended(network)
    assert not await learnt_anew(busy)
    assert busy.projections.built == 0
    assert (await tied(busy)).as_of > FIRST
