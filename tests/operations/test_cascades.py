"""Cascades, against networkx and hand-made ones; each viewer sees the part that is theirs."""

from datetime import UTC, datetime, timedelta

import networkx as nx
import pytest

from service.model.cascades import Cascade, CascadeQuestion
from service.model.errors import Invalid, NotFound
from service.operations.cascades import cascade
from service.operations.network import Network
from tests.operations.viewers import viewer
from tests.operations.worlds import START, Row, World, random_world, write_world

PEOPLE = ["Ada", "Ben", "Cem", "Dan", "Eve"]


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


PERSON = {name: _id(number) for number, name in enumerate(PEOPLE)}
STORY, CLUB, GUIDE = _id(50), _id(60), _id(51)
ACTS = {number: _id(70 + number) for number in range(1, 5)}


def _day(number: int) -> str:
    return (START + timedelta(days=number)).isoformat()


def _act(number: int, by: str, day: int, *, after: int | None = None, audience: str = "everyone") -> Row:
    row = {"type": "Amplification", "id": ACTS[number], "kind": "share", "byId": PERSON[by], "ofId": STORY}
    return row | {"at": _day(day), "audience": audience} | ({"afterId": ACTS[after]} if after is not None else {})


def _world(*acts: Row) -> World:
    people: list[Row] = [{"type": "Person", "id": id, "name": name} for name, id in PERSON.items()]
    club: list[Row] = [{"type": "Community", "id": CLUB, "name": "Club"}]
    told = {"title": "The fall", "content": "She fell.", "tellerId": PERSON["Ada"], "at": _day(0)}
    return World([*people, *club, {"type": "Story", "id": STORY, **told}, *acts])


async def test_who_carried_it_after_whom_how_deep_and_how_wide(network: Network) -> None:
    await write_world(
        network, _world(_act(1, "Ben", 1), _act(2, "Cem", 2, after=1), _act(3, "Dan", 3, after=1), _act(4, "Eve", 4))
    )
    seen = await cascade(network, viewer(), CascadeQuestion(item=STORY))
    assert [(act.person.name, act.depth, act.parent_id, act.inferred_parent) for act in seen.acts] == [
        ("Ben", 1, None, True),
        ("Cem", 2, ACTS[1], False),
        ("Dan", 2, ACTS[1], False),
        ("Eve", 1, None, True),
    ]
    assert [person.name for person in seen.authors] == ["Ada"]
    assert (seen.size, seen.depth, seen.breadths, seen.truncated, seen.reason) == (5, 2, [1, 2, 2], False, None)
    assert [(point.at, point.size) for point in seen.growth] == [
        (START + timedelta(days=day), day + 1) for day in range(5)
    ]
    (tree,) = seen.trees
    assert tree.structural_virality == pytest.approx(_virality(seen))
    assert (seen.basis.acts, seen.basis.people, seen.basis.inferred_parents) == (4, 4, 2)
    assert seen.basis.as_of == START + timedelta(days=4)


def _virality(seen: Cascade) -> float:
    graph = nx.Graph((act.parent_id or "telling", act.amplification.id) for act in seen.acts)
    return float(2 * nx.wiener_index(graph) / (len(graph) * (len(graph) - 1)))


async def test_a_parent_that_is_not_reported_is_the_latest_whom_one_had_listened_to(network: Network) -> None:
    listened = {"type": "Observation", "kind": "saw", "byId": PERSON["Eve"], "toId": PERSON["Ben"], "at": _day(-5)}
    await write_world(network, _world(_act(1, "Ben", 1), _act(2, "Cem", 2), listened, _act(4, "Eve", 4)))
    seen = await cascade(network, viewer(), CascadeQuestion(item=STORY))
    parents = {act.person.name: (act.parent_id, act.inferred_parent) for act in seen.acts}
    assert parents == {"Ben": (None, True), "Cem": (None, True), "Eve": (ACTS[1], True)}


async def test_what_is_hidden_is_no_part_of_it(network: Network) -> None:
    closed = f"community:{CLUB}"
    world = _world(_act(1, "Ben", 1, audience=closed), _act(2, "Cem", 2, after=1), _act(3, "Dan", 3, after=2))
    world.rows.append({"type": "Story", "id": GUIDE, "title": "Kept", "content": "In the club", "audience": closed})
    await write_world(network, world)
    stranger, member = (
        await cascade(network, viewer(), CascadeQuestion(item=STORY)),
        await cascade(network, viewer(CLUB), CascadeQuestion(item=STORY)),
    )
    assert [act.person.name for act in stranger.acts] == ["Cem", "Dan"]
    assert stranger.acts[0].parent_id is None
    assert [act.person.name for act in member.acts] == ["Ben", "Cem", "Dan"]
    assert (stranger.depth, member.depth) == (2, 3)
    assert (
        await cascade(network, viewer(CLUB), CascadeQuestion(item=STORY, audience="everyone"))
    ).acts == stranger.acts
    assert (await cascade(network, viewer(CLUB), CascadeQuestion(item=STORY, audience=closed))).acts == member.acts
    with pytest.raises(NotFound) as hidden:
        await cascade(network, viewer(), CascadeQuestion(item=GUIDE))
    with pytest.raises(NotFound) as absent:
        await cascade(network, viewer(), CascadeQuestion(item=_id(99)))
    assert str(hidden.value).replace(GUIDE, "") == str(absent.value).replace(_id(99), "")
    assert (await cascade(network, viewer(CLUB), CascadeQuestion(item=GUIDE))).reason is not None


async def test_up_to_a_moment_nothing_later_is_looked_at(network: Network) -> None:
    await write_world(network, _world(_act(1, "Ben", 1), _act(2, "Cem", 2, after=1)))
    seen = await cascade(network, viewer(), CascadeQuestion(item=STORY, as_of=START + timedelta(days=1)))
    assert [act.person.name for act in seen.acts] == ["Ben"]
    for beyond in (datetime.now(UTC) + timedelta(days=1), START - timedelta(days=1)):
        with pytest.raises(Invalid) as refused:
            await cascade(network, viewer(), CascadeQuestion(item=STORY, as_of=beyond))
        assert refused.value.problems[0].field == "asOf"


async def test_only_what_can_be_carried_further_has_a_cascade(network: Network) -> None:
    await write_world(network, _world())
    with pytest.raises(Invalid) as refused:
        await cascade(network, viewer(), CascadeQuestion(item=PERSON["Ada"]))
    assert refused.value.problems[0].field == "item"
    untouched = await cascade(network, viewer(), CascadeQuestion(item=STORY))
    assert (untouched.acts, untouched.size, untouched.breadths) == ([], 1, [1])
    assert untouched.reason is not None


@pytest.mark.parametrize("seed", range(2))
async def test_shapes_agree_with_networkx_for_three_viewers(network: Network, seed: int) -> None:
    world = random_world(seed + 40, items=6, acts=120)
    await write_world(network, world)
    shapes = set()
    for who in (viewer(), *(viewer(community) for community in world.ids("Community"))):
        seen = world.seen_by(who.audiences)
        items = [id for id, row in seen.items() if row["type"] in {"Story", "Contribution", "TacitInsight"}]
        for item in items:
            answer = await cascade(network, who, CascadeQuestion(item=item))
            expected = {
                id
                for id, row in seen.items()
                if row["type"] == "Amplification" and row["ofId"] == item and row["byId"] in seen
            }
            assert {act.amplification.id for act in answer.acts} == expected
            for act in answer.acts:
                reported = world.seen_by(who.audiences)[act.amplification.id].get("afterId")
                assert act.inferred_parent == (reported not in expected)
                assert act.inferred_parent or act.parent_id == reported
            if answer.acts:
                tree = nx.DiGraph((act.parent_id or "telling", act.amplification.id) for act in answer.acts)
                depths = nx.single_source_shortest_path_length(tree, "telling")
                assert {act.amplification.id: act.depth for act in answer.acts} == {
                    id: depth for id, depth in depths.items() if id != "telling"
                }
                assert answer.trees[0].structural_virality == pytest.approx(_virality(answer))
            shapes.add((item, tuple(answer.breadths)))
    assert len(shapes) > len({item for item, _ in shapes}), "viewers have to see different cascades"
