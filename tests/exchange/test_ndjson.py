from pathlib import Path

import pytest

from service.exchange.ndjson import rows
from service.exchange.rows import Row, Unread
from service.model.errors import Invalid
from tests.exchange.dumps import ignore


def test_rows_come_as_they_stand_and_broken_lines_are_named(tmp_path: Path) -> None:
    path = tmp_path / "network.ndjson"
    path.write_bytes(
        b'\xef\xbb\xbf{"type": "Topic", "id": "a/b", "name": "Sleep"}\n\n{"type"\n[1]\n\xff\n{"type": "Topic"}'
    )
    found = list(rows(path, ignore))
    assert [(entry.body, entry.origin.line, entry.origin.record) for entry in found if isinstance(entry, Row)] == [
        ({"type": "Topic", "id": "a/b", "name": "Sleep"}, 1, "a/b"),
        ({"type": "Topic"}, 6, None),
    ]
    assert [entry.origin.line for entry in found if isinstance(entry, Unread)] == [3, 4, 5]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="is not a file"):
        list(rows(tmp_path / "none.ndjson", ignore))
