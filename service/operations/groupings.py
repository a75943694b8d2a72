"""Groupings: people put into groups by what they are, where they work, what they belong to, or whom they listen to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.model.answers import ItemReference
from service.model.asking import GroupBy
from service.operations.finding import found_in
from service.operations.network import Network
from service.operations.projection import Standing
from service.operations.references import references
from service.operations.snapshots import SEED, lasting

NOBODYS: Final = -1
"""The label of people who are in no group."""

_COLUMNS: Final = {GroupBy.profession: "professions", GroupBy.standing: "standings"}


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Grouping:
    """Each person's one group, by the person's number: an index of `names` and `ids`, or NOBODYS.

    Who is in several (communities, positions) is counted where they have been the longest.
    """

    by: GroupBy
    labels: NDArray[np.int32]
    names: tuple[str, ...]
    ids: tuple[str | None, ...]
    """The item behind a group, or the lasting id of a detected community; none where it is only a word, or new."""
    resolution: float | None = None
    """At which resolution groups were detected."""

    @property
    def sizes(self) -> NDArray[np.int64]:
        """How many people each group has."""
        return np.bincount(self.labels[self.labels >= 0], minlength=len(self.names))

    def detected(self, group: int) -> str | None:
        """The lasting id of a detected community, where it has one."""
        return self.ids[group] if self.by is GroupBy.detected else None

    def reference(self, group: int) -> ItemReference | None:
        """The item behind a group, where there is one."""
        id = self.ids[group]
        kind = {GroupBy.community: "Community", GroupBy.organisation: "Organisation"}.get(self.by)
        return None if id is None or kind is None else ItemReference(id=id, kind=kind, title=self.names[group])


async def grouping(network: Network, tied: Standing, by: GroupBy, at: datetime) -> Grouping:
    """The groups of the people of a standing at a moment, as far as its audience may know."""
    if by is GroupBy.detected:
        return await _detected(network, tied)
    parameters = {"at": at, "audiences": list(tied.scope.audiences)}
    if by is GroupBy.community:
        (row,) = await network.ask("communities/declared", parameters)
        return await _by_items(network, tied, by, row["people"], row["communities"])
    (row,) = await network.ask("groupings/positions", parameters)
    if by is GroupBy.organisation:
        return await _by_items(network, tied, by, row["people"], row["organisations"])
    words = sorted(set(row[_COLUMNS[by]]))
    labels = _labels(tied, row["people"], row[_COLUMNS[by]], words)
    return Grouping(by=by, labels=labels, names=tuple(words), ids=(None,) * len(words))


async def _by_items(network: Network, tied: Standing, by: GroupBy, people: list[str], items: list[str]) -> Grouping:
    named = await references(network, tied.scope.audiences, {item for item in items if item})
    ids = sorted(named, key=lambda id: (named[id].title or "", id))
    names = tuple(named[id].title or id for id in ids)
    return Grouping(by=by, labels=_labels(tied, people, items, ids), names=names, ids=tuple(ids))


def _labels(tied: Standing, people: list[str], words: list[Any], order: Iterable[str]) -> NDArray[np.int32]:
    places = {word: place for place, word in enumerate(order)}
    labels = np.full(len(tied.projection.people), NOBODYS, dtype=np.int32)
    for person, word in zip(people, words, strict=True):
        number = tied.projection.numbers.get(person)
        if number is not None and labels[number] == NOBODYS and word in places:
            labels[number] = places[word]
    return labels


async def _detected(network: Network, tied: Standing) -> Grouping:
    """The communities that `detectedCommunities` shows where neither a resolution nor a seed is given."""
    found = (await found_in(tied, None, SEED)).detection
    lasts = await lasting(network, tied, found.labels, None, SEED)
    return Grouping(
        by=GroupBy.detected,
        labels=found.labels,
        names=tuple(f"detected community {number}" for number in range(1, len(found.sizes) + 1)),
        ids=lasts.ids,
        resolution=found.resolution,
    )
