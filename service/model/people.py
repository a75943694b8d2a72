"""People, and the accounts under which other systems know them."""

from typing import Annotated

from pydantic import Field, StringConstraints

from service.model.items import Draft, Id, Link, Name, Word, noun


@noun
class PersonDraft(Draft):
    """Somebody who tells, listens, learns and passes on."""

    name: Annotated[Name, Field(description="How the person is called here.")]
    biography: Annotated[
        str | None,
        StringConstraints(max_length=5_000),
        Field(description="What the person says of themselves, in plain text."),
    ] = None


@noun
class AccountDraft(Draft):
    """A name under which another system knows a person; a source and an external id belong to one person only."""

    source: Annotated[Word, Field(description="The other system, as a short stable word.")]
    external_id: Annotated[
        str, StringConstraints(min_length=1, max_length=200), Field(description="The person's id over there.")
    ]
    person_id: Annotated[Id, Link("HAS", ("Person",), incoming=True), Field(description="Whose account it is.")]
