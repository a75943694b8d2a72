"""The evidence follows what is written: at once where its change is asked for, and without anything else being read."""

import random
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from service.graph.projection import Projections
from service.model.errors import Conflict, NotFound
from service.model.viewer import EVERYONE
from service.operations import writing
from service.operations.changes import number_changes, sequencer
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.projection import Scope, standing
from tests.confidences import stranger
from tests.graph.reading_by_rule import acts_shown, read_by_rule, rows_shown
from tests.operations.worlds import World, random_world, write_world

EVERYBODY = Scope(name=EVERYONE, audiences=(EVERYONE,))


def audiences_of(world: World) -> list[tuple[str, ...]]:
    one, other = (f"community:{id}" for id in world.ids("Community"))
    return [(EVERYONE,), (EVERYONE, one), (EVERYONE, one, other), (other,)]


@pytest.mark.parametrize("seed", [1, 2])
async def test_follows_any_writes_and_equals_what_is_read_anew(network: Network, tmp_path: Path, seed: int) -> None:
    world = random_world(seed, people=10, items=20, acts=60)
    await write_world(network, world)
    following = Projections(network.graph, tmp_path / "evidence")
    for audiences in audiences_of(world):
        await following.current(audiences)
    dice, moved = random.Random(seed), 0
    for _ in range(40):
        moved += await any_write(network, world, dice)
        await number_changes(network, "tests")
        for audiences in audiences_of(world):
            shown = rows_shown(await following.current(audiences))
            assert shown == await read_by_rule(network.graph, audiences)
    assert moved > 12
    assert following.built == 1, "everything was read once"


async def any_write(network: Network, world: World, dice: random.Random) -> bool:
    """Something is made, changed, hidden or erased; whether it was possible."""
    somebody = stranger(*(f"community:{id}" for id in world.ids("Community")))
    row = dice.choice([one for one in world.rows if one["type"] not in {"Community", "Membership"}])
    kind, id = row["type"], row["id"]
    try:
        match dice.choice(["hide", "hide", "hide", "erase", "change", "make"]):
            case "hide":
                written = await writing.update(
                    network, somebody, kind, id, {"audience": dice.choice(somebody.audiences)}
                )
            case "erase":
                written = await writing.delete(network, somebody, kind, id)
            case "change":
                people = world.ids("Person")
                fields: dict[str, dict[str, Any]] = {
                    "Story": {"tellerId": dice.choice(people)},
                    "TacitInsight": {"heldById": dice.choice(people)},
                    "Derivation": {"byIds": dice.sample(people, 2)},
                    "Contribution": {"content": "Said otherwise"},
                    "Support": {"toId": dice.choice(people)},
                }
                at = {"at": datetime(2025, 5, dice.randrange(1, 30), tzinfo=UTC).isoformat()}
                written = await writing.update(network, somebody, kind, id, fields.get(kind, at))
            case _:
                made = {name: value for name, value in row.items() if name not in {"type", "id"}}
                written = await writing.create(network, somebody, kind, made)
    except (Conflict, NotFound):
        return False
    return written.change_id is not None


def amplified(world: World, story: str, number: int) -> dict[str, Any]:
    return {"kind": "share", "ofId": story, "byId": world.ids("Person")[number]}


async def told(network: Network) -> tuple[World, str]:
    """A small network, and a story that its first person tells there, for everyone."""
    world = World(
        [
            {"type": "Person", "id": f"00000000-0000-4000-8000-{number:012d}", "name": f"Person {number}"}
            for number in range(4)
        ]
    )
    await write_world(network, world)
    story = {"title": "S", "content": "C", "tellerId": world.ids("Person")[0]}
    written = await writing.create(network, OPERATOR, "Story", story)
    await number_changes(network, "tests")
    return world, written.id


async def test_a_write_is_in_the_answer_that_asks_for_its_change_and_in_any_a_second_later(network: Network) -> None:
    world, story = await told(network)
    async with sequencer(network):
        for number in (1, 2):
            written = await writing.create(network, OPERATOR, "Amplification", amplified(world, story, number))
            tied = await standing(network, EVERYBODY, None, after=written.change_id)
            assert (len(tied.ties.listeners), tied.acts) == (number, number)
        await writing.create(network, OPERATOR, "Amplification", amplified(world, story, 3))
        until = monotonic() + 1
        while len((await standing(network, EVERYBODY, None)).ties.listeners) < 3:
            assert monotonic() < until
    assert network.projections.built == 1
    with pytest.raises(NotFound):
        await standing(network, EVERYBODY, None, after="no such change")


async def test_a_change_counts_in_an_answer_about_the_past_as_far_as_what_it_wrote_is_of_then(network: Network) -> None:
    world, _ = await told(network)
    moment = datetime(2025, 5, 10, tzinfo=UTC)
    async with sequencer(network):
        listener, teller, *_ = world.ids("Person")
        for day, acts in ((1, 1), (9, 2), (11, 2)):
            heard = {"byId": listener, "toId": teller, "at": moment.replace(day=day).isoformat()}
            written = await writing.create(network, OPERATOR, "Observation", heard)
            tied = await standing(network, EVERYBODY, moment, after=written.change_id)
            assert tied.acts == acts


async def test_what_is_erased_or_closed_takes_its_evidence_with_it(network: Network) -> None:
    world, story = await told(network)
    acts = [
        (await writing.create(network, OPERATOR, "Amplification", amplified(world, story, one))).id for one in (1, 2)
    ]
    community = (await writing.create(network, OPERATOR, "Community", {"name": "C"})).id
    member = stranger(f"community:{community}")

    async def seen(*audiences: str) -> list[str]:
        await number_changes(network, "tests")
        shown = await network.projections.current((EVERYONE, *audiences))
        return sorted(act.id for act in acts_shown(shown))

    assert await seen() == sorted(acts)
    await writing.update(network, member, "Amplification", acts[0], {"audience": f"community:{community}"})
    assert await seen() == acts[1:]
    assert await seen(f"community:{community}") == sorted(acts)
    await writing.update(network, member, "Story", story, {"audience": f"community:{community}"})
    assert (await seen(), await seen(f"community:{community}")) == ([], sorted(acts))
    await writing.update(network, member, "Story", story, {"audience": EVERYONE})
    await writing.update(network, member, "Story", story, {"tellerId": None})
    assert await seen() == []
    await writing.update(network, member, "Story", story, {"tellerId": world.ids("Person")[3]})
    assert await seen() == acts[1:]
    await writing.delete(network, member, "Story", story)
    assert await seen(f"community:{community}") == []
    assert network.projections.built == 1


async def test_what_changes_nothing_for_an_audience_leaves_its_projection_as_it_is(network: Network) -> None:
    world, story = await told(network)
    act = await writing.create(network, OPERATOR, "Amplification", amplified(world, story, 1))
    community = (await writing.create(network, OPERATOR, "Community", {"name": "C"})).id
    await number_changes(network, "tests")
    before = await network.projections.current((EVERYONE,))
    await writing.update(network, OPERATOR, "Story", story, {"content": "Told otherwise"})
    hidden = {"audience": f"community:{community}"}
    await writing.create(network, OPERATOR, "Amplification", amplified(world, story, 2) | hidden)
    await writing.create(network, OPERATOR, "Person", {"name": "Hidden"} | hidden)
    await number_changes(network, "tests")
    assert await network.projections.current((EVERYONE,)) is before
    await writing.update(network, OPERATOR, "Amplification", act.id, {"at": "2025-01-01T00:00:00Z"})
    await number_changes(network, "tests")
    assert await network.projections.current((EVERYONE,)) is not before


async def test_another_graph_behind_the_same_folder_is_noticed(network: Network, tmp_path: Path) -> None:
    """What a file holds of a feed that is not this graph's counts for nothing: where a backup was restored over it."""
    world, story = await told(network)
    await writing.create(network, OPERATOR, "Amplification", amplified(world, story, 1))
    await number_changes(network, "tests")
    first = Projections(network.graph, tmp_path)
    assert len((await first.current((EVERYONE,))).acts) == 1
    await network.graph.write("MATCH (change:Change) SET change.id = randomUUID()")
    await network.graph.write("MATCH (act:Amplification) DETACH DELETE act")
    for projections in (first, Projections(network.graph, tmp_path)):
        assert len((await projections.current((EVERYONE,))).acts) == 0
