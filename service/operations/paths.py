"""Paths as answers show them: the people by name, and for each step what it rests on."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

import numpy as np

from service.graph.projection import KINDS
from service.measures.paths import Path
from service.measures.shares import act_shares
from service.model.answers import EvidenceKind, ItemReference, PersonReference, one_in
from service.model.paths import ActShare, AmplificationPath, EvidenceCount, PathStep, TieEvidence
from service.operations.network import Network
from service.operations.projection import Standing
from service.operations.references import person_of, references

SHOWN_ACTS: Final = 5
"""Acts of evidence that a step names, unless all are asked for."""

LABELS: Final = {
    EvidenceKind.amplification: "Amplification",
    EvidenceKind.reply: "Contribution",
    EvidenceKind.feedback: "Feedback",
    EvidenceKind.observation: "Observation",
    EvidenceKind.support: "Support",
}
"""What an act of each kind is recorded as."""


async def shown_paths(
    network: Network, tied: Standing, paths: Sequence[Path], *, explain: bool = False
) -> list[AmplificationPath]:
    """The paths by name; one that leads through somebody who has gone from sight since is left out."""
    ids = tied.projection.people
    met = {ids[person] for path in paths for person in path.people}
    acts = {act for path in paths for act in _acts(tied, path.ties)} if explain else set()
    named = await references(network, tied.scope.audiences, met | acts)
    seen = [path for path in paths if all(ids[person] in named for person in path.people)]
    return [_path(tied, path, rank, named, explain=explain) for rank, path in enumerate(seen, start=1)]


def _acts(tied: Standing, ties: Iterable[int]) -> Iterable[str]:
    seen = tied.projection
    return (seen.act_ids[seen.acts[row]] for tie in ties for row in tied.ties.evidence_for(tie))


def _path(
    tied: Standing, path: Path, rank: int, named: Mapping[str, ItemReference], *, explain: bool
) -> AmplificationPath:
    met = [person_of(named[tied.projection.people[person]]) for person in path.people]
    steps = [
        _step(tied, tie, pair, contributions=_contributions(tied, tie, named) if explain else [])
        for tie, pair in zip(path.ties, pairwise(met), strict=True)
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
    tied: Standing, tie: int, pair: tuple[PersonReference, PersonReference], contributions: list[ActShare]
) -> PathStep:
    teller, listener = pair
    probability = float(tied.network.probabilities[tie])
    return PathStep(
        teller=teller,
        listener=listener,
        probability=probability,
        one_in=one_in(probability),
        evidence=_evidence(tied, tie),
        contributions=contributions,
    )


def _evidence(tied: Standing, tie: int) -> TieEvidence:
    seen, rows = tied.projection, tied.ties.evidence_for(tie)
    counts = Counter(KINDS[kind] for kind in seen.kinds[rows].tolist())
    newest = rows[np.argsort(-np.nan_to_num(seen.times[rows], nan=-np.inf), kind="stable")][:SHOWN_ACTS]
    return TieEvidence(
        count=len(rows),
        kinds=[EvidenceCount(kind=kind, count=count) for kind, count in counts.most_common()],
        latest_at=_moment(float(tied.ties.latest[tie])),
        items=[_act(tied, row) for row in newest.tolist()],
    )


def _contributions(tied: Standing, tie: int, named: Mapping[str, ItemReference]) -> list[ActShare]:
    seen, rows = tied.projection, tied.ties.evidence_for(tie)
    weights = {one.kind: one.weight for one in tied.weights}
    shares = act_shares(
        tied.evidence,
        rows,
        as_of=tied.as_of.timestamp(),
        kind_weights=np.array([weights[kind] for kind in KINDS]),
        half_life_days=tied.basis["half_life_days"],
    )
    order = np.argsort(-shares, kind="stable")
    acts = ((_act(tied, row), row, share) for row, share in zip(rows[order].tolist(), shares[order], strict=True))
    return [
        ActShare(
            item=named.get(act.id, act),
            kind=KINDS[seen.kinds[row]],
            at=_moment(float(seen.times[row])),
            share=min(float(share), 1.0),
        )
        for act, row, share in acts
    ]


def _act(tied: Standing, row: int) -> ItemReference:
    seen = tied.projection
    return ItemReference(id=seen.act_ids[seen.acts[row]], kind=LABELS[KINDS[seen.kinds[row]]])


def _moment(time: float) -> datetime | None:
    return None if np.isnan(time) else datetime.fromtimestamp(time, UTC)
