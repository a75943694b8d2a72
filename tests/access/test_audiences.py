"""Audiences: who belongs to which, and who may choose which."""

from service.access.audiences import audiences_of, may_choose, named_by
from service.model.viewer import Scope, Viewer


def viewer(*scopes: Scope) -> Viewer:
    return Viewer(principal="k", person_id="p", audiences=("everyone", "person:p"), scopes=frozenset(scopes))


def test_a_person_belongs_to_everyone_to_themselves_and_to_where_they_are_now() -> None:
    assert audiences_of("p", ["o"], ["c2", "c1", "c1"]) == (
        "everyone",
        "person:p",
        "organisation:o",
        "community:c1",
        "community:c2",
    )


def test_an_audience_is_named_after_one_thing_or_nothing() -> None:
    assert named_by("community:c") == ("Community", "c")
    assert named_by("everyone") is None
    assert named_by("nobody:c") is None
    assert named_by("person:") is None


def test_one_chooses_among_one_s_own_and_who_administers_among_all() -> None:
    assert may_choose(viewer(Scope.contribute), "person:p")
    assert not may_choose(viewer(Scope.integrate), "person:q")
    assert may_choose(viewer(Scope.administer), "person:q")
