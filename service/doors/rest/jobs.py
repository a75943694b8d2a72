"""Questions asked as jobs: `/v1/jobs`."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from service.doors.http.authentication import BEARER
from service.doors.http.contract import problem_responses
from service.doors.rest.answers import Asking, link_to_next, shown
from service.doors.rest.schemas import HAS_AN_ID, PageShown
from service.model.jobs import Job
from service.model.questions import QUESTIONS
from service.operations import jobs
from service.operations.reading import LARGEST_PAGE, PAGE_SIZE

router = APIRouter(prefix="/v1/jobs", tags=["Jobs"], dependencies=[Depends(BEARER)])
PROBLEMS = problem_responses(401, 403, 404, 409, 413, 422, 500, 503)
STARTING = {**PROBLEMS, **problem_responses(429)}
AT = {"Location": {"description": "The address of the job.", "schema": {"type": "string"}}}
JobId = Annotated[str, Path(description="The job's id.", **HAS_AN_ID)]


class JobDraft(BaseModel):
    """A question to be asked as a job."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[
        str,
        Field(
            max_length=100,
            description="The question's name, as GraphQL has it: `reach`.",
            json_schema_extra={"enum": list(QUESTIONS)},
        ),
    ]
    parameters: Annotated[
        dict[str, Any], Field(default_factory=dict, description="Its parameters by name, as GraphQL takes them.")
    ]


class JobList(BaseModel):
    """A page of the jobs that one may see."""

    items: Annotated[list[Job], Field(description="The jobs of the page, the newest first.")]
    page: Annotated[PageShown, Field(description="Where the page stands in its list.")]


@router.post(
    "",
    operation_id="startJob",
    summary="Ask a question as a job",
    status_code=202,
    responses={202: {"model": Job, "description": "The job; `Location` is where it is.", "headers": AT}, **STARTING},
)
async def start_job(
    request: Request,
    viewer: Asking,
    draft: JobDraft,
    idempotency_key: Annotated[
        str | None, Header(min_length=1, max_length=200, description="Sent again with it, it is the same job.")
    ] = None,
) -> Response:
    """For what takes longer than one wants to wait: any question, answered by whichever process is free."""
    job = await jobs.start_job(
        request.app.state.network, viewer, draft.question, draft.parameters, idempotency_key=idempotency_key
    )
    response = shown(job, {"Location": f"/v1/jobs/{job.id}"})
    response.status_code = 202
    return response


@router.get(
    "",
    operation_id="listJobs",
    summary="The jobs that one may see",
    responses={200: {"model": JobList, "description": "A page."}, **PROBLEMS},
)
async def list_jobs(
    request: Request,
    viewer: Asking,
    *,
    first: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many at most.")] = PAGE_SIZE,
    after: Annotated[str | None, Query(max_length=500, description="The `endCursor` of the page before.")] = None,
) -> Response:
    """Those started with the same key, and for who administers those of the service itself, the newest first.

    `Link` leads to the next page. Kept for a week after their end; the service's own for an hour, unless somebody
    ended them.
    """
    found = await jobs.jobs_of(request.app.state.network, viewer, first=first, after=after)
    end = found.cursors[-1] if found.jobs else None
    page = PageShown(hasNextPage=found.has_next_page, endCursor=end)
    return shown(JobList(items=found.jobs, page=page), link_to_next(request, end) if found.has_next_page else {})


@router.get(
    "/{id}",
    operation_id="getJob",
    summary="How far a job is",
    responses={200: {"model": Job, "description": "The job."}, **PROBLEMS},
)
async def get_job(request: Request, viewer: Asking, id: JobId) -> Response:
    """Its status and progress, and why it failed, if it did."""
    return shown(await jobs.job_of(request.app.state.network, viewer, id))


@router.get(
    "/{id}/answer",
    operation_id="getJobAnswer",
    summary="The answer of a job",
    responses={
        200: {
            "description": "The answer, just as the question answers when it is asked directly.",
            "content": {"application/json": {"schema": {"type": "object", "description": "The question's answer."}}},
        },
        **PROBLEMS,
    },
)
async def get_job_answer(request: Request, viewer: Asking, id: JobId) -> Response:
    """409 until it is done, and where it holds something that has been erased since or that one may no longer see."""
    answer = await jobs.answer_of_job(request.app.state.network, viewer, id)
    return Response(answer, media_type="application/json")


@router.post(
    "/{id}/cancel",
    operation_id="cancelJob",
    summary="Cancel a job",
    responses={200: {"model": Job, "description": "The job as it stands now."}, **PROBLEMS},
)
async def cancel_job(request: Request, viewer: Asking, id: JobId) -> Response:
    """Ends it if it is not done yet; one that is done stays so."""
    return shown(await jobs.cancel_job(request.app.state.network, viewer, id))
