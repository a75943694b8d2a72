"""What the demo says is planted in it is true of its rows and of the ties they were drawn from, and gone without it."""

from collections import Counter, defaultdict
from functools import cache
from itertools import product
from math import exp, log
from typing import Any

import networkx as nx
import pytest

from service.exchange.demo import KEYS, Demo, demo
from service.exchange.demo.planted import CarrierFact, CommunityFact, Fact, LessonFact, PurposeFact
from service.model.ids import derived_id

Row = dict[str, Any]
PERSONAL = ("carriers", "unseen", "experts", "stuck newcomer", "moving newcomer", "confidence")


@cache
def made(without: str = "") -> Demo:
    return demo(1, without)


def named(reference: str) -> str:
    return derived_id(*reference.split("/", 1))


def of(type_: str, without: str = "") -> list[Row]:
    return [row for row in made(without).rows if row["type"] == type_]


def one(key: str) -> Fact:
    return next(fact for fact in made().planted.facts if fact.key == key)


@cache
def true_ties(seen_by: str = "everyone", without: str = "") -> nx.DiGraph:
    """From teller to listener, as long as the chance is small: the shortest path is the most probable one."""
    graph = nx.DiGraph()
    people = made(without).people
    graph.add_nodes_from(people)
    for tie in made(without).ties:
        if tie.within in {"", seen_by}:
            graph.add_edge(people[tie.teller], people[tie.listener], length=-log(tie.chance))
    return graph


@cache
def evidence(seen_by: str = "everyone", without: str = "") -> Counter[tuple[str, str]]:
    """How often each listener attended to each teller, in what an audience may see; amplifications count twice."""
    rows = [row for row in made(without).rows if row.get("audience", "everyone") in {"everyone", seen_by}]
    authors: dict[str, str] = {}
    carried: dict[str, str] = {}
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        by = row.get("byId") or row.get("personId") or row.get("tellerId") or row.get("heldById")
        if row["type"] == "Derivation":
            authors[row["madeId"]] = row["byIds"][0]
        elif row["type"] in {"Story", "Contribution", "TacitInsight"} and by:
            authors[row["id"]] = str(by)
        elif row["type"] == "Amplification":
            carried[row["id"]] = str(by)
    for row in rows:
        if row["type"] == "Amplification":
            teller = carried[row["afterId"]] if "afterId" in row else authors.get(row["ofId"])
            found[row["byId"], teller or row["byId"]] += 2  # nobody here made what came from outside
        elif row["type"] in {"Observation", "Feedback", "Support"}:
            found[row["byId"], row["toId"]] += 1
        elif row["type"] == "Contribution" and row["repliesToId"] in authors:
            found[row["personId"], authors[row["repliesToId"]]] += 1
    return Counter({(named(v), named(u)): count for (v, u), count in found.items() if u != v})


@cache
def seen_ties(seen_by: str = "everyone", without: str = "") -> nx.DiGraph:
    """From teller to listener by evidence: each piece is one chance in twenty."""
    graph = nx.DiGraph()
    graph.add_nodes_from(made(without).people)
    for (listener, teller), count in evidence(seen_by, without).items():
        graph.add_edge(teller, listener, length=-log(1 - 0.95 ** (count / 2)), weight=count)
    return graph


def carriers(key: str) -> list[CarrierFact]:
    return [fact for fact in made().planted.of(key) if isinstance(fact, CarrierFact)]


@pytest.mark.slow
def test_every_fact_is_listed_and_can_be_taken_out() -> None:
    assert {fact.key for fact in made().planted.facts} == set(KEYS)
    for key in KEYS:
        rest = made(key)
        assert {fact.key for fact in rest.planted.facts} == set(KEYS) - {key}
        assert rest.rows != made().rows
        assert rest.people == made().people
    with pytest.raises(ValueError, match="not planted"):
        demo(1, "the moon")


@pytest.mark.parametrize("ties", [true_ties, seen_ties])
@pytest.mark.parametrize("key", ["carriers", "confidence"])
def test_the_most_probable_path_goes_through_the_carrier(ties: Any, key: str) -> None:
    for fact in carriers(key):
        for source, target in fact.pairs:
            path = nx.dijkstra_path(ties(fact.seen_by), source, target, weight="length")
            assert path == [source, fact.ids[0], target], fact.what


def test_without_the_carriers_hardly_anything_gets_across() -> None:
    before, after = seen_ties(), seen_ties("everyone", "carriers")
    for fact in carriers("carriers"):
        for source, target in fact.pairs:
            lost = nx.single_source_dijkstra_path_length(after, source, weight="length").get(target)
            kept = nx.dijkstra_path_length(before, source, target, weight="length")
            assert lost is None or exp(-lost) < exp(-kept) / 20


def test_what_passes_in_confidence_is_unknown_outside() -> None:
    fact = carriers("confidence")[0]
    source, target = fact.pairs[0]
    within = nx.dijkstra_path_length(seen_ties(fact.seen_by), source, target, weight="length")
    outside = nx.single_source_dijkstra_path_length(seen_ties(), source, weight="length").get(target)
    assert outside is None or exp(-outside) < exp(-within) / 20


def test_counting_ties_finds_at_most_half_of_what_is_planted() -> None:
    planted = {person for fact in made().planted.facts if fact.key in PERSONAL for person in fact.ids}
    graph = seen_ties().to_undirected()
    neighbours = sorted(graph, key=lambda person: -graph.degree(person))[: len(planted)]
    acts = Counter(person for pair, count in evidence().items() for person in pair for _ in range(count))
    busiest = [person for person, _ in acts.most_common(len(planted))]
    assert len(planted & set(neighbours)) <= len(planted) // 2
    assert len(planted & set(busiest)) <= len(planted) // 2
    assert len(set(neighbours) & set(carriers("carriers")[0].decoys)) >= len(neighbours) // 2


def test_carriers_lie_between_and_the_busiest_do_not() -> None:
    between = nx.betweenness_centrality(seen_ties().to_undirected(), k=300, seed=2)
    rank = {person: place for place, person in enumerate(sorted(between, key=lambda person: -between[person]))}
    carrying = sorted(rank[fact.ids[0]] for fact in carriers("carriers"))
    busy = sorted(rank[person] for person in carriers("carriers")[0].decoys)
    assert carrying[-1] < 120
    assert carrying[len(carrying) // 2] < busy[len(busy) // 2]


def lessons() -> list[LessonFact]:
    return [fact for fact in made().planted.of("lessons") if isinstance(fact, LessonFact)]


def test_a_lesson_can_be_followed_from_its_story_to_where_it_ended_up() -> None:
    rows = {named(row["id"]): row for row in made().rows}
    surfaced = {named(row["revealedId"]): named(row["fromId"]) for row in of("Surfacing")}
    derived = {named(row["madeId"]): [named(used) for used in row["usedIds"]] for row in of("Derivation")}
    for fact in lessons():
        assert surfaced[fact.insight] == fact.story
        assert derived[fact.knowledge] == [fact.insight]
        assert derived[fact.combined] == [fact.knowledge]
        for item in (fact.story, fact.insight, fact.knowledge, *fact.amplifications):
            assert rows[item].get("audience", "everyone") == fact.seen_by
    assert {fact.seen_by == "everyone" for fact in lessons()} == {True, False}


def test_a_lessons_cascade_has_its_stated_shape() -> None:
    carried = defaultdict(list)
    for row in of("Amplification"):
        carried[named(row["ofId"])].append(row)
    for fact in lessons():
        found = {named(row["id"]): row for row in carried[fact.knowledge]}
        assert set(found) == set(fact.amplifications)
        depths: list[int] = []
        for place, name in enumerate(fact.amplifications):
            after = found[name].get("afterId")
            parent = fact.parents[place]
            assert (named(after) if after else None) == (fact.amplifications[parent] if parent >= 0 else None)
            depths.append(depths[parent] + 1 if parent >= 0 else 1)
        assert (max(depths), len(found)) == (fact.depth, fact.size)


def test_without_lessons_their_stories_lead_nowhere() -> None:
    items = {named(row["id"]) for row in made("lessons").rows}
    for fact in lessons():
        assert fact.story in items
        assert not items & {fact.insight, fact.knowledge, fact.combined, *fact.amplifications}


@cache
def credit(without: str = "") -> Counter[str]:
    """To each who noticed an insight: the adoptions of the guides that were made of it."""
    adopted = Counter(row["ofId"] for row in of("Amplification", without) if row["kind"] in {"adopt", "adapt"})
    noticed = {row["revealedId"]: row["byId"] for row in of("Surfacing", without)}
    found: Counter[str] = Counter()
    for row in of("Derivation", without):
        for used in row["usedIds"]:
            if used in noticed and noticed[used] not in row["byIds"]:
                found[named(noticed[used])] += adopted[row["madeId"]]
    return found


def test_credit_finds_the_unseen_and_not_their_decoys() -> None:
    fact = one("unseen")
    ranked = [person for person, _ in credit().most_common(40)]
    assert set(fact.ids) <= set(ranked)
    assert not set(fact.decoys) & set(ranked)
    told = Counter(named(row["tellerId"]) for row in of("Story") if "tellerId" in row)
    assert max(told[person] for person in fact.ids) <= 3
    without = credit("unseen")
    assert sum(without[person] for person in fact.ids) < sum(credit()[person] for person in fact.ids) / 5


def test_real_communities_listen_inside() -> None:
    facts = [fact for fact in made().planted.of("real communities") if isinstance(fact, CommunityFact)]
    place = {person: fact.group for fact in facts for person in fact.ids}
    assert len(place) == 2000
    inside = sum(count for (one_, other), count in evidence().items() if place[one_] == place[other])
    assert inside > 0.85 * sum(evidence().values())
    assert [fact.group for fact in facts if fact.anomaly == "undeclared"] == ["nights"]
    halves = [fact for fact in facts if fact.anomaly == "half of a declared one"]
    assert len(halves) == 2
    assert halves[0].declared == halves[1].declared
    assert crossing(halves, "") <= 2
    assert crossing(halves, "real communities") > 100


def crossing(halves: list[CommunityFact], without: str) -> int:
    pairs = evidence("everyone", without)
    return sum(pairs[pair] + pairs[pair[::-1]] for pair in product(halves[0].ids, halves[1].ids))


def test_declared_communities_agree_with_the_real_ones_in_part() -> None:
    members: dict[str, set[str]] = defaultdict(set)
    for row in of("Membership"):
        members[named(row["communityId"])].add(named(row["personId"]))
    shares = []
    for fact in made().planted.of("real communities"):
        assert isinstance(fact, CommunityFact)
        if fact.declared and not fact.anomaly:
            both = len(members[fact.declared] & set(fact.ids))
            shares.append(both / len(members[fact.declared] | set(fact.ids)))
    assert 0.6 < sum(shares) / len(shares) < 0.9


def heard(person: str, start: str, end: str, without: str = "") -> int:
    """How many took up, answered or observed what somebody did, in a stretch of time."""
    authors = {row["id"]: row.get("tellerId", row.get("personId")) for row in made(without).rows}
    found = set()
    for row in made(without).rows:
        if start <= row["at"] < end:
            to = row.get("toId") or authors.get(row.get("ofId", "")) or authors.get(row.get("repliesToId", ""))
            if to and named(to) == person:
                found.add(row.get("byId") or row.get("personId"))
    return len(found)


def test_one_newcomer_stays_at_the_edge_and_one_comes_to_the_centre() -> None:
    (stuck,), (moving,) = one("stuck newcomer").ids, one("moving newcomer").ids
    windows = [("2025-03-01", "2025-08-01"), ("2025-08-01", "2026-01-01"), ("2026-01-01", "2026-07-01")]
    assert max(heard(stuck, *window) for window in windows) == 0
    inward = [heard(moving, *window) for window in windows]
    assert inward[0] < inward[1] < inward[2]
    assert inward[2] >= 10
    told = Counter(named(row["tellerId"]) for row in of("Story") if "tellerId" in row)
    assert min(told[stuck], told[moving]) >= 1
    assert heard(stuck, "2025-03-01", "2026-07-01", "stuck newcomer") > 3
    turns = [row["participation"] for row in of("Membership") if named(row["personId"]) == moving]
    assert {"peripheral", "full"} <= set(turns)


def test_the_experts_are_thanked_and_the_loud_tell() -> None:
    fact = one("experts")
    topic = fact.decoys[-1]
    about = {row["id"] for row in of("Story") if named(row["aboutIds"][0]) == topic}
    told = Counter(named(row["tellerId"]) for row in of("Story") if row["id"] in about and "tellerId" in row)
    thanked = Counter(named(row["toId"]) for row in of("Feedback") if row["kind"] == "appreciation")
    assert max(told[person] for person in fact.ids) * 3 < min(told[person] for person in fact.decoys[:-1])
    assert min(thanked[person] for person in fact.ids) > max(thanked[person] for person in fact.decoys[:-1])
    before = Counter(named(row["toId"]) for row in of("Feedback", "experts") if row["kind"] == "appreciation")
    assert sum(before[person] for person in fact.ids) < sum(thanked[person] for person in fact.ids) / 3


def test_a_purpose_is_shared_by_people_who_have_never_met() -> None:
    fact = one("shared purpose")
    assert isinstance(fact, PurposeFact)
    pursuing = {named(row["id"]) for row in of("Community") if fact.purpose in map(named, row["purposeIds"])}
    assert pursuing == set(fact.communities)
    graph = seen_ties().to_undirected()
    ours, theirs = ({person for person in people if person in graph} for people in fact.members)
    assert not ours & theirs
    assert all(not graph.has_edge(*pair) for pair in product(ours, theirs))
    without = {named(row["id"]) for row in of("Community", "shared purpose") if row["purposeIds"]}
    assert not set(fact.communities) <= without
