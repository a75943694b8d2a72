"""Audiences: who belongs to which, and who may choose which."""

from collections.abc import Iterable

from service.model.viewer import EVERYONE, Scope, Viewer

_LABELS = {"organisation": "Organisation", "community": "Community", "person": "Person"}


def audiences_of(person_id: str, organisations: Iterable[str], communities: Iterable[str]) -> tuple[str, ...]:
    """The audiences that a person belongs to, given the ids of their current organisations and communities."""
    return (
        EVERYONE,
        audience_of_person(person_id),
        *(f"organisation:{id}" for id in sorted(set(organisations))),
        *(f"community:{id}" for id in sorted(set(communities))),
    )


def audience_of_person(person_id: str) -> str:
    """The audience that is one person alone."""
    return f"person:{person_id}"


def named_by(audience: str) -> tuple[str, str] | None:
    """The label and id of what an audience is named after; nothing for `everyone`, nor for what is no audience."""
    kind, _, id = audience.partition(":")
    return (_LABELS[kind], id) if id and kind in _LABELS else None


def may_choose(viewer: Viewer, audience: str) -> bool:
    """Whether the viewer may give an item that audience if it exists: one's own, or any for who administers."""
    return audience in viewer.audiences or viewer.may(Scope.administer)
