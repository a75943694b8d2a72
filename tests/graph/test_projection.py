"""What each audience gets of the evidence that is read once for all: what it would get were the rest not there."""

from datetime import datetime, timedelta
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.graph.projection import ActIds, Projection, projected
from service.graph.projection_reading import everything
from service.graph.projection_rows import NONE, Facts, by_id, found, packed, unpacked
from service.graph.projection_state import Mark, State, compacted, state_of, store_of
from service.graph.session import Graph
from service.measures.ties import Evidence, ties_at
from service.model.viewer import EVERYONE
from tests.confidences import Confidences, is_planted, plant, remove, stranger
from tests.graph.reading_by_rule import acts_shown, facts_of, read_by_rule, rows_shown
from tests.operations.listening import evidence
from tests.operations.worlds import START, Row, World, random_world

PLANTED = Confidences()
CLOSED = PLANTED.audiences
SEEN = [
    (EVERYONE,),
    *((EVERYONE, *some) for size in (1, 2, 3) for some in combinations(CLOSED, size)),
    CLOSED[:1],
    (EVERYONE, "community:00000000-0000-4000-8000-000000000000"),
]
"""Audiences that see all, some and nothing of what is planted."""


@pytest.fixture
async def planted(graph: Graph) -> Graph:
    if not await is_planted(graph, PLANTED.records):
        await plant(graph, PLANTED.records)
    return graph


async def read(graph: Graph) -> State:
    return state_of(store_of(*await everything(graph)))


async def test_every_audience_gets_what_the_rule_in_every_statement_gives_it(planted: Graph) -> None:
    state = await read(planted)
    again = state_of(compacted(state))
    told = set()
    for audiences in SEEN:
        people, rows = await read_by_rule(planted, audiences)
        assert rows_shown(projected(state, audiences)) == (people, rows)
        assert rows_shown(projected(again, audiences)) == (people, rows)
        told.add((len(people), len(rows)))
    assert len(told) >= len(SEEN) - 2, "what is planted has to tell the audiences apart"


@pytest.mark.parametrize("part", ["acts", "earlier acts", "works", "derivations", "people"])
def test_the_audience_of_each_part_decides_what_somebody_gets(part: str) -> None:
    """The rule taken out for one sort of item at a time: each time somebody would get something else."""
    world = random_world(7, people=14, items=50, acts=300)
    seen = [(EVERYONE,), *((EVERYONE, f"community:{id}") for id in world.ids("Community"))]
    facts = facts_of(world)
    usual = state_of(store_of(Mark(), facts))
    open_to_all(facts, part)
    opened = state_of(store_of(Mark(), facts))
    assert [rows_shown(projected(opened, one)) for one in seen] != [rows_shown(projected(usual, one)) for one in seen]


def open_to_all(facts: Facts, part: str) -> None:
    everyone = facts.audiences[EVERYONE]
    match part:
        case "acts":
            columns = [act[2] for act in facts.acts]
        case "earlier acts":
            columns = [audiences for _, audiences, _ in facts.afters]
        case "works":
            columns = [audiences for _, audiences in facts.works]
        case "people":
            columns = [audiences for _, audiences in facts.people]
        case _:
            facts.makers.update({key: {everyone} for key in facts.makers})
            columns = []
    for column in columns:
        column[column != NONE] = everyone


async def test_what_is_hidden_might_as_well_not_be_there(planted: Graph) -> None:
    for viewer in (stranger(), stranger(CLOSED[1]), stranger(CLOSED[2])):
        await plant(planted, PLANTED.records)
        before = projected(await read(planted), viewer.audiences)
        await remove(planted, PLANTED.hidden_from(viewer))
        after = projected(await read(planted), viewer.audiences)
        assert rows_shown(before) == rows_shown(after)
        assert list(before.act_ids) == list(after.act_ids)


@given(st.integers(0, 2**32 - 1), st.integers(2, 14), st.integers(0, 60))
@settings(max_examples=60)
def test_equals_what_plain_python_makes_of_a_random_network(seed: int, people: int, acts: int) -> None:
    world = random_world(seed, people=people, items=8, acts=acts)
    state = state_of(store_of(Mark(), facts_of(world)))
    one, other = (f"community:{id}" for id in world.ids("Community"))
    for audiences in ((EVERYONE,), (EVERYONE, one), (EVERYONE, other), (EVERYONE, one, other), (one,), (other,)):
        seen = projected(state, audiences)
        assert acts_shown(seen) == evidence(world, audiences)
        assert list(seen.people) == sorted(id for id in world.ids("Person") if id in world.seen_by(audiences))
        assert len(set(seen.act_ids)) == len(seen.act_ids) == len({act.id for act in acts_shown(seen)})


@given(st.integers(0, 2**32 - 1), st.integers(1, 500))
@settings(max_examples=30)
def test_ties_at_a_day_are_those_of_a_network_in_which_nothing_later_has_happened(seed: int, day: int) -> None:
    world = random_world(seed, people=8, items=8, acts=60)
    moment = START + timedelta(days=day)
    past = World([row for one in world.rows for row in up_to(one, moment)])
    for audiences in ((EVERYONE,), *((EVERYONE, f"community:{id}") for id in world.ids("Community"))):
        whole, then = (projected(state_of(store_of(Mark(), facts_of(one))), audiences) for one in (world, past))
        assert tied(whole, moment) == tied(then, moment)


def up_to(row: Row, moment: datetime) -> list[Row]:
    """The row as it was at a moment: what was done later is not there yet, and what was said later answers nothing."""
    if row.get("undated") or datetime.fromisoformat(row.get("at", START.isoformat())) <= moment:
        return [row]
    if row["type"] in {"Amplification", "Feedback", "Observation", "Support"}:
        return []
    return [{name: value for name, value in row.items() if name != "repliesToId"}]


def tied(seen: Projection, moment: datetime) -> list[tuple[int, int, float, list[str]]]:
    known = Evidence(listeners=seen.listeners, tellers=seen.tellers, kinds=seen.kinds, times=seen.times)
    weights = np.array([1.0, 0.5, 0.5, 0.5, 0.5])
    ties = ties_at(known, people=len(seen.people), as_of=moment.timestamp(), kind_weights=weights)
    behind = [
        sorted(seen.act_ids[act] for act in seen.acts[ties.evidence_for(tie)]) for tie in range(len(ties.listeners))
    ]
    return list(
        zip(ties.tellers.tolist(), ties.listeners.tolist(), ties.weights.round(12).tolist(), behind, strict=True)
    )


ids = st.lists(st.uuids().map(str), unique=True, max_size=40)


@given(ids, ids)
def test_ids_are_kept_as_bytes_in_the_order_of_their_letters(there: list[str], wanted: list[str]) -> None:
    kept = packed([*there, "00000000-0000-0000-0000-000000000000", "ffffffff-0000-0000-0000-000000000000"])
    ordered = kept[by_id(kept)]
    assert unpacked(ordered) == sorted(unpacked(kept))
    places = found(ordered, packed(wanted))
    assert [place >= 0 for place in places.tolist()] == [id in unpacked(kept) for id in wanted]
    assert [unpacked(ordered)[place] for place in places.tolist() if place >= 0] == [
        id for id in wanted if id in unpacked(kept)
    ]


def test_ids_of_acts_are_written_out_when_they_are_asked_for() -> None:
    stored, newer = packed([f"{number:032x}" for number in range(1, 4)]), packed([f"{9:032x}"])
    told = ActIds(stored, np.array([0, 2], dtype=np.int32), newer)
    written = [f"00000000-0000-0000-0000-{number:012x}" for number in (1, 3, 9)]
    assert list(told) == written
    assert (told[-1], told[1:], len(told)) == (written[-1], written[1:], 3)
    with pytest.raises(IndexError):
        _ = told[3]
