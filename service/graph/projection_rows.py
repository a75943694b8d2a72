"""What was read of acts, works and people becomes rows of evidence, each with the condition for knowing of it.

An audience may know a row if it may know both people and the row's condition holds for it. The condition says which
audiences it has to be among: that of the act, that of the work whose authors are the tellers, that of one of the
derivations which say so, that of the earlier act which names the teller. Where an earlier act names a teller and may be
hidden, there are rows for both cases: one for those who see it, and one for those to whom the work's authors tell.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from service.model.answers import EvidenceKind

KINDS: Final = tuple(EvidenceKind)
"""The kinds of evidence, in the order in which the arrays number them."""

ID: Final = "S16"
"""How an id is kept: the sixteen bytes of its UUID."""

NONE: Final = -1
_NOBODY: Final = 0
"""The number of the empty name."""
_LARGEST_KEY: Final = 2**62

Numbers = NDArray[np.int32]
Ids = NDArray[np.bytes_]
Named = TypeVar("Named", bound=np.generic)


class Numbering(dict[str, int]):
    """Texts, numbered from 0 in the order in which they were first met."""

    def __missing__(self, text: str) -> int:
        """Number a text that was not met before."""
        self[text] = number = len(self)
        return number

    def of(self, texts: Sequence[str]) -> Numbers:
        """The number of each."""
        return np.fromiter(map(self.__getitem__, texts), dtype=np.int32, count=len(texts))


class Condition(NamedTuple):
    """Which audiences may know of something, by their numbers."""

    needs: tuple[int, ...]
    """It has to be among all of these,"""
    one_of: tuple[int, ...]
    """among one of these, if there are any,"""
    hidden: int
    """and not among this one, unless it is -1."""

    def holds(self, audiences: frozenset[int]) -> bool:
        """Whether it holds for whoever belongs to these."""
        return (
            audiences.issuperset(self.needs)
            and (not self.one_of or not audiences.isdisjoint(self.one_of))
            and self.hidden not in audiences
        )


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions there are, each once; what is added comes behind, so that numbers keep their meaning."""

    known: dict[Condition, int] = field(default_factory=dict)

    def number(self, condition: Condition) -> int:
        """The number of a condition, which is -1 for one that can never hold."""
        if condition.hidden in condition.needs:
            return NONE
        return self.known.setdefault(condition, len(self.known))

    def holding(self, audiences: frozenset[int]) -> NDArray[np.bool_]:
        """Whether each of them holds for whoever belongs to these audiences."""
        return np.fromiter((one.holds(audiences) for one in self.known), dtype=np.bool_, count=len(self.known))


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of evidence in the order of their acts, which are in the order of their ids."""

    act_ids: Ids
    acts: Numbers
    listeners: Numbers
    tellers: Numbers
    kinds: NDArray[np.int8]
    times: NDArray[np.float64]
    conditions: Numbers

    def of_acts(self, numbers: Numbers) -> NDArray[np.int64]:
        """Where the rows of these acts are."""
        starts = np.searchsorted(self.acts, numbers, side="left")
        return spread(starts, np.searchsorted(self.acts, numbers, side="right") - starts)

    def without(self, acts: NDArray[np.bool_]) -> "Rows":
        """The rows that are left when some acts are taken away."""
        return self.chosen(np.flatnonzero(~acts[self.acts])) if acts.any() else self

    def chosen(self, rows: NDArray[np.int64]) -> "Rows":
        """Some of the rows, in their order, and the acts that they are of."""
        act_ids, acts = numbered_anew(self.act_ids, self.acts[rows])
        return Rows(
            act_ids,
            acts,
            listeners=self.listeners[rows],
            tellers=self.tellers[rows],
            kinds=self.kinds[rows],
            times=self.times[rows],
            conditions=self.conditions[rows],
        )

    def with_rows(self, other: "Rows") -> "Rows":
        """Both together; no act may be in both."""
        if not len(other.acts):
            return self
        ids = np.concatenate((self.act_ids, other.act_ids))
        order = by_id(ids)
        places = np.empty(len(ids), dtype=np.int32)
        places[order] = np.arange(len(ids), dtype=np.int32)
        acts = places[np.concatenate((self.acts, other.acts + len(self.act_ids)))]
        rows = np.argsort(acts, kind="stable")
        return Rows(
            ids[order],
            acts[rows],
            listeners=np.concatenate((self.listeners, other.listeners))[rows],
            tellers=np.concatenate((self.tellers, other.tellers))[rows],
            kinds=np.concatenate((self.kinds, other.kinds))[rows],
            times=np.concatenate((self.times, other.times))[rows],
            conditions=np.concatenate((self.conditions, other.conditions))[rows],
        )

    def told(self, rows: NDArray[np.int64]) -> dict[bytes, list[tuple[Any, ...]]]:
        """Some of the rows by the ids of their acts, to be compared."""
        found: dict[bytes, list[tuple[Any, ...]]] = defaultdict(list)
        columns = (
            self.tellers,
            self.listeners,
            self.kinds,
            self.conditions,
            np.nan_to_num(self.times[rows], nan=np.inf),
        )
        values = zip(*(one[rows].tolist() for one in columns[:4]), columns[4].tolist(), strict=True)
        for act, row in zip(self.acts[rows].tolist(), values, strict=True):
            found[raw(self.act_ids, act)].append(row)
        return {act: sorted(rows) for act, rows in found.items()}


def no_rows() -> Rows:
    """Nothing, in the form of rows."""
    none = np.empty(0, dtype=np.int32)
    return Rows(packed([]), none, none, none, none.astype(np.int8), none.astype(np.float64), none)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read of acts, works, derivations and people, list by list; names are numbered as they come."""

    audiences: Numbering
    names: Numbering = field(default_factory=lambda: Numbering({"": _NOBODY}))
    acts: list[tuple[NDArray[Any], ...]] = field(default_factory=list)
    """Id, kind, audience, time, listener, item and teller."""
    afters: list[tuple[Ids, Numbers, Numbers]] = field(default_factory=list)
    """Act, audience of the one before it, and who did that."""
    works: list[tuple[Numbers, Numbers]] = field(default_factory=list)
    """Work and audience."""
    authors: list[tuple[Numbers, Numbers]] = field(default_factory=list)
    """Work and whose it is."""
    makers: dict[tuple[int, int], set[int]] = field(default_factory=lambda: defaultdict(set))
    """By knowledge and maker the audiences of the derivations that say so."""
    derivations: list[tuple[str, str]] = field(default_factory=list)
    """Derivation and what it made."""
    people: list[tuple[Numbers, Numbers]] = field(default_factory=list)
    """Person and audience."""

    def add_acts(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take in lists of acts, each of a kind and an audience; a list of ends is empty where none has that end."""
        for row in rows:
            count = len(row["ids"])
            kind = np.full(count, KINDS.index(EvidenceKind(row.get("kind", EvidenceKind.reply))), dtype=np.int8)
            times = np.full(count, np.nan) if row.get("undated") else np.array(row["times"], dtype=np.int64) / 1000
            ends = (self._ends(row.get(name, ()), count) for name in ("listeners", "items", "tellers"))
            audience = np.full(count, self.audiences[row["audience"]], dtype=np.int32)
            self.acts.append((packed(row["ids"]), kind, audience, times, *ends))

    def add_afters(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take in lists of acts that came after another, each of the other's audience, with who did that."""
        for row in rows:
            audiences = np.full(len(row["acts"]), self.audiences[row["audience"]], dtype=np.int32)
            self.afters.append((packed(row["acts"]), audiences, self.names.of(row["tellers"])))

    def _ends(self, names: Sequence[str], count: int) -> Numbers:
        return self.names.of(names) if names else np.full(count, _NOBODY, dtype=np.int32)

    def add_works(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take in lists of works, each of an audience, with whose they are."""
        for row in rows:
            works, authors = self.names.of(row["items"]), self.names.of(row["authors"])
            self.works.append((works, np.full(len(works), self.audiences[row["audience"]], dtype=np.int32)))
            self.authors.append((works[authors != _NOBODY], authors[authors != _NOBODY]))

    def add_derivations(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take in lists of derivations, each of an audience: what was made and by whom."""
        for row in rows:
            audience = self.audiences[row["audience"]]
            for work, maker in zip(self.names.of(row["items"]), self.names.of(row["authors"]), strict=True):
                self.makers[int(work), int(maker)].add(audience)
            self.derivations.extend(zip(row["derivations"], row["items"], strict=True))

    def add_people(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take in lists of people, each of an audience."""
        for row in rows:
            people = self.names.of(row["people"])
            self.people.append((people, np.full(len(people), self.audiences[row["audience"]], dtype=np.int32)))

    def missing_works(self) -> list[str]:
        """What acts are of, and was not read itself."""
        return self._missing([act[5] for act in self.acts], [works for works, _ in self.works])

    def missing_people(self) -> list[str]:
        """The people whom acts and works name, and who were not read themselves."""
        named = [act[end] for act in self.acts for end in (4, 6)]
        named += [tellers for _, _, tellers in self.afters] + [authors for _, authors in self.authors]
        makers = np.array([maker for _, maker in self.makers], dtype=np.int32)
        return self._missing([*named, makers], [people for people, _ in self.people])

    def _missing(self, wanted: list[Numbers], there: list[Numbers]) -> list[str]:
        missing = np.zeros(len(self.names), dtype=np.bool_)
        for numbers in wanted:
            missing[numbers] = True
        for numbers in there:
            missing[numbers] = False
        missing[_NOBODY] = False
        names = list(self.names)
        return [names[number] for number in np.flatnonzero(missing)]


def rows_of(facts: Facts, person_of: Numbers, conditions: Conditions) -> Rows:
    """The rows that the facts amount to; `person_of` numbers the people by their names' numbers, -1 for who is none."""
    if not facts.acts:
        return no_rows()
    ids, kinds, audiences, times, by, of, to = (np.concatenate(column) for column in zip(*facts.acts, strict=True))
    order = by_id(ids)
    ids, kinds, audiences, times, by, of, to = (column[order] for column in (ids, kinds, audiences, times, by, of, to))
    before = _earlier(facts, ids, to)
    work_audiences = np.full(len(facts.names), NONE, dtype=np.int32)
    for works, theirs in facts.works:
        work_audiences[works] = theirs
    items = work_audiences[of]
    listeners = person_of[by]
    carried = kinds == KINDS.index(EvidenceKind.amplification)

    named = np.flatnonzero((listeners != NONE) & (to != _NOBODY) & (~carried | (items != NONE)))
    told = np.flatnonzero((listeners != NONE) & (items != NONE) & ((to == _NOBODY) | (carried & (before != NONE))))
    told, authors, derived, sets = _authors(facts, of, told)

    acts = np.concatenate((named, told))
    tellers = np.concatenate((person_of[to[named]], person_of[authors]))
    nothing = np.full(len(acts), NONE, dtype=np.int32)
    needed, one_of, hidden, earlier = nothing.copy(), nothing.copy(), nothing.copy(), nothing.copy()
    needed[: len(named)] = np.where(carried[named], items[named], NONE)
    needed[len(named) :] = items[told]
    earlier[: len(named)] = before[named]
    hidden[len(named) :] = before[told]
    one_of[len(named) :] = derived
    numbers = _numbered((audiences[acts], needed, earlier, one_of, hidden), sets, conditions)

    kept = np.flatnonzero((tellers != NONE) & (tellers != listeners[acts]) & (numbers != NONE))
    kept = kept[np.argsort(acts[kept], kind="stable")]
    act_ids, rows = numbered_anew(ids, acts[kept].astype(np.int32))
    of_acts = acts[kept]
    return Rows(act_ids, rows, listeners[of_acts], tellers[kept], kinds[of_acts], times[of_acts], numbers[kept])


def _earlier(facts: Facts, acts: Ids, tellers: Numbers) -> Numbers:
    """The audience of the act before each, -1 for none; who did that is put among the tellers."""
    audiences = np.full(len(acts), NONE, dtype=np.int32)
    for after, theirs, earlier in facts.afters:
        places = found(acts, after)
        known = (places != NONE) & (earlier != _NOBODY)
        audiences[places[known]], tellers[places[known]] = theirs[known], earlier[known]
    return audiences


def _authors(
    facts: Facts, of: Numbers, acts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Numbers, Numbers, list[tuple[int, ...]]]:
    """Each act once for each author of what it is of, with which of the sets of derivations' audiences says so."""
    sets: dict[tuple[int, ...], int] = {}
    made = [
        (work, maker, sets.setdefault(tuple(sorted(audiences)), len(sets)))
        for (work, maker), audiences in facts.makers.items()
    ]
    derived = np.array(made, dtype=np.int32).reshape(-1, 3)
    works = np.concatenate([*(works for works, _ in facts.authors), derived[:, 0]])
    authors = np.concatenate([*(authors for _, authors in facts.authors), derived[:, 1]])
    said = np.concatenate((np.full(len(works) - len(derived), NONE, dtype=np.int32), derived[:, 2]))
    order = np.argsort(works, kind="stable")
    offsets = np.concatenate(([0], np.cumsum(np.bincount(works, minlength=len(facts.names)))))
    counts = offsets[of[acts] + 1] - offsets[of[acts]]
    places = order[spread(offsets[of[acts]], counts)]
    return np.repeat(acts, counts), authors[places], said[places], list(sets)


def _numbered(columns: tuple[Numbers, ...], sets: list[tuple[int, ...]], conditions: Conditions) -> Numbers:
    """The number of each row's condition, from the audiences of act, work and earlier act, the set, and the hidden."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    size = 1
    for column in columns:
        span = int(column.max(initial=NONE)) + 2
        if size * span > _LARGEST_KEY:
            _, key = np.unique(key, return_inverse=True)
            size = int(key.max(initial=0)) + 1
        key = key * span + (column + 1)
        size *= span
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    numbers = []
    for row in first:
        act, work, earlier, one_of, hidden = (int(column[row]) for column in columns)
        needs = tuple(sorted({act, work, earlier} - {NONE}))
        said = sets[one_of] if one_of != NONE else ()
        numbers.append(conditions.number(Condition(needs, () if {*said} & {*needs} else said, hidden)))
    return np.array(numbers, dtype=np.int32)[inverse] if numbers else np.empty(0, dtype=np.int32)


def spread(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers from each start on, as many as its count says, one range after another."""
    ends = np.cumsum(counts)
    places: NDArray[np.int64] = np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - counts), counts)
    return places


def numbered_anew(ids: NDArray[Named], acts: Numbers) -> tuple[NDArray[Named], Numbers]:
    """The ids of those acts that occur, and the acts, which have to be in order, numbered in them."""
    if not len(acts):
        return ids[:0], acts
    another = np.concatenate(([True], acts[1:] != acts[:-1]))
    return ids[acts[another]], (np.cumsum(another) - 1).astype(np.int32)


def packed(ids: Sequence[str]) -> Ids:
    """Ids as the bytes of their UUIDs."""
    if not ids:
        return np.empty(0, dtype=ID)
    return np.frombuffer(bytes.fromhex("".join(ids).replace("-", "")), dtype=ID)


def unpacked(ids: Ids) -> list[str]:
    """Ids as they are written."""
    digits = ids.tobytes().hex()
    return [_written(digits[start : start + 32]) for start in range(0, len(digits), 32)]


def raw(ids: Ids, place: int) -> bytes:
    """The sixteen bytes of one id: numpy's own element loses zeros at the end."""
    return ids[place : place + 1].tobytes()


def _written(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def by_id(ids: Ids) -> NDArray[np.int64]:
    """The order of ids."""
    halves = np.ascontiguousarray(ids).view(">u8").reshape(-1, 2).astype(np.uint64)
    first, second = halves[:, 0], halves[:, 1]
    if np.all((first[1:] > first[:-1]) | ((first[1:] == first[:-1]) & (second[1:] >= second[:-1]))):
        return np.arange(len(ids))
    order: NDArray[np.int64] = np.argsort(first)
    if np.any(first[order[1:]] == first[order[:-1]]):
        order = np.lexsort((second, first))
    return order


def found(ids: Ids, wanted: Ids) -> NDArray[np.int64]:
    """Where each wanted id is among ids that are in order; -1 for one that is not."""
    if not len(ids):
        return np.full(len(wanted), NONE)
    places = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    there: NDArray[np.int64] = np.where(ids[places] == wanted, places, NONE)
    return there
