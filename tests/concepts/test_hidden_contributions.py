"""Hidden value creation made visible: those whose noticing others published, not those whose noticing led nowhere."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Answer, Doors, Refused
from tests.operations.crediting import Crediting

NOTICED = "surfaced"


def shown(answer: Answer) -> list[dict[str, Any]]:
    """The people of an answer, those with most hidden credit first."""
    assert isinstance(answer, dict), answer
    assert answer["reason"] is None
    return list(answer["people"])


def most_connected(doors: Doors, count: int) -> set[str]:
    """The people with most acts, who would be named first without lineages."""
    acts: Counter[str] = Counter()
    for label in ("Amplification", "Observation", "Feedback", "Support"):
        for row in doors.truth.by_type[label]:
            acts[row["byId"]] += 1
            acts[row.get("toId", "")] += 1
    del acts[""]
    return {person for person, _ in acts.most_common(count)}


def oracle(doors: Doors, audiences: tuple[str, ...], answer: Answer) -> tuple[dict[str, float], float]:
    """Everybody's hidden credit, and what all credit adds up to, worked out from the rows."""
    assert isinstance(answer, dict)
    rows = [row for row in doors.truth.rows if row.get("id") not in doors.removed]
    credit, visible = Crediting(rows, audiences, datetime.fromisoformat(answer["basis"]["asOf"])).credit()
    return {one: credit[one] - visible.get(one, 0.0) for one in credit}, sum(credit.values())


async def test_the_unseen_have_most_hidden_credit_and_their_decoys_none(doors: Doors) -> None:
    (fact,) = doors.planted.of("unseen")
    assert len(set(fact.ids) & most_connected(doors, len(fact.ids))) <= len(fact.ids) / 2
    answers = await doors.asked(ADMINISTRATOR, "hiddenContributions", first=12, explain=True)
    hidden, worth = oracle(doors, ("everyone",), answers["rest"])
    expected = sorted(hidden, key=lambda one: -hidden[one])[:6]
    for answer in answers.values():
        people = shown(answer)
        assert isinstance(answer, dict)
        assert {one["person"]["id"] for one in people[:6]} == set(fact.ids) == set(expected)
        assert not {one["person"]["id"] for one in people} & set(fact.decoys)
        assert [one["hidden"] for one in people] == pytest.approx(sorted(hidden.values(), reverse=True)[:12])
        assert answer["basis"]["worth"] == pytest.approx(worth)
        for one in people:
            assert sum(item["share"] for item in one["items"]) == pytest.approx(1)
            assert sum(item["credit"] for item in one["items"]) == pytest.approx(one["credit"])
        for one in people[:6]:
            assert one["hiddenLow"] > 0
            assert NOTICED in {item["part"] for item in one["items"]}
            assert one["layers"][0]["surface"] == "below"


async def test_three_who_ask_see_three_different_things(doors: Doors) -> None:
    viewers = doors.planted.viewers
    closed = f"community:{viewers.closed_community}"
    for viewer in VIEWERS:
        for answer in (await doors.asked(viewer, "hiddenContributions", audience=closed)).values():
            if viewer == INSIDE:
                hidden, worth = oracle(doors, ("everyone", closed), answer)
                assert isinstance(answer, dict)
                assert answer["basis"]["worth"] == pytest.approx(worth)
                assert shown(answer)[0]["hidden"] == pytest.approx(max(hidden.values()))
            else:
                assert answer == Refused("not_found")
    worths = []
    for audience in ("everyone", closed):
        answer = await doors.told(INSIDE, "hiddenContributions", audience=audience)
        assert isinstance(answer, dict)
        worths.append(answer["basis"]["worth"])
    assert worths[0] < worths[1]
    scope = f"community:{viewers.closed_community}"
    for answer in (await doors.asked(OUTSIDE, "hiddenContributions", scope=scope)).values():
        assert answer == Refused("not_found") or isinstance(answer, dict)


async def test_without_their_noticing_they_have_none(doors: Doors) -> None:
    (fact,) = doors.planted.of("unseen")
    someone = fact.ids[0]
    for surfacing in doors.truth.by_type["Surfacing"]:
        if surfacing["byId"] == someone and surfacing.get("audience", "everyone") == "everyone":
            await doors.delete(f"surfacings/{surfacing['id']}")
            doors.removed.add(surfacing["id"])
    for answer in (await doors.asked(ADMINISTRATOR, "hiddenContributions", first=6)).values():
        assert someone not in {one["person"]["id"] for one in shown(answer)}
        hidden, _ = oracle(doors, ("everyone",), answer)
        assert [one["hidden"] for one in shown(answer)] == pytest.approx(sorted(hidden.values(), reverse=True)[:6])
