"""What may be told of an era profile's quarter: of all organisations together, whose people may be the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from service.graph.projection import KINDS
from service.measures.acts_told import doers_told
from service.measures.era import pairs_of
from service.measures.linked_tables import LinkedTables
from service.model.answers import EvidenceKind
from service.model.era import EraIndicator
from service.operations.disclosed import once
from service.operations.disclosure import QUARTER, Registered, month_of, months_before
from service.operations.network import Network
from service.operations.projection import Standing

SharesTold = Mapping[EraIndicator, tuple[bool, bool]]
"""By indicator, where it is a share: whether it is told of how many it is, and how many there are in it."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of knowledge made within a quarter."""

    makers: NDArray[np.int64]
    """A row for each of as many makers as any piece has: of a piece with fewer its first again."""
    within: NDArray[np.bool_]
    """Whether each was made in a community."""

    def by(self, some: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which of them some people made."""
        theirs: NDArray[np.bool_] = np.logical_or.reduce(some[self.makers])
        return theirs

    def first_makers(self, some: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Of each that some people made the first of them."""
        theirs = self.by(some)
        first = np.argmax(some[self.makers[:, theirs]], axis=0)
        makers: NDArray[np.int64] = self.makers[first, np.flatnonzero(theirs)]
        return makers


@dataclass(frozen=True, slots=True)
class EraTold:
    """What is told of a quarter."""

    shares: Mapping[str, SharesTold]
    """By the id of each organisation that is shown."""
    pieces: Pieces
    """What was made within it."""


_SHARES = (EraIndicator.leadership, EraIndicator.trust, EraIndicator.offer)


async def era_told(network: Network, then: Standing, groups: Registered, made: dict[str, Any]) -> EraTold:
    """What is told of the organisations that are shown, of the quarter that ends then."""
    seen = then.projection
    within = (seen.times >= _since(then)) & (seen.times < then.as_of.timestamp())
    acts = [column[within].tobytes() for column in (seen.listeners, seen.tellers, seen.kinds)]
    name = blake2b(b"".join([*acts, orjson.dumps(made)]), digest_size=16).digest()
    return await once(network, ("era", groups.name, then.as_of, name), judge_era, then, groups, made)


def judge_era(then: Standing, groups: Registered, made: dict[str, Any]) -> EraTold:
    """What is told of each organisation that is shown, of the quarter that ends then.

    Of one in the way of another before it, by their ids, nothing is: of pairs, or pieces, that few more are behind.
    """
    everybody, pieces = np.arange(groups.people), _pieces_made(then, made)
    replied, supported = (
        pairs_of(*acts_between(then, everybody, kind), groups.people)
        for kind in (EvidenceKind.reply, EvidenceKind.support)
    )
    linked = [LinkedTables(ends) for ends in (replied[0], supported[0], pieces.makers)]
    found: dict[str, SharesTold] = {}
    for scope in groups.scopes("organisation"):
        whole = groups.whole(month_of(then.as_of), scope)
        if whole is None:
            continue
        inside = (np.logical_and.reduce(whole[ends]) for ends, _ in (replied, supported))
        its = [*inside, pieces.by(whole)]
        parts = [replied[1], supported[1], pieces.within]
        told = [
            doers_told(beside, some, some, part & some) for beside, some, part in zip(linked, its, parts, strict=True)
        ]
        found[scope.partition(":")[2]] = dict(zip(_SHARES, told, strict=True))
    return EraTold(found, pieces)


def acts_between(
    then: Standing, numbers: NDArray[np.int64], kind: EvidenceKind
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Who did this for whom within the quarter, both being among those who have a number."""
    seen, end = then.projection, then.as_of.timestamp()
    within = (seen.kinds == KINDS.index(kind)) & (seen.times >= _since(then)) & (seen.times < end)
    one, other = numbers[seen.listeners[within]], numbers[seen.tellers[within]]
    inside = (one >= 0) & (other >= 0)
    return one[inside], other[inside]


def _pieces_made(then: Standing, made: dict[str, Any]) -> Pieces:
    """Those that people of the audience made within the quarter."""
    start, end, known = _since(then), then.as_of.timestamp(), then.projection.numbers
    makers, within = dict[str, list[int]](), dict[str, bool]()
    columns = zip(made["knowledge"], made["people"], made["times"], made["within"], strict=True)
    for knowledge, person, time, inside in columns:
        if person in known and start <= time / 1000 < end:
            makers.setdefault(knowledge, []).append(known[person])
            within[knowledge] = within.get(knowledge, False) or inside
    most = max(map(len, makers.values()), default=1)
    rows = [people + people[:1] * (most - len(people)) for people in makers.values()]
    return Pieces(
        makers=np.array(rows, dtype=np.int64).reshape(len(rows), most).T,
        within=np.array([*within.values()], dtype=np.bool_),
    )


def _since(then: Standing) -> float:
    """Where the quarter begins that ends then: three whole calendar months before."""
    return months_before(month_of(then.as_of), QUARTER).timestamp()
