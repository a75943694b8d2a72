"""Amplifications: every story, insight and guide is carried on by an independent cascade over the listener ties.

Whoever carries something on gives each of their listeners one chance to take it up, with the tie's own probability
(Kempe, Kleinberg and Tardos, 2003); the first to succeed is the parent of what follows.
"""

from heapq import heappop, heappush
from random import Random

from service.exchange.demo.cast import Cast
from service.exchange.demo.world import LAST, Row, Told, World

_KINDS = {
    "Story": (("share", 46), ("retell", 34), ("endorse", 20)),
    "Contribution": (("share", 40), ("endorse", 45), ("cite", 15)),
    "TacitInsight": (("share", 40), ("retell", 25), ("endorse", 25), ("cite", 10)),
    "ExplicitKnowledge": (("share", 22), ("cite", 16), ("adapt", 18), ("adopt", 34), ("endorse", 10)),
}
_CHANNELS = (
    "ward round",
    "chat group",
    "newsletter",
    "huddle",
    "team meeting",
    "in the corridor",
    "e-mail",
    "teaching session",
    "notice board",
    "support group",
    "clinic",
    "handover",
)
_SHARE_CARRIED = {"Story": 1.0, "Contribution": 0.12, "TacitInsight": 0.9, "ExplicitKnowledge": 1.0}


def amplifications(world: World, parts: Cast) -> None:
    """Let chance carry whatever has been told, except what is planted."""
    random = Random(f"{world.seed} amplifications")
    blocked = {
        (source, target) for carrier in parts.carriers for source in carrier.sources for target in carrier.targets
    }
    for told in sorted(world.told, key=lambda told: (told.at, told.ref)):
        carried = told.author >= 0 and not told.still and not told.audience.startswith("person:")
        if carried and random.random() < _SHARE_CARRIED[told.type]:
            _cascade(world, random, told, blocked)


def _cascade(world: World, random: Random, told: Told, blocked: set[tuple[int, int]]) -> None:
    waiting: list[tuple[float, int, str]] = []
    _offer(world, random, told, (told.at, told.author, ""), waiting)
    for _ in range(told.acclaim):
        person = random.choice(world.groups[world.people[told.author].group])
        heappush(waiting, (min(told.at + random.uniform(1, 30), LAST), person, ""))
    active = {told.author}
    while waiting:
        day, index, after = heappop(waiting)
        if index in active or (told.author, index) in blocked or not world.sees(index, told.audience, day):
            continue
        active.add(index)
        ref = amplification(world, random, told, by=index, day=day, after=after)
        _offer(world, random, told, (day, index, ref), waiting)


def _offer(
    world: World, random: Random, told: Told, by: tuple[float, int, str], waiting: list[tuple[float, int, str]]
) -> None:
    day, teller, ref = by
    for tie in world.listeners[teller]:
        if tie.since > day or (tie.within and tie.within != told.audience):
            continue
        if random.random() < tie.chance:
            later = day + 0.03 + random.expovariate(1 / 5.0)
            if later < LAST:
                heappush(waiting, (later, tie.listener, ref))


def amplification(
    world: World, random: Random, told: Told, *, by: int, day: float, after: str, kind: str = "", name: str = ""
) -> str:
    """Record that somebody carried something on; answers its reference."""
    kinds = _KINDS[told.type]
    chosen = random.choices([name for name, _ in kinds], [weight for _, weight in kinds])[0]
    row: Row = {"kind": kind or chosen, "byId": world.people[by].ref, "ofId": told.ref}
    if random.random() < 0.8:
        row["channel"] = random.choice(_CHANNELS)
    if after:
        row["afterId"] = after
        if random.random() < 0.15:
            row["inferredParent"] = True
    numbered = f"amplification-{world.count('Amplification') + 1:05d}"
    return world.add("Amplification", name or numbered, day, row, told.audience)
