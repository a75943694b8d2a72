"""The Neo4j that Retell starts itself: one for each folder, private, on this machine only, and safe to lose power."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from neo4j import Driver, GraphDatabase
from neo4j.exceptions import ClientError

from service.graph import embedded, engine_directory
from service.graph.engine_directory import Connection
from service.model.errors import Unavailable
from service.settings import settings_from_environment

CACHE = settings_from_environment().cache


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own-engine")


@pytest.fixture(scope="module")
def own(home: Path) -> Iterator[embedded.Engine]:
    with embedded.start(home, CACHE) as engine:
        yield engine


def _driver(connection: Connection) -> Driver:
    return GraphDatabase.driver(connection.uri, auth=(connection.user, connection.password))


def _launched(home: Path) -> tuple[subprocess.Popen[str], Connection]:
    """The engine as another program starts it, with that program's process."""
    command = [sys.executable, "-m", "service.graph.embedded", str(home)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    return process, Connection(**json.loads(process.stdout.readline()))


def _engine_of(process: subprocess.Popen[str]) -> psutil.Process:
    (engine,) = psutil.Process(process.pid).children()
    return engine


def _ended(process: subprocess.Popen[str]) -> int:
    code = process.wait(60)
    assert process.stdout is not None
    process.stdout.close()
    return code


def _is_free_within(home: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if engine_directory.holder(home) is None:
            return True
        time.sleep(0.1)
    return False


def test_a_second_caller_attaches_to_the_engine_and_leaves_it_running(own: embedded.Engine, home: Path) -> None:
    with embedded.start(home, CACHE) as second:
        assert second.process is None
        assert second.connection == own.connection
    with _driver(own.connection) as driver:
        assert driver.execute_query("RETURN 1 AS one").records[0]["one"] == 1


def test_the_password_is_random_and_for_the_owner_alone(own: embedded.Engine, home: Path) -> None:
    assert (home / "connection.json").stat().st_mode & 0o777 == 0o600
    assert len(own.connection.password) >= 32
    with GraphDatabase.driver(own.connection.uri, auth=("neo4j", "neo4j")) as driver, pytest.raises(ClientError):
        driver.verify_connectivity()


def test_it_listens_on_loopback_only(own: embedded.Engine) -> None:
    assert own.process is not None
    listening = [
        each.laddr.ip for each in psutil.Process(own.process.pid).net_connections() if each.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert {socket.inet_aton(ip.removeprefix("::ffff:"))[0] for ip in listening} == {127}


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/a.csv", "file:///etc/passwd"])
def test_no_statement_reads_an_address_or_a_file(own: embedded.Engine, address: str) -> None:
    refused = pytest.raises(ClientError, match=r"blocked|allow_csv_import_from_file_urls")
    with _driver(own.connection) as driver, refused:
        driver.execute_query("LOAD CSV FROM $address AS line RETURN line", {"address": address})


def test_a_statement_that_wants_too_much_memory_is_ended(own: embedded.Engine) -> None:
    with _driver(own.connection) as driver, driver.session() as session, pytest.raises(Exception, match="memory"):
        session.run("UNWIND range(1, 20000000) AS number RETURN collect(toString(number)) AS all").consume()


def test_a_folder_that_neo4j_cannot_use_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "neo4j").write_text("a file where the database's folder should be", encoding="utf-8")
    with pytest.raises(Unavailable) as refused:
        embedded.start(tmp_path, CACHE)
    assert "did not start" in str(refused.value)
    assert str(tmp_path) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert engine_directory.holder(tmp_path) is None


def test_a_path_that_is_no_folder_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match=r"can't be used: (File exists|Not a directory)"):
        embedded.start(tmp_path / "file", CACHE)


@pytest.mark.usefixtures("own")
def test_what_people_confide_is_for_the_owner_alone(home: Path) -> None:
    stored = [path for path in (home / "neo4j").rglob("*") if path.is_file()]
    assert stored
    assert [path for path in stored if path.stat().st_mode & 0o077] == []


@pytest.mark.slow
def test_what_was_acknowledged_survives_a_kill_of_the_engine(tmp_path: Path) -> None:
    first, connection = _launched(tmp_path)
    with _driver(connection) as driver:
        for number in range(20):
            driver.execute_query("CREATE (:Kept {number: $number})", {"number": number})
        _engine_of(first).send_signal(signal.SIGKILL)
    first.terminate()
    _ended(first)
    second, connection = _launched(tmp_path)
    with _driver(connection) as driver:
        rows = driver.execute_query("MATCH (kept:Kept) RETURN count(kept) AS kept").records
    assert rows[0]["kept"] == 20
    second.terminate()
    assert _ended(second) == 0


@pytest.mark.slow
def test_the_engine_ends_with_its_parent_even_when_that_is_killed(tmp_path: Path) -> None:
    parent, _ = _launched(tmp_path)
    engine = _engine_of(parent)
    parent.send_signal(signal.SIGKILL)
    _ended(parent)
    assert _is_free_within(tmp_path, 30)
    assert not engine.is_running() or engine.status() == psutil.STATUS_ZOMBIE


@pytest.mark.slow
def test_sigterm_ends_it_cleanly_and_the_data_and_the_password_stay(tmp_path: Path) -> None:
    process, connection = _launched(tmp_path)
    with _driver(connection) as driver:
        driver.execute_query("CREATE (:Kept)")
    process.terminate()
    assert _ended(process) == 0
    assert engine_directory.holder(tmp_path) is None
    log = (tmp_path / "neo4j" / "logs" / "debug.log").read_text(encoding="utf-8")
    assert log.rstrip().endswith("Bolt server has been shut down")
    with embedded.start(tmp_path, CACHE) as again, _driver(again.connection) as driver:
        assert again.connection.password == connection.password
        assert driver.execute_query("MATCH (kept:Kept) RETURN count(kept) AS kept").records[0]["kept"] == 1
    assert "Recovery required" not in (tmp_path / "neo4j" / "logs" / "debug.log").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_store_that_was_taken_away_gets_a_new_password(tmp_path: Path) -> None:
    engine_directory.tell(tmp_path, "earlier", Connection("bolt://127.0.0.1:1", "neo4j", "of the store that is gone"))
    with embedded.start(tmp_path, CACHE) as engine, _driver(engine.connection) as driver:
        driver.verify_connectivity()
