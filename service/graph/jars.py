"""Neo4j's jars: which ones, by `neo4j.lock`, and how they come from Maven Central into the cache, once."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from service.model.errors import Unavailable

if TYPE_CHECKING:
    from jgo.maven import MavenContext

PARALLEL = 8
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock: a Maven coordinate `group:artifact:version[:classifier]`, its bytes and its sha256."""

    coordinate: str
    size: int
    sha256: str

    @property
    def file_name(self) -> str:
        """The name under which Maven publishes it."""
        return "-".join(self.coordinate.split(":")[1:]) + ".jar"


def locked() -> list[Jar]:
    """Every jar of the class path, in its order."""
    lines = (Path(__file__).parent / "neo4j.lock").read_text(encoding="utf-8").splitlines()
    fields = [line.split() for line in lines if not line.startswith("#")]
    return [Jar(coordinate, int(size), sha256) for coordinate, size, sha256 in fields]


def fetch(cache: Path) -> list[Path]:
    """The jars' paths in the class path's order; those that the cache lacks are fetched, with a progress bar.

    Every jar, fetched now or earlier, is checked against the lock's sha256; a file that differs is fetched anew.

    Raises:
        Unavailable: a jar could not be fetched, or what Maven Central sent is not what the lock names.
    """
    folder = cache / "neo4j"
    jars = locked()
    with ThreadPoolExecutor(PARALLEL) as pool:
        good = list(pool.map(lambda jar: _is_good(jar, folder / jar.file_name), jars))
        missing = [jar for jar, present in zip(jars, good, strict=True) if not present]
        if missing:
            _make(folder)
            with _progress(sum(jar.size for jar in missing)) as advance, _staging(cache) as context:
                for jar in pool.map(lambda jar: _fetch(jar, context, folder), missing):
                    advance(jar.size)
    return [folder / jar.file_name for jar in jars]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            f"The cache folder {folder} can't be made: {error.strerror}",
            right="Name a folder that you may write to with RETELL_CACHE.",
        ) from error


def _is_good(jar: Jar, path: Path) -> bool:
    if not path.is_file() or path.stat().st_size != jar.size:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256


def _fetch(jar: Jar, context: "MavenContext", folder: Path) -> Jar:
    group, artifact, version, *classifier = jar.coordinate.split(":")
    remote = context.project(group, artifact).at_version(version).artifact(classifier="".join(classifier))
    reason = ""
    for _ in range(ATTEMPTS):
        try:
            fetched = remote.resolve()
        except (OSError, RuntimeError) as error:  # jgo's and its HTTP client's ways of saying "could not fetch"
            reason = str(error)
        else:
            if _is_good(jar, fetched):
                fetched.replace(folder / jar.file_name)  # in one step: another process sees the whole file or none
                return jar
            reason = "what came has another checksum than neo4j.lock names"
        if remote.cached_path is not None:
            remote.cached_path.unlink(missing_ok=True)  # jgo takes a file that is there for a whole one
    raise Unavailable(
        f"could not fetch {jar.coordinate} from Maven Central: {reason}",
        right="run `retell db fetch` where Maven Central can be reached and copy the cache folder here, "
        "or set RETELL_NEO4J_URI to a Neo4j 5.26 that runs already",
    )


@contextmanager
def _staging(cache: Path) -> Iterator["MavenContext"]:
    """A Maven repository on the cache's own disk, gone afterwards: a half-written jar never gets a final name."""
    from jgo.maven import MavenContext  # noqa: PLC0415 - with an HTTP client, for the one time something is fetched

    folder = Path(tempfile.mkdtemp(prefix="fetching-", dir=cache))
    try:
        yield MavenContext(repo_cache=folder, local_repos=[], timeout=60)
    finally:
        shutil.rmtree(folder)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("Fetching Neo4j (once)"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=total)
        yield lambda size: progress.advance(task, size)
