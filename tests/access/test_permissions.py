"""Permissions: what a key may write, decided without a graph."""

from datetime import UTC, datetime

import pytest

from service.access.permissions import require, require_author, require_owner, require_place, require_writer
from service.model.errors import Forbidden, Invalid
from service.model.kinds import KINDS
from service.model.viewer import Scope, Viewer

JUNE, JULY = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def viewer(*scopes: Scope, person: str | None = "p") -> Viewer:
    return Viewer(principal="k", person_id=person, audiences=("everyone",), scopes=frozenset(scopes))


MEMBER, INTEGRATOR = viewer(Scope.contribute), viewer(Scope.integrate, person=None)


def test_administering_includes_every_scope_and_the_others_only_themselves() -> None:
    require(viewer(Scope.administer), Scope.integrate)
    with pytest.raises(Forbidden, match="integrate"):
        require(MEMBER, Scope.integrate)


def test_writing_needs_a_scope_and_a_person_or_the_right_to_write_for_others() -> None:
    require_writer(MEMBER)
    require_writer(INTEGRATOR)
    for refused in (viewer(Scope.read), viewer(Scope.contribute, person=None)):
        with pytest.raises(Forbidden):
            require_writer(refused)


def test_a_member_writes_only_as_the_member() -> None:
    require_owner(MEMBER, KINDS["Story"], "s", ["p"])
    require_owner(MEMBER, KINDS["Story"], "s", [])
    require_owner(MEMBER, KINDS["Person"], "p", [])
    require_owner(MEMBER, KINDS["Derivation"], "d", ["q", "p"])
    with pytest.raises(Invalid) as refused:
        require_owner(MEMBER, KINDS["Story"], "s", ["q"])
    assert refused.value.problems[0].field == "tellerId"
    with pytest.raises(Forbidden):
        require_owner(MEMBER, KINDS["Person"], "q", [])
    with pytest.raises(Forbidden):
        require_owner(MEMBER, KINDS["Account"], "a", ["p"])
    require_owner(INTEGRATOR, KINDS["Account"], "a", ["q"])


def test_a_member_changes_only_what_is_theirs() -> None:
    require_author(MEMBER, "p")
    require_author(INTEGRATOR, None)
    for author in ("q", None):
        with pytest.raises(Forbidden):
            require_author(MEMBER, author)


@pytest.mark.parametrize(
    ("same_place", "ended", "ends", "allowed"),
    [
        (False, None, None, False),  # comes in
        (True, None, JULY, True),  # leaves
        (True, None, None, True),  # stays
        (True, JULY, JUNE, True),  # leaves earlier
        (True, JUNE, JULY, False),  # comes back
        (True, JUNE, None, False),  # comes back for good
        (False, JULY, JUNE, False),  # goes elsewhere
    ],
)
def test_nobody_lets_themselves_in(
    same_place: bool,  # noqa: FBT001 -- a table
    ended: datetime | None,
    ends: datetime | None,
    allowed: bool,  # noqa: FBT001 -- a table
) -> None:
    def ask(asking: Viewer, *, founded: bool = False, invited: bool = False) -> None:
        require_place(asking, founded=founded, same_place=same_place, ended=ended, ends=ends, invited=invited)

    ask(INTEGRATOR)
    ask(MEMBER, founded=True)
    if allowed:
        ask(MEMBER)
    else:
        with pytest.raises(Forbidden):
            ask(MEMBER)
    if not same_place:
        ask(MEMBER, invited=True)
