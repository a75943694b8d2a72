"""Writing one item: what it answers, what is in the graph afterwards, and that a retry happens once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service.model.errors import Conflict, Forbidden, Invalid, NotFound, RetellError
from service.model.ids import derived_id
from service.model.viewer import EVERYONE, Viewer
from service.operations.keys import OPERATOR
from service.operations.network import Network
from service.operations.writing import Request, create, delete, put, put_person_by_account, update
from tests.operations.writers import AT, contents, integrator, items, made, member, person, written

Attempt = Callable[[], Awaitable[object]]


async def stored(network: Network, id: str) -> dict[str, object]:
    rows = await network.graph.read("MATCH (item:Item {id: $id}) RETURN properties(item) AS it", {"id": id})
    found: dict[str, object] = rows[0]["it"]
    return found


async def targets(network: Network, id: str, type: str) -> list[str]:
    text = "MATCH (:Item {id: $id})-[link]-(end) WHERE type(link) = $type RETURN end.id AS id ORDER BY id"
    return [row["id"] for row in await network.graph.read(text, {"id": id, "type": type})]


async def changes(network: Network) -> list[tuple[str, list[str]]]:
    rows = await network.graph.read("MATCH (c:Change) RETURN c.kind AS kind, c.ids AS ids ORDER BY c.at, c.id")
    return [(row["kind"], row["ids"]) for row in rows]


async def test_a_new_item_has_its_fields_its_links_and_its_change(network: Network) -> None:
    mary, topic = await person(network), await made(network, "Topic", name="Falls")
    written = await create(
        network,
        OPERATOR,
        "Story",
        {"title": "A fall", "content": "She *fell*", "tellerId": mary, "aboutIds": [topic, topic], "at": AT},
    )
    assert (written.version, written.created) == (1, True)
    story = await stored(network, written.id)
    assert (story["title"], story["text"], story["author"], story["kind"]) == ("A fall", "She fell", mary, "event")
    assert str(story["at"]) == "2026-01-02T03:04:05.000000000+00:00"
    assert await targets(network, written.id, "TOLD") == [mary]
    assert await targets(network, written.id, "ABOUT") == [topic]
    assert (await changes(network))[-1] == ("created", [written.id])


async def test_an_update_changes_what_is_given_and_null_clears(network: Network) -> None:
    mary, topic = await person(network), await made(network, "Topic", name="Falls")
    story = await made(network, "Story", title="A", content="B", tellerId=mary, aboutIds=[topic], happenedAt=AT)
    written = await update(network, OPERATOR, "Story", story, {"title": "C", "happenedAt": None, "aboutIds": None})
    assert (written.version, written.created) == (2, False)
    kept = await stored(network, story)
    assert (kept["title"], kept["content"], "happenedAt" in kept) == ("C", "B", False)
    assert await targets(network, story, "ABOUT") == []
    assert await targets(network, story, "TOLD") == [mary]
    again = await update(network, OPERATOR, "Story", story, {"title": "C"})
    assert (again.version, again.change_id) == (2, None)


async def test_a_changed_link_is_replaced_and_its_stored_id_with_it(network: Network) -> None:
    mary, tom, story = (
        await person(network),
        await person(network, "Tom"),
        await made(network, "Story", title="A", content="B"),
    )
    act = await made(network, "Amplification", kind="share", byId=mary, ofId=story)
    await update(network, OPERATOR, "Amplification", act, {"byId": tom})
    assert await targets(network, act, "BY") == [tom]
    assert (await stored(network, act))["by"] == tom


async def test_put_makes_replaces_and_leaves_alone(network: Network) -> None:
    body = {"title": "A", "content": "B", "happenedAt": AT}
    first = await put(network, OPERATOR, "Story", "sx/q-4", body)
    assert (first.id, first.created) == (derived_id("sx", "q-4"), True)
    same = await put(network, OPERATOR, "Story", "sx/q-4", body)
    assert (same.version, same.created, same.change_id) == (1, False, None)
    second = await put(network, OPERATOR, "Story", first.id.upper(), {"title": "A", "content": "C"})
    assert (second.id, second.version, second.created) == (first.id, 2, False)
    assert "happenedAt" not in await stored(network, first.id)


async def test_a_person_is_put_by_account_and_named_by_it_afterwards(network: Network) -> None:
    first = await put_person_by_account(network, OPERATOR, "hr", "17", {"name": "Mary"})
    again = await put_person_by_account(network, OPERATOR, "hr", "17", {"name": "Mary"})
    changed = await put_person_by_account(network, OPERATOR, "hr", "17", {"name": "Mary Ann"})
    assert (first.created, again.change_id, changed.version) == (True, None, 2)
    mary = await person(network, "Mary of the forum")
    await made(network, "Account", source="forum", externalId="m", personId=mary)
    story = await made(network, "Story", title="A", content="B", tellerId="forum/m")
    assert await targets(network, story, "TOLD") == [mary]
    assert (await put_person_by_account(network, OPERATOR, "forum", "m", {"name": "M"})).id == mary
    with pytest.raises(Conflict) as taken:
        await create(
            network, OPERATOR, "Account", {"id": "x/y", "source": "forum", "externalId": "m", "personId": first.id}
        )
    assert taken.value.problems[0].field == "externalId"


async def test_putting_something_anew_opens_it_to_nobody_who_is_not_named(network: Network) -> None:
    mary = await person(network)
    own, body = f"person:{mary}", {"title": "A", "content": "B"}
    first = await put(network, member(mary), "Story", "sx/q-4", {**body, "tellerId": mary, "audience": own})
    again = {**body, "tellerId": mary, "content": "C"}
    await put(network, member(mary), "Story", first.id, again)
    assert (await stored(network, first.id))["audience"] == own
    await written(network, [{**again, "type": "Story", "id": first.id, "content": "D"}], integrator(own))
    kept = await stored(network, first.id)
    assert (kept["content"], kept["audience"]) == ("D", own)
    await put(network, member(mary), "Story", first.id, {**again, "audience": "everyone"})
    assert (await stored(network, first.id))["audience"] == "everyone"


async def test_what_is_put_without_being_seen_stays_with_whom_it_is(network: Network) -> None:
    mary = (await put_person_by_account(network, OPERATOR, "hr", "17", {"name": "Mary"})).id
    own = f"person:{mary}"
    (account,) = await targets(network, mary, "HAS")
    await update(network, integrator(own), "Account", account, {"audience": own})
    await update(network, member(mary), "Person", mary, {"audience": own})
    again = await put_person_by_account(network, OPERATOR, "hr", "17", {"name": "Mary Ann"})
    kept = await stored(network, mary)
    assert (again.created, kept["name"], kept["audience"]) == (False, "Mary Ann", own)
    assert (await stored(network, account))["audience"] == own
    with pytest.raises(Invalid) as opened:
        await put_person_by_account(network, OPERATOR, "hr", "17", {"name": "Mary", "audience": "everyone"})
    assert opened.value.problems[0].field == "audience"


async def test_a_retry_with_the_same_key_is_answered_and_not_written_again(network: Network) -> None:
    request = Request(idempotency_key="k")
    body = {"title": "A", "content": "B"}
    first = await create(network, OPERATOR, "Story", body, request=request)
    before = await contents(network)
    assert await create(network, OPERATOR, "Story", body, request=request) == first
    assert await contents(network) == before
    with pytest.raises(Conflict) as other:
        await create(network, OPERATOR, "Story", {**body, "title": "C"}, request=request)
    assert other.value.problems[0].field == "idempotencyKey"
    with pytest.raises(Conflict):
        await delete(network, OPERATOR, "Story", first.id, request=request)
    assert (await create(network, member(await person(network)), "Topic", {"name": "x"}, request=request)).created


async def test_of_many_with_one_key_one_writes(network: Network) -> None:
    request = Request(idempotency_key="together")
    answers = await asyncio.gather(
        *(create(network, OPERATOR, "Topic", {"name": "Falls"}, request=request) for _ in range(8))
    )
    assert len({answer.id for answer in answers}) == 1
    assert len({answer.change_id for answer in answers}) == 1
    assert len(await items(network)) == 1


async def test_of_many_who_put_one_item_one_makes_it(network: Network) -> None:
    answers = await asyncio.gather(
        *(put(network, OPERATOR, "Topic", "w/falls", {"name": f"Falls {number}"}) for number in range(8))
    )
    assert sorted(answer.version for answer in answers) == list(range(1, 9))
    assert sum(answer.created for answer in answers) == 1


async def test_no_update_is_lost(network: Network) -> None:
    topic = await made(network, "Topic", name="0")

    async def rename(number: int) -> bool:
        try:
            await update(network, OPERATOR, "Topic", topic, {"name": str(number)}, request=Request(if_version=1))
        except Conflict:
            return False
        return True

    assert sum(await asyncio.gather(*(rename(number) for number in range(1, 9)))) == 1
    assert (await stored(network, topic))["version"] == 2


async def test_a_stale_version_is_a_conflict(network: Network) -> None:
    topic = await made(network, "Topic", name="A")
    await update(network, OPERATOR, "Topic", topic, {"name": "B"})
    before = await contents(network)
    stale = Request(if_version=1)
    attempts: list[Attempt] = [
        lambda: update(network, OPERATOR, "Topic", topic, {"name": "C"}, request=stale),
        lambda: put(network, OPERATOR, "Topic", topic, {"name": "C"}, request=stale),
        lambda: put(network, OPERATOR, "Topic", "a/new-one", {"name": "C"}, request=stale),
        lambda: delete(network, OPERATOR, "Topic", topic, request=stale),
    ]
    for refused in attempts:
        with pytest.raises(Conflict):
            await refused()
    assert await contents(network) == before


async def test_a_dry_run_says_what_would_be_and_leaves_all_as_it_was(network: Network) -> None:
    topic = await made(network, "Topic", name="A")
    before = await contents(network)
    dry = Request(dry_run=True, idempotency_key="k")
    assert (await create(network, OPERATOR, "Topic", {"name": "B"}, request=dry)).created
    assert (await update(network, OPERATOR, "Topic", topic, {"name": "C"}, request=dry)).version == 2
    await delete(network, OPERATOR, "Topic", topic, request=dry)
    assert await contents(network) == before


async def test_what_is_hidden_is_answered_like_what_is_absent(network: Network) -> None:
    mary = await person(network)
    secret = await made(
        network, "Story", member(mary), title="A", content="B", tellerId=mary, audience=f"person:{mary}"
    )
    tom = member(await person(network, "Tom"))

    async def refusals(id: str) -> list[list[dict[str, str | None]]]:
        found = []
        attempts: list[Attempt] = [
            lambda: update(network, tom, "Story", id, {"title": "C"}),
            lambda: delete(network, tom, "Story", id),
            lambda: create(network, tom, "Amplification", {"kind": "share", "byId": tom.person_id, "ofId": id}),
            lambda: create(network, tom, "Topic", {"name": "T", "narrowerThanIds": [id]}),
        ]
        for attempt in attempts:
            with pytest.raises((NotFound, Invalid)) as refused:
                await attempt()
            found.append(refused.value.shown())
        return found

    assert await refusals(secret) == await refusals(derived_id("not", "there"))


async def test_a_member_writes_as_the_member_and_changes_only_their_own(network: Network) -> None:
    mary, tom = await person(network), await person(network, "Tom")
    as_mary, as_tom = member(mary), member(tom)
    story = await made(network, "Story", as_mary, title="A", content="B", tellerId=mary)
    await update(network, as_mary, "Person", mary, {"name": "Mary Ann"})
    attempts: list[tuple[Attempt, type[RetellError]]] = [
        (lambda: update(network, as_tom, "Story", story, {"title": "C"}), Forbidden),
        (lambda: delete(network, as_tom, "Story", story), Forbidden),
        (lambda: create(network, as_tom, "Story", {"title": "A", "content": "B", "tellerId": mary}), Invalid),
        (lambda: update(network, as_mary, "Story", story, {"tellerId": tom}), Invalid),
        (lambda: create(network, as_tom, "Person", {"name": "X"}), Forbidden),
        (lambda: update(network, as_tom, "Person", mary, {"name": "X"}), Forbidden),
        (lambda: create(network, as_tom, "Account", {"source": "s", "externalId": "e", "personId": tom}), Forbidden),
        (
            lambda: create(network, as_tom, "Story", {"title": "A", "content": "B", "audience": f"person:{mary}"}),
            Invalid,
        ),
    ]
    for refused, error in attempts:
        with pytest.raises(error):
            await refused()


async def test_nobody_lets_themselves_into_a_community(network: Network) -> None:
    mary, tom = await person(network), await person(network, "Tom")
    community = await made(network, "Community", member(mary), name="Ward 7")

    def joining(who: str) -> dict[str, object]:
        return {"personId": who, "communityId": community, "since": AT}

    await create(network, member(mary), "Membership", joining(mary))
    with pytest.raises(Forbidden):
        await create(network, member(tom), "Membership", joining(tom))
    theirs = await made(network, "Membership", **joining(tom))
    await update(network, member(tom), "Membership", theirs, {"until": "2026-02-01T00:00:00Z"})
    with pytest.raises(Forbidden):
        await update(network, member(tom), "Membership", theirs, {"until": None})


async def test_a_story_told_anonymously_leaves_no_trace_of_its_teller(network: Network) -> None:
    mary = await person(network)
    before = await contents(network)
    request = Request(idempotency_key="7d1f2c1e-6a51-4b3a-9c3a-2f0d8e5b1a77")
    body = {"title": "A", "content": "B", "at": "2026-11-20T10:11:12Z"}
    written = await create(network, member(mary), "Story", body, request=request)
    assert (await create(network, member(mary), "Story", body, request=request)) == written
    assert written.id[14] == "4", "an id without a time"
    story = await stored(network, written.id)
    assert str(story["at"]).startswith("2026-11-16T00:00:00")
    whole = str([one for one in await contents(network) if one not in before])
    assert mary not in whole
    assert member(mary).principal not in whole
    assert str(datetime.now(UTC).date()) not in whole or datetime.now(UTC).weekday() == 0
    with pytest.raises(Forbidden):
        await update(network, member(mary), "Story", written.id, {"title": "C"})


async def test_what_becomes_of_a_story_told_anonymously_does_not_name_its_teller_either(network: Network) -> None:
    mary = await person(network)
    teller, seeing = member(mary), replace(OPERATOR, audiences=(EVERYONE, f"person:{mary}"))
    alone = {"title": "A", "content": "B", "audience": f"person:{mary}"}
    anonymous = [await made(network, "Story", teller, **alone) for _ in range(2)]
    insight = await made(network, "TacitInsight", teller, content="I", heldById=mary, audience=alone["audience"])
    noticed = {"byId": mary, "fromId": anonymous[1], "revealedId": insight, "audience": alone["audience"]}
    await made(network, "Surfacing", teller, **noticed)
    signed = await made(network, "Story", teller, **alone, tellerId=mary)
    for id in (*anonymous, signed):
        await update(network, seeing, "Story", id, {"content": "C"})
        await delete(network, seeing, "Story", id)
    later = "MATCH (one:Change) WHERE one.kind <> 'created' RETURN one.altered AS audiences ORDER BY one.at, one.id"
    found = [row["audiences"] for row in await network.graph.read(later, {})]
    assert found == [[], [], [], [], [alone["audience"]], [alone["audience"]]]


async def test_a_story_told_anonymously_takes_no_key_that_can_be_guessed(network: Network) -> None:
    mary, body = await person(network), {"title": "A", "content": "B"}
    with pytest.raises(Invalid) as refused:
        await create(network, member(mary), "Story", body, request=Request(idempotency_key="1"))
    assert refused.value.problems[0].field == "idempotencyKey"
    await create(network, member(mary), "Story", {**body, "tellerId": mary}, request=Request(idempotency_key="1"))


async def test_reading_is_not_writing(network: Network) -> None:
    reader = Viewer(principal="r", person_id=None, audiences=("everyone",), scopes=frozenset())
    attempts: list[Attempt] = [
        lambda: create(network, reader, "Topic", {"name": "T"}),
        lambda: put(network, reader, "Topic", "a/b", {"name": "T"}),
        lambda: update(network, reader, "Topic", derived_id("a", "b"), {"name": "T"}),
        lambda: delete(network, reader, "Topic", derived_id("a", "b")),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden):
            await attempt()
