"""A question is declared once: it has an operation, words of its own at each door, and a journey that asks it."""

from collections import Counter
from importlib import import_module
from typing import get_type_hints

from service.cli import app as command
from service.model.kinds import KINDS
from service.model.questions import QUESTIONS
from service.operations.answering import ANSWERS
from tests.rules.sources import ROOT, SERVICE, files


def test_every_question_has_an_operation_and_every_operation_a_question() -> None:
    assert set(ANSWERS) == set(QUESTIONS)


def test_a_question_has_its_own_name_at_every_door() -> None:
    addresses = [question.address.partition("/")[0] for question in QUESTIONS.values()]
    assert len(set(addresses)) == len(addresses)
    assert set(addresses).isdisjoint(kind.path for kind in KINDS.values())
    assert set(QUESTIONS).isdisjoint({name for kind in KINDS.values() for name in (kind.one, kind.many)})
    words = [one.name or one.callback.__name__ for one in command.registered_commands if one.callback]
    assert len(set(words)) == len(words)


def test_what_is_asked_and_answered_is_described() -> None:
    for question in QUESTIONS.values():
        assert question.summary.endswith("."), question.name
        assert (question.answer.__doc__ or "").strip().endswith("."), question.name
        silent = [name for name, field in question.asks.items() if not field.description.endswith(".")]
        assert silent == [], question.name


def test_every_answer_says_what_it_was_computed_from() -> None:
    assert [name for name, one in QUESTIONS.items() if "basis" not in get_type_hints(one.answer)] == []


def test_every_question_is_asked_by_a_journey() -> None:
    journeys = "".join(path.read_text(encoding="utf-8") for path in files(ROOT / "tests" / "concepts", ".py"))
    assert [name for name in QUESTIONS if f'"{name}"' not in journeys and f"{name}(" not in journeys] == []


def test_no_two_things_of_the_model_share_a_name() -> None:
    named = Counter(
        cls.__name__
        for path in (SERVICE / "model").glob("*.py")
        for cls in vars(import_module(f"service.model.{path.stem}")).values()
        if isinstance(cls, type) and cls.__module__ == f"service.model.{path.stem}"
    )
    assert [name for name, count in named.items() if count > 1 and not name.startswith("_")] == []
