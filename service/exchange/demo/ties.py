"""Who listens to whom, and with what chance: the truth from which every event of the demo is drawn.

Inside a group people listen to few or many, more to those of their own organisation; between groups of one region now
and then; between regions hardly ever, except through the carriers. The busiest people of a group know nearly everyone
in it, and nobody outside: they are many, and no path needs them.
"""

from itertools import product
from random import Random

from service.exchange.demo.cast import CONFIDENCE, CROSSINGS, Cast
from service.exchange.demo.world import World, audience

APART = frozenset(frozenset(pair) for pair in (*CROSSINGS, ("leaving", "reablement"), ("meals", "safeguarding")))
"""Pairs of groups between which chance makes no tie."""


def ties(world: World, parts: Cast) -> None:
    """Make every tie that is not of the closed community."""
    random = Random(f"{world.seed} ties")
    special = {*parts.hubs, *(carrier.person for carrier in parts.carriers)}
    newcomers = {parts.stuck, parts.moving} - {
        {"stuck newcomer": parts.stuck, "moving newcomer": parts.moving}.get(world.without, -1)
    }
    for group in world.groups.values():
        ordinary = [index for index in group if index not in special and index not in newcomers]
        _inside(world, random, ordinary, quiet={parts.quiet, parts.just_arrived})
    for hub in parts.hubs:
        _hub(world, random, hub, special | newcomers)
    _between(world, random, special | newcomers)
    for carrier in parts.carriers:
        local = random.sample(
            [i for i in world.groups[world.people[carrier.person].group] if i not in special | newcomers], 2
        )
        _carry(world, carrier.person, carrier.sources, carrier.targets, local)
    if world.without == "real communities":
        _one_home_first(world, random, special)
    _newcomers(world, random, parts, special, newcomers)


def _inside(world: World, random: Random, group: list[int], quiet: set[int]) -> None:
    draw = {index: random.lognormvariate(0.0, 0.7) for index in group}
    for index in quiet & set(group):
        draw[index] *= 0.1
    for listener in group:
        person = world.people[listener]
        others = [other for other in group if other != listener]
        weights = [
            draw[other] * (2.6 if world.people[other].organisation == person.organisation else 1.0) for other in others
        ]
        many = 1 if listener in quiet else min(4 + int(random.expovariate(0.25)), 15)
        for teller in dict.fromkeys(random.choices(others, weights, k=many)):
            world.tie(listener, teller, round(0.03 + 0.2 * random.betavariate(1.2, 3.0), 3))


def _hub(world: World, random: Random, hub: int, special: set[int]) -> None:
    for other in world.groups[world.people[hub].group]:
        if other in special:
            continue
        if random.random() < 0.72:
            world.tie(other, hub, round(random.uniform(0.02, 0.045), 3))
        if random.random() < 0.6:
            world.tie(hub, other, round(random.uniform(0.02, 0.045), 3))


def _between(world: World, random: Random, special: set[int]) -> None:
    people = world.people
    ordinary = [person.index for person in people if person.index not in special]
    by_region: dict[str, list[int]] = {}
    for index in ordinary:
        by_region.setdefault(people[index].region, []).append(index)
    for listener in ordinary:
        for teller in random.sample(by_region[people[listener].region], 2):
            if random.random() < 0.3 and people[teller].group != people[listener].group:
                world.tie(listener, teller, round(random.uniform(0.02, 0.09), 3))
    for _ in range(10):
        listener, teller = random.sample(ordinary, 2)
        groups = frozenset((people[listener].group, people[teller].group))
        if people[listener].region != people[teller].region and groups not in APART:
            world.tie(listener, teller, round(random.uniform(0.01, 0.02), 3))


def _carry(world: World, carrier: int, sources: list[int], targets: list[int], local: list[int]) -> None:
    for other in local:
        world.tie(carrier, other, 0.1)
        world.tie(other, carrier, 0.08)
    for source in sources:
        world.tie(carrier, source, 0.5)
    if world.without == "carriers":
        return
    for target in targets:
        world.tie(target, carrier, 0.5)
    world.tie(carrier, targets[0], 0.3)
    world.tie(sources[0], carrier, 0.3)


def _one_home_first(world: World, random: Random, special: set[int]) -> None:
    halves = [[index for index in world.groups[group] if index not in special] for group in ("leaving", "reablement")]
    for here, there in (halves, halves[::-1]):
        for listener in here:
            for teller in random.sample(there, 5):
                world.tie(listener, teller, round(0.03 + 0.2 * random.betavariate(1.2, 3.0), 3))


def _newcomers(world: World, random: Random, parts: Cast, special: set[int], newcomers: set[int]) -> None:
    if parts.stuck in newcomers:
        others = [i for i in world.groups["newly"] if i not in special and i != parts.stuck]
        for teller in random.sample(others, 5):
            world.tie(parts.stuck, teller, 0.3, since=world.people[parts.stuck].joined)
    if parts.moving in newcomers:
        others = [i for i in world.groups["district"] if i not in special and i != parts.moving]
        random.shuffle(others)
        joined = world.people[parts.moving].joined
        for months, listens, heard in ((1, 3, 0), (4, 6, 3), (8, 8, 9), (12, 5, 14)):
            for _ in range(listens):
                world.tie(parts.moving, others.pop(), 0.25, since=joined + months * 30)
            for _ in range(heard):
                world.tie(others[random.randrange(len(others))], parts.moving, 0.3, since=joined + months * 30)


def confidences(world: World, parts: Cast) -> None:
    """Who listens to whom inside the closed community, across everything that lies between them outside."""
    random = Random(f"{world.seed} confidences")
    closed = audience("community", CONFIDENCE)
    people = sorted(world.members[closed])
    for listener in people:
        for teller in random.sample([other for other in people if other != listener], 4):
            if frozenset((listener, teller)) not in {frozenset(pair) for pair in product(parts.confided, repeat=2)}:
                world.tie(listener, teller, round(random.uniform(0.06, 0.16), 3), within=closed)
    if world.without == "confidence":
        return
    first, middle, last = parts.confided
    world.tie(middle, first, 0.6, within=closed)
    world.tie(last, middle, 0.6, within=closed)
