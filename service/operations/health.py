"""A community's health at a glance, at the end of the last whole month."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, TypedDict

import numpy as np
from numpy.typing import NDArray

from service.measures.bootstrap import BOOTSTRAPS, FEWEST
from service.measures.crossing import crossing
from service.measures.disclosure import LEAST
from service.measures.diversity import estimated_gini, estimated_top_share
from service.measures.rates import wilson
from service.measures.survival import Outcome, kaplan_meier, waiting
from service.measures.ties import SECONDS_A_DAY
from service.model.answers import ItemReference
from service.model.asking import GroupBy
from service.model.conventions import StageDimension
from service.model.crossing import EstimatedFigure
from service.model.health import CommunityHealth, CommunityHealthQuestion, HealthBasis, HealthShare, StagePlace
from service.model.ids import as_id
from service.model.viewer import Viewer
from service.operations.conventions import settled
from service.operations.crossing import NO_FIGURE, figure
from service.operations.disclosure import RULE, at_month_end, months_before, shown_groups
from service.operations.network import Network
from service.operations.projection import Standing, scope_of
from service.operations.scopes import people_in

COUNTED: Final = (
    "What was told or said by people while they belonged to it, and the replies that others gave. Whether something "
    "was replied to, and newcomers' first answers, are told of what replies to nothing itself. Newcomers are those "
    "who joined within a year of the month's end; staying is told of those who joined six to eighteen months before "
    "it, who has left since among them. A share is told where at least five are in it and five are not, or all or none."
)
_FEWEST_FOR_A_TENTH: Final = 10 * LEAST
_REPLY_DAYS: Final = 14.0
_CONFIDENCE: Final = 0.95


class _Stages(TypedDict):
    """What an answer says of stages."""

    stages: list[StagePlace]
    stages_elsewhere: list[str]


@dataclass(frozen=True, slots=True)
class _Life:
    """What is known of a community's people, in seconds since the epoch; tellings in the order of time."""

    month: float
    window: float
    members: NDArray[np.int64]
    joined: Mapping[int, float]
    """When everybody who ever belonged to it first did, who has left since among them."""
    tellers: NDArray[np.int64]
    times: NDArray[np.float64]
    replies: NDArray[np.float64]
    """When a telling was first replied to: NaN where it never was."""
    stories: NDArray[np.bool_]
    opening: NDArray[np.bool_]
    """Which tellings reply to nothing, and await a reply."""


async def community_health(network: Network, viewer: Viewer, asked: CommunityHealthQuestion) -> CommunityHealth:
    """How a community is doing; of one too small to be told of, its stages alone, with the reason.

    A community that the audience does not know of is `NotFound`.
    """
    scope = scope_of(viewer, asked.audience)
    tied = await at_month_end(network, scope, asked.as_of)
    name = f"community:{as_id(asked.community, 'community')}"
    named = await people_in(network, scope, name, tied.as_of, field="community")
    item = named.item or ItemReference(id=name, kind="Community")
    shown = await shown_groups(network, tied, f"community:{item.id}", GroupBy.standing)
    parameters = {"community": item.id, "audiences": list(scope.audiences)}
    (reached,) = await network.ask("health/stages", {**parameters, "at": tied.as_of})
    stages = _stages(reached["stages"], (await settled(network.ask)).dimensions)
    if shown.whole is None:
        return _untold(tied, item, stages, asked)
    (tellings,) = await network.ask("health/tellings", {**parameters, "until": shown.month})
    (memberships,) = await network.ask("disclosure/memberships", {"audiences": list(scope.audiences)})
    since = months_before(shown.month, asked.window_months)
    life = _life(
        tied,
        item.id,
        members=np.flatnonzero(shown.whole),
        memberships=memberships,
        tellings=tellings,
        since=since,
        month=shown.month,
    )
    return await asyncio.to_thread(_told, tied, item, stages, life, asked)


def _stages(reached: list[str], dimensions: list[StageDimension]) -> _Stages:
    """The furthest that was reached on each dimension, of several at one time too; and what lies on none of them."""
    places = []
    for dimension in dimensions:
        order = dimension.stages
        step = max((order.index(stage) + 1 for stage in reached if stage in order), default=0)
        furthest = order[step - 1] if step else None
        places.append(StagePlace(dimension=dimension.name, reached=furthest, step=step, steps=len(order)))
    placed = {stage for dimension in dimensions for stage in dimension.stages}
    return {"stages": places, "stages_elsewhere": sorted(set(reached) - placed)}


def _life(
    tied: Standing,
    community: str,
    *,
    members: NDArray[np.int64],
    memberships: dict[str, Any],
    tellings: dict[str, Any],
    since: datetime,
    month: datetime,
) -> _Life:
    numbers = tied.projection.numbers
    joined: dict[int, float] = {}
    spans: dict[int, list[tuple[float, float]]] = {}
    columns = zip(*(memberships[name] for name in ("people", "communities", "since", "until")), strict=True)
    for person, place, start, end in columns:
        number = numbers.get(person)
        if place == community and number is not None:
            joined[number] = min(start / 1000, joined.get(number, np.inf))
            spans.setdefault(number, []).append((start / 1000, np.inf if end == "" else end / 1000))
    known = [
        (numbers[person], at / 1000, np.nan if replied == "" else replied / 1000, kind == "Story", not answers)
        for person, kind, at, replied, answers in zip(
            *(tellings[name] for name in ("people", "kinds", "times", "replies", "answers")), strict=True
        )
        if person in numbers and any(start <= at / 1000 < end for start, end in spans.get(numbers[person], ()))
    ]
    return _Life(
        month=month.timestamp(),
        window=since.timestamp(),
        members=members,
        joined=joined,
        tellers=np.array([one[0] for one in known], dtype=np.int64),
        times=np.array([one[1] for one in known], dtype=np.float64),
        replies=np.array([one[2] for one in known], dtype=np.float64),
        stories=np.array([one[3] for one in known], dtype=np.bool_),
        opening=np.array([one[4] for one in known], dtype=np.bool_),
    )


def _told(
    tied: Standing, item: ItemReference, stages: _Stages, life: _Life, asked: CommunityHealthQuestion
) -> CommunityHealth:
    recent = life.times >= life.window
    speaking, counts = np.unique(life.tellers[recent], return_counts=True)
    before = set(life.tellers[~recent].tolist())
    old_enough = recent & life.opening & (life.times <= life.month - _REPLY_DAYS * SECONDS_A_DAY)
    voices = np.zeros(tied.ties.people)
    voices[speaking] = counts
    voices = voices[life.members]
    waited, answered = _first_answers(life)
    last = life.times[life.stories]
    found = CommunityHealth(
        community=item,
        **stages,
        new_voices=_share(sum(person not in before for person in speaking.tolist()), len(speaking)),
        newcomers_answered=_share(int(answered.sum()), len(answered)),
        days_to_first_answer=_median(waited, answered),
        newcomers_staying=_staying(life, tied),
        replied=_share(int((~np.isnan(life.replies[old_enough])).sum()), int(old_enough.sum())),
        voice_gini=figure(estimated_gini(voices, seed=asked.seed)),
        voice_gini_of_speakers=_among_speakers(voices, asked.seed),
        voice_of_top_tenth=_top_tenth(voices, asked.seed),
        reciprocity=_reciprocity(tied, life.members, asked.seed),
        days_since_last_story=float((life.month - last.max()) / SECONDS_A_DAY) if len(last) else None,
        reason=None,
        basis=_basis(tied, asked, members=len(life.members), tellings=int(recent.sum())),
    )
    return replace(found, reason=_missing(found))


def _missing(found: CommunityHealth) -> str | None:
    """Why figures are missing, in words, a sentence for each."""
    shares = (
        (found.new_voices, "new voices", "people told something in the window"),
        (found.newcomers_answered, "newcomers answered", "joined within a year and told what replies to nothing"),
        (found.newcomers_staying, "newcomers staying", "joined six to eighteen months before the month's end"),
        (found.replied, "replies", "tellings in the window reply to nothing and are two weeks old"),
    )
    gaps = [f"No {name}: fewer than five {which}." for share, name, which in shares if share.of is None]
    gaps += [
        f"No {name}: it would tell of fewer than five."
        for share, name, _ in shares
        if share.of is not None and share.count is None
    ]
    if found.newcomers_answered.of is not None and found.days_to_first_answer is None:
        gaps.append("No days to the first answer: it has not come to half of the newcomers.")
    figures = (
        (found.voice_gini, f"inequality of voices: fewer than {FEWEST} members, or nobody spoke"),
        (found.voice_gini_of_speakers, f"inequality among speakers: fewer than {FEWEST}, or nearly all members, spoke"),
        (
            found.voice_of_top_tenth,
            f"voice of the top tenth: fewer than {_FEWEST_FOR_A_TENTH} members, or nobody spoke",
        ),
        (found.reciprocity, f"reciprocity: fewer than {FEWEST} members, or nobody listens to another"),
    )
    gaps += [f"No {why}." for figure, why in figures if figure.value is None]
    if found.days_since_last_story is None:
        gaps.append("No last story: nobody told one.")
    return " ".join(gaps) or None


def _first_answers(life: _Life) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Of each newcomer of the last year who told what replies to nothing: days until a first reply, and if it came."""
    year_ago = life.month - 365 * SECONDS_A_DAY
    waited, answered = [], []
    for person, joined in life.joined.items():
        own = (life.tellers == person) & (life.times >= joined) & life.opening
        if not joined >= year_ago or not own.any():
            continue
        first = life.times[own].min()
        replies = life.replies[own]
        replied = replies[~np.isnan(replies)]
        answered.append(len(replied) > 0)
        waited.append(((replied.min() if len(replied) else life.month) - first) / SECONDS_A_DAY)
    return np.array(waited, dtype=np.float64), np.array(answered, dtype=np.bool_)


def _median(waited: NDArray[np.float64], answered: NDArray[np.bool_]) -> float | None:
    if len(waited) < LEAST:
        return None
    outcomes = np.where(answered, int(Outcome.happened), int(Outcome.waiting)).astype(np.int8)
    return kaplan_meier(waiting(waited, outcomes)).median


def _staying(life: _Life, tied: Standing) -> HealthShare:
    months = 30.4375 * SECONDS_A_DAY
    came = range(6, 18)
    cohort = np.array(
        [person for person, joined in life.joined.items() if (life.month - joined) // months in came], dtype=np.int64
    )
    times = tied.projection.times
    listening = tied.projection.listeners[(times >= life.window) & (times < life.month)]
    active = np.intersect1d(np.union1d(life.tellers[life.times >= life.window], listening), life.members)
    return _share(int(np.isin(cohort, active).sum()), len(cohort))


def _among_speakers(voices: NDArray[np.float64], seed: int) -> EstimatedFigure:
    """Of those who spoke alone; nothing where what it leaves out would tell of a few."""
    silent = int((voices == 0).sum())
    return NO_FIGURE if 0 < silent < LEAST else figure(estimated_gini(voices[voices > 0], seed=seed))


def _top_tenth(voices: NDArray[np.float64], seed: int) -> EstimatedFigure:
    return NO_FIGURE if len(voices) < _FEWEST_FOR_A_TENTH else figure(estimated_top_share(voices, seed=seed))


def _reciprocity(tied: Standing, members: NDArray[np.int64], seed: int) -> EstimatedFigure:
    labels = np.full(tied.ties.people, -1, dtype=np.int32)
    labels[members] = 0
    return figure(crossing(tied.ties.tellers, tied.ties.listeners, labels, groups=1, seed=seed).reciprocity)


def _share(count: int, of: int) -> HealthShare:
    """A share of things or people; nothing of it where it, or what is not in it, would tell of a few."""
    if of < LEAST:
        return HealthShare(count=None, of=None, share=None, low=None, high=None)
    if 0 < count < LEAST or 0 < of - count < LEAST:
        return HealthShare(count=None, of=of, share=None, low=None, high=None)
    low, high = wilson(np.array([count]), np.array([of]), _CONFIDENCE)
    return HealthShare(count=count, of=of, share=count / of, low=float(low[0]), high=float(high[0]))


def _untold(tied: Standing, item: ItemReference, stages: _Stages, asked: CommunityHealthQuestion) -> CommunityHealth:
    nothing = _share(0, 0)
    return CommunityHealth(
        community=item,
        **stages,
        new_voices=nothing,
        newcomers_answered=nothing,
        days_to_first_answer=None,
        newcomers_staying=nothing,
        replied=nothing,
        voice_gini=NO_FIGURE,
        voice_gini_of_speakers=NO_FIGURE,
        voice_of_top_tenth=NO_FIGURE,
        reciprocity=NO_FIGURE,
        days_since_last_story=None,
        reason="It has too few members, or too few more or fewer than another group, to be told of in numbers.",
        basis=_basis(tied, asked, members=None, tellings=0),
    )


def _basis(tied: Standing, asked: CommunityHealthQuestion, *, members: int | None, tellings: int) -> HealthBasis:
    return HealthBasis(
        **tied.basis,
        window_months=asked.window_months,
        members=members,
        tellings=tellings,
        seed=asked.seed,
        bootstraps=BOOTSTRAPS,
        rule=f"{COUNTED} {RULE}",
    )
