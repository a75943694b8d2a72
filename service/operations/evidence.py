"""Evidence as answers show it: the acts that a tie rests on, and how much of its chance each stands for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.graph.projection import KINDS
from service.measures.shares import act_shares
from service.measures.ties import HALF_LIFE_DAYS
from service.model.answers import EvidenceKind, ItemReference, one_in
from service.model.paths import ActShare, EvidenceCount, TieContribution, TieEvidence
from service.operations.network import Network
from service.operations.projection import WEIGHTS, Standing
from service.operations.references import person_of, references

SHOWN_ACTS: Final = 5
"""Acts of evidence that are named, unless all are asked for."""
SHOWN_TIES: Final = 1_000
"""Ties that are shown as contributions, at most; beyond them hardly anything comes about."""

LABELS: Final = {
    EvidenceKind.amplification: "Amplification",
    EvidenceKind.reply: "Contribution",
    EvidenceKind.feedback: "Feedback",
    EvidenceKind.observation: "Observation",
    EvidenceKind.support: "Support",
}
"""What an act of each kind is recorded as."""


def shares_in_words(tied: Standing) -> str:
    """What the shares of a tie's acts are shares of."""
    prior = f"the tie's weight: each act weighs what its kind does, half as much every {HALF_LIFE_DAYS:g}"
    if tied.chances.fit is None:
        return f"Shares of {prior} days."
    return (
        "Shares of what the chance was learnt from of the tie itself: how much and how lately the listener listened to "
        f"the teller, acts of all kinds alike, each half as much every {tied.chances.fit.half_life_days:g} days, as "
        "learnt too; those without a time count nothing. The chance rests on what both do towards others as well, "
        f"which is no act between them and has no share. Of a tie without any dated act, shares of {prior} days."
    )


def tie_evidence(tied: Standing, ties: Collection[int]) -> dict[int, TieEvidence]:
    """What shows of each tie that its listener listens to its teller: how many acts of which kinds, and the newest."""
    if not ties:
        return {}
    # All in one pass: a path has so few acts a tie that what numpy takes to begin would be most of it.
    seen, found = tied.projection, [tied.ties.evidence_for(tie) for tie in ties]
    rows, counts = np.concatenate(found), np.array([len(acts) for acts in found])
    owners, starts = np.repeat(np.arange(len(ties)), counts), np.cumsum(counts) - counts
    of_kinds = np.bincount(owners * len(KINDS) + seen.kinds[rows], minlength=len(ties) * len(KINDS))
    # What has no time comes last.
    newest = rows[np.lexsort((-seen.times[rows], owners))][np.arange(len(rows)) - starts[owners] < SHOWN_ACTS]
    acts = iter(_acts(tied, newest))
    latest = tied.ties.latest[list(ties)].tolist()
    each = zip(ties, counts.tolist(), of_kinds.reshape(-1, len(KINDS)).tolist(), latest, strict=True)
    return {
        tie: TieEvidence(
            count=count,
            kinds=_counts(tuple(kinds)),
            latest_at=_moment(time),
            items=list(islice(acts, min(count, SHOWN_ACTS))),
        )
        for tie, count, kinds, time in each
    }


@lru_cache
def _counts(of_kinds: tuple[int, ...]) -> list[EvidenceCount]:
    """How many acts of each kind there are, the most frequent first."""
    counted = [EvidenceCount(kind=kind, count=count) for kind, count in zip(KINDS, of_kinds, strict=True) if count]
    return sorted(counted, key=lambda one: -one.count)


def acts_of(tied: Standing, tie: int, named: Mapping[str, ItemReference]) -> list[ActShare]:
    """Every act that a tie rests on with its share, the largest first, by the names that were looked up."""
    seen, rows = tied.projection, tied.ties.evidence_for(tie)
    shares = _shares(tied, rows)
    order = np.argsort(-shares, kind="stable")
    acts = zip(_acts(tied, rows[order]), rows[order].tolist(), shares[order], strict=True)
    return [
        ActShare(
            item=named.get(act.id, act),
            kind=KINDS[seen.kinds[row]],
            at=_moment(float(seen.times[row])),
            share=min(float(share), 1.0),
        )
        for act, row, share in acts
    ]


def act_ids(tied: Standing, ties: Iterable[int]) -> set[str]:
    """The ids of all acts that some ties rest on."""
    seen = tied.projection
    return {act for tie in ties for act in seen.act_ids.at(seen.acts[tied.ties.evidence_for(tie)])}


async def tie_contributions(
    network: Network, tied: Standing, ties: NDArray[np.int64], people: NDArray[np.float64], *, often: float = 1.0
) -> list[TieContribution]:
    """Ties by how many people something comes to by way of each, with the acts behind them; the most first.

    Those by which it comes to nobody are left out, and shares are of all the others. By way of each it is taken up
    `often` times as likely as if it were told first-hand.
    """
    total = float(people.sum())
    order = np.lexsort((ties, -people))[: int(np.count_nonzero(people))][:SHOWN_TIES]
    chosen: Sequence[int] = ties[order].tolist()
    ids, tellers, listeners = tied.projection.people, tied.ties.tellers, tied.ties.listeners
    met = {ids[end] for tie in chosen for end in (tellers[tie], listeners[tie])}
    named = await references(network, tied.scope.audiences, met | act_ids(tied, chosen))
    return [
        TieContribution(
            teller=person_of(named[ids[tellers[tie]]]),
            listener=person_of(named[ids[listeners[tie]]]),
            probability=float(tied.network.probabilities[tie] * often),
            one_in=one_in(float(tied.network.probabilities[tie] * often)),
            people=float(reached),
            share=min(1.0, float(reached) / total),
            acts=acts_of(tied, tie, named),
        )
        for tie, reached in zip(chosen, people[order].tolist(), strict=True)
        if ids[tellers[tie]] in named and ids[listeners[tie]] in named
    ]


def _shares(tied: Standing, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """By the half-life and the weights that the tie's chance rests on."""
    fit, times = tied.chances.fit, tied.evidence.times[rows]
    dated = ~np.isnan(times)
    if fit is None or not dated.any():
        return act_shares(
            tied.evidence,
            rows,
            as_of=tied.as_of.timestamp(),
            kind_weights=np.array([WEIGHTS[kind] for kind in KINDS]),
            half_life_days=HALF_LIFE_DAYS,
        )
    shares = np.zeros(len(rows))
    # Seen from the newest act on: all are older by as much as that, which changes no share and keeps them from 0.
    shares[dated] = act_shares(
        tied.evidence,
        rows[dated],
        as_of=float(times[dated].max()),
        kind_weights=np.ones(len(KINDS)),
        half_life_days=fit.half_life_days,
    )
    return shares


def _acts(tied: Standing, rows: NDArray[np.int64]) -> list[ItemReference]:
    seen = tied.projection
    acts = zip(seen.act_ids.at(seen.acts[rows]), seen.kinds[rows].tolist(), strict=True)
    return [ItemReference(id=id, kind=LABELS[KINDS[kind]]) for id, kind in acts]


def _moment(time: float) -> datetime | None:
    return None if np.isnan(time) else datetime.fromtimestamp(time, UTC)
