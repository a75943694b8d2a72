"""Writes that wait at the same time: they share a transaction, and nobody shares another one's failure."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from service.model.errors import Conflict, RetellError, Unavailable
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


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        pytest.param(Unavailable("The connection broke during the commit"), [3], id="nobody knows"),
        pytest.param(Conflict("Not this one"), [3, 1, 1, 1], id="taken back"),
    ],
)
async def test_what_may_have_been_kept_is_not_sent_again(error: RetellError, tries: list[int]) -> None:
    sent: list[int] = []

    async def write(parameters: Sent) -> None:
        sent.append(len(parameters["created"]))
        if len(sent) == 1:
            raise error

    group = GroupCommit(write)
    answers = await asyncio.gather(
        *(group.keep({"created": [number], "updated": []}) for number in range(3)), return_exceptions=True
    )
    assert sent == tries
    assert answers == ([error] * 3 if tries == [3] else [None] * 3)


async def test_no_two_that_change_one_item_go_together() -> None:
    sent: list[list[str]] = []

    async def write(parameters: Sent) -> None:
        sent.append([row["properties"]["id"] for row in parameters["updated"]])

    group = GroupCommit(write)
    ids = ["a", "b", "a", "c", "a", "b"]
    await asyncio.gather(*(group.keep({"updated": [{"properties": {"id": id}}]}) for id in ids))
    assert sent == [["a", "b", "c"], ["a", "b"], ["a"]]


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
