"""Experiments: guides tried out by those who met them, before they adopted or changed them, or gave them up."""

from random import Random

from service.exchange.demo.cast import Cast
from service.exchange.demo.world import LAST, Row, Told, World, material
from service.model.viewer import EVERYONE

_TRIED = 0.35
"""Share of the open guides that somebody tries out."""


def experiments(world: World, parts: Cast) -> None:
    """Let people try guides out; drawn apart, so that everything else stays as it is."""
    random = Random(f"{world.seed} experiments")
    titles = {row["id"]: row["title"] for _, row in world.rows.get("ExplicitKnowledge", [])}
    taken_up = _taken_up(world)
    apart = {*parts.unseen, *parts.unused, *parts.experts, *parts.loud}
    guides = [told for told in world.told if told.type == "ExplicitKnowledge" and told.audience == EVERYONE]
    for told in sorted(guides, key=lambda told: (told.at, told.ref)):
        if random.random() < _TRIED:
            _try(world, random, told, titles[told.ref], taken_up=taken_up.get(told.ref, []), apart=apart)


def _taken_up(world: World) -> dict[str, list[tuple[float, int, str]]]:
    """By guide: on which day who adopted or adapted it."""
    numbers = {person.ref: person.index for person in world.people}
    found: dict[str, list[tuple[float, int, str]]] = {}
    for day, row in world.rows.get("Amplification", []):
        if row["kind"] in {"adopt", "adapt"}:
            found.setdefault(row["ofId"], []).append((day, numbers[row["byId"]], row["kind"]))
    return found


def _try(
    world: World,
    random: Random,
    told: Told,
    title: str,
    *,
    taken_up: list[tuple[float, int, str]],
    apart: set[int],
) -> None:
    for day, by, kind in sorted(taken_up):
        began = max(told.at + 0.2, day - random.uniform(4, 25))
        if by != told.author and by not in apart and world.sees(by, EVERYONE, began) and random.random() < 0.3:
            outcome = "kept" if kind == "adopt" else "changed"
            first = _record(world, random, told, title, by=by, day=began, outcome=outcome)
            later = day + random.uniform(15, 60)
            if outcome == "changed" and later < LAST and world.sees(by, EVERYONE, later):
                again = random.choice(("kept", "kept", "abandoned"))
                _record(world, random, told, title, by=by, day=later, outcome=again, after=first)
    near = sorted({tie.listener for tie in world.listeners[told.author] if not tie.within} - apart)
    met = {by for _, by, _ in taken_up}
    day = told.at + random.uniform(3, 60)
    others = [index for index in near if index not in met and world.sees(index, EVERYONE, day)]
    if others and day < LAST and random.random() < 0.5:
        outcome = "running" if day > LAST - 45 else "abandoned"
        _record(world, random, told, title, by=random.choice(others), day=day, outcome=outcome)


def _record(
    world: World, random: Random, told: Told, title: str, *, by: int, day: float, outcome: str, after: str = ""
) -> str:
    """Record one experiment; answers its reference."""
    words = material("values.toml")["trying"]
    aim = words["again"] if after else random.choice(words["aims"])
    row: Row = {"aim": aim.format(title=title)[:300], "setting": random.choice(words["settings"]), "outcome": outcome}
    if random.random() < 0.85:
        row["perceivedRisk"] = min(10, max(0, round(random.gauss(6 if outcome == "abandoned" else 4, 2))))
    row |= {"testedId": told.ref, "byIds": [world.people[by].ref]}
    if after:
        row["followsOnId"] = after
    return world.add("Experiment", f"experiment-{world.count('Experiment') + 1:04d}", day, row)
