"""Observations, feedback and support: who attends to whom, drawn from the same ties as everything else."""

from collections.abc import Callable
from itertools import accumulate
from random import Random

from service.exchange.demo.cast import Cast
from service.exchange.demo.texts import feedback, situations, support
from service.exchange.demo.world import LAST, Row, Tie, Told, World
from service.model.viewer import EVERYONE

OBSERVATIONS, FEEDBACK, SUPPORT = 3500, 4300, 2000
_OBSERVED = (("saw", 40), ("read", 35), ("shadowed", 8), ("heard_from", 17))
_ANSWERED = (("comment", 42), ("question", 22), ("correction", 10), ("appreciation", 26))
_HELPED = (("encouragement", 38), ("advice", 26), ("practical", 22), ("appraisal", 14))
_Record = Callable[[World, Random, Tie, Told | None, float], None]


def evidence(world: World, parts: Cast) -> None:
    """Observations, feedback and support along the listener ties, likelier ties oftener."""
    random = Random(f"{world.seed} evidence")
    by_author: dict[int, list[Told]] = {}
    for told in sorted(world.told, key=lambda told: (told.at, told.ref)):
        if told.author >= 0 and not told.audience.startswith("person:"):
            by_author.setdefault(told.author, []).append(told)
    ties = [tie for tellers in world.tellers for tie in tellers]
    share = list(accumulate(tie.chance for tie in ties))
    for kind, count, record in (
        ("Observation", OBSERVATIONS, _observe),
        ("Feedback", FEEDBACK, _answer),
        ("Support", SUPPORT, _help),
    ):
        while world.count(kind) < count:
            tie = random.choices(ties, cum_weights=share)[0]
            _attend(
                world,
                random,
                tie,
                by_author.get(tie.teller, []),
                record=record,
                alone=0.4 if kind == "Support" else 0.12,
            )
    _planted(world, random, parts, by_author)


def _attend(world: World, random: Random, tie: Tie, told: list[Told], *, record: _Record, alone: float) -> None:
    if not tie.within and (not told or random.random() < alone):
        begin = max(tie.since, world.people[tie.listener].joined, world.people[tie.teller].joined, 0.0) + 1
        day = random.uniform(begin, LAST) if begin < LAST else LAST
        if world.sees(tie.listener, EVERYONE, day) and world.people[tie.teller].here(day):
            record(world, random, tie, None, day)
        return
    if not told:
        return
    about = random.choice(told)
    day = about.at + 0.05 + random.expovariate(1 / 9)
    fits = not tie.within or tie.within == about.audience
    if fits and tie.since <= day < LAST and world.sees(tie.listener, about.audience, day):
        record(world, random, tie, about, day)


def _drawn(random: Random, kinds: tuple[tuple[str, int], ...]) -> str:
    return random.choices([name for name, _ in kinds], [weight for _, weight in kinds])[0]


def _links(world: World, tie: Tie, about: Told | None) -> Row:
    row: Row = {"byId": world.people[tie.listener].ref, "toId": world.people[tie.teller].ref}
    return row | ({"ofId": about.ref} if about else {})


def _seen_by(tie: Tie, about: Told | None) -> str:
    return about.audience if about else tie.within or EVERYONE


def _observe(world: World, random: Random, tie: Tie, about: Told | None, day: float) -> None:
    kind = "read" if about else _drawn(random, _OBSERVED)
    name = f"observation-{world.count('Observation') + 1:05d}"
    world.add("Observation", name, day, {"kind": kind} | _links(world, tie, about), _seen_by(tie, about))


def _answer(world: World, random: Random, tie: Tie, about: Told | None, day: float, *, kind: str = "") -> None:
    if about is None:
        return
    chosen = kind or _drawn(random, _ANSWERED)
    words = feedback(random, situations()[about.situation], world.people[tie.listener], chosen)
    name = f"feedback-{world.count('Feedback') + 1:05d}"
    world.add("Feedback", name, day, {"kind": chosen, "content": words} | _links(world, tie, about), about.audience)


def _help(world: World, random: Random, tie: Tie, about: Told | None, day: float) -> None:
    kind = _drawn(random, _HELPED)
    key = about.situation if about else "bad-shift"
    words = support(random, situations()[key], world.people[tie.listener], kind)
    name = f"support-{world.count('Support') + 1:05d}"
    world.add("Support", name, day, {"kind": kind, "content": words} | _links(world, tie, about), _seen_by(tie, about))


def _planted(world: World, random: Random, parts: Cast, by_author: dict[int, list[Told]]) -> None:
    if world.without != "unseen":
        for person in parts.unseen:
            _correct(world, random, person, by_author)
    if world.without != "experts":
        for expert in parts.experts:
            _thank(world, random, by_author.get(expert, []), "appreciation", 0.75)
        for loud in parts.loud:
            _thank(
                world, random, [told for told in by_author.get(loud, []) if told.type == "Story"], "correction", 0.12
            )


def _correct(world: World, random: Random, person: int, by_author: dict[int, list[Told]]) -> None:
    """The unseen improve what others write: questions and corrections to guides of their group."""
    group = world.groups[world.people[person].group]
    guides = [
        told
        for author in group
        for told in by_author.get(author, [])
        if told.type == "ExplicitKnowledge" and told.audience == EVERYONE
    ]
    for about in sorted(random.sample(guides, min(14, len(guides))), key=lambda told: told.at):
        if about.author != person and about.at < LAST - 4:
            tie = Tie(person, about.author, 0.0)
            _answer(
                world,
                random,
                tie,
                about,
                about.at + random.uniform(0.5, 3),
                kind=random.choice(("correction", "question")),
            )


def _thank(world: World, random: Random, told: list[Told], kind: str, chance: float) -> None:
    for about in told:
        if about.type == "TacitInsight" or about.audience != EVERYONE or random.random() > chance:
            continue
        day = about.at + random.uniform(0.3, 3)
        group = world.groups[world.people[about.author].group]
        near = [person for person in group if person != about.author and world.sees(person, EVERYONE, day)]
        if near and day < LAST:
            _answer(world, random, Tie(random.choice(near), about.author, 0.0), about, day, kind=kind)
