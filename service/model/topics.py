"""Topics: what stories, insights and knowledge are about."""

from typing import Annotated

from pydantic import Field

from service.model.items import Draft, Id, Link, Name, noun

About = Annotated[
    list[Id],
    Link("ABOUT", ("Topic",)),
    Field(default_factory=list, max_length=50, description="The topics that it is about."),
]


@noun
class TopicDraft(Draft):
    """A subject that people speak about; it may be narrower than others."""

    name: Annotated[Name, Field(description="The topic's name.")]
    narrower_than_ids: Annotated[
        list[Id],
        Link("NARROWER_THAN", ("Topic",)),
        Field(
            default_factory=list,
            max_length=20,
            description="The wider topics that it belongs under; never in a circle.",
        ),
    ]
