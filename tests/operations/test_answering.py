"""Answering: what every answer passes through, whichever question it is the answer to."""

from collections.abc import Mapping
from datetime import UTC, datetime
from math import inf, nan
from types import MappingProxyType
from typing import Any

import pytest
from structlog.testing import capture_logs

from service.model.answers import ItemReference, PersonReference, answer, not_finite, referred_to
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


def test_a_figure_that_is_not_finite_is_found_by_the_name_that_callers_read() -> None:
    assert not_finite(Outside(groups=[Inside(mean=1.0)], curve=[0.0, 1e300])) is None
    assert not_finite(Outside(groups=[Inside(mean=1.0), Inside(mean=nan)])) == "groups.1.mean"
    assert not_finite(Outside(groups=[], curve=[0.0, -inf])) == "curve.1"
    assert not_finite(Outside(groups=[], from_=Inside(mean=inf))) == "from.mean"


def test_an_answer_says_whom_and_what_it_names() -> None:
    named = [Inside(mean=1.0, person=PersonReference(id="a", name="Ada")), Inside(mean=1.0)]
    assert referred_to(Outside(groups=named, of=ItemReference(id="s", kind="Story"))) == {"a", "s"}
    assert referred_to(Outside(groups=[])) == set()


@pytest.mark.parametrize("value", [nan, inf, -inf])
async def test_no_answer_carries_a_figure_that_is_not_finite(
    network: Network, monkeypatch: pytest.MonkeyPatch, value: float
) -> None:
    async def overflown(*_: Any) -> Outside:
        return Outside(groups=[Inside(mean=value)])

    answers: Mapping[str, Any] = {**answering.ANSWERS, "purposesWithoutCommunity": overflown}
    monkeypatch.setattr(answering, "ANSWERS", MappingProxyType(answers))
    with capture_logs() as logged, pytest.raises(ArithmeticError):
        await answering.answer(network, viewer(), "purposesWithoutCommunity", {})
    (line,) = [one for one in logged if one["event"] == "figure_not_finite"]
    assert (line["question"], line["field"], line["log_level"]) == (
        "purposesWithoutCommunity",
        "groups.0.mean",
        "error",
    )


@pytest.mark.parametrize("name", ["purposesWithoutCommunity", "grantsReceived", "conventions"])
async def test_what_is_told_of_now_is_not_dated_ahead(network: Network, name: str) -> None:
    found: Any = await answering.answer(network, viewer(), name, {})
    assert found.basis.as_of <= datetime.now(UTC)
