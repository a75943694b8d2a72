"""What may be told of groups of people: registered groups and whole calendar months, and never of a few.

The groups are those that are registered: the network, each organisation and each community, whole and by standing and
profession; the network by organisation and community as well. `measures.groups_shown` says which of them are shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import compress
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from service.measures.disclosure import LEAST
from service.measures.groups_moving import Division
from service.measures.groups_shown import published
from service.measures.groups_told import Groups, People, groups_of, one_after_another
from service.measures.progress import report
from service.model.answers import ItemReference
from service.model.asking import NETWORK, GroupBy
from service.model.errors import Invalid
from service.operations.disclosed import once
from service.operations.network import Network
from service.operations.projection import Scope, Standing, standing
from service.operations.references import references

RULE: Final = (
    f"Whole calendar months and registered groups; no group, and no difference of two groups, of fewer than {LEAST} "
    f"people is shown: a scope and its groups take over who came, went or changed group when at least {LEAST} did."
)

QUARTER: Final = 3
"""Months in a quarter."""

EVERYWHERE: Final = (GroupBy.standing, GroupBy.profession)
"""In which ways every scope is divided: what is told of one way is held against what is told of the one before."""

_OF_THE_NETWORK: Final = (*EVERYWHERE, GroupBy.organisation, GroupBy.community)


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
    small: bool
    """Whether every group of this kind in the scope was smaller than LEAST when numbers of it last changed."""


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

    def pairs_at(self, moment: float, people: int) -> NDArray[np.int64]:
        """Everybody who was what at a moment: the index of a word times `people`, and their number, each once."""
        rows = self._rows(moment)
        return np.unique(self.places[rows] * people + self.people[rows])

    def labels_at(self, moment: float, people: int) -> NDArray[np.int64]:
        """For each person the index of the word where they had been the longest; -1 for none."""
        rows = self._rows(moment)[::-1]
        labels = np.full(people, -1, dtype=np.int64)
        labels[self.people[rows]] = self.places[rows]
        return labels

    def spans(self, word: str) -> dict[int, list[tuple[float, float]]]:
        """From when until when, each time, everybody was it who ever was, in seconds since the epoch."""
        found: dict[int, list[tuple[float, float]]] = {}
        rows = (
            np.flatnonzero((self.people >= 0) & (self.places == self.words.index(word))) if word in self.words else ()
        )
        for row in rows:
            found.setdefault(int(self.people[row]), []).append((float(self.since[row]), float(self.until[row])))
        return found

    def _rows(self, moment: float) -> NDArray[np.int64]:
        here = (self.since <= moment) & (self.until > moment) & (self.places >= 0) & (self.people >= 0)
        return np.flatnonzero(here)


@dataclass(frozen=True, slots=True)
class Registered:
    """The registered groups of an audience at the end of each month, whole ones and those inside of them."""

    name: str
    """What these were made of, in short: of the same name they are the same."""
    rows: dict[tuple[str, str, str], int]
    """By scope, grouping and word: which row it is; the whole scope has no grouping and no word."""
    people: int
    versions: Groups
    """Whoever was in any group at any time, as it was shown: anew for each time that it moved."""
    divisions: dict[tuple[str, str], tuple[int, list[tuple[str, int]]]]
    """By scope and grouping: which division it is, and the word and the row of each part of the scope."""
    communities: _Places
    """Who belonged to which community when."""
    months: dict[float, tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.bool_]]]
    """By the month's end: each row's version, -1 while there is none, and which rows may be shown.

    Then of which divisions all groups were smaller than LEAST when they last moved.
    """

    def at(self, month: datetime, row: int | None) -> NDArray[np.int32] | None:
        """Who is in a group as it is shown at a month's end; None for one that is not."""
        found = self.months.get(month.timestamp())
        if found is None or row is None or not found[1][row]:
            return None
        return self.versions[int(found[0][row])]

    def whole(self, month: datetime, scope: str) -> NDArray[np.bool_] | None:
        """Who is in a scope as it is shown at a month's end, among all people; None where it is not."""
        everybody = self.at(month, self.rows.get((scope, "", "")))
        return None if everybody is None else np.isin(np.arange(self.people), everybody)

    def members(self, month: datetime, scope: str) -> People:
        """The numbers of the people of a scope as it is shown at a month's end: nobody's where it is not."""
        everybody = self.at(month, self.rows.get((scope, "", "")))
        return np.zeros(0, dtype=np.int32) if everybody is None else everybody

    def inside(self, scope: str, by: GroupBy) -> list[tuple[str, int]]:
        """The word and the row of each part of a scope."""
        return self.divisions.get((scope, by.value), (0, []))[1]

    def scopes(self, kind: str) -> list[str]:
        """All of a kind, `organisation` or `community`, in the order in which what is told of them is judged."""
        return [scope for scope, by, _ in self.rows if not by and scope.startswith(f"{kind}:")]

    def parts(self, month: datetime, scope: str, by: GroupBy) -> tuple[list[str], NDArray[np.int32]]:
        """The words of those parts that are shown, and for each person which of them is theirs: -1 for none."""
        words, labels = list[str](), np.full(self.people, -1, dtype=np.int32)
        for word, row in self.inside(scope, by):
            group = self.at(month, row)
            if group is not None:
                labels[group] = len(words)
                words.append(word)
        return words, labels

    def small(self, month: datetime, scope: str, by: GroupBy) -> bool:
        """Whether all groups of a scope were smaller than LEAST when they last moved, as they have not for none."""
        found, division = self.months.get(month.timestamp()), self.divisions.get((scope, by.value))
        return found is None or division is None or bool(found[2][division[0]])


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


def quarter_of(month: datetime) -> datetime:
    """The first moment of the calendar quarter: windows up to there differ by whole quarters alone."""
    return months_before(month, (month.month - 1) % QUARTER)


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


def refuse_undivided(scope: str, by: GroupBy) -> None:
    """`Invalid` for a grouping that is not registered for the scope (`network`, `organisation:ID`, `community:ID`)."""
    if by not in (_OF_THE_NETWORK if scope == NETWORK else EVERYWHERE):
        raise Invalid(
            f"{scope} is not divided by {by.value} in numbers",
            right=f"Give {' or '.join(EVERYWHERE)}; the whole network by organisation or community too.",
            field="groupBy",
        )


async def shown_groups(network: Network, tied: Standing, groups: Registered, scope: str, by: GroupBy) -> Shown:
    """The groups inside a scope (`network`, `organisation:ID`, `community:ID`) that may be shown at the month's end.

    `Invalid` for a grouping that is not registered for the scope.
    """
    refuse_undivided(scope, by)
    month = month_of(tied.as_of)
    whole, (words, labels) = groups.whole(month, scope), groups.parts(month, scope, by)
    named = await references(network, tied.scope.audiences, words) if by not in EVERYWHERE else {}
    return Shown(
        month=month,
        whole=whole,
        names=tuple((named[word].title or word) if word in named else word for word in words),
        references=tuple(named.get(word) for word in words),
        labels=labels,
        withheld=int((whole & (labels < 0)).sum()) if whole is not None else None,
        recorded=bool(groups.inside(scope, by)),
        small=groups.small(month, scope, by),
    )


async def people_shown(network: Network, tied: Standing, scope: str) -> frozenset[str] | None:
    """Who is in `organisation:ID` or `community:ID`, as far as numbers tell at the month's end; None for too few."""
    groups = await registered(network, tied)
    group = groups.at(month_of(tied.as_of), groups.rows.get((scope, "", "")))
    return None if group is None else frozenset(tied.projection.people[number] for number in group.tolist())


async def registered(network: Network, tied: Standing) -> Registered:
    """The registered groups of the audience, at each month's end up to now."""
    seen, this_month = tied.projection, month_of(datetime.now(UTC))
    (members,), (held,) = [
        await network.ask(f"disclosure/{name}", {"audiences": list(tied.scope.audiences)})
        for name in ("memberships", "positions")
    ]
    memberships, positions = _before(this_month, members), _before(this_month, held)
    # Where people belong changes without any evidence changing, and the other way: what was read names what is kept.
    began = [seen.oldest and month_of(datetime.fromtimestamp(seen.oldest, UTC)), bool(np.isnan(seen.times).any())]
    read = orjson.dumps([memberships, positions, seen.people, began, this_month])
    name = blake2b(read, digest_size=16).hexdigest()
    return await once(network, name, register, name, seen.numbers, seen.times, memberships, positions)


def _before(moment: datetime, rows: dict[str, Any]) -> dict[str, Any]:
    """What was before a moment, as it was then: what is written of today makes no other groups of past months."""
    milliseconds = moment.timestamp() * 1000
    there = [since < milliseconds for since in rows["since"]]
    found = {name: list(compress(column, there)) for name, column in rows.items()}
    found["until"] = ["" if until == "" or until > milliseconds else until for until in found["until"]]
    return found


def register(
    name: str,
    numbers: Mapping[str, int],
    times: NDArray[np.float64],
    memberships: dict[str, Any],
    positions: dict[str, Any],
) -> Registered:
    """The groups of people (numbers by their ids) at each month's end from the first of some times until now.

    From what `disclosure/memberships` and `disclosure/positions` tell.
    """
    communities = _places(numbers, memberships, "communities")
    places = {
        GroupBy.standing: _places(numbers, positions, "standings"),
        GroupBy.profession: _places(numbers, positions, "professions"),
        GroupBy.organisation: _places(numbers, positions, "organisations"),
        GroupBy.community: communities,
    }
    scopes = [
        NETWORK,
        *(f"organisation:{id}" for id in places[GroupBy.organisation].words),
        *(f"community:{id}" for id in communities.words),
    ]
    names = [(scope, "", "") for scope in scopes]
    divisions = dict[tuple[str, str], Division]()
    for whole, scope in enumerate(scopes):
        for by in _OF_THE_NETWORK if scope == NETWORK else EVERYWHERE:
            divisions[scope, by.value] = (whole, range(len(names), len(names) + len(places[by].words)))
            names += [(scope, by.value, word) for word in places[by].words]
    moments = list(_months(times, places.values()))
    groups = (_groups(moment, places, len(names), len(numbers)) for moment in _reported(moments))
    current, told = np.full(len(names), -1, dtype=np.int32), 0
    months, moved = dict[float, tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.bool_]]](), list[Groups]()
    for moment, month in zip(moments, published(groups, [*divisions.values()]), strict=True):
        current = current.copy()
        current[month.moved] = told + np.arange(len(month.moved))
        told += len(month.moved)
        moved.append(month.groups)
        months[moment] = (current, month.may, month.small)
    rows = {name: row for row, name in enumerate(names)}
    parts = {
        name: (number, [(names[row][2], row) for row in inside])
        for number, (name, (_, inside)) in enumerate(divisions.items())
    }
    return Registered(name, rows, len(numbers), one_after_another(moved, len(numbers)), parts, communities, months)


def _reported(moments: Sequence[float]) -> Iterator[float]:
    for done, moment in enumerate(moments):
        report(done / len(moments))
        yield moment


def _groups(moment: float, places: dict[GroupBy, _Places], rows: int, people: int) -> Groups:
    """The groups of a moment: the scopes, the parts of the network, and the parts of each other scope."""
    scopes = np.concatenate(
        [
            np.arange(people),
            people + places[GroupBy.organisation].pairs_at(moment, people),
            people * (1 + len(places[GroupBy.organisation].words)) + places[GroupBy.community].pairs_at(moment, people),
        ]
    )
    scope, person = np.divmod(scopes, max(people, 1))
    found = [scopes]
    begin = 1 + len(places[GroupBy.organisation].words) + len(places[GroupBy.community].words)
    labels = {grouping: place.labels_at(moment, people) for grouping, place in places.items()}
    for by in _OF_THE_NETWORK:
        found.append((begin + labels[by])[labels[by] >= 0] * people + np.flatnonzero(labels[by] >= 0))
        begin += len(places[by].words)
    width = sum(len(places[by].words) for by in EVERYWHERE)
    for by in EVERYWHERE:
        here = (scope > 0) & (labels[by][person] >= 0)
        row = begin + (scope[here] - 1) * width + labels[by][person[here]]
        found.append(row * people + person[here])
        begin += len(places[by].words)
    return groups_of(np.concatenate(found), rows, people)


def _places(numbers: Mapping[str, int], columns: dict[str, Any], name: str) -> _Places:
    words = tuple(sorted({word for word in columns[name] if word}))
    index = {word: place for place, word in enumerate(words)}
    return _Places(
        people=np.array([numbers.get(person, -1) for person in columns["people"]], dtype=np.int64),
        words=words,
        places=np.array([index.get(word, -1) for word in columns[name]], dtype=np.int64),
        since=np.array(columns["since"], dtype=np.float64) / 1000,
        until=np.array([np.inf if one == "" else one / 1000 for one in columns["until"]], dtype=np.float64),
    )


def _months(times: NDArray[np.float64], places: Iterable[_Places]) -> list[float]:
    """The ends of the calendar months up to this one from the first evidence, before which there is nothing to tell.

    Where some has no time, and counts at any moment, they are from when somebody first belonged anywhere.
    """
    first = float(np.fmin.reduce(times, initial=np.inf))
    if np.isnan(times).any():
        first = min([first, *(float(place.since.min(initial=np.inf)) for place in places)])
    return [] if np.isinf(first) else months_from(first, month_of(datetime.now(UTC))).tolist()
