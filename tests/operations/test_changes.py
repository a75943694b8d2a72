"""The feed of changes: without gaps, in one order, from however many processes."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from time import monotonic

import pytest

from service.graph.projection import Mark
from service.model.errors import NotFound, Unavailable
from service.model.ids import derived_id
from service.model.jobs import JobStatus
from service.model.viewer import EVERYONE
from service.operations import background, changes
from service.operations.changes import (
    LATE_SECONDS,
    POLL_SECONDS,
    Look,
    changes_since,
    heed,
    number_changes,
    sequencer,
    wait_for,
)
from service.operations.jobs import start_job
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.working import worker
from service.operations.writing import create, delete
from tests.operations.test_jobs import ASKER, ended


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


async def test_one_that_is_told_looks_for_nothing_and_has_what_others_write_within_a_second(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Network(network.graph)
    looked = _counted(told, monkeypatch)
    async with sequencer(network, tell=partial(heed, told)), sequencer(told, told=True), worker(told):
        ada, ben = [(await create(network, OPERATOR, "Person", {"name": name})).id for name in ("Ada", "Ben")]
        await told.projections.current((EVERYONE,))
        await asyncio.sleep(2 * POLL_SECONDS)
        before = looked()
        written = await create(network, OPERATOR, "Observation", {"byId": ada, "toId": ben})
        until = monotonic() + 1
        while not len((await told.projections.current((EVERYONE,))).acts):
            assert monotonic() < until, written
            await asyncio.sleep(0.01)
        elsewhere = Network(network.graph)  # whose own worker, if it had one, is at something else
        job = await start_job(elsewhere, ASKER, "detectedCommunities", {})
        assert (await ended(told, ASKER, job.id)).status is JobStatus.done
        assert looked() == before


async def test_who_is_told_late_of_an_earlier_look_goes_by_the_newest(network: Network) -> None:
    newest = Look(asked=monotonic(), feed=Mark(2, derived_id("a", "change")), due=False, jobs=False)
    heed(network, newest)
    heed(
        network, Look(asked=newest.asked - 0.1, feed=Mark(1, derived_id("an earlier", "change")), due=False, jobs=True)
    )
    assert network.looked == newest.asked
    assert network.jobs_waiting.is_set(), "it may be seen to in vain, but not be overlooked"


async def test_one_that_is_told_nothing_looks_by_itself_after_a_while(network: Network) -> None:
    ada, ben = [(await create(network, OPERATOR, "Person", {"name": name})).id for name in ("Ada", "Ben")]
    told = Network(network.graph)
    async with sequencer(told, told=True), worker(told):
        await told.projections.current((EVERYONE,))
        # By processes that end before they number it, or are busy.
        await create(network, OPERATOR, "Observation", {"byId": ada, "toId": ben})
        job = await start_job(network, ASKER, "detectedCommunities", {})
        until = monotonic() + 3 * LATE_SECONDS
        while not len((await told.projections.current((EVERYONE,))).acts):
            assert monotonic() < until
            await asyncio.sleep(0.05)
        assert (await ended(told, ASKER, job.id)).status is JobStatus.done


async def test_what_this_process_has_numbered_is_there_whatever_it_is_told(network: Network) -> None:
    ada, ben = [(await create(network, OPERATOR, "Person", {"name": name})).id for name in ("Ada", "Ben")]
    await number_changes(network, "tests")
    before = await network.projections.current((EVERYONE,))
    (feed,) = await network.ask("changes/due", {"holder": "tests", "now": datetime.now(UTC).isoformat()})
    await create(network, OPERATOR, "Observation", {"byId": ada, "toId": ben})
    await number_changes(network, "tests")
    heed(network, Look(asked=monotonic(), feed=Mark(feed["sequence"], feed["id"]), due=False, jobs=False))
    assert len((await network.projections.current((EVERYONE,))).acts) == len(before.acts) + 1


async def test_a_database_that_does_not_answer_holds_nobody_up_at_the_end(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (changes, background):
        monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.1)
    hangs = Network(network.graph)

    async def never(*_: object) -> list[dict[str, object]]:
        await asyncio.Event().wait()
        return []

    async with asyncio.timeout(5):
        async with sequencer(hangs):
            monkeypatch.setattr(hangs, "ask", never)
            monkeypatch.setattr(hangs, "write", never)
            await asyncio.sleep(0.5)


def _counted(network: Network, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often this network has looked by itself what there is to do."""
    asked: list[str] = []
    ask, write = network.ask, network.write

    async def noting(through: Callable[..., object], name: str, given: dict[str, object]) -> object:
        asked.append(name)
        return await through(name, given)  # type: ignore[misc]

    monkeypatch.setattr(network, "ask", partial(noting, ask))
    monkeypatch.setattr(network, "write", partial(noting, write))
    return lambda: asked.count("changes/due")
