"""What was drawn from a source is seen by nobody beyond it, whichever of them was written first."""

import pytest

from service.model.errors import Invalid
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.writing import create, update
from tests.operations.writers import contents, integrator, made, person, written


async def audience(network: Network, id: str) -> str:
    rows = await network.graph.read("MATCH (item:Item {id: $id}) RETURN item.audience AS audience", {"id": id})
    return str(rows[0]["audience"])


class Drawn:
    """A story, the insight that came out of it, and the knowledge that was made of that."""

    def __init__(self, mary: str, story: str, insight: str, knowledge: str) -> None:
        self.mary, self.story, self.insight, self.knowledge = mary, story, insight, knowledge


async def drawn(network: Network, story_audience: str = "everyone", insight_audience: str = "everyone") -> Drawn:
    mary = await person(network)
    names = {"MARY": f"person:{mary}", "WARD": f"community:{await made(network, 'Community', name='Ward')}"}
    story = await made(network, "Story", title="A", content="B", audience=names.get(story_audience, story_audience))
    insight = await made(
        network, "TacitInsight", content="I", heldById=mary, audience=names.get(insight_audience, insight_audience)
    )
    knowledge = await made(network, "ExplicitKnowledge", title="K", content="C")
    return Drawn(mary, story, insight, knowledge)


async def surface(network: Network, one: Drawn) -> str:
    return await made(network, "Surfacing", fromId=one.story, revealedId=one.insight, byId=one.mary)


async def derive(network: Network, one: Drawn) -> str:
    return await made(network, "Derivation", usedIds=[one.insight], madeId=one.knowledge, byIds=[one.mary])


@pytest.mark.parametrize(
    ("story_audience", "insight_audience", "allowed"),
    [
        ("everyone", "WARD", True),
        ("WARD", "WARD", True),
        ("WARD", "MARY", True),
        ("WARD", "everyone", False),
        ("MARY", "WARD", False),
    ],
)
async def test_an_insight_is_no_wider_than_its_story(
    network: Network,
    story_audience: str,
    insight_audience: str,
    allowed: bool,  # noqa: FBT001 -- a table
) -> None:
    one = await drawn(network, story_audience, insight_audience)
    before = await contents(network)
    if allowed:
        await surface(network, one)
        return
    with pytest.raises(Invalid) as refused:
        await surface(network, one)
    assert refused.value.problems[0].field == "revealedId"
    assert await contents(network) == before


async def test_narrowing_a_source_narrows_all_that_came_of_it(network: Network) -> None:
    one = await drawn(network)
    await surface(network, one)
    await derive(network, one)
    ward = await made(network, "Community", name="W")
    changed = await update(network, OPERATOR, "Story", one.story, {"audience": f"community:{ward}"})
    assert await audience(network, one.insight) == f"person:{one.mary}"
    assert await audience(network, one.knowledge) == f"person:{one.mary}"
    rows = await network.graph.read("MATCH (c:Change {id: $id}) RETURN c.ids AS ids", {"id": changed.change_id})
    assert set(rows[0]["ids"]) == {one.story, one.insight, one.knowledge}


async def test_widening_beyond_a_source_is_refused_with_the_reason(network: Network) -> None:
    one = await drawn(network)
    await surface(network, one)
    ward = await made(network, "Community", name="W")
    await update(network, OPERATOR, "Story", one.story, {"audience": f"community:{ward}"})
    integrator_there = integrator(f"community:{ward}", f"person:{one.mary}")
    before = await contents(network)
    with pytest.raises(Invalid) as refused:
        await update(network, integrator_there, "TacitInsight", one.insight, {"audience": "everyone"})
    assert await contents(network) == before
    await update(network, integrator_there, "TacitInsight", one.insight, {"audience": f"community:{ward}"})
    assert refused.value.problems[0].field == "audience"


async def test_rows_of_one_batch_are_judged_in_their_order(network: Network) -> None:
    one = await drawn(network)
    ward = await made(network, "Community", name="W")
    closed = {"type": "Story", "id": one.story, "title": "A", "content": "B", "audience": f"community:{ward}"}
    noticed = {"type": "Surfacing", "fromId": one.story, "revealedId": one.insight, "byId": one.mary}
    assert [row.status for row in await written(network, [noticed, closed])] == ["created", "updated"]
    assert await audience(network, one.insight) == f"person:{one.mary}"
    other = await drawn(network)
    closed = {**closed, "id": other.story}
    noticed = {"type": "Surfacing", "fromId": other.story, "revealedId": other.insight, "byId": other.mary}
    fine = {"type": "Topic", "name": "T"}
    outcomes = await written(network, [closed, fine, noticed, fine])
    assert [row.status for row in outcomes] == ["updated", "created", "failed", "created"]
    assert await audience(network, other.insight) == "everyone"


async def test_a_viewer_who_cannot_see_an_item_does_not_choose_its_audience(network: Network) -> None:
    one = await drawn(network, "MARY")
    with pytest.raises(Invalid) as refused:
        await create(network, OPERATOR, "Story", {"title": "x", "content": "y", "audience": "person:" + one.story})
    assert refused.value.problems[0].field == "audience"
    again = {"type": "Story", "id": one.story, "title": "A", "content": "B"}
    before = await audience(network, one.story)
    (widened,) = await written(network, [{**again, "audience": "everyone"}])
    assert widened.problems[0]["field"] == "audience"
    (unnamed,) = await written(network, [again])
    assert (unnamed.problems, await audience(network, one.story)) == ([], before)
