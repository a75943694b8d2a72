"""The words of the demo: stories, replies, insights, guides and answers, put together from real sentences.

A story of a situation takes one of five sentences for each of its five parts. Which five, says a Reed-Solomon code over
the field of five elements (Reed and Solomon, 1960): the first 125 stories of a situation agree, two by two, in two
parts at most, the next 500 in three, so that a situation comes back while its story does not.
"""

from functools import cache
from html import escape
from random import Random
from typing import Any

from service.exchange.demo.world import Person, Row, material

PARTS = ("opening", "turn", "noticed", "tried", "outcome")
_FILES = (
    "wards",
    "meals_and_skin",
    "medicines_and_leaving",
    "family_and_mind",
    "home_and_practice",
    "lived",
    "endings_and_work",
)
_PLACES = {"rel": ("relatives",)}
_ENDINGS = {"problem": "asking", "working_out_loud": "unfinished"}


@cache
def situations() -> dict[str, Row]:
    """Every situation by its key."""
    found = [situation for name in _FILES for situation in material(f"situations/{name}.toml")["situation"]]
    return {situation["key"]: situation for situation in found}


@cache
def _pool(*path: str) -> list[str]:
    found: Any = material("phrases.toml")
    for step in path:
        found = found[step]
    return [*found]


@cache
def _wards(organisation: str) -> list[str]:
    plans: list[Row] = material("world.toml")["organisation"]
    return next([*plan["wards"]] for plan in plans if plan["key"] == organisation)


def code(number: int) -> tuple[int, ...]:
    """Which of five sentences to take for each part of a situation's story of that number."""
    a, b, c, d = (number // 5**power % 5 for power in range(4))
    return tuple((a + b * x + c * x * x + d * x**3) % 5 for x in range(5))


class Blanks(dict[str, str]):
    """Words for the blanks of one text, drawn when a sentence first asks for one, and then kept.

    One person is spoken of, with the pronouns that fit; `{Word}` is `{word}` with a capital.
    """

    def __init__(self, random: Random, person: Person, situation: Row, month: str = "") -> None:
        super().__init__(matter=situation["matter"])
        self._random, self._person, self._month = random, person, month
        self._mother = situation.get("who") == "mother"
        self._pronouns = "she" if self._mother or random.random() < 0.55 else "he"

    def __missing__(self, key: str) -> str:
        found = self._drawn(key) if key[0].islower() else self._capital(self[key.lower()])
        self[key] = found
        return found

    def _drawn(self, key: str) -> str:
        if key in {"he", "him", "his"}:
            return key if self._pronouns == "he" else {"he": "she", "him": "her", "his": "her"}[key]
        if key == "when":
            return (
                pick(self._random, _pool("when")).format(month=self._month, day=self["day"])
                if self._month
                else self["recently"]
            )
        if key == "nextday":
            days = _pool("slots", "day")
            return days[(days.index(self["day"]) + 1 + int(self._random.random() * 4)) % len(days)]
        if key == "ward":
            return pick(self._random, _wards(self._person.organisation))
        if key == "patient":
            return pick(self._random, _pool("people", "mother" if self._mother else self._pronouns))
        return pick(
            self._random, _pool("kin", self._pronouns) if key == "kin" else _pool(*_PLACES.get(key, ("slots", key)))
        )

    @staticmethod
    def _capital(word: str) -> str:
        return word[0].upper() + word[1:]


def pick(random: Random, pool: list[str]) -> str:
    """One of a pool; twice as fast as `choice`, which matters a million times."""
    return pool[int(random.random() * len(pool))]


def story(random: Random, situation: Row, person: Person, *, number: int, kind: str, month: str) -> Row:
    """Title, content and format of a situation's story of that number."""
    blanks = Blanks(random, person, situation, month)
    chosen = dict(zip(PARTS, code(number), strict=True))
    parts = {part: situation[part][chosen[part]].format_map(blanks) for part in PARTS}
    if random.random() < 0.6:
        parts["turn"] += " " + pick(random, _pool("aside", _side(person))).format_map(blanks)
    if kind in _ENDINGS:
        parts["outcome"] = pick(random, _pool(_ENDINGS[kind])).format_map(blanks)
    elif random.random() < 0.3:
        parts["outcome"] += " " + pick(random, _pool("closing", _side(person))).format_map(blanks)
    title = pick(random, situation["titles"]).format_map(blanks)
    if random.random() < 0.4 and title[-1].isalnum():
        title += pick(random, _pool("subtitles")).format_map(blanks)
    return {"title": title[0].upper() + title[1:]} | _laid_out(random, list(parts.values()))


def _laid_out(random: Random, parts: list[str]) -> Row:
    cuts = random.choice(((5,), (2, 5), (3, 5), (2, 4, 5), (1, 3, 5), (1, 4, 5)))
    starts = (0, *cuts[:-1])
    paragraphs = [" ".join(parts[start:stop]) for start, stop in zip(starts, cuts, strict=True)]
    if random.random() < 0.05:
        return {"content": "".join(f"<p>{escape(text, quote=False)}</p>" for text in paragraphs), "format": "html"}
    return {"content": "\n\n".join(paragraphs)}


def _side(person: Person) -> str:
    return "lived" if person.standing in {"patient", "carer"} else "staff"


def reply(random: Random, situation: Row, person: Person, *, first: bool) -> str:
    """What somebody answers to a story or to somebody else's answer."""
    blanks = Blanks(random, person, situation)
    said = pick(random, situation["replies"]).format_map(blanks)
    before = (
        pick(random, _pool("reply", "first" if first else "later", _side(person))).format_map(blanks)
        if random.random() < 0.75
        else ""
    )
    after = pick(random, _pool("reply", "after")).format_map(blanks) if random.random() < 0.55 else ""
    return " ".join(part for part in (before, said, after) if part)


def insight(random: Random, situation: Row, person: Person) -> str:
    """What somebody knows from that event and would hardly have written down."""
    blanks = Blanks(random, person, situation)
    known = pick(random, situation["insights"]).format_map(blanks)
    before = pick(random, _pool("insight", "before")).format_map(blanks) if random.random() < 0.6 else ""
    after = pick(random, _pool("insight", "after")).format_map(blanks) if random.random() < 0.5 else ""
    return " ".join(part for part in (before, known, after) if part)


def practised(random: Random, situation: Row, person: Person) -> str:
    """What became second nature by doing what a guide says, or by working beside somebody."""
    learnt = pick(random, _pool("insight", "practised")).format_map(Blanks(random, person, situation))
    return f"{learnt} {insight(random, situation, person)}"


def guide(random: Random, situation: Row, person: Person, *, again: bool) -> Row:
    """Title and content of a guide or checklist."""
    blanks = Blanks(random, person, situation)
    steps, blanks["guide"] = situation["steps"], pick(random, situation["guides"])
    kept = sorted(random.sample(range(len(steps)), random.randint(4, min(6, len(steps)))))
    title = pick(random, _pool("guide", "again" if again else "title")).format_map(blanks)
    lines = [pick(random, _pool("guide", "intro")).format_map(blanks), ""]
    lines += [f"{place}. {steps[step].format_map(blanks)}" for place, step in enumerate(kept, 1)]
    lines += ["", pick(random, _pool("guide", "close")).format_map(blanks)]
    return {"title": title[0].upper() + title[1:], "content": "\n".join(lines)}


def feedback(random: Random, situation: Row, person: Person, kind: str) -> str:
    """An answer to another's story, contribution or knowledge."""
    blanks = Blanks(random, person, situation)
    answer = pick(random, _pool("feedback", kind, "first")).format_map(blanks)
    if random.random() < 0.25:
        return answer
    return f"{answer} {pick(random, _pool('feedback', kind, 'second')).format_map(blanks)}"


def support(random: Random, situation: Row, person: Person, kind: str) -> str:
    """Words of help or encouragement."""
    blanks = Blanks(random, person, situation)
    said = (pick(random, _pool("support", kind)), pick(random, _pool("support", "second")))
    return " ".join(sentence.format_map(blanks) for sentence in said)
