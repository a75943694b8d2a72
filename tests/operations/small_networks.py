"""Small networks of scopes that hold one another, of which standings and professions divide the same people anew."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.operations.acts_told import REPLY_SECONDS
from service.operations.community_tellings import Past, Tellings
from service.operations.disclosure import Registered, register

START, END = datetime(2025, 7, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
_SPAN = (END - START).total_seconds()
_BEFORE = START.timestamp() - 1e6
Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Row = dict[str, Any]


def small_network(seed: int) -> tuple[Registered, Past]:
    """Some sixty people in two organisations and four communities, each of which is the one before but for a few.

    Who belongs where, and what happened in a year.
    """
    random = np.random.default_rng(seed)
    people = int(random.integers(45, 90))
    names = [identity(number) for number in range(people)]
    rows = sorted(_memberships(random, people), key=lambda row: row[2])
    memberships = _columns(["people", "communities", "since", "until"], rows)
    held = sorted(_positions(random, people), key=lambda row: row[4])
    positions = _columns(["people", "organisations", "standings", "professions", "since", "until"], held)
    tellers, listeners, times = _listening(random, people)
    numbers = {name: number for number, name in enumerate(names)}
    groups = register(f"small {seed}", numbers, times, memberships, positions)
    past = Past(END, _tellings(random, people), tellers.astype(np.int32), listeners.astype(np.int32), times)
    return groups, past


def rows_of(seed: int) -> list[Row]:
    """The same sort of network as rows to be written; whoever replies is somebody who belongs nowhere."""
    random = np.random.default_rng(seed)
    people = int(random.integers(45, 90))
    rows: list[Row] = [{"type": "Person", "id": identity(one), "name": f"Person {one}"} for one in range(people)]
    rows += [{"type": "Person", "id": identity(800), "name": "Stranger"}]
    rows += [{"type": "Community", "id": identity(900 + one), "name": f"Community {one}"} for one in range(4)]
    rows += [{"type": "Organisation", "id": identity(one), "name": f"Organisation {one}"} for one in (950, 951)]
    for person, community, since, until in _memberships(random, people):
        ends = {"until": _day(until / 1000)} if until else {}
        row = {"type": "Membership", "personId": person, "communityId": community, "since": _day(since / 1000)}
        rows.append(row | ends)
    for person, organisation, standing, profession, since, until in _positions(random, people):
        row = {"type": "Position", "personId": person, "organisationId": organisation, "from": _day(since / 1000)}
        ends = {"until": _day(until / 1000)} if until else {}
        rows.append(row | {"standing": str(standing), "profession": str(profession)} | ends)
    for teller, listener, time in zip(*_listening(random, people), strict=True):
        ends = {"byId": identity(int(listener)), "toId": identity(int(teller))}
        rows.append({"type": "Observation", "kind": "saw", "at": _day(time), **ends})
    for number, (teller, time, replied) in enumerate(zip(*_told(random, people), strict=True)):
        story = {"type": "Story", "id": identity(10_000 + number), "title": "A story", "content": "I told it."}
        rows.append(story | {"tellerId": identity(int(teller)), "at": _day(time)})
        rows += [] if np.isnan(replied) else _reply(story["id"], identity(20_000 + number), _day(replied))
    return rows


def _reply(story: str, talk: str, at: str) -> list[Row]:
    said = {"type": "Contribution", "content": "Yes", "conversationId": talk, "repliesToId": story}
    return [
        {"type": "Conversation", "id": talk, "title": "A talk", "startedById": story, "at": at},
        said | {"personId": identity(800), "at": at},
    ]


def identity(number: int) -> str:
    """An item's id."""
    return f"00000000-0000-4000-8000-{number:012d}"


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _memberships(random: np.random.Generator, people: int) -> Iterator[tuple[Any, ...]]:
    """In each community those of one before, but for a few who are not in it, and a few others."""
    inside = random.random(people) < random.uniform(0.5, 1)
    for community in range(4):
        for person in np.flatnonzero(inside).tolist():
            late = random.random() < 0.2
            since = _moments(random, 1)[0] if late else _BEFORE
            until = since + 1 + random.random() * _SPAN if random.random() < 0.1 else None
            yield identity(person), identity(900 + community), 1000 * since, "" if until is None else 1000 * until
        inside = (inside & (random.random(people) < 0.9)) | (random.random(people) < 0.03)


def _positions(random: np.random.Generator, people: int) -> Iterator[tuple[Any, ...]]:
    """Professions are parts of standings but for a few people's, and an organisation is mostly part of the other."""
    for person in range(people):
        standing = random.choice(["professional", "patient", "carer"], p=[0.6, 0.3, 0.1])
        profession = (
            random.choice(["nurse", "doctor", "porter"], p=[0.6, 0.3, 0.1]) if standing == "professional" else standing
        )
        moves = _moments(random, 1)[0] if random.random() < 0.15 else None
        for organisation, chance in ((950, 0.9), (951, 0.6)):
            if random.random() < chance:
                until = "" if moves is None else 1000 * moves
                yield identity(person), identity(organisation), standing, profession, 1000 * (_BEFORE), until
                if moves is not None:
                    yield identity(person), identity(organisation), "patient", "patient", 1000 * moves, ""


def _listening(random: np.random.Generator, people: int) -> tuple[Numbers, Numbers, Floats]:
    """Who told something, who listened, and when: mostly in circles."""
    circles = random.integers(4, size=people)
    tellers, listeners = random.integers(people, size=(2, people * 12))
    near = np.where(circles[tellers] == circles[listeners], 0.9, 0.2)
    heard = (tellers != listeners) & (random.random(len(tellers)) < near)
    return tellers[heard], listeners[heard], _moments(random, int(heard.sum()))


def _told(random: np.random.Generator, people: int) -> tuple[Numbers, Floats, Floats]:
    """Who told something when, some much and many little, and when it was first replied to."""
    often = random.exponential(size=people)
    tellers = np.sort(random.choice(people, size=people * 5, p=often / often.sum()))
    times, soon = _moments(random, len(tellers)), random.random(len(tellers))
    times = times[np.lexsort((times, tellers))]
    replies = np.where(soon < 0.4, times + np.floor(soon * REPLY_SECONDS), times + 2 * REPLY_SECONDS)
    return tellers, times, np.where(soon < 0.6, replies, np.nan)


def _tellings(random: np.random.Generator, people: int) -> Tellings:
    tellers, times, replies = _told(random, people)
    return Tellings(
        tellers=tellers,
        times=times,
        replies=replies,
        stories=random.random(len(tellers)) < 0.5,
        opening=random.random(len(tellers)) < 0.7,
    )


def _moments(random: np.random.Generator, count: int) -> Floats:
    return np.floor(START.timestamp() + random.random(count) * _SPAN)


def _columns(names: list[str], rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
