"""Boundary spanners: whoever alone connects two groups is found, as far as the audience may know of their ties."""

from datetime import timedelta
from typing import Any

import networkx as nx
import numpy as np
import pytest

from service.model.asking import GroupBy
from service.model.boundaries import BoundarySpannersQuestion, BrokerageQuestion, SpannerOrder
from service.model.errors import Invalid, NotFound
from service.operations.answering import answer
from service.operations.boundaries import boundary_spanners, brokerage_of
from service.operations.changes import number_changes
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.writing import update
from tests.operations.listening import evidence, tie_probabilities
from tests.operations.viewers import viewer
from tests.operations.worlds import START, Row, World, random_world, write_world

SIZE = 9
GROUPS = 3
AT = START.isoformat()
LATER = (START + timedelta(days=100)).isoformat()


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def _person(group: int, number: int) -> str:
    return _id(group * SIZE + number)


CLUBS = [_id(900 + group) for group in range(GROUPS)]
CARRIER = _person(0, 8)


def _attends(listener: str, teller: str, **fields: str) -> Row:
    return {"type": "Observation", "kind": "saw", "byId": listener, "toId": teller, "at": AT, **fields}


def _planted() -> World:
    """Three clubs, each a ring around its hub; one person of the first, no hub, alone attends to three of the second.

    Nobody of the third attends to anybody of the others, but both the hub of the second and one of the third attend
    to somebody who is in no club; the second and third pursue one purpose.
    """
    people = [_person(group, number) for group in range(GROUPS) for number in range(SIZE)]
    rows: list[Row] = [{"type": "Person", "id": id, "name": f"Person {number}"} for number, id in enumerate(people)]
    rows.append({"type": "Person", "id": _id(500), "name": "Between"})
    rows.append({"type": "Purpose", "id": _id(800), "name": "Nobody eats alone"})
    for group, club in enumerate(CLUBS):
        purposes = {"purposeIds": [_id(800)]} if group else {}
        rows.append({"type": "Community", "id": club, "name": f"Club {group}", **purposes})
        rows += [
            {"type": "Membership", "since": AT, "personId": _person(group, number), "communityId": club}
            for number in range(SIZE)
        ]
        for number in range(1, SIZE):
            rows.append(_attends(_person(group, 0), _person(group, number)))
            rows.append(_attends(_person(group, number), _person(group, number % (SIZE - 1) + 1)))
    rows += [_attends(CARRIER, _person(1, number)) for number in (2, 3, 4)]
    rows += [_attends(_person(1, 0), _id(500)), _attends(_person(2, 5), _id(500))]
    return World(rows)


async def test_who_alone_connects_two_groups_is_first_and_the_hubs_are_not(network: Network) -> None:
    await write_world(network, _planted())
    found = await boundary_spanners(network, viewer(), BoundarySpannersQuestion(explain=True, first=5))
    first = found.people[0]
    assert (first.person.id, first.rank, first.group and first.group.name) == (CARRIER, 1, "Club 0")
    assert not {_person(group, 0) for group in range(GROUPS)} & {one.person.id for one in found.people}
    assert [(one.group.name, one.ties, one.share) for one in first.contributions] == [("Club 1", 3, 1.0)]
    assert sum(one.counted for one in first.contributions) == pytest.approx(first.bridging)
    assert (first.role, first.reason) == ("connector", None) or first.participation is not None
    by_rank = next(one for one in first.ranges if one.measure is SpannerOrder.bridging)
    assert by_rank.best <= by_rank.rank == 1 <= by_rank.worst
    assert (found.basis.groups, found.basis.grouped, found.basis.tied, found.basis.people) == (3, 27, 28, 28)
    assert (found.basis.betweenness_samples, found.basis.betweenness_error) == (None, 0.0)
    assert [one.measure for one in first.ranges] == list(SpannerOrder)
    core = first.ranges[-1]
    assert core.best <= core.rank <= core.worst
    deepest = await boundary_spanners(network, viewer(), BoundarySpannersQuestion(order_by=SpannerOrder.coreness))
    assert deepest.people[0].rank == 1
    assert [one.coreness for one in deepest.people] == sorted((one.coreness for one in deepest.people), reverse=True)
    ranked = await boundary_spanners(network, viewer(), BoundarySpannersQuestion(order_by=SpannerOrder.betweenness))
    assert [one.betweenness for one in ranked.people] == sorted(
        (one.betweenness for one in ranked.people), reverse=True
    )


async def test_groups_apart_are_shown_with_who_could_introduce_whom(network: Network) -> None:
    await write_world(network, _planted())
    found = await boundary_spanners(network, viewer(), BoundarySpannersQuestion())
    assert (found.pairs, found.pairs_apart) == (3, 2)
    first, second = found.missing_bridges
    assert (first.one.name, first.other.name) == ("Club 1", "Club 2")
    assert [one.title for one in first.shared_purposes] == ["Nobody eats alone"]
    ways = {(one.person.id, one.through and one.through.id, one.meets and one.meets.id) for one in first.candidates}
    assert ways == {
        (_person(1, 0), _id(500), _person(2, 5)),
        (_person(2, 5), _id(500), _person(1, 0)),
    }
    assert "Between knows both them and" in first.candidates[0].reason
    assert "'Nobody eats alone'" in first.candidates[0].reason
    assert (second.one.name, second.other.name, second.shared_purposes) == ("Club 0", "Club 2", [])
    assert [one.through for one in second.candidates] == [None] * len(second.candidates)
    none = await boundary_spanners(network, viewer(), BoundarySpannersQuestion(first_pairs=0))
    assert none.missing_bridges == []


async def test_measures_are_those_of_networkx_on_what_the_audience_may_see(network: Network) -> None:
    world = random_world(31, people=16, acts=120)
    await write_world(network, world)
    for name in ("everyone", f"community:{world.ids('Community')[0]}"):
        asking = viewer(world.ids("Community")[0])
        audiences = ("everyone", name)
        asked = BoundarySpannersQuestion(audience=name, order_by=SpannerOrder.constraint, first=100)
        found = await boundary_spanners(network, asking, asked)
        acts = evidence(world, audiences)
        weights: dict[tuple[str, str], float] = {}
        for (teller, listener), chance in tie_probabilities(acts, found.basis.as_of.timestamp()).items():
            weights[teller, listener] = np.log1p(-chance) / np.log(0.95)
        graph = nx.Graph()
        graph.add_nodes_from(id for id, row in world.seen_by(audiences).items() if row["type"] == "Person")
        for (one, other), weight in weights.items():
            before = graph.get_edge_data(one, other, {}).get("weight", 0.0)
            graph.add_edge(one, other, weight=before + weight)
        shown = {one.person.id: one for one in found.people}
        assert shown.keys() == {id for id in graph if graph.degree(id)}
        between, open_, core = (
            nx.betweenness_centrality(graph),
            nx.constraint(graph, weight="weight"),
            nx.core_number(graph),
        )
        for id, spanner in shown.items():
            assert spanner.betweenness == pytest.approx(between[id])
            assert spanner.constraint == pytest.approx(open_[id])
            assert (spanner.coreness, spanner.ties) == (core[id], graph.degree(id))
        single = await brokerage_of(network, asking, BrokerageQuestion(person=next(iter(shown)), audience=name))
        assert single.found.constraint == next(iter(shown.values())).constraint


async def test_ties_closed_to_the_audience_bridge_nothing(network: Network) -> None:
    world = _planted()
    closed = f"community:{CLUBS[0]}"
    hidden = [_attends(_person(0, 3), _person(2, number), audience=closed) for number in (1, 2, 3)]
    await write_world(network, World([*world.rows, *hidden]))
    outside = await boundary_spanners(network, viewer(CLUBS[0]), BoundarySpannersQuestion())
    inside = await boundary_spanners(network, viewer(CLUBS[0]), BoundarySpannersQuestion(audience=closed))
    assert _person(0, 3) not in {one.person.id for one in outside.people}
    assert _person(0, 3) in {one.person.id for one in inside.people[:2]}
    assert (outside.pairs_apart, inside.pairs_apart) == (2, 1)
    with pytest.raises(NotFound):
        await boundary_spanners(network, viewer(), BoundarySpannersQuestion(audience=closed))


async def test_bad_input_and_little_to_go_by_have_an_answer(network: Network) -> None:
    empty = await boundary_spanners(network, viewer(), BoundarySpannersQuestion())
    assert (empty.people, empty.missing_bridges, empty.pairs) == ([], [], 0)
    assert empty.reason == "There is no evidence that anybody listens to anybody."
    world = _planted()
    small = [{"type": "Community", "id": _id(950), "name": "Two"}]
    small += [
        {"type": "Membership", "since": AT, "personId": id, "communityId": _id(950)} for id in (_id(500), _id(501))
    ]
    await write_world(network, World([*world.rows, {"type": "Person", "id": _id(501), "name": "Alone"}, *small]))
    alone = await brokerage_of(network, viewer(), BrokerageQuestion(person=_id(501)))
    assert (alone.found.participation, alone.found.constraint, alone.found.within, alone.found.role) == (None,) * 4
    assert alone.found.reason == "There is no evidence that ties them to anybody."
    between = await brokerage_of(network, viewer(), BrokerageQuestion(person=_id(500), explain=True))
    assert between.found.role is None
    assert "Two has 2 people" in (between.found.reason or "")
    assert between.found.participation == pytest.approx(0.5)
    for by in (GroupBy.profession, GroupBy.organisation, GroupBy.standing):
        ungrouped = await boundary_spanners(network, viewer(), BoundarySpannersQuestion(group_by=by))
        assert ungrouped.people == []
        assert ungrouped.reason == f"Nobody whom this audience may know of is in a group, by {by.value}."
        assert "Only 0% of the people are in a group" in ungrouped.caution
        single = await brokerage_of(network, viewer(), BrokerageQuestion(person=CARRIER, group_by=by))
        assert single.found.reason == f"They are in no group of the grouping by {by.value}."
    detected = await boundary_spanners(network, viewer(), BoundarySpannersQuestion(group_by=GroupBy.detected))
    assert CARRIER in {one.person.id for one in detected.people}
    with pytest.raises(Invalid, match="is of the kind community"):
        await brokerage_of(network, viewer(), BrokerageQuestion(person=CLUBS[0]))
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("groupBy", {"groupBy": "shoe size"}),
        ("first", {"first": 0}),
        ("firstPairs", {"firstPairs": 101}),
        ("orderBy", {"orderBy": "degree"}),
        ("seed", {"seed": -1}),
    ]
    for field, given in wrong:
        with pytest.raises(Invalid) as refused:
            await answer(network, viewer(), "boundarySpanners", given)
        assert refused.value.problems[0].field == field


async def test_detected_groups_are_those_of_detected_communities_and_keep_their_ids(network: Network) -> None:
    await write_world(network, World([*_planted().rows, _attends(CARRIER, _id(500)) | {"at": LATER}]))
    asked = BoundarySpannersQuestion(group_by=GroupBy.detected, first=50)
    found = await boundary_spanners(network, viewer(), asked)
    communities = await answer(network, viewer(), "detectedCommunities", {})
    assert found.basis.resolution == communities.basis.resolution
    groups = {one.group.name: (one.group.detected_id, one.group.size) for one in found.people if one.group}
    assert groups
    known = {f"detected community {one.number}": (one.id, one.size) for one in communities.communities}
    assert groups.items() <= known.items()
    assert any(id for id, _ in groups.values())
    declared = await boundary_spanners(network, viewer(), BoundarySpannersQuestion())
    assert declared.basis.resolution is None
    assert {one.group.detected_id for one in declared.people if one.group} == {None}


async def test_a_group_that_is_called_otherwise_is_not_answered_from_what_was_kept(network: Network) -> None:
    await write_world(network, _planted())
    asked = BoundarySpannersQuestion(first=1)
    before = (await boundary_spanners(network, viewer(), asked)).people[0]
    await update(network, OPERATOR, "Community", CLUBS[0], {"name": "Quilters"})
    await number_changes(network, "tests")
    after = (await boundary_spanners(network, viewer(), asked)).people[0]
    assert before.group is not None
    assert after.group is not None
    assert (before.group.name, after.group.name) == ("Club 0", "Quilters")
    assert after.bridging == before.bridging
