"""Grants: who is told of a person what is that person's to tell, and what others have opened to somebody."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from service.model.answers import Basis
from service.model.grants import GrantsReceived, GrantsReceivedQuestion, PersonalMeasure, ReceivedGrant
from service.model.ids import as_id
from service.model.viewer import Viewer
from service.operations.network import Network
from service.operations.references import person_of, references

ABOUT_A_PERSON: Final = {"participation": PersonalMeasure.participation}
"""The questions that are about a person as a person, whom their `person` names."""

_MOST: Final = 1_000
"""The grants of one person to another that are looked at: there are as many as there are measures, or few more."""


async def may_be_told(network: Network, viewer: Viewer, person: str, measure: PersonalMeasure) -> bool:
    """Whether a measure about somebody as a person is open to the viewer: it is theirs, or granted to them now.

    What counts is this moment, for whichever moment is asked about: a grant that was withdrawn opens nothing. Nothing
    else opens it, no scope of a key either.
    """
    if viewer.person_id is None:
        return False
    return viewer.person_id == person or any(
        one["opens"] == measure.value for one in await _running(network, viewer.person_id, by=person, first=_MOST)
    )


async def may_be_told_again(network: Network, viewer: Viewer, question: str, parameters: Mapping[str, object]) -> bool:
    """Whether what a question was answered some time ago may still be told, as far as grants are concerned."""
    measure = ABOUT_A_PERSON.get(question)
    person = parameters.get("person")
    return measure is None or await may_be_told(network, viewer, as_id(str(person), "person"), measure)


async def grants_received(network: Network, viewer: Viewer, asked: GrantsReceivedQuestion) -> GrantsReceived:
    """What others have opened to the viewer's person; nobody else is told of it, but who opened it.

    Of somebody whom the viewer may not see nothing is told.
    """
    found = [] if viewer.person_id is None else await _running(network, viewer.person_id, by=None, first=asked.first)
    named = await references(network, viewer.audiences, {one["person"] for one in found})
    grants = [
        ReceivedGrant(
            person=person_of(named[one["person"]]),
            opens=PersonalMeasure(one["opens"]),
            since=datetime.fromisoformat(one["since"]),
            until=datetime.fromisoformat(one["until"]) if one["until"] else None,
        )
        for one in found
        if one["person"] in named
    ]
    return GrantsReceived(
        grants=grants,
        reason=None if grants else _nothing(viewer),
        basis=Basis(as_of=datetime.now(UTC), audience="viewer"),
    )


async def _running(network: Network, to: str, *, by: str | None, first: int) -> list[dict[str, Any]]:
    return await network.ask("grants/running", {"to": to, "by": by, "now": datetime.now(UTC), "first": first})


def _nothing(viewer: Viewer) -> str:
    if viewer.person_id is None:
        return "This key is nobody's: what people open, they open to a person."
    return "Nobody has opened anything to you that is still open."
