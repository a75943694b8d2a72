"""The questions whose answers are computed, each a route under /v1 made from its declaration."""

from collections.abc import Callable, Mapping
from datetime import datetime
from inspect import Parameter, Signature
from typing import Annotated, Any, ClassVar, Self, get_type_hints

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    create_model,
    model_validator,
)

from service.doors.http.authentication import BEARER
from service.doors.rest.answers import Asking, responses, shown
from service.doors.rest.schemas import HAS_AN_ID, AskedInstant
from service.model.errors import Invalid
from service.model.fields import DeclaredField
from service.model.items import CAMEL
from service.model.questions import QUESTIONS, Question
from service.operations.answering import answer
from service.operations.validation import problems_of

TOO_LONG: dict[int | str, dict[str, Any]] = {
    400: {
        "description": "The address is longer than 64 KiB: ask in GraphQL, or as a job, where lists go in the body.",
        "content": {"text/plain": {"schema": {"type": "string", "description": "That the request was not read."}}},
    }
}
"""What the server answers before anything of ours is asked; many long references make such an address."""


def questions_router() -> APIRouter:
    """A route for each question."""
    router = APIRouter(prefix="/v1", dependencies=[Depends(BEARER)])
    for question in QUESTIONS.values():
        router.add_api_route(
            f"/{question.address}",
            _route(question),
            methods=["GET"],
            tags=[question.tag],
            operation_id=question.name,
            summary=question.summary,
            description=(question.answer.__doc__ or "").strip(),
            responses={
                **responses(question.answer, "The answer, and what it was computed from."),
                **(TOO_LONG if any(field.many for field in question.asks.values()) else {}),
            },
        )
    return router


def _route(question: Question) -> Callable[..., Any]:
    inside = _named_in(question)

    async def asked(request: Request, viewer: Asking, wanted: Any, **named: str) -> Response:
        given = {**wanted.model_dump(by_alias=True), **named}
        return shown(await answer(request.app.state.network, viewer, question.name, given))

    # FastAPI reads what is asked for from the signature.
    annotations = {"request": Request, "viewer": Asking, "wanted": Annotated[_query(question, but=inside), Query()]}
    if inside is not None:
        annotations[inside] = Annotated[str, Path(description=question.asks[inside].description, **HAS_AN_ID)]
    asked.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter(name, Parameter.KEYWORD_ONLY, annotation=of) for name, of in annotations.items()]
    )
    return asked


def _named_in(question: Question) -> str | None:
    """The parameter that stands in the address, where one does."""
    return next((name for name in question.asks if f"{{{name}}}" in question.address), None)


class _Asked(BaseModel):
    """The parameters in a query; what is wrong with them is said as every door says it."""

    model_config = ConfigDict(alias_generator=CAMEL["alias_generator"])
    question: ClassVar[Question]
    asks: ClassVar[Mapping[str, DeclaredField]]

    @model_validator(mode="wrap")
    @classmethod
    def _in_words(cls, given: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return read(given)
        except ValidationError as error:
            raise Invalid.of(problems_of(cls.question.name, cls.asks, error)) from None


def _query(question: Question, *, but: str | None) -> type[BaseModel]:
    """The parameters of the query."""
    hints = get_type_hints(question.parameters, include_extras=True)
    declared = question.parameters.__pydantic_fields__  # type: ignore[attr-defined]
    asks = {name: field for name, field in question.asks.items() if name != but}
    fields: dict[str, Any] = {
        field.attribute: (_as_asked(field, hints[field.attribute]), declared[field.attribute])
        for field in asks.values()
    }
    query: type[_Asked] = create_model(f"{question.parameters.__name__}Asked", __base__=_Asked, **fields)
    query.question, query.asks = question, asks
    return query


def _as_asked(field: DeclaredField, hint: Any) -> Any:
    """The type of a parameter; an instant is read as an address writes it."""
    if field.type in {AwareDatetime, datetime}:
        return AskedInstant | None if field.optional else AskedInstant
    return hint
