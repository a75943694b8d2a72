"""Who knows: expertise from what others did with it, not from how much is told, and who would answer."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.measures.expertise import answering, expertise
from service.measures.rates import CONFIDENCE, wilson
from service.model.amplification import AmplificationKind
from service.model.answers import ItemReference
from service.model.evidence import FeedbackKind
from service.model.expertise import (
    Answerer,
    ExpertiseBasis,
    ExpertiseCount,
    ExpertiseEvidence,
    ExpertiseItem,
    KnowingPerson,
    WhoKnows,
    WhoKnowsQuestion,
)
from service.model.ids import as_id
from service.model.viewer import Viewer
from service.operations.crediting import A_TICK, credit_rules
from service.operations.network import Network
from service.operations.projection import Scope, scope_of, standing
from service.operations.references import person_of, references
from service.operations.scopes import item_named

PATIENCE_DAYS: Final = 30
WINDOW_DAYS: Final = 365
LATELY_DAYS: Final = 30
THANKS: Final = [FeedbackKind.appreciation.value]
CORRECTIONS: Final = [FeedbackKind.correction.value]
CARRIED: Final = [AmplificationKind.endorse.value, AmplificationKind.cite.value]
FEW: Final = 5
"""Below so many questions a rate says little, and the answer says so."""

RULE: Final = (
    "A supporter is somebody else who adopted or adapted a guide that the person made or that something of theirs went "
    "into, or who thanked for, recommended or cited an answer, insight or guide of theirs; a corrector one who "
    "corrected what they told, said or wrote. Each counts once a person, however often. What one tells counts nothing "
    "by itself. They were asked by who replied to what they told or said, or gave feedback to them that asks "
    "something; they answered by saying something in the same conversation, or by feedback on the same thing or to "
    "whoever asked."
)

_Columns = Mapping[str, Sequence[Any]]


@dataclass(slots=True)
class _Known:
    """What shows that one person knows: by other person, the items with their kinds; and who corrected which."""

    served: dict[str, set[tuple[str, ExpertiseEvidence]]] = field(default_factory=lambda: defaultdict(set))
    corrected: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    told: int = 0


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class _Ranked:
    """Everybody who is known to know, and the places of those who are shown, the first first."""

    people: Sequence[str]
    right: NDArray[np.int64]
    wrong: NDArray[np.int64]
    weights: NDArray[np.float64]
    chosen: Sequence[int]
    named: set[str]
    """Whom and what the answer names."""


class _About(NamedTuple):
    """What is asked about, on which audience and at which moment."""

    scope: Scope
    as_of: datetime
    topic: ItemReference
    items: Mapping[str, Any]


async def who_knows(network: Network, viewer: Viewer, asked: WhoKnowsQuestion) -> WhoKnows:
    """Who knows about a topic and those under it, as one audience may know, and whether they would answer.

    `NotFound` for an unknown or hidden topic, `Invalid` for a moment in the future or before there was any evidence.
    """
    scope = scope_of(viewer, asked.audience)
    as_of = (await standing(network, scope, asked.as_of)).as_of
    topic_id = as_id(asked.topic, "topic")
    named = await references(network, scope.audiences, [topic_id])
    topic = item_named(named.get(topic_id), topic_id, "topic", ("Topic",), scope)
    (about,) = await _ask(network, scope, as_of, {"about": {"topic": topic.id}})
    known = await _known(network, scope, as_of, frozenset(about["items"]))
    ranked = await asyncio.to_thread(_ranked, known, asked)
    answers = await _answers(network, scope, as_of, [ranked.people[place] for place in ranked.chosen])
    named = await references(network, scope.audiences, ranked.named)
    return await asyncio.to_thread(_told, ranked, known, answers, named, _About(scope, as_of, topic, about), asked)


def _ranked(known: Mapping[str, _Known], asked: WhoKnowsQuestion) -> _Ranked:
    people = sorted(person for person, one in known.items() if one.served)
    right, wrong = (np.array(counts, dtype=np.int64) for counts in _counts(known, people))
    weights = expertise(right, wrong)
    chosen = [int(place) for place in np.argsort(-weights, kind="stable")[: asked.first]]
    ids = {people[place] for place in chosen}
    if asked.explain:
        ids |= {item for place in chosen for seen in known[people[place]].served.values() for item, _ in seen}
    return _Ranked(people=people, right=right, wrong=wrong, weights=weights, chosen=chosen, named=ids)


def _told(  # noqa: PLR0917 - all that an answer is told from
    ranked: _Ranked,
    known: Mapping[str, _Known],
    answers: Mapping[str, Answerer],
    named: Mapping[str, ItemReference],
    about: _About,
    asked: WhoKnowsQuestion,
) -> WhoKnows:
    scope, as_of, topic, items = about
    people, right, wrong = ranked.people, ranked.right, ranked.wrong
    low, high = wilson(right, right + wrong)
    return WhoKnows(
        topic=topic,
        people=[
            KnowingPerson(
                rank=rank,
                person=person_of(named[people[place]]),
                expertise=float(ranked.weights[place]),
                supporters=int(right[place]),
                correctors=int(wrong[place]),
                right_low=float(low[place]),
                right_high=float(high[place]),
                told=known[people[place]].told,
                evidence=_evidence(known[people[place]]),
                answers=answers[people[place]],
                items=_items(known[people[place]], named) if asked.explain else [],
            )
            for rank, place in enumerate(ranked.chosen, start=1)
        ],
        reason=None if people else _reason(topic, items),
        basis=ExpertiseBasis(
            as_of=as_of,
            audience=scope.name,
            topics=items["topics"],
            items=len(items["items"]),
            people=len(people),
            confidence=CONFIDENCE,
            patience_days=PATIENCE_DAYS,
            window_days=WINDOW_DAYS,
            lately_days=LATELY_DAYS,
            rule=RULE,
        ),
    )


async def _ask(
    network: Network, scope: Scope, until: datetime, asked: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The one row of each statement; those without a folder are of this question."""
    given = {"audiences": list(scope.audiences), "until": until + A_TICK}
    names = {name: name if "/" in name else f"expertise/{name}" for name in asked}
    rows = await asyncio.gather(*(network.ask(names[name], {**given, **more}) for name, more in asked.items()))
    return [row[0] for row in rows]


async def _known(network: Network, scope: Scope, until: datetime, about: frozenset[str]) -> dict[str, _Known]:
    said, reactions, insights, drawn, taken = await _ask(
        network,
        scope,
        until,
        {
            "said": {"items": sorted(about)},
            "reactions": {"items": sorted(about), "thanks": THANKS, "corrections": CORRECTIONS, "carried": CARRIED},
            "credit/insights": {},
            "conversion/derivations": {},
            "credit/adoptions": {"kinds": credit_rules().adopting},
        },
    )
    return await asyncio.to_thread(_seen, about, said, reactions, insights, drawn, taken)


def _seen(  # noqa: PLR0917 - the columns that were read
    about: frozenset[str], said: _Columns, reactions: _Columns, insights: _Columns, drawn: _Columns, taken: _Columns
) -> dict[str, _Known]:
    known: dict[str, _Known] = defaultdict(_Known)
    owners: dict[str, set[str]] = defaultdict(set)
    for item, person in zip(said["items"], said["people"], strict=True):
        owners[item].add(person)
        known[person].told += 1
    for item, holder in zip(insights["items"], insights["holders"], strict=True):
        owners[item] |= {holder} - {""}
    sources: dict[str, set[str]] = defaultdict(set)
    for made, used, makers in zip(drawn["made"], drawn["sources"], drawn["makers"], strict=True):
        owners[made] |= set(makers)
        sources[made] |= set(used)
    _reactions(known, owners, reactions, answers={*_answered(said), *insights["items"], *drawn["made"]})
    explicit = {one for one, is_so in zip(drawn["made"], drawn["explicit"], strict=True) if is_so}
    _adoptions(known, owners, sources, taken, about & explicit)
    return known


def _answered(said: _Columns) -> Iterable[str]:
    return (item for item, is_said in zip(said["items"], said["said"], strict=True) if is_said)


def _reactions(
    known: dict[str, _Known], owners: Mapping[str, set[str]], reactions: _Columns, *, answers: set[str]
) -> None:
    for item, by, liked in zip(reactions["items"], reactions["people"], reactions["liked"], strict=True):
        for person in owners.get(item, set()) - {by}:
            if not liked:
                known[person].corrected[by].add(item)
            elif item in answers:
                known[person].served[by].add((item, ExpertiseEvidence.appreciated))


def _adoptions(
    known: dict[str, _Known],
    owners: Mapping[str, set[str]],
    sources: Mapping[str, set[str]],
    taken: _Columns,
    guides: frozenset[str],
) -> None:
    for knowledge, by in zip(taken["items"], taken["adopters"], strict=True):
        makers = owners.get(knowledge, set())
        if knowledge not in guides or by in makers:
            continue
        for person in makers:
            known[person].served[by].add((knowledge, ExpertiseEvidence.adopted))
        for insight in _behind(knowledge, sources):
            for person in owners.get(insight, set()) - {by} - makers:
                known[person].served[by].add((insight, ExpertiseEvidence.used))


def _behind(knowledge: str, sources: Mapping[str, set[str]]) -> set[str]:
    """What the insights and knowledge are that something came out of; their people have a part in it."""
    found: set[str] = set()
    waiting = [knowledge]
    while waiting:
        new = sources.get(waiting.pop(), set()) - found
        found |= new
        waiting.extend(new)
    return found


def _counts(known: Mapping[str, _Known], people: Sequence[str]) -> tuple[list[int], list[int]]:
    return [len(known[one].served) for one in people], [len(known[one].corrected) for one in people]


def _evidence(known: _Known) -> list[ExpertiseCount]:
    seen: dict[ExpertiseEvidence, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for by, items in known.served.items():
        for item, kind in items:
            seen[kind][0].add(by)
            seen[kind][1].add(item)
    for by, corrected in known.corrected.items():
        seen[ExpertiseEvidence.corrected][0].add(by)
        seen[ExpertiseEvidence.corrected][1].update(corrected)
    return [
        ExpertiseCount(kind=kind, people=len(seen[kind][0]), items=len(seen[kind][1]))
        for kind in ExpertiseEvidence
        if kind in seen
    ]


def _items(known: _Known, named: Mapping[str, ItemReference]) -> list[ExpertiseItem]:
    shares: dict[str, float] = defaultdict(float)
    kinds: dict[str, set[ExpertiseEvidence]] = defaultdict(set)
    people: dict[str, int] = defaultdict(int)
    for seen in known.served.values():
        items = {item for item, _ in seen}
        for item in items:
            shares[item] += 1 / len(items) / len(known.served)
            people[item] += 1
        for item, kind in seen:
            kinds[item].add(kind)
    return [
        ExpertiseItem(item=named[item], kinds=sorted(kinds[item]), people=people[item], share=share)
        for item, share in sorted(shares.items(), key=lambda one: (-one[1], one[0]))
    ]


async def _answers(network: Network, scope: Scope, as_of: datetime, people: list[str]) -> dict[str, Answerer]:
    """Whether each of these people answers, and what they have to do."""
    window = {"people": people, "since": as_of - timedelta(days=WINDOW_DAYS)}
    asked, acts = await _ask(network, scope, as_of, {"asked": window, "answered": window})
    return await asyncio.to_thread(_answered_by, people, asked, acts, as_of)


def _answered_by(people: list[str], asked: _Columns, acts: _Columns, as_of: datetime) -> dict[str, Answerer]:
    numbers = {person: number for number, person in enumerate(people)}
    questions = list(_questions(asked, acts))
    found = answering(
        np.array([numbers[one] for one, _, _ in questions], dtype=np.int64),
        np.array([time for _, time, _ in questions], dtype=np.float64),
        np.array([answer for _, _, answer in questions], dtype=np.float64),
        count=len(people),
        now=as_of.timestamp(),
        patience=timedelta(days=PATIENCE_DAYS).total_seconds(),
    )
    low, high = wilson(found.answered, found.asked)
    lately = (as_of - timedelta(days=LATELY_DAYS)).timestamp() * 1000
    said = Counter(one for one, time in zip(acts["people"], acts["times"], strict=True) if time >= lately)
    return {
        person: Answerer(
            asked=int(found.asked[number]),
            answered=int(found.answered[number]),
            rate=float(found.answered[number] / found.asked[number]) if found.asked[number] else None,
            rate_low=float(low[number]),
            rate_high=float(high[number]),
            median_hours=None if np.isnan(found.median[number]) else float(found.median[number] / 3_600),
            open=int(found.open[number]),
            said_lately=said[person],
            reason=_too_few(int(found.asked[number])),
        )
        for person, number in numbers.items()
    }


def _questions(asked: _Columns, acts: _Columns) -> Iterable[tuple[str, float, float]]:
    """Who was asked, when, and when they first answered (seconds; infinity, where they did not)."""
    spoken: dict[tuple[str, str, bool], list[int]] = defaultdict(list)
    for one, time, place, to, said in _rows(acts):
        spoken[one, place, said].append(time)
        spoken[one, to, said].append(time)
    for one, time, place, asker, said in _rows(asked):
        if asker == one:
            continue
        words = [place] if said else [place, asker]
        times = [answer for word in words if word for answer in spoken[one, word, said] if answer > time]
        yield one, time / 1000, min(times, default=inf) / 1000


def _rows(columns: _Columns) -> Iterable[tuple[str, int, str, str, bool]]:
    return zip(*(columns[name] for name in ("people", "times", "places", "askers", "said")), strict=True)


def _too_few(asked: int) -> str | None:
    if asked >= FEW:
        return None
    if asked == 0:
        return "They were not asked anything in the window that this audience may see."
    return f"They were asked {asked} time{'s' if asked > 1 else ''} only: see the interval."


def _reason(topic: ItemReference, about: Mapping[str, Any]) -> str:
    if not about["items"]:
        return f"Nothing about {topic.title} may be seen by this audience."
    return f"Nobody had use of what was told about {topic.title}, as far as this audience may see."
