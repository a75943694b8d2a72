"""Reach, amplifiers and next connections: against ties that plain Python works out from the rows."""

import random
from datetime import timedelta
from typing import Any

import pytest

from service.model.amplifiers import Amplifiers
from service.model.connections import NextConnections
from service.model.errors import Invalid, NotFound
from service.model.reach import Reach
from service.operations.answering import answer
from service.operations.network import Network
from tests.measures.live_edges import simulated
from tests.operations.listening import evidence, tie_probabilities, tie_shares
from tests.operations.viewers import viewer
from tests.operations.worlds import START, Row, World, random_world, write_world

LATE = START + timedelta(days=400)
NOBODY = "00000000-0000-4000-8000-00000000dead"
Ties = dict[tuple[str, str], float]


async def asked(network: Network, question: str, *audiences: str, **given: Any) -> Any:
    named = {"asOf": LATE, **{("for" if name == "for_" else name): value for name, value in given.items()}}
    return await answer(network, viewer(*audiences), question, named)


def open_people(world: World) -> list[str]:
    return sorted(id for id, row in world.seen_by(("everyone",)).items() if row["type"] == "Person")


def open_ties(world: World, *audiences: str) -> Ties:
    return tie_probabilities(evidence(world, ("everyone", *audiences)), LATE.timestamp())


def expected(ties: Ties, tellers: list[str], runs: int = 4_000) -> float:
    """How many others are reached, by a simulation in plain Python."""
    numbers = {person: number for number, person in enumerate(sorted({one for pair in ties for one in pair}))}
    numbered = {(numbers[teller], numbers[listener]): chance for (teller, listener), chance in ties.items()}
    dice, telling = random.Random(1), [numbers[one] for one in tellers if one in numbers]
    return sum(len(simulated(dice, numbered, telling)) - len(telling) for _ in range(runs)) / runs


def chance_of(ties: Ties, person: str, other: str, runs: int = 5_000) -> float:
    """How likely what somebody tells comes to somebody else, by a simulation in plain Python."""
    numbers = {one: number for number, one in enumerate(sorted({one for pair in ties for one in pair}))}
    numbered = {(numbers[teller], numbers[listener]): chance for (teller, listener), chance in ties.items()}
    dice = random.Random(1)
    return sum(numbers[other] in simulated(dice, numbered, [numbers[person]]) for _ in range(runs)) / runs


def most_heard(ties: Ties, count: int) -> list[str]:
    told: dict[str, float] = {}
    for (teller, _), chance in ties.items():
        told[teller] = told.get(teller, 0) + chance
    return sorted(told, key=lambda person: -told[person])[:count]


async def test_what_would_be_reached_and_chosen_in_a_random_network(network: Network) -> None:
    world = random_world(61, people=20, items=60, acts=400)
    await write_world(network, world)
    ties, people = open_ties(world), open_people(world)
    tellers = most_heard(ties, 2)
    await _reached(network, ties, tellers, tie_shares(evidence(world, ("everyone",)), LATE.timestamp()))
    await _chosen(network, ties, people)
    await _suggested(network, ties, people, tellers[0])
    club = world.ids("Community")[0]
    closed = f"community:{club}"
    inside: Reach = await asked(network, "reach", club, people=tellers, audience=closed, runs=10_000)
    assert inside.basis.ties == len(open_ties(world, closed)) > len(ties)
    assert inside.people.mean == pytest.approx(expected(open_ties(world, closed), tellers), rel=0.05, abs=0.05)
    for question, given in (
        ("reach", {"people": tellers}),
        ("amplifiers", {}),
        ("nextConnections", {"person": tellers[0]}),
    ):
        with pytest.raises(NotFound):
            await asked(network, question, audience=closed, **given)
    hidden = next(id for id in world.ids("Person") if id not in people)
    await _refused(network, world, tellers[0], hidden, people=len(people))


async def _reached(
    network: Network, ties: Ties, tellers: list[str], shares: dict[tuple[str, str], dict[str, float]]
) -> None:
    found: Reach = await asked(network, "reach", people=tellers, runs=10_000, explain=True, firstGroups=200)
    assert found.people.mean == pytest.approx(expected(ties, tellers), rel=0.05, abs=0.05)
    assert found.people.low < found.people.mean < found.people.high
    assert found.basis.ties == len(ties)
    assert not found.basis.learnt
    assert found.reason is None
    assert sum(one.people.mean for one in found.groups) + found.ungrouped.mean == pytest.approx(found.people.mean)
    assert sum(one.share for one in found.contributions) == pytest.approx(1)
    assert sum(one.people for one in found.contributions) == pytest.approx(found.people.mean)
    assert "every 90 days" in found.basis.shares
    for one in found.contributions:
        assert {act.item.id: act.share for act in one.acts} == pytest.approx(shares[one.teller.id, one.listener.id])
        assert one.probability == pytest.approx(ties[one.teller.id, one.listener.id])
        assert one.teller.id in tellers
        assert one.listener.id not in tellers
    assert found.usual_low <= found.people.mean <= found.usual_high <= found.reachable
    again: Reach = await asked(network, "reach", people=tellers, runs=10_000, explain=True, firstGroups=200)
    assert again == found
    for by in ("organisation", "standing", "detected"):
        other: Reach = await asked(network, "reach", people=tellers, runs=10_000, groupBy=by, firstGroups=200)
        assert other.people == found.people
        assert other.group_count == len(other.groups)


async def _chosen(network: Network, ties: Ties, people: list[str]) -> None:
    found: Amplifiers = await asked(network, "amplifiers", budget=3)
    named = [one.person.id for one in found.amplifiers]
    assert found.people.mean == pytest.approx(expected(ties, named) + 3, rel=0.05)
    assert sum(one.gain.mean for one in found.amplifiers) == pytest.approx(found.people.mean)
    assert sum(one.share for one in found.amplifiers) == pytest.approx(1)
    assert (found.for_, found.contributions) == (None, [])
    assert all(one.reason.endswith(", themselves counted.") for one in found.amplifiers)
    assert "themselves counted where they are of those" in found.basis.question
    explained: Amplifiers = await asked(network, "amplifiers", budget=3, explain=True)
    assert explained.amplifiers == found.amplifiers
    assert sum(one.share for one in explained.contributions) == pytest.approx(1)
    brought = sum(one.people for one in explained.contributions)
    assert brought == pytest.approx(expected(ties, named), abs=0.1), "those named count where one before reaches them"
    for each in explained.contributions:
        assert each.teller.id in named
        assert each.probability == pytest.approx(ties[each.teller.id, each.listener.id])
        assert sum(act.share for act in each.acts) == pytest.approx(1)
    assert "every 90 days" in explained.basis.shares
    rest: Amplifiers = await asked(network, "amplifiers", budget=3, exclude=named)
    assert not {one.person.id for one in rest.amplifiers} & set(named)
    assert rest.people.mean < found.people.mean + 0.2
    helped: Amplifiers = await asked(network, "amplifiers", for_=f"person:{named[0]}", budget=2)
    assert named[0] not in {one.person.id for one in helped.amplifiers}
    assert helped.without is not None
    assert helped.without.mean == pytest.approx(expected(ties, [named[0]]), rel=0.1, abs=0.1)
    for one in helped.amplifiers:
        assert one.listens == (ties.get((named[0], one.person.id), 0) > 0)
    everybody: Amplifiers = await asked(network, "amplifiers", budget=len(people))
    assert everybody.people.mean == pytest.approx(len(people))
    assert everybody.basis.candidates == len(people)


async def _suggested(network: Network, ties: Ties, people: list[str], person: str) -> None:
    found: NextConnections = await asked(network, "nextConnections", person=person, first=3, probability=0.5)
    before = expected(ties, [person], 20_000)
    assert found.people.mean == pytest.approx(before, rel=0.05, abs=0.05)
    for one in found.connections:
        assert ties.get((person, one.person.id), 0) == 0
        after = expected({**ties, (person, one.person.id): 0.5}, [person], 20_000)
        assert one.gain.mean == pytest.approx(after - before, abs=0.08)
        assert one.reason
        assert (one.contributions, one.heard_acts) == ([], [])
    explained: NextConnections = await asked(
        network, "nextConnections", person=person, first=3, probability=0.5, explain=True
    )
    for one, plain in zip(explained.connections, found.connections, strict=True):
        assert (one.person, one.gain, bool(one.heard_acts)) == (plain.person, plain.gain, plain.heard)
        assert sum(each.share for each in one.contributions) == pytest.approx(1)
        assert {each.teller.id for each in one.contributions} == {one.person.id}
        oneself = 0.5 * (1 - chance_of(ties, person, one.person.id))
        assert sum(each.people for each in one.contributions) == pytest.approx(one.gain.mean - oneself, abs=0.1)
        assert sum(act.share for act in one.heard_acts) == pytest.approx(1 if one.heard else 0)
    usual: NextConnections = await asked(network, "nextConnections", person=person)
    assert usual.basis.probability == pytest.approx(sum(ties.values()) / len(ties))
    deaf = {one for one in people if one != person and not ties.get((person, one))}
    every: NextConnections = await asked(network, "nextConnections", person=person, first=50)
    assert {one.person.id for one in every.connections} == deaf
    assert every.reason is not None


async def _refused(network: Network, world: World, person: str, hidden: str, *, people: int) -> None:
    story = world.ids("Story")[0]
    cases: list[tuple[type[Exception], str, str, dict[str, Any]]] = [
        (NotFound, "reach", "people", {"people": [person, NOBODY]}),
        (NotFound, "reach", "people", {"people": [hidden]}),
        (Invalid, "reach", "people", {"people": []}),
        (Invalid, "reach", "people", {"people": [world.ids("Community")[0]]}),
        (Invalid, "reach", "runs", {"people": [person], "runs": 99}),
        (Invalid, "reach", "runs", {"people": [person], "runs": 10_001}),
        (Invalid, "reach", "seed", {"people": [person], "seed": -1}),
        (Invalid, "amplifiers", "budget", {"budget": 0}),
        (Invalid, "amplifiers", "budget", {"budget": people + 1}),
        (Invalid, "amplifiers", "budget", {"budget": people, "exclude": [person]}),
        (Invalid, "amplifiers", "outsideOnly", {"outsideOnly": True}),
        (Invalid, "amplifiers", "for", {"for_": "somebody"}),
        (NotFound, "amplifiers", "for", {"for_": f"person:{hidden}"}),
        (NotFound, "amplifiers", "for", {"for_": f"community:{NOBODY}"}),
        (NotFound, "amplifiers", "for", {"for_": f"topic:{story}"}),
        (NotFound, "amplifiers", "exclude", {"exclude": [hidden]}),
        (NotFound, "nextConnections", "person", {"person": hidden}),
        (Invalid, "nextConnections", "first", {"person": person, "first": 0}),
        (Invalid, "nextConnections", "probability", {"person": person, "probability": 0}),
    ]
    for error, question, field, given in cases:
        with pytest.raises(error) as caught:
            pytest.fail(f"{question} {given}: {await asked(network, question, **given)}")
        assert caught.value.problems[0].field.partition(".")[0] == field, (question, given)  # type: ignore[attr-defined]


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


ADA, BEN, CEM, DOE, EVE, FAY, GUS = (_id(number) for number in range(1, 8))
NORTH, SOUTH, EATING, WALKING, MEALS, STEPS, EMPTY, GARDENS, SECRETS = (_id(number) for number in range(11, 20))


def two_places() -> World:
    """Ada is heard by Ben; Cem by Doe and Eve in another place, with whom Ada shares a purpose; Fay by Gus, without."""
    names = {ADA: "Ada", BEN: "Ben", CEM: "Cem", DOE: "Doe", EVE: "Eve", FAY: "Fay", GUS: "Gus"}
    since = {"since": START.isoformat()}
    rows: list[Row] = [
        *({"type": "Person", "id": id, "name": name, "at": START.isoformat()} for id, name in names.items()),
        {"type": "Organisation", "id": NORTH, "name": "North"},
        {"type": "Organisation", "id": SOUTH, "name": "South"},
        {"type": "Purpose", "id": EATING, "name": "Eating together"},
        {"type": "Community", "id": WALKING, "name": "Walking"},
        {"type": "Community", "id": MEALS, "name": "Meals", "purposeIds": [EATING]},
        {"type": "Community", "id": STEPS, "name": "Lunch", "purposeIds": [EATING]},
        {"type": "Community", "id": EMPTY, "name": "Empty"},
        *(
            {"type": "Membership", "personId": person, "communityId": community, **since}
            for person, community in ((ADA, MEALS), (CEM, STEPS), (DOE, STEPS), (FAY, WALKING), (GUS, WALKING))
        ),
        *(
            {
                "type": "Position",
                "personId": person,
                "organisationId": place,
                "profession": "cook",
                "standing": "professional",
                "from": START.isoformat(),
            }
            for person, place in ((ADA, NORTH), (BEN, NORTH), (CEM, NORTH), (FAY, SOUTH), (GUS, SOUTH))
        ),
    ]
    heard = ((BEN, ADA, 1), (DOE, CEM, 3), (EVE, CEM, 3), (GUS, FAY, 40))
    for number, (listener, teller, count) in enumerate(heard):
        rows.append(
            {
                "type": "Story",
                "id": _id(100 + number),
                "title": "S",
                "content": "Told",
                "tellerId": teller,
                "at": "2025-01-02T00:00:00Z",
            }
        )
        rows.extend(
            {
                "type": "Amplification",
                "kind": "retell",
                "ofId": _id(100 + number),
                "byId": listener,
                "at": "2025-02-01T00:00:00Z",
            }
            for _ in range(count)
        )
    return World(rows)


async def test_what_is_preferred_what_is_empty_and_who_has_no_ties(network: Network) -> None:
    await write_world(network, two_places())
    plain: NextConnections = await asked(network, "nextConnections", person=ADA, first=2)
    assert plain.connections[0].person.id == FAY  # much heard
    assert plain.connections[0].other_organisation is True
    assert "works elsewhere, at South" in plain.connections[0].reason
    assert "Walking, where nobody is reached now" in plain.connections[0].reason
    shared: NextConnections = await asked(network, "nextConnections", person=ADA, first=3, preferSharedPurpose=True)
    assert {one.person.id for one in shared.connections[:2]} == {CEM, DOE}
    assert [one.title for one in shared.connections[0].shared_purposes] == ["Eating together"]
    assert "both share the purpose 'Eating together'" in shared.connections[0].reason
    elsewhere: NextConnections = await asked(
        network, "nextConnections", person=ADA, first=3, preferOtherOrganisations=True
    )
    assert {one.person.id for one in elsewhere.connections[:2]} == {FAY, GUS}

    alone: Reach = await asked(network, "reach", people=[EVE])
    assert (alone.people.mean, alone.people.high, alone.chance, alone.one_in) == (0, 0, 0, None)
    assert alone.reason == "There is no evidence that anybody listens to Eve."
    assert all(one.reachable == 0 for one in alone.groups)
    certain: Reach = await asked(network, "reach", people=[FAY], explain=True)
    assert [one.group.name for one in certain.groups if one.reachable] == ["Walking"]
    assert certain.groups_out_of_reach == certain.group_count - 1

    lunch: Amplifiers = await asked(network, "amplifiers", for_=f"community:{STEPS}", budget=3, outsideOnly=True)
    assert lunch.amplifiers == []
    assert lunch.reason == "There is no evidence of a way from those who could be named to anybody of Lunch."
    inside: Amplifiers = await asked(network, "amplifiers", for_=f"community:{STEPS}", budget=3)
    assert {one.person.id for one in inside.amplifiers} == {CEM, DOE}
    assert all(one.inside for one in inside.amplifiers)
    assert inside.reason == "Beyond these 2, nobody who could be named would add anybody of Lunch more."
    with pytest.raises(Invalid, match="Empty has nobody") as caught:
        await asked(network, "amplifiers", for_=f"community:{EMPTY}")
    assert caught.value.problems[0].field == "for"
    with pytest.raises(Invalid) as caught:
        await asked(network, "reach", people=[ADA], asOf=START - timedelta(days=1))
    assert caught.value.problems[0].field == "asOf"


async def test_a_purpose_is_shared_by_who_holds_it_as_by_who_is_in_a_community_that_pursues_it(
    network: Network,
) -> None:
    closed = f"community:{WALKING}"
    rows: list[Row] = [
        *two_places().rows,
        *({"type": "Purpose", "id": id, "name": name} for id, name in ((GARDENS, "Gardens"), (SECRETS, "Secrets"))),
        *(_holds(*one) for one in ((BEN, GARDENS), (CEM, GARDENS), (BEN, EATING))),
        *({**_holds(one, SECRETS), "audience": closed} for one in (BEN, FAY)),
        {**_holds(EVE, GARDENS), "until": (START + timedelta(days=300)).isoformat()},
    ]
    await write_world(network, World(rows))

    async def shared(person: str, *audiences: str, **given: Any) -> dict[str, list[str | None]]:
        found: NextConnections = await asked(
            network, "nextConnections", *audiences, person=person, preferSharedPurpose=True, **given
        )
        first = [bool(one.shared_purposes) for one in found.connections]
        assert first == sorted(first, reverse=True)
        return {
            one.person.name: [purpose.title for purpose in one.shared_purposes]
            for one in found.connections
            if one.shared_purposes
        }

    both = ["Eating together", "Gardens"]
    assert await shared(BEN) == {"Cem": both, "Ada": both[:1], "Doe": both[:1]}
    assert await shared(ADA) == {"Cem": both[:1], "Doe": both[:1]}, "Ben, who shares it too, listens already"
    assert await shared(CEM) == {"Ada": both[:1], "Ben": both}
    assert await shared(BEN, WALKING, audience=closed) == {**await shared(BEN), "Fay": ["Secrets"]}
    early = await shared(BEN, asOf=START + timedelta(days=299))
    assert early["Eve"] == ["Gardens"]


def _holds(person: str, purpose: str) -> Row:
    return {"type": "Holding", "byId": person, "ofId": purpose, "since": START.isoformat()}


async def test_nobody_is_named_whom_nobody_who_counts_would_hear(network: Network) -> None:
    quiet, apart = _id(21), _id(22)
    world = two_places()
    people = [row for row in world.rows if row["type"] == "Person"]
    await write_world(network, World(people))
    nothing: Amplifiers = await asked(network, "amplifiers", budget=3, explain=True)
    assert (nothing.amplifiers, nothing.contributions, nothing.groups) == ([], [], [])
    assert nothing.reason == "There is no evidence that anybody listens to anybody."
    assert (nothing.people.mean, nothing.people.high, nothing.at_least_of_best) == (0, 0, 0)

    members = ((BEN, quiet), (EVE, quiet), (ADA, apart), (GUS, apart))
    since = START.isoformat()
    groups: list[Row] = [
        {"type": "Community", "id": quiet, "name": "Quiet"},
        {"type": "Community", "id": apart, "name": "Apart"},
        *({"type": "Membership", "personId": one, "communityId": place, "since": since} for one, place in members),
    ]
    await write_world(network, World([*(row for row in world.rows if row not in people), *groups]))
    deaf = "There is no evidence of a way from those who could be named to anybody else"
    told: Amplifiers = await asked(network, "amplifiers", for_=f"community:{quiet}", exclude=[ADA, CEM], budget=2)
    assert (told.amplifiers, told.reason) == ([], f"{deaf} of Quiet.")
    heard: Amplifiers = await asked(network, "amplifiers", for_=f"community:{apart}", exclude=[FAY], budget=2)
    assert (heard.amplifiers, heard.reason) == ([], f"{deaf} of Apart."), "who hears Ada is not of it"
    alone: Amplifiers = await asked(network, "amplifiers", exclude=[ADA, CEM, FAY], budget=2)
    assert (alone.amplifiers, alone.reason) == ([], f"{deaf}.")
    helped: Amplifiers = await asked(network, "amplifiers", for_=f"person:{BEN}", exclude=[CEM, FAY], budget=2)
    assert "Ada" not in {one.person.name for one in helped.amplifiers}, "she is heard by Ben alone, who tells anyway"


async def test_who_is_hardly_heard_is_named_before_who_is_not_heard_at_all(network: Network) -> None:
    """Where next to nothing carries, the sets tell those apart by chance alone."""
    faint = {"type": "Support", "content": "Well done", "byId": GUS, "toId": EVE, "at": "2015-01-01T00:00:00Z"}
    people = [row for row in two_places().rows if row["type"] == "Person"]
    await write_world(network, World([*people, faint]))
    for seed in range(4):
        found: Amplifiers = await asked(network, "amplifiers", budget=2, seed=seed)
        if len(found.amplifiers) == 1:
            assert found.reason == (
                "Beyond this one, there is no evidence that anybody listens to those who could be named."
            )
        assert EVE in {one.person.id for one in found.amplifiers}
