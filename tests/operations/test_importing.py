from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from service.exchange.rows import Origin, Row, Unread
from service.exchange.stackexchange import Site, opened
from service.exchange.stackexchange import rows as rows_of_dump
from service.exchange.ties import PeopleTable, TieTable
from service.exchange.ties import rows as rows_of_ties
from service.model.errors import Forbidden
from service.model.ids import derived_id
from service.model.viewer import EVERYONE, Scope, Viewer
from service.operations import reading
from service.operations.importing import Accepted, Refused, import_rows
from service.operations.keys import OPERATOR
from service.operations.network import Network
from tests.exchange.dumps import answer, ignore, question, user, write

ACCEPTANCE = {"Id": 1, "PostId": 11, "VoteTypeId": 1, "CreationDate": "2018-03-13T00:00:00.000"}
LINE = Origin("by hand", 1)


async def outcomes(
    network: Network, entries: Iterable[Row | Unread], *, dry_run: bool = False
) -> list[Accepted | Refused | Unread]:
    return [entry async for entry in import_rows(network, OPERATOR, entries, source="a test", dry_run=dry_run)]


async def statuses(network: Network, entries: Iterable[Row | Unread], *, dry_run: bool = False) -> Counter[str]:
    found = await outcomes(network, entries, dry_run=dry_run)
    return Counter(entry.status if isinstance(entry, Accepted) else type(entry).__name__ for entry in found)


async def state(network: Network) -> list[object]:
    """Every item with its version, and every relationship."""
    nodes = await network.graph.read("MATCH (n:Item) RETURN n.id AS id, n.version AS version ORDER BY id", {})
    links = await network.graph.read(
        "MATCH (a:Item)-[r]->(b:Item) RETURN a.id AS a, type(r) AS type, b.id AS b ORDER BY a, type, b", {}
    )
    return [nodes, links]


def dump(folder: Path) -> Path:
    posts = [question(10, 1, AcceptedAnswerId=11), answer(11, 2, 10), answer(12, 99, 10)]
    return write(folder, {"Users": [user(1), user(2)], "Posts": posts, "Votes": [ACCEPTANCE]})


def dumped(folder: Path) -> list[Row | Unread]:
    with opened(dump(folder), Site(source="sx", name="A site"), ignore) as opened_dump:
        return list(rows_of_dump(opened_dump))


def tied(folder: Path, content: str, people: PeopleTable | None = None) -> Iterator[Row | Unread]:
    path = folder / "ties.csv"
    path.write_text(content)
    return rows_of_ties("mail", TieTable(path=path, teller="1", listener="2"), people, ignore)


async def test_a_dump_goes_in_and_a_second_import_changes_nothing(network: Network, tmp_path: Path) -> None:
    entries = dumped(tmp_path)
    first = await statuses(network, entries)
    assert first == {"created": len(entries) - 1, "Unread": 1}
    before = await state(network)
    assert await statuses(network, entries) == {"unchanged": len(entries) - 1, "Unread": 1}
    assert await state(network) == before
    [path] = await network.graph.read(
        "MATCH (k:ExplicitKnowledge)<-[:MADE]-(:Derivation)-[:USED]->(:TacitInsight)<-[:REVEALED]-(:Surfacing)"
        "-[:FROM]->(:Contribution)-[:REPLIES_TO]->(s:Story)<-[:TOLD]-(asker:Person)-[:HAS]->(a:Account) "
        "MATCH (k)<-[:OF]-(adopted:Amplification {kind: 'adopt'})-[:BY]->(asker) "
        "RETURN s.title AS title, a.externalId AS asker",
        {},
    )
    assert path == {"title": "Question 10", "asker": "1"}


async def test_a_dry_run_answers_the_same_and_writes_nothing(network: Network, tmp_path: Path) -> None:
    entries = dumped(tmp_path)
    assert await statuses(network, entries, dry_run=True) == {"created": len(entries) - 1, "Unread": 1}
    assert await state(network) == [[], []]


async def test_an_import_that_was_cut_short_is_taken_up_where_it_was(network: Network, tmp_path: Path) -> None:
    content = "".join(f"{teller},{listener}\n" for teller in range(45) for listener in range(45) if teller != listener)

    def entries() -> Iterator[Row | Unread]:
        return tied(tmp_path, content)

    interrupted = import_rows(network, OPERATOR, entries(), source="a test")
    read = 0
    async for _entry in interrupted:
        read += 1
        if read > 1_200:
            break
    await interrupted.aclose()
    again = await statuses(network, entries())
    assert again["before"] >= 1_000
    assert again["created"] > 0
    assert set(again) == {"before", "created", "unchanged"}
    assert await statuses(network, entries()) == {"unchanged": again.total()}


async def test_rows_that_are_refused_are_named_and_the_others_go_in(network: Network) -> None:
    entries: list[Row | Unread] = [
        Row({"type": "Person", "id": "hr/1", "name": "Ann"}, LINE),
        Row({"type": "Story", "id": "hr/s", "title": "T", "content": "c", "tellerId": "hr/9"}, Origin("by hand", 2)),
        Unread(Origin("by hand", 3), "it is not JSON"),
        Row({"type": "Nothing"}, Origin("by hand", 4)),
        Row({"type": "Story", "id": "hr/t", "title": "T", "content": "c", "tellerId": "hr/1"}, Origin("by hand", 5)),
    ]
    found = await outcomes(network, entries)
    refused = [entry for entry in found if isinstance(entry, Refused)]
    assert [(entry.row.origin.line, entry.problems[0]["field"]) for entry in refused] == [(2, "tellerId"), (4, "type")]
    assert [type(entry).__name__ for entry in found] == ["Accepted", "Refused", "Unread", "Refused", "Accepted"]


async def test_the_bare_end_of_a_tie_keeps_the_name_that_is_there(network: Network, tmp_path: Path) -> None:
    await outcomes(network, [Row({"type": "Person", "id": "mail/ann", "name": "Ann Lee", "biography": "Nurse"}, LINE)])
    await outcomes(network, tied(tmp_path, "ann,bob\n"))
    ann, bob = [await reading.get(network, OPERATOR, "Person", derived_id("mail", one)) for one in ("ann", "bob")]
    assert (ann["name"], ann["biography"], ann["version"], bob["name"]) == ("Ann Lee", "Nurse", 1, "bob")


async def test_who_may_not_write_for_others_imports_nothing(network: Network) -> None:
    viewer = Viewer(
        principal="a key", person_id=None, audiences=(EVERYONE,), scopes=frozenset({Scope.read, Scope.contribute})
    )
    rows = [Row({"type": "Person", "id": "hr/1", "name": "Ann"}, LINE)]
    with pytest.raises(Forbidden):
        [entry async for entry in import_rows(network, viewer, rows, source="a test")]
    assert await state(network) == [[], []]
