"""A community's health at a glance, at the end of the last whole month; over windows, of the last quarter."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Final, TypedDict

import numpy as np
from numpy.typing import NDArray

from service.measures.acts_told import Acts, shares_taken_in
from service.measures.bootstrap import BOOTSTRAPS, FEWEST
from service.measures.crossing import crossing
from service.measures.disclosure import LEAST, arrived, returns_told, told_of_windows
from service.measures.diversity import estimated_gini, estimated_top_share
from service.measures.rates import wilson
from service.measures.survival import Outcome, kaplan_meier, waiting
from service.measures.ties import SECONDS_A_DAY
from service.model.answers import ItemReference
from service.model.asking import WINDOWS
from service.model.conventions import StageDimension
from service.model.crossing import EstimatedFigure
from service.model.health import CommunityHealth, CommunityHealthQuestion, HealthBasis, HealthShare, StagePlace
from service.model.ids import as_id
from service.model.viewer import Viewer
from service.operations.community_life import Life, Quarter, life_of, sum_of
from service.operations.conventions import settled
from service.operations.crossing import NO_FIGURE, figure
from service.operations.disclosure import (
    RULE,
    at_month_end,
    month_of,
    months_before,
    months_from,
    quarter_of,
    registered,
)
from service.operations.network import Network
from service.operations.projection import Standing, scope_of
from service.operations.scopes import people_in

COUNTED: Final = (
    "What members, as they are told of, told or said while they belonged, and the replies that others gave. Tellings "
    "and replies are counted by calendar quarters, of who was told of as a member at the quarter's end, and added up. "
    "Whether something was replied to within two weeks, and newcomers' first answers, are told of what replies to "
    "nothing itself; it is of the quarter in which the two weeks ended, or of the first after it in which, with those "
    "that waited too, nobody or five had a reply, and nobody or five had none. Newcomers, who has left since among "
    "them, are taken in when there are five more: for their answers by when they first told such a thing, within a "
    "year of joining, and for a year; for staying by when they joined, from six to eighteen months later. A window "
    "ends with the last calendar quarter that is over, and what is told later is not in it. What members told is told "
    "where nobody or at least five did in each quarter of the window; who did something where so many did, and did "
    "not, and so many more than in a shorter window."
)
_FEWEST_FOR_A_TENTH: Final = 10 * LEAST
NO_SHARE: Final = HealthShare(count=None, of=None, share=None, low=None, high=None)
_REPLY_SECONDS: Final = 14 * SECONDS_A_DAY
_NEWCOMER_DAYS: Final = 365.0
"""How long after joining somebody's first telling is a newcomer's."""

_ANSWER_MONTHS: Final = (0, 12)
_STAYING_MONTHS: Final = (6, 18)
_CONFIDENCE: Final = 0.95


class _Stages(TypedDict):
    """What an answer says of stages."""

    stages: list[StagePlace]
    stages_elsewhere: list[str]


async def community_health(network: Network, viewer: Viewer, asked: CommunityHealthQuestion) -> CommunityHealth:
    """How a community is doing; of one too small to be told of, its stages alone, with the reason.

    A community that the audience does not know of is `NotFound`.
    """
    scope = scope_of(viewer, asked.audience)
    tied = await at_month_end(network, scope, asked.as_of)
    name = f"community:{as_id(asked.community, 'community')}"
    named = await people_in(network, scope, name, tied.as_of, field="community")
    item = named.item or ItemReference(id=name, kind="Community")
    groups = await registered(network, tied)
    parameters = {"community": item.id, "audiences": list(scope.audiences)}
    (reached,) = await network.ask("health/stages", {**parameters, "at": tied.as_of})
    stages = _stages(reached["stages"], (await settled(network.ask)).dimensions)
    if groups.whole(month_of(tied.as_of), f"community:{item.id}") is None:
        return _untold(tied, item, stages, asked)
    life = await life_of(network, tied, groups, item.id, asked.window_months)
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


def _told(
    tied: Standing, item: ItemReference, stages: _Stages, life: Life, asked: CommunityHealthQuestion
) -> CommunityHealth:
    recent = life.within(life.windows[-1])
    voices = np.bincount(life.tellers[recent], minlength=life.people)[life.members].astype(np.float64)
    new_voices, speakers = _new_voices(life)
    tellings = sum_of(_tellings_in(life, quarter) for quarter in life.quarters)
    enough = speakers and tellings is not None
    members = len(life.members)
    waited, answered = _first_answers(life)
    answers = _share_of_people(int(answered.sum()), len(answered), members)
    last = life.own & life.stories
    found = CommunityHealth(
        community=item,
        **stages,
        new_voices=new_voices,
        newcomers_answered=answers,
        days_to_first_answer=None if answers.count is None else _median(waited, answered),
        newcomers_staying=_staying(life, tied),
        replied=_replied(life),
        voice_gini=figure(estimated_gini(voices, seed=asked.seed)) if enough else NO_FIGURE,
        voice_gini_of_speakers=figure(estimated_gini(voices[voices > 0], seed=asked.seed)) if enough else NO_FIGURE,
        voice_of_top_tenth=_top_tenth(voices, asked.seed) if enough else NO_FIGURE,
        reciprocity=_reciprocity(tied, life.members, asked.seed),
        days_since_last_story=_days_since(life.end, life.times[last], life.tellers[last]),
        reason=None,
        basis=_basis(tied, asked, members=members, tellings=tellings),
    )
    return replace(found, reason=_missing(found, told=bool(last.any()), since=min(life.joined().values())))


def _new_voices(life: Life) -> tuple[HealthShare, bool]:
    """Of who spoke, who never had before; and whether who spoke may be told of, if nobody."""
    first = life.first_told()
    windows = [(spoke, spoke & (first >= start)) for spoke, start in zip(life.spoken(), life.windows, strict=True)]
    told = told_of_windows(windows, life.whoever(life.members), life.divisions)
    return _share_of(*windows[-1], told), told[0]


def _tellings_in(life: Life, quarter: Quarter) -> int | None:
    """How many tellings of a quarter are members'; nothing where that may not be told."""
    acts, told = Acts((life.tellers,)), life.told_in(quarter)
    return int(told.sum()) if acts.may_join(told, []) else None


def _replied(life: Life) -> HealthShare:
    quarters = [*life.quarters, *life.earlier]
    acts = Acts((life.tellers,))
    told = shares_taken_in(acts, (_replied_in(life, quarter) for quarter in reversed(quarters)))[-len(life.quarters) :]
    of, count = (sum(numbers) for numbers in zip(*told, strict=True))
    return _share(count, of, told=True) if of else NO_SHARE


def _replied_in(life: Life, quarter: Quarter) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """The tellings that await a reply and whose days for it ended in the quarter, which had it, and all told in it.

    So each is of one quarter, whatever the window, and a reply that comes later moves no number.
    """
    due = quarter.holds(life.times, later=_REPLY_SECONDS) & quarter.members[life.tellers] & life.opening
    return due, due & (life.replies - life.times < _REPLY_SECONDS), life.told_in(quarter)


def _missing(found: CommunityHealth, *, told: bool, since: float) -> str | None:
    """Why figures are missing, in words, a sentence for each.

    `told` says whether any story was, `since` when somebody first belonged, in seconds since the epoch.
    """
    over = found.basis.window_until
    if since >= over.timestamp():
        return (
            f"Nobody belonged to it by {over:%Y-%m-%d}, where the window ends: what happened since is told when the "
            "calendar quarter that it happened in is over."
        )
    beyond = "" if found.basis.window_months == WINDOWS[0] else ", or so few in a part of it"
    shares = (
        (found.new_voices, "new voices", f"members told something in the window, or fewer than five did not{beyond}"),
        (found.newcomers_answered, "newcomers answered", "to tell of told their first in the last year, or nearly all"),
        (found.newcomers_staying, "newcomers staying", "to tell of joined six to eighteen months ago, or nearly all"),
        (
            found.replied,
            "replies",
            "people to tell of told what awaits a reply, or had one within two weeks, or had none",
        ),
    )
    gaps = [f"No {name}: fewer than five {which}." for share, name, which in shares if share.of is None]
    gaps += [
        f"No {name}: it would tell of fewer than five."
        for share, name, _ in shares
        if share.of is not None and share.count is None
    ]
    if found.newcomers_answered.count is not None and found.days_to_first_answer is None:
        gaps.append("No days to the first answer: it has not come to half of the newcomers.")
    few = f"or fewer than five spoke, or did not{beyond}"
    figures = (
        (found.voice_gini, f"inequality of voices: fewer than {FEWEST} members, {few}"),
        (
            found.voice_gini_of_speakers,
            f"inequality among speakers: fewer than {FEWEST}, or nearly all members, spoke{beyond}",
        ),
        (found.voice_of_top_tenth, f"voice of the top tenth: fewer than {_FEWEST_FOR_A_TENTH} members, {few}"),
        (
            found.reciprocity,
            f"reciprocity: fewer than {FEWEST} members, or fewer than five have ties that are returned, or are not",
        ),
    )
    gaps += [f"No {why}." for figure, why in figures if figure.value is None]
    if found.days_since_last_story is None:
        gaps.append("No last story: fewer than five told one." if told else "No last story: nobody told one.")
    return " ".join(gaps) or None


def _taken_in(times: NDArray[np.float64], month: datetime, ago: tuple[int, int]) -> NDArray[np.bool_]:
    """Who was taken in so many months ago, from one to the other: whole batches of five or more, in whatever month."""
    if not len(times):
        return np.zeros(0, dtype=np.bool_)
    latest, earliest = (arrived(times, months_from(float(times.min()), months_before(month, back))) for back in ago)
    return latest & ~earliest


def _first_answers(life: Life) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Of each newcomer who first told what replies to nothing: days until a first reply, and if it came."""
    firsts, waited, answered = [], [], []
    for person, joined in life.joined().items():
        own = (life.tellers == person) & life.opening
        first = life.times[own].min(initial=np.inf)
        if first - joined > _NEWCOMER_DAYS * SECONDS_A_DAY:
            continue
        replied = np.fmin.reduce(life.replies[own], initial=np.nan)
        firsts.append(first)
        answered.append(not np.isnan(replied))
        waited.append((np.fmin(replied, life.end) - first) / SECONDS_A_DAY)
    among = _taken_in(np.array(firsts, dtype=np.float64), life.month, _ANSWER_MONTHS)
    return np.array(waited, dtype=np.float64)[among], np.array(answered, dtype=np.bool_)[among]


def _median(waited: NDArray[np.float64], answered: NDArray[np.bool_]) -> float | None:
    outcomes = np.where(answered, int(Outcome.happened), int(Outcome.waiting)).astype(np.int8)
    return kaplan_meier(waiting(waited, outcomes)).median


def _staying(life: Life, tied: Standing) -> HealthShare:
    """Of those taken in six to eighteen months ago, who told something or attended to anybody while they belonged."""
    joined = life.joined()
    times = np.array(list(joined.values()), dtype=np.float64)
    among = np.array(list(joined), dtype=np.int64)[_taken_in(times, life.month, _STAYING_MONTHS)]
    seen = tied.projection
    acts = np.isin(seen.listeners, among) & (seen.times >= life.windows[-1])
    belonging = np.array([life.belonged(*act) for act in zip(seen.listeners[acts], seen.times[acts], strict=True)])
    people = np.concatenate([life.tellers, seen.listeners[acts][belonging.astype(np.bool_)]])
    times = np.concatenate([life.times, seen.times[acts][belonging.astype(np.bool_)]])
    cohort = life.whoever(among)
    active = [life.whoever(people[(times >= start) & (times < life.until)]) for start in life.windows]
    windows = [(cohort, cohort & some) for some in active]
    if _few(len(life.members) - len(among)):
        return NO_SHARE
    return _share_of(*windows[-1], told_of_windows(windows, cohort))


def _days_since(end: float, times: NDArray[np.float64], tellers: NDArray[np.int64]) -> int | None:
    """Whole days: a part of one would tell the moment of one person's act."""
    return int((end - times.max()) // SECONDS_A_DAY) if len(np.unique(tellers)) >= LEAST else None


def _few(people: int) -> bool:
    """Whether a number of so many people would tell of a few."""
    return 0 < people < LEAST


def _top_tenth(voices: NDArray[np.float64], seed: int) -> EstimatedFigure:
    return figure(estimated_top_share(voices, seed=seed)) if len(voices) >= _FEWEST_FOR_A_TENTH else NO_FIGURE


def _reciprocity(tied: Standing, members: NDArray[np.int64], seed: int) -> EstimatedFigure:
    tellers, listeners = tied.ties.tellers, tied.ties.listeners
    if not returns_told(tellers, listeners, np.isin(np.arange(tied.ties.people), members)):
        return NO_FIGURE
    labels = np.full(tied.ties.people, -1, dtype=np.int32)
    labels[members] = 0
    return figure(crossing(tellers, listeners, labels, groups=1, seed=seed).reciprocity)


def _share_of_people(count: int, of: int, members: int) -> HealthShare:
    """A share of people: nothing where they, or the members who are not among them, are a few."""
    if of < LEAST or _few(members - of):
        return NO_SHARE
    return _share(count, of, told=not _few(count) and not _few(of - count))


def _share_of(whole: NDArray[np.bool_], part: NDArray[np.bool_], told: tuple[bool, bool]) -> HealthShare:
    """The share that a part is of a whole, as far as the one and the other may be told."""
    may, parts = told
    return _share(int(part.sum()), int(whole.sum()), told=parts) if may and whole.any() else NO_SHARE


def _share(count: int, of: int, *, told: bool) -> HealthShare:
    if not told:
        return replace(NO_SHARE, of=of)
    low, high = wilson(np.array([count]), np.array([of]), _CONFIDENCE)
    return HealthShare(count=count, of=of, share=count / of, low=float(low[0]), high=float(high[0]))


def _untold(tied: Standing, item: ItemReference, stages: _Stages, asked: CommunityHealthQuestion) -> CommunityHealth:
    return CommunityHealth(
        community=item,
        **stages,
        new_voices=NO_SHARE,
        newcomers_answered=NO_SHARE,
        days_to_first_answer=None,
        newcomers_staying=NO_SHARE,
        replied=NO_SHARE,
        voice_gini=NO_FIGURE,
        voice_gini_of_speakers=NO_FIGURE,
        voice_of_top_tenth=NO_FIGURE,
        reciprocity=NO_FIGURE,
        days_since_last_story=None,
        reason="It has too few members, or too few more or fewer than another group, to be told of in numbers.",
        basis=_basis(tied, asked, members=None, tellings=None),
    )


def _basis(tied: Standing, asked: CommunityHealthQuestion, *, members: int | None, tellings: int | None) -> HealthBasis:
    until = quarter_of(month_of(tied.as_of))
    return HealthBasis(
        **tied.basis,
        window_months=asked.window_months,
        window_from=months_before(until, asked.window_months),
        window_until=until,
        members=members,
        tellings=tellings,
        seed=asked.seed,
        bootstraps=BOOTSTRAPS,
        rule=f"{COUNTED} {RULE}",
    )
