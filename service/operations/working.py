"""Working: jobs taken one after another while the service runs, watched while they are worked on."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Final

import orjson
import structlog
from pydantic import TypeAdapter

from service.measures.progress import Cancelled, Progress, watched
from service.model.errors import RetellError, Unavailable
from service.model.ids import new_id
from service.model.jobs import JobStatus
from service.model.viewer import Scope, Viewer
from service.operations.answering import answered, parameters_of, question_named
from service.operations.failures import log_failure
from service.operations.jobs import now
from service.operations.network import Network

POLL_SECONDS: Final = 1.0
BEAT_SECONDS: Final = 1.0
SILENT_SECONDS: Final = 10
"""After how long without a sign of life a job is another's."""
MOST_ATTEMPTS: Final = 3
"""How often a job is begun that never comes to an end."""
KEPT_DAYS: Final = 7
"""How long an answer can be fetched."""
FORGET_SECONDS: Final = 600.0
_PAUSE_SECONDS: Final = 5.0

_log = structlog.get_logger(__name__)


@asynccontextmanager
async def worker(network: Network) -> AsyncIterator[None]:
    """Work on jobs while the block runs. Every process may; a job is one's at a time."""
    holder = new_id()
    stop = asyncio.Event()
    task = asyncio.create_task(_run(network, holder, stop))
    try:
        yield
    finally:
        stop.set()
        network.jobs_waiting.set()
        await task
        await network.write("jobs/give_back", {"holder": holder})


async def _run(network: Network, holder: str, stop: asyncio.Event) -> None:
    forgot = -FORGET_SECONDS
    while not stop.is_set():
        try:
            if monotonic() - forgot > FORGET_SECONDS:
                await _forget(network)
                forgot = monotonic()
            worked = await work_once(network, holder, stop)
        except Unavailable as error:
            _log.warning("jobs_not_taken", why=str(error))
            worked = await _paused(stop)
        except Exception as error:  # noqa: BLE001 - one job that can't be ended must not end the worker
            log_failure(error)
            worked = await _paused(stop)
        if not worked:
            with suppress(TimeoutError):
                await asyncio.wait_for(network.jobs_waiting.wait(), POLL_SECONDS)
            network.jobs_waiting.clear()


async def _paused(stop: asyncio.Event) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), _PAUSE_SECONDS)
    return False


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


async def _forget(network: Network) -> None:
    """Take the answers away that were to be fetched for so long."""
    before = (datetime.now(UTC) - timedelta(days=KEPT_DAYS)).isoformat()
    await network.write("jobs/forget", {"before": before})


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
    return {"status": JobStatus.done.value, "answer": answer, "progress": 1.0}


def _failed(wrong: str, right: str) -> dict[str, Any]:
    problem = {"kind": "internal", "field": None, "wrong": wrong, "right": right}
    return {"status": JobStatus.failed.value, "problems": orjson.dumps([problem]).decode()}
