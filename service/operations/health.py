"""A community's health at a glance, at the end of the last whole month; over windows, of the last quarter."""

import asyncio
from dataclasses import asdict, replace
from datetime import datetime
from math import ceil
from typing import Final, NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from service.measures.bootstrap import BOOTSTRAPS, FEWEST, Estimate
from service.measures.crossing import crossing
from service.measures.disclosure import LEAST
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
from service.operations.acts_told import ActsTold, acts_told, quarters_before
from service.operations.community_life import Life, life_of
from service.operations.community_tellings import Tellings, tellings_of
from service.operations.conventions import settled
from service.operations.crossing import NO_FIGURE, figure
from service.operations.disclosure import (
    RULE,
    Registered,
    at_month_end,
    month_of,
    months_before,
    quarter_of,
    registered,
)
from service.operations.network import Network
from service.operations.newcomers import FirstAnswers, first_answers
from service.operations.people_told import NOBODY, PeopleTold, Told, people_told
from service.operations.projection import Standing, scope_of
from service.operations.scopes import people_in
from service.operations.ties_told import TiesTold, ties_told

COUNTED: Final = (
    "What members, as they are told of, told or said while they belonged, and the replies that others gave. Tellings "
    "and replies are counted by calendar quarters, of who was told of as a member at the quarter's end, and added up. "
    "Whether something was replied to within two weeks, and newcomers' first answers, are told of what replies to "
    "nothing itself; replies are of the quarters one before those of the window, or of a later one in which, with "
    "those that waited too, nobody or five had a reply, and nobody or five had none. Newcomers, who has left since "
    "among them, are taken in when there are five more: for their answers by when they first told such a thing, "
    "within a year of joining, and for a year; for staying by when they joined, from six to eighteen months later. A "
    "window ends with the last calendar quarter that is over, as does what is told of newcomers, and what comes later "
    "is not in it; what is returned and the last story are of the month's end. What members told is told where nobody "
    "or at least five did in each quarter of the window; who did something where so many did, and did not; and all of "
    "it where so many lie between it and what shorter windows, or other communities, tell of the same."
)
_FEWEST_FOR_A_TENTH: Final = 10 * LEAST
NO_SHARE: Final = HealthShare(count=None, of=None, share=None, low=None, high=None)
_CONFIDENCE: Final = 0.95


class _Stages(TypedDict):
    """What an answer says of stages."""

    stages: list[StagePlace]
    stages_elsewhere: list[str]


class _Known(NamedTuple):
    """What is known of a community, and what may be told of how many did something, of what all did and of ties."""

    life: Life
    members: NDArray[np.int32]
    """Those at the month's end."""
    people: PeopleTold
    acts: ActsTold
    ties: TiesTold
    last: float | None
    """When the last story was told, where that may be told; infinite where none was."""


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
    tellings, until = await tellings_of(network, tied), quarter_of(month_of(tied.as_of))
    known = _Known(
        life=await asyncio.to_thread(life_of, tellings, groups, until, item.id, asked.window_months),
        members=groups.members(month_of(tied.as_of), f"community:{item.id}"),
        people=(await people_told(network, tied, groups)).get(f"community:{item.id}", NOBODY),
        acts=await acts_told(network, tied, groups),
        ties=await ties_told(network, tied, groups),
        last=_last_story(tellings, groups, month_of(tied.as_of), item.id),
    )
    return await asyncio.to_thread(_told, tied, item, stages, known, asked)


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
    tied: Standing, item: ItemReference, stages: _Stages, known: _Known, asked: CommunityHealthQuestion
) -> CommunityHealth:
    life, people = known.life, known.people
    recent = life.within(life.windows[-1])
    voices = np.bincount(life.tellers[recent], minlength=life.people)[life.members].astype(np.float64)
    new_voices = _share_of(people.new_voices[asked.window_months])
    quarters = quarters_before(life.until, asked.window_months)
    tellings = known.acts.tellings_in(life.scope, quarters)
    enough = new_voices.of is not None and tellings is not None
    answers = _share_of(people.answered)
    found = CommunityHealth(
        community=item,
        **stages,
        new_voices=new_voices,
        newcomers_answered=answers,
        days_to_first_answer=None if answers.count is None else _median(first_answers(life)),
        newcomers_staying=_share_of(people.staying[asked.window_months]),
        replied=_replied(*known.acts.replied_in(life.scope, quarters)),
        voice_gini=_voice(estimated_gini(voices, seed=asked.seed)) if enough else NO_FIGURE,
        voice_gini_of_speakers=_voice(estimated_gini(voices[voices > 0], seed=asked.seed)) if enough else NO_FIGURE,
        voice_of_top_tenth=_top_tenth(voices, asked.seed) if enough else NO_FIGURE,
        reciprocity=_reciprocity(tied, known.members, asked.seed) if known.ties.returns[life.scope] else NO_FIGURE,
        days_since_last_story=_days_since(known.last, tied.as_of),
        reason=None,
        basis=_basis(tied, asked, members=len(life.members) or None, tellings=tellings),
    )
    return replace(
        found, reason=_missing(found, told=known.last != np.inf, since=min(life.joined().values(), default=np.inf))
    )


def _replied(of: int, count: int) -> HealthShare:
    return _share(count, of, told=True) if of else NO_SHARE


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


def _median(answers: FirstAnswers) -> int | None:
    """In whole days: a part of one would tell the moment of one person's act."""
    outcomes = np.where(answers.answered, int(Outcome.happened), int(Outcome.waiting)).astype(np.int8)
    median = kaplan_meier(waiting(answers.waited, outcomes)).median
    return None if median is None else ceil(median)


def _last_story(tellings: Tellings, groups: Registered, month: datetime, community: str) -> float | None:
    """When a member told the last one up to a month's end; None where they are too few, infinite where nobody did."""
    told = tellings.while_belonging(groups.communities.spans(community))
    told = told[tellings.stories[told] & (tellings.times[told] < month.timestamp())]
    told = told[np.isin(tellings.tellers[told], groups.members(month, f"community:{community}"))]
    if not len(told):
        return np.inf
    return float(tellings.times[told].max()) if len(np.unique(tellings.tellers[told])) >= LEAST else None


def _days_since(last: float | None, end: datetime) -> int | None:
    """Whole days, as above."""
    return None if last is None or last == np.inf else int((end.timestamp() - last) // SECONDS_A_DAY)


def _voice(estimate: Estimate) -> EstimatedFigure:
    """In hundredths: times how many tellings there were, more would tell how many one person's are."""
    found = figure(estimate)
    return EstimatedFigure(**{name: None if one is None else round(one, 2) for name, one in asdict(found).items()})


def _top_tenth(voices: NDArray[np.float64], seed: int) -> EstimatedFigure:
    return _voice(estimated_top_share(voices, seed=seed)) if len(voices) >= _FEWEST_FOR_A_TENTH else NO_FIGURE


def _reciprocity(tied: Standing, members: NDArray[np.int32], seed: int) -> EstimatedFigure:
    labels = np.full(tied.ties.people, -1, dtype=np.int32)
    labels[members] = 0
    return figure(crossing(tied.ties.tellers, tied.ties.listeners, labels, groups=1, seed=seed).reciprocity)


def _share_of(told: Told) -> HealthShare:
    """A share of people, as far as it is told."""
    if told.of is None:
        return NO_SHARE
    return _share(told.count or 0, told.of, told=told.count is not None)


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
