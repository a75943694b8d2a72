"""Where the query catalogue and the schema lie: inside the wheel, or beside the package in a checkout."""

from importlib.resources import files
from pathlib import Path
from typing import Literal


def data_path(part: Literal["cypher", "schema"]) -> Path:
    """The folder of `part`: the wheel's copy where there is one, else the checkout's own."""
    packaged = Path(str(files("service"))) / "_data" / part
    return packaged if packaged.is_dir() else Path(__file__).resolve().parent.parent / part
