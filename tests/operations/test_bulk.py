"""Rows in bulk: each answered for itself, all or none, or only tried out; and once, however often they are sent."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from service.model.errors import Conflict, Forbidden, TooLarge
from service.operations.batches import RowOutcome
from service.operations.bulk import all_come, lines_of
from service.operations.network import Network
from tests.operations.writers import AT, contents, integrator, items, made, member, person, written


def network_rows(people: int = 20, acts: int = 60) -> list[dict[str, Any]]:
    """Rows that name rows before them."""
    rows: list[dict[str, Any]] = [{"type": "Person", "id": f"b/p{n}", "name": f"P{n}"} for n in range(people)]
    rows += [{"type": "Account", "source": "b", "externalId": f"a{n}", "personId": f"b/p{n}"} for n in range(people)]
    rows += [
        {"type": "Story", "id": f"b/s{n}", "title": "S", "content": "C", "tellerId": f"b/a{n}", "at": AT}
        for n in range(people)
    ]
    for n in range(acts):
        after = {"afterId": f"b/x{n - people}"} if n >= people else {}
        act = {"kind": "share", "byId": f"b/p{(n * 7) % people}", "ofId": f"b/s{n % people}", "at": AT, **after}
        rows.append({"type": "Amplification", "id": f"b/x{n}", **act})
    return rows


def statuses(outcomes: list[RowOutcome]) -> list[str]:
    return [outcome.status for outcome in outcomes]


async def test_rows_name_rows_before_them_and_a_second_time_nothing_changes(network: Network) -> None:
    rows = network_rows()
    first = await written(network, rows)
    assert set(statuses(first)) == {"created"}
    assert [outcome.line for outcome in first] == list(range(1, len(rows) + 1))
    before = await contents(network)
    again = await written(network, rows)
    assert set(statuses(again)) == {"unchanged"}
    assert [(one.id, one.version) for one in again] == [(one.id, one.version) for one in first]
    assert await contents(network) == before
    kinds = await network.graph.read("MATCH (c:Change) RETURN c.kind AS kind, c.count AS count")
    assert kinds == [{"kind": "created", "count": len(rows)}]


async def test_each_row_stands_for_itself(network: Network) -> None:
    rows: list[Any] = [
        {"type": "Topic", "id": "b/a", "name": "A"},
        b"{broken",
        b'"text"',
        b'{"type": "Topic", "name": "\xff"}',
        {"type": "Topic", "name": ""},
        {"type": "Topics", "name": "A"},
        {"type": "Story", "title": "T", "content": "C", "aboutIds": ["b/a", "b/later"]},
        {"type": "Topic", "id": "b/later", "name": "L", "narrowerThanIds": ["b/a"]},
        {"type": "Topic", "id": "b/a", "name": "A2", "narrowerThanIds": ["b/later"]},
        {"type": "Topic", "id": "b/a", "name": "A2"},
        b"[" * 10_000 + b"]" * 10_000,
        {"type": "Topic", "name": "A", "version": "two"},
        {"type": "Topic", "name": "Z"},
    ]
    outcomes = await written(network, rows)
    failed = {2, 3, 4, 5, 6, 7, 9, 11, 12}
    assert {outcome.line for outcome in outcomes if outcome.status == "failed"} == failed
    assert outcomes[9].status == "updated"
    assert [one.problems[0]["field"] for one in outcomes if one.line in {5, 6, 7, 9, 12}] == [
        "name",
        "type",
        "aboutIds.1",
        "narrowerThanIds",
        "version",
    ]
    assert all(one.problems[0]["wrong"] and one.problems[0]["right"] for one in outcomes if one.status == "failed")
    assert len(await items(network)) == 3


async def test_all_or_none(network: Network) -> None:
    rows: list[Any] = network_rows()
    before = await contents(network)
    outcomes = await written(network, [*rows, {"type": "Topic"}, {"type": "Topic", "name": "T"}], atomic=True)
    assert set(statuses(outcomes)) == {"failed"}
    assert [one.line for one in outcomes if "all" not in str(one.problems)] == [len(rows) + 1]
    assert await contents(network) == before
    assert set(statuses(await written(network, rows, atomic=True))) == {"created"}
    assert len(await items(network)) == len(rows)


async def test_all_or_none_happens_once_with_its_key(network: Network) -> None:
    rows: list[Any] = [{"type": "Topic", "name": f"T{n}"} for n in range(1500)]
    wrong = await written(network, [*rows, {"type": "Topic"}], atomic=True, key="k")
    assert set(statuses(wrong)) == {"failed"}
    first = await written(network, rows, atomic=True, key="k")
    assert set(statuses(first)) == {"created"}, "what was not written has not used the key up"
    assert await written(network, rows, atomic=True, key="k") == first
    assert len(await items(network)) == 1500
    with pytest.raises(Conflict):
        await written(network, [*rows, {"type": "Topic", "name": "T"}], atomic=True, key="k")
    assert len(await items(network)) == 1500


async def test_nothing_begins_before_the_whole_stream_has_come() -> None:
    come: list[int] = []

    async def chunks() -> AsyncIterator[bytes]:
        for number in range(40):
            come.append(number)
            yield b"x" * 300_000

    taken = all_come(chunks())
    first = await anext(taken)
    assert len(come) == 40
    assert len(first) + sum([len(chunk) async for chunk in taken]) == 12_000_000


async def test_a_dry_run_answers_the_same_and_writes_nothing(network: Network) -> None:
    rows: list[Any] = [*network_rows(), {"type": "Topic"}]
    rows += [{"type": "Topic", "id": "b/t", "name": "T"}, {"type": "Topic", "id": "b/t", "name": "U"}]
    before = await contents(network)
    dry = await written(network, rows, dry_run=True)
    assert await contents(network) == before
    assert [(one.line, one.status, one.version, one.problems) for one in dry] == [
        (one.line, one.status, one.version, one.problems) for one in await written(network, rows)
    ]


async def test_too_many_rows_for_one_transaction_are_refused_and_none_written(network: Network) -> None:
    before = await contents(network)
    for atomic in (True, False):
        with pytest.raises(TooLarge):
            await written(
                network, [{"type": "Topic", "name": "T"}] * 6, most_together=5, atomic=atomic, dry_run=not atomic
            )
    assert await contents(network) == before


async def test_a_stream_that_is_sent_again_with_its_key_is_written_once(network: Network) -> None:
    rows = [{"type": "Topic", "name": f"T{n}"} for n in range(1500)]
    first = await written(network, rows[:1000], key="k")
    assert len(await items(network)) == 1000, "broken off after the first block"
    second = await written(network, rows, key="k")
    assert second[:1000] == first
    assert len(await items(network)) == 1500
    with pytest.raises(Conflict):
        await written(network, [{"type": "Topic", "name": "other"}], key="k")


async def test_only_who_writes_for_others_writes_in_bulk_and_only_what_they_see(network: Network) -> None:
    mary = await person(network)
    with pytest.raises(Forbidden):
        await written(network, [{"type": "Topic", "name": "T"}], member(mary))
    hidden = await made(network, "Topic", member(mary), name="T", audience=f"person:{mary}")
    rows: list[Any] = [
        {"type": "Topic", "name": "N", "narrowerThanIds": [hidden]},
        {"type": "Topic", "id": hidden, "name": "N"},
        {"type": "Topic", "name": "N", "version": 3},
        {"type": "Topic", "name": "N", "audience": f"person:{mary}"},
    ]
    outcomes = await written(network, rows, integrator())
    assert statuses(outcomes) == ["failed"] * 4
    assert [one.problems[0]["field"] for one in outcomes] == ["narrowerThanIds.0", "id", "version", "audience"]


async def test_what_is_there_stays_where_a_row_is_only_for_what_is_new(network: Network) -> None:
    await written(network, [{"type": "Person", "id": "b/p", "name": "Mary"}])
    rows = [{"type": "Person", "id": f"b/{who}", "name": "b", "onlyIfNew": True} for who in ("p", "q")]
    assert statuses(await written(network, rows)) == ["unchanged", "created"]


async def chunks(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


@pytest.mark.parametrize("size", [1, 7, 1 << 16])
async def test_a_stream_is_cut_into_lines_wherever_its_chunks_end(size: int) -> None:
    lines = [orjson.dumps({"n": number}) for number in range(20)]
    content = b"\xef\xbb\xbf" + b"\r\n\n".join(lines)
    found = [line async for line in lines_of(chunks(content, size))]
    assert [line.number for line in found] == [1 + 2 * number for number in range(20)]
    assert [line.content.strip(b"\r\xef\xbb\xbf") for line in found if isinstance(line.content, bytes)] == lines


async def test_a_line_that_is_too_long_fails_alone_and_is_not_held() -> None:
    content = b"x" * (3 << 20) + b"\n{}\n" + b"y" * ((1 << 20) + 1)
    found = [line async for line in lines_of(chunks(content, 1 << 16))]
    assert [line.number for line in found] == [1, 2, 3]
    assert [type(line.content) for line in found] == [TooLarge, bytes, TooLarge]


async def test_a_stream_that_is_too_long_is_refused() -> None:
    megabyte = b"x" * ((1 << 20) - 1) + b"\n"

    async def stream() -> AsyncIterator[bytes]:
        for _ in range(257):
            yield megabyte

    taken: list[int] = []

    async def read() -> None:
        async for line in lines_of(stream()):
            taken.append(line.number)  # noqa: PERF401 -- those before the refusal are counted

    with pytest.raises(TooLarge):
        await read()
    assert len(taken) == 256
