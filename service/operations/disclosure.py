"""What may be told of groups of people: registered groups and whole calendar months, and never of a few.

The groups are those that are registered: the network, each organisation and each community, whole and by standing and
profession; the network by organisation and community as well. `measures.disclosure` says which of them are shown.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from service.measures.disclosure import LEAST, Division, Sets, published
from service.measures.progress import report
from service.model.answers import ItemReference
from service.model.asking import NETWORK, GroupBy
from service.model.errors import Invalid
from service.operations.network import Network
from service.operations.projection import Scope, Standing, standing
from service.operations.references import references

RULE: Final = (
    f"Whole calendar months and registered groups; no group, and no difference of two groups, of fewer than {LEAST} "
    "people is shown, and a group takes over who comes and goes when that is possible without."
)

_EVERYWHERE: Final = (GroupBy.standing, GroupBy.profession)
_OF_THE_NETWORK: Final = (*_EVERYWHERE, GroupBy.organisation, GroupBy.community)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """The groups of a scope that may be shown, and who is in them as far as is told."""

    month: datetime
    """The first moment after the last whole month."""
    whole: NDArray[np.bool_] | None
    """Who is in the scope; nothing, where the scope may not be shown."""
    names: tuple[str, ...]
    references: tuple[ItemReference | None, ...]
    labels: NDArray[np.int32]
    """Each person's group, by the person's number: -1 for who is in none that is shown."""
    withheld: int | None
    """How many people of the scope are in no group that is shown; None, where the scope may not be shown.

    A count of groups would tell who is the first of a new one: this one is of nobody or enough, as the groups are.
    """
    recorded: bool
    """Whether the audience may know of anybody who was ever in a group of this kind, in this scope or another."""


@dataclass(frozen=True, slots=True)
class _Places:
    """What people were, from when until when, in rows; the longest first."""

    people: NDArray[np.int64]
    words: tuple[str, ...]
    """The distinct words, in order."""
    places: NDArray[np.int64]
    """For each row the index of its word, -1 for none."""
    since: NDArray[np.float64]
    until: NDArray[np.float64]

    def sets_at(self, moment: float, count: int) -> Sets:
        """Everybody who was what at a moment, by word."""
        rows = self._rows(moment)
        sets = np.zeros((len(self.words), count), dtype=np.bool_)
        sets[self.places[rows], self.people[rows]] = True
        return sets

    def labelled_at(self, moment: float, count: int) -> Sets:
        """The same, each person only where they had been the longest."""
        rows = self._rows(moment)[::-1]
        labels = np.full(count, -1, dtype=np.int64)
        labels[self.people[rows]] = self.places[rows]
        labelled: Sets = labels[None, :] == np.arange(len(self.words))[:, None]
        return labelled

    def _rows(self, moment: float) -> NDArray[np.int64]:
        here = (self.since <= moment) & (self.until > moment) & (self.places >= 0) & (self.people >= 0)
        return np.flatnonzero(here)


@dataclass(frozen=True, slots=True)
class _Registered:
    """The registered groups of an audience at the end of each month, whole ones and those inside of them."""

    rows: dict[tuple[str, str, str], int]
    """By scope, grouping and word: which row it is; the whole scope has no grouping and no word."""
    people: int
    months: dict[float, tuple[NDArray[np.uint8], NDArray[np.bool_]]]
    """By the month's end: who is in the groups, eight people a byte, and which groups may be shown, as parts too."""

    def at(self, month: datetime) -> tuple[Sets, NDArray[np.bool_]]:
        """The groups as they are shown at a month's end, and which may be; none before anything was evident."""
        packed = self.months.get(month.timestamp())
        if packed is None:
            return np.zeros((len(self.rows), self.people), dtype=np.bool_), np.zeros(len(self.rows), dtype=np.bool_)
        return np.unpackbits(packed[0], axis=1, count=self.people).astype(np.bool_), packed[1]


def month_of(moment: datetime) -> datetime:
    """The first moment of the calendar month (UTC): what is told is told up to there."""
    return moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def months_from(first: float, last: datetime) -> NDArray[np.float64]:
    """The ends of the calendar months after one moment and up to another, in seconds since the epoch."""
    moment, ends = month_of(datetime.fromtimestamp(first, UTC)), []
    while moment < last:
        moment = months_before(moment, -1)
        ends.append(moment.timestamp())
    return np.array(ends, dtype=np.float64)


def months_before(month: datetime, count: int) -> datetime:
    """The first moment of the calendar month so many months before."""
    index = month.year * 12 + month.month - 1 - count
    return datetime(index // 12, index % 12 + 1, 1, tzinfo=UTC)


def first_seen(tied: Standing) -> float:
    """Since when there is evidence, in seconds since the epoch; without any, never: infinite.

    What has no time counts at any moment: since ever, where there is any.
    """
    if np.isnan(tied.projection.times).any():
        return -np.inf
    return np.inf if tied.projection.oldest is None else tied.projection.oldest


async def at_month_end(network: Network, scope: Scope, as_of: datetime | None) -> Standing:
    """The ties at the end of the last whole month before a moment; `Invalid` where nothing had been seen by then."""
    newest = await standing(network, scope, as_of)
    month = month_of(newest.as_of)
    if len(newest.projection.times) and first_seen(newest) > month.timestamp():
        raise Invalid(
            "No whole month has ended since the first evidence", right="Ask again after the month's end.", field="asOf"
        )
    return await standing(network, scope, month)


async def shown_groups(network: Network, tied: Standing, scope: str, by: GroupBy) -> Shown:
    """The groups inside a scope (`network`, `organisation:ID`, `community:ID`) that may be shown at the month's end.

    Groups are left out until those left out, together, are nobody or enough, and those shown, together, stand in no
    other group's way. `Invalid` for a grouping that is not registered for the scope.
    """
    if by not in (_OF_THE_NETWORK if scope == NETWORK else _EVERYWHERE):
        raise Invalid(
            f"{scope} is not divided by {by.value} in numbers",
            right=f"Give {' or '.join(_EVERYWHERE)}; the whole network by organisation or community too.",
            field="groupBy",
        )
    month = month_of(tied.as_of)
    registered = await _registered(network, tied)
    sets, allowed = registered.at(month)
    row = registered.rows.get((scope, "", ""))
    whole = sets[row] if row is not None and allowed[row] else None
    inside = [(word, at) for (of, grouping, word), at in registered.rows.items() if (of, grouping) == (scope, by.value)]
    words = [word for word, at in inside if allowed[at]]
    labels = np.full(registered.people, -1, dtype=np.int32)
    for label, at in enumerate(at for _, at in inside if allowed[at]):
        labels[sets[at]] = label
    named = await references(network, tied.scope.audiences, words) if by not in _EVERYWHERE else {}
    return Shown(
        month=month,
        whole=whole,
        names=tuple((named[word].title or word) if word in named else word for word in words),
        references=tuple(named.get(word) for word in words),
        labels=labels,
        withheld=int((whole & (labels < 0)).sum()) if whole is not None else None,
        recorded=bool(inside),
    )


async def people_shown(network: Network, tied: Standing, scope: str) -> frozenset[str] | None:
    """Who is in `organisation:ID` or `community:ID`, as far as numbers tell at the month's end; None for too few."""
    registered = await _registered(network, tied)
    sets, allowed = registered.at(month_of(tied.as_of))
    row = registered.rows.get((scope, "", ""))
    if row is None or not allowed[row]:
        return None
    people = tied.projection.people
    return frozenset(people[number] for number in np.flatnonzero(sets[row]).tolist())


async def _registered(network: Network, tied: Standing) -> _Registered:
    audiences = {"audiences": list(tied.scope.audiences)}
    (memberships,) = await network.ask("disclosure/memberships", audiences)
    (positions,) = await network.ask("disclosure/positions", audiences)
    # Where people belong changes without any evidence changing, so what was read names what is kept.
    read = blake2b(orjson.dumps([memberships, positions]), digest_size=16).hexdigest()
    key = ("registered groups", read, month_of(datetime.now(UTC)))
    kept: _Registered | None = tied.projection.kept.get(key)
    if kept is None:
        kept = await asyncio.to_thread(_register, tied, memberships, positions)
        tied.projection.keep(key, kept)
    return kept


def _register(tied: Standing, memberships: dict[str, Any], positions: dict[str, Any]) -> _Registered:
    communities = _places(tied, memberships, "communities")
    places = {
        GroupBy.standing: _places(tied, positions, "standings"),
        GroupBy.profession: _places(tied, positions, "professions"),
        GroupBy.organisation: _places(tied, positions, "organisations"),
        GroupBy.community: communities,
    }
    scopes = [
        NETWORK,
        *(f"organisation:{id}" for id in places[GroupBy.organisation].words),
        *(f"community:{id}" for id in communities.words),
    ]
    names = [(scope, "", "") for scope in scopes]
    divisions: list[Division] = []
    for whole, scope in enumerate(scopes):
        for by in _OF_THE_NETWORK if scope == NETWORK else _EVERYWHERE:
            divisions.append((whole, range(len(names), len(names) + len(places[by].words))))
            names += [(scope, by.value, word) for word in places[by].words]
    moments = list(_months(tied, places.values()))
    months = {
        moment: (np.packbits(shown, axis=1), allowed)
        for moment, (shown, allowed) in zip(moments, published(_sets(tied, places, moments), divisions), strict=True)
    }
    return _Registered({name: row for row, name in enumerate(names)}, len(tied.projection.people), months)


def _sets(tied: Standing, places: dict[GroupBy, _Places], moments: Sequence[float]) -> Iterator[Sets]:
    count = len(tied.projection.people)
    for done, moment in enumerate(moments):
        report(done / len(moments))
        by = {grouping: place.labelled_at(moment, count) for grouping, place in places.items()}
        scopes = np.concatenate(
            [
                np.ones((1, count), dtype=np.bool_),
                places[GroupBy.organisation].sets_at(moment, count),
                places[GroupBy.community].sets_at(moment, count),
            ]
        )
        rows = [scopes, *(by[grouping] for grouping in _OF_THE_NETWORK)]
        rows += [scope[None, :] & by[grouping] for scope in scopes[1:] for grouping in _EVERYWHERE]
        yield np.concatenate(rows)


def _places(tied: Standing, columns: dict[str, Any], name: str) -> _Places:
    numbers = tied.projection.numbers
    words = tuple(sorted({word for word in columns[name] if word}))
    index = {word: place for place, word in enumerate(words)}
    return _Places(
        people=np.array([numbers.get(person, -1) for person in columns["people"]], dtype=np.int64),
        words=words,
        places=np.array([index.get(word, -1) for word in columns[name]], dtype=np.int64),
        since=np.array(columns["since"], dtype=np.float64) / 1000,
        until=np.array([np.inf if one == "" else one / 1000 for one in columns["until"]], dtype=np.float64),
    )


def _months(tied: Standing, places: Iterable[_Places]) -> list[float]:
    """The ends of the calendar months up to this one from the first evidence, before which there is nothing to tell.

    Where some has no time, and counts at any moment, they are from when somebody first belonged anywhere.
    """
    times = tied.projection.times
    first = float(np.fmin.reduce(times, initial=np.inf))
    if np.isnan(times).any():
        first = min([first, *(float(place.since.min(initial=np.inf)) for place in places)])
    return [] if np.isinf(first) else months_from(first, month_of(datetime.now(UTC))).tolist()
