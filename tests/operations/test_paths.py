"""Paths that avoid and pass people, to groups, and the acts behind each step: against an exhaustive search."""

import math
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from service.model.paths import AmplificationPaths, PathOutcome
from service.operations import amplification
from service.operations.answering import answer
from service.operations.network import Network
from tests.operations.listening import WEIGHTS, all_paths, evidence, tie_probabilities
from tests.operations.test_uptake import keen_half, person
from tests.operations.viewers import viewer
from tests.operations.worlds import START, World, random_world, write_world

LATE = START + timedelta(days=400)


async def paths(network: Network, source: str, target: str, **given: Any) -> AmplificationPaths:
    found: AmplificationPaths = await answer(
        network, viewer(), "amplificationPaths", {"from": source, "to": target, "asOf": LATE, **given}
    )
    return found


def people_of(answer: AmplificationPaths) -> list[list[str]]:
    return [[path.steps[0].teller.id, *(step.listener.id for step in path.steps)] for path in answer.paths]


def open_people(world: World) -> list[str]:
    return [id for id, row in world.seen_by(("everyone",)).items() if row["type"] == "Person"]


@pytest.mark.parametrize("seed", range(2))
async def test_paths_avoid_and_pass_whom_they_should(network: Network, seed: int) -> None:
    world = random_world(seed + 30)
    await write_world(network, world)
    ties = tie_probabilities(evidence(world, ("everyone",)), LATE.timestamp())
    people = open_people(world)
    outcomes = set()
    for place in range(len(people) - 4):
        source, target, avoided, passed, other = people[place : place + 5]
        everywhere = all_paths(ties, source, {target}, 4)
        for avoid, through in (([avoided], []), ([], [passed]), ([avoided], [passed]), ([], [passed, other])):
            found = await paths(network, source, target, k=6, maxHops=4, avoid=avoid, through=through)
            expected = [one for one, path in everywhere if set(through) <= set(path) and not set(avoid) & set(path)]
            assert [path.probability for path in found.paths] == pytest.approx(expected[:6], rel=1e-9, abs=0)
            for path in people_of(found):
                assert set(through) <= set(path)
                assert not set(avoid) & set(path)
            assert ([one.id for one in found.avoided], [one.id for one in found.through]) == (avoid, through)
            assert (found.outcome is PathOutcome.barred) == (bool(everywhere) and not expected)
            outcomes.add(found.outcome)
    assert outcomes >= {PathOutcome.found, PathOutcome.barred}


async def test_a_search_that_is_not_quick_after_all_has_the_same_answer(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = random_world(30)
    await write_world(network, world)
    people = open_people(world)
    pairs = [pair for pair in pairwise(people) if (await paths(network, *pair)).paths]
    quick = [await paths(network, *pair) for pair in pairs]
    monkeypatch.setattr(amplification, "QUICK_STEPS", 0)
    assert pairs
    assert [await paths(network, *pair) for pair in pairs] == quick


async def test_an_organisation_or_a_topic_is_reached_with_any_of_its_people(network: Network) -> None:
    world = random_world(40)
    organisation, topic, story = (f"00000000-0000-4000-8000-{number:012d}" for number in range(3))
    people = open_people(world)
    since, left = START.isoformat(), (START + timedelta(days=100)).isoformat()
    held = {"organisationId": organisation, "profession": "nurse", "standing": "professional", "from": since}
    told = {"title": "About it", "content": "Told", "aboutIds": [topic]}
    world.rows += [
        {"type": "Organisation", "id": organisation, "name": "Hospital"},
        *({"type": "Position", "personId": person, **held} for person in people[1:3]),
        {"type": "Position", "personId": people[3], "until": left, **held},
        {"type": "Topic", "id": topic, "name": "Falls"},
        {"type": "Story", "id": story, "tellerId": people[4], "at": since, **told},
        {"type": "Story", "tellerId": people[5], "at": (LATE + timedelta(days=1)).isoformat(), **told},
        {"type": "TacitInsight", "content": "Known", "heldById": people[6], "aboutIds": [topic], "at": since},
    ]
    await write_world(network, world)
    ties = tie_probabilities(evidence(world, ("everyone",)), LATE.timestamp())
    for target, reached in ((organisation, set(people[1:3])), (topic, {people[4], people[6]})):
        answers = [await paths(network, source, target, maxHops=3) for source in people]
        for source, found in zip(people, answers, strict=True):
            expected = [one for one, _ in all_paths(ties, source, reached - {source}, 3)[:5]]
            assert [path.probability for path in found.paths] == pytest.approx(expected, rel=1e-9, abs=0)
            assert {path.reaches.id for path in found.paths} <= reached
            assert found.basis.targets == len(reached)
        assert any(found.paths for found in answers)


async def test_each_step_lists_its_acts_with_shares_that_add_up(network: Network) -> None:
    world = random_world(50)
    await write_world(network, world)
    acts = evidence(world, ("everyone",))
    people = open_people(world)
    explained = 0
    for source, target in pairwise(people):
        found = await paths(network, source, target, explain=True)
        assert not any(
            step.contributions for path in (await paths(network, source, target)).paths for step in path.steps
        )
        for step in (step for path in found.paths for step in path.steps):
            weights = {
                act.id: WEIGHTS[act.kind]
                * (1 if act.at == math.inf else 0.5 ** ((LATE.timestamp() - act.at) / 7_776_000))
                for act in acts
                if (act.teller, act.listener) == (step.teller.id, step.listener.id)
                and (act.at <= LATE.timestamp() or act.at == math.inf)
            }
            total = sum(weights.values())
            shares = {one.item.id: one.share for one in step.contributions}
            assert shares == pytest.approx({id: weight / total for id, weight in weights.items()})
            assert sum(shares.values()) == pytest.approx(1)
            assert step.evidence.count == len(shares)
            assert [one.share for one in step.contributions] == sorted(shares.values(), reverse=True)
            assert step.probability == pytest.approx(1 - 0.95**total)
            explained += 1
    assert explained > 10


async def test_shares_follow_the_half_life_that_the_chance_was_learnt_with(network: Network) -> None:
    world = keen_half()
    await write_world(network, world)
    found: AmplificationPaths = await answer(
        network,
        viewer(),
        "amplificationPaths",
        {"from": person(0), "to": person(2), "maxHops": 1, "explain": True},
    )
    half_life = found.basis.calibration and found.basis.calibration.half_life_days
    assert found.basis.learnt
    assert half_life
    assert f"every {half_life:g} days" in found.basis.shares
    ((step,),) = (path.steps for path in found.paths)
    told = {row["id"] for row in world.rows if row.get("tellerId") == person(0)}
    times = [
        row["at"] for row in world.rows if row.get("byId") == person(2) and {row.get("ofId"), row.get("toId")} & told
    ]
    times += [row["at"] for row in world.rows if (row.get("byId"), row.get("toId")) == (person(2), person(0))]
    ages = {one.item.id: (found.basis.as_of - one.at).total_seconds() / 86_400 for one in step.contributions if one.at}
    assert len(ages) == len(times) == len(step.contributions)
    assert {one.kind.value for one in step.contributions} == {"observation", "amplification"}
    learnt = {id: 0.5 ** (age / half_life) for id, age in ages.items()}
    prior = {one.item.id: WEIGHTS[one.kind.value] * 0.5 ** (ages[one.item.id] / 90) for one in step.contributions}
    shares = {one.item.id: one.share for one in step.contributions}
    assert shares == pytest.approx({id: weight / sum(learnt.values()) for id, weight in learnt.items()}, abs=1e-12)
    assert shares != pytest.approx({id: weight / sum(prior.values()) for id, weight in prior.items()}, rel=1e-3)
    assert sum(shares.values()) == pytest.approx(1)


async def test_says_that_there_are_paths_but_none_as_asked(network: Network) -> None:
    names = ("Ada", "Ben", "Cem", "Dan")
    ids = {name: f"00000000-0000-4000-8000-{number:012d}" for number, name in enumerate(names)}
    heard = [("Ben", "Ada"), ("Cem", "Ben")]
    await write_world(
        network,
        World(
            [
                *({"type": "Person", "id": ids[name], "name": name} for name in names),
                *({"type": "Observation", "byId": ids[one], "toId": ids[other], "at": _day(3)} for one, other in heard),
            ]
        ),
    )
    barred = await paths(network, ids["Ada"], ids["Cem"], avoid=[ids["Ben"]], through=[ids["Dan"]])
    assert barred.outcome is PathOutcome.barred
    assert barred.reason == (
        "There are paths from Ada to Cem, but none of 6 steps or fewer that passes Dan and avoids Ben; there may be a "
        "longer one."
    )
    far = await paths(network, ids["Ada"], ids["Cem"], avoid=[ids["Dan"]], maxHops=1)
    assert far.outcome is PathOutcome.out_of_reach
    assert far.reason == "Cem cannot be reached from Ada in 1 step; there may be a longer way."


def _day(number: int) -> str:
    return (START + timedelta(days=number)).isoformat()
