"""Reach: how far something would travel, told today by these people; and what every answer of its kind shares."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from service.measures.first_steps import first_steps, ties_of_tellers
from service.measures.reach import Estimate, cascades_of, reach
from service.measures.reach import Reach as Simulated
from service.model.answers import ItemReference, one_in
from service.model.boundaries import GroupReference
from service.model.ids import as_id
from service.model.paths import TieContribution, rest_of
from service.model.reach import (
    PeopleEstimate,
    Reach,
    ReachedGroup,
    ReachQuestion,
    SimulatedBasis,
)
from service.model.viewer import Viewer
from service.operations.evidence import shares_in_words, tie_contributions
from service.operations.groupings import NOBODYS, Grouping, grouping
from service.operations.network import Network
from service.operations.predictions import chances_of, keep_predictions, takers_of
from service.operations.projection import Scope, Standing, scope_of, standing
from service.operations.references import person_of, references
from service.operations.scopes import item_named

QUESTION: Final = (
    "One story told today by all of these: how many others take it up, directly or through others, each within {days} "
    "days of hearing it?"
)
METHOD: Final = (
    "Independent cascade (Kempe, Kleinberg and Tardos, 2003): everybody who takes it up may pass it on once, each tie "
    "carries it with its own probability, from the second step on that of what is passed on; the mean of the runs, "
    "with Student's interval."
)
CAUTION: Final = (
    "The interval says how exactly the simulation hits the mean, not whether the chances are right: `kept` of "
    "`calibration` sets what was expected beside who came. Talk that nobody recorded carries nothing here."
)
WHOLE_FROM: Final = 10
USUAL: Final = (2.5, 97.5)


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Computed:
    """The runs, how many tell in them, and for each first step the people who came by it."""

    simulated: Simulated
    told: int
    steps: NDArray[np.int64]
    ties: NDArray[np.int64]


async def reach_of(network: Network, viewer: Viewer, asked: ReachQuestion) -> Reach:
    """How many others would take up what these people tell today, where they are, and how much is chance.

    Those who tell count as reached nowhere. An unknown or hidden person is `NotFound`; a moment without evidence is
    `Invalid`. Where nobody could be reached, `reason` says why.
    """
    scope = scope_of(viewer, asked.audience)
    tellers = await people_named(network, scope, asked.people, "people")
    tied = await standing(network, scope, asked.as_of)
    groups = await grouping(network, tied, asked.group_by, tied.as_of)
    numbers = [tied.projection.numbers[one.id] for one in tellers if one.id in tied.projection.numbers]
    found = await asyncio.to_thread(_computed, tied, numbers, groups, asked)
    everybody, told = found.simulated.everybody, len(numbers)
    low, high = np.percentile(found.simulated.totals - told, USUAL, method="closest_observation")
    touched = float((found.simulated.totals > told).mean())
    by_group = _groups(found.simulated, groups)
    people = people_estimate(everybody.reached, less=told)
    expected = takers_of(tied, numbers, people=people.mean if told == 1 else None)
    await keep_predictions(network, "reach", tied, chances_of(tied, numbers), expected)
    contributions = await _contributions(network, tied, found)
    return Reach(
        tellers=[person_of(one) for one in tellers],
        people=people,
        usual_low=int(low),
        usual_high=int(high),
        chance=touched,
        one_in=one_in(touched) if touched else None,
        reachable=everybody.reachable - told,
        groups=by_group[: asked.first_groups],
        group_count=len(by_group),
        groups_out_of_reach=sum(group.reachable == 0 for group in by_group),
        ungrouped=people_estimate(found.simulated.groups[-1].reached),
        contributions=contributions,
        rest_share=rest_of(one.share for one in contributions),
        reason=_reason(tied, numbers, tellers),
        caution=tied.chances.careful(CAUTION),
        basis=SimulatedBasis(
            **reach_basis(tied, tied.chances.within(QUESTION), METHOD, asked.seed),
            runs=asked.runs,
            shares=shares_in_words(tied),
        ),
    )


async def people_named(network: Network, scope: Scope, given: Sequence[str], field: str) -> list[ItemReference]:
    """The people of these ids, each once; `NotFound` where the audience may not see one, `Invalid` for another kind."""
    ids = list(dict.fromkeys(as_id(one, field) for one in given))
    found = await references(network, scope.audiences, ids)
    return [item_named(found.get(one), one, field, ("Person",), scope) for one in ids]


def people_estimate(estimate: Estimate, *, less: int = 0) -> PeopleEstimate:
    """The same estimate as answers show it, some who are certain left out."""
    return PeopleEstimate(
        mean=estimate.mean - less,
        standard_error=estimate.standard_error,
        low=estimate.low - less,
        high=estimate.high - less,
    )


def reach_basis(tied: Standing, question: str, method: str, seed: int) -> dict[str, Any]:
    """What every answer about reach says of itself: the fields of `ReachBasis`."""
    return {
        **tied.basis,
        "question": question,
        "base_rate": tied.chances.base_rate,
        "learnt": tied.chances.learnt,
        "prior": tied.chances.words,
        "method": method,
        "seed": seed,
    }


def group_reference(groups: Grouping, group: int) -> GroupReference:
    """A group, named."""
    return GroupReference(
        name=groups.names[group],
        item=groups.reference(group),
        detected_id=groups.detected(group),
        size=int(groups.sizes[group]),
    )


def listened_to(tied: Standing, person: int) -> int:
    """How many people a tie that may carry something leads to from somebody."""
    offsets = tied.network.forward.offsets
    return int(np.count_nonzero(tied.network.probabilities[offsets[person] : offsets[person + 1]]))


def rounded(people: float) -> str:
    """An expected number of people in words: two figures, whole from ten on."""
    return f"{people:,.0f}" if people >= WHOLE_FROM else f"{people:.2g}"


def people_rounded(people: float) -> str:
    """The same with its noun."""
    number = rounded(people)
    return f"{number} {'person' if number == '1' else 'people'}"


def where_most(people: NDArray[np.float64], most: int) -> list[int]:
    """The groups with the most people, the largest number first; those with nobody left out."""
    order = np.lexsort((np.arange(len(people)), -people))[:most]
    return [int(group) for group in order if people[group] > 0]


def labels_of_others(groups: Grouping, tellers: Sequence[int]) -> NDArray[np.int32]:
    """Each person's group, a group more for the people of none; those who tell are in no group."""
    labels = np.where(groups.labels == NOBODYS, len(groups.names), groups.labels).astype(np.int32)
    labels[list(tellers)] = NOBODYS
    return labels


def _computed(tied: Standing, tellers: list[int], groups: Grouping, asked: ReachQuestion) -> _Computed:
    """The runs, and with `explain` the ties by which others are reached."""
    labels = labels_of_others(groups, tellers)
    simulated = reach(
        tied.network,
        tellers,
        runs=asked.runs,
        seed=asked.seed,
        labels=labels,
        groups=len(groups.names) + 1,
        keys=tied.projection.keys,
    )
    if not asked.explain:
        nothing = np.empty(0, dtype=np.int64)
        return _Computed(simulated=simulated, told=len(tellers), steps=nothing, ties=nothing)
    cascades = cascades_of(tied.network, tellers, seed=asked.seed)
    steps, _ = first_steps(cascades, runs=asked.runs)
    return _Computed(simulated=simulated, told=len(tellers), steps=steps, ties=ties_of_tellers(cascades))


def _groups(simulated: Simulated, groups: Grouping) -> list[ReachedGroup]:
    reached = [
        ReachedGroup(
            group=group_reference(groups, number),
            people=people_estimate(found.reached),
            chance=found.chance,
            one_in=one_in(found.chance) if found.chance else None,
            reachable=found.reachable,
        )
        for number, found in enumerate(simulated.groups[:-1])
    ]
    return sorted(reached, key=lambda one: (-one.people.mean, -one.reachable, one.group.name))


async def _contributions(network: Network, tied: Standing, found: _Computed) -> list[TieContribution]:
    """The first steps by which anybody was reached, with the share of all that is reached which each stands for."""
    total = int(found.steps.sum())
    if total == 0:
        return []
    others = float(found.simulated.totals.mean()) - found.told
    people = np.multiply(found.steps, others / total, dtype=np.float64)
    return await tie_contributions(network, tied, found.ties, people)


def _reason(tied: Standing, numbers: Sequence[int], tellers: Sequence[ItemReference]) -> str | None:
    if any(listened_to(tied, number) for number in numbers):
        return None
    who = tellers[0].title or tellers[0].id if len(tellers) == 1 else "any of these people"
    return f"There is no evidence that anybody listens to {who}."
