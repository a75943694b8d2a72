"""From when to when somebody holds or belongs: what every reader takes the two ends for."""

from datetime import datetime
from typing import Any

import pytest

from service.model.errors import Invalid
from service.operations.answering import answer
from service.operations.changes import number_changes
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.writing import update
from tests.operations.viewers import viewer
from tests.operations.writers import made, person

MARCH, MAY, JULY = (f"2025-0{month}-01T00:00:00Z" for month in (3, 5, 7))
STRANGER = viewer()


async def asked(network: Network, name: str, **given: Any) -> Any:
    await number_changes(network, "tests")
    return await answer(network, STRANGER, name, given)


async def held(network: Network, at: str) -> tuple[int, int, int]:
    """How many share the purpose, by either question, and how many insights somebody holds."""
    (purpose,) = await network.graph.read("MATCH (one:Purpose) RETURN one.id AS id")
    found = await asked(network, "onPurpose", purpose=purpose["id"], asOf=at)
    given = {"at": datetime.fromisoformat(at), "audiences": ["everyone"]}
    (lonely,) = await network.ask("purposes/held", given)
    risk = await asked(network, "knowledgeAtRisk", asOf=at)
    return found.people, lonely["holders"], risk.insights_held


async def test_what_is_held_is_held_from_its_beginning_up_to_its_end(network: Network) -> None:
    mary, tom = await person(network), await person(network, "Tom")
    purpose = await made(network, "Purpose", name="Fewer falls", at=MARCH)
    insight = await made(network, "TacitInsight", content="I", at=MARCH)
    await made(network, "Observation", byId=mary, toId=tom, at=MARCH)
    await made(network, "Observation", byId=mary, toId=tom, at=JULY)
    holdings = [
        await made(network, "Holding", byId=mary, ofId=one, since=MARCH, until=MAY) for one in (purpose, insight)
    ]
    assert await held(network, "2025-04-30T23:59:59Z") == (1, 1, 1)
    assert await held(network, MAY) == (0, 0, 0)
    assert await held(network, JULY) == (0, 0, 0)
    for one in holdings:
        await update(network, OPERATOR, "Holding", one, {"until": None})
    assert await held(network, JULY) == (1, 1, 1)
    for one in holdings:
        await update(network, OPERATOR, "Holding", one, {"until": MARCH})
    assert await held(network, MARCH) == (0, 0, 0), "what ends as it begins was never held"


async def test_whoever_says_no_moment_is_told_of_the_newest_evidence_in_every_number(network: Network) -> None:
    mary, tom, eve = [await person(network, name) for name in ("Mary", "Tom", "Eve")]
    purpose = await made(network, "Purpose", name="Fewer falls", at=MARCH)
    await made(network, "Holding", byId=mary, ofId=purpose, since=MAY)
    before = await asked(network, "purposesWithoutCommunity")
    assert [one.holders for one in before.purposes] == [1], "without any evidence it is of now"
    await made(network, "Observation", byId=mary, toId=tom, at=MARCH)
    for at, holders in ((MARCH, 0), (JULY, 1)):
        alone, shared = [
            await asked(network, name, **given)
            for name, given in (("purposesWithoutCommunity", {}), ("onPurpose", {"purpose": purpose}))
        ]
        assert alone.basis.as_of == shared.basis.as_of == datetime.fromisoformat(at)
        assert (sum(one.holders for one in alone.purposes), shared.people) == (holders, holders)
        assert (shared.basis.people, shared.basis.ties) == (2 + holders, 1 + holders)
        await made(network, "Observation", byId=eve, toId=tom, at=JULY)
    then = await asked(network, "onPurpose", purpose=purpose, asOf=MAY)
    assert (then.basis.people, then.basis.ties) == (2, 1), "Eve has listened to nobody yet"


@pytest.mark.parametrize("label", ["Membership", "Position", "Holding"])
async def test_nothing_ends_before_it_begins(network: Network, label: str) -> None:
    mary = await person(network)
    start = "from" if label == "Position" else "since"
    fields: dict[str, Any] = {
        "Membership": {"personId": mary, "communityId": await made(network, "Community", name="Ward")},
        "Position": {
            "personId": mary,
            "organisationId": await made(network, "Organisation", name="Trust"),
            "profession": "nurse",
            "standing": "clinical",
        },
        "Holding": {"byId": mary, "ofId": await made(network, "Value", name="Candour")},
    }[label]
    with pytest.raises(Invalid, match=f"before `{start}`") as refused:
        await made(network, label, **fields, **{start: MAY, "until": MARCH})
    assert refused.value.problems[0].field == "until"
    await made(network, label, **fields, **{start: MAY, "until": MAY})


async def test_a_membership_that_ends_as_it_begins_is_none(network: Network) -> None:
    mary, tom = await person(network), await person(network, "Tom")
    ward = await made(network, "Community", name="Ward")
    await made(network, "Observation", byId=mary, toId=tom, at=MAY)
    await made(network, "Membership", personId=mary, communityId=ward, since=MAY, until=MAY)
    (found,) = await network.ask("participation/memberships", {"community": ward, "audiences": ["everyone"]})
    assert found["people"] == []
    (found,) = await network.ask("disclosure/memberships", {"audiences": ["everyone"]})
    assert found["people"] == []
    (found,) = await network.ask("communities/members", {"at": MAY, "community": ward, "audiences": ["everyone"]})
    assert found["people"] == []
