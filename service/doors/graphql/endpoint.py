"""`POST /graphql`: a document in, its answer out. What one statement answers never enters GraphQL's executor."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from graphql import GraphQLError, OperationType
from graphql.execution.values import VariableValues
from pydantic import BaseModel, Field

from service.doors.graphql.context import Context
from service.doors.graphql.corrections import OTHERWISE
from service.doors.graphql.documents import Compilable, Documents, Operation, Refused
from service.doors.graphql.places import WHOLE
from service.doors.graphql.schema import schema
from service.doors.graphql.selection import values_of
from service.doors.http.authentication import BEARER, viewer_of_request
from service.doors.http.bodies import json_object
from service.doors.http.contract import problem_responses
from service.doors.http.requests import request_id
from service.model.errors import Invalid, Problem, RetellError
from service.model.viewer import Viewer
from service.operations.failures import log_failure
from service.operations.network import Network
from service.operations.reading import Prepared, prepare, read

KEPT_PLANS = 4_000
QUIET_SECONDS = 15.0
"""How long a watched answer is silent before a comment shows that the connection stands."""


class GraphQLDoor:
    """The documents and plans of one process, over one network."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.schema = schema()
        self.documents = Documents(self.schema._schema)  # noqa: SLF001 - the executable schema has no public name
        self._plans: dict[object, tuple[Compilable, Prepared | None]] = {}

    async def answer(self, viewer: Viewer, body: Mapping[str, Any]) -> dict[str, Any]:
        """The response to one request: `data`, and `errors` where something was wrong."""
        try:
            text, name, given = _asked(body)
            operation = self.documents.operation(text, name)
            variables = self.documents.variables(operation, given)
            if operation.definition.operation is OperationType.SUBSCRIPTION:
                raise Invalid(
                    "A subscription has more than one answer",
                    right="Send `Accept: text/event-stream`.",
                    field="Accept",
                )
            if operation.is_read:
                return await self._read(viewer, operation, variables, body)
            return await self._execute(Context(self.network, viewer), text, name, given)
        except Refused as refused:
            return {"errors": [_shown(error, problem) for error, problem in refused.errors]}
        except RetellError as error:
            return {"errors": [_shown(GraphQLError(str(error), original_error=error))]}

    async def watch(
        self, viewer: Viewer, renewed: Callable[[], Awaitable[Viewer]], body: Mapping[str, Any]
    ) -> AsyncIterator[dict[str, Any]]:
        """The responses to a subscription, one after another; a document of another sort has one."""
        text, name, given = _asked(body)
        try:
            operation = self.documents.operation(text, name)
            self.documents.variables(operation, given)
        except (Refused, RetellError):
            yield await self.answer(viewer, body)
            return
        if operation.definition.operation is not OperationType.SUBSCRIPTION:
            yield await self.answer(viewer, body)
            return
        context = Context(self.network, viewer, renewed=renewed)
        async for result in await self.schema.subscribe(text, given, context, operation_name=name):
            yield _response(result)

    async def _read(
        self, viewer: Viewer, operation: Operation, variables: VariableValues, body: Mapping[str, Any]
    ) -> dict[str, Any]:
        compilable, prepared = self._plan(operation, variables)
        data: dict[str, Any] = dict(compilable.constants)
        if prepared is not None:
            data |= await read(self.network, viewer, prepared, values_of(compilable.arguments, variables))
        if compilable.whole:
            return {"data": data}
        text, name, given = _asked(body)
        return await self._execute(Context(self.network, viewer, data), text, name, given)

    def _plan(self, operation: Operation, variables: VariableValues) -> tuple[Compilable, Prepared | None]:
        key = (id(operation.definition), self.documents.shape(operation, variables))
        kept = self._plans.get(key)
        if kept is None or kept[0].definition is not operation.definition:
            compilable = self.documents.compilable(operation, variables)
            prepared = prepare(self.network, compilable.selection) if compilable.selection.roots else None
            if len(self._plans) >= KEPT_PLANS:
                self._plans.clear()
            kept = self._plans[key] = (compilable, prepared)
        return kept

    async def _execute(self, context: Context, text: str, name: str | None, given: dict[str, Any]) -> dict[str, Any]:
        result: Any = await self.schema.execute(text, given, context, operation_name=name)
        return _response(result)


def _asked(body: Mapping[str, Any]) -> tuple[str, str | None, dict[str, Any]]:
    text, name, given = body.get("query"), body.get("operationName"), body.get("variables")
    if not isinstance(text, str) or not text.strip():
        raise Invalid("There is no document", right="Give a GraphQL document as `query`.", field="query")
    if name is not None and not isinstance(name, str):
        raise Invalid("`operationName` is not a string", right="Give the operation's name.", field="operationName")
    if given is not None and not isinstance(given, dict):
        raise Invalid("`variables` is not an object", right="Give the variables by name.", field="variables")
    return text, name or None, given or {}


def _response(result: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {"data": result.data}
    if result.errors:
        shown["errors"] = [_shown(error) for error in result.errors]
    return shown


def _shown(error: GraphQLError, refused: Problem | None = None) -> dict[str, Any]:
    """An error with its problems in the form of every door; an unforeseen one shows the request's id and no more."""
    formatted: dict[str, Any] = dict(error.formatted)
    original = error.original_error
    if isinstance(original, RetellError):
        formatted["extensions"] = {"problems": original.shown()}
    elif original is not None and not isinstance(original, GraphQLError):
        log_failure(original)
        formatted["message"] = f"Something went wrong here; the request was {request_id()}."
        formatted["extensions"] = {
            "problems": [_problem("internal", None, formatted["message"], "Report the request's id.")]
        }
    else:
        if refused is None:  # while it is executed, what a document can't be told beforehand
            field = ".".join(str(step) for step in error.path) if error.path else WHOLE
            refused = Problem(field=field, wrong=error.message, right=OTHERWISE)
        formatted["extensions"] = {"problems": [{"kind": Invalid.kind, **asdict(refused)}]}
    return formatted


def _problem(kind: str, field: str | None, wrong: str, right: str) -> dict[str, str | None]:
    return {"kind": kind, "field": field, "wrong": wrong, "right": right}


async def _events(answers: AsyncIterator[dict[str, Any]], ending: asyncio.Event) -> AsyncIterator[bytes]:
    """The answers as server-sent events, as GraphQL over SSE has them; a comment while it is quiet.

    They are complete when there are no more, and when the service ends: after the first, which whoever asks waits for.
    """
    coming, ended = asyncio.ensure_future(anext(answers, None)), asyncio.ensure_future(ending.wait())
    awaited: set[asyncio.Future[Any]] = {coming}
    try:
        while True:
            await asyncio.wait(awaited, timeout=QUIET_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if coming.done():
                if (answer := coming.result()) is None:
                    break
                yield b"event: next\ndata: " + orjson.dumps(answer) + b"\n\n"
                coming = asyncio.ensure_future(anext(answers, None))
                awaited = {coming, ended}
            elif ended in awaited and ended.done():
                break
            else:
                yield b":\n\n"
    finally:
        coming.cancel()
        ended.cancel()
        await asyncio.gather(coming, ended, return_exceptions=True)
    yield b"event: complete\ndata: \n\n"


class DocumentBody(BaseModel):
    """A document to be run, as GraphQL over HTTP has it."""

    query: Annotated[str, Field(min_length=1, pattern=r"\S", description="The document.")]
    variables: Annotated[dict[str, Any] | None, Field(description="The values of its variables, by name.")] = None
    operationName: Annotated[  # noqa: N815 - as JSON writes it
        str | None, Field(description="Which of its operations to run, where it holds several.")
    ] = None


class DocumentAnswer(BaseModel):
    """What a document answered."""

    data: Annotated[dict[str, Any] | None, Field(description="What was asked for, in the document's own shape.")] = None
    errors: Annotated[
        list[dict[str, Any]],
        Field(description="What was wrong; `extensions.problems` says it in the form of every door."),
    ] = []


def graphql_router() -> APIRouter:
    """The door's one route, over the application's network."""
    router = APIRouter(tags=["GraphQL"], dependencies=[Depends(BEARER)])
    doors: dict[Network, GraphQLDoor] = {}

    @router.post(
        "/graphql",
        operation_id="runDocument",
        summary="Ask or change anything in GraphQL",
        responses={
            200: {"model": DocumentAnswer, "description": "The answer, or what was wrong with the document."},
            **problem_responses(401, 413, 422, 500, 503),
        },
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": DocumentBody.model_json_schema()}},
            }
        },
    )
    async def graphql(request: Request) -> Response:
        """Takes `{query, variables, operationName}`; answers `{data, errors}`."""
        viewer = await viewer_of_request(request)
        network: Network = request.app.state.network
        door = doors.get(network) or doors.setdefault(network, GraphQLDoor(network))
        body = await json_object(request)
        _asked(body)
        if "text/event-stream" in request.headers.get("accept", ""):
            renewed = partial(viewer_of_request, request)
            events = _events(door.watch(viewer, renewed, body), request.app.state.ending)
            return StreamingResponse(events, media_type="text/event-stream")
        return Response(orjson.dumps(await door.answer(viewer, body)), media_type="application/json")

    return router
