"""What was computed from a projection, kept as long as it is not too much: bounded by its bytes, whatever it is."""

import sys
from collections import OrderedDict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any, Final

import numpy as np

MOST_BYTES: Final = 2**30
"""Held by all projections that a process keeps, and"""
MOST_BYTES_OF_ONE: Final = 2**28
"""by what is kept of one: three standings of a million ties."""
_LOOKED_AT: Final = 32


class Kept:
    """What was computed lately by its key; where it is too much, the oldest goes, but never the newest."""

    def __init__(self, most: int = MOST_BYTES_OF_ONE) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self.bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> Any | None:
        """What is kept under a key; None where there is nothing."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def keep(self, key: Hashable, computed: object, *, beside: Collection[object] = ()) -> None:
        """Keep something; what it holds of `beside` is another's, and is not counted."""
        _, before = self._kept.pop(key, (None, 0))
        size = bytes_of(computed, beside)
        self._kept[key] = computed, size
        self.bytes += size - before
        while self.bytes > self._most and len(self._kept) > 1:
            _, (_, oldest) = self._kept.popitem(last=False)
            self.bytes -= oldest


def bytes_of(thing: object, beside: Collection[object] = ()) -> int:
    """What something holds in memory, but for what others hold; of many things, as if all were like the first few."""
    return _bytes(thing, {id(one) for one in beside})


def _bytes(thing: object, seen: set[int]) -> int:
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return thing.nbytes
    parts, count = _parts(thing)
    looked_at = sum(_bytes(part, seen) for part in parts)
    return sys.getsizeof(thing) + looked_at * count // max(len(parts), 1)


def _parts(thing: object) -> tuple[list[Any], int]:
    """Some of what something is made of, and how many such there are."""
    if is_dataclass(thing):
        parts = [getattr(thing, one.name) for one in fields(thing)]
        return parts, len(parts)
    if isinstance(thing, Mapping):
        return list(islice(thing.items(), _LOOKED_AT)), len(thing)
    if isinstance(thing, tuple | list | set | frozenset):
        return list(islice(thing, _LOOKED_AT)), len(thing)
    return [], 0
