"""Lock files name versions and hashes: where a package comes from is the business of those who install it."""

import re
from pathlib import Path

import pytest

from tests.rules.sources import ROOT, name

LOCKS = sorted(
    [
        *ROOT.glob("requirements*.lock"),
        *ROOT.glob("pages/package-lock.json"),
        *ROOT.glob("tests/browser/package-lock.json"),
        *ROOT.glob("service/graph/*.lock"),
    ]
)


@pytest.mark.parametrize("lock", LOCKS, ids=name)
def test_a_lock_file_holds_no_address(lock: Path) -> None:
    found = re.findall(r"[a-z+]+://\S+", lock.read_text(encoding="utf-8"))
    assert found == [], "npm: keep omit-lockfile-registry-resolved and delete the `funding` entries"


def test_there_are_locks_for_all_that_is_fetched() -> None:
    assert [name(lock) for lock in LOCKS] == [
        "pages/package-lock.json",
        "requirements-dev.lock",
        "requirements-uv.lock",
        "requirements.lock",
        "service/graph/neo4j.lock",
        "tests/browser/package-lock.json",
    ]


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.lock")), ids=name)
def test_every_locked_package_has_a_hash(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
