"""Answering: whatever is asked, by the name of its question; its parameters are read and refused in one place."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from service.measures.progress import watched
from service.model.errors import Invalid, TooLarge
from service.model.ids import as_id
from service.model.questions import QUESTIONS, Question
from service.model.viewer import Viewer
from service.operations.amplification import amplification_paths
from service.operations.amplifiers import amplifiers_for
from service.operations.boundaries import boundary_spanners, brokerage_of
from service.operations.cascades import cascade
from service.operations.certainty import membership_certainty
from service.operations.changes import wait_for
from service.operations.community_participation import community_participation
from service.operations.connections import next_connections
from service.operations.conventions import conventions
from service.operations.conversion import conversion
from service.operations.credit import hidden_contributions
from service.operations.crossing import crossing_between
from service.operations.detection import detected_communities
from service.operations.diffusion import diffusion
from service.operations.diversity import diversity
from service.operations.era import era_profile
from service.operations.expertise import who_knows
from service.operations.feed import community_feed
from service.operations.grants import grants_received
from service.operations.health import community_health
from service.operations.histories import community_history
from service.operations.lineage import lineage
from service.operations.losses import knowledge_at_risk
from service.operations.network import Network
from service.operations.participation import participation
from service.operations.purposes import on_purpose, purposes_without_community
from service.operations.reach import reach_of
from service.operations.resolutions import community_resolutions
from service.operations.uptake import calibration
from service.operations.validation import instants_not_meant, problems_of
from service.operations.what_if import what_if

LONGEST_WAIT_SECONDS: Final = 60.0
"""How long whoever asks directly is kept waiting; a job takes as long as it takes."""

Answer = Callable[[Network, Viewer, Any], Awaitable[Any]]


ANSWERS: Final[Mapping[str, Answer]] = MappingProxyType(
    {
        "amplificationPaths": amplification_paths,
        "amplifiers": amplifiers_for,
        "calibration": calibration,
        "boundarySpanners": boundary_spanners,
        "brokerage": brokerage_of,
        "communityFeed": community_feed,
        "communityHealth": community_health,
        "eraProfile": era_profile,
        "onPurpose": on_purpose,
        "purposesWithoutCommunity": purposes_without_community,
        "crossing": crossing_between,
        "diversity": diversity,
        "cascade": cascade,
        "communityParticipation": community_participation,
        "conventions": conventions,
        "conversion": conversion,
        "nextConnections": next_connections,
        "reach": reach_of,
        "communityHistory": community_history,
        "grantsReceived": grants_received,
        "communityResolutions": community_resolutions,
        "detectedCommunities": detected_communities,
        "hiddenContributions": hidden_contributions,
        "whoKnows": who_knows,
        "diffusion": diffusion,
        "membershipCertainty": membership_certainty,
        "participation": participation,
        "knowledgeAtRisk": knowledge_at_risk,
        "lineage": lineage,
        "whatIf": what_if,
    }
)
"""The operation that answers each question."""


def question_named(name: str, field: str = "question") -> Question:
    """The question of a name, or `Invalid`."""
    question = QUESTIONS.get(name)
    if question is None:
        raise Invalid(f"{name!r} is no question", right=f"Give one of {', '.join(QUESTIONS)}.", field=field)
    return question


def parameters_of(question: Question, given: Mapping[str, object]) -> object:
    """The parameters that a caller's words stand for; `Invalid` with every problem of them, by the caller's names."""
    instants = (name for name, field in question.asks.items() if field.type in {datetime, AwareDatetime})
    problems = instants_not_meant(instants, given)
    if problems:
        raise Invalid.of(problems)
    try:
        return _adapter(question.parameters).validate_python(dict(given), by_alias=True, by_name=False)
    except ValidationError as error:
        raise Invalid.of(problems_of(question.name, question.asks, error)) from None


async def answer(network: Network, viewer: Viewer, name: str, given: Mapping[str, object]) -> Any:
    """The answer to a question, asked directly.

    Raises:
        Invalid: a parameter is unknown, missing or out of range; or what the question's own operation refuses.
        TooLarge: it takes longer than whoever asks directly is kept waiting; ask it as a job.
    """
    question = question_named(name)
    asked = parameters_of(question, given)
    with watched() as progress:
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                return await answered(network, viewer, question, asked)
        except TimeoutError:
            raise TooLarge(
                f"The answer takes longer than {LONGEST_WAIT_SECONDS:g} seconds",
                right="Ask the same as a job, or ask for less.",
                field=None,
            ) from None
        finally:
            # What runs in a thread ends at its next report; nobody is there to take its answer.
            progress.cancelled = True


async def answered(network: Network, viewer: Viewer, question: Question, asked: Any) -> Any:
    """The answer to parameters that have been read, with the change counted in that they name."""
    if (change := getattr(asked, "after", None)) is not None:
        await wait_for(network, as_id(change, "after"))
    return await ANSWERS[question.name](network, viewer, asked)


@cache
def _adapter(parameters: type) -> TypeAdapter[Any]:
    return TypeAdapter(parameters)
