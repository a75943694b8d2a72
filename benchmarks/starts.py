"""The first command with packages cached, and the next start: `python -m benchmarks starts`.

A clean clone of HEAD is set up with the caches of this machine, to the first answer of the loaded demonstration.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks.reporting import Table

ROOT = Path(__file__).parents[1]


def run(table: Table) -> None:
    """Clone, start, ask, stop, and start again."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "retell"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        first, key = _answered(clone, "")
        again, _ = _answered(clone, key)
    table.row("first command, packages cached, to the first answer", f"{first:.1f} s", "under 45 s")
    table.row("next start, to the first answer", f"{again:.1f} s", "under 15 s")


def _answered(clone: Path, key: str) -> tuple[float, str]:
    """Seconds from the command to the first answer about a story, and the key that it was asked with."""
    started = time.perf_counter()
    command = ["./demo", "--port", "0", "--data", str(clone.parent / "data")]
    # As a newcomer has it: without this project's own environment in front, which has no pip.
    path = os.pathsep.join(
        one for one in os.environ["PATH"].split(os.pathsep) if one != str(Path(sys.executable).parent)
    )
    environment = {**os.environ, "PATH": path}
    with subprocess.Popen(command, cwd=clone, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if "member's key" in line:
                key = line.rpartition(" ")[2].strip()
            address = re.search(r"answers at (http://[^:]+:\d+)", line)
            if address:
                url = f"{address[1]}/v1/stories?first=1"
                answer = httpx.get(url, headers={"Authorization": f"Bearer {key}"}, timeout=60).json()
                took = time.perf_counter() - started
                process.terminate()
                process.wait(60)
                assert answer["items"], answer
                return took, key
    raise SystemExit("the service ended before it answered")
