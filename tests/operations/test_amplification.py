"""Amplification paths, against an exhaustive search over evidence that plain Python works out from the rows."""

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from service.graph.projection import KINDS
from service.measures.paths import PathSearch, most_probable_paths
from service.model.errors import Invalid, NotFound
from service.model.paths import AmplificationPaths, PathOutcome
from service.model.viewer import Viewer
from service.operations import amplification
from service.operations.answering import answer
from service.operations.network import Network
from tests.operations.listening import Act, all_paths, evidence, tie_probabilities
from tests.operations.viewers import viewer
from tests.operations.worlds import START, Row, World, random_world, write_world

LATE = START + timedelta(days=400)


async def paths(network: Network, who: Viewer, **given: Any) -> AmplificationPaths:
    """The answer to the question as a door asks it."""
    named = {to_camel(name.rstrip("_")): value for name, value in given.items()}
    found: AmplificationPaths = await answer(network, who, "amplificationPaths", named)
    return found


def audiences_of(world: World) -> list[tuple[str, ...]]:
    return [("everyone",), *(("everyone", f"community:{community}") for community in world.ids("Community"))]


async def projected(network: Network, audiences: tuple[str, ...]) -> list[Act]:
    seen = await network.projections.current(audiences)
    rows = zip(seen.listeners, seen.tellers, seen.kinds, seen.acts, seen.times, strict=True)
    return sorted(
        Act(
            seen.people[listener],
            seen.people[teller],
            KINDS[kind].value,
            seen.act_ids[act],
            math.inf if math.isnan(time) else float(time),
        )
        for listener, teller, kind, act, time in rows
    )


@pytest.mark.parametrize("seed", range(3))
async def test_evidence_is_what_is_left_when_everything_hidden_is_taken_out(network: Network, seed: int) -> None:
    world = random_world(seed)
    await write_world(network, world)
    seen = [await projected(network, audiences) for audiences in audiences_of(world)]
    assert seen == [evidence(world, audiences) for audiences in audiences_of(world)]
    assert len({len(acts) for acts in seen}) > 1, "three audiences have to see different things"


@pytest.mark.parametrize("seed", range(3))
async def test_paths_are_the_best_of_all_simple_paths(network: Network, seed: int) -> None:
    world = random_world(seed + 10)
    await write_world(network, world)
    count = 0
    for audiences in audiences_of(world):
        acts = evidence(world, audiences)
        people = [id for id, row in world.seen_by(audiences).items() if row["type"] == "Person"]
        for as_of in (None, LATE):
            dated = [act.at for act in acts if act.at != math.inf]
            ties = tie_probabilities(acts, as_of.timestamp() if as_of else max(dated))
            for source, target in pairwise(people[:7]):
                found = await paths(
                    network,
                    viewer(*world.ids("Community")),
                    from_=source,
                    to=target,
                    k=7,
                    max_hops=4,
                    as_of=as_of,
                    audience=audiences[-1],
                )
                expected = all_paths(ties, source, {target}, 4)[:7]
                assert [path.probability for path in found.paths] == pytest.approx(
                    [one for one, _ in expected], rel=1e-9, abs=0
                )
                for path in found.paths:
                    people_of_path = [path.steps[0].teller.id, *(step.listener.id for step in path.steps)]
                    steps = list(pairwise(people_of_path))
                    assert path.probability == pytest.approx(math.prod(ties[step] for step in steps))
                    assert len(set(people_of_path)) == path.hops + 1 <= 5
                assert (found.reason is None) == bool(expected)
                assert found.basis.ties == len(ties)
                count += len(expected)
    assert count > 50


async def test_a_community_is_reached_with_any_of_its_members_at_that_moment(network: Network) -> None:
    world = random_world(20)
    await write_world(network, world)
    acts = evidence(world, ("everyone",))
    ties = tie_probabilities(acts, LATE.timestamp())
    seen = world.seen_by(("everyone",))
    people = [id for id, row in seen.items() if row["type"] == "Person"]
    for community in world.ids("Community"):
        members = {
            row["personId"]
            for row in seen.values()
            if row["type"] == "Membership"
            and row["communityId"] == community
            and row["personId"] in seen
            and datetime.fromisoformat(row["since"]) <= LATE
            and ("until" not in row or datetime.fromisoformat(row["until"]) > LATE)
        }
        assert members
        for source in people:
            found = await paths(network, viewer(), from_=source, to=community, k=5, max_hops=3, as_of=LATE)
            expected = all_paths(ties, source, members - {source}, 3)[:5]
            assert [path.probability for path in found.paths] == pytest.approx(
                [one for one, _ in expected], rel=1e-9, abs=0
            )
            assert {path.reaches.id for path in found.paths} <= members
            assert found.basis.targets == len(members)


def _chain() -> tuple[World, dict[str, str]]:
    """Ada tells, Ben carries it further and Cem after him; nobody listens to Dan, and Eve listens to nobody."""
    names = ["Ada", "Ben", "Cem", "Dan", "Eve", "story", "ben", "cem", "club"]
    ids = {name: f"00000000-0000-4000-8000-{number:012d}" for number, name in enumerate(names)}
    people: list[Row] = [{"type": "Person", "id": ids[name], "name": name} for name in names[:5]]
    told = {"title": "The fall", "content": "She fell at night.", "tellerId": ids["Ada"], "at": _day(0)}
    acts: list[Row] = [
        {"type": "Story", "id": ids["story"], **told},
        _amplified(ids["ben"], ids["Ben"], ids["story"], _day(10)),
        _amplified(ids["cem"], ids["Cem"], ids["story"], _day(20), after=ids["ben"]),
        {"type": "Observation", "byId": ids["Dan"], "toId": ids["Ada"], "at": _day(30), "kind": "saw"},
    ]
    return World([*people, {"type": "Community", "id": ids["club"], "name": "Club"}, *acts]), ids


def _day(number: int) -> str:
    return (START + timedelta(days=number)).isoformat()


def _amplified(id: str, by: str, of: str, at: str, *, after: str | None = None, audience: str = "everyone") -> Row:
    row = {"type": "Amplification", "id": id, "kind": "retell", "byId": by, "ofId": of, "at": at, "audience": audience}
    return row | ({"afterId": after} if after else {})


async def test_each_step_shows_the_evidence_behind_it_and_reads_as_one_in(network: Network) -> None:
    world, ids = _chain()
    await write_world(network, world)
    found = await paths(network, viewer(), from_=ids["Ada"], to=ids["Cem"])
    (path,) = found.paths
    assert [(step.teller.name, step.listener.name) for step in path.steps] == [("Ada", "Ben"), ("Ben", "Cem")]
    first, second = path.steps
    assert second.evidence.items[0].id == ids["cem"]
    assert second.evidence.items[0].kind == "Amplification"
    assert [(one.kind.value, one.count) for one in first.evidence.kinds] == [("amplification", 1)]
    assert first.evidence.latest_at == START + timedelta(days=10)
    assert first.probability == pytest.approx(1 - 0.95 ** (0.5 ** (20 / 90)))
    assert (first.one_in, path.hops, path.rank) == (23.0, 2, 1)
    basis = found.basis
    assert (basis.as_of, basis.audience) == (START + timedelta(days=30), "everyone")
    assert (basis.people, basis.ties, basis.evidence, basis.targets) == (4, 3, 3, 1)
    assert (basis.k, basis.max_hops, basis.half_life_days, basis.base_rate) == (5, 6, 90.0, 0.05)
    assert basis.learnt is False
    assert "prior" in basis.prior


async def test_evidence_closed_to_the_audience_has_no_weight_count_or_moment(network: Network) -> None:
    closed, ids = _chain()
    community = f"community:{ids['club']}"
    closed.rows.append(_amplified(_id(90), ids["Eve"], ids["story"], _day(300), audience=community))
    await write_world(network, closed)
    member, stranger = viewer(ids["club"]), viewer()
    asked: dict[str, Any] = {"from_": ids["Ada"], "to": ids["Cem"]}
    outside = [await paths(network, who, **asked) for who in (member, stranger)]
    assert outside[0] == outside[1]
    assert (outside[0].basis.evidence, outside[0].basis.as_of) == (3, START + timedelta(days=30))
    inside = await paths(network, member, **asked, audience=community)
    assert (inside.basis.evidence, inside.basis.as_of) == (4, START + timedelta(days=300))
    assert inside.paths[0].probability < outside[0].paths[0].probability
    with pytest.raises(NotFound) as hidden:
        await paths(network, stranger, **asked, audience=community)
    unknown = f"community:{_id(99)}"
    with pytest.raises(NotFound) as absent:
        await paths(network, stranger, **asked, audience=unknown)
    assert str(hidden.value).replace(community, "…") == str(absent.value).replace(unknown, "…")


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


async def test_what_was_written_since_is_counted_in(network: Network) -> None:
    world, ids = _chain()
    await write_world(network, world)
    before = await paths(network, viewer(), from_=ids["Ada"], to=ids["Eve"])
    assert (before.outcome, before.paths) == (PathOutcome.no_tellers, [])
    await write_world(network, World([_amplified(_id(91), ids["Eve"], ids["story"], _day(31))]))
    after = await paths(network, viewer(), from_=ids["Ada"], to=ids["Eve"])
    assert after.outcome is PathOutcome.found
    assert after.paths[0].steps[0].evidence.count == 1
    projection = await network.projections.current(("everyone",))
    await write_world(network, World([{"type": "Topic", "name": "Falls"}]))
    assert await network.projections.current(("everyone",)) is projection


async def test_without_a_path_the_answer_says_why(network: Network) -> None:
    world, ids = _chain()
    await write_world(network, world)

    async def reason(source: str, target: str, *, max_hops: int = 6) -> tuple[PathOutcome, str | None]:
        found = await paths(network, viewer(), from_=ids[source], to=ids[target], max_hops=max_hops)
        assert not found.paths
        return found.outcome, found.reason

    assert await reason("Dan", "Cem") == (
        PathOutcome.no_listeners,
        "There is no evidence that anybody listens to Dan.",
    )
    assert await reason("Ada", "Eve") == (PathOutcome.no_tellers, "There is no evidence that Eve listens to anybody.")
    outcome, words = await reason("Ada", "Cem", max_hops=1)
    assert outcome is PathOutcome.out_of_reach
    assert words is not None
    assert "in 1 step;" in words
    assert (await reason("Ada", "club"))[0] is PathOutcome.no_members


async def test_a_search_that_gave_up_does_not_say_that_there_is_no_path(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, ids = _chain()
    await write_world(network, world)
    ends = {"from_": ids["Ada"], "to": ids["Cem"]}

    def give_up(*, free: bool) -> None:
        def search(*given: Any, **more: Any) -> PathSearch:
            patient = not free and not more["through"]
            return most_probable_paths(*given, **(more if patient else more | {"most_steps": 0}))

        monkeypatch.setattr(amplification, "most_probable_paths", search)

    give_up(free=True)
    found = await paths(network, viewer(), **ends)
    assert (found.outcome, found.complete, found.paths) == (PathOutcome.gave_up, False, [])
    assert str(found.reason).startswith(
        "The search gave up before it was known whether there is a path from Ada to Cem"
    )
    near = await paths(network, viewer(), **ends, max_hops=1)
    assert (near.outcome, near.complete) == (PathOutcome.out_of_reach, True)
    give_up(free=False)
    found = await paths(network, viewer(), **ends, through=[ids["Ben"]])
    assert (found.outcome, found.complete) == (PathOutcome.gave_up, False)
    assert "that passes Ben" in str(found.reason)
    barred = await paths(network, viewer(), **ends, avoid=[ids["Ben"]])
    assert (barred.outcome, barred.complete) == (PathOutcome.barred, True)


def _named(ids: dict[str, str], value: object) -> object:
    if isinstance(value, list):
        return [_named(ids, one) for one in value]
    return ids.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("k", {"k": 0}),
        ("k", {"k": 51}),
        ("maxHops", {"max_hops": 0}),
        ("maxHops", {"max_hops": 11}),
        ("to", {"to": "Ada"}),
        ("from", {"from_": "story"}),
        ("from", {"from_": "club"}),
        ("to", {"to": "story"}),
        ("from", {"from_": "not an id"}),
        ("avoid", {"avoid": ["Ada"]}),
        ("avoid", {"avoid": ["Ben", "Cem"]}),
        ("avoid", {"avoid": ["club"]}),
        ("avoid", {"avoid": ["Ben"] * 101}),
        ("avoid", {"avoid": "not an id"}),
        ("through", {"through": ["Ada"]}),
        ("through", {"through": ["Cem"]}),
        ("through", {"through": ["Ben", "Ben", "Dan", "Eve"]}),
        ("through", {"through": ["Dan", "Ben"], "avoid": ["Ben"]}),
        ("asOf", {"as_of": START - timedelta(days=1)}),
        ("asOf", {"as_of": datetime.now(UTC) + timedelta(days=1)}),
        ("asOf", {"as_of": datetime(2025, 6, 1)}),  # noqa: DTZ001 - without an offset is the point
        ("audience", {"audience": "person:00000000-0000-4000-8000-000000000000"}),
        ("audience", {"audience": "somebody"}),
        ("audience", {"audience": "community:none"}),
    ],
)
async def test_what_is_wrong_is_named(network: Network, field: str, asked: dict[str, object]) -> None:
    world, ids = _chain()
    await write_world(network, world)
    given: dict[str, Any] = {"from_": "Ada", "to": "Cem", **asked}
    named = {name: _named(ids, value) for name, value in given.items()}
    with pytest.raises(Invalid) as refused:
        await paths(network, viewer(), **named)
    assert refused.value.problems[0].field == field
    assert refused.value.problems[0].right


async def test_a_hidden_end_is_answered_as_an_absent_one(network: Network) -> None:
    world, ids = _chain()
    world.rows.append({"type": "Person", "id": _id(80), "name": "Finn", "audience": f"community:{ids['club']}"})
    await write_world(network, world)

    async def refusal(who: Viewer, target: str) -> str:
        with pytest.raises(NotFound) as refused:
            await paths(network, who, from_=ids["Ada"], to=target)
        assert refused.value.problems[0].field == "to"
        return str(refused.value).replace(target, "…")

    assert await refusal(viewer(), _id(80)) == await refusal(viewer(), _id(81))
    inside = await paths(
        network, viewer(ids["club"]), from_=ids["Ada"], to=_id(80), audience=f"community:{ids['club']}"
    )
    assert inside.outcome is PathOutcome.no_tellers
