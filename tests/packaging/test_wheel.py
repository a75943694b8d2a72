"""The wheel holds all that the service needs: built, installed into an empty environment and started there."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from service.settings import settings_from_environment

ROOT = Path(__file__).parents[2]
START_SECONDS = 180

pytestmark = pytest.mark.slow


def run(*command: str | Path) -> None:
    done = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that holds the wheel and what it is locked to, and nothing of the checkout."""
    environment = tmp_path_factory.mktemp("empty") / "environment"
    uv = Path(sys.executable).with_name("uv")
    run(uv, "venv", "--quiet", "--python", sys.executable, environment)
    install = (uv, "pip", "install", "--quiet", "--python", environment / "bin" / "python")
    run(*install, "--require-hashes", "--requirement", ROOT / "requirements.lock")
    run(*install, "--no-deps", wheel)
    run(uv, "pip", "check", "--python", environment / "bin" / "python")
    return environment / "bin"


@contextmanager
def started(programs: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`retell serve` in an empty folder, and the address that it says it answers at."""
    cache = settings_from_environment().cache
    command = [str(programs / "retell"), "serve", "--port", "0", "--data", str(folder / "data")]
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "RETELL_CACHE": str(cache)}
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = next((line for line in process.stdout if "answers at" in line), "")
            address = re.search(r"http://[\d.:]+\d", said)
            assert address, f"retell serve ended with {process.poll()} before it said where it answers"
            yield process, address.group()
        finally:
            process.terminate()


def answer_of(address: str) -> httpx.Response:
    """What the contract's address answers, once a worker is there."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            return httpx.get(f"{address}/openapi.json")
        except httpx.TransportError:
            time.sleep(0.2)
    raise TimeoutError(address)


def test_the_wheel_holds_the_catalogue_the_schema_and_the_pages(wheel: Path) -> None:
    held = set(ZipFile(wheel).namelist())
    catalogue = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("cypher/**/*.cypher")}
    schema = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("schema/**/*") if path.is_file()}

    assert {f"service/_data/{file}" for file in catalogue | schema} <= held
    assert {f"service/doors/explorer/static/{page}" for page in ("graphiql.html", "graphiql.js", "docs.html")} <= held
    assert {file.partition("/")[0] for file in held if ".dist-info/" not in file} == {"service"}


def test_the_installed_wheel_serves(installed: Path, tmp_path: Path) -> None:
    with started(installed, tmp_path) as (process, address):
        contract = answer_of(address)
        assert contract.json()["info"]["title"] == "Retell"
        page = httpx.get(f"{address}/graphql", headers={"Accept": "text/html"})
        assert "GraphiQL" in page.text

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
