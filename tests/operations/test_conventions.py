"""What the network calls its stages and layers: shipped, said otherwise by who administers, and used by all."""

from collections.abc import Mapping
from typing import Any

import orjson
import pytest

from service.doors.graphql.endpoint import GraphQLDoor
from service.model.credit import CreditPart
from service.model.errors import Conflict, Forbidden, Invalid
from service.model.health import CommunityHealth
from service.model.viewer import Viewer
from service.operations.answering import answer
from service.operations.changes import number_changes
from service.operations.conventions import PARTS, change_conventions, settled
from service.operations.crediting import layer_of
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.writing import update
from tests.operations.viewers import viewer
from tests.operations.writers import integrator, made, member, person, written

STRANGER = viewer()
OWN = [{"name": "trust", "stages": ["met", "unity"]}, {"name": "work", "stages": ["met", "tried"]}]
ALL_IN_ONE = [{"name": "all", "surface": "below", "parts": list(PARTS)}]
JUNE, JULY = "2025-06-01T00:00:00Z", "2025-07-01T00:00:00Z"


async def shown(network: Network, viewer: Viewer = STRANGER) -> dict[str, Any]:
    found = await answer(network, viewer, "conventions", {})
    dimensions = {one.name: one.stages for one in found.dimensions}
    return {"dimensions": dimensions, "pyramid": [one.name for one in found.pyramid], "version": found.version}


async def test_the_shipped_ones_hold_until_an_administrator_says_otherwise(network: Network) -> None:
    shipped = await shown(network)
    assert shipped["dimensions"] == {
        "consolidation": ["intent", "formation", "direction", "unity"],
        "productivity": ["intent", "values", "purpose", "unity"],
    }
    assert (len(shipped["pyramid"]), shipped["version"]) == (8, 0)
    for refused in (STRANGER, member("p"), integrator()):
        with pytest.raises(Forbidden):
            await change_conventions(network, refused, {"dimensions": OWN})
    changed = await change_conventions(network, OPERATOR, {"dimensions": OWN}, if_version=0)
    assert (changed.version, changed.changed_at is not None) == (1, True)
    assert await shown(network) == {
        "dimensions": {"trust": ["met", "unity"], "work": ["met", "tried"]},
        "pyramid": shipped["pyramid"],
        "version": 1,
    }
    assert (await change_conventions(network, OPERATOR, {"dimensions": OWN})).version == 1, "nothing has changed"
    with pytest.raises(Conflict) as stale:
        await change_conventions(network, OPERATOR, {"pyramid": ALL_IN_ONE}, if_version=0)
    assert stale.value.problems[0].field == "ifVersion"
    await change_conventions(network, OPERATOR, {"pyramid": ALL_IN_ONE})
    assert (await shown(network))["pyramid"] == ["all"]
    await change_conventions(network, OPERATOR, {"dimensions": None, "pyramid": None}, if_version=2)
    assert await shown(network) == {**shipped, "version": 3}


async def test_two_who_change_them_at_once_do_not_lose_each_others_change(network: Network) -> None:
    for version in (0, 1):
        given = {"version": version, "dimensions": None, "pyramid": None, "now": None}
        assert len(await network.write("conventions/keep", given)) == 1
        assert await network.write("conventions/keep", given) == []


WRONG: list[tuple[Mapping[str, Any], str]] = [
    ({"stages": []}, "stages"),
    ({"dimensions": []}, "dimensions"),
    ({"dimensions": "none"}, "dimensions"),
    ({"dimensions": [{"name": "a", "stages": []}]}, "dimensions.0.stages"),
    ({"dimensions": [{"name": " ", "stages": ["x"]}]}, "dimensions.0.name"),
    ({"dimensions": [{"name": "a", "stages": ["x"]}] * 6}, "dimensions"),
    ({"dimensions": [{"name": "a", "stages": ["x"]}, {"name": "A", "stages": ["x"]}]}, "dimensions.1.name"),
    ({"dimensions": [{"name": "a", "stages": ["x", "y", "X "]}]}, "dimensions.0.stages.2"),
    ({"dimensions": [{"name": "a", "stages": ["x" * 101]}]}, "dimensions.0.stages.0"),
    ({"dimensions": [{"name": "a", "stages": ["x"], "more": 1}]}, "dimensions.0.more"),
    ({"pyramid": []}, "pyramid"),
    ({"pyramid": [{"name": "a", "parts": list(PARTS[1:])}]}, "pyramid"),
    ({"pyramid": [*ALL_IN_ONE, {"name": "b", "parts": ["told"]}]}, "pyramid"),
    ({"pyramid": [{**ALL_IN_ONE[0], "parts": [*PARTS, "derived"]}]}, "pyramid.0.parts.7"),
    ({"pyramid": [*ALL_IN_ONE, {"name": "ALL"}]}, "pyramid.1.name"),
    ({"pyramid": [{**ALL_IN_ONE[0], "surface": "beside"}]}, "pyramid.0.surface"),
]


@pytest.mark.parametrize(("changes", "field"), WRONG, ids=[field for _, field in WRONG])
async def test_what_makes_no_sense_is_refused_by_its_field(
    network: Network, changes: Mapping[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await change_conventions(network, OPERATOR, changes)
    assert field in {problem.field for problem in refused.value.problems}
    assert (await settled(network.ask)).version == 0


async def health(network: Network, ward: str, as_of: str = JULY) -> CommunityHealth:
    await number_changes(network, "tests")
    found: CommunityHealth = await answer(network, STRANGER, "communityHealth", {"community": ward, "asOf": as_of})
    return found


async def test_stages_that_were_recorded_stay_and_lie_where_the_words_of_today_put_them(network: Network) -> None:
    mary = await person(network)
    ward = await made(network, "Community", name="Ward")
    await made(network, "Observation", byId=mary, toId=await person(network, "Tom"), at="2025-05-01T00:00:00Z")
    late = [{"stage": stage, "at": JUNE} for stage in ("values", "formation", "direction")]
    changes = [await made(network, "StageChange", communityId=ward, **one) for one in late]
    places = [(one.dimension, one.reached, one.step, one.steps) for one in (await health(network, ward)).stages]
    assert places == [("consolidation", "direction", 3, 4), ("productivity", "values", 2, 4)], "of two at one time"
    assert {one.reached for one in (await health(network, ward, "2025-05-31T00:00:00Z")).stages} == {None}
    await change_conventions(network, OPERATOR, {"dimensions": OWN})
    found = await health(network, ward)
    assert [(one.dimension, one.reached, one.step, one.steps) for one in found.stages] == [
        ("trust", None, 0, 2),
        ("work", None, 0, 2),
    ]
    assert found.stages_elsewhere == ["direction", "formation", "values"]
    await update(network, OPERATOR, "StageChange", changes[0], {"at": "2025-06-02T00:00:00Z"})
    for attempt in (
        made(network, "StageChange", communityId=ward, stage="formation"),
        update(network, OPERATOR, "StageChange", changes[0], {"stage": "purpose"}),
        made(network, "StageChange", communityId=ward, stage="Met"),
    ):
        with pytest.raises(Invalid, match="none of this network's") as refused:
            await attempt
        assert (refused.value.problems[0].field, refused.value.problems[0].right) == (
            "stage",
            "Give one of met, unity, tried.",
        )
    await update(network, OPERATOR, "StageChange", changes[0], {"stage": "tried"})
    rows: list[dict[str, Any]] = [{"type": "StageChange", "communityId": ward, "stage": word} for word in ("met", "x")]
    exported = {"type": "StageChange", "communityId": ward, "stage": "intent", "version": 1, "createdAt": JUNE}
    outcomes = await written(network, [*rows, exported])
    assert [one.status for one in outcomes] == ["created", "failed", "created"]
    found = await health(network, ward)
    assert [(one.reached, one.step) for one in found.stages] == [(None, 0), ("tried", 2)]


async def test_a_part_is_put_to_the_layer_that_the_network_has_for_it(network: Network) -> None:
    shipped = (await settled(network.ask)).pyramid

    def layer(pyramid: Any, part: CreditPart, **how: Any) -> str:
        given = {"distance": 0, "alone": True, "outside": False, **how}
        return layer_of(pyramid, part, given.pop("distance"), **given).name

    assert layer(shipped, CreditPart.derived) == "act"
    assert layer(shipped, CreditPart.derived, alone=False) == "coordinate"
    assert layer(shipped, CreditPart.derived, distance=1) == "team"
    assert layer(shipped, CreditPart.told, outside=True) == "contributions from outside the team"
    await change_conventions(network, OPERATOR, {"pyramid": ALL_IN_ONE})
    own = (await settled(network.ask)).pyramid
    assert {layer(own, part, outside=True) for part in CreditPart} == {"all"}


async def test_graphql_changes_them_alike(network: Network) -> None:
    door = GraphQLDoor(network)
    document = """
    mutation ($own: [StageDimensionInput!], $pyramid: [PyramidLayerInput!], $version: Int) {
      changeConventions(dimensions: $own, pyramid: $pyramid, ifVersion: $version) {
        conventions { version dimensions { name stages } pyramid { name surface parts } changedAt basis { audience } }
        problems { kind field wrong right }
      }
    }
    """

    async def changed(**variables: Any) -> dict[str, Any]:
        found = await door.answer(OPERATOR, {"query": document, "variables": variables})
        return dict(orjson.loads(orjson.dumps(found))["data"]["changeConventions"])

    found = await changed(own=OWN, version=0)
    assert (found["problems"], found["conventions"]["dimensions"]) == ([], OWN)
    assert len(found["conventions"]["pyramid"]) == 8
    assert (await changed(pyramid=ALL_IN_ONE))["conventions"]["pyramid"] == ALL_IN_ONE
    assert [one["field"] for one in (await changed(pyramid=[{"name": "a"}]))["problems"]] == ["pyramid"] * len(PARTS)
    assert [one["kind"] for one in (await changed(own=None, version=0))["problems"]] == ["conflict"]
    back = await changed(own=None, pyramid=None)
    assert (back["conventions"]["version"], len(back["conventions"]["pyramid"])) == (3, 8)
