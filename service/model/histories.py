"""Histories: how detected communities came, grew, merged, split and went."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.answers import PersonReference, answer
from service.model.asking import Seed, TieQuestion, asked
from service.model.detection import OF_WHO_IS_TIED, DetectionBasis, FirstCommunities, FirstMembers, Resolution
from service.model.vocabulary import Vocabulary


class Period(Vocabulary):
    """Whole periods of the calendar, in UTC."""

    month = "month", "From the first of each month."
    quarter = "quarter", "From the first of January, April, July and October."
    year = "year", "From the first of January."


class Turn(Vocabulary):
    """What became of a community from one moment to the next."""

    born = "born", "It is there for the first time, and most of its people come from no one community."
    split_off = "split off", "It is there for the first time, and at least half of its people come from one community."
    grew = "grew", "It is the same, and has a tenth more people or beyond."
    stayed = "stayed", "It is the same, and about as large."
    shrank = "shrank", "It is the same, and has a tenth fewer people or beyond."
    merged = "merged", "It is not there any more, and at least half of its people are in one community."
    died = "died", "It is not there any more, and its people are in no one community."


@asked
class CommunityHistoryQuestion(TieQuestion):
    """Over which moments."""

    every: Annotated[Period, Field(description="At the end of each of which periods communities are looked for.")] = (
        Period.quarter
    )
    periods: Annotated[int, Field(ge=1, le=120, description="How many periods, back from asOf.")] = 12
    resolution: Resolution = None
    seed: Seed = 0
    first: FirstCommunities = 100
    first_members: FirstMembers = 20


@answer
class CommunityMoment:
    """What became of a community at one moment."""

    at: Annotated[datetime, Field(description="The moment: the end of a period.")]
    turn: Annotated[Turn, Field(description="What became of it since the moment before.")]
    size: Annotated[
        int, Field(description=f"How many people it has then; 0 where it is not there any more. {OF_WHO_IS_TIED}")
    ]
    overlap: Annotated[
        float | None,
        Field(description="Those in it now and before as a share of those in either (Jaccard, 1901); null where new."),
    ]
    other: Annotated[str | None, Field(description="The id of the community that it split from or merged into.")]


@answer
class CommunityLife:
    """One detected community over time."""

    id: Annotated[
        str,
        Field(description="The same for as long as it is there, for whatever stretch is asked for."),
    ]
    born_at: Annotated[datetime, Field(description="The end of the period by which it was there for the first time.")]
    name: Annotated[str, Field(description="By its people at its last moment: topics, or whom it is around.")]
    size: Annotated[int, Field(description=f"How many people it has, or had when it was last there. {OF_WHO_IS_TIED}")]
    lasting: Annotated[bool, Field(description="Whether it is there at the last moment.")]
    moments: Annotated[
        list[CommunityMoment], Field(description="What became of it at each of the moments, from its first on.")
    ]
    members: Annotated[
        list[PersonReference], Field(description="Who is in it, or was when it was last there, by name; cut as asked.")
    ]


@answer
class HistoryMoment:
    """One of the moments at which communities were looked for."""

    at: Annotated[datetime, Field(description="The end of a period: what happened up to then counts.")]
    communities: Annotated[int, Field(description="How many there were.")]
    people: Annotated[int, Field(description=f"How many people were in them. {OF_WHO_IS_TIED}")]
    resolution: Annotated[float, Field(description="At which resolution they were found.")]
    modularity: Annotated[float | None, Field(description="The share of ties inside beyond chance; null without ties.")]


@answer
class HistoryBasis(DetectionBasis):
    """What the history was computed from."""

    every: Annotated[Period, Field(description="The periods at whose ends communities were looked for.")]
    alike: Annotated[float, Field(description="From which overlap on one community continues another.")]


@answer
class CommunityHistory:
    """How the detected communities came, grew, merged, split and went."""

    moments: Annotated[list[HistoryMoment], Field(description="The moments, the oldest first.")]
    communities: Annotated[
        list[CommunityLife], Field(description="The communities, those still there first, then the largest.")
    ]
    count: Annotated[int, Field(description="How many there were in all.")]
    rule: Annotated[str, Field(description="How they were matched from one moment to the next.")]
    reason: Annotated[str | None, Field(description="Why there is none, in words; null where there are some.")]
    basis: Annotated[HistoryBasis, Field(description="What this was computed from.")]
