"""What people hold: the purposes and values of their communities, purposes of their own, and others' insights."""

from random import Random

from service.exchange.demo.cast import Cast
from service.exchange.demo.communities import declared
from service.exchange.demo.world import ALWAYS, LAST, Row, World, audience, instant, material, reference
from service.model.viewer import EVERYONE

_SHARE_OF_PURPOSE, _SHARE_OF_VALUE = 0.45, 0.2
"""Shares of a community's members who say that its purpose, or a value that it stands for, is theirs."""
INSIGHTS_HELD = 200
_ALONE, _NOBODYS = 60, 14
"""How many hold a purpose and are in no community that pursues it, and how many one that no community pursues."""


def values(world: World) -> None:
    """The values that communities stand for."""
    for value in material("values.toml")["value"]:
        world.add("Value", f"value-{value['key']}", -4000, {"name": value["name"]})


def holdings(world: World, parts: Cast) -> None:
    """Who holds what as their own; drawn apart, so that everything else stays as it is."""
    random = Random(f"{world.seed} holdings")
    plans = declared(world)
    for plan in plans:
        _members(world, random, plan)
    _without_a_community(world, random, plans)
    _insights(world, random, parts)


def _members(world: World, random: Random, plan: Row) -> None:
    held = [(reference(f"purpose-{key}"), _SHARE_OF_PURPOSE) for key in plan["purposes"]]
    stood_for = material("values.toml")["stands_for"].get(plan["key"], [])
    held += [(reference(f"value-{key}"), _SHARE_OF_VALUE) for key in stood_for]
    place = audience("community", plan["key"])
    for index, (since, until) in sorted(world.members[place].items()):
        for of, share in held:
            day = since + random.uniform(0, 30)
            if random.random() < share and day < min(until, LAST):
                hold(world, index, of, day, place if plan.get("closed") else EVERYONE)


def _without_a_community(world: World, random: Random, plans: list[Row]) -> None:
    """People who want what a community wants that they are not in, and some who want what none does."""
    pursued = sorted({key for plan in plans for key in plan["purposes"] if not plan.get("closed")})
    members = {
        key: {index for plan in plans if key in plan["purposes"] for index in _of(world, plan)} for key in pursued
    }
    staying = [person.index for person in world.people if person.left == ALWAYS and person.joined < LAST - 60]
    for index in random.sample(staying, _ALONE):
        key = random.choice(pursued)
        if index not in members[key]:
            _say(world, random, index, reference(f"purpose-{key}"))
    purpose = material("values.toml")["purpose"]
    nobodys = world.add("Purpose", f"purpose-{purpose['key']}", -4000, {"name": purpose["name"]})
    for index in random.sample(staying, _NOBODYS):
        _say(world, random, index, nobodys)


def _of(world: World, plan: Row) -> set[int]:
    return set(world.members[audience("community", plan["key"])])


def _say(world: World, random: Random, index: int, of: str) -> None:
    hold(world, index, of, random.uniform(max(world.people[index].joined, 0.0), LAST - 1))


def _insights(world: World, random: Random, parts: Cast) -> None:
    """Insights that are somebody else's too, by what they have been through themselves."""
    open_ones = [told for told in world.told if told.type == "TacitInsight" and told.audience == EVERYONE]
    apart = {*parts.unseen, *parts.unused, *parts.experts, *parts.loud}
    for told in random.sample(open_ones, INSIGHTS_HELD):
        near = [tie.listener for tie in world.listeners[told.author] if not tie.within and tie.listener not in apart]
        day = told.at + random.uniform(1, 40)
        able = sorted({index for index in near if world.sees(index, EVERYONE, day)})
        if able and day < LAST:
            hold(world, random.choice(able), told.ref, day)


def hold(world: World, index: int, of: str, day: float, seen_by: str = EVERYONE) -> None:
    """Record that somebody holds something as their own since a day."""
    row: Row = {"since": instant(day), "byId": world.people[index].ref, "ofId": of}
    world.add("Holding", f"holding-{world.count('Holding') + 1:05d}", day, row, seen_by)
