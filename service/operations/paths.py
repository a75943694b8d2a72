"""Paths as answers show them: the people by name, and for each step what it rests on."""

from collections.abc import Sequence
from itertools import pairwise

from service.measures.paths import Path
from service.model.answers import one_in
from service.model.paths import AmplificationPath, PathStep
from service.operations.evidence import act_ids, acts_of, tie_evidence
from service.operations.network import Network
from service.operations.projection import Standing
from service.operations.references import people_and_items, person_of


async def shown_paths(
    network: Network, tied: Standing, paths: Sequence[Path], *, explain: bool = False
) -> list[AmplificationPath]:
    """The paths by name; one that leads through somebody who has gone from sight since is left out."""
    ids = tied.projection.people
    met = {person: ids[person] for path in paths for person in path.people}
    ties = {tie for path in paths for tie in path.ties}
    acts = act_ids(tied, ties) if explain else set[str]()
    named = await people_and_items(network, tied.scope.audiences, acts.union(met.values()))
    # The best paths have most of their steps in common: what is shown of one is made once.
    people = {person: person_of(named[id]) for person, id in met.items() if id in named}
    evidence = tie_evidence(tied, ties)
    contributions = {tie: acts_of(tied, tie, named) if explain else [] for tie in ties}

    def step(tie: int, probability: float, pair: tuple[int, int]) -> PathStep:
        teller, listener = pair
        return PathStep(
            teller=people[teller],
            listener=people[listener],
            probability=probability,
            one_in=one_in(probability),
            evidence=evidence[tie],
            contributions=contributions[tie],
        )

    return [
        AmplificationPath(
            rank=rank,
            probability=path.probability,
            one_in=one_in(path.probability),
            hops=len(path.ties),
            reaches=people[path.people[-1]],
            steps=list(map(step, path.ties, path.chances, pairwise(path.people))),
        )
        for rank, path in enumerate((one for one in paths if people.keys() >= set(one.people)), start=1)
    ]
