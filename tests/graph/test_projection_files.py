"""A file of evidence is what was written, or is taken for not there: whatever a disk or a hand has done to it."""

import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.graph.projection import projected
from service.graph.projection_files import generations, mapped, write
from service.graph.projection_state import Mark, Store, state_of, store_of
from service.model.viewer import EVERYONE
from tests.graph.reading_by_rule import facts_of, rows_shown
from tests.operations.worlds import random_world


@pytest.fixture(scope="module")
def stored() -> Store:
    return store_of(Mark(7, "00000000-0000-4000-8000-000000000007"), facts_of(random_world(5, people=9, items=12)))


@pytest.fixture
def path(stored: Store, tmp_path: Path) -> Path:
    return write(tmp_path, stored)


def is_refused(path: Path, written: bytes) -> bool:
    """Whether a file with this in it is said to be damaged, once, and removed."""
    path.write_bytes(written)
    with capture_logs() as said:
        refused = mapped(path) is None
    return refused and [one["event"] for one in said] == ["evidence_file_damaged"] and not path.exists()


def test_what_was_written_is_what_is_mapped(stored: Store, path: Path) -> None:
    found = mapped(path)
    assert found
    assert rows_shown(projected(state_of(found), (EVERYONE,))) == rows_shown(projected(state_of(stored), (EVERYONE,)))
    assert (found.mark, found.audiences, found.conditions) == (stored.mark, stored.audiences, stored.conditions)
    assert all(found.arrays[name].tobytes() == array.tobytes() for name, array in stored.arrays.items())


def test_a_file_cut_short_anywhere_is_not_believed(path: Path) -> None:
    whole = path.read_bytes()
    for length in [*range(0, 200, 7), *range(200, len(whole) - 1, 97)]:
        assert is_refused(path, whole[:length]), f"cut to {length} of {len(whole)} bytes"


def test_no_byte_of_its_head_can_be_another(path: Path) -> None:
    whole = path.read_bytes()
    head = 8 + 16 + int.from_bytes(whole[:8], "little")
    for place in [*range(24), *range(24, head, 5)]:
        for flipped in (0x01, 0x80):
            changed = bytearray(whole)
            changed[place] ^= flipped
            assert is_refused(path, bytes(changed)), f"byte {place} of {head}"


def test_evidence_that_is_not_as_it_was_is_not_believed(stored: Store, path: Path) -> None:
    whole = path.read_bytes()
    (listeners,) = (array.tobytes() for name, array in stored.arrays.items() if name == "listeners")
    changed = bytearray(whole)
    changed[whole.rindex(listeners)] ^= 1
    assert is_refused(path, bytes(changed))


def test_a_sound_file_that_has_taken_its_place_stays(path: Path, tmp_path: Path) -> None:
    sound = tmp_path / "sound"
    shutil.copy(path, sound)
    path.write_bytes(b"")
    damaged = path.open("rb")
    sound.replace(path)
    with damaged:
        assert mapped(path)
    assert [file for _, file in generations(tmp_path)] == [path]
