"""One computation for each of many inputs, in as many threads as the machine has cores, with word of how far it is."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from service.measures.progress import report

Given = TypeVar("Given")
Made = TypeVar("Made")


def in_threads(
    work: Callable[[Given], Made], inputs: Sequence[Given], *, begun: float = 0.0, done: float = 1.0
) -> Iterator[Made]:
    """What `work` makes of each input, in their order; worth it where the work is done outside the interpreter's lock.

    Progress is reported from the share `begun` to the share `done`; where the report stops the computation, what has
    not begun yet never does.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            for number, made in enumerate(pool.map(work, inputs), start=1):
                report(begun + (done - begun) * number / len(inputs))
                yield made
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
