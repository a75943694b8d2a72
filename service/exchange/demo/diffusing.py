"""One sheet from outside that spreads as Bass (1969) describes it: some find it by themselves, more through others."""

from math import log
from random import Random
from typing import Final

from service.exchange.demo.carrying import amplification
from service.exchange.demo.cast import Cast
from service.exchange.demo.texts import guide, situations
from service.exchange.demo.world import LAST, Row, Told, World, reference
from service.model.viewer import EVERYONE

INNOVATION: Final = 0.012
"""The chance, a week, to adopt it with nobody before one."""
IMITATION: Final = 0.28
"""What is added to that chance a week when all others have adopted."""
PEOPLE: Final = 260
"""How many will adopt it in the end; the demo's last day comes before that."""
LAUNCH: Final = 596.0
SITUATION: Final = "pressure-ulcers"
SHEET: Final = "diffusing-sheet"


def diffusing(world: World, parts: Cast) -> None:
    """Let it spread. Nobody here made it, so that adopting it shows listening to nobody but whom one had it from."""
    if world.without == "diffusion":
        return
    random = Random(f"{world.seed} diffusing")
    voice = world.people[random.choice([person for person in range(len(world.people)) if person not in parts.taken])]
    row: Row = guide(random, situations()[SITUATION], voice, again=False)
    row["aboutIds"] = [reference(f"topic-{SITUATION}")]
    sheet = Told(
        "ExplicitKnowledge", world.add("ExplicitKnowledge", SHEET, LAUNCH, row), -1, LAUNCH, EVERYONE, SITUATION
    )
    adopted: dict[int, tuple[float, str]] = {}
    for place, day in enumerate(sorted(_day(random) for _ in range(PEOPLE))):
        if day < LAST:
            person, after = _next(world, parts, random, adopted, day)
            name = f"diffusing-adopted-{place}"
            ref = amplification(world, random, sheet, by=person, day=day, after=after, kind="adopt", name=name)
            adopted[person] = day, ref


def _day(random: Random) -> float:
    """A day of adoption, by the inverse of Bass's distribution."""
    chance = random.random()
    weeks = log((1 + chance * IMITATION / INNOVATION) / (1 - chance)) / (INNOVATION + IMITATION)
    return LAUNCH + 7 * weeks


def _next(
    world: World, parts: Cast, random: Random, adopted: dict[int, tuple[float, str]], day: float
) -> tuple[int, str]:
    """Who adopts it on a day, and after which adoption: a listener of somebody who has, or anybody."""
    for _ in range(20):
        before = random.choice(list(adopted)) if adopted and random.random() < 0.8 else -1
        if before >= 0:
            ties = [tie for tie in world.listeners[before] if tie.since <= day and not tie.within]
            person = random.choice(ties).listener if ties else -1
        else:
            person = random.randrange(len(world.people))
        moved_on = before < 0 or adopted[before][0] < day - 0.01
        if (
            person >= 0
            and person not in adopted
            and person not in parts.taken
            and world.people[person].here(day)
            and moved_on
        ):
            return person, adopted[before][1] if before >= 0 else ""
    able = (person for person, one in enumerate(world.people) if person not in adopted and one.here(day))
    return next(person for person in able if person not in parts.taken), ""
