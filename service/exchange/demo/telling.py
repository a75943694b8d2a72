"""Stories, and the conversations that they start."""

from collections import Counter
from itertools import accumulate
from random import Random

from service.exchange.demo.cast import CONFIDENCE, EXPERT_SITUATION, Cast
from service.exchange.demo.texts import reply, situations, story
from service.exchange.demo.world import LAST, START, Person, Row, Told, World, audience, instant, material, reference
from service.model.viewer import EVERYONE

STORIES = 6000
CONVERSATIONS = 1480
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_KINDS = (("event", 72), ("problem", 16), ("working_out_loud", 12))
_MONTHS_BEFORE = tuple((START.month - 1 + offset) % 12 for offset in range(-4, 26))


def month_of(day: float) -> str:
    """The name of the month in which a day lies, counted from START (July)."""
    return _MONTHS[_MONTHS_BEFORE[int(day // 30.44) + 4]]


def stories(world: World, parts: Cast) -> None:
    """Everybody tells by their nature: most little, a few a great deal."""
    random = Random(f"{world.seed} stories")
    present = [max(min(person.left, LAST) - max(person.joined, 0.0), 0.0) / LAST for person in world.people]
    weights = [person.tells * share for person, share in zip(world.people, present, strict=True)]
    share = list(accumulate(weights))
    days: list[tuple[float, int]] = []
    while len(days) < STORIES:
        teller = random.choices(world.people, cum_weights=share)[0]
        days.append((random.uniform(max(teller.joined, 0.0), min(teller.left, LAST)), teller.index))
    days.sort()
    told_of: Counter[str] = Counter()
    focus = {group["key"]: group["situations"] for group in material("world.toml")["group"]}
    fits, heard = _fitting(), _heard(parts)
    for number, (day, index) in enumerate(days, 1):
        person = world.people[index]
        key = _situation(random, parts, person, focus[person.group], fits[person.profession])
        seen_by = _audience(world, random, parts, person, day=day, heard=heard)
        name = f"story-{number:05d}"
        _story(world, random, name, person, day=day, key=key, number=told_of[key], seen_by=seen_by)
        told_of[key] += 1


def _fitting() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, situation in situations().items():
        for profession in situation["tellers"]:
            found.setdefault(profession, []).append(key)
    return found


def _situation(random: Random, parts: Cast, person: Person, focus: list[str], fits: list[str]) -> str:
    if person.index in parts.loud:
        return EXPERT_SITUATION
    near = [key for key in focus if key in fits]
    return random.choice(near) if near and random.random() < 0.8 else random.choice(fits)


def _audience(world: World, random: Random, parts: Cast, person: Person, *, day: float, heard: set[int]) -> str:
    closed = audience("community", CONFIDENCE)
    if (person.index in parts.confided and random.random() < 0.75) or (
        world.sees(person.index, closed, day) and random.random() < 0.25
    ):
        return closed if world.sees(person.index, closed, day) else EVERYONE
    if random.random() < (0.88 if person.index in heard else 0.62):
        return EVERYONE
    own = world.communities_of(person.index, day)
    draw = random.random()
    if own and draw < 0.6:
        return audience("community", random.choice(own))
    return audience("organisation", person.organisation) if draw < 0.87 else audience("person", person.key)


def _heard(parts: Cast) -> set[int]:
    return {index for carrier in parts.carriers for index in (carrier.person, *carrier.sources)} | {
        parts.moving,
        parts.stuck,
    }


def _story(
    world: World, random: Random, name: str, person: Person, *, day: float, key: str, number: int, seen_by: str
) -> None:
    kind = random.choices([kind for kind, _ in _KINDS], [weight for _, weight in _KINDS])[0]
    happened = max(day - min(random.expovariate(1 / 18), 100.0), -110.0)
    row: Row = story(random, situations()[key], person, number=number, kind=kind, month=month_of(happened))
    row |= {"kind": kind, "happenedAt": instant(happened), "aboutIds": [reference(f"topic-{key}")]}
    anonymous = seen_by == EVERYONE and random.random() < 0.03
    if not anonymous:
        row["tellerId"] = person.ref
    ref = world.add("Story", name, day, row, seen_by)
    world.told.append(Told("Story", ref, -1 if anonymous else person.index, day, seen_by, key))


def conversations(world: World, parts: Cast) -> None:
    """One story in five is talked about, mostly by people who listen to whoever told it or to each other."""
    random = Random(f"{world.seed} conversations")
    open_stories = [
        told
        for told in world.told
        if told.type == "Story" and not told.audience.startswith("person:") and told.at < LAST - 8
    ]
    weights = [4.0 if told.situation == EXPERT_SITUATION else 1.0 for told in open_stories]
    chosen = sorted(set(random.choices(range(len(open_stories)), weights, k=CONVERSATIONS + 300)))
    random.shuffle(chosen)
    for place in sorted(chosen[:CONVERSATIONS]):
        _conversation(world, random, parts, open_stories[place])


def _conversation(world: World, random: Random, parts: Cast, about: Told) -> None:
    situation = situations()[about.situation]
    title = random.choice(situation["talks"])
    name = f"conversation-{world.count('Conversation') + 1:05d}"
    opened = about.at + random.uniform(0.02, 1.5)
    row: Row = {"title": title, "startedById": about.ref, "aboutIds": [reference(f"topic-{about.situation}")]}
    people = _speakers(world, random, parts, about, opened)
    if not people:
        return
    ref = world.add("Conversation", name, opened, row, about.audience)
    said: list[tuple[int, str]] = []
    day = opened
    for ordinal, index in enumerate(people):
        day += random.expovariate(1 / 0.6) + 0.02
        if day > LAST or not world.sees(index, about.audience, day):
            break
        answered = about.ref
        if said and random.random() < 0.5:
            earlier = [contribution for speaker, contribution in said if speaker != index]
            answered = random.choice(earlier) if earlier else about.ref
        words = {
            "content": reply(random, situation, world.people[index], first=answered == about.ref),
            "ordinal": ordinal,
        }
        links = {"personId": world.people[index].ref, "conversationId": ref, "repliesToId": answered}
        contribution = world.add("Contribution", f"{name}-{ordinal}", day, words | links, about.audience)
        world.told.append(Told("Contribution", contribution, index, day, about.audience, about.situation))
        said.append((index, contribution))


def _speakers(world: World, random: Random, parts: Cast, about: Told, day: float) -> list[int]:
    if about.author < 0:
        near = random.sample(random.choice([*world.groups.values()]), 8)
    else:
        ties = [tie for tie in world.listeners[about.author] if tie.since <= day and tie.within in {"", about.audience}]
        near = [tie.listener for tie in ties]
        near += [about.author] if near else []
    present = [
        index
        for index in near
        if world.sees(index, about.audience, day) and index not in _kept_out(parts, about.author)
    ]
    if about.author == parts.stuck:
        present = [index for index in present if index != about.author]
    if not present:
        return []
    count = min(1 + int(random.expovariate(1 / 5.6)), 24)
    speakers = random.choices(present, k=count)
    if speakers[0] == about.author:
        speakers[0] = next((index for index in present if index != about.author), about.author)
    if (
        about.situation == EXPERT_SITUATION
        and about.audience == EVERYONE
        and world.without != "experts"
        and random.random() < 0.5
    ):
        speakers.insert(random.randrange(1, len(speakers) + 1), random.choice(parts.experts))
    return speakers


def _kept_out(parts: Cast, author: int) -> set[int]:
    """Who doesn't speak: the stuck newcomer, and those who would meet only because a carrier is between them."""
    out = {parts.stuck}
    for carrier in parts.carriers:
        if author in carrier.sources:
            out.update(carrier.targets)
        elif author == carrier.person:
            out.update(carrier.sources)
    return out
