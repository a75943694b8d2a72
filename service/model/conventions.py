"""Conventions: the words that a network has settled on for itself, for every question that needs them.

They come as the literature has them, and whoever administers says otherwise, once for everybody.
"""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from service.model.answers import Basis, answer
from service.model.asking import asked
from service.model.credit import PyramidLayer, PyramidSurface
from service.model.items import Word

MOST_DIMENSIONS = 5
MOST_STAGES = 20
MOST_LAYERS = 20


@asked
class ConventionsQuestion:
    """Nothing: there are only these."""


@answer
class StageDimension:
    """One of the dimensions along which a community grows (Stodd, 2015): two as shipped, and no one ladder."""

    name: Annotated[str, Field(description="What the dimension is called.")]
    stages: Annotated[list[str], Field(description="The stages that lie on it, from the first to the last.")]


@answer
class Conventions:
    """What this network calls the stages of a community, and the layers of the collaboration pyramid."""

    dimensions: Annotated[list[StageDimension], Field(description="The stages of a community, by dimension.")]
    pyramid: Annotated[list[PyramidLayer], Field(description="The layers of the collaboration pyramid (Berg, 2014).")]
    version: Annotated[int, Field(description="Grows by one with every change; 0 as they are shipped.")]
    changed_at: Annotated[datetime | None, Field(description="When they were last changed; null as shipped.")]
    basis: Annotated[Basis, Field(description="What this was read from.")]


@asked
class StageDimensionDraft:
    """A dimension as it is to be."""

    name: Annotated[Word, Field(description="What it is called, unlike any other.")]
    stages: Annotated[
        list[Word],
        Field(
            min_length=1,
            max_length=MOST_STAGES,
            description="Its stages from the first to the last, each once; one may lie on other dimensions too.",
        ),
    ]


@asked
class PyramidLayerDraft:
    """A layer as it is to be."""

    name: Annotated[Word, Field(description="What it is called, unlike any other.")]
    surface: Annotated[PyramidSurface, Field(description="Where it lies.")] = PyramidSurface.unknown
    parts: Annotated[
        list[Word],
        Field(
            default_factory=list,
            max_length=MOST_LAYERS,
            description=(
                "Which parts in a piece of knowledge are put there: `derived alone`, `derived together`, `derived "
                "before`, `told`, `surfaced`, `tested`, `feedback`, each in one layer; and `outside` for any part of "
                "somebody from elsewhere, where that has a layer of its own."
            ),
        ),
    ]


@asked
class ConventionsDraft:
    """What is to be changed; what is left out stays, and null brings back what was shipped."""

    dimensions: Annotated[
        list[StageDimensionDraft] | None,
        Field(min_length=1, max_length=MOST_DIMENSIONS, description="The stages of a community, all of them anew."),
    ] = None
    pyramid: Annotated[
        list[PyramidLayerDraft] | None,
        Field(min_length=1, max_length=MOST_LAYERS, description="The layers of the pyramid, all of them anew."),
    ] = None
