"""Where the feed of changes is followed, no question asks the database for it, and none is older than a second."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from itertools import pairwise
from time import monotonic
from typing import Any

import pytest
from neo4j import READ_ACCESS

from service.graph import projection
from service.graph.projection import Mark
from service.graph.projection_reading import everything
from service.graph.session import Graph, Parameters, Row
from service.model.errors import NotFound
from service.model.kinds import KINDS as ITEM_KINDS
from service.model.paths import AmplificationPaths
from service.model.viewer import EVERYONE
from service.operations import writing
from service.operations.answering import answer
from service.operations.changes import BELIEVED_SECONDS, number_changes, sequencer
from service.operations.deleting import delete_item
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.references import people_and_items
from tests.operations.viewers import viewer
from tests.operations.writers import made

STRANGER = viewer()


async def chain(network: Network) -> list[str]:
    """Three people, of whom each listens to the one before."""
    people = [await made(network, "Person", name=name) for name in ("Ada", "Ben", "Cyd")]
    for teller, listener in pairwise(people):
        await made(network, "Observation", byId=listener, toId=teller, at="2026-01-01T00:00:00Z")
    await number_changes(network, "tests")
    return people


async def names(network: Network, people: list[str], **given: object) -> list[str]:
    asked = {"from": people[0], "to": people[2], **given}
    found: AmplificationPaths = await answer(network, STRANGER, "amplificationPaths", asked)
    return [step.teller.name for path in found.paths for step in path.steps] + [found.to.title or ""]


async def test_a_question_about_what_is_known_does_not_ask_the_database(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, followed = await chain(network), network.graph.catalogue.statement("changes/due").text
    asked: list[str] = []
    read_or_write = Graph._auto_commit  # noqa: SLF001

    def counted(self: Graph, access: str, text: str, parameters: Parameters | None) -> Awaitable[list[Row]]:
        if access == READ_ACCESS:  # what is foretold is written beside the questions
            asked.append(text)
        return read_or_write(self, access, text, parameters)

    async with sequencer(network):
        assert await names(network, people) == ["Ada", "Ben", "Cyd"]
        monkeypatch.setattr(Graph, "_auto_commit", counted)
        until = monotonic() + 10
        while True:
            asked.clear()
            assert await names(network, people) == ["Ada", "Ben", "Cyd"]
            if all(followed in text for text in asked):
                break
            # Where it was not looked lately how far the feed goes, as just after a write on busy cores.
            assert monotonic() < until
            await asyncio.sleep(0.05)
        monkeypatch.undo()


async def test_what_another_process_wrote_is_in_the_answer_that_asks_for_it_and_in_any_a_second_later(
    network: Network,
) -> None:
    people, elsewhere = await chain(network), Network(network.graph)

    async def renamed(name: str) -> str:
        written = await writing.update(elsewhere, OPERATOR, "Person", people[1], {"name": name})
        return str(written.change_id)

    async with sequencer(network):
        assert await names(network, people) == ["Ada", "Ben", "Cyd"]
        assert (await names(network, people, after=await renamed("Bea")))[1] == "Bea"
        await renamed("Bob")
        until = monotonic() + 1
        while (await names(network, people))[1] != "Bob":
            assert monotonic() < until
            await asyncio.sleep(0.01)  # as between the questions of a worker, which come through a socket
        await writing.update(elsewhere, OPERATOR, "Person", people[2], {"audience": f"person:{people[0]}"})
        await asyncio.sleep(1)
        with pytest.raises(NotFound):
            await names(network, people)


@pytest.mark.parametrize("how", ["closed", "erased"])
async def test_who_is_closed_or_erased_while_all_is_read_anew_is_not_named_any_more(
    network: Network, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    elsewhere = Network(network.graph)
    ada, dan = [await made(network, "Person", name=name) for name in ("Ada", "Dan")]
    await number_changes(network, "tests")
    await network.projections.current((EVERYONE,))
    await writing.update(elsewhere, OPERATOR, "Person", ada, {"name": "Ann"})
    await number_changes(elsewhere, "tests")
    # Changes of more than they list: everything is read anew.
    await network.graph.write("MATCH (change:Change) SET change.count = 5000", {})
    read, go_on = asyncio.Event(), asyncio.Event()

    async def held_up(graph: Graph) -> tuple[Mark, object]:
        found = await everything(graph)
        read.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(projection, "everything", held_up)
    asking = asyncio.create_task(network.projections.current((EVERYONE,)))
    await read.wait()
    # Two questions that were under way: the first waits to name everybody, the second names whom it needs.
    waiting = asyncio.create_task(people_and_items(network, (EVERYONE,), [dan]))
    await asyncio.sleep(0)
    assert dan in await people_and_items(network, (EVERYONE,), [dan])
    if how == "closed":
        await writing.update(elsewhere, OPERATOR, "Person", dan, {"audience": f"person:{ada}"})
    else:
        await delete_item(elsewhere, OPERATOR, ITEM_KINDS["Person"], dan)
    await number_changes(elsewhere, "tests")
    go_on.set()
    await asyncio.gather(asking, waiting)
    assert await people_and_items(network, (EVERYONE,), [dan]) == {}
    assert network.projections.names.of([dan]) == {}


async def test_the_feed_is_believed_no_longer_than_it_may_be_and_not_beyond_what_was_waited_for(
    network: Network,
) -> None:
    people, elsewhere = await chain(network), Network(network.graph)
    before = await network.projections.current((EVERYONE,))
    (feed,) = await network.ask("changes/due", {"holder": "tests", "now": datetime.now(UTC).isoformat()})
    mark = network.projections.reached
    assert (feed["due"], feed["sequence"]) == (False, mark)

    async def written(**given: Any) -> str:
        change = await writing.create(elsewhere, OPERATOR, "Observation", {"byId": people[0], **given})
        await number_changes(elsewhere, "tests")
        return str(change.change_id)

    network.projections.believe(Mark(feed["sequence"], feed["id"]), until=monotonic() + 60)
    change = await written(toId=people[1])
    assert await network.projections.current((EVERYONE,)) is before
    assert len(await names(network, people, after=change)) == 3
    counted_in = await network.projections.current((EVERYONE,))
    assert len(counted_in.acts) == len(before.acts) + 1
    network.projections.believe(Mark(feed["sequence"] + 1, change), until=0.0)
    await written(toId=people[2])
    assert len((await network.projections.current((EVERYONE,))).acts) == len(before.acts) + 2
    assert 0 < BELIEVED_SECONDS < 1


async def test_who_is_closed_is_named_no_longer_than_a_second_though_the_sequencer_has_died(network: Network) -> None:
    people, elsewhere = await chain(network), Network(network.graph)
    async with sequencer(network):
        assert await names(network, people) == ["Ada", "Ben", "Cyd"]
        await asyncio.sleep(0.5)  # until it is anybody's turn
        await _numbers_and_dies(elsewhere)
        await writing.update(elsewhere, OPERATOR, "Person", people[2], {"audience": f"person:{people[0]}"})
        with pytest.raises(NotFound):
            await _named_until(network, people, monotonic() + 1.2)


async def _numbers_and_dies(elsewhere: Network) -> None:
    """Number changes as a sequencer that is not heard of again."""
    for turn in range(100):
        await writing.create(elsewhere, OPERATOR, "Topic", {"name": f"Topic {turn}"})
        if await number_changes(elsewhere, "one that dies"):
            return
        await asyncio.sleep(0.05)
    pytest.fail("It was never its turn")


async def _named_until(network: Network, people: list[str], moment: float) -> None:
    while monotonic() < moment:
        await names(network, people)
        await asyncio.sleep(0.02)
