"""Amplification paths: along which people something told is likely to travel."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import numpy as np

from service.graph.projection import KINDS
from service.measures.paths import Path, PathSearch, most_probable_paths
from service.measures.ties import BASE_PROBABILITY, HIGHEST_PROBABILITY
from service.model.answers import EvidenceKind, ItemReference, PersonReference, one_in
from service.model.errors import Invalid, NotFound
from service.model.ids import as_id
from service.model.kinds import KINDS as ITEM_KINDS
from service.model.paths import (
    AmplificationPath,
    AmplificationPaths,
    EvidenceCount,
    PathOutcome,
    PathsBasis,
    PathStep,
    TieEvidence,
)
from service.model.viewer import EVERYONE, Viewer
from service.operations.network import Network
from service.operations.projection import Scope, Standing, scope_of, standing
from service.operations.references import person_of, references

MOST_PATHS: Final = 50
MOST_HOPS: Final = 10
SHOWN_ACTS: Final = 5
"""Acts of evidence that a step names."""

QUESTION: Final = (
    "One story told today: does each person on the path take it up from the one before, "
    "each within 90 days of hearing it?"
)
PRIOR: Final = (
    "A stated prior, not yet learnt from this network's history: each unit of evidence is an independent chance of "
    f"{BASE_PROBABILITY} that one story told today is taken up within 90 days, {HIGHEST_PROBABILITY} at most. "
    "A path's probability is the product of its steps'."
)

_LABELS: Final = {
    EvidenceKind.amplification: "Amplification",
    EvidenceKind.reply: "Contribution",
    EvidenceKind.feedback: "Feedback",
    EvidenceKind.observation: "Observation",
    EvidenceKind.support: "Support",
}


async def amplification_paths(
    network: Network,
    viewer: Viewer,
    *,
    from_id: str,
    to_id: str,
    k: int = 5,
    max_hops: int = 6,
    as_of: datetime | None = None,
    audience: str = EVERYONE,
) -> AmplificationPaths:
    """The k most probable simple paths of at most `max_hops` steps from a person to another, or to a community.

    A community is reached with any of its members at that moment. An unknown or hidden end is `NotFound`; limits out
    of range, the same end twice and a moment without evidence are `Invalid`. Without a path, `reason` says why.
    """
    _check("k", k, MOST_PATHS)
    _check("maxHops", max_hops, MOST_HOPS)
    scope = scope_of(viewer, audience)
    source, target = await _ends(network, scope, as_id(from_id, "from"), as_id(to_id, "to"))
    tied = await standing(network, scope, as_of)
    targets = await _targets(network, tied, target, at=as_of)
    start = tied.projection.numbers.get(source.id)
    search = await asyncio.to_thread(_search, tied, start, targets, k=k, max_hops=max_hops)
    outcome = _outcome(tied, start, target, targets, search)
    return AmplificationPaths(
        from_=person_of(source),
        to=target,
        paths=await _shown(network, tied, search),
        outcome=outcome,
        reason=_reason(outcome, source, target, max_hops),
        complete=search.complete,
        basis=_basis(tied, k=k, max_hops=max_hops, targets=len(targets)),
    )


def _check(field: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise Invalid(f"{field} is {value}", right=f"Give 1 to {most}.", field=field)


async def _ends(network: Network, scope: Scope, source: str, target: str) -> tuple[ItemReference, ItemReference]:
    if source == target:
        raise Invalid("The path would end where it starts", right="Give another person, or a community.", field="to")
    found = await references(network, scope.audiences, [source, target])
    return (
        _end(found.get(source), source, "from", ("Person",), scope),
        _end(found.get(target), target, "to", ("Person", "Community"), scope),
    )


def _end(found: ItemReference | None, id: str, field: str, kinds: Collection[str], scope: Scope) -> ItemReference:
    wanted = " or ".join(ITEM_KINDS[kind].one for kind in kinds)
    if found is None:
        raise NotFound(
            f"There is no {wanted} {id} that the audience `{scope.name}` may see",
            right=f"Give the id of a {wanted}, and an audience that may see it.",
            field=field,
        )
    if found.kind not in kinds:
        kind = ITEM_KINDS[found.kind]
        raise Invalid(f"{id} is of the kind {kind.label}", right=f"Give the id of a {wanted}.", field=field)
    return found


async def _targets(network: Network, tied: Standing, target: ItemReference, *, at: datetime | None) -> list[int]:
    """The people who count as reached: members at the moment that was asked for, or now."""
    if target.kind == "Person":
        number = tied.projection.numbers.get(target.id)
        return [] if number is None else [number]
    parameters = {"community": target.id, "at": at or datetime.now(UTC), "audiences": list(tied.scope.audiences)}
    (row,) = await network.ask("communities/members", parameters)
    numbers = tied.projection.numbers
    return sorted(numbers[person] for person in row["people"] if person in numbers)


def _search(tied: Standing, start: int | None, targets: list[int], *, k: int, max_hops: int) -> PathSearch:
    if start is None:
        return PathSearch(paths=(), complete=True, steps=0)
    return most_probable_paths(tied.network, start, targets, k=k, max_hops=max_hops)


def _outcome(
    tied: Standing, start: int | None, target: ItemReference, targets: list[int], search: PathSearch
) -> PathOutcome:
    if search.paths:
        return PathOutcome.found
    beyond = [number for number in targets if number != start]
    if not beyond:
        return PathOutcome.no_members if target.kind == "Community" else PathOutcome.no_tellers
    if start is None or tied.ties.offsets[start] == tied.ties.offsets[start + 1]:
        return PathOutcome.no_listeners
    if not np.isin(tied.ties.listeners, beyond).any():
        return PathOutcome.no_tellers
    return PathOutcome.out_of_reach


def _reason(outcome: PathOutcome, source: ItemReference, target: ItemReference, max_hops: int) -> str | None:
    start, end = source.title or source.id, target.title or target.id
    match outcome:
        case PathOutcome.found:
            return None
        case PathOutcome.no_members:
            return f"{end} has no members, beside {start}, whom this audience may know of."
        case PathOutcome.no_listeners:
            return f"There is no evidence that anybody listens to {start}."
        case PathOutcome.no_tellers:
            listens = f"no member of {end} listens" if target.kind == "Community" else f"{end} listens"
            return f"There is no evidence that {listens} to anybody."
        case PathOutcome.out_of_reach:
            whom = f"No member of {end}" if target.kind == "Community" else end
            return f"{whom} can be reached from {start} in {max_hops} steps or fewer; there may be a longer way."


async def _shown(network: Network, tied: Standing, search: PathSearch) -> list[AmplificationPath]:
    ids = tied.projection.people
    met = {ids[person] for path in search.paths for person in path.people}
    people = await references(network, tied.scope.audiences, met)
    named = [path for path in search.paths if all(ids[person] in people for person in path.people)]
    return [_path(tied, path, rank, people) for rank, path in enumerate(named, start=1)]


def _path(tied: Standing, path: Path, rank: int, people: Mapping[str, ItemReference]) -> AmplificationPath:
    met = [person_of(people[tied.projection.people[person]]) for person in path.people]
    steps = [
        _step(tied, tie, teller, listener) for tie, (teller, listener) in zip(path.ties, pairwise(met), strict=True)
    ]
    return AmplificationPath(
        rank=rank,
        probability=path.probability,
        one_in=one_in(path.probability),
        hops=len(steps),
        reaches=met[-1],
        steps=steps,
    )


def _step(tied: Standing, tie: int, teller: PersonReference, listener: PersonReference) -> PathStep:
    probability = float(tied.network.probabilities[tie])
    return PathStep(
        teller=teller,
        listener=listener,
        probability=probability,
        one_in=one_in(probability),
        evidence=_evidence(tied, tie),
    )


def _evidence(tied: Standing, tie: int) -> TieEvidence:
    seen, rows = tied.projection, tied.ties.evidence_for(tie)
    counts = Counter(KINDS[kind] for kind in seen.kinds[rows].tolist())
    newest = rows[np.argsort(-np.nan_to_num(seen.times[rows], nan=-np.inf), kind="stable")][:SHOWN_ACTS]
    latest = float(tied.ties.latest[tie])
    return TieEvidence(
        count=len(rows),
        kinds=[EvidenceCount(kind=kind, count=count) for kind, count in counts.most_common()],
        latest_at=None if np.isnan(latest) else datetime.fromtimestamp(latest, UTC),
        items=[ItemReference(id=seen.act_ids[seen.acts[row]], kind=_LABELS[KINDS[seen.kinds[row]]]) for row in newest],
    )


def _basis(tied: Standing, *, k: int, max_hops: int, targets: int) -> PathsBasis:
    return PathsBasis(
        **tied.basis,
        question=QUESTION,
        base_rate=BASE_PROBABILITY,
        learnt=False,
        prior=PRIOR,
        k=k,
        max_hops=max_hops,
        targets=targets,
    )
