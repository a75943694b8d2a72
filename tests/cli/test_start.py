"""What the command loads before it knows what is asked: numba and the like wait for the question that needs them."""

import subprocess
import sys

HEAVY = ("numba", "scipy", "sklearn", "fastapi", "strawberry", "uvicorn", "jgo")


def test_the_command_starts_without_what_only_some_commands_need() -> None:
    listed = "import sys, service.cli; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True, timeout=120, check=True)
    loaded = set(done.stdout.split())
    assert "typer" in loaded
    assert loaded.isdisjoint(HEAVY), loaded.intersection(HEAVY)
