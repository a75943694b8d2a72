"""What the people of the evidence are called, kept beside it until the feed of changes tells of them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

MOST_NAMES: Final = 100_000
"""Some 20 MB a process."""


class Names:
    """Names by the ids of people. Whoever keeps some says nothing here that not everybody may see."""

    def __init__(self, most: int = MOST_NAMES) -> None:
        self._most = most
        self._known: dict[str, str] = {}
        self._reading: list[set[str]] = []
        self.filled = False
        """Whether those of all people were read, since when only what has changed is read anew."""

    def of(self, ids: Iterable[str]) -> dict[str, str]:
        """The names of those among these people that are known."""
        known = self._known
        return {id: known[id] for id in ids if id in known}

    @contextmanager
    def reading(self) -> Iterator[Callable[[Mapping[str, str]], None]]:
        """While names are read: gives what keeps them, but for those that were told of meanwhile."""
        told_of: set[str] = set()
        self._reading.append(told_of)

        def keep(names: Mapping[str, str]) -> None:
            if len(self._known) + len(names) <= self._most:
                self._known.update((id, name) for id, name in names.items() if id not in told_of)

        try:
            yield keep
        finally:
            self._reading.remove(told_of)

    def forget(self, ids: Collection[str]) -> None:
        """Forget what these are called: something about them has changed."""
        for id in ids:
            self._known.pop(id, None)
        for told_of in self._reading:
            told_of.update(ids)
