"""Names beside the evidence: kept until something about their people changes."""

from service.graph.projection_names import Names


def test_what_has_changed_is_forgotten_also_while_it_is_read() -> None:
    names = Names()
    with names.reading() as keep:
        keep({"a": "Ada", "b": "Ben"})
    assert names.of(["a", "b", "c"]) == {"a": "Ada", "b": "Ben"}
    with names.reading() as keep:
        names.forget({"a", "c"})
        keep({"a": "Ada, as she was", "b": "Ben", "c": "Cyd, as she was", "d": "Dan"})
    assert names.of(["a", "b", "c", "d"]) == {"b": "Ben", "d": "Dan"}
    with names.reading() as keep:
        keep({"a": "Ann"})
    assert names.of(["a"]) == {"a": "Ann"}


def test_more_than_may_be_kept_is_not() -> None:
    names = Names(most=2)
    with names.reading() as keep:
        keep({"a": "Ada", "b": "Ben"})
        keep({"c": "Cyd"})
    assert names.of("abc") == {"a": "Ada", "b": "Ben"}
