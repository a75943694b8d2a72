"""What becomes of what is told: when each thing first got how far, along whatever way is the earliest.

Things are numbered from 0, times are seconds since the epoch; infinity stands for never. Links lead from what went in
to what came out of it, each with the time of the act between them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from service.measures.survival import (
    IncidenceCurve,
    Outcome,
    SurvivalCurve,
    Waiting,
    cumulative_incidence,
    kaplan_meier,
    waiting,
)

NEVER: Final = np.inf
SECONDS_A_DAY: Final = 86_400.0

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

TOLD, SURFACED, DERIVED, TESTED, ADOPTED = range(5)
"""The stages, in their order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Links:
    """What came out of what, and when; there is no circle."""

    sources: Numbers
    made: Numbers
    times: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Things:
    """Tellings, insights and knowledge, and what is known of each (never: infinity).

    `told` is when each telling that is followed was told; `tested`, `adopted`, `superseded` and `given_up` are of
    knowledge, each the first time.
    """

    telling: Flags
    explicit: Flags
    told: Floats
    links: Links
    tested: Floats
    adopted: Floats
    superseded: Floats
    given_up: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class Followed:
    """What became of the tellings that are followed.

    `came` is when each thing first came of them, `reached[stage]` when it first led to a stage, by whatever way.
    """

    things: Things
    came: Floats
    telling: Flags
    insight: Flags
    knowledge: Flags
    reached: tuple[Floats, ...]

    def standing(self, stage: int) -> Flags:
        """Which things stand at a stage: the tellings, insights, knowledge, the tested and the adopted of it."""
        at_stage = (
            self.telling,
            self.insight,
            self.knowledge,
            self.knowledge & np.isfinite(self.things.tested),
            self.knowledge & np.isfinite(self.things.adopted),
        )
        return at_stage[stage]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """How long things wait at one stage for another: both curves on the same `days`, those on which something ended.

    `things` are the numbers of those that wait, in the order of `seen`.
    `waiting`, `errors`, `lower` and `upper` are Kaplan and Meier's, `incidence` is Aalen and Johansen's curve.
    """

    things: Numbers
    seen: Waiting
    curve: SurvivalCurve
    incidence: IncidenceCurve
    days: Floats
    at_risk: Numbers
    waiting: Floats
    errors: Floats
    lower: Floats
    upper: Floats

    def ended(self, how: Outcome) -> int:
        """For how many the waiting ended so."""
        return len(self.which(how))

    def which(self, how: Outcome) -> Numbers:
        """For which of the things the waiting ended so."""
        rows: Numbers = self.things[self.seen.outcomes == how]
        return rows


def follow(things: Things) -> Followed:
    """What became of each telling, through what surfaced from it, what was made of that, and what was made of that."""
    came = came_at(things.links, things.told)
    begun = (
        np.where(things.telling, NEVER, -np.inf),
        np.where(things.explicit, -np.inf, NEVER),
        things.tested,
        things.adopted,
    )
    there = np.isfinite(came)
    return Followed(
        things=things,
        came=came,
        telling=things.telling & there,
        insight=~things.telling & ~things.explicit & there,
        knowledge=things.explicit & there,
        reached=(came, *(np.maximum(led_at(things.links, reached), came) for reached in begun)),
    )


def step(followed: Followed, start: int, end: int, as_of: float) -> Step:
    """How long it takes from one stage to another, for the things that stand at the first.

    Tellings wait to surface, insights to be made explicit, knowledge to be tested and to be adopted; from tested to
    adopted counts what was tested before it was adopted. What waits for adoption is abandoned when it is superseded or
    given up, what waits for its test when it is superseded.
    """
    things, standing = followed.things, followed.standing(start)
    began, happened, abandoned = followed.came, followed.reached[end], np.full_like(followed.came, NEVER)
    if end == TESTED:
        happened, abandoned = things.tested, things.superseded
    elif end == ADOPTED:
        happened, abandoned = things.adopted, np.minimum(things.superseded, things.given_up)
    if start == TESTED:
        began = np.maximum(began, things.tested)
        standing = standing & (things.tested < things.adopted)
    seen = waits(began=began[standing], happened=happened[standing], abandoned=abandoned[standing], as_of=as_of)
    return _curves(np.flatnonzero(standing), seen)


def tellers_behind(followed: Followed, tellers: Numbers) -> csr_array:
    """Who told what each thing came of: a row for each thing, a column for each teller, a 1 for whoever had a part.

    `tellers` has a number from 0 for each telling; only the tellings that are followed count.
    """
    things, links = len(followed.came), followed.things.links
    told = np.flatnonzero(followed.telling)
    people = int(tellers.max(initial=-1)) + 1
    behind = csr_array((np.ones(len(told), dtype=np.int32), (told, tellers[told])), shape=(things, people))
    onward = csr_array((np.ones(len(links.made), dtype=np.int32), (links.made, links.sources)), shape=(things, things))
    while True:
        wider = behind + onward @ behind
        wider.data[:] = 1
        if wider.nnz == behind.nnz:
            return wider
        behind = wider


def _curves(things: Numbers, seen: Waiting) -> Step:
    plain, competing = kaplan_meier(seen), cumulative_incidence(seen)
    row = np.searchsorted(plain.times, competing.times, side="right")

    def at_each(values: Floats, before: float) -> Floats:
        return np.concatenate(([before], values))[row]

    return Step(
        things=things,
        seen=seen,
        curve=plain,
        incidence=competing,
        days=competing.times,
        at_risk=competing.at_risk,
        waiting=at_each(plain.survival, 1.0),
        errors=at_each(plain.standard_errors, 0.0),
        lower=at_each(plain.lower, 1.0),
        upper=at_each(plain.upper, 1.0),
    )


def came_at(links: Links, begun: Floats) -> Floats:
    """When each thing first was there, given when some began: an act counts once what went into it is there."""
    return _earliest(links.sources, links.made, links.times, begun)


def led_at(links: Links, reached: Floats) -> Floats:
    """When each thing first led to something, given when some things reached it by themselves.

    `reached` is -infinity for what counts as soon as it is there.
    """
    return _earliest(links.made, links.sources, links.times, reached)


def first_times(things: int, items: Numbers, times: Floats) -> Floats:
    """The first time that each thing is named; never, where it is not."""
    first = np.full(things, NEVER)
    np.minimum.at(first, items, times)
    return first


def last_times(things: int, items: Numbers, times: Floats) -> Floats:
    """The last time that each thing is named; never, where it is not."""
    last = np.full(things, -np.inf)
    np.maximum.at(last, items, times)
    return np.where(np.isinf(last), NEVER, last)


def waits(*, began: Floats, happened: Floats, abandoned: Floats, as_of: float) -> Waiting:
    """How many days each thing waited, and how that ended by a moment; what then still waits is censored.

    Whichever came first ended it; what happened at the same moment as the abandonment did happen. An end that is dated
    before the beginning counts as at once.
    """
    ended = np.minimum(np.minimum(happened, abandoned), as_of)
    outcomes = np.where(
        (happened <= abandoned) & (happened <= as_of),
        Outcome.happened,
        np.where(abandoned <= as_of, Outcome.abandoned, Outcome.waiting),
    )
    return waiting(np.maximum(ended - began, 0.0) / SECONDS_A_DAY, outcomes.astype(np.int8))


def _earliest(starts: Numbers, ends: Numbers, times: Floats, known: Floats) -> Floats:
    """The smallest, over all ways that lead to a thing, of the largest time on the way (its beginning's included)."""
    found = known.copy()
    while True:
        better = found.copy()
        np.minimum.at(better, ends, np.maximum(times, found[starts]))
        if np.array_equal(better, found):
            return found
        found = better
