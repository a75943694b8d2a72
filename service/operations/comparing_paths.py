"""Comparing paths: the most probable ones before and after a change."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from service.measures.completion import TieNetwork
from service.measures.paths import Path, most_probable_paths, step_probabilities
from service.measures.what_if import ASSUMED, Changed, from_any
from service.model.answers import ItemReference, one_in
from service.model.what_if import WhatIfPath, WhatIfPaths, WhatIfQuestion, WhatIfStep
from service.operations.amplification import at_most, people_reached
from service.operations.evidence import act_ids, acts_of
from service.operations.network import Network
from service.operations.projection import Standing
from service.operations.references import person_of, references


@dataclass(frozen=True, kw_only=True, slots=True)
class _Route:
    """One of a side's most probable paths: its people and, for each step, the chance and which tie it was before."""

    people: tuple[int, ...]
    chances: tuple[float, ...]
    ties: tuple[int, ...]
    """By their numbers before the change, ASSUMED for one that came in."""
    probability: float


async def compared_paths(
    network: Network, tied: Standing, after: Changed, ends: tuple[ItemReference, ItemReference], asked: WhatIfQuestion
) -> WhatIfPaths:
    """The most probable paths between two ends before and after; `reason` says why there are none on either side."""
    at = tied.as_of
    sources, targets = [await people_reached(network, tied, one, at=at) for one in ends]
    found = await asyncio.gather(
        asyncio.to_thread(_routes, tied.network, None, (sources, targets), asked),
        asyncio.to_thread(_routes, after.network, after, (sources, targets), asked),
    )
    both = [routes for routes, _ in found]
    met = {tied.projection.people[person] for routes in both for route in routes for person in route.people}
    known = {tie for routes in both if asked.explain for route in routes for tie in route.ties if tie != ASSUMED}
    people = await references(network, tied.scope.audiences, met | act_ids(tied, known))
    was, now = (_paths(tied, routes, people, explain=asked.explain) for routes in both)
    gave_up = not all(routes or complete for routes, complete in found)
    reason = _missing(ends, was, now, asked.max_hops, gave_up=gave_up)
    return WhatIfPaths(from_=ends[0], to=ends[1], before=was, after=now, reason=reason)


def _routes(
    network: TieNetwork, change: Changed | None, ends: tuple[list[int], list[int]], asked: WhatIfQuestion
) -> tuple[list[_Route], bool]:
    """The most probable paths from any of the sources to any target who is none of them; whether these are all."""
    sources, targets = ends
    gone = change.leaving if change else np.zeros(len(network.forward.offsets) - 1, dtype=np.bool_)
    starts = [one for one in sources if not gone[one]]
    beyond = [one for one in targets if not gone[one] and one not in set(starts)]
    if not starts or not beyond:
        return [], True
    several = len(starts) > 1
    found = most_probable_paths(
        from_any(network, starts) if several else network,
        len(network.forward.offsets) - 1 if several else starts[0],
        beyond,
        k=asked.k,
        max_hops=asked.max_hops + several,
    )
    return [_route(network, change, path, several=several) for path in found.paths], found.complete


def _route(network: TieNetwork, change: Changed | None, path: Path, *, several: bool) -> _Route:
    ties = list(path.ties[several:])
    origin = change.origin[ties] if change else np.array(ties)
    chances = step_probabilities(network, ties)
    return _Route(
        people=path.people[several:],
        chances=tuple(chances.tolist()),
        ties=tuple(origin.tolist()),
        probability=float(np.prod(chances)),
    )


def _paths(
    tied: Standing, routes: Sequence[_Route], people: Mapping[str, ItemReference], *, explain: bool
) -> list[WhatIfPath]:
    """The paths by name; one that leads through somebody who has gone from sight since is left out."""
    ids = tied.projection.people
    seen = (route for route in routes if all(ids[person] in people for person in route.people))
    return [_path(tied, route, people, explain=explain) for route in seen]


def _path(tied: Standing, route: _Route, people: Mapping[str, ItemReference], *, explain: bool) -> WhatIfPath:
    met = pairwise(person_of(people[tied.projection.people[person]]) for person in route.people)
    return WhatIfPath(
        probability=route.probability,
        one_in=one_in(route.probability),
        hops=len(route.chances),
        steps=[
            WhatIfStep(
                teller=teller,
                listener=listener,
                probability=chance,
                one_in=one_in(chance),
                assumed=tie == ASSUMED,
                acts=acts_of(tied, tie, people) if explain and tie != ASSUMED else [],
            )
            for (teller, listener), chance, tie in zip(met, route.chances, route.ties, strict=True)
        ],
    )


def _missing(
    ends: tuple[ItemReference, ItemReference],
    before: list[WhatIfPath],
    after: list[WhatIfPath],
    max_hops: int,
    *,
    gave_up: bool,
) -> str | None:
    if before and after:
        return None
    way = f"{' to '.join(one.title or one.id for one in ends)} of {at_most(max_hops)}"
    if gave_up:
        return f"Before or after the change the search gave up before it was known whether there is a path from {way}."
    if before:
        return f"There would no longer be a path from {way}."
    return f"There is no path yet from {way}." if after else f"There is no path from {way}, and there would be none."
