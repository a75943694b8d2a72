"""Any run of writes, beside a plain Python model of versions, idempotency and links that shares none of the code."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.model.errors import Conflict, Invalid, NotFound, RetellError
from service.model.ids import derived_id
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.writing import Request, delete, put, update
from tests.operations.writers import items

NAMES = ["a", "b", "c", "d"]
Outcome = tuple[Any, ...]


@dataclass
class Model:
    """Topics by name: their version, what they are called, and under which others they belong."""

    topics: dict[str, tuple[int, str, frozenset[str]]] = field(default_factory=dict)
    answers: dict[str, tuple[Any, Outcome]] = field(default_factory=dict)

    def above(self, name: str) -> set[str]:
        """The topics that are wider by any way round."""
        found: set[str] = set()
        ahead = list(self.topics[name][2]) if name in self.topics else []
        while ahead:
            one = ahead.pop()
            if one not in found:
                found.add(one)
                ahead += self.topics[one][2]
        return found

    def wrong(self, name: str, wider: frozenset[str]) -> bool:
        """Whether these can't be its wider topics."""
        return any(one not in self.topics or one == name or name in self.above(one) for one in wider)

    def put(self, name: str, title: str, wider: frozenset[str], seen: int | None) -> Outcome:
        """What writing the whole topic answers."""
        if name not in self.topics:
            if seen is not None:
                return ("Conflict",)
            if self.wrong(name, wider):
                return ("Invalid",)
            self.topics[name] = (1, title, wider)
            return (1, True)
        version, *before = self.topics[name]
        if seen not in {None, version}:
            return ("Conflict",)
        if before != [title, wider]:
            if self.wrong(name, wider):
                return ("Invalid",)
            version += 1
            self.topics[name] = (version, title, wider)
        return (version, False)

    def rename(self, name: str, title: str, seen: int | None) -> Outcome:
        """What changing its name alone answers."""
        if name not in self.topics:
            return ("NotFound",)
        return self.put(name, title, self.topics[name][2], seen)

    def delete(self, name: str, seen: int | None) -> Outcome:
        """What erasing it answers: those under it lose a link, and so have a new version."""
        if name not in self.topics:
            return ("NotFound",)
        version = self.topics[name][0]
        if seen not in {None, version}:
            return ("Conflict",)
        del self.topics[name]
        for other, (theirs, title, wider) in list(self.topics.items()):
            if name in wider:
                self.topics[other] = (theirs + 1, title, wider - {name})
        return (version, False)


@st.composite
def steps(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A run of writes on few names, so that they meet."""
    one = st.fixed_dictionaries(
        {
            "do": st.sampled_from(["put", "put", "rename", "delete"]),
            "name": st.sampled_from(NAMES),
            "title": st.sampled_from(["x", "y"]),
            "wider": st.frozensets(st.sampled_from(NAMES), max_size=2),
            "seen": st.sampled_from([None, None, None, 1, 2]),
            "key": st.sampled_from([None, None, "k", "l"]),
        }
    )
    return draw(st.lists(one, min_size=5, max_size=15))


async def done(network: Network, step: dict[str, Any]) -> Outcome:
    """What the service answers."""
    request = Request(if_version=step["seen"], idempotency_key=step["key"])
    reference = f"m/{step['name']}"
    try:
        match step["do"]:
            case "put":
                wider = [f"m/{one}" for one in sorted(step["wider"])]
                body = {"name": step["title"], "narrowerThanIds": wider}
                written = await put(network, OPERATOR, "Topic", reference, body, request=request)
            case "rename":
                written = await update(network, OPERATOR, "Topic", reference, {"name": step["title"]}, request=request)
            case _:
                written = await delete(network, OPERATOR, "Topic", reference, request=request)
    except RetellError as error:
        return (type(error).__name__,)
    return (written.version, written.created)


def expected(model: Model, step: dict[str, Any]) -> Outcome:
    """What the model answers."""
    do, name, title, seen = step["do"], step["name"], step["title"], step["seen"]
    asked = (do, name, title if do != "delete" else "", step["wider"] if do == "put" else None, seen)
    if step["key"] in model.answers:
        before, answer = model.answers[step["key"]]
        return answer if before == asked else ("Conflict",)
    if do == "put":
        answer = model.put(name, title, step["wider"], seen)
    else:
        answer = model.rename(name, title, seen) if do == "rename" else model.delete(name, seen)
    if step["key"] and len(answer) > 1:
        model.answers[step["key"]] = (asked, answer)
    return answer


@pytest.mark.parametrize("do", ["put", "rename", "delete"])
async def test_a_key_that_comes_with_another_version_is_another_request(network: Network, do: str) -> None:
    made: dict[str, Any] = {"do": "put", "name": "a", "title": "x", "wider": frozenset(), "seen": None, "key": None}
    first = {**made, "do": do, "title": "y", "key": "k"}
    assert await done(network, made) == (1, True)
    answer = await done(network, first)
    assert await done(network, first) == answer, "the same again is answered as it was"
    assert await done(network, {**first, "seen": 1}) == ("Conflict",)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(run=steps())
async def test_every_run_of_writes_goes_as_in_the_model(network: Network, run: list[dict[str, Any]]) -> None:
    await network.graph.write("MATCH (node:Item|Change|IdempotencyRecord) DETACH DELETE node")
    network.items.clear()
    model = Model()
    for step in run:
        assert await done(network, step) == expected(model, step), step
    found = {
        dict(properties)["id"]: (
            int(dict(properties)["version"]),
            dict(properties)["name"],
            frozenset(end for type, end in links),
        )
        for labels, properties, links in await items(network)
    }
    assert found == {
        derived_id("m", name): (version, title, frozenset(derived_id("m", one) for one in wider))
        for name, (version, title, wider) in model.topics.items()
    }


def test_the_model_is_not_empty() -> None:
    """Refusals and successes both come of it."""
    model = Model()
    assert model.put("a", "x", frozenset(), None) == (1, True)
    assert model.put("b", "x", frozenset({"a"}), None) == (1, True)
    assert model.put("a", "x", frozenset({"b"}), None) == (Invalid.__name__,)
    assert model.delete("a", None) == (1, False)
    assert model.topics["b"] == (2, "x", frozenset())
    assert model.rename("c", "x", None) == (NotFound.__name__,)
    assert model.rename("b", "y", 1) == (Conflict.__name__,)
