"""What a key may write: as itself, on anybody's behalf, or everything."""

from collections.abc import Collection
from datetime import datetime

from service.model.errors import Forbidden, Invalid
from service.model.kinds import Kind
from service.model.viewer import Scope, Viewer

_ONLY_FOR_OTHERS = {"Account": "Accounts say who is who in other systems"}
"""Kinds that a key which writes as one person may not write at all, and why."""

PLACES = {"Membership": "communityId", "Position": "organisationId"}
"""Kinds that let a person into an audience, by the field that says into which."""


def require(viewer: Viewer, scope: Scope) -> None:
    """Refuse a viewer without the scope."""
    if not viewer.may(scope):
        raise Forbidden(
            f"This key has not the scope `{scope.value}`", right=f"Use a key with the scope `{scope.value}`."
        )


def require_writer(viewer: Viewer) -> None:
    """Refuse a viewer that may write nothing at all."""
    if viewer.may_write_for_others:
        return
    require(viewer, Scope.contribute)
    if viewer.person_id is None:
        raise Forbidden(
            "This key writes as its own person, and has none", right="Use a key of a person, or one with `integrate`."
        )


def require_owner(viewer: Viewer, kind: Kind, id: str, owners: Collection[str]) -> None:
    """Refuse an item that a viewer would write in somebody else's name. `owners` are the ids in the owner field."""
    if viewer.may_write_for_others:
        return
    if kind.label in _ONLY_FOR_OTHERS:
        raise Forbidden(
            f"{_ONLY_FOR_OTHERS[kind.label]}: a key that writes as one person can't set them",
            right="Use a key with the scope `integrate`.",
        )
    if kind.label == "Person" and id != viewer.person_id:
        raise Forbidden(
            "This key writes as its own person and can't record another one", right="Use a key with `integrate`."
        )
    if kind.owner and owners and viewer.person_id not in owners:
        raise Invalid("This key writes only as its own person", right=f"Give {viewer.person_id}.", field=kind.owner)


def require_author(viewer: Viewer, author: str | None) -> None:
    """Refuse a change to an item that is not the viewer's own."""
    if not viewer.may_write_for_others and (author is None or author != viewer.person_id):
        raise Forbidden(
            "This key changes only what its own person wrote", right="Ask its author, or use a key with `integrate`."
        )


def require_place(
    viewer: Viewer, *, founder: str | None, same_place: bool, ended: datetime | None, ends: datetime | None
) -> None:
    """Refuse who would let himself into a community or an organisation, and so into what is told there in confidence.

    `founder` is the author of the place, `same_place` whether a recorded belonging stays where it is, `ended` and
    `ends` its end as recorded and as written: one may leave, or found; others are let in by who writes for others.
    """
    if viewer.may_write_for_others or (founder is not None and founder == viewer.person_id):
        return
    if same_place and (ended is None or (ends is not None and ends <= ended)):
        return
    raise Forbidden(
        "A key that writes as one person can't let that person in or back in",
        right="Ask who runs the place: a key with the scope `integrate` lets people in.",
    )
