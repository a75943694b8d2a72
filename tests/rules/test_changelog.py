"""The changelog keeps the form of keepachangelog.com 1.1.0, newest version first."""

import re
import tomllib

from tests.rules.sources import ROOT

KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
LINES = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
VERSION = re.compile(r"## \[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d{2}-\d{2})")


def test_the_unreleased_changes_come_first() -> None:
    headings = [line for line in LINES if line.startswith("#")]
    assert headings[:2] == ["# Changelog", "## [Unreleased]"]


def test_versions_and_their_days_go_down() -> None:
    written = [line for line in LINES if line.startswith("## ")][1:]
    found = [VERSION.fullmatch(line) for line in written]
    assert None not in found, f"A version reads like `## [1.2.0] - 2026-11-30`: {written}"
    versions = [(tuple(map(int, match.groups()[:3])), match[4]) for match in found if match]
    assert versions == sorted(versions, reverse=True)


def test_every_change_stands_under_its_kind() -> None:
    kind = ""
    for line in LINES[LINES.index("## [Unreleased]") + 1 :]:
        if line.startswith("## "):
            kind = ""
        elif line.startswith("### "):
            kind = line.removeprefix("### ")
            assert kind in KINDS
        elif line.strip():
            assert kind, f"{line!r} stands under none of {KINDS}"
            assert line.startswith(("- ", "  ")), f"A change is an item of a list: {line!r}"


def test_the_version_of_the_package_is_the_newest_released_or_a_coming_one() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    released = [match.groups()[:3] for line in LINES if (match := VERSION.fullmatch(line))]
    newest = max((tuple(map(int, version)) for version in released), default=(0, 0, 0))
    assert tuple(map(int, package.split("."))) >= newest
