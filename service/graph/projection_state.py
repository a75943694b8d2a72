"""The evidence as one process holds it: a store that all processes of a machine may share, and what changed since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.graph.projection_rows import (
    ID,
    NONE,
    Condition,
    Conditions,
    Facts,
    Ids,
    Numbering,
    Numbers,
    Rows,
    by_id,
    found,
    no_rows,
    packed,
    raw,
    rows_of,
    unpacked,
)

FEW: Final = 5_000
"""Changed rows that are never worth a new store, and"""
SHARE: Final = 0.05
"""which share of all rows is."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far in the feed of changes: the number of a change, and its id, by which one knows the feed again."""

    sequence: int = 0
    change: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """The evidence of all audiences up to a change. People are in the order of their ids."""

    mark: Mark
    people: Ids
    people_audiences: Numbers
    rows: Rows
    derivations: Ids
    made: Ids
    """What each derivation made: so that one that has gone is known to have mattered."""
    audiences: tuple[str, ...]
    conditions: tuple[Condition, ...]

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything that is large."""
        rows = {name: getattr(self.rows, name) for name in Rows.__slots__}
        own = ("people", "people_audiences", "derivations", "made")
        return {**rows, **{name: getattr(self, name) for name in own}}


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change did to the evidence: rows that came or went, and audiences of people who did."""

    rows: tuple[Rows, ...] = ()
    audiences: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A store and what has changed since: people added, acts of the store that are no more as they were, newer rows."""

    store: Store
    mark: Mark
    audiences: Numbering
    conditions: Conditions
    people: Ids
    """The store's, and behind them who was added."""
    people_audiences: Numbers
    """-1 for who is no more."""
    added: Mapping[bytes, int] = field(default_factory=dict)
    gone: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int32))
    newer: Rows = field(default_factory=no_rows)
    derivations: Mapping[bytes, bytes] = field(default_factory=dict)
    """What derivations that were written since made; nothing for one that has gone."""

    @property
    def changed(self) -> bool:
        """Whether anything is other than in the store."""
        return bool(len(self.gone) or len(self.newer.acts) or self.derivations) or self.people_audiences is not (
            self.store.people_audiences
        )

    @property
    def erased(self) -> bool:
        """Whether the store holds something that has gone, or is no more as it was."""
        return bool(len(self.gone) or (self.people_audiences == NONE).any() or not all(self.derivations.values()))

    @property
    def large(self) -> bool:
        """Whether so much has changed that a new store is due."""
        return len(self.gone) + len(self.newer.acts) + len(self.added) > FEW + SHARE * len(self.store.rows.acts)

    def seen(self, audiences: Iterable[str]) -> frozenset[int]:
        """The numbers of those audiences that occur."""
        return frozenset(self.audiences[audience] for audience in audiences if audience in self.audiences)

    def knows(self, seen: frozenset[int]) -> NDArray[np.bool_]:
        """Whether whoever belongs to these audiences may know of each of the people."""
        allowed = np.zeros(len(self.audiences) + 1, dtype=np.bool_)
        allowed[list(seen)] = True
        allowed[NONE] = False
        return allowed[self.people_audiences]

    def numbers(self, people: Ids) -> Numbers:
        """The number of each of these people, -1 for who is none."""
        places = found(self.store.people, people).astype(np.int32)
        if self.added:
            for place in np.flatnonzero(places == NONE).tolist():
                places[place] = self.added.get(raw(people, place), NONE)
        return places

    def made_by(self, derivations: Sequence[str]) -> list[str]:
        """What these derivations made, as far as is known here; other ids are no matter."""
        ids = packed(derivations)
        places = found(self.store.derivations, ids)
        stored = [raw(self.store.made, place) if place != NONE else b"" for place in places]
        made = {self.derivations.get(raw(ids, number), work) for number, work in enumerate(stored)}
        return unpacked(_joined(made - {b""}))

    def shows(self, touched: Touched, audiences: Iterable[str]) -> bool:
        """Whether anything that was touched is, or was, for these audiences to know."""
        seen = self.seen(audiences)
        if seen & touched.audiences:
            return True
        holding, known = self.conditions.holding(seen), self.knows(seen)
        return any(
            bool((holding[rows.conditions] & known[rows.listeners] & known[rows.tellers]).any())
            for rows in touched.rows
            if len(rows.acts)
        )


def state_of(store: Store) -> State:
    """A store as it stands, with nothing changed."""
    audiences = Numbering({audience: number for number, audience in enumerate(store.audiences)})
    conditions = Conditions({condition: number for number, condition in enumerate(store.conditions)})
    return State(store, store.mark, audiences, conditions, store.people, store.people_audiences)


def store_of(mark: Mark, facts: Facts) -> Store:
    """All that was read, as a store."""
    names = list(facts.names)
    known = np.full(len(names), NONE, dtype=np.int32)
    for people, theirs in facts.people:
        known[people] = theirs
    numbers = np.flatnonzero(known != NONE)
    ids = packed([names[number] for number in numbers])
    order = by_id(ids)
    person_of = np.full(len(names), NONE, dtype=np.int32)
    person_of[numbers[order]] = np.arange(len(order), dtype=np.int32)
    conditions = Conditions()
    rows = rows_of(facts, person_of, conditions)
    derivations, made = _pairs(_made(facts))
    audiences = tuple(facts.audiences)
    return Store(mark, ids[order], known[numbers[order]], rows, derivations, made, audiences, tuple(conditions.known))


def with_changes(state: State, facts: Facts, *, ids: Sequence[str], acts: Sequence[str]) -> tuple[State, Touched]:
    """The state with what was read anew: all that is left of some ids, and of acts; and what that touched."""
    state, audiences = _with_people(state, facts, ids)
    person_of = np.append(np.int32(NONE), state.numbers(packed(list(facts.names)[1:]))).astype(np.int32)
    fresh = rows_of(facts, person_of, state.conditions)
    wanted = packed(acts)
    stored, newer = (_there(rows.act_ids, wanted) for rows in (state.store.rows, state.newer))
    stored = np.setdiff1d(stored, state.gone)
    before = state.store.rows.told(state.store.rows.of_acts(stored)) | state.newer.told(state.newer.of_acts(newer))
    after = fresh.told(np.arange(len(fresh.acts)))
    same = {act for act, rows in after.items() if before.get(act) == rows}

    stored, newer = _others(state.store.rows, stored, same), _others(state.newer, newer, same)
    fresh = fresh.without(np.array([one in same for one in _raws(fresh.act_ids)], dtype=np.bool_))
    old = [rows.chosen(rows.of_acts(numbers)) for rows, numbers in ((state.store.rows, stored), (state.newer, newer))]
    derivations = {**state.derivations, **_derivations(state, facts, ids)}
    left = state.newer.without(_marked(len(state.newer.act_ids), newer)).with_rows(fresh)
    gone = np.union1d(state.gone, stored).astype(np.int32)
    return replace(state, gone=gone, newer=left, derivations=derivations), Touched((*old, fresh), audiences)


def compacted(state: State) -> Store:
    """The same evidence as one store again, with nothing in it of what has gone."""
    people = np.flatnonzero(state.people_audiences != NONE)
    people = people[by_id(state.people[people])]
    numbers = np.full(len(state.people), NONE, dtype=np.int32)
    numbers[people] = np.arange(len(people), dtype=np.int32)
    rows = state.store.rows.without(_marked(len(state.store.rows.act_ids), state.gone)).with_rows(state.newer)
    there = (numbers[rows.listeners] != NONE) & (numbers[rows.tellers] != NONE)
    rows = rows if there.all() else rows.chosen(np.flatnonzero(there))
    made = dict(zip(_raws(state.store.derivations), _raws(state.store.made), strict=True)) | dict(state.derivations)
    derivations, works = _pairs({one: other for one, other in made.items() if other})
    conditions, condition_of = _used(list(state.conditions.known), rows.conditions)
    named = {number for one in conditions for number in (*one.needs, *one.one_of, one.hidden)}
    audiences, audience_of = _used(
        list(state.audiences), np.array([*named, *state.people_audiences[people]], dtype=np.int32)
    )
    renamed = tuple(
        Condition(
            tuple(sorted(int(audience_of[number]) for number in one.needs)),
            tuple(sorted(int(audience_of[number]) for number in one.one_of)),
            int(audience_of[one.hidden]) if one.hidden != NONE else NONE,
        )
        for one in conditions
    )
    return Store(
        state.mark,
        state.people[people],
        audience_of[state.people_audiences[people]],
        replace(
            rows,
            listeners=numbers[rows.listeners],
            tellers=numbers[rows.tellers],
            conditions=condition_of[rows.conditions],
        ),
        derivations,
        works,
        tuple(audiences),
        renamed,
    )


def _with_people(state: State, facts: Facts, ids: Sequence[str]) -> tuple[State, frozenset[int]]:
    """The state with the people who were read anew or are no more, and the audiences that they are or were for."""
    names = list(facts.names)
    read = {
        names[person]: int(audience)
        for people, audiences in facts.people
        for person, audience in zip(people.tolist(), audiences, strict=True)
    }
    looked_at = sorted({*read, *ids})
    packed_ids = packed(looked_at)
    numbers = state.numbers(packed_ids)
    audiences = np.array([read.get(id, NONE) for id in looked_at], dtype=np.int32)
    new = np.flatnonzero((numbers == NONE) & (audiences != NONE))
    known = np.flatnonzero(numbers != NONE)
    moved = known[state.people_audiences[numbers[known]] != audiences[known]]
    if not len(new) and not len(moved):
        return state, frozenset()
    touched = {*state.people_audiences[numbers[moved]].tolist(), *audiences[moved].tolist(), *audiences[new].tolist()}
    theirs = np.concatenate((state.people_audiences, audiences[new]))
    theirs[numbers[moved]] = audiences[moved]
    newcomers = {raw(packed_ids, place): len(state.people) + count for count, place in enumerate(new.tolist())}
    people = np.concatenate((state.people, packed_ids[new]))
    added = {**state.added, **newcomers}
    return replace(state, people=people, people_audiences=theirs, added=added), frozenset(touched - {NONE})


def _made(facts: Facts) -> dict[bytes, bytes]:
    """What each derivation that was read made."""
    derivations, works = (packed([pair[side] for pair in facts.derivations]) for side in (0, 1))
    return dict(zip(_raws(derivations), _raws(works), strict=True))


def _derivations(state: State, facts: Facts, ids: Sequence[str]) -> dict[bytes, bytes]:
    """What the derivations among these ids made now; nothing for those that are no more."""
    made = _made(facts)
    looked_at = packed(ids)
    known = found(state.store.derivations, looked_at) != NONE
    gone = [one for one, stored in zip(_raws(looked_at), known, strict=True) if stored or one in state.derivations]
    return dict.fromkeys(gone, b"") | made


def _there(ids: Ids, wanted: Ids) -> Numbers:
    places = found(ids, wanted)
    return np.unique(places[places != NONE]).astype(np.int32)


def _others(rows: Rows, acts: Numbers, same: set[bytes]) -> Numbers:
    return acts[[raw(rows.act_ids, act) not in same for act in acts.tolist()]] if len(acts) else acts


def _marked(count: int, numbers: Numbers) -> NDArray[np.bool_]:
    marks = np.zeros(count, dtype=np.bool_)
    marks[numbers] = True
    return marks


def _raws(ids: Ids) -> list[bytes]:
    return [raw(ids, place) for place in range(len(ids))]


def _joined(ids: Iterable[bytes]) -> Ids:
    return np.frombuffer(b"".join(ids), dtype=ID)


def _pairs(made: Mapping[bytes, bytes]) -> tuple[Ids, Ids]:
    """Derivations in the order of their ids, and what each made."""
    derivations, works = _joined(made.keys()), _joined(made.values())
    order = by_id(derivations)
    return derivations[order], works[order]


def _used(things: Sequence[Any], numbers: Numbers) -> tuple[list[Any], Numbers]:
    """Those things that are numbered somewhere, and the new number of each."""
    used = np.zeros(len(things), dtype=np.bool_)
    used[numbers[numbers != NONE]] = True
    new = np.where(used, np.cumsum(used) - 1, NONE).astype(np.int32)
    return [thing for thing, wanted in zip(things, used, strict=True) if wanted], new
