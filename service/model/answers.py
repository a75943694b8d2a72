"""What every computed answer shares: what it was computed from, and how it names the people and items in it.

An answer is one keyword-only dataclass: REST's response as it stands, and the declaration of the GraphQL type.
"""

from dataclasses import field, fields, is_dataclass, make_dataclass
from datetime import datetime
from math import floor, log10
from typing import Annotated, Final, TypeVar, cast, dataclass_transform, get_type_hints

from pydantic import Field
from pydantic.dataclasses import dataclass as pydantic_dataclass

from service.model.items import CAMEL
from service.model.vocabulary import Vocabulary

T = TypeVar("T")


@dataclass_transform(kw_only_default=True)
def answer(cls: type[T]) -> type[T]:
    """Declare a part of an answer: a keyword-only dataclass that speaks camelCase outside.

    A figure that is no number, or an infinite one, is refused as the part is made: as JSON it would be a null. A part
    of words alone, of which an answer has hundreds, is taken as it comes.
    """
    made = _declared(cls)
    of_words = all(hint in {str, str | None} for hint in get_type_hints(made).values())
    return _taken_as_it_comes(made) if of_words else made


@dataclass_transform(kw_only_default=True)
def answer_by_the_dozen(cls: type[T]) -> type[T]:
    """Declare a part of which an answer has dozens, where checking each would take several times as long as making it.

    Its figures are those of a part that holds it, or make that part's, so that they are checked there.
    """
    return _taken_as_it_comes(_declared(cls))


def _declared(cls: type[T]) -> type[T]:
    return cast("type[T]", pydantic_dataclass(cls, kw_only=True, config={**CAMEL, "allow_inf_nan": False}))


def _taken_as_it_comes(made: type[T]) -> type[T]:
    plain = [(one.name, object, field(default=one.default)) for one in fields(made)]  # type: ignore[arg-type]
    made.__init__ = make_dataclass(made.__name__, plain, kw_only=True).__init__  # type: ignore[misc, method-assign]
    return made


class EvidenceKind(Vocabulary):
    """What shows that one person listens to another."""

    amplification = "amplification", "The listener carried further what the teller told, or had carried before."
    reply = "reply", "The listener answered the teller in a conversation."
    feedback = "feedback", "The listener gave feedback to the teller, or on the teller's work."
    observation = "observation", "The listener saw the teller at work, or heard from them."
    support = "support", "The listener supported the teller: who helps has attended to whom they help."


Probability = Annotated[float, Field(ge=0, le=1, description="The chance, from 0 to 1.")]
OneIn = Annotated[
    float, Field(ge=1, description="The same chance in words: 40 stands for 1 in 40; rounded to two figures.")
]


@answer
class PersonReference:
    """A person in an answer."""

    id: Annotated[str, Field(description="The person's id.")]
    name: Annotated[str, Field(description="How the person is called.")]


@answer
class ItemReference:
    """An item in an answer."""

    id: Annotated[str, Field(description="The item's id.")]
    kind: Annotated[str, Field(description="What it is: Story, Contribution, ExplicitKnowledge ...")]
    title: Annotated[str | None, Field(description="Its title or name, or the first of its words.")] = None


@answer
class EvidenceWeight:
    """How much one kind of evidence counts."""

    kind: Annotated[EvidenceKind, Field(description="The kind of evidence.")]
    weight: Annotated[float, Field(description="What a fresh piece of it counts.")]


@answer
class Basis:
    """What an answer was computed from."""

    as_of: Annotated[datetime, Field(description="The moment for which it holds: nothing later was looked at.")]
    audience: Annotated[
        str,
        Field(
            description=(
                "For whom it was computed: `everyone`; `community:ID` for that and one community; "
                "`viewer` for all that the asking viewer may see."
            )
        ),
    ]


class SimplerWay(Vocabulary):
    """Simpler ways to a chance, which a learnt one has to beat."""

    base_rate = "base_rate", "One chance for all: the share that was taken up before."
    recency = "recency", "From how long ago the listener last listened to the teller, and nothing else."
    activity = "activity", "From how much and how lately the listener did anything, and nothing else."


@answer
class SimplerLoss:
    """How a simpler way fared on the same opportunities, in a figure."""

    way: Annotated[SimplerWay, Field(description="Which way.")]
    log_loss: Annotated[float, Field(description="The log loss of its chances, in nats.")]


LEFT_OUT: Final = (
    "what would tell of fewer than five people, inside or outside the scope, is left out, and as much more as keeps it "
    "from being worked out from the whole"
)


@answer
class CalibrationBin:
    """Some opportunities with like chances."""

    opportunities: Annotated[int, Field(description="How many.")]
    lowest: Probability
    highest: Probability
    predicted: Annotated[float, Field(description="Their mean chance.")]
    observed: Annotated[float, Field(description="The share of them that was taken up.")]


@answer
class PassedOn:
    """How often what is only passed on is seen to be taken up, against what is told first-hand.

    It is less because many keep what they took up, and because what was passed on is often recorded as had from who
    told it. Fewer than five people who took anything up count as nobody.
    """

    factor: Annotated[
        float,
        Field(
            gt=0,
            le=1,
            description=(
                "By how much every chance is multiplied from the second step on; 1 where there is too little to learn "
                "it from, or later quarters were foretold no better by it."
            ),
        ),
    ]
    opportunities: Annotated[
        int,
        Field(
            description=(
                "How many times somebody who had listened to a person before could have had something from them that "
                "they had taken up. Stories alone are counted, if there are enough."
            )
        ),
    ]
    share: Annotated[
        float, Field(ge=0, le=1, description="The share of all such times that was looked at, where there are many.")
    ]
    taken_up: Annotated[int, Field(description="How many times they had it from that one first, within the horizon.")]
    expected: Annotated[
        float,
        Field(
            description=(
                "How many times they would have, by their chances, told first-hand. Who had it from somebody else "
                "first counts for as much as is usually taken up so soon."
            )
        ),
    ]
    scored: Annotated[int, Field(description="On how many later ones it was scored, by quarters.")]
    log_loss: Annotated[float | None, Field(description="The log loss on those, in nats; null for none.")]
    first_hand_log_loss: Annotated[
        float | None, Field(description="The log loss if all were taken to be told first-hand; null for none.")
    ]
    predicted: Annotated[float | None, Field(description="The chance foretold of those, in the mean; null for none.")]
    observed: Annotated[float | None, Field(description="The share of those that was taken up; null for none.")]
    unseen: Annotated[
        float | None,
        Field(
            ge=0,
            le=1,
            description=(
                "Of those who took up something told in the year before, the share to whom no way of ties led from its "
                "teller when it was told: no chance foretells them. Null where it would tell of fewer than five people."
            ),
        ),
    ]


@answer
class CalibrationSummary:
    """How the chances in an answer came about, and how far such chances held when it was known what happened."""

    learnt: Annotated[
        bool, Field(description="Whether they were learnt from this network's past; else a stated prior.")
    ]
    horizon_days: Annotated[int, Field(description="Within how many days something told has to be taken up.")]
    trained_until: Annotated[
        datetime | None, Field(description="What was known by then was learnt from: the start of a quarter.")
    ]
    opportunities: Annotated[
        int, Field(description="How many tellings to somebody who had listened before were learnt from.")
    ]
    base_rate: Annotated[float | None, Field(description="The share of these that was taken up; null for none.")]
    half_life_days: Annotated[
        float | None, Field(description="After how many days an act counts half in a learnt chance; learnt as well.")
    ]
    scored: Annotated[int, Field(description="How many later opportunities the chances were scored on, by quarters.")]
    log_loss: Annotated[float | None, Field(description="The log loss on those, in nats: the less the better.")]
    brier: Annotated[
        float | None,
        Field(description="The mean squared difference between chance and what happened: the less the better."),
    ]
    best_simpler: Annotated[SimplerWay | None, Field(description="The simpler way that came closest.")]
    best_simpler_log_loss: Annotated[float | None, Field(description="The log loss of that one.")]
    simpler: Annotated[
        list[SimplerLoss],
        Field(description="The log loss of each simpler way on the same; empty where nothing was scored."),
    ]
    auc: Annotated[
        float | None, Field(description="How often what was taken up had the higher chance of two; .5 is guessing.")
    ]
    calibration_error: Annotated[
        float | None, Field(description="By how much chances and what happened differ, in the mean of ten bins.")
    ]
    curve: Annotated[
        list[CalibrationBin],
        Field(
            description=(
                "Those bins: what was foretold beside what happened, by chance; empty where nothing was scored. What "
                "would tell of fewer than five people is left out."
            )
        ),
    ]
    passed_on: Annotated[
        PassedOn | None,
        Field(
            description="The same of what is passed on; null where the chances are not learnt: it counts alike then."
        ),
    ]
    warning: Annotated[
        str | None,
        Field(description="Why the chances deserve less trust; null where they were better than simpler ones."),
    ]


@answer
class TieBasis(Basis):
    """What an answer was computed from that rests on who listens to whom."""

    window: Annotated[str, Field(description="Which evidence was looked at.")]
    people: Annotated[
        int, Field(description="How many people had told or listened by then, as far as the audience may know.")
    ]
    ties: Annotated[int, Field(description="How many ties there are between them: who listens to whom.")]
    evidence: Annotated[int, Field(description="How many acts those ties rest on.")]
    undated_evidence: Annotated[int, Field(description="How many of those acts have no time, and so do not decay.")]
    half_life_days: Annotated[
        float,
        Field(
            description=(
                "After how many days a piece of evidence counts half in the weight of a tie, and so in a prior; a "
                "learnt chance has a half-life of its own (`calibration`)."
            )
        ),
    ]
    weights: Annotated[
        list[EvidenceWeight],
        Field(
            description=(
                "What each kind of evidence counts, when fresh, in the weight of a tie, and so in a prior; in a learnt "
                "chance each act counts alike, of whatever kind."
            )
        ),
    ]
    calibration: Annotated[
        CalibrationSummary | None,
        Field(description="How the chances of the ties came about, and how far such chances held."),
    ] = None


@answer
class ChanceBasis(TieBasis):
    """What an answer was computed from that rests on the chances of ties."""

    base_rate: Annotated[
        float,
        Field(
            description="The share that was taken up of what was learnt from; in a prior, the chance of one fresh act."
        ),
    ]
    learnt: Annotated[
        bool,
        Field(description="Whether the probabilities were learnt from this network's own past; else a stated prior."),
    ]
    prior: Annotated[str, Field(description="How the probability of a tie follows from its evidence.")]


def referred_to(found: object) -> set[str]:
    """The ids of all the people and items that an answer names."""
    if isinstance(found, PersonReference | ItemReference):
        return {found.id}
    inside = found if isinstance(found, list) else vars(found).values() if is_dataclass(found) else ()
    return {id for one in inside for id in referred_to(one)}


def one_in(probability: float) -> float:
    """How a chance reads as `1 in N`: N to two figures, 1 for a certainty; the chance has to be above 0."""
    inverse = 1 / probability
    return max(1.0, round(inverse, 1 - floor(log10(inverse))))
