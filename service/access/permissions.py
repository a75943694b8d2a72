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
    viewer: Viewer,
    *,
    founded: bool,
    same_place: bool,
    ended: datetime | None,
    ends: datetime | None,
    invited: bool = False,
    new_role: str | None = None,
) -> None:
    """Refuse who would let himself into a community or an organisation, and so into what is told there in confidence.

    `founded` says whether the viewer founded the place, `same_place` whether a recorded belonging stays where it is,
    `ended` and `ends` its end as recorded and as written, `invited` whether an accepted invitation is to be used: one
    may leave, found or be invited; others are let in by who writes for others. `new_role` is a role that is not held so
    far: it lets one invite, so nobody takes one but a founder.
    """
    if viewer.may_write_for_others or founded:
        return
    if new_role not in {None, "member"}:
        raise Invalid(
            "Nobody gives themselves a task in a community", right="Ask who founded or runs it.", field="role"
        )
    if invited and not same_place:
        return
    if same_place and (ended is None or (ends is not None and ends <= ended)):
        return
    raise Forbidden(
        "A key that writes as one person can't let that person in or back in",
        right="Ask who runs the place for an invitation: a key with the scope `integrate` lets people in.",
    )


def require_answer(viewer: Viewer, fields: Collection[str]) -> None:
    """Refuse an invited person who would change more of the invitation than the answer. `fields` are those changed."""
    if not viewer.may_write_for_others and set(fields) - {"answer"}:
        raise Forbidden("Who is invited changes nothing but the answer", right="Give `answer` alone.")


def require_inviter(viewer: Viewer, *, invites: bool, invited: str, answer: str) -> None:
    """Refuse an invitation by somebody who may not let people in, or one that is answered by who makes it.

    `invites` says whether the viewer founded the community, or facilitates it or looks after it now.
    """
    if viewer.may_write_for_others:
        return
    if not invites:
        raise Forbidden(
            "Only its founder, a facilitator or a steward invites into a community", right="Ask one of them to."
        )
    if invited == viewer.person_id:
        raise Invalid("Nobody invites themselves", right="Give somebody else's id.", field="personId")
    if answer != "open":
        raise Invalid("Only the invited person answers", right="Give `open`, or leave it out.", field="answer")


def require_withdrawal(viewer: Viewer, fields: Collection[str]) -> None:
    """Refuse who invited and would turn the invitation into another one: it can only be withdrawn."""
    bound = {"answer", "personId", "communityId"}.intersection(fields)
    if bound and not viewer.may_write_for_others:
        raise Invalid(
            "Who has invited changes neither whom, into what, nor the answer",
            right="Delete the invitation and make another one.",
            field=min(bound),
        )


def require_grantor(viewer: Viewer, *, by: str, to: str) -> None:
    """Refuse a grant in anybody's name but the viewer's own, whatever the key may do besides; and one to oneself."""
    if viewer.person_id is None or viewer.person_id != by:
        raise Forbidden(
            "What is told to a person alone is opened by that person alone",
            right="Ask with a key of theirs, and give their id.",
            field="byId",
        )
    if to == by:
        raise Invalid("Nobody grants themselves anything", right="Give somebody else's id.", field="toId")
