"""The demo as a whole: its rows in an order in which links point backwards, and what is planted in them."""

from collections.abc import Iterator
from dataclasses import dataclass

from service.exchange.demo.carrying import amplifications
from service.exchange.demo.cast import Cast, cast
from service.exchange.demo.communities import communities, topics
from service.exchange.demo.diffusing import diffusing
from service.exchange.demo.evidence import evidence
from service.exchange.demo.holding import holdings, values
from service.exchange.demo.learning import insights, knowledge
from service.exchange.demo.lessons import Lesson, lessons
from service.exchange.demo.people import people, record_people
from service.exchange.demo.planted import KEYS, Planted, planted
from service.exchange.demo.telling import conversations, stories
from service.exchange.demo.texts import situations
from service.exchange.demo.ties import confidences, ties
from service.exchange.demo.trying import experiments
from service.exchange.demo.world import SOURCE, Row, Tie, World
from service.model.ids import derived_id
from service.model.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Demo:
    """One generated network: its rows, its planted facts, and the ties and chances from which it was drawn."""

    rows: list[Row]
    planted: Planted
    ties: list[Tie]
    people: list[str]
    """Ids of people in the order in which ties count them."""


def demo(seed: int = 1, without: str = "") -> Demo:
    """Generate the network; `without` names a planted fact (`planted.KEYS`) to leave out."""
    if without and without not in KEYS:
        raise ValueError(f"{without!r} is not planted; there are: {', '.join(KEYS)}")
    world = World(seed=seed, without=without)
    people(world)
    parts = cast(world)
    record_people(world)
    topics(world, situations())
    values(world)
    communities(world, parts)
    ties(world, parts)
    confidences(world, parts)
    chains = _events(world, parts)
    ordered = [row for kind in KINDS for _, row in sorted(world.rows.get(kind, []), key=lambda kept: kept[0])]
    listening = [tie for tellers in world.tellers for tie in tellers]
    return Demo(
        ordered, planted(world, parts, chains), listening, [derived_id(SOURCE, person.key) for person in world.people]
    )


def _events(world: World, parts: Cast) -> list[Lesson]:
    stories(world, parts)
    conversations(world, parts)
    chains = lessons(world, parts)
    knowledge(world, parts, insights(world, parts))
    amplifications(world, parts)
    evidence(world, parts)
    holdings(world, parts)
    experiments(world, parts)
    diffusing(world, parts)
    return chains


def rows(seed: int = 1) -> Iterator[Row]:
    """The demo's rows, each to be imported as it stands; the same for the same seed, on any machine."""
    yield from demo(seed).rows


def without(fact: str, seed: int = 1) -> Iterator[Row]:
    """The rows of the same network with one planted fact taken out."""
    yield from demo(seed, fact).rows
