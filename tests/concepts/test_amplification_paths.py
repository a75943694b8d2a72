"""Amplification, what is likely: the way between two groups leads through who carries, not through the busiest."""

import asyncio
from collections import defaultdict
from typing import Any

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Answer, Doors, Refused

DOCUMENT = """
query ($from: ID!, $to: ID!, $audience: String!) {
  amplificationPaths(from: $from, to: $to, k: 1, audience: $audience) {
    reason basis { audience ties }
    paths { probability steps { teller { id } listener { id } probability evidence { count } } }
  }
}
"""


async def asked(doors: Doors, viewer: str, pair: tuple[str, str], audience: str = "everyone") -> dict[str, Answer]:
    one, other = pair
    graphql = await doors.graphql(viewer, DOCUMENT, **{"from": one, "to": other, "audience": audience})
    rest = await doors.rest(viewer, "amplification-paths", **{"from": one, "to": other, "k": 1, "audience": audience})
    command = await doors.command(viewer, "paths", one, other, "-k", "1", "--audience", audience)
    return {
        "graphql": graphql if isinstance(graphql, Refused) else graphql["amplificationPaths"],
        "rest": rest,
        "command": command,
    }


def through(answer: Answer) -> set[str]:
    """The people that the most probable path leads through."""
    assert isinstance(answer, dict), answer
    return {one["listener"]["id"] for one in answer["paths"][0]["steps"][:-1]} if answer["paths"] else set()


def most_tied(doors: Doors, count: int) -> set[str]:
    """The people tied to most others: whom one would name first without knowing of paths."""
    others: dict[str, set[str]] = defaultdict(set)
    for label in ("Amplification", "Observation", "Feedback", "Support"):
        for row in doors.truth.by_type[label]:
            of = doors.truth.by_id.get(row.get("ofId", ""), {})
            author = row.get("toId") or of.get("tellerId") or of.get("personId") or of.get("heldById")
            if author:
                others[author].add(row["byId"])
                others[row["byId"]].add(author)
    return set(sorted(others, key=lambda person: (-len(others[person]), person))[:count])


async def test_the_path_between_two_groups_leads_through_their_carrier(doors: Doors) -> None:
    carriers: list[Any] = doors.planted.of("carriers")
    for planted in carriers:
        for answer in (await asked(doors, ADMINISTRATOR, planted.pairs[0])).values():
            assert planted.ids[0] in through(answer)
            assert isinstance(answer, dict)
            path = answer["paths"][0]
            product = 1.0
            for step in path["steps"]:
                product *= step["probability"]
                assert step["evidence"]["count"] > 0
            assert abs(product - path["probability"]) < 1e-9
    found = {planted.ids[0] for planted in carriers}
    assert len(found & most_tied(doors, len(found))) <= len(found) / 2


async def test_a_path_of_confidences_is_seen_on_that_community_by_those_inside_alone(doors: Doors) -> None:
    planted: Any = doors.planted.of("confidence")[0]
    for answer in (await asked(doors, INSIDE, planted.pairs[0], planted.seen_by)).values():
        assert planted.ids[0] in through(answer)
    for answer in (await asked(doors, INSIDE, planted.pairs[0])).values():
        assert planted.ids[0] not in through(answer)
    for viewer in (ADMINISTRATOR, OUTSIDE):
        refusals = await asked(doors, viewer, planted.pairs[0], planted.seen_by)
        unknown = await asked(doors, viewer, planted.pairs[0], "community:00000000-0000-4000-8000-000000000000")
        assert all(isinstance(one, Refused) for one in refusals.values())
        assert refusals["graphql"] == unknown["graphql"]
        assert refusals["rest"] == unknown["rest"]


async def test_without_what_the_carrier_took_up_the_path_goes_elsewhere_or_nowhere(doors: Doors) -> None:
    planted: Any = doors.planted.of("carriers")[-1]
    carrier = planted.ids[0]
    acts = {
        "Amplification": "amplifications",
        "Observation": "observations",
        "Feedback": "feedback",
        "Support": "support",
    }
    for label, path in acts.items():
        for row in doors.truth.by_type[label]:
            if row["byId"] == carrier and row.get("audience", "everyone") == "everyone":
                await doors.delete(f"{path}/{row['id']}")
    for row in reversed(doors.truth.by_type["Contribution"]):
        if row["personId"] == carrier and row.get("repliesToId") and row.get("audience", "everyone") == "everyone":
            answered = [one["id"] for one in doors.truth.by_type["Contribution"] if one.get("repliesToId") == row["id"]]
            if not answered:
                await doors.delete(f"contributions/{row['id']}")
                doors.removed.add(row["id"])
    await asyncio.sleep(1)  # a write is in every derived answer after a second
    for viewer in VIEWERS:
        for answer in (await asked(doors, viewer, planted.pairs[0])).values():
            assert carrier not in through(answer)
