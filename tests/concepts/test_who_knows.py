"""Topics: who knows is told by whom others thank and whose insights they take up, not by who tells most."""

from collections import Counter, defaultdict
from typing import Any

import pytest

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Answer, Doors, Refused

FEW = 6


def found(answer: Answer) -> list[dict[str, Any]]:
    """Who knows, most first."""
    assert isinstance(answer, dict), answer
    return list(answer["people"])


class Use:
    """Who had use of what about a topic, worked out from the rows that an audience may see."""

    def __init__(self, doors: Doors, topic: str, audiences: frozenset[str]) -> None:
        rows = [row for row in doors.truth.rows if row.get("id") not in doors.removed]
        self.seen = {row["id"]: row for row in rows if row.get("audience", "everyone") in audiences and "id" in row}
        topics = {topic}
        while (
            under := {
                row["id"] for row in self.of("Topic") if topics & set(row.get("narrowerThanIds", [])) - {row["id"]}
            }
            - topics
        ):
            topics |= under
        self.about = {id for id, row in self.seen.items() if topics & set(row.get("aboutIds", []))}
        self.about |= {row["id"] for row in self.of("Contribution") if row["conversationId"] in self.about}
        self.makers: dict[str, set[str]] = defaultdict(set)
        self.sources: dict[str, set[str]] = defaultdict(set)
        for row in self.of("Derivation"):
            if row["madeId"] in self.seen:
                self.makers[row["madeId"]] |= set(row["byIds"])
                self.sources[row["madeId"]] |= {one for one in row["usedIds"] if one in self.seen}

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The visible rows of a kind."""
        return [row for row in self.seen.values() if row["type"] == kind]

    def owners(self, item: str) -> set[str]:
        """Whose it is."""
        row = self.seen[item]
        own = {row[name] for name in ("tellerId", "personId", "heldById") if row.get(name)}
        return own | self.makers[item]

    def behind(self, item: str) -> set[str]:
        """All that something came out of."""
        return self.sources[item].union(*(self.behind(one) for one in self.sources[item]))

    def supporters(self) -> dict[str, set[str]]:
        """By person, who had use of what they know."""
        served: dict[str, set[str]] = defaultdict(set)
        for row in (*self.of("Amplification"), *self.of("Feedback")):
            item, by = row.get("ofId", ""), row["byId"]
            if item not in self.about:
                continue
            if row["kind"] in {"adopt", "adapt"} and self.seen[item]["type"] == "ExplicitKnowledge":
                if by not in self.makers[item]:
                    for person in self.makers[item].union(*(self.owners(one) for one in self.behind(item))) - {by}:
                        served[person].add(by)
            elif row["kind"] in {"endorse", "cite", "appreciation"} and self.seen[item]["type"] != "Story":
                for person in self.owners(item) - {by}:
                    served[person].add(by)
        return served

    def correctors(self) -> dict[str, set[str]]:
        """By person, who corrected what they told."""
        wrong: dict[str, set[str]] = defaultdict(set)
        for row in self.of("Feedback"):
            if row["kind"] == "correction" and row.get("ofId") in self.about:
                for person in self.owners(row["ofId"]) - {row["byId"]}:
                    wrong[person].add(row["byId"])
        return wrong


async def test_the_experts_are_found_and_not_those_who_tell_most(doors: Doors) -> None:
    (fact,) = doors.planted.of("experts")
    *loud, topic = fact.decoys
    use = Use(doors, topic, frozenset({"everyone"}))
    told = Counter(row["tellerId"] for row in use.of("Story") if row["id"] in use.about and "tellerId" in row)
    tellers = [person for person, _ in told.most_common(len(fact.ids))]
    assert len(set(fact.ids) & set(tellers)) <= len(fact.ids) / 2
    served, wrong = use.supporters(), use.correctors()
    for answer in (await doors.asked(ADMINISTRATOR, "whoKnows", topic=topic, first=FEW, explain=True)).values():
        people = found(answer)
        ranked = [one["person"]["id"] for one in people]
        assert set(fact.ids) <= set(ranked[:4])
        assert not set(loud) & set(ranked[:4])
        for one in people:
            person = one["person"]["id"]
            assert (one["supporters"], one["correctors"]) == (len(served[person]), len(wrong[person]))
            assert abs(sum(item["share"] for item in one["items"]) - 1) < 1e-9
            assert 0 <= one["answers"]["rateLow"] <= one["answers"]["rateHigh"] <= 1


@pytest.mark.slow
async def test_three_who_ask_see_three_different_things(doors: Doors) -> None:
    topic = doors.planted.of("experts")[0].decoys[-1]
    closed = f"community:{doors.planted.viewers.closed_community}"
    bad_shift = next(
        row["aboutIds"][0] for row in doors.truth.by_type["Story"] if row.get("audience") == closed and row["aboutIds"]
    )
    for viewer in VIEWERS:
        for answer in (await doors.asked(viewer, "whoKnows", topic=bad_shift, audience=closed)).values():
            if viewer == INSIDE:
                served = Use(doors, bad_shift, frozenset({"everyone", closed})).supporters()
                first = found(answer)[0]
                assert first["supporters"] == len(served[first["person"]["id"]])
            else:
                assert answer == Refused("not_found")
    given = [
        await doors.told(INSIDE, "whoKnows", topic=bad_shift, audience=audience) for audience in ("everyone", closed)
    ]
    assert given[0] != given[1]
    same = [await doors.told(viewer, "whoKnows", topic=topic) for viewer in (ADMINISTRATOR, OUTSIDE)]
    assert same[0] == same[1], "of what everybody may see, everybody is told the same"


async def test_without_thanks_and_insights_an_expert_is_none(doors: Doors) -> None:
    (fact,) = doors.planted.of("experts")
    topic, someone = fact.decoys[-1], fact.ids[0]
    use = Use(doors, topic, frozenset({"everyone"}))
    insights = {row["id"] for row in use.of("TacitInsight") if row.get("heldById") == someone} & use.about
    gone = [("feedback", row["id"]) for row in use.of("Feedback") if row.get("toId") == someone]
    gone += [("derivations", row["id"]) for row in use.of("Derivation") if insights & set(row["usedIds"])]
    for path, id in gone:
        await doors.delete(f"{path}/{id}")
        doors.removed.add(id)
    served = Use(doors, topic, frozenset({"everyone"})).supporters()
    for answer in (await doors.asked(ADMINISTRATOR, "whoKnows", topic=topic, first=100)).values():
        ranked = [one["person"]["id"] for one in found(answer)]
        assert someone not in ranked[:4]
        counts = {one["person"]["id"]: one["supporters"] for one in found(answer)}
        assert counts == {person: len(served[person]) for person in counts}
