"""Jobs: a question is kept, answered by whichever process is free, and its answer fetched later.

A job and its answer are in the graph, so that both survive a restart: a process that takes a job says every second
that it is still at it, and one that falls silent loses it to the next, which begins anew; the same seed gives the same
answer. Only the principal that started a job sees it, and its answer only while they still belong to the audiences
that they belonged to then, and may see all that it names: what is erased, or closed to them since, takes kept answers
with it. Jobs are taken in turns: whoever starts many waits with each further one until everybody else had a turn.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from service.model.errors import Conflict, NotFound, TooMany
from service.model.ids import derived_id, new_id
from service.model.jobs import Job, JobProblem, JobStatus
from service.model.viewer import Viewer
from service.operations.answering import parameters_of, question_named
from service.operations.grants import may_be_told_again
from service.operations.network import Network
from service.operations.references import references

MOST_UNFINISHED: Final = 10
"""Jobs that one principal may have waiting or running."""
ERASED: Final = "Something that the answer names has been erased or closed to you since"
START_ANEW: Final = "Start the job anew."


async def start_job(
    network: Network,
    viewer: Viewer,
    question: str,
    parameters: Mapping[str, object],
    *,
    idempotency_key: str | None = None,
) -> Job:
    """Keep a question to be answered; what is wrong with it is said now, as if it were asked directly.

    Started again with the same idempotency key, it is the same job; `Conflict` where the key came with another
    question, `TooMany` where the principal has too many unfinished ones.
    """
    parameters_of(question_named(question), parameters)
    asked = orjson.dumps(dict(parameters), option=orjson.OPT_SORT_KEYS).decode()
    id = derived_id(f"job/{viewer.principal}", idempotency_key) if idempotency_key else new_id()
    properties = {
        "id": id,
        "question": question,
        "parameters": asked,
        "principal": viewer.principal,
        "person": viewer.person_id,
        "audiences": list(viewer.audiences),
        "scopes": sorted(scope.value for scope in viewer.scopes),
        "status": JobStatus.waiting.value,
        "progress": 0.0,
        "at": datetime.now(UTC),
    }
    given = {"principal": viewer.principal, "properties": properties, "most": MOST_UNFINISHED}
    rows = await network.write("jobs/start", given)
    if not rows:
        raise TooMany(
            f"{MOST_UNFINISHED} jobs of yours are not done yet", right="Wait for one, or cancel one.", field="question"
        )
    kept = rows[0]["job"]
    if (kept["question"], kept["parameters"]) != (question, asked):
        raise Conflict(
            "This idempotency key came with another question", right="Give a new key.", field="idempotencyKey"
        )
    network.jobs_waiting.set()
    return _job(kept, viewer)


async def job_of(network: Network, viewer: Viewer, id: str) -> Job:
    """A job that the viewer's principal started."""
    rows = await network.ask("jobs/one", {"id": id, "principal": viewer.principal})
    if not rows:
        raise _not_found(id)
    return _job(rows[0]["job"], viewer)


async def jobs_of(network: Network, viewer: Viewer) -> list[Job]:
    """The jobs that the viewer's principal started, the newest hundred."""
    return [_job(row["job"], viewer) for row in await network.ask("jobs/all", {"principal": viewer.principal})]


async def answer_of_job(network: Network, viewer: Viewer, id: str) -> bytes:
    """The answer of a job as JSON, just as it would have been asked directly.

    `Conflict` until it is done, and where it names something that its reader may no longer see.
    """
    job = await job_of(network, viewer, id)
    if job.status is not JobStatus.done:
        raise Conflict(f"The job is {job.status.value}", right="Ask for it again once it is done.", field="id")
    (row,) = await network.ask("jobs/answer", {"id": id, "principal": viewer.principal})
    if not set(row["audiences"]) <= set(viewer.audiences):
        raise Conflict(
            "You no longer belong to all audiences that the answer may hold something of",
            right=START_ANEW,
            field="id",
        )
    if not await may_be_told_again(network, viewer, job.question, job.parameters):
        raise Conflict("What it tells of a person is not open to you any more", right=START_ANEW, field="id")
    if row["named"] is None or len(await references(network, viewer.audiences, row["named"])) < len(row["named"]):
        raise Conflict(ERASED, right=START_ANEW, field="id")
    return str(row["answer"]).encode()


async def cancel_job(network: Network, viewer: Viewer, id: str) -> Job:
    """End a job that is not done; one that is stays as it is."""
    rows = await network.write("jobs/cancel", {"id": id, "principal": viewer.principal, "now": now()})
    if not rows:
        raise _not_found(id)
    return _job(rows[0]["job"], viewer)


def now() -> str:
    """This moment, as the statements of jobs take it."""
    return datetime.now(UTC).isoformat()


def _not_found(id: str) -> NotFound:
    return NotFound(f"There is no job {id} of yours", right="Give the id that starting it answered.", field="id")


def _job(kept: Mapping[str, Any], viewer: Viewer) -> Job:
    # What went wrong may name people and items, as the answer does.
    told = set(kept["audiences"]) <= set(viewer.audiences)
    return Job(
        id=kept["id"],
        question=kept["question"],
        parameters=orjson.loads(kept["parameters"]),
        status=JobStatus(kept["status"]),
        progress=kept["progress"],
        created_at=kept["at"].to_native(),
        started_at=kept["startedAt"].to_native() if kept.get("startedAt") else None,
        finished_at=kept["finishedAt"].to_native() if kept.get("finishedAt") else None,
        problems=[JobProblem(**one) for one in orjson.loads(kept.get("problems") or "[]") if told],
    )
