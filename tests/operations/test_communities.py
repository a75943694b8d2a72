"""Detected communities: planted ones are found, hidden ties play no part, and the same question has one answer."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

import networkx as nx
import pytest

from service.model.detection import DetectedCommunities, DetectedCommunitiesQuestion
from service.model.errors import Invalid, NotFound
from service.model.viewer import Viewer
from service.operations.answering import answer
from service.operations.communities import declared_communities
from service.operations.detection import detected_communities as found_communities
from service.operations.network import Network
from tests.operations.listening import evidence, tie_probabilities
from tests.operations.viewers import viewer
from tests.operations.worlds import START, Row, World, random_world, write_world

GROUPS = 4
SIZE = 6


async def detected_communities(network: Network, viewer: Viewer, **asked: Any) -> DetectedCommunities:
    return await found_communities(network, viewer, DetectedCommunitiesQuestion(**asked))


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def _person(group: int, number: int) -> str:
    return _id(group * SIZE + number)


CLUBS = [_id(900 + group) for group in range(GROUPS)]


def _planted() -> World:
    """Groups in which everybody listens to everybody; each but the last is a declared community, and one overlaps."""
    rows: list[Row] = [
        {"type": "Person", "id": _person(group, number), "name": f"Person {group}.{number}"}
        for group in range(GROUPS)
        for number in range(SIZE)
    ]
    rows += [{"type": "Community", "id": club, "name": f"Club {number}"} for number, club in enumerate(CLUBS[:-1])]
    for group, club in enumerate(CLUBS[:-1]):
        members = [_person(group, number) for number in range(SIZE)]
        members += [_person(group + 1, 0)] if group == 0 else []
        for late, member in enumerate(members):
            since = (START + timedelta(days=late)).isoformat()
            rows.append({"type": "Membership", "since": since, "personId": member, "communityId": club})
    for group in range(GROUPS):
        for one in range(SIZE):
            for other in range(one):
                rows.append(_listens(_person(group, one), _person(group, other)))
        rows.append(_listens(_person(group, 0), _person((group + 1) % GROUPS, 1)))
    return World(rows)


def _listens(listener: str, teller: str, audience: str = "everyone") -> Row:
    at = (START + timedelta(days=30)).isoformat()
    row = {"type": "Observation", "kind": "saw", "byId": listener, "toId": teller}
    return row | {"at": at, "audience": audience}


async def test_planted_communities_are_found_and_named(network: Network) -> None:
    await write_world(network, _planted())
    found = await detected_communities(network, viewer(), first_members=SIZE)
    assert {frozenset(person.id for person in one.members) for one in found.communities} == {
        frozenset(_person(group, number) for number in range(SIZE)) for group in range(GROUPS)
    }
    assert [one.number for one in found.communities] == [1, 2, 3, 4]
    nearest = {one.members[0].name[7]: one.resembles[0] for one in found.communities if one.resembles}
    assert nearest["1"].community.title == "Club 1"
    assert (nearest["1"].shared, nearest["1"].overlap) == (6, 1.0)
    assert nearest["0"].overlap == pytest.approx(6 / 7)
    assert (found.agreement.people, found.agreement.communities) == (18, 3)
    assert found.agreement.adjusted_rand_index == pytest.approx(1.0)
    assert found.agreement.normalised_mutual_information == pytest.approx(1.0)
    assert (found.count, found.untied, found.reason) == (4, 0, None)
    assert (found.basis.people, found.basis.ties, found.basis.seed) == (24, 64, 0)
    assert found.basis.resolution_rule is not None


async def test_the_modularity_is_that_of_networkx_and_the_answer_the_same_twice(network: Network) -> None:
    world = random_world(80)
    await write_world(network, world)
    answers = [await detected_communities(network, viewer(), resolution=1.5, seed=7, first_members=100)] * 2
    fresh = Network(network.graph)
    answers.append(await detected_communities(fresh, viewer(), resolution=1.5, seed=7, first_members=100))
    assert answers[0] == answers[2]
    acts = evidence(world, ("everyone",))
    weights: dict[frozenset[str], float] = defaultdict(float)
    for act in acts:
        age = 0.0 if act.at == float("inf") else (answers[0].basis.as_of.timestamp() - act.at) / 86_400
        weight = 1.0 if act.kind == "amplification" else 0.5
        weights[frozenset((act.listener, act.teller))] += weight * 0.5 ** (age / 90)
    graph = nx.Graph()
    graph.add_weighted_edges_from((*sorted(pair), weight) for pair, weight in weights.items())
    groups = [{person.id for person in one.members} for one in answers[0].communities]
    assert answers[0].modularity == pytest.approx(nx.community.modularity(graph, groups))
    assert answers[0].quality == pytest.approx(nx.community.modularity(graph, groups, resolution=1.5))
    assert answers[0].basis.ties == len(tie_probabilities(acts, answers[0].basis.as_of.timestamp()))


async def test_ties_and_memberships_closed_to_the_audience_play_no_part(network: Network) -> None:
    world = _planted()
    closed = f"community:{CLUBS[0]}"
    joined = [_listens(_person(0, one), _person(1, other), closed) for one in range(SIZE) for other in range(SIZE)]
    hidden = {"type": "Community", "id": CLUBS[3], "name": "Hidden", "audience": closed}
    since = {"since": START.isoformat(), "communityId": CLUBS[3], "audience": closed}
    members = [{"type": "Membership", "personId": _person(3, number), **since} for number in range(SIZE)]
    await write_world(network, World([*world.rows, *joined, hidden, *members]))
    outside = await detected_communities(network, viewer(CLUBS[0]))
    inside = await detected_communities(network, viewer(CLUBS[0]), audience=closed)
    assert (outside.count, inside.count) == (4, 3)
    assert (outside.agreement.communities, inside.agreement.communities) == (3, 4)
    assert outside == await detected_communities(network, viewer())
    with pytest.raises(NotFound):
        await detected_communities(network, viewer(), audience=closed)


async def test_declared_communities_show_purpose_stage_and_members_of_the_moment(network: Network) -> None:
    world = _planted()
    purpose = {"type": "Purpose", "id": _id(800), "name": "Fewer falls"}
    club = next(row for row in world.rows if row["id"] == CLUBS[0] if "id" in row)
    club["purposeIds"] = [_id(800)]
    stages = [
        {
            "type": "StageChange",
            "communityId": CLUBS[0],
            "stage": stage,
            "at": (START + timedelta(days=day)).isoformat(),
        }
        for stage, day in (("intent", 0), ("formation", 10), ("direction", 400))
    ]
    closed = {"type": "Community", "id": CLUBS[3], "name": "Hidden", "audience": f"community:{CLUBS[0]}"}
    await write_world(network, World([purpose, *world.rows, *stages, closed]))
    shown = await declared_communities(network, viewer(), as_of=START + timedelta(days=3), first_members=2)
    first = next(one for one in shown.communities if one.id == CLUBS[0])
    assert (first.purposes, first.stage, first.size) == (["Fewer falls"], "intent", 4)
    assert [person.name for person in first.members] == ["Person 0.0", "Person 0.1"]
    now = await declared_communities(network, viewer())
    assert [(one.name, one.size) for one in now.communities] == [("Club 0", 7), ("Club 1", 6), ("Club 2", 6)]
    member = await declared_communities(network, viewer(CLUBS[0]))
    assert {one.name for one in member.communities} == {"Club 0", "Club 1", "Club 2", "Hidden"}


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("resolution", {"resolution": 0.0}),
        ("resolution", {"resolution": float("nan")}),
        ("seed", {"seed": -1}),
        ("first", {"first": 0}),
        ("firstMembers", {"firstMembers": 1_001}),
    ],
)
async def test_a_number_out_of_range_is_named(network: Network, field: str, asked: dict[str, float]) -> None:
    with pytest.raises(Invalid) as refused:
        await answer(network, viewer(), "detectedCommunities", asked)
    assert refused.value.problems[0].field == field


async def test_an_empty_network_says_that_there_is_no_evidence(network: Network) -> None:
    found = await detected_communities(network, viewer())
    assert (found.communities, found.modularity, found.agreement.adjusted_rand_index) == ([], None, None)
    assert found.reason is not None
