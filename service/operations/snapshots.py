"""Snapshots: detections at the ends of periods, each community with the identity that it has from the one before.

An identity follows from the evidence alone. It begins at the end of the first period in which anything was seen, and
is handed on from each such end to the next, whoever asks, for whichever stretch, in whichever order. Periods in which
nothing was seen leave everything as it was.

Snapshots of one audience, `everyone`, at the picked resolution and with seed 0 are kept in the graph, so that the way
there is gone once: whoever asks for others has them computed, in the same way, from the first on. A snapshot counts as
long as the evidence up to its moment is what it was found in; where some has come in late, was erased or hidden, it is
found anew and replaced. It holds people by a link, so whoever is erased is out of it.
"""

import asyncio
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import takewhile
from typing import Final

import numpy as np
from numpy.typing import NDArray

from service.measures.communities import UNTIED
from service.measures.detection_history import ALIKE, fingerprints, founders, handed_on, match
from service.measures.progress import part
from service.measures.ties import HALF_LIFE_DAYS
from service.model.histories import Period
from service.model.ids import derived_id
from service.model.viewer import EVERYONE
from service.operations.finding import find
from service.operations.network import Network
from service.operations.projection import WEIGHTS, Scope, Standing, ties_by

SEED: Final = 0
MONTHS: Final = {Period.month: 1, Period.quarter: 3, Period.year: 12}
AT_ONCE: Final = 500_000
"""How many acts, over all the steps that are missing, are looked at for the ids of what somebody asks for now: some
twenty seconds. One step is always taken: it is about as long as the answer itself takes."""
RULES: Final = "2"
"""Which rules snapshots were made by: those made by others are found anew."""
_UNKNOWN: Final = (
    "What was there at the ends of earlier quarters has not been looked for yet, and takes a while: ask "
    "`communityHistory` first, as a job."
)
_UNKEPT: Final = (
    "What was there at the ends of earlier quarters takes a while to find, and is not kept for this audience, "
    "resolution and seed: ask `communityHistory`, as a job."
)
_NEW: Final = "It continues none of the communities of {end:%-d %B %Y}: it has an id from the end of this quarter on."


@dataclass(frozen=True, slots=True)
class Identity:
    """What a community keeps for as long as it is there."""

    id: str
    born: datetime
    """The end of the period at which it was there for the first time."""


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Snapshot:
    """Communities at one moment: each person's, by the person's number, and the identity of each."""

    as_of: datetime
    labels: NDArray[np.int32]
    resolution: float
    modularity: float | None
    iterations: int
    trials: int
    identities: tuple[Identity, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """Snapshots of one kind: of one audience, at the ends of which periods, looked for how."""

    scope: Scope
    every: Period
    resolution: float | None
    """None: at each moment the one that its ties speak for."""
    seed: int

    @property
    def kept(self) -> bool:
        """Whether they are kept in the graph: everybody's, so that no asker's wishes fill it."""
        return self.scope.name == EVERYONE and self.resolution is None and self.seed == SEED

    @property
    def name(self) -> str:
        """What keeps them apart from those of any other series."""
        plain = f"{self.scope.name} {self.every.value}"
        wished = "" if self.resolution is None else f" at {self.resolution:g}"
        return plain + wished + ("" if self.seed == SEED else f" by {self.seed}")


@dataclass(frozen=True, kw_only=True, eq=False)
class Walk:
    """The way through a series: the ends of its periods, and the steps, those ends by which something new was seen."""

    series: Series
    ends: tuple[datetime, ...]
    steps: tuple[datetime, ...]
    places: tuple[int, ...]
    """For each end the last step up to it."""
    words: tuple[str, ...]
    """For each step a word for what its snapshot rests on."""
    marks: NDArray[np.uint64]
    found: dict[datetime, Snapshot]
    """What has been found, or read, by its step."""


async def walk(tied: Standing, series: Series) -> Walk:
    """The way through a series up to the moment of a standing.

    It has no ends where no whole period has ended since the first evidence.
    """
    found: dict[datetime, Snapshot] = tied.projection.kept.get(_key(series)) or {}
    return await asyncio.to_thread(_walk, tied, series, found)


async def snapshots(network: Network, tied: Standing, way: Walk, first: int) -> list[Snapshot]:
    """The snapshots at the ends from the one with the number `first` on, the oldest first.

    Those that are missing are found, from the last one before on that is known, and kept where their series is.
    """
    if not way.ends:
        return []
    missing = await missing_steps(network, tied, way, first)
    for number, step in enumerate(missing):
        with part(number / len(missing), (number + 1) / len(missing)):
            before = way.found[way.steps[step - 1]] if step else None
            made = await asyncio.to_thread(_made, tied, way, way.steps[step], before)
        if way.series.kept:
            await _keep(network, tied, made, way.series.name, way.words[step])
        way.found[made.as_of] = made
    tied.projection.keep(_key(way.series), way.found)
    return [replace(way.found[way.steps[way.places[end]]], as_of=way.ends[end]) for end in range(first, len(way.ends))]


def _key(series: Series) -> tuple[str, str]:
    return "snapshots", series.name


async def missing_steps(network: Network, tied: Standing, way: Walk, first: int) -> list[int]:
    """The steps that have to be taken for the ends from the one with the number `first` on; what is kept is read."""
    kept = await _still_true(network, way) if way.series.kept else set()
    known = [step for step, moment in enumerate(way.steps) if moment in way.found or step in kept]
    begin = max((step for step in known if step <= way.places[first]), default=0)
    steps = range(begin, len(way.steps))
    wanted = [way.steps[step] for step in steps if step in kept and way.steps[step] not in way.found]
    if wanted:
        way.found.update(await _kept(network, tied, way.series.name, wanted))
    return [step for step in steps if way.steps[step] not in way.found]


@dataclass(frozen=True, slots=True)
class Lasting:
    """The lasting ids of communities in the order of their numbers; `reason` says why those without one have none."""

    ids: tuple[str | None, ...]
    reason: str


async def lasting(
    network: Network, tied: Standing, labels: NDArray[np.int32], resolution: float | None, seed: int
) -> Lasting:
    """Which of the communities at the end of the last whole quarter each of these continues.

    They are matched as from one snapshot to the next; the series is that of the same audience, resolution and seed.
    """
    way = await walk(tied, Series(tied.scope, Period.quarter, resolution, seed))
    nobody = (None,) * (int(labels.max(initial=-1)) + 1)
    if not way.ends:
        return Lasting(nobody, "No whole quarter has ended since the first evidence: ids are given at the end of each.")
    last = len(way.ends) - 1
    missing = await missing_steps(network, tied, way, last)
    if len(missing) > 1 and len(missing) * len(tied.evidence.times) > AT_ONCE:
        return Lasting(nobody, _UNKNOWN if way.series.kept else _UNKEPT)
    (snapshot,) = await snapshots(network, tied, way, last)
    born = tuple(Identity("", snapshot.as_of) for _ in nobody)
    found = handed_on(snapshot.identities, match(snapshot.labels, labels).continues, born)
    return Lasting(tuple(one.id or None for one in found), _NEW.format(end=snapshot.as_of))


def _walk(tied: Standing, series: Series, found: dict[datetime, Snapshot]) -> Walk:
    times = tied.evidence.times
    dated = np.sort(times[times <= tied.as_of.timestamp()])
    ends = _ends(datetime.fromtimestamp(float(dated[0]), UTC), tied.as_of, series.every) if len(dated) else []
    seen = np.searchsorted(dated, [end.timestamp() for end in ends], side="right").tolist()
    counts = sorted(set(seen))
    steps = tuple(ends[bisect_left(seen, count)] for count in counts)
    marks = _marks(tied.projection.people)
    told = f"{RULES} {series.resolution} {series.seed} {HALF_LIFE_DAYS:g} {ALIKE:g} {sorted(WEIGHTS.items())}"
    words = fingerprints(tied.evidence, marks, [step.timestamp() for step in steps])
    return Walk(
        series=series,
        ends=tuple(ends),
        steps=steps,
        places=tuple(bisect_left(counts, count) for count in seen),
        words=tuple(f"{word} {told}" for word in words),
        marks=marks,
        found=found,
    )


def _ends(first: datetime, last: datetime, every: Period) -> list[datetime]:
    """The ends of whole periods of the calendar after one moment and up to another."""
    months = MONTHS[every]
    begun = (first.year * 12 + first.month - 1) // months * months
    numbers = range(begun + months, (last.year + 1) * 12, months)
    ends = (datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in numbers)
    return list(takewhile(lambda end: end <= last, ends))


def _made(tied: Standing, way: Walk, moment: datetime, before: Snapshot | None) -> Snapshot:
    """The communities at a moment; each that continues one before has its identity, another is born."""
    series = way.series
    found = find(ties_by(tied.evidence, len(tied.projection.people), moment), series.resolution, series.seed).detection
    people = tied.projection.people
    born = [
        Identity(derived_id(f"detected/{series.name}", f"{moment.isoformat()} {people[founder]}"), moment)
        for founder in founders(found.labels, way.marks).tolist()
    ]
    known = () if before is None else before.identities
    earlier = np.full(len(people), UNTIED, dtype=np.int32) if before is None else before.labels
    return Snapshot(
        as_of=moment,
        labels=found.labels,
        resolution=found.resolution,
        modularity=found.modularity,
        iterations=found.iterations,
        trials=found.trials,
        identities=handed_on(known, match(earlier, found.labels).continues, born),
    )


def _marks(people: Sequence[str]) -> NDArray[np.uint64]:
    digests = b"".join(blake2b(person.encode(), digest_size=8).digest() for person in people)
    return np.frombuffer(digests, dtype=np.uint64)


async def _still_true(network: Network, way: Walk) -> set[int]:
    """The steps whose snapshot was kept, and rests on the evidence as it is."""
    (row,) = await network.ask("detection/kept", {"series": way.series.name})
    places = {step.timestamp() * 1000: place for place, step in enumerate(way.steps)}
    kept = zip(row["moments"], row["fingerprints"], strict=True)
    return {places[at] for at, word in kept if at in places and way.words[places[at]] == word}


async def _kept(network: Network, tied: Standing, series: str, moments: Sequence[datetime]) -> dict[datetime, Snapshot]:
    rows = await network.ask("detection/runs", {"series": series, "moments": list(moments), "audiences": [EVERYONE]})
    numbers = tied.projection.numbers
    return {
        _instant(row["asOf"]): Snapshot(
            as_of=_instant(row["asOf"]),
            labels=_numbered(dict(zip(row["people"], row["numbers"], strict=True)), numbers),
            resolution=row["found"]["resolution"],
            modularity=row["found"]["modularity"],
            iterations=row["found"]["iterations"],
            trials=row["found"]["trials"],
            identities=tuple(
                Identity(id, _instant(born)) for id, born in zip(row["identities"], row["born"], strict=True)
            ),
        )
        for row in rows
    }


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _numbered(groups: Mapping[str, int], numbers: Mapping[str, int]) -> NDArray[np.int32]:
    """Each person's group, by the numbers that people have here; whoever is not known here is left out."""
    labels = np.full(len(numbers), UNTIED, dtype=np.int32)
    for person, group in groups.items():
        if person in numbers:
            labels[numbers[person]] = group
    return labels


async def _keep(network: Network, tied: Standing, snapshot: Snapshot, series: str, fingerprint: str) -> None:
    people, members = tied.projection.people, defaultdict(list)
    for person in np.flatnonzero(snapshot.labels >= 0).tolist():
        members[int(snapshot.labels[person])].append(people[person])
    communities = [
        {"number": number, "identity": identity.id, "bornAt": identity.born, "people": members[number]}
        for number, identity in enumerate(snapshot.identities)
    ]
    properties = {
        "audience": EVERYONE,
        "fingerprint": fingerprint,
        "resolution": snapshot.resolution,
        "modularity": snapshot.modularity,
        "iterations": snapshot.iterations,
        "trials": snapshot.trials,
        "seed": SEED,
    }
    given = {"series": series, "asOf": snapshot.as_of, "properties": properties, "communities": communities}
    await network.write("detection/keep", given)
