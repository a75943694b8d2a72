"""Who may invite, who answers, and what an accepted invitation opens; holdings and experiments are their people's."""

from typing import Any

import pytest

from service.model.errors import Conflict, Forbidden, Invalid, RetellError
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.writing import create, delete, update
from tests.operations.writers import AT, items, made, member, person


async def refused(error: type[RetellError], network: Network, who: str, label: str, **fields: Any) -> None:
    with pytest.raises(error):
        await create(network, member(who), label, fields)


async def test_an_invitation_lets_in_once_and_only_whom_it_was_made_to(network: Network) -> None:
    mary, tom, ann = [await person(network, name) for name in ("Mary", "Tom", "Ann")]
    ward = await made(network, "Community", member(mary), name="Ward")
    joining = {"personId": tom, "communityId": ward, "since": AT}
    invitation = await made(network, "Invitation", member(mary), personId=tom, communityId=ward, byId=mary)
    await refused(Forbidden, network, tom, "Membership", **joining)
    for who, changes, error in (
        (ann, {"answer": "accepted"}, Forbidden),
        (mary, {"answer": "accepted"}, Invalid),
        (mary, {"personId": ann}, Invalid),
        (tom, {"answer": "accepted", "at": AT}, Forbidden),
        (tom, {"personId": ann}, Forbidden),
    ):
        with pytest.raises(error):
            await update(network, member(who), "Invitation", invitation, changes)
    await update(network, member(tom), "Invitation", invitation, {"answer": "accepted"})
    await refused(Forbidden, network, ann, "Membership", **joining | {"personId": ann})
    await refused(Invalid, network, tom, "Membership", **joining, role="steward")
    membership = await made(network, "Membership", member(tom), **joining)
    await update(network, OPERATOR, "Membership", membership, {"until": "2026-02-01T00:00:00Z"})
    await refused(Forbidden, network, tom, "Membership", **joining)


async def test_a_facilitator_invites_and_nobody_makes_themselves_one(network: Network) -> None:
    mary, tom, ann = [await person(network, name) for name in ("Mary", "Tom", "Ann")]
    ward = await made(network, "Community", member(mary), name="Ward")
    membership = await made(network, "Membership", personId=tom, communityId=ward, since=AT)
    asking = {"personId": ann, "communityId": ward, "byId": tom}
    await refused(Forbidden, network, tom, "Invitation", **asking)
    with pytest.raises(Invalid):
        await update(network, member(tom), "Membership", membership, {"role": "facilitator"})
    await update(network, member(tom), "Membership", membership, {"participation": "full"})
    await update(network, OPERATOR, "Membership", membership, {"role": "facilitator"})
    await refused(Invalid, network, tom, "Invitation", **asking, answer="accepted")
    await refused(Invalid, network, tom, "Invitation", **asking | {"personId": tom})
    await refused(Invalid, network, tom, "Invitation", **asking | {"byId": mary})
    await made(network, "Invitation", member(tom), **asking)
    await update(network, OPERATOR, "Membership", membership, {"until": "2026-02-01T00:00:00Z"})
    await refused(Forbidden, network, tom, "Invitation", **asking)


async def test_holdings_and_experiments_are_written_by_their_people(network: Network) -> None:
    mary, tom = await person(network), await person(network, "Tom")
    value = await made(network, "Value", name="Candour")
    knowledge = await made(network, "ExplicitKnowledge", title="K", content="C")
    await made(network, "Holding", member(mary), byId=mary, ofId=value, since=AT)
    await refused(Invalid, network, tom, "Holding", byId=mary, ofId=value, since=AT)
    await refused(Invalid, network, tom, "Holding", byId=tom, ofId=knowledge, since=AT)
    trial = {"aim": "See whether it is so here", "testedId": knowledge}
    both = await made(network, "Experiment", member(mary), **trial, byIds=[tom, mary], perceivedRisk=8)
    await refused(Invalid, network, tom, "Experiment", **trial, byIds=[mary])
    wrongs: list[dict[str, Any]] = [{"perceivedRisk": 11}, {"perceivedRisk": -1}, {"outcome": "fine"}, {"byIds": []}]
    for wrong in wrongs:
        await refused(Invalid, network, mary, "Experiment", **{**trial, "byIds": [mary], **wrong})
    later = await made(network, "Experiment", member(mary), **trial, byIds=[mary], followsOnId=both, outcome="kept")
    with pytest.raises(Invalid, match="follow on itself"):
        await update(network, member(mary), "Experiment", both, {"followsOnId": later})


async def test_what_hangs_on_what_is_erased_goes_or_is_let_go(network: Network) -> None:
    mary, tom = await person(network), await person(network, "Tom")
    value = await made(network, "Value", name="Candour")
    ward = await made(network, "Community", name="Ward", standsForIds=[value])
    knowledge = await made(network, "ExplicitKnowledge", title="K", content="C")
    await made(network, "Holding", byId=mary, ofId=value, since=AT)
    await made(network, "Invitation", personId=tom, communityId=ward, byId=mary)
    first = await made(network, "Experiment", aim="A", testedId=knowledge, byIds=[mary, tom])
    await made(network, "Experiment", aim="B", testedId=knowledge, byIds=[mary], followsOnId=first)
    with pytest.raises(Conflict, match="Experiment"):
        await delete(network, OPERATOR, "Person", mary)
    await delete(network, OPERATOR, "Person", tom)
    await delete(network, OPERATOR, "Value", value)
    await delete(network, OPERATOR, "Experiment", first)
    kinds = [label for one in await items(network) for label in one[0] if label != "Item"]
    assert sorted(kinds) == ["Community", "Experiment", "ExplicitKnowledge", "Person"]
    await delete(network, OPERATOR, "ExplicitKnowledge", knowledge)
    await delete(network, OPERATOR, "Person", mary)
    await delete(network, OPERATOR, "Community", ward)
    assert await items(network) == []
