"""Questions asked as jobs: `job`, `jobs`, `startJob` and `cancelJob`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Annotated, Any

import orjson
import strawberry
from strawberry.scalars import JSON

from service.doors.graphql.answers import Info
from service.doors.graphql.items import Connection, enumeration
from service.doors.graphql.mutations import IDEMPOTENCY_KEY, ProblemShown
from service.doors.graphql.scalars import DateTime
from service.model import jobs as declared
from service.model.errors import Conflict, RetellError
from service.operations import jobs
from service.operations.reading import PAGE_SIZE
from service.operations.watching import job_progress

_DESCRIBED = {name: str(field.description) for name, field in declared.Job.__pydantic_fields__.items()}  # type: ignore[attr-defined]
_STATUS: Any = enumeration(declared.JobStatus)
_SEEN = "were started with the same key, or for who administers by the service itself"
JobId = Annotated[strawberry.ID, strawberry.argument(description="The job's id.")]


def _status(root: strawberry.Parent[Any]) -> Any:
    return root.status


async def _answer(root: strawberry.Parent[Any], info: Info) -> Any:
    try:
        found = await jobs.answer_of_job(info.context.network, info.context.viewer, str(root.id))
    except Conflict:
        return None
    return orjson.loads(found)


@strawberry.type(name="Job", description="One question asked as a job.")
class JobShown:
    """A job, with its answer once it is there."""

    id: strawberry.ID = strawberry.field(description=_DESCRIBED["id"])
    question: str = strawberry.field(description=_DESCRIBED["question"])
    parameters: JSON = strawberry.field(description=_DESCRIBED["parameters"])
    status: Any = strawberry.field(graphql_type=_STATUS, description=_DESCRIBED["status"])
    progress: float = strawberry.field(description=_DESCRIBED["progress"])
    created_at: DateTime = strawberry.field(description=_DESCRIBED["created_at"])
    started_at: DateTime | None = strawberry.field(description=_DESCRIBED["started_at"])
    finished_at: DateTime | None = strawberry.field(description=_DESCRIBED["finished_at"])
    problems: list[ProblemShown] = strawberry.field(description=_DESCRIBED["problems"])
    answer: Any = strawberry.field(
        resolver=_answer,
        graphql_type=JSON | None,
        description="The answer, as REST gives it; null until it is done, and where it holds something that has "
        "been erased since or that one may no longer see.",
    )


def _shown(job: declared.Job) -> JobShown:
    fields = {name: getattr(job, name) for name in _DESCRIBED if name != "problems"}
    return JobShown(**fields, problems=[ProblemShown(**asdict(one)) for one in job.problems])


async def _job(info: Info, id: JobId) -> JobShown | None:
    return _shown(await jobs.job_of(info.context.network, info.context.viewer, id))


@dataclass(frozen=True, slots=True)
class _Place:
    """A job and its place in the list."""

    cursor: str
    node: JobShown


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of jobs, with the fields of a connection and of where it stands."""

    edges: list[_Place]
    has_next_page: bool
    has_previous_page: bool
    count: Callable[[], Awaitable[int]]

    @property
    def nodes(self) -> list[JobShown]:
        return [edge.node for edge in self.edges]

    @property
    def page_info(self) -> "_Page":
        return self

    @property
    def start_cursor(self) -> str | None:
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        return self.edges[-1].cursor if self.edges else None

    @property
    def total_count(self) -> Awaitable[int]:
        return self.count()


async def _jobs(
    info: Info,
    first: Annotated[int, strawberry.argument(description="How many at most: 1 to 100.")] = PAGE_SIZE,
    after: Annotated[str | None, strawberry.argument(description="The `endCursor` of the page before.")] = None,
) -> Any:
    network, viewer = info.context.network, info.context.viewer
    found = await jobs.jobs_of(network, viewer, first=first, after=after)
    edges = [_Place(cursor, _shown(job)) for cursor, job in zip(found.cursors, found.jobs, strict=True)]
    return _Page(edges, found.has_next_page, after is not None, partial(jobs.count_of_jobs, network, viewer))


@strawberry.type
class JobQuestions:
    """What was asked to be answered later."""

    job: JobShown | None = strawberry.field(resolver=_job, description=f"One of the jobs that {_SEEN}.")
    jobs: Connection[JobShown] = strawberry.field(
        resolver=_jobs, description=f"The jobs that {_SEEN}, the newest first."
    )


@strawberry.type(name="JobPayload", description="What starting or cancelling a job answers.")
class JobPayload:
    """The job, or what was wrong."""

    job: JobShown | None = strawberry.field(default=None, description="The job as it stands now.")
    problems: list[ProblemShown] = strawberry.field(default_factory=list, description="Empty where all went well.")


_NO_OBJECT = ProblemShown(
    kind="invalid", field="parameters", wrong="`parameters` is not an object", right="Give the parameters by name."
)


async def _start_job(
    info: Info,
    question: Annotated[str, strawberry.argument(description="The question's name: `reach`.")],
    parameters: Annotated[JSON | None, strawberry.argument(description="Its parameters by name, as an object.")] = None,
    idempotency_key: IDEMPOTENCY_KEY = None,
) -> JobPayload:
    given: Any = parameters or {}
    if not isinstance(given, dict):
        return JobPayload(problems=[_NO_OBJECT])
    return await _answered(
        jobs.start_job(
            info.context.network, info.context.viewer, question, given, idempotency_key=idempotency_key or None
        )
    )


async def _cancel_job(info: Info, id: JobId) -> JobPayload:
    return await _answered(jobs.cancel_job(info.context.network, info.context.viewer, id))


@strawberry.type
class JobMutations:
    """Asking now and being answered later."""

    start_job: JobPayload = strawberry.field(
        resolver=_start_job, description="Ask any question as a job: for what takes longer than one wants to wait."
    )
    cancel_job: JobPayload = strawberry.field(
        resolver=_cancel_job, description="End a job that is not done; one that is stays so."
    )


async def _answered(work: Awaitable[declared.Job]) -> JobPayload:
    try:
        return JobPayload(job=_shown(await work))
    except RetellError as error:
        return JobPayload(problems=[ProblemShown(kind=error.kind, **asdict(problem)) for problem in error.problems])


async def job_changes(info: Info, id: JobId) -> AsyncIterator[JobShown]:
    """The job, each time that its status or progress has changed, until it ends."""
    async for job in job_progress(info.context.network, info.context.who, id):
        yield _shown(job)
