"""Amplification: the acts by which something told or learnt is carried further."""

from typing import Annotated

from pydantic import Field

from service.model.items import Draft, Id, Link, Word, noun
from service.model.vocabulary import Vocabulary

CARRIED = ("Story", "Contribution", "TacitInsight", "ExplicitKnowledge")


class AmplificationKind(Vocabulary):
    """How something was carried further."""

    share = "share", "Passed on as it was."
    retell = "retell", "Told again in one's own words."
    endorse = "endorse", "Recommended to others."
    cite = "cite", "Named as a source."
    adapt = "adapt", "Changed to fit another place."
    adopt = "adopt", "Taken up in one's own work."


@noun
class AmplificationDraft(Draft):
    """One person carrying one thing further, once."""

    kind: Annotated[AmplificationKind, Field(description="How it was carried further.")]
    channel: Annotated[Word | None, Field(description="By which way: ward round, chat, newsletter.")] = None
    inferred_parent: Annotated[bool, Field(description="Whether `afterId` was worked out rather than reported.")] = (
        False
    )
    by_id: Annotated[Id, Link("BY", ("Person",), stored="by"), Field(description="Who carried it.")]
    of_id: Annotated[Id, Link("OF", CARRIED, stored="of"), Field(description="What was carried.")]
    after_id: Annotated[
        Id | None,
        Link("AFTER", ("Amplification",)),
        Field(description="The earlier amplification through which it was met, where known."),
    ] = None
