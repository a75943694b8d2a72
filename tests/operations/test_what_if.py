"""What if: the network as it would be, against ties that plain Python works out from the rows and changes."""

import math
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from service.measures.completion import tie_network
from service.measures.paths import most_probable_paths
from service.measures.reach import reach
from service.model.asking import GroupBy
from service.model.errors import Invalid, NotFound
from service.model.what_if import WhatIf, WhatIfPath
from service.operations import comparing_paths
from service.operations.answering import answer
from service.operations.groupings import grouping
from service.operations.network import Network
from service.operations.projection import scope_of, standing
from tests.operations.listening import all_paths, evidence, tie_probabilities
from tests.operations.viewers import viewer
from tests.operations.worlds import START, World, random_world, write_world

LATE = START + timedelta(days=400)
Ties = dict[tuple[str, str], float]


async def what_if(network: Network, **given: Any) -> WhatIf:
    named = {"asOf": LATE, **{("from" if name == "from_" else name): value for name, value in given.items()}}
    found: WhatIf = await answer(network, viewer(), "whatIf", named)
    return found


def open_people(world: World) -> list[str]:
    return sorted(id for id, row in world.seen_by(("everyone",)).items() if row["type"] == "Person")


def simulated(
    people: list[str], ties: Ties, tellers: list[str], inside: set[str] | None = None, runs: int = 1_000
) -> float:
    """How many others are reached, of those inside of a group; of everybody where none is given."""
    numbers = {person: number for number, person in enumerate(people)}
    rows = sorted((numbers[teller], numbers[listener], chance) for (teller, listener), chance in ties.items())
    built = tie_network(
        np.searchsorted([row[0] for row in rows], np.arange(len(people) + 1)).astype(np.int64),
        np.array([row[1] for row in rows], dtype=np.int32),
        np.array([row[2] for row in rows]),
    )
    others = set(people) - set(tellers)
    labels = np.array([0 if one in others and (inside is None or one in inside) else -1 for one in people], np.int32)
    words = [UUID(one).int for one in people]
    keys = np.array([(word >> 64) ^ (word % 2**64) for word in words], dtype=np.uint64)
    found = reach(built, [numbers[one] for one in tellers], seed=5, runs=runs, labels=labels, groups=1, keys=keys)
    return found.groups[0].reached.mean


def best(ties: Ties, sources: set[str], targets: set[str], hops: int = 6) -> float | None:
    found = [path for source in sources for path in all_paths(ties, source, targets - sources, hops)[:1]]
    return max((chance for chance, _ in found), default=None)


def chance(paths: list[WhatIfPath]) -> Any:
    """How probable the first of them is; nothing for no path."""
    return pytest.approx(paths[0].probability) if paths else None


async def test_a_change_gives_what_the_changed_ties_give(network: Network) -> None:
    world = random_world(60)
    await write_world(network, world)
    before = tie_probabilities(evidence(world, ("everyone",)), LATE.timestamp())
    people = open_people(world)
    for gone, one, other, source, target in zip(people, people[1:], people[2:], people[3:], people[4:], strict=False):
        found = await what_if(
            network,
            leaves=[gone],
            meet=[one, other],
            probability=0.3,
            reachOf=[source],
            from_=source,
            to=target,
            seed=5,
        )
        after = {pair: p for pair, p in before.items() if gone not in pair}
        after |= {pair: max(after.get(pair, 0), 0.3) for pair in ((one, other), (other, one))}
        figures = found.network
        assert (figures.ties_before, figures.ties_after) == (len(before), len(after))
        assert figures.ties_lost == sum(gone in pair for pair in before)
        assert figures.ties_gained == len(set(after) - set(before))
        assert (figures.people_before, figures.people_after) == (len(people), len(people) - 1)
        assert found.reach is not None
        assert found.reach.people.before.mean == pytest.approx(simulated(people, before, [source]))
        assert found.reach.people.after.mean == pytest.approx(simulated(people, after, [source]))
        difference = found.reach.people.after.mean - found.reach.people.before.mean
        assert found.reach.people.difference.mean == pytest.approx(difference)
        assert found.path is not None
        assert chance(found.path.before) == best(before, {source}, {target})
        assert chance(found.path.after) == best(after, {source}, {target})
        assert (found.path.reason is None) == bool(found.path.before and found.path.after)
        assumed = {
            (step.teller.id, step.listener.id) for path in found.path.after for step in path.steps if step.assumed
        }
        assert assumed <= {(one, other), (other, one)} - set(before)


async def test_reach_is_split_by_community_and_explained_by_the_ties_that_change(network: Network) -> None:
    world = random_world(64, people=20, items=60, acts=400)
    await write_world(network, world)
    acts = evidence(world, ("everyone",))
    before, people = tie_probabilities(acts, LATE.timestamp()), open_people(world)
    told = sorted(people, key=lambda one: -sum(chance for (teller, _), chance in before.items() if teller == one))
    gone, source, one, other = told[1], told[0], told[2], told[-1]
    found = await what_if(
        network,
        leaves=[gone],
        meet=[one, other],
        probability=0.6,
        reachOf=[source, one],
        runs=4_000,
        seed=5,
        explain=True,
        from_=source,
        to=other,
    )
    assert found.reach is not None
    whole, groups = found.reach.people, found.reach.groups
    parts = [*(each.people for each in groups), found.reach.ungrouped]
    for side in ("before", "after", "difference"):
        assert sum(getattr(part, side).mean for part in parts) == pytest.approx(getattr(whole, side).mean)
    assert found.reach.group_count == len(groups) == len(world.ids("Community"))
    after = {pair: p for pair, p in before.items() if gone not in pair}
    after |= {pair: max(after.get(pair, 0), 0.6) for pair in ((one, other), (other, one))}
    tied = await standing(network, scope_of(viewer(), "everyone"), LATE)
    grouped = await grouping(network, tied, GroupBy.community, LATE)
    labels = {person: int(grouped.labels[tied.projection.numbers[person]]) for person in people}
    for each in groups:
        inside = {
            person for person in people if grouped.names[labels[person]] == each.group.name and labels[person] >= 0
        }
        for side, ties in (("before", before), ("after", after)):
            assert getattr(each.people, side).mean == pytest.approx(
                simulated(people, ties, [source, one], inside, runs=4_000)
            )
    contributions = found.reach.contributions
    assert sum(tie.share for tie in contributions) == pytest.approx(1)
    assert sum(tie.people for tie in contributions) == pytest.approx(whole.difference.mean, abs=0.15)
    for tie in contributions:
        pair = tie.teller.id, tie.listener.id
        assert tie.before == pytest.approx(before.get(pair, 0))
        assert tie.after == pytest.approx(after.get(pair, 0))
        assert (tie.people > 0) == (tie.after > tie.before)
        assert {act.item.id for act in tie.acts} == {
            act.id for act in acts if (act.teller, act.listener) == pair and not LATE.timestamp() < act.at < math.inf
        }
        assert sum(act.share for act in tie.acts) == pytest.approx(1 if pair in before else 0)
    assert found.path is not None
    for path in (*found.path.before, *found.path.after):
        assert all(step.assumed != bool(step.acts) for step in path.steps)


async def test_reach_before_a_change_is_what_reach_says_and_who_tells_and_leaves_is_counted_on_neither_side(
    network: Network,
) -> None:
    world = random_world(64, people=20, items=60, acts=400)
    await write_world(network, world)
    before, people = tie_probabilities(evidence(world, ("everyone",)), LATE.timestamp()), open_people(world)
    gone, *telling = sorted(people, key=lambda one: -sum(p for (teller, _), p in before.items() if teller == one))[:3]
    tellers = [gone, *telling]
    found = await what_if(network, leaves=[gone], reachOf=tellers, runs=2_000, seed=5)
    reached = await answer(
        network, viewer(), "reach", {"people": tellers, "asOf": LATE, "runs": 2_000, "seed": 5, "firstGroups": 20}
    )
    assert found.reach is not None
    assert found.reach.people.before.mean == pytest.approx(reached.people.mean)
    assert found.reach.people.before.low == pytest.approx(reached.people.low)
    assert found.reach.ungrouped.before.mean == pytest.approx(reached.ungrouped.mean)
    own = {each.group.name: each.people.mean for each in reached.groups}
    assert {each.group.name: each.people.before.mean for each in found.reach.groups} == pytest.approx(own)
    after = {pair: p for pair, p in before.items() if gone not in pair}
    assert found.reach.people.after.mean == pytest.approx(simulated(people, after, telling, runs=2_000))
    difference = found.reach.people.after.mean - found.reach.people.before.mean
    assert found.reach.people.difference.mean == pytest.approx(difference)


async def test_the_question_in_words_is_the_one_that_was_asked(network: Network) -> None:
    world = random_world(60)
    await write_world(network, world)
    gone, source, target = open_people(world)[:3]
    alone = (await what_if(network, leaves=[gone])).basis.question
    reach_of = (await what_if(network, leaves=[gone], reachOf=[source])).basis.question
    path = (await what_if(network, leaves=[gone], from_=source, to=target)).basis.question
    both = (await what_if(network, leaves=[gone], reachOf=[source], from_=source, to=target)).basis.question
    choices = (await what_if(network, leaves=[gone], amplifiersFor="network", connectionsOf=source)).basis.question
    assert "how many of those who count" in choices
    assert "if this person came to listen" in choices
    assert "how many others" in reach_of
    assert "on the path" not in reach_of
    assert "on the path" in path
    assert "how many others" not in path
    assert both == f"{reach_of} {path}"
    assert "on the path" not in alone
    assert "how many others" not in alone
    assert not [words for words in (alone, both) if "{" in words]


async def test_what_is_beyond_the_ties_that_are_shown_has_the_rest_of_the_shares(network: Network) -> None:
    def id_of(number: int) -> str:
        return f"00000000-0000-4000-8000-{number:012d}"

    rows: list[dict[str, Any]] = [{"type": "Person", "id": id_of(number), "name": f"P{number}"} for number in range(80)]
    clubs = [id_of(100), id_of(101)]
    rows += [{"type": "Community", "id": club, "name": club} for club in clubs]
    since = {"since": START.isoformat()}
    rows += [
        {"type": "Membership", "personId": id_of(number), "communityId": clubs[number % 2], **since}
        for number in range(80)
    ]
    rows += [{"type": "Observation", "byId": id_of(0), "toId": id_of(2), "at": START.isoformat()}]
    await write_world(network, World(rows))
    telling = [id_of(number) for number in range(0, 80, 2)]
    found = await what_if(network, merge=clubs, probability=0.1, reachOf=telling, explain=True)
    assert found.reach is not None
    assert len(found.reach.contributions) == 1_000 < found.network.ties_gained
    shown = sum(each.share for each in found.reach.contributions)
    assert 0.5 < shown < 1
    assert shown + found.reach.rest_share == pytest.approx(1)
    plain = await what_if(network, merge=clubs, probability=0.1, reachOf=telling)
    assert plain.reach is not None
    assert (plain.reach.contributions, plain.reach.rest_share) == ([], 0)


async def test_two_communities_join_and_listen_across_as_they_do_inside(network: Network) -> None:
    world = random_world(61)
    await write_world(network, world)
    before = tie_probabilities(evidence(world, ("everyone",)), LATE.timestamp())
    seen, people = world.seen_by(("everyone",)), set(open_people(world))
    members = {
        community: {
            row["personId"]
            for row in seen.values()
            if row["type"] == "Membership"
            and row["communityId"] == community
            and row["since"] <= LATE.isoformat()
            and row.get("until", "9") > LATE.isoformat()
        }
        & people
        for community in world.ids("Community")
    }
    one, other = members.values()
    inside = [
        before.get((teller, listener), 0)
        for group in (one, other)
        for teller in group
        for listener in group
        if teller != listener
    ]
    found = await what_if(network, merge=list(members), from_=next(iter(members)), to=list(members)[1])
    assert found.change.merging_probability == pytest.approx(sum(inside) / len(inside))
    assert found.change.meeting_probability is None
    across = {(a, b) for a in one for b in other if a != b} | {(b, a) for a in one for b in other if a != b}
    after = before | {pair: max(before.get(pair, 0), sum(inside) / len(inside)) for pair in across}
    assert found.network.ties_gained == len(set(after) - set(before))
    assert found.path is not None
    assert chance(found.path.before) == best(before, one, other)
    assert chance(found.path.after) == best(after, one, other)


async def test_nothing_is_written_and_what_is_hidden_stays_so(network: Network) -> None:
    world = random_world(62)
    await write_world(network, world)
    person = open_people(world)[0]
    first = await what_if(network, leaves=[person])
    assert await what_if(network, leaves=[person]) == first
    hidden = next(row["id"] for row in world.rows if row["type"] == "Person" and row["audience"] != "everyone")
    refusals = []
    for id in (hidden, "00000000-0000-4000-8000-00000000ffff"):
        with pytest.raises(NotFound) as refused:
            await what_if(network, leaves=[id])
        refusals.append(str(refused.value).replace(id, "…"))
    assert refusals[0] == refusals[1]


async def test_what_makes_no_sense_is_refused_by_its_field(network: Network) -> None:
    world = random_world(63)
    await write_world(network, world)
    one, other, third, *_ = people = open_people(world)
    club, second = world.ids("Community")
    bad: list[tuple[str, dict[str, Any]]] = [
        ("leaves", {}),
        ("leaves", {"leaves": [club]}),
        ("leaves", {"leaves": "nobody"}),
        ("leaves", {"leaves": [one] * 101}),
        ("meet", {"meet": [one]}),
        ("meet", {"meet": [one, one]}),
        ("meet", {"meet": [one, other], "leaves": [one]}),
        ("merge", {"merge": [club]}),
        ("merge", {"merge": [club, one]}),
        ("merge", {"merge": [club, second, club]}),
        ("reachOf", {"leaves": [one], "reachOf": [one]}),
        ("from", {"leaves": [one], "from_": one, "to": other}),
        ("to", {"leaves": [one], "from_": other, "to": one}),
        ("to", {"leaves": [one], "from_": other}),
        ("from", {"leaves": [one], "to": other}),
        ("to", {"leaves": [one], "from_": other, "to": other}),
        ("amplifiersFor", {"leaves": [one], "amplifiersFor": f"person:{one}"}),
        ("amplifiersFor", {"leaves": [one], "amplifiersFor": "everybody"}),
        ("amplifiersFor", {"leaves": [one], "amplifiersFor": f"person:{one.upper()}"}),
        ("connectionsOf", {"leaves": [one], "connectionsOf": one}),
        ("connectionsOf", {"leaves": [one], "connectionsOf": one.upper()}),
        ("connectionsOf", {"leaves": [one], "connectionsOf": club}),
        ("budget", {"leaves": [one], "amplifiersFor": "network", "budget": 0}),
        ("budget", {"leaves": people[:-3], "amplifiersFor": "network", "budget": 4}),
        ("firstConnections", {"leaves": [one], "connectionsOf": other, "firstConnections": 21}),
        ("k", {"leaves": [one], "from_": other, "to": third, "k": 0}),
        ("probability", {"meet": [one, other], "probability": 0}),
        ("probability", {"meet": [one, other], "probability": 1}),
        ("runs", {"leaves": [one], "runs": 99}),
        ("maxHops", {"leaves": [one], "from_": other, "to": third, "maxHops": 11}),
        ("asOf", {"leaves": [one], "asOf": START - timedelta(days=1)}),
        ("audience", {"leaves": [one], "audience": "somebody"}),
    ]
    for field, given in bad:
        with pytest.raises(Invalid) as refused:
            await what_if(network, **given)
        assert refused.value.problems[0].field in {field, f"{field}.0"}, given
        assert refused.value.problems[0].right


async def test_a_path_that_goes_says_so(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("Ada", "Ben", "Cem")
    ids = {name: f"00000000-0000-4000-8000-{number:012d}" for number, name in enumerate(names)}
    at = START.isoformat()
    rows: list[dict[str, Any]] = [{"type": "Person", "id": ids[name], "name": name} for name in names]
    rows += [
        {"type": "Observation", "byId": ids[a], "toId": ids[b], "at": at} for a, b in (("Ben", "Ada"), ("Cem", "Ben"))
    ]
    await write_world(network, World(rows))
    found = await what_if(network, leaves=[ids["Ben"]], from_=ids["Ada"], to=ids["Cem"], reachOf=[ids["Ada"]])
    assert found.path is not None
    assert len(found.path.before) == 1
    assert found.path.after == []
    assert found.path.reason == "There would no longer be a path from Ada to Cem of 6 steps or fewer."
    assert found.network.cut_off == 1
    assert found.network.disconnected is not None
    assert (found.network.disconnected.before.mean, found.network.disconnected.after.mean) == (0.5, 1)
    assert found.reach is not None
    assert found.reach.people.after.mean == 0
    met = await what_if(network, meet=[ids["Ada"], ids["Cem"]], from_=ids["Cem"], to=ids["Ada"])
    assert met.path is not None
    assert [[step.assumed for step in path.steps] for path in met.path.after] == [[True]]
    assert met.path.reason == "There is no path yet from Cem to Ada of 6 steps or fewer."
    impatient = partial(most_probable_paths, most_steps=0)
    monkeypatch.setattr(comparing_paths, "most_probable_paths", impatient)
    found = await what_if(network, leaves=[ids["Ben"]], from_=ids["Ada"], to=ids["Cem"])
    assert found.path is not None
    assert "gave up before it was known whether there is a path from Ada to Cem" in str(found.path.reason)
