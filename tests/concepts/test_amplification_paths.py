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


async def journeys(doors: Doors, pair: tuple[str, str], **given: Any) -> list[Any]:
    """The answer by each door, with people to avoid or to pass."""
    one, other = pair
    lists = {name: value for name, value in given.items() if isinstance(value, list)}
    document = """
    query ($from: ID!, $to: ID!, $avoid: [ID!], $through: [ID!]) {
      amplificationPaths(from: $from, to: $to, k: 3, avoid: $avoid, through: $through, explain: true) {
        outcome reason
        paths { probability steps { teller { id } listener { id } evidence { count } contributions { share } } }
      }
    }
    """
    graphql = await doors.graphql(ADMINISTRATOR, document, **{"from": one, "to": other, **given})
    assert isinstance(graphql, dict), graphql
    rest = await doors.rest(
        ADMINISTRATOR, "amplification-paths", **{"from": one, "to": other, "k": 3, "explain": "true", **given}
    )
    words = [word for name, people in lists.items() for person in people for word in (f"--{name}", person)]
    command = await doors.command(ADMINISTRATOR, "paths", one, other, "-k", "3", "--explain", *words)
    return [graphql["amplificationPaths"], rest, command]


async def test_paths_pass_the_carrier_or_go_round_and_say_on_what_they_rest(doors: Doors) -> None:
    carriers: list[Any] = doors.planted.of("carriers")[:2]
    for planted in carriers:
        carrier, pair = planted.ids[0], planted.pairs[0]
        freely, passing, avoiding = [
            await journeys(doors, pair, **given) for given in ({}, {"through": [carrier]}, {"avoid": [carrier]})
        ]
        for free, through_them, round_them in zip(freely, passing, avoiding, strict=True):
            assert through_them["paths"][0]["probability"] == free["paths"][0]["probability"]
            assert all(carrier in through({"paths": [path]}) for path in through_them["paths"])
            assert all(carrier not in through({"paths": [path]}) for path in round_them["paths"])
            best = max((path["probability"] for path in round_them["paths"]), default=0)
            assert best < free["paths"][0]["probability"]
            for step in free["paths"][0]["steps"]:
                shares = [one["share"] for one in step["contributions"]]
                assert len(shares) == step["evidence"]["count"]
                assert abs(sum(shares) - 1) < 1e-9


async def test_a_group_is_reached_where_the_path_to_its_nearest_member_ends(doors: Doors) -> None:
    planted: Any = doors.planted.of("carriers")[0]
    one, other = planted.pairs[0]
    for row in (row for row in doors.truth.by_type["Position"] if row["personId"] == other and not row.get("until")):
        for answer in await journeys(doors, (one, row["organisationId"])):
            direct = await journeys(doors, (one, other))
            assert answer["paths"][0]["probability"] >= direct[0]["paths"][0]["probability"]


async def test_if_the_carrier_left_the_likely_way_would_be_less_likely(doors: Doors) -> None:
    carriers: list[Any] = doors.planted.of("carriers")[:1]
    for planted in carriers:
        one, other = planted.pairs[0]
        answers = await doors.asked(
            ADMINISTRATOR, "whatIf", leaves=[planted.ids[0]], **{"from": one, "to": other}, reachOf=[one], runs=200
        )
        free = (await journeys(doors, planted.pairs[0]))[0]["paths"][0]["probability"]
        round_them = (await journeys(doors, planted.pairs[0], avoid=[planted.ids[0]]))[0]["paths"]
        for answer in answers.values():
            assert isinstance(answer, dict), answer
            assert [abs(path["probability"] - free) < 1e-12 for path in answer["path"]["before"]] == [True]
            after = [path["probability"] for path in answer["path"]["after"]]
            assert after == [path["probability"] for path in round_them[:1]]
            assert answer["network"]["tiesLost"] > 0
            assert answer["reach"]["people"]["after"]["mean"] <= answer["reach"]["people"]["before"]["mean"]


async def test_what_one_alone_holds_is_what_the_rows_say(doors: Doors) -> None:
    held: dict[str, set[str]] = defaultdict(set)
    seen = doors.truth.ids("TacitInsight", frozenset({"everyone"})) - doors.removed
    people = doors.truth.ids("Person", frozenset({"everyone"}))
    for row in doors.truth.by_type["TacitInsight"]:
        held[row["id"]] |= {row.get("heldById", "")} & people
    for row in doors.truth.by_type["Holding"]:
        if row.get("audience", "everyone") == "everyone":
            held[row["ofId"]] |= {row["byId"]} & people
    expected = sum(len(held[insight]) == 1 for insight in seen)
    for viewer in VIEWERS:
        for answer in (await doors.asked(viewer, "knowledgeAtRisk", first=1_000)).values():
            assert isinstance(answer, dict), answer
            assert answer["insightsHeldByOne"] == expected > 0


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
