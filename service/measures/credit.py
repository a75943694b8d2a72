"""Credit that flows back from adopted knowledge along its lineage, to everybody who had a part in it.

What is shared out is the number of independent people who adopted a piece of knowledge; how is a rule of our own. Close
to it: the sharing of credit among those a result builds on, with damping (Shen and Barabási, 2014, "Collective credit
allocation in science"; Page et al., 1999), and the weights that a coalition's members have in what it is worth.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from service.measures.kernel import kernel
from service.model.errors import Invalid

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]

NOBODY: Final = -1
"""The hands of what nobody is known to have made: an insight that surfaced."""

COUNTED, OWN, EXCHANGED = 0, 1, 2
"""Why an adoption has its weight: it is another's; of one's own work; made up for by adoptions the other way."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Groups:
    """What belongs to each thing, in compressed sparse rows: `members[offsets[i]:offsets[i + 1]]` to thing i."""

    offsets: Numbers
    members: Numbers

    def of(self, thing: int) -> Numbers:
        """What belongs to one thing."""
        return self.members[self.offsets[thing] : self.offsets[thing + 1]]


def groups(things: Numbers, members: Numbers, count: int) -> Groups:
    """Put pairs of a thing and what belongs to it into rows, each pair once."""
    pairs = np.unique(np.column_stack((things, members)).reshape(-1, 2).astype(np.int64), axis=0)
    return Groups(offsets=np.searchsorted(pairs[:, 0], np.arange(count + 1)), members=pairs[:, 1].copy())


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Lineages:
    """What was made of what, and who had which part in it; things and people are numbered from 0.

    `made_of` has for each thing what went into it, without rings. `parts` has, part by part in the order of the shares,
    who had it in each thing. `hands[i]` is equal for things that just the same people made, `NOBODY` where nobody did.
    """

    made_of: Groups
    parts: tuple[Groups, ...]
    hands: Numbers
    people: int


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Parts:
    """Who had which part in each of some pieces of knowledge, a row each: one for each person and piece.

    `knowledge` indexes the pieces as they were asked for, `distances` counts how often the work changed hands between
    the part and the piece, `things` says in which thing of its lineage the part was had, `amounts` is the part's share
    of what the piece is worth: they add up to 1 a piece, and to 0 for one that nobody had a part in.
    """

    knowledge: Numbers
    people: Numbers
    parts: Numbers
    distances: Numbers
    things: Numbers
    amounts: Floats


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Adoptions:
    """Distinct pairs of who adopted and what, with what each counts (0 to 1) and why."""

    adopters: Numbers
    knowledge: Numbers
    weights: Floats
    reasons: Numbers


def credit_parts(lineages: Lineages, knowledge: Numbers, shares: Floats, damping: float) -> Parts:
    """Who had a part in each piece of knowledge, and which share of it is theirs.

    Each part (made, told, noticed ...) has its share, given out anew over the parts that anybody had. It is divided
    among its people by `damping` to the power of how often the work changed hands on the way. A person has one part in
    a piece, of several the one that weighs most, however often they had it: who cites themselves, or tells one story
    in many pieces, has no more of it than before.

    Raises:
        Invalid: a share is below 0 or all are 0, there is another number of them than of parts, or the damping is not
            above 0 and at most 1.
    """
    if len(shares) != len(lineages.parts) or np.any(shares < 0) or not np.any(shares > 0):
        raise Invalid("The shares of credit say nothing", right="Give one for each part, none below 0, one above.")
    if not 0 < damping <= 1:
        raise Invalid(f"A damping of {damping} is out of range", right="Give above 0 and at most 1.", field="damping")
    reached = _reached(lineages, np.asarray(knowledge, dtype=np.int64))
    had = [_had(reached, part, number) for number, part in enumerate(lineages.parts)]
    rows = np.concatenate(had)
    values = shares[rows[:, 2]] * damping ** rows[:, 3].astype(np.float64)
    order = np.lexsort((rows[:, 4], rows[:, 2], -values, rows[:, 1], rows[:, 0]))
    rows = rows[order][values[order] > 0]
    first = np.ones(len(rows), dtype=np.bool_)
    first[1:] = np.any(rows[1:, :2] != rows[:-1, :2], axis=1)
    places, people, parts, distances, things = rows[first].T
    return Parts(
        knowledge=places,
        people=people,
        parts=parts,
        distances=distances,
        things=things,
        amounts=_amounts(places, parts, damping ** distances.astype(np.float64), shares),
    )


def _amounts(places: Numbers, parts: Numbers, weights: Floats, shares: Floats) -> Floats:
    """Each part's share among the parts that anybody had, divided by weight among the people who had it."""
    keys = places * len(shares) + parts
    sums = np.bincount(keys, weights, minlength=len(shares) * (int(places.max(initial=-1)) + 1))
    given_out = ((sums.reshape(-1, len(shares)) > 0) * shares).sum(axis=1)
    amounts: Floats = shares[parts] / given_out[places] * weights / sums[keys]
    return amounts


def _had(reached: Numbers, part: Groups, number: int) -> Numbers:
    """Who had one part in each thing that was reached, a row each: place, person, part, distance and thing."""
    sizes = np.diff(part.offsets)[reached[:, 1]]
    rows = np.repeat(reached, sizes, axis=0)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    people = part.members[part.offsets[rows[:, 1]] + within]
    return np.column_stack((rows[:, 0], people, np.full(len(rows), number), rows[:, 2], rows[:, 1])).astype(np.int64)


def _reached(lineages: Lineages, knowledge: Numbers) -> Numbers:
    """What each piece came out of, itself first, a row each: the piece's place, the thing, and its distance."""
    made_of = (lineages.made_of.offsets.astype(np.int64), lineages.made_of.members.astype(np.int64))
    hands = lineages.hands.astype(np.int64)
    counted = _walk(*made_of, hands, knowledge, np.empty((0, 3), np.int64))
    rows = np.empty((counted, 3), np.int64)
    _walk(*made_of, hands, knowledge, rows)
    return rows


@kernel
def _walk(offsets: Numbers, sources: Numbers, hands: Numbers, knowledge: Numbers, rows: Numbers) -> int:
    """Breadth first, what is in the same hands before what is in others'; where no rows are given, it only counts."""
    settled = np.full(len(hands), -1, np.int64)
    near, far = np.empty(len(sources) + 1, np.int64), np.empty(len(sources) + 1, np.int64)
    count = 0
    for place in range(len(knowledge)):
        near[0] = knowledge[place]
        waiting, distance = 1, 0
        while waiting > 0:
            later, at = 0, 0
            while at < waiting:
                thing = near[at]
                at += 1
                if settled[thing] == place:
                    continue
                settled[thing] = place
                if len(rows) > 0:
                    rows[count, 0], rows[count, 1], rows[count, 2] = place, thing, distance
                count += 1
                for source in sources[offsets[thing] : offsets[thing + 1]]:
                    if hands[source] == -1 or hands[source] == hands[thing]:
                        near[waiting] = source
                        waiting += 1
                    else:
                        far[later] = source
                        later += 1
            near, far = far, near
            waiting = later
            distance += 1
    return count


def counted_adoptions(adopters: Numbers, knowledge: Numbers, parts: Parts, same: Numbers, *, people: int) -> Adoptions:
    """What each adoption counts towards the worth of what was adopted.

    Nothing, where the adopter had a part in it. An adopter counts once for all pieces with the same number in `same`
    (what the same people made about the same): each of n adopted ones gets 1/n. Where two people adopt each other's
    work it is netted: of a counted adoptions one way and b the other, a - b are left for who was adopted more often. So
    two who agree to adopt each other's work have nothing of it, nor has whoever shares in what they adopt.
    """
    pairs = np.unique(np.column_stack((adopters, knowledge)).reshape(-1, 2).astype(np.int64), axis=0)
    who, what = pairs[:, 0], pairs[:, 1]
    width = len(same)
    own = np.isin(who * width + what, parts.people * width + parts.knowledge)
    bundles = np.unique(np.column_stack((who, same[what], own)), axis=0, return_inverse=True, return_counts=True)
    weights = np.where(own, 0.0, 1.0 / bundles[2][bundles[1].reshape(-1)])
    took = csr_matrix((weights, (who, what)), shape=(people, width))
    had = csr_matrix((np.ones(len(parts.people)), (parts.knowledge, parts.people)), shape=(width, people))
    flows = (took @ had).tocsr()
    left = _least_left(who, what, weights, had, flows)
    reasons = np.where(own, OWN, np.where(left < 1, EXCHANGED, COUNTED))
    return Adoptions(adopters=who, knowledge=what, weights=weights * left, reasons=reasons)


def _least_left(who: Numbers, what: Numbers, weights: Floats, had: csr_matrix, flows: csr_matrix) -> Floats:
    """For each adoption, what netting leaves of it: the least over those who had a part in what was adopted."""
    sizes = np.diff(had.indptr)[what]
    rows = np.repeat(np.arange(len(what)), sizes)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    if not len(rows):
        return np.ones(len(what))
    others = had.indices[had.indptr[what[rows]] + within]
    forth = np.asarray(flows[who[rows], others]).reshape(-1)
    back = np.asarray(flows[others, who[rows]]).reshape(-1)
    left = np.ones(len(what))
    one_way = np.clip(1 - back / np.where(forth > 0, forth, 1.0), 0.0, 1.0)
    np.minimum.at(left, rows, np.where(forth > 0, one_way, 1.0))
    return np.where(weights > 0, left, 1.0)


def resampled(differences: csr_matrix, *, draws: int, share: float, seed: int) -> tuple[Floats, Floats]:
    """Between which values each row's sum lies, had other adopters come: percentiles over draws of adopters.

    `differences` has a row for each person and a column for each adopter: what that adopter adds. Each draw counts
    every adopter as often as a Poisson of mean 1 says (a bootstrap; Hanley and MacGibbon, 2006). `share` of the draws
    lie between the two values.
    """
    random = np.random.default_rng(seed)
    counts = random.poisson(1.0, size=(differences.shape[1], draws)).astype(np.float64)
    sums = np.asarray(differences @ counts)
    tails = 100 * (1 - share) / 2
    low, high = np.percentile(sums, [tails, 100 - tails], axis=1) if draws else (sums, sums)
    return low, high
