import re
import tracemalloc
from itertools import islice
from pathlib import Path

import pytest

from service.exchange.stackexchange.xml import LONGEST_RECORD, records
from service.model.errors import Invalid
from tests.exchange.dumps import ignore

BOMB = """<?xml version="1.0"?>
<!DOCTYPE users [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<users><row Id="1" DisplayName="&c;" /></users>"""
EXTERNAL = """<?xml version="1.0"?>
<!DOCTYPE users [<!ENTITY secret SYSTEM "file:///etc/hostname">]>
<users><row Id="1" DisplayName="x" />&secret;</users>"""
REMOTE = '<!DOCTYPE users SYSTEM "http://127.0.0.1:9/users.dtd"><users></users>'


def file_of(folder: Path, content: str | bytes) -> Path:
    path = folder / "Users.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path: Path) -> Invalid:
    with pytest.raises(Invalid) as caught:
        list(records(path, "users", ignore))
    return caught.value


def test_records_come_with_their_line_and_id(tmp_path: Path) -> None:
    path = file_of(
        tmp_path, '\ufeff<?xml version="1.0"?>\n<users>\n<row Id="7" A="x&#xA;&lt;p&gt;" />\n\n<row Id="8" />\n</users>'
    )
    found = list(records(path, "users", ignore))
    assert [(record.origin.line, record.origin.record) for record in found] == [(3, "7"), (5, "8")]
    assert found[0].fields["A"] == "x\n<p>"


def test_all_bytes_are_reported(tmp_path: Path) -> None:
    path = file_of(tmp_path, "<users>" + '<row Id="1" />' * 50_000 + "</users>")
    told: list[int] = []
    assert len(list(records(path, "users", told.append))) == 50_000
    assert sum(told) == path.stat().st_size
    assert len(told) > 1


@pytest.mark.parametrize("content", [BOMB, EXTERNAL, REMOTE])
def test_document_types_and_entities_are_refused_unread(tmp_path: Path, content: str) -> None:
    error = refusal(file_of(tmp_path, content))
    assert "Users.xml, line" in str(error)
    assert "declares a document type" in str(error)
    assert "remove it" in error.problems[0].right


def test_an_entity_that_nobody_declared_is_refused(tmp_path: Path) -> None:
    assert "undefined entity" in str(refusal(file_of(tmp_path, '<users><row Id="&a;" /></users>')))


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 0.999])
def test_a_cut_file_is_reported_with_line_and_byte_after_what_stands_before_it(tmp_path: Path, kept: float) -> None:
    whole = (
        "<users>\n" + "\n".join(f'  <row Id="{number}" DisplayName="Zoë" />' for number in range(100)) + "\n</users>"
    )
    cut = whole.encode()[: int(len(whole.encode()) * kept)]
    error = refusal(file_of(tmp_path, cut))
    assert re.match(r"Users\.xml, line \d+, byte \d+: the XML ends in the middle", str(error))
    assert "unpack the file again" in error.problems[0].right


def test_what_stands_before_the_break_is_handed_on(tmp_path: Path) -> None:
    found = records(file_of(tmp_path, "<users>" + '<row Id="1" />' * 50_000 + "<row Id="), "users", ignore)
    assert len(list(islice(found, 50_000))) == 50_000
    with pytest.raises(Invalid, match="ends in the middle"):
        next(found)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ("", "ends in the middle"),
        ("hello", "broken"),
        ("<posts></posts>", "it holds <posts>"),
        ('<users><row Id="1"></users>', "broken"),
        ('<users><row Id="1"><row /></row></users>', "inside a record"),
        (b'<users><row Id="\xff\xfe" /></users>', "broken"),
        ("<users>" + "<a>" * 100_000, "inside a record"),
    ],
)
def test_what_is_no_dump_is_refused(tmp_path: Path, content: str | bytes, wrong: str) -> None:
    assert wrong in str(refusal(file_of(tmp_path, content)))


def test_a_record_without_end_is_refused_before_it_fills_memory(tmp_path: Path) -> None:
    path = file_of(tmp_path, '<users><row Id="1" Text="' + "x" * (LONGEST_RECORD + 2_000_000))
    assert "longer than 16 MiB" in str(refusal(path))


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    row = '  <row Id="{}" Text="' + "words " * 100 + '" />\n'
    path = tmp_path / "Comments.xml"

    def peak(count: int) -> int:
        with path.open("w") as file:
            file.write("<comments>\n")
            file.writelines(row.format(number) for number in range(count))
            file.write("</comments>\n")
        tracemalloc.start()
        for _record in records(path, "comments", ignore):
            pass
        _now, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    small, large = peak(2_000), peak(40_000)
    assert large < small * 1.5
