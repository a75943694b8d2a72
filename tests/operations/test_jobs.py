"""Jobs: asked now, answered by whichever process is free, fetched later, ended when nobody wants them."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service.model.errors import Conflict, Invalid, NotFound, TooMany
from service.model.ids import new_id
from service.model.jobs import Job, JobStatus
from service.model.viewer import Scope, Viewer
from service.operations import answering
from service.operations.jobs import (
    MOST_UNFINISHED,
    answer_of_job,
    cancel_job,
    count_of_jobs,
    job_of,
    jobs_of,
    start_job,
)
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.working import SILENT_SECONDS, forget_answers, work_once, worker
from service.operations.writing import create, delete
from tests.operations.viewers import viewer

ASKER = replace(viewer(), principal="asker")
OTHER = replace(viewer(), principal="other")


async def ended(network: Network, asker: Viewer, id: str) -> Job:
    for _ in range(200):
        job = await job_of(network, asker, id)
        if job.status not in {JobStatus.waiting, JobStatus.running}:
            return job
        await asyncio.sleep(0.05)
    pytest.fail("the job did not end")


async def test_a_job_answers_what_the_question_answers_directly(network: Network) -> None:
    person = (await create(network, OPERATOR, "Person", {"name": "Mary"})).id
    story = {"title": "T", "content": "C", "tellerId": person}
    id = (await create(network, OPERATOR, "Story", story)).id
    job = await start_job(network, ASKER, "cascade", {"item": id})
    assert job.status is JobStatus.waiting
    async with worker(network):
        assert (await ended(network, ASKER, job.id)).progress == 1.0
    kept = json.loads(await answer_of_job(network, ASKER, job.id))
    direct = await answering.answer(network, ASKER, "cascade", {"item": id})
    assert kept["item"]["id"] == direct.item.id
    assert kept["size"] == direct.size == 1
    assert [one.id for one in (await jobs_of(network, ASKER)).jobs] == [job.id]


async def test_what_is_wrong_is_said_at_once_or_kept_as_its_problems(network: Network) -> None:
    with pytest.raises(Invalid):
        await start_job(network, ASKER, "nonsense", {})
    with pytest.raises(Invalid) as wrong:
        await start_job(network, ASKER, "detectedCommunities", {"resolution": -1})
    assert wrong.value.problems[0].field == "resolution"
    item = (await create(network, OPERATOR, "TacitInsight", {"content": "C", "eventAt": "2026-01-01T00:00:00Z"})).id
    job = await start_job(network, ASKER, "cascade", {"item": item})
    await delete(network, OPERATOR, "TacitInsight", item)
    assert await work_once(network, "one")
    failed = await job_of(network, ASKER, job.id)
    assert (failed.status, failed.problems[0].kind) == (JobStatus.failed, "not_found")
    with pytest.raises(Conflict):
        await answer_of_job(network, ASKER, job.id)


async def test_a_job_is_its_starters_alone_and_its_answer_only_while_they_belong(network: Network) -> None:
    insider = replace(viewer("00000000-0000-4000-8000-00000000000c"), principal="asker")
    job = await start_job(network, insider, "detectedCommunities", {})
    assert await work_once(network, "one")
    with pytest.raises(NotFound):
        await job_of(network, OTHER, job.id)
    assert await answer_of_job(network, insider, job.id)
    with pytest.raises(Conflict):
        await answer_of_job(network, ASKER, job.id)


async def test_the_same_idempotency_key_is_the_same_job(network: Network) -> None:
    one = await start_job(network, ASKER, "detectedCommunities", {"seed": 1}, idempotency_key="k")
    again = await start_job(network, ASKER, "detectedCommunities", {"seed": 1}, idempotency_key="k")
    assert one.id == again.id
    with pytest.raises(Conflict):
        await start_job(network, ASKER, "detectedCommunities", {"seed": 2}, idempotency_key="k")
    elsewhere = await start_job(network, OTHER, "detectedCommunities", {}, idempotency_key="k")
    assert elsewhere.id != one.id


async def test_a_job_whose_process_fell_silent_is_taken_by_another(network: Network) -> None:
    job = await start_job(network, ASKER, "detectedCommunities", {})
    claimed = {"holder": "dead", "now": "2026-01-01T00:00:00Z", "seconds": SILENT_SECONDS}
    assert await network.write("jobs/claim", claimed)
    assert (await job_of(network, ASKER, job.id)).status is JobStatus.running
    assert await work_once(network, "alive")
    assert (await job_of(network, ASKER, job.id)).status is JobStatus.done
    assert not await network.write("jobs/finish", {"id": job.id, "holder": "dead", "outcome": {"status": "failed"}})


async def test_a_job_that_is_handed_back_has_come_no_way(network: Network) -> None:
    job = await start_job(network, ASKER, "detectedCommunities", {})
    claimed = {"holder": "ending", "now": datetime.now(UTC).isoformat(), "seconds": SILENT_SECONDS}
    assert await network.write("jobs/claim", claimed)
    assert await network.write("jobs/beat", {**claimed, "id": job.id, "progress": 0.4})
    assert (await job_of(network, ASKER, job.id)).progress == 0.4
    await network.write("jobs/give_back", {"holder": "ending"})
    waiting = await job_of(network, ASKER, job.id)
    assert (waiting.status, waiting.progress) == (JobStatus.waiting, 0.0)


async def test_what_the_service_does_by_itself_pushes_no_job_out_of_the_list(network: Network) -> None:
    administrator = replace(ASKER, scopes=frozenset({Scope.administer}))
    job = await start_job(network, administrator, "conventions", {})
    own = """UNWIND range(1, 101) AS number
        MATCH (job:Job) WITH job, number
        CREATE (:Job {id: randomUUID(), principal: 'service', at: job.at + duration({seconds: 1 + number / 2}),
            question: 'learning', parameters: '{}', audiences: [], status: 'done', progress: 1.0})"""
    await network.graph.write(own)
    first = await jobs_of(network, administrator, first=100)
    assert first.has_next_page
    rest = await jobs_of(network, administrator, first=100, after=first.cursors[-1])
    assert (len(first.jobs), rest.jobs[-1].id, rest.has_next_page) == (100, job.id, False)
    whole = [*first.jobs, *rest.jobs]
    assert whole == sorted(whole, key=lambda one: (one.created_at, one.id), reverse=True)
    assert len({one.id for one in whole}) == await count_of_jobs(network, administrator) == 102
    assert await count_of_jobs(network, ASKER) == 1


async def test_a_page_of_jobs_that_is_none_is_refused(network: Network) -> None:
    for wrong in ({"first": 0}, {"first": 101}, {"after": "yesterday"}, {"after": f"~{new_id()}"}):
        with pytest.raises(Invalid) as refused:
            await jobs_of(network, ASKER, **wrong)
        assert refused.value.problems[0].field in wrong


async def test_a_cancelled_job_is_not_worked_on(network: Network) -> None:
    job = await start_job(network, ASKER, "detectedCommunities", {})
    assert (await cancel_job(network, ASKER, job.id)).status is JobStatus.cancelled
    assert not await work_once(network, "one")
    assert (await cancel_job(network, ASKER, job.id)).status is JobStatus.cancelled


async def test_nobody_has_more_than_so_many_unfinished(network: Network) -> None:
    for _ in range(MOST_UNFINISHED):
        await start_job(network, ASKER, "detectedCommunities", {})
    with pytest.raises(TooMany):
        await start_job(network, ASKER, "detectedCommunities", {})
    await start_job(network, OTHER, "detectedCommunities", {})


async def test_whoever_starts_many_waits_with_each_until_the_others_had_a_turn(network: Network) -> None:
    many = [await start_job(network, ASKER, "purposesWithoutCommunity", {}) for _ in range(4)]
    assert await work_once(network, "one")
    late = [await start_job(network, OTHER, "purposesWithoutCommunity", {}) for _ in range(2)]
    third = await start_job(network, replace(viewer(), principal="third"), "purposesWithoutCommunity", {})
    taken: list[str] = []
    for _ in range(6):
        assert await work_once(network, "one")
        found = await network.graph.read("MATCH (job:Job {status: 'done'}) RETURN job.id AS id")
        taken += [row["id"] for row in found if row["id"] not in {many[0].id, *taken}]
    assert taken == [many[1].id, late[0].id, third.id, many[2].id, late[1].id, many[3].id]
    assert not await work_once(network, "one")


async def test_an_answer_that_names_what_is_erased_is_not_served_any_more(network: Network) -> None:
    person = (await create(network, OPERATOR, "Person", {"name": "Mary"})).id
    stories = [
        (await create(network, OPERATOR, "Story", {"title": title, "content": "C", "tellerId": person})).id
        for title in ("Erased", "Kept")
    ]
    erased, kept = [await start_job(network, ASKER, "cascade", {"item": id}) for id in stories]
    assert await work_once(network, "one")
    assert await work_once(network, "one")
    assert b"Erased" in await answer_of_job(network, ASKER, erased.id)
    await delete(network, OPERATOR, "Story", stories[0])
    with pytest.raises(Conflict):
        await answer_of_job(network, ASKER, erased.id)
    assert await answer_of_job(network, ASKER, kept.id)
    await forget_answers(network)
    assert (await job_of(network, ASKER, erased.id)).status is JobStatus.failed
    assert (await job_of(network, ASKER, erased.id)).problems
    assert await network.graph.read("MATCH (job:Job) WHERE job.answer CONTAINS 'Erased' RETURN job.id AS id") == []
    assert (await job_of(network, ASKER, kept.id)).status is JobStatus.done


async def test_what_is_erased_while_a_job_is_at_it_is_not_served_either(network: Network) -> None:
    person = (await create(network, OPERATOR, "Person", {"name": "Mary"})).id
    story = (await create(network, OPERATOR, "Story", {"title": "T", "content": "C", "tellerId": person})).id
    job = await start_job(network, ASKER, "cascade", {"item": story})
    assert await work_once(network, "one")
    finished = "MATCH (job:Job {id: $id}) SET job.named = job.named + $ghost"
    await network.graph.write(finished, {"id": job.id, "ghost": "00000000-0000-4000-8000-000000000000"})
    with pytest.raises(Conflict):
        await answer_of_job(network, ASKER, job.id)
