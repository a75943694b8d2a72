"""Where the files are that the rules are about."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVICE = ROOT / "service"
CYPHER = ROOT / "cypher"
MADE_BY_TOOLS = {"node_modules", "static", "chromium", "__pycache__"}


def files(folder: Path, *endings: str) -> Iterator[Path]:
    """Walk the files under a folder that people wrote and whose names end so."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in endings and not MADE_BY_TOOLS & set(path.relative_to(ROOT).parts):
            yield path


def name(path: Path) -> str:
    """Name a file by its place in the checkout."""
    return path.relative_to(ROOT).as_posix()
