"""Stores in files, mapped by every process of the machine: written once, under a name that says how far they reach.

A file appears whole or not at all, and whoever builds holds a lock that ends with the process. A file that was replaced
is removed at once; those who have it mapped keep its memory until they let it go. What a file says is believed only
where its sums are right: one that a disk or a hand has damaged is removed, as if it had never been there.
"""

import fcntl
import json
import mmap
import os
import re
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import structlog
from numpy.typing import NDArray

from service.graph.projection_rows import Condition, Rows
from service.graph.projection_state import Mark, Store

FORM: Final = 2
"""Grows when the files are written otherwise; those of another form are as if not there."""
_ALIGNED: Final = 64
_LENGTH: Final = 8
_SUM: Final = 16
_BEFORE_HEAD: Final = _LENGTH + _SUM
_LOCK: Final = "builder.lock"
_DRAFT: Final = ".draft"
_NAME: Final = re.compile(rf"evidence-{FORM}-(\d{{20}})-([0-9a-f-]{{36}}|none)")

_log = structlog.get_logger(__name__)


def generations(folder: Path) -> list[tuple[Mark, Path]]:
    """The stores that are there, the one that reaches furthest first."""
    try:
        told = [(_NAME.fullmatch(path.name), path) for path in folder.iterdir()]
    except FileNotFoundError:
        return []
    marks = [(_mark(match), path) for match, path in told if match]
    return sorted(marks, key=lambda one: one[0].sequence, reverse=True)


def mapped(path: Path) -> Store | None:
    """The store of a file, its arrays in memory that all who map it share; None where it is no more, or damaged."""
    try:
        with path.open("rb") as file:
            try:
                return _read(file)
            except ValueError as error:
                _log.warning("evidence_file_damaged", file=path.name, why=str(error))
                _remove(path, os.fstat(file.fileno()).st_ino)
    except FileNotFoundError:
        pass
    return None


def _read(file: IO[bytes]) -> Store:
    """What a file tells; ValueError where it is not as it was written."""
    # Shared until written to, which nobody does: kernels are compiled for arrays that may be written.
    memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    size = int.from_bytes(memory[:_LENGTH], "little")
    written = memory[_BEFORE_HEAD : _BEFORE_HEAD + size]
    if _sum(written) != memory[_LENGTH:_BEFORE_HEAD]:
        message = "its head is not as it was written"
        raise ValueError(message)
    head = json.loads(written)
    arrays = {name: _array(memory, name, place) for name, place in head["arrays"].items()}
    return Store(
        mark=Mark(head["sequence"], head["change"]),
        people=arrays["people"],
        people_audiences=arrays["people_audiences"],
        rows=Rows(**{name: arrays[name] for name in Rows.__slots__}),
        derivations=arrays["derivations"],
        made=arrays["made"],
        audiences=tuple(head["audiences"]),
        conditions=tuple(
            Condition(tuple(needs), tuple(one_of), hidden) for needs, one_of, hidden in head["conditions"]
        ),
    )


def _remove(path: Path, inode: int) -> None:
    """Remove a file, unless another process has put a sound one in its place by now."""
    if path.stat().st_ino == inode:
        path.unlink()


@contextmanager
def building(folder: Path) -> Iterator[bool]:
    """Whether it is for this process to build while the block runs; nobody else does so meanwhile."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(lock)


def write(folder: Path, store: Store) -> Path:
    """Keep a store in a file and remove those that it takes the place of; only for who is building."""
    named = f"evidence-{FORM}-{store.mark.sequence:020d}-{store.mark.change or 'none'}"
    draft = folder / f"{named}-{secrets.token_hex(4)}{_DRAFT}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        arrays, head = store.arrays, _head(store)
        file.write(len(head).to_bytes(_LENGTH, "little") + _sum(head) + head)
        for name, (_, _, start, _) in json.loads(head)["arrays"].items():
            file.write(b"\0" * (start - file.tell()))
            file.write(np.ascontiguousarray(arrays[name]).tobytes())
        file.write(b"\0")  # a file of empty arrays reaches as far as they begin
        file.flush()
        os.fsync(file.fileno())
    path = folder / named
    draft.replace(path)
    for other in folder.iterdir():
        if other != path and other.name != _LOCK:
            other.unlink(missing_ok=True)
    return path


def _head(store: Store) -> bytes:
    """What a file begins with; it is padded, so that its own length does not move what it tells the places of."""
    told: dict[str, Any] = {
        "sequence": store.mark.sequence,
        "change": store.mark.change,
        "audiences": store.audiences,
        "conditions": store.conditions,
        "arrays": {name: [array.dtype.str, len(array), 0, _check(array)] for name, array in store.arrays.items()},
    }
    length = len(json.dumps(told)) + 20 * len(store.arrays)
    start = _BEFORE_HEAD + length
    for name, array in store.arrays.items():
        start += -start % _ALIGNED
        told["arrays"][name][2] = start
        start += array.nbytes
    return json.dumps(told).encode().ljust(length)


def _array(memory: mmap.mmap, name: str, place: tuple[str, int, int, int]) -> NDArray[Any]:
    dtype, count, start, check = place
    array: NDArray[Any] = np.frombuffer(memory, dtype=dtype, count=count, offset=start)
    if _check(array) != check:
        message = f"its {name} are not as they were written"
        raise ValueError(message)
    return array


def _sum(head: bytes) -> bytes:
    return blake2b(head, digest_size=_SUM).digest()


def _check(array: NDArray[Any]) -> int:
    """A sum that tells damage, as fast as the memory is read."""
    return zlib.crc32(np.ascontiguousarray(array).view(np.uint8).data)


def _mark(match: re.Match[str]) -> Mark:
    return Mark(int(match[1]), None if match[2] == "none" else match[2])
