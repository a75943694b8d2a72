"""The ties that one named audience may know of, at one moment, and what they were computed from."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np

from service.graph.projection import KINDS, Projection
from service.measures.completion import TieNetwork, tie_network
from service.measures.ties import HALF_LIFE_DAYS, Evidence, Ties, ties_at
from service.model.answers import EvidenceKind, EvidenceWeight
from service.model.errors import Invalid, NotFound
from service.model.ids import as_id
from service.model.viewer import EVERYONE, Viewer
from service.operations.chances import Chances, tie_chances
from service.operations.changes import wait_for
from service.operations.fits import Known, known_by, rewritten, term_at
from service.operations.network import Network
from service.operations.told import NOTHING, Told, history_of, told_between

WEIGHTS: Final = {
    EvidenceKind.amplification: 1.0,
    EvidenceKind.reply: 0.5,
    EvidenceKind.feedback: 0.5,
    EvidenceKind.observation: 0.5,
    EvidenceKind.support: 0.5,
}
"""What a fresh act counts: to carry something further is what the probabilities are about; the rest is assumed to
show half as much. Assumptions, shown in every answer, until they are learnt from the network's own past."""

_SHOWN_WEIGHTS: Final = [EvidenceWeight(kind=kind, weight=weight) for kind, weight in WEIGHTS.items()]

WINDOW: Final = "all evidence up to asOf, older evidence counting less"
VIEWER: Final = "viewer"
"""The name of the audience that is all that the asking viewer may see."""

AHEAD: Final = timedelta(minutes=5)
"""How far clocks may differ before a moment counts as the future."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """A named audience, and the audiences that its items are for."""

    name: str
    audiences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Standing:
    """The ties of an audience at a moment."""

    scope: Scope
    as_of: datetime
    projection: Projection
    evidence: Evidence
    ties: Ties
    network: TieNetwork
    chances: Chances
    """What the chances of the ties were learnt from, or which prior stands in."""

    people: int
    """How many people the ties are between."""
    acts: int
    """How many acts the ties rest on."""
    undated: int
    """How many of those acts have no time."""

    @property
    def basis(self) -> dict[str, Any]:
        """What every answer that rests on these ties says of itself: the fields of `TieBasis`."""
        return {
            "as_of": self.as_of,
            "audience": self.scope.name,
            "window": WINDOW,
            "people": self.people,
            "ties": len(self.ties.listeners),
            "evidence": self.acts,
            "undated_evidence": self.undated,
            "half_life_days": HALF_LIFE_DAYS,
            "weights": _SHOWN_WEIGHTS,
            "calibration": self.chances.summary,
        }


def scope_of(viewer: Viewer, audience: str) -> Scope:
    """The audience that an answer is computed on: `everyone`, or `community:ID` for that and one of one's own."""
    if audience == EVERYONE:
        return Scope(name=EVERYONE, audiences=(EVERYONE,))
    kind, _, community = audience.partition(":")
    if kind != "community":
        raise Invalid(
            f"{audience!r} is not an audience that answers are computed on",
            right="Give `everyone`, or `community:ID` for a community that you belong to.",
            field="audience",
        )
    name = f"community:{as_id(community, 'audience')}"
    if name not in viewer.audiences:
        raise NotFound(
            f"There is no audience {audience} that you belong to",
            right="Give `everyone`, or `community:ID` for a community that you belong to.",
            field="audience",
        )
    return Scope(name=name, audiences=(EVERYONE, name))


def seen_by(viewer: Viewer, audience: str | None) -> Scope:
    """All that the viewer may see, or what a named audience may."""
    return Scope(name=VIEWER, audiences=viewer.audiences) if audience is None else scope_of(viewer, audience)


async def standing(network: Network, scope: Scope, as_of: datetime | None, *, after: str | None = None) -> Standing:
    """The ties of an audience at a moment: that of its newest evidence, where none is given.

    A change that is named as `after` is counted in: it is waited for. It may have been made after the moment, since
    what is written now may be of something told then, or take that away; of what it wrote, what is of a later time has
    no part in the answer.

    Raises:
        Invalid: the moment is in the future, or before there was any evidence.
        NotFound: there is no change of that id.
        Unavailable: the change was not counted in in time.
    """
    projection = await _projection(network, scope, after)
    moment = _moment(projection, as_of)
    told_anew = await rewritten(network, scope.audiences)
    known = await known_by(network, scope.audiences, projection, moment, told_anew=told_anew, exact=after is not None)
    key = (moment, told_anew, known.chances.mark)
    kept: Standing | None = projection.kept.get(key)
    if kept is None:
        since = NOTHING
        if known.chances.learnt:
            since = await told_between(network, scope.audiences, term_at(projection, moment), moment)
        kept = await asyncio.to_thread(_stand, scope, projection, moment, known, since)
        projection.keep(key, kept)
    if as_of is not None and len(kept.ties.listeners) == 0 and projection.oldest is not None:
        first = datetime.fromtimestamp(projection.oldest, UTC)
        raise Invalid(
            f"There is no evidence up to {_shown(as_of)}", right=f"Give {_shown(first)} or later.", field="asOf"
        )
    return kept


async def evidence_of(
    network: Network, scope: Scope, *, after: str | None = None
) -> tuple[Evidence, Mapping[str, int]]:
    """All the evidence of who listened to whom that an audience may see, and the number of each person in it.

    A change that is named as `after` is counted in, or raises as in `standing`.
    """
    projection = await _projection(network, scope, after)
    return _evidence(projection), projection.numbers


def up_to(as_of: datetime | None, *, since: datetime | None = None) -> datetime:
    """The moment up to which is looked: now, where none is given; `Invalid` for one in the future or without offset.

    `since` is when what is asked about came to be: an earlier moment is `Invalid` as well.
    """
    until = _allowed(as_of)
    if since is not None and until < since:
        raise Invalid(
            f"It did not exist on {until.isoformat()}", right=f"Give {since.isoformat()} or later.", field="asOf"
        )
    return until


def _allowed(as_of: datetime | None) -> datetime:
    now = datetime.now(UTC)
    if as_of is None:
        return now + AHEAD
    if as_of.tzinfo is None:
        raise Invalid(f"{as_of.isoformat()} has no offset", right="Give an instant with one: Z for UTC.", field="asOf")
    if as_of > now + AHEAD:
        raise Invalid(f"{_shown(as_of)} is in the future", right=f"Give {_shown(now)} or earlier.", field="asOf")
    return as_of.astimezone(UTC)


async def moment_of(network: Network, scope: Scope, as_of: datetime | None) -> datetime:
    """The moment that an answer is of: the one given, else that of the audience's newest evidence; now, without any."""
    projection = await _projection(network, scope, None)
    return up_to(as_of) if as_of is not None or projection.newest is None else _moment(projection, None)


async def _projection(network: Network, scope: Scope, after: str | None) -> Projection:
    counted_in = 0 if after is None else await wait_for(network, after)
    return await network.projections.current(scope.audiences, after=counted_in)


def _moment(projection: Projection, as_of: datetime | None) -> datetime:
    if as_of is not None:
        return up_to(as_of)
    if projection.newest is not None:
        return datetime.fromtimestamp(projection.newest, UTC)
    return datetime.now(UTC).replace(second=0, microsecond=0)


def _evidence(projection: Projection) -> Evidence:
    return Evidence(
        listeners=projection.listeners, tellers=projection.tellers, kinds=projection.kinds, times=projection.times
    )


def ties_by(evidence: Evidence, people: int, moment: datetime) -> Ties:
    """The ties that the evidence up to a moment makes between so many people, each kind weighing what it does here."""
    weights = np.array([WEIGHTS[kind] for kind in KINDS])
    return ties_at(
        evidence, people=people, as_of=moment.timestamp(), kind_weights=weights, half_life_days=HALF_LIFE_DAYS
    )


def _stand(scope: Scope, projection: Projection, as_of: datetime, known: Known, since: Told) -> Standing:
    evidence = _evidence(projection)
    ties = ties_by(evidence, len(projection.people), as_of)
    chances = known.chances
    history = history_of(projection, known.told.then(since), {}) if chances.learnt else None
    network = tie_network(ties.offsets, ties.listeners, tie_chances(chances, history, ties, as_of), chances.onward)
    counted = np.zeros(len(projection.act_ids), dtype=np.bool_)
    counted[projection.acts[ties.evidence]] = True
    undated = np.zeros_like(counted)
    undated[projection.acts[np.isnan(projection.times)]] = True
    tied = np.zeros(len(projection.people), dtype=np.bool_)
    tied[ties.tellers] = tied[ties.listeners] = True
    return Standing(
        scope=scope,
        as_of=as_of,
        projection=projection,
        evidence=evidence,
        ties=ties,
        network=network,
        chances=chances,
        people=int(tied.sum()),
        acts=int(counted.sum()),
        undated=int((counted & undated).sum()),
    )


def _shown(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
