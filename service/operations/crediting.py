"""Crediting: what was read of knowledge and its lineage, as numbers, and what everybody's part in it is worth."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from service.measures.credit import (
    EXCHANGED,
    NOBODY,
    OWN,
    Adoptions,
    Groups,
    Lineages,
    Parts,
    counted_adoptions,
    credit_parts,
    groups,
)
from service.model.credit import CreditPart, CreditShare, PyramidLayer
from service.operations.conventions import OUTSIDE

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Columns = Mapping[str, Sequence[Any]]
Pairs = Iterable[tuple[str, str]]

PARTS: Final = tuple(CreditPart)

A_TICK: Final = timedelta(milliseconds=1)
"""Evidence keeps its times to the millisecond: what is of the newest moment is looked for until just after it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditRules:
    """How credit is shared out: what `credit.toml` says."""

    shares: list[CreditShare]
    damping: float
    adopting: list[str]
    correcting: list[str]


def layer_of(
    pyramid: Sequence[PyramidLayer], part: CreditPart, distance: int, *, alone: bool, outside: bool
) -> PyramidLayer:
    """The layer of the pyramid that a part is put to."""
    word = part.value
    if part is CreditPart.derived:
        word = "derived before" if distance else "derived alone" if alone else "derived together"
    words = ([OUTSIDE] if outside else []) + [word]
    return next(layer for word in words for layer in pyramid if word in layer.parts)


@cache
def credit_rules() -> CreditRules:
    """The rules as they are shipped."""
    said = tomllib.loads((files(__package__) / "credit.toml").read_text(encoding="utf-8"))
    return CreditRules(
        shares=[CreditShare(part=part, share=said["shares"][part.value]) for part in PARTS],
        damping=said["damping"],
        adopting=said["adopting"],
        correcting=said["correcting"],
    )


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Credited:
    """What each piece of adopted knowledge is worth, and whose part in it is what.

    `things` are ids by number, `knowledge` the numbers of the adopted pieces, `worth` theirs, `makers` who made each
    thing: by whose name it is known.
    """

    things: list[str]
    knowledge: Numbers
    worth: Floats
    parts: Parts
    adoptions: Adoptions
    makers: Groups
    unattributed: int

    @property
    def own(self) -> int:
        """How many adoptions were of one's own work."""
        return int((self.adoptions.reasons == OWN).sum())

    @property
    def exchanged(self) -> int:
        """How many were made up for by adoptions the other way."""
        return int((self.adoptions.reasons == EXCHANGED).sum())

    def differences(self, people: int) -> csr_matrix:
        """What each adopter adds to each person's credit, less what is visible of it: people by adopters."""
        size = (people, len(self.knowledge))
        credit = csr_matrix((self.parts.amounts, (self.parts.people, self.parts.knowledge)), shape=size)
        taken = (self.adoptions.weights, (self.adoptions.knowledge, self.adoptions.adopters))
        return (credit - self.shown(people)) @ csr_matrix(taken, shape=(size[1], people))

    def shown(self, people: int) -> csr_matrix:
        """The share of each piece that would be everybody's whose name is on it: people by pieces."""
        counts = np.diff(self.makers.offsets)[self.knowledge]
        rows = np.concatenate([self.makers.of(thing) for thing in self.knowledge] or [np.empty(0, np.int64)])
        pieces = np.repeat(np.arange(len(self.knowledge)), counts)
        return csr_matrix((1 / np.repeat(counts, counts), (rows, pieces)), shape=(people, len(self.knowledge)))


def credited(
    read: Mapping[str, Columns], numbers: Mapping[str, int], window: tuple[float, float], rules: CreditRules
) -> Credited:
    """Share out what is adopted in a window (milliseconds since the epoch); `numbers` are those of the people."""
    drawn, surfaced, known = read["derivations"], read["surfacings"], read["knowledge"]
    made_by = _pairs(drawn["made"], drawn["makers"])
    had = (
        made_by,
        [*zip(surfaced["made"], surfaced["tellers"], strict=True), *_held(read)],
        list(zip(surfaced["made"], surfaced["noticers"], strict=True)),
        list(zip(read["experiments"]["items"], read["experiments"]["testers"], strict=True)),
        list(_corrected(read)),
    )
    sources = _pairs(drawn["made"], drawn["sources"])
    ids = dict.fromkeys(chain(known["items"], (one for pair in sources for one in pair), (one for one, _ in had[1])))
    things = {id: number for number, id in enumerate(ids)}
    makers = _grouped(things, numbers, made_by)
    lineages = Lineages(
        made_of=_grouped(things, things, sources),
        parts=tuple(_grouped(things, numbers, pairs) for pairs in had),
        hands=_hands(makers, len(things)),
        people=len(numbers),
    )
    return _shared_out(read, things, numbers, lineages, makers, window, rules)


def _shared_out(  # noqa: PLR0917 -- the steps of one computation
    read: Mapping[str, Columns],
    things: Mapping[str, int],
    numbers: Mapping[str, int],
    lineages: Lineages,
    makers: Groups,
    window: tuple[float, float],
    rules: CreditRules,
) -> Credited:
    columns, explicit = read["adoptions"], set(read["knowledge"]["items"])
    taken = [
        (numbers[by], things[item])
        for item, by, at in zip(columns["items"], columns["adopters"], columns["times"], strict=True)
        if window[0] <= at < window[1] and by in numbers and item in explicit
    ]
    adopted = sorted({thing for _, thing in taken})
    attributed = [thing for thing in adopted if len(makers.of(thing))]
    places = {thing: place for place, thing in enumerate(attributed)}
    shares = np.array([one.share for one in rules.shares])
    parts = credit_parts(lineages, np.array(attributed, dtype=np.int64), shares, rules.damping)
    rows = np.array([(who, places[thing]) for who, thing in taken if thing in places], dtype=np.int64).reshape(-1, 2)
    same = _alike(read["knowledge"], things, lineages.hands, attributed)
    adoptions = counted_adoptions(rows[:, 0], rows[:, 1], parts, same, people=len(numbers))
    return Credited(
        things=list(things),
        knowledge=np.array(attributed, dtype=np.int64),
        worth=np.bincount(adoptions.knowledge, adoptions.weights, minlength=len(attributed)).astype(np.float64),
        parts=parts,
        adoptions=adoptions,
        makers=makers,
        unattributed=len(adopted) - len(attributed),
    )


def _pairs(things: Sequence[str], several: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    return [(thing, one) for thing, ones in zip(things, several, strict=True) for one in ones]


def _held(read: Mapping[str, Columns]) -> Pairs:
    """Insights that nobody was seen to notice or derive, with whoever holds them."""
    came = {*read["surfacings"]["made"], *read["derivations"]["made"]}
    columns = read["insights"]
    return [(one, who) for one, who in zip(columns["items"], columns["holders"], strict=True) if one not in came]


def _corrected(read: Mapping[str, Columns]) -> Iterable[tuple[str, str]]:
    """Knowledge, with who had corrected or questioned what it used or replaced before it was first made."""
    before: dict[str, set[str]] = defaultdict(set)
    for thing, one in (
        *_pairs(read["derivations"]["made"], read["derivations"]["sources"]),
        *_pairs(read["knowledge"]["items"], read["knowledge"]["replaced"]),
    ):
        before[thing].add(one)
    made: dict[str, float] = {}
    for thing, at in zip(read["derivations"]["made"], read["derivations"]["times"], strict=True):
        made[thing] = min(at, made.get(thing, at))
    given: dict[str, list[tuple[str, float]]] = defaultdict(list)
    columns, explicit = read["feedback"], set(read["knowledge"]["items"])
    for item, giver, at in zip(columns["items"], columns["givers"], columns["times"], strict=True):
        given[item].append((giver, at))
    for thing, earlier in before.items():
        for one in earlier & given.keys() & explicit:
            yield from ((thing, giver) for giver, at in given[one] if at < made.get(thing, 0))


def _grouped(things: Mapping[str, int], members: Mapping[str, int], pairs: Pairs) -> Groups:
    rows = [(things[thing], members[one]) for thing, one in pairs if thing in things and one in members]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return groups(columns[:, 0], columns[:, 1], len(things))


def _hands(makers: Groups, things: int) -> Numbers:
    """Equal numbers for what just the same people made."""
    labels: dict[tuple[int, ...], int] = {}
    hands = np.full(things, NOBODY, dtype=np.int64)
    for thing in np.flatnonzero(np.diff(makers.offsets)):
        hands[thing] = labels.setdefault(tuple(makers.of(int(thing)).tolist()), len(labels))
    return hands


def _alike(known: Columns, things: Mapping[str, int], hands: Numbers, knowledge: Sequence[int]) -> Numbers:
    """Equal numbers for what the same people made about the same topics."""
    topics = {things[item]: tuple(sorted(about)) for item, about in zip(known["items"], known["topics"], strict=True)}
    labels: dict[tuple[int, tuple[str, ...]], int] = {}
    alike = [labels.setdefault((int(hands[one]), topics.get(one, ())), len(labels)) for one in knowledge]
    return np.array(alike, dtype=np.int64)
