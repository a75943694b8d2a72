"""Answering: what every answer passes through, whichever question it is the answer to."""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from datetime import UTC, datetime
from math import inf, nan
from time import sleep
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import ValidationError

from service.measures.progress import report
from service.model.answers import ItemReference, PersonReference, answer, referred_to
from service.model.errors import TooLarge
from service.model.questions import QUESTIONS
from service.operations import answering
from service.operations.network import Network
from tests.operations.viewers import viewer


@answer
class Inside:
    """A part of an answer."""

    mean: float
    people_known: int = 3
    person: PersonReference | None = None


@answer
class Outside:
    """An answer."""

    groups: list[Inside]
    from_: Inside | None = None
    of: ItemReference | None = None
    curve: list[float] | None = None


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_no_part_of_an_answer_takes_a_figure_that_is_not_finite(value: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        Inside(mean=value)
    with pytest.raises(ValidationError, match="finite"):
        replace(Inside(mean=1.0), mean=value)
    with pytest.raises(ValidationError, match="finite"):
        Outside(groups=[], curve=[0.0, value])


def test_every_part_of_every_answer_refuses_such_figures() -> None:
    lax = {part for question in QUESTIONS.values() for part in _parts(question.answer) if not _is_strict(part)}
    assert not lax


def _parts(hint: Any) -> set[type]:
    """The dataclasses that a type is made of."""
    inside = get_type_hints(hint).values() if is_dataclass(hint) else get_args(hint)
    own: set[type] = {hint} if isinstance(hint, type) and is_dataclass(hint) else set()
    return own.union(*map(_parts, inside))


def _is_strict(part: type) -> bool:
    config: Mapping[str, Any] = getattr(part, "__pydantic_config__", {})
    return config.get("allow_inf_nan") is False


def test_an_answer_says_whom_and_what_it_names() -> None:
    named = [Inside(mean=1.0, person=PersonReference(id="a", name="Ada")), Inside(mean=1.0)]
    assert referred_to(Outside(groups=named, of=ItemReference(id="s", kind="Story"))) == {"a", "s"}
    assert referred_to(Outside(groups=[])) == set()


@pytest.mark.parametrize("name", ["purposesWithoutCommunity", "grantsReceived", "conventions"])
async def test_what_is_told_of_now_is_not_dated_ahead(network: Network, name: str) -> None:
    found: Any = await answering.answer(network, viewer(), name, {})
    assert found.basis.as_of <= datetime.now(UTC)


async def test_who_has_waited_long_enough_is_told_to_ask_for_a_job_and_the_computation_ends(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()

    def compute() -> None:
        begun.set()
        try:
            while True:
                report(0.5)
                sleep(0.01)
        finally:
            ended.set()

    async def slow(*_: object) -> None:
        await asyncio.to_thread(compute)

    monkeypatch.setattr(answering, "LONGEST_WAIT_SECONDS", 0.2)
    monkeypatch.setattr(answering, "ANSWERS", {**answering.ANSWERS, "conventions": slow})
    with pytest.raises(TooLarge) as refused:
        await answering.answer(network, viewer(), "conventions", {})
    assert "as a job" in refused.value.problems[0].right
    assert begun.is_set()
    assert await asyncio.to_thread(ended.wait, 5)
