"""What may be told of the acts of communities' people: of all communities together, quarter by quarter.

Tellings are what members told while they belonged, hearings whom members listened to: of who is shown as a member at a
quarter's end. Their numbers, and those of replies, are judged beside each other in one order: by quarters, and within
one by communities.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.acts_told import Labels, groups_told, tell_of_quarter, windows_may_be_told
from service.measures.linked_tables import LinkedTables, Things
from service.measures.progress import report
from service.measures.ties import SECONDS_A_DAY
from service.model.asking import WINDOWS, GroupBy
from service.operations.community_tellings import Past, Tellings, past_of
from service.operations.disclosed import once
from service.operations.disclosure import EVERYWHERE, QUARTER, Registered, months_before, quarter_of
from service.operations.network import Network
from service.operations.projection import Standing

REPLY_SECONDS: Final = 14 * SECONDS_A_DAY
_WINDOWS: Final = [months // QUARTER for months in WINDOWS]
_NONE: Final = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many acts of a community's people in a quarter are told: all, and by grouping and group."""

    all: int | None
    groups: Mapping[tuple[str, str], int | None]
    any: bool
    """Whether there was any."""

    def of(self, by: GroupBy, name: str) -> int | None:
        """Those of a group as it was then: of one that was not shown nothing, unless nobody did anything."""
        return self.groups.get((by.value, name), None if self.any else 0)


_NOBODY = Counted(0, {}, any=False)


@dataclass(frozen=True, slots=True)
class ActsTold:
    """By community, and by the moment at which a quarter ended."""

    tellings: dict[tuple[str, datetime], Counted]
    hearings: dict[tuple[str, datetime], Counted]
    replied: dict[tuple[str, datetime], tuple[int, int]]
    """How many tellings are told of that await a reply, and how many of them had it within two weeks."""

    def tellings_in(self, community: str, quarters: Sequence[datetime]) -> int | None:
        """How many tellings are told of in some quarters; nothing where they are not in one."""
        return sum_of(self.tellings.get((community, one), _NOBODY).all for one in quarters)

    def by_group(
        self, community: str, quarters: Sequence[datetime], by: GroupBy, name: str
    ) -> tuple[int | None, int | None]:
        """A group's tellings in some quarters, and how often its people were listened to."""
        told, heard = (
            sum_of(acts.get((community, one), _NOBODY).of(by, name) for one in quarters)
            for acts in (self.tellings, self.hearings)
        )
        return told, heard

    def replied_in(self, community: str, quarters: Sequence[datetime]) -> tuple[int, int]:
        """Of how many tellings it is told whether they were replied to in some quarters, and how many were."""
        numbers = [self.replied.get((community, one), (0, 0)) for one in quarters]
        return sum(of for of, _ in numbers), sum(count for _, count in numbers)


async def acts_told(network: Network, tied: Standing, groups: Registered) -> ActsTold:
    """What is told of the quarters that are over."""
    past = await past_of(network, tied, quarter_of(datetime.now(UTC)))
    return await once(network, ("acts", groups.name, past.name), judge_acts, past, groups)


def quarters_before(until: datetime, months: int) -> list[datetime]:
    """The ends of the calendar quarters in so many months up to the end of one, the last first."""
    return [months_before(until, back) for back in range(0, months, QUARTER)]


def sum_of(numbers: Iterable[int | None]) -> int | None:
    """The sum of what is told; nothing where one of them is not."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def judge_acts(past: Past, groups: Registered) -> ActsTold:
    """What is told of the quarters up to the end of one."""
    tellings, told = past.tellings, LinkedTables(past.tellings.tellers)
    communities = {scope: groups.communities.spans(scope.partition(":")[2]) for scope in groups.scopes("community")}
    own = {scope: tellings.while_belonging(spans) for scope, spans in communities.items()}
    replies = {scope: _Replies(told, scope, tellings) for scope in communities}
    found = ActsTold({}, {}, {})
    quarters = _quarters(min(tellings.times.min(initial=np.inf), past.times.min(initial=np.inf)), past.until)
    for done, end in enumerate(quarters):
        report(done / len(quarters))
        then = _within(past.times, end)
        speakers, audience = past.tellers[then], past.listeners[then]
        heard, opened = LinkedTables(speakers, audience), dict[str, Things]()
        for scope in communities:
            whole = groups.whole(end, scope)
            if whole is None:
                continue
            mine = own[scope][whole[tellings.tellers[own[scope]]]]
            recent = mine[_within(tellings.times[mine], end)]
            opened[scope] = recent[tellings.opening[recent]]
            parts = {by: groups.parts(end, scope, by) for by in EVERYWHERE}
            found.tellings[scope, end] = _counted(told, recent, tellings.tellers, parts, source=scope)
            found.hearings[scope, end] = _counted(heard, np.flatnonzero(whole[audience]), speakers, parts)
        for scope in communities:
            found.replied[scope, end] = replies[scope].taken_in(opened.get(scope, _NONE))
    return found


class _Replies:
    """Tellings of a community that await a reply, told of a quarter later: each has had its two weeks by then.

    Told of with the quarter that they were told in, they add up with what else is told of it.
    """

    def __init__(self, linked: LinkedTables, scope: str, tellings: Tellings) -> None:
        self._linked, self._source = linked, (scope, "replies")
        self._soon = tellings.replies - tellings.times < REPLY_SECONDS
        self._told: list[tuple[Things, Things]] = []
        """Of each quarter those that are told of in it: who were replied to soon, and who were not."""
        self._due = self._waiting = _NONE

    def taken_in(self, opened: Things) -> tuple[int, int]:
        """Of how many it is told at a quarter's end, and how many of them were replied to soon.

        Given are those that were told in it: they are due at the next. Those that are due, and those that waited, are
        told of when these, their part and their rest may be beside all that is told: a share of few thus waits for
        others, and is in one quarter's sum alone.
        """
        self._waiting, self._due = np.union1d(self._waiting, self._due), opened
        replied, rest = (self._waiting[self._soon[self._waiting] == soon] for soon in (True, False))
        self._told.append((replied, rest))
        if windows_may_be_told(self._linked, self._told, _WINDOWS):
            tell_of_quarter(self._linked, replied, rest, self._source)
            self._waiting = _NONE
        else:
            self._told[-1] = (_NONE, _NONE)
        return sum(map(len, self._told[-1])), len(self._told[-1][0])


def _counted(
    linked: LinkedTables,
    acts: Things,
    people: NDArray[np.int64] | NDArray[np.int32],
    parts: Mapping[GroupBy, tuple[list[str], Labels]],
    *,
    source: str | None = None,
) -> Counted:
    """How many of these acts are told, by the groups of `people`, who did them."""
    divisions = [(labels[people[acts]], len(words)) for words, labels in parts.values()]
    whole, told = groups_told(linked, acts, divisions, source)
    groups = {
        (by.value, word): int((labels == label).sum()) if may[label] else None
        for (by, (words, _)), (labels, _), may in zip(parts.items(), divisions, told, strict=True)
        for label, word in enumerate(words)
    }
    return Counted(len(acts) if whole else None, groups, any=len(acts) > 0)


def _quarters(first: float, until: datetime) -> list[datetime]:
    """The ends of the calendar quarters up to a moment, from the one of the first act on."""
    ends = []
    while np.isfinite(first) and until.timestamp() > first:
        ends.append(until)
        until = months_before(until, QUARTER)
    return ends[::-1]


def _within(times: NDArray[np.float64], end: datetime) -> NDArray[np.bool_]:
    """Which of these times are in the quarter that ends then."""
    return (times >= months_before(end, QUARTER).timestamp()) & (times < end.timestamp())
