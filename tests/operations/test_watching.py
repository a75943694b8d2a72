"""Watching a cascade: it is told anew whatever it rests on has changed, and whoever wrote that."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest

from service.graph.projection_state import Mark
from service.model.cascades import Cascade, CascadeQuestion
from service.model.viewer import EVERYONE, Viewer
from service.operations.changes import number_changes
from service.operations.network import Network
from service.operations.watching import cascade_growth
from tests.operations.viewers import viewer
from tests.operations.worlds import START
from tests.operations.writers import made, person


def _day(number: int) -> str:
    return (START + timedelta(days=number)).isoformat()


class Story:
    """What Mary told, Ben passed on and Eve after him, of whom it is not known that she listens to Ben."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.ids: dict[str, str] = {}

    async def told(self) -> str:
        """Its id."""
        for name in ("Mary", "Ben", "Eve"):
            self.ids[name] = await person(self.network, name)
        told = {"title": "T", "content": "C", "tellerId": self.ids["Mary"], "at": _day(0)}
        self.ids["story"] = await made(self.network, "Story", **told)
        for name, day in (("Ben", 10), ("Eve", 20)):
            act = {"kind": "retell", "byId": self.ids[name], "ofId": self.ids["story"], "at": _day(day)}
            await made(self.network, "Amplification", **act)
        known = {"title": "G", "content": "C", "at": _day(3)}
        self.ids["guide"] = await made(self.network, "ExplicitKnowledge", **known)
        self.ids["insight"] = await made(self.network, "TacitInsight", content="I", heldById=self.ids["Ben"])
        of_ben = {"title": "B", "content": "C", "tellerId": self.ids["Ben"], "at": _day(1)}
        self.ids["of Ben"] = await made(self.network, "Story", **of_ben)
        taken = {"kind": "adopt", "byId": self.ids["Eve"], "ofId": self.ids["guide"], "at": _day(5)}
        await made(self.network, "Amplification", **taken)
        await number_changes(self.network, "tests")
        return self.ids["story"]


@asynccontextmanager
async def watched(network: Network, story: str, *who: Viewer) -> AsyncIterator[Any]:
    """The next cascade, whenever there is one; one person asks at first, and the last of these in the end."""
    asking = list(who or [viewer()])

    async def asks() -> Viewer:
        return asking.pop(0) if len(asking) > 1 else asking[0]

    answers = cascade_growth(network, asks, CascadeQuestion(item=story))
    try:
        yield lambda: asyncio.wait_for(anext(answers), 15)
    finally:
        await answers.aclose()  # type: ignore[attr-defined]


def depths(found: Cascade) -> dict[str, int]:
    return {act.person.name: act.depth for act in found.acts}


EVIDENCE: dict[str, dict[str, Any]] = {
    "Observation": {"byId": "Eve", "toId": "Ben"},
    "Support": {"byId": "Eve", "toId": "Ben", "content": "C"},
    "Feedback": {"byId": "Eve", "ofId": "of Ben", "content": "C"},
    "Derivation": {"byIds": ["Ben"], "usedIds": ["insight"], "madeId": "guide"},
}


@pytest.mark.parametrize("label", EVIDENCE)
async def test_whom_one_is_found_to_have_listened_to_moves_one_in_the_cascade(network: Network, label: str) -> None:
    world = Story(network)
    async with watched(network, await world.told()) as next_one:
        assert depths(await next_one()) == {"Ben": 1, "Eve": 1}
        named = {
            field: [world.ids[one] for one in value] if isinstance(value, list) else world.ids.get(value, value)
            for field, value in EVIDENCE[label].items()
        }
        await made(network, label, **named, at=_day(5))
        await number_changes(network, "tests")
        assert depths(await next_one()) == {"Ben": 1, "Eve": 2}


async def test_what_another_process_wrote_counts_whatever_is_believed_of_the_feed(network: Network) -> None:
    world, elsewhere = Story(network), Network(network.graph)
    async with watched(network, await world.told()) as next_one:
        await next_one()
        (feed,) = await network.ask("changes/due", {"holder": "tests", "now": datetime.now(UTC).isoformat()})
        network.projections.believe(Mark(feed["sequence"], feed["id"]), until=monotonic() + 60)
        await network.projections.current((EVERYONE,))
        await made(elsewhere, "Observation", byId=world.ids["Eve"], toId=world.ids["Ben"], at=_day(5))
        await number_changes(elsewhere, "tests")
        assert depths(await next_one()) == {"Ben": 1, "Eve": 2}


async def test_who_comes_to_belong_somewhere_sees_what_is_for_those_there(network: Network) -> None:
    world = Story(network)
    story = await world.told()
    club = await made(network, "Community", name="Club")
    inside = {"audience": f"community:{club}", "at": _day(30)}
    await made(network, "Amplification", kind="share", byId=world.ids["Mary"], ofId=story, **inside)
    await number_changes(network, "tests")
    async with watched(network, story, viewer(), viewer(club)) as next_one:
        assert depths(await next_one()).keys() == {"Ben", "Eve"}
        await made(network, "Membership", personId=world.ids["Eve"], communityId=club, since=_day(0))
        await number_changes(network, "tests")
        assert depths(await next_one()).keys() == {"Ben", "Eve", "Mary"}
