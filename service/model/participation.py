"""Taking part in a community: a trajectory from the edge to the centre, window after window."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.answers import ItemReference, PersonReference, TieBasis, answer
from service.model.asking import TieQuestion, asked
from service.model.boundaries import RankRange
from service.model.communities import CommunityRole, Participation
from service.model.crossing import STANDS_STILL
from service.model.ids import CommunityId, PersonId
from service.model.vocabulary import Vocabulary


class ParticipationWindow(Vocabulary):
    """How long a window is: whole parts of the calendar, in UTC."""

    month = "month", "A calendar month."
    quarter = "quarter", "Three calendar months, from January, April, July or October on."
    half_year = "half_year", "Six calendar months, from January or July on."


class CommunityPosition(Vocabulary):
    """Where somebody is in a community in a window. The rule is Retell's own."""

    absent = "absent", "No member at any time of the window."
    silent = (
        "silent",
        "Members attended to each other fewer than ten times: there is no edge and no centre to speak of.",
    )
    edge = "edge", "Below a third of the deepest coreness, or no member attended to them."
    between = "between", "Neither at the edge nor at the centre."
    centre = "centre", "At two thirds of the deepest coreness or above, and heard as often as members are on average."


class ParticipationTrajectory(Vocabulary):
    """Wenger's five trajectories (1998). He gives no numbers: the rule is Retell's own."""

    peripheral = "peripheral", "Stays at the edge, or comes no nearer."
    inbound = (
        "inbound",
        (
            "Is nearer the centre in the last two windows than before and did something there, without full "
            "participation yet. Listening will do, where members attend to them: nothing need have been told."
        ),
    )
    insider = "insider", "Came to full participation, two windows at the centre in a row, and is not back at the edge."
    boundary = "boundary", "Comes no nearer, and was tied to more people outside than inside in the last two windows."
    outbound = (
        "outbound",
        (
            "Left; or was further in once, is at the edge in the last two windows and, if never in full participation, "
            "speaks and attends at most half as much as before."
        ),
    )


Windowed = Annotated[ParticipationWindow, Field(description="How long a window is.")]


@asked
class ParticipationQuestion(TieQuestion):
    """Whose way into which community."""

    person: Annotated[PersonId, Field(description="Who: oneself, or who granted it: `grantsReceived`.")]
    community: Annotated[CommunityId, Field(description="In which community: its id.")]
    window: Windowed = ParticipationWindow.quarter


@asked
class CommunityParticipationQuestion(TieQuestion):
    """Into which community."""

    community: Annotated[CommunityId, Field(description="The community: its id. You have to belong to it.")]
    window: Windowed = ParticipationWindow.quarter


@answer
class ParticipationStep:
    """One window of somebody's way."""

    starts_at: Annotated[datetime, Field(description="When the window begins.")]
    ends_at: Annotated[datetime, Field(description="When it ends, and the next begins.")]
    complete: Annotated[
        bool,
        Field(
            description="False for a window not over, or whose last week nothing was seen of; it decides no trajectory."
        ),
    ]
    position: Annotated[CommunityPosition, Field(description="Where they were.")]
    trajectory: Annotated[
        ParticipationTrajectory | None, Field(description="The trajectory, as told from the windows up to this one.")
    ]
    members: Annotated[
        int, Field(description="How many people belonged at any time of the window: more than do at a moment of it.")
    ]
    coreness: Annotated[
        int, Field(description="The largest k of a k-core of members that they are in (Seidman, 1983).")
    ]
    deepest: Annotated[int, Field(description="The largest coreness of any member in the window.")]
    place: Annotated[
        RankRange | None,
        Field(
            description=(
                "Their place by coreness among the members of the window, and how far it hangs on which ties were "
                "seen; null where they were no member, or the position is silent."
            )
        ),
    ]
    depth: Annotated[float, Field(description="Their coreness as a share of the deepest; 0 where nobody is tied.")]
    centrality: Annotated[float, Field(description="With which share of the other members they were tied.")]
    heard: Annotated[
        int,
        Field(
            description=(
                "How often members attended to them or their work: took it up, answered, saw them at it, supported "
                "them. Who told nothing may be heard so."
            )
        ),
    ]
    heard_ratio: Annotated[
        float,
        Field(
            description=(
                "How often they were heard, against a member's equal share: 1 is what members are heard on average, "
                "the silent included, so where most are silent a single act may be many times that."
            )
        ),
    ]
    attended: Annotated[int, Field(description="How often they attended to other members or their work.")]
    told: Annotated[int, Field(description="How many stories and contributions they told.")]
    share_of_voice: Annotated[
        float | None, Field(description="Of all that members told in the window; null where they told nothing.")
    ]
    ties_inside: Annotated[int, Field(description="With how many members they were tied.")]
    ties_outside: Annotated[int, Field(description="With how many people who were no members.")]
    declared: Annotated[Participation | None, Field(description="How far in they said they were, at its end.")]
    role: Annotated[CommunityRole | None, Field(description="What they did for the community, at its end.")]


@answer
class NewcomersHelper:
    """Who, being a member then, took up what a newcomer told, answered or supported them on the way in."""

    person: Annotated[PersonReference, Field(description="Who.")]
    acts: Annotated[int, Field(description="How often: replies, feedback, support, carrying further.")]
    share: Annotated[float, Field(description="Of all such acts on the way in; over all helpers these add up to 1.")]
    first_at: Annotated[datetime, Field(description="When for the first time.")]
    items: Annotated[list[ItemReference], Field(description="The first of these acts, at most five.")]


@answer
class ParticipationBasis(TieBasis):
    """What a way into a community was told from."""

    window_length: Annotated[ParticipationWindow, Field(description="How long a window is.")]
    windows: Annotated[int, Field(description="How many windows were looked at.")]
    complete_until: Annotated[
        datetime | None, Field(description="The end of the last whole window: trajectories are as of then.")
    ]
    acts: Annotated[int, Field(description="How often members attended to each other in these windows.")]
    rule: Annotated[str, Field(description="How positions and trajectories are told apart.")]


@answer
class ParticipationCourse:
    """Somebody's way into a community."""

    person: Annotated[PersonReference, Field(description="Who.")]
    community: Annotated[ItemReference, Field(description="In which community.")]
    trajectory: Annotated[
        ParticipationTrajectory | None, Field(description="As of the last whole window; null where `reason` says why.")
    ]
    stuck: Annotated[
        bool,
        Field(description="At the edge in the last four windows in spite of speaking or attending in three of them."),
    ]
    drifting: Annotated[bool, Field(description="Still a member, and on the way out.")]
    joined_at: Annotated[datetime | None, Field(description="Since when they belong, the first time.")]
    first_contribution_at: Annotated[
        datetime | None,
        Field(description="When they first told something, or attended to another member, as a member."),
    ]
    first_answer_at: Annotated[
        datetime | None,
        Field(description="When one who then was a member first took up, answered or supported theirs."),
    ]
    days_to_first_answer: Annotated[
        float | None, Field(description="Days from the first contribution to that; null where there is either not.")
    ]
    full_participation_by: Annotated[
        datetime | None,
        Field(
            description="The end of the first of the two windows at the centre, of those looked at; null if not yet."
        ),
    ]
    days_to_full_participation: Annotated[
        float | None,
        Field(
            description=(
                "Days from the first contribution to that: right to within one window. Null where that contribution is "
                "before the first window: they may have come to it before anybody looked."
            )
        ),
    ]
    steps: Annotated[
        list[ParticipationStep],
        Field(description="The windows since they joined, in order; of those before anything was seen the last four."),
    ]
    helpers: Annotated[
        list[NewcomersHelper],
        Field(description="Who helped until full participation, or in the first four windows; the most first."),
    ]
    helping_acts: Annotated[int, Field(description="How many such acts there were in all.")]
    reason: Annotated[str | None, Field(description="Why there is no trajectory, in words; null where there is one.")]
    caution: Annotated[str, Field(description="How to read it.")]
    basis: Annotated[ParticipationBasis, Field(description="What this was told from.")]


@answer
class TrajectoryCount:
    """How many members are on a trajectory."""

    trajectory: Annotated[ParticipationTrajectory | None, Field(description="Which; null for those too new to tell.")]
    count: Annotated[int | None, Field(description="How many; null where the number would point at persons.")]
    reason: Annotated[str | None, Field(description="Why they are on none, in words; null where they are on one.")]


@answer
class CommunityParticipation:
    """How a community's members take part, in numbers of five or more."""

    community: Annotated[ItemReference, Field(description="The community.")]
    members: Annotated[int | None, Field(description=f"How many belong; null where they are too few. {STANDS_STILL}")]
    trajectories: Annotated[list[TrajectoryCount], Field(description="How many of them are on each trajectory.")]
    stuck: Annotated[
        int | None,
        Field(description="How many are stuck at the edge: for its facilitators and stewards, and null under five."),
    ]
    drifting: Annotated[
        int | None, Field(description="How many are on the way out (outbound, and still members): for the same.")
    ]
    newcomers: Annotated[
        int | None,
        Field(
            description=(
                "For how many the time to full participation was watched. Who began before the first window is not "
                "among them, nor who was taken in with them."
            )
        ),
    ]
    arrived: Annotated[
        int | None, Field(description="How many of those came to full participation: counted when there are five more.")
    ]
    median_days: Annotated[
        float | None,
        Field(
            description=(
                "In how many days from the first contribution half have come to full participation (Aalen and "
                "Johansen, 1978): who is not there yet is counted as waiting, who left before as one who never will. "
                "Null where fewer than half came, or fewer than five."
            )
        ),
    ]
    median_low: Annotated[float | None, Field(description="The lower end of its 95 % interval.")]
    median_high: Annotated[float | None, Field(description="The upper end; null where it is open.")]
    counted: Annotated[str, Field(description="Who is counted, and when those who come and go are.")]
    suppressed: Annotated[str | None, Field(description="What was left out, and why, in words; null if nothing was.")]
    reason: Annotated[
        str | None,
        Field(description="Why there is nothing to tell, or no median, in words; null where there is."),
    ]
    caution: Annotated[str, Field(description="How to read it.")]
    basis: Annotated[ParticipationBasis, Field(description="What this was told from.")]
