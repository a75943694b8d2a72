"""Jobs: a question is kept, answered by whichever process is free, and its answer fetched later.

A job and its answer are in the graph, so that both survive a restart: a process that takes a job says every second
that it is still at it, and one that falls silent loses it to the next, which begins anew; the same seed gives the same
answer. Only the principal that started a job sees it, and its answer only while they still belong to the audiences
that they belonged to then, and may see all that it names: what is erased, or closed to them since, takes kept answers
with it. What the service gives itself to do is seen, and may be ended, by whoever administers. Jobs are taken in turns:
whoever starts many waits with each further one until everybody else had a turn.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from service.model.errors import Conflict, NotFound, TooMany
from service.model.ids import derived_id, new_id
from service.model.jobs import Job, JobProblem, JobStatus
from service.model.viewer import EVERYONE, Scope, Viewer
from service.operations.answering import parameters_of, question_named
from service.operations.grants import may_be_told_again
from service.operations.network import Network
from service.operations.reading import PAGE_SIZE, page_size, place_of
from service.operations.references import references
from service.operations.refusing import refuse_beforehand

MOST_UNFINISHED: Final = 10
"""Jobs that one principal may have waiting or running."""
SERVICE: Final = "service"
"""Who starts the jobs that the service gives itself; what is answered is for everyone."""
ERASED: Final = "Something that the answer names has been erased or closed to you since"
START_ANEW: Final = "Start the job anew."
LATEST: Final = datetime.max.replace(tzinfo=UTC)
"""The place in time that no job comes before in a list of the newest first."""


@dataclass(frozen=True, slots=True)
class JobPage:
    """A page of the jobs that one may see, the newest first."""

    jobs: list[Job]
    has_next_page: bool

    @property
    def cursors(self) -> list[str]:
        """The place of each in the list, to be given as `after`."""
        return [f"{job.created_at.isoformat()}~{job.id}" for job in self.jobs]


async def start_job(
    network: Network,
    viewer: Viewer,
    question: str,
    parameters: Mapping[str, object],
    *,
    idempotency_key: str | None = None,
) -> Job:
    """Keep a question to be answered; what is wrong with it is said now, as if it were asked directly.

    Started again with the same idempotency key, it is the same job, whatever became of what it names; `Conflict` where
    the key came with another question, `TooMany` where the principal has too many unfinished ones.
    """
    wanted = question_named(question)
    read = parameters_of(wanted, parameters)
    asked = orjson.dumps(dict(parameters), option=orjson.OPT_SORT_KEYS).decode()
    id = derived_id(f"job/{viewer.principal}", idempotency_key) if idempotency_key else new_id()
    if idempotency_key is None or not await network.ask("jobs/one", {"id": id, "principals": [viewer.principal]}):
        await refuse_beforehand(network, viewer, wanted, read)
    kept = await _kept(network, _properties(id, viewer, question, asked), MOST_UNFINISHED)
    if kept is None:
        raise TooMany(
            f"{MOST_UNFINISHED} jobs of yours are not done yet", right="Wait for one, or cancel one.", field="question"
        )
    if (kept["question"], kept["parameters"]) != (question, asked):
        raise Conflict(
            "This idempotency key came with another question", right="Give a new key.", field="idempotencyKey"
        )
    return _job(kept, viewer)


async def start_own_job(network: Network, work: str, of: str) -> bool:
    """Have the service do some work of its own as a job; whether it waits to be done.

    It is done once of the same thing, whichever process says so, and one at a time.
    """
    id = derived_id(f"job/{SERVICE}", f"{work} {of}")
    everyones = Viewer(principal=SERVICE, person_id=None, audiences=(EVERYONE,), scopes=frozenset())
    kept = await _kept(network, _properties(id, everyones, work, "{}"), most=1)
    return kept is not None and kept["status"] == JobStatus.waiting.value


async def job_of(network: Network, viewer: Viewer, id: str) -> Job:
    """A job that the viewer's principal started, or for who administers the service itself."""
    rows = await network.ask("jobs/one", {"id": id, "principals": _principals(viewer)})
    if not rows:
        raise _not_found(id)
    return _job(rows[0]["job"], viewer)


async def jobs_of(network: Network, viewer: Viewer, *, first: int = PAGE_SIZE, after: str | None = None) -> JobPage:
    """The newest that the viewer's principal started, and for who administers those of the service itself.

    `Invalid` for a page out of range or a cursor of another list.
    """
    at, id = (LATEST, "") if after is None else place_of(after, "after")
    wanted = {"principals": _principals(viewer), "at": at, "id": id, "first": page_size(first, "first") + 1}
    rows = await network.ask("jobs/page", wanted)
    return JobPage([_job(row["job"], viewer) for row in rows[:first]], has_next_page=len(rows) > first)


async def count_of_jobs(network: Network, viewer: Viewer) -> int:
    """How many jobs the whole of that list holds."""
    (row,) = await network.ask("jobs/count", {"principals": _principals(viewer)})
    return int(row["count"])


async def answer_of_job(network: Network, viewer: Viewer, id: str) -> bytes:
    """The answer of a job as JSON, just as it would have been asked directly.

    `Conflict` until it is done, and where it names something that its reader may no longer see.
    """
    job = await job_of(network, viewer, id)
    if job.status is not JobStatus.done:
        ended = job.status in {JobStatus.failed, JobStatus.cancelled}
        right = START_ANEW if ended else "Ask for it again once it is done."
        raise Conflict(f"The job is {job.status.value}", right=right, field="id")
    (row,) = await network.ask("jobs/answer", {"id": id, "principals": _principals(viewer)})
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
    rows = await network.write("jobs/cancel", {"id": id, "principals": _principals(viewer), "now": now()})
    if not rows:
        raise _not_found(id)
    return _job(rows[0]["job"], viewer)


def now() -> str:
    """This moment, as the statements of jobs take it."""
    return datetime.now(UTC).isoformat()


def _principals(viewer: Viewer) -> list[str]:
    """Whose jobs the viewer may see and end."""
    return [viewer.principal, *([SERVICE] if Scope.administer in viewer.scopes else [])]


def _properties(id: str, viewer: Viewer, question: str, asked: str) -> dict[str, Any]:
    return {
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


async def _kept(network: Network, properties: dict[str, Any], most: int) -> Mapping[str, Any] | None:
    """The new job, or the same from before; None where its principal has too many unfinished ones."""
    rows = await network.write(
        "jobs/start", {"principal": properties["principal"], "properties": properties, "most": most}
    )
    network.jobs_waiting.set()
    return rows[0]["job"] if rows else None


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
