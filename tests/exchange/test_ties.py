from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.exchange.rows import Row, Unread
from service.exchange.ties import PeopleTable, TieTable, bytes_to_read, rows
from service.model.errors import Invalid
from tests.exchange.dumps import ignore, of_type
from tests.exchange.test_stackexchange import assert_sound

SINCE = datetime(2003, 10, 1, tzinfo=UTC)


def read(ties: TieTable, people: PeopleTable | None = None, source: str = "mail") -> tuple[list[Row], list[Unread]]:
    found = list(rows(source, ties, people, ignore))
    read_rows = [entry for entry in found if isinstance(entry, Row)]
    assert_sound(read_rows)
    return read_rows, [entry for entry in found if isinstance(entry, Unread)]


def table(folder: Path, content: str, name: str = "ties.csv") -> Path:
    path = folder / name
    path.write_text(content)
    return path


def test_the_end_that_listens_observes_the_one_that_tells(tmp_path: Path) -> None:
    path = table(tmp_path, "sender,receiver,sent\nann,bob,2026-03-01T09:30:00+01:00\n")
    found, unread = read(TieTable(path=path, teller="sender", listener="receiver", at="sent"))
    [tie] = of_type(found, "Observation")
    assert (tie["byId"], tie["toId"], tie["at"], tie["kind"]) == (
        "mail/bob", "mail/ann", "2026-03-01T08:30:00Z", "heard_from",
    )  # fmt: skip
    assert "undated" not in tie
    assert [person["name"] for person in of_type(found, "Person")] == ["bob", "ann"]
    assert [account["externalId"] for account in of_type(found, "Account")] == ["bob", "ann"]
    assert not unread


@pytest.mark.parametrize("at", [None, "3"])
def test_a_tie_without_a_time_says_so(tmp_path: Path, at: str | None) -> None:
    found, _ = read(TieTable(path=table(tmp_path, "a,b,\n"), teller="1", listener="2", at=at))
    [tie] = of_type(found, "Observation")
    assert tie["undated"] is True
    assert "at" not in tie


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-01", "2026-03-01T00:00:00Z"),
        ("2026-03-01 09:30", "2026-03-01T09:30:00Z"),
        ("1772357400", "2026-03-01T09:30:00Z"),
        ("1772357400.5", "2026-03-01T09:30:00.500000Z"),
        ("20260301", None),
        ("1772357400000", None),
        ("March", None),
        ("-5", None),
        ("²", None),
    ],
)
def test_times_are_iso_or_seconds_since_1970(tmp_path: Path, value: str, expected: str | None) -> None:
    found, unread = read(TieTable(path=table(tmp_path, f"a,b,{value}\n"), teller="1", listener="2", at="3"))
    assert [tie["at"] for tie in of_type(found, "Observation")] == ([expected] if expected else [])
    assert [entry.why.startswith(f"at is '{value}'") for entry in unread] == ([] if expected else [True])


def test_ties_to_oneself_and_half_ties_are_reported_and_make_no_person(tmp_path: Path) -> None:
    path = table(tmp_path, f"a,a\n,b\nc,\nd,{'x' * 201}\ne,f\n")
    found, unread = read(TieTable(path=path, teller="1", listener="2"))
    assert [person["name"] for person in of_type(found, "Person")] == ["f", "e"]
    assert [(entry.origin.line, entry.why) for entry in unread] == [
        (1, "both its ends are the same person"),
        (2, "it has no teller"),
        (3, "it has no listener"),
        (4, "listener is longer than 200 characters"),
    ]


def test_people_come_with_names_and_groups_from_a_second_file(tmp_path: Path) -> None:
    people = table(tmp_path, "id;team;called\na;North;Ann\nb;North;\na;South;Again\nc;;Cy\n", "people.csv")
    ties = TieTable(path=table(tmp_path, "a,b\nb,d\n"), teller="1", listener="2")
    table_of_people = PeopleTable(path=people, person="id", name="called", group="team", since=SINCE)
    found, unread = read(ties, table_of_people)
    assert [person["name"] for person in of_type(found, "Person")] == ["Ann", "b", "Cy", "d"]
    assert [community["name"] for community in of_type(found, "Community")] == ["North"]
    members = of_type(found, "Membership")
    assert [(member["personId"], member["since"]) for member in members] == [
        ("mail/a", "2003-10-01T00:00:00Z"), ("mail/b", "2003-10-01T00:00:00Z"),
    ]  # fmt: skip
    assert [entry.why for entry in unread] == ["a stands in the file already"]
    assert bytes_to_read(ties, table_of_people) == people.stat().st_size + ties.path.stat().st_size


def test_groups_without_a_day_are_refused(tmp_path: Path) -> None:
    path = table(tmp_path, "a,b\n")
    with pytest.raises(Invalid, match="since when"):
        read(TieTable(path=path, teller="1", listener="2"), PeopleTable(path=path, group="2"))


@pytest.mark.parametrize("source", ["a/b", ""])
def test_a_source_that_can_be_no_reference_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(Invalid, match="can't name a source"):
        read(TieTable(path=table(tmp_path, "a,b\n"), teller="1", listener="2"), source=source)


pairs = st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"), st.sampled_from(["", "2026-03-01", "2026-03-02"]))


@given(st.lists(pairs, max_size=30))
def test_ties_have_the_same_ids_in_any_order_and_repeated_ones_stay_apart(
    tmp_path_factory: pytest.TempPathFactory, ties: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("ties")

    def ids(lines: list[tuple[str, str, str]]) -> list[object]:
        path = table(folder, "".join(",".join(line) + "\n" for line in lines))
        found, _ = read(TieTable(path=path, teller="1", listener="2", at="3", delimiter=","))
        return [tie["id"] for tie in of_type(found, "Observation")]

    between_two = [line for line in ties if line[0] != line[1]]
    first = ids(ties)
    assert len(set(first)) == len(first) == len(between_two)
    assert set(ids(sorted(ties))) == set(first)
    assert set(first) <= set(ids([*ties, ("a", "b", "2026-03-09")]))
