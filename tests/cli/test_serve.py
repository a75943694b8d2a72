"""`retell serve` is told to end: whenever that is, its workers and its database end with it, and no trace is shown."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

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
