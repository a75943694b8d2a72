"""What is worked out of what may be told is kept as long as what it was made of is the same, and worked out once."""

import asyncio
from collections.abc import Callable, Hashable
from typing import Final, ParamSpec, TypeVar

from service.measures.progress import part
from service.operations.network import Network

HALF: Final = 0.5

T = TypeVar("T")
P = ParamSpec("P")


async def once(network: Network, key: Hashable, work: Callable[P, T], *given: P.args, **options: P.kwargs) -> T:
    """What some work makes of what is given, by a key that names that; off the event loop, one at a time."""
    async with network.disclosing:
        kept: T | None = network.disclosed.get(key)
        if kept is None:
            # It comes before what was asked: a job that has done this is not at its end.
            with part(0.0, HALF):
                kept = await asyncio.to_thread(work, *given, **options)
            network.disclosed.keep(key, kept)
        return kept
