"""What all answers about groups tell of the same ties, acts and people isolates nobody: two hundred small networks."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import product
from typing import NamedTuple

import numpy as np
import pytest

from service.measures.linked_tables import Flags, LinkedTables, Table
from service.measures.mixing_told import MixingTold
from service.model.asking import WINDOWS, GroupBy
from service.model.viewer import EVERYONE
from service.operations.acts_told import REPLY_SECONDS, ActsTold, Counted, judge_acts
from service.operations.answering import answer
from service.operations.community_life import life_of
from service.operations.community_tellings import Past, past_of
from service.operations.disclosure import QUARTER, Registered, at_month_end, months_before, registered
from service.operations.network import Network
from service.operations.newcomers import attention, first_answers, staying
from service.operations.people_told import PeopleTold, Told, judge_people
from service.operations.projection import scope_of
from service.operations.ties_told import TiesTold, judge_ties
from tests.operations.attacker import Answer, Attacker, Things
from tests.operations.small_networks import END, rows_of, small_network
from tests.operations.viewers import viewer
from tests.operations.worlds import World, write_world

NETWORKS, FEW, SEVERAL = 200, 25, 20
BY = (GroupBy.standing, GroupBy.profession)


class Seen(NamedTuple):
    """Who belongs where, and what happened."""

    groups: Registered
    past: Past


def things(which: np.ndarray) -> Things:
    return frozenset(np.flatnonzero(which).tolist())


def ends_of(past: Past) -> tuple[np.ndarray, np.ndarray]:
    """The ties: who listened to whom at any time."""
    pairs = np.unique(np.stack([past.tellers, past.listeners]), axis=1)
    return pairs[0], pairs[1]


def of_ties(seen: Seen, told: TiesTold) -> Iterator[Answer]:
    """What each matrix tells: its cells, and where totals are told what is hidden inside and across."""
    tellers, listeners = ends_of(seen.past)
    both = {*zip(tellers.tolist(), listeners.tolist(), strict=True)}
    returned = np.array([(b, a) in both for a, b in zip(tellers.tolist(), listeners.tolist(), strict=True)])
    for (scope, by), one in told.mixing.items():
        words, labels = seen.groups.parts(END, scope, GroupBy(by))
        placed = (labels[tellers] >= 0) & (labels[listeners] >= 0)
        inside = placed & (labels[tellers] == labels[listeners])
        numbers, hidden = [], np.zeros(len(tellers), dtype=np.bool_)
        for a, b in product(range(len(words)), repeat=2):
            cell = (labels[tellers] == a) & (labels[listeners] == b)
            numbers += [] if one.hidden[a, b] else [things(cell)]
            hidden |= cell & one.hidden[a, b]
        rest = [things(hidden & inside), things(hidden & ~inside)] if one.totals else []
        sums = [things(inside), things(placed & ~inside), things(placed)] if one.totals else []
        yield Answer(f"{scope} by {by}", (*numbers, *rest), tuple(sums))
        if one.returns:
            yield Answer(f"{scope} by {by}, returned", (things(placed & returned), things(placed & ~returned)))
    for scope, may in told.returns.items():
        whole = seen.groups.whole(END, scope)
        assert whole is not None
        among = whole[tellers] & whole[listeners]
        if may:
            yield Answer(f"{scope}, returned", (things(among & returned), things(among & ~returned)))


def of_acts(seen: Seen, told: ActsTold, *, heard: bool) -> Iterator[Answer]:
    """What each quarter of each community tells, by both groupings, and what they leave of all."""
    tellers, times = (
        (seen.past.tellers, seen.past.times) if heard else (seen.past.tellings.tellers, seen.past.tellings.times)
    )
    for (scope, end), counted in (told.hearings if heard else told.tellings).items():
        whole = seen.groups.whole(end, scope)
        assert whole is not None
        mine = _within(times, end)
        if heard:
            mine &= whole[seen.past.listeners]
        else:
            mine &= whole[tellers] & np.isin(np.arange(len(times)), belonging(seen, scope))
        assert counted.all in (None, mine.sum())
        for by in BY:
            words, labels = seen.groups.parts(end, scope, by)
            cells = [(mine & (labels[tellers] == label), counted.of(by, word)) for label, word in enumerate(words)]
            assert all(number in (None, cell.sum()) for cell, number in cells)
            told_of = [things(cell) for cell, number in cells if number is not None]
            rest = [things(mine) - frozenset().union(*told_of)] if counted.all is not None else []
            yield Answer(f"{scope} by {by} {end:%Y-%m}", (*told_of, *rest), (frozenset().union(*told_of),))
        yield Answer(f"{scope} {end:%Y-%m}", () if counted.all is None else (things(mine),))


def belonging(seen: Seen, scope: str) -> np.ndarray:
    return seen.past.tellings.while_belonging(seen.groups.communities.spans(scope.partition(":")[2]))


def of_replies(seen: Seen, told: ActsTold) -> Iterator[Answer]:
    """What is told of replies, a quarter after the tellings: those that waited are told of with others, once.

    And in windows, by what is told of their quarters.
    """
    tellings, waiting = seen.past.tellings, dict[str, Things]()
    soon, quarters = tellings.replies - tellings.times < REPLY_SECONDS, dict[str, list[tuple[Things, Things]]]()
    for (scope, end), (of, count) in sorted(told.replied.items()):
        before = months_before(end, QUARTER)
        whole = seen.groups.whole(before, scope)
        mine = np.zeros(len(soon), dtype=np.bool_)
        if whole is not None:
            mine = _within(tellings.times, before) & whole[tellings.tellers] & tellings.opening
            mine &= np.isin(np.arange(len(soon)), belonging(seen, scope))
        waiting[scope] = waiting.get(scope, frozenset()) | things(mine)
        replied = frozenset(one for one in waiting[scope] if soon[one])
        if of:
            assert (len(waiting[scope]), len(replied)) == (of, count)
        quarters.setdefault(scope, []).append((replied, waiting[scope] - replied) if of else (frozenset(), frozenset()))
        waiting[scope] = frozenset() if of else waiting[scope]
        for length in WINDOWS:
            window = quarters[scope][-length // QUARTER :]
            some, rest = (frozenset().union(*(one[part] for one in window)) for part in (0, 1))
            yield Answer(f"{scope} replied {length} {end:%Y-%m}", (some, rest), (some | rest,))


def of_windows(seen: Seen, told: ActsTold) -> Iterator[Answer]:
    """How many tellings are told of in windows."""
    tellings = seen.past.tellings
    for scope, end in told.tellings:
        for months in WINDOWS:
            ends = [months_before(end, back) for back in range(0, months, QUARTER)]
            counted = [told.tellings.get((scope, one)) for one in ends]
            mine = np.zeros(len(tellings.times), dtype=np.bool_)
            for one in ends:
                whole = seen.groups.whole(one, scope)
                if whole is not None:
                    mine |= _within(tellings.times, one) & whole[tellings.tellers]
            mine &= np.isin(np.arange(len(mine)), belonging(seen, scope))
            if all(one is None or one.all is not None for one in counted):
                assert sum(one.all or 0 for one in counted if one) == mine.sum()
                yield Answer(f"{scope} in {months} {end:%Y-%m}", (things(mine),))


def _within(times: np.ndarray, end: datetime) -> np.ndarray:
    inside: np.ndarray = (times >= months_before(end, QUARTER).timestamp()) & (times < end.timestamp())
    return inside


def of_groups(seen: Seen, months: Iterable[float]) -> Iterator[Answer]:
    """The groups of all scopes, those beside them and the whole, of each month in which they were other ones."""
    known = set[tuple[Things, ...]]()
    for month, (scope, by) in product(months, seen.groups.divisions):
        end = datetime.fromtimestamp(month, UTC)
        whole = seen.groups.whole(end, scope)
        if whole is not None:
            words, labels = seen.groups.parts(end, scope, GroupBy(by))
            groups = [things(labels == label) for label in range(len(words))]
            numbers = (*groups, things(whole) - frozenset().union(*groups))
            if numbers not in known:
                known.add(numbers)
                yield Answer(f"{scope} by {by} {end:%Y-%m}", numbers, (things(whole), frozenset().union(*groups)))


def of_people(seen: Seen, told: Mapping[str, PeopleTold]) -> Iterator[Answer]:
    """The groups of all scopes, and who of communities' people did something or did not."""
    yield from of_groups(seen, [END.timestamp()])
    for scope, one in told.items():
        life = life_of(seen.past.tellings, seen.groups, END, scope.partition(":")[2], WINDOWS[-1])
        members, first = life.whoever(life.members), life.first_told()
        for months, start, spoke in zip(WINDOWS, life.windows, life.spoken(), strict=True):
            yield from shares(
                f"{scope} spoke in {months}", members, spoke, spoke & (first >= start), one.new_voices[months]
            )
        answers = first_answers(life)
        came = life.whoever(answers.people)
        yield from shares(f"{scope} answered", came, came, life.whoever(answers.people[answers.answered]), one.answered)
        cohort, active = staying(life, attention(seen.past.listeners, seen.past.times))
        for months, some in zip(WINDOWS, active, strict=True):
            yield from shares(f"{scope} stays {months}", cohort, cohort, some, one.staying[months])


def shares(name: str, among: Flags, whole: Flags, part: Flags, told: Told) -> Iterator[Answer]:
    if told.of is not None:
        assert told.of == whole.sum()
        yield Answer(name, (things(whole), things(among & ~whole)))
    if told.count is not None:
        assert told.count == part.sum()
        yield Answer(f"{name}, part", (things(part), things(whole & ~part), things(among & ~whole)))


def attacked(seed: int) -> tuple[list[str], int]:
    """What an attacker isolates in a network, and how many numbers are told that are not of all or nothing."""
    groups, past = small_network(seed)
    ties = judge_ties(*ends_of(past), groups, END)
    return attacked_by(Seen(groups, past), ties, judge_acts(past, groups), judge_people(past, groups))


def attacked_by(
    seen: Seen, of_them: TiesTold, acts: ActsTold, doing: Mapping[str, PeopleTold]
) -> tuple[list[str], int]:
    """The same by what is told of ties, acts, and how many people did something."""
    tellers, listeners = ends_of(seen.past)
    ties = list(of_ties(seen, of_them))
    told = [*of_acts(seen, acts, heard=False), *of_replies(seen, acts), *of_windows(seen, acts)]
    heard = list(of_acts(seen, acts, heard=True))
    people = list(of_people(seen, doing))
    everybody = Attacker([range(seen.groups.people)])
    found = [
        *Attacker([tellers.tolist(), listeners.tolist()]).isolated(ties),
        *Attacker([seen.past.tellings.tellers.tolist()]).isolated(told),
        *Attacker([seen.past.tellers.tolist(), seen.past.listeners.tolist()]).isolated(heard),
        *everybody.isolated(people),
        *everybody.isolated(list(of_groups(seen, seen.groups.months))),
    ]
    return found, sum(len(one.numbers) for one in (*ties, *told, *heard, *people))


@pytest.mark.parametrize("seed", range(FEW))
def test_nobody_is_isolated_by_what_answers_tell_together(seed: int) -> None:
    found, numbers = attacked(seed)
    assert not found
    assert numbers > SEVERAL


@pytest.mark.slow
def test_nobody_is_isolated_in_any_of_two_hundred_networks() -> None:
    assert not [seed for seed in range(FEW, NETWORKS) if attacked(seed)[0]]


def test_somebody_would_be_where_each_answer_is_judged_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def alone(_: LinkedTables, table: Table) -> tuple[Flags, Flags]:
        return np.zeros(table.count, dtype=np.bool_), np.zeros(len(table.sums), dtype=np.bool_)

    monkeypatch.setattr(LinkedTables, "in_the_way", alone)
    assert sum(bool(attacked(seed)[0]) for seed in range(10)) > 5


async def test_nobody_is_isolated_by_what_the_service_answers(network: Network) -> None:
    """The same attacker, of what is told in every answer about groups of the same day."""
    await write_world(network, World(rows_of(3)))
    tied = await at_month_end(network, scope_of(viewer(), EVERYONE), END)
    seen = Seen(await registered(network, tied), await past_of(network, tied, END))
    found, numbers = attacked_by(
        seen, await _ties(network, seen), await _acts(network, seen), await _people(network, seen)
    )
    assert not found
    assert numbers > SEVERAL


async def _ties(network: Network, seen: Seen) -> TiesTold:
    mixing, returns = {}, {}
    for scope, by in seen.groups.divisions:
        asked = {"scope": scope, "groupBy": by, "asOf": END}
        found = await answer(network, viewer(), "crossing", asked)
        hidden = np.array([cell.ties is None for cell in found.matrix], dtype=np.bool_)
        mixing[scope, by] = MixingTold(
            hidden=hidden.reshape(len(found.groups), len(found.groups)),
            totals=found.density.value is not None or found.ei_index.value is not None,
            returns=found.reciprocity.value is not None,
        )
    for scope in communities(seen):
        found = await answer(network, viewer(), "communityHealth", {"community": scope[10:], "asOf": END})
        returns[scope] = found.reciprocity.value is not None
    return TiesTold(mixing, returns)


async def _acts(network: Network, seen: Seen) -> ActsTold:
    told = ActsTold({}, {}, {})
    for scope, end in product(communities(seen), (months_before(END, back) for back in (9, 6, 3, 0))):
        if seen.groups.whole(end, scope) is None:
            continue
        asked = {"community": scope[10:], "windowMonths": 3, "asOf": end}
        health = await answer(network, viewer(), "communityHealth", asked)
        tellings, hearings = dict[tuple[str, str], int | None](), dict[tuple[str, str], int | None]()
        for by in BY:
            for one in (await answer(network, viewer(), "diversity", {**asked, "groupBy": by})).groups:
                tellings[by.value, one.name], hearings[by.value, one.name] = one.tellings, one.heard
        told.tellings[scope, end] = Counted(health.basis.tellings, tellings, any=True)
        told.hearings[scope, end] = Counted(None, hearings, any=True)
        told.replied[scope, end] = (health.replied.of or 0, health.replied.count or 0)
    return told


async def _people(network: Network, seen: Seen) -> dict[str, PeopleTold]:
    told = {}
    for scope in communities(seen):
        asked = {"community": scope[10:], "asOf": END}
        over = {
            months: await answer(network, viewer(), "communityHealth", asked | {"windowMonths": months})
            for months in WINDOWS
        }
        told[scope] = PeopleTold(
            new_voices={months: Told(one.new_voices.of, one.new_voices.count) for months, one in over.items()},
            answered=Told(over[3].newcomers_answered.of, over[3].newcomers_answered.count),
            staying={
                months: Told(one.newcomers_staying.of, one.newcomers_staying.count) for months, one in over.items()
            },
        )
    return told


def communities(seen: Seen) -> list[str]:
    """Those that are shown at the end."""
    scopes = (f"community:{id}" for id in seen.groups.communities.words)
    return [scope for scope in scopes if seen.groups.whole(END, scope) is not None]
