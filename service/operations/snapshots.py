"""Snapshots: detections that are kept in the graph, so that a history need not find them anew.

Kept are those of one audience, `everyone`, at the picked resolution and with seed 0: whoever asks for others has them
computed. A snapshot counts as long as the evidence up to its moment is what it was found in; where some has come in
late, was erased or hidden, it is found anew and replaced. It holds people by a link, so whoever is erased is out of it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.communities import UNTIED
from service.measures.detection_history import fingerprints
from service.measures.ties import HALF_LIFE_DAYS
from service.model.ids import derived_id
from service.model.viewer import EVERYONE
from service.operations.detection import found_in
from service.operations.network import Network
from service.operations.projection import WEIGHTS, Scope, evidence_of, standing

SEED: Final = 0


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Snapshot:
    """Communities at one moment: each person's, by the person's number, and an id for each, as if it were born then."""

    as_of: datetime
    labels: NDArray[np.int32]
    modularity: float | None
    identities: tuple[str, ...]


async def snapshots(
    network: Network,
    scope: Scope,
    moments: Sequence[datetime],
    *,
    series: str,
    resolution: float,
    seed: int,
    keep: bool,
) -> list[Snapshot]:
    """The communities at each moment, of those kept as far as they still hold; the others are kept then.

    `series` names the moments' kind; there is one snapshot for each of its moments.
    """
    evidence, numbers = await evidence_of(network, scope)
    told = f"{resolution:g} {seed} {HALF_LIFE_DAYS:g} {sorted(WEIGHTS.items())}"
    marks = await asyncio.to_thread(_marks, list(numbers))
    words = fingerprints(evidence, marks, [moment.timestamp() for moment in moments])
    known = await _kept(network, series, numbers) if keep else {}
    found = []
    for moment, word in zip(moments, words, strict=True):
        fingerprint = f"{word} {told}"
        kept = known.get(moment)
        if kept is not None and kept[0] == fingerprint:
            found.append(kept[1])
            continue
        tied = await standing(network, scope, moment)
        detection = (await found_in(tied, resolution, seed)).detection
        people = list(tied.projection.people)
        snapshot = Snapshot(
            as_of=moment,
            labels=_numbered(dict(zip(people, detection.labels.tolist(), strict=True)), numbers),
            modularity=detection.modularity,
            identities=_identities(series, moment, len(detection.sizes)),
        )
        if keep:
            await _keep(network, snapshot, series, fingerprint, list(numbers))
        found.append(snapshot)
    return found


def may_be_kept(scope: Scope, *, picked: bool, seed: int) -> bool:
    """Whether snapshots of this kind are kept: everybody's, so that no asker's wishes fill the graph."""
    return scope.name == EVERYONE and picked and seed == SEED


def _identities(series: str, moment: datetime, count: int) -> tuple[str, ...]:
    return tuple(derived_id(f"detected/{series}", f"{moment.isoformat()} {number}") for number in range(count))


def _marks(people: list[str]) -> NDArray[np.uint64]:
    digests = b"".join(blake2b(person.encode(), digest_size=8).digest() for person in people)
    return np.frombuffer(digests, dtype=np.uint64)


async def _kept(network: Network, series: str, numbers: Mapping[str, int]) -> dict[datetime, tuple[str, Snapshot]]:
    rows = await network.ask("detection/runs", {"series": series, "audiences": [EVERYONE]})
    kept = {}
    for row in rows:
        labels = _numbered(dict(zip(row["people"], row["numbers"], strict=True)), numbers)
        moment = datetime.fromtimestamp(row["asOf"] / 1000, UTC)
        identities = _identities(series, moment, int(labels.max(initial=-1)) + 1)
        snapshot = Snapshot(as_of=moment, labels=labels, modularity=row["modularity"], identities=identities)
        kept[moment] = (row["fingerprint"], snapshot)
    return kept


def _numbered(groups: Mapping[str, int], numbers: Mapping[str, int]) -> NDArray[np.int32]:
    """Each person's group, by the numbers that people have here; whoever is not known here is left out."""
    labels = np.full(len(numbers), UNTIED, dtype=np.int32)
    for person, group in groups.items():
        if person in numbers:
            labels[numbers[person]] = group
    return labels


async def _keep(network: Network, snapshot: Snapshot, series: str, fingerprint: str, people: list[str]) -> None:
    members: dict[int, list[str]] = defaultdict(list)
    for person in np.flatnonzero(snapshot.labels >= 0).tolist():
        members[int(snapshot.labels[person])].append(people[person])
    communities = [
        {"number": number, "identity": identity, "people": members[number]}
        for number, identity in enumerate(snapshot.identities)
    ]
    properties = {"audience": EVERYONE, "fingerprint": fingerprint, "modularity": snapshot.modularity, "seed": SEED}
    given = {"series": series, "asOf": snapshot.as_of, "properties": properties, "communities": communities}
    await network.write("detection/keep", given)
