"""Hidden contributions: equal to plain Python on random networks, and not to be had more of by gaming."""

from datetime import timedelta
from typing import Any

import pytest

from service.model.credit import HiddenContributions, HiddenContributionsQuestion
from service.model.errors import Invalid, NotFound
from service.operations.changes import number_changes
from service.operations.credit import hidden_contributions
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.writing import create
from tests.operations.crediting import Crediting, random_lineages
from tests.operations.viewers import viewer
from tests.operations.worlds import START, write_world
from tests.operations.writers import made, person

Answer = HiddenContributions


async def asked(network: Network, *communities: str, **given: Any) -> HiddenContributions:
    await number_changes(network, "tests")
    return await hidden_contributions(network, viewer(*communities), HiddenContributionsQuestion(**given))


@pytest.mark.parametrize("seed", [3, 8])
async def test_credit_is_what_plain_python_finds_for_each_audience(network: Network, seed: int) -> None:
    world = random_lineages(seed)
    await write_world(network, world)
    club = world.ids("Community")[0]
    for audience, audiences in (("everyone", ("everyone",)), (f"community:{club}", ("everyone", f"community:{club}"))):
        answer = await asked(network, club, audience=audience, first=500, explain=True)
        credit, visible = Crediting(world.rows, audiences, answer.basis.as_of).credit()
        hidden = {one: credit[one] - visible.get(one, 0.0) for one in credit}
        expected = {one: amount for one, amount in hidden.items() if amount > 1e-9}
        assert {one.person.id: one.hidden for one in answer.people} == pytest.approx(expected)
        assert expected
        assert answer.basis.worth == pytest.approx(sum(credit.values()))
        for one in answer.people:
            assert one.credit == pytest.approx(credit[one.person.id])
            assert sum(item.share for item in one.items) == pytest.approx(1)
            assert sum(item.credit for item in one.items) == pytest.approx(one.credit)
            assert sum(layer.share for layer in one.layers) == pytest.approx(1)
            assert one.hidden_low <= one.hidden_high


async def test_who_comes_later_changes_no_answer_about_a_moment(network: Network) -> None:
    world = random_lineages(3)
    await write_world(network, world)
    before = await asked(network, first=500)
    given = {"first": 500, "as_of": before.basis.as_of}
    then = await asked(network, **given)
    assert any(one.hidden_low < one.hidden_high for one in then.people)
    for first in "0123456789abcdef":  # before, between and after all others
        await made(network, "Person", name="Somebody else", id=f"{first}0000000-0000-4000-8000-000000000000")
    later = await asked(network, **given)
    assert (later.people, later.basis) == (then.people, then.basis)
    assert (await asked(network, first=500)).basis.people == before.basis.people + 16


class Ward:
    """A guide that a maker made of what a teller told and a noticer noticed, and who adopts."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.people: dict[str, str] = {}

    async def who(self, name: str) -> str:
        """The id of somebody."""
        if name not in self.people:
            self.people[name] = await person(self.network, name)
        return self.people[name]

    async def insight(self, teller: str, noticer: str) -> str:
        """An insight in a story."""
        told = await self.who(teller)
        story = await made(self.network, "Story", title="S", content="C", tellerId=told)
        insight = await made(self.network, "TacitInsight", content="I", heldById=told)
        await made(self.network, "Surfacing", fromId=story, revealedId=insight, byId=await self.who(noticer))
        return insight

    async def guide(self, maker: str, *used: str) -> str:
        """Knowledge made of what is used."""
        guide = await made(self.network, "ExplicitKnowledge", title="G", content="C")
        await made(self.network, "Derivation", usedIds=list(used), madeId=guide, byIds=[await self.who(maker)])
        return guide

    async def adopt(self, guide: str, *names: str, kind: str = "adopt") -> None:
        """Let people take it up."""
        for name in names:
            fields = {"kind": kind, "byId": await self.who(name), "ofId": guide}
            await create(self.network, OPERATOR, "Amplification", fields)

    async def credit(self) -> dict[str, float]:
        """Everybody's credit that is hidden, by name; nothing for who has none."""
        answer = await asked(self.network, first=100)
        return {one.person.name: round(one.credit, 6) for one in answer.people}


async def test_the_teller_and_the_noticer_have_their_shares_of_what_another_published(network: Network) -> None:
    ward = Ward(network)
    guide = await ward.guide("maker", await ward.insight("teller", "noticer"))
    await made(network, "Experiment", aim="A", testedId=guide, byIds=[await ward.who("tester")], outcome="abandoned")
    await made(network, "Experiment", aim="A", testedId=guide, byIds=[await ward.who("starter")])
    await ward.adopt(guide, "ann", "bob", "teller")
    await ward.adopt(guide, "cat", kind="endorse")
    answer = await asked(network, explain=True)
    assert {one.person.name: round(one.credit / 2, 4) for one in answer.people} == {
        "teller": round(0.25 / 0.9, 4),
        "noticer": round(0.20 / 0.9, 4),
        "tester": round(0.15 / 0.9, 4),
    }
    assert [one.layers[0].layer for one in answer.people] == [
        "community building",
        "workspace awareness",
        "ad hoc collaboration",
    ]
    assert (answer.basis.adoptions, answer.basis.own, answer.basis.worth) == (3, 1, 2)
    assert answer.people[0].items[0].through.kind == "TacitInsight"


@pytest.mark.parametrize("days", [(5, 50), (50, 5)])
async def test_of_feedback_counts_what_came_before_it_was_first_made_whichever_was_written_first(
    network: Network, days: tuple[int, int]
) -> None:
    def at(day: int) -> str:
        return (START + timedelta(days=day)).isoformat()

    ward = Ward(network)
    used = await ward.guide("maker", await ward.insight("teller", "noticer"))
    for name, day in (("early", 3), ("late", 20)):
        given = {"kind": "correction", "content": "C", "byId": await ward.who(name), "ofId": used}
        await made(network, "Feedback", **given, at=at(day))
    guide = await made(network, "ExplicitKnowledge", title="G", content="C", at=at(5))
    for day in days:
        await made(network, "Derivation", usedIds=[used], madeId=guide, byIds=[await ward.who("maker")], at=at(day))
    await ward.adopt(guide, "ann", "bob")
    assert (await ward.credit()).keys() == {"teller", "noticer", "early"}


async def test_no_game_pays(network: Network) -> None:
    ward = Ward(network)
    insight = await ward.insight("teller", "noticer")
    guide = await ward.guide("maker", insight, await ward.insight("other", "noticer"))
    await ward.adopt(guide, "ann", "bob")
    before = await ward.credit()
    assert before["teller"] == before["other"]
    # One's own work: to adopt it, endorse it, cite it.
    for kind in ("adopt", "adapt", "endorse", "cite"):
        await ward.adopt(guide, "teller", "noticer", kind=kind)
    assert await ward.credit() == before
    # Mutual: two agree to endorse and to adopt each other's work.
    twin = await ward.guide("ally", await ward.insight("ally", "ally"))
    await ward.adopt(twin, "teller", kind="endorse")
    await ward.adopt(guide, "ally", kind="endorse")
    await ward.adopt(twin, "teller")
    await ward.adopt(guide, "ally")
    assert await ward.credit() == before
    # Splitting: the same story told in many pieces, all of them put into the guide.
    pieces = [await ward.insight("teller", "noticer") for _ in range(4)]
    for piece in pieces:
        fields = {"usedIds": [piece], "madeId": guide, "byIds": [await ward.who("maker")]}
        await create(network, OPERATOR, "Derivation", fields)
    assert await ward.credit() == before


async def test_what_cannot_be_asked_is_refused_and_where_nothing_is_the_answer_says_so(network: Network) -> None:
    nobody = await asked(network)
    assert (nobody.people, nobody.basis.worth) == ([], 0)
    assert nobody.reason
    world = random_lineages(3)
    await write_world(network, world)
    with pytest.raises(Invalid, match="before it starts"):
        await asked(network, since="2026-01-02T00:00:00Z", until="2026-01-01T00:00:00Z")
    with pytest.raises(Invalid, match="starts after"):
        await asked(network, since="2099-01-01T00:00:00Z")
    with pytest.raises(Invalid, match="no evidence"):
        await asked(network, as_of="2020-01-01T00:00:00Z")
    with pytest.raises(NotFound):
        await asked(network, scope="topic:00000000-0000-4000-8000-000000000000")
    with pytest.raises(NotFound):
        await asked(network, audience=f"community:{world.ids('Community')[0]}")
    early = await asked(network, until=START.isoformat())
    assert early.people == []
    assert early.reason
