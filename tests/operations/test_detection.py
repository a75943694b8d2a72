"""Resolutions, certainty and history of detected communities: what was planted is told, and what is hidden is not."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from service.model.errors import Invalid, NotFound
from service.model.histories import Turn
from service.model.kinds import KINDS
from service.operations.answering import answer
from service.operations.changes import number_changes
from service.operations.deleting import delete_item
from service.operations.keys import OPERATOR
from service.operations.network import Network
from tests.operations.viewers import viewer
from tests.operations.worlds import Row, World, write_world

JANUARY = datetime(2025, 1, 1, tzinfo=UTC)


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def _people(count: int, audience: str = "everyone") -> list[Row]:
    named = ({"type": "Person", "id": _id(number), "name": f"Person {number:02}"} for number in range(count))
    return [{**row, "audience": audience} for row in named]


def _all_listen(group: range | list[int], at: datetime, audience: str = "everyone") -> list[Row]:
    return [
        {"type": "Observation", "kind": "saw", "byId": _id(one), "toId": _id(other), "at": at.isoformat()}
        | {"audience": audience}
        for one, other in combinations(group, 2)
    ]


def _month(number: int) -> datetime:
    return JANUARY + timedelta(days=31 * number - 25)


def _topic(number: int, name: str, tellers: range | list[int]) -> list[Row]:
    told = {"type": "Story", "title": "Told", "content": "Told", "at": JANUARY.isoformat(), "aboutIds": [_id(number)]}
    return [{"type": "Topic", "id": _id(number), "name": name}, *({**told, "tellerId": _id(one)} for one in tellers)]


def _living() -> World:
    """Two groups of which one splits; then the halves of the other one come together with newcomers."""
    rows = _people(30)
    rows += _topic(800, "Falls", range(8)) + _topic(801, "Night shifts", range(8, 16))
    rows += _topic(802, "Tea", range(16))
    for month in (1, 2):
        rows += _all_listen(range(8), _month(month)) + _all_listen(range(8, 16), _month(month))
    for month in (3, 4):  # what was is forgotten by half in three months, so what is new is stronger
        for _ in range(8):
            rows += _all_listen(range(5), _month(month)) + _all_listen(range(5, 8), _month(month))
        rows += _all_listen(range(8, 20), _month(month)) * 3
    return World(rows)


async def test_what_each_resolution_finds_and_which_one_is_picked(network: Network) -> None:
    await write_world(network, _living())
    found = await answer(network, viewer(), "communityResolutions", {})
    assert len(found.resolutions) == 25
    assert [one.resolution for one in found.resolutions if one.picked] == [found.picked]
    counts = [one.communities for one in found.resolutions]
    assert counts[0] < counts[-1]
    assert (found.reason, found.basis.runs, found.basis.people) == (None, 10, 20)
    communities = await answer(network, viewer(), "detectedCommunities", {})
    assert communities.basis.resolution == found.picked
    assert communities.basis.resolution_rule == found.rule
    shown = next(one for one in found.resolutions if one.picked)
    assert communities.stability == shown.across_ties.adjusted_mutual_information


async def test_communities_are_named_by_what_sets_them_apart(network: Network) -> None:
    rows = _people(18) + _topic(800, "Falls", range(8)) + _topic(801, "Night shifts", range(8, 16))
    hidden = [{**row, "audience": f"community:{_id(900)}"} for row in _topic(803, "Hidden", range(8))]
    rows += [{"type": "Community", "id": _id(900), "name": "Closed"}, *_topic(802, "Tea", range(16)), *hidden]
    rows += _all_listen(range(8), _month(1)) + _all_listen(range(8, 16), _month(1)) + _all_listen([16, 17], _month(1))
    await write_world(network, World(rows))
    found = await answer(network, viewer(), "detectedCommunities", {})
    assert [one.name for one in found.communities] == ["Falls", "Night shifts", "Around Person 16"]
    assert [topic.topic.title for topic in found.communities[0].topics] == ["Falls"]
    assert found.communities[0].topics[0].people == 8
    inside = await answer(network, viewer(_id(900)), "detectedCommunities", {"audience": f"community:{_id(900)}"})
    assert inside.communities[0].name == "Falls, Hidden"


async def test_an_agreement_that_can_tell_nothing_says_so(network: Network) -> None:
    rows = _people(16) + [{"type": "Community", "id": _id(number), "name": "Declared"} for number in (900, 901)]
    since = JANUARY.isoformat()
    rows += [
        {"type": "Membership", "personId": _id(person), "communityId": _id(900), "since": since} for person in range(15)
    ]
    rows += _all_listen(range(8), _month(1)) + _all_listen(range(8, 16), _month(1))
    await write_world(network, World(rows))
    one = (await answer(network, viewer(), "detectedCommunities", {})).agreement
    assert (one.communities, one.normalised_mutual_information) == (1, 0)
    assert one.reason is not None
    assert "one declared community" in one.reason
    second = {"type": "Membership", "personId": _id(15), "communityId": _id(901), "since": since}
    await write_world(network, World([second]))
    assert (await answer(network, viewer(), "detectedCommunities", {})).agreement.reason is None


async def test_who_is_between_two_communities_belongs_less_surely(network: Network) -> None:
    rows = _people(22) + _all_listen(range(10), _month(1)) + _all_listen(range(10, 20), _month(1))
    between = [*range(5), *range(10, 15)]
    rows += [row for one in between for row in _all_listen([one, 20], _month(1))]
    await write_world(network, World(rows))
    sure = await answer(network, viewer(), "membershipCertainty", {"replicates": 40, "resolution": 1.0})
    least = {community.members[0].person.name: community.members[0].certainty for community in sure.communities}
    assert least["Person 20"] == min(least.values()) < 0.8
    for community in sure.communities:
        shares = [member.certainty for member in community.members]
        assert shares == sorted(shares)
        assert community.certainty == pytest.approx(sum(shares) / community.size)
    assert sure.count_low <= sure.count <= sure.count_high
    assert sure == await answer(network, viewer(), "membershipCertainty", {"replicates": 40, "resolution": 1.0})


async def test_communities_keep_their_identity_as_they_grow_split_and_merge(network: Network) -> None:
    await write_world(network, _living())
    asked = {"every": "month", "resolution": 1.0, "asOf": datetime(2025, 5, 20, tzinfo=UTC)}
    history = await answer(network, viewer(), "communityHistory", asked)
    assert [moment.at.month for moment in history.moments] == [2, 3, 4, 5]
    by_size = {one.size: one for one in history.communities}
    grown, kept, parted = by_size[12], by_size[5], by_size[3]
    assert [one.turn for one in grown.moments] == [Turn.born, Turn.stayed, Turn.grew, Turn.stayed]
    assert [one.turn for one in kept.moments] == [Turn.born, Turn.stayed, Turn.shrank, Turn.stayed]
    assert [one.turn for one in parted.moments] == [Turn.split_off, Turn.stayed]
    assert parted.moments[0].other == kept.id
    assert grown.moments[2].overlap == pytest.approx(8 / 12)
    assert [grown.name, kept.name] == ["Night shifts", "Falls"]
    assert history.count == 3
    assert len({one.id for one in history.communities}) == 3


async def test_snapshots_are_kept_taken_again_and_found_anew_when_evidence_comes_in_late(network: Network) -> None:
    await write_world(network, _living())
    asked = {"every": "month", "asOf": datetime(2025, 5, 20, tzinfo=UTC)}
    first = await answer(network, viewer(), "communityHistory", asked)
    kept = await _runs(network)
    assert [len(row["people"]) for row in kept] == [16, 16, 20, 20]
    assert await answer(Network(network.graph), viewer(), "communityHistory", asked) == first
    assert await _runs(network) == kept
    await write_world(network, World(_all_listen([20, 21, 22], _month(3))))
    later = await answer(network, viewer(), "communityHistory", asked)
    again = await _runs(network)
    assert again[:2] == kept[:2]
    assert [len(row["people"]) for row in again] == [16, 16, 23, 23]
    assert {one.id for one in first.communities} <= {one.id for one in later.communities}
    other = await answer(network, viewer(), "communityHistory", {**asked, "seed": 3})
    assert other.moments
    assert await _runs(network) == again, "what somebody wishes for is not kept"


async def test_an_identity_is_the_same_whatever_stretch_is_asked_for_and_in_whatever_order(network: Network) -> None:
    await write_world(network, _living())
    now = datetime(2025, 5, 20, tzinfo=UTC)
    asked = {"every": "month", "asOf": now}
    short = await answer(network, viewer(), "communityHistory", {**asked, "periods": 1})
    assert len(await _runs(network)) == 4, "the way there is gone from the first month on"
    early = await answer(network, viewer(), "communityHistory", {**asked, "asOf": datetime(2025, 3, 9, tzinfo=UTC)})
    whole = await answer(Network(network.graph), viewer(), "communityHistory", asked)
    ids = {one.id: one for one in whole.communities}
    for part in (short, early):
        for life in part.communities:
            assert life.born_at == ids[life.id].born_at
            at = {moment.at: moment for moment in ids[life.id].moments}
            assert all(moment == at[moment.at] for moment in life.moments)
    assert {moment.turn for life in short.communities for moment in life.moments} == {Turn.stayed}
    # Nobody's wishes are kept, and their ids are the same in every order too.
    for given in ({"resolution": 1.0}, {"seed": 3}):
        last = await answer(Network(network.graph), viewer(), "communityHistory", {**asked, **given, "periods": 2})
        more = await answer(Network(network.graph), viewer(), "communityHistory", {**asked, **given})
        assert {one.id for one in last.communities} <= {one.id for one in more.communities}
        assert not {one.id for one in more.communities} & set(ids), "other partitions have other ids"


async def test_a_detected_community_has_the_id_that_it_has_in_the_history_by_quarters(network: Network) -> None:
    await write_world(network, _living())
    at = {"asOf": datetime(2025, 5, 20, tzinfo=UTC)}
    found = await answer(network, viewer(), "detectedCommunities", at)
    history = await answer(network, viewer(), "communityHistory", at)
    (end,) = {life.moments[-1].at for life in history.communities}
    assert end == datetime(2025, 4, 1, tzinfo=UTC)
    for one in found.communities:
        members = {person.id for person in one.members}
        alike = [life for life in history.communities if len(members & {each.id for each in life.members}) > 2]
        assert one.id in {life.id for life in alike}
        assert one.id_reason is None
    early = await answer(network, viewer(), "detectedCommunities", {"asOf": datetime(2025, 3, 20, tzinfo=UTC)})
    assert {(one.id, "No whole quarter" in one.id_reason) for one in early.communities} == {(None, True)}
    await write_world(network, World(_all_listen([20, 21, 22, 23], datetime(2025, 5, 2, tzinfo=UTC))))
    later = await answer(network, viewer(), "detectedCommunities", at)
    new = [one for one in later.communities if one.id is None]
    assert [one.size for one in new] == [4]
    assert new[0].id_reason is not None
    assert "1 April 2025" in new[0].id_reason


async def test_who_is_erased_or_hidden_is_out_of_every_snapshot(network: Network) -> None:
    closed = f"community:{_id(900)}"
    world = _living()
    alone = _all_listen([24, 25], _month(1))
    rows = [{"type": "Community", "id": _id(900), "name": "Closed"}, *world.rows, *alone]
    await write_world(network, World(rows))
    asked = {"every": "month", "asOf": datetime(2025, 5, 20, tzinfo=UTC), "firstMembers": 100}
    await answer(network, viewer(), "communityHistory", asked)
    assert _id(25) in (await _runs(network))[0]["people"]
    await delete_item(network, OPERATOR, KINDS["Person"], _id(25))
    await number_changes(network, "tests")
    assert all(_id(25) not in row["people"] for row in await _runs(network))
    told = await answer(network, viewer(_id(900)), "communityHistory", {**asked, "audience": closed})
    assert all(one.id != _id(25) for life in told.communities for one in life.members)
    with pytest.raises(NotFound):
        await answer(network, viewer(), "communityHistory", {**asked, "audience": closed})


async def _runs(network: Network) -> list[dict[str, Any]]:
    series = "everyone month"
    (kept,) = await network.ask("detection/kept", {"series": series})
    moments = [datetime.fromtimestamp(one / 1000, UTC) for one in kept["moments"]]
    rows = await network.ask("detection/runs", {"series": series, "moments": moments, "audiences": ["everyone"]})
    ordered = sorted(rows, key=lambda row: row["asOf"])
    return [{**row, "people": sorted(row["people"]), "numbers": sorted(row["numbers"])} for row in ordered]


@pytest.mark.parametrize("question", ["communityResolutions", "membershipCertainty", "communityHistory"])
async def test_nobody_tied_and_a_moment_before_the_first_evidence(network: Network, question: str) -> None:
    nothing = await answer(network, viewer(), question, {})
    assert nothing.reason is not None
    await write_world(network, World(_people(3) + _all_listen(range(3), _month(1))))
    with pytest.raises(Invalid) as refused:
        await answer(network, viewer(), question, {"asOf": JANUARY - timedelta(days=300)})
    assert refused.value.problems[0].field == "asOf"


@pytest.mark.parametrize(
    ("question", "given", "field"),
    [
        ("communityResolutions", {"runs": 1}, "runs"),
        ("membershipCertainty", {"replicates": 1}, "replicates"),
        ("membershipCertainty", {"resolution": 0}, "resolution"),
        ("communityHistory", {"every": "week"}, "every"),
        ("communityHistory", {"periods": 0}, "periods"),
        ("communityHistory", {"resolution": 1e9}, "resolution"),
    ],
)
async def test_what_makes_no_sense_is_named(
    network: Network, question: str, given: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await answer(network, viewer(), question, given)
    assert refused.value.problems[0].field == field
