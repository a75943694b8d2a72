"""The demo is what it says: always the same, valid, coherent with the rule of audiences, and made of many words."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from random import Random
from typing import Any

import pytest
from pydantic import TypeAdapter

from service.exchange.demo import Demo, demo
from service.exchange.demo.texts import code, situations
from service.model.ids import derived_id
from service.model.kinds import KINDS

Row = dict[str, Any]
EVENTS = (
    "Story", "Conversation", "Contribution", "Surfacing", "TacitInsight", "ExplicitKnowledge", "Derivation",
    "Amplification", "Observation", "Feedback", "Support",
)  # fmt: skip


@cache
def made() -> Demo:
    return demo(1)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return made().rows


@pytest.fixture(scope="module")
def by_id(rows: list[Row]) -> dict[str, Row]:
    return {row["id"]: row for row in rows}


def of(rows: list[Row], *types: str) -> list[Row]:
    return [row for row in rows if row["type"] in types]


def links(row: Row) -> Iterator[tuple[str, str]]:
    for name in KINDS[row["type"]].links:
        value = row.get(name)
        for target in value if isinstance(value, list) else [value] if value else []:
            yield name, target


def seen_by(row: Row) -> str:
    return str(row.get("audience", "everyone"))


def named(reference: str) -> str:
    return derived_id(*reference.split("/", 1))


def test_the_same_seed_gives_the_same_rows() -> None:
    again = demo(1)
    assert again.rows == made().rows
    assert again.planted == made().planted
    assert demo(2).rows != again.rows


def test_every_row_is_what_its_kind_asks_for(rows: list[Row]) -> None:
    drafts = {label: TypeAdapter(kind.draft) for label, kind in KINDS.items()}
    for row in rows:
        drafts[row["type"]].validate_python({name: value for name, value in row.items() if name not in {"type", "id"}})


def test_links_point_backwards_and_to_the_right_kind(rows: list[Row]) -> None:
    known: dict[str, str] = {}
    for row in rows:
        for name, target in links(row):
            link = KINDS[row["type"]].links[name].link
            assert link is not None
            assert known.get(target) in link.to, (row["id"], name, target)
        assert row["id"] not in known
        known[row["id"]] = row["type"]


def test_there_is_as_much_as_promised(rows: list[Row]) -> None:
    count = Counter(row["type"] for row in rows)
    assert count["Person"] == 2000
    assert count["Community"] == 31
    assert 38_000 <= sum(count[kind] for kind in EVENTS) <= 46_000
    assert count["Story"] >= 6000
    assert {row["standing"] for row in of(rows, "Position")} == {"clinical", "corporate", "patient", "carer"}
    assert len({row["profession"] for row in of(rows, "Position")}) >= 18
    assert Counter(row["mode"] for row in of(rows, "Derivation")).keys() == {
        "socialisation", "externalisation", "combination", "internalisation",
    }  # fmt: skip
    assert len({row["stage"] for row in of(rows, "StageChange")}) == 6
    assert 1_500 <= count["Holding"] <= 2_000
    assert {row["outcome"] for row in of(rows, "Experiment")} == {"running", "kept", "changed", "abandoned"}
    assert any("followsOnId" in row for row in of(rows, "Experiment"))


def test_the_two_years_end_on_their_fixed_day(rows: list[Row]) -> None:
    days = [row["at"] for row in of(rows, *EVENTS)]
    assert min(days) >= "2024-07-01"
    assert "2026-06-30" <= max(days) < "2026-07-01"


def test_nearly_a_third_and_more_is_not_for_everyone(rows: list[Row]) -> None:
    for kind in ("Story", "TacitInsight"):
        found = [seen_by(row) for row in of(rows, kind)]
        assert sum(audience != "everyone" for audience in found) >= 0.3 * len(found)
        assert {audience.partition(":")[0] for audience in found} >= {"community", "organisation", "person", "everyone"}


def test_nothing_is_seen_by_more_than_what_it_was_drawn_from(rows: list[Row], by_id: dict[str, Row]) -> None:
    made_from: dict[str, list[str]] = defaultdict(list)
    for row in of(rows, "Surfacing"):
        made_from[row["revealedId"]].append(row["fromId"])
    for row in of(rows, "Derivation"):
        made_from[row["madeId"]].extend(row["usedIds"])
    for name, sources in made_from.items():
        own = f"person:{named(by_id[name].get('heldById', 'demo/nobody'))}"
        for source in sources:
            assert seen_by(by_id[source]) in {"everyone", seen_by(by_id[name])} or seen_by(by_id[name]) == own
    for row in of(
        rows, "Contribution", "Conversation", "Amplification", "Observation", "Feedback", "Surfacing", "Derivation"
    ):
        for name, target in links(row):
            if by_id[target]["type"] in EVENTS and seen_by(row) != f"person:{named(row.get('byId', 'demo/nobody'))}":
                assert seen_by(by_id[target]) in {"everyone", seen_by(row)}, (row["id"], name)


def belonging(rows: list[Row]) -> dict[str, dict[str, list[tuple[str, str]]]]:
    """By audience and person: from when to when they belong to it."""
    found: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for row in of(rows, "Membership"):
        place = f"community:{named(row['communityId'])}"
        found[place][row["personId"]].append((row["since"], row.get("until", "9999")))
    for row in of(rows, "Position"):
        place = f"organisation:{named(row['organisationId'])}"
        found[place][row["personId"]].append((row["from"], row.get("until", "9999")))
        found["everyone"][row["personId"]].append((row["from"], row.get("until", "9999")))
        found[f"person:{named(row['personId'])}"][row["personId"]].append((row["from"], "9999"))
    return found


def test_whoever_acts_is_there_and_may_see_it(rows: list[Row]) -> None:
    places = belonging(rows)
    actors = {
        "Story": ("tellerId",), "Contribution": ("personId",), "Surfacing": ("byId",), "Derivation": ("byIds",),
        "Amplification": ("byId",), "Observation": ("byId",), "Feedback": ("byId",), "Support": ("byId",),
    }  # fmt: skip
    for row in of(rows, *actors):
        for name, person in links(row):
            if name in actors[row["type"]]:
                times = places[seen_by(row)][person]
                assert any(start <= row["at"] <= end for start, end in times), (row["id"], seen_by(row), person)


def test_nothing_answers_what_has_not_been_said(rows: list[Row], by_id: dict[str, Row]) -> None:
    for row in of(rows, *EVENTS):
        for _, target in links(row):
            other = by_id[target]
            if other["type"] in EVENTS:
                assert other["at"] <= row["at"], (row["id"], target)
    for row in of(rows, "Amplification"):
        if "afterId" in row:
            before = by_id[row["afterId"]]
            assert before["at"] < row["at"]
            assert before["ofId"] == row["ofId"]
    for row in of(rows, "Story"):
        assert row["happenedAt"] <= row["at"]
    for row in of(rows, "Membership", "Position"):
        assert row.get("until", "9999") >= row.get("since", row.get("from"))


def test_nobody_answers_or_carries_their_own(rows: list[Row], by_id: dict[str, Row]) -> None:
    for row in of(rows, "Amplification"):
        assert by_id[row["ofId"]].get("tellerId") != row["byId"]
    for row in of(rows, "Observation", "Feedback", "Support"):
        assert row["byId"] != row["toId"]


# the words


def test_five_sentences_for_each_part_and_a_code_that_keeps_stories_apart() -> None:
    for situation in situations().values():
        for part in ("opening", "turn", "noticed", "tried", "outcome"):
            assert len(set(situation[part])) == 5, (situation["key"], part)
    words = [code(number) for number in range(125)]
    assert max(sum(a == b for a, b in zip(x, y, strict=True)) for x, y in combinations(words, 2)) == 2


def shingles(text: str) -> set[tuple[str, ...]]:
    words = text.replace("<p>", " ").replace("</p>", " ").lower().split()
    return {tuple(words[place : place + 5]) for place in range(len(words) - 4)}


def test_stories_differ(rows: list[Row]) -> None:
    stories = of(rows, "Story")
    assert len({row["content"] for row in stories}) == len(stories)
    random = Random(4)
    alike: list[float] = []
    for topic in {row["aboutIds"][0] for row in stories}:
        same = [shingles(row["content"]) for row in stories if row["aboutIds"][0] == topic]
        for one, other in combinations(random.sample(same, 24), 2):
            alike.append(len(one & other) / len(one | other))
    alike.sort()
    assert alike[-1] <= 0.6
    assert alike[len(alike) * 99 // 100] <= 0.4
    assert sum(alike) / len(alike) <= 0.1


def test_sentences_are_many_and_no_blank_is_left(rows: list[Row]) -> None:
    stories = of(rows, "Story")
    sentences = {
        sentence for row in stories for sentence in row["content"].replace("</p>", ". ").replace("\n", " ").split(". ")
    }
    assert len(sentences) >= 10_000
    for row in rows:
        for name in ("content", "title", "name", "description", "biography"):
            text = row.get(name, "")
            assert not set(text) & {"{", "}"}, text
            assert "  " not in text, text
    lengths = sorted(len(row["content"].split()) for row in stories)
    assert lengths[len(lengths) // 20] >= 55
    assert lengths[len(lengths) * 19 // 20] <= 180


def test_nothing_looks_like_a_real_patient(rows: list[Row]) -> None:
    for row in of(rows, "Story", "TacitInsight", "ExplicitKnowledge"):
        assert "NHS" not in row["content"]
        assert "Mr " not in row["content"]
        assert "Mrs " not in row["content"]


def test_the_three_who_ask_see_different_things(rows: list[Row]) -> None:
    viewers = made().planted.viewers
    closed = f"community:{viewers.closed_community}"
    inside = {named(person) for person in belonging(rows)[closed]}
    assert viewers.inside in inside
    assert viewers.outside not in inside
    assert made().planted.member not in inside
    assert sum(seen_by(row) == closed for row in of(rows, *EVENTS)) > 100


def test_the_ordinary_member_is_a_nurse_with_memberships_and_stories(rows: list[Row]) -> None:
    member = made().planted.member
    assert [row["profession"] for row in of(rows, "Position") if named(row["personId"]) == member][-1] == "nurse"
    assert len([row for row in of(rows, "Membership") if named(row["personId"]) == member]) >= 3
    assert len([row for row in of(rows, "Story") if named(row.get("tellerId", "demo/nobody")) == member]) >= 3
