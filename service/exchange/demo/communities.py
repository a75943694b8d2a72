"""Topics, purposes, declared communities with their stages, and memberships."""

from random import Random

from service.exchange.demo.cast import CONFIDENCE, HUB_GROUPS, Cast
from service.exchange.demo.world import ALWAYS, LAST, Row, World, audience, instant, material, reference
from service.model.viewer import EVERYONE

_STAGES = ("intent", "formation", "direction", "values", "purpose", "unity")
_MONTH = 30.4
_NIGHTS = {
    "key": "night-owls",
    "name": "Night Owls",
    "description": "People who work nights, on both sites.",
    "purposes": ["safe-nights"],
    "since": -6,
    "stages": [0, 2, 6],
    "from": {"nights": 0.8},
}
"""Declared only where the planted real communities are taken out."""


def declared(world: World) -> list[Row]:
    """The declared communities, as planned."""
    plans: list[Row] = material("communities.toml")["community"]
    if world.without == "shared purpose":
        plans = [plan | {"purposes": []} if plan["key"] == "lunch-club" else plan for plan in plans]
    return [*plans, _NIGHTS] if world.without == "real communities" else plans


def topics(world: World, situations: dict[str, Row]) -> None:
    """The wide topics and those under them."""
    wide = {situation["wide"]: f"topic-{_slug(situation['wide'])}" for situation in situations.values()}
    for name, key in wide.items():
        world.add("Topic", key, -4000, {"name": name})
    for situation in situations.values():
        under = {"name": situation["topic"], "narrowerThanIds": [reference(wide[situation["wide"]])]}
        world.add("Topic", f"topic-{situation['key']}", -4000, under)


def _slug(name: str) -> str:
    return "-".join("".join(letter for letter in name.lower() if letter.isalpha() or letter == " ").split())


def communities(world: World, parts: Cast) -> None:
    """Purposes, communities, the stages they reached, and who belongs to them since when."""
    random = Random(f"{world.seed} communities")
    stands_for: dict[str, list[str]] = material("values.toml")["stands_for"]
    for purpose in material("communities.toml")["purpose"]:
        world.add("Purpose", f"purpose-{purpose['key']}", -4000, {"name": purpose["name"]})
    for plan in declared(world):
        founded = max(plan["since"] * _MONTH, -4000.0)
        purposes = [reference(f"purpose-{key}") for key in plan["purposes"]]
        row = {"name": plan["name"], "description": plan["description"], "purposeIds": purposes}
        row["standsForIds"] = [reference(f"value-{key}") for key in stands_for.get(plan["key"], [])]
        world.add("Community", plan["key"], founded, row)
        for stage, months in zip(_STAGES, plan["stages"], strict=False):
            if founded + months * _MONTH < LAST:
                reached = {"stage": stage, "communityId": reference(plan["key"])}
                world.add("StageChange", f"{plan['key']}-{stage}", founded + months * _MONTH, reached)
        _members(world, random, parts, plan, founded)


def _members(world: World, random: Random, parts: Cast, plan: Row, founded: float) -> None:
    chosen = {
        index for group, share in plan["from"].items() for index in world.groups[group] if random.random() < share
    }
    chosen -= {parts.outside} if plan.get("closed") else set()
    chosen -= {parts.member} if plan.get("closed") else set()
    if plan["key"] == CONFIDENCE:
        chosen |= {*parts.confided, parts.inside}
    if plan["key"] in {"steady-steps", "cup-and-plate", "test-and-tell"}:
        chosen.add(parts.member)
    chosen |= {hub for hub, group in zip(parts.hubs, HUB_GROUPS, strict=True) if plan["from"].get(group, 0) > 0.5}
    if "newly" in plan["from"] and plan["from"]["newly"] > 0.5:
        chosen |= {parts.stuck, parts.just_arrived, parts.quiet}
    chosen |= {parts.moving} if plan["from"].get("district", 0) > 0.5 else set()
    keep = {*parts.confided, parts.inside, parts.member, parts.stuck, parts.moving, *parts.hubs}
    seen_by = audience("community", plan["key"])
    world.members[seen_by] = {}
    usable = sorted(index for index in chosen if world.people[index].left == ALWAYS)
    roles = dict(zip(random.sample(usable, 3), ("steward", "facilitator", "facilitator"), strict=True))
    for index in usable:
        _member(world, random, parts, plan, founded=founded, index=index, role=roles.get(index, "member"), keep=keep)


def _member(
    world: World, random: Random, parts: Cast, plan: Row, *, founded: float, index: int, role: str, keep: set[int]
) -> None:
    person, key, closed = world.people[index], plan["key"], plan.get("closed", False)
    earliest = max(founded, person.joined)
    since = earliest + (
        random.uniform(1, 14) if index in keep else min(random.expovariate(1 / 120), (LAST - earliest) * 0.6)
    )
    until = ALWAYS
    if index not in keep and role == "member" and random.random() < 0.07:
        until = random.uniform(max(since, 0) + 20, LAST) if since < LAST - 40 else ALWAYS
    full = role != "member" or (index not in {parts.stuck, parts.quiet, parts.just_arrived} and random.random() < 0.36)
    world.members[audience("community", key)][index] = (since, until)
    if not closed:
        world.belongs.setdefault(index, []).append(key)
    seen_by = audience("community", key) if closed else EVERYONE
    row: Row = {"since": instant(since), "participation": "full" if full else "peripheral", "role": role}
    row |= {"personId": person.ref, "communityId": reference(key)}
    name = f"{key}-{person.key}"
    if index == parts.moving and key == "kitchen-table" and world.without != "moving newcomer":
        became = since + 270
        first = row | {"until": instant(became), "participation": "peripheral", "role": "member"}
        world.add("Membership", f"{name}-first", since, first, seen_by)
        world.add(
            "Membership",
            name,
            became,
            row | {"since": instant(became), "participation": "full", "role": "facilitator"},
            seen_by,
        )
        return
    if until < ALWAYS:
        row["until"] = instant(until)
    world.add("Membership", name, since, row, seen_by)
