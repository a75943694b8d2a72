"""What a question is refused for when asked, it is refused for as a job: at once, and in the same words."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from service.model.errors import RetellError
from service.model.fields import DeclaredField
from service.model.questions import QUESTIONS, Question
from service.operations.answering import answer
from service.operations.jobs import jobs_of, start_job
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.working import work_once
from service.operations.writing import delete
from tests.operations.viewers import viewer
from tests.operations.worlds import World, write_world

KINDS = ("Person", "Community", "Organisation", "Topic", "Purpose", "Story", "ExplicitKnowledge")
IDS = {kind: f"00000000-0000-4000-8000-{number:012d}" for number, kind in enumerate(KINDS, start=1)}
NOBODY = "00000000-0000-4000-8000-0000000000ff"
OTHER = "00000000-0000-4000-8000-0000000000fe"
ASKER = replace(viewer(IDS["Community"], person=IDS["Person"]), principal="asker")
SCOPED = ("scope", "for", "amplifiersFor")
CHANGED = {"whatIf": {"leaves": [OTHER]}}
"""What has to be given though it need not be: some change."""


@pytest.fixture
async def network(network: Network) -> Network:
    named = {"Story": "title", "ExplicitKnowledge": "title"}
    rows = [{"type": kind, "id": id, named.get(kind, "name"): kind} for kind, id in IDS.items()]
    for row in rows:
        if row["type"] in named:
            row["content"] = "Words."
    rows.append({"type": "Person", "id": OTHER, "name": "Other"})
    await write_world(network, World(rows))
    return network


def wrongly(question: Question) -> Iterator[dict[str, Any]]:
    """Parameters of which one is wrong, of each sort that the question can be asked wrongly in."""
    right = {name: good(field) for name, field in question.asks.items() if field.required}
    right |= CHANGED.get(question.name, {})
    for name, field in question.asks.items():
        if field.names_item:
            other = next(kind for kind in KINDS if kind not in field.kinds)
            words = (NOBODY, "no-id", IDS[other])
            yield from ({**right, name: [word] if field.many else word} for word in words)
        elif name in SCOPED:
            yield {**right, name: f"community:{NOBODY}"}
            yield {**right, name: f"community:{IDS['Person']}"}
        elif name == "audience":
            yield {**right, name: f"community:{NOBODY}"}
        elif name == "asOf":
            yield {**right, name: "2100-01-01T00:00:00Z"}
    if question.name == "crossing":
        yield {**right, "scope": f"community:{IDS['Community']}", "groupBy": "organisation"}
    if question.name in {"amplificationPaths", "whatIf"}:
        yield {**right, "from": IDS["Person"], "to": IDS["Person"]}


def good(field: DeclaredField) -> Any:
    return [IDS[field.kinds[0]]] if field.many else IDS[field.kinds[0]] if field.name != "to" else IDS["Community"]


async def test_a_job_is_refused_for_what_the_question_is_refused_for(network: Network) -> None:
    asked = [(name, given) for name, question in QUESTIONS.items() for given in wrongly(question)]
    for name, given in asked:
        refusals = []
        for asking in (answer(network, ASKER, name, given), start_job(network, ASKER, name, given)):
            with pytest.raises(RetellError) as refused:
                await asking
            refusals.append([(one["kind"], one["field"], one["wrong"]) for one in refused.value.shown()])
        assert refusals[0] == refusals[1], (name, given)
    assert len(asked) > 100
    assert (await jobs_of(network, ASKER)).jobs == []


async def test_a_job_sent_again_is_the_same_though_what_it_names_has_gone(network: Network) -> None:
    asked = ("cascade", {"item": IDS["Story"]})
    first = await start_job(network, ASKER, *asked, idempotency_key="once")
    await delete(network, OPERATOR, "Story", IDS["Story"])
    assert (await start_job(network, ASKER, *asked, idempotency_key="once")).id == first.id
    assert await work_once(network, "one")
