"""What was learnt: insights that surfaced from stories and talk, and the knowledge that people derived from them."""

from random import Random

from service.exchange.demo.cast import EXPERT_SITUATION, Cast
from service.exchange.demo.texts import guide, insight, practised, situations
from service.exchange.demo.world import LAST, Row, Told, World, audience, instant, reference
from service.model.viewer import EVERYONE

INSIGHTS = 1350
KNOWLEDGE = 600
_ABOUT_ORIGINS = 0.2
"""Share of insights that come out of what was said rather than out of the story."""


def insights(world: World, parts: Cast) -> dict[str, list[Told]]:
    """Surface insights; answers those of the unseen, of the experts and of everybody, by who is behind them."""
    random = Random(f"{world.seed} insights")
    stories = [told for told in world.told if told.type == "Story" and told.author >= 0 and told.at < LAST - 60]
    said = [told for told in world.told if told.type == "Contribution" and told.at < LAST - 60]
    found: dict[str, list[Told]] = {"unseen": [], "unused": [], "experts": [], "all": []}
    for kind, people in (("unseen", parts.unseen), ("unused", parts.unused)):
        for person in people:
            group = set(world.groups[world.people[person].group]) - {*parts.hubs, *parts.loud}
            heard = [
                told for told in stories if told.audience == EVERYONE and told.author in group and told.author != person
            ]
            for told in sorted(random.sample(heard, 18), key=lambda told: told.situation):
                by = told.author if world.without == "unseen" else person
                found[kind].append(surface(world, random, told, by))
    for told in said:
        if (
            told.author in parts.experts
            and told.situation == EXPERT_SITUATION
            and len(found["experts"]) < 60
            and random.random() < 0.8
        ):
            found["experts"].append(surface(world, random, told, told.author))
    while world.count("TacitInsight") < INSIGHTS:
        told = random.choice(said if random.random() < _ABOUT_ORIGINS else stories)
        by = _noticer(world, random, told)
        found["all"].append(surface(world, random, told, by))
    return found


def _noticer(world: World, random: Random, told: Told) -> int:
    if random.random() < 0.45:
        return told.author
    listening = [
        tie.listener for tie in world.listeners[told.author] if world.sees(tie.listener, told.audience, told.at + 14)
    ]
    return random.choice(listening) if listening else told.author


def surface(world: World, random: Random, told: Told, by: int, name: str = "") -> Told:
    """Record one insight and its surfacing; closed sources give closed insights."""
    number = world.count("TacitInsight") + 1
    person = world.people[told.author]
    day = _when(world, [told], by, told.audience, 0.1 + random.expovariate(1 / 6))
    if day is None:
        by, day = told.author, told.at + 0.002
    seen_by = told.audience
    if by == told.author and random.random() < 0.12:
        seen_by = audience("person", person.key)
    words = {
        "content": insight(random, situations()[told.situation], person),
        "eventAt": instant(told.at - random.uniform(0, 9)),
    }
    row: Row = words | {"heldById": person.ref, "aboutIds": [reference(f"topic-{told.situation}")]}
    ref = world.add("TacitInsight", name or f"insight-{number:05d}", day, row, seen_by)
    came = {"fromId": told.ref, "revealedId": ref, "byId": world.people[by].ref}
    world.add("Surfacing", f"surfacing-{number:05d}", day, came, seen_by)
    made = Told("TacitInsight", ref, told.author, day, seen_by, told.situation, still=bool(name))
    world.told.append(made)
    return made


def knowledge(world: World, parts: Cast, found: dict[str, list[Told]]) -> dict[str, list[Told]]:
    """Derive knowledge in the four conversions; answers what was made of the unseen people's and experts' insights."""
    random = Random(f"{world.seed} knowledge")
    made: dict[str, list[Told]] = {"unseen": [], "experts": [], "all": []}
    for kind in ("unseen", "experts"):
        if kind == "experts" and world.without == "experts":
            continue
        for first, second in zip(found[kind][0::2], found[kind][1::2], strict=False):
            if first.situation == second.situation and EVERYONE == first.audience == second.audience:
                guided = derive(world, random, [first, second], _known_maker(world, random, parts, first))
                guided.acclaim = 7
                made[kind].append(guided)
    usable = [told for told in found["all"] if not told.audience.startswith("person:")]
    by_place: dict[tuple[str, str], list[Told]] = {}
    for told in sorted(usable, key=lambda told: told.at):
        by_place.setdefault((told.situation, told.audience), []).append(told)
    while world.count("ExplicitKnowledge") < KNOWLEDGE:
        first = random.choice(usable)
        _one(world, random, by_place[first.situation, first.audience], made["all"])
    return made


def _known_maker(world: World, random: Random, parts: Cast, told: Told) -> int:
    """The loudest voice of the group: whose name stands on what others noticed."""
    group = world.people[told.author].group
    hubs = [hub for hub in parts.hubs if world.people[hub].group == group]
    return hubs[0] if hubs else random.choice(world.groups[group])


def _one(world: World, random: Random, insights_there: list[Told], made: list[Told]) -> None:
    draw = random.random()
    first = random.choice(insights_there)
    same = [told for told in insights_there if told is not first and told.ref != first.ref]
    guides = [
        told for told in made if told.situation == first.situation and told.audience in {first.audience, EVERYONE}
    ]
    if draw < 0.68 or not guides:
        used = [first, *random.sample(same, min(len(same), random.randint(0, 2)))]
        maker = _maker(world, random, used)
        if maker is not None:
            made.append(derive(world, random, used, maker))
    elif draw < 0.88:
        earlier = random.choice(guides)
        maker = _maker(world, random, [first, earlier])
        if maker is not None:
            made.append(derive(world, random, [first, earlier], maker, again=earlier))
    elif draw < 0.95:
        _practise(world, random, random.choice(guides), "internalisation")
    else:
        _practise(world, random, first, "socialisation")


def _maker(world: World, random: Random, used: list[Told]) -> int | None:
    """Somebody near what is used who may see all of it."""
    closed = _closest(used)
    near = [tie.listener for told in used for tie in world.listeners[told.author]] + [told.author for told in used]
    able = [person for person in near if _when(world, used, person, closed, 30.0) is not None]
    return random.choice(able) if able else None


def _closest(used: list[Told]) -> str:
    return next((told.audience for told in used if told.audience != EVERYONE), EVERYONE)


def _when(world: World, used: list[Told], person: int, seen_by: str, after: float) -> float | None:
    """A day some time after all that is used, on which somebody may see it; sooner, where they no longer may."""
    newest = max(told.at for told in used)
    days = (min(newest + after, LAST - 1), newest + 0.5, newest + 0.002, newest + 30.0)
    return next((day for day in days if day > newest and world.sees(person, seen_by, day)), None)


def derive(
    world: World, random: Random, used: list[Told], maker: int, *, again: Told | None = None, name: str = ""
) -> Told:
    """Record one piece of knowledge and its derivation; from a closed source it is closed alike."""
    closed = _closest(used)
    day = _when(world, used, maker, closed, 0.5 + random.expovariate(1 / 24)) or max(told.at for told in used) + 0.5
    person, key = world.people[maker], used[0].situation
    row: Row = guide(random, situations()[key], person, again=again is not None)
    row["aboutIds"] = [reference(f"topic-{key}")]
    if again is not None and again.audience == closed and random.random() < 0.4:
        row["supersedesIds"] = [again.ref]
    number = world.count("ExplicitKnowledge") + 1
    ref = world.add("ExplicitKnowledge", name or f"knowledge-{number:04d}", day, row, closed)
    result = Told("ExplicitKnowledge", ref, maker, day, closed, key, still=bool(name))
    _record(world, random, "combination" if again else "externalisation", used=used, result=result, by=maker)
    world.told.append(result)
    return result


def _practise(world: World, random: Random, source: Told, mode: str) -> None:
    person = world.people[source.author]
    day = min(source.at + 5 + random.expovariate(1 / 30), LAST - 1)
    if day <= source.at or not world.sees(source.author, source.audience, day):
        return
    words = {"content": practised(random, situations()[source.situation], person), "heldById": person.ref}
    row: Row = words | {"aboutIds": [reference(f"topic-{source.situation}")]}
    ref = world.add("TacitInsight", f"insight-{world.count('TacitInsight') + 1:05d}", day, row, source.audience)
    result = Told("TacitInsight", ref, source.author, day, source.audience, source.situation)
    _record(world, random, mode, used=[source], result=result, by=source.author)
    world.told.append(result)


def _record(world: World, random: Random, mode: str, *, used: list[Told], result: Told, by: int) -> None:
    row: Row = {"mode": mode, "usedIds": list(dict.fromkeys(told.ref for told in used)), "madeId": result.ref}
    row["byIds"] = [world.people[by].ref]
    own = world.communities_of(by, result.at)
    if own and random.random() < 0.6:
        row["withinId"] = reference(random.choice(own))
    world.add("Derivation", f"derivation-{world.count('Derivation') + 1:04d}", result.at, row, result.audience)
