import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.exchange.rows import Unread
from service.exchange.tables import LONGEST_LINE, Cells, cells
from service.model.errors import Invalid
from tests.exchange.dumps import ignore

ENDS = {"listener": "to", "teller": "from"}
NUMBERED = {"listener": "2", "teller": "1"}


def table(folder: Path, content: str | bytes, name: str = "ties.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(path: Path, columns: dict[str, str], delimiter: str | None = None) -> tuple[list[list[str]], list[Unread]]:
    found = list(cells(path, columns, ignore, delimiter))
    values = [list(entry.values.values()) for entry in found if isinstance(entry, Cells)]
    return values, [entry for entry in found if isinstance(entry, Unread)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
def test_the_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    lines = [["from", "to"], ["ann", "bob"], ["bob", "cy"]]
    path = table(tmp_path, "\r\n".join(delimiter.join(line) for line in lines))
    assert read(path, ENDS) == ([["bob", "ann"], ["cy", "bob"]], [])


def test_a_file_without_a_header_has_columns_by_number_and_remarks(tmp_path: Path) -> None:
    path = table(tmp_path, "# Nodes: 3\n# From\tTo\n0\t1\n2\t3\n\n")
    assert read(path, NUMBERED) == ([["1", "0"], ["3", "2"]], [])


def test_a_byte_order_mark_and_quotes_are_read(tmp_path: Path) -> None:
    path = table(tmp_path, '\ufefffrom,to\n"Lee, Ann",  bob \n"say ""hi""",x\n')
    assert read(path, ENDS)[0] == [["bob", "Lee, Ann"], ["x", 'say "hi"']]


def test_names_and_numbers_of_columns_go_together_in_a_file_with_a_header(tmp_path: Path) -> None:
    assert read(table(tmp_path, "from,to\n#1,b\n"), {"listener": "to", "teller": "1"})[0] == [["b", "#1"]]


def test_ndjson_is_read_by_its_name(tmp_path: Path) -> None:
    lines = ['{"from": 1, "to": "b"}', '{"from": null, "to": "b"}', "[1]", "{", '{"from": {}, "to": 1}', "[" * 10_000]
    values, unread = read(table(tmp_path, "\n".join(lines), "ties.ndjson"), ENDS)
    assert values == [["b", "1"], ["b", ""]]
    assert [entry.origin.line for entry in unread] == [3, 4, 5, 6]
    assert "should be a text or a number" in unread[2].why


def test_lines_that_can_not_be_read_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    content = b'from,to\na,b\nonly\n\xff\xfe,b\n"open,b\nc\x00,d\ne,f\n'
    values, unread = read(table(tmp_path, content), ENDS, ",")
    assert values == [["b", "a"], ["f", "e"]]
    assert [(entry.origin.line, entry.why.split(":")[0]) for entry in unread] == [
        (3, "it has 1 column, and listener should be column 2"),
        (4, "it is not UTF-8 at byte 1 of the line"),
        (5, "it is not CSV"),
        (6, "it holds a NUL character"),
    ]


@pytest.mark.parametrize(
    ("content", "columns", "wrong"),
    [
        ("from,to\na,b\n", {"listener": "receiver", "teller": "from"}, "has no column 'receiver'"),
        ("from,to\na,b\n", {"listener": "0", "teller": "from"}, "has no column '0'"),
        ("one\ntwo\n", NUMBERED, "can't be told"),
        ("", NUMBERED, "can't be told"),
        ("a,b\n" * 9 + "x" * (LONGEST_LINE + 1), NUMBERED, "line 10: it is longer than 1 MiB"),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path: Path, content: str, columns: dict[str, str], wrong: str) -> None:
    with pytest.raises(Invalid, match=wrong) as caught:
        read(table(tmp_path, content), columns)
    assert caught.value.problems[0].right


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="is not a file"):
        read(tmp_path / "none.csv", NUMBERED)


words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=12).map(str.strip)


@given(st.lists(st.tuples(words, words), max_size=20))
def test_what_json_writes_is_read_back(tmp_path_factory: pytest.TempPathFactory, ends: list[tuple[str, str]]) -> None:
    content = "".join(json.dumps({"from": teller, "to": listener}) + "\n" for teller, listener in ends)
    path = table(tmp_path_factory.mktemp("ties"), content, "ties.ndjson")
    assert read(path, ENDS) == ([[listener, teller] for teller, listener in ends], [])


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_line_by_line(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = table(tmp_path_factory.mktemp("ties"), content)
    told: list[int] = []
    found = list(cells(path, NUMBERED, told.append, ","))
    assert sum(told) == len(content)
    assert len(found) <= content.count(b"\n") + 1
    assert len({entry.origin.line for entry in found}) == len(found)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        path = table(tmp_path, "".join(f"{number},{number + 1}\n" for number in range(count)))
        tracemalloc.start()
        for _cells in cells(path, NUMBERED, ignore):
            pass
        _now, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    small, large = peak(2_000), peak(30_000)
    assert large < small * 1.5
