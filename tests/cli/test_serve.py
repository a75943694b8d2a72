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
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_nobody_is_left(tmp_path: Path, number: signal.Signals, when: str) -> None:
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
            if number == signal.SIGINT:  # as a terminal sends it: to all of them
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
