"""The questions whose answers are computed, each a route under /v1 made from its declaration."""

from collections.abc import Callable
from inspect import Parameter, Signature
from typing import Annotated, Any, get_type_hints

from fastapi import Depends, FastAPI, Path, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, create_model
from starlette.routing import request_response

from service.doors.http.authentication import BEARER, viewer_of_request
from service.doors.rest.answers import responses, shown
from service.doors.rest.parameters import refuse_all_but
from service.doors.rest.schemas import HAS_AN_ID
from service.model.items import CAMEL
from service.model.questions import QUESTIONS, Question
from service.operations.answering import answer

TOO_LONG: dict[int | str, dict[str, Any]] = {
    400: {
        "description": "The address is longer than 64 KiB: ask in GraphQL, or as a job, where lists go in the body.",
        "content": {"text/plain": {"schema": {"type": "string", "description": "That the request was not read."}}},
    }
}
"""What the server answers before anything of ours is asked; many long references make such an address."""


def add_questions(app: FastAPI) -> None:
    """Add a route for each question.

    To the application itself: what FastAPI does to find its way through a router that was included takes as long as
    half a search for paths.
    """
    for question in QUESTIONS.values():
        app.router.add_api_route(
            f"/v1/{question.address}",
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
            dependencies=[Depends(BEARER)],
            route_class_override=_QuestionRoute,
        )


class _QuestionRoute(APIRoute):
    """A route whose function reads the request by itself, as its operation reads every parameter anyway.

    FastAPI's own reading of what the function declares takes longer than a search for paths; it makes the contract.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Answer with the function, as it stands."""
        super().__init__(path, endpoint, **options)
        self.app = request_response(endpoint)


def _route(question: Question) -> Callable[..., Any]:
    inside = _named_in(question)
    many = {name: field.many for name, field in question.asks.items() if name != inside}

    async def asked(request: Request) -> Response:
        viewer = await viewer_of_request(request)
        query = request.query_params
        refuse_all_but(many, query)
        given = {name: query.getlist(name) if many[name] else query[name] for name in query}
        return shown(await answer(request.app.state.network, viewer, question.name, {**given, **request.path_params}))

    # The contract says what the signature does.
    annotations = {"request": Request, "wanted": Annotated[_query(question, but=inside), Query()]}
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
    """The parameters in a query."""

    model_config = ConfigDict(alias_generator=CAMEL["alias_generator"])


def _query(question: Question, *, but: str | None) -> type[BaseModel]:
    """The parameters of the query."""
    hints = get_type_hints(question.parameters, include_extras=True)
    declared = question.parameters.__pydantic_fields__  # type: ignore[attr-defined]
    fields: dict[str, Any] = {
        field.attribute: (hints[field.attribute], declared[field.attribute])
        for name, field in question.asks.items()
        if name != but
    }
    query: type[BaseModel] = create_model(f"{question.parameters.__name__}Asked", __base__=_Asked, **fields)
    return query
