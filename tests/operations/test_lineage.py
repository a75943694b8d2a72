"""Lineages: hand-made ones with a diamond and hidden steps, and random ones against a walk in plain Python."""

from collections.abc import Mapping
from typing import Any

import pytest

from service.model.errors import Invalid, NotFound
from service.model.lineage import Lineage, LineagePart, LineageQuestion
from service.operations.lineage import lineage
from service.operations.network import Network
from tests.operations.viewers import viewer
from tests.operations.worlds import START, Row, World, random_world, write_world


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


ADA, BEN, CEM, CLUB = (_id(number) for number in range(4))
STORY, SAID, TALK, FIRST, SECOND, GUIDE, BOOK = (_id(number) for number in range(10, 17))
CLOSED = f"community:{CLUB}"


def _world() -> World:
    """A guide from two insights, and a book from the guide and one of them; Cem's part in it is the club's alone."""
    people: list[Row] = [
        {"type": "Person", "id": id, "name": name} for id, name in ((ADA, "Ada"), (BEN, "Ben"), (CEM, "Cem"))
    ]
    at = {"at": START.isoformat()}

    def derived(number: int, used: list[str], made: str, by: str, audience: str) -> Row:
        row = {"type": "Derivation", "id": _id(number), "usedIds": used, "madeId": made, "byIds": [by], **at}
        return row | {"mode": "combination", "audience": audience}

    def surfaced(number: int, source: str, revealed: str, by: str, audience: str = "everyone") -> Row:
        row = {"type": "Surfacing", "id": _id(number), "fromId": source, "revealedId": revealed, "byId": by, **at}
        return row | {"audience": audience}

    return World(
        [
            *people,
            {"type": "Community", "id": CLUB, "name": "Club"},
            {"type": "Story", "id": STORY, "title": "The fall", "content": "She fell", "tellerId": ADA, **at},
            {"type": "Conversation", "id": TALK, "title": "About it", **at},
            {"type": "Contribution", "id": SAID, "content": "Me too", "personId": CEM, "conversationId": TALK, **at},
            {"type": "TacitInsight", "id": FIRST, "content": "Light helps", "heldById": ADA, **at},
            {"type": "TacitInsight", "id": SECOND, "content": "So do shoes", "heldById": CEM, **at},
            surfaced(30, STORY, FIRST, BEN),
            surfaced(31, SAID, SECOND, CEM, CLOSED),
            {"type": "ExplicitKnowledge", "id": GUIDE, "title": "Falls", "content": "Light and shoes", **at},
            derived(40, [FIRST, SECOND], GUIDE, BEN, "everyone"),
            {"type": "ExplicitKnowledge", "id": BOOK, "title": "Book", "content": "All of it", **at},
            derived(41, [GUIDE, FIRST], BOOK, ADA, "everyone"),
        ]
    )


def _steps(answer: Lineage) -> set[str]:
    return {step.item.id for step in answer.steps}


async def test_knowledge_is_followed_back_to_stories_and_people(network: Network) -> None:
    await write_world(network, _world())
    answer = await lineage(network, viewer(CLUB), LineageQuestion(knowledge=BOOK))
    assert _steps(answer) == {BOOK, _id(41), GUIDE, FIRST, _id(40), SECOND, _id(30), _id(31), STORY, SAID}
    assert {(link.from_id, link.to_id, link.relation.value) for link in answer.links} == {
        (BOOK, _id(41), "made_by"),
        (_id(41), GUIDE, "used"),
        (_id(41), FIRST, "used"),
        (GUIDE, _id(40), "made_by"),
        (_id(40), FIRST, "used"),
        (_id(40), SECOND, "used"),
        (FIRST, _id(30), "revealed_by"),
        (_id(30), STORY, "surfaced_from"),
        (SECOND, _id(31), "revealed_by"),
        (_id(31), SAID, "surfaced_from"),
    }
    parts = {one.person.name: set(one.parts) for one in answer.people}
    assert parts == {
        "Ada": {LineagePart.derived, LineagePart.held, LineagePart.told},
        "Ben": {LineagePart.derived, LineagePart.surfaced},
        "Cem": {LineagePart.held, LineagePart.surfaced, LineagePart.told},
    }
    distances = {step.item.id: step.distance for step in answer.steps}
    assert (distances[BOOK], distances[_id(41)], distances[FIRST], distances[STORY], distances[SAID]) == (0, 1, 2, 4, 6)
    assert {step.mode and step.mode.value for step in answer.steps} == {None, "combination"}
    assert answer.tree[0].startswith("ExplicitKnowledge “Book”")
    assert len(answer.tree) == len(answer.links) + 1
    assert sum(line.endswith("(see above)") for line in answer.tree) == 1
    assert (answer.basis.steps, answer.basis.links, answer.basis.people, answer.truncated) == (10, 10, 3, False)


async def test_a_hidden_step_and_what_lies_behind_it_are_not_there(network: Network) -> None:
    await write_world(network, _world())
    answer = await lineage(network, viewer(), LineageQuestion(knowledge=GUIDE))
    assert _steps(answer) == {GUIDE, _id(40), FIRST, SECOND, _id(30), STORY}
    assert {one.person.name for one in answer.people} == {"Ada", "Ben", "Cem"}
    assert await lineage(network, viewer(CLUB), LineageQuestion(knowledge=GUIDE, audience="everyone")) == _named(
        answer, "everyone"
    )


def _named(answer: Lineage, audience: str) -> Lineage:
    answer.basis.audience = audience
    return answer


async def test_a_long_lineage_is_cut_and_says_so(network: Network) -> None:
    await write_world(network, _world())
    answer = await lineage(network, viewer(CLUB), LineageQuestion(knowledge=BOOK), most_steps=5)
    assert answer.truncated
    assert len(answer.steps) <= 5
    assert {BOOK, _id(41)} <= _steps(answer)


async def test_what_has_no_lineage_is_refused_or_says_why(network: Network) -> None:
    world = _world()
    kept = {"type": "ExplicitKnowledge", "id": _id(70), "title": "Kept", "content": "Ours", "audience": CLOSED}
    lone = {"type": "ExplicitKnowledge", "id": _id(71), "title": "Lone", "content": "From nothing"}
    world.rows.extend([kept, lone])
    await write_world(network, world)
    with pytest.raises(Invalid) as refused:
        await lineage(network, viewer(), LineageQuestion(knowledge=STORY))
    assert refused.value.problems[0].field == "knowledge"
    with pytest.raises(NotFound) as hidden:
        await lineage(network, viewer(), LineageQuestion(knowledge=_id(70)))
    with pytest.raises(NotFound) as absent:
        await lineage(network, viewer(), LineageQuestion(knowledge=_id(99)))
    assert str(hidden.value).replace(_id(70), "") == str(absent.value).replace(_id(99), "")
    alone = await lineage(network, viewer(), LineageQuestion(knowledge=_id(71)))
    assert (len(alone.steps), alone.links) == (1, [])
    assert alone.reason is not None
    assert (await lineage(network, viewer(CLUB), LineageQuestion(knowledge=SECOND))).links


@pytest.mark.parametrize("seed", range(2))
async def test_random_lineages_are_what_a_walk_over_the_visible_rows_finds(network: Network, seed: int) -> None:
    world = random_world(seed + 60, items=30, acts=0)
    await write_world(network, world)
    found = set()
    for who in (viewer(), *(viewer(community) for community in world.ids("Community"))):
        seen = world.seen_by(who.audiences)
        for id in (id for id, row in seen.items() if row["type"] == "ExplicitKnowledge"):
            answer = await lineage(network, who, LineageQuestion(knowledge=id))
            assert _steps(answer) == _walked(seen, id)
            found.add((id, frozenset(_steps(answer))))
    assert len(found) > len({id for id, _ in found}), "viewers have to see different lineages"


def _walked(seen: Mapping[str, dict[str, Any]], start: str) -> set[str]:
    met, waiting = {start}, [start]
    while waiting:
        behind = waiting.pop()
        for id, row in seen.items():
            if row.get("madeId") == behind or row.get("revealedId") == behind:
                sources = [*row.get("usedIds", []), *([row["fromId"]] if "fromId" in row else [])]
                new = [id, *(source for source in sources if source in seen)]
                waiting.extend(one for one in new if one not in met)
                met.update(new)
    return met
