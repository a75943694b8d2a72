"""Amplification paths: along which people something told is likely to travel."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Final

import numpy as np

from service.measures.paths import MOST_STEPS, QUICK_STEPS, PathSearch, is_quick, most_probable_paths
from service.model.answers import ItemReference
from service.model.errors import Invalid
from service.model.ids import ANYBODY, as_id
from service.model.paths import AmplificationPaths, AmplificationPathsQuestion, PathOutcome, PathsBasis
from service.model.viewer import Viewer
from service.operations.evidence import shares_in_words
from service.operations.network import Network
from service.operations.paths import shown_paths
from service.operations.predictions import keep_predictions
from service.operations.projection import Scope, Standing, scope_of, standing
from service.operations.references import people_and_items, person_of
from service.operations.scopes import item_named, people_in

QUESTION: Final = (
    "One story told today: does each person on the path take it up from the one before, "
    "each within {days} days of hearing it?"
)
PRODUCT: Final = (
    "A path's probability is the product of its steps': the first is told first-hand, the others passed on."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Journey:
    """From whom to whom, whom to keep clear of and whom to pass; each has been looked up."""

    source: ItemReference
    target: ItemReference
    avoid: tuple[ItemReference, ...]
    through: tuple[ItemReference, ...]
    k: int
    max_hops: int


async def amplification_paths(
    network: Network, viewer: Viewer, asked: AmplificationPathsQuestion
) -> AmplificationPaths:
    """The k most probable simple paths of at most `max_hops` steps from a person to another, or to people of a group.

    A community or organisation is reached with any of its people at that moment, a topic with anybody who told or
    knows about it. No path passes those to `avoid`, each passes all of `through`, in any order. An unknown or hidden
    end is `NotFound`; the same end twice, an end or somebody to pass among those to avoid, an end to pass, and a moment
    without evidence are `Invalid`. Without a path, `reason` says why.
    """
    scope = scope_of(viewer, asked.audience)
    tied = await standing(network, scope, asked.as_of)
    journey = await journey_in(network, scope, asked)
    targets = await people_reached(network, tied, journey.target, at=tied.as_of)
    search = await _searched(tied, journey, targets)
    outcome = PathOutcome.found if search.paths else await asyncio.to_thread(_outcome, tied, journey, targets, search)
    await keep_predictions(network, "amplificationPaths", tied, _foretold(tied, search))
    return AmplificationPaths(
        from_=person_of(journey.source),
        to=journey.target,
        avoided=[person_of(one) for one in journey.avoid],
        through=[person_of(one) for one in journey.through],
        paths=await shown_paths(network, tied, search.paths, explain=asked.explain),
        outcome=outcome,
        reason=_reason(outcome, journey),
        complete=search.complete,
        basis=_basis(tied, asked, targets=len(targets)),
    )


def _foretold(tied: Standing, search: PathSearch) -> Iterator[tuple[str, str, float]]:
    """The chance of each tie on the way, told first-hand: so it can be compared with what is told."""
    ids = tied.projection.people
    for path in search.paths:
        for tie, (teller, listener) in zip(path.ties, pairwise(path.people), strict=True):
            yield ids[teller], ids[listener], float(tied.network.probabilities[tie])


async def people_reached(network: Network, tied: Standing, target: ItemReference, *, at: datetime) -> list[int]:
    """The numbers of the people who count as reached: the person, or those of the group at a moment."""
    numbers = tied.projection.numbers
    if target.kind == "Person":
        return [numbers[target.id]] if target.id in numbers else []
    found = await people_in(network, tied.scope, f"{target.kind.lower()}:{target.id}", at, field="to")
    return sorted(numbers[person] for person in found.people if person in numbers)


async def journey_in(network: Network, scope: Scope, asked: AmplificationPathsQuestion) -> _Journey:
    """Who and what is named, looked up; `NotFound` and `Invalid` as in `amplification_paths`."""
    source, target = as_id(asked.from_, "from"), as_id(asked.to, "to")
    if source == target:
        raise Invalid("The path would end where it starts", right="Give another person, or a group.", field="to")
    avoided = tuple(dict.fromkeys(as_id(one, "avoid") for one in asked.avoid))
    passed = tuple(dict.fromkeys(as_id(one, "through") for one in asked.through))
    found = await people_and_items(network, scope.audiences, [source, target, *avoided, *passed])
    _refuse(found, avoided, (source, target), "avoid", "is where the path starts or ends")
    _refuse(found, passed, (source, target), "through", "is where the path starts or ends: every path passes them")
    _refuse(found, passed, avoided, "through", "is to be avoided as well")
    return _Journey(
        source=item_named(found.get(source), source, "from", ("Person",), scope),
        target=item_named(found.get(target), target, "to", ANYBODY, scope),
        avoid=tuple(item_named(found.get(one), one, "avoid", ("Person",), scope) for one in avoided),
        through=tuple(item_named(found.get(one), one, "through", ("Person",), scope) for one in passed),
        k=asked.k,
        max_hops=asked.max_hops,
    )


def _refuse(
    found: Mapping[str, ItemReference], named: Sequence[str], among: Sequence[str], field: str, what: str
) -> None:
    for one in named:
        if one in among:
            title = found[one].title if one in found else None
            raise Invalid(f"{title or one} {what}", right="Leave them out.", field=field)


async def _searched(tied: Standing, journey: _Journey, targets: list[int]) -> PathSearch:
    """The paths: at once where that is quick, as the way to a thread and back takes longer; else beside the loop."""
    if is_quick(tied.network, max_hops=journey.max_hops, through=len(journey.through)):
        search = _search(tied, journey, targets, most_steps=QUICK_STEPS)
        if search.complete:
            return search
    return await asyncio.to_thread(_search, tied, journey, targets)


def _search(tied: Standing, journey: _Journey, targets: list[int], *, most_steps: int = MOST_STEPS) -> PathSearch:
    """The paths; what has no number in the projection has no ties either."""
    numbers = tied.projection.numbers
    start = numbers.get(journey.source.id)
    if start is None or any(one.id not in numbers for one in journey.through):
        return PathSearch(paths=(), complete=True, steps=0)
    return most_probable_paths(
        tied.network,
        start,
        targets,
        k=journey.k,
        max_hops=journey.max_hops,
        avoid=[numbers[one.id] for one in journey.avoid if one.id in numbers],
        through=[numbers[one.id] for one in journey.through],
        most_steps=most_steps,
    )


def _outcome(tied: Standing, journey: _Journey, targets: list[int], search: PathSearch) -> PathOutcome:
    """Why there is none."""
    numbers = tied.projection.numbers
    start = numbers.get(journey.source.id)
    closed = {start, *(numbers.get(one.id) for one in journey.avoid)}
    beyond = [number for number in targets if number not in closed]
    if not beyond:
        return PathOutcome.no_tellers if journey.target.kind == "Person" else PathOutcome.no_members
    if start is None or tied.ties.offsets[start] == tied.ties.offsets[start + 1]:
        return PathOutcome.no_listeners
    if not np.isin(tied.ties.listeners, beyond).any():
        return PathOutcome.no_tellers
    bound = bool(journey.avoid or journey.through)
    free = _search(tied, replace(journey, avoid=(), through=(), k=1), beyond) if bound else search
    if not (search if free.paths else free).complete:
        return PathOutcome.gave_up
    return PathOutcome.barred if free.paths else PathOutcome.out_of_reach


def _reason(outcome: PathOutcome, journey: _Journey) -> str | None:  # noqa: PLR0911 - a case for each outcome
    start, end = (one.title or one.id for one in (journey.source, journey.target))
    group = journey.target.kind != "Person"
    match outcome:
        case PathOutcome.found:
            return None
        case PathOutcome.no_members:
            beside = ", ".join(one.title or one.id for one in (journey.source, *journey.avoid))
            return f"{end} has nobody, beside {beside}, whom this audience may know of."
        case PathOutcome.no_listeners:
            return f"There is no evidence that anybody listens to {start}."
        case PathOutcome.no_tellers:
            return f"There is no evidence that {'anybody of ' if group else ''}{end} listens to anybody."
        case PathOutcome.barred:
            return (
                f"There are paths from {start} to {end}, but none of {at_most(journey.max_hops)} that "
                f"{_conditions(journey)}; there may be a longer one."
            )
        case PathOutcome.out_of_reach:
            whom = f"Nobody of {end} can" if group else f"{end} cannot"
            return f"{whom} be reached from {start} in {at_most(journey.max_hops)}; there may be a longer way."
        case PathOutcome.gave_up:
            that = f", that {_conditions(journey)}" if journey.avoid or journey.through else ""
            return (
                f"The search gave up before it was known whether there is a path from {start} to {end} of "
                f"{at_most(journey.max_hops)}{that}; with fewer steps it may be."
            )


def at_most(steps: int) -> str:
    """So many steps as the most, in words."""
    return "1 step" if steps == 1 else f"{steps} steps or fewer"


def _conditions(journey: _Journey) -> str:
    passes = " and ".join(one.title or one.id for one in journey.through)
    avoids = " and ".join(one.title or one.id for one in journey.avoid)
    return " and ".join([*([f"passes {passes}"] if passes else []), *([f"avoids {avoids}"] if avoids else [])])


def _basis(tied: Standing, asked: AmplificationPathsQuestion, *, targets: int) -> PathsBasis:
    return PathsBasis(
        **tied.basis,
        question=tied.chances.within(QUESTION),
        base_rate=tied.chances.base_rate,
        learnt=tied.chances.learnt,
        prior=f"{tied.chances.words} {PRODUCT} {tied.chances.onward_words}",
        k=asked.k,
        max_hops=asked.max_hops,
        targets=targets,
        shares=shares_in_words(tied),
    )
