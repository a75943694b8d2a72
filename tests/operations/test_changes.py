"""The feed of changes: without gaps, in one order, from however many processes."""

import asyncio

import pytest

from service.model.errors import NotFound, Unavailable
from service.model.ids import derived_id
from service.operations.changes import changes_since, number_changes, sequencer, wait_for
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.writing import create, delete


async def test_changes_are_numbered_once_by_whichever_process(network: Network) -> None:
    other = Network(network.graph)

    async def write(through: Network) -> str:
        written = [await create(through, OPERATOR, "Topic", {"name": str(number)}) for number in range(10)]
        return str(written[-1].change_id)

    async with sequencer(network), sequencer(other):
        last = await asyncio.gather(*(write(one) for one in (network, other, network, other)))
        numbers = [await wait_for(network, change, seconds=30) for change in last]
    found = await changes_since(network, 0)
    assert [change.sequence for change in found] == list(range(1, 41))
    assert [change.id for change in found if change.sequence in numbers] == sorted(
        last, key=lambda id: numbers[last.index(id)]
    )
    assert len({id for change in found for id in change.ids}) == 40
    assert {change.kind for change in found} == {"created"}
    assert await changes_since(network, 38) == found[38:]
    assert await changes_since(network, 0, most=3) == found[:3]


async def test_another_takes_over_where_one_has_ended(network: Network) -> None:
    topic = (await create(network, OPERATOR, "Topic", {"name": "T"})).id
    assert await number_changes(network, "first") == 1
    await delete(network, OPERATOR, "Topic", topic)
    await network.graph.write("MATCH (lease:Lease) SET lease.until = datetime() + duration({hours: 1})")
    assert await number_changes(network, "second") == 0, "the first still has the lease"
    await network.graph.write("MATCH (lease:Lease) SET lease.until = datetime() - duration({hours: 1})")
    assert await number_changes(network, "second") == 1
    assert [change.kind for change in await changes_since(network, 0)] == ["created", "deleted"]


async def test_waiting_for_what_does_not_come_ends(network: Network) -> None:
    with pytest.raises(NotFound):
        await wait_for(network, derived_id("no", "change"))
    change = str((await create(network, OPERATOR, "Topic", {"name": "T"})).change_id)
    with pytest.raises(Unavailable):
        await wait_for(network, change, seconds=0.2)


async def test_after_one_has_ended_in_order_the_next_goes_on(network: Network) -> None:
    numbers = []
    for name in ("first", "second", "third"):
        async with sequencer(network):
            written = await create(network, OPERATOR, "Topic", {"name": name})
            numbers.append(await wait_for(network, str(written.change_id)))
    assert numbers == [1, 2, 3]
