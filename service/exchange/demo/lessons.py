"""Lessons whose whole way is planted: a story, the insight in it, the guide made of it, and where that was adopted."""

from dataclasses import dataclass
from random import Random

from service.exchange.demo.carrying import amplification
from service.exchange.demo.cast import CONFIDENCE, Cast
from service.exchange.demo.learning import derive, surface
from service.exchange.demo.texts import situations, story
from service.exchange.demo.world import LAST, Row, Told, World, audience, instant, reference
from service.model.viewer import EVERYONE


@dataclass(frozen=True, slots=True)
class Plan:
    """One lesson: from which group to which, and its cascade's shape: the place of each one's parent (-1: none)."""

    name: str
    situation: str
    origin: str
    destination: str
    day: float
    shape: tuple[int, ...]
    carrier: int = -1
    """Which of the carriers stands at the first place of the cascade, where one does."""


@dataclass(slots=True)
class Lesson:
    """What was planted: references of the chain and of each amplification, in the order of the shape."""

    plan: Plan
    story: str
    insight: str
    knowledge: str
    combined: str
    teller: int
    noticed_by: int
    maker: int
    cascade: list[str]
    reached: list[int]


PLANS = (
    Plan("turning", "pressure-ulcers", "skin", "district", 96, (-1, 0, 0, 0, 1, 1, 4, 4, 6, 2, 9, 8), carrier=0),
    Plan("first-language", "interpreters", "birth", "families", 188, (-1, 0, 0, 1, 2, 2, 5, 6, 6), carrier=1),
    Plan(
        "reason-on-the-list",
        "medicines-discharge",
        "medicines",
        "practices",
        260,
        (-1, 0, 1, 1, 1, 3, 3, 5, 7, 7, 9, 10, 8, 2),
        carrier=2,
    ),
    Plan(
        "the-chair-by-the-bed",
        "carer-ward-round",
        "carers",
        "handover",
        335,
        (-1, 0, 0, 0, 2, 3, 4, 4, 7, 1),
        carrier=3,
    ),
    Plan("what-i-said-to-the-family", "bad-shift", CONFIDENCE, CONFIDENCE, 410, (-1, -1, 0, 0, 1, 2, 5)),
)


def depth(shape: tuple[int, ...]) -> int:
    """The number of steps from the source to the furthest adoption."""
    depths: list[int] = []
    for parent in shape:
        depths.append(1 if parent < 0 else depths[parent] + 1)
    return max(depths)


def lessons(world: World, parts: Cast) -> list[Lesson]:
    """Plant every lesson; with lessons taken out only their stories are told."""
    return [_lesson(world, parts, plan, Random(f"{world.seed} lesson {plan.name}")) for plan in PLANS]


def _lesson(world: World, parts: Cast, plan: Plan, random: Random) -> Lesson:
    closed = plan.origin == CONFIDENCE
    seen_by = audience("community", CONFIDENCE) if closed else EVERYONE
    origin = sorted(world.members[seen_by]) if closed else world.groups[plan.origin]
    carrier = parts.carriers[plan.carrier] if plan.carrier >= 0 else None
    able = [index for index in origin if index not in parts.taken and _stays(world, index, seen_by, plan.day)]
    teller = carrier.sources[0] if carrier else parts.confided[0]
    noticed_by, maker = random.sample([index for index in able if index != teller], 2)
    told = _told(world, random, plan, teller, seen_by)
    if world.without == "lessons":
        return Lesson(plan, told.ref, "", "", "", teller, noticed_by, maker, [], [])
    noticed = surface(world, random, told, noticed_by, name=f"lesson-{plan.name}-insight")
    made = derive(world, random, [noticed], maker, name=f"lesson-{plan.name}-guide")
    people = _people(world, parts, plan, random, seen_by=seen_by, made=made, used={teller, noticed_by, maker})
    cascade = _adopt(world, random, plan, made, people)
    combined = derive(world, random, [made], people[-1], again=made, name=f"lesson-{plan.name}-second")
    return Lesson(plan, told.ref, noticed.ref, made.ref, combined.ref, teller, noticed_by, maker, cascade, people)


def _stays(world: World, person: int, seen_by: str, day: float) -> bool:
    return world.sees(person, seen_by, day) and world.sees(person, seen_by, LAST)


def _told(world: World, random: Random, plan: Plan, teller: int, seen_by: str) -> Told:
    person = world.people[teller]
    row: Row = story(random, situations()[plan.situation], person, number=620, kind="event", month="September")
    row |= {
        "kind": "event",
        "happenedAt": instant(plan.day - 6),
        "aboutIds": [reference(f"topic-{plan.situation}")],
        "tellerId": person.ref,
    }
    ref = world.add("Story", f"lesson-{plan.name}-story", plan.day, row, seen_by)
    told = Told("Story", ref, teller, plan.day, seen_by, plan.situation, still=True)
    world.told.append(told)
    return told


def _people(
    world: World, parts: Cast, plan: Plan, random: Random, *, seen_by: str, made: Told, used: set[int]
) -> list[int]:
    """Who adopts it, in the order of the shape: the carrier first, then people of the place where it ended up."""
    closed = plan.destination == CONFIDENCE
    there = sorted(world.members[seen_by]) if closed else world.groups[plan.destination]
    able = [index for index in there if index not in used | parts.taken and _stays(world, index, seen_by, made.at)]
    carried = plan.carrier >= 0 and world.without != "carriers"
    first = [parts.carriers[plan.carrier].person, *parts.carriers[plan.carrier].targets] if carried else []
    return [*first, *random.sample(able, len(plan.shape) - len(first))]


def _adopt(world: World, random: Random, plan: Plan, made: Told, people: list[int]) -> list[str]:
    refs: list[str] = []
    days: list[float] = []
    for place, parent in enumerate(plan.shape):
        day = (made.at if parent < 0 else days[parent]) + 1 + random.uniform(0.5, 9)
        days.append(day)
        kind = "share" if place == 0 and plan.carrier >= 0 else random.choice(("adopt", "adopt", "adapt"))
        after = refs[parent] if parent >= 0 else ""
        name = f"lesson-{plan.name}-carried-{place}"
        refs.append(amplification(world, random, made, by=people[place], day=day, after=after, kind=kind, name=name))
    return refs
