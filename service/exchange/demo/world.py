"""What the demo's parts share: its calendar, its people, who listens to whom, and what has been made so far."""

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from math import floor
from typing import Any

from service.model.ids import derived_id
from service.model.viewer import EVERYONE

SOURCE = "demo"
START = datetime(2024, 7, 1, tzinfo=UTC)
LAST = 729.9
"""The last day of events, counted from START: the evening of 30 June 2026, whatever today is."""
ALWAYS = 1e9

Row = dict[str, Any]


@cache
def material(name: str) -> dict[str, Any]:
    """A file of words or plans that lies beside this module."""
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))


def instant(day: float) -> str:
    """A day counted from START as an instant to the minute."""
    whole, minute = divmod(floor(day * 1440), 1440)
    return f"{_date(whole)}T{minute // 60:02d}:{minute % 60:02d}:00Z"


@cache
def _date(day: int) -> str:
    return (START + timedelta(days=day)).date().isoformat()


def reference(name: str) -> str:
    """A row's own id: the same at every run, so that a second import changes nothing."""
    return f"{SOURCE}/{name}"


@cache
def audience(kind: str, name: str) -> str:
    """The audience `kind:ID` of a thing that a row names by reference."""
    return f"{kind}:{derived_id(SOURCE, name)}"


@dataclass(slots=True)
class Person:
    """One person of the demo; `joined` and `left` are days from START."""

    index: int
    name: str
    group: str
    region: str
    organisation: str
    profession: str
    standing: str
    joined: float
    left: float = ALWAYS
    tells: float = 1.0
    """How much they tell, against others."""

    @property
    def key(self) -> str:
        """The name of their row."""
        return f"person-{self.index + 1:04d}"

    @property
    def ref(self) -> str:
        """The reference that other rows use."""
        return reference(self.key)

    def here(self, day: float) -> bool:
        """Whether they take part on that day."""
        return self.joined <= day < self.left


@dataclass(slots=True)
class Tie:
    """`listener` takes up one thing that `teller` tells with this chance, from the day `since` on."""

    listener: int
    teller: int
    chance: float
    since: float = 0.0
    within: str = ""
    """The only audience in which they meet, where there is one."""


@dataclass(slots=True)
class Told:
    """Something that can be carried further: a story, contribution, insight or piece of knowledge."""

    type: str
    ref: str
    author: int
    at: float
    audience: str
    situation: str
    still: bool = False
    """Whether its cascade is planted, so that chance adds nothing to it."""
    acclaim: int = 0
    """How many of its author's group take it up beyond what the ties give: what a known name does."""


@dataclass(slots=True)
class World:
    """Everything that the parts of the generator add to, one after the other."""

    seed: int
    without: str
    people: list[Person] = field(default_factory=list)
    groups: dict[str, list[int]] = field(default_factory=dict)
    listeners: list[list[Tie]] = field(default_factory=list)
    """By teller: who listens to them."""
    tellers: list[list[Tie]] = field(default_factory=list)
    """By listener: whom they listen to."""
    members: dict[str, dict[int, tuple[float, float]]] = field(default_factory=dict)
    """By audience: who belongs to it, from one day to another."""
    belongs: dict[int, list[str]] = field(default_factory=dict)
    """By person: the keys of the open communities that they are or were in."""
    told: list[Told] = field(default_factory=list)
    rows: dict[str, list[tuple[float, Row]]] = field(default_factory=dict)
    """By kind: the rows and their days."""

    def add(self, type_: str, name: str, day: float, row: Row, seen_by: str = EVERYONE) -> str:
        """Keep a row; answers its reference."""
        ref = reference(name)
        whole: Row = {"type": type_, "id": ref, "at": instant(day)}
        if seen_by != EVERYONE:
            whole["audience"] = seen_by
        whole.update(row)
        self.rows.setdefault(type_, []).append((day, whole))
        return ref

    def count(self, type_: str) -> int:
        """How many rows of a kind there are."""
        return len(self.rows.get(type_, ()))

    def sees(self, person: int, seen_by: str, day: float) -> bool:
        """Whether somebody is here on a day and belongs to an audience then."""
        if not self.people[person].here(day):
            return False
        if seen_by == EVERYONE:
            return True
        belonging = self.members[seen_by].get(person)
        return belonging is not None and belonging[0] <= day < belonging[1]

    def communities_of(self, person: int, day: float) -> list[str]:
        """The keys of the open communities that somebody is in on a day."""
        return [key for key in self.belongs.get(person, ()) if self.sees(person, audience("community", key), day)]

    def tie(self, listener: int, teller: int, chance: float, since: float = 0.0, within: str = "") -> None:
        """Let one person listen to another."""
        made = Tie(listener, teller, chance, since, within)
        self.listeners[teller].append(made)
        self.tellers[listener].append(made)
