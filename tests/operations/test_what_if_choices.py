"""What if: the likely ways, whom to tell and new ties, against ties that plain Python works out from the rows."""

from typing import Any

import pytest

from service.operations.answering import answer
from service.operations.network import Network
from service.operations.projection import scope_of, standing
from service.operations.scopes import people_in
from tests.operations.listening import all_paths, evidence, tie_probabilities
from tests.operations.test_what_if import LATE, Ties, open_people, simulated, what_if
from tests.operations.viewers import viewer
from tests.operations.worlds import random_world, write_world


async def test_the_paths_whom_to_tell_and_new_ties_are_those_of_the_changed_ties(network: Network) -> None:
    world = random_world(64, people=20, items=60, acts=400)
    await write_world(network, world)
    before, people = tie_probabilities(evidence(world, ("everyone",)), LATE.timestamp()), open_people(world)
    told = sorted(people, key=lambda one: -sum(p for (teller, _), p in before.items() if teller == one))
    gone, source, target = told[0], told[1], told[-1]
    wanted = {"k": 4, "budget": 3, "firstConnections": 4, "seed": 5}
    found = await what_if(
        network, leaves=[gone], from_=source, to=target, amplifiersFor="network", connectionsOf=source, **wanted
    )
    after = {pair: p for pair, p in before.items() if gone not in pair}
    assert found.path is not None
    for paths, ties in ((found.path.before, before), (found.path.after, after)):
        every = all_paths(ties, source, {target}, 6)[:4]
        assert [path.probability for path in paths] == pytest.approx([likely for likely, _ in every])

    def reached(ties: Ties, tellers: list[str]) -> float:
        return simulated(people, ties, tellers, runs=20_000)

    alone = {"asOf": LATE, "seed": 5}
    named = await answer(network, viewer(), "amplifiers", {"budget": 3, **alone})
    suggested = await answer(network, viewer(), "nextConnections", {"person": source, "first": 4, **alone})
    club = world.ids("Community")[0]
    from_club = (await what_if(network, leaves=[gone], from_=club, to=target, k=4)).path
    assert from_club is not None
    tied = await standing(network, scope_of(viewer(), "everyone"), LATE)
    inside = set((await people_in(network, tied.scope, f"community:{club}", LATE)).people) & set(people) - {gone}
    assert len(inside) > 1
    for path in from_club.after:
        met = [step.listener.id for step in path.steps]
        assert path.steps[0].teller.id in inside
        assert not inside & set(met), "who is told at the start needs no way from another who is"
    assert found.amplifiers is not None
    assert found.connections is not None
    assert found.amplifiers.before.amplifiers == named.amplifiers
    assert found.amplifiers.before.people == named.people
    assert found.connections.before.connections == suggested.connections
    assert found.connections.probability == suggested.basis.probability
    assert gone in {one.person.id for one in named.amplifiers}, "who leaves is whom one would tell"
    picked = [one.person.id for one in found.amplifiers.after.amplifiers]
    assert len(picked) == 3
    assert gone not in picked
    together = found.amplifiers.after.people
    assert together.mean == pytest.approx(reached(after, picked) + 3, abs=4 * together.standard_error + 0.1)
    now = found.connections.after
    assert now.people.mean == pytest.approx(reached(after, [source]), abs=4 * now.people.standard_error + 0.1)
    assert gone not in {one.person.id for one in now.connections}
    for one in now.connections:
        with_it = after | {(source, one.person.id): suggested.basis.probability}
        gain = reached(with_it, [source]) - reached(after, [source])
        assert one.gain.mean == pytest.approx(gain, abs=4 * one.gain.standard_error + 0.05)


async def test_who_was_there_is_asked_once_for_all_sides(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    world = random_world(60)
    await write_world(network, world)
    gone, person = open_people(world)[:2]
    asked: list[str] = []
    ask = network.ask

    async def noting(name: str, given: dict[str, Any]) -> list[dict[str, Any]]:
        asked.append(name)
        return await ask(name, given)

    monkeypatch.setattr(network, "ask", noting)
    found = await what_if(network, leaves=[gone], amplifiersFor="network", connectionsOf=person)
    assert found.amplifiers is not None
    assert found.connections is not None
    assert asked.count("scopes/recorded") == 1
