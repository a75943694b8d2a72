"""What is planted in the demo: the one list of what is true in it, for whoever tests whether an answer finds it.

Each fact says which concept it belongs to, what is true, how it would be found, and who or what looks like it and
is not (the decoys). Ids are those under which the rows are recorded; `demo(without=fact.key)` makes the
network without it.
"""

from collections import Counter
from dataclasses import dataclass, field

from service.exchange.demo.cast import CONFIDENCE, EXPERT_SITUATION, Cast
from service.exchange.demo.diffusing import IMITATION, INNOVATION, PEOPLE, SHEET
from service.exchange.demo.lessons import Lesson, depth
from service.exchange.demo.world import SOURCE, World, audience
from service.model.ids import derived_id

KEYS = (
    "carriers",
    "unseen",
    "real communities",
    "lessons",
    "stuck newcomer",
    "moving newcomer",
    "experts",
    "shared purpose",
    "confidence",
    "diffusion",
)
"""Every fact, by the name that takes it out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One thing that is true in the demo."""

    key: str
    concept: str
    what: str
    found_by: str
    ids: tuple[str, ...]
    """The people it is about, or the items where it is about none."""
    decoys: tuple[str, ...] = ()
    """Who or what looks like it and is not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierFact(Fact):
    """Somebody who carries between two groups: the most probable path of each pair (from, to) goes through them."""

    pairs: tuple[tuple[str, str], ...]
    seen_by: str = "everyone"
    """The audience in which the ties are; outside it there is nothing to find."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CommunityFact(Fact):
    """One real community: the people (`ids`) who listen to each other, and as what they are declared."""

    group: str
    declared: str | None
    """The id of the declared community; none, where nobody declared it."""
    anomaly: str = ""
    """`undeclared`, or `half of a declared one`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LessonFact(Fact):
    """One lesson's whole way: the guide's cascade has this depth (steps from its source) and size (amplifications)."""

    story: str
    insight: str
    knowledge: str
    combined: str
    """The second guide that was made of the first."""
    amplifications: tuple[str, ...]
    parents: tuple[int, ...]
    """For each amplification the place of the one it came after; -1 for none."""
    depth: int
    size: int
    seen_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffusionFact(Fact):
    """One piece of knowledge that spreads by Bass's model, with its innovation and imitation a week, and its end."""

    p: float
    q: float
    m: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PurposeFact(Fact):
    """A purpose whose people in two communities have no tie between them."""

    purpose: str
    communities: tuple[str, ...]
    members: tuple[tuple[str, ...], ...]
    """For each community, the people in it."""


@dataclass(frozen=True, slots=True)
class Viewers:
    """Three who ask: somebody without a person, somebody inside a closed community, somebody outside of it."""

    inside: str
    outside: str
    closed_community: str
    administrator: None = None


@dataclass(slots=True)
class Planted:
    """All facts, and the people whose keys the demo hands out."""

    facts: list[Fact] = field(default_factory=list)
    member: str = ""
    """Whose key the demo prints for an ordinary member: a nurse with some memberships."""
    viewers: Viewers = field(default_factory=lambda: Viewers("", "", ""))

    def of(self, key: str) -> list[Fact]:
        """The facts of one name."""
        return [fact for fact in self.facts if fact.key == key]


def planted(world: World, parts: Cast, chains: list[Lesson]) -> Planted:
    """Put into words and ids what the generator did."""
    found = Planted(member=_id(world, parts.member))
    found.viewers = Viewers(_id(world, parts.inside), _id(world, parts.outside), derived_id(SOURCE, CONFIDENCE))
    for fact in (
        *_carriers(world, parts),
        _unseen(world, parts),
        *_communities(world),
        *_lessons(world, chains),
        *_newcomers(world, parts),
        _experts(world, parts),
        _purpose(world),
        _confidence(world, parts),
        _diffusion(world),
    ):
        if fact.key != world.without:
            found.facts.append(fact)
    return found


def _id(world: World, person: int) -> str:
    return derived_id(SOURCE, world.people[person].key)


def _ids(world: World, people: list[int]) -> tuple[str, ...]:
    return tuple(_id(world, person) for person in people)


def _named(reference: str) -> str:
    return derived_id(SOURCE, reference.partition("/")[2])


def _carriers(world: World, parts: Cast) -> list[Fact]:
    return [
        CarrierFact(
            key="carriers",
            concept="amplification: paths and boundary spanners",
            what=f"{world.people[carrier.person].name} is all that connects {world.people[carrier.sources[0]].group} "
            f"with {world.people[carrier.targets[0]].group}, and has few ties.",
            found_by="The most probable path of each pair goes through them; high betweenness, few ties.",
            ids=_ids(world, [carrier.person]),
            decoys=_ids(world, parts.hubs),
            pairs=tuple(
                (_id(world, source), _id(world, target)) for source in carrier.sources for target in carrier.targets
            ),
        )
        for carrier in parts.carriers
    ]


def _unseen(world: World, parts: Cast) -> Fact:
    return Fact(
        key="unseen",
        concept="hidden contributions",
        what="They noticed the insights of which others, under their own names, made guides that were adopted, "
        "and they corrected those guides; they tell and publish next to nothing.",
        found_by="Credit that flows back from adopted guides along their lineage, against visible authorship.",
        ids=_ids(world, parts.unseen),
        decoys=_ids(world, parts.unused),
    )


_HALVES = {"leaving": "home-first", "reablement": "home-first"}


def _communities(world: World) -> list[Fact]:
    by_group = {
        "falls": "steady-steps",
        "medicines": "medicines-together",
        "handover": "ten-past-eight",
        "moving": "on-the-move",
        "meals": "cup-and-plate",
        "skin": "whole-skin",
        "newly": "first-year",
        "birth": "birth-talk",
        "feeding": "first-feeds",
        "neonatal": "small-hands",
        "district": "kitchen-table",
        "safeguarding": "safe-hands",
        "mind": "open-all-hours",
        "practices": "front-desk",
        "lists": "counting-what-counts",
        "carers": "side-by-side",
        "waiting": "still-waiting",
        "families": "know-my-child",
        "pain": "believe-me",
        "peers": "been-there",
        "hospice": "last-chapter",
        "quality": "test-and-tell",
        "wellbeing": "breathing-space",
        **_HALVES,
    }
    empty = tuple(
        derived_id(SOURCE, key)
        for key in ("quality-champions", "digital-pioneers", "wellbeing-ambassadors", "leadership-alumni")
    )
    facts: list[Fact] = []
    for group, people in world.groups.items():
        declared = by_group.get(group)
        anomaly = "half of a declared one" if group in _HALVES else "" if declared else "undeclared"
        facts.append(
            CommunityFact(
                key="real communities",
                concept="declared and detected communities",
                what=f"{len(people)} people who listen to each other"
                + (
                    ", and nobody declared them a community."
                    if not declared
                    else "; declared with another half that they never hear."
                    if anomaly
                    else "; declared under a name, with some missing and some added."
                ),
                found_by="Community detection on the listener ties; agreement with the declared communities.",
                ids=_ids(world, people),
                decoys=empty,
                group=group,
                anomaly=anomaly,
                declared=derived_id(SOURCE, declared) if declared else None,
            )
        )
    return facts


def _lessons(world: World, chains: list[Lesson]) -> list[Fact]:
    return [
        LessonFact(
            key="lessons",
            concept="conversion's lineage, amplification's cascade",
            what=f"What {world.people[lesson.teller].name} told in {lesson.plan.origin} became a guide "
            f"that was adopted in {lesson.plan.destination}.",
            found_by="The lineage of the guide leads back to the story; its cascade leads to those who adopted it.",
            ids=_ids(world, [lesson.teller, lesson.noticed_by, lesson.maker, *lesson.reached]),
            story=_named(lesson.story),
            insight=_named(lesson.insight),
            knowledge=_named(lesson.knowledge),
            combined=_named(lesson.combined),
            amplifications=tuple(_named(name) for name in lesson.cascade),
            parents=lesson.plan.shape,
            depth=depth(lesson.plan.shape),
            size=len(lesson.plan.shape),
            seen_by=audience("community", CONFIDENCE) if lesson.plan.origin == CONFIDENCE else "everyone",
        )
        for lesson in chains
        if lesson.cascade
    ]


def _newcomers(world: World, parts: Cast) -> list[Fact]:
    decoys = _ids(world, [parts.just_arrived, parts.quiet])
    stuck = Fact(
        key="stuck newcomer",
        concept="participation",
        ids=_ids(world, [parts.stuck]),
        decoys=decoys,
        what="Came fourteen months ago, listens and tells, and nobody takes it up. The decoys are new, or want it so.",
        found_by="Coreness stays at the edge from window to window while the newcomer keeps attending to others.",
    )
    moving = Fact(
        key="moving newcomer",
        concept="participation",
        ids=_ids(world, [parts.moving]),
        decoys=decoys,
        what="Came sixteen months ago, first listened, then was heard, and is now at the centre and a facilitator.",
        found_by="Coreness rises from window to window; the membership turns from peripheral to full.",
    )
    return [stuck, moving]


def _experts(world: World, parts: Cast) -> Fact:
    return Fact(
        key="experts",
        concept="topics: who knows",
        what="They tell little about pressure ulcers; their answers are thanked, guides grow out of what they know. "
        "The decoys tell most about it and are corrected.",
        found_by="Expertise from evidence: answers, thanks, insights in adopted guides; not how much is told.",
        ids=(*_ids(world, parts.experts),),
        decoys=(*_ids(world, parts.loud), derived_id(SOURCE, f"topic-{EXPERT_SITUATION}")),
    )


def _purpose(world: World) -> Fact:
    keys = ("cup-and-plate", "lunch-club")
    members = tuple(_ids(world, sorted(world.members[audience("community", key)])) for key in keys)
    return PurposeFact(
        key="shared purpose",
        concept="common purpose",
        what="A hospital's mealtime community and a council's lunch club want the same and don't know of each other.",
        found_by="Who shares a purpose and has no tie, nor anybody in between.",
        ids=(*members[0], *members[1]),
        purpose=derived_id(SOURCE, "purpose-nobody-eats-alone"),
        communities=tuple(derived_id(SOURCE, key) for key in keys),
        members=members,
    )


def _confidence(world: World, parts: Cast) -> Fact:
    first, middle, last = parts.confided
    return CarrierFact(
        key="confidence",
        concept="amplification: paths, seen by those inside only",
        what="Inside the closed community what one tells reaches the other through a third; outside nobody can know.",
        found_by="The most probable path of the pair, asked by somebody inside on that community's audience.",
        ids=_ids(world, [middle]),
        pairs=((_id(world, first), _id(world, last)),),
        seen_by=audience("community", CONFIDENCE),
    )


def _diffusion(world: World) -> Fact:
    adopted = Counter(row["ofId"] for _, row in world.rows["Amplification"] if row["kind"] == "adopt")
    most = [name for name, _ in adopted.most_common() if "/knowledge-" in name][:3]
    return DiffusionFact(
        key="diffusion",
        concept="diffusion of innovations",
        what=f"A sheet from outside spreads to {PEOPLE} people, and the demo's last day comes before the end of it. "
        "The decoys are what else was adopted most, by too few to tell.",
        found_by="Bass's model on the adoptions of each week: its p, q and m, within their errors.",
        ids=(derived_id(SOURCE, SHEET),),
        decoys=tuple(_named(name) for name in most),
        p=INNOVATION,
        q=IMITATION,
        m=PEOPLE,
    )
