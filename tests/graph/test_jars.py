"""The jars that make the engine: exactly those of the lock, whatever the cache or the network hold."""

import os
from pathlib import Path

import pytest

from service.graph import jars
from service.model.errors import Unavailable
from service.settings import settings_from_environment


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """The user's cache with every jar in it, as hard links, to be damaged freely."""
    whole = jars.fetch(settings_from_environment().cache)
    (tmp_path / "neo4j").mkdir()
    for path in whole:
        os.link(path, tmp_path / "neo4j" / path.name)
    return tmp_path


def _smallest() -> jars.Jar:
    return min(jars.locked(), key=lambda jar: jar.size)


def test_the_lock_names_each_jar_once_with_its_checksum_and_no_address() -> None:
    locked = jars.locked()
    assert len({jar.file_name for jar in locked}) == len(locked) > 200
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in locked)
    assert all("/" not in jar.coordinate for jar in locked)


@pytest.mark.parametrize("damage", ["cut", "changed", "gone"])
def test_a_jar_that_is_damaged_or_missing_is_fetched_anew(cache: Path, damage: str) -> None:
    path = cache / "neo4j" / _smallest().file_name
    content = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "changed":
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    jars.fetch(cache)
    assert path.read_bytes() == content
    assert sorted(each.name for each in cache.iterdir()) == ["neo4j"]


def test_without_a_network_the_error_says_what_to_do(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (cache / "neo4j" / _smallest().file_name).unlink()
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with pytest.raises(Unavailable, match="could not fetch") as refused:
        jars.fetch(cache)
    assert "retell db fetch" in refused.value.problems[0].right


def test_with_every_jar_in_the_cache_no_network_is_needed(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert len(jars.fetch(cache)) == len(jars.locked())
