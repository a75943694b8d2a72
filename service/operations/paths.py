"""Paths as answers show them: the people by name, and for each step what it rests on."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from service.measures.paths import Path, step_probabilities
from service.model.answers import ItemReference, PersonReference, one_in
from service.model.paths import ActShare, AmplificationPath, PathStep
from service.operations.evidence import act_ids, acts_of, tie_evidence
from service.operations.network import Network
from service.operations.projection import Standing
from service.operations.references import person_of, references


async def shown_paths(
    network: Network, tied: Standing, paths: Sequence[Path], *, explain: bool = False
) -> list[AmplificationPath]:
    """The paths by name; one that leads through somebody who has gone from sight since is left out."""
    ids = tied.projection.people
    met = {ids[person] for path in paths for person in path.people}
    acts = act_ids(tied, (tie for path in paths for tie in path.ties)) if explain else set[str]()
    named = await references(network, tied.scope.audiences, met | acts)
    seen = [path for path in paths if all(ids[person] in named for person in path.people)]
    return [_path(tied, path, rank, named, explain=explain) for rank, path in enumerate(seen, start=1)]


def _path(
    tied: Standing, path: Path, rank: int, named: Mapping[str, ItemReference], *, explain: bool
) -> AmplificationPath:
    met = [person_of(named[tied.projection.people[person]]) for person in path.people]
    steps = [
        _step(tied, tie, chance, pair, contributions=acts_of(tied, tie, named) if explain else [])
        for tie, chance, pair in zip(
            path.ties, step_probabilities(tied.network, path.ties).tolist(), pairwise(met), strict=True
        )
    ]
    return AmplificationPath(
        rank=rank,
        probability=path.probability,
        one_in=one_in(path.probability),
        hops=len(steps),
        reaches=met[-1],
        steps=steps,
    )


def _step(
    tied: Standing,
    tie: int,
    probability: float,
    pair: tuple[PersonReference, PersonReference],
    *,
    contributions: list[ActShare],
) -> PathStep:
    teller, listener = pair
    return PathStep(
        teller=teller,
        listener=listener,
        probability=probability,
        one_in=one_in(probability),
        evidence=tie_evidence(tied, tie),
        contributions=contributions,
    )
