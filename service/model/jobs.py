"""Jobs: questions whose answers take long, asked now and answered later."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from service.model.answers import answer
from service.model.vocabulary import Vocabulary


class JobStatus(Vocabulary):
    """How far a job is."""

    waiting = "waiting", "Nobody works on it yet."
    running = "running", "It is worked on; `progress` says how far."
    done = "done", "Its answer is there."
    failed = "failed", "It ended without an answer; `problems` says why."
    cancelled = "cancelled", "Whoever started it, or administers what the service starts, ended it."


@answer
class JobProblem:
    """One thing that was wrong."""

    kind: Annotated[str, Field(description="`invalid`, `not_found` ...: the kind of error, as at every door.")]
    field: Annotated[str | None, Field(description="Which parameter, as the caller wrote it.")]
    wrong: Annotated[str, Field(description="What was wrong.")]
    right: Annotated[str, Field(description="What would be right.")]


@answer
class Job:
    """One question asked as a job."""

    id: Annotated[str, Field(description="The job's id.")]
    question: Annotated[
        str,
        Field(
            description="The question that it asks, by its name; `learning` where the service learns its chances anew."
        ),
    ]
    parameters: Annotated[dict[str, Any], Field(description="The parameters that it was asked with.")]
    status: Annotated[JobStatus, Field(description="How far it is.")]
    progress: Annotated[float, Field(description="Which share of it is done, from 0 to 1, as far as it can say.")]
    created_at: Annotated[datetime, Field(description="When it was started.")]
    started_at: Annotated[datetime | None, Field(description="When work on it began, the last time.")]
    finished_at: Annotated[datetime | None, Field(description="When it ended.")]
    problems: Annotated[list[JobProblem], Field(description="Why it failed; empty where it did not.")]
