"""`retell serve` is told to end: whenever that is, its workers and its database end with it, and no trace is shown."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

PATIENCE = 90.0


def told(path: Path, word: str) -> None:
    """Wait until the command has said this."""
    until = time.monotonic() + PATIENCE
    while word not in path.read_text(encoding="utf-8"):
        assert time.monotonic() < until, path.read_text(encoding="utf-8")
        time.sleep(0.1)


def those_of(command: subprocess.Popen[bytes], least: int) -> list[psutil.Process]:
    """The command and what it started, once that many are there."""
    until = time.monotonic() + PATIENCE
    while True:
        found = psutil.Process(command.pid).children(recursive=True)
        if len(found) >= least:
            return found
        assert time.monotonic() < until, found
        time.sleep(0.1)


def watching(address: str, key: str) -> Iterator[str]:
    """The lines of a cascade that is watched, from its first answer on."""
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=address, headers=headers, timeout=PATIENCE) as client:
        story = client.post("/v1/stories", json={"title": "T", "content": "C", "audience": "everyone"}).json()["id"]
        document = {"query": f'subscription {{ cascade(item: "{story}") {{ size }} }}'}
        with client.stream("POST", "/graphql", json=document, headers={"Accept": "text/event-stream"}) as response:
            yield from response.iter_lines()


@pytest.mark.slow
def test_who_watches_is_told_of_the_end_and_the_log_has_no_trace(tmp_path: Path) -> None:
    out, retell = tmp_path / "out", str(Path(sys.executable).with_name("retell"))
    of_its_own = {**os.environ, "RETELL_NEO4J_URI": "", "RETELL_DATA": str(tmp_path / "data")}
    with out.open("wb") as writing:
        command = subprocess.Popen([retell, "serve", "--port", "0"], stdout=writing, stderr=writing, env=of_its_own)
        try:
            told(out, "Retell answers")
            address = re.findall(r"Retell answers at (\S+):", out.read_text(encoding="utf-8"))[0]
            made = [retell, "key", "create", "--name", "watcher", "--scope", "administer"]
            key = subprocess.check_output(made, env=of_its_own, text=True).strip()
            lines = watching(address, key)
            assert next(lines) == "event: next"
            command.terminate()
            assert "event: complete" in list(lines)
            command.wait(PATIENCE)
        finally:
            command.kill()
            command.wait()
    said = out.read_text(encoding="utf-8")
    assert command.returncode == 0, said
    assert "Traceback" not in said
    assert "Cancel" not in said


@pytest.mark.slow
@pytest.mark.parametrize("when", ["loading", "answering"])
@pytest.mark.parametrize(
    ("number", "to_all"),
    [(signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGTERM, True), (signal.SIGKILL, False)],
    ids=["SIGINT", "SIGTERM", "SIGTERM-to-all", "SIGKILL"],
)
def test_nobody_is_left(tmp_path: Path, number: signal.Signals, to_all: bool, when: str) -> None:  # noqa: FBT001
    """As a terminal sends it, to all of them, or a manager of services: to all of them, or to the one that it knows."""
    out = tmp_path / "out"
    with out.open("wb") as writing:
        command = subprocess.Popen(
            [
                Path(sys.executable).with_name("retell"),
                "serve",
                "--port",
                "0",
                "--workers",
                "2",
                "--data",
                tmp_path / "data",
            ],
            stdout=writing,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, "RETELL_NEO4J_URI": ""},
        )
        try:
            if when == "answering":
                told(out, "Retell answers")
            others = those_of(command, 3)
            if to_all:
                os.killpg(command.pid, number)
            else:
                command.send_signal(number)
            command.wait(PATIENCE)
            _, left = psutil.wait_procs(others, PATIENCE)
            assert left == []
        finally:
            command.kill()
            command.wait()
    if number == signal.SIGKILL and when == "loading":  # Python itself says that what it was being sent broke off
        return
    said = out.read_text(encoding="utf-8")
    assert "Traceback" not in said, said
    if when == "answering" and number != signal.SIGKILL:
        assert command.returncode == 0, said


@pytest.mark.slow
def test_it_ends_though_the_database_does_not_answer(tmp_path: Path) -> None:
    retell, of_its_own = str(Path(sys.executable).with_name("retell")), {**os.environ, "RETELL_NEO4J_URI": ""}
    serve = [retell, "serve", "--port", "0", "--data", str(tmp_path / "data")]
    outs = [tmp_path / "first", tmp_path / "second"]
    commands: list[subprocess.Popen[bytes]] = []
    try:
        for out in outs:  # the second uses the database of the first
            with out.open("wb") as writing:
                commands.append(subprocess.Popen(serve, stdout=writing, stderr=subprocess.STDOUT, env=of_its_own))
            told(out, "Retell answers")
        children = psutil.Process(commands[0].pid).children()
        (engine,) = [one for one in children if any("engine_process" in word for word in one.cmdline())]
        engine.suspend()
        time.sleep(2)
        commands[1].terminate()
        commands[1].wait(45)
        engine.resume()
        commands[0].terminate()
        commands[0].wait(PATIENCE)
    finally:
        for command in reversed(commands):
            command.kill()
            command.wait()
    said = outs[1].read_text(encoding="utf-8")
    assert commands[1].returncode == 0, said
    assert "Traceback" not in said, said


@pytest.mark.slow
def test_a_worker_that_is_killed_takes_the_service_with_it_and_it_is_said_how(tmp_path: Path) -> None:
    out, retell = tmp_path / "out", str(Path(sys.executable).with_name("retell"))
    serve = [retell, "serve", "--port", "0", "--workers", "2", "--data", str(tmp_path / "data")]
    with out.open("wb") as writing:
        command = subprocess.Popen(
            serve, stdout=writing, stderr=subprocess.STDOUT, env={**os.environ, "RETELL_NEO4J_URI": ""}
        )
    try:
        told(out, "Retell answers")
        others = those_of(command, 3)
        worker = next(one for one in others if any("spawn_main" in word for word in one.cmdline()))
        worker.kill()
        command.wait(PATIENCE)
        _, left = psutil.wait_procs(others, PATIENCE)
        assert left == []
    finally:
        command.kill()
        command.wait()
    said = out.read_text(encoding="utf-8")
    assert command.returncode == 1
    assert f"worker {worker.pid} ended by signal 9 (SIGKILL)" in " ".join(said.split()), said
