"""Communities of practice: a declared community with its members, its purpose and how far it has come."""

from typing import Any

from tests.concepts.asking import ADMINISTRATOR, INSIDE, OUTSIDE, VIEWERS, Doors, Refused

DOCUMENT = """
query ($id: ID!, $after: String) { community(id: $id) {
  name purposes { nodes { name } } stages(first: 100, order: oldest) { nodes { stage at } }
  memberships(first: 100, after: $after) {
    totalCount nodes { personId role participation } pageInfo { hasNextPage endCursor }
  }
} }
"""


def chosen(doors: Doors) -> dict[str, Any]:
    """The community for everyone that has come furthest."""
    reached = [one["communityId"] for one in doors.truth.by_type["StageChange"]]
    known = [one for one in doors.truth.by_type["Community"] if one.get("audience", "everyone") == "everyone"]
    return max(known, key=lambda one: (reached.count(one["id"]), one["id"]))


async def test_a_community_is_found_with_purpose_stages_and_members_as_each_viewer_may_see_them(doors: Doors) -> None:
    community = chosen(doors)
    stages = sorted(
        (one["at"], one["stage"]) for one in doors.truth.by_type["StageChange"] if one["communityId"] == community["id"]
    )
    for viewer in VIEWERS:
        audiences = doors.truth.audiences(doors.person(viewer))
        members = {
            one["personId"]
            for one in doors.truth.by_type["Membership"]
            if one["communityId"] == community["id"] and one.get("audience", "everyone") in audiences
        }
        found, after, shown = set(), None, {}
        while True:
            answer = await doors.graphql(viewer, DOCUMENT, id=community["id"], after=after)
            assert isinstance(answer, dict)
            shown = answer["community"]
            found |= {one["personId"] for one in shown["memberships"]["nodes"]}
            after = shown["memberships"]["pageInfo"]["endCursor"]
            if not shown["memberships"]["pageInfo"]["hasNextPage"]:
                break
        assert found == members
        assert [one["stage"] for one in shown["stages"]["nodes"]] == [stage for _, stage in stages]
        purposes = {doors.truth.by_id[one]["name"] for one in community.get("purposeIds", [])}
        assert {one["name"] for one in shown["purposes"]["nodes"]} == purposes
        rest = await doors.rest(viewer, f"communities/{community['id']}")
        command = await doors.command(viewer, "show", community["id"])
        assert isinstance(rest, dict)
        assert isinstance(command, dict)
        assert shown["name"] == rest["name"] == command["name"] == community["name"]


async def test_three_viewers_see_three_different_lists_of_memberships_and_each_the_true_one(doors: Doors) -> None:
    seen = []
    for viewer in VIEWERS:
        found = await doors.listed(viewer, "Membership", "memberships", "memberships")
        truth = {one["id"] for one in doors.truth.by_type["Membership"] if "id" in one} and doors.truth.ids(
            "Membership", doors.truth.audiences(doors.person(viewer))
        )
        assert found["graphql"] == found["rest"] == found["command"] == truth
        seen.append(frozenset(truth))
    assert len(set(seen)) > 1


async def test_without_its_last_stage_a_community_has_come_less_far(doors: Doors) -> None:
    community = chosen(doors)
    stages = [one for one in doors.truth.by_type["StageChange"] if one["communityId"] == community["id"]]
    last = max(stages, key=lambda one: (one["at"], one["id"]))
    await doors.delete(f"stage-changes/{last['id']}")
    for viewer in VIEWERS:
        answer = await doors.graphql(viewer, DOCUMENT, id=community["id"], after=None)
        assert isinstance(answer, dict)
        assert len(answer["community"]["stages"]["nodes"]) == len(stages) - 1


async def test_how_a_community_is_doing_is_worked_out_from_what_happened_in_it(doors: Doors) -> None:
    community = chosen(doors)
    for viewer in VIEWERS:
        for answer in (await doors.asked(viewer, "communityHealth", community=community["id"])).values():
            assert isinstance(answer, dict)
            reached = {
                one["stage"]
                for one in doors.truth.by_type["StageChange"]
                if one["communityId"] == community["id"] and one["at"] <= answer["basis"]["asOf"]
            }
            assert {one["reached"] for one in answer["stages"]} - {None} <= reached
            assert answer["basis"]["members"] is None or answer["basis"]["members"] >= 5


OWN = {"name": "the ward's own", "stages": ["intent", "first patient", "unity"]}
CHANGE = """
mutation ($own: [StageDimensionInput!]) { changeConventions(dimensions: $own) {
  conventions { version dimensions { name stages } } problems { kind field }
} }
"""


async def test_a_network_calls_its_stages_as_it_likes(doors: Doors) -> None:
    community = chosen(doors)["id"]
    shipped = await doors.asked(INSIDE, "conventions")
    for answer in shipped.values():
        assert isinstance(answer, dict)
        assert [one["name"] for one in answer["dimensions"]] == ["consolidation", "productivity"]
        assert answer["dimensions"][0]["stages"] == ["intent", "formation", "direction", "unity"]
        assert len(answer["pyramid"]) == 8
    for viewer in (INSIDE, OUTSIDE):
        refused = await doors.graphql(viewer, CHANGE, own=[OWN])
        assert isinstance(refused, dict)
        assert refused["changeConventions"]["problems"] == [{"kind": "forbidden", "field": None}]
    before = await doors.asked(OUTSIDE, "communityHealth", community=community)
    changed = await doors.graphql(ADMINISTRATOR, CHANGE, own=[OWN])
    try:
        assert isinstance(changed, dict)
        assert changed["changeConventions"]["conventions"]["dimensions"] == [OWN]
        for door, answer in (await doors.asked(OUTSIDE, "communityHealth", community=community)).items():
            earlier = before[door]
            assert isinstance(answer, dict)
            assert isinstance(earlier, dict)
            (place,) = answer["stages"]
            assert (place["dimension"], place["steps"]) == (OWN["name"], 3)
            reached = {one["reached"] for one in earlier["stages"]} - {None}
            assert reached <= {*OWN["stages"], *answer["stagesElsewhere"]}
            assert earlier["stagesElsewhere"] == []
        stage = {"communityId": community, "stage": "formation", "at": "2026-01-01T00:00:00Z"}
        new = await doors.client.post("/v1/stage-changes", json=stage, headers=doors.headers(ADMINISTRATOR))
        assert new.json()["problems"][0]["right"] == "Give one of intent, first patient, unity."
    finally:
        back = await doors.client.patch(
            "/v1/conventions", json={"dimensions": None}, headers=doors.headers(ADMINISTRATOR)
        )
    assert isinstance(shipped["rest"], dict)
    assert back.json()["dimensions"] == shipped["rest"]["dimensions"]
    assert await doors.asked(OUTSIDE, "communityHealth", community=community) == before


async def test_a_feed_is_its_members_alone(doors: Doors) -> None:
    closed = doors.planted.viewers.closed_community
    audience = f"community:{closed}"
    kinds = ("Story", "Conversation", "Contribution", "TacitInsight", "ExplicitKnowledge")
    told = sorted(
        (
            (row["at"], row["id"])
            for kind in kinds
            for row in doors.truth.by_type[kind]
            if row.get("audience") == audience
        ),
        reverse=True,
    )
    for answer in (await doors.asked(INSIDE, "communityFeed", community=closed, first=50)).values():
        assert isinstance(answer, dict)
        found = [one["item"]["id"] for one in answer["items"]]
        gone = doors.removed
        assert found == [id for _, id in told if id not in gone][: len(found)]
        assert len(found) == min(50, len(told))
    for viewer in (ADMINISTRATOR, OUTSIDE):
        refused = await doors.asked(viewer, "communityFeed", community=closed)
        assert set(refused.values()) == {Refused("not_found")}
