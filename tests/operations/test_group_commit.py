"""Writes that wait at the same time: they share a transaction, and nobody shares another one's failure."""

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

import pytest
from neo4j.exceptions import DatabaseError

from service.model.errors import Conflict, Unavailable
from service.model.ids import derived_id
from service.operations.group_commit import GroupCommit, Sent
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.writing import Request, Written, create
from tests.operations.writers import person

MANY = 24


def counted(network: Network) -> list[int]:
    """By transaction of single writes from now on: how many items it made."""
    counts: list[int] = []
    write = network.saves.write

    async def counting(sent: Sent) -> object:
        counts.append(len(sent["created"]))
        return await write(sent)

    network.saves.write = counting
    return counts


def story(title: str, teller: str, **more: Any) -> Mapping[str, object]:
    return {"title": title, "content": "She *fell*", "tellerId": teller, **more}


async def kept(network: Network) -> list[str]:
    rows = await network.graph.read("MATCH (s:Story) RETURN s.title AS title ORDER BY title")
    return [row["title"] for row in rows]


async def test_those_who_wait_together_share_a_transaction_and_each_is_kept_with_its_change(network: Network) -> None:
    mary = await person(network)
    counts = counted(network)
    titles = [f"Story {number:02}" for number in range(MANY)]
    made = await asyncio.gather(*(create(network, OPERATOR, "Story", story(title, mary)) for title in titles))
    assert await kept(network) == titles
    assert sum(counts) == MANY
    assert len(counts) < MANY / 2
    changes = await network.graph.read("MATCH (c:Change) RETURN c.id AS id, c.ids AS ids")
    by_id = {row["id"]: row["ids"] for row in changes}
    assert [by_id[one.change_id or ""] for one in made] == [[one.id] for one in made]


async def test_one_that_comes_alone_waits_for_nobody(network: Network) -> None:
    mary = await person(network)
    counts = counted(network)
    for number in range(3):
        await create(network, OPERATOR, "Story", story(f"Story {number}", mary))
    assert counts == [1, 1, 1]


async def test_one_that_cannot_be_kept_fails_alone(network: Network) -> None:
    mary, taken = await person(network), derived_id("test", "taken")
    # One by one they are judged before any of them is there: the database alone can tell that the id is taken.
    asked = [
        story(f"Story {number:02}", mary, id=taken if number % 6 == 0 else derived_id("test", str(number)))
        for number in range(MANY)
    ]
    answers = await asyncio.gather(
        *(create(network, OPERATOR, "Story", body) for body in asked), return_exceptions=True
    )
    failed = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(failed) == MANY / 6 - 1
    assert all(isinstance(answer, Written | Conflict) for answer in answers)
    titles = await kept(network)
    assert [title for title in titles if int(title[-2:]) % 6] == [f"Story {n:02}" for n in range(MANY) if n % 6]
    assert len(titles) == MANY - len(failed)


async def test_a_key_that_is_sent_many_times_at_once_is_written_once(network: Network) -> None:
    mary = await person(network)
    once = Request(idempotency_key="once")
    made = await asyncio.gather(
        *(create(network, OPERATOR, "Story", story("Story", mary), request=once) for _ in range(MANY))
    )
    assert len({one.id for one in made}) == 1
    assert len({one.change_id for one in made}) == 1
    assert await kept(network) == ["Story"]


NOT_KNOWN = {
    "the connection broke": Unavailable("The connection broke during the commit"),
    "the database does not say": DatabaseError("Could not commit"),
}
TAKEN_BACK = {"refused": Conflict("Not this one"), "not to be sent": OverflowError("Integer out of range")}


@pytest.mark.parametrize("error", NOT_KNOWN.values(), ids=NOT_KNOWN.keys())
async def test_what_may_have_been_kept_is_not_sent_again(error: Exception) -> None:
    sent: list[list[int]] = []

    async def write(parameters: Sent) -> None:
        sent.append(parameters["created"])
        raise error

    group = GroupCommit(write)
    answers = await asyncio.gather(
        *(group.commit({"created": [number]}) for number in range(3)), return_exceptions=True
    )
    assert sent == [[0, 1, 2]]
    assert answers == [error] * 3


@pytest.mark.parametrize("error", TAKEN_BACK.values(), ids=TAKEN_BACK.keys())
async def test_what_was_taken_back_is_sent_without_the_one_at_fault(error: Exception) -> None:
    sent: list[list[int]] = []

    async def write(parameters: Sent) -> None:
        sent.append(parameters["created"])
        if 5 in parameters["created"]:
            raise error

    group = GroupCommit(write)
    answers = await asyncio.gather(
        *(group.commit({"created": [number]}) for number in range(16)), return_exceptions=True
    )
    assert answers == [error if number == 5 else None for number in range(16)]
    assert len(sent) == 9


async def test_one_that_hangs_holds_up_nobody_who_comes_later() -> None:
    released = asyncio.Event()

    async def write(parameters: Sent) -> None:
        if 0 in parameters["created"]:
            await released.wait()

    group = GroupCommit(write)
    hanging = asyncio.create_task(group.commit({"created": [0]}))
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await asyncio.gather(*(group.commit({"created": [number]}) for number in range(1, 4)))
        await group.commit({"created": [4]})
    assert not hanging.done()
    released.set()
    await hanging
    await group.finish()


async def test_what_is_sent_belongs_to_no_request() -> None:
    asking: ContextVar[str] = ContextVar("asking", default="nobody")
    seen: list[str] = []

    async def write(parameters: Sent) -> None:
        seen.append(f"{asking.get()} {len(parameters['created'])}")

    asking.set("somebody")
    await GroupCommit(write).commit({"created": [1]})
    assert seen == ["nobody 1"]


async def test_one_who_leaves_takes_nobody_along(network: Network) -> None:
    mary = await person(network)
    writes = [
        asyncio.create_task(create(network, OPERATOR, "Story", story(f"Story {number}", mary))) for number in range(4)
    ]
    await asyncio.sleep(0.001)
    writes[1].cancel()
    answers = await asyncio.gather(*writes, return_exceptions=True)
    assert isinstance(answers[1], asyncio.CancelledError)
    assert {"Story 0", "Story 2", "Story 3"} <= set(await kept(network))
