"""Hidden contributions: credit that flows back from adopted knowledge to who made it possible, seen or unseen."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.answers import Basis, ItemReference, PersonReference, answer
from service.model.asking import NETWORK, PeopleScope, Seed, TieQuestion, asked
from service.model.items import Instant
from service.model.vocabulary import Vocabulary


class CreditPart(Vocabulary):
    """Which part somebody had in a piece of knowledge."""

    derived = "derived", "They made it, or knowledge that went into it."
    told = "told", "They told what an insight in it came out of, or hold that insight."
    surfaced = "surfaced", "They noticed such an insight in what somebody told."
    tested = "tested", "They tried it out, or what went into it, and said what came of it."
    feedback = "feedback", "They corrected or questioned an earlier version, before the next one was first made."


class PyramidSurface(Vocabulary):
    """Where a layer of the collaboration pyramid lies (Berg, 2014)."""

    above = "above", "Everybody sees it."
    below = "below", "Hardly anybody sees it."
    unknown = "unknown", "Our sources do not say."


@asked
class HiddenContributionsQuestion(TieQuestion):
    """Whose contributions, and which adoptions count."""

    scope: PeopleScope = NETWORK
    since: Annotated[Instant | None, Field(description="Adoptions from then on count; from the beginning, else.")] = (
        None
    )
    until: Annotated[Instant | None, Field(description="Adoptions before then count; all that there are, else.")] = None
    first: Annotated[int, Field(ge=1, le=500, description="How many people, the largest difference first.")] = 20
    explain: Annotated[
        bool, Field(description="Whether to name the knowledge that the credit comes from, with shares that add up.")
    ] = False
    seed: Seed = 1


@answer
class CreditShare:
    """What one part in a piece of knowledge counts, where every part was had by somebody."""

    part: Annotated[CreditPart, Field(description="The part.")]
    share: Annotated[float, Field(description="Its share; where a part was had by nobody, the others' grow alike.")]


@answer
class PyramidLayer:
    """A layer of the collaboration pyramid, and the parts that are put there."""

    name: Annotated[str, Field(description="What the layer is called.")]
    surface: Annotated[PyramidSurface, Field(description="Where it lies.")]
    parts: Annotated[list[str], Field(description="Which parts are put there.")]


@answer
class LayerCredit:
    """How much of somebody's credit belongs to one layer of the pyramid."""

    layer: Annotated[str, Field(description="The layer.")]
    surface: Annotated[PyramidSurface, Field(description="Where it lies.")]
    credit: Annotated[float, Field(description="The credit, in adopters.")]
    share: Annotated[float, Field(description="Its share of the person's credit; those of a person add up to 1.")]


@answer
class CreditItem:
    """The credit that comes to somebody from one piece of knowledge."""

    knowledge: Annotated[ItemReference, Field(description="The adopted knowledge.")]
    part: Annotated[CreditPart, Field(description="Which part the person had in it.")]
    layer: Annotated[str, Field(description="The layer of the pyramid that it is put to.")]
    through: Annotated[
        ItemReference, Field(description="In what they had it: an insight or knowledge of its lineage, or the thing.")
    ]
    distance: Annotated[int, Field(description="How often the work changed hands between that and the knowledge.")]
    worth: Annotated[float, Field(description="What the knowledge is worth: its independent adopters.")]
    credit: Annotated[float, Field(description="What of that is the person's.")]
    share: Annotated[float, Field(description="Its share of the person's credit; those of a person add up to 1.")]


@answer
class HiddenContribution:
    """One person's credit, beside what their name is on."""

    rank: Annotated[int, Field(description="The place by difference, from 1.")]
    person: Annotated[PersonReference, Field(description="The person.")]
    credit: Annotated[float, Field(description="The credit that flows back to them, in adopters.")]
    visible: Annotated[
        float, Field(description="What they would have, were all credit shared among those whose name is on it.")
    ]
    hidden: Annotated[float, Field(description="The difference: credit that nobody sees.")]
    hidden_low: Annotated[float, Field(description="The lower end of its 90 % interval, had other people adopted.")]
    hidden_high: Annotated[float, Field(description="The upper end of its 90 % interval.")]
    knowledge: Annotated[int, Field(description="In how many adopted pieces of knowledge they had a part.")]
    layers: Annotated[list[LayerCredit], Field(description="Their credit by layer of the pyramid, the most first.")]
    items: Annotated[
        list[CreditItem], Field(description="With `explain`: where the credit comes from, the most first.")
    ]


@answer
class CreditBasis(Basis):
    """What the credit was computed from."""

    since: Annotated[datetime | None, Field(description="From when adoptions counted; null for the beginning.")]
    until: Annotated[datetime | None, Field(description="Before when; null for no end.")]
    people: Annotated[int, Field(description="How many people the scope has.")]
    knowledge: Annotated[int, Field(description="How many pieces of knowledge were adopted, with a known maker.")]
    unattributed: Annotated[int, Field(description="How many were adopted whose maker this audience does not know.")]
    adoptions: Annotated[int, Field(description="How many people adopted what: each pair of person and piece once.")]
    own: Annotated[int, Field(description="How many of these were by somebody with a part in it: they count nothing.")]
    exchanged: Annotated[
        int, Field(description="How many were made up for, wholly or in part, by adoptions in the other direction.")
    ]
    worth: Annotated[
        float, Field(description="What all of it is worth: the adopters that are left. All credit is that.")
    ]
    shares: Annotated[list[CreditShare], Field(description="What each part counts: an assumption.")]
    damping: Annotated[
        float, Field(description="What a part counts for each time the work changed hands: an assumption.")
    ]
    draws: Annotated[int, Field(description="How many draws of other adopters the intervals rest on.")]
    interval: Annotated[float, Field(description="Which share of the draws lies within an interval.")]
    seed: Annotated[int, Field(description="The seed of the draws.")]
    rule: Annotated[str, Field(description="What counts as what, in words.")]


@answer
class HiddenContributions:
    """Whose work made adopted knowledge possible without being seen."""

    scope: Annotated[str, Field(description="Whose: `the network`, or the name of the scope.")]
    scope_item: Annotated[
        ItemReference | None, Field(description="The organisation, community or topic; null for the network.")
    ]
    people: Annotated[
        list[HiddenContribution], Field(description="Those with more credit than is visible, the most first.")
    ]
    pyramid: Annotated[list[PyramidLayer], Field(description="The layers that the parts are put to.")]
    reason: Annotated[str | None, Field(description="Why there is nobody, in words; null where there is somebody.")]
    basis: Annotated[CreditBasis, Field(description="What this was computed from.")]
