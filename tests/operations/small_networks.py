"""Small networks of scopes that hold one another, of which standings and professions divide the same people anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.operations.acts_told import REPLY_SECONDS
from service.operations.community_tellings import Tellings
from service.operations.disclosure import Registered, register

START, END = datetime(2025, 7, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
_SPAN = (END - START).total_seconds()
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SmallNetwork:
    """Who belongs where, who told what and who listened to whom, in a year."""

    groups: Registered
    tellings: Tellings
    tellers: NDArray[np.int32]
    listeners: NDArray[np.int32]
    times: Floats


def small_network(seed: int) -> SmallNetwork:
    """Some sixty people in two organisations and four communities, of which the later are the earlier but for a few."""
    random = np.random.default_rng(seed)
    people = int(random.integers(45, 90))
    names = [f"person {number}" for number in range(people)]
    rows = sorted(_memberships(random, people), key=lambda row: row[2])
    memberships = _columns(["people", "communities", "since", "until"], rows)
    held = sorted(_positions(random, people), key=lambda row: row[4])
    positions = _columns(["people", "organisations", "standings", "professions", "since", "until"], held)
    circles = random.integers(4, size=people)
    tellers, listeners = (random.integers(people, size=people * 12) for _ in range(2))
    heard = (tellers != listeners) & (
        random.random(len(tellers)) < np.where(circles[tellers] == circles[listeners], 0.9, 0.2)
    )
    times = START.timestamp() + random.random(len(tellers)) * _SPAN
    numbers = {name: number for number, name in enumerate(names)}
    return SmallNetwork(
        groups=register(f"small {seed}", numbers, times[heard], memberships, positions),
        tellings=_tellings(random, people),
        tellers=tellers[heard].astype(np.int32),
        listeners=listeners[heard].astype(np.int32),
        times=times[heard],
    )


def _memberships(random: np.random.Generator, people: int) -> Iterator[tuple[Any, ...]]:
    """In each community those of one before, but for a few who are not in it, and a few others."""
    inside = random.random(people) < random.uniform(0.5, 1)
    for community in range(4):
        for person in np.flatnonzero(inside).tolist():
            late = random.random() < 0.2
            since = START.timestamp() + (random.random() * _SPAN if late else -1e6)
            until = since + random.random() * _SPAN if random.random() < 0.1 else None
            yield f"person {person}", f"c{community}", 1000 * since, "" if until is None else 1000 * until
        inside = (inside & (random.random(people) < 0.9)) | (random.random(people) < 0.03)


def _positions(random: np.random.Generator, people: int) -> Iterator[tuple[Any, ...]]:
    """Professions are parts of standings but for a few people's, and an organisation is mostly part of the other."""
    for person in range(people):
        standing = random.choice(["professional", "patient", "carer"], p=[0.6, 0.3, 0.1])
        profession = (
            random.choice(["nurse", "doctor", "porter"], p=[0.6, 0.3, 0.1]) if standing == "professional" else standing
        )
        moves = START.timestamp() + random.random() * _SPAN if random.random() < 0.15 else None
        for organisation, chance in (("a", 0.9), ("b", 0.6)):
            if random.random() < chance:
                until = "" if moves is None else 1000 * moves
                yield f"person {person}", organisation, standing, profession, 1000 * (START.timestamp() - 1e6), until
                if moves is not None:
                    yield f"person {person}", organisation, "patient", "patient", 1000 * moves, ""


def _tellings(random: np.random.Generator, people: int) -> Tellings:
    often = random.exponential(size=people)
    tellers = np.sort(random.choice(people, size=people * 5, p=often / often.sum()))
    times = START.timestamp() + random.random(len(tellers)) * _SPAN
    times = times[np.lexsort((times, tellers))]
    soon = random.random(len(tellers))
    replies = np.where(
        soon < 0.4, times + soon * REPLY_SECONDS, np.where(soon < 0.6, times + 2 * REPLY_SECONDS, np.nan)
    )
    return Tellings(
        tellers=tellers,
        times=times,
        replies=replies,
        stories=random.random(len(tellers)) < 0.5,
        opening=random.random(len(tellers)) < 0.7,
    )


def _columns(names: list[str], rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
