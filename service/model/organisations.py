"""Organisations, and the positions that people hold in them."""

from typing import Annotated

from pydantic import Field, StringConstraints

from service.model.items import AS_IT_BEGINS, Draft, Id, Instant, Link, Name, Word, noun


@noun
class OrganisationDraft(Draft):
    """An organisation whose people learn from each other: a hospital, a council, a charity."""

    name: Annotated[Name, Field(description="The organisation's name.")]
    description: Annotated[
        str | None, StringConstraints(max_length=5_000), Field(description="What it does, in plain text.")
    ] = None


@noun
class PositionDraft(Draft):
    """What a person is in an organisation, and for how long."""

    profession: Annotated[Word, Field(description="The profession or part held: nurse, carer, finance officer.")]
    standing: Annotated[Word, Field(description="On which side of the table: clinical, corporate, patient, carer.")]
    from_: Annotated[Instant, Field(alias="from", description="Since when.")]
    until: Annotated[Instant | None, Field(description=f"Up to when; open where it still holds. {AS_IT_BEGINS}")] = None
    person_id: Annotated[Id, Link("HAS", ("Person",), incoming=True), Field(description="Who holds it.")]
    organisation_id: Annotated[Id, Link("IN", ("Organisation",)), Field(description="Where.")]
