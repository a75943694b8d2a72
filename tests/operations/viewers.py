"""Who asks in the tests of the questions."""

from service.model.viewer import EVERYONE, Scope, Viewer


def viewer(*communities: str, person: str | None = None) -> Viewer:
    """Somebody who belongs to these communities."""
    own = (f"person:{person}",) if person else ()
    return Viewer(
        principal="somebody",
        person_id=person,
        audiences=(EVERYONE, *own, *(f"community:{community}" for community in communities)),
        scopes=frozenset({Scope.read}),
    )
