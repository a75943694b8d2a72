"""The questions whose answers are computed, each a field of `Query` made from its declaration."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from inspect import Parameter, Signature
from typing import Annotated, Any, get_args

import strawberry
from pydantic import AwareDatetime

from service.doors.graphql.answers import Info, answer_type
from service.doors.graphql.items import enumeration
from service.doors.graphql.scalars import DateTime
from service.model.fields import DeclaredField
from service.model.questions import QUESTIONS, Question
from service.model.vocabulary import Vocabulary
from service.operations.answering import answer


def question_fields() -> type:
    """A type with a field for each question."""
    found = type("Questions", (), {"__annotations__": {}})
    for question in QUESTIONS.values():
        found.__annotations__[question.name] = Any
        declared = strawberry.field(
            resolver=_resolver(question),
            graphql_type=answer_type(question.answer) | None,
            name=question.name,
            description=question.summary,
        )
        setattr(found, question.name, declared)
    return strawberry.type(found)


def _resolver(question: Question) -> Callable[..., Any]:
    names = {field.attribute: field.name for field in question.asks.values()}

    async def resolve(info: Any, **given: Any) -> Any:
        # What was not given, the declaration's own defaults stand for.
        words = {names[attribute]: _plain(value) for attribute, value in given.items() if value is not None}
        return await answer(info.context.network, info.context.viewer, question.name, words)

    # Strawberry reads the arguments from the signature.
    arguments = [
        Parameter(
            field.attribute,
            Parameter.KEYWORD_ONLY,
            default=_default(field),
            annotation=_argument(field),
        )
        for field in question.asks.values()
    ]
    information = Parameter("info", Parameter.POSITIONAL_OR_KEYWORD, annotation=Info)
    resolve.__signature__ = Signature([information, *arguments])  # type: ignore[attr-defined]
    resolve.__annotations__ = {one.name: one.annotation for one in (information, *arguments)}
    return resolve


def _argument(field: DeclaredField) -> Any:
    of = list[_input(get_args(field.type)[0], field)] if field.many else _input(field.type, field)  # type: ignore[misc]
    described = strawberry.argument(name=field.name, description=field.described)
    # An empty list can't be a default here: a parameter's has to be hashable.
    return Annotated[of | None if field.optional or (field.many and not field.required) else of, described]


def _default(field: DeclaredField) -> Any:
    if field.required:
        return Parameter.empty
    return None if field.many else field.default


def _input(of: Any, field: DeclaredField) -> Any:
    if field.names_item:
        return strawberry.ID
    if of in {datetime, AwareDatetime}:
        return DateTime
    return enumeration(of) if isinstance(of, type) and issubclass(of, Vocabulary) else of


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.value if isinstance(value, Enum) else value
