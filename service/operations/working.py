"""Working: jobs taken in turns, one principal after another, and watched while they are worked on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from types import MappingProxyType
from typing import Any, Final

import orjson
from pydantic import TypeAdapter

from service.measures.progress import Cancelled, Progress, watched
from service.model.answers import referred_to
from service.model.errors import RetellError, Unavailable
from service.model.ids import new_id
from service.model.jobs import JobStatus
from service.model.viewer import Scope, Viewer
from service.operations.answering import answered, parameters_of, question_named
from service.operations.background import in_background
from service.operations.failures import log_failure
from service.operations.jobs import ERASED, SERVICE, START_ANEW, now
from service.operations.network import Network
from service.operations.tending import LEARNING, learn_anew

BEAT_SECONDS: Final = 1.0
SILENT_SECONDS: Final = 10
"""After how long without a sign of life a job is another's."""
MOST_ATTEMPTS: Final = 3
"""How often a job is begun that never comes to an end."""
KEPT_DAYS: Final = 7
"""How long an answer can be fetched."""
OWN_KEPT_HOURS: Final = 1
"""How long one of what the service gave itself to do; after that what failed is begun anew, where it is still due.
What somebody ended is kept as long as any other, so that it stays ended."""
FORGET_SECONDS: Final = 600.0
OWN: Final[Mapping[str, Callable[[Network], Awaitable[Any]]]] = MappingProxyType({LEARNING: learn_anew})
"""What the service gives itself to do."""


@asynccontextmanager
async def worker(network: Network) -> AsyncIterator[None]:
    """Work on jobs while the block runs. Every process may; a job is one's at a time.

    That jobs wait is seen where it is looked how far the feed of changes goes.
    """
    holder, forgot = new_id(), -FORGET_SECONDS

    async def turn(stop: asyncio.Event) -> bool:
        nonlocal forgot
        if monotonic() - forgot > FORGET_SECONDS:
            await forget_answers(network)
            forgot = monotonic()
        return await work_once(network, holder, stop)

    try:
        async with in_background("worker", turn, network.jobs_waiting, every=FORGET_SECONDS):
            yield
    finally:
        await network.write("jobs/give_back", {"holder": holder})


async def work_once(network: Network, holder: str, stop: asyncio.Event | None = None) -> bool:
    """Take one job and end it; whether there was one."""
    rows = await network.write("jobs/claim", {"holder": holder, "now": now(), "seconds": SILENT_SECONDS})
    if not rows:
        return False
    job = rows[0]["job"]
    if job["attempts"] > MOST_ATTEMPTS:
        outcome = _failed("It was begun several times and never came to an end", "Ask for less, or report the job.")
        await network.write("jobs/finish", {"id": job["id"], "holder": holder, "outcome": outcome})
        return True
    with watched() as progress:
        working = asyncio.create_task(_outcome(network, job))
        while not (await asyncio.wait({working}, timeout=BEAT_SECONDS))[0]:
            beat = {"id": job["id"], "holder": holder, "now": now(), "seconds": SILENT_SECONDS}
            alive = await network.write("jobs/beat", {**beat, "progress": progress.share})
            if not alive or (stop is not None and stop.is_set()):
                await _abandon(working, progress)
                return True
    outcome = {**working.result(), "finishedAt": datetime.now(UTC)}
    await network.write("jobs/finish", {"id": job["id"], "holder": holder, "outcome": outcome})
    return True


async def forget_answers(network: Network) -> None:
    """Take the answers away that were to be fetched for so long, and those that name what has been erased since."""
    moment = datetime.now(UTC)
    before, soon = moment - timedelta(days=KEPT_DAYS), moment - timedelta(hours=OWN_KEPT_HOURS)
    given = {"before": before.isoformat(), "soon": soon.isoformat(), "sooner": SERVICE}
    await network.write("jobs/forget", given)
    await network.write("jobs/drop", {"outcome": _failed(ERASED, START_ANEW)})


async def _abandon(working: "asyncio.Task[dict[str, Any]]", progress: Progress) -> None:
    """Leave a job: what runs in a thread ends at its next report, what waits for the graph at once."""
    progress.cancelled = True
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


async def _outcome(network: Network, job: Mapping[str, Any]) -> dict[str, Any]:
    """What a job ends with, as its properties."""
    try:
        viewer = Viewer(
            principal=job["principal"],
            person_id=job.get("person"),
            audiences=tuple(job["audiences"]),
            scopes=frozenset(Scope(scope) for scope in job["scopes"]),
        )
        if viewer.principal == SERVICE:
            found = await OWN[job["question"]](network)
        else:
            question = question_named(job["question"])
            asked = parameters_of(question, orjson.loads(job["parameters"]))
            found = await answered(network, viewer, question, asked)
        answer = TypeAdapter(type(found)).dump_json(found, by_alias=True).decode()
    except Unavailable:
        raise
    except RetellError as error:
        return {"status": JobStatus.failed.value, "problems": orjson.dumps(error.shown()).decode()}
    except Cancelled:
        return {"status": JobStatus.cancelled.value}
    except Exception as error:  # noqa: BLE001 - whatever it is, the job must not be tried for ever
        log_failure(error, job=job["id"], question=job["question"])
        return _failed("Something went wrong here", "Report the job.")
    named = sorted(referred_to(found))
    return {"status": JobStatus.done.value, "answer": answer, "named": named, "progress": 1.0}


def _failed(wrong: str, right: str) -> dict[str, Any]:
    problem = {"kind": "internal", "field": None, "wrong": wrong, "right": right}
    return {"status": JobStatus.failed.value, "problems": orjson.dumps([problem]).decode()}
