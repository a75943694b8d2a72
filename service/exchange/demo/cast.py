"""Who plays a planted part: chosen once, from the people alone, so that taking one part out moves nobody else."""

from dataclasses import dataclass, field
from random import Random

from service.exchange.demo.world import ALWAYS, World

CROSSINGS = (
    ("skin", "district"),
    ("birth", "families"),
    ("medicines", "practices"),
    ("carers", "handover"),
    ("peers", "mind"),
    ("hospice", "wellbeing"),
    ("waiting", "lists"),
    ("quality", "feeding"),
)
"""Pairs of groups, of different regions, that only a carrier connects: the first tells, the second takes up."""
HUB_GROUPS = (
    "falls",
    "nights",
    "medicines",
    "handover",
    "moving",
    "meals",
    "skin",
    "newly",
    "leaving",
    "birth",
    "feeding",
    "district",
    "reablement",
    "mind",
    "practices",
    "lists",
    "carers",
    "waiting",
    "families",
    "pain",
    "peers",
    "hospice",
)
UNSEEN_GROUPS = ("falls", "medicines", "birth", "district", "practices", "hospice")
EXPERT_GROUP = "skin"
EXPERT_SITUATION = "pressure-ulcers"
CONFIDENCE = "after-the-shift"


@dataclass(slots=True)
class Carrier:
    """Somebody who carries from three people of one group to three of another."""

    person: int
    sources: list[int]
    targets: list[int]


@dataclass(slots=True)
class Cast:
    """The planted parts, by index of person."""

    carriers: list[Carrier] = field(default_factory=list)
    hubs: list[int] = field(default_factory=list)
    unseen: list[int] = field(default_factory=list)
    unused: list[int] = field(default_factory=list)
    """They notice as much as the unseen do, but nothing is made of it."""
    experts: list[int] = field(default_factory=list)
    loud: list[int] = field(default_factory=list)
    stuck: int = -1
    moving: int = -1
    just_arrived: int = -1
    quiet: int = -1
    confided: list[int] = field(default_factory=list)
    """Teller, carrier and taker of what passes only inside the closed community."""
    member: int = -1
    inside: int = -1
    outside: int = -1
    taken: set[int] = field(default_factory=set)


def cast(world: World) -> Cast:
    """Choose who plays what."""
    random = Random(f"{world.seed} cast")
    parts = Cast()

    def pick(group: str, profession: str = "", *, organisation: str = "") -> int:
        free = [
            index
            for index in world.groups[group]
            if index not in parts.taken
            and world.people[index].joined < 0
            and world.people[index].left == ALWAYS
            and profession in {"", world.people[index].profession}
            and organisation in {"", world.people[index].organisation}
        ]
        chosen = random.choice(free)
        parts.taken.add(chosen)
        return chosen

    for told, taken_up in CROSSINGS:
        parts.carriers.append(Carrier(pick(told), [pick(told) for _ in range(3)], [pick(taken_up) for _ in range(3)]))
    parts.hubs = [pick(group) for group in HUB_GROUPS]
    parts.unseen = [pick(group) for group in UNSEEN_GROUPS]
    parts.unused = [pick(group) for group in UNSEEN_GROUPS]
    parts.experts = [
        pick(EXPERT_GROUP, "healthcare assistant"),
        pick(EXPERT_GROUP, "nurse"),
        pick(EXPERT_GROUP, "healthcare assistant"),
    ]
    parts.loud = [pick(EXPERT_GROUP, "nurse") for _ in range(3)]
    parts.stuck, parts.moving = pick("newly", "nurse"), pick("district", "district nurse")
    parts.just_arrived, parts.quiet = pick("newly"), pick("newly")
    parts.confided = [pick("handover", "nurse"), pick("mind"), pick("birth", "midwife")]
    parts.member = pick("falls", "nurse", organisation="aldermere")
    parts.inside, parts.outside = pick("nights", "nurse"), pick("feeding", "midwife")
    _dates(world, parts)
    _voices(world, parts)
    return parts


def _dates(world: World, parts: Cast) -> None:
    people = world.people
    if world.without != "stuck newcomer":
        people[parts.stuck].joined = 305.0
    if world.without != "moving newcomer":
        people[parts.moving].joined = 250.0
    people[parts.just_arrived].joined = 688.0


def _voices(world: World, parts: Cast) -> None:
    people = world.people
    for index in parts.hubs:
        people[index].tells = 11.0
    for carrier in parts.carriers:
        people[carrier.person].tells = 3.0
        for index in carrier.sources:
            people[index].tells = 4.5
        for index in carrier.targets:
            people[index].tells = 1.0
    for index in (*parts.unseen, *parts.unused, *parts.experts, parts.quiet):
        people[index].tells = 0.4
    for index in parts.loud:
        people[index].tells = 13.0
    people[parts.stuck].tells, people[parts.moving].tells = 3.0, 8.0
    people[parts.member].tells = 2.5
    for index in parts.confided:
        people[index].tells = 5.0
