"""Each time that the visibility rule stands in a statement of the questions, some answer depends on it."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import pytest

from service.graph.catalogue import catalogue
from service.model.cascades import CascadeQuestion
from service.model.errors import RetellError
from service.model.lineage import LineageQuestion
from service.operations.answering import answer
from service.operations.cascades import cascade
from service.operations.communities import declared_communities
from service.operations.lineage import lineage
from service.operations.network import Network
from service.operations.references import id_of_name
from service.operations.search import search
from tests.operations.viewers import viewer
from tests.operations.worlds import START, Row, World, random_world, write_world

FOLDERS = ("cascades", "lineage", "communities", "references", "search", "losses")
NAMED = ("Person", "Community", "Organisation", "Topic", "Purpose")
STRANGER = viewer()
WAITING = "search/settled"
"""It waits for the index of words, and reads no item."""


def _places() -> Iterator[tuple[str, int]]:
    for folder in FOLDERS:
        for statement in catalogue().folder(folder):
            yield from ((statement.name, occurrence) for occurrence in range(len(statement.rules)))


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def _world() -> World:
    """A random network, and beside it what it need not have: each sort of thing hidden among visible ones."""
    world = random_world(7, people=14, items=50, acts=300)
    club, other = world.ids("Community")
    closed = f"community:{club}"
    rows = {row["id"]: row for row in world.rows}
    open_people = [id for id in world.ids("Person") if rows[id]["audience"] == "everyone"]
    hidden_person = world.ids("Person")[0]
    hidden = {"audience": closed}
    since = {"since": START.isoformat(), "communityId": _id(1)}
    extra: list[Row] = [
        {"type": "Community", "id": _id(1), "name": "Hidden", **hidden},
        *({"type": "Membership", "personId": id, **since} for id in open_people[:4]),
        {"type": "StageChange", "communityId": other, "stage": "unity", "at": START.isoformat(), **hidden},
        *({"type": kind, "name": "Hidden", **hidden} for kind in NAMED if kind != "Community"),
        *_drawn_by_the_hidden(hidden_person, hidden, maker=open_people[1], carrier=open_people[2]),
        *_seen_by_its_author_alone(open_people[0], hidden_person, hidden),
        *_had_by_one_and_in_confidence(open_people[0], open_people[1], hidden_person, hidden),
    ]
    world.rows[1]["purposeIds"] = [_id(2)]
    kept = {"type": "Purpose", "id": _id(2), "name": "Kept", **hidden}
    return World([world.rows[0], kept, *world.rows[1:], *extra])


def _drawn_by_the_hidden(person: str, hidden: Row, *, maker: str, carrier: str) -> list[Row]:
    """What everyone may see of somebody hidden, and a hidden surfacing and hidden knowledge among it."""
    surfaced = {"type": "Surfacing", "fromId": _id(10), "revealedId": _id(11), "byId": person}
    carried = {"type": "Amplification", "kind": "cite", "at": START.isoformat()}
    return [
        {"type": "Story", "id": _id(10), "title": "Theirs", "content": "Told", "tellerId": person},
        {"type": "TacitInsight", "id": _id(11), "content": "Known", "heldById": person},
        surfaced,
        {**surfaced, "byId": maker, **hidden},
        {"type": "ExplicitKnowledge", "id": _id(12), "title": "Written", "content": "Written"},
        {"type": "Derivation", "usedIds": [_id(11)], "madeId": _id(12), "byIds": [person]},
        {"type": "TacitInsight", "id": _id(13), "content": "Kept", **hidden},
        {"type": "ExplicitKnowledge", "id": _id(14), "title": "Kept", "content": "Kept", **hidden},
        {"type": "Derivation", "usedIds": [_id(13)], "madeId": _id(14), "byIds": [person, maker]},
        *({**carried, "ofId": _id(number), "byId": carrier} for number in (11, 12, 14)),
    ]


def _seen_by_its_author_alone(author: str, other: str, hidden: Row) -> list[Row]:
    """What somebody drew in confidence from what they may no longer see."""
    alone = {"audience": f"person:{author}"}
    return [
        {"type": "Story", "id": _id(20), "title": "Closed", "content": "Closed", **hidden},
        {"type": "TacitInsight", "id": _id(21), "content": "Mine", "heldById": author, **alone},
        {"type": "Surfacing", "fromId": _id(20), "revealedId": _id(21), "byId": author, **alone},
        {"type": "TacitInsight", "id": _id(22), "content": "Closed", **hidden},
        {"type": "ExplicitKnowledge", "id": _id(23), "title": "Mine", "content": "Mine", **alone},
        {"type": "Derivation", "usedIds": [_id(21), _id(22)], "madeId": _id(23), "byIds": [author, other], **alone},
    ]


def _had_by_one_and_in_confidence(one: str, other: str, person: str, hidden: Row) -> list[Row]:
    """What one person alone has, as far as everyone may see; somebody hidden has it too, or somebody in confidence."""
    insights = [{"type": "TacitInsight", "id": _id(number), "content": "Had"} for number in range(30, 34)]
    guide: Row = {"type": "ExplicitKnowledge", "title": "Had", "content": "Had"}
    carried: Row = {"type": "Amplification", "kind": "adopt", "at": START.isoformat()}
    held: Row = {"type": "Holding", "since": START.isoformat()}
    derived: Row = {"type": "Derivation", "usedIds": [_id(33)]}
    tried: Row = {"type": "Experiment", "aim": "To see"}
    return [
        *({**insight, "heldById": by} for insight, by in zip(insights, (person, one, one, one), strict=True)),
        {**held, "byId": one, "ofId": _id(30)},
        {**held, "byId": other, "ofId": _id(31), **hidden},
        {**held, "byId": person, "ofId": _id(32)},
        *({**guide, "id": _id(number)} for number in range(40, 47)),
        *({**carried, "byId": one, "ofId": _id(number)} for number in range(40, 47)),
        {**guide, "id": _id(50), "supersedesIds": [_id(40)], **hidden},
        {**derived, "madeId": _id(41), "byIds": [other], **hidden},
        {**derived, "usedIds": [_id(32)], "madeId": _id(42), "byIds": [person]},
        {**carried, "byId": other, "ofId": _id(43), **hidden},
        {**carried, "byId": person, "ofId": _id(44)},
        {**tried, "testedId": _id(45), "byIds": [other], **hidden},
        {**tried, "testedId": _id(46), "byIds": [person]},
    ]


async def _losses(network: Network, _: World) -> object:
    return await answer(network, STRANGER, "knowledgeAtRisk", {"first": 1_000})


async def _cascades(network: Network, world: World) -> object:
    carried = {row["ofId"] for row in world.rows if row["type"] == "Amplification"}
    return [await _shown(cascade(network, STRANGER, CascadeQuestion(item=id))) for id in sorted(carried)]


async def _lineages(network: Network, world: World) -> object:
    author = next(row["heldById"] for row in world.rows if row.get("id") == _id(21))
    own = await _shown(lineage(network, viewer(person=author), LineageQuestion(knowledge=_id(23))))
    return own, [
        await _shown(lineage(network, STRANGER, LineageQuestion(knowledge=id))) for id in world.ids("ExplicitKnowledge")
    ]


async def _communities(network: Network, world: World) -> object:
    someone = next(row["id"] for row in world.seen_by(("everyone",)).values() if row["type"] == "Person")
    targets = [
        (await answer(network, STRANGER, "amplificationPaths", {"from": someone, "to": id})).basis.targets
        for id in world.ids("Community")[:2]
    ]
    found = await answer(network, STRANGER, "detectedCommunities", {"resolution": 2.0})
    return targets, found, await declared_communities(network, STRANGER, first_members=100)


async def _references(network: Network, world: World) -> object:
    people = world.ids("Person")
    ends = [(people[0], other) for other in people[1:]] + [(other, people[0]) for other in people[1:]]
    paths = [await _shown(answer(network, STRANGER, "amplificationPaths", {"from": a, "to": b})) for a, b in ends]
    names = [("Hidden", kind) for kind in NAMED] + [("Kept", "ExplicitKnowledge")]
    return paths, [await _shown(id_of_name(network, viewer(), name, "to", (kind,))) for name, kind in names]


async def _search(network: Network, _: World) -> object:
    return await search(network, STRANGER, "happened person community guide hidden", first=100)


async def _shown(answer: Awaitable[object]) -> object:
    try:
        return await answer
    except RetellError as error:
        return error.shown()


PROBES: dict[str, Callable[[Network, World], Awaitable[object]]] = {
    "cascades": _cascades,
    "lineage": _lineages,
    "communities": _communities,
    "references": _references,
    "search": _search,
    "losses": _losses,
}


async def test_every_place_of_the_rule_decides_an_answer(network: Network) -> None:
    world = _world()
    await write_world(network, world)
    usual = {folder: await probe(network, world) for folder, probe in PROBES.items()}
    idle = []
    for name, occurrence in _places():
        folder = name.partition("/")[0]
        graph = replace(network.graph, catalogue=network.graph.catalogue.without_rule(name, occurrence))
        if await PROBES[folder](Network(graph), world) == usual[folder]:
            idle.append((name, occurrence))
    assert not idle, f"{len(idle)} do not matter: " + " ".join(f"{name}:{place}" for name, place in idle)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_of_the_questions_reads_under_the_rule(folder: str) -> None:
    reading = [statement for statement in catalogue().folder(folder) if statement.name != WAITING]
    assert all(statement.rules for statement in reading)
