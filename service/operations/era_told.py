"""What may be told of an era profile's quarter: of all organisations together, whose people may be the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.graph.projection import KINDS
from service.measures.acts_told import doers_told
from service.measures.era import pairs_of
from service.measures.linked_tables import LinkedTables
from service.model.answers import EvidenceKind
from service.model.era import EraIndicator
from service.operations.disclosure import QUARTER, Registered, month_of, months_before
from service.operations.projection import Standing

SharesTold = Mapping[EraIndicator, tuple[bool, bool]]
"""By indicator, where it is a share: whether it is told of how many it is, and how many there are in it."""


_SHARES = (EraIndicator.leadership, EraIndicator.trust, EraIndicator.offer)


def judge_era(then: Standing, groups: Registered, made: dict[str, Any]) -> Mapping[str, SharesTold]:
    """What is told, by its id, of each organisation that is shown, of the quarter that ends then.

    Of one in the way of another before it, by their ids, nothing is: of pairs, or pieces, that few more are behind.
    """
    everybody, pieces = np.arange(groups.people), pieces_made(then, made)
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
        its = [*inside, pieces.of(whole)]
        parts = [replied[1], supported[1], pieces.within]
        told = [
            doers_told(beside, some, some, part & some) for beside, some, part in zip(linked, its, parts, strict=True)
        ]
        found[scope.partition(":")[2]] = dict(zip(_SHARES, told, strict=True))
    return found


def acts_between(
    then: Standing, numbers: NDArray[np.int64], kind: EvidenceKind
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Who did this for whom within the quarter, both being among those who have a number."""
    seen, end = then.projection, then.as_of.timestamp()
    within = (seen.kinds == KINDS.index(kind)) & (seen.times >= _since(then)) & (seen.times < end)
    one, other = numbers[seen.listeners[within]], numbers[seen.tellers[within]]
    inside = (one >= 0) & (other >= 0)
    return one[inside], other[inside]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of knowledge made within a quarter: a row for each piece and maker."""

    pieces: NDArray[np.int64]
    makers: NDArray[np.int64]
    within: NDArray[np.bool_]
    """Whether the piece was made in a community."""

    def of(self, some: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The row of each piece that some people made: that of their first maker."""
        theirs = np.flatnonzero(some[self.makers])
        rows = np.zeros(len(self.pieces), dtype=np.bool_)
        rows[theirs[np.unique(self.pieces[theirs], return_index=True)[1]]] = True
        return rows


def pieces_made(then: Standing, made: dict[str, Any]) -> Pieces:
    """Those that people of the audience made within the quarter."""
    start, end, known = _since(then), then.as_of.timestamp(), then.projection.numbers
    columns = zip(made["knowledge"], made["people"], made["times"], made["within"], strict=True)
    rows = [
        (knowledge, known[person], within)
        for knowledge, person, time, within in columns
        if person in known and start <= time / 1000 < end
    ]
    pieces = np.unique(np.array([knowledge for knowledge, _, _ in rows], dtype=np.str_), return_inverse=True)[1]
    within = np.array([one for _, _, one in rows], dtype=np.bool_)
    return Pieces(
        pieces=pieces.astype(np.int64),
        makers=np.array([maker for _, maker, _ in rows], dtype=np.int64),
        within=np.isin(pieces, pieces[within]),
    )


def _since(then: Standing) -> float:
    """Where the quarter begins that ends then: three whole calendar months before."""
    return months_before(month_of(then.as_of), QUARTER).timestamp()
